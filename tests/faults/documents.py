"""What member sites publish, and the documents in which they do: RSS, Atom, JSON Feed and iCalendar.

Written by hand and not by feeds/publish, so that a fault there can't hide one in what reads it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape

HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post of a site. `published` in UTC seconds; None where a site gives no dates."""

    guid: str
    link: str | None
    title: str
    text: str = "Come and bring a neighbor."
    published: int | None = None
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathering:
    """A single date in a site's calendar; `start` in UTC seconds."""

    uid: str
    title: str
    start: int
    hours: int = 2
    venue: str = "Sycamore Hall"
    status: str = "CONFIRMED"
    sequence: int = 0

    @property
    def end(self) -> int:
        """When it is over, UTC seconds."""
        return self.start + self.hours * HOUR


def rss(posts: Iterable[Post], *, title: str = "News", extra: str = "") -> bytes:
    """RSS 2.0. `extra` goes into the channel as it is."""
    items = "".join(
        f"<item><title>{escape(post.title)}</title>"
        f'<guid isPermaLink="false">{escape(post.guid)}</guid>'
        + (f"<link>{escape(post.link)}</link>" if post.link else "")
        + f"<description>{escape(f'<p>{escape(post.text)}</p>')}</description>"
        + "".join(f"<category>{escape(topic)}</category>" for topic in post.topics)
        + (f"<pubDate>{format_datetime(_moment(post.published))}</pubDate>" if post.published else "")
        + "</item>"
        for post in posts
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>{escape(title)}</title>'
        f"<link>https://tenants.example/</link><description>News</description>{extra}{items}</channel></rss>"
    ).encode()


def atom(posts: Iterable[Post], *, title: str = "News") -> bytes:
    """Atom 1.0."""
    entries = "".join(
        f"<entry><title>{escape(post.title)}</title><id>{escape(post.guid)}</id>"
        + (f'<link href="{escape(post.link)}"/>' if post.link else "")
        + f'<content type="html">{escape(f"<p>{escape(post.text)}</p>")}</content>'
        + "".join(f'<category term="{escape(topic)}"/>' for topic in post.topics)
        + (f"<published>{_moment(post.published).isoformat()}</published>" if post.published else "")
        + "</entry>"
        for post in posts
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{escape(title)}</title>'
        f"<id>urn:example:news</id><updated>2026-11-22T12:00:00Z</updated>{entries}</feed>"
    ).encode()


def json_feed(posts: Iterable[Post], *, title: str = "News") -> bytes:
    """JSON Feed 1.1."""
    items = [
        {
            "id": post.guid,
            "title": post.title,
            "content_html": f"<p>{escape(post.text)}</p>",
            "tags": list(post.topics),
            **({"url": post.link} if post.link else {}),
            **({"date_published": _moment(post.published).isoformat()} if post.published else {}),
        }
        for post in posts
    ]
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": title, "items": items}).encode()


def ics(gatherings: Iterable[Gathering]) -> bytes:
    """An iCalendar document."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Tenants//EN"]
    for one in gatherings:
        start, end = (_moment(moment).strftime("%Y%m%dT%H%M%SZ") for moment in (one.start, one.end))
        lines += ["BEGIN:VEVENT", f"UID:{one.uid}", "DTSTAMP:20261101T000000Z", f"DTSTART:{start}", f"DTEND:{end}"]
        lines += [f"SUMMARY:{one.title}", f"LOCATION:{one.venue}", f"STATUS:{one.status}", f"SEQUENCE:{one.sequence}"]
        lines += ["END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def _moment(seconds: int | None) -> datetime:
    return datetime.fromtimestamp(seconds or 0, UTC)


FEEDS: Mapping[str, tuple[str, Callable[[Iterable[Post]], bytes]]] = {
    "rss": ("application/rss+xml", rss),
    "atom": ("application/atom+xml", atom),
    "json": ("application/feed+json", json_feed),
}
"""Name → media type and writer of a feed of posts."""
CALENDAR = "text/calendar; charset=utf-8"
