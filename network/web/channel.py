"""What a published document says of itself: its title, its own address, its neighbours and its other formats."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from urllib.parse import urlencode

from feeds.publish import FORMATS
from feeds.publish.item import Alternate, Channel, Item
from network.directory.combined import Reader
from network.i18n import translator
from network.model import Selection
from network.settings import VERSION
from network.web.visit import Visit

PATHS = {"rss": "/feed.rss", "atom": "/feed.atom", "json": "/feed.json", "ics": "/events.ics"}


def reader(here: Visit) -> Reader:
    """For whom items are made in this request."""
    return Reader(network=here.network, base_url=here.site.settings.base_url, language=here.language, now=here.now)


def feed_channel(here: Visit, path: str, selection: Selection, items: Sequence[Item], *, more: bool) -> Channel:
    """The channel of one page of the combined feed (paging: RFC 5005, 3)."""
    query = _query(selection)

    def page(number: int) -> str:
        return _address(here, path, [*query, ("page", str(number))] if number > 1 else query)

    return Channel(
        title=_title(here, selection),
        description=here.network.description
        or translator(here.language).gettext("News and events of our organizations"),
        url=_address(here, "/", []),
        self_url=page(selection.page),
        language=here.language,
        id=_channel_id(here, query),
        updated=_updated(items),
        generator=f"Vecinos {VERSION}",
        first_url=page(1) if selection.page > 1 or more else None,
        previous_url=page(selection.page - 1) if selection.page > 1 else None,
        next_url=page(selection.page + 1) if more else None,
        zone=here.network.timezone,
        about_url=_address(here, "/about", []),
        formats=tuple(
            Alternate(_address(here, other, query), FORMATS[name].type)
            for name, other in PATHS.items()
            if other != path and not (name == "ics" and selection.kind == "news")
        ),
    )


def calendar_channel(
    here: Visit, path: str, title: str, items: Sequence[Item], selection: Selection | None = None
) -> Channel:
    """The channel of a calendar document."""
    query = _query(selection) if selection else []
    return Channel(
        title=title,
        description=here.network.description,
        url=_address(here, "/events", []),
        self_url=_address(here, path, query),
        language=here.language,
        id=_channel_id(here, query),
        updated=_updated(items),
        generator=f"Vecinos {VERSION}",
        zone=here.network.timezone,
    )


def calendar_title(here: Visit, selection: Selection) -> str:
    """The name under which a calendar program lists the subscription."""
    return _title(here, selection)


def _title(here: Visit, selection: Selection) -> str:
    gettext = translator(here.language).gettext
    kinds = {"news": gettext("news"), "events": gettext("events")}
    told = [*selection.members, *([kinds[selection.kind]] if selection.kind != "all" else [])]
    told += [word for word in (selection.topic, selection.language, selection.near) if word]
    return f"{here.network.name}: {', '.join(told)}" if told else here.network.name


def _query(selection: Selection) -> list[tuple[str, str]]:
    query = [("member", slug) for slug in selection.members]
    for name, value in (("topic", selection.topic), ("language", selection.language), ("near", selection.near)):
        if value:
            query.append((name, value))
    if selection.near:
        query.append(("within", str(selection.within)))
    if selection.kind != "all":
        query.append(("kind", selection.kind))
    return query


def _address(here: Visit, path: str, query: list[tuple[str, str]]) -> str:
    local = here.url(path)
    return f"{here.site.settings.base_url}{local}{'?' + urlencode(query) if query else ''}"


def _channel_id(here: Visit, query: list[tuple[str, str]]) -> str:
    """The same for every page, format and language of a selection, whatever the site's address is."""
    return uuid.uuid5(uuid.UUID(here.network.uid), "feed?" + urlencode(query)).urn


def _updated(items: Sequence[Item]) -> int:
    return max((item.updated for item in items), default=0)
