"""What we remember. Every pull of a batch of sources is stored in one transaction: entries, events, validators, health,
the next due time and the generation, or nothing at all.

    store(database, outcomes)  =  entries (archive_entries)  +  events (archive_events)  +  sources (here)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from feeds import schedule
from feeds.model import Changes, Failed, Unchanged
from feeds.pipeline import Pulled
from network.aggregator import archive_entries, archive_events
from network.aggregator.lease import Leased
from network.aggregator.numbers import Numbers
from network.database import tables
from network.database.bulk import update_rows
from network.database.engine import Database

SOURCE_COLUMNS = (
    "state", "problem", "detail", "etag", "last_modified", "body_hash", "failures", "rhythm", "checked_at", "good_at", "due_at",
    "lease_until", "format", "parser", "language", "title", "read_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of pulling one source."""

    leased: Leased
    result: Pulled | Unchanged | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One source's pull in figures, for people: how many entries and events it lists, and how many were new or changed."""

    source_id: int
    member_id: int
    url: str
    problem: str = ""
    sentence: str = ""
    listed: int = 0
    new: int = 0
    changed: int = 0
    unchanged: bool = False


async def store(database: Database, outcomes: Sequence[Outcome], *, now: int) -> list[Report]:
    """Store what came of these pulls, all or nothing, and say what changed."""
    pulled = [(outcome.leased, outcome.result) for outcome in outcomes if isinstance(outcome.result, Pulled)]
    async with database.writing() as connection:
        numbers = Numbers(connection)
        of_entries = await archive_entries.store(connection, pulled, numbers, now=now)
        of_events = await archive_events.store(connection, pulled, numbers, now=now)
        await numbers.settle()
        await _store_sources(connection, outcomes, now)
    return [_report(outcome, of_entries, of_events) for outcome in outcomes]


async def _store_sources(connection: AsyncConnection, outcomes: Sequence[Outcome], now: int) -> None:
    unchanged: list[tuple[object, ...]] = []
    others: list[tuple[object, ...]] = []
    for outcome in outcomes:
        leased, result = outcome.leased, outcome.result
        if isinstance(result, Unchanged):
            due = _next_due(leased, result.max_age, now)
            mark = (result.etag or leased.etag, result.last_modified or leased.last_modified)
            unchanged.append(("fine", "", "", *mark, 0, now, now, due, 0, leased.id))
        elif isinstance(result, Pulled):
            others.append((*_pulled_row(leased, result, now), leased.id))
        else:
            others.append((*_failed_row(leased, result, now), leased.id))
    columns = (
        "state",
        "problem",
        "detail",
        "etag",
        "last_modified",
        "failures",
        "checked_at",
        "good_at",
        "due_at",
        "lease_until",
    )
    await update_rows(connection, tables.source, columns, ("id",), unchanged)
    await update_rows(connection, tables.source, SOURCE_COLUMNS, ("id",), others)


def _pulled_row(leased: Leased, result: Pulled, now: int) -> tuple[object, ...]:
    feed, fetched = result.feed, result.fetched
    rhythm = schedule.rhythm([entry.published for entry in feed.entries if entry.published], now=now)
    due = _next_due(leased, fetched.max_age if fetched.max_age is not None else feed.ttl, now, rhythm)
    return (
        "fine", "", "", fetched.etag, fetched.last_modified, fetched.body_hash.hex(), 0, rhythm, now, now, due, 0,
        feed.format, feed.parser, feed.language, feed.title or leased.title, now,
    )  # fmt: skip


def _failed_row(leased: Leased, result: Failed, now: int) -> tuple[object, ...]:
    failures = leased.failures + 1
    due = schedule.next_due(
        now=now, seed=leased.id, rhythm=leased.rhythm, failures=failures, retry_after=result.retry_after, told=None
    )
    state = "gone" if result.problem.code == "gone" else "broken"
    return (
        state, result.problem.code, result.detail[:500], leased.etag, leased.last_modified, leased.body_hash, failures,
        leased.rhythm, now, leased.good_at, due, 0, leased.format, leased.parser, leased.language, leased.title,
        leased.read_at,
    )  # fmt: skip


def _next_due(leased: Leased, told: int | None, now: int, rhythm: int | None = None) -> int:
    rhythm = leased.rhythm if rhythm is None else rhythm
    return schedule.next_due(now=now, seed=leased.id, rhythm=rhythm, failures=0, retry_after=None, told=told)


def _report(outcome: Outcome, of_entries: dict[int, Changes], of_events: dict[int, Changes]) -> Report:
    leased, result = outcome.leased, outcome.result
    where = {"source_id": leased.id, "member_id": leased.member_id, "url": leased.url}
    if isinstance(result, Failed):
        return Report(**where, problem=result.problem.code, sentence=result.problem.text)  # type: ignore[arg-type]
    if isinstance(result, Unchanged):
        return Report(**where, unchanged=True)  # type: ignore[arg-type]
    both = [changes[leased.id] for changes in (of_entries, of_events) if leased.id in changes]
    return Report(
        **where,  # type: ignore[arg-type]
        listed=len(result.feed.entries) + len(result.feed.events),
        new=sum(len(changes.new) for changes in both),
        changed=sum(len(changes.changed) for changes in both),
    )
