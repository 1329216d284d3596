"""Sites that refuse: what each answer means, when they are asked again, and that nothing they said before is lost."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from sqlalchemy import select

from network.database import tables
from network.members.decisions import decide
from tests.faults.documents import Post, rss
from tests.faults.network import Network
from tests.faults.sites import Site, farm
from tests.servers import reply, serving
from tests.world import DAY, HOUR, NOW

POST = Post(guid="1", link="https://tenants.example/1", title="We won", published=NOW - DAY)
NEXT = Post(guid="2", link="https://tenants.example/2", title="We go on", published=NOW - HOUR)
MINUTE = 60
YEAR = 365 * DAY

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (401, "sign_in_page"),
        (402, "site_closed"),
        (403, "forbidden"),
        (404, "not_found"),
        (408, "busy"),
        (410, "gone"),
        (418, "bad_answer"),
        (429, "busy"),
        (451, "forbidden"),
        (500, "bad_answer"),
        (502, "bad_answer"),
        (503, "busy"),
    ],
)
@sqlite
async def test_a_refusal_is_told_and_loses_nothing(network: Network, status: int, code: str) -> None:
    """What it means is told in plain words, what was published stays, and the next good answer mends it all."""
    site = Site(rss([POST]))
    async with serving({"/feed": site}) as server:
        await network.join(server.url("/feed"))
        await network.pull()
        site.fault = reply(b"no", status)
        site.publish(rss([NEXT, POST]))
        report = (await network.pull())[server.url("/feed")]
        source = await network.source()
        assert (report.problem, source.problem, await network.titles()) == (code, code, ["We won"])
        assert source.health == ("gone" if status == 410 else "broken")
        assert source.failing_since == network.clock.now
        site.fault = None
        async with network.database.writing() as connection:
            await decide(connection, source.id, "retry", now=network.clock.now)
        await network.pull_due(after=DAY)
    assert (await network.source()).health == "fine"
    assert await network.titles() == ["We go on", "We won"]


@pytest.mark.parametrize("status", [403, 404, 429, 500, 503])
@pytest.mark.parametrize(
    ("retry_after", "least", "most"),
    [
        (None, 5 * MINUTE, 40 * MINUTE),
        ("7200", 2 * HOUR, 2.5 * HOUR),
        (str(10 * YEAR), DAY - 1, DAY),
        ("-5", 5 * MINUTE, 40 * MINUTE),
        ("soon", 5 * MINUTE, 40 * MINUTE),
        (formatdate(NOW + 4 * HOUR, usegmt=True), 3 * HOUR, 4 * HOUR),
        (formatdate(NOW - YEAR, usegmt=True), 5 * MINUTE, 40 * MINUTE),
    ],
)
@sqlite
async def test_a_site_that_names_a_time_is_left_alone_until_then(
    network: Network, status: int, retry_after: str | None, least: float, most: float
) -> None:
    """Retry-After in seconds or as a date, whatever the status; never longer than a day, and nonsense counts as nothing."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    site = Site(rss([POST]), fault=reply(b"", status, **headers))
    async with serving({"/feed": site}) as server:
        await network.join(server.url("/feed"))
        await network.pull(after=HOUR)
        began = network.clock.now
        await network.pull_due(after=int(least) - 1)
        assert len(site.asked) == 1
        await network.pull_due(after=int(most) + 2 - (network.clock.now - began))
    assert len(site.asked) == 2


@sqlite
async def test_a_date_to_come_back_goes_by_the_clock_of_the_site(network: Network) -> None:
    """A server whose clock is a year behind says "in two hours" by that clock."""
    site = Site(rss([POST]))
    then = NOW - YEAR
    headers = {"Date": formatdate(then, usegmt=True), "Retry-After": formatdate(then + 2 * HOUR, usegmt=True)}
    site.fault = reply(b"", 503, **headers)
    async with serving({"/feed": site}) as server:
        await network.join(server.url("/feed"))
        await network.pull()
        await network.pull_due(after=2 * HOUR - 5)
        await network.pull_due(after=HOUR)
    assert len(site.asked) == 2


@sqlite
async def test_failures_are_asked_after_ever_more_rarely_and_never_less_than_daily(network: Network) -> None:
    """Half an hour, an hour, two … up to a day; the first good answer ends it."""
    site = Site(rss([POST]), fault=reply(b"", 500))
    waits = []
    async with serving({"/feed": site}) as server:
        await network.join(server.url("/feed"))
        for _ in range(9):
            await network.pull_due(after=0)
            (row,) = (await network.rows()).values()
            waits.append(row.due_at - network.clock.now)
            network.clock.now = row.due_at
        site.fault = None
        await network.pull_due(after=0)
    expected = [MINUTE * 30 << number for number in range(6)]
    assert all(wish <= wait <= wish * 1.1 for wish, wait in zip(expected, waits, strict=False))
    assert all(0.9 * DAY <= wait <= DAY for wait in waits[6:]), waits
    (row,) = (await network.rows()).values()
    assert (row.failures, row.failing_since, await network.titles()) == (0, None, ["We won"])


async def test_gone_is_asked_no_more_until_the_organizers_say_so(network: Network) -> None:
    """A 410 stops and tells; what it brought stays, and an organizer can have it looked at again."""
    site = Site(rss([POST]))
    async with serving({"/feed": site}) as server:
        await network.join(server.url("/feed"))
        await network.pull()
        site.fault = reply(b"", 410)
        await network.pull()
        for _ in range(3):
            await network.pull(after=30 * DAY)
        assert len(site.asked) == 2
        source = await network.source()
        assert (source.health, source.problem, await network.titles()) == ("gone", "gone", ["We won"])
        site.fault = None
        async with network.database.writing() as connection:
            await decide(connection, source.id, "retry", now=network.clock.now)
        await network.pull_due(after=0)
    assert (await network.source()).health == "fine"


@pytest.mark.parametrize("status", [429, 503])
async def test_too_many_requests_rests_the_whole_site_and_no_other(network: Network, status: int) -> None:
    """One of a provider's feeds says it: none of them is asked until it is over, while other sites' are."""
    sites = {f"127.0.0.2/{number}": Site(rss([POST])) for number in range(4)}
    other = Site(rss([NEXT]))
    async with farm({**sites, "127.0.0.3/feed": other}) as server:
        urls = [server.url(f"/{number}", "127.0.0.2") for number in range(4)]
        await network.join(*urls, server.url("/feed", "127.0.0.3"))
        await network.pull()
        sites["127.0.0.2/0"].fault = reply(b"", status, Retry_After="7200")
        await network.pull()
        asked = [len(site.asked) for site in sites.values()]
        reports = await network.pull(after=HOUR)
        assert list(reports) == [server.url("/feed", "127.0.0.3")]
        assert [len(site.asked) for site in sites.values()] == asked
        sites["127.0.0.2/0"].fault = None
        reports = await network.pull(after=HOUR + MINUTE)
    assert set(reports) == {*urls, server.url("/feed", "127.0.0.3")}


@sqlite
async def test_a_site_that_stays_busy_rests_twice_as_long_each_time(network: Network) -> None:
    """Five minutes, ten, twenty … however many of its feeds say it at once."""
    sites = {f"127.0.0.2/{number}": Site(rss([POST]), fault=reply(b"", 503)) for number in range(5)}
    pauses = []
    async with farm(sites) as server:
        await network.join(*(server.url(f"/{number}", "127.0.0.2") for number in range(5)))
        for _ in range(4):
            await network.pull(after=0)
            async with network.database.reading() as connection:
                (until,) = (await connection.execute(select(tables.host.c.until))).scalars()
            pauses.append(until - network.clock.now)
            network.clock.now = until + 1
    expected = [5 * MINUTE << number for number in range(4)]
    assert all(wish <= pause <= wish * 1.1 for wish, pause in zip(expected, pauses, strict=True)), pauses


async def test_a_good_answer_that_was_under_way_does_not_end_the_rest(network: Network) -> None:
    """Two of a site's feeds are asked at once: one answers, a moment later than the other one that asks for rest."""
    late, tired = Site(rss([POST])), Site(rss([NEXT]), fault=reply(b"", 429, Retry_After="7200"))
    async with farm({"127.0.0.2/late": late, "127.0.0.2/tired": tired}) as server:
        urls = server.url("/late", "127.0.0.2"), server.url("/tired", "127.0.0.2")
        await network.join(*urls)
        await network.pull_in_turn(urls[1], urls[0])
        assert await network.titles() == ["We won"]
        assert await network.pull(after=HOUR) == {}
        assert set(await network.pull(after=2 * HOUR)) == set(urls)
