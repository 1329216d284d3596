"""Nothing is lost: what a strange body, a move, a tired server or a second worker may not do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from feeds.model import Failed, Feed, Problem, Unchanged
from network.aggregator import lease
from network.aggregator.archive import Outcome, store
from network.aggregator.held import verdict
from network.database import tables
from network.database.engine import Database
from network.directory import entries, events
from network.members import register, sources
from network.model import Selection, SourceHealth
from tests.world import DAY, HOUR, NOW, TENANTS, WORKERS, ZONE, bring, calendar, entry, event, join, news, result

FEED = "https://tenants.example/feed/"
CALENDAR = "https://tenants.example/events.ics"


async def _on(database: Database, now: int = NOW) -> list[str]:
    async with database.reading() as connection:
        found, _ = await events.between(connection, Selection(), now, now + 60 * DAY, limit=100, timezone=ZONE)
    return [one.title for one in found]


async def _source(database: Database, number: int = 0, now: int = NOW) -> SourceHealth:
    async with database.reading() as connection:
        everyone = [member.id for member in await register.everyone(connection)]
        found = await sources.of_members(connection, everyone, now=now)
    return [source for theirs in found.values() for source in theirs][number]


async def _titles(database: Database) -> list[str]:
    async with database.reading() as connection:
        return [one.title for one in (await entries.newest(connection, Selection()))[0]]


EIGHT = calendar(*(event(number) for number in range(1, 9)))
TITLES = [f"Gathering {number}" for number in range(1, 9)]


@pytest.mark.parametrize(
    ("what", "before", "listed", "missing", "held", "pulls", "calendar", "expected"),
    [
        ("one of eight is gone: believed", 8, 7, 1, "", 0, True, ""),
        ("five of eight: a handful", 8, 3, 5, "", 0, True, ""),
        ("six of eight: more than a handful and more than half", 8, 2, 6, "", 0, True, "shrunk"),
        ("six of twenty: less than half", 20, 14, 6, "", 0, True, ""),
        ("a calendar waits for the organizers, however often it says so", 8, 2, 6, "shrunk", 9, True, "shrunk"),
        ("a feed is believed the third time", 20, 2, 18, "shrunk", 1, False, ""),
        ("and not the second time", 20, 2, 18, "shrunk", 0, False, "shrunk"),
        ("empty, where there was one", 1, 0, 1, "", 0, True, "empty"),
        ("still empty", 1, 0, 1, "empty", 0, True, "empty"),
        ("empty after two more pulls", 1, 0, 1, "empty", 1, True, ""),
        ("empty after shrunk begins anew", 8, 0, 8, "shrunk", 5, True, "empty"),
        ("nothing was there, nothing is missing", 0, 0, 0, "", 0, True, ""),
    ],
)
def test_what_is_believed(  # noqa: PLR0917 - a row of the table
    what: str, before: int, listed: int, missing: int, held: str, pulls: int, calendar: bool, expected: str
) -> None:
    """The rule, case by case."""
    found = verdict(before=before, listed=listed, missing=missing, held=held, pulls=pulls, calendar=calendar)  # type: ignore[arg-type]
    assert found == expected, what


async def test_a_calendar_that_lists_less_than_half_is_held_until_the_organizers_decide(database: Database) -> None:
    """Everything stays, however often it is pulled, and the source is suspect, with the number of what is missing."""
    await join(database, TENANTS, CALENDAR)
    await bring(database, {CALENDAR: EIGHT})
    for number in range(1, 6):
        (report,) = await bring(database, {CALENDAR: calendar(event(1), event(2))}, now=NOW + number * HOUR)
        assert report.held == "shrunk"
    assert await _on(database) == TITLES
    source = await _source(database)
    assert (source.health, source.held, source.held_at, source.missing) == ("suspect", "shrunk", NOW + HOUR, 6)


async def test_a_held_calendar_that_is_whole_again_is_fine(database: Database) -> None:
    """The plugin was off for an hour; nobody had to do anything."""
    await join(database, TENANTS, CALENDAR)
    await bring(database, {CALENDAR: EIGHT})
    await bring(database, {CALENDAR: calendar(event(1))}, now=NOW + HOUR)
    await bring(database, {CALENDAR: EIGHT}, now=NOW + 2 * HOUR)
    source = await _source(database)
    assert (source.health, source.held, source.held_at, source.missing) == ("fine", "", None, 0)
    assert await _on(database) == TITLES


async def test_a_held_source_is_read_as_a_whole_next_time(database: Database) -> None:
    """No validators and no hash are kept of a body that is not believed: "nothing new" would say nothing."""
    await join(database, TENANTS, CALENDAR)
    await bring(database, {CALENDAR: EIGHT})
    await bring(database, {CALENDAR: calendar()}, now=NOW + HOUR)
    (taken,) = await lease.take(database, 10, now=NOW + 3 * DAY)
    assert (taken.etag, taken.last_modified, taken.body_hash) == ("", "", "")


async def test_an_empty_calendar_is_believed_when_two_more_pulls_say_so(database: Database) -> None:
    """One empty answer is no cancellation."""
    await join(database, TENANTS, CALENDAR)
    await bring(database, {CALENDAR: calendar(event(1), event(2))})
    shown = []
    for number in range(1, 4):
        await bring(database, {CALENDAR: calendar()}, now=NOW + number * HOUR)
        shown.append(await _on(database))
    assert shown == [TITLES[:2], TITLES[:2], []]
    assert (await _source(database)).health == "fine"


async def test_what_is_over_leaves_a_calendar_without_being_taken_back(database: Database) -> None:
    """A calendar that lists only what is to come drops yesterday's events every day: they stay as past events, and the
    source is fine.
    """
    await join(database, TENANTS, CALENDAR)
    await bring(database, {CALENDAR: EIGHT})
    later = NOW + 7 * DAY
    await bring(database, {CALENDAR: calendar(event(7), event(8))}, now=later)
    assert (await _source(database, now=later)).health == "fine"
    assert await _on(database) == TITLES


async def test_one_event_that_leaves_is_gone_not_cancelled(database: Database) -> None:
    """The group did not say "cancelled"; its calendar just does not list it any more."""
    await join(database, TENANTS, CALENDAR)
    await bring(database, {CALENDAR: EIGHT})
    await bring(database, {CALENDAR: calendar(*(event(number) for number in range(2, 9)))}, now=NOW + HOUR)
    row = tables.event.c
    async with database.reading() as connection:
        query = select(row.status, row.gone_at).where(row.uid == event(1).uid)
        assert tuple((await connection.execute(query)).one()) == ("confirmed", NOW + HOUR)


async def test_a_feed_that_turns_empty_keeps_everything_and_is_suspect_for_a_while(database: Database) -> None:
    """Nothing of a feed is ever deleted; organizers are told, until it has said the same three times."""
    await join(database, TENANTS)
    await bring(database, {FEED: news(*(entry(number) for number in range(1, 11)))})
    healths = []
    for number in range(1, 4):
        await bring(database, {FEED: news()}, now=NOW + number * HOUR)
        healths.append((await _source(database)).health)
    assert healths == ["suspect", "suspect", "fine"]
    assert len(await _titles(database)) == 10


async def test_a_move_for_good_is_remembered_when_it_was_seen_three_times_over_a_day(database: Database) -> None:
    """Not after an afternoon of redirects, and not when the site answers at the old address in between."""
    await join(database, TENANTS)
    new = "https://tenants.example/news/feed/"
    urls = []
    for hours, to in ((0, new), (1, new), (2, None), (3, new), (4, new), (5, new), (28, new), (30, None)):
        await _move(database, to, NOW + hours * HOUR)
        urls.append((await _source(database)).url)
    assert urls == [FEED] * 6 + [new] * 2


async def test_two_sources_that_end_at_one_address_become_one(database: Database) -> None:
    """The news of both are kept, each once, under the number that they are known by."""
    await join(database, TENANTS, FEED, "https://tenants.example/old-feed/")
    old = "https://tenants.example/old-feed/"
    await bring(database, {FEED: news(entry(1), entry(2))})
    await bring(database, {old: news(entry(2), entry(3))})
    async with database.reading() as connection:
        before = {one.title: one.id for one in (await entries.newest(connection, Selection()))[0]}
    for hours in (1, 2, 30):
        await _move(database, FEED, NOW + hours * HOUR, of=old)
    async with database.reading() as connection:
        after = {one.title: one.id for one in (await entries.newest(connection, Selection()))[0]}
        left = (await connection.execute(select(tables.source.c.url))).scalars().all()
    assert after == before
    assert left == [FEED]


async def _move(database: Database, to: str | None, now: int, *, of: str = FEED) -> None:
    async with database.writing() as connection:
        await sources.make_due(connection, None, now=now)
    taken = await lease.take(database, 10, now=now)
    (one,) = [one for one in taken if one.url == of or len(taken) == 1]
    await lease.give_back(database, [other for other in taken if other.id != one.id])
    await store(database, [Outcome(leased=one, result=Unchanged(moved_to=to))], now=now)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_server_that_asks_for_rest_gets_it_for_all_its_feeds(database: Database, status: int) -> None:
    """One of a provider's sites says "too many requests": none of them is asked until it is over, others are."""
    blogs = [f"https://{name}.blogs.example/feed/" for name in ("a", "b")]
    await join(database, replace(TENANTS, home_url="https://a.blogs.example/"), *blogs)
    await join(database, WORKERS)
    busy = Failed(problem=Problem("busy", "It is busy."), status=status, retry_after=1800)
    taken = {one.url: one for one in await lease.take(database, 10, now=NOW)}
    await store(database, [Outcome(leased=taken[blogs[0]], result=busy)], now=NOW)
    await lease.give_back(database, [taken[blogs[1]], taken["https://obrero.example/feed/"]])
    soon = {one.url for one in await lease.take(database, 10, now=NOW + 60)}
    later = {one.url for one in await lease.take(database, 10, now=NOW + 2 * HOUR)}
    assert soon == {"https://obrero.example/feed/"}
    assert later >= {blogs[1]}


async def test_a_server_that_answers_again_is_not_left_alone_any_longer(database: Database) -> None:
    """Its first good answer ends the rest, and the next one begins small again."""
    await join(database, TENANTS)
    busy = Failed(problem=Problem("busy", "It is busy."), status=503)
    await bring(database, {FEED: busy})
    (taken,) = await lease.take(database, 10, now=NOW + 2 * DAY)
    await store(database, [Outcome(leased=taken, result=result(FEED, news(entry(1))))], now=NOW + 2 * DAY)
    async with database.reading() as connection:
        assert (await connection.execute(select(tables.host.c.name))).all() == []


async def test_a_worker_that_was_too_slow_does_not_overwrite_what_another_one_stored(database: Database) -> None:
    """Its lease ran out and somebody else has pulled the source since: what it brings is left out, nothing is doubled."""
    await join(database, TENANTS)
    (late,) = await lease.take(database, 10, now=NOW)
    (other,) = await lease.take(database, 10, now=NOW + lease.SECONDS)
    newer, older = result(FEED, news(entry(1, title="New"))), result(FEED, news(entry(1, title="Old")))
    await store(database, [Outcome(leased=other, result=newer)], now=NOW + lease.SECONDS)
    assert await store(database, [Outcome(leased=late, result=older)], now=NOW + lease.SECONDS) == []
    assert await _titles(database) == ["New"]


async def test_a_member_that_is_removed_while_it_is_pulled_stays_removed(database: Database) -> None:
    """What came is left out, and the others of the batch are stored."""
    await join(database, TENANTS)
    await join(database, WORKERS)
    taken = await lease.take(database, 10, now=NOW)
    async with database.writing() as connection:
        member = await register.by_slug(connection, "tenants-of-main-south")
        await register.remove(connection, member.slug)
    outcomes = [Outcome(leased=one, result=result(one.url, news(entry(one.id)))) for one in taken]
    (report,) = await store(database, outcomes, now=NOW)
    assert report.url == "https://obrero.example/feed/"


async def test_quiet_is_not_broken(database: Database) -> None:
    """A monthly newsletter that has said nothing for four months is quiet; one that can't be read is broken."""
    await join(database, TENANTS)
    monthly: Feed = news(*(entry(number, published=NOW - (90 + 30 * number) * DAY) for number in range(1, 6)))
    await bring(database, {FEED: monthly})
    assert (await _source(database)).health == "quiet"
    await bring(database, {FEED: Failed(problem=Problem("unreachable", "It does not answer."))}, now=NOW + HOUR)
    source = await _source(database)
    assert (source.health, source.failing_since) == ("broken", NOW + HOUR)


async def test_what_was_pulled_is_counted(database: Database) -> None:
    """For /metrics: since the beginning, by outcome."""
    await join(database, TENANTS)
    await bring(database, {FEED: news(entry(1), entry(2))})
    await bring(database, {FEED: Failed(problem=Problem("unreachable", "It does not answer."))})
    row = tables.tally.c
    async with database.reading() as connection:
        counts = {name: count for name, count in await connection.execute(select(row.name, row.count))}  # noqa: C416 - typed
    assert counts == {"pull:new": 1, "items:new": 2, "pull:unreachable": 1}
