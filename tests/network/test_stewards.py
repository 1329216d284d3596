"""Signing in: links that work once, sessions, and who may do what."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from network.database import tables
from network.database.engine import Database
from network.errors import BadLink
from network.model import Steward
from network.stewards import sign_in
from network.stewards.roles import may
from tests.world import DAY, NOW


async def test_a_link_opens_one_session(database: Database) -> None:
    """Whoever has the session is the organizer that was invited."""
    async with database.writing() as connection:
        token = await sign_in.invite(connection, " Ana@Example.org ", now=NOW)
        assert await sign_in.is_good(connection, token, now=NOW)
        session = await sign_in.use(connection, token, now=NOW)
        who = await sign_in.who(connection, session, now=NOW)
    assert (who and who.email, who and who.role) == ("ana@example.org", "organizer")


async def test_a_link_works_once(database: Database) -> None:
    """A second use is refused, also at the same moment."""
    async with database.writing() as connection:
        token = await sign_in.invite(connection, "ana@example.org", now=NOW)
        await sign_in.use(connection, token, now=NOW)
        assert not await sign_in.is_good(connection, token, now=NOW)
        with pytest.raises(BadLink):
            await sign_in.use(connection, token, now=NOW)


async def test_a_link_is_over_after_a_day(database: Database) -> None:
    """So is a session after a month."""
    async with database.writing() as connection:
        token = await sign_in.invite(connection, "ana@example.org", now=NOW)
        with pytest.raises(BadLink):
            await sign_in.use(connection, token, now=NOW + DAY)
        session = await sign_in.use(connection, token, now=NOW + DAY - 1)
        assert await sign_in.who(connection, session, now=NOW + 40 * DAY) is None


async def test_only_digests_are_stored(database: Database) -> None:
    """Who reads the database can't sign in with what they find."""
    async with database.writing() as connection:
        token = await sign_in.invite(connection, "ana@example.org", now=NOW)
        session = await sign_in.use(connection, token, now=NOW)
        stored = [
            *(await connection.execute(select(tables.sign_in_link.c.digest))).scalars(),
            *(await connection.execute(select(tables.session.c.digest))).scalars(),
        ]
    assert len(stored) == 2
    assert not {token, session} & set(stored)


async def test_signing_out_ends_the_session(database: Database) -> None:
    """At once and for good."""
    async with database.writing() as connection:
        session = await sign_in.use(connection, await sign_in.invite(connection, "a@example.org", now=NOW), now=NOW)
        await sign_in.sign_out(connection, session)
        assert await sign_in.who(connection, session, now=NOW) is None


def test_a_form_token_belongs_to_one_session() -> None:
    """Another session's token, or none, is not taken."""
    secret = b"x" * 32
    assert sign_in.same(sign_in.csrf_token("one", secret), sign_in.csrf_token("one", secret))
    assert not sign_in.same(sign_in.csrf_token("one", secret), sign_in.csrf_token("two", secret))
    assert not sign_in.same("", sign_in.csrf_token("two", secret))


def test_who_may_decide_on_members() -> None:
    """Organizers only; nobody who is not signed in."""
    assert may(Steward(1, "a@example.org", "organizer"), "decide on members")
    assert not may(Steward(2, "b@example.org", "steward"), "decide on members")
    assert not may(None, "see the desk")
