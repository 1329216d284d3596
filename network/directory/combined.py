"""A Selection → what the combined feed holds, the same items in the same order whatever the format.

An item's id is made of the network's own UUID and the number of the item, both of which never change: not when a
parser, a merge, a language, an address or a member does.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from html import escape
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from feeds import clean
from feeds.model import Event
from feeds.publish.item import Credit, Item
from network.database import tables
from network.directory import entries, events
from network.directory.visible import chosen, credits_of
from network.i18n import translator
from network.i18n.dates import first_day, local, when
from network.i18n.repeats import repeats
from network.model import Credit as MemberCredit
from network.model import Happening, Network, Selection

PAGE = 100
EVER = date(1, 1, 1)
"""A "today" that no date is near to: dates in a feed are written out, since nobody knows when they are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """For whom items are made: the site's address, the language of its words, and when."""

    network: Network
    base_url: str
    language: str
    now: int

    def page(self, path: str) -> str:
        """The address of one of our pages in this language."""
        return f"{self.base_url}{path}" if self.language == "en" else f"{self.base_url}/{self.language}{path}"


async def items(
    connection: AsyncConnection,
    selection: Selection,
    reader: Reader,
    *,
    member_ids: Iterable[int] | None = None,
    limit: int = PAGE,
) -> tuple[list[Item], bool]:
    """One page of the combined feed, the latest published first, and whether there is more."""
    until = selection.page * limit + 1
    news = await _news_rows(connection, selection, member_ids, until) if selection.kind != "events" else []
    gatherings = await _event_rows(connection, selection, member_ids, reader, until) if selection.kind != "news" else []
    both = [(row.dated, 0, row.id, row) for row in news] + [(row.dated, 1, row.id, row) for row in gatherings]
    both.sort(key=lambda item: item[:3], reverse=True)
    page = both[until - 1 - limit : until - 1]
    made = {
        0: await _news_items(connection, [row for _, kind, _, row in page if kind == 0], reader),
        1: await _event_items(connection, [row for _, kind, _, row in page if kind == 1], reader),
    }
    return [made[kind][row.item_id] for _, kind, _, row in page], len(both) >= until


async def calendar(
    connection: AsyncConnection, selection: Selection, reader: Reader, *, member_ids: Iterable[int] | None = None
) -> list[Item]:
    """Every event of a selection as a calendar wants it: whole series, all of them at once."""
    if selection.kind == "news":
        return []
    found = await _event_rows(connection, selection, member_ids, reader, None)
    made = await _event_items(connection, found, reader, series=True)
    return [made[row.item_id] for row in found]


async def one_event(connection: AsyncConnection, item: int, reader: Reader) -> Item | None:
    """One event as a calendar wants it."""
    found = await events.rows(connection, [tables.event.c.item_id == item], limit=1, offset=0)
    return (await _event_items(connection, found, reader, series=True)).get(item)


async def _news_rows(
    connection: AsyncConnection, selection: Selection, member_ids: Iterable[int] | None, limit: int
) -> Sequence[Any]:
    return await entries.rows(connection, chosen(tables.entry, selection, member_ids), limit=limit, offset=0)


async def _event_rows(
    connection: AsyncConnection,
    selection: Selection,
    member_ids: Iterable[int] | None,
    reader: Reader,
    limit: int | None,
) -> Sequence[Any]:
    conditions = [*chosen(tables.event, selection, member_ids), tables.event.c.last_end > reader.now - events.KEPT]
    return await events.rows(connection, conditions, limit=limit, offset=0)


async def _news_items(connection: AsyncConnection, rows: list[Any], reader: Reader) -> dict[int, Item]:
    credits = await credits_of(connection, tables.entry, [row.item_id for row in rows])
    return {row.item_id: _news_item(row, credits[row.item_id], reader) for row in rows}


def _news_item(row: Any, credits: tuple[MemberCredit, ...], reader: Reader) -> Item:
    text = clean.excerpt(row.summary or row.content, entries.EXCERPT)
    return Item(
        id=item_id(reader.network, "entry", row.item_id),
        url=reader.page(f"/news/{row.item_id}"),
        link=row.link,
        title=row.title or text[:80],
        content=row.content or row.summary,
        summary=text,
        language=row.language or row.spoken,
        published=row.dated,
        updated=entries.updated(row),
        categories=entries.words(row.categories),
        authors=tuple(credit.name for credit in credits),
        credits=_credits(credits, reader),
        enclosures=entries.enclosures(row),
        image=row.image,
    )


async def _event_items(
    connection: AsyncConnection, rows: Sequence[Any], reader: Reader, *, series: bool = False
) -> dict[int, Item]:
    zone = reader.network.timezone
    credits = await credits_of(connection, tables.event, [row.item_id for row in rows])
    ids = [] if series else [row.id for row in rows]  # a series says itself when it is
    next_days = await events.soonest(connection, ids, now=reader.now, timezone=zone)
    return {row.item_id: _event_item(row, credits[row.item_id], next_days.get(row.id), reader, series) for row in rows}


def _event_item(
    row: Any, credits: tuple[MemberCredit, ...], day: Happening | None, reader: Reader, series: bool
) -> Item:
    event = events.event(row)
    told = _when_and_where(event, day, reader)
    if not series and day is not None:
        event = _on_day(event, day)
    return Item(
        id=item_id(reader.network, "event", row.item_id),
        url=reader.page(f"/events/{row.item_id}"),
        link=row.link,
        title=_title(row, reader.language),
        content=(event.description if series else f"<p>{escape(told)}</p>{event.description}"),
        summary=told,
        language=row.language,
        published=row.dated,
        updated=max(row.dated, row.changed_at if row.changed_at > row.first_seen else row.dated),
        categories=event.categories,
        authors=tuple(credit.name for credit in credits),
        credits=_credits(credits, reader),
        event=event,
    )


def _title(row: Any, language: str) -> str:
    if row.status != "cancelled":
        return str(row.title)
    return translator(language).gettext("CANCELLED: %(title)s") % {"title": row.title}


def _when_and_where(event: Event, day: Happening | None, reader: Reader) -> str:
    """Such as "Thursday, November 26, 2026, 6–8 pm · every Thursday · Sycamore Hall, 11 Sycamore St"."""
    parts = [when(day, EVER, reader.language)] if day is not None else []
    if day is not None:
        parts.append(repeats(event.rrule, first_day(day), EVER, day.timezone, reader.language))
    place = ", ".join(part for part in (event.venue, event.address) if part)
    return " · ".join(part for part in (*parts, place) if part)


def _on_day(event: Event, day: Happening) -> Event:
    """The event with the start and end of one of its occurrences: what a reader that knows no rules should see."""
    if event.all_day:
        first, last = local(day.start, day.timezone).date(), local(day.end, day.timezone).date()
        return replace(event, start=first, end=max(last, first + timedelta(days=1)))
    zone = local(day.start, day.timezone).tzinfo or UTC
    return replace(event, start=datetime.fromtimestamp(day.start, zone), end=datetime.fromtimestamp(day.end, zone))


def item_id(network: Network, kind: str, number: int) -> str:
    """The id of an item in every published format (RFC 9562 name-based UUID)."""
    return uuid.uuid5(uuid.UUID(network.uid), f"{kind}/{number}").urn


def _credits(credits: tuple[MemberCredit, ...], reader: Reader) -> tuple[Credit, ...]:
    return tuple(
        Credit(name=credit.name, url=page, feed_url=credit.feed_url or page, link=credit.link)
        for credit in credits
        for page in (reader.page(f"/members/{credit.slug}"),)
    )
