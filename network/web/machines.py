"""For machines that watch over the site."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from network.web.answers import PRIVATE


async def healthz(request: Request) -> Response:
    """200 when the site can answer from its database, 503 when not."""
    well = await request.app.state.site.database.answers()
    return JSONResponse({"ok": well}, 200 if well else 503, headers=PRIVATE)
