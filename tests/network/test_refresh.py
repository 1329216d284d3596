"""Pulling what is due, with the sample organizations' real sites."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from feeds.addresses import AllowedHosts
from feeds.client import Client
from network.aggregator import lease
from network.aggregator.refresh import Refresh
from network.database.engine import Database
from network.demo.coalition import organizations
from network.demo.server import serve
from network.directory import entries
from network.members import sources
from network.model import Selection
from tests.world import NOW, TENANTS, WORKERS, ZONE, entry, join, news, result


@pytest.fixture
async def sites() -> AsyncIterator[dict[str, str]]:
    """The sample organizations' sites, at free ports."""
    async with serve(organizations(), first_port=0) as addresses:
        yield addresses


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """The door to other people's servers, open to this machine."""
    async with Client(user_agent="Vecinos tests", allowed=AllowedHosts.parse("127.0.0.1")) as opened:
        yield opened


async def test_what_is_due_is_pulled_once(database: Database, client: Client, sites: dict[str, str]) -> None:
    """Everything at once, and then nothing is due; asked again, the sites say that nothing changed."""
    for number, slug in enumerate(("sol", "legal", "youth")):
        await join(
            database, replace(TENANTS, home_url=sites[slug] + "/", name=f"Site {number}"), sites[slug] + "/feed/"
        )
    first = await Refresh(database, client, ZONE).run_once()
    assert {report.source_id for report in first} == {1, 2, 3}
    assert sum(report.new for report in first) > 5
    assert await Refresh(database, client, ZONE).run_once() == []
    async with database.writing() as connection:
        await sources.make_due(connection, None, now=NOW)
    again = await Refresh(database, client, ZONE).run_once()
    assert all(report.unchanged or report.problem for report in again)


async def test_only_these_members_when_told(database: Database, client: Client, sites: dict[str, str]) -> None:
    """The others stay due."""
    one = await join(database, replace(TENANTS, home_url=sites["sol"] + "/"), sites["sol"] + "/feed/")
    await join(database, replace(WORKERS, home_url=sites["workers"] + "/"), sites["workers"] + "/feed/")
    reports = await Refresh(database, client, ZONE, only=[one.id]).run_once()
    assert [report.member_id for report in reports] == [one.id]
    assert len(await lease.take(database, 10, now=NOW)) == 1


async def test_a_stop_finishes_what_is_in_hand_and_gives_back_the_rest(
    database: Database, client: Client, sites: dict[str, str]
) -> None:
    """Nothing that was taken stays taken."""
    for number in range(8):
        url = f"{sites['sol']}/feed/?copy={number}"
        await join(database, replace(TENANTS, home_url=f"https://copy{number}.example/"), url)
    stopping = asyncio.Event()
    refresh = Refresh(database, client, ZONE, concurrency=1, stopping=stopping)
    refresh.report = lambda _report: stopping.set()
    done = await refresh.run_once()
    left = await lease.take(database, 100, now=NOW)
    assert len(done) >= 1
    assert len(done) + len(left) == 8


async def test_one_feed_that_can_not_be_stored_does_not_cost_the_others(
    database: Database, client: Client, sites: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are stored; it is told of, and tried again later."""

    await join(database, TENANTS, "https://tenants.example/feed/")
    await join(database, WORKERS, "https://obrero.example/feed/")

    async def pull(_client: Client, source: object, **_: object) -> object:

        title = "\ud800" if "tenants" in str(source) else "Good"
        return result("", news(entry(1, title=title, id="x", link=None)))

    monkeypatch.setattr("network.aggregator.refresh.pull", pull)
    reports = await Refresh(database, client, ZONE).run_once()
    assert sorted((report.problem, report.new) for report in reports) == [("", 1), ("internal", 0)]
    async with database.reading() as connection:
        (found, _) = await entries.newest(connection, Selection())
    assert [one.title for one in found] == ["Good"]
