"""What holds for any texts: what is published is read as it was, and what was brought into order stays so.

Few examples, always the same. Many others: VECINOS_TEST_EXAMPLES=5000 python -m pytest tests/feeds/test_properties.py
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feeds import clean
from feeds.addresses import clean_link, normal_form
from feeds.clean import without_images
from feeds.errors import AddressError, BadAddress
from feeds.model import Enclosure, Entry, Event, Feed
from feeds.parse import dates, text
from feeds.parse.ical_event import plain as plain_title
from feeds.pipeline import Window, read
from feeds.publish import FORMATS, Credit, Item, legal
from feeds.rfc5545 import places
from tests.feeds.announcements import CHANNEL, SITE
from tests.feeds.nasty import bounded, settled, texts

BASE = "https://pantry.example/posts/"
WINDOW = Window(0, 4_102_444_800, "America/New_York")
MOMENTS = st.integers(dates.EARLIEST, dates.LATEST - 1)
LANGUAGES = st.sampled_from(["es", "en-us", "pt-br", "zh-hant-tw"])

lines = settled(texts, legal.line, text.plain)
names = lines.filter(lambda name: bool(name) and "@" not in name)
markups = settled(texts, lambda markup: legal.text(clean.html(text.legal(markup), BASE)).strip())
links = settled(
    texts.map(lambda rest: "https://pantry.example/" + rest), lambda link: clean_link(legal.address(link)) or BASE
)
files = st.builds(
    Enclosure,
    links,
    st.sampled_from(["audio/mpeg", "video/mp4", "application/pdf", "text/calendar", "application/x-odd"]),
    st.integers(0, 10**12),
)


@st.composite
def items(draw: st.DrawFn) -> Item:
    """An entry as it is kept: out of any feed, read and cleaned."""
    key = draw(st.uuids())
    own = draw(st.none() | links)
    credit = Credit(name=draw(names), url=f"{SITE}/members/a", feed_url=BASE, link=own)
    return Item(
        id=f"urn:uuid:{key}",
        url=f"{SITE}/news/{key}",
        link=own,
        title=draw(lines.filter(bool)),
        content=draw(markups),
        summary=draw(lines),
        language=draw(st.none() | LANGUAGES),
        published=draw(MOMENTS),
        updated=draw(MOMENTS),
        categories=tuple(draw(st.lists(lines.filter(bool), max_size=4, unique=True))),
        authors=tuple(draw(st.lists(names, min_size=1, max_size=3, unique=True))),
        credits=(credit,),
        enclosures=tuple(draw(st.lists(files, max_size=3, unique_by=lambda file: file.url))),
        image=draw(st.none() | links),
    )


def kept(item: Item) -> Entry:
    """The entry that a reader should get."""
    said = f"<p>{escape(item.summary or item.title)}</p>"
    content = item.content or said.replace("&quot;", '"').replace("&#x27;", "'")
    return Entry(
        id=item.id,
        link=item.link or item.url,
        title=item.title,
        summary="",
        content=content,
        authors=item.authors,
        categories=item.categories,
        published=item.published,
        updated=item.updated,
        language=item.language or CHANNEL.language,
        enclosures=item.enclosures,
        image=item.image,
    )


def published(extension: str, found: list[Item]) -> Feed:
    """The items, written in a format and read again."""
    format_ = FORMATS[extension]
    return read(format_.write(CHANNEL, found), url=CHANNEL.self_url, content_type=format_.media_type, window=WINDOW)


@pytest.mark.parametrize("extension", ["rss", "atom", "json"])
@bounded
@given(found=st.lists(items(), min_size=1, max_size=3, unique_by=lambda item: item.id))
def test_entries_come_back(extension: str, found: list[Item]) -> None:
    """Another network that reads our feed has the same entries, in the same order, letter by letter."""
    feed = published(extension, found)
    assert [kept(item) for item in found] == [replace(entry, summary="") for entry in feed.entries]
    for item, entry in zip(found, feed.entries, strict=True):
        told = clean.text(entry.summary) or " ".join(clean.text(entry.content).split())
        assert (
            not item.summary or legal.line(told) == item.summary or entry.content == escape(item.summary, quote=False)
        )


@pytest.mark.parametrize("extension", ["rss", "atom", "json"])
@bounded
@given(found=st.lists(items(), min_size=1, max_size=2, unique_by=lambda item: item.id))
def test_what_was_read_is_published_the_same(extension: str, found: list[Item]) -> None:
    """Entries that go from network to network are not worn down on the way."""
    once = published(extension, found)
    again = published(extension, [_republished(item, entry) for item, entry in zip(found, once.entries, strict=True)])
    assert once.entries == again.entries


def _republished(item: Item, entry: Entry) -> Item:
    told = " ".join(clean.text(entry.summary).split())
    return replace(item, title=entry.title, content=entry.content, summary=told, authors=entry.authors, link=entry.link)


places_ = settled(texts, legal.line).map(places.split).filter(lambda place: not place.link)
titles = settled(texts, legal.line, plain_title).filter(bool)


@st.composite
def events(draw: st.DrawFn) -> Event:
    """An event as it is kept, with any texts."""
    zone = draw(st.sampled_from(["America/New_York", "Europe/Lisbon", "Asia/Kolkata", "UTC"]))
    start: date = draw(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1))).replace(microsecond=0)  # noqa: DTZ001
    all_day = draw(st.booleans())
    length = timedelta(days=draw(st.integers(1, 9))) if all_day else timedelta(minutes=draw(st.integers(1, 600)))
    if isinstance(start, datetime):
        start = start.date() if all_day else start.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    place = draw(places_)
    at = draw(st.none() | st.tuples(st.integers(1, 90_000_000), st.integers(1, 180_000_000)))
    return Event(
        uid=str(draw(st.uuids())),
        title=draw(titles),
        start=start,
        end=start + length if draw(st.booleans()) else None,
        all_day=all_day,
        venue=place.venue,
        address=place.address,
        status=draw(st.sampled_from(["confirmed", "tentative", "cancelled"])),
        description=draw(markups),
        latitude=at[0] / 1e6 if at else None,
        longitude=at[1] / 1e6 if at else None,
        categories=tuple(draw(st.lists(titles.map(lambda title: title[:100].strip()), max_size=3, unique=True))),
    )


@bounded
@given(found=st.lists(events(), max_size=3, unique_by=lambda event: event.uid))
def test_events_come_back(found: list[Event]) -> None:
    """A calendar program that subscribes to ours has the same events, whatever they are called."""
    for event in found:
        assume(places.split(legal.place(event)) == (event.venue, event.address, ""))
    credit = Credit(name="Pantry", url=f"{SITE}/members/a", feed_url=BASE)
    announced = [
        Item(
            id=f"urn:uuid:{event.uid}",
            url=f"{SITE}/events/{event.uid}",
            title=event.title,
            content=event.description,
            published=1_780_000_000,
            updated=1_780_000_000,
            categories=event.categories,
            credits=(credit,),
            event=event,
        )
        for event in found
    ]
    assert [facts(event) for event in found] == [facts(event) for event in published("ics", announced).events]


@pytest.mark.parametrize(
    ("venue", "address", "told"),
    [
        ("City Hall", "city hall, 455 Main St", "city hall, 455 Main St"),
        ("Elm", "Elmhurst, 12 Main St", "Elm, Elmhurst, 12 Main St"),
        ("", "12 Main St", "12 Main St"),
        ("City Hall", "", "City Hall"),
    ],
)
def test_a_place_is_told_once(venue: str, address: str, told: str) -> None:
    """A venue that the address begins with is not repeated, one that only begins alike is not lost."""
    assert told == legal.place(Event(uid="1", title="x", start=date(2026, 1, 1), venue=venue, address=address))


def facts(event: Event) -> dict[str, Any]:
    """What a calendar carries of an event, in terms that can be compared: an hour that comes twice never equals itself
    in another zone (PEP 495).
    """
    named = ("uid", "title", "all_day", "venue", "address", "status", "latitude", "longitude", "categories")
    times = [at.astimezone(UTC) if isinstance(at, datetime) else at for at in (event.start, event.end)]
    return {name: getattr(event, name) for name in named} | {"times": times}


@bounded
@given(texts)
def test_cleaning_is_done_once(markup: str) -> None:
    """HTML that was cleaned is not changed by being cleaned again, from whatever place; nor without its images."""
    shown = clean.html(markup, BASE)
    assert shown == clean.html(shown, BASE) == clean.html(shown, None)
    bare = without_images(shown, label=lambda said: said or "image")
    assert bare == without_images(bare, label=lambda said: said or "image")


@bounded
@given(items())
def test_an_entry_is_cleaned_once(item: Item) -> None:
    """An entry that was cleaned is not changed by being cleaned again."""
    raw = Entry(id=item.id, title=item.title, summary=item.summary, content=item.content, base=BASE)
    once = clean.entry(raw)
    assert once == clean.entry(once)


def test_invisible_characters_are_gone_at_once() -> None:
    """What an invisible character kept apart is read as if that had never been there; byte order marks go, too."""
    assert "gnp.exeñ" == text.literal("\u202egnp.exeÃ±") == text.literal("gnp.exeÃ\x83Â±")
    assert "ñ" == text.literal("Ã\u200b±") == text.literal("Ã\x81±")
    assert "&amp; <b>b</b>" == clean.html("\ufeff\ufeff&amp; <b>\ufeffb</b>", BASE)
    assert "x" == clean.html("<script>1</script>\x0b\x85x\x7f", BASE)


@bounded
@given(texts)
def test_lines_are_settled(said: str) -> None:
    """A line of plain text is not changed by being read as plain text again."""
    assert text.literal(text.literal(said)) == text.literal(said)


@bounded
@given(st.sampled_from(["", "https://", "http://user:p@", "webcal://", "//", "feed:"]), texts, texts)
def test_normal_form_is_settled(scheme: str, host: str, path: str) -> None:
    """An address in normal form is in normal form."""
    for said in (f"{scheme}pantry.example/{path}", f"{scheme}{host}/{path}", f"{scheme}{host}.example:8080?{path}"):
        try:
            normal = normal_form(said)
        except AddressError:
            continue
        assert normal == normal_form(normal)


@pytest.mark.parametrize("length", [600, 650, 1990])
def test_an_address_that_grows_too_long(length: int) -> None:
    """What is short enough only until it is encoded, or put behind its base, is none: it could not be asked for again."""
    with pytest.raises(BadAddress):
        normal_form("https://pantry.example/" + "ñ" * length)
    assert clean_link("x" * 1990, BASE) is None


@bounded
@given(texts, texts)
def test_links_are_settled(host: str, path: str) -> None:
    """A link that was cleaned is not changed by being cleaned again, from whatever place."""
    for said in (f"https://pantry.example/{path}", f"https://{host}/{path}", path, f"//{host}/{path}", f"?{path}"):
        link = clean_link(said, BASE)
        assert link is None or link == clean_link(link, "https://other.example/") == clean_link(link)
