"""Repeating events → the days they fall on (RFC 5545, 3.8.5).

A single date, by far the commonest, is answered from the event alone; a series without changed dates is what its rules
and RDATEs give without its EXDATEs. One with changed dates goes through recurring-ical-events, which knows how these,
ranges of them and sequence numbers go together. The rules themselves are always computed by us (rfc5545/rule_dates.py),
so that no rule, however it is written, takes longer than its window is wide.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from itertools import islice

from feeds.model import Event, Occurrence, Status
from feeds.rfc5545 import places, rules, schedule
from feeds.rfc5545.components import read_own
from feeds.rfc5545.rule_dates import dates
from feeds.rfc5545.schedule import Moment, Schedule, end_of, in_wall_time
from feeds.rfc5545.values import text
from feeds.rfc5545.zones import zone_info

MAX_OCCURRENCES = 10_000
"""Of one event in one window."""
MAX_OF_CALENDAR = 50_000
"""Of all events of a calendar in one window."""

_DAY = timedelta(days=1)
_MARGIN = 60
"""Occurrences that may lie in the day before and after a window, and are looked at all the same."""
_STATUS: dict[str, Status] = {"CANCELLED": "cancelled", "TENTATIVE": "tentative", "CONFIRMED": "confirmed"}


def expand(event: Event, start: int, end: int, zone: str, most: int = MAX_OCCURRENCES) -> tuple[Occurrence, ...]:
    """The occurrences that overlap [start, end) (UTC seconds), first to last, at most `most`.

    `zone` (IANA) is where floating times and whole days are, unless the event has a zone of its own. An occurrence
    without duration belongs to the window that holds its start. Single dates that were called off are kept with the
    status `cancelled`, so that people who planned to come see it; dates taken out of the series (EXDATE) are not.
    A rule that is refused (see `rules.read`) leaves the event its first date.
    """
    home = zone_info(event.timezone or "") or zone_info(zone) or UTC
    try:
        if event.rrule is None and not schedule.repeats(event.ical):
            found = [_occurrence(event, None, event.start, event.end, home)]
        else:
            window = datetime.fromtimestamp(start, UTC) - _DAY, datetime.fromtimestamp(end, UTC) + _DAY
            enough = min(most + _MARGIN, MAX_OCCURRENCES)
            found = [_occurrence(event, *dated, home) for dated in islice(_series(event, window, home, enough), enough)]
    except (OverflowError, ValueError):  # past the year 9999
        return ()
    inside = sorted((one for one in found if _overlaps(one, start, end)), key=lambda one: (one.start, one.end))
    return tuple(inside[:most])


def expand_all(events: Iterable[Event], start: int, end: int, zone: str) -> tuple[Event, ...]:
    """The events of a calendar, each with its occurrences in the window; see `expand`.

    Thousands of series that take place every hour would cost minutes: once they have 50,000 occurrences together, each
    further series has only its first in the window.
    """
    left, done = MAX_OF_CALENDAR, []
    for event in events:
        found = expand(event, start, end, zone, most=max(1, min(left, MAX_OCCURRENCES)))
        left -= len(found)
        done.append(replace(event, occurrences=found))
    return tuple(done)


@dataclass(frozen=True, slots=True)
class _Part:
    """One VEVENT of a series. The texts are those of a changed date, empty where it has none of its own."""

    when: Schedule
    title: str = ""
    venue: str = ""
    status: str = ""


def _series(
    event: Event, window: tuple[datetime, datetime], home: tzinfo, enough: int
) -> Iterator[tuple[_Part, Moment, Moment]]:
    """Start and end of what takes place in a window (UTC), with its VEVENT; of a rule, the first `enough`."""
    first, *changes = _parts(event, home)
    if changes or first.when.instance is not None:
        from feeds.rfc5545 import changed  # noqa: PLC0415 - its library is slow to import, and few series need it

        yield from changed.between([(part, part.when) for part in (first, *changes)], window)
    else:
        yield from ((first, begin, end) for begin, end in _unchanged(first.when, window, enough))


def _unchanged(when: Schedule, window: tuple[datetime, datetime], enough: int) -> Iterator[tuple[Moment, Moment]]:
    """Start and end of the dates of a series of which none was changed, in order; compared in the wall clock time."""
    start, zone = _wall(when.start), getattr(when.start, "tzinfo", None)
    length = end_of(when) - when.start
    after, before = ((at.astimezone(zone) if zone else at).replace(tzinfo=None) for at in window)
    given = [in_wall_time(rule, zone) for rule in when.rules]
    found = {at: length for rule in given for at in islice(dates(rule, start, after - length, before), enough)}
    untils = [_wall(rule.until) for rule in given if rule.until is not None]
    if not untils or start <= max(untils):
        found[start] = length
    found |= {_wall(at): own or length for at, own in when.also}
    for at in sorted({*found} - {*map(_wall, when.except_for)}):
        if at + found[at] < after or before < at:
            continue
        begin = at.replace(tzinfo=zone) if isinstance(when.start, datetime) else at.date()
        yield begin, begin + found[at]


def _wall(at: Moment) -> datetime:
    return at.replace(tzinfo=None) if isinstance(at, datetime) else datetime.combine(at, time.min)


def _parts(event: Event, home: tzinfo) -> list[_Part]:
    """The VEVENTs of `event.ical`; one made from the event's fields when there is no such text."""
    parts = []
    if schedule.repeats(event.ical):
        for lines in read_own(event.ical):
            when = schedule.read(lines, zone_info, None)
            if when is not None:
                said = {} if when.instance is None else {line.name: text(line.value) for line in lines}
                venue = places.split(said.get("LOCATION", "")).venue
                parts.append(_Part(when, said.get("SUMMARY", ""), venue, said.get("STATUS", "")))
    if not parts:
        rule = rules.read(event.rrule or "")
        repeats = () if rule is None else (schedule.aligned_rule(rule, event.start),)
        parts = [_Part(Schedule(start=event.start, end=event.end, rules=repeats))]
    return [_Part(schedule.localized(part.when, home), part.title, part.venue, part.status) for part in parts]


def _occurrence(event: Event, part: _Part | None, start: Moment, end: Moment | None, home: tzinfo) -> Occurrence:
    all_day = not isinstance(start, datetime)
    begin = _seconds(start, home)
    if end is None:
        end = start + _DAY if all_day else start
    return Occurrence(
        start=begin,
        end=max(begin, _seconds(end, home)),
        all_day=all_day,
        title=part.title if part and part.title else event.title,
        venue=part.venue if part and part.venue else event.venue,
        status=_STATUS.get(part.status, event.status) if part else event.status,
    )


def _seconds(at: Moment, home: tzinfo) -> int:
    """UTC seconds; whole days and floating times are those of `home`."""
    moment = at if isinstance(at, datetime) else datetime.combine(at, time.min)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=home)).timestamp())


def _overlaps(found: Occurrence, start: int, end: int) -> bool:
    if found.start == found.end:
        return start <= found.start < end
    return found.start < end and start < found.end
