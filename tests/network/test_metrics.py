"""The network in figures: readable by Prometheus, right, and nothing of any person."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import delete, insert, select, update

from network.database import tables
from network.database.engine import SCHEMA, Database
from network.directory import metrics
from network.members import decisions
from network.settings import VERSION
from network.web.machines import families
from tests.network.conftest import FEED, ICS, OTHER, RunningSite
from tests.network.page_contexts import EVIL
from tests.world import DAY, HOUR, NOW, TENANTS, bring, broken, calendar, event, join

README = Path(__file__).parents[2] / "README.md"
Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def _asked(site: RunningSite) -> Samples:
    """Every sample, by its name and labels, as Prometheus' own parser reads them."""
    text = (await site.browser.get("/metrics")).text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _of(samples: Samples, name: str) -> dict[str, float]:
    """The samples of one metric by its only label."""
    return {labels[0][1]: value for (one, labels), value in samples.items() if one == name}


async def _fill(database: Database) -> None:
    """A tally, a resting site, a hub, a push, and a source that has waited for an hour."""
    async with database.writing() as connection:
        row = tables.source.c
        number = (await connection.execute(select(row.id).where(row.url == ICS))).scalar_one()
        counted = {
            "pull:new": 7,
            "pull:not_found": 2,
            "push:same": 1,
            "items:new": 40,
            "moon:full": 1,
            f"pull:{EVIL}\n": 1,
        }
        await connection.execute(delete(tables.tally))
        await connection.execute(insert(tables.tally), [{"name": name, "count": n} for name, n in counted.items()])
        hosts = {"a.example": NOW + 60, "b.example": NOW}
        await connection.execute(
            insert(tables.host), [{"name": name, "until": until, "failures": 1} for name, until in hosts.items()]
        )
        hub = {"source_id": number, "hub": "https://h.example/", "topic": ICS, "token": "t", "secret": "s", "state": "active",
               "due_at": NOW}  # fmt: skip
        await connection.execute(insert(tables.subscription).values(hub))
        push = {"source_id": number, "body": b"x", "content_type": "", "came_at": NOW}
        await connection.execute(insert(tables.push).values(push))
        await connection.execute(update(tables.source).values(due_at=NOW + HOUR))
        await connection.execute(update(tables.source).where(row.url == OTHER).values(due_at=NOW - HOUR))


async def test_prometheus_reads_the_figures(site: RunningSite) -> None:
    """Members, sources, what waits, what was pulled: each under a name of its own."""
    await bring(site.database, {FEED: broken("not_found")})
    await _fill(site.database)
    samples = await _asked(site)
    single = {name.removeprefix("vecinos_"): value for (name, labels), value in samples.items() if not labels}
    assert single["database_bytes"] > 100_000
    assert single["generation"] >= 2
    expected = {
        "sources_due": 1, "sources_oldest_due_seconds": HOUR, "last_pull_timestamp_seconds": NOW, "sites_resting": 1,
        "entries": 4, "events": 3, "occurrences_ahead": 3, "pushes_waiting": 1,
    }  # fmt: skip
    assert {name: single[name] for name in expected} == expected
    assert _of(samples, "vecinos_members") == {"applied": 0, "approved": 2, "paused": 0, "declined": 0}
    assert _of(samples, "vecinos_sources") == {
        "new": 0, "fine": 2, "quiet": 0, "suspect": 0, "broken": 1, "paused": 0, "gone": 0,
    }  # fmt: skip
    assert _of(samples, "vecinos_source_problems") == {"not_found": 1}
    assert _of(samples, "vecinos_subscriptions") == {"new": 0, "asked": 0, "active": 1, "silent": 0, "denied": 0}
    pulls = _of(samples, "vecinos_pulls_total")
    assert {"new": 7.0, "not_found": 2.0}.items() <= pulls.items()
    assert (_of(samples, "vecinos_pushes_total"), _of(samples, "vecinos_items_total")["new"]) == ({"same": 1.0}, 40.0)
    assert samples["vecinos_build_info", (("schema", SCHEMA), ("version", VERSION))] == 1


async def test_the_figures_are_kept_nowhere(site: RunningSite) -> None:
    """And name nobody: no member, no address."""
    answer = await site.browser.get("/metrics")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert [word for word in ("example", "tenants", "Centro", "@") if word in answer.text] == []


async def test_a_network_without_members_has_figures_too(database: Database) -> None:
    """Nothing is missing before the first pull."""
    async with database.reading() as connection:
        found = await metrics.figures(connection, now=NOW)
    assert (found.pulled_at, found.due, found.waited, found.entries, found.tallies) == (None, 0, 0, 0, {})
    assert found.size > 0


async def test_what_waits_is_what_a_worker_could_take(database: Database) -> None:
    """Not what is in hand, paused or gone, of a resting site, or of a member that is not pulled."""
    member = await join(database, TENANTS, *(f"https://tenants.example/{number}" for number in range(7)))
    row = tables.source.c
    left: list[dict[str, object]] = [
        {},
        {"lease_until": NOW + 1},
        {"state": "paused"},
        {"state": "gone"},
        {"site": "tired.example"},
        {"due_at": NOW + 1},
    ]
    async with database.writing() as connection:
        numbers = list((await connection.execute(select(row.id).order_by(row.id))).scalars())
        await connection.execute(update(tables.source).values(due_at=NOW - 90))
        for number, values in zip(numbers, left, strict=False):
            if values:
                await connection.execute(update(tables.source).where(row.id == number).values(**values))
        await connection.execute(insert(tables.host).values(name="tired.example", until=NOW + DAY, failures=3))
    async with database.reading() as connection:
        found = await metrics.figures(connection, now=NOW)
    assert (found.due, found.waited) == (2, 90)
    async with database.writing() as connection:
        await decisions.decide(connection, numbers[4], "retry", now=NOW)
        found = await metrics.figures(connection, now=NOW)
        assert (found.due, found.resting) == (3, 0)
        await connection.execute(update(tables.member).where(tables.member.c.id == member.id).values(state="paused"))
        assert (await metrics.figures(connection, now=NOW)).due == 0


async def test_every_metric_is_in_the_readme(database: Database) -> None:
    """What nobody can find does not exist."""
    await join(database, TENANTS, ICS)
    await bring(database, {ICS: calendar(event(1))})
    async with database.reading() as connection:
        found = await metrics.figures(connection, now=NOW)
    text = README.read_text()
    names = {f"{family.name}{'_total' if family.type == 'counter' else ''}" for family in families(found)}
    assert sorted(name for name in names if name not in text) == []
    assert sorted(name for name in re.findall(r"`(vecinos_\w+)", text) if name not in names) == []


@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
async def test_machines_need_no_language(site: RunningSite, path: str) -> None:
    """One address each."""
    assert (await site.browser.get(path)).status_code == 200
    assert (await site.browser.get("/es" + path)).status_code == 404
