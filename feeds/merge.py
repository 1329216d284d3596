"""Incoming + known → new, changed, gone. Pure: it decides, the archive stores. Which of the new are known under another
identity is decided in renames.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from feeds.identity import digest, entry_id, folded, is_of_one, link_key
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
    # Without its UID, which Outlook makes up anew at each export.
    ical = event.ical.replace(event.uid, "") if event.uid else event.ical
    said = (event.title, event.venue, event.address, event.description, event.organizer, repr(seen), ical)
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
    """Each entry once, in order. What a feed lists twice means its first, which is the newest in practice; where it gives
    one id to different entries, each of these goes by its link instead, or by its text.
    """
    listed = tuple(entries)
    if len({entry.id for entry in listed}) == len(listed):  # nearly always
        return listed
    times = Counter(entry.id for entry in listed)
    kept: dict[str, Entry] = {}
    for entry in _told_apart(listed, {key for key, count in times.items() if count > 1}):
        kept.setdefault(entry.id, entry)
    return tuple(kept.values())


def _told_apart(listed: tuple[Entry, ...], shared: set[str]) -> Iterator[Entry]:
    """The entries, those with an id that is `shared` by different ones under other ids."""
    of_id: dict[str, dict[tuple[str, ...], Entry]] = {}
    for entry in listed:
        if entry.id in shared:
            of_id.setdefault(entry.id, {}).setdefault(_sameness(entry), entry)
    links = Counter(entry.link for same in of_id.values() for entry in same.values())
    taken = {entry.id for entry in listed}
    for entry in listed:
        if len(of_id.get(entry.id, ())) < 2:  # noqa: PLR2004 - one entry, however often it is listed
            yield entry
        else:
            first = of_id[entry.id][_sameness(entry)]
            own = first.link if links[first.link] == 1 and first.link not in taken else None
            yield replace(first, id=entry_id(own, None, first.title, (first.link or "") + first.content))


def _sameness(entry: Entry) -> tuple[str, ...]:
    """Equal for entries of one id that are one: they have a page of their own in common, or else all that they say."""
    key = link_key(entry.link)
    if key is not None and is_of_one(key, folded(entry.title)):
        return (key,)
    return (entry.link or "", entry.title, entry.content)
