"""The root element of an RSS or Atom document → Feed.

The containers (`rss`, `channel`, `RDF`, `feed`, `items`) are walked whatever their order; what stands beside the items
is the feed's own. Used by the strict reader and, after repair, by the tolerant one.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Literal

from feeds.addresses import clean_link
from feeds.errors import HtmlPage, NotAFeed, remark
from feeds.model import Entry, Feed, Format, Problem
from feeds.parse import renewal
from feeds.parse.text import language, literal
from feeds.parse.xml_draft import Element, added, resolve
from feeds.parse.xml_entry import Inherited, read
from feeds.parse.xml_names import RDF_RESOURCE, XML_BASE, XML_LANG, name
from feeds.parse.xml_text import line, person, texts

MAX_ENTRIES = 1000
MAX_GENERATOR = 200
TOO_MANY = remark("too_many_items")

_ROOTS = {"rss", "feed"}
_PARTS = {"rdf:rdf", "channel"}  # of a feed, but also of documents that are none
_CONTAINERS = {"channel", "items", "rss", "feed"}
_OWN_PARTS = {"image", "textinput", "cloud", "author", "contributor"}
_MAX_DEPTH = 5


class Draft:
    """A feed while its elements are being read."""

    base: str | None = None
    title: str = ""
    link: str | None = None
    other_link: str | None = None
    description: str = ""
    language: str | None = None
    ttl: str = ""
    period: str = ""
    frequency: str = ""
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()
    hub: str | None = None
    topic: str | None = None
    generator: str = ""
    authors: tuple[str, ...] = ()

    def __init__(self) -> None:
        self.items: list[Element] = []


Handler = Callable[[Draft, Element], None]


def feed(top: Element, url: str, parser: str, problems: tuple[Problem, ...] = ()) -> Feed:
    """Read the document. Raises NotAFeed, or HtmlPage when its root is that of a web page."""
    called = name(top.tag, top.prefix)
    if called in {"html", "xhtml:html"}:
        raise HtmlPage(url)
    draft = Draft()
    draft.base = resolve(url if url.lower().startswith(("http://", "https://")) else None, top.get(XML_BASE))
    draft.language = top.get(XML_LANG)
    if called == "channel":
        draft.link = top.get("HREF")
    if called == "entry":
        draft.items.append(top)
    else:
        _walk(draft, top, 0)
    if not draft.items and called not in _ROOTS and not (called in _PARTS and (draft.title or draft.link)):
        raise NotAFeed(url, f"the root element is {top.tag}"[:200])
    link = draft.link or draft.other_link
    is_atom = called in {"feed", "entry"}
    spoken = language(draft.language)
    base = draft.base if is_atom else resolve(draft.base, link)
    entries, more = _entries(draft.items, Inherited(base, spoken, draft.authors if is_atom else (), is_atom))
    return Feed(
        format=_format(is_atom=is_atom),
        parser=parser,
        title=draft.title,
        link=clean_link(link, draft.base),
        description=draft.description,
        language=spoken,
        ttl=renewal.ttl(draft.ttl, draft.period, draft.frequency),
        skip_hours=draft.skip_hours,
        skip_days=draft.skip_days,
        hub=draft.hub,
        topic=draft.topic,
        generator=draft.generator,
        entries=entries,
        problems=(*problems, TOO_MANY) if more else problems,
    )


def _format(*, is_atom: bool) -> Format:
    return "atom" if is_atom else "rss"


def _walk(draft: Draft, parent: Element, depth: int) -> None:
    items = draft.items
    for element in parent:
        tag = element.tag
        if tag in _ITEM_TAGS:
            if len(items) <= MAX_ENTRIES:
                items.append(element)
            continue
        handler = _BY_TAG.get(tag)
        if handler is not None:
            handler(draft, element)
        elif isinstance(tag, str):
            _walk_unusual(draft, element, depth)


def _walk_unusual(draft: Draft, element: Element, depth: int) -> None:
    called = name(element.tag, element.prefix)
    if called in {"item", "entry"}:
        if len(draft.items) <= MAX_ENTRIES:
            draft.items.append(element)
    elif called in _CONTAINERS and depth < _MAX_DEPTH:
        draft.base = resolve(draft.base, element.get(XML_BASE))
        draft.language = element.get(XML_LANG) or draft.language
        _walk(draft, element, depth + 1)
    elif (handler := _HANDLERS.get(called)) is not None:
        handler(draft, element)
    elif ":" not in called and len(element) and called not in _OWN_PARTS:
        draft.items.extend(islice(element.iter("{*}item", "{*}entry"), MAX_ENTRIES))


def _entries(items: list[Element], inherited: Inherited) -> tuple[tuple[Entry, ...], bool]:
    """The entries, and whether there are more than are read."""
    entries: list[Entry] = []
    waiting = items[MAX_ENTRIES - 1 :: -1]
    while waiting and len(entries) < MAX_ENTRIES:
        entry, nested = read(waiting.pop(), inherited)
        entries.append(entry)
        waiting.extend(reversed(nested))
    return tuple(entries), bool(waiting) or len(items) > MAX_ENTRIES


def _text(field: Literal["ttl", "period", "frequency", "language"]) -> Handler:
    def handle(draft: Draft, element: Element) -> None:
        text = (element.text or "").strip()[:40]
        if text:
            setattr(draft, field, text)

    return handle


def _title(draft: Draft, element: Element) -> None:
    draft.title = draft.title or line(element)


def _description(draft: Draft, element: Element) -> None:
    draft.description = draft.description or line(element)


def _link(draft: Draft, element: Element) -> None:
    href = element.get("href")
    if href is None:
        draft.link = draft.link or (element.text or element.get(RDF_RESOURCE) or "").strip() or None
        return
    href = clean_link(href, resolve(draft.base, element.get(XML_BASE)))
    rel = (element.get("rel") or "alternate").strip().lower().rpartition("/")[2]
    if rel == "hub":
        draft.hub = draft.hub or href
    elif rel == "self":
        draft.topic = draft.topic or href
    elif rel == "alternate":
        if "html" in (element.get("type") or "html"):
            draft.link = draft.link or href
        else:
            draft.other_link = draft.other_link or href


def _id(draft: Draft, element: Element) -> None:
    """Atom's id of a feed without a link is often the address of its page."""
    text = element.text or ""
    if draft.other_link is None and text.lstrip().startswith(("http://", "https://")):
        draft.other_link = clean_link(text)


def _author(draft: Draft, element: Element) -> None:
    draft.authors = added(draft.authors, person(element))


def _generator(draft: Draft, element: Element) -> None:
    """The name; without one the address (RFC 4287, 4.2.4; RSS 1.0's `admin:generatorAgent`)."""
    found = literal(element.text) or literal(element.get("uri") or element.get(RDF_RESOURCE))
    draft.generator = draft.generator or found[:MAX_GENERATOR]


def _skip_hours(draft: Draft, element: Element) -> None:
    draft.skip_hours = renewal.hours(texts(element))


def _skip_days(draft: Draft, element: Element) -> None:
    draft.skip_days = renewal.days(texts(element))


_HANDLERS: dict[str, Handler] = {
    "title": _title, "dc:title": _title,
    "description": _description, "subtitle": _description, "tagline": _description, "dc:description": _description,
    "itunes:summary": _description, "abstract": _description,
    "link": _link, "id": _id, "author": _author, "dc:creator": _author,
    "language": _text("language"), "dc:language": _text("language"),
    "ttl": _text("ttl"), "sy:updateperiod": _text("period"), "sy:updatefrequency": _text("frequency"),
    "skiphours": _skip_hours, "skipdays": _skip_days, "generator": _generator, "admin:generatoragent": _generator,
}  # fmt: skip
_ITEM_TAGS = {"item", "{http://www.w3.org/2005/Atom}entry", "{http://purl.org/rss/1.0/}item"}
_BY_TAG = {
    namespace + called: handler
    for called, handler in _HANDLERS.items()
    if ":" not in called
    for namespace in ("", "{http://www.w3.org/2005/Atom}")
}
