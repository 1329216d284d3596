"""What an element says: as HTML, or as one line of plain text.

An element's content is HTML or plain text by its `type` (Atom 1.0, RFC 4287 3.1 and 4.1.3), its `mode` (Atom 0.3), or
by habit (RSS, where text is HTML). Markup that was not escaped is an element's children; they are written back as HTML.
"""

from __future__ import annotations

import base64
import binascii
import re
from html import escape

from lxml import etree

from feeds.parse.text import MAX_FIELD, encoded_once, literal, plain, plain_if_marked_up
from feeds.parse.xml_names import name

_MAIL_AND_NAME = re.compile(r"[^\s()<>@]+@[^\s()<>@]+\s*\(([^()]+)\)$")
_NAME_AND_MAIL = re.compile(r"([^()<>@]+)[(<][^\s()<>@]+@[^\s()<>@]+[)>]$")
_ATOM = ("{http://www.w3.org/2005/Atom}", "{http://purl.org/atom/ns#}")  # where text is plain unless it says otherwise
_CLOSING_TAG = re.compile(r"</(?:a|b|i|p|div|span|em|strong|ul|ol|h[1-6]|blockquote|table)\s*>|<(?:br|img|p)\b")


def html(element: etree._Element) -> str:
    """Content that is HTML unless the element says otherwise: RSS `description`, `content:encoded`."""
    kind = element.get("type")
    if kind is not None and _kind(kind) == "text" and element.get("mode") != "escaped":
        return from_text(element.text or "") if not len(element) else children(element)
    return children(element) if len(element) else _cut(element.text)


def construct(element: etree._Element) -> tuple[str, bool]:
    """An Atom text or content construct as HTML, and whether it was markup rather than plain text."""
    mode = element.get("mode")
    kind = _kind(element.get("type"))
    if len(element):
        return children(_only_div(element)), True
    text = _cut(element.text)
    if mode == "base64" or kind == "base64":
        return _decoded(text), kind == "base64"
    if mode == "escaped" or kind == "html":
        return text, True
    if kind == "text" or (kind == "" and not _CLOSING_TAG.search(text)):
        return from_text(text), False
    return text, True


def line(element: etree._Element) -> str:
    """A title or name as one line of plain text."""
    if len(element):
        for silent in element.iter("{*}script", "{*}style"):
            silent.text = None
        return literal("".join(texts(element)))
    text = element.text
    if not text:
        return ""
    if " " in text and "<" not in text and "&" not in text:  # neither HTML nor base64, whatever it says it is
        return literal(text)
    kind = element.get("type")
    if element.get("mode") == "base64" or (kind is not None and _kind(kind) == "base64"):
        return plain(_decoded(text))
    is_text = element.tag.startswith(_ATOM) if kind is None else _kind(kind) == "text"
    return plain_if_marked_up(text) if is_text else plain(text)


def texts(element: etree._Element) -> list[str]:
    """All texts inside an element, in order."""
    return [str(text) for text in element.itertext()]


def person(element: etree._Element) -> str:
    """A name out of Atom's person construct or RSS' `mail@example.org (Name)`; the address where there is no name."""
    if not len(element):
        text = plain(element.text)
        found = _MAIL_AND_NAME.match(text) or _NAME_AND_MAIL.match(text) if "@" in text else None
        return found[1].strip() if found else text
    parts = {name(part.tag, part.prefix): part for part in element.iter(etree.Element)}
    for wanted in ("name", "foaf:name", "email"):
        if wanted in parts and (text := literal("".join(texts(parts[wanted])))):
            return text
    return literal(element.text)


def from_text(text: str) -> str:
    """Plain text as HTML that keeps its line breaks."""
    return escape(text.strip(), quote=False).replace("\n", "<br>\n")


def children(element: etree._Element) -> str:
    """Unescaped markup inside an element as an HTML string, without namespaces."""
    for inner in element.iter(etree.Element):
        if inner is not element and isinstance(inner.tag, str) and inner.tag[0] == "{":
            inner.tag = inner.tag.rpartition("}")[2]
    parts = [escape(element.text or "", quote=False)]
    parts += (etree.tostring(child, encoding="unicode", method="html") for child in element)
    return _cut("".join(parts))


def _only_div(element: etree._Element) -> etree._Element:
    """The div that Atom wraps XHTML in (RFC 4287, 3.1.1.3), where there is nothing beside it."""
    if len(element) == 1 and not (element.text or "").strip() and not (element[0].tail or "").strip():
        tag = element[0].tag
        if isinstance(tag, str) and tag.rpartition("}")[2].lower() in {"div", "body"}:
            return element[0]
    return element


def _kind(given: str | None) -> str:
    """What a type attribute means: text, html, xhtml, base64, or nothing."""
    kind = (given or "").strip().lower().partition(";")[0]
    if kind in {"", "text", "html", "xhtml"}:
        return kind
    if kind == "plain" or (kind.startswith("text/") and kind != "text/html"):
        return "text"
    if kind == "text/html":
        return "html"
    if kind.endswith(("xml", "/xhtml")):
        return "xhtml"
    return "base64" if "/" in kind else ""


def _decoded(text: str) -> str:
    """Text that came in base64; the text itself when that is not what it is."""
    try:
        return base64.b64decode(text, validate=False).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return text


def _cut(text: str | None) -> str:
    if text is None:
        return ""
    if len(text) > MAX_FIELD:
        text = text[:MAX_FIELD]
    return text if text.isascii() else encoded_once(text)
