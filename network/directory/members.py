"""The directory of members: one, many, and who is near."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from network.database import tables
from network.directory.visible import member_conditions
from network.errors import UnknownMember
from network.members import sources
from network.members.register import MEMBER_COLUMNS, by_query, with_words
from network.model import TOPICS, Member, Selection, SourceHealth, fold
from network.places import Place, Point, bounding_box, distance_miles

_ROW = tables.member.c
_APPROVED = _ROW.state == "approved"
PAGE = 40


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the members that match a selection, and how many match in all."""

    members: tuple[Member, ...]
    total: int
    pages: int


async def search(connection: AsyncConnection, selection: Selection, place: Place | None) -> Found:
    """The members that match, nearest first when there is a place, else by name."""
    conditions = [_APPROVED, *member_conditions(selection), *_text_conditions(selection.text)]
    if place is None:
        return await _by_name(connection, conditions, selection.page)
    near = await _near(connection, conditions, place, selection.within)
    first = (selection.page - 1) * PAGE
    away = dict(near[first : first + PAGE])
    found = {member.id: member for member in await by_query(connection, _ROW.id.in_(away))}
    members = tuple(replace(found[member_id], distance=miles) for member_id, miles in away.items())
    return Found(members, len(near), _pages(len(near)))


async def near(connection: AsyncConnection, place: Place | None, miles: int) -> list[int] | None:
    """The ids of the members within so many miles of a place; None, which means all, without a place."""
    if place is None:
        return None
    return [member_id for member_id, _ in await _near(connection, [_APPROVED], place, miles)]


async def one(connection: AsyncConnection, slug: str) -> Member:
    """An approved member. Raises UnknownMember."""
    found = await by_query(connection, (_ROW.slug == slug) & _APPROVED)
    if not found:
        raise UnknownMember(name=slug)
    return found[0]


async def check(connection: AsyncConnection, slugs: Iterable[str]) -> None:
    """Raise UnknownMember for the first of these that is no approved member: a subscription to a typing error would
    stay empty for years.
    """
    wanted = list(slugs)
    known = set((await connection.execute(select(_ROW.slug).where(_ROW.slug.in_(wanted), _APPROVED))).scalars())
    for slug in wanted:
        if slug not in known:
            raise UnknownMember(name=slug)


async def some(connection: AsyncConnection, limit: int) -> tuple[tuple[Member, ...], int]:
    """The newest members, and how many there are in all: what a home page shows."""
    total = (await connection.execute(select(func.count()).select_from(tables.member).where(_APPROVED))).scalar_one()
    query = select(*MEMBER_COLUMNS).where(_APPROVED).order_by(_ROW.created_at.desc(), _ROW.id.desc()).limit(limit)
    rows = (await connection.execute(query)).all()
    return tuple(sorted(await with_words(connection, rows), key=lambda member: fold(member.name))), total


async def topics(connection: AsyncConnection) -> tuple[str, ...]:
    """The topics with which at least one member helps, in the order of TOPICS."""
    words = tables.member_topic.c
    query = select(words.topic).join(tables.member, _ROW.id == words.member_id).where(_APPROVED).distinct()
    offered = set((await connection.execute(query)).scalars())
    return tuple(topic for topic in TOPICS if topic in offered)


async def all_with_sources(connection: AsyncConnection, *, now: int) -> list[tuple[Member, list[SourceHealth]]]:
    """Every approved member with its sources, by name: what a subscription list holds."""
    members = await by_query(connection, _APPROVED)
    found = await sources.of_members(connection, [member.id for member in members], now=now)
    return [(member, found.get(member.id, [])) for member in members]


def _text_conditions(text: str) -> list[ColumnElement[bool]]:
    return [_ROW.folded.contains(word, autoescape=True) for word in fold(text).split()[:8]]


async def _by_name(connection: AsyncConnection, conditions: list[ColumnElement[bool]], page: int) -> Found:
    total = (await connection.execute(select(func.count()).select_from(tables.member).where(*conditions))).scalar_one()
    query = select(*MEMBER_COLUMNS).where(*conditions).order_by(_ROW.name, _ROW.id)
    rows = (await connection.execute(query.limit(PAGE).offset((page - 1) * PAGE))).all()
    return Found(tuple(await with_words(connection, rows)), total, _pages(total))


async def _near(
    connection: AsyncConnection, conditions: list[ColumnElement[bool]], place: Place, miles: int
) -> list[tuple[int, float]]:
    """The members within so many miles, nearest first, as (id, miles)."""
    south, west, north, east = bounding_box(place, miles)
    box = [_ROW.latitude.between(south, north), _ROW.longitude.between(west, east)]
    query = select(_ROW.id, _ROW.latitude, _ROW.longitude).where(*conditions, *box).order_by(_ROW.name)
    away = [
        (row.id, distance_miles(Point(row.latitude, row.longitude), place)) for row in await connection.execute(query)
    ]
    return sorted((pair for pair in away if pair[1] <= miles), key=lambda pair: pair[1])


def _pages(total: int) -> int:
    return max(1, -(-total // PAGE))
