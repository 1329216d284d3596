"""What holds for the store whatever happens, in whatever order.

Few examples, always the same. Many others: VECINOS_TEST_EXAMPLES=2000 python -m pytest tests/faults/test_store_properties.py
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event as listening
from sqlalchemy import select

from feeds.model import Entry, Event, Feed, Fetched, Unchanged
from feeds.pipeline import Pulled
from network.aggregator import lease
from network.aggregator.archive import Outcome, store
from network.aggregator.lease import Leased
from network.database import tables
from network.database.engine import Database, open_database
from tests.feeds.nasty import examples
from tests.world import HOUR, NOW, TENANTS, WORKERS, broken, calendar, entry, event, join, news

FEED, OTHER, ICS = "https://tenants.example/feed/", "https://obrero.example/feed/", "https://tenants.example/events.ics"
URLS = (FEED, OTHER, ICS)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the schema and nothing in it: making one costs more than an example."""
    file = Path(tmp_path_factory.mktemp("empty")) / "vecinos.db"

    async def make() -> None:
        await (await open_database(f"sqlite+aiosqlite:///{file}")).close()

    asyncio.run(make())
    return file


def on_a_copy(empty: Path, run: Callable[[Database], Awaitable[Any]]) -> Any:
    """What `run` gives for a network of two members, of which nothing has been pulled yet."""

    async def main() -> Any:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(empty, folder)
            database = await open_database(f"sqlite+aiosqlite:///{folder}/{empty.name}")
            try:
                await join(database, TENANTS, FEED, ICS)
                await join(database, WORKERS, OTHER)
                return await run(database)
            finally:
                await database.close()

    return asyncio.run(main())


# ── any order of pulls, crashes and retries ────────────────────────────────────────────────────────────────────────


class CrashError(Exception):
    """The process ends here, as far as the database can tell."""


@dataclass(slots=True)
class Sites:
    """What the three sites list, and how often each of them has changed it."""

    posts: dict[str, list[Entry]] = field(default_factory=lambda: {FEED: [], OTHER: []})
    gatherings: dict[int, Event] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=lambda: dict.fromkeys(URLS, 0))

    def change(self, url: str, what: str, number: int) -> None:
        """Publish something, or change what was published."""
        self.versions[url] += 1
        if url == ICS:
            self._change_calendar(what, number)
            return
        posts = self.posts[url]
        if what == "publish" or not posts:
            # Every third post of both is the same page, told by both.
            site = "tenants" if len(posts) % 3 == 0 or url == FEED else "obrero"
            number = len(posts) + 1
            posts.append(entry(number, id=f"{url}{number}", link=f"https://{site}.example/2026/{number}/what-we-did"))
        else:
            chosen = number % len(posts)
            posts[chosen] = replace(posts[chosen], content=f"<p>Corrected, number {self.versions[url]}.</p>")

    def _change_calendar(self, what: str, number: int) -> None:
        days = 20 + number % 5
        if what == "remove":
            self.gatherings.pop(days, None)
        elif what == "publish":
            self.gatherings[days] = event(days)
        elif days in self.gatherings:
            self.gatherings[days] = event(days, venue=f"Hall {self.versions[ICS]}", sequence=self.versions[ICS])

    def feed(self, url: str) -> Feed:
        """What a site lists now."""
        return calendar(*self.gatherings.values()) if url == ICS else news(*self.posts[url])

    def answer(self, leased: Leased) -> Pulled | Unchanged:
        """What it answers to somebody who remembers what `leased` does."""
        mark = self.versions[leased.url].to_bytes(2, "big")
        if leased.body_hash == mark.hex():
            return Unchanged(etag=f'"{mark.hex()}"')
        fetched = Fetched(url=leased.url, body=b"", content_type="", etag="", last_modified="", body_hash=mark)
        return Pulled(fetched=fetched, feed=self.feed(leased.url))


@dataclass(slots=True)
class World:
    """A database, what the sites publish, and workers that come and go."""

    database: Database
    sites: Sites = field(default_factory=Sites)
    now: int = NOW
    left_until: int = 0
    late: list[Outcome] = field(default_factory=list)

    def __post_init__(self) -> None:
        listening.listen(self.database.engine.sync_engine, "before_cursor_execute", self._execute)

    def _execute(self, *_: object) -> None:
        self.left_until -= 1
        if self.left_until == 0:
            raise CrashError

    async def pull(self, urls: set[str], *, dies_at: int = 0, fails: bool = False) -> None:
        """A worker takes what is due and stores what came of these; the rest it gives back, if it does not die before."""
        taken = await lease.take(self.database, 10, now=self.now)
        outcomes = [
            Outcome(leased=one, result=broken() if fails else self.sites.answer(one))
            for one in taken
            if one.url in urls
        ]
        self.left_until = dies_at
        try:
            await store(self.database, outcomes, now=self.now)
            await lease.give_back(self.database, [one for one in taken if one.url not in urls])
        except CrashError:
            self.late += outcomes
        self.left_until = 0

    async def come_too_late(self) -> None:
        """Workers that were thought dead come with what they have."""
        await store(self.database, self.late, now=self.now)
        self.late.clear()

    async def begin(self) -> None:
        """A worker takes everything that is due, reads it, and is not heard of for a while."""
        for one in await lease.take(self.database, 10, now=self.now):
            self.late.append(Outcome(leased=one, result=self.sites.answer(one)))

    async def overtake(self, change: tuple[Any, ...]) -> None:
        """A worker is so slow that its leases end; another one reads what was changed since; the first one comes then."""
        self.now += 30 * HOUR
        await self.begin()
        self.sites.change(*change[1:])
        self.now += lease.SECONDS
        await self.pull({change[1]})
        await self.come_too_late()

    async def check(self) -> None:
        """A body that is remembered has been stored as a whole, with nothing of a later one."""
        row, told = tables.source.c, tables.entry.c
        async with self.database.reading() as connection:
            marks = {found.url: found.body_hash for found in await connection.execute(select(row.url, row.body_hash))}
            query = select(row.url, told.identity, told.content).join(tables.entry, told.source_id == row.id)
            stored = {(url, identity): content for url, identity, content in await connection.execute(query)}
        for url in (FEED, OTHER):
            if marks[url] == self.sites.versions[url].to_bytes(2, "big").hex():
                listed = {(url, post.id): post.content for post in self.sites.posts[url]}
                assert {key: content for key, content in stored.items() if key[0] == url} == listed
            if not marks[url]:
                assert not any(key[0] == url for key in stored)


async def contents(database: Database) -> dict[str, Any]:
    """What readers can see of a store: all but the numbers that things have, and when they were stored."""
    told, day, on = tables.entry.c, tables.occurrence.c, tables.event.c
    names = ("identity", "title", "content", "link", "published", "authors", "categories", "enclosures")
    async with database.reading() as connection:
        entries = (await connection.execute(select(told.item_id, *(told[name] for name in names)))).all()
        gatherings = select(on.uid, on.title, on.start, on.venue, on.sequence, on.status, day.start_at, day.end_at)
        days = await connection.execute(
            gatherings.outerjoin(tables.occurrence, day.event_id == on.id).where(on.gone_at.is_(None))
        )
        events = sorted(tuple(row) for row in days)
    items: dict[int, set[str]] = {}
    for row in entries:
        items.setdefault(row.item_id, set()).add(row.identity)
    return {
        "entries": sorted(tuple(row)[1:] for row in entries),
        "items": sorted(sorted(identities) for identities in items.values()),
        "events": events,
    }


some = st.sets(st.sampled_from(URLS), min_size=1)
change = st.tuples(
    st.just("change"), st.sampled_from(URLS), st.sampled_from(["publish", "edit", "remove"]), st.integers(0, 9)
)
steps = st.lists(
    st.one_of(
        change,
        st.tuples(st.just("pull"), some, st.just(0), st.booleans()),
        st.tuples(st.just("pull"), some, st.integers(1, 14), st.just(False)),
        st.tuples(st.just("begin")),
        st.tuples(st.just("overtake"), change),
        st.tuples(st.just("late")),
        st.tuples(st.just("wait"), st.sampled_from([10, lease.SECONDS, HOUR, 30 * HOUR])),
    ),
    min_size=4,
    max_size=24,
)


async def live(database: Database, history: list[tuple[Any, ...]]) -> tuple[dict[str, Any], Sites]:
    """Let all of that happen, and at the end let every source be pulled three times in peace."""
    world = World(database)
    for what, *told in history:
        if what == "change":
            world.sites.change(*told)
        elif what == "pull":
            await world.pull(told[0], dies_at=told[1], fails=told[2])
        elif what == "begin":
            await world.begin()
        elif what == "overtake":
            await world.overtake(told[0])
        elif what == "late":
            await world.come_too_late()
        else:
            world.now += told[0]
        await world.check()
    for _ in range(3):
        world.now += 30 * HOUR
        await world.pull(set(URLS))
        await world.come_too_late()
    async with database.reading() as connection:
        left = await connection.execute(select(tables.source.c.state, tables.source.c.lease_until))
        assert {tuple(row) for row in left} == {("fine", 0)}
    return await contents(database), world.sites


async def read_once(database: Database, sites: Sites) -> dict[str, Any]:
    """The store of somebody who comes today, and reads everything once."""
    world = World(database, sites)
    await world.pull(set(URLS))
    return await contents(database)


@examples(40)
@given(history=steps)
def test_any_order_of_pulls_crashes_and_retries_gives_the_same_store(
    empty: Path, history: list[tuple[Any, ...]]
) -> None:
    """Workers die at any statement, come too late, fail and try again while sites change: in the end the store holds what
    it would hold if everything had been read once and in peace.
    """
    found, sites = on_a_copy(empty, lambda database: live(database, history))
    assert found == on_a_copy(empty, lambda database: read_once(database, sites))


async def everything(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the store."""
    async with database.reading() as connection:
        return {
            table.name: sorted((tuple(row) for row in await connection.execute(select(table))), key=repr)
            for table in tables.metadata.sorted_tables
        }


async def die_everywhere(database: Database) -> int:
    """Let a worker die before every single statement of a round that has something of everything, and at its commit."""
    world = World(database)
    for number in range(4):
        for url in URLS:
            world.sites.change(url, "publish", number)
    await world.pull(set(URLS))
    for url, what, number in (
        (FEED, "edit", 1),
        (FEED, "publish", 0),
        (OTHER, "edit", 0),
        (ICS, "edit", 1),
        (ICS, "remove", 2),
    ):
        world.sites.change(url, what, number)
    deaths = 0
    world.now += 30 * HOUR
    while True:
        taken = await lease.take(database, 10, now=world.now)
        before = await everything(database)
        world.left_until = deaths + 1
        try:
            await store(database, [Outcome(leased=one, result=world.sites.answer(one)) for one in taken], now=world.now)
        except CrashError:
            deaths += 1
            assert await everything(database) == before
            world.now += lease.SECONDS
        else:
            return deaths


def test_a_worker_that_dies_at_any_statement_leaves_everything_as_it_was(empty: Path) -> None:
    """All that a round brings is stored at once: entries, events, validators, health, counts and the generation."""
    assert on_a_copy(empty, die_everywhere) > 10
