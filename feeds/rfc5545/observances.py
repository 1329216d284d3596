"""What a stranger's VTIMEZONE says (RFC 5545, 3.6.5).

A zone is known by its name wherever possible. What a VTIMEZONE says is asked only when its TZID names no zone that IANA
knows: then the IANA zone that gives the same offsets stands for it, and where there is none its own offsets are used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from feeds.rfc5545.lines import Line
from feeds.rfc5545.rule_dates import dates
from feeds.rfc5545.rules import Rule
from feeds.rfc5545.rules import read as read_rule
from feeds.rfc5545.values import moment

_MAX_ONSETS = 400
_OFFSET = re.compile(r"\s*([+-]?)(\d\d):?(\d\d)(?::?(\d\d))?\s*", re.ASCII)
_NO_OFFSET = timedelta(0)

# One zone for each of today's sets of rules, the commonest in our members' countries first.
_CANDIDATES = """
    America/New_York America/Chicago America/Denver America/Los_Angeles America/Phoenix America/Anchorage
    Pacific/Honolulu America/Puerto_Rico America/Halifax America/St_Johns America/Mexico_City America/Havana
    America/Bogota America/Lima America/Caracas America/La_Paz America/Santiago America/Asuncion America/Sao_Paulo
    America/Argentina/Buenos_Aires America/Noronha Atlantic/Azores Atlantic/Cape_Verde Europe/London Europe/Paris
    Europe/Athens Europe/Moscow UTC Africa/Lagos Africa/Cairo Africa/Johannesburg Africa/Nairobi Africa/Casablanca
    Asia/Jerusalem Asia/Beirut Asia/Tehran Asia/Dubai Asia/Kabul Asia/Karachi Asia/Kolkata Asia/Kathmandu
    Asia/Dhaka Asia/Yangon Asia/Bangkok Asia/Shanghai Asia/Tokyo Australia/Perth Australia/Darwin
    Australia/Adelaide Australia/Brisbane Australia/Sydney Pacific/Guam Pacific/Noumea Pacific/Auckland
    Pacific/Fiji Pacific/Tongatapu Pacific/Pago_Pago America/Regina Europe/Istanbul
""".split()  # noqa: SIM905 - a list of names, one line each, would fill a screen


@dataclass(frozen=True, slots=True)
class Observance:
    """A STANDARD or DAYLIGHT part: from `start` (in the old offset) the offset is `after`, again by rule or dates."""

    start: datetime
    before: timedelta
    after: timedelta
    standard: bool
    rule: Rule | None = None
    also: tuple[datetime, ...] = ()


def read(lines: Iterable[Line]) -> tuple[Observance, ...]:
    """The observances among the lines of one VTIMEZONE; those that can't be read are left out."""
    found: list[Observance | None] = []
    inside: list[Line] = []
    for line in lines:
        if line.name == "BEGIN":
            inside = []
        elif line.name == "END":
            found.append(_observance(inside, standard=line.value.strip().upper() == "STANDARD"))
        else:
            inside.append(line)
    return tuple(part for part in found if part is not None)


def _observance(lines: list[Line], *, standard: bool) -> Observance | None:
    said = {line.name: line.value for line in lines}
    start, before, after = (
        moment(said.get("DTSTART", "")),
        *map(_offset, (said.get("TZOFFSETFROM"), said.get("TZOFFSETTO"))),
    )
    if not isinstance(start, datetime) or after is None:
        return None
    also = (moment(part) for line in lines if line.name == "RDATE" for part in line.value.split(",")[:_MAX_ONSETS])
    return Observance(
        start.replace(tzinfo=None),
        after if before is None else before,
        after,
        standard,
        _yearly(said.get("RRULE", "")),
        tuple(at.replace(tzinfo=None) for at in also if isinstance(at, datetime)),
    )


def _yearly(text: str) -> Rule | None:
    """A rule that may change the clock: a yearly one, its UNTIL without zone (it decides about a day at most)."""
    rule = read_rule(text)
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
    """The offset from UTC at a local time without zone. Before the first change: that of standard time."""
    begun = ((onset, part.after) for part in observances for onset in _last_onset(part, local))
    latest = max(begun, default=None, key=lambda pair: pair[0])
    if latest is not None:
        return latest[1]
    first = min(observances, default=None, key=lambda part: (not part.standard, part.start))
    return _NO_OFFSET if first is None else first.after if first.standard else first.before


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
        """Not told."""

    def tzname(self, at: datetime | None) -> None:
        """Not told."""
