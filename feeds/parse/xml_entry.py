"""One `item` or `entry` element → Entry."""

from __future__ import annotations

from typing import NamedTuple

from feeds.addresses import clean_link
from feeds.identity import entry_id
from feeds.model import Entry
from feeds.parse import dates
from feeds.parse.text import language
from feeds.parse.xml_draft import Draft, Element, resolve
from feeds.parse.xml_elements import fill
from feeds.parse.xml_names import RDF_ABOUT, XML_BASE, XML_LANG


class Inherited(NamedTuple):
    """What an entry has from its feed where it says nothing itself: what its links are relative to, and its language.

    In Atom also its authors (RFC 4287, 4.2.1), while RSS has no word for "updated" of its own.
    """

    base: str | None
    language: str | None
    authors: tuple[str, ...]
    is_atom: bool


def read(item: Element, feed: Inherited) -> tuple[Entry, tuple[Element, ...]]:
    """The entry, and the items that were put inside it by mistake."""
    draft = Draft()
    draft.base = resolve(feed.base, item.get(XML_BASE))
    draft.given = item.get(RDF_ABOUT)
    draft.language = item.get(XML_LANG)
    if item.tag == "ITEM":  # Microsoft's Channel Definition Format of 1997
        draft.link, draft.updated = item.get("HREF"), item.get("LASTMOD")
    fill(draft, item)
    return _entry(draft, feed), draft.nested


def _entry(draft: Draft, feed: Inherited) -> Entry:
    base = draft.base
    link = clean_link(draft.link, base) if draft.link else None
    if link is None:
        link = clean_link(draft.permalink, base) or clean_link(draft.other_link, base)
    title = draft.title or draft.other_title
    summary = draft.summary or draft.other_summary or draft.caption
    content = draft.content
    if not content and len(draft.other_summary) > len(summary):
        content = draft.other_summary
    published, updated = _dates(draft, is_atom=feed.is_atom)
    image = draft.thumbnail or draft.image or draft.spare_image
    return Entry(
        id=entry_id(draft.given, link, title, content or summary),
        link=link,
        title=title,
        summary=summary,
        content=content,
        authors=draft.authors or draft.spare_authors or feed.authors,
        categories=draft.categories,
        published=published,
        updated=updated,
        language=language(draft.language) if draft.language else feed.language,
        enclosures=draft.enclosures,
        image=clean_link(image, base) if image else None,
        fields=draft.fields,
        base=base,
    )


def _dates(draft: Draft, *, is_atom: bool) -> tuple[int | None, int | None]:
    """Published and updated. Dublin Core's date is the one that is missing; RSS' only date is when it was published."""
    published = dates.seconds(draft.published)
    updated = dates.seconds(draft.updated) if draft.updated else None
    if draft.dated:
        if published is None:
            published = dates.seconds(draft.dated)
        elif updated is None:
            updated = dates.seconds(draft.dated)
    if published is None and draft.created:
        published = dates.seconds(draft.created)
    if published is None and not is_atom:
        published, updated = updated, None
    return published, updated
