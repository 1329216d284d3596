"""From an address that a person gives to the feeds and calendars behind it.

    discover(client, address)  =  the address itself, if it is a feed
                                  else what its page links to or embeds (offers.py)
                                  and for a kind that is missing: its news and events pages, the usual addresses

Asks politely: one request after the other, eight at most, and no further for a kind that is found.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from feeds.addresses import calendar_of_embed, coming_events, is_events_export, normal_form
from feeds.client import Answer, Client, refusal
from feeds.diagnose import diagnose
from feeds.discover.offers import CALENDAR_LINK, FEED_LINK, SECTIONS, page, ranked
from feeds.errors import AddressError, Busy, FeedsError, FetchError, HtmlPage, TlsFailed, TooSlow, Unreachable
from feeds.model import FoundFeed, Page

IsFeed = Callable[[bytes, str, str], Awaitable[FoundFeed | None]]
"""Body, address and content type → the feed or calendar it is, or None."""

MAX_REQUESTS = 8
HEAD = 2000
HEADERS = {"Accept": "text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8"}

USUAL = (
    ("the events calendar", ("events/list/?ical=1", "?post_type=tribe_events&ical=1&eventDisplay=list")),
    ("modern events calendar", ("?mec-ical-feed=1",)),
    ("wordpress", ("feed/", "?feed=rss2")),
    ("squarespace", ("blog?format=rss", "events?format=json", "news?format=rss", "events?format=ical")),
    ("wix", ("blog-feed.xml",)),
    ("blogger", ("feeds/posts/default",)),
    ("ghost", ("rss/",)),
    ("drupal", ("rss.xml",)),
    ("hugo", ("index.xml",)),
    ("jekyll", ("feed.xml",)),
    ("tumblr", ("rss",)),
    ("medium", ("feed",)),
    ("substack", ("feed",)),
    ("weebly", ("1/feed",)),
    ("joomla", ("?format=feed&type=rss",)),
    ("typepad", ("atom.xml",)),
    ("", ("feed/", "rss.xml", "feed.xml", "atom.xml", "index.xml")),
)
"""Software → where its feeds and calendars are, below the home page. The last line is for all."""

_PASSING = (Unreachable, TooSlow, Busy)
"""After these, further questions to the same site are no use now."""
_HTML_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--(?:(?!-->).){0,2000}-->\s*){0,9}<(?:!doctype\s+html|html[\s>])",
    re.IGNORECASE | re.DOTALL,
)


async def discover(client: Client, address: str, is_feed: IsFeed) -> Page:
    """What is to be read at an address that a person gave: a feed, a calendar, a Google Calendar page or a home page.

    Raises FetchError or AddressError when the address itself can't be read; what goes wrong behind it is passed over.
    """
    answer = await _first(client, calendar_of_embed(address) or address)
    refused = refusal(answer)
    if refused is not None:
        raise _meaning(answer, refused)
    found = await _as_feed(answer, is_feed, "address")
    if found is not None:
        return Page(url=answer.url, title=found.title, feeds=(found,))
    seen = page(answer.body, answer.url, answer.headers.get("Content-Type", ""))
    feeds = ranked([*seen.feeds, *await _search(client, seen, is_feed)])
    if not feeds and isinstance(meaning := _meaning(answer, HtmlPage(answer.url)), FetchError):
        raise meaning
    return replace(seen, feeds=feeds)


def _meaning(answer: Answer, error: FeedsError) -> FeedsError:
    """What an answer without a feed really means: perhaps it is no page of theirs at all, but a guard's or a host's."""
    return diagnose(error, url=answer.url, status=answer.status, headers=answer.headers, body=answer.body)


def candidates(page: Page) -> tuple[str, ...]:
    """Where a site like this usually has its feeds and calendars, most likely first."""
    name = page.generator.lower()
    paths = [path for sign, usual in USUAL if sign in name for path in usual]
    if "squarespace" in name:
        paths = [*_collections(page), *paths]
    roots = dict.fromkeys((urljoin(page.url, "."), urljoin(page.url, "/")))
    return tuple(dict.fromkeys(urljoin(root, path) for path in paths for root in roots))


def _collections(page: Page) -> list[str]:
    """On a Squarespace site, events as JSON and news as RSS, where a page's address says that it is of either."""
    own = (page.url,) if SECTIONS[0].search(_words(page.url)) else ()
    kinds = {url: "json" if SECTIONS[0].search(_words(url)) else "rss" for url in (*own, *page.sections)}
    return [f"{urlsplit(url).path}?format={kind}" for url, kind in kinds.items()]


def _words(url: str) -> str:
    return urlsplit(url).path.replace("-", " ")


async def _first(client: Client, address: str) -> Answer:
    """The answer at the address; where a person named no scheme, also by http and with www. before the name."""
    url = normal_form(address)
    try:
        return await client.get(url, HEADERS)
    except (Unreachable, TlsFailed):
        if not url.startswith("https://") or address.strip().lower().startswith("https:"):
            raise
        for other in ("http://" + url[8:], "https://www." + url[8:]):
            with suppress(FetchError, AddressError):
                return await client.get(other, HEADERS)
        raise


async def _search(client: Client, seen: Page, is_feed: IsFeed) -> list[FoundFeed]:
    """What further pages and the usual addresses of a site offer of the kinds that its page `seen` lacks."""
    usual = candidates(seen)
    found: list[FoundFeed] = []
    left = MAX_REQUESTS - 1
    for url in dict.fromkeys((*usual[:2], *seen.sections, *usual[2:])):
        kinds = {feed.kind for feed in (*seen.feeds, *found)}
        if left == 0 or len(kinds) == 2:  # noqa: PLR2004 - feed and calendar
            break
        if _kind_at(url) in kinds:
            continue
        left -= 1
        try:
            answer = await client.get(url, HEADERS)
        except _PASSING:
            break
        except (FetchError, AddressError):
            continue
        if refusal(answer) is None:
            found += await _offered(answer, is_feed)
    return found


async def _offered(answer: Answer, is_feed: IsFeed) -> tuple[FoundFeed, ...]:
    if is_events_export(answer.url) and not answer.body.strip():  # so it says that nothing is coming up
        return (FoundFeed(answer.url, "", "calendar", "usual address"),)
    found = await _as_feed(answer, is_feed, "usual address")
    if found is not None:
        return (found,)
    return page(answer.body, answer.url, answer.headers.get("Content-Type", "")).feeds


async def _as_feed(answer: Answer, is_feed: IsFeed, how: str) -> FoundFeed | None:
    content_type = answer.headers.get("Content-Type", "")
    if _HTML_START.match(answer.body):  # spares the tolerant, slow feed readers every home page
        return None
    found = await is_feed(answer.body, answer.url, content_type)
    if found is None:
        return None
    return replace(found, url=coming_events(answer.url, surely=b"ECPv" in answer.body[:HEAD]), how=how)


def _kind_at(url: str) -> str:
    """The kind that an address is tried for; empty when it may give either."""
    parts = urlsplit(url)
    if CALENDAR_LINK.search(url) or SECTIONS[0].search(_words(url)):
        return "feed" if "format=rss" in parts.query else "calendar"
    return "feed" if parts.query or FEED_LINK.search(url) or SECTIONS[1].search(parts.path) else ""
