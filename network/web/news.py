"""News: entries that are no events."""

from __future__ import annotations

from dataclasses import replace

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from feeds import clean
from network.directory import entries, members
from network.web.answers import public_page
from network.web.visit import is_search, place_of, selection, visit


async def news_list(request: Request) -> Response:
    """The news, newest first."""
    here = await visit(request)
    chosen = selection(here)
    place = place_of(here, chosen)
    async with here.site.database.reading() as connection:
        near = await members.near(connection, place, chosen.within)
        news, more = await entries.newest(connection, chosen, member_ids=near)
    pages = chosen.page + 1 if more else chosen.page
    page = here.page("news/list.html", news=news, page=chosen.page, pages=pages, selection=chosen)
    return public_page(page, keep=not is_search(chosen))


async def news_entry(request: Request) -> Response:
    """One entry, with a link to where it comes from."""
    here = await visit(request)
    async with here.site.database.reading() as connection:
        found = await entries.one(connection, request.path_params["id"])
    if found is None:
        raise HTTPException(404)
    content = clean.without_images(found.content, here.image)
    return public_page(here.page("news/one.html", entry=replace(found, content=content)))
