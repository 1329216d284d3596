"""What people decide once a day: they look at what is held or gone, ask the group, and say what is so."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select

from network.database import tables
from network.database.engine import Database
from network.members.decisions import Decision, decide
from tests.soak.publishers import Calendar
from tests.soak.town import Town

_SOURCE, _EVENT = tables.source.c, tables.event.c


async def look(database: Database, town: Town) -> Counter[str]:
    """Decide what can be decided, and count it."""
    decided: Counter[str] = Counter()
    async with database.writing() as connection:
        query = select(_SOURCE.id, _SOURCE.url, _SOURCE.state, _SOURCE.held)
        odd = query.where((_SOURCE.state == "gone") | (_SOURCE.held == "shrunk"))
        for source in (await connection.execute(odd)).all():
            missing = select(_EVENT.uid).where(_EVENT.source_id == source.id, _EVENT.missing_at.is_not(None))
            uids = set((await connection.execute(missing)).scalars())
            decision = _decision(town, source.url, source.state, uids)
            if decision is not None:
                await decide(connection, source.id, decision, now=town.now)
                decided[decision] += 1
    return decided


def _decision(town: Town, url: str, state: str, missing: set[str]) -> Decision | None:
    """What the group says on the telephone; None while it does not know itself."""
    home = town.homes[url.split("/")[2].partition(":")[0]]
    if home.in_trouble():
        return None
    if state == "gone":
        return "retry"
    listed = {uid for one in home.publishers() if isinstance(one, Calendar) for uid in one.gatherings}
    return None if missing & listed else "believe"
