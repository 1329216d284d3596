"""What the headers of an answer say: validators, how long it stays fresh, when to come back, hub and self.

Pure. `headers` knows no upper and lower case, and gives a header that came several times as often in its `items()`.
Strangers write them, so that what can't be read counts as not said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime

from feeds.addresses import clean_link

MAX_VALIDATOR = 500
MAX_SECONDS = 10_000_000
"""What a server may ask us to wait or to keep, in seconds (four months); who uses it sets a nearer bound."""

_VALUE = r'(?:\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"|([^\s;,"]*+)))?'
_DIRECTIVE = re.compile(rf'([^\s=;,"]++){_VALUE}')
_PARAM = re.compile(rf'\s*+;\s*+([^\s=;,"]++){_VALUE}')
_LINK = re.compile(rf"<([^<>]*+)>((?:{_PARAM.pattern})*+)")


def validator(headers: Mapping[str, str], name: str) -> str:
    """`ETag` or `Last-Modified` letter by letter, if it can be sent back so: a byte outside ASCII would make every later
    request fail. Empty when there is none.
    """
    value = headers.get(name, "")
    return value if value.isascii() and value.isprintable() and len(value) <= MAX_VALIDATOR else ""


def ascii_of(headers: Mapping[str, str], name: str) -> str:
    """The value of a header without what isn't ASCII."""
    return headers.get(name, "").encode("ascii", "ignore").decode("ascii")


def links(headers: Mapping[str, str], url: str) -> dict[str, str]:
    """Relation in small letters → the first address that `Link` headers give it (RFC 8288, 3), absolute http(s).

    `url` is where the answer came from. A link with an `anchor` is one of some other document.
    """
    found: dict[str, str] = {}
    for link in _LINK.finditer(_listed(headers, "Link")):
        params: dict[str, str] = {}
        for name, quoted, plain in _PARAM.findall(link[2]):
            params.setdefault(name.lower(), quoted or plain)
        address = clean_link(link[1], url)
        if address is not None and "anchor" not in params:
            for relation in params.get("rel", "").lower().split():
                found.setdefault(relation, address)
    return found


def max_age(headers: Mapping[str, str], now: int) -> int | None:
    """For how many seconds the answer stays fresh, None when the server does not say (RFC 9111, 4.2.1 to 4.2.3).

    `s-maxage` is meant for shared caches, and `no-cache="…"` for the fields that it names. `now` in UTC seconds.
    """
    directives: dict[str, str] = {}
    for name, quoted, plain in _DIRECTIVE.findall(_listed(headers, "Cache-Control")):
        directives.setdefault(name.lower(), quoted or plain)
    if "no-store" in directives or directives.get("no-cache") == "":
        return 0
    lifetime = _number(directives["max-age"]) if "max-age" in directives else _until_expiry(headers, now)
    return None if lifetime is None else max(lifetime - (_number(headers.get("Age", "")) or 0), 0)


def retry_after(headers: Mapping[str, str], now: int) -> int | None:
    """For how many seconds the server asks to be left alone (RFC 9110, 10.2.3), None when it does not."""
    value = headers.get("Retry-After", "")
    number = _number(value)
    moment = _moment(value) if number is None else None
    return number if moment is None else _bounded(moment - _sent(headers, now))


def _until_expiry(headers: Mapping[str, str], now: int) -> int | None:
    """Seconds until `Expires`; what is no date there, such as 0 or -1, means that it is over (RFC 9111, 5.3)."""
    value = headers.get("Expires", "").strip()
    if not value:
        return None
    moment = _moment(value)
    return 0 if moment is None else _bounded(moment - _sent(headers, now))


def _sent(headers: Mapping[str, str], now: int) -> int:
    """When the server sent its answer: by its own clock, if it tells, since its other dates go by that."""
    moment = _moment(headers.get("Date", ""))
    return now if moment is None else moment


def _listed(headers: Mapping[str, str], name: str) -> str:
    """A header that may come several times, as if it had come once (RFC 9110, 5.3)."""
    if name not in headers:
        return ""
    return ", ".join(value for key, value in headers.items() if key.lower() == name.lower())


def _bounded(seconds: int) -> int:
    return min(max(seconds, 0), MAX_SECONDS)


def _number(value: str) -> int | None:
    """A number of seconds; nine digits are more than MAX_SECONDS, whatever follows."""
    value = value.strip()
    return _bounded(int(value[:9])) if value.isascii() and value.isdigit() else None


def _moment(value: str) -> int | None:
    """UTC seconds of an HTTP date (RFC 9110, 5.6.7), None when it is none."""
    try:
        moment = parsedate_to_datetime(value)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None
