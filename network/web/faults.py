"""What a visitor is told when something goes wrong: one sentence, in their language, and nothing of our inside."""

from __future__ import annotations

import logging
import re

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from network.errors import BadForm, NotAllowed, UnknownMember, UnknownPlace, UnknownSource, VecinosError
from network.i18n import N_, translator
from network.web.answers import PRIVATE, SECURITY, private_page
from network.web.visit import split_language, visit

LOG = logging.getLogger(__name__)
_BY_MACHINES = re.compile(r"/websub/[^/]+")
"""Where other servers send something: no form of ours, and no visitor's cookie counts there."""
_SECRET = re.compile(r"(?<=/websub/).*|(?<=/sign-in/).*", re.DOTALL)
"""What of a path may not stand in a log."""
STATUS: dict[type[VecinosError], int] = {
    UnknownMember: 404, UnknownSource: 404, UnknownPlace: 400, NotAllowed: 403, BadForm: 403,
}  # fmt: skip
SENTENCES = {
    400: (
        N_("This address is not complete"),
        N_("Something in the address can't be understood. Start from the front page."),
    ),
    403: (
        N_("This needs a sign-in"),
        N_("You need to sign in as an organizer to do this. Ask an organizer for a sign-in link."),
    ),
    404: (
        N_("There is nothing here"),
        N_("This page does not exist, or it is no longer published. Start from the front page."),
    ),
    405: (N_("This does not work this way"), N_("This address can't be used like this. Start from the front page.")),
    429: (N_("Too many at once"), N_("Many people are doing this just now. Wait a minute and try again.")),
    503: (N_("Not just now"), N_("The site can't answer at the moment. Please try again in a few minutes.")),
    500: (N_("Something went wrong"), N_("This was our fault. It has been written down; please try again later.")),
}


async def http_fault(request: Request, error: Exception) -> Response:
    """404, 405 and the like."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    title, sentence = SENTENCES.get(status, SENTENCES[500])
    return await _page(request, status, title, sentence)


async def our_error(request: Request, error: Exception) -> Response:
    """An error of network/errors.py that no handler has dealt with."""
    if not isinstance(error, VecinosError) or type(error) not in STATUS:
        raise error
    status = STATUS[type(error)]
    here = await visit(request)
    return await _page(request, status, SENTENCES[status][0], here.sentence(error.code, **error.facts), translated=True)


async def our_fault(request: Request, error: Exception) -> Response:
    """Anything unexpected: logged in full, told in one sentence."""
    LOG.error("answering %s failed", _SECRET.sub("…", request.scope["path"]), exc_info=error)
    try:
        return await http_fault(request, error)
    except Exception:  # the page itself needs the database, which may be what failed
        LOG.exception("the error page failed as well")
        return PlainTextResponse(SENTENCES[500][1], 500, headers={**SECURITY, **PRIVATE})


async def _page(request: Request, status: int, title: str, sentence: str, *, translated: bool = False) -> Response:
    language, _ = split_language(request.scope["path"])
    gettext = translator(language).gettext
    here = await visit(request)
    told = sentence if translated else gettext(sentence)
    return private_page(here.page("error.html", status=status, title=gettext(title), sentence=told), status)


class OwnFormsOnly:
    """ASGI middleware: what changes something must come from a page of this site (Sec-Fetch-Site, else Origin)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] == "http"
            and scope["method"] not in {"GET", "HEAD", "OPTIONS"}
            and not _BY_MACHINES.fullmatch(scope["path"])
            and not _is_own(Headers(scope=scope))
        ):
            answer = PlainTextResponse(BadForm.sentence, 403, headers={**SECURITY, **PRIVATE})
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_own(headers: Headers) -> bool:
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")
