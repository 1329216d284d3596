"""What a server said where a feed was expected → the error that it really is, and the platform whose owner can mend it.

    diagnose(error, url=…, status=…, headers=…, body=…)  =  the first of _RULES that knows such an answer, else `error`

Adding a rule: a function here, in _RULES where it should be tried; how its answers look stands in signs.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import unescape

from feeds.addresses import host_of
from feeds.diagnose import signs
from feeds.diagnose.platforms import BODY, platform_of
from feeds.errors import (
    BadAnswer,
    BotChallenge,
    Busy,
    FeedsError,
    FeedsOff,
    Forbidden,
    HtmlPage,
    Maintenance,
    NeverFeeds,
    NotAFeed,
    NotFound,
    PrivateCalendar,
    SignInPage,
    SiteClosed,
    SiteFaulty,
    TlsFailed,
    TooSlow,
    Unreachable,
)

SHORT = 30_000
"""Bytes up to which a page is one that says a single thing: a notice, not somebody's article."""
CUT = 4096
"""Bytes that are read of a body that is no document (see feeds/client): with fewer, all of it is there."""
FEW_LINKS = 15
"""A page with a password field and fewer links than this is there to sign in."""
_UNCLEAR = (NotFound, Forbidden, Busy, BadAnswer, HtmlPage, NotAFeed)
"""What may mean something else. All other errors say what they are: gone is gone, and a feed too large is still one."""
_FEED = re.compile(rb"<(?:rss|feed|rdf:rdf)\b|begin:vcalendar|jsonfeed\.org/version")
_TITLE = re.compile(rb"<title\b[^<>]{0,200}>([^<]{0,300})")
_NEVER = {
    "facebook.com", "fb.com", "fb.me", "instagram.com", "threads.net", "x.com", "twitter.com", "tiktok.com", "linkedin.com",
    "nextdoor.com", "eventbrite.com", "linktr.ee", "whatsapp.com",
}  # fmt: skip
_CALENDARS = {"google_calendar": "/ical/", "outlook": ".ics", "icloud": "/published/", "teamup": "/feed/"}
"""Service → what stands in the address of a calendar there."""
_BEHIND_CLOUDFLARE: dict[int, type[FeedsError]] = {
    **dict.fromkeys((521, 523, 530), Unreachable),
    **dict.fromkeys((522, 524), TooSlow),
    **dict.fromkeys((525, 526), TlsFailed),
}
"""What Cloudflare says of the site behind it (https://developers.cloudflare.com/support/troubleshooting/http-status-codes/)."""
_CLOSED_STATUS = {402, 509}
_SERVER_ERROR, _NOT_SIGNED_IN, _UNAVAILABLE = 500, 401, 503


def diagnose(
    error: FeedsError, *, url: str, status: int = 200, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> FeedsError:
    """The error that `error` really is, with the same subject, and with the platform that the advice depends on; its
    detail tells the title of the page that came, too.

    `error`: what the status, or reading the body, says. `url`: where the answer came from, after redirects; `headers`
    in a mapping that knows no upper and lower case or has lower-case names; `body` may be cut short.
    """
    kind, platform, detail = type(error), "", error.detail
    if isinstance(error, _UNCLEAR):
        seen = _Seen(url, status, headers or {}, body)
        rules = () if seen.feed else _RULES
        kind, platform = next((found for rule in rules if (found := rule(seen))), (kind, ""))
        detail = "; ".join(part for part in (detail, seen.told) if part)
    return kind(error.subject or url, detail, platform or platform_of(url=url, headers=headers, body=body))


def is_guarded(headers: Mapping[str, str]) -> bool:
    """Whether headers say that a guard withholds the document, for answers whose status does not."""
    return _by_header(headers) is not None


class _Seen:
    """An answer as the rules look at it: text in lower case."""

    def __init__(self, url: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.url, self.status, self.headers = url, status, headers
        self.host, self.path = host_of(url), url.partition("://")[2].partition("/")[2]
        self.start = body[:BODY].lower()
        whole = len(body) <= SHORT if 200 <= status < 300 else len(body) < CUT  # noqa: PLR2004 - HTTP's own numbers
        self.short = self.start if whole else b""
        self.feed = _FEED.search(self.start, 0, 1000) is not None
        found = _TITLE.search(self.start)
        title = (
            " ".join(unescape(body[found.start(1) : found.end(1)].decode("utf-8", "replace")).split()) if found else ""
        )
        self.title = title.lower()
        self.told = f"the page's title: {title[:100]}" if title else ""

    def is_at(self, hosts: Iterable[str]) -> bool:
        return any(self.host == host or self.host.endswith("." + host) for host in hosts)

    def says(self, words: Iterable[bytes]) -> bool:
        """Whether it is a short page with some of these words."""
        return any(word in self.short for word in words)


_Found = tuple[type[FeedsError], str] | None
"""The error that it is, and the platform when the rule knows better than platform_of."""


def _guard(seen: _Seen) -> _Found:
    name = _by_header(seen.headers)
    if name is None:
        name = next((guard for mark, guard in signs.GUARD_MARKS if mark in seen.start), None)
    if name is None:
        name = next((guard for words, guard in signs.GUARD_WORDS if words in seen.short), None)
    if name is None:
        name = next((guard for title, guard in signs.GUARD_TITLES if title.fullmatch(seen.title)), None)
    return None if name is None else (BotChallenge, name)


def _by_header(headers: Mapping[str, str]) -> str | None:
    for name, sign, guard in signs.GUARD_HEADERS:
        value = headers.get(name)
        if value is not None and sign in value.lower():
            return guard
    return None


def _never_feeds(seen: _Seen) -> _Found:
    return (NeverFeeds, "") if seen.is_at(_NEVER) else None


def _private_calendar(seen: _Seen) -> _Found:
    if seen.status >= _SERVER_ERROR or seen.status in {408, 425, 429}:
        return None
    platform = platform_of(url=seen.url)
    if platform in _CALENDARS and _CALENDARS[platform] in seen.url:
        return PrivateCalendar, platform
    if seen.host == "accounts.google.com" and "calendar" in seen.url:
        return PrivateCalendar, "google_calendar"
    return None


def _closed(seen: _Seen) -> _Found:
    closed = (
        seen.status in _CLOSED_STATUS
        or seen.is_at(signs.CLOSED_HOSTS)
        or signs.PARKED_HOST.match(seen.host)
        or signs.CLOSED_PATHS.match("/" + seen.path)
        or signs.CLOSED_TITLES.fullmatch(seen.title)
        or seen.says(signs.CLOSED_MARKS)
        or seen.says(signs.CLOSED_WORDS)
    )
    return (SiteClosed, "") if closed else None


def _maintenance(seen: _Seen) -> _Found:
    notice = seen.status == _UNAVAILABLE and b"wp-die-message" in seen.start  # in any language
    if notice or seen.says(signs.MAINTENANCE_WORDS) or signs.MAINTENANCE_TITLES.fullmatch(seen.title):
        return Maintenance, ""
    return None


def _feeds_off(seen: _Seen) -> _Found:
    return (FeedsOff, "") if seen.says(signs.FEEDS_OFF_WORDS) else None


def _faulty(seen: _Seen) -> _Found:
    if seen.status in _BEHIND_CLOUDFLARE and "cloudflare" in seen.headers.get("server", "").lower():
        return _BEHIND_CLOUDFLARE[seen.status], ""
    at_fault = seen.status >= _SERVER_ERROR
    if at_fault and b"wp-die-message" in seen.start:
        return SiteFaulty, "wordpress"
    text = seen.start if at_fault else seen.short
    return (SiteFaulty, "") if any(words in text for words in signs.FAULT_WORDS) else None


def _sign_in(seen: _Seen) -> _Found:
    path = "/" + seen.path.partition("?")[0]
    if seen.status == _NOT_SIGNED_IN or seen.is_at(signs.SIGN_IN_HOSTS) or signs.SIGN_IN_PATH.search(path):
        return SignInPage, ""
    if signs.PASSWORD_FIELD.search(seen.start) and (
        signs.SIGN_IN_TITLE.search(seen.title) or seen.start.count(b"<a ") < FEW_LINKS
    ):
        return SignInPage, ""
    return None


_RULES = (_guard, _never_feeds, _private_calendar, _closed, _maintenance, _feeds_off, _faulty, _sign_in)
