"""Sources that have moved for good (301, 308): remembered once it is sure, and merged where two end at one address.

One permanent redirect is often a mistake of an afternoon, or a captive portal; so the old address is asked until the
new one has been named three times over at least a day.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from network.aggregator.lease import Leased
from network.database import tables
from network.database.bulk import chunks
from network.members.sources import site_name

SEEN = 3
FOR_SECONDS = 86_400
_ROW = tables.source.c


class Move(NamedTuple):
    """Where a source says that it has moved, since when (UTC seconds), and how often it has been seen to say so."""

    to: str | None
    since: int | None
    seen: int

    @property
    def columns(self) -> dict[str, object]:
        """As the row of a source has it."""
        return {"moved_to": self.to, "moved_since": self.since, "moved_seen": self.seen}

    def is_sure(self, now: int) -> bool:
        """Has it been said often and long enough?"""
        return self.to is not None and self.seen >= SEEN and now - (self.since or now) >= FOR_SECONDS


STAYS = Move(None, None, 0)


def noted(leased: Leased, to: str | None, now: int) -> Move:
    """What is known of a move after one more good answer, which came from `to` by nothing but permanent redirects."""
    if to is None or to == leased.url:
        return STAYS
    if to != leased.moved_to:
        return Move(to, now, 1)
    return Move(to, leased.moved_since, leased.moved_seen + 1)


async def settle(connection: AsyncConnection, leased: Leased, to: str) -> None:
    """Let a source have its new address. Where its member has a source there already, the two become one: it keeps the
    entries and events of both, each once.
    """
    same = select(_ROW.id).where(_ROW.member_id == leased.member_id, _ROW.url == to, _ROW.id != leased.id)
    other = (await connection.execute(same)).scalar()
    values: dict[str, object] = {"url": to, "site": site_name(to), **STAYS.columns}
    if other is not None:
        await _join(connection, int(other), leased.id)
        # Of what both had, the words kept may be older than those just read: all of it is read again, soon.
        values |= {"etag": "", "last_modified": "", "body_hash": "", "due_at": _ROW.checked_at}
    await connection.execute(update(tables.source).where(_ROW.id == leased.id).values(values))


async def _join(connection: AsyncConnection, other: int, into: int) -> None:
    """Move what one source brought to another one and remove it. What both have, by its identity or as one item, stays as
    the one that was there first, under whose number it is known.
    """
    for table, identity in ((tables.entry, tables.entry.c.identity), (tables.event, tables.event.c.uid)):
        row, twin = table.c, table.alias("twin").c
        for same in (identity == twin[identity.name], row.item_id == twin.item_id):
            pairs = select(row.id, twin.id).where(row.source_id == into, twin.source_id == other, same)
            newer = [max(one, two) for one, two in (await connection.execute(pairs)).all()]
            for some in chunks(newer):
                await connection.execute(delete(table).where(row.id.in_(some)))
        await connection.execute(update(table).where(row.source_id == other).values(source_id=into))
    await connection.execute(delete(tables.source).where(_ROW.id == other))
