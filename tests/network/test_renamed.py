"""What is new by its identity only is no news: sites that move, guids that change, UIDs made up anew at each export."""

from __future__ import annotations

from dataclasses import replace

from network.database.engine import Database, generation
from network.directory import entries, events
from network.model import Selection
from tests.world import DAY, HOUR, NOW, TENANTS, ZONE, bring, calendar, entry, event, join, news

FEED = "https://tenants.example/feed/"
CALENDAR = "https://tenants.example/events.ics"


async def _news(database: Database) -> list[tuple[int, str, int]]:
    async with database.reading() as connection:
        found, _ = await entries.newest(connection, Selection())
    return [(one.id, one.title, one.dated) for one in found]


async def _on(database: Database) -> list[tuple[int, str]]:
    async with database.reading() as connection:
        found, _ = await events.between(connection, Selection(), NOW, NOW + 60 * DAY, limit=100, timezone=ZONE)
    return [(one.event_id, one.title) for one in found]


async def test_a_guid_that_changes_on_the_same_page_is_the_same_entry(database: Database) -> None:
    """A plugin rewrites the guids: nothing comes up again, nothing is doubled."""
    await join(database, TENANTS)
    posts = [entry(number, link=f"https://tenants.example/2026/11/what-we-did-{number}/") for number in range(1, 6)]
    await bring(database, {FEED: news(*posts)})
    before = await _news(database)
    (report,) = await bring(
        database, {FEED: news(*(replace(one, id="urn:new:" + one.id) for one in posts))}, now=NOW + HOUR
    )
    assert (report.new, await _news(database)) == (0, before)


async def test_a_site_that_moves_and_dates_everything_anew_does_not_flood_subscribers(database: Database) -> None:
    """Another domain, other guids, and today's date on every post: the same entries, as old as they were."""
    await join(database, TENANTS)
    posts = [
        entry(
            number, title=f"Rent strike, week {number}", link=f"https://tenants.example/2026/rent-strike-week-{number}/"
        )
        for number in range(1, 11)
    ]
    await bring(database, {FEED: news(*posts)})
    before = await _news(database)
    moved = [
        replace(
            one, id=(one.id or "").replace("tenants.example", "tenants-union.example"), published=NOW + 2 * DAY,
            link=(one.link or "").replace("tenants.example", "tenants-union.example"),
        )
        for one in posts
    ]  # fmt: skip
    (report,) = await bring(database, {FEED: news(*moved)}, now=NOW + 3 * DAY)
    assert report.new == 0
    assert await _news(database) == before


async def test_a_post_that_is_dated_anew_does_not_come_up_again(database: Database) -> None:
    """The same guid with today's date: its place in the list stays."""
    await join(database, TENANTS)
    await bring(database, {FEED: news(*(entry(number) for number in range(1, 4)))})
    before = await _news(database)
    await bring(database, {FEED: news(*(entry(number, published=NOW + HOUR) for number in range(1, 4)))}, now=NOW + DAY)
    assert await _news(database) == before


async def test_what_is_really_new_is_new(database: Database) -> None:
    """A new post beside old ones, with a title that was used before."""
    await join(database, TENANTS)
    await bring(database, {FEED: news(entry(1, title="Meeting"), entry(2))})
    fresh = entry(9, title="Meeting", published=NOW + HOUR, content="<p>Another one.</p>")
    (report,) = await bring(database, {FEED: news(fresh, entry(2))}, now=NOW + 2 * HOUR)
    assert report.new == 1


async def test_uids_made_up_anew_at_each_export_change_nothing(database: Database) -> None:
    """Outlook: the same events under the same numbers, and readers are told of no change."""
    await join(database, TENANTS, CALENDAR)

    def export(number: int) -> list[object]:
        made = (event(day) for day in range(1, 5))
        return [
            replace(one, uid=f"{number}-{one.uid}", ical=f"BEGIN:VEVENT\r\nUID:{number}-{one.uid}\r\nEND:VEVENT\r\n")
            for one in made
        ]

    await bring(database, {CALENDAR: calendar(*export(1))})  # type: ignore[arg-type]
    before = await _on(database)
    async with database.reading() as connection:
        told = await generation(connection)
    for number in (2, 3):
        (report,) = await bring(database, {CALENDAR: calendar(*export(number))}, now=NOW + number * HOUR)  # type: ignore[arg-type]
        assert (report.new, report.changed, report.held) == (0, 0, "")
    async with database.reading() as connection:
        assert await generation(connection) == told
    assert await _on(database) == before


async def test_the_later_part_of_a_split_series_is_not_announced_as_new(database: Database) -> None:
    """Google gives "this and following events" a UID of its own: it is as old as its series."""
    await join(database, TENANTS, CALENDAR)
    base = event(1, uid="abc123@google.com", created=NOW - 30 * DAY)
    await bring(database, {CALENDAR: calendar(base)})
    part = event(8, uid="abc123_R20261201T230000@google.com", created=NOW + HOUR, updated=NOW + HOUR)
    await bring(database, {CALENDAR: calendar(base, part)}, now=NOW + 2 * HOUR)
    async with database.reading() as connection:
        first = await events.one(connection, (await _on(database))[0][0], now=NOW, timezone=ZONE)
        second = await events.one(connection, (await _on(database))[1][0], now=NOW, timezone=ZONE)
    assert first is not None
    assert second is not None
    assert second.announced == first.announced
