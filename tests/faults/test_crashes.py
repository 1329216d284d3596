"""The real worker, killed at any moment: on the next start nothing is lost, doubled or stuck."""

from __future__ import annotations

import asyncio
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from random import Random

from sqlalchemy import case, func, select, update

from network.aggregator import lease
from network.database import tables
from network.database.engine import Database
from tests.acceptance.command import environment
from tests.faults.documents import CALENDAR, Gathering, Post, ics, rss
from tests.faults.network import Clock, Network
from tests.faults.sites import Site
from tests.faults.test_fairness import Gate
from tests.servers import Request, serving
from tests.world import DAY

_SOURCE, _ENTRY, _EVENT = tables.source.c, tables.entry.c, tables.event.c
FEEDS, CALENDARS, KILLS = 20, 10, 4


@asynccontextmanager
async def worker(url: str, folder: Path, *words: str) -> AsyncIterator[Process]:
    """`vecinos worker` on this database, which may ask this machine. It is gone at the end."""
    settings = environment(
        folder, VECINOS_DATABASE_URL=url, VECINOS_ALLOW_PRIVATE_HOSTS="127.0.0.1", VECINOS_LOG_LEVEL="warning"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "network", "worker", *words, env=settings, stdin=DEVNULL, stderr=PIPE
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


class Town:
    """Sites that publish more from round to round, and notice when the worker comes to them."""

    def __init__(self, random: Random, now: int) -> None:
        self.round = 0
        self.sites: dict[str, Site] = {}
        self.wait_for = 0
        self.reached = asyncio.Event()
        self._random, self._now, self._asked = random, now, 0
        for number in range(FEEDS):
            self.sites[f"/{number}"] = Site(b"", validators=random.choice(["both", "etag", "none"]))
        for number in range(CALENDARS):
            self.sites[f"/{number}.ics"] = Site(b"", CALENDAR, validators=random.choice(["both", "none"]))
        self.publish()

    def publish(self) -> None:
        """Another round: every feed has a new post and an edited one; every calendar a new gathering, and one goes."""
        self.round += 1
        for path, site in self.sites.items():
            site.publish(ics(self.gatherings(path)) if path.endswith(".ics") else rss(self.posts(path)))

    def posts(self, path: str) -> list[Post]:
        """What a feed lists now."""
        return [
            Post(guid=f"{path}/{number}", link=f"https://tenants.example{path}/{number}", published=self._now - DAY + number,
                 title=f"Post {number} of {path}" + (", edited" if number == self.round - 1 else ""))
            for number in range(self.round + 2)
        ]  # fmt: skip

    def gatherings(self, path: str) -> list[Gathering]:
        """What a calendar lists now."""
        return [
            Gathering(
                uid=f"{number}{path}@tenants.example", title=f"{number} {path}", start=self._now + (9 + number) * DAY
            )
            for number in range(self.round, self.round + 6)
        ]

    def expect(self, count: int) -> None:
        """Tell when so many more requests have come."""
        self.wait_for = self._asked + count
        self.reached.clear()

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        """Answer, each time after another moment."""
        self._asked += 1
        if self._asked >= self.wait_for:
            self.reached.set()
        await asyncio.sleep(self._random.random() / 20)
        await self.sites[request.path](request, writer)


async def test_a_worker_killed_at_any_moment_loses_doubles_and_blocks_nothing(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """SIGKILL while it takes, asks, reads or stores, again and again: each source is stored as a whole or not at all, and
    the next worker goes on where it was as soon as the leases are over.
    """
    random = Random(7)
    network = Network(database, None, Clock())  # type: ignore[arg-type]
    town = Town(random, network.clock.now)
    async with serving(town) as server:
        await network.join(*(server.url(path) for path in town.sites))
        for _ in range(KILLS):
            town.expect(random.randint(1, len(town.sites)))
            async with worker(database_url, tmp_path) as process, asyncio.timeout(60):
                await town.reached.wait()
                await asyncio.sleep(random.random() * 0.7)
                process.send_signal(signal.SIGKILL)
                await process.wait()
            await _is_whole(database)
            await _five_minutes_pass(database)
            town.publish()
        async with worker(database_url, tmp_path) as process, asyncio.timeout(60):
            while await _waiting(database):
                await asyncio.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
    entries, events = await _stored(database)
    assert entries == {
        (post.guid, post.title) for path in town.sites if ".ics" not in path for post in town.posts(path)
    }
    assert events == {(one.uid, one.title) for path in town.sites if ".ics" in path for one in town.gatherings(path)}


async def _is_whole(database: Database) -> None:
    """A source of which a body was stored has all of that body's items, and any other has none at all."""
    count = (
        select(func.count()).where(table.c.source_id == _SOURCE.id).scalar_subquery()
        for table in (tables.entry, tables.event)
    )
    async with database.reading() as connection:
        for row in await connection.execute(select(_SOURCE.body_hash, _SOURCE.listed, *count)):
            body_hash, listed, entries, events = row
            assert entries + events >= listed
            assert bool(body_hash) == bool(entries + events)


async def _five_minutes_pass(database: Database) -> None:
    """Leases end, and every source is due again: the rows are moved back, since the worker goes by the real clock."""
    over = case((_SOURCE.lease_until > 0, _SOURCE.lease_until - lease.SECONDS), else_=0)
    async with database.writing() as connection:
        await connection.execute(update(tables.source).values(lease_until=over, due_at=0))


async def _waiting(database: Database) -> int:
    """How many sources have not been stored since they were made due."""
    async with database.reading() as connection:
        query = select(func.count()).where(_SOURCE.due_at == 0)
        return int((await connection.execute(query)).scalar_one())


async def _stored(database: Database) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """Identity and title of every entry, and of every event that is not gone; nothing is there twice, nothing taken."""
    async with database.reading() as connection:
        entries = [tuple(row) for row in await connection.execute(select(_ENTRY.identity, _ENTRY.title))]
        gatherings = select(_EVENT.uid, _EVENT.title).where(_EVENT.gone_at.is_(None))
        events = [tuple(row) for row in await connection.execute(gatherings)]
        taken = (await connection.execute(select(func.count()).where(_SOURCE.lease_until > 0))).scalar_one()
    assert (len(set(entries)), len(set(events)), taken) == (len(entries), len(events), 0)
    return set(entries), set(events)


async def test_a_worker_that_is_told_to_stop_finishes_what_is_in_hand(
    database: Database, database_url: str, tmp_path: Path
) -> None:
    """SIGTERM while two sites are being read and others wait: the two are stored, nothing is left taken, exit code 0."""
    gate = Gate()
    network = Network(database, None, Clock())  # type: ignore[arg-type]
    async with serving(gate) as server:
        await network.join(*(server.url(f"/{number}") for number in range(12)))
        async with worker(database_url, tmp_path, "--concurrency", "2") as process, asyncio.timeout(60):
            while len(gate.came) < 2:
                await asyncio.sleep(0.02)
            process.send_signal(signal.SIGTERM)
            asyncio.get_running_loop().call_later(0.3, gate.open)
            code = await process.wait()
    rows = (await network.rows()).values()
    read = sum(row.good_at is not None for row in rows)
    assert (code, {row.lease_until for row in rows}) == (0, {0})
    assert 2 <= read == len(gate.came) < 12
