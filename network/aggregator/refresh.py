"""Pulling what is due.

    lease → feeds.pipeline.pull (many at once) → archive.store (many in one transaction)

The three run side by side: while some sources are being fetched, others are stored.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy.exc import OperationalError

from feeds.client import Client
from feeds.errors import remark
from feeds.model import Failed
from feeds.pipeline import pull
from network.aggregator import lease
from network.aggregator.archive import Outcome, Report, store
from network.aggregator.lease import Leased
from network.database.engine import Database, now

LOG = logging.getLogger(__name__)
BATCH = 100
"""Sources stored in one transaction: enough to make its cost small, few enough that nothing waits long."""
PATIENCE = 0.5
"""Seconds after which a batch is stored though it is not full."""
GLANCE = 0.02


@dataclass(slots=True)
class Refresh:
    """Pulls sources through `client` and stores them in `database`; `zone` is the network's (IANA); `only` these
    members' sources when given. When `stopping` is set nothing new is taken; what is in hand is finished and stored.
    """

    database: Database
    client: Client
    zone: str
    concurrency: int = 64
    only: Collection[int] | None = None
    report: Callable[[Report], None] = lambda _report: None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run_once(self) -> list[Report]:
        """Pull everything that is due now, and say what came."""
        reports: list[Report] = []
        waiting: asyncio.Queue[Leased | None] = asyncio.Queue(self.concurrency * 2)
        done: asyncio.Queue[Outcome | None] = asyncio.Queue(BATCH * 2)
        async with _rare_collections(), asyncio.TaskGroup() as tasks:
            storing = tasks.create_task(self._store(done, reports))
            async with asyncio.TaskGroup() as pulling:
                for _ in range(self.concurrency):
                    pulling.create_task(self._pull(waiting, done))
                await self._lease(waiting)
                for _ in range(self.concurrency):
                    await waiting.put(None)
            await done.put(None)
            await storing
        return reports

    async def _lease(self, waiting: asyncio.Queue[Leased | None]) -> None:
        while not self.stopping.is_set():
            taken = await lease.take(self.database, self.concurrency * 4, now=now(), only=self.only)
            for index, leased in enumerate(taken):
                if self.stopping.is_set():
                    await lease.give_back(self.database, taken[index:])
                    return
                await waiting.put(leased)
            if not taken:
                return

    async def _pull(self, waiting: asyncio.Queue[Leased | None], done: asyncio.Queue[Outcome | None]) -> None:
        while (leased := await waiting.get()) is not None:
            await done.put(await self._pull_one(leased))

    async def _pull_one(self, leased: Leased) -> Outcome:
        at = now()
        try:
            return Outcome(leased=leased, result=await pull(self.client, leased.source(at), now=at, zone=self.zone))
        except Exception as error:
            # A fault of ours with one source must not keep the others from being pulled; it is logged and shown.
            LOG.exception("pulling source %s failed", leased.id)
            return Outcome(leased=leased, result=Failed(problem=remark("internal"), detail=repr(error)))

    async def _store(self, done: asyncio.Queue[Outcome | None], reports: list[Report]) -> None:
        more = True
        while more:
            batch, more = await _gather(done)
            if batch:
                stored = await self._store_batch(batch)
                reports.extend(stored)
                for one in stored:
                    self.report(one)

    async def _store_batch(self, batch: list[Outcome]) -> list[Report]:
        """Store a batch; where that can't be done, each of its outcomes by itself, so that one that the database will
        not take does not cost the others theirs.
        """
        try:
            return await store(self.database, batch, now=now())
        except OperationalError:
            raise  # the database is not there, or full: nothing to be learned from trying one by one
        except Exception:
            LOG.exception("storing %d sources together failed", len(batch))
        stored: list[Report] = []
        for outcome in batch:
            try:
                stored += await store(self.database, [outcome], now=now())
            except OperationalError:
                raise
            except Exception as error:
                LOG.exception("storing source %s failed", outcome.leased.id)
                failed = Failed(problem=remark("internal"), detail=type(error).__name__)
                stored += await store(self.database, [Outcome(leased=outcome.leased, result=failed)], now=now())
        return stored


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
    batch = [first]
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        while len(batch) < BATCH and not done.empty():
            outcome = done.get_nowait()
            if outcome is None:
                return batch, False
            batch.append(outcome)
        if len(batch) >= BATCH or asyncio.get_running_loop().time() > deadline:
            return batch, True
        # Looking now and then costs far less than waiting for each outcome with a time limit of its own.
        await asyncio.sleep(GLANCE)
