"""Sites that ask to be left alone. A 429 or 503 speaks for the whole server, not for one of its feeds."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from feeds import schedule
from feeds.model import Failed
from network.aggregator.outcome import Outcome
from network.database import tables
from network.database.bulk import insert_rows

RESTING = (429, 503)
_ROW = tables.host.c


async def store(connection: AsyncConnection, outcomes: Sequence[Outcome], *, now: int) -> None:
    """Let sites that asked for it rest as a whole, and forget the rest of those that answer again.

    What comes of a site that rests was asked before it said so (or was pushed): a good answer does not end the rest,
    and another wish for it makes it longer but is no further failure.
    """
    known: dict[str, tuple[int, int]] = {
        row.name: (row.until, row.failures)
        for row in await connection.execute(select(_ROW.name, _ROW.until, _ROW.failures))
    }
    tired: dict[str, int | None] = {}
    for outcome in outcomes:
        result = outcome.result
        if isinstance(result, Failed) and result.status in RESTING and outcome.leased.site:
            tired[outcome.leased.site] = max(tired.get(outcome.leased.site) or 0, result.retry_after or 0) or None
    awake = {one.leased.site for one in outcomes if not isinstance(one.result, Failed)} if known else set()
    over = [name for name, (until, _) in known.items() if name in tired or (name in awake and until <= now)]
    if over:
        await connection.execute(delete(tables.host).where(_ROW.name.in_(over)))
    rows: list[tuple[object, ...]] = []
    for name, retry_after in tired.items():
        until, failures = known.get(name, (0, 0))
        failures += until <= now
        pause = schedule.host_pause(failures=failures, retry_after=retry_after, now=now, seed=name)
        rows.append((name, max(pause, until), failures))
    await insert_rows(connection, tables.host, ("name", "until", "failures"), rows)
