"""A member's sources: the feeds and calendars that are pulled for it."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from feeds.addresses import host_of, site_of
from feeds.model import FoundFeed
from network.database import tables
from network.database.engine import insert_returning_id
from network.members.health import health
from network.model import SourceHealth

_ROW = tables.source.c


def site_name(url: str) -> str:
    """Whose servers an address is on: what is left alone as a whole when it asks for rest. A registrable domain such as
    `wordpress.com`; a machine without a name of its own (an IP address, `localhost`) with its port.
    """
    host = host_of(url)
    return urlsplit(url).netloc if "." not in host or host.replace(".", "").isdigit() or ":" in host else site_of(host)


async def add(connection: AsyncConnection, member_id: int, found: Iterable[FoundFeed], *, now: int) -> list[int]:
    """Store feeds as sources of this member, due at once; those it has already are left alone. Returns the new ids."""
    known = set((await connection.execute(select(_ROW.url).where(_ROW.member_id == member_id))).scalars())
    made = []
    for feed in found:
        if feed.url in known:
            continue
        known.add(feed.url)
        values = {
            "member_id": member_id,
            "url": feed.url,
            "kind": feed.kind,
            "title": feed.title,
            "state": "new",
            "site": site_name(feed.url),
            "due_at": now,
        }
        made.append(await insert_returning_id(connection, tables.source, values))
    return made


async def of_members(
    connection: AsyncConnection, member_ids: Iterable[int], *, now: int
) -> dict[int, list[SourceHealth]]:
    """The sources of each of these members, and how they fare now (UTC seconds)."""
    found: dict[int, list[SourceHealth]] = {}
    for source in await by_query(connection, _ROW.member_id.in_(list(member_ids)), now=now):
        found.setdefault(source.member_id, []).append(source)
    return found


async def by_query(connection: AsyncConnection, condition: ColumnElement[bool], *, now: int) -> list[SourceHealth]:
    """The sources for which this SQL condition on `source` holds, in the order of their numbers, and how they fare now."""
    entries = select(func.count()).where(tables.entry.c.source_id == _ROW.id).scalar_subquery()
    events = select(func.count()).where(tables.event.c.source_id == _ROW.id)
    missing = events.where(tables.event.c.missing_at.is_not(None))
    query = select(
        _ROW.id, _ROW.member_id, _ROW.url, _ROW.kind, _ROW.title, _ROW.state, _ROW.problem, _ROW.checked_at, _ROW.good_at,
        _ROW.due_at, _ROW.format, case((_ROW.kind == "calendar", events.scalar_subquery()), else_=entries).label("entries"),
        _ROW.platform, _ROW.failing_since, _ROW.newest_at, _ROW.usual, _ROW.listed, _ROW.held, _ROW.held_at,
        case((_ROW.held == "", 0), else_=missing.scalar_subquery()).label("missing"), _ROW.moved_to,
    ).where(condition).order_by(_ROW.id)  # fmt: skip
    found = []
    for row in await connection.execute(query):
        told = health(row.state, held=row.held, newest_at=row.newest_at, usual=row.usual, now=now)
        found.append(SourceHealth(**row._mapping, health=told))  # noqa: SLF001
    return found


async def make_due(connection: AsyncConnection, member_ids: Iterable[int] | None, *, now: int) -> None:
    """Let sources be pulled next: those of these members, or all (None)."""
    query = update(tables.source).values(due_at=now, lease_until=0)
    await connection.execute(query if member_ids is None else query.where(_ROW.member_id.in_(list(member_ids))))


async def count_due(connection: AsyncConnection, member_ids: Iterable[int] | None, *, now: int) -> int:
    """How many sources wait to be pulled: those of these members, or all (None)."""
    query = (
        select(func.count()).select_from(tables.source).where(_ROW.due_at <= now, _ROW.state.not_in(("gone", "paused")))
    )
    if member_ids is not None:
        query = query.where(_ROW.member_id.in_(list(member_ids)))
    return (await connection.execute(query)).scalar_one()


async def latest_titles(connection: AsyncConnection, member_id: int, limit: int = 5) -> list[str]:
    """The titles of the newest entries and events of a member, whatever its state: what an organizer decides on."""
    found: list[tuple[int, str]] = []
    for table in (tables.entry, tables.event):
        query = select(table.c.dated, table.c.title).where(table.c.member_id == member_id)
        found += [tuple(row) for row in await connection.execute(query.order_by(table.c.dated.desc()).limit(limit))]
    return [title for _, title in sorted(found, reverse=True)[:limit] if title]
