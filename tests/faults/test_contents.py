"""Good answers with strange contents: what is not believed at once, what is no news, and whose clock is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from email.utils import formatdate

import pytest

from network.members.decisions import decide
from tests.faults.documents import CALENDAR, FEEDS, Gathering, Post, ics, rss
from tests.faults.network import Network
from tests.faults.sites import Site, Validators
from tests.servers import serving
from tests.world import DAY, HOUR, NOW

POSTS = [
    Post(guid=str(number), link=f"https://tenants.example/2026/{number}/what-we-did", title=f"Post {number}",
         published=NOW - number * DAY)
    for number in range(1, 13)
]  # fmt: skip
GATHERINGS = [
    Gathering(uid=f"{number}@tenants.example", title=f"Gathering {number}", start=NOW + number * DAY)
    for number in range(1, 13)
]
TITLES = sorted(post.title for post in POSTS)
ON = [one.title for one in GATHERINGS]

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@sqlite
@pytest.mark.parametrize("name", FEEDS)
async def test_a_feed_that_is_valid_and_empty_deletes_nothing(network: Network, name: str) -> None:
    """Its posts stay for good; the organizers see for a while that something is odd."""
    media_type, write = FEEDS[name]
    site = Site(write(POSTS), media_type)
    async with serving({"/feed": site}) as server:
        await network.join(server.url("/feed"))
        await network.pull()
        site.publish(write([]))
        healths = []
        for _ in range(4):
            await network.pull()
            healths.append((await network.source()).health)
    assert (await network.titles(), healths) == (TITLES, ["suspect", "suspect", "fine", "fine"])


@pytest.mark.parametrize("validators", ["both", "none"])
async def test_a_calendar_that_is_valid_and_empty_is_believed_after_two_more_pulls(
    network: Network, validators: Validators
) -> None:
    """Not sooner; and though it is the same empty calendar each time, "nothing new" is no third witness that is missed."""
    site = Site(ics(GATHERINGS), CALENDAR, validators=validators)
    shown = []
    async with serving({"/events.ics": site}) as server:
        await network.join(server.url("/events.ics"))
        await network.pull()
        site.publish(ics([]))
        for _ in range(3):
            await network.pull()
            shown.append((await network.on(), (await network.source()).health))
        assert shown == [(ON, "suspect"), (ON, "suspect"), ([], "fine")]
        site.publish(ics(GATHERINGS))
        await network.pull()
    assert await network.on() == ON


@pytest.mark.parametrize("decision", ["believe", "keep"])
async def test_a_calendar_that_suddenly_lists_little_waits_for_the_organizers(network: Network, decision: str) -> None:
    """However often it says so; then it is as they decided, and stays so."""
    site = Site(ics(GATHERINGS), CALENDAR)
    async with serving({"/events.ics": site}) as server:
        await network.join(server.url("/events.ics"))
        await network.pull()
        site.publish(ics(GATHERINGS[:3]))
        for _ in range(5):
            await network.pull()
            source = await network.source()
            assert (await network.on(), source.health, source.missing) == (ON, "suspect", 9)
        async with network.database.writing() as connection:
            await decide(connection, source.id, decision, now=network.clock.now)  # type: ignore[arg-type]
        for _ in range(3):
            await network.pull()
            assert await network.on() == (ON if decision == "keep" else ON[:3])
            assert (await network.source()).health == "fine"


@sqlite
async def test_a_calendar_that_comes_back_is_whole_again(network: Network) -> None:
    """Its plugin was off for a night: nobody had to do anything, and every gathering has the address it had."""
    site = Site(ics(GATHERINGS), CALENDAR)
    async with serving({"/events.ics": site}) as server:
        await network.join(server.url("/events.ics"))
        await network.pull()
        before = {row.item_id for row in await network.items("calendar")}
        for listed in (GATHERINGS[:2], [], GATHERINGS[:1], GATHERINGS):
            site.publish(ics(listed))
            await network.pull()
    assert await network.on() == ON
    assert {row.item_id for row in await network.items("calendar")} == before
    assert (await network.source()).health == "fine"


@sqlite
async def test_what_took_place_while_a_calendar_was_held_is_no_longer_missing(network: Network) -> None:
    """A gathering was on during the night in which its calendar was odd: when the organizers say later that what is
    missing is over, it stays what it is, a gathering that took place.
    """
    site = Site(ics(GATHERINGS), CALENDAR)
    async with serving({"/events.ics": site}) as server:
        await network.join(server.url("/events.ics"))
        await network.pull()
        site.publish(ics(GATHERINGS[9:]))
        await network.pull()
        await network.pull(after=2 * DAY)
        source = await network.source()
        assert source.missing == 7
        async with network.database.writing() as connection:
            await decide(connection, source.id, "believe", now=network.clock.now)
    left = sorted(row.title for row in await network.items("calendar"))
    assert left == ["Gathering 1", "Gathering 10", "Gathering 11", "Gathering 12", "Gathering 2"]


@sqlite
async def test_gone_is_not_cancelled(network: Network) -> None:
    """What the group called off stays to be seen as cancelled; what its calendar merely stopped to list is taken down."""
    site = Site(ics(GATHERINGS), CALENDAR)
    async with serving({"/events.ics": site}) as server:
        await network.join(server.url("/events.ics"))
        await network.pull()
        site.publish(ics([replace(GATHERINGS[0], status="CANCELLED"), *GATHERINGS[2:]]))
        await network.pull()
    found = {row.title: row.status for row in await network.items("calendar")}
    assert (found["Gathering 1"], "Gathering 2" in found, len(found)) == ("cancelled", False, 11)


def _other_guids(posts: Sequence[Post]) -> list[Post]:
    return [replace(post, guid=f"https://tenants.example/?p={post.guid}") for post in posts]


def _other_dates(posts: Sequence[Post]) -> list[Post]:
    return [replace(post, published=NOW + HOUR) for post in posts]


@pytest.mark.parametrize(
    "change",
    [_other_guids, _other_dates, lambda posts: _other_dates(_other_guids(posts))],
    ids=["guids", "dates", "both"],
)
async def test_a_site_that_was_moved_floods_nobody(network: Network, change: type) -> None:
    """All its posts come with other ids, other dates, or both: they are the same posts, under the same numbers, in the same
    order, and none of them is news.
    """
    site = Site(rss(POSTS))
    async with serving({"/feed": site}) as server:
        await network.join(server.url("/feed"))
        await network.pull()
        before = [(one.id, one.title) for one in await network.news()]
        site.publish(rss(change(POSTS)))
        (report,) = (await network.pull()).values()
    assert [(one.id, one.title) for one in await network.news()] == before
    assert report.new == 0


@sqlite
async def test_dates_that_can_not_be_are_no_dates(network: Network) -> None:
    """A post of the year 2099 does not stay on top for ever, one of 1970 is shown with the moment it was first seen."""
    odd = [
        Post(guid="future", link=None, title="Tomorrow", published=NOW + 70 * 365 * DAY),
        Post(guid="epoch", link=None, title="Nineteen seventy", published=1),
        Post(guid="none", link=None, title="No date"),
    ]
    site = Site(rss([*odd, POSTS[0]]))
    async with serving({"/feed": site}) as server:
        await network.join(server.url("/feed"))
        await network.pull()
        seen = network.clock.now
        site.publish(rss([replace(POSTS[0], guid="new", link=None, title="Newer", published=seen + DAY), *odd]))
        await network.pull(after=2 * DAY)
    dated = {one.title: one.dated for one in await network.news()}
    assert dated == {
        "Tomorrow": seen, "Nineteen seventy": seen, "No date": seen, "Post 1": POSTS[0].published, "Newer": seen + DAY,
    }  # fmt: skip


@sqlite
@pytest.mark.parametrize("skew", [-10 * 365 * DAY, -DAY, DAY, 10 * 365 * DAY])
async def test_a_site_whose_clock_is_wrong_is_asked_like_any_other(network: Network, skew: int) -> None:
    """Its answers stay fresh for as long as it says by its own clock, and never for more than a day."""
    there = NOW + HOUR + skew
    fresh = {"Date": formatdate(there, usegmt=True), "Expires": formatdate(there + 3 * HOUR, usegmt=True)}
    site = Site(rss(POSTS), headers=fresh)
    async with serving({"/feed": site}) as server:
        await network.join(server.url("/feed"))
        await network.pull()
    (row,) = (await network.rows()).values()
    assert 3 * HOUR <= row.due_at - network.clock.now <= 3.4 * HOUR


@sqlite
async def test_one_feed_of_two_members_is_shown_once(network: Network) -> None:
    """Both are credited; and a member that lists its feed under two addresses has every post once."""
    site = Site(rss(POSTS))
    async with serving({"/feed": site, "/feed?format=rss": site}) as server:
        await network.join(server.url("/feed"), server.url("/feed?format=rss"))
        await network.join(server.url("/feed"), name="Neighbors")
        await network.pull()
        await network.pull()
    assert sorted(one.title for one in await network.news()) == TITLES
    assert {len(one.credits) for one in await network.news()} == {2}


@sqlite
async def test_posts_without_ids_and_dates_come_once(network: Network) -> None:
    """A feed written by hand: nothing but titles and links, or not even links, and the same again and again."""
    bare = b"".join(
        b"<item><title>Post %d</title><description>Number %d</description></item>" % (n, n) for n in range(5)
    )
    site = Site(rss([], extra=bare.decode()), validators="none")
    async with serving({"/feed": site}) as server:
        await network.join(server.url("/feed"))
        for number in range(3):
            site.publish(rss([], extra=f"<generator>build {number}</generator>{bare.decode()}"))
            await network.pull()
    assert await network.titles() == [f"Post {number}" for number in range(5)]
