"""What we remember. Every pull of a batch of sources is stored in one transaction: entries, events, validators, health,
the next due time and the generation, or nothing at all.

    store(database, outcomes)  =  entries (archive_entries)  +  events (archive_events)  +  sources (archive_sources)
                                  +  sites that asked for rest (hosts)  +  counts (tally)
"""

from __future__ import annotations

from collections.abc import Sequence

from feeds.pipeline import Pulled
from network.aggregator import archive_entries, archive_events, archive_sources, hosts, lease, tally
from network.aggregator.numbers import Numbers
from network.aggregator.outcome import Outcome, Report, report
from network.database.engine import Database

__all__ = ["Outcome", "Report", "store"]


async def store(database: Database, outcomes: Sequence[Outcome], *, now: int) -> list[Report]:
    """Store what came of these pulls, all or nothing, and say what changed.

    What came of a source that is no longer ours (its lease ran out and somebody else has it, or it was removed) is left
    out: whoever has it now stores what they find.
    """
    async with database.writing() as connection:
        ours = await lease.still_held(connection, [outcome.leased for outcome in outcomes])
        outcomes = [outcome for outcome in outcomes if outcome.leased.id in ours]
        pulled = [(one.leased, one.result) for one in outcomes if isinstance(one.result, Pulled)]
        whole = [(one.leased, one.result) for one in outcomes if isinstance(one.result, Pulled) and not one.pushed]
        numbers = Numbers(connection)
        of_entries = await archive_entries.store(connection, pulled, numbers, now=now)
        of_events, held = await archive_events.store(connection, whole, numbers, now=now)
        changed = {
            leased.id: [changes[leased.id] for changes in (of_entries, of_events) if leased.id in changes]
            for leased, _ in pulled
        }
        strange = await archive_sources.store(connection, outcomes, changed, held, now=now)
        await hosts.store(connection, outcomes, now=now)
        reports = [report(one, of_entries, of_events, strange.get(one.leased.id, "")) for one in outcomes]
        await tally.store(connection, reports)
        await numbers.settle()
    return reports
