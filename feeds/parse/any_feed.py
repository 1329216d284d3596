"""Whatever else can be read as RSS or Atom: tolerant, slow, last.

What a strict parser refuses is repaired as text first and read by the same reader as well-formed feeds, which keeps
identities the same and takes milliseconds. Only what resists goes to feedparser, which takes thirty times as long, and
quadratic time for some input: the repaired text is given to it, shorter than 2 MB and without what it stumbles over.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from html import escape
from typing import Any, TypeAlias

from feeds.addresses import clean_link
from feeds.errors import EmptyBody, HtmlPage, NotAFeed, TooHeavy, remark
from feeds.identity import entry_id
from feeds.model import Enclosure, Entry, Feed
from feeds.parse import dates, encoding, renewal, repair, xml_document, xml_tree
from feeds.parse.event_fields import added, is_event_data
from feeds.parse.text import language, legal, literal, plain

Found: TypeAlias = dict[str, Any]

MAX_FEEDPARSER = 2_000_000
NOT_WELL_FORMED = remark("not_well_formed")

# An author of 16 KB takes feedparser 2 s (kurtmckee/feedparser#580), 8,000 attributes of one element 1 s.
_LONG_PERSON = re.compile(
    r"(<(?:[\w-]+:)?(?:author|creator|contributor|managingEditor|webMaster|publisher|owner|name|email)[^<>]{0,200}>"
    r"(?:<!\[CDATA\[)?[^<\]]{100})[^<\]]+",
    re.IGNORECASE,
)
_LONG_TAG = re.compile(r"<[^<>!][^<>]{20000,}>?")
_MAX_TAGS = 25_000  # 40 µs each
MAX_LISTED = 50


def parse(body: bytes, *, url: str, content_type: str = "") -> Feed:
    """The feed that can be made out in `body`. Raises NotAFeed, HtmlPage, EmptyBody, UnsafeDocument or TooHeavy."""
    body = encoding.unpacked(body)
    xml_document.check_size(body, url)
    text = encoding.decoded(body, content_type).lstrip("\ufeff \t\r\n\0")
    if not text:
        raise EmptyBody(url)
    if repair.is_html_page(text):
        raise HtmlPage(url)
    mended = repair.repaired(text, url)
    if mended is None:
        raise NotAFeed(url, "no element of a feed in it")
    feed = _read_mended(mended, url)
    if feed is None:
        feed = _read_by_feedparser(mended, url)
    return feed


def _read_mended(mended: str, url: str) -> Feed | None:
    """The feed in repaired text, by the strict reader; None when it still isn't well formed."""
    attempts: tuple[Callable[[str], str | None], ...] = (
        str,
        repair.completed,
        repair.with_html_escaped,
    )
    for attempt in attempts:
        text = attempt(mended)
        if text is None:
            continue
        try:
            top = xml_document.root(text.encode("utf-8", "ignore"), url)
        except NotAFeed:
            continue
        return xml_tree.feed(top, url, "any_feed", (NOT_WELL_FORMED,))
    return None


def _read_by_feedparser(mended: str, url: str) -> Feed:
    if len(mended) > MAX_FEEDPARSER or mended.count("<") > _MAX_TAGS:
        raise TooHeavy(url, f"{len(mended)} characters that are not well formed")
    mended = _LONG_PERSON.sub(r"\1", _LONG_TAG.sub("", mended))
    try:
        import feedparser  # noqa: PLC0415 - slow to import, and one feed in a thousand needs it

        found = feedparser.parse(
            io.BytesIO(mended.encode("utf-8", "ignore")), sanitize_html=False, resolve_relative_uris=False
        )
    except (MemoryError, RecursionError) as error:
        raise TooHeavy(url, type(error).__name__) from error
    except Exception as error:  # it raises whatever its string handling meets
        raise NotAFeed(url, f"{type(error).__name__}: {error}"[:200]) from error
    about: Found = found["feed"]
    if not found["entries"] and not (found.get("version") and about):
        raise NotAFeed(url, str(found.get("bozo_exception", "")))
    is_atom = str(found.get("version", "")).startswith("atom")
    at = url if url.lower().startswith(("http://", "https://")) else None
    link = clean_link(_text(about, "link"), at)
    base = at if is_atom else link or at
    spoken = language(_text(about, "language"))
    entries = found["entries"][: xml_tree.MAX_ENTRIES]
    return Feed(
        format="atom" if is_atom else "rss",
        parser="any_feed",
        title=plain(_text(about, "title")),
        link=link,
        description=plain(_text(about, "subtitle")),
        language=spoken,
        ttl=renewal.ttl(_text(about, "ttl"), _text(about, "sy_updateperiod"), _text(about, "sy_updatefrequency")),
        skip_hours=renewal.hours(repair.listed(mended, "skipHours", "hour")),
        skip_days=renewal.days(repair.listed(mended, "skipDays", "day")),
        hub=_related(about, "hub", at),
        topic=_related(about, "self", at),
        generator=_generator(about),
        entries=tuple(_entry(each, base, spoken, is_atom=is_atom) for each in entries),
        problems=(NOT_WELL_FORMED, *((xml_tree.TOO_MANY,) if len(found["entries"]) > len(entries) else ())),
    )


def _entry(found: Found, base: str | None, spoken: str | None, *, is_atom: bool) -> Entry:
    title = plain(_text(found, "title"))
    summary, content = _html(found, "summary", is_atom=is_atom), ""
    for part in _listed(found, "content"):
        if not content or "html" in _text(part, "type"):
            content = legal(_text(part, "value")) or content
    published = dates.seconds(_text(found, "published"))
    updated = dates.seconds(_text(found, "updated"))
    if published is None and not is_atom:  # RSS has no word for "updated"; dc:date comes as one
        published, updated = updated, None
    if published is None:
        published = dates.seconds(_text(found, "created"))
    href = _text(found, "link")
    if dict.get(found, "guidislink") and not href.startswith("http"):
        href = ""
    link = clean_link(href, base)
    attached = [each for each in _listed(found, "links") if each.get("rel") == "enclosure"][:MAX_LISTED]
    enclosures = tuple(filter(None, (_enclosure(each, base) for each in attached)))
    return Entry(
        id=entry_id(legal(_text(found, "id")), link, title, content or summary),
        link=link,
        title=title,
        summary=summary,
        content=content,
        authors=_names(_listed(found, "authors"), "name") or _names([found], "author"),
        categories=_names(_listed(found, "tags"), "label", "term"),
        published=published,
        updated=updated,
        language=spoken,
        enclosures=enclosures,
        image=_image(found, enclosures, base),
        fields=_fields(found),
        base=base,
    )


def _related(about: Found, relation: str, at: str | None) -> str | None:
    """The first web address of a feed's link with this relation."""
    related = (_text(each, "href") for each in _listed(about, "links") if _text(each, "rel").lower() == relation)
    return next(filter(None, (clean_link(href, at) for href in related)), None)


def _generator(about: Found) -> str:
    """Its name, else its address, which feedparser keeps beside the name or under the name of RSS 1.0's element."""
    agents = [dict.get(about, "generator_detail"), dict.get(about, "admin_generatoragent")]
    places = [_text(agent, key) for agent in agents if isinstance(agent, dict) for key in ("href", "rdf:resource")]
    return literal(next(filter(None, (_text(about, "generator"), *places)), ""))[: xml_tree.MAX_GENERATOR]


def _text(found: Found, key: str) -> str:
    """A text of feedparser's; without the guesses of its own `get`, which warns when it makes one."""
    value = dict.get(found, key)
    return value if isinstance(value, str) else ""


def _listed(found: Found, key: str) -> list[Found]:
    """What feedparser lists; it keeps unknown elements under their own names, so anything may be in any place."""
    value = dict.get(found, key)
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _html(found: Found, key: str, *, is_atom: bool) -> str:
    value = legal(_text(found, key))
    detail = dict.get(found, f"{key}_detail")
    is_text = is_atom and isinstance(detail, dict) and detail.get("type") == "text/plain"
    return escape(value, quote=False) if is_text else value


def _names(listed: list[Found], *keys: str) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for each in listed:
        text = plain(next(filter(None, (_text(each, key) for key in keys)), ""))
        if text and len(names) < MAX_LISTED:
            names[text] = None
    return tuple(names)


def _enclosure(found: Found, base: str | None) -> Enclosure | None:
    link = clean_link(_text(found, "href"), base)
    size = _text(found, "length").strip()
    octets = int(size) if size.isascii() and size.isdigit() and len(size) < 15 else 0  # noqa: PLR2004 - no file is larger
    return Enclosure(link, literal(_text(found, "type")).lower(), octets) if link else None


def _image(found: Found, enclosures: tuple[Enclosure, ...], base: str | None) -> str | None:
    thumbnails = [_text(each, "url") for each in _listed(found, "media_thumbnail")]
    image = dict.get(found, "image")
    named = _text(image, "href") if isinstance(image, dict) else ""
    pictures = [each.url for each in enclosures if each.type.startswith("image/")]
    return next(filter(None, (clean_link(each, base) for each in [*thumbnails, named, *pictures])), None)


def _fields(found: Found) -> tuple[tuple[str, str], ...]:
    fields: tuple[tuple[str, str], ...] = ()
    for key in found:
        name = key.replace("_", ":", 1)
        if is_event_data(name):
            fields = added(fields, name, _text(found, key))
    return fields
