"""The elements of an item or entry: what each says, into a draft.

RSS 0.9x, 1.0, 2.0 and Atom 0.3, 1.0 are read by one table, because real feeds mix them. Adding an element: a handler
and its line in HANDLERS, or only a line where a handler for its like exists. Event data is listed in event_fields.py.
"""

from __future__ import annotations

from collections.abc import Callable

from feeds.addresses import clean_link
from feeds.model import Enclosure
from feeds.parse import event_fields
from feeds.parse.text import literal, plain
from feeds.parse.xml_draft import MAX_LISTED, Draft, Element, added, resolve
from feeds.parse.xml_names import ATOM, RDF_RESOURCE, XML_BASE, XML_LANG, name
from feeds.parse.xml_text import construct, from_text, html, line, person, texts

Handler = Callable[[Draft, Element], None]


def fill(draft: Draft, parent: Element) -> None:
    """Put what the children of an item say into its draft."""
    for element in parent:
        handler = _BY_TAG.get(element.tag) or handler_of(element)
        if handler is not None:
            handler(draft, element)


def handler_of(element: Element) -> Handler | None:
    """The handler of an element whose tag is not one of the usual spellings."""
    tag = element.tag
    if not isinstance(tag, str):
        return None
    called = name(tag, element.prefix)
    known = HANDLERS.get(called)
    return _field if known is None and event_fields.is_event_data(called) else known


# --- what it is called, where it is


def _title(draft: Draft, element: Element) -> None:
    if not draft.title:
        draft.title = line(element)


def _other_title(draft: Draft, element: Element) -> None:
    if not draft.other_title:
        draft.other_title = line(element)


def _link(draft: Draft, element: Element) -> None:
    href = element.get("href")
    if href is None:
        text = element.text or element.get("url") or element.get(RDF_RESOURCE)
        if text and text.strip() and not draft.link:
            draft.link = text
        return
    base = resolve(draft.base, element.get(XML_BASE))
    rel = (element.get("rel") or "alternate").strip().lower().rpartition("/")[2]
    if rel == "alternate":
        kind = element.get("type") or "text/html"
        if "html" in kind and (not draft.link or element.tag[1 : 1 + len(ATOM)] == ATOM):
            draft.link = draft.link or clean_link(href, base)
        elif draft.other_link is None:
            draft.other_link = clean_link(href, base)
    elif rel == "enclosure":
        _enclose(draft, href, element.get("type"), element.get("length"), base)


def _guid(draft: Draft, element: Element) -> None:
    text = element.text
    if not text:
        return
    draft.given = text.strip() or draft.given
    is_link = element.get("isPermaLink") or element.get("ispermalink") or "true"
    if is_link.strip().lower() == "true" and text.lstrip()[:4].lower() == "http":
        draft.permalink = text


# --- what it says


def _description(draft: Draft, element: Element) -> None:
    text = html(element)
    if not draft.summary:
        draft.summary = text
    elif not draft.content:
        draft.content = text


def _other_summary(draft: Draft, element: Element) -> None:
    text = html(element)
    if len(text) > len(draft.other_summary):
        draft.other_summary = text


def _caption(draft: Draft, element: Element) -> None:
    if not draft.caption:
        draft.caption = html(element) if element.get("type") == "html" else from_text(element.text or "")


def _summary(draft: Draft, element: Element) -> None:
    if not draft.summary:
        draft.summary = construct(element)[0]


def _encoded(draft: Draft, element: Element) -> None:
    text = html(element)
    if text and not (draft.content and draft.content_is_markup):
        draft.content = text
        draft.content_is_markup = True


def _content(draft: Draft, element: Element) -> None:
    base = element.get(XML_BASE)
    if base:
        draft.base = resolve(draft.base, base)
    source = element.get("src")
    if source and draft.other_link is None:
        draft.other_link = source
    if draft.language is None:
        draft.language = element.get(XML_LANG)
    text, is_markup = construct(element)
    if text and (not draft.content or (is_markup and not draft.content_is_markup)):
        draft.content = text
        draft.content_is_markup = is_markup


# --- who, when, about what


def _author(draft: Draft, element: Element) -> None:
    draft.authors = added(draft.authors, person(element))


def _spare_author(draft: Draft, element: Element) -> None:
    draft.spare_authors = added(draft.spare_authors, person(element))


def _category(draft: Draft, element: Element) -> None:
    text = element.text
    if not text or text.isspace():
        if element.get("scheme") == "http://schemas.google.com/g/2005#kind":
            return  # Blogger says of every post that it is a post
        text = element.get("label") or element.get("term")
    draft.categories = added(draft.categories, plain(text))


def _published(draft: Draft, element: Element) -> None:
    draft.published = element.text or draft.published


def _dated(draft: Draft, element: Element) -> None:
    draft.dated = element.text or draft.dated


def _created(draft: Draft, element: Element) -> None:
    draft.created = element.text or draft.created


def _updated(draft: Draft, element: Element) -> None:
    draft.updated = element.text or draft.updated


def _language(draft: Draft, element: Element) -> None:
    draft.language = element.text or draft.language


# --- what goes with it


def _enclosure(draft: Draft, element: Element) -> None:
    url = element.get("url") or element.get("href") or element.get(RDF_RESOURCE) or element.text
    _enclose(draft, url, element.get("type"), element.get("length"), draft.base)


def _enclose(draft: Draft, url: str | None, kind: str | None, length: str | None, base: str | None) -> None:
    href = clean_link(url, base)
    if href is None or len(draft.enclosures) >= MAX_LISTED or any(known.url == href for known in draft.enclosures):
        return
    kind = literal(kind).lower()
    size = (length or "").strip()
    octets = int(size) if size.isascii() and size.isdigit() and len(size) < 15 else 0  # noqa: PLR2004 - no file is larger
    draft.enclosures += (Enclosure(href, kind, octets),)
    if kind.startswith("image/") and draft.image is None:
        draft.image = href


def _media_content(draft: Draft, element: Element) -> None:
    url, kind, medium = element.get("url"), element.get("type") or "", element.get("medium") or ""
    is_heard_or_seen = kind.startswith(("audio/", "video/")) or medium in {"audio", "video"}
    if url and not is_heard_or_seen and (kind.startswith("image/") or medium == "image"):
        draft.spare_image = draft.spare_image or (None if "gravatar.com/" in url else url)
    elif url and (is_heard_or_seen or (kind and kind not in _PAGES)):
        _enclose(draft, url, kind, element.get("fileSize"), draft.base)
    fill(draft, element)


def _thumbnail(draft: Draft, element: Element) -> None:
    draft.thumbnail = draft.thumbnail or element.get("url") or element.text


def _image(draft: Draft, element: Element) -> None:
    found = element.get("href") or element.get("url")
    if found is None:
        found = element.findtext("{*}url") if len(element) else element.text
    if draft.image is None and found and found.strip():
        draft.image = found


def _group(draft: Draft, element: Element) -> None:
    fill(draft, element)


def _nested(draft: Draft, element: Element) -> None:
    draft.nested += (element,)


# --- event data


def _field(draft: Draft, element: Element) -> None:
    value = ", ".join(text.strip() for text in texts(element) if text.strip())
    draft.fields = event_fields.added(draft.fields, name(element.tag, element.prefix), value)


def _when(draft: Draft, element: Element) -> None:
    draft.fields = event_fields.added(draft.fields, "gd:starttime", element.get("startTime"))
    draft.fields = event_fields.added(draft.fields, "gd:endtime", element.get("endTime"))


def _where(draft: Draft, element: Element) -> None:
    draft.fields = event_fields.added(draft.fields, "gd:where", element.get("valueString"))


_PAGES = {"text/html", "application/x-shockwave-flash"}
"""Types of what is shown in a page, and is no file that goes with an entry."""

HANDLERS: dict[str, Handler] = {
    "title": _title, "dc:title": _other_title, "media:title": _other_title, "itunes:title": _other_title,
    "link": _link, "guid": _guid, "id": _guid,
    "description": _description, "abstract": _description, "dc:description": _other_summary,
    "itunes:summary": _other_summary, "itunes:subtitle": _caption, "media:description": _caption,
    "summary": _summary, "subtitle": _summary, "tagline": _summary,
    "content": _content, "content:encoded": _encoded, "fullitem": _encoded, "body": _encoded, "xhtml:body": _encoded,
    "xhtml:div": _encoded,
    "author": _author, "dc:creator": _author, "dc:author": _author, "itunes:author": _spare_author,
    "dc:contributor": _spare_author,
    "category": _category, "dc:subject": _category,
    "pubdate": _published, "published": _published, "issued": _published, "dcterms:issued": _published,
    "dc:date": _dated, "date": _dated, "created": _created, "dcterms:created": _created,
    "updated": _updated, "modified": _updated, "dcterms:modified": _updated, "lastbuilddate": _updated,
    "dc:language": _language, "language": _language,
    "enclosure": _enclosure, "media:content": _media_content, "media:group": _group, "media:thumbnail": _thumbnail,
    "itunes:image": _image, "image": _image,
    "gd:when": _when, "gd:where": _where, "g:event_date_range": _group,
    "item": _nested, "entry": _nested,
}  # fmt: skip

_USUAL = {
    "": ("", "{http://www.w3.org/2005/Atom}", "{http://purl.org/rss/1.0/}"),
    "dc": ("{http://purl.org/dc/elements/1.1/}",),
    "content": ("{http://purl.org/rss/1.0/modules/content/}",),
    "media": ("{http://search.yahoo.com/mrss/}",),
    "itunes": ("{http://www.itunes.com/dtds/podcast-1.0.dtd}",),
}
_CASED = {"pubdate": "pubDate", "lastbuilddate": "lastBuildDate"}
_BY_TAG: dict[str, Handler] = {
    namespace + _CASED.get(local, local): handler
    for prefix, _, local, handler in ((*called.rpartition(":"), handler) for called, handler in HANDLERS.items())
    for namespace in _USUAL.get(prefix, ())
}
