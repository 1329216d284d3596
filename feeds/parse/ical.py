"""iCalendar → events (RFC 5545, RFC 7986). One event for each UID: a single date, or a series with its changed dates.

What can be read is read: a broken event is left out and told of in `Feed.problems`, the others are kept. No text is
handed to the icalendar library, which needs ten times as long and keeps strangers' time zones for the whole process.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo

from feeds.addresses import clean_link
from feeds.errors import REMARKS, EmptyBody, HtmlPage, NotAFeed, TooHeavy, remark
from feeds.identity import MAX_ID, digest
from feeds.model import Event, Feed
from feeds.parse import renewal
from feeds.parse.ical_event import Part, events_of, plain
from feeds.rfc5545 import schedule
from feeds.rfc5545.components import Calendar, ZoneOf, read
from feeds.rfc5545.lines import Line, params_of, text_of
from feeds.rfc5545.values import duration, moment, text
from feeds.rfc5545.zones import iana, zone_info

MAX_BYTES = 32_000_000
MAX_LINES = 600_000
MAX_EVENTS = 5_000
MAX_CHANGES = 1_000
"""Changed dates of one series."""
MAX_GENERATOR = 200

_BEGIN = re.compile(rb"^\W*BEGIN:V(?:CALENDAR|EVENT)\b", re.IGNORECASE | re.MULTILINE)
_HTML = re.compile(rb"\W*(?:!doctype\s+html|html\b|head\b)", re.IGNORECASE)
_XML = (b"<?xml", b"<rss", b"<feed", b"<rdf:RDF")
_HEAD = 65_536


def parse(body: bytes, *, url: str, content_type: str = "") -> Feed:
    """The events of a calendar. Raises a ReadError when the body is no calendar, or too heavy to be read.

    `url` is where the body was found. `content_type` is the header as sent; its charset counts where the body is not
    UTF-8. Times without any zone stay naive (see Event.start).
    """
    _check(body, url)
    calendars = read(text_of(body, content_type))
    if not calendars:
        raise NotAFeed(url, "no calendar in it, once decoded")
    problems: set[str] = set()
    if not all(calendar.complete for calendar in calendars):
        problems.add("calendar_cut_off")
    groups: dict[str, list[Part]] = {}
    for uid, part in _parts(_latest(calendars, problems), problems):
        groups.setdefault(uid, []).append(part)
    events: dict[str, Event] = {}
    for uid, parts in groups.items():
        for event in events_of(uid, parts, problems):
            events.setdefault(event.uid, event)
    return _feed(calendars[0], tuple(events.values()), problems)


def _check(body: bytes, url: str) -> None:
    """Refuse cheaply what is no calendar, or too large a one. Most of what comes here is XML, whatever is in it."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_XML):
        raise NotAFeed(url, "XML")
    head = body[:_HEAD].replace(b"\x00", b"")
    if not head.strip(b" \t\r\n\xef\xbb\xbf\xfe\xff"):
        raise EmptyBody(url)
    if not _BEGIN.search(head):
        raise HtmlPage(url) if _HTML.match(head) else NotAFeed(url, "no calendar in it")
    if len(body) > MAX_BYTES or body.count(b"\n") + body.count(b"\r") > 2 * MAX_LINES:
        raise TooHeavy(url, f"{len(body)} bytes")


def _latest(calendars: Sequence[Calendar], problems: set[str]) -> Iterator[tuple[Calendar, str, list[list[Line]]]]:
    """The VEVENTs of each UID in each calendar; of too many UIDs, those that repeat or begin last."""
    found: dict[tuple[int, str], list[list[Line]]] = {}
    for number, calendar in enumerate(calendars):
        for lines in calendar.events:
            found.setdefault((number, _uid(lines)), []).append(lines)
    if len(found) > MAX_EVENTS:
        problems.add("too_many_events")
        kept = set(sorted(found, key=lambda key: max(map(_rank, found[key])), reverse=True)[:MAX_EVENTS])
        found = {key: events for key, events in found.items() if key in kept}
    for (number, uid), events in found.items():
        if len(events) > MAX_CHANGES:
            problems.add("too_many_dates")
        yield calendars[number], uid, events[:MAX_CHANGES]


def _uid(lines: list[Line]) -> str:
    """The UID; a digest of what tells events apart when there is none (or one too long to be kept)."""
    given = next((text(line.value).strip() for line in lines if line.name == "UID"), "")
    if given:
        return given if len(given) <= MAX_ID else "digest:" + digest(given)
    told = [line.value for line in lines if line.name in {"DTSTART", "SUMMARY", "LOCATION", "RECURRENCE-ID"}]
    return "digest:" + digest(*told)


def _rank(lines: list[Line]) -> str:
    """A text that sorts later for what is worth keeping: series, then the latest days."""
    if any(line.name == "RRULE" for line in lines):
        return "A"
    return next((line.value[:8] for line in lines if line.name == "DTSTART"), "")


def _parts(groups: Iterable[tuple[Calendar, str, list[list[Line]]]], problems: set[str]) -> Iterator[tuple[str, Part]]:
    """The VEVENTs that have a date, each with its UID."""
    zones: dict[int, tuple[ZoneOf, tzinfo | None]] = {}
    for calendar, uid, events in groups:
        if id(calendar) not in zones:
            zones[id(calendar)] = ZoneOf(calendar), _home(calendar)
        zone_of, default = zones[id(calendar)]
        for told in events:
            lines = _in_local_time(told, zone_of) if _says_utc(calendar) else told
            try:
                when = schedule.read(lines, zone_of, default)
            except (OverflowError, ValueError):  # a time zone near the year 1 or 9999
                when = None
            if when is None:
                problems.add("event_unreadable")
                continue
            said: dict[str, Line] = {}
            for line in lines:
                said.setdefault(line.name, line)
            yield uid, Part(lines, said, when, getattr(default, "key", None))
    if any(zone_of.unknown for zone_of, _ in zones.values()):
        problems.add("unknown_timezone")


def _says_utc(calendar: Calendar) -> bool:
    """Whether a calendar is of Modern Events Calendar (WordPress): its times are UTC when they end in Z, as it computes
    them so, even where it names a zone beside them. Those of other programs are times in the zone that they name.
    """
    product = calendar.properties.get("PRODID")
    return product is not None and "MECv" in product.value


def _in_local_time(lines: list[Line], zone_of: ZoneOf) -> list[Line]:
    """The lines with every UTC time that has a zone beside it in the terms of this zone."""
    return [_localized(line, zone_of) if line.value.endswith("Z") and "TZID" in line.params else line for line in lines]


def _localized(line: Line, zone_of: ZoneOf) -> Line:
    zone = zone_of(params_of(line.params).get("TZID", ""))
    at = moment(line.value)
    if zone is None or not isinstance(at, datetime):
        return line
    return line._replace(value=f"{at.astimezone(zone):%Y%m%dT%H%M%S}")


def _home(calendar: Calendar) -> tzinfo | None:
    """X-WR-TIMEZONE. Greenwich is what programs write when nobody chose a zone: it tells no more than UTC."""
    named = calendar.properties.get("X-WR-TIMEZONE")
    zone = zone_info(text(named.value)) if named else None
    return UTC if getattr(zone, "key", "").endswith("GMT") else zone


def _feed(calendar: Calendar, events: tuple[Event, ...], problems: set[str]) -> Feed:
    def said(*names: str) -> str:
        return next(
            (text(calendar.properties[name].value).strip() for name in names if name in calendar.properties), ""
        )

    told = [duration(said(name)) for name in ("REFRESH-INTERVAL", "X-PUBLISHED-TTL")]
    ttls = [renewal.bounded(span.total_seconds()) for span in told if span]
    only = next(iter(calendar.zones)) if len(calendar.zones) == 1 else ""
    return Feed(
        format="ical",
        parser="ical",
        title=plain(said("NAME", "X-WR-CALNAME")),
        link=clean_link(said("URL", "X-ORIGINAL-URL")),
        description=plain(said("X-WR-CALDESC", "DESCRIPTION")),
        ttl=max((ttl for ttl in ttls if ttl), default=None),
        generator=plain(said("PRODID"))[:MAX_GENERATOR],
        timezone=iana(said("X-WR-TIMEZONE")) or iana(only),
        events=events,
        problems=tuple(remark(code) for code in REMARKS if code in problems),
    )
