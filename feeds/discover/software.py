"""What is known of the software behind a site: where a calendar says more than the feed that its pages offer. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

from feeds.addresses import events_page

_EVENTS = re.compile(r"/(?:events?|eventos?|calend[ae]r\w*|agenda|kalandriye)/?$", re.IGNORECASE)
_FEED = re.compile(r"/(?:list/)?(?:feed|rss2?|atom)/?$", re.IGNORECASE)
_FEED_QUERY = re.compile(r"(?:^|&)feed=[\w-]+", re.IGNORECASE)


def is_events_calendar(generator: str) -> bool:
    """Whether a site is run by The Events Calendar, a plugin of WordPress."""
    return "the events calendar" in generator.lower()


def calendar_instead(url: str, generator: str) -> str | None:
    """The calendar of the same events, where this feed is one of events; else None.

    The Events Calendar's RSS has the next ten events and says when only in its text, Squarespace's lists events by the
    day on which they were written.
    """
    parts = urlsplit(url)
    if "squarespace" in generator.lower() and parts.query == "format=rss" and _EVENTS.search(parts.path):
        return urlunsplit((*parts[:3], "format=json", ""))
    if "post_type=tribe_events" in parts.query.split("&"):
        query = _FEED_QUERY.sub("", parts.query).lstrip("&")
        return events_page(urlunsplit((*parts[:2], _FEED.sub("/", parts.path), f"{query}&ical=1", "")), 1)
    stem = _FEED.sub("", parts.path)
    if is_events_calendar(generator) and stem != parts.path and _EVENTS.search(stem):
        return events_page(urlunsplit((*parts[:2], f"{stem}/", "ical=1", "")), 1)
    return None
