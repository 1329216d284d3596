"""Hubs that go silent are noticed: a pull finds something new that no push has brought, though it is not that new.

The source is then pulled as if it had no hub, and the hub is asked again after a day; the first good push makes up for
it all (intake.py). Nothing is looked at but what was stored since the last look, whatever brought it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from feeds import schedule
from network.database import tables
from network.database.engine import Database

LATE = 15 * 60
"""Seconds in which a push should have come."""
PAUSE = 86_400
MISSED = "missed"
_ROW, _ENTRY, _SOURCE = tables.subscription.c, tables.entry.c, tables.source.c


@dataclass(slots=True)
class Silence:
    """Remembers how far it has looked: entries are numbered in the order in which they are stored."""

    last: int | None = None

    async def notice(self, database: Database, *, now: int) -> list[int]:
        """The sources whose hub has missed something since the last look; their subscriptions are silent from now on."""
        async with database.reading() as connection:
            newest = (await connection.execute(select(tables.network.c.last_item))).scalar_one()
            since, self.last = self.last, newest
            if since is None or since >= newest:
                return []
            promised = func.coalesce(_ROW.pushed_at, 0), _ROW.asked_at + LATE
            query = (
                select(_ROW.source_id)
                .distinct()
                .join(tables.entry, _ENTRY.source_id == _ROW.source_id)
                .where(_ROW.state == "active", _ENTRY.id > since, _ENTRY.first_seen - _ENTRY.published > LATE)
                .where(*(_ENTRY.published > moment for moment in promised))
            )
            missed = list((await connection.execute(query)).scalars())
        if missed:
            async with database.writing() as connection:
                await distrust(connection, missed, MISSED, now=now)
        return missed


async def distrust(connection: AsyncConnection, source_ids: Sequence[int], problem: str, *, now: int) -> None:
    """Rely no more on the hubs of these sources (those that were relied upon), and say why."""
    values = {"state": "silent", "problem": problem, "due_at": now + PAUSE}
    mine = update(tables.subscription).where(_ROW.source_id.in_(source_ids), _ROW.state == "active")
    await connection.execute(mine.values(values))
    await pull_as_usual(connection, source_ids, now=now)


async def pull_as_usual(connection: AsyncConnection, source_ids: Sequence[int], *, now: int) -> None:
    """Let sources whose hub was relied upon be pulled as soon as if they had none."""
    query = select(_SOURCE.id, _SOURCE.due_at, _SOURCE.rhythm, _SOURCE.told).where(
        _SOURCE.id.in_(source_ids), _SOURCE.failures == 0
    )
    for row in (await connection.execute(query)).all():
        due = schedule.next_due(now=now, seed=row.id, rhythm=row.rhythm, told=row.told)
        if due < row.due_at:
            await connection.execute(update(tables.source).where(_SOURCE.id == row.id).values(due_at=due))
