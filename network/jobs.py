"""Every job: name → function, rhythm, retry. The worker runs them all, side by side, until it is stopped.

A job that fails is logged and tried again after its next pause; what it had in hand is protected by leases and
transactions, never by the worker staying alive.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from feeds.client import Client
from network.aggregator.outcome import Report
from network.aggregator.refresh import Refresh
from network.database.engine import Database, now
from network.members import network
from network.stewards import sign_in
from network.websub import subscriber
from network.websub.callbacks import Callbacks
from network.websub.pushes import Pushes
from network.websub.silence import Silence

LOG = logging.getLogger(__name__)
PAUSE = 2.0
"""Seconds before pulling is tried again after the database went away."""
SUMMARY = 10
"""Seconds between two lines of the log about what was pulled."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a job works with; `stopping` is set when it should come to an end. `callbacks` is where hubs reach us."""

    database: Database
    client: Client
    concurrency: int
    stopping: asyncio.Event
    callbacks: Callbacks
    silence: Silence = field(default_factory=Silence)


@dataclass(frozen=True, slots=True)
class Job:
    """Something that is done again so many seconds after it was done."""

    name: str
    every: float
    run: Callable[[Work], Awaitable[None]]


async def refresh(work: Work) -> None:
    """Pull every source as it becomes due, until the worker is to stop."""
    async with work.database.reading() as connection:
        zone = (await network.read(connection)).timezone
    pulling = Refresh(work.database, work.client, zone, work.concurrency, stopping=work.stopping, report=_Told())
    while not work.stopping.is_set():
        try:
            await pulling.run_on()
        except Exception:  # the database went away, or is full: what was in hand is given back when it is there again
            LOG.exception("pulling broke off; trying again in %.0f s", PAUSE)
            await _pause(work.stopping, PAUSE)


@dataclass(slots=True)
class _Told:
    """Says in the log what came, at most every ten seconds: a line for each of ten thousand sources says nothing."""

    pulled: int = 0
    new: int = 0
    problems: int = 0
    at: int = field(default_factory=now)

    def __call__(self, report: Report) -> None:
        self.pulled += 1
        self.new += report.new
        self.problems += bool(report.problem)
        LOG.debug("source %d: %s%d new", report.source_id, report.problem and f"{report.problem}, ", report.new)
        if now() - self.at >= SUMMARY:
            LOG.info("pulled %d sources: %d new, %d with problems", self.pulled, self.new, self.problems)
            self.pulled = self.new = self.problems = 0
            self.at = now()


async def tidy(work: Work) -> None:
    """Forget sign-in links and sessions that are over."""
    async with work.database.writing() as connection:
        await sign_in.forget(connection, now=now())


async def subscribe(work: Work) -> None:
    """Ask the hubs that sources name to tell us what is new."""
    asked = await subscriber.subscribe_due(work.database, work.client, work.callbacks, now=now())
    if asked:
        LOG.info("asked hubs %d times", asked)


async def pushes(work: Work) -> None:
    """Read what hubs have sent."""
    reports = await Pushes(work.database, work.stopping).run_once()
    if reports:
        LOG.info("read %d pushes: %d new", len(reports), sum(report.new for report in reports))


async def silence(work: Work) -> None:
    """Notice hubs that do not bring what pulls find."""
    missed = await work.silence.notice(work.database, now=now())
    if missed:
        LOG.info("the hubs of %d sources are silent", len(missed))


JOBS = (
    Job("refresh", 2.0, refresh),
    Job("subscribe", 5.0, subscribe),
    Job("pushes", 0.5, pushes),
    Job("silence", 30.0, silence),
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
        await _pause(work.stopping, job.every)


async def _pause(stopping: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stopping.wait(), seconds)
    except TimeoutError:
        return
