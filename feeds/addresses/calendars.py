"""Calendars behind calendar pages, as organizations embed them in their own, and the whole of what is exported in pages.

The Events Calendar (WordPress) exports one page of 30 events of whatever view an address shows. Its list view holds all
that is coming: `/events/list/page/2/?ical=1`, or where pages have no names `/?post_type=tribe_events&eventDisplay=list&ical=1
&paged=2`, which its makers give for subscribing. A view named in the path counts for more than one in the query.
"""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

from feeds.addresses.normal import normal_form
from feeds.errors import AddressError

_GOOGLE = {"calendar.google.com", "www.google.com", "google.com"}
_OUTLOOK = {"outlook.live.com", "outlook.office365.com", "outlook.office.com"}
_SECRET = re.compile(
    r"/private-[0-9a-f]{8,}|[?&](?:[a-z_-]*token|key|api_?key|secret|auth|password|sig|signature)=", re.IGNORECASE
)
_NOT_THEIR_OWN = ("#holiday@", "#contacts@", "#weather@", "#weeknum@")
_EXPORT = re.compile(r"(?:^|&)(?:outlook-)?ical=1(?:&|$)", re.IGNORECASE)
_VIEW = re.compile(
    r"(?:/(?:(list[aeo]?|listado|listagem)|month|mes|mois|day|week|photo|map|summary|today))?"
    r"(?:/\d{4}-\d\d(?:-\d\d)?)?(?:/page/\d+)?/*$",
    re.IGNORECASE,
)
_PAGE_OF_LIST = re.compile(r"(/.+)/(?:list[aeo]?|listado|listagem)(?:/page/(\d{1,3}))?/*", re.IGNORECASE)
_NO_LIST = re.compile(
    r"/(?:event|evento|venue|lugar|local|organi[sz]er|organizador|series?)/[^/]+(?:/\d{4}-\d\d-\d\d)?/*$", re.IGNORECASE
)
_PLACE = {"tribe-bar-date", "eventdate", "paged", "tribe_paged"}
"""Where in the calendar a visitor stood when the address was copied: a subscription from there would never move on."""


def is_secret(url: str) -> bool:
    """Whether an address opens something to whoever knows it, such as Google's "secret address in iCal format": read it,
    but never publish it.
    """
    return _SECRET.search(url) is not None


def calendar_of_embed(url: str) -> str | None:
    """The iCalendar address behind a Google or Outlook calendar page (the first, if several), else None."""
    return next(iter(calendars_of_embed(url)), None)


def calendars_of_embed(url: str) -> tuple[str, ...]:
    """All iCalendar addresses behind a calendar page: Google's embed (`?src=`) and subscribe (`?cid=`) links, Outlook's
    published `calendar.html`. Google's own calendars (holidays, birthdays) are left out.
    """
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
    except ValueError:
        return ()
    if host in _OUTLOOK and parts.path.endswith("/calendar.html"):
        return (f"https://{host}{parts.path.removesuffix('.html')}.ics",)
    if host not in _GOOGLE or not parts.path.startswith("/calendar/") or "/ical/" in parts.path:
        return ()
    asked = parse_qs(parts.query)
    found = (_google_calendar(value) for value in (*asked.get("src", ()), *asked.get("cid", ())))
    return tuple(dict.fromkeys(calendar for calendar in found if calendar))


def _google_calendar(given: str) -> str | None:
    """`given`: a calendar's id as it is or in base64, or the address of a calendar elsewhere."""
    if re.match(r"(?:https?|webcals?):", given, re.IGNORECASE):
        try:
            return normal_form(given)
        except AddressError:
            return None
    if "@" not in given:
        try:
            given = base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)).decode("utf-8")
        except (binascii.Error, ValueError):
            return None
    if not re.fullmatch(r"[^\s@/]+@[^\s@/]+\.[^\s@/]+", given) or any(mark in given for mark in _NOT_THEIR_OWN):
        return None
    return f"https://calendar.google.com/calendar/ical/{quote(given, safe='')}/public/basic.ics"


def is_events_export(url: str) -> bool:
    """Whether an address is that of an export by The Events Calendar."""
    return _EXPORT.search(urlsplit(url).query) is not None


def is_events_list(url: str) -> bool:
    """Whether an export is of the list view, and so has all that is coming in its pages."""
    parts = urlsplit(url)
    found = _VIEW.search(parts.path)
    return bool(found and found[1]) or "eventDisplay=list" in parts.query.split("&")


def events_page(url: str, number: int) -> str | None:
    """The address of a page (from 1) of the list of coming events, from any export of the same events.

    None for what has no list of its own: the exports of one event, venue, organizer or series.
    """
    parts = urlsplit(url)
    if _NO_LIST.search(parts.path):
        return None
    view = _VIEW.search(parts.path)
    stem = parts.path[: view.start()] if view else parts.path
    asked = [pair for pair in parts.query.split("&") if pair.partition("=")[0].lower() not in {*_PLACE, "eventdisplay"}]
    if stem and not any(pair.startswith("post_type=") for pair in asked):
        path = f"{stem}/{(view and view[1]) or 'list'}/" + (f"page/{number}/" if number > 1 else "")
        return urlunsplit((parts.scheme, parts.netloc, path, "&".join(asked), ""))
    return _without_names(url, parts.path, asked, number)


def other_events_page(url: str) -> str | None:
    """A page of the list under its other address, which holds where pages have lost their names; None when it has none."""
    parts = urlsplit(url)
    found = _PAGE_OF_LIST.fullmatch(parts.path)
    if found is None or "/category/" in found[1] or "/tag/" in found[1]:
        return None
    return _without_names(url, found[1].rpartition("/")[0] + "/", parts.query.split("&"), int(found[2] or 1))


def _without_names(url: str, path: str, asked: list[str], number: int) -> str:
    parts = urlsplit(url)
    named = [] if any(pair.startswith("post_type=") for pair in asked) else ["post_type=tribe_events"]
    query = [*named, *asked, "eventDisplay=list", *([f"paged={number}"] if number > 1 else [])]
    return urlunsplit((parts.scheme, parts.netloc, path, "&".join(query), ""))


def coming_events(url: str, *, surely: bool = False) -> str:
    """The address under which to subscribe to what an export links to: all that is coming, from whatever day it is.

    An export that names no view is left as it is, unless the site is `surely` run by The Events Calendar: others export
    by `?ical=1`, too. So is any address that is no such export.
    """
    if not is_events_export(url):
        return url
    parts = urlsplit(url)
    names_view = "tribe_events" in parts.query or bool((view := _VIEW.search(parts.path)) and view[0].strip("/"))
    listed = events_page(url, 1) if surely or names_view else None
    if listed is not None:
        return listed
    asked = [pair for pair in parts.query.split("&") if pair.partition("=")[0].lower() not in _PLACE]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "&".join(asked), ""))
