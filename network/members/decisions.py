"""What organizers decide about one source of a member.

    believe   what it no longer lists is over: that is taken down
    keep      what it no longer lists is still on: it stays until its time is over, and nobody is asked about it again
    retry     look again at once, whatever was wrong, also where it was gone or its site had asked for rest
    pause     read it no more; what it brought stays
    resume    read it again
    remove    delete it, with all that came from it

The row of the source is changed first, and its lease ended: what a worker brings that has it in hand just now knows
nothing of the decision and is not stored. The source stays due and is pulled again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import case, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from feeds.addresses import host_of
from network.database import tables
from network.database.engine import raise_generation
from network.errors import UnknownSource

Decision = Literal["believe", "keep", "retry", "pause", "resume", "remove"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)
_ROW = tables.source.c
_NOT_HELD: dict[str, object] = {"held": "", "held_at": None, "held_pulls": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The source that was decided on. `site` is where it is, as tables.source.site has it."""

    id: int
    slug: str
    member: str
    kind: str
    url: str
    site: str

    def __str__(self) -> str:
        """As the trail has it: whose it is and on which host. Its address may be a secret, and may be gone by then."""
        return f"{self.slug}: {self.kind} {self.id} at {host_of(self.url)}"


async def decide(connection: AsyncConnection, source_id: int, decision: Decision, *, now: int) -> Subject:
    """Do what organizers decided about a source; `now` is UTC seconds. Raises UnknownSource."""
    member = tables.member.c
    query = select(_ROW.id, member.slug, member.name.label("member"), _ROW.kind, _ROW.url, _ROW.site)
    row = (await connection.execute(query.join(tables.member).where(_ROW.id == source_id))).first()
    if row is None:
        raise UnknownSource(number=str(source_id))
    subject = Subject(**row._mapping)  # noqa: SLF001
    await _DO[decision](connection, subject, now)
    await raise_generation(connection)
    return subject


async def _believe(connection: AsyncConnection, subject: Subject, now: int) -> None:
    await _change(connection, subject, **_NOT_HELD)
    event = tables.event.c
    missing = event.source_id == subject.id, event.missing_at.is_not(None)
    over = {"gone_at": now, "missing_at": None, "fingerprint": ""}
    await connection.execute(update(tables.event).where(*missing).values(over))


async def _keep(connection: AsyncConnection, subject: Subject, now: int) -> None:
    held = _ROW.held != ""
    await _change(
        connection, subject, held=case((held, "kept"), else_=""), held_at=case((held, now), else_=None), held_pulls=0
    )


async def _retry(connection: AsyncConnection, subject: Subject, now: int) -> None:
    await _change(connection, subject, **_revived(), due_at=now, failures=0)
    await connection.execute(delete(tables.host).where(tables.host.c.name == subject.site))


async def _pause(connection: AsyncConnection, subject: Subject, _now: int) -> None:
    await _change(connection, subject, state="paused")


async def _resume(connection: AsyncConnection, subject: Subject, now: int) -> None:
    answered = case((_ROW.good_at.is_(None), "new"), else_="fine")
    state = case((_ROW.state != "paused", _ROW.state), (_ROW.problem.in_(("", "gone")), answered), else_="broken")
    await _change(connection, subject, **{**_revived(), "state": state}, due_at=now, failures=0)


async def _remove(connection: AsyncConnection, subject: Subject, _now: int) -> None:
    await connection.execute(delete(tables.source).where(_ROW.id == subject.id))


_DO: dict[Decision, Callable[[AsyncConnection, Subject, int], Awaitable[None]]] = {
    "believe": _believe,
    "keep": _keep,
    "retry": _retry,
    "pause": _pause,
    "resume": _resume,
    "remove": _remove,
}


def _revived() -> dict[str, Any]:
    """What lets a source that is gone be pulled like a new one, and leaves any other as it is."""
    gone = _ROW.problem == "gone"
    return {
        "state": case((_ROW.state == "gone", "new"), else_=_ROW.state),
        "problem": case((gone, ""), else_=_ROW.problem),
        "detail": case((gone, ""), else_=_ROW.detail),
    }


async def _change(connection: AsyncConnection, subject: Subject, **values: Any) -> None:
    await connection.execute(update(tables.source).where(_ROW.id == subject.id).values(lease_until=0, **values))
