"""What the organizers decide about the network itself: its name, town and time zone."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from network.database import tables
from network.database.engine import raise_generation
from network.model import Network

_ROW = tables.network.c


async def read(connection: AsyncConnection) -> Network:
    """The network as it is now."""
    row = (
        await connection.execute(select(_ROW.uid, _ROW.name, _ROW.description, _ROW.timezone, _ROW.town, _ROW.contact))
    ).one()
    return Network(**row._mapping)  # noqa: SLF001 - the documented way to a row's names


async def write(connection: AsyncConnection, **changed: str) -> None:
    """Change what is given: name, description, timezone (IANA), town, contact."""
    await connection.execute(update(tables.network).values(**changed))
    await raise_generation(connection)
