"""Subscription lists: written for every reader, read from every reader."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from feeds import errors
from feeds.model import Outline
from feeds.parse.opml import MAX_OUTLINES, read
from feeds.publish import opml
from tests.feeds import golden
from tests.feeds.announcements import EDIT, MEMBERS, SITE

CORPUS = Path(__file__).parents[2].parent / "shared" / "corpus"


def listed(rows: str) -> bytes:
    return f'<opml version="2.0"><head/><body>{rows}</body></opml>'.encode()


def test_golden() -> None:
    """A full list is the one on file."""
    assert (golden.FOLDER / "members.opml").read_text(encoding="utf-8") == golden.opml_()


def test_round_trip() -> None:
    """What is written is read back, row for row: titles, addresses, types, languages, descriptions, categories."""
    expected = tuple(sorted(MEMBERS, key=lambda row: row.category))
    assert expected == read(opml.write("x", MEMBERS, updated=EDIT))


def test_written_as_the_specification_says() -> None:
    """Version, head, text and title on every row, xmlUrl on every feed; readers skip calendars."""
    root = etree.fromstring(opml.write("Members", MEMBERS, updated=EDIT, url=f"{SITE}/"))
    assert ("2.0", "Members", f"{SITE}/") == (
        root.get("version"),
        root.findtext("head/title"),
        root.findtext("head/ownerId"),
    )
    assert "Fri, 20 Nov 2026 15:30:00 +0000" == root.findtext("head/dateModified")
    rows = list(root.iter("outline"))
    assert [] == [row.attrib for row in rows if not row.get("text") or row.get("text") != row.get("title")]
    feeds = [row for row in rows if row.get("type") in {"rss", "atom", "JSONFeed"}]
    assert (3, [], ["https://garden.example.org/calendar.ics"]) == (
        len(feeds),
        [row for row in feeds if not row.get("xmlUrl")],
        [row.get("{urn:ietf:params:xml:ns:icalendar-2.0}source") for row in rows if row.get("type") == "ical"],
    )


def test_odd_rows_are_written() -> None:
    """A row without a title is called by its address; illegal characters and odd categories cost nothing."""
    rows = [
        Outline(title="", feed_url="https://a.example/ñ"),
        Outline(title="a\x00b", feed_url="https://b.example/f", language="klingon", category="//x / y/"),
    ]
    first, second = read(opml.write("t\x01", rows, updated=0))
    assert ("https://a.example/ñ", "https://a.example/%C3%B1") == (first.title, first.feed_url)
    assert ("ab", "", "x/y") == (second.title, second.language, second.category)


def test_no_members() -> None:
    """An empty list is a list."""
    assert () == read(opml.write("Members", (), updated=EDIT))


def test_letter_case_and_order() -> None:
    """Attribute and element names are read in any letter case, in any namespace, rows in their order."""
    body = b"""<OPML xmlns="urn:x" version="1.0"><BODY><Outline TITLE="B" XMLURL="http://b.example/"
        HTMLURL="http://b.example/home"/><outline text="A" xmlurl="http://a.example/" type="ATOM"/></BODY></OPML>"""
    assert [("B", "http://b.example/", "rss"), ("A", "http://a.example/", "atom")] == [
        (row.title, row.feed_url, row.type) for row in read(body)
    ]


def test_folders_become_categories() -> None:
    """Nested folders make a path; a folder that is itself a feed is no folder; the attribute counts without folders."""
    body = listed(
        '<outline text="Town"><outline title="Food"><outline text="1" xmlUrl="http://1.example/"/></outline>'
        '<outline text="2" xmlUrl="http://2.example/"><outline text="3" xmlUrl="http://3.example/"/></outline></outline>'
        '<outline text="4" xmlUrl="http://4.example/" category="/Boston/Weather, /Sports"/>'
    )
    assert ["Town/Food", "Town", "Town", "Boston/Weather"] == [row.category for row in read(body)]


def test_calendars_and_home_pages() -> None:
    """Calendars are read from `url` and by their scheme; a row with only a home page has no feed; a link is no feed."""
    body = listed(
        '<outline text="a" type="ical" url="https://a.example/c.ics"/><outline text="b" xmlUrl="webcal://b.example/c"/>'
        '<outline text="c" htmlUrl="https://c.example/"/><outline text="d" type="link" url="https://d.example/"/>'
        '<outline text="e" type="include" url="https://e.example/list.opml"/><outline text="f"/>'
    )
    assert [("a", "https://a.example/c.ics", "ical"), ("b", "webcal://b.example/c", "ical"), ("c", "", "rss")] == [
        (row.title, row.feed_url, row.type) for row in read(body)
    ]


@pytest.mark.parametrize(
    "body",
    [
        listed('<outline text="A &amp; B" xmlUrl="http://a.example/?a=1&amp;b=2"/>'),
        listed('<outline text="A & B" xmlUrl="http://a.example/?a=1&b=2"/>'),
        listed('<outline text="A&nbsp;&amp; B" xmlUrl="http://a.example/?a=1&b=2"/>'),
        listed('<outline text="A &amp;amp; B" xmlUrl="http://a.example/?a=1&amp;b=2"/>'),
        listed('<outline text="A &amp; B" xmlUrl="http://a.example/?a=1&amp;b=2">').replace(b"</body>", b""),
        listed('<outline text="\x00A \x08& B" xmlUrl="http://a.example/?a=1&b=2"/>'),
        b"\xef\xbb\xbf\n" + listed('<outline text="A &amp; B" xmlUrl="http://a.example/?a=1&amp;b=2"/>'),
        listed('<outline text="A & B" xmlUrl="http://a.example/?a=1&b=2"/>').decode().encode("utf-16"),
    ],
)
def test_loosely_written(body: bytes) -> None:
    """Bare ampersands, HTML's entities, escaping done twice, missing end tags, control characters: all is read."""
    assert [("A & B", "http://a.example/?a=1&b=2")] == [(row.title, row.feed_url) for row in read(body)]


def test_wrong_encoding() -> None:
    """Windows-1252 that says it is UTF-8, and named entities with accents."""
    body = '<?xml version="1.0" encoding="utf-8"?><opml><body><outline text="Ni\xf1os caf&eacute;" xmlUrl="http://a.example/"/></body></opml>'
    assert ["Niños café"] == [row.title for row in read(body.encode("cp1252"))]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", errors.EmptyBody),
        (b" \n", errors.EmptyBody),
        (b"<html><body>no</body></html>", errors.HtmlPage),
        (b"<!DOCTYPE html><html><head><title>x</title><meta><p>no", errors.HtmlPage),
        (b"plain text", errors.NotAFeed),
        (b'<rss version="2.0"><channel/></rss>', errors.NotAFeed),
        (b'{"version": 1}', errors.NotAFeed),
        (b'<!DOCTYPE opml [<!ENTITY a "aaaa">]><opml><body/></opml>', errors.UnsafeDocument),
        (b'<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml><body>&a;<b></opml>', errors.UnsafeDocument),
    ],
)
def test_no_subscription_list(body: bytes, error: type[errors.ReadError]) -> None:
    """What is no OPML, or could harm, is refused with its reason and the name of the file."""
    with pytest.raises(error) as caught:
        read(body, "members.opml")
    assert "members.opml" == caught.value.subject


def test_too_many() -> None:
    """More rows than a person could have collected are refused, not cut off unseen."""
    row = '<outline text="a" xmlUrl="http://a.example/"/>'
    assert MAX_OUTLINES == len(read(listed(row * MAX_OUTLINES)))
    with pytest.raises(errors.TooHeavy):
        read(listed(row * (MAX_OUTLINES + 1)))


def test_deep_nesting_is_harmless() -> None:
    """A thousand folders in each other are refused or read, but raise nothing else."""
    body = listed('<outline text="x">' * 1000 + "</outline>" * 1000)
    try:
        rows = read(body)
    except errors.ReadError:
        rows = ()
    assert () == rows


@pytest.mark.skipif(not CORPUS.exists(), reason="other people's subscription lists (../shared/corpus) are not here")
def test_corpus() -> None:
    """The W3C validator's OPML cases, the broken ones too, give their feeds; what is no OPML is refused."""
    counted = {}
    for path in sorted((CORPUS / "opml").glob("*.opml")):
        try:
            counted[path.stem.rpartition("__")[2]] = len(read(path.read_bytes()))
        except errors.NotAFeed:
            counted[path.stem.rpartition("__")[2]] = -1
    assert {"subscriptionList": 13, "closedbody": 1, "missingOpml": -1} == {
        name: count for name, count in counted.items() if count and not name.startswith("subscriptionListErrors")
    }
    assert [4, 4, 4] == [count for name, count in counted.items() if name.startswith("subscriptionListErrors")]
