"""When two entries or events are the same. The only place that decides it."""

from __future__ import annotations

from hashlib import sha256

MAX_ID = 1000
LONG_UID = 20


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
