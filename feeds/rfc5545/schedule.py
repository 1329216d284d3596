"""When one VEVENT takes place: its dates, times and rules, read from lines and written (RFC 5545, 3.8.2 and 3.8.5).

Whatever a program wrote, a schedule that was read is of one piece: all its dates are of the kind of its start (whole
days, times in one zone, or floating times), so that it can be expanded and published without further thought.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from feeds.rfc5545.lines import Line, params_of
from feeds.rfc5545.rules import Rule
from feeds.rfc5545.rules import read as read_rule
from feeds.rfc5545.rules import write as write_rule
from feeds.rfc5545.values import duration, moment, write_duration, write_moment

Moment = datetime | date
ZoneOf = Callable[[str], tzinfo | None]

NAMES = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE"})
"""The properties that make a schedule."""
MAX_DATES = 5_000
"""How many dates an RDATE or EXDATE may add to one event; further ones are left out."""
MAX_RULES = 10
_SERIES = re.compile(r"^(?:RRULE|RDATE|EXDATE|RECURRENCE-ID)[;:]", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """`end` is exclusive. `also` are RDATEs, each with its own duration or None; `except_for` the EXDATEs.

    `instance` is the RECURRENCE-ID: which date of the series this VEVENT changes; with `onwards` (RANGE=THISANDFUTURE)
    that and all later ones. `cut` tells that some of the many dates or rules were left out, `refused` that a rule was.
    """

    start: Moment
    end: Moment | None = None
    rules: tuple[Rule, ...] = ()
    also: tuple[tuple[Moment, timedelta | None], ...] = ()
    except_for: tuple[Moment, ...] = ()
    instance: Moment | None = None
    onwards: bool = False
    sequence: int = 0
    cut: bool = False
    refused: bool = False


def read(lines: Iterable[Line], zone_of: ZoneOf, default: tzinfo | None) -> Schedule | None:
    """The schedule that these lines give, or None when there is no DTSTART that can be read.

    `zone_of` gives the zone of a TZID. `default` is X-WR-TIMEZONE: floating and UTC times are times in that zone, as
    x-wr-timezone reads them, since Google writes them so.
    """
    said: dict[str, list[Line]] = {}
    for line in lines:
        if line.name in NAMES:
            said.setdefault(line.name, []).append(line)
    start = _one(said, "DTSTART", zone_of, default)
    if start is None:
        return None
    end = _end(said, start, zone_of, default)
    rules = list(dict.fromkeys(line.value for line in said.get("RRULE", ()) if line.value.strip()))
    zone = next(filter(None, (zone_of(tzid) for tzid in _tzids(said))), default)
    read_rules = tuple(
        aligned_rule(rule, start, zone) for rule in map(read_rule, rules[:MAX_RULES]) if rule is not None
    )
    also = list(_extra_dates(said, start, zone_of, default))
    without = [aligned(at, start) for at in _list(said, "EXDATE", zone_of, default)]
    instance = _one(said, "RECURRENCE-ID", zone_of, default)
    return Schedule(
        start=start,
        end=end,
        rules=read_rules,
        also=tuple(dict(also[:MAX_DATES]).items()),
        except_for=tuple(dict.fromkeys(without[:MAX_DATES])),
        instance=instance,
        onwards=instance is not None and params_of(said["RECURRENCE-ID"][0].params).get("RANGE") == "THISANDFUTURE",
        sequence=_number(said["SEQUENCE"][0].value) if "SEQUENCE" in said else 0,
        cut=len(rules) > MAX_RULES or len(also) > MAX_DATES or len(without) > MAX_DATES,
        refused=len(read_rules) < len(rules[:MAX_RULES]),
    )


def write(schedule: Schedule) -> list[str]:
    """The lines of a schedule, unfolded, in the order in which RFC 5545 lists them."""
    lines = [write_moment("DTSTART", schedule.start)]
    if schedule.end is not None:
        lines.append(write_moment("DTEND", schedule.end))
    if schedule.instance is not None:
        name = "RECURRENCE-ID;RANGE=THISANDFUTURE" if schedule.onwards else "RECURRENCE-ID"
        lines.append(write_moment(name, schedule.instance))
    lines += ["RRULE:" + write_rule(rule) for rule in schedule.rules]
    plain = [at for at, length in schedule.also if length is None]
    if plain:
        lines.append(write_moment("RDATE", *plain))
    for at, length in schedule.also:
        if length is not None:
            period = f"/{write_duration(int(length.total_seconds()))}"
            lines.append(write_moment("RDATE;VALUE=PERIOD", at) + period)
    if schedule.except_for:
        lines.append(write_moment("EXDATE", *schedule.except_for))
    if schedule.sequence:
        lines.append(f"SEQUENCE:{schedule.sequence}")
    return lines


def repeats(ical: str) -> bool:
    """Whether the text of an event (Event.ical) is that of a series; told without reading it."""
    return bool(_SERIES.search(ical))


def mapped(schedule: Schedule, change: Callable[[Moment], Moment]) -> Schedule:
    """The schedule with every date and time of it changed by the same function."""
    start = change(schedule.start)
    return replace(
        schedule,
        start=start,
        end=None if schedule.end is None else change(schedule.end),
        rules=tuple(aligned_rule(rule, start) for rule in schedule.rules),
        also=tuple((change(at), length) for at, length in schedule.also),
        except_for=tuple(map(change, schedule.except_for)),
        instance=None if schedule.instance is None else change(schedule.instance),
    )


def localized(schedule: Schedule, zone: tzinfo) -> Schedule:
    """The schedule with its floating times as times in `zone`."""
    return mapped(
        schedule, lambda at: at.replace(tzinfo=zone) if isinstance(at, datetime) and at.tzinfo is None else at
    )


def aligned(at: Moment, start: Moment) -> Moment:
    """A date or time in the terms of the series' start: its zone, or whole days."""
    if not isinstance(start, datetime):
        return at.date() if isinstance(at, datetime) else at
    if not isinstance(at, datetime):
        return datetime.combine(at, start.time(), start.tzinfo)
    if start.tzinfo is None:
        return at.replace(tzinfo=None)
    return at.replace(tzinfo=start.tzinfo) if at.tzinfo is None else at.astimezone(start.tzinfo)


def aligned_rule(rule: Rule, start: Moment, zone: tzinfo | None = None) -> Rule:
    """The rule with its UNTIL as RFC 5545 asks for it: a date for whole days, else UTC, or floating like the start.

    An UNTIL without Z is local time, one that is only a day includes it: so node-ical and sabre/vobject have it too,
    and so Google writes it. `zone` is where whole days are; Outlook gives their UNTIL as midnight there, in UTC.
    """
    until = rule.until
    if until is None:
        return rule
    if not isinstance(start, datetime):
        if isinstance(until, datetime):
            until = (until.astimezone(zone) if zone and until.tzinfo else until).date()
        return replace(rule, until=until)
    if not isinstance(until, datetime):
        until = datetime.combine(until, time.max.replace(microsecond=0))
    if start.tzinfo is None:
        return replace(rule, until=until.replace(tzinfo=None))
    return replace(rule, until=(until if until.tzinfo else until.replace(tzinfo=start.tzinfo)).astimezone(UTC))


def _tzids(said: dict[str, list[Line]]) -> Iterator[str]:
    """The zones that a VEVENT names anywhere."""
    for lines in said.values():
        if "TZID" in lines[0].params:
            yield params_of(lines[0].params).get("TZID", "")


def _end(said: dict[str, list[Line]], start: Moment, zone_of: ZoneOf, default: tzinfo | None) -> Moment | None:
    """DTEND, or DTSTART and DURATION. An end that is not after the start is none (RFC 5545, 3.8.2.2)."""
    end = _one(said, "DTEND", zone_of, default)
    if end is None and "DURATION" in said:
        length = duration(said["DURATION"][0].value)
        if length is None or length < timedelta(0):
            return None
        if not isinstance(start, datetime):
            length = timedelta(days=-(-length // timedelta(days=1)))
        end = start + length
    if end is None:
        return None
    if isinstance(start, datetime):
        end = _same_clock(end, start)
        return end if end > start else None
    if isinstance(end, datetime):
        end = end.date() if end.time() == time.min else end.date() + timedelta(days=1)
    return end if end > start else None


def _same_clock(end: Moment, start: datetime) -> datetime:
    """An end that can be compared with the start; it may be in another zone (a flight)."""
    if not isinstance(end, datetime):
        return datetime.combine(end, time.min, start.tzinfo)
    if start.tzinfo is None or end.tzinfo is None:
        return end.replace(tzinfo=start.tzinfo)
    return end


def _extra_dates(
    said: dict[str, list[Line]], start: Moment, zone_of: ZoneOf, default: tzinfo | None
) -> Iterator[tuple[Moment, timedelta | None]]:
    """RDATEs: dates, times, or periods (a start with its own end or duration)."""
    for line in said.get("RDATE", ()):
        for part in line.value.split(",")[: MAX_DATES + 1]:
            begin, _, rest = part.partition("/")
            at = _moment(begin, line.params, zone_of, default)
            if at is None:
                continue
            if not rest or not isinstance(start, datetime):
                yield aligned(at, start), None
                continue
            at, length = _same_clock(at, start), duration(rest)
            until = _moment(rest, line.params, zone_of, default) if length is None else None
            if until is not None:
                length = _same_clock(until, start) - at
            yield aligned(at, start), length if length and length > timedelta(0) else None


def _list(said: dict[str, list[Line]], name: str, zone_of: ZoneOf, default: tzinfo | None) -> Iterator[Moment]:
    for line in said.get(name, ()):
        for part in line.value.split(",")[: MAX_DATES + 1]:
            at = _moment(part, line.params, zone_of, default)
            if at is not None:
                yield at


def _one(said: dict[str, list[Line]], name: str, zone_of: ZoneOf, default: tzinfo | None) -> Moment | None:
    lines = said.get(name)
    return _moment(lines[0].value, lines[0].params, zone_of, default) if lines else None


def _moment(value: str, params: str, zone_of: ZoneOf, default: tzinfo | None) -> Moment | None:
    """A date or time of a property. A TZID that holds a colon without quotes spills into the value."""
    if ":" in value and not value.lstrip()[:4].isdecimal():
        spilled, _, value = value.rpartition(":")
        params += ":" + spilled
    zone = None
    if params and "TZID" in params.upper():
        zone = zone_of(params_of(params).get("TZID", ""))
    at = moment(value, zone)
    if isinstance(at, datetime) and at.tzinfo is not None and not isinstance(zone, ZoneInfo):
        at = at.astimezone(UTC)  # a zone that has no name can't be named when the schedule is written
    if default is not None and isinstance(at, datetime):
        if at.tzinfo is None:
            return at.replace(tzinfo=default)
        if at.tzinfo is UTC:
            return at.astimezone(default)
    return at


def _number(value: str) -> int:
    value = value.strip()
    return int(value) if value.isdecimal() and len(value) < 10 else 0  # noqa: PLR2004


def end_of(when: Schedule) -> Moment:
    """The end of its first date; the next day for a whole day without one."""
    if when.end is not None:
        return when.end
    return when.start if isinstance(when.start, datetime) else when.start + timedelta(days=1)


def in_wall_time(rule: Rule, zone: tzinfo | None) -> Rule:
    """The rule with its UNTIL in the wall clock time of the zone."""
    if zone is None or not isinstance(rule.until, datetime):
        return rule
    return replace(rule, until=rule.until.astimezone(zone).replace(tzinfo=None))
