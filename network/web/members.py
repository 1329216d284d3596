"""The directory: organizations near a place, and one of them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from feeds.addresses import is_secret
from feeds.model import Outline
from feeds.publish import opml
from network.directory import entries, events, members
from network.members import sources
from network.model import LANGUAGES, TOPICS, Member, Selection, SourceHealth
from network.web.answers import document, public_page
from network.web.visit import is_search, place_of, selection, visit

SOON = 60 * 86_400
OPML_TYPES = {"json_feed": "JSONFeed", "atom": "atom"}


async def members_list(request: Request) -> Response:
    """Members by name, or by distance from a town or ZIP code."""
    here = await visit(request)
    chosen = selection(here)
    place = place_of(here, chosen)
    unknown = bool(chosen.near) and place is None
    async with here.site.database.reading() as connection:
        found = await members.search(connection, chosen, place)
    page = here.page(
        "members/list.html",
        members=found.members,
        selection=chosen,
        place=place.label if place else None,
        problem=here.sentence("unknown_place", place=chosen.near) if unknown else None,
        total=found.total,
        page=chosen.page,
        pages=found.pages,
        languages=LANGUAGES,
        topics=TOPICS,
    )
    return public_page(page, keep=not is_search(chosen))


async def member(request: Request) -> Response:
    """One organization: who they are, what is on, their news."""
    here = await visit(request)
    slug = request.path_params["slug"]
    theirs = Selection(members=(slug,))
    async with here.site.database.reading() as connection:
        found = await members.one(connection, slug)
        soon, _ = await events.between(
            connection, theirs, here.now, here.now + SOON, limit=12, timezone=here.network.timezone
        )
        news, _ = await entries.newest(connection, theirs, limit=10)
        feeds = (await sources.of_members(connection, [found.id], now=here.now)).get(found.id, [])
    return public_page(here.page("members/one.html", member=found, happenings=soon, news=news, sources=feeds))


async def members_opml(request: Request) -> Response:
    """Every member's feeds as a subscription list for a feed reader (OPML 2.0)."""
    here = await visit(request)
    async with here.site.database.reading() as connection:
        everyone = await members.all_with_sources(connection, now=here.now)
    outlines = [_outline(member, source) for member, found in everyone for source in found if _is_listed(source)]
    updated = max((member.created_at for member, _ in everyone), default=0)
    body = opml.write(here.network.name, outlines, updated=updated, url=here.site.settings.base_url)
    return document(body, "text/x-opml; charset=utf-8", filename="members.opml")


def _is_listed(source: SourceHealth) -> bool:
    """May everybody subscribe to it themselves? Not where it is gone, or its address is a secret."""
    return source.state != "gone" and not is_secret(source.url)


def _outline(member: Member, source: SourceHealth) -> Outline:
    return Outline(
        title=member.name if source.kind == "feed" else f"{member.name}: {source.title or 'calendar'}",
        feed_url=source.url,
        home_url=member.home_url,
        type="ical" if source.kind == "calendar" else OPML_TYPES.get(source.format, "rss"),
        description=member.description,
    )
