"""VTIMEZONE components of our own (RFC 5545, 3.6.5).

Unlike those of the icalendar library they say yearly rules as rules, and give an onset in the offset that ends there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from feeds.rfc5545.lines import fold
from feeds.rfc5545.values import write_moment

HORIZON = 2037
"""The last year for which changes of the clock are looked up; rules without end go on after it."""
_NO_OFFSET = timedelta(0)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


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
    change = _Change(
        begin.replace(tzinfo=None), offset, offset, begin.tzname() or "", (begin.dst() or _NO_OFFSET) > _NO_OFFSET
    )
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
            yield _change(low, high, zone)
        at += week


def _change(low: datetime, high: datetime, zone: tzinfo) -> _Change:
    """The change between two moments (UTC) a second apart."""
    (before, _), (after, name) = _state(low, zone), _state(high, zone)
    # Ireland's zone data has summer time as the standard one; what people call it goes by the clock.
    summer = after > before and low.astimezone(zone).dst() != high.astimezone(zone).dst()
    return _Change((high + before).replace(tzinfo=None), before, after, name, summer)


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
