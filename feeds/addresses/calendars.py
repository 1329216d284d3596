"""Calendars behind calendar pages, as organizations embed them in their own."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import parse_qs, quote, urlsplit

from feeds.addresses.normal import normal_form
from feeds.errors import AddressError

_GOOGLE = {"calendar.google.com", "www.google.com", "google.com"}
_OUTLOOK = {"outlook.live.com", "outlook.office365.com", "outlook.office.com"}
_NOT_THEIR_OWN = ("#holiday@", "#contacts@", "#weather@", "#weeknum@")


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
