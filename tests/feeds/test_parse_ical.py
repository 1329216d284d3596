"""Calendars read: what is promised of other people's iCalendar."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import EmptyBody, HtmlPage, NotAFeed, ReadError, TooHeavy
from feeds.parse import ical
from tests.feeds.calendars import FOLDER, URL, calendar, fixture, read, seconds, starts

NEW_YORK = ZoneInfo("America/New_York")


def codes(body: bytes) -> list[str]:
    return [problem.code for problem in ical.parse(body, url=URL).problems]


def test_google() -> None:
    """Google writes UTC and means X-WR-TIMEZONE: the zone is the event's, and the rule repeats in it."""
    feed = fixture("google")
    supper, closed = feed.events
    assert ("Despensa de la Calle Ocho", "Suppers & more", "America/New_York") == (
        feed.title,
        feed.description,
        feed.timezone,
    )
    assert datetime(2026, 3, 1, 18, 0, tzinfo=NEW_YORK) == supper.start
    assert "America/New_York" == supper.timezone
    assert ["03-01 23:00", "03-08 22:00", "03-15 22:00", "03-22 22:00", "03-29 22:00"] == starts(supper)
    assert ("Grace Church", "25 Elm St, Worcester, MA 01609, USA") == (supper.venue, supper.address)
    assert 'Bring a dish.<br>More: <a href="https://pantry.example/supper">supper</a>' == supper.description
    assert (None, 2, seconds(2026, 1, 5, 9), seconds(2026, 1, 10, 9)) == (
        supper.link,
        supper.sequence,
        supper.created,
        supper.updated,
    )
    assert (date(2026, 7, 4), date(2026, 7, 5), True, "America/New_York") == (
        closed.start,
        closed.end,
        closed.all_day,
        closed.timezone,
    )


def test_outlook() -> None:
    """Windows' zone names become IANA's; midnights that are meant as whole days become such; HTML comes from X-ALT-DESC."""
    meeting, closed = fixture("outlook").events
    assert (datetime(2026, 2, 10, 18, 30, tzinfo=NEW_YORK), "America/New_York") == (meeting.start, meeting.timezone)
    assert ("Room 2", "14 Mill Rd, Fitchburg", "Tenants' Union") == (meeting.venue, meeting.address, meeting.organizer)
    assert "<html><body><p>The <b>agenda</b> is on the site.</p></body></html>" == meeting.description
    assert (date(2026, 5, 25), date(2026, 5, 26), True, "America/New_York") == (
        closed.start,
        closed.end,
        closed.all_day,
        closed.timezone,
    )


def test_the_events_calendar() -> None:
    """Titles lose their entities, links their tracking, organizers their mail address."""
    feed = fixture("the_events_calendar")
    (event,) = feed.events
    assert ("https://garden.example", 3600, "America/Chicago") == (feed.link, feed.ttl, feed.timezone)
    assert "Seeds & Stories – Fall" == event.title
    assert "https://garden.example/event/seeds/" == event.link
    assert ("City Garden", "1200 S Halsted St, Chicago, IL, 60607, United States") == (event.venue, event.address)
    assert (41.8665, -87.6466) == (event.latitude, event.longitude)
    assert ("Gardening", "Families, kids") == event.categories
    assert "City Garden" == event.organizer
    link = '<a href="https://garden.example/seeds">https://garden.example/seeds</a>'
    assert f"<p>Swap seeds.</p>\n<p>Details: {link}.</p>" == event.description


def test_series_is_one_event() -> None:
    """A series and its changed dates are one event; a change whose series is missing is an event of its own."""
    series, orphan = fixture("changed_dates").events
    assert ("class@school.example", "FREQ=WEEKLY;COUNT=5") == (series.uid, series.rrule)
    assert ("orphan@school.example#2026-03-01T10:00:00-05:00", None) == (orphan.uid, orphan.rrule)
    assert 3 == series.ical.count("BEGIN:VEVENT")
    assert "RECURRENCE-ID;TZID=America/New_York:20260121T180000" in series.ical


def test_event_text_is_clean() -> None:
    """Event.ical is RFC 5545 text with IANA zones, and without people, alarms or anything of a program's own."""
    text = "".join(event.ical for event in fixture("outlook").events)
    assert "DTSTART;TZID=America/New_York:20260210T183000\r\n" in text
    assert not any(word in text for word in ("ATTENDEE", "ORGANIZER", "VALARM", "X-", "mailto", "Eastern"))
    long = read("SUMMARY:" + "ñandú " * 40).ical
    assert max(len(line.encode()) for line in long.split("\r\n")) <= 75


def test_whole_days() -> None:
    """The end of whole days is exclusive; one day needs none."""
    expected = [(date(2026, 6, 12), date(2026, 6, 15)), (date(2026, 6, 13), None), (date(2026, 6, 15), None)]
    feed = fixture("all_day")
    assert expected == [(event.start, event.end) for event in feed.events]
    assert () == feed.problems


def test_floating_times() -> None:
    """A time without any zone stays naive."""
    walk, _ = fixture("floating").events
    assert (datetime(2026, 5, 20, 7, 0), None) == (walk.start, walk.timezone)  # noqa: DTZ001


def test_duration() -> None:
    """DURATION gives the end; one that is none, and an end before the start, give none and a problem."""
    feed = fixture("duration")
    expected = [datetime(2026, 4, 10, 23, 45, tzinfo=UTC), date(2026, 4, 18), None, None]
    assert expected == [event.end for event in feed.events]
    assert ["end_unreadable"] == [problem.code for problem in feed.problems]


def test_missing_uid() -> None:
    """An event without UID has a stable one of its own; the same event told twice is one."""
    first, second = fixture("no_uid").events
    assert first.uid != second.uid
    assert [first.uid, second.uid] == [event.uid for event in fixture("no_uid").events]


def test_broken_folding() -> None:
    """Text that goes on in lines of its own is read to its end, and takes nothing else with it."""
    talk, long = fixture("broken_folding").events
    assert "<p>First line<br>second line: with a colon<br>Speakers: two</p>" == talk.description
    assert "Hall" == talk.venue
    assert (
        "<p>This line was cut after seventy-five characters in the middle of a word, unmarked.</p>" == long.description
    )


def test_zones() -> None:
    """A zone goes by its name, else by its VTIMEZONE, else by how people call it; what nobody knows is local time."""
    feed = fixture("custom_zone")
    expected = ["Europe/Paris", None, "Europe/Berlin", None, "America/Chicago"]
    assert expected == [event.timezone for event in feed.events]
    assert datetime(2026, 7, 10, 19, 23, tzinfo=UTC) == feed.events[1].start
    assert datetime(2026, 7, 10, 20, 0) == feed.events[3].start  # noqa: DTZ001
    assert ["unknown_timezone"] == [problem.code for problem in feed.problems]


def test_what_can_be_read_is_read() -> None:
    """A notice before, a second calendar, an event without date, a missing end: all the other events are there."""
    feed = fixture("several_calendars")
    assert ["First", "Second", "Thi"] == [event.title for event in feed.events]
    assert [None, "Europe/Lisbon", "Europe/Lisbon"] == [event.timezone for event in feed.events]
    assert ["event_unreadable", "calendar_cut_off"] == [problem.code for problem in feed.problems]


BODY = calendar("BEGIN:VEVENT", "UID:1", "DTSTART:20260105T230000Z", "SUMMARY:Café Über", "END:VEVENT")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (BODY, ""),
        (b"\xef\xbb\xbf" + BODY, ""),
        (BODY.replace(b"\r\n", b"\n"), ""),
        (BODY.replace(b"\r\n", b"\r"), ""),
        (BODY.replace(b"\r\n", b"\r\r\n"), ""),
        (BODY.decode().encode("utf-16"), ""),
        (BODY.decode().encode("utf-16-be"), ""),
        (BODY.decode().encode("latin-1"), ""),
        (BODY.decode().encode("iso-8859-15"), "text/calendar; charset=ISO-8859-15"),
        (BODY.replace(b"\xc3\xa9", b"\xc3\r\n \xa9"), ""),
        (BODY.replace(b"Caf", b"C\0af"), ""),
        (BODY.replace(b"SUMMARY", b"summary"), ""),
        (b"\n\n<br>\n" + BODY, ""),
    ],
)
def test_bytes(body: bytes, content_type: str) -> None:
    """Line endings, encodings, marks and folds inside a character don't matter."""
    (event,) = ical.parse(body, url=URL, content_type=content_type).events
    assert "Café Über" == event.title


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", EmptyBody),
        (b"\xef\xbb\xbf \n", EmptyBody),
        (b"<!doctype html><title>Sign in</title>", HtmlPage),
        (b'{"message": "Group not found"}', NotAFeed),
        (b"The calendar begins with BEGIN:VCALENDAR", NotAFeed),
        (b"BEGIN:VCARD\r\nEND:VCARD\r\n", NotAFeed),
        (b"BEGIN:VCALENDAR\n" + b"\n" * 1_300_000, TooHeavy),
        (b"BEGIN:VCALENDAR\n" + b"x" * 32_000_000, TooHeavy),
    ],
)
def test_refusals(body: bytes, error: type[ReadError]) -> None:
    """What is no calendar is refused by name."""
    with pytest.raises(error) as caught:
        ical.parse(body, url=URL)
    assert URL == caught.value.subject


def test_newest_version_counts() -> None:
    """Of several events with one UID, the one with the highest SEQUENCE is the event."""
    events = [
        line
        for number in (1, 3, 2)
        for line in (
            "BEGIN:VEVENT",
            "UID:u",
            "DTSTART:20260105T230000Z",
            f"SEQUENCE:{number}",
            f"SUMMARY:{number}",
            "END:VEVENT",
        )
    ]
    assert ["3"] == [event.title for event in ical.parse(calendar(*events), url=URL).events]


def test_one_uid_for_all() -> None:
    """A program that gives all its events one UID loses none of them."""
    events = [
        line
        for day in (5, 6)
        for line in ("BEGIN:VEVENT", "UID:u", f"DTSTART:2026010{day}T230000Z", f"SUMMARY:{day}", "END:VEVENT")
    ]
    expected = [("u", "5"), ("u#2026-01-06T23:00:00+00:00", "6")]
    assert expected == [(event.uid, event.title) for event in ical.parse(calendar(*events), url=URL).events]


def test_too_many_events() -> None:
    """Of more than 5,000 events, the series and the latest are read."""
    lines = ["BEGIN:VEVENT", "UID:s", "DTSTART:20010101T000000Z", "RRULE:FREQ=YEARLY", "END:VEVENT"]
    for number in range(5_010):
        lines += ["BEGIN:VEVENT", f"UID:{number}", f"DTSTART:{1900 + number // 50}0101T000000Z", "END:VEVENT"]
    feed = ical.parse(calendar(*lines), url=URL)
    assert 5_000 == len(feed.events)
    assert {"s", "5009"} <= {event.uid for event in feed.events}
    assert ["too_many_events"] == [problem.code for problem in feed.problems]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;COUNT=9",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=SOMETIMES",
        "FREQ=DAILY;FREQ=SECONDLY",
        "x",
    ],
)
def test_refused_rules(rule: str) -> None:
    """An event whose rule is refused keeps its first date, and is no series any more."""
    body = calendar("BEGIN:VEVENT", "UID:1", "DTSTART:20260105T230000Z", f"RRULE:{rule}", "END:VEVENT")
    (event,) = ical.parse(body, url=URL).events
    assert ["rule_refused"] == codes(body)
    assert (None, False, ["01-05 23:00"]) == (event.rrule, "RRULE" in event.ical, starts(event))


def test_floods_of_dates() -> None:
    """Thousands of single dates are cut, and the calendar says so."""
    days = ",".join(f"2026{1 + n % 12:02}{1 + n % 28:02}T{n % 24:02}{n % 60:02}00Z" for n in range(20_000))
    body = calendar("BEGIN:VEVENT", "UID:1", "DTSTART:20260105T230000Z", f"RDATE:{days}", "END:VEVENT")
    assert ["too_many_dates"] == codes(body)
    changes = [
        line
        for day in range(2_000)
        for line in (
            "BEGIN:VEVENT",
            "UID:1",
            f"RECURRENCE-ID:2026{1 + day % 12:02}01T{day % 24:02}0000Z",
            "DTSTART:20260105T230000Z",
            "END:VEVENT",
        )
    ]
    assert ["too_many_dates"] == codes(calendar(*changes))


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("a\\nb\\n\\nc", "<p>a<br>b</p>\n<p>c</p>"),
        ("1 < 2 & \\, \\; \\\\", "<p>1 &lt; 2 &amp; , ; \\</p>"),
        ("Caf&#233;", "<p>Café</p>"),
        (
            "see https://a.example/b?c=1&d=2.",
            '<p>see <a href="https://a.example/b?c=1&amp;d=2">https://a.example/b?c=1&amp;d=2</a>.</p>',
        ),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("a <b>b</b>\\nc", "a <b>b</b><br>\nc"),
        ("a<br>b\\nc", "a<br>b\nc"),
        ("<3 neighbors", "<p>&lt;3 neighbors</p>"),
        ("", ""),
    ],
)
def test_description(sent: str, expected: str) -> None:
    """Plain text becomes HTML; what is HTML stays as it was sent, for feeds.clean."""
    assert expected == read(f"DESCRIPTION:{sent}").description


def test_empty_rich_text() -> None:
    """Rich text in which nothing is written does not hide the plain one."""
    event = read(
        "X-ALT-DESC;FMTTYPE=text/html:<html><head><title>x</title></head><body><p>&nbsp\\;</p></body></html>",
        "DESCRIPTION:Hi",
    )
    assert "<p>Hi</p>" == event.description


def test_online() -> None:
    """The address of an online gathering is a link, in the text as well, and no place."""
    event = read("LOCATION:https://meet.example/abc", "DESCRIPTION:Hi")
    assert ("", "", "https://meet.example/abc") == (event.venue, event.address, event.link)
    assert '<p>Hi</p><p><a href="https://meet.example/abc">https://meet.example/abc</a></p>' == event.description


def test_status_and_title() -> None:
    """A cancelled event says so; a title is plain text on one line, whatever was sent."""
    assert "cancelled" == read("STATUS:canceled").status
    assert "tentative" == read("STATUS:TENTATIVE").status
    assert "confirmed" == read("STATUS:x").status
    assert "alert(1) AT&T" == read("SUMMARY:<script>alert(1)</script>\\n <b>AT&amp;T</b>").title
    assert 500 == len(read("SUMMARY:" + "x" * 5_000_000).title)


@pytest.mark.parametrize("geo", ["0;0", "91;0", "x", "1", "1;181", ""])
def test_impossible_coordinates(geo: str) -> None:
    """Coordinates that lie nowhere, or in the Gulf of Guinea for want of better, are none."""
    event = read(f"GEO:{geo}")
    assert (None, None) == (event.latitude, event.longitude)


def test_apple_coordinates() -> None:
    """Apple's structured location gives coordinates where GEO does not."""
    event = read('X-APPLE-STRUCTURED-LOCATION;VALUE=URI;X-TITLE="Hall, 2":geo:42.2,-71.8')
    assert (42.2, -71.8) == (event.latitude, event.longitude)


@pytest.mark.parametrize("line", ["URL:javascript:alert(1)", "URL:file:///etc/passwd", "URL:/relative", "URL:"])
def test_links_are_links(line: str) -> None:
    """What does not lead to a page is no link."""
    assert read(line).link is None


def test_no_mail_addresses() -> None:
    """An organizer without a name has none: the mail address is not taken for it."""
    assert "" == read("ORGANIZER:mailto:x@pantry.example").organizer
    assert "" == read("ORGANIZER;CN=x@pantry.example:mailto:x@pantry.example").organizer
    assert 'The "Pantry"' == read("ORGANIZER;CN=\"The ^'Pantry^'\":mailto:x@pantry.example").organizer


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("DTSTART:2026-01-05T18:00:00-05:00", datetime(2026, 1, 5, 23, 0, tzinfo=UTC)),
        ("DTSTART;VALUE=DATE:2026-01-05", date(2026, 1, 5)),
        ("DTSTART:20260105230000Z", datetime(2026, 1, 5, 23, 0, tzinfo=UTC)),
        ("DTSTART:20260105T2300Z", datetime(2026, 1, 5, 23, 0, tzinfo=UTC)),
        ("DTSTART:20260105T240000Z", datetime(2026, 1, 6, 0, 0, tzinfo=UTC)),
        ("DTSTART:20260105T235960Z", datetime(2026, 1, 5, 23, 59, 59, tzinfo=UTC)),
        ("DTSTART;TZID=America/New_York;VALUE=DATE-TIME:20260105T180000", datetime(2026, 1, 5, 18, 0, tzinfo=NEW_YORK)),
    ],
)
def test_odd_dates(start: str, expected: datetime | date) -> None:
    """Dates that are almost those of the standard are read."""
    assert expected == read(start=start).start


@pytest.mark.parametrize(
    "start",
    [
        "DTSTART:",
        "DTSTART:00000000",
        "DTSTART:20231301T250000Z",
        "DTSTART:tomorrow",
        "X:1",
        "DTSTART;TZID=America/New_York:99991231T235959",
    ],
)
def test_impossible_dates(start: str) -> None:
    """No date leads to an exception: the event is left out, or takes place at the end of days."""
    body = calendar("X-WR-TIMEZONE:Asia/Tokyo", "BEGIN:VEVENT", "UID:1", start, "END:VEVENT")
    ical.parse(body, url=URL)


@settings(deadline=None)
@given(st.lists(st.sampled_from((FOLDER / "changed_dates.ics").read_text().splitlines()), max_size=60), st.data())
def test_any_order_of_lines(lines: list[str], data: st.DataObject) -> None:
    """Whatever is torn out, repeated or swapped, nothing but a ReadError is raised and every event can be expanded."""
    at = data.draw(st.integers(0, len(lines)))
    body = "\n".join(["BEGIN:VCALENDAR", *lines[:at], "RRULE:FREQ=DAILY;COUNT=3", *lines[at:]]).encode()
    for event in ical.parse(body, url=URL).events:
        starts(event)


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(junk: bytes) -> None:
    """No bytes inside of a calendar lead to anything but a feed."""
    body = calendar("BEGIN:VEVENT", "UID:1", "DTSTART:20260105T230000Z", "@", "END:VEVENT").replace(b"@", junk)
    ical.parse(body, url=URL)
