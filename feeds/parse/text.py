"""Texts out of feeds: what may not be in them, and plain text out of what may be HTML.

Everything here is linear in its input, whatever that holds.
"""

from __future__ import annotations

import re
from html import unescape

MAX_FIELD = 1_000_000
"""Characters of one field that are read at all."""
MAX_LINE = 1000
"""Characters of a title, a name or a category."""

# Not allowed in XML 1.0 (2.2), and therefore in no feed of ours; lone surrogates can't even be encoded.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Invisible, and able to make a line read as something else: bidi embeddings, overrides and isolates, zero width
# spaces, deprecated format characters, interlinear annotation, tags. Joiners stay: emoji and Persian need them.
_DECEIVING = re.compile("[\x7f\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
# Bytes 0x80–0x9F that were taken for Latin-1 but meant Windows-1252 (HTML Living Standard, 13.2.5.80).
_C1 = {code: bytes([code]).decode("cp1252", "ignore") or None for code in range(0x80, 0xA0)}
_BYTES = {ord(character): code for code, character in _C1.items() if character}
_HAS_C1 = re.compile("[\x80-\x9f]")

_TAG = re.compile(
    r"<(?:(?:script|style)\b[^<>]*>[^<]*</(?:script|style)\s*>"
    r"|!--(?:[^-<]|-(?!->)|<(?!!--))*-->"
    r"|/?(?:a|abbr|acronym|address|b|bdi|bdo|big|blink|blockquote|br|center|cite|code|dd|del|dfn|div|dl|dt|em|font|h[1-6]"
    r"|hr|i|iframe|img|ins|kbd|li|mark|marquee|nobr|noscript|object|ol|p|pre|q|rp|rt|ruby|s|samp|script|small|span"
    r"|strike|strong|style|sub|sup|table|tbody|td|th|tr|tt|u|ul|var|video|wbr|xhtml:\w+)(?:[\s/][^<>]*)?>)",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"</?(?:br|p|div|li|h[1-6]|t[dr]|hr|dd|dt)\b", re.IGNORECASE)
_MARKED_UP = re.compile(r"</\w+\s*>|&#?\w+;")


def legal(text: str) -> str:
    """`text` without the characters that no XML document may hold; only the first 1,000,000 are read."""
    return encoded_once(_ILLEGAL.sub("", text[:MAX_FIELD]))


def encoded_once(text: str) -> str:
    """Text that was UTF-8, taken for Latin-1 or Windows-1252, and encoded again ("cafÃ©", "â€œ"), even several
    times, as it was meant; any other text as it is.
    """
    while not text.isascii() and ("Ã" in text or "Â" in text or "â€" in text):
        try:
            text = text.translate(_BYTES).encode("latin-1").decode()
        except UnicodeError:
            break
    return text


def literal(text: str | None) -> str:
    """One line of plain text out of text that is plain already."""
    if not text:
        return ""
    if not text.isascii():
        text = encoded_once(text[:MAX_FIELD])
    if not text.isprintable():
        text = text.strip()[: 4 * MAX_LINE]
        while (
            visible := _visible(text)
        ) != text:  # what stood apart by an invisible character may mean something else now
            text = visible
    elif len(text) <= MAX_LINE and "  " not in text and text[0] != " " and text[-1] != " ":
        return text
    line = " ".join(text.split())
    return line if len(line) <= MAX_LINE else line[: MAX_LINE - 1].rstrip() + "…"


def _visible(text: str) -> str:
    text = encoded_once(_DECEIVING.sub("", _ILLEGAL.sub("", text)))
    return text.translate(_C1) if _HAS_C1.search(text) else text


def plain(text: str | None) -> str:
    """One line of plain text out of text that may be HTML: tags dropped, entities decoded, white space folded.

    Only tags that HTML has are dropped, so that "x <y and z>" in a title stays what it is.
    """
    if not text:
        return ""
    if "<" in text or "&" in text:
        text = text[: 20 * MAX_LINE]
        if "<" in text:
            text = _TAG.sub(lambda found: " " if _BLOCK.match(found.group()) else "", text)
        if "&" in text:
            text = unescape(text)
    return literal(text)


def plain_if_marked_up(text: str | None) -> str:
    """Like `plain`, for what is plain text by its specification, but HTML in many feeds that do not know that."""
    return plain(text) if text and _MARKED_UP.search(text[: 20 * MAX_LINE]) else literal(text)


def language(tag: str | None) -> str | None:
    """A language tag in lower-case BCP 47 form (`es-mx` of `es_MX`), or None when it is none."""
    if not tag:
        return None
    tag = tag.strip().replace("_", "-").lower()
    return tag if _LANGUAGE.match(tag) else None


_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{1,8}){0,4}$")
