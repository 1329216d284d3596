"""Entries and events → bytes: the formats of the combined feed, and how each is served.

To add one: a module here with `write(channel, items) -> bytes`, a pure function, and its line in FORMATS.
The calendar holds the events of a selection, the others all its items. Subscription lists of members are in opml.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from feeds.publish import ical, json_feed, rss_atom
from feeds.publish.item import Alternate, Channel, Credit, Item

__all__ = ["FORMATS", "Alternate", "Channel", "Credit", "Format", "Item"]


@dataclass(frozen=True, slots=True)
class Format:
    """`name` for people and URLs, `media_type` with charset for Content-Type, `extension` without the dot."""

    name: str
    media_type: str
    extension: str
    write: Callable[[Channel, Sequence[Item]], bytes]

    @property
    def type(self) -> str:
        """The media type alone, as links carry it."""
        return self.media_type.partition(";")[0]


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        entry.extension: entry
        for entry in (
            Format("RSS", "application/rss+xml; charset=utf-8", "rss", rss_atom.rss),
            Format("Atom", "application/atom+xml; charset=utf-8", "atom", rss_atom.atom),
            Format("JSON Feed", "application/feed+json; charset=utf-8", "json", json_feed.write),
            Format("iCalendar", "text/calendar; charset=utf-8", "ics", ical.write),
        )
    }
)
