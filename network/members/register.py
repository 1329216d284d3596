"""The register: members and their states.

applied → approved ⇄ paused        applied → declined        any → removed (deleted with all that came from them)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from network.database import tables
from network.database.engine import insert_returning_id, raise_generation
from network.errors import MemberExists, UnknownMember
from network.model import Member, MemberState, fold

MEMBER_COLUMNS = tuple(
    tables.member.c[name]
    for name in (
        "id", "slug", "name", "description", "home_url", "town", "region", "postcode", "latitude", "longitude",
        "state", "contact_name", "contact_email", "created_at",
    )
)  # fmt: skip
MAX_SLUG = 60


async def add(connection: AsyncConnection, member: Member, *, now: int) -> Member:
    """Put a new member into the register; its id and slug are made here. Raises MemberExists for a known home page."""
    known = await connection.execute(select(tables.member.c.name).where(tables.member.c.home_url == member.home_url))
    if (name := known.scalar()) is not None:
        raise MemberExists(name=name)
    slug = await free_slug(connection, member.slug or member.name)
    values = {
        "slug": slug, "name": member.name, "description": member.description, "home_url": member.home_url,
        "town": member.town, "region": member.region, "postcode": member.postcode, "latitude": member.latitude,
        "longitude": member.longitude, "state": member.state, "contact_name": member.contact_name,
        "contact_email": member.contact_email, "folded": searched(member), "created_at": now,
    }  # fmt: skip
    made = await insert_returning_id(connection, tables.member, values)
    await _write_words(connection, made, member)
    await raise_generation(connection)
    return await by_slug(connection, slug)


async def change(connection: AsyncConnection, member: Member) -> None:
    """Store what was edited of a member (everything but its id, slug and state)."""
    values = {
        "name": member.name, "description": member.description, "home_url": member.home_url, "town": member.town,
        "region": member.region, "postcode": member.postcode, "latitude": member.latitude, "longitude": member.longitude,
        "contact_name": member.contact_name, "contact_email": member.contact_email, "folded": searched(member),
    }  # fmt: skip
    await connection.execute(update(tables.member).where(tables.member.c.id == member.id).values(values))
    await connection.execute(delete(tables.member_language).where(tables.member_language.c.member_id == member.id))
    await connection.execute(delete(tables.member_topic).where(tables.member_topic.c.member_id == member.id))
    await _write_words(connection, member.id, member)
    await raise_generation(connection)


async def set_state(connection: AsyncConnection, slug: str, state: MemberState, *, now: int) -> Member:
    """Approve, pause or decline a member; its sources become due at once when it is approved. Raises UnknownMember."""
    member = await by_slug(connection, slug)
    columns = tables.member.c
    await connection.execute(update(tables.member).where(columns.id == member.id).values(state=state, decided_at=now))
    if state == "approved":
        source = tables.source.c
        await connection.execute(update(tables.source).where(source.member_id == member.id).values(due_at=now))
    await raise_generation(connection)
    return await by_slug(connection, slug)


async def remove(connection: AsyncConnection, slug: str) -> Member:
    """Take a member out, with everything that came from it. Raises UnknownMember."""
    member = await by_slug(connection, slug)
    await connection.execute(delete(tables.member).where(tables.member.c.id == member.id))
    await raise_generation(connection)
    return member


async def by_slug(connection: AsyncConnection, slug: str) -> Member:
    """One member. Raises UnknownMember."""
    found = await by_query(connection, tables.member.c.slug == slug)
    if not found:
        raise UnknownMember(name=slug)
    return found[0]


async def everyone(connection: AsyncConnection) -> list[Member]:
    """All members in every state, by name."""
    return await by_query(connection, tables.member.c.id > 0)


async def by_query(connection: AsyncConnection, condition: object) -> list[Member]:
    """The members for which this SQL condition on `member` holds, by name."""
    query = select(*MEMBER_COLUMNS).where(condition).order_by(tables.member.c.name, tables.member.c.id)  # type: ignore[arg-type]
    return await with_words(connection, (await connection.execute(query)).all())


async def with_words(connection: AsyncConnection, rows: Sequence[Row[tuple[object, ...]]]) -> list[Member]:
    """Members from rows of MEMBER_COLUMNS, with their languages and topics, in the order of the rows."""
    ids = [row.id for row in rows]
    languages = await _words(connection, tables.member_language, "language", ids)
    topics = await _words(connection, tables.member_topic, "topic", ids)
    return [
        Member(**row._mapping, languages=languages.get(row.id, ()), topics=topics.get(row.id, ()))  # noqa: SLF001
        for row in rows
    ]


async def _words(connection: AsyncConnection, table: object, name: str, ids: list[int]) -> dict[int, tuple[str, ...]]:
    columns = table.c  # type: ignore[attr-defined]
    query = select(columns.member_id, columns[name]).where(columns.member_id.in_(ids)).order_by(columns[name])
    words: dict[int, tuple[str, ...]] = {}
    for member_id, word in await connection.execute(query):
        words[member_id] = (*words.get(member_id, ()), word)
    return words


async def _write_words(connection: AsyncConnection, member_id: int, member: Member) -> None:
    for table, name, words in (
        (tables.member_language, "language", member.languages),
        (tables.member_topic, "topic", member.topics),
    ):
        if words:
            await connection.execute(
                insert(table), [{"member_id": member_id, name: word} for word in sorted(set(words))]
            )


async def free_slug(connection: AsyncConnection, name: str) -> str:
    """A slug for this name that nobody has yet: `tenants-union`, `tenants-union-2` …"""
    wanted = slug_of(name)
    columns = tables.member.c
    taken = set((await connection.execute(select(columns.slug).where(columns.slug.startswith(wanted)))).scalars())
    return next(slug for slug in _numbered(wanted) if slug not in taken)


def slug_of(name: str) -> str:
    """A name as it stands in an address: small letters, digits and hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:MAX_SLUG].strip("-") or "member"


def _numbered(slug: str) -> Iterable[str]:
    yield slug
    number = 2
    while True:
        yield f"{slug}-{number}"
        number += 1


def searched(member: Member) -> str:
    """The text in which a search for this member looks."""
    return fold(
        " ".join((member.name, member.description, member.town, member.region, member.postcode, *member.topics))
    )
