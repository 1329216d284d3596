"""Incoming + known → new, changed, gone. Pure: it decides, the archive stores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from feeds.identity import digest
from feeds.model import Changes, Entry, Event


def changes(known: Mapping[str, str], incoming: Mapping[str, str]) -> Changes:
    """What is new, changed, the same or gone, from identity → fingerprint of what is known and of what came."""
    return Changes(
        new=tuple(key for key in incoming if key not in known),
        changed=tuple(key for key, mark in incoming.items() if key in known and known[key] != mark),
        same=tuple(key for key, mark in incoming.items() if known.get(key) == mark),
        gone=tuple(key for key in known if key not in incoming),
    )


def entry_fingerprint(entry: Entry) -> str:
    """Differs when something a visitor can see of the entry differs."""
    return digest(
        entry.title,
        entry.link or "",
        entry.summary,
        entry.content,
        f"{entry.authors}{entry.categories}{entry.published}/{entry.updated}/{entry.language}/{entry.image}",
        repr((entry.enclosures, entry.fields)) if entry.enclosures or entry.fields else "",
    )


def event_fingerprint(event: Event) -> str:
    """Two digests joined by a colon: the first differs when something that its group says of the event differs, the
    second when its occurrences do, which also happens as time goes by and a series reaches further.
    """
    seen = (
        event.start,
        event.end,
        event.timezone,
        event.rrule,
        event.status,
        event.link,
        event.categories,
        event.sequence,
    )
    said = (event.title, event.venue, event.address, event.description, event.organizer, repr(seen), event.ical)
    return f"{digest(*said)}:{digest(repr(event.occurrences))}"


def said_the_same(one: str, other: str) -> bool:
    """Do two fingerprints of an event differ in nothing but the occurrences that are known?"""
    return one.partition(":")[0] == other.partition(":")[0]


def dated(published: int | None, first_seen: int) -> int:
    """When visitors are told that something was published: as it says, but never later than it was first seen.

    A date in the future would keep a post on top for weeks; one that is missing is the moment we first saw it.
    """
    return first_seen if published is None or published > first_seen else published


def unrepeated(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each identity once: a feed that lists the same id twice means its first, which is the newest in practice."""
    once: dict[str, Entry] = {}
    for entry in entries:
        once.setdefault(entry.id, entry)
    return tuple(once.values())
