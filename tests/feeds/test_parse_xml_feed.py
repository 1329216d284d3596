"""RSS and Atom that are well formed: what is read of each dialect and extension."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from feeds.errors import EmptyBody, HtmlPage, NotAFeed, ReadError, TooHeavy, UnsafeDocument
from feeds.identity import digest
from feeds.model import Enclosure
from feeds.parse import xml_feed
from tests.feeds.feed_files import URL, body, said

FEEDS: dict[str, dict[str, Any]] = {
    "rss20_wordpress.xml": {
        "format": "rss",
        "title": "Elm Street Tenants & Neighbors",
        "link": "https://elm.example",
        "description": "Housing & more",
        "language": "en-us",
        "ttl": 1800,
        "hub": "https://hub.example/",
    },
    "rss20_podcast.xml": {"format": "rss", "language": "es-mx", "ttl": 3600, "link": "https://voz.example/"},
    "rss10.xml": {"format": "rss", "title": "RDF", "language": "pt-br", "link": "https://rdf.example/"},
    "atom10.xml": {
        "format": "atom",
        "title": "News and more",
        "description": "All of it",
        "link": "https://atom.example/",
        "hub": "https://hub.example/",
        "language": "en",
    },
    "atom03.xml": {"format": "atom", "title": "Noticias", "description": "Old", "link": "http://old.example/"},
    "rss20_windows1252.xml": {"title": "“Café”"},
    "rss20_utf8_called_latin1.xml": {"title": "Café"},
    "rss20_encoded_twice.xml": {"title": "Café"},
}

ENTRIES: dict[str, list[dict[str, Any]]] = {
    "rss20_wordpress.xml": [
        {
            "id": "https://elm.example/?p=7",
            "link": "https://elm.example/rent/?p=7",
            "title": "Rent – what’s next?",
            "summary": "What to do [&#8230;]",
            "content": '<p>What to do <b>now</b>: <a href="/help">help</a></p>',
            "authors": ("Ana Ruiz",),
            "categories": ("Housing", "Law & order"),
            "published": 1770057000,
            "language": "en-us",
            "base": "https://elm.example",
        }
    ],
    "rss20_relative_links.xml": [
        {"id": "1", "link": "https://site.example/news/one.html", "title": "One", "base": "https://site.example/news/"},
        {
            "id": "https://site.example/two",
            "link": "https://site.example/two",
            "title": "Two",
            "base": "https://site.example/news/",
        },
        {"id": "3f2a", "title": "Three", "base": "https://site.example/news/"},
    ],
    "rss20_event_module.xml": [
        {
            "id": "https://games.example/1",
            "link": "https://games.example/1",
            "title": "Home game",
            "fields": (
                ("ev:startdate", "2026-05-18T23:30:00.0000000Z"),
                ("ev:enddate", "2026-05-19T01:30:00.0000000Z"),
                ("ev:location", "Worcester, Mass."),
                ("ev:organizer", "Elm Street Club"),
                ("ev:type", "game"),
                ("s:localstartdate", "2026-05-18T18:30:00.0000000"),
            ),
            "base": "https://games.example/",
        }
    ],
    "rss20_xcal.xml": [
        {
            "id": "uid-9",
            "title": "Workshop",
            "fields": (
                ("xcal:dtstart", "2026-02-17T23:00:00Z"),
                ("xcal:location", "Parish Hall"),
                ("x-trumba:localstart", "2026-02-17T18:00:00"),
            ),
            "base": "https://cal.example/",
        }
    ],
    "rss20_modern_events_calendar.xml": [
        {
            "id": "https://mec.example/vigil",
            "link": "https://mec.example/vigil",
            "title": "Vigil",
            "fields": (
                ("mec:startdate", "2026-03-08"),
                ("mec:starthour", "6:00 pm"),
                ("mec:enddate", "2026-03-08"),
                ("mec:location", "City Hall Plaza"),
                ("mec:cost", "0"),
                ("schema:location", "City Hall, 455 Main St"),
            ),
            "base": "https://mec.example/",
        }
    ],
    "rss20_media.xml": [
        {
            "id": "1",
            "title": "Thumbnail",
            "summary": "First line<br>\nSecond &amp; last",
            "enclosures": (Enclosure("https://media.example/a.mp4", "video/mp4", 123),),
            "image": "https://media.example/a.jpg",
            "base": "https://media.example/",
        },
        {
            "id": "2",
            "title": "Avatar",
            "enclosures": (Enclosure("https://media.example/b.mp3", "audio/mpeg", 4567),),
            "image": "https://media.example/b.jpg",
            "base": "https://media.example/",
        },
        {
            "id": "3",
            "title": "Picture",
            "enclosures": (Enclosure("https://media.example/c.png", "image/png", 0),),
            "image": "https://media.example/c.png",
            "base": "https://media.example/",
        },
    ],
    "rss20_podcast.xml": [
        {
            "id": "e1",
            "title": "Episodio 1",
            "summary": "Breve",
            "content": "Un resumen mucho más largo",
            "authors": ("La Voz",),
            "published": 1770220800,
            "language": "es-mx",
            "enclosures": (Enclosure("https://voz.example/e1.mp3", "audio/mpeg", 1000),),
            "image": "https://voz.example/e1.jpg",
            "base": "https://voz.example/",
        }
    ],
    "rss20_people.xml": [
        {"id": "1", "authors": ("Ana Ruiz",), "base": URL},
        {"id": "2", "authors": ("Luis Soto",), "base": URL},
        {"id": "3", "authors": ("desk@people.example",), "base": URL},
        {"id": "4", "base": URL},
    ],
    "rss20_hostile_title.xml": [
        {"id": "1", "title": "ab <kept>", "base": URL},
        {"id": "2", "title": "photognp.exe zero 👨\u200d👩", "base": URL},
        {"id": "3", "title": "If x <y and z> 1", "base": URL},
        {"id": "4", "title": "Two lines’s", "base": URL},
    ],
    "rss20_same_text.xml": [
        {"id": "text:" + digest("Hello", "World"), "title": "Hello", "summary": "World", "base": URL},
        {"id": "text:" + digest("Hello", "Other"), "title": "Hello", "summary": "Other", "base": URL},
    ],
    "rss20_mixed_with_atom.xml": [
        {
            "id": "1",
            "link": "https://mixed.example/1",
            "title": "Outer",
            "content": "1 &lt; 2",
            "authors": ("Ana",),
            "published": 1767607200,
            "base": "https://mixed.example/",
        },
        {"id": "2", "title": "Inner", "base": "https://mixed.example/"},
    ],
    "rss10.xml": [
        {
            "id": "https://rdf.example/1",
            "link": "https://rdf.example/1.html",
            "title": "Um",
            "authors": ("Rui",),
            "categories": ("festas",),
            "published": 1770055200,
            "language": "pt-br",
            "base": "https://rdf.example/",
        }
    ],
    "atom10.xml": [
        {
            "id": "tag:atom.example,2026:1",
            "link": "https://atom.example/posts/1.html",
            "title": "AT&T <b> stays",
            "summary": "1 &lt; 2<br>\nand more",
            "content": '<p><a href="x">x</a></p>',
            "authors": ("Desk",),
            "categories": ("Fiesta",),
            "published": 1770030000,
            "updated": 1770076800,
            "language": "es-mx",
            "enclosures": (Enclosure("https://atom.example/posts/1.mp3", "audio/mpeg", 77),),
            "base": "https://atom.example/posts/deep/",
        },
        {
            "id": "https://atom.example/2",
            "link": "https://atom.example/2",
            "title": "XHTML title",
            "content": '<p xmlns="http://www.w3.org/1999/xhtml">One</p><br xmlns="http://www.w3.org/1999/xhtml">'
            '<a xmlns="http://www.w3.org/1999/xhtml" name="t"></a>two &lt; three',
            "authors": ("Ana",),
            "updated": 1769904000,
            "language": "en",
            "base": "https://atom.example/",
        },
        {
            "id": "https://atom.example/3",
            "link": "https://atom.example/3",
            "title": "Elsewhere",
            "authors": ("Desk",),
            "updated": 1769817600,
            "language": "en",
            "base": "https://atom.example/",
        },
    ],
    "atom03.xml": [
        {
            "id": "tag:old.example,2004:1",
            "link": "http://old.example/1",
            "title": "One & two",
            "content": "Inline",
            "published": 1083841689,
            "updated": 1083888000,
            "base": URL,
        }
    ],
    "atom10_google_calendar.xml": [
        {
            "id": "urn:x:1",
            "title": "Reunión",
            "updated": 1767225600,
            "fields": (
                ("gd:starttime", "2026-02-10T19:00:00.000-05:00"),
                ("gd:endtime", "2026-02-10T20:00:00.000-05:00"),
                ("gd:where", "Centro Las Americas"),
            ),
            "base": URL,
        }
    ],
    "rss20_windows1252.xml": [{"id": "1", "title": "Señor’s – 5 €", "base": URL}],
    "rss20_utf8_called_latin1.xml": [{"id": "1", "title": "Mañana", "base": URL}],
    "rss20_encoded_twice.xml": [{"id": "1", "title": "Mañana", "summary": "¿Qué pasó?", "base": URL}],
}


@pytest.mark.parametrize("name", FEEDS)
def test_feed(name: str) -> None:
    """What the document says of the feed itself."""
    feed = xml_feed.parse(body(name), url=URL)
    assert FEEDS[name] == {key: getattr(feed, key) for key in FEEDS[name]}
    assert ("xml_feed", ()) == (feed.parser, feed.problems)


@pytest.mark.parametrize("name", ENTRIES)
def test_entries(name: str) -> None:
    """What the document says of each entry, raw: HTML as sent, everything else decided."""
    assert ENTRIES[name] == [said(entry) for entry in xml_feed.parse(body(name), url=URL).entries]


def test_inline_html_is_written_back() -> None:
    """Markup that was not escaped comes back as HTML, with what was text escaped."""
    first, second = xml_feed.parse(body("rss20_inline_html.xml"), url=URL).entries
    assert "Some title" == first.title
    declared = ' xmlns:h="http://www.w3.org/1999/xhtml"'
    assert "A <b>bold</b> 1 &lt; 2<br>end" == first.summary.replace(declared, "")
    assert '<p>Text <a href="x">link</a></p>' == second.content.replace(declared, "")


def test_survives_pickling() -> None:
    """A feed can come back from another process."""
    feed = xml_feed.parse(body("atom10.xml"), url=URL)
    assert feed == pickle.loads(pickle.dumps(feed))


def test_white_space_and_marks_before_the_document() -> None:
    """Blank lines and repeated byte order marks before the declaration don't make a document worse."""
    feed = xml_feed.parse(b"\xef\xbb\xbf\xef\xbb\xbf\r\n\n" + body("rss10.xml"), url=URL)
    assert 1 == len(feed.entries)


def test_no_base_without_an_address() -> None:
    """A file that has no web address gives relative links nothing to be relative to."""
    entry = xml_feed.parse(b"<rss><channel><item><link>x.html</link></item></channel></rss>", url="feed.xml").entries[0]
    assert (None, None) == (entry.link, entry.base)


def test_definition_of_1997() -> None:
    """Microsoft's Channel Definition Format keeps its facts in attributes."""
    document = (
        b'<CHANNEL HREF="http://cdf.example/"><ITEM HREF="http://cdf.example/1" LASTMOD="1997-11-05T01:00-0500">'
        b"<TITLE>One</TITLE><ABSTRACT>Text</ABSTRACT></ITEM></CHANNEL>"
    )
    feed = xml_feed.parse(document, url=URL)
    assert "http://cdf.example/" == feed.link
    assert [("http://cdf.example/1", "One", "Text", 878709600)] == [
        (entry.link, entry.title, entry.summary, entry.published) for entry in feed.entries
    ]


def test_at_most_a_thousand_entries() -> None:
    """Of a longer feed the first 1,000 items are read, and the feed says so."""
    items = b"".join(b"<item><guid>%d</guid></item>" % number for number in range(1500))
    feed = xml_feed.parse(b"<rss><channel>" + items + b"</channel></rss>", url=URL)
    assert (1000, "0", "999") == (len(feed.entries), feed.entries[0].id, feed.entries[-1].id)
    assert ["too_many_items"] == [problem.code for problem in feed.problems]


def test_long_texts_are_cut() -> None:
    """Titles stay short and texts below a million characters, whatever the feed holds."""
    document = b"<rss><channel><item><title>%b</title><description>%b</description></item></channel></rss>"
    entry = xml_feed.parse(document % (b"T" * 900_000, b"x" * 1_500_000), url=URL).entries[0]
    assert (1000, 1_000_000) == (len(entry.title), len(entry.summary))


@pytest.mark.parametrize(
    ("document", "error"),
    [
        (b"", EmptyBody),
        (b" \n\t", EmptyBody),
        (b"plain text", NotAFeed),
        (b"<rss><channel>", NotAFeed),
        (body("sitemap.xml"), NotAFeed),
        (b'<tv><channel id="1"><display-name>x</display-name></channel></tv>', NotAFeed),
        (b'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/>', NotAFeed),
        (b'<?xml version="1.0" encoding="klingon"?><rss/>', NotAFeed),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>', HtmlPage),
        (body("unsafe_entities.xml"), UnsafeDocument),
        (b'<!DOCTYPE a [<!ENTITY b "&c;"><!ENTITY c "&b;">]><rss>&b;</rss>', UnsafeDocument),
        (b"<a>" * 300, UnsafeDocument),
        (b"<rss>" + b"<a/>" * 800_000 + b"</rss>", TooHeavy),
        (b"<rss>" + b"x" * 10_000_001 + b"</rss>", TooHeavy),
    ],
)
def test_refusals(document: bytes, error: type[ReadError]) -> None:
    """What is no feed, or no safe one, is refused by name and says where it was found."""
    with pytest.raises(error) as caught:
        xml_feed.parse(document, url=URL)
    assert (error, URL) == (type(caught.value), caught.value.subject)


def test_doctype_alone_is_fine() -> None:
    """A document type that declares nothing is what old RSS has."""
    assert "t" == xml_feed.parse(b"<!DOCTYPE rss><rss><channel><title>t</title></channel></rss>", url=URL).title
