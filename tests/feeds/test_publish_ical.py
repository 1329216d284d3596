"""The calendar of the network: what is promised to whoever subscribes to it."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.identity import digest
from feeds.model import Event, Feed
from feeds.parse import ical as reader
from feeds.publish import Item, ical
from feeds.recurrence import expand
from feeds.rfc5545 import vtimezone
from tests.feeds.announcements import ASSEMBLY, CHANNEL, EDIT, FAIR, ITEMS, LIBRARY, NEWS, SITE
from tests.feeds.calendars import FOLDER, URL, fixture, read, seconds, starts

NEW_YORK = ZoneInfo("America/New_York")
FIXTURES = sorted(path.stem for path in FOLDER.glob("*.ics"))


def item(event: Event) -> Item:
    """An event as it would be published."""
    key = digest(event.uid)
    urn = f"urn:uuid:{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:]}"
    return Item(
        id=urn,
        url=f"{SITE}/events/{key}",
        title=event.title,
        content=event.description,
        published=EDIT,
        updated=EDIT,
        categories=event.categories,
        credits=(LIBRARY,),
        event=event,
    )


def written(*events: Event) -> str:
    return ical.write(CHANNEL, [item(event) for event in events]).decode()


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


def again(*events: Event) -> Feed:
    return reader.parse(written(*events).encode(), url=URL)


def taking_place(*events: Event) -> Counter[tuple[int, int, bool, str, str, str]]:
    """All that can be said of the occurrences of events in 2026."""
    window = seconds(2026, 1, 1), seconds(2027, 1, 1)
    found = (one for event in events for one in expand(event, *window, CHANNEL.zone))
    return Counter((one.start, one.end, one.all_day, one.title, one.venue, one.status) for one in found)


def check(body: bytes) -> None:
    """The rules of RFC 5545 that subscribers trip over."""
    assert body.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert max(map(len, body.split(b"\r\n"))) <= 75
    calendar = icalendar.Calendar.from_ical(body)
    assert isinstance(calendar, icalendar.Calendar)
    assert [] == [error for component in calendar.walk() for error in component.errors]
    zones = [str(zone["TZID"]) for zone in calendar.walk("VTIMEZONE")]
    named = {name.replace('"', "") for name in re.findall(r";TZID=([^:;]+)", body.decode().replace("\r\n ", ""))}
    assert sorted(zones) == sorted(set(zones))
    if calendar.walk("VEVENT"):
        assert named == set(zones)
    keys = [(str(event["UID"]), str(event.get("RECURRENCE-ID", ""))) for event in calendar.walk("VEVENT")]
    assert sorted(keys) == sorted(set(keys))
    for event in calendar.walk("VEVENT"):
        assert {"UID", "DTSTAMP", "DTSTART", "SUMMARY"} <= {*event}
        assert str(event["SUMMARY"])
    recurring_ical_events.of(calendar).between((2026, 1, 1), (2027, 1, 1))


def test_valid() -> None:
    """Full and empty calendars keep to the standard."""
    check(ical.write(CHANNEL, ITEMS))
    check(ical.write(CHANNEL, ()))
    check(ical.write(CHANNEL, [NEWS]))


@pytest.mark.parametrize("name", FIXTURES)
def test_round_trip(name: str) -> None:
    """What was read from a calendar and written is read again as the same events."""
    events = [replace(event, timezone=None) if event.all_day else event for event in fixture(name).events]
    check(ical.write(CHANNEL, [item(event) for event in events]))
    found = again(*events)
    assert () == found.problems
    assert taking_place(*events) == taking_place(
        *(replace(event, timezone=None) if event.all_day else event for event in found.events)
    )
    assert [(e.title, e.venue, e.address, e.status, e.categories) for e in events] == [
        (e.title, e.venue, e.address, e.status, e.categories) for e in found.events
    ]


def test_stable_bytes() -> None:
    """The same items give the same bytes."""
    assert ical.write(CHANNEL, ITEMS) == ical.write(CHANNEL, ITEMS)


def test_head() -> None:
    """The calendar tells its name, its address, its zone and how often to look; nothing makes it an invitation."""
    lines = unfolded(ical.write(CHANNEL, ITEMS).decode())
    assert ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Vecinos//Vecinos//EN"] == lines[:3]
    expected = {
        "NAME:Neighbors & Vecinos",
        "X-WR-CALNAME:Neighbors & Vecinos",
        "X-WR-TIMEZONE:America/New_York",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        f"SOURCE;VALUE=URI:{CHANNEL.self_url}",
    }
    assert expected <= {*lines}
    assert not any(line.startswith(("METHOD", "ATTENDEE")) for line in lines)


def test_event() -> None:
    """An event carries its page, its place, who announced it and where the original is."""
    lines = unfolded(ical.write(CHANNEL, [ASSEMBLY]).decode())
    expected = {
        "UID:asamblea@library.example.org",
        "DTSTAMP:20261120T153000Z",
        "LAST-MODIFIED:20261120T153000Z",
        "DTSTART;TZID=America/New_York:20261205T180000",
        "RRULE:FREQ=MONTHLY;BYDAY=1SA",
        "SUMMARY;LANGUAGE=es:Asamblea de vecinos: ¿comida & techo?",
        "LOCATION:Biblioteca\\, 1 Main St\\, Worcester\\, MA",
        "GEO:42.262600;-71.802300",
        f"URL:{SITE}/events/1",
        "STATUS:CONFIRMED",
        "CATEGORIES:Food,Housing",
        f'ORGANIZER;CN="Friends of the Library":{SITE}/members/library',
    }
    assert expected <= {*lines}
    (description,) = (line for line in lines if line.startswith("DESCRIPTION;LANGUAGE=es:"))
    assert description.endswith(
        "Vengan todos (https://library.example.org/x?a=1&b=2).\\n\\n"
        "Friends of the Library: https://library.example.org/2026/asamblea\\n"
        "Despensa de la Calle Ocho: https://despensa.example.org/asamblea?v=1&l=es\\n"
        f"{SITE}/events/1"
    )


def test_only_events() -> None:
    """News is not in the calendar."""
    assert 2 == ical.write(CHANNEL, ITEMS).count(b"BEGIN:VEVENT")


def test_cancelled() -> None:
    """A cancelled event is there and says so."""
    assert "STATUS:CANCELLED" in unfolded(ical.write(CHANNEL, [FAIR]).decode())


def test_times() -> None:
    """A single time is in UTC, without any VTIMEZONE; whole days are dates; a repeating time keeps its zone."""
    single = Event(uid="1", title="x", start=datetime(2026, 1, 5, 18, 0, tzinfo=NEW_YORK))
    assert "DTSTART:20260105T230000Z" in unfolded(written(single))
    assert "VTIMEZONE" not in written(single)
    floating = replace(single, start=datetime(2026, 1, 5, 18, 0))  # noqa: DTZ001
    assert "DTSTART:20260105T230000Z" in unfolded(written(floating))
    days = replace(single, start=date(2026, 1, 5), end=date(2026, 1, 7), all_day=True)
    assert {"DTSTART;VALUE=DATE:20260105", "DTEND;VALUE=DATE:20260107"} <= {*unfolded(written(days))}
    series = replace(floating, rrule="FREQ=DAILY;UNTIL=20260107T180000")
    assert {"DTSTART;TZID=America/New_York:20260105T180000", "RRULE:FREQ=DAILY;UNTIL=20260107T230000Z"} <= {
        *unfolded(written(series))
    }
    assert "TZID:America/New_York" in unfolded(written(series))


def test_series_in_utc() -> None:
    """What repeats in UTC goes on to do so for readers that take UTC for X-WR-TIMEZONE."""
    event = read("RRULE:FREQ=MONTHLY;COUNT=8")
    assert "DTSTART;TZID=Etc/GMT:20260105T230000" in unfolded(written(event))
    assert starts(event) == starts(again(event).events[0])


def test_end_after_start() -> None:
    """DTEND is only written when it is later than DTSTART (RFC 5545, 3.8.2.2)."""
    start = datetime(2026, 1, 5, 18, 0, tzinfo=NEW_YORK)
    assert "DTEND" not in written(read("DURATION:PT0S"), read("DTEND:20260105T230000Z", uid="2@x"))
    assert "DTEND" in written(Event(uid="1", title="x", start=start, end=start + timedelta(hours=1)))


def test_uid() -> None:
    """A UID that means something only in its own calendar is replaced by ours; one that two items share is used once."""
    (first, second), (third,) = (fixture("no_uid").events[:2], fixture("clock_change").events)
    uids = [
        line
        for line in unfolded(written(replace(first, uid="12"), second, third, replace(third, title="b")))
        if line.startswith("UID:")
    ]
    assert f"UID:{item(replace(first, uid='12')).id}" == uids[0]
    assert f"UID:{second.uid}" == uids[1]
    twice = [item(third), replace(item(third), id="urn:uuid:ffffffff-0000-5000-8000-000000000000")]
    both = [line for line in unfolded(ical.write(CHANNEL, twice).decode()) if line.startswith("UID:")]
    assert ["UID:vigil@peace.example", "UID:urn:uuid:ffffffff-0000-5000-8000-000000000000"] == both
    assert both[::-1] == [
        line for line in unfolded(ical.write(CHANNEL, twice[::-1]).decode()) if line.startswith("UID:")
    ]


def test_unsafe_rules_are_not_published() -> None:
    """A rule that we refuse to follow is not passed on."""
    assert "RRULE" not in written(replace(read(), rrule="FREQ=SECONDLY"))
    assert "RRULE" not in written(replace(read(), rrule="FREQ=DAILY;INTERVAL=0\r\nX-EVIL:1"))


def test_injection() -> None:
    """No text of a member becomes a line, a parameter or a component of the calendar."""
    evil = 'x"\r\nEND:VEVENT\r\nBEGIN:VALARM\\n;,:^\x00'
    event = replace(read(), title=evil, venue=evil, organizer=evil, uid=evil, categories=(evil,), description=evil)
    body = ical.write(
        CHANNEL, [replace(item(event), title=evil, categories=(evil,), language=evil, url=f"{SITE}/\r\nX:1")]
    )
    check(body)
    lines = unfolded(body.decode())
    assert (1, 0) == (lines.count("END:VEVENT"), lines.count("BEGIN:VALARM"))


def test_no_title() -> None:
    """SUMMARY is never empty."""
    assert "SUMMARY:Friends" not in written(read())
    event = replace(item(read()), title="", authors=("Friends",))
    assert "SUMMARY:Friends" in unfolded(ical.write(CHANNEL, [event]).decode())


def test_long_description() -> None:
    """A description that no program would keep is cut; who announced it stays."""
    event = replace(read(), description="<p>" + "wörd " * 50_000)
    (line,) = (line for line in unfolded(written(event)) if "wörd" in line)
    assert 8_000 < len(line) < 8_500
    assert line.endswith(f"{SITE}/events/{digest('one@pantry.example')}")


@pytest.mark.parametrize(
    "zone",
    [
        "America/New_York",
        "Europe/Dublin",
        "America/Sao_Paulo",
        "Africa/Casablanca",
        "Asia/Jerusalem",
        "America/Santiago",
        "Asia/Kolkata",
        "UTC",
    ],
)
def test_vtimezone(zone: str) -> None:
    """A VTIMEZONE gives the offsets of its zone at any hour from its first year to 2037."""
    component = icalendar.Timezone.from_ical(vtimezone.write(zone, 2004))
    assert isinstance(component, icalendar.Timezone)
    ours, theirs = component.to_tz(lookup_tzid=False), ZoneInfo(zone)
    at = datetime(2004, 1, 2, tzinfo=UTC)
    while at.year < 2038:
        local = at.astimezone(theirs)
        at += timedelta(hours=17)
        if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():  # not an hour that comes twice
            assert local.utcoffset() == local.replace(tzinfo=ours).utcoffset(), local


def test_summer_time_is_daylight() -> None:
    """In Ireland too, where the zone data have it the other way round."""
    assert "BEGIN:DAYLIGHT\r\nDTSTART:20200329T010000\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU" in vtimezone.write(
        "Europe/Dublin", 2020
    )


WORDS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30)
TIMES = st.datetimes(datetime(2025, 6, 1), datetime(2026, 12, 31))  # noqa: DTZ001
RULES = [
    "FREQ=DAILY;COUNT=9",
    "FREQ=WEEKLY;BYDAY=MO,TH;INTERVAL=2",
    "FREQ=MONTHLY;BYDAY=-1SU",
    "FREQ=YEARLY;UNTIL=20300101T000000Z",
    None,
]


@st.composite
def events(draw: st.DrawFn) -> Event:
    zone = draw(st.sampled_from(["America/New_York", "Europe/Lisbon", "Asia/Kolkata", None]))
    start: date = draw(TIMES).replace(microsecond=0, tzinfo=ZoneInfo(zone) if zone else UTC)
    length = timedelta(minutes=draw(st.integers(1, 600)))
    all_day = draw(st.booleans())
    if all_day:
        assert isinstance(start, datetime)
        start, length, zone = start.date(), timedelta(days=draw(st.integers(1, 9))), None
    return Event(
        uid=f"{draw(st.uuids())}",
        title=draw(WORDS).replace("<", "").replace("&", "") or "x",
        start=start,
        end=start + length if draw(st.booleans()) else None,
        all_day=all_day,
        timezone=zone,
        rrule=draw(st.sampled_from(RULES)),
        status=draw(st.sampled_from(["confirmed", "tentative", "cancelled"])),
    )


@settings(deadline=None)
@given(st.lists(events(), max_size=4, unique_by=lambda event: event.uid))
def test_any_events(found: list[Event]) -> None:
    """Any events are written by the rules and read again as the same."""
    check(ical.write(CHANNEL, [item(event) for event in found]))
    back = [replace(event, timezone=None) if event.all_day else event for event in again(*found).events]
    assert [event.uid for event in found] == [event.uid for event in back]
    assert taking_place(*found) == taking_place(*back)
