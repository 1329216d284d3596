"""`vecinos doctor` and what `vecinos read` says of failures, as an organizer types them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from network.demo.coalition import organizations
from network.demo.server import serve
from tests.acceptance.command import Ran, vecinos
from tests.servers import reply, serving

Vecinos = Callable[..., Awaitable[Ran]]
CHALLENGE = b"<!DOCTYPE html><title>Just a moment...</title><script>window._cf_chl_opt={}</script>"


@pytest.fixture
async def sites() -> AsyncIterator[dict[str, str]]:
    """The sample organizations' sites, at free ports."""
    async with serve(organizations(), first_port=0) as addresses:
        yield addresses


@pytest.fixture
def run(tmp_path: Path) -> Vecinos:
    """Run a command in a data folder of this test's own."""

    async def run(*words: str) -> Ran:
        return await asyncio.to_thread(
            vecinos, tmp_path / "data", *words, VECINOS_ALLOW_PRIVATE_HOSTS="127.0.0.1,localhost"
        )

    return run


async def test_a_site_that_is_well(run: Vecinos, sites: dict[str, str], tmp_path: Path) -> None:
    """Two sources with the next five items of each; exit code 0; no database comes of it."""
    ran = await run("doctor", sites["legal"])
    assert (ran.code, ran.err) == (0, "")
    assert "1. News feed “Second Saturday Legal Clinic”: works" in ran.out
    assert "2. Calendar “Second Saturday Legal Clinic”: works" in ran.out
    assert "All is well: 2 sources can be read." in ran.out
    assert "\x1b" not in ran.out
    assert not (tmp_path / "data" / "vecinos.db").exists()


async def test_the_same_for_programs(run: Vecinos, sites: dict[str, str]) -> None:
    """One JSON document with all of it, also for the address of a calendar itself."""
    address = sites["legal"].replace("http:", "webcal:") + "/calendar.ics"
    ran = await run("doctor", "--json", address)
    assert ran.code == 0
    found = json.loads(ran.out)
    assert (found["address"], found["well"], found["problem"]) == (address, True, None)
    (source,) = found["sources"]
    assert (source["kind"], source["format"], source["health"]) == ("calendar", "ical", "fine")
    assert source["server"]["spares"] is True
    assert len(source["next"]) == 5
    assert set(source["next"][0]) == {"title", "start", "end", "timezone", "when", "venue", "address", "status"}
    assert "\u00a0" not in source["next"][0]["when"]


async def test_what_is_broken(run: Vecinos, sites: dict[str, str]) -> None:
    """A site whose feed is a web page, one whose feed is gone, and one that is not there: exit code 1, and how to mend it."""
    page = await run("doctor", sites["tejiendo"])
    assert (page.code, page.err) == (1, "")
    assert "BROKEN" in page.out
    assert "How to mend it: On WordPress" in page.out
    gone = await run("doctor", "--json", sites["webster"])
    assert gone.code == 1
    problems = [source["problem"] for source in json.loads(gone.out)["sources"]]
    assert [(problem["code"], problem["platform"]) for problem in problems] == [("gone", "wordpress")]
    assert problems[0]["advice"]
    nowhere = await run("doctor", "http://127.0.0.1:8999/")
    assert (nowhere.code, nowhere.err, "can't be reached" in nowhere.out) == (1, "", True)


async def test_wrong_use(run: Vecinos) -> None:
    """Exit code 2, and what would be right."""
    assert (await run("doctor")).code == 2
    ran = await run("doctor", "https://tenants.example/", "--timezone", "Eastern-ish")
    assert (ran.code, "Write it like America/New_York." in ran.err) == (2, True)
    assert "Examine URL" in (await run("doctor", "--help")).out


async def test_read_gives_the_same_reasons(run: Vecinos) -> None:
    """Whichever command is asked, the reason is the true one."""
    async with serving({"/403": reply(CHALLENGE, 403), "/200": reply(CHALLENGE, Content_Type="text/html")}) as server:
        ran = await run("read", "--json", server.url("/403"), server.url("/200"))
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == 1
    assert [[problem["code"] for problem in line["problems"]] for line in lines] == [
        ["bot_challenge"],
        ["bot_challenge"],
    ]
