"""What the writers of every format are given: a channel and its items. Frozen, no behaviour.

All times are UTC seconds, all addresses absolute http(s) unless said otherwise. A writer is `write(channel, items) ->
bytes`, a pure function: the same channel and items give the same bytes, so nothing here may depend on "now".
"""

from __future__ import annotations

from dataclasses import dataclass

from feeds.model import Enclosure, Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """Who brought an item.

    `name` is the organization, `url` its page on our site, `feed_url` the address of the feed or calendar in which it
    was found, `link` the original post there, None when it has no page of its own.
    """

    name: str
    url: str
    feed_url: str
    link: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One entry or event as we publish it.

    `id` is a URN that never changes (`urn:uuid:…`). `url` is our page, `link` the original one. `title` and `summary`
    are plain text; `content` is HTML that has been cleaned, its links absolute; for an event its first paragraph says
    when and where. `authors` are the organizations' names; `credits` has at least the first of those that brought it.
    `image` is an address; `event` holds start, end and place as data.
    """

    id: str
    url: str
    link: str | None = None
    title: str
    content: str
    summary: str = ""
    language: str | None = None
    published: int
    updated: int
    categories: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    enclosures: tuple[Enclosure, ...] = ()
    image: str | None = None
    event: Event | None = None


@dataclass(frozen=True, slots=True)
class Alternate:
    """The same selection in another format: its address, media type and a title for people."""

    href: str
    type: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What all items of one document share.

    `url` is the page for people, `self_url` the document's own address, `id` a URN that is the same for every page of
    the selection. `updated` is when what it lists last changed. `hub` is a WebSub hub. `first_url` … `last_url` are
    the neighbouring pages (RFC 5005, 3). `zone` is the network's IANA time zone, for times that name none. `formats`
    are the other formats of the same selection. `about_url` is the page that explains our extensions, None: the home
    page.
    """

    title: str
    description: str = ""
    url: str
    self_url: str
    language: str | None = None
    id: str
    updated: int
    hub: str | None = None
    generator: str = "Vecinos"
    first_url: str | None = None
    previous_url: str | None = None
    next_url: str | None = None
    last_url: str | None = None
    icon: str | None = None
    about_url: str | None = None
    zone: str = "UTC"
    formats: tuple[Alternate, ...] = ()
