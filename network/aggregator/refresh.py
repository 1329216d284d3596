"""Pulling what is due.

    lease → turns → crew: feeds.pipeline.pull (many at once) → archive.store (many in one transaction)

They run side by side: while some sources are being fetched, others are stored.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from feeds.client import Client
from feeds.errors import AddressError, remark
from feeds.model import Failed
from feeds.pipeline import Pulled, pull
from network.aggregator import lease
from network.aggregator.archive import Outcome, Report, store
from network.aggregator.crew import Crew
from network.aggregator.hosts import RESTING
from network.aggregator.lease import Leased
from network.aggregator.turns import Turns
from network.database.engine import Database, is_away, now
from network.members import network

LOG = logging.getLogger(__name__)
BATCH = 250
"""Sources stored in one transaction: enough to make its cost small, …"""
BATCH_BYTES = 5_000_000
"""… and when they bring so much, fewer, so that nothing waits long and little has to be remembered."""
PATIENCE, LULL = 0.5, 0.05
"""Seconds after which a batch is stored though it is not full: since its first outcome, and since its last one."""
GLANCE = 0.02
LOOK = 2.0
"""Seconds between two looks at what is due, when nothing is."""
LONGEST_WAIT = lease.SECONDS / 3
"""Seconds after which a source that still waits for its site's turn is given back, long before its lease ends."""


@dataclass(slots=True)
class Refresh:
    """Pulls sources through `client` and stores them in `database`; `zone` is the network's (IANA); `only` these
    members' sources when given; `concurrency` quick pulls at a time. `report` is told of each. When `stopping` is set
    nothing new is taken; what is in hand is finished and stored.
    """

    database: Database
    client: Client
    zone: str
    concurrency: int = 64
    only: Collection[int] | None = None
    report: Callable[[Report], None] = lambda _report: None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _in_hand: dict[int, Leased] = field(default_factory=dict)
    _turns: Turns = field(default_factory=Turns)

    async def run_once(self) -> list[Report]:
        """Pull everything that is due now, and say what came."""
        reports: list[Report] = []
        await self._run(reports.append, forever=False)
        return reports

    async def run_on(self) -> None:
        """Pull whatever becomes due, until `stopping` is set."""
        await self._run(lambda _report: None, forever=True)

    async def _run(self, keep: Callable[[Report], None], *, forever: bool) -> None:
        # What a run before had to leave behind when the database went away is given back first.
        await self._give_back(list(self._in_hand.values()))
        done: asyncio.Queue[Outcome | None] = asyncio.Queue(BATCH)
        self._turns = Turns()
        crew = Crew(self._turns, self.concurrency, self._pull_one, done)
        async with _rare_collections(), asyncio.TaskGroup() as tasks:
            storing = tasks.create_task(self._store(done, keep))
            leasing = tasks.create_task(self._lease(crew, forever=forever))
            watching = tasks.create_task(self._stop(crew))
            await crew.work()
            await leasing
            watching.cancel()
            await done.put(None)
            await storing

    async def _lease(self, crew: Crew, *, forever: bool) -> None:
        """Keep enough sources waiting, until we are to stop or (not `forever`) nothing is due."""
        clock = asyncio.get_running_loop().time
        while not self.stopping.is_set():
            await self._give_back(self._turns.give_up(before=clock() - LONGEST_WAIT))
            crowded = self._turns.crowded()
            limit = self.concurrency * 8
            taken = await lease.take(self.database, limit, now=now(), only=self.only, without=crowded)
            for one in taken:
                self._in_hand[one.id] = one
                self._turns.add(one, self._site(one), clock())
            crew.wake()
            if taken:
                await self._until_room(crew)
            elif forever:
                await self._pause(LOOK)
                await self._read_zone()
            elif len(self._turns):
                await self._pause(GLANCE * 5)
            else:
                break
        await self._give_back(self._turns.give_up_all())
        crew.end()

    async def _stop(self, crew: Crew) -> None:
        """When we are to stop, nothing that waits is begun any more."""
        await self.stopping.wait()
        left = self._turns.give_up_all()
        crew.room.set()
        await self._give_back(left)

    async def _until_room(self, crew: Crew) -> None:
        """Wait until few enough sources wait that more should be taken; no longer than a moment, since those that wait
        may all be of sites that take their time.
        """
        crew.room.clear()
        if len(self._turns) > crew.low:
            with suppress(TimeoutError):
                await asyncio.wait_for(crew.room.wait(), LOOK)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

    async def _read_zone(self) -> None:
        """Organizers may change it while we run."""
        async with self.database.reading() as connection:
            self.zone = (await network.read(connection)).timezone

    def _site(self, leased: Leased) -> str | None:
        try:
            return self.client.turn_key(leased.url)
        except AddressError:
            return None  # the pull will say what is wrong with it

    async def _give_back(self, leased: list[Leased]) -> None:
        if leased:
            await lease.give_back(self.database, leased)
            for one in leased:
                self._in_hand.pop(one.id, None)

    async def _pull_one(self, leased: Leased) -> Outcome:
        at = now()
        try:
            return Outcome(leased=leased, result=await pull(self.client, leased.source(at), now=at, zone=self.zone))
        except Exception as error:
            # A fault of ours with one source must not keep the others from being pulled; it is logged and shown.
            LOG.exception("pulling source %s failed", leased.id)
            return Outcome(leased=leased, result=Failed(problem=remark("internal"), detail=repr(error)))

    async def _store(self, done: asyncio.Queue[Outcome | None], keep: Callable[[Report], None]) -> None:
        more = True
        while more:
            batch, more = await _gather(done)
            if not batch:
                continue
            for one in await self._store_batch(batch):
                keep(one)
                self.report(one)
            for outcome in batch:
                self._in_hand.pop(outcome.leased.id, None)
            await self._give_back(self._turns.give_up(_tired(batch)))

    async def _store_batch(self, batch: list[Outcome]) -> list[Report]:
        """Store a batch; where that can't be done, each of its outcomes by itself, so that one that the database will
        not take does not cost the others theirs.
        """
        try:
            return await store(self.database, batch, now=now())
        except Exception as error:
            if is_away(error):
                raise  # nothing to be learned from trying one by one
            LOG.exception("storing %d sources together failed", len(batch))
        stored: list[Report] = []
        for outcome in batch:
            try:
                stored += await store(self.database, [outcome], now=now())
            except Exception as error:
                if is_away(error):
                    raise
                LOG.exception("storing source %s failed", outcome.leased.id)
                failed = Failed(problem=remark("internal"), detail=type(error).__name__)
                stored += await store(self.database, [Outcome(leased=outcome.leased, result=failed)], now=now())
        return stored


def _tired(batch: list[Outcome]) -> set[str]:
    """The sites that asked for rest: what waits for them in this process is given back."""
    return {one.leased.site for one in batch if isinstance(one.result, Failed) and one.result.status in RESTING}


@asynccontextmanager
async def _rare_collections() -> AsyncIterator[None]:
    """Let Python look for reference cycles less often while we pull.

    What is read has none, and a look at it at every 700th new object costs a tenth of the whole pull; what was there
    before need not be looked at again and again either.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


async def _gather(done: asyncio.Queue[Outcome | None]) -> tuple[list[Outcome], bool]:
    """The next outcomes to store, and whether there may be more after them."""
    first = await done.get()
    if first is None:
        return [], False
    batch, size = [first], _size(first)
    clock = asyncio.get_running_loop().time
    latest = clock()
    deadline = latest + PATIENCE
    while True:
        while not (full := len(batch) >= BATCH or size >= BATCH_BYTES) and not done.empty():
            outcome = done.get_nowait()
            if outcome is None:
                return batch, False
            batch.append(outcome)
            size += _size(outcome)
            latest = clock()
        if full or clock() > min(deadline, latest + LULL):
            return batch, True
        # Looking now and then costs far less than waiting for each outcome with a time limit of its own.
        await asyncio.sleep(GLANCE)


def _size(outcome: Outcome) -> int:
    """The bytes of the document that came, as a measure of what it holds."""
    return len(outcome.result.fetched.body) if isinstance(outcome.result, Pulled) else 0
