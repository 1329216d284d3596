"""HTML as a stranger sent it → HTML that we may show.

What comes out has no script, style, form, frame or handler; its links and images are absolute http(s) (links also mailto:
and tel:) and free of tracking. nh3 (ammonia) does the work, over a list of what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html import escape

import nh3

from feeds.addresses import clean_link
from feeds.clean.order import is_demanding, orderly
from feeds.clean.tags import ATTRIBUTES, DROPPED_WITH_CONTENT, NUMBERS, REL, TAGS

_MAX_KNOWN = 500
_SCHEMES = {"http", "https", "mailto", "tel"}
_PERSONAL = re.compile(r"(?:mailto|tel):[^\s<>\"]{1,500}$", re.IGNORECASE)
_NOTABLE = re.compile(r"<(iframe|video|audio|embed|img|h1)\b", re.IGNORECASE)
_MEDIA = re.compile(
    r"<(?:iframe|video|audio|embed|source)\b[^<>]*?\ssrc\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s<>\"']+))[^<>]*>",
    re.IGNORECASE,
)
# What no XML document may hold, also when it was written as a character reference.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_UNUSUAL_REFERENCE = re.compile(r"&#(?!(?:8\d\d\d|1[6-9]\d|2\d\d|3[2-9]|[4-9]\d|1[01]\d|12[0-6]);)")
# nh3 writes attributes in double quotes and escapes < and > in them, so a tag ends at its first >.
_DEAD_IMAGE = re.compile(r'<img(?:[^>]* (?:width|height)="[012]"[^>]*|(?![^>]* src=")[^>]*)>')
_EMPTY_LINK = re.compile(r"<a(?: [^>]*)?>\s*</a>")
_H1 = re.compile(r"<(/?)h1\b")
_BEACON = re.compile(
    r"https?://(?:feeds\.feedburner\.com/~[rf]|feedproxy\.google\.com/~[rf]|feeds\.feedblitz\.com/~/i"
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
    notable = {name.lower() for name in _NOTABLE.findall(markup)}
    if notable - {"img", "h1"}:
        markup = _MEDIA.sub(_media_link, markup)
    if is_demanding(markup):
        markup = orderly(markup)
    try:
        clean = _cleaner(base)(markup)
    except UnicodeEncodeError:  # lone surrogates, which JSON can hold
        clean = _cleaner(base)(_ILLEGAL.sub("", markup))
    if "img" in notable:
        clean = _without_dead_images(clean)
    if "h1" in notable:  # our pages have a heading of their own
        clean = _H1.sub(r"<\1h3", clean)
    if "#" in markup and _UNUSUAL_REFERENCE.search(markup):
        clean = _ILLEGAL.sub("", clean)
    return clean


@lru_cache(maxsize=256)
def _cleaner(base: str | None) -> Callable[[str], str]:
    """nh3 set to our rules, for links relative to `base`.

    ammonia checks a URL's scheme before it calls the attribute filter and not after it. So the filter itself lets
    through only what clean_link made absolute http(s), and mailto: and tel: by their own pattern.
    """
    known: dict[str, str] = {}

    def allowed(tag: str, attribute: str, value: str) -> str | None:
        if attribute in {"href", "src"}:
            kept = known.get(value) if attribute == "href" else None
            if kept is None:
                kept = _address(value, base) if tag == "a" else _image_source(value, base)
                if kept and tag == "a":
                    if len(known) >= _MAX_KNOWN:
                        known.clear()
                    known[value] = kept
            return kept
        if attribute in NUMBERS:
            return value if value.isascii() and value.isdigit() and len(value) < 6 else None  # noqa: PLR2004
        return value

    return nh3.Cleaner(
        tags=set(TAGS),
        clean_content_tags=set(DROPPED_WITH_CONTENT),
        attributes=ATTRIBUTES,
        attribute_filter=allowed,
        link_rel=REL,
        url_schemes=_SCHEMES,
    ).clean


def _address(value: str, base: str | None) -> str | None:
    if value[:1] == "#":  # the places inside a page are gone with their ids
        return None
    return clean_link(value, base) or (value if _PERSONAL.match(value) else None)


def _image_source(value: str, base: str | None) -> str | None:
    link = clean_link(value, base) if value.strip() else None
    return None if link is None or _BEACON.match(link) else link


def _without_dead_images(clean: str) -> str:
    """Without images that lead nowhere or count their readers, and the links that only held those."""
    living = _DEAD_IMAGE.sub("", clean)
    return living if len(living) == len(clean) else _EMPTY_LINK.sub("", living)


def _media_link(found: re.Match[str]) -> str:
    """A player that can't be shown, as a link to what it plays."""
    address = (found[1] or found[2] or found[3] or "").strip()
    words = address.partition("//")[2].partition("?")[0] or address
    return f'<p><a href="{address}">{escape(words)}</a></p>' if address and '"' not in address else ""
