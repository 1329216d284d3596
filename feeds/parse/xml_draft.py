"""An entry while its elements are being read."""

from __future__ import annotations

from typing import TypeAlias
from urllib.parse import urljoin

from lxml import etree

from feeds.model import Enclosure

Element: TypeAlias = etree._Element  # noqa: SLF001 - lxml has no public name for it

MAX_LISTED = 50
"""Authors, categories or enclosures of one entry."""


class Draft:
    """What was found so far. The `other_…` and `spare_…` count only where nothing better is found."""

    base: str | None = None
    given: str | None = None
    permalink: str | None = None
    link: str | None = None
    other_link: str | None = None
    title: str = ""
    other_title: str = ""
    summary: str = ""
    other_summary: str = ""
    caption: str = ""
    content: str = ""
    content_is_markup: bool = False
    published: str | None = None
    dated: str | None = None
    created: str | None = None
    updated: str | None = None
    language: str | None = None
    thumbnail: str | None = None
    image: str | None = None
    spare_image: str | None = None
    authors: tuple[str, ...] = ()
    spare_authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    nested: tuple[Element, ...] = ()


def added(names: tuple[str, ...], one: str) -> tuple[str, ...]:
    """The tuple with one more name, unless it is empty or there already."""
    return (*names, one) if one and one not in names and len(names) < MAX_LISTED else names


def resolve(base: str | None, inner: str | None) -> str | None:
    """The base inside an element that may have an `xml:base`."""
    if not inner:
        return base
    try:
        joined = urljoin(base or "", inner.strip())
    except ValueError:
        return base
    return joined if joined.lower().startswith(("http://", "https://")) else base
