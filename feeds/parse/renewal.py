"""How often a feed says that it is worth reading again, and when not: RSS 2.0's `ttl`, `skipHours` and `skipDays`, and
the syndication module of RSS 1.0 (`sy:updatePeriod`, `sy:updateFrequency`).

What is no number, no day, or beyond all measure counts as not said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_TTL = 366 * 86_400

_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800, "monthly": 2_592_000, "yearly": 31_536_000}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORTEST_DAY = 3  # "Mon"
_NUMBER = re.compile(r"\s*+(\d{1,9})(?:\.\d*+)?\s*+", re.ASCII)
_MIDNIGHT = 24


def ttl(minutes: str, period: str = "", frequency: str = "") -> int | None:
    """Seconds for which the feed need not be read again: the longer of RSS' `ttl` and the period divided by its
    frequency (1 when not given). None when neither is said.
    """
    told = [bounded((_number(minutes) or 0) * 60)]
    length = _PERIODS.get(period.strip().lower())
    times = _number(frequency) if frequency.strip() else 1
    if length and times:
        told.append(bounded(length // times))
    return max((seconds for seconds in told if seconds), default=None)


def bounded(seconds: float) -> int | None:
    """Whole seconds, if they are more than none and no more than a year."""
    return int(seconds) if 1 <= seconds <= MAX_TTL else None


def hours(texts: Iterable[str]) -> tuple[int, ...]:
    """The hours of `skipHours`, UTC, in order; 24 is midnight, as RSS 0.91 had it."""
    numbers = (_number(text) for text in texts)
    return tuple(sorted({number % _MIDNIGHT for number in numbers if number is not None and number <= _MIDNIGHT}))


def days(texts: Iterable[str]) -> tuple[int, ...]:
    """The days of `skipDays` by their English names in any case, Monday 0, in order."""
    found = {_day(text.strip().lower()) for text in texts}
    return tuple(sorted(day for day in found if day is not None))


def _day(called: str) -> int | None:
    if len(called) < _SHORTEST_DAY:
        return None
    return next((number for number, day in enumerate(_DAYS) if day.startswith(called)), None)


def _number(text: str) -> int | None:
    found = _NUMBER.fullmatch(text)
    return int(found[1]) if found else None
