"""`vecinos sources`, as an operator types it."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from network.demo.coalition import organizations
from network.demo.server import serve
from tests.acceptance.command import Ran, vecinos


@pytest.fixture
async def home() -> AsyncIterator[str]:
    """A sample organization's site, at a free port."""
    async with serve([one for one in organizations() if one.slug == "legal"], first_port=0) as addresses:
        yield addresses["legal"]


async def _run(folder: Path, *words: str) -> Ran:
    return await asyncio.to_thread(vecinos, folder, *words, VECINOS_ALLOW_PRIVATE_HOSTS="127.0.0.1")


async def test_sources_are_listed_and_decided_on(tmp_path: Path, home: str) -> None:
    """By how they fare, as text and as JSON; each decision says what was done, and is written down."""
    await _run(tmp_path, "members", "add", home)
    listed = json.loads((await _run(tmp_path, "sources", "list", "--json")).out)
    assert {(one["member"], one["member_state"], one["health"]) for one in listed} == {
        ("second-saturday-legal-clinic", "approved", "fine")
    }
    calendar = next(one for one in listed if one["kind"] == "calendar")
    number = str(calendar["id"])
    assert calendar["url"] in (await _run(tmp_path, "sources", "list", "--state", "fine")).out
    for decision, said in (("pause", "is paused"), ("resume", "is read again"), ("retry", "is looked at next")):
        ran = await _run(tmp_path, "sources", decision, number)
        assert (ran.code, said in ran.out, calendar["url"] in ran.out) == (0, True, True)
        assert (await _run(tmp_path, "sources", "list", "--state", "paused")).out.count(home) == (decision == "pause")
    assert "was removed" in (await _run(tmp_path, "sources", "remove", number)).out
    with sqlite3.connect(tmp_path / "vecinos.db") as database:
        rows = database.execute("SELECT action, subject FROM audit ORDER BY id").fetchall()
    database.close()
    subject = f"second-saturday-legal-clinic: calendar {number} at 127.0.0.1"
    assert rows == [(f"{decision} source", subject) for decision in ("pause", "resume", "retry", "remove")]


async def test_what_is_wrong_is_said_in_words(tmp_path: Path, home: str) -> None:
    """In the list and beside the member, with what can be done."""
    await _run(tmp_path, "members", "add", home)
    with sqlite3.connect(tmp_path / "vecinos.db") as database:
        database.execute(
            "UPDATE source SET state = 'broken', problem = 'not_found', failing_since = 1795000000 WHERE kind = 'feed'"
        )
        database.execute("UPDATE event SET missing_at = 1795000000")
        database.execute(
            "UPDATE source SET held = 'shrunk', moved_to = 'https://new.example/c' WHERE kind = 'calendar'"
        )
    database.close()
    for words in (("sources", "list"), ("members", "show", "second-saturday-legal-clinic")):
        said = (await _run(tmp_path, *words)).out
        assert "There is nothing at this address (404)" in said
        assert "(since 2026-11-18 11:06 UTC)" in said
        assert "events no longer listed, shown until decided (believe" in said
        assert "says that it has moved for good to https://new.example/c" in said
        assert ("broken" in said, "suspect" in said) == (True, True)


async def test_wrong_numbers_and_states_are_one_sentence(tmp_path: Path) -> None:
    """Nothing is decided about any when one is not there."""
    ran = await _run(tmp_path, "sources", "believe", "99")
    assert (ran.code, ran.err) == (
        1,
        "There is no feed or calendar with the number 99. It may have been removed meanwhile.\n",
    )
    assert [(await _run(tmp_path, "sources", *words)).code for words in (("list", "--state", "x"), ("keep",), ("keep", "x"))] == [
        2, 2, 2,
    ]  # fmt: skip
