"""Sites that move: a move for good is remembered when it is sure, nothing else is, and nothing comes twice because of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from network.database import tables
from tests.faults.documents import CALENDAR, Gathering, Post, atom, ics, rss
from tests.faults.network import Network
from tests.faults.sites import Site, farm
from tests.servers import redirect, reply, serving
from tests.world import DAY, HOUR, NOW

POSTS = [
    Post(guid=str(number), link=f"https://tenants.example/{number}", title=f"Post {number}", published=NOW - number * DAY)
    for number in range(1, 6)
]  # fmt: skip

MINUTE = 60

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("status", [301, 308])
@sqlite
async def test_a_move_for_good_is_remembered_after_three_times_over_a_day(network: Network, status: int) -> None:
    """Then the new address is asked at once, and the old one may be switched off."""
    old, new = Site(rss(POSTS)), Site(rss(POSTS))
    async with serving({"/feed": old, "/news": new}) as server:
        await network.join(server.url("/feed"))
        await network.pull()
        old.fault = redirect("/news", status)
        addresses = []
        for hours in (1, 2, 3, 20):
            await network.pull(after=hours * HOUR)
            addresses.append((await network.source()).url)
        old.fault = reply(status=410)
        (report,) = (await network.pull()).values()
    assert addresses == [server.url("/feed")] * 3 + [server.url("/news")]
    assert (report.unchanged, (await network.source()).health) == (True, "fine")
    assert len(await network.titles()) == len(POSTS)


@sqlite
async def test_a_portal_of_an_afternoon_is_no_move(network: Network) -> None:
    """A site that answers at its old address in between has not moved, however often it says so later that day."""
    site, portal = Site(rss(POSTS)), Site(rss(POSTS))
    async with serving({"/feed": site, "/portal": portal}) as server:
        await network.join(server.url("/feed"))
        for fault in (redirect("/portal", 301), redirect("/portal", 301), None, redirect("/portal", 301)):
            site.fault = fault
            await network.pull(after=20 * HOUR)
        assert (await network.source()).url == server.url("/feed")


@sqlite
async def test_a_move_that_was_told_for_an_hour_is_not_made_sure_by_silence(network: Network) -> None:
    """Three times in an hour, and then the site is down for days: nobody knows, so the old address stays."""
    site, portal = Site(rss(POSTS)), Site(rss(POSTS))
    async with serving({"/feed": site, "/portal": portal}) as server:
        await network.join(server.url("/feed"))
        site.fault = redirect("/portal", 301)
        for _ in range(3):
            await network.pull(after=20 * MINUTE)
        for fault in (reply(status=500), reply(status=404), None):
            site.fault = fault
            await network.pull(after=DAY)
            assert (await network.source()).url == server.url("/feed")


@sqlite
@pytest.mark.parametrize("statuses", [(302,), (303,), (307,), (301, 302), (302, 301), (308, 307)], ids=str)
async def test_a_move_for_now_is_never_remembered(network: Network, statuses: tuple[int, ...]) -> None:
    """A single step that is not for good makes the whole way one for now: the old address is asked for ever."""
    steps = {f"/{number}": redirect(f"/{number + 1}", status) for number, status in enumerate(statuses)}
    async with serving({**steps, f"/{len(statuses)}": Site(rss(POSTS))}) as server:
        await network.join(server.url("/0"))
        for _ in range(8):
            (report,) = (await network.pull(after=2 * DAY)).values()
    source = await network.source()
    assert (report.problem, source.url, source.moved_to) == ("", server.url("/0"), None)


@pytest.mark.parametrize("kind", ["feed", "calendar"])
async def test_two_sources_that_end_at_one_address_become_one(network: Network, kind: str) -> None:
    """What both brought is there once, under the numbers by which readers know it, in its latest words."""
    first, both = "old.ics", "new.ics"
    gatherings = [
        Gathering(uid=f"{number}@tenants.example", title=f"Gathering {number}", start=NOW + (9 + number) * DAY)
        for number in range(1, 6)
    ]

    def document(start: int, end: int, edited: str = "") -> bytes:
        if kind == "feed":
            return rss([POSTS[0], *_renamed(POSTS[start:end], edited)])
        return ics([gatherings[0], *_retitled(gatherings[start:end], edited)])

    media_type = "application/rss+xml" if kind == "feed" else CALENDAR
    old, new = Site(document(1, 3), media_type), Site(document(2, 5), media_type)
    async with serving({f"/{first}": old, f"/{both}": new}) as server:
        await network.join(server.url(f"/{both}"), server.url(f"/{first}"))
        await network.pull()
        before = {one.id: one.title for one in await network.items(kind)}
        old.fault = redirect(f"/{both}", 301)
        for hours in (1, 2, 30):
            new.publish(document(1, 5, "edited") if hours == 30 else document(1, 5))
            network.clock.now += hours * HOUR
            await network.pull_only(server.url(f"/{first}"))
        assert list(await network.sources()) == [server.url(f"/{both}")]
        await network.pull()
        after = {one.id: one.title for one in await network.items(kind)}
    word = "Post" if kind == "feed" else "Gathering"
    assert set(after) == set(before)
    assert sorted(after.values()) == [f"{word} 1", *(f"{word} {number} edited" for number in range(2, 6))]


def _renamed(posts: list[Post], edited: str) -> list[Post]:
    return [
        Post(guid=one.guid, link=one.link, title=f"{one.title} {edited}".strip(), published=one.published)
        for one in posts
    ]


def _retitled(gatherings: list[Gathering], edited: str) -> list[Gathering]:
    return [replace(one, title=f"{one.title} {edited}".strip()) for one in gatherings]


@pytest.mark.parametrize("first", ["feed", "atom"])
async def test_two_feeds_of_the_same_posts_under_other_ids_become_one(network: Network, first: str) -> None:
    """A site's RSS and its Atom name the same posts differently; when one leads to the other each post is there once, and
    what is corrected afterwards is shown.
    """
    news, other = Site(rss(POSTS)), Site(atom(_other_ids(POSTS)), "application/atom+xml")
    async with serving({"/feed": news, "/atom": other}) as server:
        await network.join(*(server.url(path) for path in sorted(("/feed", "/atom"), reverse=first == "feed")))
        await network.pull()
        before = {one.id for one in await network.items("feed")}
        news.publish(rss(POSTS[:3]))
        other.fault = redirect("/feed", 301)
        for hours in (1, 2, 30, 1):
            await network.pull(after=hours * HOUR)
        news.publish(rss(_renamed(POSTS[:3], "edited")))
        await network.pull()
    assert list(await network.sources()) == [server.url("/feed")]
    assert await network.titles() == ["Post 1 edited", "Post 2 edited", "Post 3 edited", "Post 4", "Post 5"]
    assert {one.id for one in await network.items("feed")} == before
    async with network.database.reading() as connection:
        assert (await connection.execute(select(func.count()).select_from(tables.entry))).scalar_one() == len(POSTS)


def _other_ids(posts: list[Post]) -> list[Post]:
    return [replace(one, guid=f"tag:tenants.example,2026:{one.guid}") for one in posts]


@sqlite
async def test_three_sources_that_end_at_one_address_at_the_same_moment_become_one(network: Network) -> None:
    """Also when that address was nobody's before, and all of it is noticed in one pull."""
    steps = {f"/{number}": redirect("/feed", 301) for number in range(3)}
    async with serving({**steps, "/feed": Site(rss(POSTS))}) as server:
        await network.join(*(server.url(path) for path in steps))
        for hours in (1, 2, 30, 1):
            await network.pull(after=hours * HOUR)
    assert list(await network.sources()) == [server.url("/feed")]
    async with network.database.reading() as connection:
        count = (await connection.execute(select(func.count()).select_from(tables.entry))).scalar_one()
    assert (count, len(await network.titles())) == (len(POSTS), len(POSTS))


@sqlite
async def test_two_sources_that_change_places_stay_two(network: Network) -> None:
    """Each says for good that it is at the other's address: a mistake, which costs nobody a post."""
    async with serving({"/a": redirect("/b", 301), "/b": redirect("/a", 301)}) as server:
        await network.join(server.url("/a"), server.url("/b"))
        for _ in range(4):
            reports = await network.pull(after=DAY)
    assert [report.problem for report in reports.values()] == ["too_many_redirects"] * 2
    assert len(await network.sources()) == 2


@sqlite
async def test_an_address_that_leads_in_circles_is_told(network: Network) -> None:
    """At once, and what was good before stays."""
    site = Site(rss(POSTS))
    async with serving({"/feed": site, "/a": redirect("/feed")}) as server:
        await network.join(server.url("/feed"))
        await network.pull()
        site.fault = redirect("/a")
        (report,) = (await network.pull()).values()
    assert (report.problem, len(site.asked)) == ("too_many_redirects", 2)
    assert len(await network.titles()) == len(POSTS)


@sqlite
@pytest.mark.parametrize(
    "where", ["http://127.0.9.1:{port}/feed", "http://10.0.0.1/", "http://[::1]:{port}/", "file:///etc/hosts"]
)
@pytest.mark.parametrize("status", [301, 302])
async def test_a_redirect_to_where_we_may_not_go_is_refused(network: Network, where: str, status: int) -> None:
    """Not even asked, never remembered, and the site's own posts stay."""
    site, secret = Site(rss(POSTS)), Site(rss(POSTS))
    async with farm({"127.0.0.1/feed": site, "127.0.9.1/feed": secret}) as server:
        await network.join(server.url("/feed"))
        await network.pull()
        site.fault = redirect(where.format(port=server.port), status)
        for _ in range(4):
            (report,) = (await network.pull(after=DAY)).values()
    assert report.problem in {"private_address", "bad_scheme"}
    assert (secret.asked, (await network.source()).url) == ([], server.url("/feed"))
    assert len(await network.titles()) == len(POSTS)
