"""Bytes → entries and events, in the format's own words.

PARSERS are tried in this order until one does not raise NotAFeed. Each is `parse(body, *, url, content_type="") ->
Feed`, pure, and raises nothing but a ReadError. Adding a format: a module with such a function, and its line here,
before the tolerant one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from feeds.model import Feed
from feeds.parse import any_feed, ical, json_feed, squarespace, xml_feed


@dataclass(frozen=True, slots=True)
class Parser:
    """One format. Bodies of more than `light` bytes may take it long, and are read in a process that can be killed."""

    name: str
    parse: Callable[..., Feed]
    light: int = 256_000


PARSERS: tuple[Parser, ...] = (
    Parser("json_feed", json_feed.parse),  # two comparisons and it knows that it isn't JSON
    Parser("squarespace", squarespace.parse),
    Parser("ical", ical.parse, light=16_000),  # a short rule can mean thousands of dates
    Parser("xml_feed", xml_feed.parse),
    # Last, because it takes nearly everything for a feed; never light, because feedparser needs seconds for some bodies.
    Parser("any_feed", any_feed.parse, light=0),
)
