"""The row is the job: a source that is due is taken under a lease that expires by itself, so that a worker which dies
leaves nothing stuck.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Select, select, update

from feeds.model import Source
from network.database import tables
from network.database.engine import Database

_ROW = tables.source.c
_NAMES = (
    "id", "member_id", "url", "kind", "title", "format", "parser", "language", "etag", "last_modified", "body_hash",
    "failures", "rhythm", "good_at", "read_at",
)  # fmt: skip
SECONDS = 300
"""How long a lease holds: far longer than any pull (30 s), far shorter than anybody waits."""
READ_AGAIN = 7 * 86_400
"""A calendar is read anew after this even if nothing changed, since its repeated events must reach further ahead."""

PULLED = ("approved", "applied")
"""Whoever applied is read as well, so that organizers see what would come; visitors see none of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leased:
    """A source that was taken to be pulled, as its row stands."""

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

    def source(self, now: int) -> Source:
        """What the library needs to ask for it again."""
        if self.kind == "calendar" and now - (self.read_at or 0) > READ_AGAIN:
            return Source(url=self.url)
        mark = bytes.fromhex(self.body_hash)
        return Source(url=self.url, etag=self.etag, last_modified=self.last_modified, body_hash=mark)


async def take(database: Database, limit: int, *, now: int, only: Collection[int] | None = None) -> list[Leased]:
    """Take up to `limit` sources that are due, those that wait longest first; `only` of these members when given."""
    due = _due(now)
    if only is not None:
        due = due.where(_ROW.member_id.in_(only))
    async with database.reading() as connection:
        if (await connection.execute(due.limit(1))).first() is None:
            return []  # the common case must not take the write lock
    async with database.writing() as connection:
        due = due.limit(limit)
        if connection.dialect.name == "postgresql":
            due = due.with_for_update(of=tables.source, skip_locked=True)
        taken = update(tables.source).where(_ROW.id.in_(due)).values(lease_until=now + SECONDS)
        rows = await connection.execute(taken.returning(*(_ROW[name] for name in _NAMES)))
        return [Leased(**dict(zip(_NAMES, row, strict=True))) for row in rows]


async def give_back(database: Database, leased: list[Leased]) -> None:
    """Let go of sources that were taken and not pulled."""
    async with database.writing() as connection:
        ids = [one.id for one in leased]
        await connection.execute(update(tables.source).where(_ROW.id.in_(ids)).values(lease_until=0))


def _due(now: int) -> Select[tuple[int]]:
    member = tables.member.c
    return (
        select(_ROW.id)
        .join(tables.member, member.id == _ROW.member_id)
        .where(
            _ROW.due_at <= now, _ROW.lease_until <= now, _ROW.state.not_in(("gone", "paused")), member.state.in_(PULLED)
        )
        .order_by(_ROW.due_at, _ROW.id)
    )
