"""The schema, its migrations, and what happens with a database that this program does not know."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from network.database import migrate, tables
from network.database.bulk import insert_rows
from network.database.engine import SCHEMA, Database, generation, make_engine, open_database, raise_generation
from network.errors import DatabaseUnreachable, SchemaTooOld, SchemaUnknown


async def test_migrations_give_the_schema_of_tables(database: Database) -> None:
    """Every migration, one after the other, gives exactly what tables.py says, on both databases."""
    assert await migrate.check(database.engine) == []


def test_the_program_knows_its_newest_migration() -> None:
    """SCHEMA is the newest file in migrations/."""
    assert ScriptDirectory.from_config(migrate.config()).get_heads() == [SCHEMA]


async def test_a_database_of_an_older_version_is_refused_with_the_command_to_run(database_url: str) -> None:
    """Nothing is migrated behind an operator's back: the sentence names the command."""
    await _set_revision(database_url, "0000")
    with pytest.raises(SchemaTooOld, match="vecinos migrate"):
        await open_database(database_url)


async def test_a_database_of_a_newer_version_is_refused(database_url: str) -> None:
    """An older program must not write into a schema that it does not understand."""
    await _set_revision(database_url, "9999")
    with pytest.raises(SchemaUnknown, match="newer version"):
        await open_database(database_url)


async def test_a_database_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    """A folder that does not exist, a server that is down: what is wrong and what to check, no traceback."""
    with pytest.raises(DatabaseUnreachable, match="VECINOS_DATABASE_URL"):
        await open_database(f"sqlite+aiosqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    with pytest.raises(DatabaseUnreachable, match="VECINOS_DATABASE_URL"):
        await open_database("postgresql+psycopg://127.0.0.1:9/nothing")


async def test_two_processes_may_start_on_the_same_empty_database(database_url: str) -> None:
    """The site and the worker start together; one makes the tables, the other finds them."""
    opened = await asyncio.gather(open_database(database_url), open_database(database_url))
    for database in opened:
        assert await migrate.check(database.engine) == []
        await database.close()


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    """What raises in the middle of writing has not happened."""
    async with database.reading() as connection:
        before = await generation(connection)
    with pytest.raises(RuntimeError):
        await _crash_while_writing(database)
    async with database.reading() as connection:
        assert await generation(connection) == before


async def test_writers_wait_for_each_other(database: Database) -> None:
    """Twenty writers at once all get through, and every number is handed out once."""

    async def write() -> int:
        async with database.writing() as connection:
            return await raise_generation(connection, 3)

    first = await asyncio.gather(*(write() for _ in range(20)))
    assert sorted(first) == list(range(1, 61, 3))


async def test_a_writer_that_is_broken_off_does_not_lock_the_others_out(database: Database) -> None:
    """At whatever moment, and though somebody still looks at what went wrong: the next one writes at once."""
    rows: list[tuple[object, ...]] = [(f"count {number}", number) for number in range(2000)]

    async def write() -> None:
        async with database.writing() as connection:
            await insert_rows(connection, tables.tally, ("name", "count"), rows)
            await connection.execute(text("DELETE FROM tally"))

    seen: list[BaseException] = []
    for number in range(30):
        writing = asyncio.create_task(write())
        await asyncio.sleep(number / 2000)
        writing.cancel()
        try:
            await writing
        except asyncio.CancelledError as error:
            seen.append(error)
        async with asyncio.timeout(10):
            await write()
    assert seen


async def _set_revision(url: str, revision: str) -> None:
    database = await open_database(url)
    await database.close()
    database = Database(make_engine(url))
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    await database.close()


async def _crash_while_writing(database: Database) -> None:
    async with database.writing() as connection:
        await raise_generation(connection)
        raise RuntimeError
