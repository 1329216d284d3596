"""What a hub pushes (WebSub, 7) is put down at once, if its signature is right; the worker reads it."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import case, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from network.aggregator import tally
from network.database import tables
from network.database.engine import Database

MAX_BODY = 10_000_000
MOST_WAITING, MOST_BYTES = 20, 20_000_000
"""What may wait for one source: the newest pushes, so that no hub can fill the disk while the worker is away."""
METHODS = ("sha1", "sha256", "sha384", "sha512")
REFUSED = "push:bad_signature"
_ROW, _PUSH = tables.subscription.c, tables.push.c


class Subscribed(NamedTuple):
    """Whose push it is, and what it must be signed with."""

    source_id: int
    secret: str


async def find(database: Database, token: str) -> Subscribed | None:
    """The subscription whose callback has this token."""
    async with database.reading() as connection:
        query = select(_ROW.source_id, _ROW.secret).where(_ROW.token == token)
        row = (await connection.execute(query)).first()
    return None if row is None else Subscribed(*row)


def is_signed(body: bytes, secret: str, signature: str) -> bool:
    """Is this `method=hexadecimal` the body's HMAC (WebSub, 7.1.2)? Compared in constant time."""
    method, _, sent = signature.strip().partition("=")
    if method.lower() not in METHODS or not sent.isascii():
        return False
    return hmac.compare_digest(hmac.new(secret.encode(), body, method.lower()).hexdigest(), sent.strip().lower())


async def take(
    database: Database, subscribed: Subscribed, body: bytes, *, content_type: str, signature: str, now: int
) -> bool:
    """Put a push down for the worker; False when it is not signed as it must be: that is only counted."""
    if not is_signed(body, subscribed.secret, signature):
        async with database.writing() as connection:
            await tally.add(connection, {REFUSED: 1})
        return False
    values = {"source_id": subscribed.source_id, "body": body, "content_type": content_type, "came_at": now}
    async with database.writing() as connection:
        mine = update(tables.subscription).where(_ROW.source_id == subscribed.source_id)
        state = case((_ROW.state == "silent", "active"), else_=_ROW.state)
        known = await connection.execute(mine.values(pushed_at=now, state=state).returning(_ROW.source_id))
        if known.first() is not None:  # else it was left while the body came in
            await connection.execute(insert(tables.push).values(values))
            await _forget_oldest(connection, subscribed.source_id)
    return True


async def _forget_oldest(connection: AsyncConnection, source_id: int) -> None:
    mine = select(_PUSH.id, func.length(_PUSH.body)).where(_PUSH.source_id == source_id).order_by(_PUSH.id.desc())
    too_many = list(_beyond((await connection.execute(mine)).all()))
    if too_many:
        await connection.execute(delete(tables.push).where(_PUSH.id.in_(too_many)))


def _beyond(waiting: Iterable[tuple[int, int]]) -> Iterable[int]:
    """The ids of what is too much, of ids and lengths with the newest first."""
    size = 0
    for number, (push_id, length) in enumerate(waiting):
        size += length
        if number >= MOST_WAITING or (number and size > MOST_BYTES):
            yield push_id
