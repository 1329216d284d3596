"""The trail of what organizers did: who, when, what, to whom."""

from __future__ import annotations

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from network.database import tables
from network.model import Steward


async def record(connection: AsyncConnection, steward: Steward | None, action: str, subject: str, *, now: int) -> None:
    """Write down one action; `steward` is None for what is done from the command line."""
    values = {"at": now, "steward_id": steward.id if steward else None, "action": action, "subject": subject}
    await connection.execute(insert(tables.audit).values(values))
