"""Reading what hubs have pushed, in the same way as a pull.

    lease → feeds.pipeline.read_guarded → archive.store (a transaction each, so that nobody waits for another's)

The source is leased meanwhile, so that no pull of it is under way. What was stored and not yet taken off the list when
the worker died is stored again, which changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import case, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from feeds.errors import ReadError
from feeds.model import Fetched
from feeds.pipeline import Pulled, read_guarded, window
from network.aggregator import archive, lease, tally
from network.aggregator.archive import Outcome, Report
from network.aggregator.lease import Leased
from network.database import tables
from network.database.engine import Database, is_away
from network.database.engine import now as clock
from network.members import network
from network.websub.silence import distrust

LOG = logging.getLogger(__name__)
AT_ONCE = 4
"""Pushes read at a time: one that is slow to read keeps nobody waiting, and all together fit into memory."""
GLANCE = 0.5
"""Seconds between two looks at what has come, while something is being read."""
PULL_PAUSE = 60
"""Seconds that are left between two pulls of a calendar whose hub says that something is new."""
_PUSH, _SOURCE = tables.push.c, tables.source.c


class Push(NamedTuple):
    """What a hub sent for a source, and when it came."""

    id: int
    body: bytes
    content_type: str
    came_at: int


@dataclass(slots=True)
class Pushes:
    """Reads what waits in `database`. When `stopping` is set nothing new is begun."""

    database: Database
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    now: Callable[[], int] = clock

    async def run_once(self) -> list[Report]:
        """Read everything that waits, and say what came of it."""
        reports: list[Report] = []
        running: set[asyncio.Task[list[Report]]] = set()
        async with asyncio.TaskGroup() as tasks:
            while True:
                room = 0 if self.stopping.is_set() else AT_ONCE - len(running)
                taken = await lease.take_pushed(self.database, room, now=self.now()) if room else []
                running.update(tasks.create_task(self._work(one)) for one in taken)
                if not running:
                    return reports
                done, running = await asyncio.wait(running, timeout=GLANCE, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    reports += task.result()

    async def _work(self, leased: Leased) -> list[Report]:
        """Read a source's oldest push; the next one gets its turn under a lease of its own."""
        push = await self._oldest(leased)
        if push is None:
            await lease.give_back(self.database, [leased])
            return []
        if push.came_at < (leased.read_at or 0) - lease.SECONDS:
            return await self._drop(leased, push)  # the whole was pulled since: what is older must not undo it
        try:
            return await self._read(leased, push)
        except ReadError as error:
            return await self._drop(leased, push, error.code)
        except Exception as error:
            if is_away(error):
                raise  # what was pushed stays there and waits
            LOG.exception("reading what was pushed for source %s failed", leased.id)
            return await self._drop(leased, push, "internal")

    async def _oldest(self, leased: Leased) -> Push | None:
        query = select(_PUSH.id, _PUSH.body, _PUSH.content_type, _PUSH.came_at).where(_PUSH.source_id == leased.id)
        async with self.database.reading() as connection:
            row = (await connection.execute(query.order_by(_PUSH.id).limit(1))).first()
        return None if row is None else Push(*row)

    async def _read(self, leased: Leased, push: Push) -> list[Report]:
        now = self.now()
        async with self.database.reading() as connection:
            events = window(now, (await network.read(connection)).timezone)
        feed = await read_guarded(push.body, url=leased.url, content_type=push.content_type, window=events)
        if leased.kind == "calendar" or feed.events:
            return await self._pull_instead(leased, push, now)
        outcome = Outcome(leased=leased, result=Pulled(fetched=_as_fetched(leased, push), feed=feed), pushed=True)
        reports = await archive.store(self.database, [outcome], now=now)
        if reports:  # else the lease was over, and somebody else reads it
            async with self.database.writing() as connection:
                await _take_off(connection, push)
        return reports

    async def _pull_instead(self, leased: Leased, push: Push, now: int) -> list[Report]:
        """What a calendar no longer lists is as much news as what it lists anew, so it is looked at as a whole."""
        due = max(now, (leased.good_at or 0) + PULL_PAUSE)
        mine = update(tables.source).where(_SOURCE.id == leased.id, _SOURCE.lease_until == leased.lease_until)
        async with self.database.writing() as connection:
            await connection.execute(mine.values(due_at=case((_SOURCE.due_at > due, due), else_=_SOURCE.due_at)))
            await _take_off(connection, push)
        await lease.give_back(self.database, [leased])
        return []

    async def _drop(self, leased: Leased, push: Push, problem: str = "") -> list[Report]:
        """Take a push off the list unread. A hub that sends what can't be read (`problem`) is not relied upon."""
        async with self.database.writing() as connection:
            if problem:
                await distrust(connection, [leased.id], f"push: {problem}", now=self.now())
                await tally.add(connection, {f"push:{problem}": 1})
            await _take_off(connection, push)
        await lease.give_back(self.database, [leased])
        return []


async def _take_off(connection: AsyncConnection, push: Push) -> None:
    await connection.execute(delete(tables.push).where(_PUSH.id == push.id))


def _as_fetched(leased: Leased, push: Push) -> Fetched:
    """A push says nothing of validators: those of the last pull stay."""
    return Fetched(
        url=leased.url, body=push.body, content_type=push.content_type, etag=leased.etag,
        last_modified=leased.last_modified, body_hash=bytes.fromhex(leased.body_hash),
    )  # fmt: skip
