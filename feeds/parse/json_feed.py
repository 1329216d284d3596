"""JSON Feed 1.0 and 1.1 (jsonfeed.org), read leniently: what has the wrong type counts as missing."""

from __future__ import annotations

import json
from html import escape
from typing import Any, TypeGuard

from feeds.addresses import clean_link
from feeds.errors import NotAFeed, TooHeavy, UnsafeDocument, remark
from feeds.identity import entry_id
from feeds.model import Enclosure, Entry, Feed
from feeds.parse import dates
from feeds.parse.text import language, legal, literal, plain_if_marked_up

MAX_ENTRIES = 1000
MAX_LISTED = 50
MAX_VALUES = 400_000
"""Values of one document; each takes up to 240 bytes of memory."""
TOO_MANY = remark("too_many_items")

_MAX_DIGITS = 18


def parse(body: bytes, *, url: str, content_type: str = "") -> Feed:  # noqa: ARG001 - JSON is Unicode, always
    """The feed that `body` holds. Raises NotAFeed; UnsafeDocument or TooHeavy for JSON that is too deep or too much."""
    document = _document(body, url)
    items = document.get("items")
    version = document.get("version")
    known = isinstance(version, str) and "jsonfeed.org" in version
    if not isinstance(items, list) or not (known or {"title", "home_page_url", "feed_url"} & document.keys()):
        raise NotAFeed(url, "JSON, but not a JSON Feed")
    spoken = language(_text(document, "language"))
    authors = _authors(document)
    at = url if url.lower().startswith(("http://", "https://")) else None
    link = clean_link(_text(document, "home_page_url"), at)
    hubs = document.get("hubs")
    hub = next((_text(each, "url") for each in hubs if _is_object(each)), "") if isinstance(hubs, list) else ""
    read = [item for item in items if _is_object(item)]
    return Feed(
        format="json_feed",
        parser="json_feed",
        title=plain_if_marked_up(_text(document, "title")),
        link=link,
        description=plain_if_marked_up(_text(document, "description")),
        language=spoken,
        hub=clean_link(hub, at),
        entries=tuple(_entry(item, link or at, spoken, authors) for item in read[:MAX_ENTRIES]),
        problems=(TOO_MANY,) if len(read) > MAX_ENTRIES else (),
    )


def _document(body: bytes, url: str) -> dict[str, Any]:
    if not body[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"{"):
        raise NotAFeed(url, "not a JSON object")
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_VALUES:
        raise TooHeavy(url, "too many values")
    try:
        text = body.decode(json.detect_encoding(body), "replace")
        document = json.loads(text, parse_int=_number, parse_float=_number, parse_constant=_number, strict=False)
    except RecursionError as error:
        raise UnsafeDocument(url, "JSON that is too deep") from error
    except ValueError as error:
        raise NotAFeed(url, str(error)) from error
    if not _is_object(document):
        raise NotAFeed(url, "not a JSON object")
    return document


def _number(digits: str) -> int | None:
    """Whole numbers of a sensible length; nothing else is asked for (and 5,000 digits would raise)."""
    return int(digits) if digits.isdigit() and len(digits) <= _MAX_DIGITS else None


def _entry(item: dict[str, Any], base: str | None, spoken: str | None, authors: tuple[str, ...]) -> Entry:
    link = clean_link(_text(item, "url") or _text(item, "external_url"), base)
    title = plain_if_marked_up(_text(item, "title"))
    content = legal(_text(item, "content_html")) or _from_text(_text(item, "content_text"))
    given = item.get("id")
    enclosures = _attachments(item, base)
    pictures = (each.url for each in enclosures if each.type.startswith("image/"))
    image = (
        clean_link(_text(item, "image"), base) or clean_link(_text(item, "banner_image"), base) or next(pictures, None)
    )
    return Entry(
        id=entry_id(legal(str(given)) if isinstance(given, str | int) else None, link, title, content),
        link=link,
        title=title,
        summary=_from_text(_text(item, "summary")),
        content=content,
        authors=_authors(item) or authors,
        categories=_lines(item.get("tags")),
        published=dates.seconds(_text(item, "date_published")),
        updated=dates.seconds(_text(item, "date_modified")),
        language=language(_text(item, "language")) or spoken,
        enclosures=enclosures,
        image=image,
        base=base,
    )


def _from_text(text: str) -> str:
    return escape(legal(text).strip(), quote=False).replace("\n", "<br>\n")


def _authors(holder: dict[str, Any]) -> tuple[str, ...]:
    """`authors` of version 1.1, `author` of 1.0."""
    listed = holder.get("authors")
    given = listed if isinstance(listed, list) else [holder.get("author")]
    return _lines([_text(each, "name") if _is_object(each) else each for each in given])


def _lines(given: Any) -> tuple[str, ...]:
    texts = [literal(each) for each in given[:MAX_LISTED] if isinstance(each, str)] if isinstance(given, list) else []
    return tuple(dict.fromkeys(text for text in texts if text))


def _attachments(item: dict[str, Any], base: str | None) -> tuple[Enclosure, ...]:
    given = item.get("attachments")
    found: dict[str, Enclosure] = {}
    for each in given[:MAX_LISTED] if isinstance(given, list) else ():
        if _is_object(each) and (link := clean_link(_text(each, "url"), base)):
            size = each.get("size_in_bytes")
            octets = size if isinstance(size, int) and size > 0 else 0
            found.setdefault(link, Enclosure(link, literal(_text(each, "mime_type")).lower(), octets))
    return tuple(found.values())


def _is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def _text(holder: dict[str, Any], key: str) -> str:
    value = holder.get(key)
    return value if isinstance(value, str) else ""
