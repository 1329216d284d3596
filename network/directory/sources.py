"""Sources as organizers see them: by how they fare, one by one, and what would vanish with a decision."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from network.database import tables
from network.directory import events
from network.directory.health import PAGE, fares
from network.errors import UnknownSource
from network.members import sources
from network.model import Happening, Health, MemberState, SourceHealth

_MEMBER, _SOURCE, _EVENT, _DAY = tables.member.c, tables.source.c, tables.event.c, tables.occurrence.c


@dataclass(frozen=True, slots=True)
class Owned:
    """A source and whose it is."""

    slug: str
    member: str
    member_state: MemberState
    source: SourceHealth


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined(Owned):
    """All that is known of one source. `detail`: the technical cause of its problem; `moved_seen`: how often it said
    that it has moved, since `moved_since`; `resting_until`: its site asked to be left alone; `hub`: the state of the
    subscription with its hub, empty when it names none. Moments in UTC seconds.
    """

    detail: str
    failures: int
    moved_since: int | None
    moved_seen: int
    resting_until: int | None
    hub: str


@dataclass(frozen=True, slots=True)
class Vanishing:
    """The events of a source that it no longer lists and visitors still see: the soonest ones, and how many in all."""

    soonest: tuple[Happening, ...] = ()
    total: int = 0


async def by_health(
    connection: AsyncConnection,
    wanted: Collection[Health],
    *,
    now: int,
    page: int = 1,
    size: int | None = PAGE,
    everybody: bool = False,
) -> tuple[list[Owned], int]:
    """The sources that fare so (any way when `wanted` is empty), what changed last first, and how many there are.

    Those of approved members, or of `everybody`; a page of `size`, or all (None).
    """
    conditions: list[ColumnElement[bool]] = [] if everybody else [_MEMBER.state == "approved"]
    if wanted:
        conditions.append(fares(now).in_(list(wanted)))
    joined = tables.source.join(tables.member, _MEMBER.id == _SOURCE.member_id)
    total = (await connection.execute(select(func.count()).select_from(joined).where(*conditions))).scalar_one()
    changed = func.coalesce(_SOURCE.held_at, _SOURCE.failing_since, _SOURCE.newest_at, 0)
    query = (
        select(_SOURCE.id, _MEMBER.slug, _MEMBER.name, _MEMBER.state)
        .select_from(joined)
        .where(*conditions)
        .order_by(changed.desc(), _SOURCE.id)
    )
    if size is not None:
        query = query.limit(size).offset((page - 1) * size)
    owners = {row.id: (row.slug, row.name, row.state) for row in await connection.execute(query)}
    which = _SOURCE.id.in_(owners) if size is not None else _SOURCE.id > 0
    found = {source.id: source for source in await sources.by_query(connection, which, now=now)}
    return [Owned(*owner, found[number]) for number, owner in owners.items() if number in found], total


async def one(connection: AsyncConnection, source_id: int, *, now: int) -> Examined:
    """All that is known of one source. Raises UnknownSource."""
    host, hub = tables.host.c, tables.subscription.c
    query = (
        select(
            _MEMBER.slug, _MEMBER.name, _MEMBER.state, _SOURCE.detail, _SOURCE.failures, _SOURCE.moved_since,
            _SOURCE.moved_seen, host.until, hub.state.label("hub"),
        )
        .join(tables.member, _MEMBER.id == _SOURCE.member_id)
        .outerjoin(tables.host, (host.name == _SOURCE.site) & (host.until > now))
        .outerjoin(tables.subscription, hub.source_id == _SOURCE.id)
        .where(_SOURCE.id == source_id)
    )  # fmt: skip
    row = (await connection.execute(query)).first()
    if row is None:
        raise UnknownSource(number=str(source_id))
    (source,) = await sources.by_query(connection, _SOURCE.id == source_id, now=now)
    return Examined(
        slug=row.slug, member=row.name, member_state=row.state, source=source, detail=row.detail, failures=row.failures,
        moved_since=row.moved_since, moved_seen=row.moved_seen, resting_until=row.until, hub=row.hub or "",
    )  # fmt: skip


async def vanishing(
    connection: AsyncConnection, source_id: int, *, now: int, timezone: str, limit: int = 12
) -> Vanishing:
    """What visitors would no longer see of a source if organizers took down what it does not list any more: events that
    are still to come. `timezone` is that of events that name none.
    """
    missing = (
        _EVENT.source_id == source_id,
        _EVENT.missing_at.is_not(None),
        _EVENT.gone_at.is_(None),
        _DAY.end_at > now,
    )
    joined = tables.event.join(tables.occurrence, _DAY.event_id == _EVENT.id)
    query = select(func.count(_EVENT.id.distinct())).select_from(joined).where(*missing)
    total = (await connection.execute(query)).scalar_one()
    soonest = select(_EVENT.id).select_from(joined).where(*missing).group_by(_EVENT.id)
    ids = (await connection.execute(soonest.order_by(func.min(_DAY.start_at), _EVENT.id).limit(limit))).scalars().all()
    found = await events.soonest(connection, ids, now=now, timezone=timezone)
    return Vanishing(tuple(found[event_id] for event_id in ids), total)
