"""Where hubs ask back and push (WebSub, 5.3 and 7): one address a subscription, known to its hub alone."""

from __future__ import annotations

import asyncio
import logging

from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response

from network.database.engine import now
from network.site import Site
from network.web.answers import PRIVATE, SECURITY
from network.websub import intake, intent
from network.websub.callbacks import Callbacks
from network.websub.intent import Intent

LOG = logging.getLogger(__name__)
MAX_CHALLENGE = 4096
BODY_SECONDS = 60.0


async def confirm(request: Request) -> Response:
    """A hub asks whether we meant it (its challenge is given back), or says that it will not."""
    site: Site = request.app.state.site
    query, token = request.query_params, request.path_params["token"]
    said = Intent(
        mode=query.get("hub.mode", ""), topic=query.get("hub.topic", ""), reason=query.get("hub.reason", ""),
        lease_seconds=_seconds(query.get("hub.lease_seconds", "")),
    )  # fmt: skip
    challenge = query.get("hub.challenge", "")
    if len(challenge) > MAX_CHALLENGE:
        return _said(400, "The challenge is too long.")
    meant = await intent.answer(site.database, Callbacks.of(site.settings), token, said, now=now())
    LOG.debug("a hub asked about %s of %s: %s", said.mode, said.topic, "yes" if meant else "no")
    return _said(200, challenge) if meant else _said(404, "Nobody here has asked for this.")


async def push(request: Request) -> Response:
    """A hub sends what is new. What is not signed as it must be is taken and forgotten (WebSub, 7.1.2)."""
    site: Site = request.app.state.site
    token = request.path_params["token"]
    subscribed = await intake.find(site.database, token)
    if subscribed is None:
        gone = Callbacks.of(site.settings).is_ours(token)
        return _said(410, "This is over.") if gone else _said(404, "Nobody here has asked for this.")
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = await _body(request)
    except (TimeoutError, ClientDisconnect):
        return _said(408, "This takes too long.")
    if body is None:
        return _said(413, "This is too large.")
    signature, content_type = (request.headers.get(name, "") for name in ("x-hub-signature", "content-type"))
    await intake.take(site.database, subscribed, body, content_type=content_type[:200], signature=signature, now=now())
    return _said(202, "")


async def _body(request: Request) -> bytes | None:
    """What is sent, None when it is more than we take."""
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced[:12]) > intake.MAX_BODY:
        return None
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > intake.MAX_BODY:
            return None
    return bytes(body)


def _seconds(said: str) -> int | None:
    return int(said[:9]) if said.isascii() and said.isdigit() else None


def _said(status: int, text: str) -> Response:
    """Plain text, kept nowhere: nothing of what a hub sends is ever shown as a page."""
    return PlainTextResponse(text, status, headers={**SECURITY, **PRIVATE})
