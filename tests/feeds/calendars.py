"""What the tests of calendars share: the fixtures (one quirk a file, told in its COMMENT) and moments."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from feeds.model import Event, Feed
from feeds.parse import ical
from feeds.recurrence import expand

FOLDER = Path(__file__).parents[1] / "data" / "ical"
URL = "https://pantry.example/calendar.ics"
HOME = "America/New_York"


def fixture(name: str) -> Feed:
    """A calendar under tests/data/ical, read."""
    return ical.parse((FOLDER / f"{name}.ics").read_bytes(), url=URL)


def calendar(*lines: str) -> bytes:
    """A calendar with these lines in it."""
    return "\r\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//x//EN", *lines, "END:VCALENDAR", "")).encode()


def read(*lines: str, uid: str = "one@pantry.example", start: str = "DTSTART:20260105T230000Z") -> Event:
    """The only event of a calendar that has these lines besides its UID and start."""
    body = calendar("BEGIN:VEVENT", f"UID:{uid}", start, *lines, "END:VEVENT")
    (event,) = ical.parse(body, url=URL).events
    return event


def seconds(*when: int) -> int:
    """UTC seconds of a year, month, day, hour…"""
    return int(datetime(*when, tzinfo=UTC).timestamp())  # type: ignore[misc,arg-type]


def starts(event: Event, *, year: int = 2026, zone: str = HOME) -> list[str]:
    """When an event takes place in a year: UTC, month to minute."""
    found = expand(event, seconds(year, 1, 1), seconds(year + 1, 1, 1), zone)
    return [f"{datetime.fromtimestamp(one.start, UTC):%m-%d %H:%M}" for one in found]
