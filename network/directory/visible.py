"""Who speaks for a merged item, and which members a selection means. Shared by entries and events.

Rows of `entry` (or `event`) with the same `item_id` are one item. It is shown once, in the words of its first row whose
member is approved, and credited to all of them. Computed when read, so that approving, pausing or removing a member
is right at once.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, Table, and_, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from feeds.addresses import is_secret
from network.database import tables
from network.model import Credit, Selection

_APPROVED = tables.member.c.state == "approved"


def leads(table: Table) -> ColumnElement[bool]:
    """Is this row of `table` (joined to `member`) the one that speaks for its item?"""
    other = table.alias("other")
    member = tables.member.alias("other_member")
    earlier = [
        other.c.item_id == table.c.item_id,
        other.c.id < table.c.id,
        member.c.id == other.c.member_id,
        member.c.state == "approved",
    ]
    if "gone_at" in other.c:
        earlier.append(other.c.gone_at.is_(None))
    # An item of its own (the commonest by far) has nothing before it: no need to look.
    return and_(_APPROVED, (table.c.item_id == table.c.id) | ~exists().where(*earlier))


def chosen(table: Table, selection: Selection, member_ids: Iterable[int] | None) -> list[ColumnElement[bool]]:
    """The conditions by which rows of `table` belong to a selection: credited to one of its members.

    `member_ids` are the members that are near a place, None when the selection names none.
    """
    conditions: list[ColumnElement[bool]] = []
    query: Select[tuple[int]] | None = None
    if selection.members or selection.language or selection.topic or member_ids is not None:
        query = select(tables.member.c.id).where(_APPROVED)
    if query is not None:
        query = query.where(*member_conditions(selection))
        if member_ids is not None:
            query = query.where(tables.member.c.id.in_(list(member_ids)))
        same = table.alias("same")
        conditions.append(table.c.item_id.in_(select(same.c.item_id).where(same.c.member_id.in_(query))))
    return conditions


def member_conditions(selection: Selection) -> list[ColumnElement[bool]]:
    """The conditions on `member` of a selection's members, languages and topics."""
    conditions: list[ColumnElement[bool]] = []
    member = tables.member.c
    if selection.members:
        conditions.append(member.slug.in_(selection.members))
    if selection.language:
        words = tables.member_language.c
        conditions.append(member.id.in_(select(words.member_id).where(words.language == selection.language)))
    if selection.topic:
        words = tables.member_topic.c
        conditions.append(member.id.in_(select(words.member_id).where(words.topic == selection.topic)))
    return conditions


async def credits_of(connection: AsyncConnection, table: Table, items: Iterable[int]) -> dict[int, tuple[Credit, ...]]:
    """Who brought each of these items, the one that speaks for it first; each member once."""
    ids = sorted(set(items))
    if not ids:
        return {}
    row, member, source = table.c, tables.member.c, tables.source.c
    query = (
        select(row.item_id, member.slug, member.name, row.link, source.url)
        .join(tables.member, member.id == row.member_id)
        .join(tables.source, source.id == row.source_id)
        .where(row.item_id.in_(ids), _APPROVED)
        .order_by(row.id)
    )
    found: dict[int, dict[str, Credit]] = {}
    for item, slug, name, link, url in await connection.execute(query):
        found.setdefault(item, {}).setdefault(slug, Credit(slug, name, link, "" if is_secret(url) else url))
    return {item: tuple(credit.values()) for item, credit in found.items()}
