"""What organizers decide about a source: at the desk, and what it does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from network.aggregator import lease
from network.aggregator.archive import store
from network.aggregator.outcome import Outcome
from network.database import tables
from network.database.engine import Database, generation
from network.directory import events, sources
from network.errors import UnknownSource
from network.members import decisions
from network.members import sources as members_sources
from network.members.decisions import Decision
from network.model import Selection
from tests.network.conftest import ICS, RunningSite
from tests.world import DAY, HOUR, NOW, TENANTS, ZONE, bring, broken, calendar, event, join, result

ROW = tables.source.c
FEW = calendar(event(1))


async def _shrunk(database: Database) -> int:
    """A calendar of ten gatherings that all of a sudden lists one; its number."""
    await join(database, TENANTS, ICS)
    await bring(database, {ICS: calendar(*(event(number) for number in range(1, 11)))})
    await bring(database, {ICS: FEW}, now=NOW + HOUR)
    return await _number(database)


async def _number(database: Database, url: str = ICS) -> int:
    async with database.reading() as connection:
        return int((await connection.execute(select(ROW.id).where(ROW.url == url))).scalar_one())


async def _decide(database: Database, number: int, decision: Decision, now: int = NOW + 2 * HOUR) -> decisions.Subject:
    async with database.writing() as connection:
        return await decisions.decide(connection, number, decision, now=now)


async def _row(database: Database, number: int) -> Any:
    async with database.reading() as connection:
        return (await connection.execute(select(tables.source).where(ROW.id == number))).one()


async def _health(database: Database, number: int) -> str:
    async with database.reading() as connection:
        (found,) = await members_sources.by_query(connection, ROW.id == number, now=NOW)
        return found.health


async def _shown(database: Database) -> int:
    async with database.reading() as connection:
        found, _ = await events.between(connection, Selection(), NOW, None, limit=100, timezone=ZONE)
        return len(found)


async def test_what_would_vanish_is_told_with_its_dates(database: Database) -> None:
    """The soonest first, and how many in all; events that are over are nobody's question."""
    number = await _shrunk(database)
    async with database.reading() as connection:
        found = await sources.vanishing(connection, number, now=NOW, timezone=ZONE, limit=3)
        later = await sources.vanishing(connection, number, now=NOW + 9 * DAY, timezone=ZONE)
    assert [one.title for one in found.soonest] == ["Gathering 2", "Gathering 3", "Gathering 4"]
    assert (found.total, [one.title for one in later.soonest]) == (9, ["Gathering 9", "Gathering 10"])


async def test_what_is_over_is_taken_down(database: Database) -> None:
    """At once, and the next pull finds nothing strange."""
    number = await _shrunk(database)
    assert (await _health(database, number), await _shown(database)) == ("suspect", 10)
    await _decide(database, number, "believe")
    assert (await _health(database, number), await _shown(database)) == ("fine", 1)
    await bring(database, {ICS: FEW}, now=NOW + 3 * HOUR)
    assert (await _health(database, number), await _shown(database)) == ("fine", 1)


async def test_what_was_taken_down_comes_back_when_it_is_listed_again(database: Database) -> None:
    """Under the same number: a decision that was wrong loses nothing."""
    number = await _shrunk(database)
    async with database.reading() as connection:
        before = [one.event_id for one in (await sources.vanishing(connection, number, now=NOW, timezone=ZONE)).soonest]
    await _decide(database, number, "believe")
    await bring(database, {ICS: calendar(*(event(number) for number in range(1, 11)))}, now=NOW + 3 * HOUR)
    async with database.reading() as connection:
        found, _ = await events.between(connection, Selection(), NOW, None, limit=100, timezone=ZONE)
    assert [one.event_id for one in found if one.title != "Gathering 1"] == before


async def test_what_is_still_on_stays_and_nobody_is_asked_again(database: Database) -> None:
    """However often the calendar says the same; a later decision may still take it down."""
    number = await _shrunk(database)
    await _decide(database, number, "keep")
    for hours in range(3, 9):
        await bring(database, {ICS: FEW}, now=NOW + hours * HOUR)
        assert (await _health(database, number), await _shown(database)) == ("fine", 10)
    await _decide(database, number, "believe", now=NOW + 9 * HOUR)
    assert await _shown(database) == 1


async def test_keeping_what_is_not_held_changes_nothing(database: Database) -> None:
    """A button of a page that is out of date does no harm."""
    await join(database, TENANTS, ICS)
    await bring(database, {ICS: FEW})
    number = await _number(database)
    await _decide(database, number, "keep")
    await _decide(database, number, "believe")
    row = await _row(database, number)
    assert (row.held, row.held_at, await _shown(database)) == ("", None, 1)


async def test_a_source_that_is_gone_is_asked_again(database: Database) -> None:
    """And its site, which had asked for rest, as well: somebody knows better."""
    await join(database, TENANTS, ICS)
    await bring(database, {ICS: broken("gone")})
    number = await _number(database)
    async with database.writing() as connection:
        await connection.execute(insert(tables.host).values(name="tenants.example", until=NOW + DAY, failures=4))
    assert await lease.take(database, 10, now=NOW + HOUR) == []
    await _decide(database, number, "retry", now=NOW + HOUR)
    row = await _row(database, number)
    assert (row.state, row.problem, row.failures, row.due_at) == ("new", "", 0, NOW + HOUR)
    assert [one.id for one in await lease.take(database, 10, now=NOW + HOUR)] == [number]


async def test_a_broken_source_is_asked_again_and_stays_broken_until_it_answers(database: Database) -> None:
    """Since when is not forgotten."""
    await join(database, TENANTS, ICS)
    await bring(database, {ICS: broken("not_found")})
    number = await _number(database)
    await _decide(database, number, "retry", now=NOW + HOUR)
    row = await _row(database, number)
    assert (row.state, row.problem, row.failing_since, row.due_at) == ("broken", "not_found", NOW, NOW + HOUR)


@pytest.mark.parametrize(
    ("before", "after"),
    [({"state": "fine", "good_at": NOW}, ("fine", "")), ({"state": "new"}, ("new", "")),
     ({"state": "broken", "problem": "not_found", "good_at": NOW}, ("broken", "not_found")),
     ({"state": "gone", "problem": "gone", "good_at": NOW}, ("fine", ""))],
)  # fmt: skip
async def test_a_paused_source_is_not_asked_until_it_is_resumed(
    database: Database, before: dict[str, object], after: tuple[str, str]
) -> None:
    """Then it is as it was, and looked at next; what it brought was there all the time."""
    await join(database, TENANTS, ICS)
    number = await _number(database)
    async with database.writing() as connection:
        await connection.execute(update(tables.source).values(**before))
    await _decide(database, number, "pause")
    assert (await _health(database, number), await lease.take(database, 10, now=NOW + DAY)) == ("paused", [])
    await _decide(database, number, "resume", now=NOW + DAY)
    row = await _row(database, number)
    assert ((row.state, row.problem), row.due_at) == (after, NOW + DAY)
    assert len(await lease.take(database, 10, now=NOW + DAY)) == 1


async def test_resuming_what_is_not_paused_changes_nothing(database: Database) -> None:
    """A broken source does not become fine by it."""
    await join(database, TENANTS, ICS)
    await bring(database, {ICS: broken("not_found")})
    number = await _number(database)
    await _decide(database, number, "resume")
    assert (await _row(database, number)).state == "broken"


async def test_a_removed_source_takes_along_what_came_from_it(database: Database) -> None:
    """The member stays, with its other sources."""
    await join(database, TENANTS, ICS, "https://tenants.example/feed/")
    await bring(database, {ICS: FEW})
    subject = await _decide(database, await _number(database), "remove")
    assert str(subject) == f"tenants-of-main-south: calendar {subject.id} at tenants.example"
    async with database.reading() as connection:
        for table, left in ((tables.source, 1), (tables.event, 0), (tables.occurrence, 0), (tables.member, 1)):
            assert (await connection.execute(select(func.count()).select_from(table))).scalar() == left


@pytest.mark.parametrize("decision", decisions.DECISIONS)
async def test_what_a_worker_has_in_hand_does_not_undo_a_decision(database: Database, decision: Decision) -> None:
    """It knows nothing of it, so what it brings is not stored; the source is pulled again instead."""
    number = await _shrunk(database)
    async with database.writing() as connection:
        await members_sources.make_due(connection, None, now=NOW + 2 * HOUR)
    (leased,) = await lease.take(database, 10, now=NOW + 2 * HOUR)
    await _decide(database, number, decision, now=NOW + 2 * HOUR)
    async with database.reading() as connection:
        before = (await connection.execute(select(tables.source))).all()
    await store(database, [Outcome(leased=leased, result=result(ICS, broken()))], now=NOW + 2 * HOUR)
    async with database.reading() as connection:
        assert (await connection.execute(select(tables.source))).all() == before
    again = await lease.take(database, 10, now=NOW + 2 * HOUR)
    assert len(again) == (0 if decision in {"pause", "remove"} else 1)


@pytest.mark.parametrize("decision", decisions.DECISIONS)
async def test_every_page_shows_a_decision_at_once(database: Database, decision: Decision) -> None:
    """Rendered bodies are made anew."""
    number = await _shrunk(database)
    async with database.reading() as connection:
        before = await generation(connection)
    await _decide(database, number, decision)
    async with database.reading() as connection:
        assert (await generation(connection)).number > before.number


async def test_a_source_that_is_not_there_is_named(database: Database) -> None:
    """Somebody else may have removed it."""
    for decision in decisions.DECISIONS:
        with pytest.raises(UnknownSource, match="number 99"):
            await _decide(database, 99, decision)


# The desk


async def _signed_in(site: RunningSite) -> str:
    """Sign in, and give the token that the desk's forms carry."""
    await site.browser.post(await site.sign_in_link())
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', (await site.browser.get("/desk")).text)
    assert found
    return found[1]


async def _hold(site: RunningSite) -> int:
    """Let the tenants' calendar no longer list its gatherings."""
    number = await _number(site.database)
    async with site.database.writing() as connection:
        await connection.execute(
            update(tables.source).where(ROW.id == number).values(held="shrunk", held_at=NOW - HOUR, state="fine")
        )
        await connection.execute(update(tables.event).where(tables.event.c.source_id == number).values(missing_at=NOW))
    return number


async def test_the_desk_asks_about_what_would_vanish(site: RunningSite) -> None:
    """Titles and dates, and both answers as buttons, which work."""
    number = await _hold(site)
    csrf = await _signed_in(site)
    page = " ".join((await site.browser.get("/desk")).text.split())
    for words in ("Waiting for your decision", "3 events are no longer in this calendar", "Weekly meeting",
                  "They are really over: take them down", "They are still on: keep showing them"):  # fmt: skip
        assert words in page
    answer = await site.browser.post(f"/desk/sources/{number}/believe", data={"csrf": csrf, "back": "/desk?page=1"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk?page=1&done=believe")
    page = (await site.browser.get(answer.headers["location"])).text
    assert "They are taken down." in page
    assert "Waiting for your decision" not in page
    assert await _shown(site.database) == 0


async def test_the_page_of_a_source_tells_all_that_is_known(site: RunningSite) -> None:
    """Why it can't be read, how to mend it, where it says it has moved, and what its removal would delete."""
    number = await _number(site.database)
    async with site.database.writing() as connection:
        await connection.execute(
            update(tables.source).where(ROW.id == number).values(
                state="broken", problem="html_page", detail="text/html came", platform="wordpress", failing_since=NOW - DAY,
                failures=7, moved_to="https://new.example/c.ics", moved_since=NOW - HOUR, moved_seen=2,
            )
        )  # fmt: skip
        await connection.execute(insert(tables.host).values(name="tenants.example", until=NOW + 3 * DAY, failures=1))
    await _signed_in(site)
    page = " ".join((await site.browser.get(f"/desk/sources/{number}")).text.split())
    for words in ("This is a web page, not a feed", "How to mend it", "WordPress", "html_page: text/html came",
                  "It has said so 2 times since today", "https://new.example/c.ics", "the 3 items that came from it are deleted",
                  "Nothing of it is read before: Wed, Nov 25", ICS):  # fmt: skip
        assert words in page


async def test_sources_are_listed_by_how_they_fare(site: RunningSite) -> None:
    """The ones that can't be read, unless something else is asked for."""
    await bring(site.database, {ICS: broken("forbidden")})
    await _signed_in(site)
    for path in ("/desk/sources", "/desk/sources?state=broken", "/desk/sources?state=nonsense"):
        page = (await site.browser.get(path)).text
        assert "refuses to show this page" in page
        assert "Centro Obrero" not in page
    assert "Centro Obrero" in (await site.browser.get("/desk/sources?state=fine")).text


async def test_what_was_decided_about_a_source_is_written_down(site: RunningSite) -> None:
    """Who, what, and whose it was; its address may be a secret."""
    number, csrf = await _number(site.database), await _signed_in(site)
    for decision in ("pause", "resume", "retry", "keep", "remove"):
        answer = await site.browser.post(f"/es/desk/sources/{number}/{decision}", data={"csrf": csrf, "back": "/desk"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/es/desk?done={decision}")
    async with site.database.reading() as connection:
        rows = (await connection.execute(select(tables.audit).order_by(tables.audit.c.id))).all()
    subject = f"tenants-of-main-south: calendar {number} at tenants.example"
    assert [(row.action, row.subject, row.steward_id) for row in rows] == [
        (f"{decision} source", subject, 1) for decision in ("pause", "resume", "retry", "keep", "remove")
    ]


async def test_only_organizers_decide_about_sources(site: RunningSite) -> None:
    """Nobody else sees them at the desk, and a form from elsewhere is refused."""
    number = await _number(site.database)
    path = f"/desk/sources/{number}/remove"
    assert [(await site.browser.get(one)).status_code for one in ("/desk/sources", f"/desk/sources/{number}")] == [
        403,
        403,
    ]
    assert (await site.browser.post(path, data={"csrf": "x"})).status_code == 403
    csrf = await _signed_in(site)
    assert (await site.browser.post(path, data={"csrf": "0" * 64})).status_code == 403
    assert (
        await site.browser.post(path, data={"csrf": csrf}, headers={"Origin": "https://evil.example"})
    ).status_code == 403
    assert (await site.browser.post(f"/desk/sources/{number}/explode", data={"csrf": csrf})).status_code == 404
    assert (await site.browser.post("/desk/sources/9999/retry", data={"csrf": csrf})).status_code == 404
    assert (await site.browser.get("/desk/sources/9999")).status_code == 404
    assert await _number(site.database) == number
    async with site.database.writing() as connection:
        await connection.execute(update(tables.steward).values(role="steward"))
    assert (await site.browser.get(f"/desk/sources/{number}")).status_code == 403
    assert (await site.browser.post(path, data={"csrf": csrf})).status_code == 403


@pytest.mark.parametrize(
    ("back", "expected"),
    [("/desk/sources?state=broken&page=2", "/desk/sources?state=broken&page=2&done=retry"), ("", "/desk?done=retry"),
     ("https://evil.example/", "/desk?done=retry"), ("//evil.example/desk", "/desk?done=retry"),
     ("/desk/../x", "/desk?done=retry"), ("/desk\r\nX: y", "/desk?done=retry"),
     ("/desk/sources/1?done=keep", "/desk/sources/1?done=retry")],
)  # fmt: skip
async def test_a_decision_leads_back_to_its_button(site: RunningSite, back: str, expected: str) -> None:
    """And nowhere but to the desk."""
    csrf = await _signed_in(site)
    answer = await site.browser.post("/desk/sources/1/retry", data={"csrf": csrf, "back": back})
    assert (answer.status_code, answer.headers["location"]) == (303, expected)


async def test_a_removed_source_has_no_page_to_lead_back_to(site: RunningSite) -> None:
    """The desk says that it is done."""
    csrf = await _signed_in(site)
    answer = await site.browser.post("/desk/sources/1/remove", data={"csrf": csrf, "back": "/desk/sources/1"})
    assert answer.headers["location"] == "/desk?done=remove"
    assert "It was removed" in (await site.browser.get("/desk?done=remove")).text
    assert "It was removed" not in (await site.browser.get("/desk?done=nonsense")).text
