"""What came of a pull, on its way into the database and to people."""

from __future__ import annotations

from dataclasses import dataclass, replace

from feeds.model import Changes, Failed, Unchanged
from feeds.pipeline import Pulled
from network.aggregator.lease import Leased


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of pulling one source. `pushed`: its hub sent it, so it may hold only what is new."""

    leased: Leased
    result: Pulled | Unchanged | Failed
    pushed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One source's pull in figures, for people: how many entries and events it lists, and how many were new or changed.
    `held`: why what it lists is not believed yet (see held.py).
    """

    source_id: int
    member_id: int
    url: str
    problem: str = ""
    sentence: str = ""
    listed: int = 0
    new: int = 0
    changed: int = 0
    unchanged: bool = False
    pushed: bool = False
    held: str = ""


def report(outcome: Outcome, of_entries: dict[int, Changes], of_events: dict[int, Changes], held: str = "") -> Report:
    """An outcome in figures; the changes are by source id."""
    leased, result = outcome.leased, outcome.result
    if isinstance(result, Unchanged):
        return Report(source_id=leased.id, member_id=leased.member_id, url=leased.url, unchanged=True)
    told = Report(source_id=leased.id, member_id=leased.member_id, url=leased.url, pushed=outcome.pushed, held=held)
    if isinstance(result, Failed):
        return replace(told, problem=result.problem.code, sentence=result.problem.text)
    both = [changes[leased.id] for changes in (of_entries, of_events) if leased.id in changes]
    return replace(
        told,
        listed=len(result.feed.entries) + len(result.feed.events),
        new=sum(len(changes.new) for changes in both),
        changed=sum(len(changes.changed) for changes in both),
    )
