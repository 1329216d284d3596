"""What one HTML page says of its organization, and the feeds and calendars it offers. Pure.

Adding a web site builder that its pages do not name: a line in SIGNS, and one in search.USUAL. One whose feeds of events
tell less than its calendars: a line in calendar_instead (software.py).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from feeds.addresses import calendars_of_embed, coming_events, host_of, normal_form, same_site, site_of
from feeds.discover.software import calendar_instead, is_events_calendar
from feeds.discover.tags import Tag, tags
from feeds.errors import AddressError
from feeds.model import FoundFeed, Page

MAX_HTML = 2_000_000
MAX_FOUND = 20
MAX_SECTIONS = 2
"""News pages and events pages each."""
MAX_FILES = 3
"""A folder that a page links more .ics files of holds single events, not calendars."""

FEED_TYPES = {
    *("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"),
    *("application/rss", "application/atom", "application/x.atom+xml", "application/x-atom+xml", "text/rss+xml"),
}
GENERAL_TYPES = {"application/json", "application/xml", "text/xml", ""}
"""Types that say too little: such a link counts when its address looks like a feed's."""
CALENDAR_TYPES = {"text/calendar", "text/ical", "application/ics"}

SIGNS = (
    ("/wp-content/", "WordPress"),
    ("tribe-events", "The Events Calendar"),
    ("tec-api-", "The Events Calendar"),
    ("modern-events-calendar", "Modern Events Calendar"),
    ("static1.squarespace.com", "Squarespace"),
    ("images.squarespace-cdn.com", "Squarespace"),
    ("wixstatic.com", "Wix"),
    ("editmysite.com", "Weebly"),
    ("substackcdn.com", "Substack"),
    ("assets.tumblr.com", "Tumblr"),
    ("cdn-client.medium.com", "Medium"),
)
"""What stands in pages → the software that wrote them, for pages that do not say it themselves."""

_COMMENTS = re.compile(r"\b(?:comments?|comentarios?|comentários?|kòmantè|commentaires?|kommentare?)\b", re.IGNORECASE)
_PARTIAL = re.compile(r"/(?:category|categoria|tag|tags|author|topics?)/|[?&]s=|/search/", re.IGNORECASE)
_FEED_WORD = re.compile(r"(?<![a-z])(?:json)?(?:feeds?|rss2?|atom|rdf)(?![a-z])|/index\.xml$", re.IGNORECASE)
FEED_LINK = re.compile(
    r"/(?:feed|rss|atom)/?$|/feeds?/[\w/-]+(?:\.(?:xml|rss|json))?$|\.(?:rss|rdf|atom)$"
    r"|/[\w-]*(?:feed|rss2?|atom|index)[\w-]*\.(?:xml|rdf|json)$"
    r"|[?&](?:feed=(?:rss2?|atom|rdf)|format=(?:rss|feed)|alt=rss|type=rss)(?:&|$)",
    re.IGNORECASE,
)
_FEED_HOSTS = {"feedburner.com", "feedblitz.com", "feed.press"}
CALENDAR_LINK = re.compile(r"\.ics(?:\?|$)|/ical/?$|[?&](?:(?:mec-ical-feed|ical)=1|format=ical)(?:&|$)", re.IGNORECASE)
_ONE_EVENT = re.compile(
    r"/events?/(?!(?:list|month|week|today|category|map|photo)\b)[^/?]+/?\?|/eventos?/[^/?]+/?\?", re.IGNORECASE
)
SECTIONS = (
    re.compile(r"\b(?:events?|calend[ae]r\w*|eventos?|agenda|kalandriye|evènman)\b", re.IGNORECASE),
    re.compile(
        r"\b(?:news|blog|noticias|notícias|novedades|actualidad|updates|nouvèl|actions?|comunicados)\b", re.IGNORECASE
    ),
)
_FORMAT_WORDS = {
    *("rss", "rss2", "atom", "rdf", "json", "feed", "feeds", "xml", "index", "format", "type", "alt", "default")
}
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([a-z0-9_-]+)", re.IGNORECASE)
_KNOWN_CHARSET = re.compile(
    r"utf-?8|utf-?16(?:le|be)?|us-ascii|iso-8859-\d{1,2}|latin-?1|windows-125\d|koi8-[ru]|macintosh"
    r"|gb(?:k|2312|18030)|big5|shift_jis|euc-(?:jp|kr)",
    re.IGNORECASE,
)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8})*", re.IGNORECASE)
_GENERIC_TITLE = re.compile(r"(?:home(?:\s?page)?|welcome|inicio|bienvenidos?|início|akèy)", re.IGNORECASE)


def page(body: bytes, url: str, content_type: str) -> Page:
    """What an HTML page found at `url` says of its organization, and the feeds and calendars it links to or embeds."""
    text = _decoded(body[:MAX_HTML], content_type)
    read = tuple(tags(text))
    base = next((_joined(url, tag.get("href")) for tag in read if tag.name == "base" and tag.get("href")), url) or url
    anchors = [(_joined(base, tag.get("href")), tag.text) for tag in read if tag.name == "a" and tag.get("href")]
    metas = _metas(read)
    found = (*_alternates(read, base), *_embedded(read, base), *_linked(anchors, url))
    generator = _generator(metas, text)
    return Page(
        url=url,
        title=(metas.get("og:site_name") or _title(read))[:200],
        description=(metas.get("description") or metas.get("og:description", ""))[:1000],
        language=_language(read, metas),
        feeds=ranked(_best(one, generator) for one in found),
        generator=generator,
        sections=_sections(anchors, url),
    )


def _alternates(read: Iterable[Tag], base: str) -> Iterator[FoundFeed]:
    """What a page declares in its head (https://html.spec.whatwg.org/#rel-alternate)."""
    for tag in read:
        relations = tag.get("rel").lower().split() if tag.name == "link" and tag.get("href") else ()
        if not {"alternate", "feed"}.intersection(relations) or "stylesheet" in relations:
            continue
        kind = tag.get("type").lower().partition(";")[0].strip()
        href = _joined(base, tag.get("href"))
        is_calendar = kind in CALENDAR_TYPES or href.startswith("webcal")
        if is_calendar or kind in FEED_TYPES or (kind in GENERAL_TYPES and _FEED_WORD.search(_after_host(href))):
            yield from _found(href, base, tag.get("title"), is_calendar, "link rel=alternate")


def _embedded(read: Iterable[Tag], base: str) -> Iterator[FoundFeed]:
    for tag in read:
        if tag.name == "iframe":
            for calendar in calendars_of_embed(_joined(base, tag.get("src") or tag.get("data-src"))):
                yield from _found(calendar, base, tag.get("title"), True, "embedded calendar")


def _linked(anchors: Sequence[tuple[str, str]], base: str) -> Iterator[FoundFeed]:
    """Feeds and calendars among a page's ordinary links; no single events, no feeds of other sites."""
    folders = Counter(href.rpartition("/")[0] for href, _ in anchors if urlsplit(href).path.endswith(".ics"))
    for href, text in anchors:
        calendars = calendars_of_embed(href) if "/calendar" in href else ()
        for calendar in calendars:
            yield from _found(calendar, base, text, True, "link")
        if calendars:
            continue
        if href.startswith("webcal"):
            yield from _found(href, base, text, True, "link")
        elif CALENDAR_LINK.search(href):
            if folders[href.rpartition("/")[0]] <= MAX_FILES and not _ONE_EVENT.search(href):
                yield from _found(href, base, text, True, "link")
        elif href.startswith("feed:") or (FEED_LINK.search(_after_host(href)) and _is_near(href, base)):
            yield from _found(href, base, text, False, "link")


def _is_near(href: str, base: str) -> bool:
    return same_site(href, base) or site_of(host_of(href)) in _FEED_HOSTS


def _found(href: str, base: str, title: str, is_calendar: bool, how: str) -> Iterator[FoundFeed]:
    if href.startswith("webcal://") and base.startswith("http://") and urlsplit(href).netloc == urlsplit(base).netloc:
        href = "http" + href.removeprefix("webcal")  # a site without TLS has none for its calendar either
    with suppress(AddressError):
        yield FoundFeed(normal_form(href), _plain(title)[:200], "calendar" if is_calendar else "feed", how)


def _best(found: FoundFeed, generator: str) -> FoundFeed:
    """What is to be read where this is offered: of a feed of events the calendar of the same events, which has the
    dates as data, and all of them; of an export all that is coming.
    """
    if found.kind == "calendar":
        return replace(found, url=coming_events(found.url, surely=is_events_calendar(generator)))
    calendar = calendar_instead(found.url, generator)
    return found if calendar is None else replace(found, url=calendar, kind="calendar")


def ranked(found: Iterable[FoundFeed]) -> tuple[FoundFeed, ...]:
    """Feeds before calendars, the whole before parts; no comments, nothing twice, and no feed that is only linked to
    where others are declared (`/wiki/RSS` is an article).
    """
    sure = [one for one in found if not _COMMENTS.search(f"{one.title} {urlsplit(one.url).path}")]
    if any(one.kind == "feed" and one.how != "link" for one in sure):
        sure = [one for one in sure if one.kind == "calendar" or one.how != "link"]
    order = sorted(sure, key=lambda one: (one.kind == "calendar", one.how == "link", bool(_PARTIAL.search(one.url))))
    kept = {_sameness(one): one for one in reversed(order)}
    return tuple(one for one in order if kept[_sameness(one)] is one)[:MAX_FOUND]


def _sameness(one: FoundFeed) -> tuple[str, ...]:
    """Equal for the RSS, Atom and JSON forms of one feed, which differ in words that name a format."""
    if one.kind == "calendar":
        return (one.url,)
    words = re.split(r"[^a-z0-9]+", _after_host(one.url).lower())
    return (host_of(one.url), *(word for word in words if word and word not in _FORMAT_WORDS))


def _sections(anchors: Iterable[tuple[str, str]], url: str) -> tuple[str, ...]:
    kinds: tuple[dict[str, None], ...] = ({}, {})
    for href, text in anchors:
        path = urlsplit(href).path.rstrip("/") if href.startswith("http") else ""
        if not path or path.count("/") > 2 or "." in path or not same_site(href, url):  # noqa: PLR2004
            continue
        said = path.rpartition("/")[2].replace("-", " ") + " " + text[:40]
        for kind, pattern in zip(kinds, SECTIONS, strict=True):
            if len(kind) < MAX_SECTIONS and pattern.search(said):
                with suppress(AddressError):
                    kind[normal_form(href)] = None
                break
    return tuple(section for kind in kinds for section in kind if section != url)


def _metas(read: Iterable[Tag]) -> dict[str, str]:
    """Name → content, the first of each name; all generators."""
    metas: dict[str, str] = {}
    for tag in read:
        if tag.name != "meta" or not tag.get("content"):
            continue
        name = (tag.get("name") or tag.get("property") or tag.get("http-equiv")).lower()
        content = _plain(tag.get("content"))
        if name == "generator" and name in metas:
            content = f"{metas.pop(name)}; {content}"[:200]
        metas.setdefault(name, content)
    return metas


def _generator(metas: dict[str, str], text: str) -> str:
    said = metas.get("generator", "")
    signs = dict.fromkeys(name for sign, name in SIGNS if sign in text and name.lower() not in said.lower())
    return "; ".join(part for part in (said, *signs) if part)[:200]


def _title(read: Iterable[Tag]) -> str:
    """The page's title without what every home page says of itself ("Home | Casa Unida")."""
    said = next((tag.text for tag in read if tag.name == "title"), "")
    parts = re.split(r"\s+[|–—·•»:-]\s+", said)
    return " – ".join(part for part in parts if not _GENERIC_TITLE.fullmatch(part))


def _language(read: Iterable[Tag], metas: dict[str, str]) -> str | None:
    root = next((tag.get("lang") for tag in read if tag.name == "html"), "")
    for said in (root, metas.get("content-language", ""), metas.get("og:locale", "")):
        found = _LANGUAGE.match(said.strip().replace("_", "-"))
        if found:
            return found.group()
    return None


def _decoded(body: bytes, content_type: str) -> str:
    """HTML as text: by byte order mark, header or meta element, else UTF-8 if it is that, else windows-1252."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        return body.decode("utf-16", "replace")
    for declared in (content_type.encode("ascii", "ignore"), body[:2048]):
        found = _CHARSET.search(declared)
        # Only charsets of web pages: Python knows others, some of which take quadratic time.
        if found and _KNOWN_CHARSET.fullmatch(found[1].decode("ascii")):
            with suppress(LookupError):
                return body.decode(found[1].decode("ascii"), "replace")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("windows-1252", "replace")


def _joined(base: str, href: str) -> str:
    """`href` made absolute; empty when it is no address."""
    try:
        return urljoin(base, href.strip())
    except ValueError:
        return ""


def _after_host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _plain(text: str) -> str:
    return " ".join(text.split())
