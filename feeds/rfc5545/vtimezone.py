"""VTIMEZONE components: what a stranger's says, and ours (RFC 5545, 3.6.5).

A zone is known by its name wherever possible. What a VTIMEZONE says is asked only when its TZID names no zone that IANA
knows: then the IANA zone that gives the same offsets stands for it, and where there is none its own offsets are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from feeds.rfc5545.lines import Line, fold
from feeds.rfc5545.rules import Rule, dates, read
from feeds.rfc5545.values import moment, write_moment

HORIZON = 2037
"""The last year for which changes of the clock are written out one by one; rules without end go on after it."""
_MAX_ONSETS = 400
_OFFSET = re.compile(r"\s*([+-]?)(\d\d):?(\d\d)(?::?(\d\d))?\s*", re.ASCII)
_NO_OFFSET = timedelta(0)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")

# One zone for each of today's sets of rules, the commonest in our members' countries first.
_CANDIDATES = (
    "America/New_York America/Chicago America/Denver America/Los_Angeles America/Phoenix America/Anchorage Pacific/Honolulu "
    "America/Puerto_Rico America/Halifax America/St_Johns America/Mexico_City America/Havana America/Bogota America/Lima "
    "America/Caracas America/La_Paz America/Santiago America/Asuncion America/Sao_Paulo America/Argentina/Buenos_Aires "
    "America/Noronha Atlantic/Azores Atlantic/Cape_Verde Europe/London Europe/Paris Europe/Athens Europe/Moscow UTC "
    "Africa/Lagos Africa/Cairo Africa/Johannesburg Africa/Nairobi Africa/Casablanca Asia/Jerusalem Asia/Beirut Asia/Tehran "
    "Asia/Dubai Asia/Kabul Asia/Karachi Asia/Kolkata Asia/Kathmandu Asia/Dhaka Asia/Yangon Asia/Bangkok Asia/Shanghai "
    "Asia/Tokyo Australia/Perth Australia/Darwin Australia/Adelaide Australia/Brisbane Australia/Sydney Pacific/Guam "
    "Pacific/Noumea Pacific/Auckland Pacific/Fiji Pacific/Tongatapu Pacific/Pago_Pago America/Regina Europe/Istanbul"
).split()


@dataclass(frozen=True, slots=True)
class Observance:
    """A STANDARD or DAYLIGHT part: from `start` (local, in the old offset) the offset is `after`, by rule or on dates."""

    start: datetime
    before: timedelta
    after: timedelta
    rule: Rule | None = None
    also: tuple[datetime, ...] = ()


def read_observances(lines: Iterable[Line]) -> tuple[Observance, ...]:
    """The observances among the lines of one VTIMEZONE; those that can't be read are left out."""
    found, inside = [], []
    for line in lines:
        if line.name == "BEGIN":
            inside = []
        elif line.name == "END":
            part = _observance(inside)
            if part is not None:
                found.append(part)
            inside = []
        else:
            inside.append(line)
    return tuple(found)


def _observance(lines: list[Line]) -> Observance | None:
    said = {line.name: line.value for line in lines}
    start, before, after = moment(said.get("DTSTART", "")), *map(_offset, (said.get("TZOFFSETFROM"), said.get("TZOFFSETTO")))
    if not isinstance(start, datetime) or after is None:
        return None
    also = (moment(part) for line in lines if line.name == "RDATE" for part in line.value.split(",")[:_MAX_ONSETS])
    return Observance(
        start.replace(tzinfo=None),
        after if before is None else before,
        after,
        _yearly(said.get("RRULE", "")),
        tuple(at.replace(tzinfo=None) for at in also if isinstance(at, datetime)),
    )


def _yearly(text: str) -> Rule | None:
    """A rule that may change the clock: a yearly one, its UNTIL without zone (it decides about a day at most)."""
    rule = read(text)
    if rule is None or rule.freq != "YEARLY":
        return None
    return replace(rule, until=rule.until.replace(tzinfo=None)) if isinstance(rule.until, datetime) else rule


def _offset(text: str | None) -> timedelta | None:
    found = _OFFSET.fullmatch(text or "")
    if found is None:
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    if size >= timedelta(days=1):
        return None
    return -size if found[1] == "-" else size


def offset_at(observances: Sequence[Observance], local: datetime) -> timedelta:
    """The offset from UTC at a local time without zone. Before the first change: that of the first observance."""
    begun = ((onset, part.after) for part in observances for onset in _last_onset(part, local))
    latest = max(begun, default=None, key=lambda pair: pair[0])
    if latest is not None:
        return latest[1]
    return min(observances, key=attrgetter("start")).before if observances else _NO_OFFSET


def _last_onset(part: Observance, local: datetime) -> Iterator[datetime]:
    if part.start <= local:
        yield part.start
    yield from (at for at in part.also if at <= local)
    if part.rule is not None and part.start <= local:
        # Two years back holds the last onset of any yearly rule.
        yield from list(dates(part.rule, part.start, max(part.start, local - timedelta(days=800)), local))[-1:]


def like(observances: Sequence[Observance], around: Iterable[datetime]) -> str | None:
    """The IANA zone that has the same offsets as these observances, the year round in the years of `around`."""
    years = sorted({at.year for at in around})[-3:]
    samples = [datetime(year, 1, 1, 12) + timedelta(weeks=week) for year in years for week in range(53)]  # noqa: DTZ001
    wanted = [offset_at(observances, at) for at in samples]
    if not observances or not samples:
        return None
    for name in _CANDIDATES:
        zone = ZoneInfo(name)
        if all(at.replace(tzinfo=zone).utcoffset() == offset for at, offset in zip(samples, wanted, strict=True)):
            return name
    return None


class OwnOffsets(tzinfo):
    """The zone of observances that no IANA zone is like."""

    def __init__(self, observances: Sequence[Observance]) -> None:
        """`observances`: at least one."""
        self._observances = observances

    def utcoffset(self, at: datetime | None) -> timedelta:
        return offset_at(self._observances, at.replace(tzinfo=None)) if at else _NO_OFFSET

    def dst(self, at: datetime | None) -> None:
        return None

    def tzname(self, at: datetime | None) -> None:
        return None


@lru_cache(maxsize=64)
def write(tzid: str, first_year: int) -> str:
    """The VTIMEZONE of an IANA zone, right from the year `first_year` on; folded, with CRLF."""
    zone = ZoneInfo(tzid)
    begin = datetime(first_year, 1, 1, tzinfo=zone)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{tzid}", *_base(begin)]
    changes = list(_changes(zone, first_year))
    by_kind = attrgetter("before", "after", "name", "summer")
    for _, alike in groupby(sorted(changes, key=by_kind), key=by_kind):
        lines += _written(list(alike))
    return "".join(map(fold, [*lines, "END:VTIMEZONE"]))


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of the clock: `local` is the wall clock time in the old offset."""

    local: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool


def _base(begin: datetime) -> list[str]:
    """The offset that holds before the first change."""
    offset = begin.utcoffset() or _NO_OFFSET
    change = _Change(begin.replace(tzinfo=None), offset, offset, begin.tzname() or "", (begin.dst() or _NO_OFFSET) > _NO_OFFSET)
    return _part(change, [])


def _changes(zone: tzinfo, first_year: int) -> Iterator[_Change]:
    """All changes of a zone's clock from `first_year` to the horizon, found by halving the weeks in which they lie."""
    at, end, week = datetime(first_year, 1, 1, tzinfo=UTC), datetime(HORIZON, 12, 31, tzinfo=UTC), timedelta(days=7)
    while at < end:
        low, high = at, at + week
        if _state(low, zone) != _state(high, zone):
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
                low, high = (middle, high) if _state(middle, zone) == _state(low, zone) else (low, middle)
            before, after = low.astimezone(zone), high.astimezone(zone)
            offset, name = _state(high, zone)
            # Ireland's zone data has summer time as the standard one; what people call it goes by the clock.
            summer = offset > _state(low, zone)[0] and before.dst() != after.dst()
            yield _Change((high + _state(low, zone)[0]).replace(tzinfo=None), _state(low, zone)[0], offset, name, summer)
        at += week


def _state(at: datetime, zone: tzinfo) -> tuple[timedelta, str]:
    local = at.astimezone(zone)
    return local.utcoffset() or _NO_OFFSET, local.tzname() or ""


def _written(changes: list[_Change]) -> list[str]:
    """Changes of one kind: those that follow a yearly rule up to the horizon as that rule, the others by date."""
    ruled = 0
    if changes[-1].local.year == HORIZON:
        while ruled < len(changes) and _yearly_rule(changes[-ruled - 1 :]):
            ruled += 1
    if ruled < 3:  # noqa: PLR2004 - two dates fit many rules
        ruled = 0
    single, regular = changes[: len(changes) - ruled], changes[len(changes) - ruled :]
    lines = []
    if single:
        also = [change.local for change in single[1:]]
        lines += _part(single[0], [write_moment("RDATE", *also)] if also else [])
    if regular:
        lines += _part(regular[0], ["RRULE:" + _yearly_rule(regular)])
    return lines


def _yearly_rule(changes: list[_Change]) -> str:
    """The rule that gives just these changes, one a year, or an empty text."""
    first = changes[0].local
    whens = [change.local for change in changes]
    if [at.year for at in whens] != list(range(first.year, first.year + len(whens))):
        return ""
    if {(at.month, at.weekday(), at.time()) for at in whens} != {(first.month, first.weekday(), first.time())}:
        return ""
    # Last first: the last Sunday of March is now the fourth, now the fifth.
    for ordinal in (-1, 1, 2, 3, 4):
        if all(ordinal == (-1 if ordinal < 0 and _is_last(at) else (at.day - 1) // 7 + 1) for at in whens):
            return f"FREQ=YEARLY;BYMONTH={first.month};BYDAY={ordinal}{_WEEKDAYS[first.weekday()]}"
    return ""


def _is_last(at: datetime) -> bool:
    return (at + timedelta(days=7)).month != at.month


def _part(change: _Change, when: list[str]) -> list[str]:
    kind = "DAYLIGHT" if change.summer else "STANDARD"
    return [
        f"BEGIN:{kind}",
        write_moment("DTSTART", change.local),
        *when,
        f"TZOFFSETFROM:{_write_offset(change.before)}",
        f"TZOFFSETTO:{_write_offset(change.after)}",
        f"TZNAME:{change.name}",
        f"END:{kind}",
    ]


def _write_offset(offset: timedelta) -> str:
    seconds = int(abs(offset).total_seconds())
    text = f"{'-' if offset < _NO_OFFSET else '+'}{seconds // 3600:02}{seconds // 60 % 60:02}"
    return text + (f"{seconds % 60:02}" if seconds % 60 else "")
