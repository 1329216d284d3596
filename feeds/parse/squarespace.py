"""A Squarespace collection as JSON (`/events?format=json`): its events, or the posts of its blog.

Squarespace answers so for every page; only collections of events and blogs are taken. What is peculiar: moments in
milliseconds that end in a random number; texts escaped for HTML; events under `upcoming` and `past`, or as the `items`
of one month where the collection is shown as a calendar; and for a place that nobody entered the middle of New York.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from feeds.addresses import clean_link, host_of
from feeds.errors import NotAFeed, remark
from feeds.identity import MAX_ID, entry_id
from feeds.model import Entry, Event, Feed, Problem
from feeds.parse.json_document import is_json, object_at, objects_at, read, text_at, whole_at
from feeds.parse.text import language, legal, plain
from feeds.rfc5545 import prose
from feeds.rfc5545.zones import iana, zone_info

MAX_ITEMS = 1000
MAX_LISTED = 30
LATEST = 4_102_444_800_000
"""2100-01-01, in milliseconds."""
UNREADABLE, TOO_MANY = remark("event_unreadable"), remark("too_many_items")

_NOWHERE = (40.7207559, -74.0007613)
_NEAR = 0.0001
_IDENTIFIER = re.compile(r"[a-z0-9-]{1,63}")
_TAG = re.compile(r"<[^<>]*>")


def parse(body: bytes, *, url: str, content_type: str = "") -> Feed:  # noqa: ARG001 - JSON is Unicode, always
    """The collection that `body` holds. Raises NotAFeed, also for other pages of a Squarespace site; UnsafeDocument or
    TooHeavy for JSON that is too deep or too much.
    """
    if not is_json(body) or b'"collection"' not in body:
        raise NotAFeed(url, "not a Squarespace collection")
    document = read(body, url)
    website, collection = object_at(document, "website"), object_at(document, "collection")
    kind = text_at(collection, "typeName").partition("-")[0]
    if kind not in {"events", "blog"} or not {"upcoming", "past", "items"} & document.keys():
        raise NotAFeed(url, f"a Squarespace page, but not of events or posts ({kind})"[:100])
    at = url if url.lower().startswith(("http://", "https://")) else text_at(website, "baseUrl")
    listed = [*objects_at(document, "upcoming"), *objects_at(document, "items"), *objects_at(document, "past")]
    spoken, named = language(text_at(website, "language")), iana(text_at(website, "timeZone"))
    events, problems = _events(listed, _Site(website, at, named)) if kind == "events" else ((), ())
    return Feed(
        format="squarespace",
        parser="squarespace",
        title=plain(text_at(website, "siteTitle") or text_at(collection, "title")),
        link=clean_link(text_at(collection, "fullUrl"), at),
        description=plain(text_at(collection, "description") or text_at(website, "siteDescription")),
        language=spoken,
        generator="Squarespace",
        timezone=named,
        entries=tuple(_entry(item, at, spoken) for item in listed[:MAX_ITEMS]) if kind == "blog" else (),
        events=events,
        problems=(*problems, TOO_MANY) if len(listed) > MAX_ITEMS else problems,
    )


class _Site:
    """What all events of a site share: where links begin, the zone, and the name under which Squarespace knows the site
    whatever domain it moves to.
    """

    def __init__(self, website: dict[str, Any], at: str, named: str | None) -> None:
        self.at, self.named = at, named
        self.zone = (zone_info(named) if named else None) or UTC
        inner = host_of(text_at(website, "internalUrl"))
        known = text_at(website, "identifier")
        self.host = inner or (f"{known}.squarespace.com" if _IDENTIFIER.fullmatch(known) else host_of(at))


def _events(listed: list[dict[str, Any]], site: _Site) -> tuple[tuple[Event, ...], tuple[Problem, ...]]:
    """The events, each once, and what is wrong with some."""
    found: dict[str, Event] = {}
    unreadable = False
    for item in listed[:MAX_ITEMS]:
        event = _event(item, site)
        if event is None:
            unreadable = True
        else:
            found.setdefault(event.uid, event)
    return tuple(found.values()), (UNREADABLE,) if unreadable else ()


def _event(item: dict[str, Any], site: _Site) -> Event | None:
    start, end = _moment(item, "startDate", site), _moment(item, "endDate", site)
    if start is None:
        return None
    link = clean_link(text_at(item, "fullUrl"), site.at)
    venue, address, latitude, longitude = _place(object_at(item, "location"))
    title = plain(text_at(item, "title"))
    return Event(
        uid=f"{entry_id(text_at(item, 'id'), None, title, f'{start}{link}')}@{site.host}"[-MAX_ID:],
        title=title,
        start=start,
        end=end if end is not None and end > start else None,
        timezone=site.named if isinstance(site.zone, ZoneInfo) else None,
        venue=venue,
        address=address,
        description=_prose(item),
        link=link,
        categories=_named(item, "categories", "tags"),
        latitude=latitude,
        longitude=longitude,
        created=_seconds(item, "addedOn"),
        updated=_seconds(item, "updatedOn"),
    )


def _entry(item: dict[str, Any], at: str, spoken: str | None) -> Entry:
    link, title = clean_link(text_at(item, "fullUrl"), at), plain(text_at(item, "title"))
    content, picture = legal(text_at(item, "body")), text_at(item, "assetUrl")
    author = plain(text_at(object_at(item, "author"), "displayName"))
    return Entry(
        id=entry_id(text_at(item, "id"), link, title, content),
        link=link,
        title=title,
        summary=legal(text_at(item, "excerpt")),
        content=content,
        authors=(author,) if author else (),
        categories=_named(item, "categories", "tags"),
        published=_seconds(item, "publishOn") or _seconds(item, "addedOn"),
        updated=_seconds(item, "updatedOn"),
        language=spoken,
        image=None if urlsplit(picture).path.endswith("/") else clean_link(picture, at),  # a folder: there is none
        base=at or None,
    )


def _moment(item: dict[str, Any], key: str, site: _Site) -> datetime | None:
    seconds = _seconds(item, key)
    return None if seconds is None else datetime.fromtimestamp(seconds, site.zone)


def _seconds(item: dict[str, Any], key: str) -> int | None:
    """UTC seconds of a moment in milliseconds."""
    moment = whole_at(item, key)
    return moment // 1000 if moment is not None and 0 < moment < LATEST else None


def _place(location: dict[str, Any]) -> tuple[str, str, float | None, float | None]:
    """Venue, address, latitude and longitude; the point counts only for a place that is named."""
    venue = plain(text_at(location, "addressTitle"))
    lines = (plain(text_at(location, key)).strip(" ,") for key in ("addressLine1", "addressLine2", "addressCountry"))
    address = ", ".join(filter(None, lines))
    if not venue and not address:
        return "", "", None, None
    for kind in ("marker", "map"):
        latitude, longitude = location.get(f"{kind}Lat"), location.get(f"{kind}Lng")
        if isinstance(latitude, float) and isinstance(longitude, float) and not _is_nowhere(latitude, longitude):
            return venue, address, latitude, longitude
    return venue, address, None, None


def _is_nowhere(latitude: float, longitude: float) -> bool:
    return abs(latitude - _NOWHERE[0]) < _NEAR and abs(longitude - _NOWHERE[1]) < _NEAR


def _prose(item: dict[str, Any]) -> str:
    """The text of an event; its excerpt where the text has no words."""
    texts = (legal(text_at(item, key)[: prose.MAX_LENGTH]) for key in ("body", "excerpt"))
    return next((text for text in texts if _TAG.sub("", text).replace("&nbsp;", "").strip()), "")


def _named(item: dict[str, Any], *keys: str) -> tuple[str, ...]:
    names = (
        plain(name) for key in keys if isinstance(item.get(key), list) for name in item[key] if isinstance(name, str)
    )
    return tuple(dict.fromkeys(name for name in names if name))[:MAX_LISTED]
