"""The row is the job: a source that is due is taken under a lease that expires by itself, so that a worker which dies
leaves nothing stuck.

A lease is known by the moment at which it ends: who comes to store something finds another one there, or none, when it
took so long that somebody else has taken the source, or when the source was removed meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from feeds.model import Source
from network.database import tables
from network.database.bulk import rows_in
from network.database.engine import Database

_ROW = tables.source.c
SECONDS = 300
"""How long a lease holds: far longer than any pull (30 s), far shorter than anybody waits."""
READ_AGAIN = 7 * 86_400
"""A calendar is read anew after this even if nothing changed, since its repeated events must reach further ahead."""

PULLED = ("approved", "applied")
"""Whoever applied is read as well, so that organizers see what would come; visitors see none of it."""


class Leased(NamedTuple):
    """A source that was taken to be pulled, as its row stands. `pushed`: a hub sends us what is new (WebSub)."""

    id: int
    member_id: int
    url: str
    kind: str
    title: str
    format: str
    parser: str
    language: str | None
    etag: str
    last_modified: str
    body_hash: str
    failures: int
    rhythm: int | None
    good_at: int | None
    read_at: int | None
    lease_until: int = 0
    site: str = ""
    platform: str = ""
    failing_since: int | None = None
    told: int | None = None
    skip: str = ""
    newest_at: int | None = None
    usual: int | None = None
    listed: int = 0
    held: str = ""
    held_at: int | None = None
    held_pulls: int = 0
    moved_to: str | None = None
    moved_since: int | None = None
    moved_seen: int = 0
    hub: str | None = None
    topic: str | None = None
    due_at: int = 0
    pushed: bool = False

    def source(self, now: int) -> Source:
        """What the library needs to ask for it again."""
        if self.kind == "calendar" and now - (self.read_at or 0) > READ_AGAIN:
            return Source(url=self.url)
        mark = bytes.fromhex(self.body_hash)
        return Source(url=self.url, etag=self.etag, last_modified=self.last_modified, body_hash=mark)


_NAMES = Leased._fields[:-1]


async def take(
    database: Database,
    limit: int,
    *,
    now: int,
    only: Collection[int] | None = None,
    without: Collection[str] = (),
) -> list[Leased]:
    """Take up to `limit` sources that are due, those that wait longest first; `only` of these members when given;
    `without` those of these sites, and of sites that asked for rest.
    """
    due = _due(now)
    if only is not None:
        due = due.where(_ROW.member_id.in_(only))
    if without:
        due = due.where(_ROW.site.not_in(without))
    return await _take(database, due, limit, now)


async def take_pushed(database: Database, limit: int, *, now: int) -> list[Leased]:
    """Take up to `limit` sources for which hubs have sent something, due or not, those that wait longest first."""
    push = tables.push.c
    first = select(func.min(push.id)).where(push.source_id == _ROW.id).scalar_subquery()
    waiting = _free(now).where(_ROW.id.in_(select(push.source_id)))
    return await _take(database, waiting.order_by(first), limit, now)


async def _take(database: Database, wanted: Select[tuple[int]], limit: int, now: int) -> list[Leased]:
    async with database.reading() as connection:
        if (await connection.execute(wanted.limit(1))).first() is None:
            return []  # the common case must not take the write lock
    async with database.writing() as connection:
        wanted = wanted.limit(limit)
        if connection.dialect.name == "postgresql":
            wanted = wanted.with_for_update(of=tables.source, skip_locked=True)
        taken = update(tables.source).where(_ROW.id.in_(wanted)).values(lease_until=now + SECONDS)
        rows = (await connection.execute(taken.returning(*(_ROW[name] for name in _NAMES)))).all()
        pushed = await _pushed(connection, now)
        return [Leased._make((*row, row[0] in pushed)) for row in rows]


async def give_back(database: Database, leased: Collection[Leased]) -> None:
    """Let go of sources that were taken and not pulled, where they are still ours."""
    ours: dict[int, list[int]] = {}
    for one in leased:
        ours.setdefault(one.lease_until, []).append(one.id)
    async with database.writing() as connection:
        for until, ids in ours.items():
            mine = _ROW.id.in_(ids), _ROW.lease_until == until
            await connection.execute(update(tables.source).where(*mine).values(lease_until=0))


async def still_held(connection: AsyncConnection, leased: Collection[Leased]) -> set[int]:
    """Which of these sources are still ours to store (ids), locked until the transaction ends."""
    ids = [one.id for one in leased]
    until = dict(await rows_in(connection, tables.source, ("id", "lease_until"), "id", ids, locked=True))
    return {one.id for one in leased if until.get(one.id) == one.lease_until}


async def _pushed(connection: AsyncConnection, now: int) -> set[int]:
    """The sources whose hub is known to be at work: it has brought something, and its promise lasts. Few have one, so
    that asking for all costs less than asking for each.
    """
    row = tables.subscription.c
    query = select(row.source_id).where(row.state == "active", row.lease_until > now, row.pushed_at.is_not(None))
    return set((await connection.execute(query)).scalars())


def _due(now: int) -> Select[tuple[int]]:
    host = tables.host.c
    resting = exists().where(host.name == _ROW.site, host.until > now)
    # By nothing else: PostgreSQL would sort all that became due in the same second, each time anew.
    return _free(now).where(_ROW.due_at <= now, ~resting).order_by(_ROW.due_at)


def _free(now: int) -> Select[tuple[int]]:
    """The sources that may be taken, if there is a reason to."""
    member = tables.member.c
    query = select(_ROW.id).join(tables.member, member.id == _ROW.member_id)
    return query.where(_ROW.lease_until <= now, _ROW.state.not_in(("gone", "paused")), member.state.in_(PULLED))
