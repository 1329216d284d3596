"""JSON Feed 1.0 and 1.1 (jsonfeed.org), read leniently: what has the wrong type counts as missing."""

from __future__ import annotations

from html import escape
from typing import Any

from feeds.addresses import clean_link
from feeds.errors import NotAFeed, remark
from feeds.identity import entry_id
from feeds.model import Enclosure, Entry, Feed
from feeds.parse import dates
from feeds.parse.json_document import is_object, read, text_at
from feeds.parse.text import language, legal, literal, plain_if_marked_up

MAX_ENTRIES = 1000
MAX_LISTED = 50
TOO_MANY = remark("too_many_items")

_WEBSUB = {"websub", "pubsubhubbub", ""}


def parse(body: bytes, *, url: str, content_type: str = "") -> Feed:  # noqa: ARG001 - JSON is Unicode, always
    """The feed that `body` holds. Raises NotAFeed; UnsafeDocument or TooHeavy for JSON that is too deep or too much."""
    document = read(body, url)
    items = document.get("items")
    version = document.get("version")
    known = isinstance(version, str) and "jsonfeed.org" in version
    if not isinstance(items, list) or not (known or {"title", "home_page_url", "feed_url"} & document.keys()):
        raise NotAFeed(url, "JSON, but not a JSON Feed")
    spoken = language(text_at(document, "language"))
    authors = _authors(document)
    at = url if url.lower().startswith(("http://", "https://")) else None
    link = clean_link(text_at(document, "home_page_url"), at)
    listed = [item for item in items if is_object(item)]
    return Feed(
        format="json_feed",
        parser="json_feed",
        title=plain_if_marked_up(text_at(document, "title")),
        link=link,
        description=plain_if_marked_up(text_at(document, "description")),
        language=spoken,
        hub=_hub(document.get("hubs"), at),
        topic=clean_link(text_at(document, "feed_url"), at),
        entries=tuple(_entry(item, link or at, spoken, authors) for item in listed[:MAX_ENTRIES]),
        problems=(TOO_MANY,) if len(listed) > MAX_ENTRIES else (),
    )


def _hub(given: Any, at: str | None) -> str | None:
    """The first hub that speaks WebSub, which some call by its old name and some not at all."""
    hubs = [each for each in given if is_object(each)] if isinstance(given, list) else []
    links = (clean_link(text_at(each, "url"), at) for each in hubs if text_at(each, "type").strip().lower() in _WEBSUB)
    return next(filter(None, links), None)


def _entry(item: dict[str, Any], base: str | None, spoken: str | None, authors: tuple[str, ...]) -> Entry:
    link = clean_link(text_at(item, "url") or text_at(item, "external_url"), base)
    title = plain_if_marked_up(text_at(item, "title"))
    content = legal(text_at(item, "content_html")) or _from_text(text_at(item, "content_text"))
    given = item.get("id")
    enclosures = _attachments(item, base)
    pictures = (each.url for each in enclosures if each.type.startswith("image/"))
    image = (
        clean_link(text_at(item, "image"), base)
        or clean_link(text_at(item, "banner_image"), base)
        or next(pictures, None)
    )
    return Entry(
        id=entry_id(legal(str(given)) if isinstance(given, str | int) else None, link, title, content),
        link=link,
        title=title,
        summary=_from_text(text_at(item, "summary")),
        content=content,
        authors=_authors(item) or authors,
        categories=_lines(item.get("tags")),
        published=dates.seconds(text_at(item, "date_published")),
        updated=dates.seconds(text_at(item, "date_modified")),
        language=language(text_at(item, "language")) or spoken,
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
    return _lines([text_at(each, "name") if is_object(each) else each for each in given])


def _lines(given: Any) -> tuple[str, ...]:
    texts = [literal(each) for each in given[:MAX_LISTED] if isinstance(each, str)] if isinstance(given, list) else []
    return tuple(dict.fromkeys(text for text in texts if text))


def _attachments(item: dict[str, Any], base: str | None) -> tuple[Enclosure, ...]:
    given = item.get("attachments")
    found: dict[str, Enclosure] = {}
    for each in given[:MAX_LISTED] if isinstance(given, list) else ():
        if is_object(each) and (link := clean_link(text_at(each, "url"), base)):
            size = each.get("size_in_bytes")
            octets = size if isinstance(size, int) and size > 0 else 0
            found.setdefault(link, Enclosure(link, literal(text_at(each, "mime_type")).lower(), octets))
    return tuple(found.values())
