"""Told by hubs: subscribed, asked back, pushed to, and not relied upon when a hub does not keep its word."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import delete, insert, select, update

from feeds.addresses import AllowedHosts
from feeds.client import Client
from network.aggregator import archive, lease
from network.aggregator.archive import Report
from network.database import tables
from network.database.engine import Database
from network.directory import entries
from network.members import register
from network.model import Selection
from network.web import websub as web
from network.websub import intake, subscriber
from network.websub.callbacks import Callbacks
from network.websub.pushes import Pushes
from network.websub.silence import Silence
from tests.hub import Hub, running_hub, signature
from tests.network.conftest import FEED, ICS, RunningSite, running
from tests.servers import reply, serving
from tests.world import DAY, HOUR, NOW, TENANTS, WORKERS, bring, calendar, entry, event, join, news

TOPIC = "https://tenants.example/feed/"
MINUTE = 60


@dataclass
class World:
    """A network whose one member's feed names a hub, the hub, and the time."""

    site: RunningSite
    hub: Hub
    client: Client
    now: int = NOW

    @property
    def database(self) -> Database:
        return self.site.database

    @property
    def callbacks(self) -> Callbacks:
        return Callbacks.of(self.site.settings)

    async def ask(self) -> int:
        """What the worker does every few seconds; then hubs ask back."""
        asked = await subscriber.subscribe_due(self.database, self.client, self.callbacks, now=self.now)
        await self.hub.settled()
        return asked

    async def read(self) -> list[Report]:
        """What the worker does twice a second."""
        return await Pushes(self.database, now=lambda: self.now).run_once()

    async def row(self) -> Any:
        """The subscription of the feed."""
        async with self.database.reading() as connection:
            return (await connection.execute(select(tables.subscription))).one_or_none()

    async def path(self) -> str:
        """Where the hub reaches us."""
        return self.callbacks.address((await self.row()).token).removeprefix(self.callbacks.base_url)

    async def waiting(self) -> list[bytes]:
        """What was pushed and is not read yet."""
        async with self.database.reading() as connection:
            return list((await connection.execute(select(tables.push.c.body).order_by(tables.push.c.id))).scalars())

    async def source(self) -> Any:
        async with self.database.reading() as connection:
            return (await connection.execute(select(tables.source).order_by(tables.source.c.id))).first()

    async def counted(self, name: str) -> int:
        query = select(tables.tally.c.count).where(tables.tally.c.name == name)
        async with self.database.reading() as connection:
            return (await connection.execute(query)).scalar() or 0

    async def titles(self) -> list[str]:
        async with self.database.reading() as connection:
            return [one.title for one in (await entries.newest(connection, Selection()))[0]]

    async def change(self, table: Any, **values: object) -> None:
        async with self.database.writing() as connection:
            await connection.execute(update(table).values(**values))


@pytest.fixture
async def world(data_dir: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """Its feed has been pulled once, and nobody has asked the hub yet."""
    environ = {"VECINOS_DATABASE_URL": database_url, "VECINOS_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}
    door = Client(user_agent="Vecinos tests", allowed=AllowedHosts.parse("127.0.0.1"))
    async with running(data_dir, environ) as site, running_hub(site.browser) as hub, door as client:
        made = World(site, hub, client)
        monkeypatch.setattr(web, "now", lambda: made.now)
        await join(site.database, TENANTS, FEED)
        await bring(site.database, {FEED: news(entry(1), hub=hub.url, topic=TOPIC)})
        yield made


def body(*numbers: int) -> bytes:
    """A feed with these posts."""
    items = "".join(
        f"<entry><id>tag:{number}</id><title>Pushed {number}</title><link href='https://tenants.example/{number}'/>"
        f"<updated>2026-11-22T12:00:00Z</updated><summary>Words.</summary></entry>"
        for number in numbers
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>T</title><id>t</id>{items}</feed>".encode()


async def test_what_a_hub_pushes_is_in_the_combined_feed(world: World) -> None:
    """Asked, asked back, pushed and read: nobody had to look."""
    assert await world.ask() == 1
    question = world.hub.questions[0]
    assert (question["hub.mode"], question["hub.topic"], question["hub.lease_seconds"]) == (
        "subscribe",
        TOPIC,
        "864000",
    )
    assert question["hub.callback"].startswith(f"{world.site.settings.base_url}/websub/")
    row = await world.row()
    assert (row.state, row.lease_until, row.due_at) == ("active", NOW + 10 * DAY, NOW + 10 * DAY * 2 // 3)
    assert await world.hub.publish(TOPIC, body(1, 2)) == [202]
    (report,) = await world.read()
    assert (report.pushed, report.new, await world.waiting()) == (True, 2, [])
    feed = (await world.site.browser.get("/feed.atom")).text
    assert "Pushed 1" in feed
    assert "Pushed 2" in feed
    assert await world.ask() == 0


async def test_a_push_leaves_what_a_pull_goes_by(world: World) -> None:
    """The validators stay; what a push does not list is not gone, and the same push again changes nothing."""
    before = await world.source()
    await world.ask()
    world.now += MINUTE
    for _ in range(2):
        await world.hub.publish(TOPIC, body(1))
        await world.read()
    after = await world.source()
    same = ("etag", "last_modified", "body_hash", "listed", "held", "read_at", "hub", "topic", "title", "due_at")
    assert [getattr(after, name) for name in same] == [getattr(before, name) for name in same]
    assert sorted(await world.titles()) == ["Post 1", "Pushed 1"]
    assert (await world.source()).lease_until == 0


async def test_sources_are_pulled_less_often_once_a_hub_has_brought_something(world: World) -> None:
    """A promise alone is not enough, and one that is over is none."""

    async def relied_upon(now: int) -> bool:
        await world.change(tables.source, due_at=0)
        (taken,) = await lease.take(world.database, 1, now=now)
        await lease.give_back(world.database, [taken])
        return taken.pushed

    await world.ask()
    assert not await relied_upon(NOW)
    await world.hub.publish(TOPIC, body(1))
    await world.read()
    assert await relied_upon(NOW)
    assert not await relied_upon(NOW + 11 * DAY)


async def test_a_subscription_is_renewed_in_time(world: World) -> None:
    """Long before it ends, under the same address and secret, so that what is on its way meanwhile is still good."""
    await world.ask()
    first = await world.row()
    world.now = first.due_at - 1
    assert await world.ask() == 0
    world.now = first.due_at
    world.hub.mute = True
    assert await world.ask() == 1
    asked = await world.row()
    assert (asked.state, asked.token, asked.secret) == ("active", first.token, first.secret)
    assert await world.hub.publish(TOPIC, body(1)) == [202]
    assert len(await world.read()) == 1
    world.hub.mute, world.now = False, asked.due_at
    await world.ask()
    renewed = await world.row()
    assert (renewed.state, renewed.lease_until, renewed.tries) == ("active", world.now + 10 * DAY, 0)
    assert len(world.hub.subscriptions) == 1


async def test_a_hub_is_held_to_a_sensible_lease(world: World) -> None:
    """From an hour to sixty days, whatever it says."""
    for grants, kept in ((5, HOUR), (10**9, 60 * DAY)):
        world.hub.grants = grants
        await world.change(tables.subscription, due_at=0)
        await world.ask()
        assert (await world.row()).lease_until == NOW + kept


async def test_a_hub_that_refuses_is_asked_ever_more_rarely(world: World) -> None:
    """From a quarter of an hour up to a day, with its reason kept; when it takes us up, all is well."""
    world.hub.refuses = reply(b"No.", 403)
    waits = []
    for _ in range(9):
        assert await world.ask() == 1
        row = await world.row()
        waits.append(row.due_at - world.now)
        assert (row.state, row.problem) == ("asked", "forbidden 403")
        world.now = row.due_at
    assert waits == [MINUTE * m for m in (15, 30, 60, 120, 240, 480, 960, 1440, 1440)]
    world.hub.refuses = None
    await world.ask()
    row = await world.row()
    assert (row.state, row.problem, row.tries) == ("active", "", 0)


async def test_a_hub_that_asks_for_rest_gets_it(world: World) -> None:
    """As long as it says, up to a day."""
    for said, wait in (("7200", 2 * HOUR), ("9999999", DAY)):
        world.hub.refuses = reply(b"", 503, Retry_After=said)
        await world.change(tables.subscription, due_at=0, tries=0)
        await world.ask()
        assert (await world.row()).due_at == NOW + wait


async def test_a_hub_in_trouble_is_asked_once_a_round(world: World) -> None:
    """Whatever else it would have been asked waits as well."""
    await join(world.database, WORKERS, "https://obrero.example/a", "https://obrero.example/b")
    feed = news(entry(1), hub=world.hub.url, topic="https://obrero.example/x")
    await bring(world.database, {"https://obrero.example/a": feed, "https://obrero.example/b": feed})
    world.hub.refuses = reply(b"", 503)
    await world.ask()
    assert len(world.hub.questions) == 1
    async with world.database.reading() as connection:
        problems = (await connection.execute(select(tables.subscription.c.problem))).scalars().all()
    assert problems == ["busy 503"] * 3


async def test_a_hub_that_does_not_answer_is_no_reason_to_fail(world: World) -> None:
    """Nor one whose address nobody may ask."""
    async with serving() as gone:
        nowhere = gone.url("/hub")
    for hub, problem in ((nowhere, "unreachable"), ("http://10.0.0.1/hub", "private_address")):
        await world.change(tables.source, hub=hub)
        await world.change(tables.subscription, hub=hub, due_at=0)
        await world.ask()
        assert (await world.row()).problem == problem


async def test_a_hub_may_say_no(world: World) -> None:
    """Its reason is kept, the source is pulled as before, and a week later it is asked again."""
    await world.ask()
    await world.change(tables.source, due_at=NOW + DAY)
    world.hub.denies, world.now = "not  you", (await world.row()).due_at
    await world.ask()
    row = await world.row()
    assert (row.state, row.problem, row.lease_until) == ("denied", "denied: not you", None)
    assert row.due_at == world.now + 7 * DAY
    world.hub.denies, world.now = None, row.due_at
    await world.ask()
    assert (await world.row()).state == "active"


async def test_only_what_was_asked_for_is_confirmed(world: World) -> None:
    """No other topic, no other address, not without having asked just before, and no unsubscription that we don't want."""
    browser = world.site.browser
    world.hub.mute = True
    await world.ask()
    path = await world.path()
    good = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "<b>c</b>", "hub.lease_seconds": "600000"}
    for wrong in (
        {"hub.topic": TOPIC + "?"}, {"hub.topic": ""}, {"hub.mode": "unsubscribe"}, {"hub.mode": ""},
        {"hub.mode": "denied", "hub.topic": "x"},
    ):  # fmt: skip
        assert (await browser.get(path, params=good | wrong)).status_code == 404
    assert (await browser.get("/websub/nobody", params=good)).status_code == 404
    assert (await browser.get("/websub/nobody", params=good | {"hub.mode": "unsubscribe"})).status_code == 404
    assert (await browser.get(path, params=good | {"hub.challenge": "x" * 5000})).status_code == 400
    world.now += 7 * HOUR
    assert (await browser.get(path, params=good)).status_code == 404
    assert (await world.row()).state == "asked"
    world.now -= 7 * HOUR
    confirmed = await browser.get(path, params=good)
    assert (confirmed.status_code, confirmed.text) == (200, "<b>c</b>")
    assert confirmed.headers["content-type"].startswith("text/plain")
    assert confirmed.headers["x-content-type-options"] == "nosniff"
    assert confirmed.headers["cache-control"] == "no-store"


async def test_what_is_not_signed_as_it_must_be_is_taken_and_forgotten(world: World) -> None:
    """A hub is not told what was wrong with it (WebSub, 7.1.2); it is counted."""
    await world.ask()
    path, secret = await world.path(), (await world.row()).secret
    good = signature(body(1), secret)
    bad = ["", "sha256", "sha256=", "sha256=é", "md5=" + "0" * 32, good[:-1], signature(body(2), secret),
           signature(body(1), "other")]  # fmt: skip
    for sent in bad:
        answer = await world.site.browser.post(
            path, content=body(1), headers=httpx2.Headers({"X-Hub-Signature": sent}, "utf-8")
        )
        assert answer.status_code == 202
    assert (await world.waiting(), await world.counted("push:bad_signature")) == ([], len(bad))
    assert (await world.row()).pushed_at is None


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_every_method_of_the_standard_is_understood(method: str) -> None:
    """In upper and lower case."""
    signed = signature(b"news", "secret", method)
    assert intake.is_signed(b"news", "secret", signed)
    assert intake.is_signed(b"news", "secret", signed.upper())
    assert not intake.is_signed(b"other news", "secret", signed)


async def test_what_is_too_large_is_not_read(world: World) -> None:
    """Whether it says so or not."""
    await world.ask()
    path = await world.path()

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(11):
            yield b" " * 1_000_000

    for content in (b" " * (intake.MAX_BODY + 1), endless()):
        assert (await world.site.browser.post(path, content=content)).status_code == 413
    assert await world.waiting() == []


async def test_a_hub_can_not_fill_the_disk(world: World) -> None:
    """While the worker is away, the newest pushes wait: twenty, and twenty megabytes."""
    await world.ask()
    for number in range(25):
        await world.hub.publish(TOPIC, b"%d" % number)
    assert await world.waiting() == [b"%d" % number for number in range(5, 25)]
    for letter in (b"a", b"b", b"c"):
        await world.hub.publish(TOPIC, letter * 8_000_000)
    assert [found[:1] for found in await world.waiting()] == [b"b", b"c"]


async def test_what_can_not_be_read_is_dropped(world: World) -> None:
    """The reason is kept, the source is pulled as before, and what came after it is read."""
    await world.ask()
    await world.change(tables.source, due_at=NOW + DAY)
    await world.hub.publish(TOPIC, b"<!doctype html><title>Sign in</title>")
    await world.read()
    row = await world.row()
    assert (row.state, row.problem, await world.waiting()) == ("silent", "push: html_page", [])
    assert (await world.counted("push:html_page"), (await world.source()).lease_until) == (1, 0)
    assert (await world.source()).due_at < NOW + DAY
    await world.hub.publish(TOPIC, body(1))
    await world.read()
    assert ((await world.row()).state, "Pushed 1" in await world.titles()) == ("active", True)


@pytest.mark.parametrize("why", ["hub", "paused", "gone", "member"])
async def test_what_is_not_wanted_any_more_is_left(world: World, why: str) -> None:
    """The hub is told, its question is answered with yes, and whatever it still sends with "gone"."""
    await world.ask()
    path, token = await world.path(), (await world.row()).token
    await world.hub.publish(TOPIC, body(1))
    if why == "member":
        async with world.database.writing() as connection:
            await register.set_state(connection, "tenants-of-main-south", "paused", now=NOW)
    else:
        await world.change(tables.source, **({"hub": None} if why == "hub" else {"state": why}))
    await world.ask()
    assert world.hub.questions[-1]["hub.mode"] == "unsubscribe"
    assert (world.hub.subscriptions, await world.row(), await world.waiting()) == ({}, None, [])
    assert (await world.site.browser.post(path, content=body(2))).status_code == 410
    assert (await world.site.browser.post("/websub/" + token[:-1] + "_", content=b"")).status_code == 404
    assert await world.ask() == 0


async def test_a_hub_that_can_not_be_told_learns_it_all_the_same(world: World) -> None:
    """By the answer to its next push."""
    await world.ask()
    world.hub.refuses = reply(b"", 500)
    await world.change(tables.source, hub=None)
    await world.ask()
    assert len(world.hub.subscriptions) == 1
    assert await world.hub.publish(TOPIC, body(1)) == [410]
    assert world.hub.subscriptions == {}


async def test_a_feed_that_changes_its_hub_or_address_is_subscribed_anew(world: World) -> None:
    """Under a new address and with a new secret; the old hub is told."""
    await world.ask()
    before = await world.row()
    await world.change(tables.source, topic=TOPIC + "?v=2")
    await world.ask()
    after = await world.row()
    assert (after.state, after.topic) == ("active", TOPIC + "?v=2")
    assert after.token != before.token
    assert after.secret != before.secret
    assert [one["hub.mode"] for one in world.hub.questions] == ["subscribe", "unsubscribe", "subscribe"]
    assert [one.topic for one in world.hub.subscriptions.values()] == [TOPIC + "?v=2"]


async def test_a_hub_that_misses_something_is_not_relied_upon(world: World) -> None:
    """A pull found a post that should have been pushed: pulled as before, asked anew in a day, believed after a push."""
    silence = Silence()
    await silence.notice(world.database, now=NOW)
    await world.ask()
    await world.hub.publish(TOPIC, body(1))
    await world.read()
    world.now = NOW + 8 * HOUR
    late = news(entry(9, published=NOW + 6 * HOUR), hub=world.hub.url, topic=TOPIC)
    await bring(world.database, {FEED: late}, now=world.now)
    assert await silence.notice(world.database, now=world.now) == [1]
    row = await world.row()
    assert (row.state, row.problem, row.due_at) == ("silent", "missed", world.now + DAY)
    assert (await world.source()).due_at < world.now + 3 * HOUR
    assert await silence.notice(world.database, now=world.now) == []
    world.now = row.due_at
    assert await world.ask() == 1
    assert (await world.row()).state == "silent"
    await world.hub.publish(TOPIC, body(3))
    assert (await world.row()).state == "active"


async def test_what_no_hub_could_have_brought_is_not_held_against_it(world: World) -> None:
    """What is older than the subscription, what is quite new, what was published before its last push, and what it brought."""
    silence = Silence()
    await world.ask()
    await silence.notice(world.database, now=NOW)

    async def pulled(number: int, published: int | None, now: int) -> list[int]:
        feed = news(entry(number, published=published), hub=world.hub.url, topic=TOPIC)
        await bring(world.database, {FEED: feed}, now=now)
        return await silence.notice(world.database, now=now)

    assert await pulled(11, NOW - DAY, NOW + HOUR) == []
    assert await pulled(12, NOW + HOUR, NOW + HOUR + 5 * MINUTE) == []
    assert await pulled(13, None, NOW + 2 * HOUR) == []
    world.now = NOW + 3 * HOUR
    await world.hub.publish(TOPIC, body(5))
    await world.read()
    assert await silence.notice(world.database, now=world.now) == []
    assert await pulled(14, NOW + 2 * HOUR, NOW + 4 * HOUR) == []
    assert (await world.row()).state == "active"


async def test_a_site_that_no_hub_can_reach_asks_none(world: World) -> None:
    """On loopback there is no use in asking the world; once the site has an address, it asks."""
    await world.change(tables.source, hub="https://hub.example/")
    assert await world.ask() == 0
    row = await world.row()
    assert (row.state, row.problem, row.due_at) == ("new", "not_in_reach", NOW + HOUR)
    home = replace(world.callbacks, base_url="https://vecinos.example.org")
    claimed = await subscriber._claim(world.database, home, NOW + HOUR)
    assert [one.question.callback[:34] for one in claimed] == ["https://vecinos.example.org/websub"]


def test_who_can_reach_whom() -> None:
    """Loopback, private addresses and local names are in reach of each other only; named hosts count as near."""
    everywhere, nearby = Callbacks("https://vecinos.example.org", b""), Callbacks("http://127.0.0.1:8000", b"")
    far = ("https://hub.example/", "http://8.8.8.8/", "http://[2606:4700::1]/")
    near = (
        "http://127.0.0.1:9000/",
        "http://localhost:9000/",
        "http://hub.local/",
        "http://[::1]/",
        "http://10.1.2.3/",
    )
    assert [hub for hub in far + near if not everywhere.in_reach_of(hub)] == []
    assert [hub for hub in far + near if nearby.in_reach_of(hub)] == list(near)
    assert replace(nearby, allowed=AllowedHosts.parse("hub.example")).in_reach_of("https://hub.example/")
    assert not replace(nearby, allowed=AllowedHosts.parse("1")).in_reach_of("https://hub.example/")
    assert not nearby.in_reach_of("mailto:hub@hub.example")


def test_tokens_can_not_be_made_by_others() -> None:
    """Each is new, and none is ours that another key has marked."""
    ours, theirs = Callbacks("", b"one key"), Callbacks("", b"another")
    tokens = {ours.new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(ours.is_ours(token) and not theirs.is_ours(token) for token in tokens)
    assert [token for token in ("", "x" * 64, "é" * 64, "=" * 64) if ours.is_ours(token)] == []


async def test_two_workers_ask_once(world: World) -> None:
    """Whoever comes first has it; a source gets one subscription and one question."""
    both = (subscriber.subscribe_due(world.database, world.client, world.callbacks, now=NOW) for _ in range(2))
    assert sorted(await asyncio.gather(*both)) == [0, 1]
    await world.hub.settled()
    assert len(world.hub.questions) == 1


async def test_a_push_waits_while_its_source_is_pulled(world: World) -> None:
    """One at a time; a lease that is over is none."""
    await world.ask()
    await world.change(tables.source, due_at=0)
    (taken,) = await lease.take(world.database, 1, now=NOW)
    await world.hub.publish(TOPIC, body(1))
    assert await world.read() == []
    await lease.give_back(world.database, [taken])
    assert [report.new for report in await world.read()] == [1]


async def test_a_worker_that_died_has_lost_and_doubled_nothing(world: World) -> None:
    """What was stored and not taken off the list is read again."""
    await world.ask()
    await world.hub.publish(TOPIC, body(1))
    async with world.database.reading() as connection:
        (kept,) = (await connection.execute(select(tables.push))).mappings().all()
    await world.read()
    async with world.database.writing() as connection:
        await connection.execute(insert(tables.push).values(**kept))
    before = (await world.site.browser.get("/feed.atom")).text
    await world.read()
    assert (await world.site.browser.get("/feed.atom")).text == before
    assert await world.waiting() == []


async def test_what_is_older_than_a_pull_does_not_undo_it(world: World) -> None:
    """After the worker was away for long, the whole feed may have been pulled before the pushes are read."""
    await world.ask()
    await world.hub.publish(TOPIC, body(1))
    await bring(world.database, {FEED: news(entry(1), hub=world.hub.url, topic=TOPIC)}, now=NOW + HOUR)
    world.now = NOW + HOUR
    assert await world.read() == []
    assert (await world.waiting(), await world.titles()) == ([], ["Post 1"])


async def test_a_calendar_whose_hub_says_that_something_is_new_is_pulled(world: World) -> None:
    """At once, since what it no longer lists is news as well; but not twice a minute."""
    async with world.database.writing() as connection:
        await connection.execute(delete(tables.source))
    await join(world.database, WORKERS, ICS)
    listed = replace(calendar(event(1)), hub=world.hub.url, topic=ICS)
    await bring(world.database, {ICS: listed})
    await world.ask()
    for later, due in ((5, 60), (3600, 3600)):
        world.now = NOW + later
        await world.change(tables.source, due_at=NOW + DAY)
        sent = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nEND:VCALENDAR\r\n"
        assert await world.hub.publish(ICS, sent, "text/calendar") == [202]
        assert await world.read() == []
        source = await world.source()
        assert (source.due_at, source.lease_until, await world.waiting()) == (NOW + due, 0, [])


async def test_a_fault_of_ours_costs_one_push_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is logged and counted, and the next one is read."""
    await world.ask()
    await world.hub.publish(TOPIC, body(1))
    store, calls = archive.store, []

    async def broken(*words: Any, **named: Any) -> list[Report]:
        calls.append(words)
        if len(calls) == 1:
            raise ValueError("ours")
        return await store(*words, **named)

    monkeypatch.setattr(archive, "store", broken)
    assert await world.read() == []
    assert ((await world.row()).problem, await world.counted("push:internal")) == ("push: internal", 1)
    await world.hub.publish(TOPIC, body(2))
    assert [report.new for report in await world.read()] == [1]


async def test_a_worker_that_stops_begins_nothing_new(world: World) -> None:
    """What waits is there when it starts again."""
    await world.ask()
    await world.hub.publish(TOPIC, body(1))
    stopping = asyncio.Event()
    stopping.set()
    assert await Pushes(world.database, stopping, lambda: NOW).run_once() == []
    assert len(await world.waiting()) == 1


async def test_hubs_are_no_forms_and_forms_no_hubs(world: World) -> None:
    """Other sites may send something where hubs do, and nowhere else."""
    await world.ask()
    stranger = {"Origin": "https://hub.example", "Sec-Fetch-Site": "cross-site"}
    path = await world.path()
    assert (await world.site.browser.post(path, content=b"", headers=stranger)).status_code == 202
    for other in ("/join", "/websub/../join", "/es" + path, path + "/more"):
        assert (await world.site.browser.post(other, content=b"", headers=stranger)).status_code in {403, 404}


async def test_many_pushes_are_read_in_the_order_in_which_they_came(world: World) -> None:
    """The newest has the last word."""
    await world.ask()
    for words in ("first", "second", "third"):
        await world.hub.publish(TOPIC, body(1).replace(b"Pushed 1", words.encode()))
    reports = await world.read()
    assert [(report.new, report.changed) for report in reports] == [(1, 0), (0, 1), (0, 1)]
    assert "third" in await world.titles()


async def test_no_token_is_written_into_the_log(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even when answering fails."""
    caplog.set_level("DEBUG")
    await world.ask()
    path, row = await world.path(), await world.row()

    async def broken(*_: object) -> None:
        raise ValueError("ours")

    await world.hub.publish(TOPIC, body(1))
    monkeypatch.setattr(intake, "find", broken)
    with pytest.raises(ValueError, match="ours"):
        await world.site.browser.post(path, content=b"")
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("network"))
    assert "answering /websub/… failed" in ours
    assert row.token not in ours
    assert row.secret not in ours
