"""Many members at once, from a list. Safe to repeat: who is in the register already only gets the feeds it lacks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from feeds.client import Client
from feeds.errors import FeedsError
from network.aggregator import welcome
from network.database import tables
from network.database.engine import Database
from network.errors import VecinosError
from network.members import register, sources
from network.members.lists import Row
from network.places import Gazetteer

AT_ONCE = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What was done, or would be done, with one row."""

    number: int
    name: str
    done: Literal["added", "known", "feeds added", "failed"]
    feeds: int = 0
    sentence: str = ""
    member_id: int = 0


class _DryRun(Exception):
    pass


async def complete(
    client: Client, rows: Sequence[Row], *, now: int, timezone: str, step: Callable[[], None] = lambda: None
) -> list[Row]:
    """The rows with what their home pages say, where a row names no feed: feeds, name, description."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(row: Row) -> Row:
        async with gate:
            found = await _completed(client, row, now=now, timezone=timezone)
        step()
        return found

    return list(await asyncio.gather(*(one(row) for row in rows)))


async def _completed(client: Client, row: Row, *, now: int, timezone: str) -> Row:
    if row.member is None or row.feeds:
        return row
    try:
        seen = await welcome.look(client, row.member.home_url, now=now, timezone=timezone)
    except FeedsError as error:
        return replace(row, problem=f"{row.member.home_url}: {error.sentence}")
    except VecinosError as error:
        return replace(row, problem=str(error))
    page = seen.page
    member = replace(
        row.member, name=row.member.name or page.title, description=row.member.description or page.description
    )
    return replace(row, member=member, feeds=tuple(offer.found for offer in seen.offers))


async def register_all(
    database: Database, rows: Sequence[Row], gazetteer: Gazetteer, *, now: int, dry_run: bool = False
) -> list[Line]:
    """Register every good row in one transaction; a dry run does it all and keeps nothing."""
    lines: list[Line] = []
    try:
        async with database.writing() as connection:
            for row in rows:
                lines.append(await _register(connection, row, gazetteer, now=now))  # noqa: PERF401 - one after the other
            if dry_run:
                raise _DryRun  # noqa: TRY301 - a transaction is left without keeping it by raising
    except _DryRun:
        pass
    return lines


async def _register(connection: AsyncConnection, row: Row, gazetteer: Gazetteer, *, now: int) -> Line:
    if row.member is None or row.problem:
        name = row.member.name or row.member.home_url if row.member else ""
        return Line(number=row.number, name=name, done="failed", sentence=row.problem)
    member = replace(row.member, name=row.member.name or urlsplit(row.member.home_url).netloc, state="approved")
    query = select(tables.member.c.id, tables.member.c.name).where(tables.member.c.home_url == member.home_url)
    known = (await connection.execute(query)).first()
    if known is None:
        made = await register.add(connection, welcome.located(member, gazetteer), now=now)
        ids = await sources.add(connection, made.id, row.feeds, now=now)
        return Line(number=row.number, name=made.name, done="added", feeds=len(ids), member_id=made.id)
    ids = await sources.add(connection, known.id, row.feeds, now=now)
    done: Literal["feeds added", "known"] = "feeds added" if ids else "known"
    return Line(number=row.number, name=known.name, done=done, feeds=len(ids), member_id=known.id)
