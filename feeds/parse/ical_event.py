"""The VEVENTs of one UID → events: a single date, or a series with its changed dates.

Adding a property: read it in `_event`; when it may differ on a single date, write it in `_ical` as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from html import unescape
from urllib.parse import unquote

from feeds.addresses import clean_link
from feeds.identity import MAX_ID
from feeds.model import Event, Status
from feeds.rfc5545 import places, prose, schedule
from feeds.rfc5545.lines import Line, fold, params_of
from feeds.rfc5545.rules import write as write_rule
from feeds.rfc5545.schedule import Moment, Schedule, aligned
from feeds.rfc5545.values import duration, moment, text, texts, write_text
from feeds.rfc5545.zones import iana

MAX_TITLE = 500
MAX_CATEGORIES = 30

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_GEO = re.compile(r"\s*(?:geo:)?([+-]?\d+(?:\.\d+)?)\s*[;,]\s*([+-]?\d+(?:\.\d+)?)\s*", re.IGNORECASE | re.ASCII)
_STATUS: dict[str, Status] = {"CANCELLED": "cancelled", "CANCELED": "cancelled", "TENTATIVE": "tentative"}
_MAX_LATITUDE, _MAX_LONGITUDE = 90, 180
_EPOCH = 1990  # what is older comes from an empty field


@dataclass(frozen=True, slots=True)
class Part:
    """One VEVENT. `said` has the first line of each name; `zone` is the calendar's own (X-WR-TIMEZONE)."""

    lines: list[Line]
    said: dict[str, Line]
    when: Schedule
    zone: str | None

    def text(self, name: str) -> str:
        """The TEXT of a property, or an empty one."""
        line = self.said.get(name)
        return text(line.value) if line else ""


def events_of(uid: str, parts: list[Part], problems: set[str]) -> Iterator[Event]:
    """The event of a UID; or several, where a program gave one UID to several, or only changed dates of a series.

    What is wrong with them is added to `problems`, by code.
    """
    problems.update(code for part in parts for code in _problems(part))
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


def _problems(part: Part) -> Iterator[str]:
    if part.when.cut:
        yield "too_many_dates"
    if part.when.refused:
        yield "rule_refused"
    if part.when.end is None and _says_end(part.said):
        yield "end_unreadable"


def _says_end(said: dict[str, Line]) -> bool:
    """Whether an end is given that differs from the start: many programs give an event without end its start as end."""
    if "DTEND" in said:
        return said["DTEND"].value.strip() != said["DTSTART"].value.strip()
    return "DURATION" in said and duration(said["DURATION"].value) != timedelta(0)


def _stamped(uid: str, at: Moment | None) -> str:
    """A UID for one of several events that share theirs."""
    return f"{uid}#{at.isoformat() if at else ''}"[-MAX_ID:]


def _event(uid: str, part: Part, changes: list[Part]) -> Event:
    when = part.when
    if not changes and not when.rules:
        when = _whole_days(part)
    place = places.split(part.text("LOCATION"))
    latitude, longitude = _coordinates(part.said)
    return Event(
        uid=uid,
        title=plain(part.text("SUMMARY")),
        start=when.start,
        end=when.end,
        all_day=not isinstance(when.start, datetime),
        timezone=_zone(part),
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
        ical="".join(
            (_ical(uid, part, when), *(_ical(uid, one, _change(one, when.start)) for one in _newest(changes)))
        ),
    )


def _zone(part: Part) -> str | None:
    """The IANA name of the zone in which the event is; whole days may name one, or else are in the calendar's."""
    if isinstance(part.when.start, datetime):
        return getattr(part.when.start.tzinfo, "key", None)
    return iana(params_of(part.said["DTSTART"].params).get("TZID", "")) or part.zone


def _newest(changes: list[Part]) -> Iterable[Part]:
    """Of several changes of the same date, the last version."""
    latest: dict[Moment | None, Part] = {}
    for part in changes:
        known = latest.get(part.when.instance)
        if known is None or part.when.sequence > known.when.sequence:
            latest[part.when.instance] = part
    return latest.values()


def _change(part: Part, start: Moment) -> Schedule:
    """A changed date in the terms of its series; it does not repeat itself."""
    instance = start if part.when.instance is None else aligned(part.when.instance, start)
    return replace(part.when, instance=instance, rules=(), also=(), except_for=())


def _whole_days(part: Part) -> Schedule:
    """Outlook writes whole days as times from midnight to midnight, and says so in a property of its own."""
    when, end = part.when, part.when.end
    told = part.said.get("X-MICROSOFT-CDO-ALLDAYEVENT")
    if told is None or told.value.strip().upper() != "TRUE" or not isinstance(when.start, datetime):
        return when
    if when.start.time() != time.min or not isinstance(end, datetime) or end.time() != time.min or end <= when.start:
        return when
    return replace(when, start=when.start.date(), end=end.date())


def _ical(uid: str, part: Part, when: Schedule) -> str:
    """One VEVENT as text: when and where, and what may differ from date to date. No people, alarms or programs' own."""
    place = places.split(part.text("LOCATION"))
    lines = ["BEGIN:VEVENT", "UID:" + write_text(uid), *schedule.write(when)]
    for name, value in (
        ("SUMMARY", plain(part.text("SUMMARY"))),
        ("LOCATION", places.join(place.venue, place.address)),
        ("STATUS", _status(part).upper() if "STATUS" in part.said else ""),
        ("DESCRIPTION", prose.to_text(_description(part, place.link)) if when.instance is not None else ""),
    ):
        if value:
            lines.append(f"{name}:{write_text(value)}")
    return "".join(map(fold, [*lines, "END:VEVENT"]))


def plain(title: str) -> str:
    """A title as one line of plain text; tags and entities, which WordPress writes into it, are undone."""
    if "<" in title:
        title = _TAG.sub("", title)
    if "&" in title:
        title = unescape(title)
    return " ".join(title[: 4 * MAX_TITLE].split())[:MAX_TITLE]


def _status(part: Part) -> Status:
    return _STATUS.get(part.text("STATUS").strip().upper(), "confirmed")


def _description(part: Part, online: str) -> str:
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
    name = plain(unquote(name) if "%20" in name else name)
    return "" if "@" in name else name


def _categories(lines: list[Line]) -> tuple[str, ...]:
    found = (plain(part) for line in lines if line.name == "CATEGORIES" for part in texts(line.value[:5_000]))
    return tuple(dict.fromkeys(part[:100] for part in found if part))[:MAX_CATEGORIES]


def _coordinates(said: dict[str, Line]) -> tuple[float | None, float | None]:
    """Latitude and longitude; 0;0 is what programs write that know of none."""
    for name in ("GEO", "X-APPLE-STRUCTURED-LOCATION"):
        found = _GEO.fullmatch(said[name].value) if name in said else None
        if found is None:
            continue
        latitude, longitude = float(found[1]), float(found[2])
        if abs(latitude) <= _MAX_LATITUDE and abs(longitude) <= _MAX_LONGITUDE and (latitude or longitude):
            return latitude, longitude
    return None, None


def _instant(said: dict[str, Line], *names: str) -> int | None:
    for name in names:
        at = moment(said[name].value) if name in said else None
        if isinstance(at, datetime) and at.year >= _EPOCH:
            return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp())
    return None
