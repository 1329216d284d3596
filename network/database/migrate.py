"""Bringing a database to the schema of this program, with Alembic; its files are in migrations/."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER = Path(__file__).parent / "migrations"
# Two processes that start on the same empty PostgreSQL must not both make its tables.
LOCK = 0x7EC1


async def upgrade(engine: AsyncEngine) -> None:
    """Run every migration that the database has not had yet, in one transaction."""
    async with engine.execution_options(vecinos_write=True).begin() as connection:
        await connection.run_sync(_upgrade)


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file: where the migrations are, and the connection to use."""
    from alembic.config import Config

    made = Config(attributes={"connection": connection})
    made.set_main_option("script_location", str(FOLDER / "environment"))
    made.set_main_option("version_locations", str(FOLDER))
    made.set_main_option("path_separator", "newline")
    return made


def _upgrade(connection: Connection) -> None:
    from alembic import command

    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
    command.upgrade(config(connection), "head")


async def check(engine: AsyncEngine) -> list[object]:
    """What differs between the database and tables.py, as Alembic sees it; empty when they are the same."""

    def compare(connection: Connection) -> list[object]:
        from alembic.autogenerate import compare_metadata
        from alembic.migration import MigrationContext

        from network.database.tables import metadata

        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, metadata))

    async with engine.connect() as connection:
        return await connection.run_sync(compare)
