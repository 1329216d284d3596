"""Subscription lists as OPML 2.0 (http://opml.org/spec2.opml), as feed readers take them in.

Feeds have `type="rss"` (the specification's word for every feed; "atom" and "JSONFeed" where that is known) and
`xmlUrl`. Calendars have `type="ical"` and `ical:source` (RFC 7986's SOURCE property), because newsboat and others take
whatever stands in `xmlUrl` or `url` for a feed. Categories become folders, their parts folders in folders, and stand in
the `category` attribute too.
"""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from feeds.model import Outline
from feeds.publish import legal

CALENDAR = "ical"
XCAL = "urn:ietf:params:xml:ns:icalendar-2.0"


def write(title: str, outlines: Iterable[Outline], *, updated: int, url: str = "") -> bytes:
    """OPML 2.0 in UTF-8: `title` of the list, `updated` in UTC seconds, `url` the home page of whoever keeps it.

    Rows without a category come first, then each category in the order in which it is first named.
    """
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"ical": XCAL})
    head, body = etree.SubElement(root, "head"), etree.SubElement(root, "body")
    etree.SubElement(head, "title").text = legal.line(title)
    etree.SubElement(head, "dateModified").text = legal.rfc822(updated)
    if url:
        etree.SubElement(head, "ownerId").text = legal.address(url)
    etree.SubElement(head, "docs").text = "http://opml.org/spec2.opml"
    folders = {"": body}
    for outline in sorted(outlines, key=lambda row: bool(_path(row))):
        etree.SubElement(_folder(folders, _path(outline)), "outline", _attributes(outline))
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _path(outline: Outline) -> str:
    """The category as a path without empty parts."""
    return "/".join(filter(None, map(str.strip, legal.line(outline.category).split("/"))))


def _folder(folders: dict[str, etree._Element], path: str) -> etree._Element:
    """The folder of this path, made when there is none yet."""
    if path not in folders:
        parent, _, name = path.rpartition("/")
        folders[path] = etree.SubElement(_folder(folders, parent), "outline", {"text": name, "title": name})
    return folders[path]


def _attributes(outline: Outline) -> dict[str, str]:
    title = legal.line(outline.title) or legal.line(outline.home_url or outline.feed_url)
    feed = legal.address(outline.feed_url) if outline.feed_url else ""
    attributes = {
        "text": title,
        "title": title,
        "type": outline.type,
        f"{{{XCAL}}}source" if outline.type == CALENDAR else "xmlUrl": feed,
        "htmlUrl": legal.address(outline.home_url) if outline.home_url else "",
        "language": legal.language(outline.language) or "",
        "description": legal.line(outline.description),
        "category": f"/{path}" if (path := _path(outline)) else "",
    }
    return {name: value for name, value in attributes.items() if value}
