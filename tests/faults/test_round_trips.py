"""parse → store → publish → parse: what another network reads in our feeds is what our members wrote."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from feeds import clean
from feeds.merge import dated
from feeds.model import Entry, Event, Feed
from feeds.pipeline import read, window
from feeds.publish import FORMATS, Item
from feeds.rfc5545 import places
from network.database.engine import Database, open_database
from network.directory import combined
from network.directory.combined import Reader
from network.members import network
from network.model import Selection
from tests.feeds.announcements import CHANNEL
from tests.feeds.nasty import examples
from tests.feeds.test_properties import events, facts, items, published
from tests.world import NOW, TENANTS, ZONE, bring, join

T = TypeVar("T")
FEED, ICS = "https://tenants.example/feed/", "https://tenants.example/events.ics"
FIRST = date(2026, 11, 25)
LONG = 400


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the schema and one member that brought nothing yet."""
    file = Path(tmp_path_factory.mktemp("empty")) / "vecinos.db"

    async def make() -> None:
        database = await open_database(f"sqlite+aiosqlite:///{file}")
        await join(database, TENANTS, FEED, ICS)
        await database.close()

    asyncio.run(make())
    return file


def through_the_store(empty: Path, url: str, feed: Feed, selection: Selection) -> list[Item]:
    """What the combined feed holds after this was brought."""

    async def run(database: Database) -> list[Item]:
        await bring(database, {url: feed})
        async with database.reading() as connection:
            reader = Reader(
                network=await network.read(connection), base_url="https://network.example.org", language="en", now=NOW
            )
            if url == ICS:
                return await combined.calendar(connection, selection, reader)
            return (await combined.items(connection, selection, reader))[0]

    return _on_a_copy(empty, run)


def _on_a_copy(empty: Path, run: Callable[[Database], Awaitable[T]]) -> T:
    async def main() -> T:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(empty, folder)
            database = await open_database(f"sqlite+aiosqlite:///{folder}/{empty.name}")
            try:
                return await run(database)
            finally:
                await database.close()

    return asyncio.run(main())


def told(entry: Entry) -> dict[str, Any]:
    """What must be the same of an entry that went through our store. The author is the member then."""
    at = dated(entry.published or entry.updated, NOW)
    title = entry.title or clean.excerpt(entry.summary or entry.content, 80)
    names = ("link", "content", "categories", "enclosures", "image")
    return {name: getattr(entry, name) for name in names} | {
        "title": title, "published": at, "updated": max(at, min(entry.updated or at, NOW)), "language": entry.language or "en",
    }  # fmt: skip


@pytest.mark.parametrize(("came", "goes"), [("rss", "atom"), ("atom", "json"), ("json", "rss")])
@examples(15)
@given(found=st.lists(items(), min_size=1, max_size=3, unique_by=lambda item: item.id))
def test_entries_come_through_the_store(empty: Path, came: str, goes: str, found: list[Item]) -> None:
    """Whatever format they came in and go out in: letter by letter, the latest first."""
    first = published(came, found)
    after = through_the_store(empty, FEED, first, Selection(kind="news"))
    second = published(goes, after)
    in_order = sorted(map(told, first.entries), key=lambda entry: int(entry["published"]), reverse=True)
    assert in_order == [told(entry) for entry in second.entries]
    assert {entry.authors for entry in second.entries} == {(TENANTS.name,)}


def soon(event: Event, days: int) -> Event:
    """The same event so many days from now, since the store forgets what is long over or far away."""
    day = FIRST + timedelta(days=days)
    start: date = event.start
    start = start.replace(year=day.year, month=day.month, day=day.day) if isinstance(start, datetime) else day
    return replace(event, start=start, end=None if event.end is None else start + (event.end - event.start))


@examples(20)
@given(
    found=st.lists(
        st.builds(soon, events(), st.integers(0, 300)), min_size=1, max_size=3, unique_by=lambda one: one.uid
    )
)
def test_events_come_through_the_store(empty: Path, found: list[Event]) -> None:
    """A calendar program that subscribes to ours has the events of our members' calendars."""
    for event in found:
        assume(len(event.title) < LONG)  # "CANCELLED" would push its end out
        assume(places.split(places.join(event.venue, event.address)) == (event.venue, event.address, ""))
    once = _calendar([_announced(event) for event in found])
    assert {facts(event)["uid"] for event in once.events} == {event.uid for event in found}
    again = _calendar(through_the_store(empty, ICS, once, Selection(kind="events")))
    assert sorted(_facts(event) for event in once.events) == sorted(_facts(event) for event in again.events)


def _announced(event: Event) -> Item:
    return Item(
        id=f"urn:uuid:{event.uid}", url=f"https://tenants.example/events/{event.uid}", title=event.title,
        content=event.description, published=NOW, updated=NOW, categories=event.categories, event=event,
    )  # fmt: skip


def _calendar(announced: list[Item]) -> Feed:
    form = FORMATS["ics"]
    return read(
        form.write(CHANNEL, announced), url=CHANNEL.self_url, content_type=form.media_type, window=window(NOW, ZONE)
    )


def _facts(event: Event) -> str:
    """All but the UID, which is ours; and what is called off says so in its title too, for programs that know no status."""
    said = {name: value for name, value in facts(event).items() if name != "uid"}
    return repr(said | {"title": event.title.removeprefix("CANCELLED: " if event.status == "cancelled" else "")})
