"""The files that a browser loads: style, icons. Read from the disk once."""

from __future__ import annotations

import mimetypes
from functools import cache

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from network.render import STATIC
from network.web.answers import PUBLIC, static

ROBOTS = "User-agent: *\nDisallow: /desk\nDisallow: /es/desk\nDisallow: /join/apply\n"


async def static_file(request: Request) -> Response:
    """A file of static/. What is asked for with its digest (`?v=`) never changes."""
    body, media_type = _file(request.path_params["path"])
    return static(body, media_type, forever="v" in request.query_params)


async def favicon(_request: Request) -> Response:
    """Browsers ask for this address without being told to."""
    return RedirectResponse("/static/favicon.svg", 308)


async def robots(_request: Request) -> Response:
    """What search engines should leave alone."""
    return PlainTextResponse(ROBOTS, headers=PUBLIC)


@cache
def _file(path: str) -> tuple[bytes, str]:
    file = (STATIC / path).resolve()
    if not file.is_relative_to(STATIC.resolve()) or not file.is_file():
        raise HTTPException(404)
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    return file.read_bytes(), media_type
