"""When a source is worth reading again. Pure: the time is an argument, and the jitter comes from a seed.

A source that answers is asked in step with its own rhythm: a feed with a post a day every hour, one with a post a month
once a day. A source that fails is asked ever more rarely, up to once a day, so that it recovers by itself and costs
nothing meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

MINUTE, HOUR, DAY = 60, 3600, 86_400
SOONEST, LATEST = 15 * MINUTE, DAY
UNKNOWN_WAIT = 2 * HOUR
"""For sources whose entries have no dates, such as calendars."""
RECENT = 10
"""How many of the newest entries show the rhythm."""
LOOKS_PER_ENTRY = 24
"""How often a source is asked per entry that it brings: news is late by 1/48 of the usual gap, on average."""
JITTER = 0.1
"""Up to this part is added, so that sources added together are not asked together for ever."""
FIRST_RETRY = 30 * MINUTE


def rhythm(published: Iterable[int], *, now: int) -> int | None:
    """Seconds from one entry to the next of a feed whose entries were published at these moments, in any order.

    The mean of the newest entries' gaps, in which the silence since the last one counts as a gap, so that a feed that
    falls asleep slows down. None when no entry has a date that can be (calendars; dates in the future).
    """
    newest = sorted({moment for moment in published if 0 < moment <= now}, reverse=True)[:RECENT]
    return (now - newest[-1]) // len(newest) if newest else None


def next_due(
    *,
    now: int,
    seed: int | str,
    rhythm: int | None,
    failures: int = 0,
    retry_after: int | None = None,
    told: int | None = None,
) -> int:
    """The moment (UTC seconds) from which a source should be asked again: 15 minutes to 24 hours from `now`.

    `seed`: what stays with the source, such as its number. `rhythm`: seconds from one entry to the next. `failures`: in
    a row, the one just now included; 0 when it answered. `retry_after`: for how many seconds the server asks to be left
    alone. `told`: for how many seconds the publisher says that the document stays fresh (ttl, max-age).
    """
    if failures > 0:
        wait, wish = FIRST_RETRY << min(failures - 1, 10), retry_after
    else:
        wait, wish = UNKNOWN_WAIT if rhythm is None else rhythm // LOOKS_PER_ENTRY, told
    wait = max(SOONEST, min(wait, round(LATEST / (1 + JITTER))))
    wait += round(wait * JITTER * _fraction(seed, failures))
    return now + min(max(wait, wish or 0), LATEST)


def _fraction(seed: int | str, failures: int) -> float:
    """A number from 0 to 1 that differs from source to source."""
    digest = blake2b(f"{failures}/{seed}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
