"""A channel as JSON Feed 1.1 (https://jsonfeed.org/version/1.1).

Every item has the extension object `_vecinos`: `about` (the page that explains it), `url` (the item's page on our
site), `credits` (who brought it: `name`, `url`, `feed_url`, `link`), and for an event `start`, `end` (RFC 3339, or a
date when it lasts whole days; the end is exclusive, as in RFC 5545), `all_day`, `timezone` (IANA), `venue`, `address`,
`latitude`, `longitude`, `status` ("confirmed", "tentative" or "cancelled") and `rrule` (RFC 5545, without its name).
What is not known is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from feeds.model import Enclosure, Event
from feeds.publish import legal
from feeds.publish.item import Channel, Credit, Item

VERSION = "https://jsonfeed.org/version/1.1"


def write(channel: Channel, items: Sequence[Item]) -> bytes:
    """JSON Feed in UTF-8. The same input gives the same bytes."""
    feed = {
        "version": VERSION,
        "title": legal.name(channel.title, channel.url),
        "home_page_url": legal.address(channel.url),
        "feed_url": legal.address(channel.self_url),
        "description": legal.line(channel.description),
        "next_url": channel.next_url and legal.address(channel.next_url),
        "icon": channel.icon and legal.address(channel.icon),
        "language": legal.language(channel.language),
        "hubs": [{"type": "WebSub", "url": legal.address(channel.hub)}] if channel.hub else None,
    }
    shown = [_item(item, channel) for item in items]
    return json.dumps(_known(feed) | {"items": shown}, ensure_ascii=False, separators=(",", ":")).encode()


def _item(item: Item, channel: Channel) -> dict[str, Any]:
    summary, heading = legal.text(item.summary).strip(), legal.title(item, channel)
    uris = {credit.name: legal.address(credit.url) for credit in item.credits}
    names = item.authors or tuple(uris)
    said = {
        "id": item.id,
        "url": legal.address(item.link or item.url),
        "title": heading,
        "content_html": legal.text(item.content).strip() or f"<p>{escape(summary or heading)}</p>",
        "summary": summary,
        "image": item.image and legal.address(item.image),
        "date_published": legal.rfc3339(item.published),
        "date_modified": legal.rfc3339(item.updated),
        "authors": [_known({"name": legal.line(name), "url": uris.get(name)}) for name in dict.fromkeys(names) if name],
        "tags": list(dict.fromkeys(filter(None, map(legal.line, item.categories)))),
        "language": legal.language(item.language),
        "attachments": [_attachment(file) for file in item.enclosures],
        "_vecinos": _extension(item, channel),
    }
    return _known(said)


def _attachment(file: Enclosure) -> dict[str, Any]:
    size = file.length if file.length > 0 else None
    return _known({"url": legal.address(file.url), "mime_type": legal.media_type(file), "size_in_bytes": size})


def _extension(item: Item, channel: Channel) -> dict[str, Any]:
    said = {
        "about": legal.address(channel.about_url or channel.url),
        "url": legal.address(item.url),
        "credits": [_credit(credit) for credit in item.credits],
    }
    return _known(said) | (_event(item.event) if item.event else {})


def _credit(credit: Credit) -> dict[str, Any]:
    said = {
        "name": legal.name(credit.name, credit.url),
        "url": legal.address(credit.url),
        "feed_url": legal.address(credit.feed_url),
        "link": credit.link and legal.address(credit.link),
    }
    return _known(said)


def _event(event: Event) -> dict[str, Any]:
    said = {
        "start": legal.moment(event.start),
        "end": legal.moment(event.end) if event.end is not None else None,
        "all_day": event.all_day,
        "timezone": legal.line(event.timezone or ""),
        "venue": legal.line(event.venue),
        "address": legal.line(event.address),
        "latitude": event.latitude,
        "longitude": event.longitude,
        "status": event.status,
        "rrule": legal.line(event.rrule or ""),
    }
    return _known(said)


def _known(said: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in said.items() if value not in (None, "", [])}
