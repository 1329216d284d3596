"""The organizations' calendars, each as its platform writes iCalendar (RFC 5545)."""

from __future__ import annotations

from base64 import b32hexencode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b

from network.demo.coalition import Event
from network.demo.markup import html, plain
from network.demo.program import ZONE, Occasion, calendar, occasions
from network.demo.rhythm import EPOCH, WEEK
from network.demo.site import Site

ANNOUNCED = timedelta(days=90)
"""How long before its day a date is entered, or changed."""
VTIMEZONE = """BEGIN:VTIMEZONE
TZID:America/New_York
X-LIC-LOCATION:America/New_York
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
TZNAME:EDT
DTSTART:19700308T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
TZNAME:EST
DTSTART:19701101T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE""".splitlines()

Line = tuple[str, str]
"""A property with its parameters, and its value as it is written."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a platform writes events."""

    rules: bool = True
    """Whether a repeating event is written as a rule; else each of its dates is an event by itself."""
    utc: bool = False
    """Whether the times of single events are written in UTC."""
    links: bool = True
    """Whether an event has a page of its own."""
    google: bool = False


def google(site: Site) -> bytes:
    """As Google Calendar publishes a calendar: the zone in X-WR-TIMEZONE, stamped anew at every request."""
    head = [
        "PRODID:-//Google Inc//Google Calendar 70.9054//EN", "VERSION:2.0", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(site.organization.name)}", "X-WR-TIMEZONE:America/New_York",
        f"X-WR-CALDESC:{_text(site.organization.description)}", *VTIMEZONE,
    ]  # fmt: skip
    return _calendar(site, head, Dialect(utc=True, links=False, google=True))


def events_calendar(site: Site) -> bytes:
    """As the WordPress plugin The Events Calendar does: no rules, every date is an event with a page."""
    organization = site.organization
    head = [
        "VERSION:2.0", f"PRODID:-//{_text(organization.name)} - ECPv6.3.5//NONSGML v1.0//EN", "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH", f"X-WR-CALNAME:{_text(organization.name)}", f"X-ORIGINAL-URL:{site.base_url}",
        f"X-WR-CALDESC:{_text('Events for ' + organization.name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-Robots-Tag:noindex", "X-PUBLISHED-TTL:PT1H", *VTIMEZONE,
    ]  # fmt: skip
    return _calendar(site, head, Dialect(rules=False))


def squarespace(site: Site) -> bytes:
    """As Squarespace does: everything in UTC, no rules, no zone."""
    head = ["VERSION:2.0", "PRODID:-//Squarespace Inc//Squarespace 6//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    return _calendar(site, head, Dialect(rules=False, utc=True))


def by_hand(site: Site) -> bytes:
    """As a careful person does, with rules and changed dates."""
    head = [
        "VERSION:2.0", f"PRODID:-//{site.organization.host}//calendar//EN",
        f"NAME:{_text(site.organization.name)}", f"X-WR-CALNAME:{_text(site.organization.name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H", *VTIMEZONE,
    ]  # fmt: skip
    return _calendar(site, head, Dialect())


def _calendar(site: Site, head: list[str], dialect: Dialect) -> bytes:
    lines = ["BEGIN:VCALENDAR", *head]
    for event, dates in calendar(site.organization, site.today):
        if event.when.repeats and dialect.rules:
            lines += _series(site, event, dates, dialect)
        else:
            for occasion in dates:
                lines += _vevent(site, occasion, dialect, [])
    lines.append("END:VCALENDAR")
    return "".join(_folded(line) for line in lines).encode()


def _series(site: Site, event: Event, dates: list[Occasion], dialect: Dialect) -> Iterator[str]:
    """A repeating event: its rule, then each date that is not as the rule says."""
    first = next(each for each in occasions(event, EPOCH, EPOCH + 52 * WEEK) if each.state == "planned")
    yield from _vevent(site, first, dialect, [("RRULE", event.when.rrule)])
    for occasion in dates:
        if occasion.state != "planned":
            planned = datetime.combine(occasion.original, event.when.starts or time.min)
            yield from _vevent(
                site, occasion, dialect, [("RECURRENCE-ID;TZID=America/New_York", f"{planned:%Y%m%dT%H%M%S}")]
            )


def _vevent(site: Site, occasion: Occasion, dialect: Dialect, recurrence: list[Line]) -> Iterator[str]:
    event, changed = occasion.event, occasion.state != "planned"
    entered = datetime.combine(occasion.original, time(12), UTC) - ANNOUNCED
    stamp = datetime.combine(site.today, time(5), UTC) if dialect.google else entered
    utc = dialect.utc and not recurrence
    description = html(event.body, site.resolve) if dialect.google else plain(event.body)
    lines: list[Line] = [
        _when("DTSTART", occasion.start, utc=utc),
        _when("DTEND", occasion.end, utc=utc),
        *recurrence,
        ("DTSTAMP", _utc(stamp)),
        ("UID", _uid(occasion, dialect, series=bool(recurrence))),
        ("CREATED", _utc(entered)),
        ("LAST-MODIFIED", _utc(entered)),
        ("SEQUENCE", "1" if changed else "0"),
        ("STATUS", "CANCELLED" if occasion.state == "cancelled" else "CONFIRMED"),
        ("SUMMARY", _text(event.title)),
        ("DESCRIPTION", _text(description)),
        ("LOCATION", _text(occasion.where)),
    ]
    if dialect.links:
        lines.append(("URL", site.event_link(occasion)))
    yield "BEGIN:VEVENT"
    yield from (f"{name}:{value}" for name, value in lines)
    yield "END:VEVENT"


def _uid(occasion: Occasion, dialect: Dialect, *, series: bool) -> str:
    """The identity of an event: the same in every calendar that announces it, and on every day."""
    event = occasion.event
    name = event.slug if series else f"{event.slug}-{occasion.original:%Y%m%d}"
    if dialect.google:
        return (
            b32hexencode(blake2b(f"{name}@{event.host}".encode(), digest_size=16).digest()).decode()[:26].lower()
            + "@google.com"
        )
    return f"{name}@{event.host}"


def _when(name: str, when: datetime | date, *, utc: bool) -> Line:
    if not isinstance(when, datetime):
        return f"{name};VALUE=DATE", f"{when:%Y%m%d}"
    if utc:
        return name, _utc(when)
    return f"{name};TZID={ZONE.key}", f"{when:%Y%m%dT%H%M%S}"


def _utc(when: datetime) -> str:
    return f"{when.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    """RFC 5545, 3.3.11."""
    for mark in ("\\", ";", ","):
        text = text.replace(mark, "\\" + mark)
    return text.replace("\n", "\\n")


def _folded(line: str) -> str:
    """RFC 5545, 3.1: no more than 75 octets a line, and no letter torn in two."""
    pieces, size = [""], 0
    for letter in line:
        size += len(letter.encode())
        if size > 75:  # noqa: PLR2004
            pieces.append(" ")
            size = 1 + len(letter.encode())
        pieces[-1] += letter
    return "\r\n".join(pieces) + "\r\n"
