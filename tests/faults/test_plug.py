"""The database goes away under a running worker: nothing is lost or doubled, and it goes on by itself."""

from __future__ import annotations

import asyncio
import logging
import resource
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, func, select, update

from network import jobs
from network.aggregator import refresh
from network.database import tables
from network.database.engine import Database
from network.websub.callbacks import Callbacks
from tests.conftest import PostgresServer
from tests.faults.documents import Post, rss
from tests.faults.network import Network
from tests.faults.sites import Site
from tests.faults.test_crashes import worker
from tests.servers import Server, serving
from tests.world import DAY, NOW

SITES = 40
_SOURCE, _ENTRY = tables.source.c, tables.entry.c

postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Street:
    """Sites that publish more from round to round."""

    def __init__(self, *, words: int = 5) -> None:
        self.sites = {f"/{number}": Site(b"") for number in range(SITES)}
        self.round, self._words = 0, words
        self.publish()

    def publish(self) -> None:
        """One more post on each, and the one before is edited."""
        self.round += 1
        for path, site in self.sites.items():
            site.publish(rss(self.posts(path)))

    def posts(self, path: str) -> list[Post]:
        """What a site lists now."""
        return [
            Post(guid=f"{path}/{number}", link=f"https://tenants.example{path}/{number}", title=f"Post {number}",
                 text=f"{self.round - number} " * self._words, published=NOW - DAY + number)
            for number in range(self.round)
        ]  # fmt: skip

    def published(self) -> set[tuple[str, str]]:
        """Identity and text of all of it."""
        return {(post.guid, f"<p>{post.text}</p>") for path in self.sites for post in self.posts(path)}


@asynccontextmanager
async def street(network: Network, *, words: int = 5) -> AsyncIterator[tuple[Street, Server]]:
    """A street whose houses have all joined."""
    sites = Street(words=words)
    async with serving(sites.sites) as server:
        await network.join(*(server.url(path) for path in sites.sites))
        await make_due(network.database)
        yield sites, server


@asynccontextmanager
async def at_work(network: Network, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """The job that pulls, beside the test; it must end well when it is told to."""
    monkeypatch.setattr(jobs, "PAUSE", 0.05)
    monkeypatch.setattr(refresh, "LOOK", 0.05)
    monkeypatch.setattr(refresh, "PATIENCE", 0.05)
    stopping = asyncio.Event()
    callbacks = Callbacks("http://127.0.0.1:8000", b"x" * 32)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(jobs.refresh(jobs.Work(network.database, network.client, 16, stopping, callbacks)))
        yield
        stopping.set()


async def stored(database: Database) -> set[tuple[str, str]]:
    """Identity and text of every entry, none of which is there twice."""
    async with database.reading() as connection:
        found = [tuple(row) for row in await connection.execute(select(_ENTRY.identity, _ENTRY.content))]
    assert len({identity for identity, _ in found}) == len(found)
    return set(found)


async def due(database: Database) -> int:
    """How many sources have not been stored since they were made due."""
    async with database.reading() as connection:
        query = select(func.count()).where(_SOURCE.due_at == 0)
        return int((await connection.execute(query)).scalar_one())


async def make_due(database: Database) -> None:
    """Let every source be pulled; no lease is ended by it."""
    async with database.writing() as connection:
        await connection.execute(update(tables.source).values(due_at=0))


async def all_stored(database: Database) -> None:
    """Wait until nothing is due any more."""
    async with asyncio.timeout(60):
        while await due(database):
            await asyncio.sleep(0.02)


def _pull_plugs(database: Database) -> None:
    """End every connection to the database, whatever it is doing."""
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        connection.execute(others + " AND pid <> pg_backend_pid()")


@postgresql
async def test_connections_that_are_pulled_while_storing_cost_nothing(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty times, at any moment: what was being stored is stored whole or not at all, and pulling goes on at once."""
    random = Random(3)
    async with street(network) as (sites, _), at_work(network, monkeypatch):
        for _ in range(5):
            for _ in range(6):
                await asyncio.sleep(random.random() / 12)
                await asyncio.to_thread(_pull_plugs, network.database)
            # A lease that was granted in the very moment in which the connection broke is nobody's: it runs out.
            network.clock.now += 301
            await all_stored(network.database)
            assert await stored(network.database) == sites.published()
            sites.publish()
            await make_due(network.database)
        await all_stored(network.database)
        assert await stored(network.database) == sites.published()


@postgresql
async def test_a_database_server_that_is_started_again_finds_the_worker_waiting(
    network: Network, monkeypatch: pytest.MonkeyPatch, postgres_server: PostgresServer
) -> None:
    """Its plug is pulled in the middle of a round; the worker tries until it is back, and finishes the round."""
    async with street(network) as (sites, _), at_work(network, monkeypatch):
        await all_stored(network.database)
        sites.publish()
        await make_due(network.database)
        await asyncio.to_thread(postgres_server.stop)
        await asyncio.sleep(0.2)
        await asyncio.to_thread(postgres_server.start)
        network.clock.now += 301
        await all_stored(network.database)
        assert await stored(network.database) == sites.published()


@sqlite
async def test_a_full_disk_loses_nothing(
    network: Network, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What is there can be read, what can't be stored is not taken for read, and when there is room all of it comes."""
    pages = 1 << 30

    def bound(connection: Any, _record: Any, _proxy: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA max_page_count={pages}")
        cursor.close()

    event.listen(network.database.engine.sync_engine, "checkout", bound)
    async with street(network, words=2000) as (sites, _), at_work(network, monkeypatch):
        await all_stored(network.database)
        before = await stored(network.database)
        marks = {url: row.body_hash for url, row in (await network.rows()).items()}
        pages = 1  # SQLite takes that for "no more than there are"
        caplog.set_level(logging.ERROR)
        sites.publish()
        await make_due(network.database)
        async with asyncio.timeout(30):
            while caplog.text.count("database or disk is full") < 3:
                await asyncio.sleep(0.02)
        assert {key for key, _ in before} <= {key for key, _ in await stored(network.database)}
        left = {url for url, row in (await network.rows()).items() if row.due_at == 0}
        assert left
        assert {url: row.body_hash for url, row in (await network.rows()).items() if url in left} == {
            url: marks[url] for url in left
        }
        pages = 1 << 30
        await all_stored(network.database)
        assert await stored(network.database) == sites.published()
        assert {row.state for row in (await network.rows()).values()} == {"fine"}


@sqlite
async def test_a_worker_whose_disk_is_full_goes_on_when_there_is_room(
    network: Network, database_url: str, tmp_path: Path
) -> None:
    """The real process: it does not end, says what is wrong, and stores everything as soon as it can."""
    async with street(network, words=2000) as (sites, _):
        async with worker(database_url, tmp_path) as process, asyncio.timeout(60):
            await all_stored(network.database)
            largest = max(file.stat().st_size for file in tmp_path.glob("vecinos.db*"))
            _let_files_grow(process, largest)
            sites.publish()
            await make_due(network.database)
            await _says(process, "pulling broke off")
            assert process.returncode is None
            _let_files_grow(process, resource.RLIM_INFINITY)
            await all_stored(network.database)
            process.send_signal(signal.SIGTERM)
            assert await process.wait() == 0
        assert await stored(network.database) == sites.published()


def _let_files_grow(process: Process, size: int) -> None:
    """To this size (bytes) and no further: a write beyond it fails, as on a full disk."""
    _, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, hard))


async def _says(process: Process, words: str) -> None:
    """Wait until its log says so."""
    assert process.stderr is not None
    async for line in process.stderr:
        if words in line.decode():
            return
    raise AssertionError("the worker has ended")
