"""What visitors may see, asked of both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from network.database.engine import Database
from network.directory import combined, entries, events, members
from network.directory.combined import Reader
from network.errors import UnknownMember
from network.members import network
from network.model import Member, Selection
from network.places import Gazetteer, Place
from tests.network.conftest import fill
from tests.world import DAY, NOW, TENANTS, WORKERS, ZONE, bring, calendar, entry, event, join, news


@pytest.fixture
async def filled(database: Database) -> Database:
    """The coalition with what it publishes."""
    await fill(database)
    return database


@pytest.fixture(scope="module")
def worcester(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """The place that people write as Worcester, MA."""
    with Gazetteer(Path(tmp_path_factory.mktemp("places"))) as gazetteer:
        found = gazetteer.find("Worcester, MA")
    assert found is not None
    return found


async def _search(database: Database, place: Place | None = None, **asked: object) -> list[Member]:
    async with database.reading() as connection:
        return list((await members.search(connection, Selection(**asked), place)).members)  # type: ignore[arg-type]


async def test_members_are_found_by_name_place_language_and_topic(filled: Database, worcester: Place) -> None:
    """Each alone and all together; accents and capitals make no difference."""
    tenants, workers = "Tenants of Main South", "Centro Obrero de Fitchburg"
    assert [one.name for one in await _search(filled)] == [workers, tenants]
    assert [one.name for one in await _search(filled, text="OBRÉRO derechos")] == [workers]
    assert [one.name for one in await _search(filled, text="100%_")] == []
    assert [one.name for one in await _search(filled, language="en")] == [tenants]
    assert [one.name for one in await _search(filled, topic="legal-help")] == [workers]
    near = await _search(filled, worcester, within=50)
    assert [(one.name, round(one.distance or 0)) for one in near] == [(tenants, 1), (workers, 22)]
    assert [one.name for one in await _search(filled, worcester, within=50, topic="workers", text="centro")] == [
        workers
    ]


async def test_many_members_come_page_by_page(database: Database, worcester: Place) -> None:
    """Every one once."""
    from dataclasses import replace

    for number in range(members.PAGE + 5):
        await join(database, replace(TENANTS, name=f"Group {number:02}", home_url=f"https://g{number}.example/"))
    for place in (None, worcester):
        pages = [await _search(database, place, page=page) for page in (1, 2, 3)]
        assert [len(page) for page in pages] == [members.PAGE, 5, 0]
        assert len({one.id for page in pages for one in page}) == members.PAGE + 5


async def test_only_approved_members_are_there(database: Database) -> None:
    """Whoever applied or is paused is unknown to visitors."""
    from dataclasses import replace

    await join(database, replace(TENANTS, state="applied"))
    async with database.reading() as connection:
        with pytest.raises(UnknownMember):
            await members.one(connection, "tenants-of-main-south")
        with pytest.raises(UnknownMember):
            await members.check(connection, ["tenants-of-main-south"])
        assert await members.some(connection, 10) == ((), 0)
        assert await members.topics(connection) == ()


async def test_topics_are_those_that_somebody_helps_with(filled: Database) -> None:
    """In the order in which they are always listed."""
    async with filled.reading() as connection:
        assert await members.topics(connection) == ("legal-help", "workers", "housing")


async def test_occurrences_come_in_the_order_in_which_they_are_on(filled: Database) -> None:
    """From a moment, up to a moment; one that has begun is still on."""
    async with filled.reading() as connection:
        found, more = await events.between(connection, Selection(), NOW, NOW + 10 * DAY, limit=2, timezone=ZONE)
        assert ([one.title for one in found], more) == (["Gathering 1", "Gathering 2"], True)
        started = found[0].start + 60
        found, more = await events.between(connection, Selection(), started, started + 60, limit=10, timezone=ZONE)
        assert ([one.title for one in found], more) == (["Gathering 1"], False)


async def test_an_event_knows_its_dates_to_come_and_past(database: Database) -> None:
    """The next first, the latest past first."""
    await join(database, TENANTS, "https://tenants.example/c.ics")
    series = event(0, uid="series@tenants.example")
    days = tuple(day for number in (-14, -7, 7, 14) for day in event(number).occurrences)
    from dataclasses import replace

    await bring(database, {"https://tenants.example/c.ics": calendar(replace(series, occurrences=days))})
    async with database.reading() as connection:
        (listed, *_), _ = await events.between(connection, Selection(), NOW, None, limit=10, timezone=ZONE)
        found = await events.one(connection, listed.event_id, now=NOW, timezone=ZONE)
        soonest = await events.soonest(connection, [listed.event_id], now=NOW, timezone=ZONE)
        over = await events.soonest(connection, [listed.event_id], now=NOW + 30 * DAY, timezone=ZONE)
    assert found is not None
    assert [one.title for one in found.coming] == ["Gathering 7", "Gathering 14"]
    assert [one.title for one in found.past] == ["Gathering -7", "Gathering -14"]
    assert soonest[listed.event_id].title == "Gathering 7"
    assert over[listed.event_id].title == "Gathering 14"


async def test_a_selection_holds_the_same_items_whatever_it_is_made_of(filled: Database) -> None:
    """By member, kind, language, topic and nearness; the calendar holds its events."""
    async with filled.reading() as connection:
        here = Reader(network=await network.read(connection), base_url="https://v.example", language="en", now=NOW)
        everything, more = await combined.items(connection, Selection(), here)
        assert (len(everything), more) == (6, False)
        for selection, wanted in (
            (Selection(kind="news"), {"Post 1", "Derechos", "<b>Bold</b> & co"}),
            (Selection(kind="events"), {"Gathering 1", "CANCELLED: Gathering 2", "Weekly meeting"}),
            (Selection(members=("centro-obrero-de-fitchburg",)), {"Post 1"}),
            (Selection(topic="workers"), {"Post 1"}),
            (Selection(language="fr"), set()),
        ):
            found, _ = await combined.items(connection, selection, here)
            assert {item.title for item in found} == wanted
            dated = {item.title for item in await combined.calendar(connection, selection, here)}
            assert dated == {item.title for item in found if item.event}
        found, _ = await combined.items(connection, Selection(), here, member_ids=[])
        assert found == []


async def test_pages_of_the_combined_feed_hold_every_item_once(database: Database) -> None:
    """News and events in one order."""
    await join(database, TENANTS, "https://tenants.example/feed/", "https://tenants.example/c.ics")
    await join(database, WORKERS)
    feeds = {
        "https://tenants.example/feed/": news(*(entry(number) for number in range(1, 18))),
        "https://tenants.example/c.ics": calendar(*(event(number) for number in range(1, 9))),
    }
    await bring(database, feeds)
    async with database.reading() as connection:
        here = Reader(network=await network.read(connection), base_url="https://v.example", language="es", now=NOW)
        pages = [await combined.items(connection, Selection(page=page), here, limit=10) for page in (1, 2, 3)]
        newest, more = await entries.newest(connection, Selection(page=2), limit=10)
    assert [(len(items), more) for items, more in pages] == [(10, True), (10, True), (5, False)]
    assert len({item.id for items, _ in pages for item in items}) == 25
    assert (len(newest), more) == (7, False)
