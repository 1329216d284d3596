"""Many pulls at once, of which slow ones do not count.

A pull that takes long keeps its connection but not its place: another one begins beside it. So sites that are slow, or
hang, cost the others nothing until hundreds of them hang at the same time.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from feeds.pipeline import waiting_readers
from network.aggregator.lease import Leased
from network.aggregator.outcome import Outcome
from network.aggregator.turns import Turns

QUICK = 0.5
"""Seconds after which a pull counts as slow, …"""
PASSED = 4
"""… or earlier, when so many times as many as begin together have ended since it began: it takes that many times longer
than others, whatever the machine and the network give."""
MOST_SLOW = 512
"""So many slow pulls at a time, beside the quick ones."""
MOST_UNREAD = 16
"""When so many bodies wait to be read, it is this machine that is slow: nothing more is fetched beside."""


@dataclass(slots=True)
class Crew:
    """Takes sources from `turns` and gives what came of them to `done`, `size` at a time and the slow ones beside.

    `room` is set when few are left waiting. `wake()` when something was added, `end()` when nothing more will be.
    """

    turns: Turns
    size: int
    pull: Callable[[Leased], Awaitable[Outcome]]
    done: asyncio.Queue[Outcome | None]
    room: asyncio.Event = field(default_factory=asyncio.Event)
    _more: asyncio.Event = field(default_factory=asyncio.Event)
    _ended: bool = False
    _working: int = 0
    _slow: int = 0
    _begun: int = 0
    _over: int = 0
    _quick: dict[int, tuple[float, int]] = field(default_factory=dict)
    """Of the pulls that do not count as slow, the first one first: when it began, and how many were over by then."""

    @property
    def low(self) -> int:
        """So few waiting sources are few."""
        return self.size * 2

    async def work(self) -> None:
        """Work until `end()` was called and nothing waits any more."""
        async with asyncio.TaskGroup() as beside:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(self.size):
                    self._employ(tasks)
                watching = beside.create_task(self._watch(tasks))
            watching.cancel()

    def wake(self) -> None:
        """Let whoever is idle look again, now and when the next site's pause is over."""
        self._more.set()
        self._wake_later()

    def end(self) -> None:
        """Nothing more will be added."""
        self._ended = True
        self._more.set()

    def _wake_later(self) -> None:
        moment = self.turns.next_moment()
        if moment is not None:
            asyncio.get_running_loop().call_at(moment, self._more.set)

    def _employ(self, tasks: asyncio.TaskGroup) -> None:
        self._working += 1
        tasks.create_task(self._work_on(tasks))

    async def _work_on(self, tasks: asyncio.TaskGroup) -> None:
        """Pull one source after the other, until there is nothing more or others do so in our place."""
        clock = asyncio.get_running_loop().time
        needed = True
        while needed:
            turn = self.turns.take(clock())
            if len(self.turns) <= self.low:
                self.room.set()
            if turn is not None:
                leased, site = turn
                outcome, was_slow = await self._pull(leased, tasks)
                self.turns.done(site, clock())
                await self.done.put(outcome)
                if was_slow:
                    self._slow -= 1
                    needed = self._working <= self.size
                    self._more.set()  # the turn of this site has come free
            elif self._ended:
                needed = False
            else:
                self._more.clear()
                self._wake_later()
                await self._more.wait()
        self._working -= 1

    async def _pull(self, leased: Leased, tasks: asyncio.TaskGroup) -> tuple[Outcome, bool]:
        """What came of it, and whether somebody else has begun beside us because it took long."""
        self._begun += 1
        number = self._begun
        self._quick[number] = (asyncio.get_running_loop().time(), self._over)
        outcome = await self.pull(leased)
        was_slow = self._quick.pop(number, None) is None
        self._over += 1
        self._relieve(tasks)
        return outcome, was_slow

    def _relieve(self, tasks: asyncio.TaskGroup) -> None:
        """Let somebody else begin beside every pull that has turned out to be slow."""
        clock = asyncio.get_running_loop().time()
        while self._quick and self._slow < MOST_SLOW:
            number, (began, over) = next(iter(self._quick.items()))
            if clock - began < QUICK and self._over - over < self.size * PASSED:
                break
            if waiting_readers() >= MOST_UNREAD:
                break
            del self._quick[number]
            self._slow += 1
            self._employ(tasks)

    async def _watch(self, tasks: asyncio.TaskGroup) -> None:
        """See who is slow also while no pull ends."""
        while True:
            await asyncio.sleep(QUICK / 4)
            self._relieve(tasks)
