"""What every format may hold: legal characters, addresses, language tags, media types, dates, and never an empty title.

One bad value of one member must not cost the whole document: what can't be said legally is left out or mended here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from email.utils import formatdate
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import quote, urlsplit, urlunsplit

from feeds.model import Enclosure, Event
from feeds.publish.item import Channel, Item

# Outside XML 1.0's Char (2.2), plus C1 controls and U+FDD0… which XML 1.0 discourages and validators warn of.
_ILLEGAL = re.compile("\r\n?|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_PART = r"(?:[0-9A-Za-z;/?:@&=+$.\-_!~*'(),]|%[0-9A-Fa-f]{2})*"
_URI = re.compile(rf"https?://[0-9A-Za-z.\-]+(?::\d+)?(?:[/?]{_PART})?(?:#{_PART})?")
_BARE_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+")
_MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "avif": "image/avif",
        "gif": "image/gif",
        "ics": "text/calendar",
        "jpeg": "image/jpeg",
        "jpg": "image/jpeg",
        "m4a": "audio/mp4",
        "mp3": "audio/mpeg",
        "mp4": "video/mp4",
        "ogg": "audio/ogg",
        "pdf": "application/pdf",
        "png": "image/png",
        "svg": "image/svg+xml",
        "webm": "video/webm",
        "webp": "image/webp",
    }
)
_TITLE = 80


def text(value: str) -> str:
    """`value` without the characters that XML 1.0 forbids; every line end becomes a line feed."""
    return _ILLEGAL.sub(lambda found: "\n" if found.group()[0] == "\r" else "", value)


def line(value: str) -> str:
    """`value` as legal plain text on one line."""
    return " ".join(text(value).split())


def title(item: Item, channel: Channel) -> str:
    """The item's title; without one the beginning of its summary, else who wrote it, else the channel's title."""
    if found := line(item.title):
        return found
    if summary := line(item.summary):
        return summary if len(summary) <= _TITLE else summary[:_TITLE].rsplit(" ", 1)[0] + "…"
    return line(", ".join(item.authors)) or name(channel.title, channel.url)


def name(said: str, url: str) -> str:
    """What somebody or something is called; without a name it is called by its address."""
    return line(said) or address(url)


@lru_cache(maxsize=8192)
def address(url: str) -> str:
    """`url` as a URI: an internationalized one is encoded (RFC 3987, 3.1), because RSS readers know only URIs."""
    if _URI.fullmatch(url):
        return url
    url = "".join(text(url).split())
    try:
        parts = urlsplit(url)
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode()
    except ValueError:  # UnicodeError is one
        return _quoted(url)
    path, query, fragment = _quoted(parts.path), _quoted(parts.query), _quoted(parts.fragment)
    return urlunsplit((parts.scheme, host, path, query, fragment))


def _quoted(part: str) -> str:
    return quote(_BARE_PERCENT.sub("%25", part), safe="%;/?:@&=+$-_.!~*'(),")


def language(tag: str | None) -> str | None:
    """`tag` as a language tag (RFC 5646), None when it can't be one ("Spanish", "")."""
    tag = (tag or "").strip().replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def media_type(enclosure: Enclosure) -> str:
    """The enclosure's media type without parameters: as told, else by its file extension, else "octets"."""
    told = enclosure.type.partition(";")[0].strip().lower()
    if _MEDIA_TYPE.fullmatch(told):
        return told
    extension = enclosure.url.partition("?")[0].rpartition(".")[2].lower()
    return _MEDIA_TYPES.get(extension, "application/octet-stream")


def rfc3339(seconds: int) -> str:
    """UTC seconds as RFC 3339 with "Z"."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc822(seconds: int) -> str:
    """UTC seconds as RFC 822 with a four-digit year and "+0000"; English whatever the locale."""
    return formatdate(seconds)[:-5] + "+0000"


def moment(value: datetime | date) -> str:
    """An event's start or end in its own terms: a date, or a time with its offset (RFC 3339; W3CDTF)."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def place(event: Event) -> str:
    """Venue and address on one line, the venue not repeated when the address begins with it, and not just with a word
    that does.
    """
    venue, where = line(event.venue), line(event.address)
    named, told = venue.casefold(), where.casefold()
    if told.startswith(named) and not told[len(named) : len(named) + 1].isalnum():
        return where
    return ", ".join(filter(None, (venue, where)))
