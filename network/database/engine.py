"""Opening the database: SQLite in a file or PostgreSQL, one code base for both.

database = await open_database(settings.database_url)
async with database.reading() as connection: …      a snapshot
async with database.writing() as connection: …      one transaction, rolled back as a whole when anything raises
await database.close()
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, NamedTuple

from sqlalchemy import URL, event, insert, make_url, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from network.database import migrate, tables
from network.errors import DatabaseUnreachable, SchemaTooOld, SchemaUnknown

SCHEMA = "0002"
"""The revision that this program knows: the newest file in migrations/ (a test compares them)."""


class Database:
    """One open database. `dialect` is "sqlite" or "postgresql"."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(vecinos_write=True)
        self.dialect = engine.dialect.name

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading: everything read in the block is of one moment."""
        async with self.engine.connect() as connection:
            yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A connection in one transaction, committed at the end of the block, rolled back when it raises."""
        async with self._writer.begin() as connection:
            yield connection

    async def answers(self) -> bool:
        """Can it be read just now?"""
        try:
            async with self.reading() as connection:
                await generation(connection)
        except SQLAlchemyError:
            return False
        return True

    async def close(self) -> None:
        """Close every connection (aiosqlite's threads would keep the process alive)."""
        await self.engine.dispose()


async def open_database(url: str) -> Database:
    """Open the database, make it when there is none yet, and refuse one whose schema this program does not know.

    Raises DatabaseUnreachable, SchemaTooOld, SchemaUnknown.
    """
    database = Database(make_engine(url))
    try:
        found = await schema_of(database)
        if found is None:
            await migrate.upgrade(database.engine)
        else:
            check_schema(found)
    except SQLAlchemyError as error:
        await database.close()
        # After a failed connect aiosqlite's thread reports to the event loop once more, which must still be there.
        await asyncio.sleep(0.1)
        raise DatabaseUnreachable(why=_reason(error)) from error
    except BaseException:
        await database.close()
        raise
    return database


def is_away(error: Exception) -> bool:
    """Is the database gone, locked or full? Then what it was given is not at fault, and can be tried again."""
    return isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated)


def check_schema(found: str) -> None:
    """Raise SchemaUnknown for a newer schema than ours, SchemaTooOld for an older one."""
    if found > SCHEMA:
        raise SchemaUnknown(found=found, known=SCHEMA)
    if found < SCHEMA:
        raise SchemaTooOld(found=found)


def _reason(error: SQLAlchemyError) -> str:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    return " ".join(str(cause).split())[:200]


async def schema_of(database: Database) -> str | None:
    """The revision of the schema that is in the database, or None when it is empty."""
    async with database.reading() as connection:
        names = await connection.run_sync(lambda sync: sync.dialect.get_table_names(sync))
        if "alembic_version" not in names:
            return None
        found: str | None = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar()
        return found


def make_engine(url: str | URL) -> AsyncEngine:
    """An engine for this URL, with what each database needs to be safe and quick."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(parsed, pool_pre_ping=True, pool_size=5, max_overflow=5)
    engine = create_async_engine(parsed, pool_size=4, max_overflow=4)
    event.listen(engine.sync_engine, "connect", _prepare_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    event.listen(engine.sync_engine, "invalidate", _let_go_of_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: a write has to take its lock at once (BEGIN IMMEDIATE), else
    # two processes that both read first would fail with "database is locked" instead of waiting.
    connection.isolation_level = None
    cursor = connection.cursor()
    _write_ahead(cursor)
    for pragma in (
        "busy_timeout=15000",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "cache_size=-16000",
        "wal_autocheckpoint=8000",
        "journal_size_limit=67108864",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _let_go_of_sqlite(connection: Any, _record: Any, _error: BaseException | None) -> None:
    """End the transaction of a connection whose user was broken off in the middle of a statement.

    SQLite closes a connection only when its last statement is gone, and Python frees that when it comes round to it:
    until then nobody else could write.
    """
    with suppress(sqlite3.Error):
        connection.rollback()


def _write_ahead(cursor: Any) -> None:
    """Turn on WAL. SQLite does not wait for another process that is making the database just now, so we do."""
    for attempt in range(100):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if attempt == 99:  # noqa: PLR2004 - the last of the hundred
                raise
            time.sleep(0.05)
        else:
            return


def _begin_sqlite(connection: Any) -> None:
    write = connection.get_execution_options().get("vecinos_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


async def raise_generation(connection: AsyncConnection, items: int = 0) -> int:
    """Tell every reader that something visible changed, and take a block of `items` new item numbers.

    Returns the first number of the block. Call it in the transaction of the change itself.
    """
    row = tables.network.c
    changed = await connection.execute(
        update(tables.network)
        .values(generation=row.generation + 1, changed_at=now(), last_item=row.last_item + items)
        .returning(row.last_item)
    )
    last: int = changed.scalar_one()
    return last - items + 1


class Generation(NamedTuple):
    """The number under which rendered bodies are kept, and when it was last raised (UTC seconds)."""

    number: int
    changed_at: int


async def generation(connection: AsyncConnection) -> Generation:
    """The generation of what is stored now."""
    row = tables.network.c
    return Generation(*(await connection.execute(select(row.generation, row.changed_at))).one())


async def insert_returning_id(connection: AsyncConnection, table: Any, values: Mapping[str, object]) -> int:
    """Insert one row and return its key."""
    made: int = (await connection.execute(insert(table).values(values).returning(table.c.id))).scalar_one()
    return made


def now() -> int:
    """The time, UTC seconds. The network's one clock."""
    return int(time.time())
