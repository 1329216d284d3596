"""Events as visitors see them: what is on, day by day, and one event with its dates."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from feeds.model import Event, Status
from network.database import tables
from network.database.bulk import chunks
from network.directory.visible import chosen, credits_of, leads
from network.i18n.dates import zone
from network.model import Credit, EventDetail, Happening, Selection, fold

_ROW = tables.event.c
_DAY = tables.occurrence.c
COLUMNS = (
    _ROW.id, _ROW.item_id, _ROW.uid, _ROW.title, _ROW.start, _ROW.end, _ROW.all_day, _ROW.timezone, _ROW.rrule, _ROW.venue,
    _ROW.address, _ROW.status, _ROW.description, _ROW.link, _ROW.organizer, _ROW.categories, _ROW.latitude, _ROW.longitude,
    _ROW.sequence, _ROW.ical, _ROW.first_seen, _ROW.changed_at, _ROW.dated, tables.source.c.language,
)  # fmt: skip
_HAPPENING = (
    _DAY.event_id, _DAY.start_at, _DAY.end_at, _DAY.all_day, _DAY.title, _DAY.venue, _DAY.status,
    _ROW.item_id, _ROW.timezone, _ROW.address, _ROW.rrule, _ROW.status.label("event_status"),
)  # fmt: skip
COMING = 12
PAST = 3
KEPT = 30 * 86_400
"""Seconds for which an event that is over stays in the combined feed."""


async def between(
    connection: AsyncConnection,
    selection: Selection,
    start: int,
    end: int | None,
    *,
    limit: int,
    timezone: str,
    member_ids: Iterable[int] | None = None,
) -> tuple[list[Happening], bool]:
    """The occurrences that are on between two moments (UTC seconds; `end` None: no end), soonest first, at most
    `limit`, and whether there are more. `timezone` is that of events that name none.
    """
    words = [_ROW.folded.contains(word, autoescape=True) for word in fold(selection.text).split()[:8]]
    conditions = [*chosen(tables.event, selection, member_ids), *words, _DAY.end_at > start]
    if end is not None:
        conditions.append(_DAY.start_at < end)
    found = await _days(connection, conditions, limit + 1)
    credits = await credits_of(connection, tables.event, [row.item_id for row in found])
    return [_happening(row, credits[row.item_id], timezone) for row in found[:limit]], len(found) > limit


async def one(connection: AsyncConnection, item: int, *, now: int, timezone: str) -> EventDetail | None:
    """One event with its next and latest dates, or None when there is none that may be seen."""
    found = await rows(connection, [_ROW.item_id == item], limit=1, offset=0)
    if not found:
        return None
    row, credits = found[0], (await credits_of(connection, tables.event, [item]))[item]
    coming = await _days(connection, [_ROW.id == row.id, _DAY.end_at > now], COMING + 100)
    past = await _days(connection, [_ROW.id == row.id, _DAY.end_at <= now], PAST, latest=True)
    return EventDetail(
        id=item, title=row.title, description=row.description, link=row.link, timezone=row.timezone or timezone, venue=row.venue,
        address=row.address, latitude=row.latitude, longitude=row.longitude, status=row.status, rrule=row.rrule,
        categories=tuple(json.loads(row.categories)), language=row.language, announced=row.dated,
        coming=tuple(_happening(day, credits, timezone) for day in coming),
        past=tuple(_happening(day, credits, timezone) for day in past), credits=credits,
    )  # fmt: skip


async def rows(
    connection: AsyncConnection, conditions: list[ColumnElement[bool]], *, limit: int | None, offset: int
) -> Sequence[Any]:
    """Rows of COLUMNS that speak for their item, the latest announced first."""
    query = (
        select(*COLUMNS)
        .join(tables.member, tables.member.c.id == _ROW.member_id)
        .join(tables.source, tables.source.c.id == _ROW.source_id)
        .where(leads(tables.event), _ROW.gone_at.is_(None), *conditions)
        .order_by(_ROW.dated.desc(), _ROW.id.desc())
    )
    return (await connection.execute(query.limit(limit).offset(offset))).all()


def event(row: Any) -> Event:
    """The library's event from a row of COLUMNS."""
    return Event(
        uid=row.uid, title=row.title, start=_calendar_time(row.start, row.timezone),
        end=_calendar_time(row.end, row.timezone) if row.end else None,
        all_day=bool(row.all_day), timezone=row.timezone, rrule=row.rrule, venue=row.venue, address=row.address,
        status=row.status, description=row.description, link=row.link, organizer=row.organizer,
        categories=tuple(json.loads(row.categories)), latitude=row.latitude, longitude=row.longitude, sequence=row.sequence,
        created=row.dated, updated=row.changed_at, ical=row.ical,
    )  # fmt: skip


def _calendar_time(text: str, timezone: str | None) -> date | datetime:
    """A stored start or end: a date where the event lasts whole days, else a moment in the event's own zone."""
    if "T" not in text:
        return date.fromisoformat(text)
    moment = datetime.fromisoformat(text)
    return moment.astimezone(zone(timezone)) if timezone and moment.tzinfo else moment


async def _days(
    connection: AsyncConnection, conditions: list[ColumnElement[bool]], limit: int, *, latest: bool = False
) -> Sequence[Any]:
    query = (
        select(*_HAPPENING)
        .join(tables.event, _ROW.id == _DAY.event_id)
        .join(tables.member, tables.member.c.id == _ROW.member_id)
        .where(leads(tables.event), _ROW.gone_at.is_(None), *conditions)
    )
    order = _DAY.start_at.desc() if latest else _DAY.start_at
    return (await connection.execute(query.order_by(order, _DAY.event_id).limit(limit))).all()


async def soonest(connection: AsyncConnection, ids: Iterable[int], *, now: int, timezone: str) -> dict[int, Happening]:
    """For each of these event rows its next occurrence, or its last one when it is over."""
    found: dict[int, Happening] = {}
    coming = func.min(case((_DAY.end_at > now, _DAY.start_at)))
    for some in chunks(sorted(ids)):
        chosen_days = (
            select(_DAY.event_id, func.coalesce(coming, func.max(_DAY.start_at)).label("start_at"))
            .where(_DAY.event_id.in_(some))
            .group_by(_DAY.event_id)
            .subquery()
        )
        same_day = (chosen_days.c.event_id == _DAY.event_id) & (chosen_days.c.start_at == _DAY.start_at)
        query = select(*_HAPPENING).join(chosen_days, same_day).join(tables.event, _ROW.id == _DAY.event_id)
        for row in await connection.execute(query):
            found.setdefault(row.event_id, _happening(row, (), timezone))
    return found


def _happening(row: Any, credits: tuple[Credit, ...], timezone: str) -> Happening:
    status: Status = "cancelled" if row.event_status == "cancelled" else row.status
    return Happening(
        event_id=row.item_id, title=row.title, start=row.start_at, end=row.end_at, all_day=bool(row.all_day),
        timezone=row.timezone or timezone, venue=row.venue, address=row.address, status=status,
        repeats=row.rrule is not None, credits=credits,
    )  # fmt: skip
