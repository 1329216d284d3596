"""The commands, as an operator types them, on the sample organizations' own sites."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from network.demo.coalition import organizations
from network.demo.server import serve
from tests.acceptance.command import Ran, vecinos

Vecinos = Callable[..., Awaitable[Ran]]
DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
async def sites() -> AsyncIterator[dict[str, str]]:
    """The sample organizations' sites, at free ports."""
    async with serve(organizations(), first_port=0) as addresses:
        yield addresses


@pytest.fixture
def run(tmp_path: Path) -> Vecinos:
    """Run a command in a data folder of this test's own."""

    async def run(*words: str, **settings: str) -> Ran:
        allowed = {"VECINOS_ALLOW_PRIVATE_HOSTS": "127.0.0.1", **settings}
        return await asyncio.to_thread(vecinos, tmp_path / "data", *words, **allowed)

    return run


async def test_a_member_is_added_by_its_home_page(run: Vecinos, sites: dict[str, str]) -> None:
    """Its feeds are found and pulled, and one line says what came."""
    added = await run("members", "add", sites["legal"], "--town", "Worcester, MA", "--topic", "legal-help")
    assert (added.code, added.err) == (0, "")
    assert "Second Saturday Legal Clinic (second-saturday-legal-clinic): added with 2 sources; 2 pulled" in added.out
    shown = json.loads((await run("members", "show", "second-saturday-legal-clinic", "--json")).out)[0]
    assert (shown["state"], shown["town"], shown["topics"]) == ("approved", "Worcester", ["legal-help"])
    assert {source["kind"]: source["entries"] > 2 for source in shown["sources"]} == {"feed": True, "calendar": True}
    again = await run("members", "add", sites["legal"])
    assert again.code == 1
    assert "already a member" in again.err


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("not an address", "not a web address"),
        ("http://192.168.1.1/", "private network"),
        ("http://127.0.0.1:8999/feed", "can't be reached"),
        ("http://127.0.0.1:5432/", "port"),
        ("gopher://example.org/", "http://"),
    ],
)
async def test_an_address_that_can_not_be_read_is_one_sentence(run: Vecinos, address: str, words: str) -> None:
    """What is wrong, what to do, exit code 1; nothing is stored."""
    ran = await run("members", "add", address)
    assert ran.code == 1
    assert words in ran.err
    assert "Traceback" not in ran.err
    assert ran.err.count("\n") == 1
    assert (await run("members", "list")).out == ""


async def test_a_site_without_a_feed_is_one_sentence(run: Vecinos, sites: dict[str, str]) -> None:
    """And one that is gone."""
    for slug in ("tejiendo", "webster"):
        ran = await run("members", "add", sites[slug] + "/kontakt")
        assert (ran.code, ran.err.count("\n")) == (1, 1)


async def test_a_list_is_imported_and_exported(run: Vecinos, sites: dict[str, str], tmp_path: Path) -> None:
    """A dry run keeps nothing; a bad row is told and the others are done; a repetition does no harm."""
    rows = ["name,url,town", f"Sol,{sites['sol']},Worcester", ",http://10.0.0.1/,", f"Legal,{sites['legal']},Worcester"]
    file = tmp_path / "members.csv"
    file.write_text("\n".join(rows))
    tried = await run("members", "import", str(file), "--dry-run")
    assert (await run("members", "list")).out == ""
    done = await run("members", "import", str(file))
    assert (tried.code, done.code) == (1, 1)
    assert "2 added, 1 failed." in done.out
    assert "private network" in done.out
    again = await run("members", "import", str(file))
    assert "2 known, 1 failed." in again.out
    exported = await run("members", "export")
    (tmp_path / "members.opml").write_text(exported.out)
    assert "2 known." in (await run("members", "import", str(tmp_path / "members.opml"), "--no-pull")).out


async def test_a_member_is_paused_approved_and_removed(run: Vecinos, sites: dict[str, str]) -> None:
    """Each says what was done; an unknown one is named."""
    await run("members", "add", sites["sol"], "--name", "Sol", "--no-pull")
    assert "is paused" in (await run("members", "pause", "sol")).out
    assert (await run("members", "list")).out.startswith("paused")
    assert "is approved" in (await run("members", "approve", "sol")).out
    assert "was removed" in (await run("members", "remove", "sol")).out
    ran = await run("members", "show", "sol")
    assert (ran.code, "no member named “sol”" in ran.err) == (1, True)


async def test_pull_says_what_came_and_what_is_wrong(run: Vecinos, sites: dict[str, str]) -> None:
    """Once for all that is due; again with nothing new."""
    for slug in ("sol", "legal"):
        await run("members", "add", sites[slug], "--no-pull")
    first = await run("pull", "--json")
    reports = [json.loads(line) for line in first.out.splitlines()]
    assert first.code == 0
    assert all(report["new"] > 0 and not report["problem"] for report in reports)
    assert (await run("pull")).out == "0 pulled, 0 new, 0 changed.\n"
    again = [json.loads(line) for line in (await run("pull", "--all", "--json")).out.splitlines()]
    assert [report["unchanged"] for report in again] == [True] * len(reports)


async def test_read_shows_what_is_read_and_stores_nothing(run: Vecinos, sites: dict[str, str], tmp_path: Path) -> None:
    """One JSON line each; a file that can't be read has its problem and no entries, and the others are still read."""
    (tmp_path / "page.html").write_text("<!doctype html><title>Sign in</title>")
    (tmp_path / "empty.xml").write_text("")
    wanted = [f"{sites['sol']}/feed/", str(tmp_path / "page.html"), str(tmp_path / "empty.xml"), "nowhere.xml",
              f"{sites['legal']}/nothing", str(next((DATA / "ical").glob("*.ics")))]  # fmt: skip
    ran = await run("read", "--json", *wanted)
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == 1
    assert [line["file"] for line in lines] == wanted
    assert [[problem["code"] for problem in line["problems"]][:1] for line in lines[1:5]] == [
        ["html_page"], ["empty_body"], ["no_file"], ["not_found"],
    ]  # fmt: skip
    assert len(lines[0]["entries"]) > 2
    assert {"id", "link", "title", "published", "updated", "authors", "categories", "content"} <= set(
        lines[0]["entries"][0]
    )
    assert {"uid", "title", "start", "end", "all_day", "timezone", "rrule", "venue", "address", "status"} <= set(
        lines[5]["events"][0]
    )


async def test_an_invitation_is_a_link(run: Vecinos) -> None:
    """At the site's own address."""
    ran = await run("stewards", "invite", "ana@example.org", VECINOS_BASE_URL="https://vecinos.example.org")
    assert ran.out.startswith("https://vecinos.example.org/desk/sign-in/")
    assert (await run("stewards", "invite", "nobody")).code == 2


async def test_migrate_says_what_it_did(run: Vecinos) -> None:
    """The first time and again."""
    assert (await run("migrate")).out == "The database has schema 0002 now.\n"
    assert (await run("migrate")).out == "The database has schema 0002 already.\n"


async def test_bad_settings_and_folders_are_one_sentence(run: Vecinos, tmp_path: Path) -> None:
    """Each with its name, exit code 1, no traceback."""
    (tmp_path / "file").write_text("")
    for settings in (
        {"VECINOS_DATA_DIR": str(tmp_path / "file" / "x")},
        {"VECINOS_DATABASE_URL": "mysql://x/y"},
        {"VECINOS_DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing"},
        {"VECINOS_BASE_URL": "nonsense"},
        {"VECINOS_ALLOW_PRIVATE_HOSTS": "http://x/y"},
    ):
        for words in (("members", "list"), ("serve",), ("worker",)):
            ran = await run(*words, **settings)
            assert (ran.code, ran.err.count("\n"), "Traceback" in ran.err) == (1, 1, False), (settings, words, ran.err)


async def test_a_database_from_a_newer_version_is_one_sentence(run: Vecinos, tmp_path: Path) -> None:
    """For every command that needs it."""
    import sqlite3

    await run("migrate")
    with sqlite3.connect(tmp_path / "data" / "vecinos.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    for words in (("serve",), ("web",), ("worker",), ("members", "list"), ("migrate",), ("pull",)):
        ran = await run(*words)
        assert (ran.code, ran.err.count("\n"), "newer version" in ran.err) == (1, 1, True), (words, ran.err)


async def test_wrong_use_is_exit_code_2(run: Vecinos) -> None:
    """As every command line does."""
    for words in (
        ("members", "add"),
        ("nonsense",),
        ("serve", "--port", "x"),
        ("members", "import", "no-such-file.csv"),
    ):
        assert (await run(*words)).code == 2


def test_every_command_has_help(tmp_path: Path) -> None:
    """With what it is for."""
    for words in ((), ("members",), ("members", "import"), ("read",), ("serve",), ("demo",), ("stewards", "invite")):
        ran = vecinos(tmp_path, *words, "--help")
        assert (ran.code, "Usage:" in ran.out) == (0, True)


def test_nothing_is_needed_but_the_program(tmp_path: Path) -> None:
    """The command runs in an empty folder as well."""
    shutil.rmtree(tmp_path / "data", ignore_errors=True)
    assert vecinos(tmp_path / "data", "members", "list").code == 0
