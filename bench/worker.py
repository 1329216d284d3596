"""What Vecinos does, measured in a process of its own on the data folder that the environment names.

python -m bench.worker register BASE SITES         put the farm's sites into the register
python -m bench.worker pull FARM BASE SITES        pull them cold, unchanged, and with 1 % changed
python -m bench.worker race BASE                   pull until every source at BASE is stored, whoever else hangs
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop
from sqlalchemy import select

from bench import farm
from bench.meter import Meter, peak_memory, print_figures
from feeds.model import FoundFeed
from network.aggregator.importing import register_all
from network.aggregator.outcome import Report
from network.aggregator.refresh import Refresh
from network.database import tables
from network.database.engine import now
from network.members import sources
from network.members.lists import Row
from network.model import Member
from network.settings import read
from network.site import Site, open_site

ZONE = "America/New_York"


async def register(site: Site, base: str, sites: str) -> None:
    """Put the farm's sites into the register."""
    rows = []
    for number in range(int(sites)):
        home = f"{base}/s{number:05d}/"
        member = Member(id=0, slug="", name=f"Site {number}", home_url=home, town="Worcester", region="MA")
        rows.append(Row(number=number, member=member, feeds=(FoundFeed(home + "feed.xml", "", "feed", "bench"),)))
    await register_all(site.database, rows, site.gazetteer, now=now())
    print_figures({})


async def pull(site: Site, folder: str, base: str, sites: str) -> None:
    """Pull every source three times; a new post on 1 % of the sites comes before the third."""
    count, figures = int(sites), {}
    for name in ("cold", "unchanged", "changed"):
        fresh = {"cold": count, "unchanged": 0, "changed": max(count // 100, 1)}[name]
        if name == "changed":
            farm.publish(Path(folder), base, fresh)
        await _make_due(site)
        with Meter(count) as meter:
            reports = await Refresh(site.database, site.client, ZONE).run_once()
        figures[name] = meter.figures()
        assert len(reports) == count
        assert len([report for report in reports if report.new]) == fresh
        assert not [report for report in reports if report.problem]
    print_figures({**figures, "memory": peak_memory()})


async def race(site: Site, base: str) -> None:
    """Pull what is due, and see how many seconds it takes until everything at this address is stored."""
    await _make_due(site)
    async with site.database.reading() as connection:
        row = tables.source.c
        wanted = select(row.id).where(row.url.startswith(f"{base}/"), row.state != "paused")
        left = set((await connection.execute(wanted)).scalars())
    all_stored = asyncio.Event()

    def note(report: Report) -> None:
        left.discard(report.source_id)
        if not left:
            all_stored.set()

    began = time.perf_counter()
    pulling = asyncio.create_task(Refresh(site.database, site.client, ZONE, report=note).run_once())
    await all_stored.wait()
    print_figures({"seconds": time.perf_counter() - began})
    pulling.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await pulling


async def _make_due(site: Site) -> None:
    async with site.database.writing() as connection:
        await sources.make_due(connection, None, now=now())


JOBS: dict[str, Callable[..., Awaitable[None]]] = {"register": register, "pull": pull, "race": race}


async def _main(name: str, *words: str) -> None:
    async with open_site(read(os.environ)) as site:
        await JOBS[name](site, *words)


if __name__ == "__main__":
    uvloop.run(_main(*sys.argv[1:]))
