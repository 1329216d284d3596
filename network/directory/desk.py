"""What organizers see first: who applies, what waits for their decision, what can't be read, and who is a member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from network.database import tables
from network.directory import sources as found_sources
from network.directory.health import PAGE, counts, worst_first
from network.directory.sources import Owned, Vanishing, vanishing
from network.members import register, sources
from network.model import Health, Member, SourceHealth

DECIDING, TROUBLED, SHOWN = 10, 20, 6
"""So many at once, and so many events of each; the others are one link away."""
_STATE = tables.member.c.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """`applications` with the titles of what they published last; `deciding` with what would vanish; `troubled` are the
    first of `problems` sources that can't be read; `members` are one page of `total`; `counts`: sources by health.
    """

    applications: list[tuple[Member, list[SourceHealth], list[str]]]
    deciding: list[tuple[Owned, Vanishing]]
    troubled: list[Owned]
    problems: int
    members: list[tuple[Member, list[SourceHealth]]]
    total: int
    pages: int
    counts: Mapping[Health, int]


async def desk(connection: AsyncConnection, *, now: int, timezone: str, page: int = 1) -> Desk:
    """The desk as it is now (UTC seconds), with this page of the members. `timezone` is that of events that name none."""
    applied = await _with_sources(connection, await register.by_query(connection, _STATE == "applied"), now)
    total, members = await _members(connection, page)
    held, _ = await found_sources.by_health(connection, ["suspect"], now=now, size=DECIDING)
    waiting = [
        (one, await vanishing(connection, one.source.id, now=now, timezone=timezone, limit=SHOWN)) for one in held
    ]
    troubled, problems = await found_sources.by_health(connection, ["broken", "gone"], now=now, size=TROUBLED)
    return Desk(
        applications=[(one, theirs, await sources.latest_titles(connection, one.id)) for one, theirs in applied],
        deciding=[pair for pair in waiting if pair[1].total],
        troubled=troubled,
        problems=problems,
        members=await _with_sources(connection, members, now),
        total=total,
        pages=max(1, -(-total // PAGE)),
        counts=await counts(connection, now=now),
    )


async def _members(connection: AsyncConnection, page: int) -> tuple[int, list[Member]]:
    row = tables.member.c
    belongs = _STATE.in_(("approved", "paused"))
    total = (await connection.execute(select(func.count()).select_from(tables.member).where(belongs))).scalar_one()
    ids = select(row.id).where(belongs).order_by(row.name, row.id).limit(PAGE).offset((page - 1) * PAGE)
    chosen = list((await connection.execute(ids)).scalars())
    return total, await register.by_query(connection, row.id.in_(chosen))


async def _with_sources(
    connection: AsyncConnection, members: list[Member], now: int
) -> list[tuple[Member, list[SourceHealth]]]:
    theirs = await sources.of_members(connection, [member.id for member in members], now=now)
    return [(member, worst_first(theirs.get(member.id, []))) for member in members]
