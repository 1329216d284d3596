"""The strict validators themselves: they pass what is valid and find what is not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from feeds.publish import json_feed, rss_atom
from tests.feeds.announcements import CHANNEL, EDIT, ITEMS
from tests.strict_feeds import check_atom, check_json_feed, check_rss, check_xml, is_error

CASES = Path(__file__).parents[2].parent / "shared" / "corpus" / "feeds" / "synthetic" / "w3c-feedvalidator"
FAMILIES = {
    "InvalidLink": {"InvalidUriChar", "InvalidFullLink", "InvalidURLAttribute"},
    "SecurityRisk": {"SecurityRiskAttr"},
}
NOT_HELD = {
    "duplicate-updated": "two entries of one second are fine (RFC 4287)",
    "feed_title_type3": "a media type on a title was Atom 0.3",
    "invalid_sy_updateBase_blank": "a namespace that we do not publish",
    "multiple_admin_errorReportsTo": "a namespace that we do not publish",
    "rss20_trackback_invalid_about": "a namespace that we do not publish",
}


@pytest.mark.skipif(not CASES.exists(), reason="the W3C validator's test cases (../shared/corpus) are not here")
def test_w3c_cases() -> None:
    """What the W3C feed validator expects of its own RSS 2.0 and Atom cases, our validators find (or don't find)."""
    wrong, held = [], 0
    for path in sorted(CASES.glob("*.xml")):
        body = path.read_bytes()
        case = path.stem.rpartition("__")[2]
        if not path.name.startswith(("atom__", "rss__", "rss20__", "xml__")) or b"rdf:RDF" in body or case in NOT_HELD:
            continue
        held += 1
        if not as_expected(body):
            wrong.append((path.name, check_xml(body)))
    assert [] == wrong
    assert held > 150


def as_expected(body: bytes) -> bool:
    """Whether our messages fit the `Expect:` line of a case: `Code`, `!Code`, `!Error`, or `Valid…` for a good value."""
    found = re.search(rb"Expect:\s*(!?)(\w+)", body)
    assert found
    absent, code = found.group(1) == b"!", found.group(2).decode()
    messages = check_xml(body)
    codes = {message.partition(":")[0] for message in messages}
    if code.startswith("Valid"):
        return absent == any(said.startswith("Invalid") for said in codes)
    if code in {"Error", "Warning"}:
        return not any(is_error(message) or code == "Warning" for message in messages)
    return absent != bool(codes & ({code} | FAMILIES.get(code, set())))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"+0000</pubDate>", b"-00:00</pubDate>", "InvalidRFC2822Date"),
        (b"<pubDate>Wed", b"<pubDate>Thu", "IncorrectDOW"),
        (b"<pubDate>Wed, 18 Nov 2026", b"<pubDate>Wed, 18 Nov 2626", "ImplausibleDate"),
        (b"<title>Neighbors &#x26; Vecinos</title>", b"", "MissingTitle"),
        (b'isPermaLink="false"', b"", "InvalidPermalink"),
        (b"6f0003</guid>", b"6f0002</guid>", "DuplicateValue"),
        (b' length="120345"', b"", "MissingAttribute"),
        (b'rel="self"', b'rel="alternate"', "MissingAtomSelfLink"),
        (b'rel="next"', b'rel="previous"', "LinkPastEnd"),
        (b"&lt;p&gt;Vengan", b"&lt;p onclick='x'&gt;Vengan", "SecurityRiskAttr"),
        (b"https://library.example.org/x?", b"/x?", "ContainsRelRef"),
        (b"&lt;/a&gt;", b"", "NotHtml"),
        (b"<docs>", b"<docks></docks><docs>", "UndefinedElement"),
        (b"<dc:creator>City", b"<author>a@b.example (A)</author><dc:creator>City", "DuplicateItemSemantics"),
        (b"<language>en<", b"<language>English<", "InvalidLanguage"),
        (b"<ev:startdate>2026-12-12<", b"<ev:startdate>2026-13-12<", "InvalidISO8601Date"),
        (b"</channel>", b"", "SAXError"),
    ],
)
def test_rss_faults(old: bytes, new: bytes, code: str) -> None:
    """One fault put into a valid RSS document is found."""
    body = rss_atom.rss(CHANNEL, ITEMS)
    assert [] == check_rss(body, now=EDIT)
    assert old in body
    assert code in {message.partition(":")[0] for message in check_rss(body.replace(old, new, 1), now=EDIT)}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"15:30:00Z</published>", b"15:30:00</published>", "InvalidRFC3339Date"),
        (b"2026-11-20T15:30:00Z</updated>", b"2027-11-20T15:30:00Z</updated>", "ImplausibleDate"),
        (b"6f0003</id>", b"6f0002</id>", "DuplicateIds"),
        (b"<title>Harvest fair</title>", b"", "MissingElement"),
        (b' href="https://library.example.org/2026/asamblea"', b"", "MissingHref"),
        (b'rel="related"', b'rel="alternate"', "DuplicateAtomLink"),
        (b'rel="self" type', b'rel="alternate" type', "MissingSelf"),
        (b'length="120345"', b'length="big"', "InvalidNonNegativeInteger"),
        (b'term="Food"', b'name="Food"', "MissingAttribute"),
        (b"<name>City Garden</name>", b"", "MissingElement"),
        (b'<content type="html">', b'<content type="xhtml">', "MissingXhtmlDiv"),
        (b'xml:lang="es"', b'xml:lang="qq"', "InvalidLanguage"),
        (b"<id>https://library", b"<id>https://Library", "NonCanonicalURI"),
    ],
)
def test_atom_faults(old: bytes, new: bytes, code: str) -> None:
    """One fault put into a valid Atom document is found."""
    body = rss_atom.atom(CHANNEL, ITEMS)
    assert [] == check_atom(body, now=EDIT)
    assert old in body
    assert code in {message.partition(":")[0] for message in check_atom(body.replace(old, new, 1), now=EDIT)}


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        (("version",), "https://jsonfeed.org/version/1", "InvalidVersion"),
        (("title",), None, "InvalidType"),
        (("feed_url",), "/feed.json", "InvalidFullLink"),
        (("colour",), "red", "UndefinedElement"),
        (("items", 0, "id"), 17, "InvalidType"),
        (("items", 0, "id"), ITEMS[1].id, "DuplicateIds"),
        (("items", 0, "content_html"), "", "MissingElement"),
        (("items", 0, "content_html"), "<script>x</script>", "SecurityRisk"),
        (("items", 0, "date_published"), "2026-11-20", "InvalidRFC3339Date"),
        (("items", 0, "date_published"), "2027-11-20T00:00:00Z", "ImplausibleDate"),
        (("items", 0, "tags"), ["a", 1], "InvalidType"),
        (("items", 0, "authors"), [{}], "MissingElement"),
        (("items", 0, "attachments", 0, "mime_type"), "pdf", "InvalidMIMEType"),
        (("items", 0, "attachments", 0, "size_in_bytes"), "1", "InvalidType"),
        (("items", 0, "_vecinos"), "x", "InvalidExtension"),
        (("hubs", 0), "x", "InvalidType"),
    ],
)
def test_json_faults(path: tuple[str | int, ...], value: object, code: str) -> None:
    """One fault put into a valid JSON Feed document is found."""
    body = json_feed.write(CHANNEL, ITEMS)
    assert [] == check_json_feed(body, now=EDIT)
    feed = inner = json.loads(body)
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    assert code in {message.partition(":")[0] for message in check_json_feed(json.dumps(feed).encode(), now=EDIT)}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"version": NaN}'])
def test_no_json_feed(body: bytes) -> None:
    """What is no JSON object is found out."""
    assert [] != check_json_feed(body)
