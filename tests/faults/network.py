"""The network that pulls from the farm: the real Refresh, with a clock that the test holds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Integer, select, update
from sqlalchemy.engine import Row

from feeds.client import Client
from feeds.pipeline import pull
from network.aggregator import lease
from network.aggregator.archive import Outcome, Report, store
from network.aggregator.refresh import Refresh
from network.database import tables
from network.database.engine import Database
from network.directory import entries, events
from network.members import sources
from network.model import Member, NewsEntry, Selection, SourceHealth
from tests.world import DAY, HOUR, NOW, TENANTS, ZONE, join


class SitesClient(Client):
    """Asks the hosts of this machine as if they were the public's: each 127.x.y.z is a site, and gets as few requests at a
    time as a site does.
    """

    def _find_way(self, origin: str) -> tuple[bool, str | None]:
        public, _ = super()._find_way(origin)
        return public, origin.partition("://")[2]


@dataclass(slots=True)
class Clock:
    """The time, UTC seconds. Only the test moves it."""

    now: int = NOW

    def __call__(self) -> int:
        return self.now


@dataclass(slots=True)
class Network:
    """A network's database, its door to other people's servers, and its clock."""

    database: Database
    client: Client
    clock: Clock = field(default_factory=Clock)
    concurrency: int = 64

    async def join(self, *urls: str, name: str = TENANTS.name) -> Member:
        """Let an organization join with a source at each of these addresses."""
        member = replace(TENANTS, name=name, home_url=f"https://{name.lower().replace(' ', '-')}.example/")
        return await join(self.database, member, *urls)

    def refresh(self, stopping: asyncio.Event | None = None) -> Refresh:
        """What pulls, as a worker makes it."""
        return Refresh(self.database, self.client, ZONE, self.concurrency, stopping=stopping or asyncio.Event())

    async def pull(self, *, after: int = HOUR) -> dict[str, Report]:
        """After so many seconds, pull every source whether it is due or not (except where its site asked for rest)."""
        self.clock.now += after
        async with self.database.writing() as connection:
            await sources.make_due(connection, None, now=self.clock.now)
        return await self.pull_due(after=0)

    async def pull_due(self, *, after: int = HOUR) -> dict[str, Report]:
        """After so many seconds, pull what is due then; what came by address."""
        self.clock.now += after
        return {report.url: report for report in await self.refresh().run_once()}

    async def pull_only(self, url: str) -> None:
        """Pull this source now, and no other."""
        async with self.database.writing() as connection:
            row = tables.source.c
            await connection.execute(
                update(tables.source).values(due_at=self.clock.now + (row.url != url).cast(Integer))
            )
        await self.pull_due(after=0)

    async def pull_in_turn(self, *urls: str) -> None:
        """Take these sources at once, as two workers may, and store what came one after the other, in this order."""
        now = self.clock.now
        taken = {one.url: one for one in await lease.take(self.database, len(urls), now=now)}
        for url in urls:
            result = await pull(self.client, taken[url].source(now), now=now, zone=ZONE)
            await store(self.database, [Outcome(leased=taken[url], result=result)], now=now)

    async def news(self) -> list[NewsEntry]:
        """What visitors see of all members, newest first."""
        async with self.database.reading() as connection:
            return (await entries.newest(connection, Selection(), limit=1000))[0]

    async def titles(self) -> list[str]:
        """The titles of the news, in order of the alphabet."""
        return sorted(one.title for one in await self.news())

    async def on(self) -> list[str]:
        """The titles of what is on from now, soonest first."""
        async with self.database.reading() as connection:
            found, _ = await events.between(
                connection, Selection(), self.clock.now, self.clock.now + 365 * DAY, limit=1000, timezone=ZONE
            )
        return [one.title for one in found]

    async def items(self, kind: str) -> Sequence[Row[Any]]:
        """Number and title of every item that may be seen, `kind` feed or calendar."""
        async with self.database.reading() as connection:
            if kind == "feed":
                return await entries.rows(connection, [], limit=1000, offset=0)
            return await events.rows(connection, [], limit=1000, offset=0)

    async def sources(self) -> dict[str, SourceHealth]:
        """Every source as organizers see it, by address."""
        async with self.database.reading() as connection:
            found = await sources.by_query(connection, tables.source.c.id > 0, now=self.clock.now)
        return {source.url: source for source in found}

    async def source(self) -> SourceHealth:
        """The only source, as organizers see it."""
        (found,) = (await self.sources()).values()
        return found

    async def rows(self) -> Mapping[str, Row[Any]]:
        """Every source as it is stored, by address."""
        async with self.database.reading() as connection:
            return {row.url: row for row in await connection.execute(select(tables.source))}


def codes(reports: Iterable[Report]) -> list[str]:
    """What was wrong with each."""
    return [report.problem for report in reports]
