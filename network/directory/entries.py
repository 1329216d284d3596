"""Entries as visitors see them: news, merged and credited."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncConnection

from feeds import clean
from feeds.model import Enclosure
from network.database import tables
from network.directory.visible import chosen, credits_of, leads
from network.model import NewsEntry, Selection

_ROW = tables.entry.c
COLUMNS = (
    _ROW.id, _ROW.item_id, _ROW.title, _ROW.link, _ROW.summary, _ROW.content, _ROW.categories, _ROW.enclosures, _ROW.image,
    _ROW.language, _ROW.updated, _ROW.first_seen, _ROW.changed_at, _ROW.dated, tables.source.c.language.label("spoken"),
)  # fmt: skip
PAGE = 30
EXCERPT = 240


async def newest(
    connection: AsyncConnection, selection: Selection, *, limit: int = PAGE, member_ids: Iterable[int] | None = None
) -> tuple[list[NewsEntry], bool]:
    """One page of the news, newest first, and whether there is more."""
    conditions = chosen(tables.entry, selection, member_ids)
    found = await rows(connection, conditions, limit=limit + 1, offset=(selection.page - 1) * limit)
    credits = await credits_of(connection, tables.entry, [row.item_id for row in found[:limit]])
    return [_entry(row, credits[row.item_id], whole=False) for row in found[:limit]], len(found) > limit


async def one(connection: AsyncConnection, item: int) -> NewsEntry | None:
    """One entry with its whole content, or None when there is none that may be seen."""
    found = await rows(connection, [_ROW.item_id == item], limit=1, offset=0)
    if not found:
        return None
    credits = await credits_of(connection, tables.entry, [item])
    return _entry(found[0], credits[item], whole=True)


async def rows(
    connection: AsyncConnection, conditions: list[ColumnElement[bool]], *, limit: int, offset: int
) -> Sequence[Any]:
    """Rows of COLUMNS that speak for their item, newest first."""
    query = (
        select(*COLUMNS)
        .join(tables.member, tables.member.c.id == _ROW.member_id)
        .join(tables.source, tables.source.c.id == _ROW.source_id)
        .where(leads(tables.entry), *conditions)
        .order_by(_ROW.dated.desc(), _ROW.id.desc())
    )
    return (await connection.execute(query.limit(limit).offset(offset))).all()


def updated(row: Any) -> int:
    """When an entry last changed, for subscribers: as it says, or when we saw that it changed; never before it was
    published, never in the future.
    """
    seen: int = max(row.first_seen, row.changed_at)
    told: int = min(row.updated or row.dated, seen)
    changed: int = max(row.dated, seen if row.changed_at > row.first_seen else told)
    return changed


def enclosures(row: Any) -> tuple[Enclosure, ...]:
    """The files that go with a stored entry."""
    return tuple(Enclosure(*file) for file in json.loads(row.enclosures))


def words(stored: str) -> tuple[str, ...]:
    """A stored list of words (authors, categories)."""
    return tuple(json.loads(stored)) if stored != "[]" else ()


def _entry(row: Any, credits: tuple[Any, ...], *, whole: bool) -> NewsEntry:
    return NewsEntry(
        id=row.item_id,
        title=row.title or clean.excerpt(row.summary or row.content, 80),
        link=row.link,
        dated=row.dated,
        updated=updated(row),
        language=row.language or row.spoken,
        excerpt=clean.excerpt(row.summary or row.content, EXCERPT),
        content=row.content if whole else "",
        categories=words(row.categories),
        credits=credits,
    )
