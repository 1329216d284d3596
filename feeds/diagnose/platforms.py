"""The software or service behind a site, as far as it shows. Pure.

Adding one: its name for people in PLATFORMS, a line in each table below where it shows, and what its owners can do in
advice.py.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

PLATFORMS = {
    "blogger": "Blogger",
    "drupal": "Drupal",
    "eventbrite": "Eventbrite",
    "facebook": "Facebook",
    "ghost": "Ghost",
    "google_calendar": "Google Calendar",
    "google_sites": "Google Sites",
    "icloud": "iCloud",
    "instagram": "Instagram",
    "joomla": "Joomla",
    "meetup": "Meetup",
    "outlook": "Outlook",
    "squarespace": "Squarespace",
    "teamup": "Teamup",
    "tumblr": "Tumblr",
    "weebly": "Weebly",
    "wix": "Wix",
    "wordpress": "WordPress",
    # Guards before sites: what is to be changed when they let nobody through.
    "cloudflare": "Cloudflare",
    "imperva": "Imperva",
    "imunify360": "Imunify360",
    "siteground": "SiteGround",
    "sucuri": "Sucuri",
    "wordfence": "Wordfence",
}
"""Every platform that advice knows → its name for people. Guards are found by `diagnose` only."""

_HOSTS = {
    "calendar.google.com": "google_calendar",
    "sites.google.com": "google_sites",
    "outlook.live.com": "outlook",
    "outlook.office365.com": "outlook",
    "outlook.office.com": "outlook",
    "icloud.com": "icloud",
    "teamup.com": "teamup",
    "facebook.com": "facebook",
    "fb.com": "facebook",
    "fb.me": "facebook",
    "instagram.com": "instagram",
    "eventbrite.com": "eventbrite",
    "meetup.com": "meetup",
    "wordpress.com": "wordpress",
    "squarespace.com": "squarespace",
    "wixsite.com": "wix",
    "wix.com": "wix",
    "weebly.com": "weebly",
    "weeblysite.com": "weebly",
    "blogspot.com": "blogger",
    "tumblr.com": "tumblr",
    "ghost.io": "ghost",
}
"""A host and all below it."""
_GENERATORS = (
    (re.compile(r"\bwordpress\b|the events calendar|modern events calendar", re.IGNORECASE), "wordpress"),
    (re.compile(r"squarespace|^site-server", re.IGNORECASE), "squarespace"),
    (re.compile(r"google calendar", re.IGNORECASE), "google_calendar"),
    (re.compile(r"google sites", re.IGNORECASE), "google_sites"),
    (re.compile(r"microsoft exchange|\boutlook\b", re.IGNORECASE), "outlook"),
    (re.compile(r"\bwix\b", re.IGNORECASE), "wix"),
    (re.compile(r"\bweebly\b", re.IGNORECASE), "weebly"),
    (re.compile(r"\bdrupal\b", re.IGNORECASE), "drupal"),
    (re.compile(r"\bjoomla\b", re.IGNORECASE), "joomla"),
    (re.compile(r"\bblogger\b", re.IGNORECASE), "blogger"),
    (re.compile(r"\btumblr\b", re.IGNORECASE), "tumblr"),
    (re.compile(r"^ghost\b|; ghost\b", re.IGNORECASE), "ghost"),
    (re.compile(r"icloud\.com", re.IGNORECASE), "icloud"),
    (re.compile(r"\bteamup\b", re.IGNORECASE), "teamup"),
    (re.compile(r"\bmeetup\b", re.IGNORECASE), "meetup"),
)
"""What feeds and pages say of their own software (`generator`, PRODID)."""
_HEADERS = (
    ("server", "squarespace", "squarespace"),
    ("x-wix-request-id", "", "wix"),
    ("server", "pepyaka", "wix"),
    ("x-host", "weebly", "weebly"),
    ("x-tumblr-user", "", "tumblr"),
    ("link", "api.w.org", "wordpress"),
    ("x-redirect-by", "wordpress", "wordpress"),
    ("x-powered-by", "wp engine", "wordpress"),
    ("x-pingback", "xmlrpc.php", "wordpress"),
    ("x-generator", "drupal", "drupal"),
    ("x-drupal-cache", "", "drupal"),
    ("x-content-encoded-by", "joomla", "joomla"),
)
"""Header, what stands in it, the platform."""
_ADDRESSES = (
    (re.compile(r"/wp-(?:content|includes|json|login|admin)\b|[?&](?:ical=1|feed=rss2?)(?:&|$)"), "wordpress"),
    (re.compile(r"[?&]format=(?:rss|ical)(?:&|$)", re.IGNORECASE), "squarespace"),
    (re.compile(r"/feeds/posts/(?:default|summary)"), "blogger"),
    (re.compile(r"/blog-feed\.xml$"), "wix"),
    (re.compile(r"/1/feed/?$"), "weebly"),
    (re.compile(r"[?&]format=feed(?:&|$)"), "joomla"),
)
_BODIES = (
    (b"/wp-content/", "wordpress"),
    (b"/wp-includes/", "wordpress"),
    (b"wp-die-message", "wordpress"),
    (b"<title>wordpress &rsaquo;", "wordpress"),
    (b"static1.squarespace.com", "squarespace"),
    (b"<!-- this is squarespace. -->", "squarespace"),
    (b"<title>squarespace", "squarespace"),
    (b"static.parastorage.com", "wix"),
    (b"wixstatic.com", "wix"),
    (b"editmysite.com", "weebly"),
    (b"/sites/default/files/", "drupal"),
    (b"assets.tumblr.com", "tumblr"),
)
"""What stands in pages, in lower case."""
_GENERATOR = re.compile(
    rb"""<meta\b[^<>]{0,200}\bname=["']?generator["'][^<>]{0,200}\bcontent=["']([^"'<>]{1,200})"""
    rb"""|<meta\b[^<>]{0,200}\bcontent=["']([^"'<>]{1,200})["'][^<>]{0,200}\bname=["']?generator\b"""
)
BODY = 65_536
"""So much of a body is looked at."""


def platform_of(
    *, url: str = "", generator: str = "", headers: Mapping[str, str] | None = None, body: bytes = b""
) -> str:
    """One of PLATFORMS, or "" when nothing shows.

    `url`: of a page or feed; `generator`: what it says of its software; `headers` of an answer, in a mapping that knows
    no upper and lower case or has lower-case names; `body`: of a page, its beginning is enough.
    """
    return (
        _by_host(url)
        or _by_generator(generator)
        or next((name for header, sign, name in _HEADERS if headers and _says(headers, header, sign)), "")
        or next((name for shape, name in _ADDRESSES if shape.search(url)), "")
        or _by_body(body)
    )


def _by_host(url: str) -> str:
    try:
        parts = urlsplit(url)
        labels = (parts.hostname or "").split(".")
    except ValueError:
        return ""
    if parts.path.startswith("/calendar/") and labels[-2:] == ["google", "com"]:
        return "google_calendar"
    return next((name for at in range(len(labels) - 1) if (name := _HOSTS.get(".".join(labels[at:])))), "")


def _says(headers: Mapping[str, str], name: str, sign: str) -> bool:
    value = headers.get(name)
    return value is not None and sign in value.lower()


def _by_body(body: bytes) -> str:
    start = body[:BODY].lower()
    said = _GENERATOR.search(start) if b"generator" in start else None
    named = _by_generator((said[1] or said[2]).decode("ascii", "replace")) if said else ""
    return named or next((name for sign, name in _BODIES if sign in start), "")


def _by_generator(generator: str) -> str:
    return next((name for said, name in _GENERATORS if said.search(generator)), "") if generator else ""
