"""The hub asks back (WebSub, 5.3), or says no (5.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from network.database import tables
from network.database.engine import Database
from network.websub.callbacks import Callbacks
from network.websub.hubs import LEASE_SECONDS
from network.websub.silence import pull_as_usual
from network.websub.subscriber import DAY, HOUR

WITHIN = 6 * HOUR
"""A hub that asks back later than this after it was asked is not answered."""
SHORTEST, LONGEST = HOUR, 60 * DAY
"""What a hub may say of how long it will tell us."""
DENIED_PAUSE = 7 * DAY
MAX_REASON = 200
_ROW = tables.subscription.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What a hub asks or says. `lease_seconds` is for how long it will tell us, None when it does not say."""

    mode: str
    topic: str
    lease_seconds: int | None = None
    reason: str = ""


async def answer(database: Database, callbacks: Callbacks, token: str, intent: Intent, *, now: int) -> bool:
    """Take note of what a hub says of the subscription with this token; True when that is what we want."""
    async with database.reading() as connection:
        query = select(_ROW.source_id, _ROW.topic, _ROW.state, _ROW.asked_at).where(_ROW.token == token)
        row = (await connection.execute(query)).first()
    if row is None:
        return intent.mode == "unsubscribe" and callbacks.is_ours(token)
    if row.topic != intent.topic:
        return False
    if intent.mode == "denied":
        values = _denied(intent, now)
    elif intent.mode == "subscribe" and row.asked_at is not None and now - row.asked_at <= WITHIN:
        values = _granted(row.state, intent, now)
    else:
        return False
    async with database.writing() as connection:
        await connection.execute(update(tables.subscription).where(_ROW.token == token).values(values))
        if intent.mode == "denied" and row.state == "active":
            await pull_as_usual(connection, [row.source_id], now=now)
    return True


def _granted(state: str, intent: Intent, now: int) -> dict[str, Any]:
    granted = LEASE_SECONDS if intent.lease_seconds is None else intent.lease_seconds
    lease = min(max(granted, SHORTEST), LONGEST)
    return {
        "state": state if state == "silent" else "active", "problem": "", "tries": 0, "lease_until": now + lease,
        "due_at": now + lease * 2 // 3,
    }  # fmt: skip


def _denied(intent: Intent, now: int) -> dict[str, Any]:
    reason = " ".join(intent.reason.split())[:MAX_REASON]
    return {
        "state": "denied", "problem": f"denied: {reason}" if reason else "denied", "lease_until": None,
        "due_at": now + DENIED_PAUSE,
    }  # fmt: skip
