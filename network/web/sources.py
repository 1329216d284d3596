"""The sources of members at the desk: by how they fare, one by one, and what organizers decide about them."""

from __future__ import annotations

import re
from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from network.directory import health, sources
from network.members import decisions
from network.members.decisions import DECISIONS, Decision
from network.model import Health, Steward
from network.stewards import sign_in, trail
from network.stewards.roles import may
from network.web.answers import private_page, see_other
from network.web.desk import allowed, at_desk, signed_in, with_query
from network.web.visit import Visit, selection, visit

_DESK = re.compile(r"/desk(/sources(/\d+)?)?(\?.*)?")
"""Where a form of ours may lead back to."""


async def by_state(request: Request) -> Response:
    """The sources that fare so (`?state=`; else those that can't be read), fifty on a page."""
    here, done = await at_desk(request)
    steward, csrf = await _organizer(here)
    wanted = request.query_params.get("state", "")
    state: Health = wanted if wanted in health.STATES else "broken"
    page = selection(here).page
    async with here.site.database.reading() as connection:
        found, total = await sources.by_health(connection, (state,), now=here.now, page=page)
        counts = await health.counts(connection, now=here.now)
    return private_page(
        here.page(
            "desk/by_state.html", steward=steward, csrf=csrf, done=done, state=state, counts=counts, found=found,
            page=page, pages=max(1, -(-total // health.PAGE)),
        )
    )  # fmt: skip


async def one(request: Request) -> Response:
    """One source: all that is known of it, and all that can be decided."""
    here, done = await at_desk(request)
    steward, csrf = await _organizer(here)
    number, zone = request.path_params["id"], here.network.timezone
    async with here.site.database.reading() as connection:
        examined = await sources.one(connection, number, now=here.now)
        vanishing = await sources.vanishing(connection, number, now=here.now, timezone=zone, limit=50)
    return private_page(
        here.page("desk/source.html", steward=steward, csrf=csrf, done=done, examined=examined, vanishing=vanishing)
    )


async def decide(request: Request) -> Response:
    """Do what an organizer decided about a source, write it down, and lead back to where the button was."""
    here = await visit(request)
    steward = await allowed(here, "decide on sources")
    number, decision = request.path_params["id"], cast("Decision", request.path_params["decision"])
    if decision not in DECISIONS:
        raise HTTPException(404)
    async with here.site.database.writing() as connection:
        subject = await decisions.decide(connection, number, decision, now=here.now)
        await trail.record(connection, steward, f"{decision} source", str(subject), now=here.now)
    back = str((await request.form()).get("back", ""))
    if not _DESK.fullmatch(back) or (decision == "remove" and back.startswith(f"/desk/sources/{number}")):
        back = "/desk"
    return see_other(here.url(with_query(back, done=decision)))


async def _organizer(here: Visit) -> tuple[Steward | None, str]:
    """Who is signed in and may decide on sources, and the token of their forms; HTTPException 403 for others."""
    steward, session = await signed_in(here)
    if not may(steward, "decide on sources"):
        raise HTTPException(403)
    return steward, sign_in.csrf_token(session, here.site.settings.secret_key)
