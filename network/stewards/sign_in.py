"""Signing in without a password: a one-time link, then a session.

Only digests are stored, so that whoever reads the database can't sign in with what they find. A link works once and
for a day; it is used by a button (POST), since mail programs open links to look at them.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from network.database import tables
from network.database.engine import insert_returning_id
from network.errors import BadLink
from network.model import Steward

LINK_SECONDS = 24 * 3600
SESSION_SECONDS = 30 * 86_400
_LINK = tables.sign_in_link.c
_SESSION = tables.session.c


async def invite(connection: AsyncConnection, email: str, *, now: int) -> str:
    """A token for a one-time link of this organizer, who is made one when the address is new."""
    email = email.strip().lower()
    steward_id = (await connection.execute(select(tables.steward.c.id).where(tables.steward.c.email == email))).scalar()
    if steward_id is None:
        values = {"email": email, "role": "organizer", "created_at": now}
        steward_id = await insert_returning_id(connection, tables.steward, values)
    token = secrets.token_urlsafe(32)
    link = {"digest": _digest(token), "steward_id": steward_id, "expires_at": now + LINK_SECONDS}
    await connection.execute(insert(tables.sign_in_link).values(link))
    return token


async def is_good(connection: AsyncConnection, token: str, *, now: int) -> bool:
    """Would this link work now?"""
    query = select(_LINK.digest).where(_LINK.digest == _digest(token), _LINK.used_at.is_(None), _LINK.expires_at > now)
    return (await connection.execute(query)).first() is not None


async def use(connection: AsyncConnection, token: str, *, now: int) -> str:
    """Use up a link and open a session; returns the session's token. Raises BadLink."""
    query = (
        update(tables.sign_in_link)
        .where(_LINK.digest == _digest(token), _LINK.used_at.is_(None), _LINK.expires_at > now)
        .values(used_at=now)
        .returning(_LINK.steward_id)
    )
    steward_id = (await connection.execute(query)).scalar()
    if steward_id is None:
        raise BadLink
    session = secrets.token_urlsafe(32)
    values = {"digest": _digest(session), "steward_id": steward_id, "expires_at": now + SESSION_SECONDS}
    await connection.execute(insert(tables.session).values(values))
    return session


async def who(connection: AsyncConnection, session: str, *, now: int) -> Steward | None:
    """Whose session this is, or None."""
    row = tables.steward.c
    query = (
        select(row.id, row.email, row.role)
        .join(tables.session, _SESSION.steward_id == row.id)
        .where(_SESSION.digest == _digest(session), _SESSION.expires_at > now)
    )
    found = (await connection.execute(query)).first()
    return Steward(*found) if found else None


async def sign_out(connection: AsyncConnection, session: str) -> None:
    """End a session."""
    await connection.execute(delete(tables.session).where(_SESSION.digest == _digest(session)))


async def forget(connection: AsyncConnection, *, now: int) -> None:
    """Delete the links and sessions that are over."""
    await connection.execute(delete(tables.session).where(_SESSION.expires_at <= now))
    await connection.execute(delete(tables.sign_in_link).where(_LINK.expires_at <= now))


def csrf_token(session: str, secret: bytes) -> str:
    """What a form of this session carries, so that no other site can send it."""
    return hmac.new(secret, b"csrf:" + session.encode(), hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare tokens in constant time."""
    return hmac.compare_digest(one.encode(), other.encode())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
