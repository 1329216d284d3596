"""Occurrences: when events take place."""

from __future__ import annotations

import time
import warnings
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from feeds.model import Event, Occurrence
from feeds.parse import ical
from feeds.recurrence import MAX_OCCURRENCES, MAX_OF_CALENDAR, expand, expand_all
from feeds.rfc5545 import rules
from feeds.rfc5545.rule_dates import dates
from tests.feeds.calendars import HOME, URL, calendar, fixture, read, seconds, starts

YEAR = (seconds(2026, 1, 1), seconds(2027, 1, 1))
NEW_YORK = ZoneInfo("America/New_York")


def at(*when: int) -> datetime:
    return datetime(*when, tzinfo=NEW_YORK)  # type: ignore[misc,arg-type]


def test_single_date() -> None:
    """A single event has one occurrence, with the event's own title, place and status."""
    event = Event(uid="1", title="Film", start=at(2026, 4, 10, 18), end=at(2026, 4, 10, 20), venue="Hall")
    begin = seconds(2026, 4, 10, 22)
    expected = Occurrence(start=begin, end=begin + 7200, all_day=False, title="Film", venue="Hall", status="confirmed")
    assert (expected,) == expand(event, *YEAR, HOME)


def test_window() -> None:
    """Occurrences that overlap the window are in it; one without duration is where its start is."""
    event = Event(uid="1", title="", start=at(2026, 4, 10, 18), end=at(2026, 4, 10, 20))
    begin, end = seconds(2026, 4, 10, 22), seconds(2026, 4, 11, 0)
    inside = [(begin, begin + 1), (end - 1, end), (begin + 60, begin + 61), (begin - 9, end + 9)]
    assert [1, 1, 1, 1] == [len(expand(event, *window, HOME)) for window in inside]
    outside = [(begin - 9, begin), (end, end + 9)]
    assert [0, 0] == [len(expand(event, *window, HOME)) for window in outside]
    point = replace(event, end=None)
    assert [1, 0] == [len(expand(point, *window, HOME)) for window in [(begin, begin + 1), (begin - 1, begin)]]


def test_whole_days() -> None:
    """Whole days run from midnight to midnight where the event is, else where the network is."""
    fair, parade, _ = fixture("all_day").events
    (found,) = expand(fair, *YEAR, HOME)
    assert (seconds(2026, 6, 12, 4), seconds(2026, 6, 15, 4), True) == (found.start, found.end, found.all_day)
    (found,) = expand(replace(parade, timezone="Asia/Tokyo"), *YEAR, HOME)
    assert (seconds(2026, 6, 12, 15), seconds(2026, 6, 13, 15)) == (found.start, found.end)


def test_whole_days_that_repeat() -> None:
    """A whole day that repeats is a whole day each time, also across a change of the clocks."""
    event = read("RRULE:FREQ=WEEKLY;COUNT=2", "DURATION:P2D", start="DTSTART;VALUE=DATE:20260304")
    expected = [
        (seconds(2026, 3, 4, 5), seconds(2026, 3, 6, 5), True),
        (seconds(2026, 3, 11, 4), seconds(2026, 3, 13, 4), True),
    ]
    assert expected == [(one.start, one.end, one.all_day) for one in expand(event, *YEAR, HOME)]


def test_changed_dates() -> None:
    """A moved date is where it was moved to, a cancelled one is kept and says so, one taken out is not there."""
    series, orphan = fixture("changed_dates").events
    expected = [
        ("01-07 23:00", "English class", "Library", "confirmed"),
        ("01-16 00:00", "English class (moved)", "Town Hall", "confirmed"),
        ("01-21 23:00", "English class", "Library", "cancelled"),
        ("01-28 23:00", "English class", "Library", "confirmed"),
    ]
    found = expand(series, *YEAR, HOME)
    told = [
        (f"{datetime.fromtimestamp(one.start, UTC):%m-%d %H:%M}", one.title, one.venue, one.status) for one in found
    ]
    assert expected == told
    assert ["03-01 16:00"] == starts(orphan)


def test_this_and_future() -> None:
    """RANGE=THISANDFUTURE moves a date and all later ones."""
    event = fixture("changed_dates").events[0]
    text = event.ical.replace(
        "RECURRENCE-ID;TZID=America/New_York:20260114",
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=America/New_York:20260114",
    )
    found = starts(replace(event, ical=text))
    assert ["01-07 23:00", "01-16 00:00", "01-21 23:00", "01-30 00:00"] == found


def test_clock_change() -> None:
    """Noon stays noon when the clocks change, and UNTIL includes its very second."""
    (event,) = fixture("clock_change").events
    assert ["03-01 17:00", "03-08 16:00", "03-15 16:00"] == starts(event)


def test_extra_dates() -> None:
    """RDATEs are added, with their own duration if they have one; an EXDATE that is a day takes out that day's date."""
    (event,) = fixture("extra_dates").events
    expected = [(seconds(2026, 1, 5, 14), 3), (seconds(2026, 1, 9, 14), 3), (seconds(2026, 1, 25, 19), 1)]
    assert expected == [(one.start, (one.end - one.start) // 3600) for one in expand(event, *YEAR, HOME)]


def test_floating_times() -> None:
    """A floating time is that of the zone that is asked for, before and after the clocks change."""
    walk, walks = fixture("floating").events
    assert ["05-20 11:00"] == starts(walk)
    assert ["05-20 05:00"] == starts(walk, zone="Europe/Berlin")
    assert ["03-07 12:00", "03-08 11:00"] == starts(walks)


def test_until_in_local_time() -> None:
    """An UNTIL without Z, or that is only a day, is meant locally and includes its last date."""
    rule = "RRULE:FREQ=WEEKLY;UNTIL="
    for until in ("20260119T180000", "20260119", "20260119T230000Z"):
        event = read(rule + until, start="DTSTART;TZID=America/New_York:20260105T180000")
        assert ["01-05 23:00", "01-12 23:00", "01-19 23:00"] == starts(event), until


def test_until_of_whole_days() -> None:
    """Outlook ends whole days by the UTC time of a local midnight; the last day is in it."""
    event = read(
        "RRULE:FREQ=WEEKLY;UNTIL=20260719T230000Z",
        "EXDATE;TZID=GMT Standard Time:20260713T000000",
        start="DTSTART;VALUE=DATE:20260706",
    )
    assert ["07-06 04:00", "07-20 04:00"] == starts(event)
    assert "RRULE:FREQ=WEEKLY;UNTIL=20260720\r\n" in event.ical


def test_without_calendar_text() -> None:
    """An event that came from no calendar repeats by its own rule."""
    event = Event(
        uid="1", title="", start=at(2026, 3, 1, 12), end=at(2026, 3, 1, 13), timezone=HOME, rrule="FREQ=WEEKLY;COUNT=2"
    )
    assert ["03-01 17:00", "03-08 16:00"] == starts(event)
    assert ["03-01 17:00"] == starts(replace(event, rrule="FREQ=SECONDLY"))
    assert ["03-01 05:00", "03-08 05:00"] == starts(replace(event, start=date(2026, 3, 1), end=None, all_day=True))
    naive = datetime(2026, 3, 1, 12)  # noqa: DTZ001
    assert ["03-01 17:00", "03-08 16:00"] == starts(replace(event, start=naive, end=None, timezone=None))


def test_several_rules() -> None:
    """Several rules of one event give their dates together, each once."""
    event = read("RRULE:FREQ=WEEKLY;COUNT=2", "RRULE:FREQ=DAILY;COUNT=2", "RRULE:FREQ=DAILY;COUNT=2")
    assert ["01-05 23:00", "01-06 23:00", "01-12 23:00"] == starts(event)


HOSTILE = [
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31;BYDAY=MO",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
    "FREQ=DAILY;INTERVAL=7;BYDAY=TU;COUNT=5",
    "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5",
    "FREQ=YEARLY;BYWEEKNO=1;BYMONTH=7;COUNT=9",
    "FREQ=YEARLY;INTERVAL=999999999",
    "FREQ=DAILY;INTERVAL=999999999",
    "FREQ=HOURLY;INTERVAL=999999999",
    "FREQ=DAILY;UNTIL=99991231T235959Z",
    "FREQ=DAILY;UNTIL=20000101",
    "FREQ=DAILY;COUNT=999999999",
    "FREQ=DAILY;COUNT=0",
    "FREQ=DAILY;COUNT=-1",
    "FREQ=DAILY;COUNT=3;UNTIL=20260106T230000Z",
    "FREQ=HOURLY",
    "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYHOUR=0,1,2,3,4,5,6,7,8,9,10,11;BYMINUTE=0,30",
    "FREQ=YEARLY;BYSETPOS=-366,366;BYDAY=MO",
]


@pytest.mark.parametrize("rule", HOSTILE)
@pytest.mark.parametrize("year", ["0001", "1601", "2026"])
def test_no_rule_hangs(rule: str, year: str) -> None:
    """No rule takes longer than a second, wherever it begins, or gives more than 10,000 occurrences."""
    event = read(f"RRULE:{rule}", start=f"DTSTART:{year}0105T230000Z")
    begun = time.process_time()
    found = expand(event, *YEAR, HOME)
    assert time.process_time() - begun < 1
    assert len(found) <= MAX_OCCURRENCES
    assert [*found] == sorted(found, key=lambda one: one.start)


def test_limits() -> None:
    """The caller may ask for less, and gets the first."""
    event = read("RRULE:FREQ=HOURLY")
    assert expand(event, *YEAR, HOME)[:3] == expand(event, *YEAR, HOME, most=3)


def test_all_events_of_a_calendar() -> None:
    """A calendar full of hourly series costs no more than a few of them; every event keeps an occurrence."""
    hourly = read("RRULE:FREQ=HOURLY")
    single = read(uid="2@pantry.example")
    begun = time.process_time()
    done = expand_all([hourly] * 2_000 + [single], *YEAR, HOME)
    assert time.process_time() - begun < 10
    assert sum(len(event.occurrences) for event in done) < MAX_OF_CALENDAR + 2_001
    assert expand(hourly, *YEAR, HOME) == done[0].occurrences
    assert expand(hourly, *YEAR, HOME)[:1] == done[-2].occurrences
    assert expand(single, *YEAR, HOME) == done[-1].occurrences


@pytest.mark.parametrize("start", ["00010101T000000Z", "99991231T235959Z", "99991231T000000"])
def test_ends_of_time(start: str) -> None:
    """Events at the first and last days that there are raise nothing."""
    for lines in (
        ["RRULE:FREQ=DAILY"],
        ["DURATION:P9D"],
        ["RRULE:FREQ=WEEKLY", "RDATE:99991231T235959Z", "DURATION:P9D"],
    ):
        body = calendar("BEGIN:VEVENT", "UID:1", f"DTSTART:{start}", *lines, "END:VEVENT")
        for event in ical.parse(body, url=URL).events:
            expand(event, *YEAR, "Asia/Tokyo")
            expand(event, -62_135_596_800, 253_402_300_799, "America/Los_Angeles", most=5)


BY = {
    "YEARLY": [
        "BYMONTH=3,7",
        "BYMONTHDAY=13,-1",
        "BYDAY=MO,-1FR",
        "BYDAY=1SU,20TU",
        "BYYEARDAY=1,-1,100",
        "BYWEEKNO=20,30",
        "BYDAY=TU;BYSETPOS=-1",
    ],
    "MONTHLY": [
        "BYMONTH=3,7",
        "BYMONTHDAY=13,-1,30",
        "BYDAY=2TU",
        "BYDAY=-1FR,1MO",
        "BYDAY=MO,TU,WE;BYSETPOS=1,-1",
        "BYDAY=FR;BYMONTHDAY=13",
    ],
    "WEEKLY": ["BYDAY=MO,TH", "BYMONTH=3,7", "WKST=SU;BYDAY=SU,SA", "BYDAY=TU;BYHOUR=8,20"],
    "DAILY": ["BYMONTH=3,7", "BYDAY=MO,SA", "BYMONTHDAY=1,-1", "BYHOUR=8,20", "BYHOUR=8;BYMINUTE=0,30"],
    "HOURLY": ["BYMONTH=3,7", "BYDAY=MO,SA", "BYMONTHDAY=1,-1"],
}


@st.composite
def rule_texts(draw: st.DrawFn) -> str:
    freq = draw(st.sampled_from(sorted(BY)))
    parts = [
        f"FREQ={freq}",
        f"INTERVAL={draw(st.integers(1, 4))}",
        *draw(st.lists(st.sampled_from(BY[freq]), max_size=1)),
    ]
    ends = st.sampled_from(["", "COUNT=3", "COUNT=40", "UNTIL=20260601T120000", "UNTIL=20240101T120000"])
    return ";".join(part for part in (*parts, draw(ends)) if part)


@settings(deadline=None)  # dateutil's time, not ours
@given(
    rule_texts(),
    st.datetimes(datetime(2015, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001
    st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001
    st.integers(1, 500),
)
def test_rules_are_dateutils(text: str, start: datetime, after: datetime, days: int) -> None:
    """The dates of a rule are those of dateutil, in any window."""
    start = start.replace(microsecond=0)
    if "HOURLY" in text:
        start = start.replace(year=after.year, day=1)  # dateutil walks there hour by hour
    mixed = "BYDAY=MO,-1FR" in text  # dateutil takes only days that are both, RFC 5545 those that are one
    assume(not mixed)
    before = after + timedelta(days=days)
    rule = rules.read(text)
    assert rule is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        expected = rrulestr(text, dtstart=start).between(after, before, inc=True)
    assert expected == list(dates(rule, start, after, before))
    assert rule == rules.read(rules.write(rule))


def test_week_with_and_without_ordinal() -> None:
    """`BYDAY=MO,-1FR` means every Monday and the last Friday."""
    rule = rules.read("FREQ=MONTHLY;BYDAY=MO,-1FR")
    assert rule is not None
    start = datetime(2026, 6, 1, 9)  # noqa: DTZ001
    found = [day.day for day in dates(rule, start, start, datetime(2026, 6, 30))]  # noqa: DTZ001
    assert [1, 8, 15, 22, 26, 29] == found
