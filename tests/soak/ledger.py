"""What the store must hold in the end, and how it differs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from network.database import tables
from network.database.engine import Database
from tests.faults.documents import Gathering, Post
from tests.soak.publishers import Feed
from tests.soak.town import Town

_SOURCE, _ENTRY, _EVENT = tables.source.c, tables.entry.c, tables.event.c
Row = tuple[Any, ...]


@dataclass(slots=True)
class Ledger:
    """By source address: identity and content of its entries, and of the events that are on, cancelled or over."""

    sources: set[str] = field(default_factory=set)
    entries: dict[str, set[Row]] = field(default_factory=dict)
    events: dict[str, set[Row]] = field(default_factory=dict)

    def differences(self, other: Ledger) -> list[str]:
        """What is here and not in the other one, and what is there and not here; nothing when they are the same."""
        found = [f"source missing: {url}" for url in sorted(self.sources - other.sources)]
        found += [f"source too many: {url}" for url in sorted(other.sources - self.sources)]
        for kind, mine, theirs in (("entry", self.entries, other.entries), ("event", self.events, other.events)):
            for url in sorted(self.sources & other.sources):
                ours, stored = mine.get(url, set()), theirs.get(url, set())
                found += [f"{kind} missing: {url} {row}" for row in sorted(ours - stored, key=repr)]
                found += [f"{kind} too many: {url} {row}" for row in sorted(stored - ours, key=repr)]
        return found

    def count(self) -> str:
        """In figures."""
        entries, events = (sum(map(len, kept.values())) for kept in (self.entries, self.events))
        return f"{len(self.sources)} sources, {entries} entries, {events} events"


def published(town: Town) -> Ledger:
    """What the sites have published since the beginning, each thing as it was last listed."""
    ledger = Ledger()
    for home, address in town.addresses():
        url = town.url(home, address.path_at(town.now))
        ledger.sources.add(url)
        if isinstance(address.publisher, Feed):
            ledger.entries[url] = {_entry(one.post) for one in address.publisher.posts}
        else:
            ledger.events[url] = {_event(one) for one in address.publisher.gatherings.values()}
    return ledger


def _entry(post: Post) -> Row:
    return post.guid, post.link, post.title, f"<p>{post.text}</p>", post.published


def _event(gathering: Gathering) -> Row:
    times = gathering.start, gathering.end
    return gathering.uid, gathering.title, *times, gathering.venue, gathering.status.lower(), gathering.sequence


async def stored(database: Database) -> Ledger:
    """What the store holds."""
    ledger = Ledger()
    told = (_ENTRY.identity, _ENTRY.link, _ENTRY.title, _ENTRY.content, _ENTRY.published)
    day = tables.occurrence.c
    on = (_EVENT.uid, _EVENT.title, day.start_at, day.end_at, _EVENT.venue, _EVENT.status, _EVENT.sequence)
    async with database.reading() as connection:
        ledger.sources = set((await connection.execute(select(_SOURCE.url))).scalars())
        entries = select(_SOURCE.url, *told).join(tables.entry, _ENTRY.source_id == _SOURCE.id)
        _sort(ledger.entries, await connection.execute(entries))
        events = select(_SOURCE.url, *on).join(tables.event, _EVENT.source_id == _SOURCE.id)
        events = events.outerjoin(tables.occurrence, day.event_id == _EVENT.id).where(_EVENT.gone_at.is_(None))
        _sort(ledger.events, await connection.execute(events))
    return ledger


def _sort(kept: dict[str, set[Row]], rows: Iterable[Any]) -> None:
    for url, *row in rows:
        of_source = kept.setdefault(url, set())
        if tuple(row) in of_source:
            row.append("twice")
        of_source.add(tuple(row))


async def faults(database: Database, town: Town) -> list[str]:
    """What must not be, whatever the sites have published: things that are stuck, held, or told twice."""
    async with database.reading() as connection:
        odd = (_SOURCE.lease_until > town.now) | (_SOURCE.state != "fine") | _SOURCE.held.in_(("shrunk", "empty"))
        odd |= _SOURCE.due_at > town.now + 86_400
        columns = _SOURCE.url, _SOURCE.state, _SOURCE.problem, _SOURCE.held, _SOURCE.lease_until, _SOURCE.due_at
        found = [f"source is odd: {tuple(row)}" for row in await connection.execute(select(*columns).where(odd))]
        items = select(_ENTRY.link, func.count(_ENTRY.item_id.distinct())).group_by(_ENTRY.link)
        twice = await connection.execute(items.where(_ENTRY.link.in_(town.shared_links)))
        found += [f"a page of several groups is {count} items: {link}" for link, count in twice if count != 1]
    if town.trespasses:
        found.append(f"{town.trespasses} requests where nobody may go")
    return found
