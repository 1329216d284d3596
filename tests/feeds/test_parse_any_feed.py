"""Feeds that aren't well formed: what can be made of them, and what is refused."""

from __future__ import annotations

import gzip
from typing import Any

import feedparser
import pytest

from feeds.errors import EmptyBody, HtmlPage, NotAFeed, ReadError, TooHeavy, UnsafeDocument
from feeds.model import Enclosure
from feeds.parse import any_feed, encoding, repair, xml_feed
from tests.feeds.feed_files import FOLDER, URL, body, read, said

ENTRIES: dict[str, list[dict[str, Any]]] = {
    "broken_php_warning.xml": [
        {"id": "w1", "link": "https://warned.example/1", "title": "One", "base": "https://warned.example/"}
    ],
    "broken_entities.xml": [
        {
            "id": "1",
            "link": "https://ent.example/1?a=1&copy=2",
            "title": "Q&A: 1 < 2 &nada;",
            "summary": "<p>A&nbsp;& B</p>",
            "base": "https://ent.example/?a=1&b=2",
        }
    ],
    "broken_control_characters.xml": [{"id": "1", "title": "vertical nul", "base": URL}],
    "broken_junk_after.xml": [{"id": "1", "title": "One", "base": URL}],
    "broken_truncated.xml": [
        {"id": "1", "title": "One", "summary": "<p>one</p>", "base": "https://cut.example/"},
        {"id": "2", "title": "Two", "base": "https://cut.example/"},
    ],
    "broken_truncated_in_text.xml": [{"id": "1", "title": "One", "summary": "<p>the begin", "base": URL}],
    "broken_undeclared_prefix.xml": [
        {
            "id": "1",
            "content": "<p>text</p>",
            "authors": ("Ana",),
            "image": "https://p.example/1.jpg",
            "base": URL,
        }
    ],
    "broken_html_in_description.xml": [
        {
            "id": "1",
            "title": "One",
            "summary": "<p>First<br>line <img src=a.jpg> &amp; more<p>Second",
            "base": URL,
        },
        {"id": "2", "title": "Two", "summary": "plain", "base": URL},
    ],
    "broken_mismatched.xml": [
        {
            "id": "1",
            "link": "https://mis.example/1",
            "title": "One and only",
            "summary": "<p>text</p>",
            "authors": ("Ana",),
            "categories": ("x",),
            "published": 1770075000,
            "enclosures": (Enclosure("https://mis.example/1.jpg", "image/jpeg", 5),),
            "image": "https://mis.example/1.jpg",
            "fields": (("ev:startdate", "2026-05-18"),),
            "base": "https://mis.example/",
        },
        {"id": "2", "title": "Two", "summary": "more", "base": "https://mis.example/"},
    ],
    "broken_mixed_encoding.xml": [
        {"id": "1", "title": "Mañana, reunión y canción", "base": URL},
        {"id": "2", "title": "Mañana", "base": URL},
    ],
    "rss091_doctype.xml": [
        {
            "id": "http://cafe.example/1",
            "link": "http://cafe.example/1",
            "title": "Mañana",
            "summary": "A las 7",
            "language": "es",
            "base": "http://cafe.example/",
        }
    ],
}
WELL_FORMED = [*sorted(path.name for path in FOLDER.glob("rss20_*.xml")), "rss10.xml", "atom10.xml", "atom03.xml"]


@pytest.mark.parametrize("name", ENTRIES)
def test_entries(name: str) -> None:
    """What was lost to a strict parser is read, and the feed says that it isn't well formed."""
    feed = read(body(name))
    assert ENTRIES[name] == [said(entry) for entry in feed.entries]
    assert ("any_feed", ["not_well_formed"]) == (feed.parser, [problem.code for problem in feed.problems])


@pytest.mark.parametrize("name", WELL_FORMED)
def test_same_entries_as_the_strict_reader(name: str) -> None:
    """A script after its end doesn't make a feed's entries others: the same identities, texts and dates."""
    strict = xml_feed.parse(body(name), url=URL)
    tolerant = any_feed.parse(body(name).rstrip() + b"<script src='x'></script>", url=URL)
    assert strict.entries == tolerant.entries


@pytest.mark.parametrize("name", ["rss20_wordpress.xml", "rss20_podcast.xml", "rss10.xml", "atom03.xml"])
def test_same_identities_by_feedparser(name: str) -> None:
    """Whichever reader a feed needs on some day, an entry's id, link, title and date stay the same."""
    strict = xml_feed.parse(body(name), url=URL)
    loose = any_feed._read_by_feedparser(body(name).decode(), URL)
    assert [(entry.id, entry.link, entry.title, entry.published) for entry in strict.entries] == [
        (entry.id, entry.link, entry.title, entry.published) for entry in loose.entries
    ]


def test_encoding_that_only_the_server_names() -> None:
    """The Content-Type's charset counts where the document says nothing and isn't UTF-8."""
    feed = any_feed.parse(body("broken_encoding_of_server.xml"), url=URL, content_type="text/xml; charset=windows-1251")
    assert ("Привет", "Мир") == (feed.title, feed.entries[0].title)


@pytest.mark.parametrize("name", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"])
def test_wide_encodings(name: str) -> None:
    """UTF-16 and UTF-32 are known by their marks or their zeros, whatever the declaration says."""
    document = '<?xml version="1.0" encoding="utf-8"?><rss><channel><title>Mañana</title></channel></rss>'
    assert "Mañana" == any_feed.parse(document.encode(name), url=URL).title


@pytest.mark.parametrize(
    ("declared", "actual"), [("gb2312", "gb18030"), ("euc-kr", "cp949"), ("ISO-8859-9", "cp1254"), ("koi8-r", "koi8-r")]
)
def test_declared_encodings(declared: str, actual: str) -> None:
    """A declared encoding is meant as the web means it, including characters of its larger relative."""
    text = {"gb18030": "中文€", "cp949": "한국어", "cp1254": "İstanbul “x”", "koi8-r": "Привет"}[actual]
    document = f'<?xml version="1.0" encoding="{declared}"?><rss><channel><title>{text}&nbsp;</title></channel></rss>'
    assert text == any_feed.parse(document.encode(actual), url=URL).title


@pytest.mark.parametrize(
    "declared", ["zip", "hex", "idna", "punycode", "utf-7", "unicode_escape", "klingon", "x" * 200]
)
def test_no_codec_that_is_no_encoding(declared: str) -> None:
    """A document can't choose a codec that unpacks, or one that hides tags."""
    document = (
        b'<?xml version="1.0" encoding="'
        + declared.encode()
        + b'"?><rss><channel><title>a\xe9+ADw-b</title></channel></rss>'
    )
    assert "aé+ADw-b" == any_feed.parse(document, url=URL).title


class TestGzip:
    """Bodies that are gzip files, though nobody said so."""

    def test_read(self) -> None:
        """The feed inside is read, also out of several members and with junk after them."""
        half = len(body("rss10.xml")) // 2
        packed = gzip.compress(body("rss10.xml")[:half]) + gzip.compress(body("rss10.xml")[half:]) + b"JUNK"
        assert 1 == len(any_feed.parse(packed, url=URL).entries)

    def test_cut_or_wrong(self) -> None:
        """Of a file that breaks off or has a wrong checksum, what can be read is read."""
        packed = gzip.compress(body("rss10.xml"))
        assert encoding.unpacked(packed[:-8] + b"\0" * 8) == body("rss10.xml")
        assert body("rss10.xml").startswith(encoding.unpacked(packed[:-40]))

    def test_bomb(self) -> None:
        """No more than 10 MB come out of it."""
        with pytest.raises(TooHeavy):
            any_feed.parse(gzip.compress(b"<rss>" + b" " * 50_000_000), url=URL)


@pytest.mark.parametrize(
    ("document", "error"),
    [
        (b"", EmptyBody),
        (b"\xef\xbb\xbf\n", EmptyBody),
        (b"\x1f\x8b\x08\x00rubbish", EmptyBody),
        (body("page.html"), HtmlPage),
        (b"<!-- x --><!-- y -->\n<HTML><body>", HtmlPage),
        (b"<!---->" * 5000 + b"<p>", NotAFeed),
        (b"<!--" * 200_000, NotAFeed),
        (gzip.compress(b"x") * 100_000, NotAFeed),
        (body("sitemap.xml"), NotAFeed),
        (b"Not a feed & not XML", NotAFeed),
        (b'{"json": true}', NotAFeed),
        (b"<rss", NotAFeed),
        (body("unsafe_entities.xml").replace(b"</rss>", b""), UnsafeDocument),
        (b"<rss>&nbsp;" + b"<a>" * 300, UnsafeDocument),
        (b"<rss><channel><a></b>" + b"<link a" * 60_000 + b"</channel></rss>", TooHeavy),
        (b"<rss></a>" + b"x" * 3_000_000 + b"</rss>", TooHeavy),
    ],
)
def test_refusals(document: bytes, error: type[ReadError]) -> None:
    """What is no feed, or would take too long, is refused by name."""
    with pytest.raises(error) as caught:
        any_feed.parse(document, url=URL)
    assert error is type(caught.value)


def test_long_tags_are_skipped() -> None:
    """A tag of 30,000 characters, which feedparser would take seconds for, doesn't keep the rest from being read."""
    document = (
        b"<rss><channel></x><title>t</title><a " + b"x=1 " * 8000 + b"><item><guid>1</guid></item></channel></rss>"
    )
    assert ["1"] == [entry.id for entry in any_feed.parse(document, url=URL).entries]


def test_names_that_feedparser_uses_itself() -> None:
    """Elements that are called like feedparser's own lists are no lists."""
    names = ("links", "tags", "authors", "content_detail", "summary_detail", "media_thumbnail", "image", "enclosures")
    inside = "".join(f"<{name}>x</{name}>" for name in names)
    document = f"<rss><channel>{inside}<item><guid>1</guid>{inside}</b></item></channel></rss>"
    assert ["1"] == [entry.id for entry in any_feed._read_by_feedparser(document, URL).entries]


def test_whatever_feedparser_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own failures are a feed that can't be read, not ours."""

    def fail(*_: object, **__: object) -> None:
        raise AttributeError("inside")

    monkeypatch.setattr(feedparser, "parse", fail)
    with pytest.raises(NotAFeed, match="AttributeError: inside"):
        any_feed.parse(body("broken_mismatched.xml"), url=URL)


class TestRepair:
    """The steps of the repair, one by one."""

    def test_root_is_not_inside_a_comment(self) -> None:
        """The document begins at its root element, not at one that a comment mentions."""
        assert (16, "rss") == repair.root_start("<!-- <feed> --> <rss><channel/></rss>")

    def test_cdata_is_left_alone(self) -> None:
        """What stands in CDATA needs no escaping."""
        text = "<rss><a><![CDATA[ & < &nbsp; ]]></a>&nbsp;</rss>"
        assert "<rss><a><![CDATA[ & < &nbsp; ]]></a>\xa0</rss>" == repair.repaired(text, URL)

    def test_references(self) -> None:
        """References to characters stay, those to none go, names of HTML become characters."""
        text = "<rss>&#233;&#xE9;&#X41;&#0;&#xFFFE;&lt;&LT;&eacute;&unknown;&;&</rss>"
        assert "<rss>&#233;&#xe9;&#x41;&lt;&lt;é&amp;unknown;&amp;;&amp;</rss>" == repair.repaired(text, URL)

    def test_completed(self) -> None:
        """Everything open is closed, in order; comments and instructions are no tags."""
        assert "<rss><!-- <x> --><?y <z> ?><a></a></rss>" == repair.completed("<rss><!-- <x> --><?y <z> ?><a>")
        assert repair.completed("<rss><a></b>") is None
        assert repair.completed("<rss><a/></rss>") is None
        assert repair.completed("<rss>" + "<a>" * 300) is None

    def test_html_is_escaped_where_it_belongs(self) -> None:
        """Only inside elements for HTML, and only what isn't CDATA or XHTML already."""
        text = '<a><b/><title/><title>x <b> &amp;</title><content type="xhtml"><b/></content><summary><![CDATA[<b>]]></summary>'
        assert text.replace("x <b> &amp;", "x &lt;b&gt; &amp;amp;") == repair.with_html_escaped(text)
