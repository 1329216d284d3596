"""The public page about the sources: honest, the same rule as everywhere, and no address on it."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from itertools import product
from types import SimpleNamespace
from typing import get_args

import pytest
from sqlalchemy import insert, select, update

from network.database import tables
from network.database.engine import Database, generation
from network.directory import health
from network.i18n.spans import ago, ahead, span
from network.members import register
from network.members.health import health as told
from network.model import Health, Held, SourceHealth, SourceState
from network.render import source_name
from tests.network.conftest import FEED, ICS, OTHER, RunningSite
from tests.network.page_contexts import source
from tests.world import DAY, HOUR, NOW, TENANTS, WORKERS, ZONE, bring, broken, entry, join, news

SECRET = "https://calendar.google.com/calendar/ical/rosa%40tenants.example/private-5f3c0ffee/basic.ics"


async def change(database: Database, source_url: str, **values: object) -> None:
    """Let a source be as a worker may have left it."""
    async with database.writing() as connection:
        await connection.execute(update(tables.source).where(tables.source.c.url == source_url).values(**values))


async def test_the_database_and_the_rule_agree(database: Database) -> None:
    """Whether a source is told of as quiet, suspect or fine does not depend on who counts: every case, both ways."""
    member = await join(database, TENANTS)
    ages = (None, 0, 14 * DAY, 14 * DAY + 1, 30 * DAY, 30 * DAY + 1, 180 * DAY, 180 * DAY + 1, -DAY)
    usual = (None, HOUR, 10 * DAY, 60 * DAY)
    cases = list(product(get_args(SourceState), get_args(Held), ages, usual))
    rows = [
        {"member_id": member.id, "url": f"https://tenants.example/{number}", "kind": "feed", "title": "", "due_at": NOW,
         "state": state, "held": held, "newest_at": None if age is None else NOW - age, "usual": interval}
        for number, (state, held, age, interval) in enumerate(cases)
    ]  # fmt: skip
    async with database.writing() as connection:
        await connection.execute(insert(tables.source), rows)
    row = tables.source.c
    async with database.reading() as connection:
        query = select(row.state, row.held, row.newest_at, row.usual, health.fares(NOW).label("said"))
        found = (await connection.execute(query.where(row.title == ""))).all()
        counts = await health.counts(connection, now=NOW)
    rule = [told(one.state, held=one.held, newest_at=one.newest_at, usual=one.usual, now=NOW) for one in found]
    assert rule == [one.said for one in found]
    assert {state: rule.count(state) for state in get_args(Health)} == counts


async def test_every_source_is_there_with_its_state_in_words(site: RunningSite) -> None:
    """What is wrong, since when, how to mend it, and when it is tried again, in the reader's language."""
    await bring(site.database, {FEED: broken("not_found")}, now=NOW - 3 * DAY)
    await change(site.database, FEED, failing_since=NOW - 3 * DAY, good_at=NOW - 4 * DAY, due_at=NOW + 2 * HOUR)
    page = " ".join((await site.browser.get("/health")).text.split())
    for words in ("2 of 3 feeds and calendars answer", "Can’t be read", "There is nothing at this address (404)",
                  "Since: 3 days ago", "Last good answer: 4 days ago", "Next look: in 2 hours", "How to mend it",
                  "Tenants of Main South", "Centro Obrero de Fitchburg"):  # fmt: skip
        assert words in page
    assert "No se puede leer" in (await site.browser.get("/es/health")).text


async def test_quiet_says_since_when_and_what_is_usual(site: RunningSite) -> None:
    """And is never mixed up with broken."""
    await change(site.database, OTHER, newest_at=NOW - 60 * DAY, usual=6 * DAY)
    page = " ".join((await site.browser.get("/health?state=quiet")).text.split())
    assert "Latest news: September 23 (usually every 6 days)" in page
    assert "Centro Obrero" in page
    assert "Tenants of Main South" not in page


@pytest.mark.parametrize("path", ["/health", "/es/health", "/health.json"])
async def test_no_address_of_a_source_is_shown(site: RunningSite, path: str) -> None:
    """A calendar's private address is a secret, and so may be what it is called."""
    await change(site.database, ICS, url=SECRET, title="rosa@tenants.example", problem="html_page", state="broken",
                 detail=f"{SECRET} answered with a page")  # fmt: skip
    body = (await site.browser.get(path)).text
    assert "calendar.google.com" in body
    assert [word for word in ("private-5f3c0ffee", "rosa@", "rosa%40", "/feed/") if word in body] == []


async def test_only_members_are_shown(site: RunningSite) -> None:
    """Neither who applies nor who is paused, on the page and in the counts."""
    async with site.database.writing() as connection:
        await register.set_state(connection, "centro-obrero-de-fitchburg", "paused", now=NOW)
    for state in ("paused", "applied"):
        async with site.database.writing() as connection:
            await connection.execute(
                update(tables.member).where(tables.member.c.name == WORKERS.name).values(state=state)
            )
        page = (await site.browser.get(f"/health?{state}")).text
        assert "Centro Obrero" not in page
        assert "2 of 2 feeds" in page


async def test_a_state_narrows_the_list_to_what_fares_so(site: RunningSite) -> None:
    """One that nobody knows shows everything; one that nothing is in says so."""
    await change(site.database, ICS, state="gone", problem="gone", failing_since=NOW - 9 * DAY)
    gone = (await site.browser.get("/health.json?state=gone")).json()
    assert [(one["slug"], [source["kind"] for source in one["sources"]]) for one in gone["members"]] == [
        ("tenants-of-main-south", ["calendar"])
    ]
    assert (await site.browser.get("/health.json?state=nonsense")).json()["total"] == 2
    assert "No feed or calendar is in this state" in (await site.browser.get("/health?state=broken")).text


async def test_the_page_is_kept_for_a_minute_and_no_longer(site: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pull that brings nothing new raises no generation, and yet the page tells of it a minute later."""
    first = await site.browser.get("/health")
    assert first.headers["cache-control"] == "public, max-age=60"
    async with site.database.reading() as connection:
        before = await generation(connection)
    await bring(site.database, {OTHER: broken()})
    async with site.database.reading() as connection:
        assert await generation(connection) == before
    assert (await site.browser.get("/health")).text == first.text
    later_on = SimpleNamespace(monotonic=lambda: time.monotonic() + 61, time=lambda: time.time() + 61)
    monkeypatch.setattr("network.web.cached.time", later_on)
    later = await site.browser.get("/health", headers={"If-Modified-Since": first.headers["last-modified"]})
    assert later.status_code == 200
    assert "can&#39;t be reached" in later.text


async def test_fifty_members_are_on_a_page_by_name(database: Database) -> None:
    """Only what a page shows is read; the counts are those of all."""
    for number in range(health.PAGE + 2):
        name = f"Group {number:03}"
        await join(database, replace(TENANTS, name=name, home_url=f"https://g{number}.example/"))
    async with database.reading() as connection:
        first = await health.report(connection, now=NOW)
        second = await health.report(connection, now=NOW, page=2)
    assert (first.total, first.pages, first.counts["new"]) == (52, 2, 52)
    assert [one.name for one in second.members] == ["Group 050", "Group 051"]
    assert (len(first.members), first.members[0].name, first.members[0].health) == (50, "Group 000", "new")


async def test_a_members_worst_source_comes_first(database: Database) -> None:
    """What needs attention is not below what does not."""
    await join(database, TENANTS, FEED, ICS)
    await bring(database, {FEED: news(entry(1)), ICS: broken("forbidden")})
    async with database.reading() as connection:
        (member,) = (await health.report(connection, now=NOW)).members
    assert (member.health, [one.health for one in member.sources]) == ("broken", ["broken", "fine"])


async def test_the_same_as_data(site: RunningSite) -> None:
    """Counts of all, each member with its worst state, moments in UTC seconds, and where the next page is."""
    await change(site.database, FEED, state="broken", problem="not_found", failing_since=NOW - DAY, good_at=NOW - 2 * DAY,
                 newest_at=NOW - 3 * DAY, due_at=NOW + HOUR, title="News")  # fmt: skip
    answer = await site.browser.get("/health.json")
    told = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert told["sources"] == {"new": 0, "fine": 2, "quiet": 0, "suspect": 0, "broken": 1, "paused": 0, "gone": 0}
    assert (told["total"], told["next"]) == (2, None)
    assert [(one["slug"], one["state"]) for one in told["members"]] == [
        ("centro-obrero-de-fitchburg", "fine"),
        ("tenants-of-main-south", "broken"),
    ]
    assert told["members"][1]["sources"][0] == {
        "name": "News", "kind": "feed", "host": "tenants.example", "state": "broken", "problem": "not_found",
        "failing_since": NOW - DAY, "good_at": NOW - 2 * DAY, "newest_at": NOW - 3 * DAY, "next_look": NOW + HOUR,
    }  # fmt: skip


async def test_the_data_go_on_where_the_next_page_is(site: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that follows the addresses sees every member once."""
    monkeypatch.setattr(health, "PAGE", 1)
    seen, path = [], "/health.json?state=fine"
    while path:
        told = json.loads((await site.browser.get(path)).text)
        seen += [one["slug"] for one in told["members"]]
        path = told["next"]
    assert seen == ["centro-obrero-de-fitchburg", "tenants-of-main-south"]


@pytest.mark.parametrize(
    ("title", "expected"),
    [("Events", "Events"), ("", "tenants.example"), ("rosa@tenants.example", "tenants.example"),
     ("https://x.example/secret", "tenants.example"), ("Food @ Main South", "Food @ Main South")],
)  # fmt: skip
def test_what_a_source_is_called_in_public(title: str, expected: str) -> None:
    """Google names a calendar by its owner's e-mail address until somebody names it."""
    made: SourceHealth = source(url="https://www.tenants.example/c.ics?key=1", title=title)
    assert source_name(made) == expected


@pytest.mark.parametrize(
    ("seconds", "english", "spanish"),
    [(0, "at any moment", None), (90, "in 2 minutes", "dentro de 2 minutos"), (2 * HOUR, "in 2 hours", "dentro de 2 horas"),
     (DAY, "in 1 day", "dentro de 1 día")],
)  # fmt: skip
def test_how_soon(seconds: int, english: str, spanish: str | None) -> None:
    """As exact as somebody who waits needs it."""
    assert ahead(NOW + seconds, NOW, "en") == english
    assert spanish is None or ahead(NOW + seconds, NOW, "es") == spanish


def test_how_long_ago_and_how_long() -> None:
    """Minutes and hours of today, then the day."""
    said = [ago(NOW - seconds, NOW, ZONE, "en") for seconds in (10, 20 * 60, 5 * HOUR, 30 * HOUR, 60 * DAY)]
    assert said == ["just now", "20 minutes ago", "5 hours ago", "yesterday", "September 23"]
    assert [span(seconds, "en") for seconds in (6 * DAY, 3 * HOUR, 1)] == ["6 days", "3 hours", "1 minute"]
