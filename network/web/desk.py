"""The desk, where organizers work: sign in, applications, members and how their feeds fare."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from network.directory.desk import desk
from network.errors import BadForm, BadLink
from network.members import decisions, register
from network.model import MemberState, Steward
from network.render import changed
from network.stewards import sign_in, trail
from network.stewards.roles import Action, may
from network.web.answers import private_page, see_other
from network.web.budget import Budget
from network.web.visit import Visit, selection, visit

COOKIE = "vecinos_session"
SIGN_INS = Budget(limit=60, seconds=60)
DECISIONS: dict[str, MemberState] = {
    "approve": "approved",
    "decline": "declined",
    "pause": "paused",
    "resume": "approved",
}


async def link(request: Request) -> Response:
    """A sign-in link was opened: nothing is used up yet, since mail programs open links too."""
    here = await visit(request)
    async with here.site.database.reading() as connection:
        good = await sign_in.is_good(connection, request.path_params["token"], now=here.now)
    problem = None if good else here.sentence(BadLink.code)
    return private_page(here.page("desk/sign_in.html", problem=problem), 200 if good else 410)


async def use_link(request: Request) -> Response:
    """The button was pressed: the link is used up, a session begins."""
    here = await visit(request)
    if not SIGN_INS.spend(here.now):
        raise HTTPException(429)
    try:
        async with here.site.database.writing() as connection:
            session = await sign_in.use(connection, request.path_params["token"], now=here.now)
    except BadLink as error:
        return private_page(here.page("desk/sign_in.html", problem=here.sentence(error.code)), 410)
    answer = see_other(here.url("/desk"))
    secure = here.site.settings.base_url.startswith("https:")
    answer.set_cookie(
        COOKIE, session, max_age=sign_in.SESSION_SECONDS, httponly=True, secure=secure, samesite="lax", path="/"
    )
    return answer


async def home(request: Request) -> Response:
    """What waits for a decision, applications, what can't be read, and the members, fifty on a page."""
    here, done = await at_desk(request)
    steward, session = await signed_in(here)
    if not may(steward, "see the desk"):
        return private_page(here.page("desk/closed.html"), 403)
    page = selection(here).page
    async with here.site.database.reading() as connection:
        found = await desk(connection, now=here.now, timezone=here.network.timezone, page=page)
    csrf = sign_in.csrf_token(session, here.site.settings.secret_key)
    return private_page(here.page("desk/home.html", steward=steward, desk=found, page=page, csrf=csrf, done=done))


async def decide(request: Request) -> Response:
    """Approve, decline, pause or resume a member."""
    here = await visit(request)
    steward = await allowed(here, "decide on members")
    slug, decision = request.path_params["slug"], request.path_params["decision"]
    async with here.site.database.writing() as connection:
        await register.set_state(connection, slug, DECISIONS[decision], now=here.now)
        await trail.record(connection, steward, decision, slug, now=here.now)
    return see_other(here.url("/desk"))


async def sign_out(request: Request) -> Response:
    """End the session."""
    here = await visit(request)
    await allowed(here, "see the desk")
    async with here.site.database.writing() as connection:
        await sign_in.sign_out(connection, request.cookies.get(COOKIE, ""))
    answer = see_other(here.url("/"))
    answer.delete_cookie(COOKIE, path="/")
    return answer


async def signed_in(here: Visit) -> tuple[Steward | None, str]:
    """Who is signed in, if anybody, and the session's token."""
    session = here.request.cookies.get(COOKIE, "")
    if not session:
        return None, ""
    async with here.site.database.reading() as connection:
        return await sign_in.who(connection, session, now=here.now), session


async def allowed(here: Visit, action: Action) -> Steward:
    """Who sends this form, if they may and the form is ours; HTTPException 403 else."""
    steward, session = await signed_in(here)
    if steward is None or not may(steward, action):
        raise HTTPException(403)
    sent = str((await here.request.form()).get("csrf", ""))
    if not sign_in.same(sent, sign_in.csrf_token(session, here.site.settings.secret_key)):
        raise BadForm
    return steward


async def at_desk(request: Request) -> tuple[Visit, str]:
    """A visit to the desk, and the decision that has just led here, if one has (`done` in the address)."""
    here = await visit(request)
    done = request.query_params.get("done", "")
    return replace(here, path=with_query(here.path, done=None)), done if done in decisions.DECISIONS else ""


def with_query(path: str, **changes: str | None) -> str:
    """A path with these parameters of its query set or left out, and otherwise as it is, on the same page of a list."""
    (page,) = parse_qs(urlsplit(path).query).get("page", [""])[:1]
    return changed(path, page=page, **changes)
