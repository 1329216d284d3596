"""HTML as a stranger sent it → HTML that we may show.

What comes out has no script, style, form, frame or handler; its links and images are absolute http(s) (links also
mailto: and tel:) and free of tracking. nh3 (ammonia) does the work, over a list of what is allowed.
"""

from __future__ import annotations

import re
import threading
from functools import lru_cache
from html import escape

import nh3

from feeds.addresses import clean_link
from feeds.clean.order import is_demanding, orderly
from feeds.clean.tags import ATTRIBUTES, DROPPED_WITH_CONTENT, NUMBERS, REL, TAGS

_MAX_KNOWN = 100

# iframe, video, audio, applet, embed, h1, pre, table and its parts, template, textarea, caption, center, object, svg,
# strike, select, marquee, math, button, big, font, form, fieldset, nobr, noscript. Old pages' capitals are not looked for.
_UNUSUAL_TAG = re.compile(r"<(?:if|vi|a[up]|emb|h1|pr|t[adre]|c[ae]|ob|s(?:v|tri|el)|ma|b[ui]|f[oir]|no)")
_MAX_PASSES = 4
_PLAYER = re.compile(r"<(?:iframe|video|audio|embed|source)\b([^<>]*+)>", re.IGNORECASE)
_SOURCE = re.compile(r"""\ssrc\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
# What no XML document may hold, also when it was written as a character reference; and byte order marks, the first of
# which parsers drop.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_CONTROLS = bytes([*range(9), 11, 12, *range(14, 32), 127])
_C1 = re.compile(b"\xc2[\x80-\x9f]")
_MARKS = tuple(mark.encode() for mark in "\ufeff\ufffe\uffff")

_PERSONAL = re.compile(r"(?:mailto|tel):[^\s<>\"]{1,500}$", re.IGNORECASE)
# nh3 writes attributes in double quotes and escapes < and > in them, so a tag ends at its first >. Images that lead
# nowhere are dropped, and those that are too small to be seen: they count their readers.
_DEAD_IMAGE = re.compile(r'<img(?:[^>]* (?:width|height)="[012]"[^>]*|(?![^>]* src=")[^>]*)>')
_EMPTY_LINK = re.compile(r"<a(?: [^>]*)?>\s*</a>")
_H1 = re.compile(r"<(/?)h1\b")
_LEADING_BREAK = re.compile(r"<pre[^>]*>(?=\n)")
_BEACON = re.compile(
    r"https?://(?:feeds\.feedburner\.com/~[rf]f?|feedproxy\.google\.com/~[rf]f?|feeds\.feedblitz\.com/~/i"
    r"|(?:stats|pixel|feeds)\.(?:wordpress|wp)\.com|(?:www\.)?blogger\.com/tracker|blogger\.googleusercontent\.com/tracker"
    r"|medium\.com/_/stat|(?:www\.)?facebook\.com/tr"
    r"|(?:[\w-]+\.){0,6}(?:doubleclick\.net|feedsportal\.com|quantserve\.com|scorecardresearch\.com|pheedo\.com"
    r"|google-analytics\.com|list-manage\.com/track|adsafeprotected\.com)"
    r"|[^/?]+/[^?]*\b(?:pixel|beacon)\.(?:gif|png|aspx|php))(?:[/?#:]|$)",
    re.IGNORECASE,
)


def html(markup: str, base: str | None) -> str:
    """Safe HTML of `markup`; `base` is what its relative links are relative to (None: they are dropped)."""
    if "<" not in markup and "&" not in markup:
        return markup if markup.isprintable() else _ILLEGAL.sub("", markup)
    _place.base = base
    _place.known = _known(base)
    if _UNUSUAL_TAG.search(markup) is None:
        return _once(markup)
    return _settled(_PLAYER.sub(_link_to_source, markup))


def _once(markup: str) -> str:
    if is_demanding(markup):
        markup = orderly(markup)
    try:
        clean = _CLEANER.clean(markup)
    except UnicodeEncodeError:  # lone surrogates, which JSON can hold
        clean = _CLEANER.clean(_ILLEGAL.sub("", markup))
    if not _is_legal(clean):
        clean = _ILLEGAL.sub("", clean)
    living = _DEAD_IMAGE.sub("", clean)
    return clean if len(living) == len(clean) else _EMPTY_LINK.sub("", living)


def _is_legal(clean: str) -> bool:
    """Whether there is nothing in it that _ILLEGAL matches, which takes three times as long to find that out."""
    octets = clean.encode("utf-8", "replace")
    controls = len(octets.translate(None, _CONTROLS)) < len(octets) or (b"\xc2" in octets and _C1.search(octets))
    return not (controls or any(mark in octets for mark in _MARKS))


def _settled(markup: str) -> str:
    """HTML that stays the same when it is read and cleaned again.

    Dropping a tag can leave its content where a parser would not put it: a link in a link, a heading in a heading.
    Headings of the first level are lowered, since our pages have one of their own; a line break that begins preformatted
    text is doubled, since parsers drop the first (HTML Living Standard, 13.1.2.5).
    """
    clean = markup
    for _ in range(_MAX_PASSES):
        before = clean
        clean = _LEADING_BREAK.sub(r"\g<0>\n", _H1.sub(r"<\1h3", _once(before)))
        if clean == before:
            break
    return clean


class _Place(threading.local):
    """What links are relative to in the HTML that this thread is cleaning, and the links known from the same place."""

    base: str | None = None
    known: dict[str, str] = {}  # noqa: RUF012 - set before every use


_place = _Place()


@lru_cache(maxsize=64)
def _known(_base: str | None) -> dict[str, str]:
    return {}


def _allowed(_tag: str, attribute: str, value: str) -> str | None:
    """The value that an attribute may have, or None.

    ammonia checks a URL's scheme before it calls this filter and not after it. So the filter itself lets through only
    what clean_link made absolute http(s), and mailto: and tel: by their own pattern.
    """
    if attribute == "href":
        return _place.known.get(value) or _address(value)
    if attribute == "src":
        link = clean_link(value, _place.base) if value.strip() else None
        return None if link is None or _BEACON.match(link) else link
    if attribute in NUMBERS:
        return value if value.isascii() and value.isdigit() and len(value) < 6 else None  # noqa: PLR2004
    return value


def _address(value: str) -> str | None:
    """A link's address; none for the places inside a page, which are gone with their ids."""
    if value[:1] == "#":
        return None
    link = clean_link(value, _place.base) or (value if _PERSONAL.match(value) else None)
    if link and len(_place.known) < _MAX_KNOWN:
        _place.known[value] = link
    return link


# Building one takes as long as cleaning ten sentences, so there is one for all places and threads.
_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(DROPPED_WITH_CONTENT),
    attributes=ATTRIBUTES,
    attribute_filter=_allowed,
    link_rel=REL,
    url_schemes={"http", "https", "mailto", "tel"},
)


def _link_to_source(found: re.Match[str]) -> str:
    """A player that can't be shown, as a link to what it plays."""
    source = _SOURCE.search(found[1])
    address = (source[1] or source[2] or source[3] or "").strip() if source else ""
    if not address or '"' in address:
        return ""
    words = address.partition("//")[2].partition("?")[0] or address
    return f'<p><a href="{address}">{escape(words)}</a></p>'
