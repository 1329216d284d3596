"""How real sources write: one quirk a test; the fixtures of tests/data/quirks say themselves what they show."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from feeds.addresses import calendars_of_embed, normal_form
from feeds.discover import page
from feeds.identity import continues
from feeds.merge import dated
from feeds.model import Entry, Event, Feed
from feeds.pipeline import found_feed, read, window
from tests.world import NOW, ZONE

FOLDER = Path(__file__).parents[1] / "data" / "quirks"
URL = "https://fullpot.example/feed"
NEW_YORK = ZoneInfo(ZONE)


def fixture(name: str, url: str = URL) -> Feed:
    """A document under tests/data/quirks, read as a pull reads it."""
    return read((FOLDER / name).read_bytes(), url=url, window=window(NOW, ZONE))


def rss(*items: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    """A feed of items with these titles."""
    listed = "".join(f"<item><guid>{number}</guid><title>{title}</title></item>" for number, title in enumerate(items))
    return f'{head}<rss version="2.0"><channel><title>Olla llena</title>{listed}</channel></rss>'


def titles(body: bytes | str, content_type: str = "text/xml") -> list[str]:
    """The titles of the entries of a document."""
    body = body.encode() if isinstance(body, str) else body
    return [entry.title for entry in read(body, url=URL, content_type=content_type, window=window(NOW, ZONE)).entries]


def by_title(feed: Feed) -> dict[str, Event]:
    """The events of a calendar by their titles."""
    return {event.title: event for event in feed.events}


def days(event: Event) -> list[str]:
    """When the occurrences of an event begin, in Worcester."""
    return [f"{datetime.fromtimestamp(day.start, NEW_YORK):%m-%d %H:%M}" for day in event.occurrences]


# ── Google Calendar ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_id_in_an_embed_address() -> None:
    """A calendar that a page embeds is found by the id in the embed's address."""
    embed = "https://calendar.google.com/calendar/embed?src=abc123%40group.calendar.google.com&ctz=America%2FNew_York"
    assert (
        "https://calendar.google.com/calendar/ical/abc123%40group.calendar.google.com/public/basic.ics",
    ) == calendars_of_embed(embed)


def test_utc_means_the_zone_of_the_calendar() -> None:
    """Google writes single dates in UTC and names the zone once for all: people see them by its clock."""
    swap = by_title(fixture("google_split_series.ics"))["Winter coat swap"]
    assert (datetime(2026, 12, 5, 10, tzinfo=NEW_YORK), ZONE) == (swap.start, swap.timezone)


def test_a_series_changed_from_one_day_on() -> None:
    """The second part of a series that was split goes on under another id, which tells whose part it is."""
    first, second, swap = fixture("google_split_series.ics").events
    assert [None, first.uid, None] == [continues(event.uid) for event in (first, second, swap)]
    assert ("11-10 18:00", "11-19 19:00") == (days(first)[-1], days(second)[0])


@pytest.mark.parametrize(
    ("uid", "base"),
    [
        ("4kq1v8_R20261117T230000@google.com", "4kq1v8@google.com"),
        ("4kq1v8_R20261117T230000Z@google.com", "4kq1v8@google.com"),
        ("_60q30c1g_R20261117@google.com", "_60q30c1g@google.com"),
        ("4kq1v8@google.com", None),
        ("4kq1v8_20261117T230000@google.com", None),
        ("4kq1v8_R20261117T230000@tenants.example", None),
        ("_R20261117T230000@google.com", None),
        ("", None),
    ],
)
def test_whose_part_a_uid_names(uid: str, base: str | None) -> None:
    """Only Google's ids of later parts of a series name another one."""
    assert base == continues(uid)


# ── Outlook ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_zones_as_windows_calls_them() -> None:
    """Names of zones by Windows, as Outlook shows them, and of its user's own making all give the right moment."""
    feed = fixture("outlook_zone_names.ics")
    assert () == feed.problems
    assert {
        "Eviction defense training": ["11-24 18:00"],
        "Know your rights": ["11-25 18:00"],
        "Steering committee": ["11-27 18:00"],
        "Coat drive": ["11-28 00:00"],
    } == {event.title: days(event) for event in feed.events}


def test_a_whole_day_by_outlook() -> None:
    """A time from midnight to midnight that Outlook calls a whole day is one."""
    drive = by_title(fixture("outlook_zone_names.ics"))["Coat drive"]
    assert (True, date(2026, 11, 28), date(2026, 11, 29)) == (drive.all_day, drive.start, drive.end)


# ── Modern Events Calendar ─────────────────────────────────────────────────────────────────────────────────────────


def test_utc_under_a_local_zone() -> None:
    """A UTC time with a zone beside it, as Modern Events Calendar writes it, is that moment, told in that zone."""
    meeting = by_title(fixture("modern_events_calendar.ics"))["Asamblea"]
    assert (datetime(2026, 11, 22, 13, tzinfo=NEW_YORK), ZONE) == (meeting.start, meeting.timezone)
    assert datetime(2026, 11, 22, 20, tzinfo=UTC) == meeting.end


def test_plain_utc() -> None:
    """A UTC time without a zone is that moment."""
    assert ["12-01 18:00"] == days(by_title(fixture("modern_events_calendar.ics"))["Taller de salarios"])


def test_a_series_in_utc() -> None:
    """A weekly class at seven stays on Monday at seven when the clocks change, also in the calendar that we publish."""
    series = by_title(fixture("modern_events_calendar.ics"))["Clase de inglés"]
    assert ["11-23 19:00", "11-30 19:00", "12-07 19:00"] == days(series)[:3]
    assert {"19:00"} == {day[-5:] for day in days(series)}
    assert "DTSTART;TZID=America/New_York:20261123T190000\r\n" in series.ical
    assert "UID:MEC-b6d767d2f8ed5d21a44b0e5886680cb9@obrero.example\r\n" in series.ical


def test_a_date_that_does_not_say_so() -> None:
    """A DTSTART of eight digits is a whole day."""
    assert date(2026, 12, 10) == by_title(fixture("modern_events_calendar.ics"))["Día de acción"].start


def test_utc_with_a_zone_by_others_stays_local() -> None:
    """Other programs that write a Z beside a zone mean the zone's clock."""
    body = (FOLDER / "modern_events_calendar.ics").read_bytes().replace(b"MECv6.5.6", b"Other 1")
    meeting = by_title(read(body, url=URL, window=window(NOW, ZONE)))["Asamblea"]
    assert datetime(2026, 11, 22, 18, tzinfo=NEW_YORK) == meeting.start


# ── Squarespace ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_events_of_squarespace() -> None:
    """A collection of events has them with place, local time, absolute link and clean text; each once."""
    feed = fixture("squarespace_events.json", "https://www.lotus.example/eventos?format=json")
    dinner = by_title(feed)["Cena & conversación"]
    expected = Event(
        uid="5f0000000000000000000010@grey-crane-x7k2.squarespace.com",
        title="Cena & conversación",
        start=datetime(2026, 11, 28, 18, tzinfo=NEW_YORK),
        end=datetime(2026, 11, 28, 20, tzinfo=NEW_YORK),
        timezone=ZONE,
        venue="St. Paul & Friends Hall",
        address="12 Main St, Worcester, MA, 01609, United States",
        description="<div><p>Traiga un plato.</p></div>",
        link="https://www.lotus.example/eventos/cena-comunitaria",
        categories=("Cocina", "food"),
        latitude=42.2627,
        longitude=-71.8024,
        created=1_794_000_000,
        updated=1_795_000_000,
        occurrences=dinner.occurrences,
    )
    assert expected == dinner
    assert ["Cena & conversación", "Reparto", "Picnic"] == [event.title for event in feed.events]
    assert ("squarespace", "Lotus & Friends", "https://www.lotus.example/eventos", "es-us", ZONE) == (
        feed.format, feed.title, feed.link, feed.language, feed.timezone,
    )  # fmt: skip
    assert ["event_unreadable"] == [problem.code for problem in feed.problems]


def test_a_place_that_nobody_entered() -> None:
    """Squarespace's own place, the middle of New York, is not where an event is."""
    handout = by_title(fixture("squarespace_events.json"))["Reparto"]
    assert ("", "", None, None) == (handout.venue, handout.address, handout.latitude, handout.longitude)
    assert ("<p>En la puerta.</p>", None) == (handout.description, handout.end)


def test_posts_of_squarespace() -> None:
    """A blog's collection has its posts."""
    feed = fixture("squarespace_blog.json", "https://www.lotus.example/blog?format=json")
    assert (
        Entry(
            id="5f0000000000000000000020",
            link="https://www.lotus.example/blog/2026/11/6/rice-for-everyone",
            title="Rice & beans for everyone",
            content='<p>Two hundred bags. <a href="https://www.lotus.example/give" rel="nofollow noopener noreferrer">Help</a></p>',
            authors=("Mai",),
            categories=("News", "rice"),
            published=1_793_996_400,
            updated=1_794_003_600,
            language="en-us",
            image="https://images.squarespace-cdn.com/content/v1/5f/2/rice.jpg",
        )
        == feed.entries[0]
    )
    assert (None, ()) == (feed.entries[1].image, feed.events)


async def test_squarespace_as_discovery_sees_it() -> None:
    """A collection of events is a calendar, a blog is a feed, and any other page is neither."""
    bodies = [(FOLDER / f"squarespace_{name}.json").read_bytes() for name in ("events", "blog")]
    bodies.append(b'{"website":{"timeZone":"UTC"},"collection":{"typeName":"events"},"upcoming":[]}')
    bodies.append(b'{"website":{},"collection":{"typeName":"page"},"items":[]}')
    bodies.append(b'{"website":{},"collection":{"typeName":"events"},"item":{"title":"one","startDate":1795906800721}}')
    found = [await found_feed(body, URL, "application/json") for body in bodies]
    assert ["calendar", "feed", "calendar", None, None] == [one and one.kind for one in found]


# ── what sites offer ───────────────────────────────────────────────────────────────────────────────────────────────

TEC = '<link rel="stylesheet" href="/wp-content/plugins/the-events-calendar/tribe-events.css">'
SQUARESPACE = '<script src="https://static1.squarespace.com/s.js"></script>'
HOME = "https://sol.example/"
OFFERS = {
    TEC + '<link rel=alternate type="application/rss+xml" href="/events/feed/">': [("calendar", "events/list/?ical=1")],
    TEC + '<link rel=alternate type="application/rss+xml" href="/eventos/category/taller/feed/">': [
        ("feed", "eventos/category/taller/feed/")
    ],
    TEC
    + '<link rel=alternate type="application/rss+xml" href="/feed/">'
    + '<link rel=alternate type="application/rss+xml" href="/events/feed/">'
    + '<link rel=alternate type="text/calendar" href="/events/?ical=1">': [
        ("feed", "feed/"),
        ("calendar", "events/list/?ical=1"),
    ],
    TEC + '<a href="webcal://sol.example/?post_type=tribe_events&tribe-bar-date=2026-11-22&ical=1">Subscribe</a>': [
        ("calendar", "?post_type=tribe_events&ical=1&eventDisplay=list")
    ],
    '<link rel=alternate type="application/rss+xml" href="/?feed=rss2&post_type=tribe_events">': [
        ("calendar", "?post_type=tribe_events&ical=1&eventDisplay=list")
    ],
    TEC + '<a href="/events/month/2026-11/?ical=1">Export</a>': [("calendar", "events/list/?ical=1")],
    '<a href="/events/?ical=1">Export</a>': [("calendar", "events/?ical=1")],
    '<a href="/?mec-ical-feed=1">Export</a>': [("calendar", "?mec-ical-feed=1")],
    '<link rel=alternate type="application/rss+xml" href="/events/feed/">': [("feed", "events/feed/")],
    SQUARESPACE + '<link rel=alternate type="application/rss+xml" href="/eventos?format=rss">': [
        ("calendar", "eventos?format=json")
    ],
    SQUARESPACE + '<link rel=alternate type="application/rss+xml" href="/blog?format=rss">': [
        ("feed", "blog?format=rss")
    ],
}


@pytest.mark.parametrize("html", OFFERS)
def test_calendars_before_feeds_of_events(html: str) -> None:
    """Where a feed of events tells less than the calendar of the same events, the calendar is offered instead; where an
    export holds one view or begins on one day, the list of all that is coming is.
    """
    found = page(f"<html>{html}".encode(), HOME, "text/html; charset=utf-8").feeds
    assert OFFERS[html] == [(one.kind, one.url.removeprefix(HOME)) for one in found]


@pytest.mark.parametrize("scheme", ["webcal", "webcals", "WEBCAL", "feed"])
def test_webcal(scheme: str) -> None:
    """webcal: and its kin are read over TLS."""
    assert "https://sol.example/events.ics" == normal_form(f"{scheme}://sol.example/events.ics")


# ── before the declaration ─────────────────────────────────────────────────────────────────────────────────────────

BEFORE = {
    "": "",
    "blank lines": "\n\n \r\n",
    "mark": "\ufeff",
    "two marks": "\ufeff\ufeff",
    "notice": "\nNotice: Undefined index: post in /var/www/html/wp-content/plugins/feed/feed.php on line 12\n",
    "warning": "<br />\n<b>Warning</b>:  Cannot modify header information in <b>/var/www/a.php</b> on line <b>7</b><br />\n",
    "comment": "<!-- generated in 0.21 seconds -->\n",
}


@pytest.mark.parametrize(("one", "other"), list(product(BEFORE, repeat=2)))
def test_what_stands_before_a_feed(one: str, other: str) -> None:
    """PHP's warnings, blank lines, byte order marks and comments before a feed, in any order, do not hide it."""
    assert ["Sopa", "Pan"] == titles(BEFORE[one] + BEFORE[other] + rss("Sopa", "Pan"))


# ── encodings ──────────────────────────────────────────────────────────────────────────────────────────────────────

WORDS = "Reunión – “mañana”, São João €5"
SEEN_BY_WINDOWS = {code: bytes([code]).decode("windows-1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}
ENCODINGS = {
    "UTF-8 called Latin-1": rss(WORDS, head='<?xml version="1.0" encoding="ISO-8859-1"?>').encode(),
    "UTF-8 called Windows-1252": rss(WORDS, head='<?xml version="1.0" encoding="windows-1252"?>').encode(),
    "Windows-1252 called UTF-8": rss(WORDS).encode("windows-1252"),
    "Windows-1252 called Latin-1": rss(WORDS, head='<?xml version="1.0" encoding="iso-8859-1"?>').encode(
        "windows-1252"
    ),
    "Windows-1252 called nothing": rss(WORDS, head="").encode("windows-1252"),
    "UTF-8 encoded twice": rss(WORDS).encode().decode("latin-1").encode(),
    "UTF-8 encoded twice, by Windows": rss(WORDS).encode().decode("latin-1").translate(SEEN_BY_WINDOWS).encode(),
    "UTF-16 without a mark, little": rss(WORDS, head='<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16-le"),
    "UTF-16 without a mark, big": rss(WORDS, head='<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16-be"),
    "UTF-16 called UTF-8": rss(WORDS).encode("utf-16"),
    "one wrong byte": rss(WORDS).encode().replace("€".encode(), b"\x80"),
}


@pytest.mark.parametrize("name", ENCODINGS)
def test_encodings(name: str) -> None:
    """Whatever encoding is named, the one that was used is found, and letters that went through two come out right."""
    assert [WORDS] == titles(ENCODINGS[name])


# ── items ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_items_without_guid_and_date() -> None:
    """They are known by their link or their text, whatever else changes, and keep the order of the feed."""
    feed = fixture("no_guid_no_date.xml")
    assert ["Soup on Friday", "Bread on Monday", "We are open"] == [entry.title for entry in feed.entries]
    assert [None, None, None] == [entry.published for entry in feed.entries]
    assert ["https://fullpot.example/soup", "https://fullpot.example/bread"] == [entry.id for entry in feed.entries[:2]]
    assert feed.entries[2].id.startswith("text:")
    assert feed.entries[2].id == fixture("no_guid_no_date.xml", "https://moved.example/feed").entries[2].id


def test_one_guid_for_different_items() -> None:
    """No item is lost because others have the same guid; one that is listed twice comes once."""
    feed = fixture("one_guid_for_all.xml")
    assert ["Soup on Friday", "Bread on Monday", "Closed on Thursday", "Thank you, cooks", "Garden day"] == [
        entry.title for entry in feed.entries
    ]
    ids = [entry.id for entry in feed.entries]
    assert len(set(ids)) == len(ids)
    assert ["https://fullpot.example/posts/soup-on-friday", "https://fullpot.example/posts/bread-on-monday"] == ids[:2]
    assert ["text:", "text:"] == [own[:5] for own in ids[2:4]]
    assert "fullpot-5" == ids[4]


def test_versions_of_one_entry() -> None:
    """Two items with one guid and one page are one entry, as RFC 4287 says: the first."""
    item = "<item><guid>https://fullpot.example/posts/7</guid><title>{}</title><link>https://fullpot.example/posts/7</link></item>"
    body = f"<rss><channel><title>x</title>{item.format('Now at seven')}{item.format('At six')}</channel></rss>"
    assert ["Now at seven"] == titles(body)


def test_dates_that_can_not_be() -> None:
    """A date before there were feeds, or one that does not exist, is no date; one far ahead is shown as first seen."""
    published = {entry.title: entry.published for entry in fixture("odd_dates.xml").entries}
    assert {"1970", "1980", "0000", "Month 13"} == {title for title, when in published.items() if when is None}
    assert [NOW, 1_793_786_400, NOW] == [dated(published[title], NOW) for title in ("2062", "2026", "1970")]


@pytest.mark.parametrize("name", ["relative_links.atom", "relative_links.rss"])
def test_relative_links(name: str) -> None:
    """Links are made absolute by xml:base, outer and inner, or by the feed's own link; also those in texts."""
    feed = fixture(name, "https://tejiendo.example/feeds/all.xml")
    expected = [f"https://tejiendo.example/{path}" for path in ("es/notas/1", "es/notas/2", "3")]
    assert expected[: len(feed.entries)] == [entry.link for entry in feed.entries]
    assert 'href="https://tejiendo.example/es/foto.html"' in feed.entries[0].content
