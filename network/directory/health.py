"""How the members' sources fare, as everybody may know it. Only approved members; no source's address, which may be a
secret, leaves this module for a public page: the web shows its host.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from sqlalchemy import ColumnElement, String, case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from network.database import tables
from network.members import sources
from network.members.health import QUIET_AFTER, QUIET_AT_LEAST, UNKNOWN_INTERVAL
from network.model import Health, SourceHealth

STATES: tuple[Health, ...] = get_args(Health)
WORST_FIRST: tuple[Health, ...] = ("broken", "gone", "suspect", "quiet", "new", "paused", "fine")
PAGE = 50
"""Members on one page."""
_MEMBER, _SOURCE = tables.member.c, tables.source.c
_APPROVED = _MEMBER.state == "approved"


@dataclass(frozen=True, slots=True)
class MemberHealth:
    """A member and its sources, the worst first."""

    slug: str
    name: str
    sources: tuple[SourceHealth, ...]

    @property
    def health(self) -> Health | None:
        """That of its worst source; None when it has none."""
        return self.sources[0].health if self.sources else None


@dataclass(frozen=True, slots=True)
class Report:
    """One page of members by name, how many there are in all, and how many sources fare how in the whole network."""

    members: tuple[MemberHealth, ...]
    total: int
    pages: int
    counts: Mapping[Health, int]


def fares(now: int) -> ColumnElement[str]:
    """members/health.py's rule in SQL, for the rows of `source`; a test holds the two together."""
    silence = literal(now) - _SOURCE.newest_at
    usual = func.coalesce(_SOURCE.usual, UNKNOWN_INTERVAL)
    return case(
        (_SOURCE.state != "fine", _SOURCE.state),
        (_SOURCE.held.in_(("shrunk", "empty")), literal("suspect", String)),
        ((silence > QUIET_AT_LEAST) & (silence > QUIET_AFTER * usual), literal("quiet", String)),
        else_=literal("fine", String),
    )


async def counts(connection: AsyncConnection, *, now: int) -> dict[Health, int]:
    """How many sources of approved members fare how: every state, also with none."""
    each = select(fares(now).label("health")).join(tables.member, _MEMBER.id == _SOURCE.member_id).where(_APPROVED)
    health = each.subquery().c.health
    rows = await connection.execute(select(health, func.count()).group_by(health))
    return {**dict.fromkeys(STATES, 0), **{row[0]: row[1] for row in rows}}


async def report(connection: AsyncConnection, *, now: int, health: Health | None = None, page: int = 1) -> Report:
    """Members by name with all their sources; with `health`, only the sources that fare so and the members that have one."""
    conditions = [_APPROVED]
    if health is not None:
        conditions.append(_MEMBER.id.in_(select(_SOURCE.member_id).where(fares(now) == health)))
    total = (await connection.execute(select(func.count()).select_from(tables.member).where(*conditions))).scalar_one()
    query = select(_MEMBER.id, _MEMBER.slug, _MEMBER.name).where(*conditions).order_by(_MEMBER.name, _MEMBER.id)
    rows = (await connection.execute(query.limit(PAGE).offset((page - 1) * PAGE))).all()
    theirs = await sources.of_members(connection, [row.id for row in rows], now=now)
    members = tuple(MemberHealth(row.slug, row.name, _chosen(theirs.get(row.id, []), health)) for row in rows)
    return Report(members, total, max(1, -(-total // PAGE)), await counts(connection, now=now))


def worst_first(found: list[SourceHealth]) -> list[SourceHealth]:
    """What needs somebody's attention comes first."""
    return sorted(found, key=lambda source: (WORST_FIRST.index(source.health), source.id))


def _chosen(found: list[SourceHealth], health: Health | None) -> tuple[SourceHealth, ...]:
    return tuple(worst_first([source for source in found if health is None or source.health == health]))
