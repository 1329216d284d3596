"""When a source is asked again: in step with its rhythm, more rarely when it fails, never under 15 minutes or over a day."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.schedule import host_pause, next_due, rhythm, skip_of, skip_text, usual

NOW = 1_780_000_000
"""Thursday, 28 May 2026, 20:26:40 UTC"""
MINUTE, HOUR, DAY = 60, 3600, 86_400
THURSDAY, FRIDAY, SATURDAY, SUNDAY = 3, 4, 5, 6
ALL_DAY = tuple(range(24))
WHEN = {"20": 0, "21": 2000, "22": 2000 + HOUR, "Friday": 3 * HOUR + 2000, "Saturday": 27 * HOUR + 2000}
"""Seconds from NOW to the beginning of an hour or day."""


def moments(count: int, gap: int, silence: int = 0) -> list[int]:
    """Moments so far apart, the last of them so long ago."""
    return [NOW - silence - number * gap for number in range(1, count + 1)]


RHYTHMS: dict[str, tuple[list[int], int | None]] = {
    "nothing": ([], None),
    "only the future": ([NOW + DAY], None),
    "dates that are none": ([0, -5], None),
    "hourly": (moments(10, HOUR), HOUR),
    "daily": (moments(10, DAY), DAY),
    "daily for long": (moments(100, DAY), DAY),
    "weekly": (moments(10, 7 * DAY), 7 * DAY),
    "one entry": (moments(1, DAY), DAY),
    "fallen asleep": (moments(10, DAY, silence=90 * DAY), 10 * DAY),
    "announced ahead": ([*moments(10, DAY), NOW + DAY, NOW + 400 * DAY], DAY),
    "all at once": ([NOW - DAY] * 10, DAY),
    "oldest first": (sorted(moments(10, DAY)), DAY),
    "just now": ([NOW], 0),
}


@pytest.mark.parametrize("kind", RHYTHMS)
def test_rhythm(kind: str) -> None:
    """The mean gap of the ten newest entries, the silence since the last included; dates in the future do not count."""
    published, expected = RHYTHMS[kind]
    assert expected == rhythm(published, now=NOW)


USUAL: dict[str, tuple[list[int], int | None]] = {
    "nothing": ([], None),
    "two entries are no habit": (moments(2, DAY), None),
    "nor is a whole archive moved in at one moment": ([NOW - DAY] * 10, None),
    "nor are dates that can't be": ([*moments(2, DAY), 0, -5, NOW + DAY, NOW + 2 * DAY], None),
    "three are": (moments(3, DAY), DAY),
    "silence does not count": (moments(10, DAY, silence=90 * DAY), DAY),
    "one summer break changes nothing": (moments(5, 7 * DAY) + moments(4, 7 * DAY, silence=90 * DAY), 7 * DAY),
    "two habits: the shorter, if they are even": ([NOW, NOW - HOUR, NOW - HOUR - DAY], HOUR),
    "only the newest count": (moments(10, DAY) + moments(50, HOUR, silence=20 * DAY), DAY),
    "any order": (sorted(moments(10, DAY)), DAY),
}


@pytest.mark.parametrize("kind", USUAL)
def test_usual(kind: str) -> None:
    """What is usual for a feed is the median of its newest gaps, however long it has been silent since."""
    published, expected = USUAL[kind]
    assert expected == usual(published, now=NOW)


DUE: dict[str, tuple[dict[str, Any], float, float]] = {
    "a calendar, which has no rhythm": ({"rhythm": None}, 2 * HOUR, 2.2 * HOUR),
    "something this very second": ({"rhythm": 0}, 15 * MINUTE, 16.5 * MINUTE),
    "a post an hour": ({"rhythm": HOUR}, 15 * MINUTE, 16.5 * MINUTE),
    "a post a day": ({"rhythm": DAY}, HOUR, 1.1 * HOUR),
    "a post a week": ({"rhythm": 7 * DAY}, 7 * HOUR, 7.7 * HOUR),
    "a post a year": ({"rhythm": 365 * DAY}, 21 * HOUR, DAY),
    "told less than we wait anyway": ({"rhythm": DAY, "told": 60}, HOUR, 1.1 * HOUR),
    "told nothing": ({"rhythm": DAY, "told": 0}, HOUR, 1.1 * HOUR),
    "told what can't be": ({"rhythm": DAY, "told": -DAY}, HOUR, 1.1 * HOUR),
    "told three hours": ({"rhythm": DAY, "told": 3 * HOUR}, 3 * HOUR, 3.3 * HOUR),
    "told a day": ({"rhythm": DAY, "told": DAY}, DAY, DAY),
    "told a year": ({"rhythm": DAY, "told": 365 * DAY}, DAY, DAY),
    "failed once": ({"rhythm": DAY, "failures": 1}, 30 * MINUTE, 33 * MINUTE),
    "failed twice": ({"rhythm": DAY, "failures": 2}, HOUR, 1.1 * HOUR),
    "failed three times": ({"rhythm": DAY, "failures": 3}, 2 * HOUR, 2.2 * HOUR),
    "failed five times": ({"rhythm": DAY, "failures": 5}, 8 * HOUR, 8.8 * HOUR),
    "failed six times": ({"rhythm": DAY, "failures": 6}, 16 * HOUR, 17.6 * HOUR),
    "failed seven times": ({"rhythm": DAY, "failures": 7}, 21 * HOUR, DAY),
    "failed for years": ({"rhythm": DAY, "failures": 5000}, 21 * HOUR, DAY),
    "failed, whatever the rhythm": ({"rhythm": 0, "failures": 7}, 21 * HOUR, DAY),
    "asks for a minute": ({"rhythm": DAY, "failures": 1, "retry_after": 60}, 30 * MINUTE, 33 * MINUTE),
    "asks for five hours": ({"rhythm": DAY, "failures": 1, "retry_after": 5 * HOUR}, 5 * HOUR, 5.5 * HOUR),
    "asks for 90 days": ({"rhythm": DAY, "failures": 1, "retry_after": 90 * DAY}, DAY, DAY),
    "an old wish of one that fails": ({"rhythm": DAY, "failures": 1, "told": 5 * HOUR}, 30 * MINUTE, 33 * MINUTE),
    "a hub pushes": ({"rhythm": DAY, "pushed": True}, 12 * HOUR, 13.2 * HOUR),
    "a hub pushes what has no dates": ({"rhythm": None, "pushed": True}, 12 * HOUR, 13.2 * HOUR),
    "a hub pushes once a year": ({"rhythm": 365 * DAY, "pushed": True}, 21 * HOUR, DAY),
    "a hub pushes, told a day": ({"rhythm": DAY, "pushed": True, "told": DAY}, DAY, DAY),
    "a hub pushes, but the feed fails": ({"rhythm": DAY, "pushed": True, "failures": 1}, 30 * MINUTE, 33 * MINUTE),
    "due before the hours to skip": ({"rhythm": 0, "skip_hours": (21,)}, 15 * MINUTE, 16.5 * MINUTE),
    "due in an hour to skip": ({"rhythm": 0, "skip_hours": (20,)}, WHEN["21"], WHEN["21"]),
    "two hours to skip": ({"rhythm": 0, "skip_hours": (20, 21)}, WHEN["22"], WHEN["22"]),
    "hours to skip until midnight": ({"rhythm": 0, "skip_hours": (20, 21, 22, 23)}, WHEN["Friday"], WHEN["Friday"]),
    "hours over midnight": ({"rhythm": 0, "skip_hours": (0, 20, 21, 22, 23)}, WHEN["Friday"] + HOUR, WHEN["Friday"] + HOUR),
    "all hours but one": ({"rhythm": 0, "skip_hours": ALL_DAY[:18] + ALL_DAY[19:]}, WHEN["21"] + 21 * HOUR, WHEN["21"] + 21 * HOUR),
    "all hours but the one that has passed": ({"rhythm": 0, "skip_hours": ALL_DAY[:20] + ALL_DAY[21:]}, 15 * MINUTE, 16.5 * MINUTE),
    "all hours": ({"rhythm": 0, "skip_hours": ALL_DAY}, 15 * MINUTE, 16.5 * MINUTE),
    "hours that are none": ({"rhythm": 0, "skip_hours": (24, -4, 44)}, 15 * MINUTE, 16.5 * MINUTE),
    "due on a day to skip": ({"rhythm": 0, "skip_days": (THURSDAY,)}, WHEN["Friday"], WHEN["Friday"]),
    "due before the day to skip": ({"rhythm": 0, "skip_days": (FRIDAY,)}, 15 * MINUTE, 16.5 * MINUTE),
    "more than a day to skip": ({"rhythm": 0, "skip_days": (THURSDAY, FRIDAY, SATURDAY)}, DAY, DAY),
    "all days": ({"rhythm": 0, "skip_days": range(7)}, 15 * MINUTE, 16.5 * MINUTE),
    "all days, and an hour": ({"rhythm": 0, "skip_days": range(7), "skip_hours": (20,)}, WHEN["21"], WHEN["21"]),
    "all hours, and a day": ({"rhythm": 0, "skip_days": (THURSDAY,), "skip_hours": ALL_DAY}, WHEN["Friday"], WHEN["Friday"]),
    "day and hours": ({"rhythm": 0, "skip_days": (THURSDAY,), "skip_hours": (0, 1)}, WHEN["Friday"] + 2 * HOUR, WHEN["Friday"] + 2 * HOUR),
    "failed in an hour to skip": ({"rhythm": 0, "failures": 1, "skip_hours": (20,)}, WHEN["21"], WHEN["21"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", DUE)
def test_next_due(kind: str) -> None:
    """Rhythm, the publisher's wishes, hubs, failures and Retry-After each have their say, within bounds."""
    known, least, most = DUE[kind]
    waits = [next_due(now=NOW, seed=seed, **known) - NOW for seed in range(200)]
    assert least <= min(waits) <= max(waits) <= most


@given(
    seed=st.integers() | st.text(),
    rhythm=st.none() | st.integers(0, 10**10),
    failures=st.integers(0, 10**6),
    retry_after=st.none() | st.integers(0, 10**10),
    told=st.none() | st.integers(0, 10**10),
    skip_hours=st.frozensets(st.integers(-2, 25)),
    skip_days=st.frozensets(st.integers(-2, 8)),
    pushed=st.booleans(),
)
def test_bounds(**said: Any) -> None:
    """Whatever a feed says, it is asked again between 15 minutes and a day from now, and at the same moment each time."""
    due = {next_due(now=NOW, **said) for _ in range(2)}
    assert len(due) == 1
    assert 15 * MINUTE <= due.pop() - NOW <= DAY


@given(now=st.integers(10**9, 4 * 10**9), skip_hours=st.frozensets(st.integers(0, 23), max_size=23), seed=st.integers())
def test_skipped_hours_are_kept_free(now: int, skip_hours: frozenset[int], seed: int) -> None:
    """As long as one hour of the day is left, nobody is asked in an hour that is to be skipped."""
    due = next_due(now=now, seed=seed, rhythm=0, skip_hours=skip_hours)
    assert due // HOUR % 24 not in skip_hours or due == now + DAY


def test_sources_drift_apart() -> None:
    """A thousand sources that were added in one import are not asked in one moment ever after."""
    wishes: tuple[dict[str, Any], ...] = ({"rhythm": 7 * DAY}, {"rhythm": 0, "told": 7 * HOUR})
    for known in wishes:
        dues = [next_due(now=NOW, seed=seed, **known) for seed in range(1000)]
        assert max(dues) - min(dues) > 0.09 * 7 * HOUR
        assert len(set(dues)) > 500


PAUSES: dict[str, tuple[dict[str, Any], float, float]] = {
    "asks for ten minutes": ({"failures": 1, "retry_after": 600}, 600, 600),
    "asks for ten minutes again": ({"failures": 9, "retry_after": 600}, 600, 600),
    "asks for nothing at all": ({"failures": 1, "retry_after": 0}, MINUTE, MINUTE),
    "asks for the past": ({"failures": 1, "retry_after": -5}, MINUTE, MINUTE),
    "asks for a year": ({"failures": 1, "retry_after": 365 * DAY}, DAY, DAY),
    "names no time": ({"failures": 1, "retry_after": None}, 5 * MINUTE, 5.5 * MINUTE),
    "was never counted": ({"failures": 0, "retry_after": None}, 5 * MINUTE, 5.5 * MINUTE),
    "the second time": ({"failures": 2, "retry_after": None}, 10 * MINUTE, 11 * MINUTE),
    "the fifth time": ({"failures": 5, "retry_after": None}, 80 * MINUTE, 88 * MINUTE),
    "the seventh time": ({"failures": 7, "retry_after": None}, 320 * MINUTE, 6 * HOUR),
    "for years": ({"failures": 5000, "retry_after": None}, 6 * HOUR, 6 * HOUR),
}


@pytest.mark.parametrize("kind", PAUSES)
def test_host_pause(kind: str) -> None:
    """A site that asks for rest gets as much as it asks for, from a minute to a day; else from 5 minutes to 6 hours."""
    known, least, most = PAUSES[kind]
    waits = [host_pause(now=NOW, seed=f"{seed}.example", **known) - NOW for seed in range(200)]
    assert least <= min(waits) <= max(waits) <= most


@pytest.mark.parametrize(
    ("hours", "days", "text"),
    [
        ((), (), ""),
        ((1, 2), (), "h1,2"),
        ((), (5, 6), "d5,6"),
        ((1, 2), (5, 6), "h1,2d5,6"),
        ((23, 0, 0), (6, 0), "h0,23d0,6"),
        ((24, -1, 7), (7, -1), "h7"),
    ],
)
def test_hours_and_days_as_text(hours: tuple[int, ...], days: tuple[int, ...], text: str) -> None:
    """Hours and days to skip are kept as a short text, sorted, each once, without those that are none."""
    assert text == skip_text(hours, days)
    kept = (
        tuple(sorted({hour for hour in hours if 0 <= hour < 24})),
        tuple(sorted({day for day in days if 0 <= day < 7})),
    )
    assert kept == skip_of(text)


@pytest.mark.parametrize("text", ["x", "hd", "h,,", "h24d7", "h-1d-2", "h١", "d", "h999999999999"])
def test_text_that_was_never_written(text: str) -> None:
    """Text that says no hours or days says none."""
    assert ((), ()) == skip_of(text)


@given(hours=st.frozensets(st.integers(0, 23)), days=st.frozensets(st.integers(0, 6)))
def test_hours_and_days_come_back(hours: frozenset[int], days: frozenset[int]) -> None:
    """What is kept comes back as it was."""
    assert (tuple(sorted(hours)), tuple(sorted(days))) == skip_of(skip_text(hours, days))
