"""A running site of the fictional coalition, asked in this process."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest
from starlette.types import ASGIApp, Message

from network import settings
from network.app import make_app
from network.database.engine import Database, open_database
from network.places import Gazetteer
from network.stewards import sign_in
from network.web.budget import Budget
from tests.world import NOW, TENANTS, WORKERS, bring, calendar, entry, event, join, news

FEED = "https://tenants.example/feed/"
ICS = "https://tenants.example/events.ics"
OTHER = "https://obrero.example/feed/"


@dataclass(frozen=True)
class RunningSite:
    """The site, a browser of sorts, and the database behind it."""

    browser: httpx2.AsyncClient
    database: Database
    settings: settings.Settings

    async def sign_in_link(self) -> str:
        """What `vecinos stewards invite` prints."""
        async with self.database.writing() as connection:
            return "/desk/sign-in/" + await sign_in.invite(connection, "ana@example.org", now=NOW)


@pytest.fixture(autouse=True)
def _fixed_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The coalition's Sunday never ends: pages and feeds are the same whenever the tests run."""
    for module in ("network.web.visit", "network.web.machines", "network.aggregator.refresh", "network.jobs"):
        monkeypatch.setattr(f"{module}.now", lambda: NOW)
    # Time stands still, so what is counted by the minute would never be free again.
    monkeypatch.setattr("network.web.join.LOOKUPS", Budget(limit=1000, seconds=60))


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the gazetteer and an empty database in it: making them anew takes a second each time."""
    folder = Path(tmp_path_factory.mktemp("prepared"))
    with Gazetteer(folder) as gazetteer:
        gazetteer.prepare()
    asyncio.run(_make_database(folder))
    return folder


async def _make_database(folder: Path) -> None:
    await (await open_database(f"sqlite+aiosqlite:///{folder / 'vecinos.db'}")).close()


@pytest.fixture
def data_dir(prepared: Path, tmp_path: Path) -> Path:
    """A data folder of this test's own."""
    folder = tmp_path / "data"
    shutil.copytree(prepared, folder, copy_function=os.link)
    (folder / "vecinos.db").unlink()
    shutil.copy(prepared / "vecinos.db", folder)
    return folder


@pytest.fixture
async def site(data_dir: Path) -> AsyncIterator[RunningSite]:
    """A site with two members, three posts and three gatherings."""
    async with running(data_dir, {}) as here:
        await fill(here.database)
        yield here


@asynccontextmanager
async def running(folder: Path, environ: dict[str, str]) -> AsyncIterator[RunningSite]:
    """A site with nothing in it."""
    read = settings.read({"VECINOS_DATA_DIR": str(folder), **environ})
    app = make_app(read)
    database = await open_database(read.database_url)
    async with _lifespan(app):
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=read.base_url) as browser:
            yield RunningSite(browser, database, read)
    await database.close()


async def fill(database: Database) -> None:
    """Two members with what they publish."""
    await join(database, TENANTS, FEED, ICS)
    await join(database, WORKERS, OTHER)
    weekly = event(3, uid="weekly@tenants.example", title="Weekly meeting", rrule="FREQ=WEEKLY")
    feeds = {
        FEED: news(entry(1), entry(2, title="Derechos", language="es"), entry(4, title="<b>Bold</b> & co")),
        ICS: calendar(event(1), event(2, status="cancelled"), weekly),
        OTHER: news(entry(1, id="shared", title="Shared")),
    }
    await bring(database, feeds)


@asynccontextmanager
async def _lifespan(app: ASGIApp) -> AsyncIterator[None]:
    """Start and stop an application as a server does."""
    told: asyncio.Queue[Message] = asyncio.Queue()
    said: asyncio.Queue[Message] = asyncio.Queue()
    running = asyncio.create_task(_run(app, told.get, said.put))
    await told.put({"type": "lifespan.startup"})
    started = await said.get()
    assert started["type"] == "lifespan.startup.complete", started
    try:
        yield
    finally:
        await told.put({"type": "lifespan.shutdown"})
        await running


async def _run(
    app: ASGIApp, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    await app({"type": "lifespan", "state": {}}, receive, send)
