"""What people take for a feed → text that an XML parser reads, if it can be had by cutting and escaping.

Cut are PHP warnings and blank lines before the document, scripts and comments after it, and characters that XML doesn't
know. Escaped are `&` and `<` that mean themselves, and HTML that was put into an element as it was. Named entities
become characters, undeclared prefixes are declared. Every step takes time in proportion to the text's length.
"""

from __future__ import annotations

import re
import sys
from html import escape
from html.entities import html5

from feeds.errors import UnsafeDocument

_ROOT = re.compile(r"<!--|<((?:[\w-]+:)?(?:rss|rdf|feed|channel|entry))(?=[\s>/])", re.IGNORECASE)
_HTML = re.compile(r"\s*+(?:<!--.*?-->\s*+)*+(?:<!doctype\s+html|<html|<head|<body)\b", re.IGNORECASE | re.DOTALL)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_AMPERSAND = re.compile(r"&(?:#(x[0-9a-f]{1,8}|[0-9]{1,8});|([a-z][a-z0-9]{1,31});|)", re.IGNORECASE)
_STRAY = re.compile(r"<(?![A-Za-z_/!?])|<(?=/?\d)")
_PREFIX = re.compile(r"(?:</?|\s)([A-Za-z_][\w.-]{0,30}):[A-Za-z_][\w.-]*(?=[\s=>/])", re.ASCII)
_DECLARATION = re.compile(r"""\sxmlns(?::([\w.-]+))?\s*=\s*("[^"<]{0,500}"|'[^'<]{0,500}')""")
_WHITE = re.compile(r"[ \t\r\n]{200,}")

_PREDEFINED = {"amp", "lt", "gt", "quot", "apos"}
_MAX_PREFIXES = 40
_MAX_LIST = 5000
# Prefixes that say nothing by themselves; xml_names knows the others whatever they are declared to be.
_USUAL = {
    "atom": "http://www.w3.org/2005/Atom",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
_TAG_NAME = re.compile(r"<(/?)([A-Za-z_][\w.:-]*)")
_SKIPPED = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>", "<!": ">"}
_MAX_DEPTH = 200
_HOLDS_HTML = ("description", "content:encoded", "summary", "content", "title", "itunes:summary", "media:description")


def is_html_page(text: str) -> bool:
    """Whether it begins as a web page and has no feed in it."""
    return _HTML.match(text) is not None and root_start(text) is None


def root_start(text: str) -> tuple[int, str] | None:
    """Where the feed's root element begins, outside of comments, and its name."""
    at, end = 0, 0
    while (found := _ROOT.search(text, at)) is not None:
        if found[1]:
            return found.start(), found[1]
        if end >= 0:  # while comments still end at all
            end = text.find("-->", found.end())
        at = end + 3 if end >= 0 else found.end()
    return None


def repaired(text: str, url: str) -> str | None:
    """The document from its root element on; None when it has none. Raises UnsafeDocument if it declares entities."""
    start = root_start(text)
    if start is None:
        return None
    at, name = start
    if "<!ENTITY" in text[:at]:
        raise UnsafeDocument(url, "the document declares entities")
    end = text.rfind(f"</{name}")
    close = text.find(">", end) if end > at else -1
    text = text[at : close + 1] if close > 0 else text[at:]
    return _with_prefixes(_outside_cdata(_ILLEGAL.sub("", _WHITE.sub(" ", text))))


def with_html_escaped(text: str) -> str:
    """The document with the HTML escaped that elements for HTML have inside them as it is."""
    for name in _HOLDS_HTML:
        text = _escaped_inside(text, name)
    return text


def _outside_cdata(text: str) -> str:
    parts: list[str] = []
    at = 0
    while (start := text.find("<![CDATA[", at)) >= 0:
        end = text.find("]]>", start)
        if end < 0:
            break
        parts += (_escaped(text[at:start]), text[start : end + 3])
        at = end + 3
    parts.append(_escaped(text[at:]))
    return "".join(parts)


def _escaped(text: str) -> str:
    if "&" in text:
        text = _AMPERSAND.sub(_reference, text)
    return _STRAY.sub("&lt;", text) if "<" in text else text


def _reference(found: re.Match[str]) -> str:
    number, named = found.groups()
    if named:
        if named in _PREDEFINED:
            return found[0]
        character = html5.get(named + ";")
        return escape(character) if character else "&amp;" + found[0][1:]
    if not number:
        return "&amp;" + found[0][1:]
    code = int(number[1:], 16) if number[0] in "xX" else int(number)
    is_character = code <= sys.maxunicode and not _ILLEGAL.match(chr(code))
    return found[0].lower() if is_character else ""


def _with_prefixes(text: str) -> str:
    """Declare the prefixes that are used without being declared, and mend namespaces with white space in them."""
    declared = {found[1] for found in _DECLARATION.finditer(text)}
    used = dict.fromkeys(found[1] for found in _PREFIX.finditer(text))
    missing = [prefix for prefix in used if prefix not in declared and prefix not in {"xml", "xmlns"}][:_MAX_PREFIXES]
    added = "".join(
        f' xmlns:{prefix}="{_USUAL.get(prefix, f"urn:undeclared:{number}")}"' for number, prefix in enumerate(missing)
    )
    end_of_name = re.match(r"<[\w:-]+", text)
    if added and end_of_name:
        text = text[: end_of_name.end()] + added + text[end_of_name.end() :]
    return _DECLARATION.sub(lambda found: "".join(found[0].split()).replace("xmlns", " xmlns", 1), text)


def _escaped_inside(text: str, name: str) -> str:
    opening, closing = re.compile(rf"<{name}(?:\s[^<>]*)?>"), f"</{name}>"
    parts: list[str] = []
    at = 0
    while (found := opening.search(text, at)) is not None:
        parts.append(text[at : found.end()])
        at = found.end()
        end = text.find(closing, at)
        if end < 0:
            break
        if found[0].endswith("/>") or "xhtml" in found[0]:
            continue
        inside = text[at:end]
        parts.append(escape(inside, quote=False) if "<" in inside and "<![CDATA[" not in inside else inside)
        at = end
    parts.append(text[at:])
    return "".join(parts)


def listed(text: str, name: str, part: str) -> list[str]:
    """The texts of the `part` elements in the first `name` element, of which feedparser keeps only the last."""
    found = re.search(rf"<{name}>", text, re.IGNORECASE)
    if found is None:
        return []
    inside = re.split(rf"</{name}", text[found.end() : found.end() + _MAX_LIST], maxsplit=1, flags=re.IGNORECASE)[0]
    return re.findall(rf"<{part}>([^<]{{1,40}})", inside, re.IGNORECASE)


def completed(text: str) -> str | None:
    """A document that breaks off, with what was open closed; None when it doesn't break off or can't be followed.

    An item that breaks off before its identity is complete is left out: it would be another one tomorrow.
    """
    opened: list[tuple[str, int]] = []
    at = 0
    while (start := text.find("<", at)) >= 0:
        mark = next((mark for mark in _SKIPPED if text.startswith(mark, start)), "<")
        end = text.find(_SKIPPED.get(mark, ">"), start)
        if end < 0:
            if mark == "<![CDATA[":
                text += "]]>"
            else:
                text = text[:start]
            break
        at = end + len(_SKIPPED.get(mark, ">"))
        if mark != "<":
            continue
        name = _TAG_NAME.match(text, start)
        if name is None or (name[1] and (not opened or opened.pop()[0] != name[2])):
            return None
        if not name[1] and text[end - 1] != "/":
            opened.append((name[2], start))
            if len(opened) > _MAX_DEPTH:
                return None
    return _closed(text, opened) if opened else None


def _closed(text: str, opened: list[tuple[str, int]]) -> str:
    item = next((place for place, (name, _) in enumerate(opened) if name in {"item", "entry"}), None)
    if item is not None:
        begin = opened[item][1]
        if len(opened) > item + 1 and opened[-1][0] not in _HOLDS_HTML:
            text = text[: opened[-1][1]]
            opened = opened[:-1]
        said = text[begin:]
        is_known = any(mark in said for mark in ("</guid>", "</id>", "rdf:about="))
        if not is_known and ("</guid>" in text or "</link>" not in said):
            text = text[:begin]
            opened = opened[:item]
    return text + "".join(f"</{name}>" for name, _ in reversed(opened))
