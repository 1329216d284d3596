"""Slow sites cost nobody else anything, and no site is asked more than it can take.

Measured by who is done before whom, never by the seconds that a machine takes.
"""

from __future__ import annotations

import asyncio
import resource
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from itertools import pairwise

import pytest

from feeds.addresses import AllowedHosts
from network.aggregator import crew, refresh
from network.aggregator.archive import Report
from network.aggregator.turns import Turns
from tests.faults.conftest import HOSTS
from tests.faults.documents import Post, rss
from tests.faults.network import Network, SitesClient
from tests.faults.sites import Site, farm
from tests.servers import Request
from tests.world import DAY, NOW

BODY = rss([Post(guid="1", link=None, title="We won", published=NOW - DAY)])

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Gate:
    """Sites that hang until it is opened. It counts who waits."""

    def __init__(self) -> None:
        self.waiting: Counter[str] = Counter()
        self.most: Counter[str] = Counter()
        self.came: list[tuple[str, float]] = []
        self._opened = asyncio.Event()

    def open(self) -> None:
        """Let everybody through."""
        self._opened.set()

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        """Answer when it is open."""
        host = request.headers["host"]
        self.came.append((host, asyncio.get_running_loop().time()))
        self.waiting[host] += 1
        self.most[host] = max(self.most[host], self.waiting[host])
        await self._opened.wait()
        self.waiting[host] -= 1
        await Site(BODY)(request, writer)


@asynccontextmanager
async def asking_sites(network: Network, **limits: float) -> AsyncIterator[None]:
    """Ask every host of this machine as a site of its own, few requests at a time."""
    allowed = AllowedHosts.parse(HOSTS)
    async with SitesClient(user_agent="Vecinos tests", allowed=allowed, **limits) as network.client:  # type: ignore[arg-type]
        yield


@asynccontextmanager
async def pulling(network: Network) -> AsyncIterator[list[Report]]:
    """A worker that goes on beside the test; what it has stored so far. It is stopped at the end, and ends well."""
    stopping = asyncio.Event()
    done: list[Report] = []
    worker = network.refresh(stopping)
    worker.report = done.append
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(worker.run_on())
        yield done
        stopping.set()


async def until(done: list[Report], count: int) -> None:
    """Wait until so many are stored."""
    async with asyncio.timeout(60):
        while len(done) < count:
            await asyncio.sleep(0.01)


async def test_a_site_that_hangs_with_all_its_feeds_delays_nobody_else(network: Network) -> None:
    """Sixty feeds of a provider that hangs, and sixty other sites: all of these are stored while it still hangs, and it has
    never more than two requests at a time.
    """
    gate = Gate()
    healthy = {f"127.0.1.{number}/feed": Site(BODY) for number in range(1, 61)}
    async with farm({**{f"127.0.0.2/{number}": gate for number in range(60)}, **healthy}) as server:
        await network.join(*(server.url(f"/{number}", "127.0.0.2") for number in range(60)), name="Provider")
        await network.join(*(server.url("/feed", f"127.0.1.{number}") for number in range(1, 61)))
        async with asking_sites(network), pulling(network) as done:
            await until(done, 60)
            assert {report.url.rpartition(":")[0] for report in done} == {
                f"http://127.0.1.{number}" for number in range(1, 61)
            }
            async with asyncio.timeout(30):  # the second may still wait for the pause after the first
                while gate.most[f"127.0.0.2:{server.port}"] < 2:
                    await asyncio.sleep(0.01)
            assert gate.most == {f"127.0.0.2:{server.port}": 2}
            gate.open()


@contextmanager
def many_open_files() -> Iterator[None]:
    """As many as a worker and its sites need in one process."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 4096:
        pytest.skip("needs to open 4,096 files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 4096), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_six_hundred_sites_that_hang_do_not_stop_the_others(
    network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than may hang at the same time, and all of them due before the others: these are stored as soon as the first
    of those has been given up, and long before the last.
    """
    monkeypatch.setattr(crew, "QUICK", 0.05)
    gate = Gate()
    hosts = [f"127.0.{number >> 8}.{number & 255}" for number in range(1, 661)]
    sites = {f"{host}/feed": Site(BODY) if number >= 600 else gate for number, host in enumerate(hosts)}
    with many_open_files():
        async with farm(sites) as server:
            await network.join(*(server.url("/feed", host) for host in hosts))
            async with asking_sites(network, first_byte=2.0), pulling(network) as done:
                await until(done, 660)
    last_good = max(number for number, report in enumerate(done) if not report.problem)
    assert Counter(report.problem for report in done) == {"too_slow": 600, "": 60}
    assert len(gate.came) == 600
    assert sum(1 for report in done[last_good:] if report.problem) > 0


async def test_a_site_gets_a_pause_between_two_requests(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """However quickly it answers, its next feed is asked for a moment later, and never three at a time."""
    monkeypatch.setattr(refresh, "Turns", partial(Turns, pause=0.1))
    gate = Gate()
    gate.open()
    async with farm({f"127.0.0.2/{number}": gate for number in range(8)}) as server:
        await network.join(*(server.url(f"/{number}", "127.0.0.2") for number in range(8)))
        async with asking_sites(network):
            reports = await network.pull_due()
    moments = [moment for _, moment in gate.came]
    assert len(reports) == 8
    # What is measured is when they arrived, so one that was on its way for long makes the next one seem too soon.
    assert sum(later - moment > 0.08 for moment, later in pairwise(moments)) >= 6
    assert moments[-1] - moments[0] > 0.65


async def test_a_site_with_many_feeds_waits_its_turn(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider with three hundred feeds that are due first, and a group with one: the group's is among the first to be
    stored.
    """
    monkeypatch.setattr(refresh, "LOOK", 0.3)
    sites = {**{f"127.0.0.2/{number}": Site(BODY) for number in range(300)}, "127.0.0.3/feed": Site(BODY)}
    async with farm(sites) as server:
        await network.join(*(server.url(f"/{number}", "127.0.0.2") for number in range(300)), name="Provider")
        group = server.url("/feed", "127.0.0.3")
        await network.join(group)
        async with asking_sites(network), pulling(network) as done, asyncio.timeout(60):
            while group not in {report.url for report in done}:
                await asyncio.sleep(0.01)
    assert [report.url for report in done].index(group) < 20


async def test_a_site_that_asks_for_rest_gets_it_at_once(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for it in this worker is not asked any more; it goes back to where it can be taken when the rest is
    over.
    """
    monkeypatch.setattr(refresh, "PATIENCE", 0.05)
    asked: list[str] = []

    async def tired(request: Request, writer: asyncio.StreamWriter) -> None:
        asked.append(request.path)
        writer.write(b"HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\nRetry-After: 3600\r\n\r\n")

    async with farm({f"127.0.0.2/{number}": tired for number in range(30)}) as server:
        await network.join(*(server.url(f"/{number}", "127.0.0.2") for number in range(30)))
        async with asking_sites(network):
            reports = await network.pull_due()
    assert len(asked) == len(reports) < 5
    assert {row.lease_until for row in (await network.rows()).values()} == {0}


async def test_a_worker_that_is_stopped_finishes_what_is_in_hand(network: Network) -> None:
    """Two feeds are being read and twenty wait: the two are stored, the others given back, and nothing stays taken."""
    gate = Gate()
    async with farm({f"127.0.0.2/{number}": gate for number in range(22)}) as server:
        await network.join(*(server.url(f"/{number}", "127.0.0.2") for number in range(22)))
        async with asking_sites(network), pulling(network) as done:
            async with asyncio.timeout(30):
                while len(gate.came) < 2:
                    await asyncio.sleep(0.01)
            asyncio.get_running_loop().call_later(0.1, gate.open)
    assert len(gate.came) == len(done) == 2
    rows = (await network.rows()).values()
    assert ({row.lease_until for row in rows}, sum(row.good_at is not None for row in rows)) == ({0}, 2)
