"""What is new only by its identity: entries and events that are known under another. Pure, deterministic.

    renamed(gone, new, kept)  =  new identity → the identity under which the same thing was known

A site that moves, or a program that makes up its ids anew at each export (Outlook), renames everything that it publishes.
Told as news, that would flood subscribers, and what was known would seem to be called off. Two are the same when something
that tells things apart is the same of both, and of no third one; OF_ENTRIES and OF_EVENTS say what, the surest first. A
title alone is never enough, and neither is a page where all news or events are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import NamedTuple, TypeAlias

from feeds import clean
from feeds.identity import digest, folded, is_generic, is_of_one, link_key

Key: TypeAlias = tuple[object, ...]

MIN_TEXT = 40
"""Characters from which a text tells entries apart; what is shorter is "Read more"."""
MAX_TEXT = 2000
MOVED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What an entry or event is known by, besides its identity. `path` is its link without the host; `title` is folded;
    `text` a digest of its first words; `start` is when an event begins, with its rule, and empty for entries.
    """

    link_key: str | None = None
    path: str | None = None
    title: str = ""
    published: int | None = None
    text: str | None = None
    start: str = ""


def entry_traits(title: str, link: str | None, published: int | None, content: str = "") -> Traits:
    """Of an entry, from what is read or stored. `content` (HTML) may be left out on both sides, never on one only."""
    key = link_key(link)
    words = " ".join(clean.text(content).split()).casefold() if content else ""
    return Traits(
        link_key=key,
        path=_path(key),
        title=folded(title),
        published=published,
        text=digest(words[:MAX_TEXT]) if len(words) >= MIN_TEXT else None,
    )


def event_traits(title: str, link: str | None, start: date | str, rrule: str | None = None) -> Traits:
    """Of an event, from what is read or stored. `start` is a date or datetime, or the same in ISO form."""
    key = link_key(link)
    return Traits(link_key=key, path=_path(key), title=folded(title), start=f"{_moment(start)} {rrule or ''}")


def _path(key: str | None) -> str | None:
    return key[len(_host(key)) :] if key else None


def _host(key: str) -> str:
    return key.split("/", 1)[0].split("?", 1)[0]


def _moment(start: date | str) -> str:
    """The same text for a moment whatever the zone in which it is told."""
    told = start if isinstance(start, str) else start.isoformat()
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        return told
    return told if moment.tzinfo is None else moment.astimezone(UTC).isoformat()


def _page(traits: Traits) -> Key | None:
    return (traits.link_key,) if is_of_one(traits.link_key, traits.title) else None


def _page_and_title(traits: Traits) -> Key | None:
    return (traits.link_key, traits.title) if traits.title and is_of_one(traits.link_key, traits.title) else None


def _path_and_title(traits: Traits) -> Key | None:
    return (traits.path, traits.title) if traits.title and is_of_one(traits.link_key, traits.title) else None


def _link_and_date(traits: Traits) -> Key | None:
    return (traits.link_key, traits.published) if traits.link_key and traits.published else None


def _title_and_text(traits: Traits) -> Key | None:
    return (traits.title, traits.text) if traits.title and traits.text else None


def _title_and_date(traits: Traits) -> Key | None:
    return (traits.title, traits.published) if traits.published and not is_generic(traits.title) else None


def _link_and_start(traits: Traits) -> Key | None:
    return (traits.link_key, traits.start) if traits.link_key else None


def _title_and_start(traits: Traits) -> Key | None:
    return (traits.title, traits.start) if traits.title else None


class Rule(NamedTuple):
    """What must be the same of two, and whether that is enough. Where it is not, the site must have moved: the hosts of
    their links differ, or half of what is new, and three at least, is known so.
    """

    key: Callable[[Traits], Key | None]
    enough: bool = True


OF_ENTRIES = (
    Rule(_page),  # the same page, under another guid
    Rule(_link_and_date),
    Rule(_path_and_title),  # a new domain
    Rule(_title_and_date),  # new addresses
    Rule(_title_and_text, enough=False),  # new addresses and dates; else it is what a group says every month
)
OF_EVENTS = (
    Rule(_title_and_start),  # Outlook, whose UIDs are new at each export
    Rule(_link_and_start),  # with a new title
    Rule(_page_and_title),  # put off: the UIDs of The Events Calendar say when an event is
    Rule(_path_and_title),
)


def renamed(gone: Mapping[str, Traits], new: Mapping[str, Traits], kept: Iterable[Traits] = ()) -> dict[str, str]:
    """New identity → old identity, for those of `new` that are the same as one of `gone`; none is named twice.

    `gone`: what is known of the source and was not listed again; `new`: what is listed and not known; `kept`: what is
    both, so that a trait which many have is not taken for a sign. Each rule looks only at what those before it left, and
    where a sign is that of several, nothing is decided by it.
    """
    found: dict[str, str] = {}
    if not gone or not new:
        return found
    others = tuple(kept)
    for rule in OF_EVENTS if any(traits.start for traits in new.values()) else OF_ENTRIES:
        before = _by_key(rule, gone, set(found.values()))
        after = _by_key(rule, new, set(found))
        shared = {rule.key(traits) for traits in others}
        pairs = [
            (names[0], before[key][0])
            for key, names in after.items()
            if key not in shared and len(names) == 1 and len(before.get(key, ())) == 1
        ]
        if not (rule.enough or (len(pairs) >= MOVED and 2 * len(pairs) >= len(new))):
            pairs = [(name, known) for name, known in pairs if _moved(gone[known], new[name])]
        found.update(pairs)
    return found


def _by_key(rule: Rule, things: Mapping[str, Traits], done: Collection[str]) -> dict[Key, list[str]]:
    """What is not done yet, by what the rule says of it."""
    found: dict[Key, list[str]] = {}
    for name, traits in things.items():
        key = None if name in done else rule.key(traits)
        if key is not None:
            found.setdefault(key, []).append(name)
    return found


def _moved(old: Traits, new: Traits) -> bool:
    return bool(old.link_key and new.link_key) and _host(old.link_key or "") != _host(new.link_key or "")
