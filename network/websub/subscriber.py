"""Sources that name a hub are subscribed to, renewed in time, and left when that is over.

    leave     rows whose source has another hub or none, or is paused or gone: forgotten, and the hub is told
    enrol     sources that name a hub and have no row yet
    claim     rows that are due: put off as if the hub would not answer, so that a crash costs one try and no more
    ask       the hub of each; what makes the subscription valid is that the hub asks back (intent.py)

States of a row: new, asked (the hub has not asked back), active, silent (the hub does not bring what a pull finds),
denied. A renewal keeps token and secret, because the hub may sign with what it knows at any moment.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, delete, not_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from feeds.client import Client
from network.aggregator.lease import PULLED
from network.database import tables
from network.database.bulk import update_rows
from network.database.engine import Database
from network.websub import hubs
from network.websub.callbacks import Callbacks
from network.websub.hubs import Question, Refusal

HOUR, DAY = 3600, 86_400
FIRST_RETRY = HOUR // 4
UNREACHED = "not_in_reach"
"""The problem of a row whose hub can't reach us; whether that has changed is looked at every hour."""
BATCH = 50
"""Rows in one round, so that a round is short."""
_ROW, _SOURCE, _MEMBER = tables.subscription.c, tables.source.c, tables.member.c
_JOINED = tables.subscription.join(tables.source, _ROW.source_id == _SOURCE.id).join(
    tables.member, _SOURCE.member_id == _MEMBER.id
)


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A row that is ours for this round."""

    source_id: int
    question: Question
    due_at: int


async def subscribe_due(database: Database, client: Client, callbacks: Callbacks, *, now: int) -> int:
    """Do what is due now (UTC seconds), a batch of it; returns how many questions were put to hubs."""
    questions = [_goodbye(callbacks, *row) for row in await _leave(database)]
    await _enrol(database, callbacks, now)
    claimed = await _claim(database, callbacks, now)
    questions += [one.question for one in claimed]
    refusals = await hubs.ask(client, questions, now=now)
    await _note(database, claimed, refusals, now)
    return len(questions)


def _is_wanted() -> ColumnElement[bool]:
    """Does a source name a hub, and do we read it?"""
    named = and_(_SOURCE.hub.is_not(None), _SOURCE.topic.is_not(None))
    return and_(named, _SOURCE.state.not_in(("gone", "paused")), _MEMBER.state.in_(PULLED))


async def _leave(database: Database) -> Sequence[tuple[str, str, str]]:
    """Forget the rows that are not wanted any more, with what was pushed for them; their hub, topic and token."""
    changed = or_(_ROW.hub != _SOURCE.hub, _ROW.topic != _SOURCE.topic)
    query = select(_ROW.source_id).select_from(_JOINED).where(or_(not_(_is_wanted()), changed)).limit(BATCH)
    async with database.reading() as connection:
        ids = list((await connection.execute(query)).scalars())
    if not ids:
        return []
    async with database.writing() as connection:
        await connection.execute(delete(tables.push).where(tables.push.c.source_id.in_(ids)))
        left = delete(tables.subscription).where(_ROW.source_id.in_(ids)).returning(_ROW.hub, _ROW.topic, _ROW.token)
        return [(hub, topic, token) for hub, topic, token in await connection.execute(left)]


def _goodbye(callbacks: Callbacks, hub: str, topic: str, token: str) -> Question:
    return Question("unsubscribe", hub, topic, callbacks.address(token))


async def _enrol(database: Database, callbacks: Callbacks, now: int) -> None:
    """A row for each source that has none, with a token and a secret of its own."""
    known = select(_ROW.source_id).where(_ROW.source_id == _SOURCE.id).exists()
    query = (
        select(_SOURCE.id, _SOURCE.hub, _SOURCE.topic)
        .join(tables.member, _SOURCE.member_id == _MEMBER.id)
        .where(_is_wanted(), _SOURCE.state == "fine", ~known)
        .limit(BATCH)
    )
    async with database.reading() as connection:
        found = (await connection.execute(query)).all()
    if not found:
        return
    rows = [
        {"source_id": source_id, "hub": hub, "topic": topic, "token": callbacks.new_token(),
         "secret": secrets.token_urlsafe(32), "state": "new", "due_at": now}
        for source_id, hub, topic in found
    ]  # fmt: skip
    # Two workers may find the same source at the same moment.
    insert = postgresql.insert if database.dialect == "postgresql" else sqlite.insert
    async with database.writing() as connection:
        await connection.execute(insert(tables.subscription).on_conflict_do_nothing(), rows)


async def _claim(database: Database, callbacks: Callbacks, now: int) -> list[_Claimed]:
    """Take rows that are due, so that no other worker asks as well."""
    query = (
        select(_ROW.source_id, _ROW.hub, _ROW.topic, _ROW.token, _ROW.secret, _ROW.state, _ROW.tries, _ROW.lease_until)
        .select_from(_JOINED)
        .where(_ROW.due_at <= now, _is_wanted())
        .order_by(_ROW.due_at, _ROW.source_id)
        .limit(BATCH)
    )
    async with database.reading() as connection:
        if (await connection.execute(query.limit(1))).first() is None:
            return []
    claimed: list[_Claimed] = []
    written: list[tuple[object, ...]] = []
    async with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            query = query.with_for_update(of=tables.subscription, skip_locked=True)
        for row in (await connection.execute(query)).all():
            if not callbacks.in_reach_of(row.hub):
                written.append((row.state, UNREACHED, row.tries, None, now + HOUR, row.source_id))
                continue
            due = now + _pause(row.tries)
            written.append((_asked(row.state, row.lease_until, now), "", row.tries + 1, now, due, row.source_id))
            question = Question("subscribe", row.hub, row.topic, callbacks.address(row.token), row.secret)
            claimed.append(_Claimed(row.source_id, question, due))
        columns = ("state", "problem", "tries", "asked_at", "due_at")
        await update_rows(connection, tables.subscription, columns, ("source_id",), written)
    return claimed


def _pause(tries: int) -> int:
    """Seconds until the hub is asked again if nothing comes of it: a quarter of an hour, then twice as long each time."""
    return min(FIRST_RETRY << min(tries, 10), DAY)


def _asked(state: str, lease_until: int | None, now: int) -> str:
    """A hub that still tells us goes on doing so while it is asked anew; a silent one is so until it tells something."""
    if state == "silent" or (state == "active" and (lease_until or 0) > now):
        return state
    return "asked"


async def _note(database: Database, claimed: Iterable[_Claimed], refusals: dict[str, Refusal], now: int) -> None:
    """Write down why hubs refused. Where one has asked back meanwhile, the row is due at another time and left alone."""
    refused = [(one, refusals[one.question.callback]) for one in claimed if one.question.callback in refusals]
    if not refused:
        return
    async with database.writing() as connection:
        for one, why in refused:
            due = max(one.due_at, now + min(why.retry_after or 0, DAY))
            mine = _ROW.source_id == one.source_id, _ROW.due_at == one.due_at
            noted = update(tables.subscription).where(*mine).values(problem=why.problem, due_at=due)
            await connection.execute(noted)
