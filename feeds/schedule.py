"""When a source, or a whole site, is worth asking again. Pure: the time is an argument, the jitter comes from a seed.

A source that answers is asked in step with its own rhythm: a feed with a post a day every hour, one with a post a month
once a day. A source that fails is asked ever more rarely, up to once a day, so that it recovers by itself and costs
nothing meanwhile. Whatever a publisher asks for is granted, but never more than a day of silence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import blake2b
from itertools import pairwise
from statistics import median_low

MINUTE, HOUR, DAY = 60, 3600, 86_400
SOONEST, LATEST = 15 * MINUTE, DAY
UNKNOWN_WAIT = 2 * HOUR
"""For sources whose entries have no dates, such as calendars."""
PUSHED_WAIT = 12 * HOUR
"""For sources whose hub tells us what is new: asking only finds out whether the hub still does."""
RECENT = 10
"""How many of the newest entries show the rhythm."""
FEWEST = 3
"""How many dated entries it takes to say what is usual."""
LOOKS_PER_ENTRY = 24
"""How often a source is asked per entry that it brings: news is late by 1/48 of the usual gap, on average."""
JITTER = 0.1
"""Up to this part is added, so that sources added together are not asked together for ever."""
FIRST_RETRY = 30 * MINUTE
SHORTEST_PAUSE, FIRST_PAUSE, LONGEST_PAUSE = MINUTE, 5 * MINUTE, 6 * HOUR
"""Of a whole site: at least so long when it names a time, and from the second to the third when it names none."""

_HOURS, _WEEKDAYS = 24, 7
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday
_MAX_DOUBLINGS = 10


def rhythm(published: Iterable[int], *, now: int) -> int | None:
    """Seconds from one entry to the next of a feed whose entries were published at these moments, in any order.

    The mean of the newest entries' gaps, in which the silence since the last one counts as a gap, so that a feed that
    falls asleep slows down. None when no entry has a date that can be (calendars; dates in the future).
    """
    newest = _newest(published, now)
    return (now - newest[-1]) // len(newest) if newest else None


def usual(published: Iterable[int], *, now: int) -> int | None:
    """Seconds from one entry to the next while the feed was awake: the silence since the last one does not count.

    The median of the newest entries' gaps, so that one summer break changes nothing. None with fewer than three dates
    that can be, which show no habit.
    """
    newest = _newest(published, now)
    if len(newest) < FEWEST:
        return None
    return median_low(later - earlier for later, earlier in pairwise(newest))


def _newest(published: Iterable[int], now: int) -> list[int]:
    """The latest moments that can be, each once, the last one first."""
    return sorted({moment for moment in published if 0 < moment <= now}, reverse=True)[:RECENT]


def next_due(
    *,
    now: int,
    seed: int | str,
    rhythm: int | None,
    failures: int = 0,
    retry_after: int | None = None,
    told: int | None = None,
    skip_hours: Collection[int] = (),
    skip_days: Collection[int] = (),
    pushed: bool = False,
) -> int:
    """The moment (UTC seconds) from which a source should be asked again: 15 minutes to 24 hours from `now`.

    `seed`: what stays with the source, such as its number. `rhythm`: seconds from one entry to the next. `failures`: in
    a row, the one just now included; 0 when it answered. `retry_after`: for how many seconds the server asks to be left
    alone; it counts after a failure. `told`: for how many seconds the publisher says that the document stays fresh (ttl,
    max-age); it counts after an answer. `skip_hours` (0 to 23) and `skip_days` (Monday 0), both UTC: when nobody need
    look (RSS 2.0, skipHours and skipDays). `pushed`: a hub brings what is new and is known to do so.
    """
    if failures > 0:
        wait, wish = _doubled(FIRST_RETRY, failures), retry_after
    else:
        wait, wish = UNKNOWN_WAIT if rhythm is None else rhythm // LOOKS_PER_ENTRY, told
        wait = max(wait, PUSHED_WAIT) if pushed else wait
    wait = max(SOONEST, min(wait, round(LATEST / (1 + JITTER))), min(wish or 0, LATEST))
    wait = min(wait + round(wait * JITTER * _fraction(seed, failures)), LATEST)
    return min(_outside(now + wait, skip_hours, skip_days), now + LATEST)


def host_pause(*, failures: int, retry_after: int | None, now: int, seed: int | str) -> int:
    """The moment (UTC seconds) until which a whole site is left alone that has just answered 429 or 503.

    `failures`: such answers in a row, this one included. `retry_after`: for how many seconds it asks to be left alone,
    granted from a minute to a day. Without it: 5 minutes, then twice as long each time, up to 6 hours.
    """
    if retry_after is not None:
        return now + min(max(retry_after, SHORTEST_PAUSE), LATEST)
    wait = _doubled(FIRST_PAUSE, failures)
    return now + min(wait + round(wait * JITTER * _fraction(seed, failures)), LONGEST_PAUSE)


def skip_text(hours: Iterable[int], days: Iterable[int]) -> str:
    """Hours and days without news as one short text, "h1,2d5,6"; empty when there are none."""
    return "".join(
        mark + ",".join(map(str, kept))
        for mark, kept in (("h", _within(hours, _HOURS)), ("d", _within(days, _WEEKDAYS)))
        if kept
    )


def skip_of(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The hours and days that `skip_text` wrote; what it can't have written counts as none."""
    hours, _, days = text.removeprefix("h").partition("d")
    return _within(_numbers(hours), _HOURS), _within(_numbers(days), _WEEKDAYS)


def _numbers(listed: str) -> list[int]:
    return [int(part) for part in listed.split(",") if part.isascii() and part.isdigit() and len(part) <= 2]  # noqa: PLR2004


def _within(numbers: Iterable[int], end: int) -> tuple[int, ...]:
    return tuple(sorted({number for number in numbers if 0 <= number < end}))


def _outside(due: int, skip_hours: Collection[int], skip_days: Collection[int]) -> int:
    """The first moment from `due` on that is in no hour and no day to skip; all hours, or all days, count as none."""
    hours, days = _within(skip_hours, _HOURS), _within(skip_days, _WEEKDAYS)
    hours, days = () if len(hours) == _HOURS else hours, () if len(days) == _WEEKDAYS else days
    while due // HOUR % _HOURS in hours or (due // DAY + _EPOCH_WEEKDAY) % _WEEKDAYS in days:
        due += HOUR - due % HOUR
    return due


def _doubled(first: int, failures: int) -> int:
    return first << min(max(failures - 1, 0), _MAX_DOUBLINGS)


def _fraction(seed: int | str, failures: int) -> float:
    """A number from 0 to 1 that differs from source to source."""
    digest = blake2b(f"{failures}/{seed}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
