"""When a source is asked again: in step with its rhythm, more rarely when it fails, never under 15 minutes or over a day."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.schedule import next_due, rhythm

NOW = 1_780_000_000
MINUTE, HOUR, DAY = 60, 3600, 86_400


def daily(count: int, gap: int, silence: int = 0) -> list[int]:
    """Moments so far apart, the last of them so long ago."""
    return [NOW - silence - number * gap for number in range(1, count + 1)]


RHYTHMS: dict[str, tuple[list[int], int | None]] = {
    "nothing": ([], None),
    "only the future": ([NOW + DAY], None),
    "dates that are none": ([0, -5], None),
    "hourly": (daily(10, HOUR), HOUR),
    "daily": (daily(10, DAY), DAY),
    "daily for long": (daily(100, DAY), DAY),
    "weekly": (daily(10, 7 * DAY), 7 * DAY),
    "one entry": (daily(1, DAY), DAY),
    "fallen asleep": (daily(10, DAY, silence=90 * DAY), 10 * DAY),
    "announced ahead": ([*daily(10, DAY), NOW + DAY, NOW + 400 * DAY], DAY),
    "all at once": ([NOW - DAY] * 10, DAY),
    "oldest first": (sorted(daily(10, DAY)), DAY),
    "just now": ([NOW], 0),
}


@pytest.mark.parametrize("kind", RHYTHMS)
def test_rhythm(kind: str) -> None:
    """The mean gap of the ten newest entries, the silence since the last included; dates in the future do not count."""
    published, expected = RHYTHMS[kind]
    assert expected == rhythm(published, now=NOW)


@pytest.mark.parametrize(
    ("known", "least", "most"),
    [
        ({"rhythm": None}, 2 * HOUR, 2.2 * HOUR),
        ({"rhythm": 0}, 15 * MINUTE, 16.5 * MINUTE),
        ({"rhythm": HOUR}, 15 * MINUTE, 16.5 * MINUTE),
        ({"rhythm": DAY}, HOUR, 1.1 * HOUR),
        ({"rhythm": 7 * DAY}, 7 * HOUR, 7.7 * HOUR),
        ({"rhythm": 365 * DAY}, 21 * HOUR, DAY),
        ({"rhythm": DAY, "told": 60}, HOUR, 1.1 * HOUR),
        ({"rhythm": DAY, "told": 0}, HOUR, 1.1 * HOUR),
        ({"rhythm": DAY, "told": 3 * HOUR}, 3 * HOUR, 3 * HOUR),
        ({"rhythm": DAY, "told": 365 * DAY}, DAY, DAY),
        ({"rhythm": DAY, "failures": 1}, 30 * MINUTE, 33 * MINUTE),
        ({"rhythm": DAY, "failures": 2}, HOUR, 1.1 * HOUR),
        ({"rhythm": DAY, "failures": 3}, 2 * HOUR, 2.2 * HOUR),
        ({"rhythm": DAY, "failures": 5}, 8 * HOUR, 8.8 * HOUR),
        ({"rhythm": DAY, "failures": 6}, 16 * HOUR, 17.6 * HOUR),
        ({"rhythm": DAY, "failures": 7}, 21 * HOUR, DAY),
        ({"rhythm": DAY, "failures": 5000}, 21 * HOUR, DAY),
        ({"rhythm": DAY, "failures": 1, "retry_after": 60}, 30 * MINUTE, 33 * MINUTE),
        ({"rhythm": DAY, "failures": 1, "retry_after": 5 * HOUR}, 5 * HOUR, 5 * HOUR),
        ({"rhythm": DAY, "failures": 1, "retry_after": 90 * DAY}, DAY, DAY),
        ({"rhythm": DAY, "failures": 1, "told": 5 * HOUR}, 30 * MINUTE, 33 * MINUTE),
    ],
    ids=str,
)
def test_next_due(known: dict[str, int | None], least: float, most: float) -> None:
    """Rhythm, the publisher's wish, failures and Retry-After each have their say, within bounds."""
    waits = [next_due(now=NOW, seed=seed, **known) - NOW for seed in range(200)]  # type: ignore[arg-type]
    assert least <= min(waits) <= max(waits) <= most


@given(
    seed=st.integers() | st.text(),
    rhythm=st.none() | st.integers(0, 10**10),
    failures=st.integers(0, 10**6),
    retry_after=st.none() | st.integers(0, 10**10),
    told=st.none() | st.integers(0, 10**10),
)
def test_bounds(seed: int | str, rhythm: int | None, failures: int, retry_after: int | None, told: int | None) -> None:
    """Whatever a feed says, it is asked again between 15 minutes and a day from now, and at the same moment each time."""
    due = {
        next_due(now=NOW, seed=seed, rhythm=rhythm, failures=failures, retry_after=retry_after, told=told)
        for _ in range(2)
    }
    assert len(due) == 1
    assert 15 * MINUTE <= due.pop() - NOW <= DAY


def test_sources_drift_apart() -> None:
    """A thousand sources that were added in one import are not asked in one moment ever after."""
    dues = [next_due(now=NOW, seed=seed, rhythm=7 * DAY) for seed in range(1000)]
    assert max(dues) - min(dues) > 0.09 * 7 * HOUR
    assert len(set(dues)) > 500
