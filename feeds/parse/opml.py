"""Subscription lists (OPML 1.0, 1.1, 2.0) as any feed reader writes them.

What is written loosely is read: attribute names in any letter case, bare ampersands, HTML's named entities, a wrong or
missing encoding. What could harm is refused: entity definitions, and more rows than a person could have collected.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from html import escape
from html.entities import html5

from lxml import etree

from feeds.errors import HtmlPage, NotAFeed, TooHeavy, UnsafeDocument
from feeds.model import Outline
from feeds.parse import text, xml_document

MAX_OUTLINES = 10_000
_TYPES = {"jsonfeed": "JSONFeed", "json": "JSONFeed", "atom": "atom", "ical": "ical", "ics": "ical"}
_CALENDARS = ("webcal:", "webcals:")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ENCODINGS = re.compile("utf-?(?:8|16)|iso-?8859|windows-|cp12|koi8|gb|big5|euc|shift|latin|us-ascii")
_AMPERSAND = re.compile(r"&(?!#\d{1,7};|#x[0-9A-Fa-f]{1,6};|(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31};)?")


def read(body: bytes, url: str = "") -> tuple[Outline, ...]:
    """The feeds and calendars of an OPML document, in its order; a folder's name becomes their category.

    Rows that name no feed but a home page are read with an empty `feed_url`; rows that name neither are left out.
    Addresses are as written: judge them with feeds.addresses. `url` is the file's name or address, for messages. Raises
    ReadError when this is no OPML document.
    """
    root = _root(body, url)
    rows: list[Outline] = []
    for count, (element, folders) in enumerate(_walk(root), start=1):
        if count > MAX_OUTLINES:
            raise TooHeavy(url, f"more than {MAX_OUTLINES} outlines")
        if row := _row(element, folders):
            rows.append(row)
    return tuple(rows)


def _root(body: bytes, url: str) -> etree._Element:
    try:
        root = xml_document.root(body, url)
    except NotAFeed:
        root = _mended(body, url)
    name = _local_name(root)
    if name not in {"opml", "outlinedocument"}:
        raise HtmlPage(url) if name == "html" else NotAFeed(url, f"<{name}>")
    return root


def _mended(body: bytes, url: str) -> etree._Element:
    """The root of a document that is not well formed. Raises NotAFeed when not even a root can be found."""
    written = _DECLARATION.sub("", _ILLEGAL.sub("", _decoded(body)))
    if "<!entity" in written.lower():
        raise UnsafeDocument(url, "the document declares entities")
    written = _AMPERSAND.sub(lambda found: escape(html5.get(found.group(1) or "", found.group())), written)
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root: etree._Element | None = etree.fromstring(written.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotAFeed(url, str(error)) from error
    if root is None:
        raise NotAFeed(url, "not XML")
    return root


def _decoded(body: bytes) -> str:
    told = "utf-16" if body.startswith((BOM_UTF16_BE, BOM_UTF16_LE)) else xml_document.declared_encoding(body).decode()
    for encoding in (told if _ENCODINGS.match(told) else "utf-8-sig", "utf-8-sig", "windows-1252"):
        try:
            return body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return body.decode("latin-1")


def _walk(root: etree._Element) -> Iterator[tuple[etree._Element, tuple[str, ...]]]:
    """Every outline with the names of the folders round it, in document order; without recursion."""
    pending: list[tuple[etree._Element, tuple[str, ...]]] = [(root, ())]
    while pending:
        element, folders = pending.pop()
        inner = folders
        if _local_name(element) == "outline":
            yield element, folders
            inner = (*folders, *_folder_name(element))
        pending.extend((child, inner) for child in reversed(element) if isinstance(child.tag, str))


def _folder_name(element: etree._Element) -> tuple[str, ...]:
    attributes = _attributes(element)
    name = attributes.get("text") or attributes.get("title")
    return (name,) if name and not _feed_url(attributes) else ()


def _row(element: etree._Element, folders: tuple[str, ...]) -> Outline | None:
    attributes = _attributes(element)
    feed, home = _feed_url(attributes), attributes.get("htmlurl", "")
    if not feed and not home:
        return None
    kind = _TYPES.get(attributes.get("type", "").lower(), "rss")
    return Outline(
        title=text.plain_if_marked_up(attributes.get("title") or attributes.get("text")) or home or feed,
        feed_url=feed,
        home_url=home,
        type="ical" if feed.lower().startswith(_CALENDARS) else kind,
        language="" if attributes.get("language", "").lower() == "unknown" else attributes.get("language", ""),
        description=text.plain_if_marked_up(attributes.get("description")),
        category="/".join(folders) or attributes.get("category", "").partition(",")[0].strip(" /"),
    )


def _feed_url(attributes: dict[str, str]) -> str:
    """`xmlUrl`, a calendar's `source`; `url` only where the type says that it leads to a feed, not to a page."""
    told = attributes.get("type", "").lower()
    if _TYPES.get(told) == "ical" and "source" in attributes:
        return attributes["source"]
    return attributes.get("xmlurl") or (attributes.get("url", "") if told in {*_TYPES, "rss"} else "")


def _attributes(element: etree._Element) -> dict[str, str]:
    """The attributes by their names in lower case without a namespace, white space folded; empty ones left out."""
    folded = {str(name).rpartition("}")[2].lower(): " ".join(str(value).split()) for name, value in element.items()}
    return {name: value for name, value in folded.items() if value}


def _local_name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2].lower()
