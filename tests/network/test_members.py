"""The register of members, and lists of them as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from network.aggregator import importing
from network.database.engine import Database
from network.errors import BadList, MemberExists, UnknownMember
from network.members import lists, register, sources
from network.places import Gazetteer
from tests.world import NOW, TENANTS, WORKERS, join

CSV = """name,url,feeds,town,region,languages,topics,contact_email
Tenants of Main South,tenants.example,https://tenants.example/feed/,Worcester,MA,en es,housing,hola@tenants.example
,not an address,,,,,,
"Centro Obrero, Fitchburg",https://obrero.example/,https://obrero.example/rss.xml webcal://obrero.example/c.ics,Fitchburg,MA,es,workers,
"""


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    """The places that ship with the program."""
    return Gazetteer(Path(tmp_path_factory.mktemp("places")))


async def test_a_member_comes_out_as_it_went_in(database: Database) -> None:
    """With a slug made of its name, its languages and its topics."""
    added = await join(database, TENANTS)
    assert added == replace(TENANTS, id=added.id, slug="tenants-of-main-south", created_at=NOW)


async def test_slugs_are_unique_and_plain(database: Database) -> None:
    """Accents and signs go; a second one of the same name is numbered."""
    names = ["Coalición ¡Ya! de Worcester", "Coalicion Ya de Worcester", "¿?"]
    slugs = [
        (await join(database, replace(TENANTS, name=name, home_url=f"https://{number}.example/"))).slug
        for number, name in enumerate(names)
    ]
    assert slugs == ["coalicion-ya-de-worcester", "coalicion-ya-de-worcester-2", "member"]


async def test_the_same_home_page_is_one_member(database: Database) -> None:
    """A second application is told so; nothing is changed."""
    await join(database, TENANTS)
    with pytest.raises(MemberExists, match="Tenants of Main South"):
        await join(database, replace(TENANTS, name="Somebody else"))


async def test_an_unknown_member_is_named(database: Database) -> None:
    """In one sentence."""
    async with database.reading() as connection:
        with pytest.raises(UnknownMember, match="nobody"):
            await register.by_slug(connection, "nobody")


def test_a_csv_file_is_read_row_by_row() -> None:
    """A bad row is told with its number; the others are read."""
    first, bad, second = lists.read(CSV.encode(), "members.csv")
    assert first.member == replace(TENANTS, description="", postcode="", latitude=None, longitude=None, state="applied")
    assert (bad.number, bad.member) == (3, None)
    assert "not a web address" in bad.problem
    assert [(feed.url, feed.kind) for feed in second.feeds] == [
        ("https://obrero.example/rss.xml", "feed"),
        ("https://obrero.example/c.ics", "calendar"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "windows-1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_spreadsheets_csv_is_read(encoding: str, delimiter: str) -> None:
    """Whatever it calls its columns, separates them by, and writes them in."""
    table = [["Organización", "Sitio", "Ciudad"], ["Coalición", "https://coalicion.example/", "Worcester"]]
    body = "\r\n".join(delimiter.join(row) for row in table).encode(encoding)
    (row,) = lists.read(body, "lista.csv")
    assert row.member is not None
    assert (row.member.name, row.member.town) == ("Coalición", "Worcester")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "name the columns"),
        (b"a,b\n1,2\n", "name the columns"),
        (b"url\n", "no members"),
        (b"<html></html>", "feed"),
    ],
)
def test_a_file_that_is_no_list_is_one_sentence(body: bytes, why: str) -> None:
    """It names the file and what is wrong."""
    with pytest.raises(BadList, match=r"members\.csv.*") as caught:
        lists.read(body, "members.csv")
    assert why in str(caught.value)


async def test_what_is_exported_can_be_imported(database: Database, gazetteer: Gazetteer) -> None:
    """As OPML and as CSV: the same members with the same feeds."""
    for member in (TENANTS, WORKERS):
        await join(database, member, member.home_url + "feed/", member.home_url + "events.ics")
    async with database.reading() as connection:
        everyone = await register.everyone(connection)
        found = await sources.of_members(connection, [member.id for member in everyone], now=NOW)
    listed = [(member, found[member.id]) for member in everyone]
    wanted = [(member.name, member.home_url, [source.url for source in found[member.id]]) for member in everyone]
    for body in (lists.as_opml("Ours", listed, updated=NOW), lists.as_csv(listed)):
        rows = lists.read(body, "list")
        assert [(row.member.name, row.member.home_url, [feed.url for feed in row.feeds])
                for row in rows if row.member] == wanted  # fmt: skip
        again = await importing.register_all(database, rows, gazetteer, now=NOW)
        assert [line.done for line in again] == ["known", "known"]


async def test_an_import_is_safe_to_repeat_and_to_try(database: Database, gazetteer: Gazetteer) -> None:
    """A dry run says the same and keeps nothing; a second run adds only what is missing."""
    rows = lists.read(CSV.encode(), "members.csv")
    tried = await importing.register_all(database, rows, gazetteer, now=NOW, dry_run=True)
    async with database.reading() as connection:
        assert await register.everyone(connection) == []
    done = await importing.register_all(database, rows, gazetteer, now=NOW)
    assert [(line.number, line.done, line.feeds) for line in done] == [
        (2, "added", 1),
        (3, "failed", 0),
        (4, "added", 2),
    ]
    assert [line.done for line in tried] == [line.done for line in done]
    more = lists.read(CSV.replace("/feed/", "/feed/ https://tenants.example/c.ics").encode(), "members.csv")
    again = await importing.register_all(database, more, gazetteer, now=NOW)
    assert [(line.done, line.feeds) for line in again] == [("feeds added", 1), ("failed", 0), ("known", 0)]
    async with database.reading() as connection:
        (workers, tenants) = await register.everyone(connection)
    assert (tenants.name, round(tenants.latitude or 0, 1), workers.town) == ("Tenants of Main South", 42.3, "Fitchburg")
