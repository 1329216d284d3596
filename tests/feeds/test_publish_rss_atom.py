"""RSS and Atom: what is promised to whoever reads the combined feed."""

from __future__ import annotations

from calendar import timegm
from dataclasses import replace
from time import process_time
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from feeds.model import Enclosure, Event
from feeds.parse import xml_feed
from feeds.publish import FORMATS, Channel, Item, rss_atom
from tests import strict_feeds
from tests.feeds import golden
from tests.feeds.announcements import ASSEMBLY, CHANNEL, EDIT, FAIR, ITEMS, LIBRARY, NEWS, PANTRY, SITE

EV = "{http://purl.org/rss/1.0/modules/event/}"
ATOM = "{http://www.w3.org/2005/Atom}"


def read(body: bytes) -> Any:
    """What feedparser makes of a document."""
    read = feedparser.parse(body, sanitize_html=False, resolve_relative_uris=False)
    assert not read.bozo
    return read


def rss(*items: Item, channel: Channel = CHANNEL) -> bytes:
    return rss_atom.rss(channel, items)


def atom(*items: Item, channel: Channel = CHANNEL) -> bytes:
    return rss_atom.atom(channel, items)


@pytest.mark.parametrize("name", ["feed.rss", "feed.atom"])
def test_golden(name: str) -> None:
    """A full document is, element by element, the one on file."""
    expected = (golden.FOLDER / name).read_text(encoding="utf-8")
    assert expected == golden.GOLDEN[name]()


def test_valid() -> None:
    """Full, minimal and empty documents are valid, and no date of theirs lies in the future."""
    bare = Item(
        id="urn:uuid:7c3a2b0e-2f8a-5d0b-9d3c-3f1f5f6f0009",
        url=f"{SITE}/n",
        title="",
        content="",
        published=EDIT,
        updated=EDIT,
    )
    plain = Channel(
        title="N",
        url=f"{SITE}/",
        self_url=f"{SITE}/feed",
        id="urn:uuid:7c3a2b0e-2f8a-5d0b-9d3c-3f1f5f6f000a",
        updated=EDIT,
    )
    for channel, items in ((CHANNEL, ITEMS), (CHANNEL, ()), (plain, (bare,))):
        assert [] == strict_feeds.check_rss(rss(*items, channel=channel), now=EDIT)
        assert [] == strict_feeds.check_atom(atom(*items, channel=channel), now=EDIT)


def test_same_input_same_bytes() -> None:
    """A document depends on nothing but the channel and its items: not on the clock, not on what came before."""
    assert rss(*ITEMS) == rss(*ITEMS)
    assert atom(*ITEMS) == atom(*ITEMS)


def test_locale_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writing a feed never sets the locale, which belongs to the whole process; dates are English all the same."""
    monkeypatch.setattr("locale.setlocale", lambda *_: pytest.fail("the locale was set"))
    assert b"<lastBuildDate>Fri, 20 Nov 2026 15:30:00 +0000</lastBuildDate>" in rss(*ITEMS)
    atom(*ITEMS)


@pytest.mark.parametrize("write", [rss, atom])
def test_read_back(write: Any) -> None:
    """A reader gets the ids, links, titles, dates, languages and contents that went in, in their order."""
    entries = read(write(*ITEMS)).entries
    assert [item.id for item in ITEMS] == [entry.id for entry in entries]
    assert [item.link or item.url for item in ITEMS] == [entry.link for entry in entries]
    assert [item.title for item in ITEMS] == [entry.title for entry in entries]
    assert [item.published for item in ITEMS] == [seconds(entry.published_parsed) for entry in entries]
    assert [item.updated for item in ITEMS] == [seconds(entry.updated_parsed) for entry in entries]
    assert [item.content for item in ITEMS[:2]] == [entry.content[0].value for entry in entries[:2]]
    assert [[*item.categories] for item in ITEMS] == [[tag.term for tag in entry.get("tags", [])] for entry in entries]
    assert [[*item.authors] for item in ITEMS] == [[author.name for author in entry.authors] for entry in entries]


@pytest.mark.parametrize("write", [rss, atom])
def test_read_back_by_ourselves(write: Any) -> None:
    """Another network that reads our feed gets all of it: what is told as text, as files, and as event data."""
    read_back = xml_feed.parse(write(*ITEMS), url=CHANNEL.self_url)
    assert (CHANNEL.title, CHANNEL.url, CHANNEL.hub) == (read_back.title, read_back.link, read_back.hub)
    for item, entry in zip(ITEMS, read_back.entries, strict=True):
        assert (item.id, item.link or item.url, item.title) == (entry.id, entry.link, entry.title)
        assert (item.published, item.updated, item.language or "en") == (entry.published, entry.updated, entry.language)
        assert (item.content, item.image) == (entry.content or entry.summary, entry.image)
        assert (item.authors, item.categories) == (entry.authors, entry.categories)
        assert [file.url for file in item.enclosures] == [file.url for file in entry.enclosures]
        assert ("ev:startdate" in dict(entry.fields)) == (item.event is not None)


def seconds(moment: Any) -> int:
    return timegm(moment)


def test_channel_read_back() -> None:
    """Readers find the home page, the document's own address, the hub, the pages and the language in both formats."""
    for write in (rss, atom):
        feed = read(write()).feed
        links = {(link.rel, link.href) for link in feed.links}
        assert CHANNEL.url == feed.link
        assert {("self", CHANNEL.self_url), ("hub", CHANNEL.hub), ("next", CHANNEL.next_url)} <= links
        assert {("first", CHANNEL.first_url), ("last", CHANNEL.last_url)} <= links
        assert ("alternate", f"{SITE}/events.ics?topic=food") in links
        assert ("alternate", CHANNEL.self_url) not in links
        assert (CHANNEL.title, CHANNEL.description, "en") == (feed.title, feed.subtitle, feed.language)
        assert CHANNEL.updated == seconds(feed.updated_parsed)


def test_enclosures() -> None:
    """Atom has every file with type and length; RSS one `enclosure` and the others as media:content."""
    files = [(file.href, file.type, file.get("length", "0")) for file in read(atom(ASSEMBLY)).entries[0].enclosures]
    pdf, mp3 = (
        ("https://library.example.org/cartel.pdf", "application/pdf", "120345"),
        "https://library.example.org/audio.mp3",
    )
    assert [pdf, (mp3, "audio/mpeg", "0")] == files
    entry = read(rss(ASSEMBLY)).entries[0]
    assert [pdf] == [(file.href, file.type, file.length) for file in entry.enclosures]
    assert [mp3] == [file["url"] for file in entry.media_content]
    unknown = replace(ASSEMBLY, enclosures=(Enclosure("https://library.example.org/file", "not a type"),))
    assert b'length="0" type="application/octet-stream"' in rss(unknown)


def test_source() -> None:
    """Every item says whose it is and from which feed; whoever else is credited is linked to as `via`."""
    item = read(rss(ASSEMBLY)).entries[0]
    assert (LIBRARY.name, LIBRARY.feed_url) == (item.source.title, item.source.href)
    entry = read(atom(ASSEMBLY)).entries[0]
    assert (LIBRARY.feed_url, LIBRARY.name, ASSEMBLY.updated) == (
        entry.source.id,
        entry.source.title,
        seconds(entry.source.updated_parsed),
    )
    assert {("self", LIBRARY.feed_url), ("alternate", LIBRARY.url)} == {
        (link.rel, link.href) for link in entry.source.links
    }
    for links in (item.links, entry.links):
        assert {("related", ASSEMBLY.url), ("via", PANTRY.link)} <= {(link.rel, link.href) for link in links}
    assert [LIBRARY.url, PANTRY.url] == [author.href for author in entry.authors]


def test_source_id_in_normal_form() -> None:
    """An address that stands for a feed's id has its normal form, so that it compares letter by letter."""
    item = replace(NEWS, credits=(replace(LIBRARY, feed_url="https://Library.Example.org"),))
    assert "https://library.example.org/" == read(atom(item)).entries[0].source.id


@pytest.mark.parametrize("write", [rss, atom])
def test_event_as_data(write: Any) -> None:
    """Start, end and place stand in the event module; the end of an all-day event is its last day."""
    root = etree.fromstring(write(ASSEMBLY, FAIR))
    assert ["2026-12-05T18:00:00-05:00", "2026-12-12"] == [node.text for node in root.iter(f"{EV}startdate")]
    assert ["2026-12-05T20:00:00-05:00", "2026-12-13"] == [node.text for node in root.iter(f"{EV}enddate")]
    assert ["Biblioteca, 1 Main St, Worcester, MA", "City Hall"] == [node.text for node in root.iter(f"{EV}location")]
    assert b"42.262600" in write(ASSEMBLY)


def test_event_without_end_or_place() -> None:
    """What is not known of an event is left out; a one-day event that ends where it starts stays one day."""
    event = Event(uid="1", title="x", start=FAIR.event.start, end=FAIR.event.start, all_day=True)  # type: ignore[union-attr]
    root = etree.fromstring(rss(replace(FAIR, event=event)))
    assert ["2026-12-12"] == [node.text for node in root.iter(f"{EV}enddate")]
    assert [] == list(root.iter(f"{EV}location"))
    assert b"ev:enddate" not in rss(replace(FAIR, event=replace(event, end=None)))


def test_venue_is_not_said_twice() -> None:
    """A venue with which the address begins is said once."""
    event = replace(ASSEMBLY.event, venue="City Hall", address="City Hall, Worcester")  # type: ignore[type-var]
    assert "City Hall, Worcester" == etree.fromstring(rss(replace(ASSEMBLY, event=event))).findtext(f".//{EV}location")


def test_rss_description_is_html() -> None:
    """The plain-text summary becomes HTML in RSS, so that "<b>" in it stays text, and is told as text in Atom."""
    item = replace(NEWS, summary="1 < 2 & <script>alert(1)</script>")
    assert "1 &lt; 2 &amp; &lt;script&gt;alert(1)&lt;/script&gt;" == etree.fromstring(rss(item)).findtext(
        ".//item/description"
    )
    assert ("text/plain", item.summary) == (
        read(atom(item)).entries[0].summary_detail.type,
        read(atom(item)).entries[0].summary,
    )


def test_plain_text_in_rss() -> None:
    """Plain text is written with hexadecimal references, as the RSS profile asks, and reads as it was."""
    item = replace(NEWS, title="Me &amp; you <3 & more")
    assert b"<title>Me &#x26;amp; you &#x3C;3 &#x26; more</title>" in rss(item)
    assert item.title == etree.fromstring(rss(item)).findtext(".//item/title")
    assert item.title == etree.fromstring(atom(item)).findtext(f"{ATOM}entry/{ATOM}title")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"title": " \n\t", "summary": "One two."}, "One two."),
        ({"title": "", "summary": "word " * 40}, "word " * 15 + "word…"),
        ({"title": "", "summary": ""}, "City Garden"),
        ({"title": "", "authors": (), "credits": ()}, CHANNEL.title),
        ({"title": "a\x00\n  b\x0b"}, "a b"),
    ],
)
def test_title_is_never_empty(change: dict[str, Any], expected: str) -> None:
    """Without a title an item is called by how its summary begins, else by who wrote it, else by the channel."""
    item = replace(NEWS, **change)
    assert [expected, expected] == [read(write(item)).entries[0].title for write in (rss, atom)]


def test_illegal_characters_cost_nothing() -> None:
    """A control character or half a surrogate in one item's text is left out; every item is still there."""
    bad = "a\x00b\x08\x1f\ud800\ufffe\ufdd0\x85c\r\nd"
    item = replace(
        ASSEMBLY,
        title=bad,
        content=f"<p>{bad}</p>",
        summary=bad,
        categories=(bad,),
        authors=(bad,),
        credits=(replace(LIBRARY, name=bad),),
    )
    for write in (rss, atom):
        entries = read(write(item, NEWS)).entries
        assert ["abc d", NEWS.title] == [entry.title for entry in entries]
        assert "<p>abc\nd</p>" == entries[0].content[0].value


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://café.example/años?q=ñ#é", "https://xn--caf-dma.example/a%C3%B1os?q=%C3%B1#%C3%A9"),
        ('https://a.example/x y|z{}?q="<>\\^`', "https://a.example/xy%7Cz%7B%7D?q=%22%3C%3E%5C%5E%60"),
        ("https://a.example/100%?a=%zz&b=%c3", "https://a.example/100%25?a=%25zz&b=%c3"),
        ("https://a.example/[1]", "https://a.example/%5B1%5D"),
        ("https://a.example/?q=a#b#c", "https://a.example/?q=a#b%23c"),
    ],
)
def test_addresses_are_uris(url: str, expected: str) -> None:
    """Internationalized and carelessly written addresses are encoded, because many readers know only URIs."""
    item = replace(NEWS, link=url, image=url, enclosures=(Enclosure(url, "image/png", 1),))
    for write, check in ((rss, strict_feeds.check_rss), (atom, strict_feeds.check_atom)):
        entry = read(write(item)).entries[0]
        assert (expected, expected) == (entry.link, entry.enclosures[0].href)
        assert [] == check(write(item))


def test_language() -> None:
    """Every item tells its language; what is no language tag is left out."""
    root = etree.fromstring(atom(ASSEMBLY, replace(FAIR, language="Spanish"), replace(NEWS, language="pt_BR")))
    lang = "{http://www.w3.org/XML/1998/namespace}lang"
    assert ["es", None, "pt-BR"] == [entry.get(lang) for entry in root.iter(f"{ATOM}entry")]
    assert ["es"] == [
        node.text for node in etree.fromstring(rss(ASSEMBLY)).iter("{http://purl.org/dc/elements/1.1/}language")
    ]


def test_an_icon_that_rss_cant_show() -> None:
    """RSS shows GIF, JPEG and PNG; another icon stays in Atom."""
    channel = replace(CHANNEL, icon=f"{SITE}/icon.svg")
    assert b"<image>" not in rss(channel=channel)
    assert f"{SITE}/icon.svg" == read(atom(channel=channel)).feed.icon


TEXTS = st.text(st.characters(codec=None, exclude_characters="<&\ufffd"), max_size=30)


@settings(max_examples=60, deadline=None)
@given(title=TEXTS, summary=TEXTS, name=TEXTS, tag=TEXTS, language=st.none() | TEXTS, type_=TEXTS)
def test_any_text_gives_a_valid_document(  # noqa: PLR0917
    title: str, summary: str, name: str, tag: str, language: str | None, type_: str
) -> None:
    """Whatever characters a member's feed holds, the combined feed is valid."""
    item = replace(ASSEMBLY, title=title, summary=summary, categories=(tag,), authors=(name,), language=None)
    item = replace(
        item, credits=(replace(LIBRARY, name=name or "x"),), enclosures=(Enclosure("https://a.example/f", type_),)
    )
    assert [] == [found for found in strict_feeds.check_rss(rss(item)) if not found.startswith("NotBlank")]
    assert [] == [found for found in strict_feeds.check_atom(atom(item)) if not found.startswith("NotBlank")]
    etree.fromstring(rss(replace(item, language=language)))


def test_speed() -> None:
    """A hundred items of 4 KB take tens of milliseconds, so that a feed can be made anew after each change."""
    items = [replace(ASSEMBLY, content="<p>Vecinos y vecinas, vengan.</p>\n" * 120)] * 100
    for format_ in (FORMATS["rss"], FORMATS["atom"], FORMATS["json"]):
        taken = []
        for _ in range(3):
            start = process_time()
            format_.write(CHANNEL, items)
            taken.append(process_time() - start)
        assert min(taken) < 0.1
