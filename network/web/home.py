"""The front page, and what the site says of itself."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from network.directory import entries, events, members
from network.model import Selection
from network.web.answers import public_page
from network.web.events import by_day
from network.web.visit import visit

HAPPENINGS = 10
NEWS = 6
MEMBERS = 6
TWO_WEEKS = 14 * 86_400


async def home(request: Request) -> Response:
    """What is on soon, find an organization near you, latest news, the members."""
    here = await visit(request)
    everything = Selection()
    async with here.site.database.reading() as connection:
        soon, _ = await events.between(
            connection, everything, here.now, here.now + TWO_WEEKS, limit=HAPPENINGS, timezone=here.network.timezone
        )
        news, _ = await entries.newest(connection, everything, limit=NEWS)
        some, total = await members.some(connection, MEMBERS)
        topics = await members.topics(connection)
    days = by_day(soon, here)
    return public_page(here.page("home.html", days=days, news=news, members=some, member_count=total, topics=topics))


async def about(request: Request) -> Response:
    """What this is, what it keeps of visitors (nothing), whom it has to thank."""
    here = await visit(request)
    return public_page(here.page("about.html"))


async def subscribe(request: Request) -> Response:
    """The addresses to subscribe to, and which is for what."""
    here = await visit(request)
    return public_page(here.page("subscribe.html", base_url=here.site.settings.base_url))
