"""Many pulls at once, of which slow ones do not count."""

from __future__ import annotations

import asyncio

import pytest

from feeds.model import Unchanged
from network.aggregator import crew
from network.aggregator.crew import MOST_SLOW, PASSED, Crew
from network.aggregator.lease import Leased
from network.aggregator.outcome import Outcome
from network.aggregator.turns import Turns
from tests.network.test_turns import leased

LONG = 3600.0


class Sites:
    """Sites of which some hang until they are let go: by a test, or when all others have answered."""

    def __init__(self, count: int, hanging: set[int]) -> None:
        self.turns = Turns()
        self.hanging = hanging
        self.done: asyncio.Queue[Outcome | None] = asyncio.Queue()
        self.order: list[int] = []
        self.most = self._now = 0
        self._others = count - len(hanging)
        self.let_go = asyncio.Event()
        for number in range(count):
            self.turns.add(leased(number), None, 0)

    async def pull(self, leased: Leased) -> Outcome:
        """Answer at once, or hang."""
        self._now += 1
        self.most = max(self.most, self._now)
        await (self.let_go.wait() if leased.id in self.hanging else asyncio.sleep(0))
        self._now -= 1
        self.order.append(leased.id)
        if len(self.order) == self._others:
            self.let_go.set()
        return Outcome(leased=leased, result=Unchanged(etag="", last_modified=""))

    async def pulled_by(self, size: int) -> list[int]:
        """Everybody's numbers, in the order in which they were pulled."""
        workers = Crew(self.turns, size, self.pull, self.done)
        workers.end()
        async with asyncio.timeout(30):
            await workers.work()
        return self.order


async def test_a_pull_that_others_overtake_does_not_keep_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at a time, and two that hang: whoever has been overtaken often enough makes room, whatever the clock says."""
    monkeypatch.setattr(crew, "QUICK", LONG)
    between = 2 * PASSED
    sites = Sites(between + 6, {0, between + 1})
    assert {0, between + 1} == set((await sites.pulled_by(2))[-2:])
    assert sites.most == 3


async def test_pulls_that_hang_make_room_while_nothing_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both places are taken by sites that hang, so that nobody can overtake them: after a moment others begin."""
    monkeypatch.setattr(crew, "QUICK", 0.02)
    sites = Sites(20, {0, 1})
    assert {0, 1} == set((await sites.pulled_by(2))[-2:])


async def test_quick_pulls_are_never_more_than_told() -> None:
    """However many wait, and however busy this machine is."""
    sites = Sites(500, set())
    assert sorted(await sites.pulled_by(4)) == list(range(500))
    assert sites.most == 4


async def test_there_is_an_end_to_slow_pulls(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand sites that hang keep no more connections than there may be."""
    monkeypatch.setattr(crew, "QUICK", 0.01)
    sites = Sites(1000, set(range(1000)))
    async with asyncio.timeout(30), asyncio.TaskGroup() as tasks:
        tasks.create_task(sites.pulled_by(4))
        while sites.most < MOST_SLOW + 4:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)  # long enough for more of them to count as slow
        sites.let_go.set()
    assert (sites.most, len(sites.order)) == (MOST_SLOW + 4, 1000)
