"""For machines that watch over the site."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from network.database.engine import generation
from network.errors import DatabaseUnreachable
from network.web.answers import PRIVATE


async def healthz(request: Request) -> Response:
    """200 when the site can answer from its database, 503 when not."""
    try:
        async with request.app.state.site.database.reading() as connection:
            await generation(connection)
    except DatabaseUnreachable:
        return JSONResponse({"ok": False}, 503, headers=PRIVATE)
    return JSONResponse({"ok": True}, headers=PRIVATE)
