"""A channel as RSS 2.0 (with the RSS Advisory Board's profile) and as Atom (RFC 4287), through feedgen.

The only module that knows feedgen. What feedgen 1.0 leaves out or gets wrong is put right on its trees: it drops all
attributes of an entry's links (python-feedgen#135), writes no hub or paging links into RSS, no id, date or self link
into atom:source, and dates through the process-wide locale.

Beyond RSS and Atom, in both: `ev:startdate`, `ev:enddate`, `ev:location`, `ev:organizer` (RSS 1.0 event module; the
end of an all-day event is its last day), `geo:lat`, `geo:long`, `media:thumbnail`. In RSS: `dc:creator` (one per
organization; `author` wants a mail address), `dc:language`, `atom:updated`, and `media:content` for the second
enclosure and those after it, because RSS readers expect one `enclosure`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator
from lxml import etree

from feeds.model import Event
from feeds.publish import legal
from feeds.publish.item import Channel, Credit, Item

ATOM = "http://www.w3.org/2005/Atom"
DC = "http://purl.org/dc/elements/1.1/"
EV = "http://purl.org/rss/1.0/modules/event/"
GEO = "http://www.w3.org/2003/01/geo/wgs84_pos#"
MEDIA = "http://search.yahoo.com/mrss/"
TTL_MINUTES = 60
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_IMAGES = (".png", ".jpg", ".jpeg", ".gif")
# Characters that legal.text() never lets through stand for & and < until the bytes are made, see _literal().
_MARKS = {"&": "\ufdd0", "<": "\ufdd1"}
_REFERENCES = {"\ufdd0": b"&#x26;", "\ufdd1": b"&#x3C;"}


def rss(channel: Channel, items: Sequence[Item]) -> bytes:
    """RSS 2.0 in UTF-8. The same input gives the same bytes."""
    generator = _generator(channel, "application/rss+xml")
    title = legal.name(channel.title, channel.url)
    generator.title(_literal(title))
    generator.description(_literal(legal.line(channel.description) or title))
    generator.ttl(TTL_MINUTES)
    # feedgen would set the locale of the whole process to write this date, see _Head for ours.
    vars(generator)["_FeedGenerator__rss_lastBuildDate"] = None
    if channel.icon and urlsplit(channel.icon).path.lower().endswith(_IMAGES):
        generator.image(legal.address(channel.icon))
    for item in items:
        generator.add_entry(_Entry(item, channel), order="append")
    body: bytes = generator.rss_str()
    for mark, reference in _REFERENCES.items():
        body = body.replace(mark.encode(), reference)
    return body


def atom(channel: Channel, items: Sequence[Item]) -> bytes:
    """Atom in UTF-8. The same input gives the same bytes."""
    generator = _generator(channel, "application/atom+xml")
    title = legal.name(channel.title, channel.url)
    generator.title(title)
    generator.author(name=title, uri=legal.address(channel.url))
    if description := legal.line(channel.description):
        generator.subtitle(description)
    if channel.icon:
        generator.icon(legal.address(channel.icon))
    for item in items:
        generator.add_entry(_Entry(item, channel), order="append")
    body: bytes = generator.atom_str()
    return body


def _generator(channel: Channel, media_type: str) -> Any:
    """A FeedGenerator with what both formats say of the channel."""
    generator = FeedGenerator()
    generator.id(channel.id)
    generator.updated(datetime.fromtimestamp(channel.updated, UTC))
    generator.generator(legal.line(channel.generator))
    if language := legal.language(channel.language):
        generator.language(language)
    # The home page comes last: feedgen's RSS takes the last link as the channel's.
    links = list(_channel_links(channel, media_type))
    generator.link([*links, {"rel": "alternate", "href": legal.address(channel.url), "type": "text/html"}])
    generator.register_extension("vecinos", lambda: _Head(channel, links))
    return generator


def _channel_links(channel: Channel, media_type: str) -> Iterator[dict[str, str]]:
    yield {"rel": "self", "href": legal.address(channel.self_url), "type": media_type}
    pages = (
        ("hub", channel.hub),
        ("first", channel.first_url),
        ("previous", channel.previous_url),
        ("next", channel.next_url),
        ("last", channel.last_url),
    )
    for rel, href in pages:
        if href:
            yield {"rel": rel, "href": legal.address(href)}
    for other in channel.formats:
        if other.href != channel.self_url:
            link = {"rel": "alternate", "href": legal.address(other.href), "type": other.type}
            yield link | ({"title": legal.line(other.title)} if other.title else {})


class _Head:
    """What feedgen leaves out of the channel, as a feedgen extension."""

    def __init__(self, channel: Channel, links: list[dict[str, str]]) -> None:
        self.channel = channel
        self.links = links

    def extend_ns(self) -> dict[str, str]:
        return {"dc": DC, "ev": EV, "geo": GEO, "media": MEDIA}

    def extend_rss(self, root: etree._Element) -> None:
        _add(root[0], "lastBuildDate", legal.rfc822(self.channel.updated))
        for link in self.links:
            if link["rel"] != "self":  # the one that feedgen writes itself
                etree.SubElement(root[0], f"{{{ATOM}}}link", link)

    def extend_atom(self, feed: etree._Element) -> None:
        _set(feed, "updated", legal.rfc3339(self.channel.updated))


class _Entry(FeedEntry):  # type: ignore[misc]  # feedgen is untyped
    """One item in feedgen's terms, and what feedgen leaves out of it.

    feedgen's Atom elements have no namespace of their own (it writes `xmlns` as an attribute of the root), so what is
    added to them has none either.
    """

    def __init__(self, item: Item, channel: Channel) -> None:
        super().__init__()
        self.item = item
        self.heading = legal.title(item, channel)
        self.plain = legal.text(item.summary).strip()
        self.id(item.id)
        self.updated(datetime.fromtimestamp(item.updated, UTC))
        self.link(href=legal.address(item.link or item.url))
        self.content(legal.text(item.content).strip() or f"<p>{escape(self.plain or self.heading)}</p>", type="html")

    def register_extension(self, *_: object) -> None:
        """Entries bring what they add themselves."""

    def atom_entry(self, extensions: bool = True) -> etree._Element:
        self.title(self.heading)
        if self.plain:
            self.summary(self.plain, type="text")
        uris = {credit.name: legal.address(credit.url) for credit in self.item.credits}
        self.author([_person(name, uris.get(name)) for name in _authors(self.item)], replace=True)
        self.category([{"term": term} for term in _categories(self.item)], replace=True)
        entry: etree._Element = super().atom_entry(extensions)
        _set(entry, "updated", legal.rfc3339(self.item.updated))
        _add(entry, "published", legal.rfc3339(self.item.published))
        for link in _other_links(self.item):
            etree.SubElement(entry, "link", link)
        for file in self.item.enclosures:
            length = {"length": str(file.length)} if file.length > 0 else {}
            href, kind = legal.address(file.url), legal.media_type(file)
            etree.SubElement(entry, "link", {"rel": "enclosure", "href": href, "type": kind} | length)
        if self.item.credits:
            _add_source(entry, self.item.credits[0], self.item.updated)
        if language := legal.language(self.item.language):
            entry.set(_XML_LANG, language)
        _add_shared(entry, self.item)
        return entry

    def rss_entry(self, extensions: bool = True) -> etree._Element:
        self.title(_literal(self.heading))
        if self.plain:
            self.summary(escape(self.plain, quote=False))  # RSS descriptions are HTML
        self.category([{"term": _literal(term)} for term in _categories(self.item)], replace=True)
        entry: etree._Element = super().rss_entry(extensions)
        _add(entry, "pubDate", legal.rfc822(self.item.published))
        for name in _authors(self.item):
            _add(entry, f"{{{DC}}}creator", name)
        if self.item.credits:
            first = self.item.credits[0]
            source = etree.SubElement(entry, "source", {"url": legal.address(first.feed_url)})
            source.text = _literal(legal.name(first.name, first.url))
        _add_files(entry, self.item)
        for link in _other_links(self.item):
            etree.SubElement(entry, f"{{{ATOM}}}link", link)
        _add(entry, f"{{{ATOM}}}updated", legal.rfc3339(self.item.updated))
        if language := legal.language(self.item.language):
            _add(entry, f"{{{DC}}}language", language)
        _add_shared(entry, self.item)
        return entry


def _authors(item: Item) -> list[str]:
    """The organizations, else who is credited; each once."""
    names = item.authors or tuple(credit.name for credit in item.credits)
    return list(dict.fromkeys(filter(None, map(legal.line, names))))


def _person(name: str, uri: str | None) -> dict[str, str]:
    return {"name": name, "uri": uri} if uri else {"name": name}


def _categories(item: Item) -> list[str]:
    return list(dict.fromkeys(filter(None, map(legal.line, item.categories))))


def _other_links(item: Item) -> Iterator[dict[str, str]]:
    """Our page when the item's link is the original, and where the others who are credited have posted it."""
    seen = {item.link or item.url}
    if item.url not in seen:
        seen.add(item.url)
        yield {"rel": "related", "href": legal.address(item.url)}
    for credit in item.credits:
        if credit.link and credit.link not in seen:
            seen.add(credit.link)
            yield {"rel": "via", "href": legal.address(credit.link), "title": legal.name(credit.name, credit.url)}


def _add_files(entry: etree._Element, item: Item) -> None:
    for position, file in enumerate(item.enclosures):
        href, kind = legal.address(file.url), legal.media_type(file)
        if position == 0:
            etree.SubElement(entry, "enclosure", {"url": href, "length": str(max(file.length, 0)), "type": kind})
        else:
            size = {"fileSize": str(file.length)} if file.length > 0 else {}
            etree.SubElement(entry, f"{{{MEDIA}}}content", {"url": href, "type": kind} | size)


def _add_source(entry: etree._Element, credit: Credit, updated: int) -> None:
    """atom:source (RFC 4287, 4.2.11). The feed's own id is not known here: its address in normal form stands in."""
    source = etree.SubElement(entry, "source")
    feed, home = legal.address(credit.feed_url), legal.address(credit.url)
    parts = urlsplit(feed)
    _add(source, "id", urlunsplit(parts._replace(netloc=parts.netloc.lower(), path=parts.path or "/")))
    _add(source, "title", legal.name(credit.name, credit.url))
    _add(source, "updated", legal.rfc3339(updated))
    etree.SubElement(source, "link", {"rel": "self", "href": feed})
    etree.SubElement(source, "link", {"rel": "alternate", "href": home, "type": "text/html"})


def _add_shared(entry: etree._Element, item: Item) -> None:
    if item.image:
        etree.SubElement(entry, f"{{{MEDIA}}}thumbnail", {"url": legal.address(item.image)})
    if item.event:
        _add_event(entry, item.event)


def _add_event(entry: etree._Element, event: Event) -> None:
    _add(entry, f"{{{EV}}}startdate", legal.moment(event.start))
    if event.end is not None:
        last_day = event.all_day and event.end > event.start  # a model's end is exclusive, a reader's is not
        _add(entry, f"{{{EV}}}enddate", legal.moment(event.end - timedelta(days=1) if last_day else event.end))
    if where := legal.place(event):
        _add(entry, f"{{{EV}}}location", where)
    if organizer := legal.line(event.organizer):
        _add(entry, f"{{{EV}}}organizer", organizer)
    if event.latitude is not None and event.longitude is not None:
        _add(entry, f"{{{GEO}}}lat", f"{event.latitude:.6f}")
        _add(entry, f"{{{GEO}}}long", f"{event.longitude:.6f}")


def _literal(text: str) -> str:
    """Plain text for an RSS element: & and < as hexadecimal references, as the RSS profile asks ("Character Data").

    They tell whoever looks at the source, the W3C validator among them, that the text is not HTML.
    """
    for character, mark in _MARKS.items():
        text = text.replace(character, mark)
    return text


def _set(parent: etree._Element, name: str, text: str) -> None:
    for child in parent.iterchildren(name):
        child.text = text


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text
