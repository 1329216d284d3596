"""What is remembered of every pull: nothing lost, nothing doubled, all of it or none."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from network.aggregator import lease
from network.database import tables
from network.database.engine import Database, generation
from network.directory import entries, events
from network.members import register, sources
from network.model import Selection
from tests.world import (
    DAY,
    HOUR,
    NOW,
    TENANTS,
    WORKERS,
    ZONE,
    bring,
    broken,
    calendar,
    entry,
    event,
    join,
    news,
)

FEED = "https://tenants.example/feed/"
OTHER = "https://obrero.example/feed/"
ICS = "https://tenants.example/events.ics"
OTHER_ICS = "https://obrero.example/events.ics"


async def _shown(database: Database, selection: Selection | None = None) -> list[tuple[str, tuple[str, ...]]]:
    async with database.reading() as connection:
        found, _ = await entries.newest(connection, selection or Selection())
    return [(one.title, tuple(credit.slug for credit in one.credits)) for one in found]


async def _on(database: Database, now: int = NOW) -> list[tuple[str, tuple[str, ...]]]:
    async with database.reading() as connection:
        found, _ = await events.between(connection, Selection(), now, None, limit=100, timezone=ZONE)
    return [(one.title, tuple(credit.slug for credit in one.credits)) for one in found]


async def test_a_pull_stores_entries_newest_first(database: Database) -> None:
    """What a feed lists is shown with the member that brought it."""
    await join(database, TENANTS)
    (report,) = await bring(database, {FEED: news(entry(2), entry(1))})
    assert (report.new, report.changed, report.listed) == (2, 0, 2)
    assert await _shown(database) == [("Post 1", ("tenants-of-main-south",)), ("Post 2", ("tenants-of-main-south",))]


async def test_the_same_feed_again_changes_nothing(database: Database) -> None:
    """Neither an entry nor the generation: nobody's copy becomes stale."""
    await join(database, TENANTS)
    await bring(database, {FEED: news(entry(1))})
    async with database.reading() as connection:
        before = await generation(connection)
    (report,) = await bring(database, {FEED: news(entry(1))}, now=NOW + HOUR)
    async with database.reading() as connection:
        assert await generation(connection) == before
    assert (report.new, report.changed) == (0, 0)


async def test_an_edited_entry_is_updated_not_doubled(database: Database) -> None:
    """It keeps its number, and with it its address and its id in every feed."""
    await join(database, TENANTS)
    await bring(database, {FEED: news(entry(1))})
    async with database.reading() as connection:
        ((before, *_), _) = await entries.newest(connection, Selection())
    await bring(database, {FEED: news(entry(1, title="Post 1, corrected"))}, now=NOW + HOUR)
    async with database.reading() as connection:
        (found, _) = await entries.newest(connection, Selection())
    assert [(one.id, one.title, one.dated, one.updated) for one in found] == [
        (before.id, "Post 1, corrected", NOW - DAY, NOW + HOUR)
    ]


async def test_the_same_link_from_two_members_is_one_item_that_credits_both(database: Database) -> None:
    """In the words of whoever brought it first; http or https, www or a slash at the end make no difference."""
    await join(database, TENANTS)
    await join(database, WORKERS)
    await bring(database, {FEED: news(entry(1))})
    again = entry(1, id="other", link="http://www.tenants.example/posts/1/", title="Shared: Post 1")
    await bring(database, {OTHER: news(again)})
    assert await _shown(database) == [("Post 1", ("tenants-of-main-south", "centro-obrero-de-fitchburg"))]
    assert await _shown(database, Selection(members=("centro-obrero-de-fitchburg",))) == await _shown(database)


async def test_two_members_in_one_transaction_are_merged_too(database: Database) -> None:
    """It makes no difference whether they were stored together."""
    await join(database, TENANTS)
    await join(database, WORKERS)
    await bring(database, {FEED: news(entry(1)), OTHER: news(entry(1, id="other", title="Shared"))})
    ((_, credits),) = await _shown(database)
    assert set(credits) == {"tenants-of-main-south", "centro-obrero-de-fitchburg"}


async def test_a_feed_that_gives_all_its_entries_one_link_keeps_them_apart(database: Database) -> None:
    """A link that says nothing of the entry joins nothing."""
    await join(database, TENANTS)
    same = "https://tenants.example/news"
    await bring(database, {FEED: news(entry(1, link=same), entry(2, link=same))})
    await bring(database, {FEED: news(entry(1, link=same), entry(2, link=same), entry(3, link=same))}, now=NOW + HOUR)
    assert [title for title, _ in await _shown(database)] == ["Post 1", "Post 2", "Post 3"]


async def test_when_the_first_member_leaves_the_item_stays_under_its_address(database: Database) -> None:
    """The other member speaks for it then; who subscribed sees the same item, not a new one."""
    await join(database, TENANTS)
    await join(database, WORKERS)
    await bring(database, {FEED: news(entry(1))})
    await bring(database, {OTHER: news(entry(1, id="other", title="Shared"))})
    async with database.reading() as connection:
        ((before,), _) = await entries.newest(connection, Selection())
    async with database.writing() as connection:
        await register.set_state(connection, "tenants-of-main-south", "paused", now=NOW)
    async with database.reading() as connection:
        ((after,), _) = await entries.newest(connection, Selection())
        assert await entries.one(connection, before.id) is not None
    assert (after.id, after.title) == (before.id, "Shared")


async def test_a_date_in_the_future_is_the_time_it_was_first_seen(database: Database) -> None:
    """And stays so: a post that is dated ahead does not sit on top for weeks."""
    await join(database, TENANTS)
    await bring(database, {FEED: news(entry(1, published=NOW + 9 * DAY), entry(2, published=None))})
    await bring(database, {FEED: news(entry(1, published=NOW + 9 * DAY, title="Edited"))}, now=NOW + DAY)
    async with database.reading() as connection:
        found, _ = await entries.newest(connection, Selection())
    assert [one.dated for one in found] == [NOW, NOW]


async def test_what_an_applicant_brings_is_read_but_not_shown(database: Database) -> None:
    """Organizers see it before they approve; visitors see it after."""
    await join(database, replace(TENANTS, state="applied"))
    await bring(database, {FEED: news(entry(1))})
    assert await _shown(database) == []
    async with database.writing() as connection:
        member = await register.set_state(connection, "tenants-of-main-south", "approved", now=NOW)
        assert await sources.latest_titles(connection, member.id) == ["Post 1"]
    assert [title for title, _ in await _shown(database)] == ["Post 1"]


async def test_a_removed_member_takes_everything_along(database: Database) -> None:
    """No row of it is left in any table."""
    await join(database, TENANTS, FEED, ICS)
    await bring(database, {FEED: news(entry(1)), ICS: calendar(event(1))})
    async with database.writing() as connection:
        await register.remove(connection, "tenants-of-main-south")
    async with database.reading() as connection:
        for table in (tables.source, tables.entry, tables.event, tables.occurrence, tables.member_language):
            assert (await connection.execute(select(func.count()).select_from(table))).scalar() == 0


async def test_the_same_uid_from_two_calendars_is_one_event(database: Database) -> None:
    """Credited to both; a UID that only counts (1, 2, 3) joins nothing."""
    await join(database, TENANTS, ICS)
    await join(database, WORKERS, OTHER_ICS)
    await bring(database, {ICS: calendar(event(1), event(2, uid="7"))})
    await bring(database, {OTHER_ICS: calendar(event(1, title="Same"), event(3, uid="7"))})
    both = ("tenants-of-main-south", "centro-obrero-de-fitchburg")
    assert await _on(database) == [("Gathering 1", both), ("Gathering 2", both[:1]), ("Gathering 3", both[1:])]


async def test_an_event_that_left_its_calendar_is_not_shown_and_comes_back(database: Database) -> None:
    """Gone from the calendar is gone from the list; listed again is shown again, under the same number."""
    await join(database, TENANTS, ICS)
    await bring(database, {ICS: calendar(event(1), event(2))})
    await bring(database, {ICS: calendar(event(2))}, now=NOW + HOUR)
    assert [title for title, _ in await _on(database)] == ["Gathering 2"]
    await bring(database, {ICS: calendar(event(1), event(2))}, now=NOW + 2 * HOUR)
    assert [title for title, _ in await _on(database)] == ["Gathering 1", "Gathering 2"]


async def test_a_calendar_that_suddenly_lists_almost_nothing_is_not_believed(database: Database) -> None:
    """More than five and more than half gone at once is a fault of the site more often than a decision."""
    await join(database, TENANTS, ICS)
    await bring(database, {ICS: calendar(*(event(number) for number in range(1, 11)))})
    await bring(database, {ICS: calendar(event(1))}, now=NOW + HOUR)
    assert len(await _on(database)) == 10


async def test_a_moved_event_has_its_new_dates_only(database: Database) -> None:
    """Its old occurrences are gone with the update."""
    await join(database, TENANTS, ICS)
    await bring(database, {ICS: calendar(event(1))})
    await bring(database, {ICS: calendar(event(5, uid="gathering-1@tenants.example"))}, now=NOW + HOUR)
    assert [title for title, _ in await _on(database)] == ["Gathering 5"]


async def test_a_failed_pull_keeps_what_was_good_and_waits_longer_each_time(database: Database) -> None:
    """The last good content stays; the reason is written down; the pauses grow."""
    await join(database, TENANTS)
    await bring(database, {FEED: news(entry(1))})
    waits = []
    for number in range(3):
        (report,) = await bring(database, {FEED: broken()}, now=NOW + number)
        assert (report.problem, report.new) == ("unreachable", 0)
        async with database.reading() as connection:
            (source,) = (await sources.of_members(connection, [report.member_id], now=NOW))[report.member_id]
        waits.append(source.due_at - NOW)
    assert (source.state, source.problem, source.good_at) == ("broken", "unreachable", NOW)
    assert waits[0] < waits[1] < waits[2]
    assert [title for title, _ in await _shown(database)] == ["Post 1"]


async def test_a_source_that_is_gone_is_not_asked_again(database: Database) -> None:
    """410 is a decision of the site."""
    await join(database, TENANTS)
    await bring(database, {FEED: broken("gone")})
    async with database.writing() as connection:
        await sources.make_due(connection, None, now=NOW)
    assert await lease.take(database, 10, now=NOW) == []


async def test_a_lease_keeps_others_away_and_expires(database: Database) -> None:
    """Two workers never pull the same source; one that died holds nobody up for long."""
    await join(database, TENANTS)
    (taken,) = await lease.take(database, 10, now=NOW)
    assert await lease.take(database, 10, now=NOW) == []
    (again,) = await lease.take(database, 10, now=NOW + lease.SECONDS)
    assert (again.id, again.lease_until) == (taken.id, taken.lease_until + lease.SECONDS)


async def test_a_crash_while_storing_leaves_nothing_half_done(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Entries, validators and health are one transaction: the next pull finds the source as it was."""
    await join(database, TENANTS, FEED)

    async def crash(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("network.aggregator.archive_sources.store", crash)
        with pytest.raises(RuntimeError):
            await bring(database, {FEED: news(entry(1))})
    assert await _shown(database) == []
    (taken,) = await lease.take(database, 10, now=NOW + lease.SECONDS)
    assert (taken.etag, taken.good_at) == ("", None)


async def test_a_feed_without_dates_is_shown_in_its_own_order(database: Database) -> None:
    """What it lists first is its newest."""
    await join(database, TENANTS)
    await bring(database, {FEED: news(*(entry(number, published=None) for number in range(1, 5)))})
    assert [title for title, _ in await _shown(database)] == ["Post 1", "Post 2", "Post 3", "Post 4"]
