"""The entries of pulled feeds: merged with what is known of their source, and with what other members published."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from feeds.identity import link_key
from feeds.merge import changes, dated, entry_fingerprint
from feeds.model import Changes, Entry
from feeds.pipeline import Pulled
from feeds.renames import Traits, entry_traits, renamed
from network.aggregator.lease import Leased
from network.aggregator.numbers import Numbers
from network.database import tables
from network.database.bulk import chunks, insert_rows, rows_in, update_rows

_ROW = tables.entry.c
CONTENT = (
    "link", "link_key", "title", "summary", "content", "authors", "categories", "enclosures", "fields", "language", "image",
    "published", "updated", "fingerprint", "changed_at", "dated",
)  # fmt: skip
KEYS = ("id", "source_id", "member_id", "item_id", "identity", "first_seen")
NONE = "[]"
REMEMBERED = 200
"""So many of a source's latest entries may come again under another identity."""


class Known(NamedTuple):
    """What is stored of an entry."""

    id: int
    fingerprint: str
    first_seen: int
    dated: int


async def store(
    connection: AsyncConnection, pulled: Sequence[tuple[Leased, Pulled]], numbers: Numbers, *, now: int
) -> dict[int, Changes]:
    """Store the entries of these pulls; returns what changed for each source id."""
    incoming = {
        leased.id: {entry.id: (entry, entry_fingerprint(entry)) for entry in result.feed.entries}
        for leased, result in pulled
        if result.feed.entries
    }
    owners = {leased.id: leased for leased, _ in pulled}
    known = await _known(connection, incoming, owners)
    found: dict[int, Changes] = {}
    fresh: list[tuple[Leased, Entry, str]] = []
    edited: list[tuple[object, ...]] = []
    for source_id, entries in incoming.items():
        before = known.get(source_id, {})
        change = _changes(before, entries)
        if change.new and owners[source_id].good_at is not None:
            before = before | await _renamed(connection, source_id, entries, change)
            change = _changes(before, entries)
        found[source_id] = change
        # What a feed lists first is the newest and gets the highest number: without dates, that is the order shown.
        fresh.extend((owners[source_id], *entries[key]) for key in reversed(change.new))
        for key in change.changed:
            entry, mark = entries[key]
            edited.append((*_content(entry, mark, link_key(entry.link), before[key], now), before[key].id))
    await _insert(connection, fresh, numbers, now)
    await update_rows(connection, tables.entry, CONTENT, ("id",), edited)
    if edited:
        numbers.changed()
    return found


def _changes(before: Mapping[str, Known], entries: Mapping[str, tuple[Entry, str]]) -> Changes:
    return changes(
        {key: row.fingerprint for key, row in before.items()}, {key: mark for key, (_, mark) in entries.items()}
    )


async def _known(
    connection: AsyncConnection, incoming: dict[int, dict[str, tuple[Entry, str]]], owners: dict[int, Leased]
) -> dict[int, dict[str, Known]]:
    """What is stored of the incoming entries, by source id and identity."""
    known: dict[int, dict[str, Known]] = {}
    for source_id, entries in incoming.items():
        if owners[source_id].good_at is None:
            continue  # never read before: it can't have anything
        for keys in chunks(list(entries)):
            query = select(_ROW.identity, _ROW.id, _ROW.fingerprint, _ROW.first_seen, _ROW.dated)
            query = query.where(_ROW.source_id == source_id, _ROW.identity.in_(keys))
            for identity, *row in await connection.execute(query):
                known.setdefault(source_id, {})[identity] = Known(*row)
    return known


async def _renamed(
    connection: AsyncConnection, source_id: int, entries: Mapping[str, tuple[Entry, str]], change: Changes
) -> dict[str, Known]:
    """The entries that are new by their identity only, under which they are stored from now on; what is known of them.

    The text of what is stored is looked at only where most of a feed is new at once, as after a site's move.
    """
    with_text = len(change.new) * 2 > len(entries)
    columns = (
        _ROW.identity,
        _ROW.id,
        _ROW.fingerprint,
        _ROW.first_seen,
        _ROW.dated,
        _ROW.title,
        _ROW.link,
        _ROW.published,
    )
    query = select(*columns, (_ROW.content + _ROW.summary if with_text else literal(""))).where(
        _ROW.source_id == source_id
    )
    gone: dict[str, Traits] = {}
    rows: dict[str, Known] = {}
    for identity, row_id, mark, first_seen, dated_at, *told in await connection.execute(
        query.order_by(_ROW.id.desc()).limit(REMEMBERED)
    ):
        if identity not in entries:
            gone[identity] = entry_traits(*told)
            rows[identity] = Known(row_id, mark, first_seen, dated_at)
    traits = {
        key: entry_traits(entry.title, entry.link, entry.published, entry.content + entry.summary if with_text else "")
        for key, (entry, _) in entries.items()
    }
    kept = [traits[key] for key in (*change.same, *change.changed)]
    pairs = renamed(gone, {key: traits[key] for key in change.new}, kept)
    await update_rows(
        connection, tables.entry, ("identity",), ("id",), [(new, rows[old].id) for new, old in pairs.items()]
    )
    return {new: rows[old] for new, old in pairs.items()}


async def _insert(
    connection: AsyncConnection, fresh: list[tuple[Leased, Entry, str]], numbers: Numbers, now: int
) -> None:
    if not fresh:
        return
    keys = _link_keys(fresh)
    items = await _items_of(connection, keys)
    number = await numbers.take(len(fresh))
    rows: list[tuple[object, ...]] = []
    for (leased, entry, mark), key in zip(fresh, keys, strict=True):
        item, sources = items.get(key, (number, set())) if key else (number, set())
        if leased.id in sources:
            item = number  # the same source says it twice under two ids: two entries that share a page
        sources.add(leased.id)
        if key:
            items.setdefault(key, (item, sources))
        rows.append((number, leased.id, leased.member_id, item, entry.id, now, *_content(entry, mark, key, None, now)))
        number += 1
    await insert_rows(connection, tables.entry, KEYS + CONTENT, rows)


def _link_keys(fresh: list[tuple[Leased, Entry, str]]) -> list[str | None]:
    """The key by which an entry is the same as another member's; none for a link that a feed gives to several entries."""
    keys = [(leased.id, link_key(entry.link)) for leased, entry, _ in fresh]
    times = Counter(keys)
    return [key if times[source_id, key] == 1 else None for source_id, key in keys]


async def _items_of(connection: AsyncConnection, keys: Iterable[str | None]) -> dict[str, tuple[int, set[int]]]:
    """The items that other entries with these links belong to, and the sources that brought those entries."""
    items: dict[str, tuple[int, set[int]]] = {}
    wanted = sorted({key for key in keys if key})
    columns = ("link_key", "item_id", "source_id")
    for key, item, source_id in await rows_in(connection, tables.entry, columns, "link_key", wanted):
        items.setdefault(key, (item, set()))[1].add(source_id)
    return items


def _content(entry: Entry, mark: str, key: str | None, known: Known | None, now: int) -> tuple[object, ...]:
    """The values of CONTENT. What is known already is never dated later than it was: a site that gives all its posts
    the day of its move must not bring them up again.
    """
    enclosures = tuple((file.url, file.type, file.length) for file in entry.enclosures)
    told = dated(entry.published or entry.updated, known.first_seen if known else now)
    return (
        entry.link, key, entry.title, entry.summary, entry.content,
        _json(entry.authors), _json(entry.categories), _json(enclosures), _json(entry.fields),
        entry.language, entry.image, entry.published, entry.updated, mark, now, min(told, known.dated) if known else told,
    )  # fmt: skip


def _json(values: tuple[Any, ...]) -> str:
    return _dumped(values) if values else NONE


@lru_cache(maxsize=4096)
def _dumped(values: tuple[Any, ...]) -> str:
    """As JSON; the same few authors and categories come again and again."""
    return json.dumps(values, ensure_ascii=False)
