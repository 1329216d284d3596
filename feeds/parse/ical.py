"""iCalendar → events (RFC 5545, RFC 7986). One event for each UID: a single date, or a series with its changed dates.

What can be read is read: a broken event is left out and told of in `Feed.problems`, the others are kept. No text is
handed to the icalendar library, which needs ten times as long and keeps strangers' time zones for the whole process.

Adding a property: read it in `_event`; when it may differ on a single date, write it in `_ical` as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, tzinfo
from html import unescape
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from feeds.addresses import clean_link
from feeds.errors import EmptyBody, HtmlPage, NotAFeed, TooHeavy
from feeds.identity import MAX_ID, digest
from feeds.model import Event, Feed, Problem, Status
from feeds.rfc5545 import places, prose, schedule
from feeds.rfc5545.components import Calendar, ZoneOf, read
from feeds.rfc5545.lines import Line, fold, params_of, text_of
from feeds.rfc5545.rules import write as write_rule
from feeds.rfc5545.schedule import Moment, Schedule, aligned
from feeds.rfc5545.values import duration, moment, text, texts, write_text
from feeds.rfc5545.zones import iana, zone_info

MAX_BYTES = 32_000_000
MAX_LINES = 600_000
MAX_EVENTS = 5_000
MAX_CHANGES = 1_000
"""Changed dates of one series."""
MAX_TITLE = 500
MAX_CATEGORIES = 30

PROBLEMS = {
    "event_unreadable": "Some events have no date that can be read; they were left out.",
    "end_unreadable": "Some events end before they begin, or at a time that can't be read; they are shown without an end.",
    "rule_refused": "Some events repeat by a rule that can't be followed (broken, or more often than hourly); "
    "only their first date is shown.",
    "too_many_events": "The calendar has more than 5,000 events; only the latest are read.",
    "too_many_dates": "An event has thousands of single dates or changes; not all of them are read.",
    "unknown_timezone": "Some events name a time zone that is not known; their times are read as local times.",
    "calendar_cut_off": "The calendar breaks off before its end; what came before is read.",
}
"""What may be wrong with a calendar that can be read: code → sentence."""

_BEGIN = re.compile(rb"^\W*BEGIN:VCALENDAR", re.IGNORECASE | re.MULTILINE)
_HTML = re.compile(rb"<!doctype\s+html|<html\b|<head\b|<body\b", re.IGNORECASE)
_HEAD = 65_536
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_GEO = re.compile(r"\s*(?:geo:)?([+-]?\d+(?:\.\d+)?)\s*[;,]\s*([+-]?\d+(?:\.\d+)?)\s*", re.IGNORECASE | re.ASCII)
_STATUS: dict[str, Status] = {"CANCELLED": "cancelled", "CANCELED": "cancelled", "TENTATIVE": "tentative"}


@dataclass(frozen=True, slots=True)
class _Part:
    """One VEVENT. `said` has the first line of each name; `zone` is the calendar's own (X-WR-TIMEZONE)."""

    lines: list[Line]
    said: dict[str, Line]
    when: Schedule
    zone: str | None

    def text(self, name: str) -> str:
        """The TEXT of a property, or an empty one."""
        line = self.said.get(name)
        return text(line.value) if line else ""


def parse(body: bytes, *, url: str, content_type: str = "") -> Feed:
    """The events of a calendar. Raises a ReadError when the body is no calendar, or too heavy to be read.

    `url` is where the body was found. `content_type` is the header as sent; its charset counts where the body is not
    UTF-8. Times without any zone stay naive (see Event.start).
    """
    _check(body, url)
    calendars = read(text_of(body, content_type))
    problems: set[str] = set()
    if not all(calendar.complete for calendar in calendars):
        problems.add("calendar_cut_off")
    groups: dict[str, list[_Part]] = {}
    for uid, part in _parts(_latest(calendars, problems), problems):
        groups.setdefault(uid, []).append(part)
    events: dict[str, Event] = {}
    for uid, parts in groups.items():
        for event in _events(uid, parts, problems):
            events.setdefault(event.uid, event)
    return _feed(calendars[0], tuple(events.values()), problems)


def _check(body: bytes, url: str) -> None:
    """Refuse cheaply what is no calendar, or too large a one."""
    head = body[:_HEAD].replace(b"\x00", b"")
    if not head.strip(b" \t\r\n\xef\xbb\xbf\xfe\xff"):
        raise EmptyBody(url)
    if not _BEGIN.search(head):
        raise HtmlPage(url) if _HTML.search(head[:4096]) else NotAFeed(url, "no BEGIN:VCALENDAR")
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


def _parts(
    groups: Iterable[tuple[Calendar, str, list[list[Line]]]], problems: set[str]
) -> Iterator[tuple[str, _Part]]:
    """The VEVENTs that have a date, each with its UID."""
    zones: dict[int, tuple[ZoneOf, tzinfo | None]] = {}
    for calendar, uid, events in groups:
        if id(calendar) not in zones:
            named = calendar.properties.get("X-WR-TIMEZONE")
            zones[id(calendar)] = ZoneOf(calendar), zone_info(text(named.value)) if named else None
        zone_of, default = zones[id(calendar)]
        for lines in events:
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
            yield uid, _Part(lines, said, when, getattr(default, "key", None))
    if any(zone_of.unknown for zone_of, _ in zones.values()):
        problems.add("unknown_timezone")


def _events(uid: str, parts: list[_Part], problems: set[str]) -> Iterator[Event]:
    """The event of a UID; or several, where a program gave one UID to several, or only changed dates of a series."""
    problems |= {"too_many_dates" for part in parts if part.when.cut} | {
        "rule_refused" for part in parts if part.when.refused
    }
    if any("DTEND" in part.said and part.when.end is None and not _same_day(part) for part in parts):
        problems.add("end_unreadable")
    series = [part for part in parts if part.when.instance is None]
    changes = [part for part in parts if part.when.instance is not None]
    if not series:
        for part in changes:
            alone = replace(part, when=replace(part.when, instance=None, onwards=False))
            yield _event(_stamped(uid, part.when.instance), alone, [])
        return
    newest = max(part.when.sequence for part in series)
    current = {part.when.start: part for part in reversed(series) if part.when.sequence == newest}
    first, *others = reversed(current.values())
    yield _event(uid, first, changes)
    for part in others:
        yield _event(_stamped(uid, part.when.start), part, [])


def _same_day(part: _Part) -> bool:
    return part.said["DTEND"].value.strip() == part.said["DTSTART"].value.strip()


def _stamped(uid: str, at: Moment | None) -> str:
    """A UID for one of several events that share theirs."""
    return f"{uid}#{at.isoformat() if at else ''}"[-MAX_ID:]


def _event(uid: str, part: _Part, changes: list[_Part]) -> Event:
    when = part.when
    if not changes and not when.rules:
        when = _whole_days(part)
    place = places.split(part.text("LOCATION"))
    latitude, longitude = _coordinates(part.said)
    zoned = getattr(when.start.tzinfo, "key", None) if isinstance(when.start, datetime) else part.zone
    return Event(
        uid=uid,
        title=_plain(part.text("SUMMARY")),
        start=when.start,
        end=when.end,
        all_day=not isinstance(when.start, datetime),
        timezone=zoned,
        rrule=write_rule(when.rules[0]) if when.rules else None,
        venue=place.venue,
        address=place.address,
        status=_status(part),
        description=_description(part, place.link),
        link=clean_link(part.text("URL")) or clean_link(place.link),
        organizer=_organizer(part.said.get("ORGANIZER")),
        categories=_categories(part.lines),
        latitude=latitude,
        longitude=longitude,
        sequence=when.sequence,
        created=_instant(part.said, "CREATED"),
        updated=_instant(part.said, "LAST-MODIFIED", "LAST-UPDATED"),
        ical=_ical(uid, part, when) + "".join(_ical(uid, one, _change(one.when, when.start)) for one in _newest(changes)),
    )


def _newest(changes: list[_Part]) -> Iterable[_Part]:
    """Of several changes of the same date, the last version."""
    latest: dict[Moment | None, _Part] = {}
    for part in changes:
        known = latest.get(part.when.instance)
        if known is None or part.when.sequence > known.when.sequence:
            latest[part.when.instance] = part
    return latest.values()


def _change(when: Schedule, start: Moment) -> Schedule:
    """A changed date in the terms of its series; it does not repeat itself."""
    assert when.instance is not None
    return replace(when, instance=aligned(when.instance, start), rules=(), also=(), except_for=())


def _whole_days(part: _Part) -> Schedule:
    """Outlook writes whole days as times from midnight to midnight, and says so in a property of its own."""
    when, end = part.when, part.when.end
    told = part.said.get("X-MICROSOFT-CDO-ALLDAYEVENT")
    if told is None or told.value.strip().upper() != "TRUE" or not isinstance(when.start, datetime):
        return when
    if when.start.time() != time.min or not isinstance(end, datetime) or end.time() != time.min or end <= when.start:
        return when
    return replace(when, start=when.start.date(), end=end.date())


def _ical(uid: str, part: _Part, when: Schedule) -> str:
    """One VEVENT as text: when and where, and what may differ from date to date. No people, alarms or programs' own."""
    place = places.split(part.text("LOCATION"))
    lines = ["BEGIN:VEVENT", "UID:" + write_text(uid), *schedule.write(when)]
    for name, value in (
        ("SUMMARY", _plain(part.text("SUMMARY"))),
        ("LOCATION", places.join(place.venue, place.address)),
        ("STATUS", _status(part).upper() if "STATUS" in part.said else ""),
        ("DESCRIPTION", prose.to_text(_description(part, place.link)) if when.instance is not None else ""),
    ):
        if value:
            lines.append(f"{name}:{write_text(value)}")
    return "".join(map(fold, [*lines, "END:VEVENT"]))


def _plain(title: str) -> str:
    """A title as one line of plain text. WordPress writes entities into it."""
    if "<" in title:
        title = _TAG.sub("", title)
    if "&" in title:
        title = unescape(title)
    return " ".join(title[: 4 * MAX_TITLE].split())[:MAX_TITLE]


def _status(part: _Part) -> Status:
    return _STATUS.get(part.text("STATUS").strip().upper(), "confirmed")


def _description(part: _Part, online: str) -> str:
    """HTML, as sent if it was sent as such. The address of an online gathering is part of it."""
    rich = part.said.get("X-ALT-DESC")
    html = ""
    if rich is not None and "HTML" in params_of(rich.params).get("FMTTYPE", "HTML").upper():
        html = text(rich.value)[: prose.MAX_LENGTH]
    if not html or not prose.has_words(html):
        html = prose.to_html(part.text("DESCRIPTION"))
    if online and online not in unescape(html):
        html += prose.to_html(online)
    return html


def _organizer(line: Line | None) -> str:
    """The name shown for the organizer; never an address. The Events Calendar writes it as in a URL."""
    name = params_of(line.params).get("CN", "") if line else ""
    name = _plain(unquote(name) if "%20" in name else name)
    return "" if "@" in name else name


def _categories(lines: list[Line]) -> tuple[str, ...]:
    found = (_plain(part) for line in lines if line.name == "CATEGORIES" for part in texts(line.value[:5_000]))
    return tuple(dict.fromkeys(part[:100] for part in found if part))[:MAX_CATEGORIES]


def _coordinates(said: dict[str, Line]) -> tuple[float | None, float | None]:
    """Latitude and longitude; 0;0 is what programs write that know of none."""
    for name in ("GEO", "X-APPLE-STRUCTURED-LOCATION"):
        found = _GEO.fullmatch(said[name].value) if name in said else None
        if found is None:
            continue
        latitude, longitude = float(found[1]), float(found[2])
        if abs(latitude) <= 90 and abs(longitude) <= 180 and (latitude or longitude):  # noqa: PLR2004
            return latitude, longitude
    return None, None


def _instant(said: dict[str, Line], *names: str) -> int | None:
    for name in names:
        at = moment(said[name].value) if name in said else None
        if isinstance(at, datetime) and at.year > 1970:  # noqa: PLR2004
            return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
    return None


def _feed(calendar: Calendar, events: tuple[Event, ...], problems: set[str]) -> Feed:
    def said(*names: str) -> str:
        return next((text(calendar.properties[name].value).strip() for name in names if name in calendar.properties), "")

    ttl = duration(said("REFRESH-INTERVAL", "X-PUBLISHED-TTL"))
    only = next(iter(calendar.zones)) if len(calendar.zones) == 1 else ""
    return Feed(
        format="ical",
        parser="ical",
        title=_plain(said("NAME", "X-WR-CALNAME")),
        link=clean_link(said("URL", "X-ORIGINAL-URL")),
        description=_plain(said("X-WR-CALDESC", "DESCRIPTION")),
        ttl=int(ttl.total_seconds()) if ttl and ttl.total_seconds() > 0 else None,
        timezone=iana(said("X-WR-TIMEZONE")) or iana(only),
        events=events,
        problems=tuple(Problem(code, sentence) for code, sentence in PROBLEMS.items() if code in problems),
    )
