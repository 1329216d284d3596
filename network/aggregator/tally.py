"""Counts since the beginning, for /metrics: how many pulls and pushes came to what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from network.aggregator.outcome import Report

_ADD = text(
    "INSERT INTO tally (name, count) VALUES (:name, :count)"
    " ON CONFLICT (name) DO UPDATE SET count = tally.count + excluded.count"
)


async def store(connection: AsyncConnection, reports: Sequence[Report]) -> None:
    """Count these: `pull:new`, `pull:changed`, `pull:same`, `pull:unchanged` (nothing was sent), `pull:held`,
    `pull:<problem code>`; `push:…` likewise for what hubs sent; `items:new` and `items:changed` for what they brought.
    """
    counts = Counter(_name(one) for one in reports)
    counts["items:new"] = sum(one.new for one in reports)
    counts["items:changed"] = sum(one.changed for one in reports)
    await add(connection, counts)


async def add(connection: AsyncConnection, counts: Mapping[str, int]) -> None:
    """Count so many more under each of these names."""
    rows = [{"name": name, "count": count} for name, count in sorted(counts.items()) if count]
    if rows:
        await connection.execute(_ADD, rows)


def _name(report: Report) -> str:
    kind = "push" if report.pushed else "pull"
    if report.problem:
        return f"{kind}:{report.problem}"
    if report.unchanged:
        return f"{kind}:unchanged"
    if report.held:
        return f"{kind}:held"
    return f"{kind}:new" if report.new else f"{kind}:changed" if report.changed else f"{kind}:same"
