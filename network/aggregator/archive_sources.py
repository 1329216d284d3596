"""The sources of a batch of pulls: health, validators, what they told of their rhythm, and when they are due again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from feeds import schedule
from feeds.diagnose import platform_of
from feeds.model import Changes, Failed, Unchanged
from feeds.pipeline import Pulled
from network.aggregator import moved
from network.aggregator.held import verdict
from network.aggregator.lease import Leased
from network.aggregator.moved import Move
from network.aggregator.outcome import Outcome
from network.database import tables
from network.database.bulk import update_rows
from network.model import Held

KEPT = (
    "state", "problem", "detail", "etag", "last_modified", "body_hash", "failures", "rhythm", "checked_at", "good_at", "due_at",
    "lease_until", "format", "parser", "language", "title", "read_at", "failing_since", "platform", "told", "skip", "newest_at",
    "usual", "listed", "held", "held_at", "held_pulls", "moved_to", "moved_since", "moved_seen", "hub", "topic",
)  # fmt: skip
"""What any other outcome than the commonest writes: every column that a pull may change."""
UNCHANGED = (
    "state", "problem", "detail", "etag", "last_modified", "failures", "failing_since", "checked_at", "good_at", "due_at",
    "lease_until",
)  # fmt: skip
"""What is written when nothing is new: nearly always, so as little as can be."""
MAX_DETAIL = 500
_FROM_ROW = tuple(name for name in KEPT if name not in {"state", "problem", "detail", "checked_at", "due_at"})


async def store(
    connection: AsyncConnection,
    outcomes: Sequence[Outcome],
    changed: Mapping[int, Sequence[Changes]],
    held: Mapping[int, Held],
    *,
    now: int,
) -> dict[int, Held]:
    """Store what these pulls say of their sources; `changed` and `held` are what the archive of entries and events made
    of them, by source id. Returns why what a source lists is held, for those that are.
    """
    unchanged: list[tuple[object, ...]] = []
    others: list[tuple[object, ...]] = []
    moves: list[tuple[Leased, str]] = []
    found: dict[int, Held] = {}
    for outcome in outcomes:
        leased, result = outcome.leased, outcome.result
        if isinstance(result, Unchanged) and not (leased.moved_to or result.moved_to):
            unchanged.append(_unchanged_row(leased, result, now))
            continue
        if isinstance(result, Failed):
            row = _failed(leased, result, now)
        elif isinstance(result, Unchanged):
            row = _same(leased, result, now)
        elif outcome.pushed:
            row = _pushed(leased, result, changed.get(leased.id, ()), now)
        else:
            row = _pulled(leased, result, changed.get(leased.id, ()), held.get(leased.id), now)
            if row["held"]:
                found[leased.id] = row["held"]
        move = Move(row["moved_to"], row["moved_since"], row["moved_seen"])
        # Only an answer that says so again can make it sure, never the days that pass without one.
        if move.to is not None and move.seen > leased.moved_seen and move.is_sure(now):
            moves.append((leased, move.to))
        others.append((*(row[name] for name in KEPT), leased.id))
    await update_rows(connection, tables.source, UNCHANGED, ("id",), unchanged)
    await update_rows(connection, tables.source, KEPT, ("id",), others)
    for leased, to in moves:
        await moved.settle(connection, leased, to)
    return found


def _unchanged_row(leased: Leased, result: Unchanged, now: int) -> tuple[object, ...]:
    """The values of UNCHANGED."""
    mark = (result.etag or leased.etag, result.last_modified or leased.last_modified)
    return ("fine", "", "", *mark, 0, None, now, now, _due(leased, result.max_age, now), 0, leased.id)


def _before(leased: Leased) -> dict[str, Any]:
    """Every column of KEPT that stays as it was unless a pull says otherwise."""
    row = {name: getattr(leased, name) for name in _FROM_ROW}
    row["lease_until"] = 0
    return row


def _good(leased: Leased, now: int) -> dict[str, Any]:
    return {
        **_before(leased), "state": "fine", "problem": "", "detail": "", "failures": 0, "failing_since": None,
        "checked_at": now, "good_at": now,
    }  # fmt: skip


def _same(leased: Leased, result: Unchanged, now: int) -> dict[str, Any]:
    move = moved.noted(leased, result.moved_to, now)
    return {
        **_good(leased, now), "etag": result.etag or leased.etag, "last_modified": result.last_modified or leased.last_modified,
        "due_at": _due(leased, result.max_age, now), "moved_to": move.to, "moved_since": move.since, "moved_seen": move.seen,
    }  # fmt: skip


def _pushed(leased: Leased, result: Pulled, changes: Sequence[Changes], now: int) -> dict[str, Any]:
    """A push says that a source is well and brings something; of the document as a whole it says nothing. However many
    come, it is pulled when it was to be pulled: only that shows whether the hub brings everything.
    """
    return {**_good(leased, now), "due_at": leased.due_at, "newest_at": _newest(leased, result, changes, now)}


def _pulled(
    leased: Leased, result: Pulled, changes: Sequence[Changes], of_events: Held | None, now: int
) -> dict[str, Any]:
    feed, fetched = result.feed, result.fetched
    dates = [moment for entry in feed.entries if (moment := entry.published or entry.updated)]
    listed = len(feed.entries) + len(feed.events)
    held = _held(leased, listed) if of_events is None else of_events
    strange = held in {"shrunk", "empty"}
    move = moved.noted(leased, fetched.moved_to, now)
    row = {
        **_good(leased, now), "rhythm": schedule.rhythm(dates, now=now), "usual": schedule.usual(dates, now=now),
        "told": feed.ttl, "skip": schedule.skip_text(feed.skip_hours, feed.skip_days),
        "newest_at": _newest(leased, result, changes, now), "format": feed.format, "parser": feed.parser,
        "language": feed.language, "title": feed.title or leased.title, "read_at": now,
        "platform": platform_of(url=fetched.url, generator=feed.generator) or leased.platform,
        "hub": fetched.hub or feed.hub, "topic": fetched.topic or feed.topic or fetched.url,
        "held": held, "held_at": None if not held else leased.held_at if held == leased.held else now,
        "held_pulls": leased.held_pulls + 1 if held and held == leased.held else 0,
        "moved_to": move.to, "moved_since": move.since, "moved_seen": move.seen,
        "listed": leased.listed if strange else listed,
    }  # fmt: skip
    # A body that is not believed is read again as a whole next time: "nothing new" would say nothing.
    mark = ("", "", b"") if strange else (fetched.etag, fetched.last_modified, fetched.body_hash)
    row |= {"etag": mark[0], "last_modified": mark[1], "body_hash": mark[2].hex()}
    row["due_at"] = _due(leased, fetched.max_age, now, row)
    return row


def _failed(leased: Leased, result: Failed, now: int) -> dict[str, Any]:
    failures = leased.failures + 1
    due = schedule.next_due(
        now=now, seed=leased.id, rhythm=leased.rhythm, failures=failures, retry_after=result.retry_after
    )
    return {
        **_before(leased), "state": "gone" if result.problem.code == "gone" else "broken", "problem": result.problem.code,
        "detail": result.detail[:MAX_DETAIL], "failures": failures, "checked_at": now, "due_at": due,
        "failing_since": leased.failing_since or now, "platform": result.platform or leased.platform,
    }  # fmt: skip


def _held(leased: Leased, listed: int) -> Held:
    """Whether a feed's list is strangely short: told to people for a while, since nothing of a feed is ever deleted."""
    return verdict(
        before=leased.listed, listed=listed, missing=leased.listed - listed, held=_as_held(leased.held),
        pulls=leased.held_pulls, calendar=False,
    )  # fmt: skip


def _as_held(stored: str) -> Held:
    return stored if stored in {"shrunk", "empty", "kept"} else ""  # type: ignore[return-value]


def _newest(leased: Leased, result: Pulled, changes: Sequence[Changes], now: int) -> int | None:
    """When a source last brought something: by its own dates, where it has them, else by what we saw."""
    dates = [moment for entry in result.feed.entries if (moment := entry.published or entry.updated) and moment <= now]
    if dates:
        return max((*dates, leased.newest_at or 0))
    if leased.newest_at is None or any(change.new or change.changed for change in changes):
        return now
    return leased.newest_at


def _due(leased: Leased, max_age: int | None, now: int, row: Mapping[str, Any] | None = None) -> int:
    """When it is to be asked again, after an answer. `row`: what it said just now, where that is known."""
    rhythm, told, skip = (row["rhythm"], row["told"], row["skip"]) if row else (leased.rhythm, leased.told, leased.skip)
    hours, days = schedule.skip_of(skip) if skip else ((), ())
    return schedule.next_due(
        now=now, seed=leased.id, rhythm=rhythm, told=max(max_age or 0, told or 0) or None, skip_hours=hours, skip_days=days,
        pushed=leased.pushed,
    )  # fmt: skip
