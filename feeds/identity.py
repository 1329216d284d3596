"""When two entries or events are the same. The only place that decides it."""

from __future__ import annotations

import re
import unicodedata
from hashlib import sha256
from urllib.parse import unquote

MAX_ID = 1000
LONG_UID = 20

_WORD = re.compile(r"[^\W_]+")
_SPLIT_SERIES = re.compile(r"([^@]+)_R\d{8}(?:T\d{6}Z?)?(@google\.com)")
_GENERIC = frozenset(
    """
    untitled|no title|sin titulo|sem titulo|busy|ocupado|private|privado|tbd|tba
    news|latest news|noticias|novedades|nouvel|actualidad|update|updates|news update|weekly update|blog|post|new post|article
    event|events|upcoming events|evento|eventos|proximos eventos|evenman|calendar|calendario
    meeting|meetings|weekly meeting|monthly meeting|general meeting|board meeting|committee meeting|team meeting
    reunion|reuniones|reunion general|reunion mensual|reunion semanal|asamblea|reuniao|reyinyon|meetup|call|zoom|zoom meeting
    announcement|announcements|anuncio|anuncios|aviso|avisos|press release|comunicado|comunicado de prensa|statement
    newsletter|boletin|bulletin|photos|fotos|video|gallery|home|welcome|inicio|bienvenidos|test|hello world|closed|cerrado|holiday
    """.replace("\n", "|")
    .replace("    ", "")
    .split("|")
)
_MANY = 3
_HOST_ENDS = re.compile(r"[/?]")


def entry_id(given: str | None, link: str | None, title: str, content: str) -> str:
    """The identity of an entry within its source: the id it was given, else its link, else a digest of its text.

    Never depends on the parser or on a date, so that a feed read by another parser tomorrow is not new. An id of more
    than 1,000 characters is replaced by its digest.
    """
    chosen = (given or "").replace("\0", "").strip() or link or "text:" + digest(title, content)
    if not chosen.isascii():
        chosen = chosen.encode("utf-8", "replace").decode()  # JSON can hold what no text can: lone surrogates
    return chosen if len(chosen) <= MAX_ID else "digest:" + digest(chosen)


def digest(*parts: str) -> str:
    """32 hexadecimal characters that stand for these texts."""
    return sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def link_key(link: str | None) -> str | None:
    """What two members' links have in common when they lead to the same page, or None where a link says too little.

    Host and path without scheme, `www.`, trailing slash and fragment; a bare home page names a site, not an entry.
    """
    if not link:
        return None
    # Links have been through clean_link: the scheme is there and the host begins right after it.
    rest = link.partition("://")[2].partition("#")[0]
    host, slash, path = rest.partition("/")
    key = f"{host.lower().removeprefix('www.')}{slash}{path}".replace("/?", "?").rstrip("/")
    return key if "/" in key or "?" in key else None


def uid_key(uid: str) -> str | None:
    """What two calendars' events have in common when they are the same event: a UID that is globally unique.

    Short counters (`1`, `event-12`) are unique only within their own calendar and give None (RFC 7986, 5.3 asks for a
    UUID; RFC 5545, 3.8.4.7 for something globally unique such as `…@host`).
    """
    uid = uid.strip()
    return uid if "@" in uid or len(uid) >= LONG_UID else None


def continues(uid: str) -> str | None:
    """The UID of the series of which this is a later part, or None when it is no such part.

    Who changes "this and following events" in Google Calendar splits a series: the first part ends, and the second goes
    on under `base_R20260101T230000@google.com`, with the day on which it begins. Split again, it is of the same base.
    """
    found = _SPLIT_SERIES.fullmatch(uid.strip())
    return found[1] + found[2] if found else None


def folded(title: str) -> str:
    """A title as titles are compared: its words without accents and letter case."""
    if title.isascii():
        return " ".join(_WORD.findall(title.casefold()))
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", title) if not unicodedata.combining(letter))
    return " ".join(_WORD.findall(plain.casefold()))


def is_generic(title: str) -> bool:
    """Whether a folded title says too little to know an entry or event by: `meeting`, `news`, a number, nothing."""
    return len(title) < _MANY or title in _GENERIC or not any(map(str.isalpha, title))


def is_of_one(key: str | None, title: str) -> bool:
    """Whether a link, by its `link_key`, leads to a page of one thing called `title` (folded), and not to a page where
    all news or events are: what it ends in holds a number, three words, or the title.
    """
    place = _HOST_ENDS.split(key or "", maxsplit=1)[1:]
    words = folded(unquote(place[0].rstrip("/").rpartition("/")[2])).split() if place else []
    if len(words) >= _MANY or any(letter.isdigit() for word in words for letter in word):
        return True
    return bool(words) and not is_generic(title) and words == title.split()
