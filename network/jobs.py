"""Every job: name → function, rhythm, retry. The worker runs them all, side by side, until it is stopped.

A job that fails is logged and tried again after its next pause; what it had in hand is protected by leases and
transactions, never by the worker staying alive.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from feeds.client import Client
from network.aggregator.refresh import Refresh
from network.database.engine import Database, now
from network.members import network
from network.stewards import sign_in

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Work:
    """What a job works with; `stopping` is set when it should come to an end."""

    database: Database
    client: Client
    concurrency: int
    stopping: asyncio.Event


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done every so many seconds."""

    name: str
    every: float
    run: Callable[[Work], Awaitable[None]]


async def refresh(work: Work) -> None:
    """Pull every source that is due."""
    async with work.database.reading() as connection:
        zone = (await network.read(connection)).timezone
    refresh = Refresh(work.database, work.client, zone, work.concurrency, stopping=work.stopping)
    reports = await refresh.run_once()
    if reports:
        new = sum(report.new for report in reports)
        LOG.info(
            "pulled %d sources: %d new, %d with problems", len(reports), new, sum(bool(r.problem) for r in reports)
        )


async def tidy(work: Work) -> None:
    """Forget sign-in links and sessions that are over."""
    async with work.database.writing() as connection:
        await sign_in.forget(connection, now=now())


JOBS = (
    Job("refresh", 2.0, refresh),
    Job("tidy", 3600.0, tidy),
)


async def run_all(work: Work) -> None:
    """Run every job in its rhythm until `work.stopping` is set; what is in hand is finished."""
    async with asyncio.TaskGroup() as tasks:
        for job in JOBS:
            tasks.create_task(_run(job, work), name=job.name)


async def _run(job: Job, work: Work) -> None:
    while not work.stopping.is_set():
        try:
            await job.run(work)
        except Exception:  # whatever it was, the other jobs go on, and this one is tried again
            LOG.exception("the job %s failed", job.name)
        try:
            await asyncio.wait_for(work.stopping.wait(), job.every)
        except TimeoutError:
            continue
