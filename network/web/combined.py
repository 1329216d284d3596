"""The combined feed, in every format: the same items for the same selection."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from feeds.publish import FORMATS
from network.directory import combined, members
from network.web.answers import document
from network.web.channel import PATHS, calendar_channel, calendar_title, feed_channel, reader
from network.web.visit import is_search, known_place, selection, visit

NAMES = {path: name for name, path in PATHS.items()}


async def feed(request: Request) -> Response:
    """/feed.rss, /feed.atom, /feed.json: one page of it."""
    here = await visit(request)
    chosen = selection(here)
    path = here.path.partition("?")[0]
    place = known_place(here, chosen)
    async with here.site.database.reading() as connection:
        await members.check(connection, chosen.members)
        near = await members.near(connection, place, chosen.within)
        items, more = await combined.items(connection, chosen, reader(here), member_ids=near)
    channel = feed_channel(here, path, chosen, items, more=more)
    form = FORMATS[NAMES[path]]
    links = f'<{channel.self_url}>; rel="self"'
    return document(form.write(channel, items), form.media_type, keep=not is_search(chosen), links=links)


async def calendar(request: Request) -> Response:
    """/events.ics: every event of the selection, whole series."""
    here = await visit(request)
    chosen = selection(here)
    place = known_place(here, chosen)
    async with here.site.database.reading() as connection:
        await members.check(connection, chosen.members)
        near = await members.near(connection, place, chosen.within)
        items = await combined.calendar(connection, chosen, reader(here), member_ids=near)
    channel = calendar_channel(here, "/events.ics", calendar_title(here, chosen), items, chosen)
    form = FORMATS["ics"]
    return document(form.write(channel, items), form.media_type, keep=not is_search(chosen), filename="events.ics")
