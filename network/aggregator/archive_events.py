"""The events of pulled calendars, with their occurrences: merged like entries, by UID instead of link."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, cast

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from feeds import clean
from feeds.identity import continues, uid_key
from feeds.merge import changes, dated, event_fingerprint, said_the_same
from feeds.model import Changes, Event
from feeds.pipeline import Pulled
from feeds.renames import event_traits, renamed
from network.aggregator.held import verdict
from network.aggregator.lease import Leased
from network.aggregator.numbers import Numbers
from network.database import tables
from network.database.bulk import chunks, insert_rows, rows_in, update_rows
from network.model import Held, fold

_ROW = tables.event.c
CONTENT = (
    "title", "start", "end", "all_day", "timezone", "rrule", "venue", "address", "status", "description", "link", "organizer",
    "categories", "latitude", "longitude", "sequence", "ical", "fingerprint", "changed_at", "dated", "last_end", "gone_at",
    "missing_at", "folded",
)  # fmt: skip
KEYS = ("id", "source_id", "member_id", "item_id", "uid", "uid_key", "first_seen")
OCCURRENCE = ("event_id", "number", "start_at", "end_at", "all_day", "title", "venue", "status")
MAX_OCCURRENCES = 750
PARTIAL = {"calendar_cut_off", "event_unreadable", "too_many_events"}
"""What is wrong with calendars of which not every event was read: what is missing there may not be missing at all."""


class Known(NamedTuple):
    """What is stored of an event. The fingerprint is empty once it is gone from its calendar."""

    id: int
    fingerprint: str
    first_seen: int
    changed_at: int
    last_end: int
    missing_at: int | None


@dataclass(slots=True)
class _Work:
    """What is to be written for all the calendars of a batch."""

    fresh: list[tuple[Leased, Event, str]] = field(default_factory=list)
    edited: list[tuple[Known, Event, str]] = field(default_factory=list)
    gone: list[int] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    back: list[int] = field(default_factory=list)


async def store(
    connection: AsyncConnection, pulled: Sequence[tuple[Leased, Pulled]], numbers: Numbers, *, now: int
) -> tuple[dict[int, Changes], dict[int, Held]]:
    """Store the events of these pulls; returns what changed for each source id, and why what it lists is held, if it is."""
    calendars = [(leased, result) for leased, result in pulled if result.feed.events or leased.kind == "calendar"]
    known = await _known(connection, [leased.id for leased, _ in calendars if leased.good_at is not None])
    found: dict[int, Changes] = {}
    held: dict[int, Held] = {}
    work = _Work()
    for leased, result in calendars:
        before = known.get(leased.id, {})
        came = {event.uid: (event, event_fingerprint(event)) for event in result.feed.events}
        change = _changes(before, came)
        if change.new and change.gone:
            before = await _renamed(connection, leased.id, before, came, change)
            change = _changes(before, came)
        found[leased.id] = change
        work.fresh.extend((leased, *came[uid]) for uid in change.new)
        work.edited.extend((before[uid], *came[uid]) for uid in change.changed)
        over = [uid for uid in change.gone if before[uid].last_end <= now]
        work.back.extend(before[uid].id for uid in (*change.same, *over) if before[uid].missing_at is not None)
        left = [before[uid] for uid in change.gone if before[uid].fingerprint and before[uid].last_end > now]
        whole = PARTIAL.isdisjoint(problem.code for problem in result.feed.problems)
        held[leased.id] = _judge(leased, before, left, listed=len(came), whole=whole, work=work, now=now)
    await _insert(connection, work.fresh, numbers, now)
    await _update(connection, work.edited, now)
    await _mark(connection, work.gone, gone_at=now, missing_at=None, fingerprint="")
    await _mark(connection, work.missing, missing_at=now)
    await _mark(connection, work.back, missing_at=None)
    if work.edited or work.gone:
        numbers.changed()
    return found, held


def _judge(
    leased: Leased, before: dict[str, Known], left: list[Known], *, listed: int, whole: bool, work: _Work, now: int
) -> Held:
    """Decide about the events to come that a calendar does not list any more. What is over leaves most calendars by
    itself and stays as it is: a past event, not one that was taken back.
    """
    kept = [row for row in left if row.missing_at is not None] if leased.held == "kept" else []
    missing = [row for row in left if row.missing_at is None] if kept else left
    coming = sum(1 for row in before.values() if row.fingerprint and row.last_end > now) - len(kept)
    found = verdict(
        before=coming, listed=listed, missing=len(missing), held=cast("Held", leased.held), pulls=leased.held_pulls,
        calendar=True, whole=whole,
    )  # fmt: skip
    if found:
        work.missing.extend(row.id for row in missing if row.missing_at is None)
        return found
    work.gone.extend(row.id for row in missing)
    return "kept" if kept else ""


def _changes(before: Mapping[str, Known], came: Mapping[str, tuple[Event, str]]) -> Changes:
    return changes(
        {uid: row.fingerprint for uid, row in before.items()}, {uid: mark for uid, (_, mark) in came.items()}
    )


async def _renamed(
    connection: AsyncConnection,
    source_id: int,
    before: dict[str, Known],
    came: dict[str, tuple[Event, str]],
    change: Changes,
) -> dict[str, Known]:
    """What is known of a calendar's events, those that are new by their UID only under that UID."""
    query = select(_ROW.uid, _ROW.title, _ROW.link, _ROW.start, _ROW.rrule).where(_ROW.source_id == source_id)
    stored = {uid: event_traits(*told) for uid, *told in await connection.execute(query)}
    traits = {uid: event_traits(event.title, event.link, event.start, event.rrule) for uid, (event, _) in came.items()}
    kept = [traits[uid] for uid in (*change.same, *change.changed)]
    gone = {uid: stored[uid] for uid in change.gone if before[uid].fingerprint}
    pairs = renamed(gone, {uid: traits[uid] for uid in change.new}, kept)
    rows: list[tuple[object, ...]] = [(new, uid_key(new), before[old].id) for new, old in pairs.items()]
    await update_rows(connection, tables.event, ("uid", "uid_key"), ("id",), rows)
    names = {old: new for new, old in pairs.items()}
    return {names.get(uid, uid): row for uid, row in before.items()}


async def _mark(connection: AsyncConnection, ids: list[int], **values: object) -> None:
    for some in chunks(ids):
        await connection.execute(update(tables.event).where(_ROW.id.in_(some)).values(**values))


async def _known(connection: AsyncConnection, source_ids: Sequence[int]) -> dict[int, dict[str, Known]]:
    known: dict[int, dict[str, Known]] = {}
    columns = ("source_id", "uid", "id", "fingerprint", "first_seen", "changed_at", "last_end", "missing_at")
    for source_id, uid, *row in await rows_in(connection, tables.event, columns, "source_id", source_ids):
        known.setdefault(source_id, {})[uid] = Known(*row)
    return known


async def _insert(
    connection: AsyncConnection, fresh: list[tuple[Leased, Event, str]], numbers: Numbers, now: int
) -> None:
    if not fresh:
        return
    items = await _items_of(connection, [uid_key(event.uid) for _, event, _ in fresh])
    begun = await _begun(connection, fresh)
    number = await numbers.take(len(fresh))
    rows: list[tuple[object, ...]] = []
    days: list[tuple[object, ...]] = []
    for leased, event, mark in fresh:
        key = uid_key(event.uid)
        item = items.setdefault(key, number) if key else number
        first_seen = begun.get((leased.id, continues(event.uid) or ""), now)
        rows.append(
            (number, leased.id, leased.member_id, item, event.uid, key, now, *_content(event, mark, first_seen, now))
        )
        days.extend(_occurrences(number, event))
        number += 1
    await insert_rows(connection, tables.event, KEYS + CONTENT, rows)
    await insert_rows(connection, tables.occurrence, OCCURRENCE, days)


async def _begun(connection: AsyncConnection, fresh: list[tuple[Leased, Event, str]]) -> dict[tuple[int, str], int]:
    """When the series were announced of which some of these are later parts (Google splits a series when it is edited):
    a part is as old as its series, so that subscribers are not told of it as news.
    """
    bases = sorted({base for _, event, _ in fresh if (base := continues(event.uid))})
    columns = ("source_id", "uid", "dated")
    return {
        (source_id, uid): at for source_id, uid, at in await rows_in(connection, tables.event, columns, "uid", bases)
    }


async def _items_of(connection: AsyncConnection, keys: Iterable[str | None]) -> dict[str, int]:
    items: dict[str, int] = {}
    wanted = sorted({key for key in keys if key})
    for key, item in await rows_in(connection, tables.event, ("uid_key", "item_id"), "uid_key", wanted):
        items.setdefault(key, item)
    return items


async def _update(connection: AsyncConnection, edited: list[tuple[Known, Event, str]], now: int) -> None:
    rows: list[tuple[object, ...]] = []
    days: list[tuple[object, ...]] = []
    for known, event, mark in edited:
        changed_at = known.changed_at if said_the_same(known.fingerprint, mark) else now
        rows.append((*_content(event, mark, known.first_seen, changed_at), known.id))
        days.extend(_occurrences(known.id, event))
    await update_rows(connection, tables.event, CONTENT, ("id",), rows)
    for some in chunks([known.id for known, *_ in edited]):
        await connection.execute(delete(tables.occurrence).where(tables.occurrence.c.event_id.in_(some)))
    await insert_rows(connection, tables.occurrence, OCCURRENCE, days)


def _content(event: Event, mark: str, first_seen: int, changed_at: int) -> tuple[object, ...]:
    """The values of CONTENT."""
    last_end = max((day.end for day in event.occurrences), default=0)
    return (
        event.title, _calendar_time(event.start), event.end and _calendar_time(event.end), int(event.all_day), event.timezone,
        event.rrule, event.venue, event.address, event.status, event.description, event.link, event.organizer,
        json.dumps(event.categories, ensure_ascii=False), event.latitude, event.longitude, event.sequence, event.ical, mark, changed_at,
        dated(event.updated or event.created, first_seen), last_end, None, None,
        fold(" ".join((event.title, event.venue, event.address, clean.text(event.description)))),
    )  # fmt: skip


def _calendar_time(when: date | datetime) -> str:
    return when.isoformat()


def _occurrences(row_id: int, event: Event) -> Iterable[tuple[object, ...]]:
    for number, day in enumerate(event.occurrences[:MAX_OCCURRENCES]):
        yield row_id, number, day.start, day.end, int(day.all_day), day.title, day.venue, day.status
