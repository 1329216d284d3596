"""The network in figures, for those who watch over it: counts only, of one moment, cheap enough to ask every few seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Label, Select, exists, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from network.database import tables
from network.directory.health import counts
from network.model import Health

_MEMBER, _SOURCE = tables.member.c, tables.source.c
MEMBER_STATES = ("applied", "approved", "paused", "declined")
_SIZE = {
    "sqlite": "page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "pg_database_size(current_database())",
}
HUB_STATES = ("new", "asked", "active", "silent", "denied")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts by what their names say; `events` also of those that are over or gone. `sources` (by health) and `problems`
    (by code) are those of approved members; `due` counts the sources that a worker could take now, `waited` is for how
    many seconds the first of them has been due; `pulled_at` is the last pull (UTC seconds, None before the first);
    `tallies` count since the beginning, by kind and outcome; `size` is the database's, in bytes.
    """

    members: Mapping[str, int]
    sources: Mapping[Health, int]
    problems: Mapping[str, int]
    entries: int
    events: int
    occurrences_ahead: int
    due: int
    waited: int
    pulled_at: int | None
    resting: int
    subscriptions: Mapping[str, int]
    pushes: int
    tallies: Mapping[str, Mapping[str, int]]
    generation: int
    size: int


async def figures(connection: AsyncConnection, *, now: int) -> Figures:
    """All of it, as it is now (UTC seconds)."""
    due, waited = await _due(connection, now)
    totals = (await connection.execute(select(*_totals(connection.dialect.name, now)))).one()
    return Figures(
        members=await _by(connection, _MEMBER.state, MEMBER_STATES),
        sources=await counts(connection, now=now),
        problems=await _problems(connection),
        due=due,
        waited=waited,
        subscriptions=await _by(connection, tables.subscription.c.state, HUB_STATES),
        tallies=await _tallies(connection),
        **totals._mapping,  # noqa: SLF001 - SQLAlchemy's own name for it
    )


def _totals(dialect: str, now: int) -> list[Label[Any]]:
    """Single figures as columns of one row: one question to the database instead of many."""
    day, host, network = tables.occurrence.c, tables.host.c, tables.network.c
    queries: dict[str, Select[Any]] = {
        "entries": select(func.count()).select_from(tables.entry),
        "events": select(func.count()).select_from(tables.event),
        "occurrences_ahead": select(func.count()).where(day.start_at > now),
        "pulled_at": select(func.max(_SOURCE.checked_at)),
        "resting": select(func.count()).where(host.until > now),
        "pushes": select(func.count()).select_from(tables.push),
        "generation": select(network.generation),
        "size": select(text(_SIZE[dialect])),
    }
    return [query.scalar_subquery().label(name) for name, query in queries.items()]


async def _problems(connection: AsyncConnection) -> dict[str, int]:
    """How many sources of approved members can't be read, by the code of what is wrong."""
    query = (
        select(_SOURCE.problem, func.count())
        .join_from(tables.source, tables.member, _MEMBER.id == _SOURCE.member_id)
        .where(_SOURCE.state.in_(("broken", "gone")), _MEMBER.state == "approved")
    )
    rows = await connection.execute(query.group_by(_SOURCE.problem).order_by(_SOURCE.problem))
    return {row[0]: row[1] for row in rows}


async def _due(connection: AsyncConnection, now: int) -> tuple[int, int]:
    """How many sources a worker could take now, and for how many seconds the first of them has been due."""
    host = tables.host.c
    query = (
        select(func.count(), func.min(_SOURCE.due_at))
        .join_from(tables.source, tables.member, _MEMBER.id == _SOURCE.member_id)
        .where(
            _SOURCE.due_at <= now, _SOURCE.lease_until <= now, _SOURCE.state.not_in(("gone", "paused")),
            _MEMBER.state.in_(("approved", "applied")), ~exists().where(host.name == _SOURCE.site, host.until > now),
        )
    )  # fmt: skip
    number, first = (await connection.execute(query)).one()
    return number, 0 if first is None else now - first


async def _tallies(connection: AsyncConnection) -> dict[str, dict[str, int]]:
    row = tables.tally.c
    found: dict[str, dict[str, int]] = {}
    for name, number in await connection.execute(select(row.name, row.count).order_by(row.name)):
        kind, _, outcome = name.partition(":")
        found.setdefault(kind, {})[outcome] = number
    return found


async def _by(connection: AsyncConnection, column: Any, states: tuple[str, ...]) -> dict[str, int]:
    rows = await connection.execute(select(column, func.count()).group_by(column))
    return {**dict.fromkeys(states, 0), **{row[0]: row[1] for row in rows}}
