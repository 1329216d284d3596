"""A request to an organization's site → the answer, as its platform gives it. No clock, no files, no network."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from email.utils import format_datetime, parsedate_to_datetime
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import NamedTuple
from urllib.parse import parse_qs

from network.demo import calendars, feed_formats, pages
from network.demo.coalition import Organization
from network.demo.markup import LINK
from network.demo.pictures import icon, picture
from network.demo.platforms import GOOGLE_ICS, HIDDEN_FEED, WARNINGS
from network.demo.program import archive, occasions
from network.demo.site import WORDPRESS, Site, picture_path, post_path

HTML, RSS, ICS, PNG = (
    "text/html; charset=utf-8",
    "application/rss+xml; charset=UTF-8",
    "text/calendar; charset=utf-8",
    "image/png",
)
EVENT_PATH = re.compile(r"/event/([a-z-]+)/(\d{4}-\d\d-\d\d)/")
MAX_PATH = 200
"""Characters of a path or query beyond which nothing of ours stands."""


class Answer(NamedTuple):
    """What goes back: the status, the headers, the body."""

    status: int
    headers: dict[str, str]
    body: bytes


class Document(NamedTuple):
    """A body and what it is. `lasting` documents carry validators and may be asked for conditionally."""

    type: str
    body: bytes
    status: int = 200
    lasting: bool = True
    location: str = ""


def answer(
    organization: Organization,
    path: str,
    query: str,
    headers: Mapping[str, str],
    *,
    base_url: str,
    today: date,
    neighbours: Mapping[str, str] | None = None,
) -> Answer:
    """The answer to GET `path`?`query` on this day.

    `path` is as it stands in the request, without its query; header names are lower case. `base_url` is the site's own
    address, without a slash at its end; `neighbours` has the addresses of the other sites, by slug.
    """
    site = Site(organization, base_url, today, neighbours or {})
    document = _document(site, path, query) if len(path) <= MAX_PATH else None
    return _validated(document or _not_found(site), headers, today)


def _document(site: Site, path: str, query: str) -> Document | None:
    asked = {name: values[-1] for name, values in parse_qs(query[:MAX_PATH], keep_blank_values=True).items()}
    for find in (_feed, _page, _post, _event, _decoration):
        if found := find(site, path, asked):
            return found
    return None


def _feed(site: Site, path: str, asked: Mapping[str, str]) -> Document | None:
    """A feed or calendar, where this platform has it."""
    flavour = site.organization.flavour
    if flavour in WORDPRESS:
        return _wordpress_feed(site, path, asked)
    if flavour == "squarespace":
        kind = (path.rstrip("/"), asked.get("format"))
        if kind == ("/blog", "rss"):
            return _text(RSS, feed_formats.squarespace(site))
        return Document(ICS, calendars.squarespace(site)) if kind == ("/events", "ical") else None
    write = FEEDS.get((flavour, path))
    return write(site) if write else None


def _wordpress_feed(site: Site, path: str, asked: Mapping[str, str]) -> Document | None:
    flavour = site.organization.flavour
    if flavour == "events-calendar" and path in {"/events/", "/events/list/", "/"} and asked.get("ical") == "1":
        return Document(ICS, calendars.events_calendar(site))
    if path == "/comments/feed/" and flavour != "gone":
        return _text(RSS, feed_formats.wordpress_comments(site))
    if path in {"/feed", "/feed/rss2", "/rss"}:
        return _moved(site.base_url + "/feed/")
    if path != "/feed/" and not (path == "/" and asked.get("feed") in {"rss2", "rss", "feed"}):
        return None
    if flavour == "gone":
        return _text(HTML, pages.simple(site))._replace(status=410)
    if flavour == "broken-feed":
        return _text(HTML, pages.home(site))
    if flavour == "wordpress-noisy":
        return _text(RSS, WARNINGS + feed_formats.wordpress(site))._replace(lasting=False)
    return _text(RSS, feed_formats.wordpress(site))


FEEDS: dict[tuple[str, str], Callable[[Site], Document]] = {
    ("atom", "/atom.xml"): lambda site: _text("application/atom+xml; charset=utf-8", feed_formats.atom(site)),
    ("json-feed", "/feed.json"): lambda site: _text("application/feed+json", feed_formats.json_feed(site)),
    ("plain", "/feed.json"): lambda site: _text("application/feed+json", feed_formats.json_feed(site)),
    ("plain", "/calendar.ics"): lambda site: Document(ICS, calendars.by_hand(site)),
    ("rdf", "/index.rdf"): lambda site: _text("text/xml", feed_formats.rdf(site)),
    ("head-only", HIDDEN_FEED): lambda site: _text(
        "application/xml", '<?xml version="1.0" encoding="utf-8"?>\n' + feed_formats.simple_rss(site)
    ),
    ("windows-1252", "/rss.xml"): lambda site: _windows(
        "text/xml", '<?xml version="1.0" encoding="windows-1252"?>\n' + feed_formats.simple_rss(site)
    ),
    ("google-calendar", GOOGLE_ICS): lambda site: Document(ICS, calendars.google(site)),
    ("google-calendar", GOOGLE_ICS.replace("%40", "@")): lambda site: Document(ICS, calendars.google(site)),
}
"""Where the platforms other than WordPress and Squarespace have their feeds and calendars."""


def _page(site: Site, path: str, asked: Mapping[str, str]) -> Document | None:
    """The home page and its like."""
    organization = site.organization
    if path == "/" and not asked.get("p"):
        return _html(site, pages.home(site))
    if organization.flavour == "squarespace" and path in {"/blog", "/blog/"}:
        return _html(site, pages.blog(site))
    if organization.events and path in {"/events", "/events/"}:
        return _html(site, pages.agenda(site))
    if organization.flavour == "google-calendar" and path == "/calendar/embed":
        return _html(site, pages.frame(site))
    if path == "/robots.txt":
        return Document("text/plain; charset=utf-8", b"User-agent: *\nDisallow: /wp-admin/\n")
    linked = {target.partition("?")[0] for post in organization.posts for _, target in LINK.findall(post.body)}
    return _html(site, pages.simple(site)) if path.startswith("/") and path in linked else None


def _post(site: Site, path: str, asked: Mapping[str, str]) -> Document | None:
    number = asked.get("p", "") if path == "/" and site.organization.flavour in WORDPRESS else ""
    for post in archive(site.organization, site.today):
        if number == str(post.number):
            return _moved(site.base_url + post_path(post))
        if path == post_path(post):
            return _html(site, pages.post(site, post))
    return None


def _event(site: Site, path: str, _: Mapping[str, str]) -> Document | None:
    found = EVENT_PATH.fullmatch(path)
    if not found:
        return None
    try:
        day = date.fromisoformat(found[2])
    except ValueError:
        return None
    for event in site.organization.events:
        if event.slug == found[1]:
            return next((_html(site, pages.event(site, each)) for each in occasions(event, day, day)), None)
    return None


def _decoration(site: Site, path: str, _: Mapping[str, str]) -> Document | None:
    organization = site.organization
    if path == "/icon.png":
        return Document(PNG, icon(organization.colour))
    if path == "/style.css":
        return _text("text/css; charset=utf-8", _style().replace("{colour}", organization.colour))
    names = {picture_path(post): post.text.slug for post in site.posts if post.text.picture}
    name = {"/banner.png": organization.slug, **names}.get(path)
    return Document(PNG, picture(name, organization.colour)) if name else None


@cache
def _style() -> str:
    return (files("network.demo") / "style.css").read_text(encoding="utf-8")


def _html(site: Site, page: str) -> Document:
    if site.organization.flavour == "windows-1252":
        return _windows("text/html", page)
    if site.organization.flavour == "wordpress-noisy":
        return _text(HTML, WARNINGS.replace("\n", "<br />\n") + page)._replace(lasting=False)
    return _text(HTML, page)


def _text(kind: str, text: str) -> Document:
    return Document(kind, text.encode())


def _windows(kind: str, text: str) -> Document:
    """Bytes of Windows, without a word about it in the header, as such servers do."""
    return Document(kind, text.encode("windows-1252", "xmlcharrefreplace"))


def _moved(location: str) -> Document:
    return Document(HTML, b"", status=301, lasting=False, location=location)


def _not_found(site: Site) -> Document:
    return _html(site, pages.simple(site))._replace(status=404, lasting=False)


def _validated(document: Document, asked: Mapping[str, str], today: date) -> Answer:
    """The answer with its validators; without a body where the asker has it already (RFC 9110, 13.2.2)."""
    headers = {"content-type": document.type, "content-length": str(len(document.body))}
    if document.location:
        headers["location"] = document.location
    if document.status != 200 or not document.lasting:  # noqa: PLR2004
        return Answer(document.status, headers, document.body)
    changed = datetime.combine(today, time(), UTC)
    etag = f'"{blake2b(document.body, digest_size=12).hexdigest()}"'
    headers |= {"etag": etag, "last-modified": format_datetime(changed, usegmt=True)}
    if _is_known(asked, etag, changed):
        del headers["content-length"]
        return Answer(304, headers, b"")
    return Answer(200, headers, document.body)


def _is_known(asked: Mapping[str, str], etag: str, changed: datetime) -> bool:
    if given := asked.get("if-none-match"):
        return etag in {tag.strip().removeprefix("W/") for tag in given.split(",")}
    try:
        since = parsedate_to_datetime(asked.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and since >= changed
