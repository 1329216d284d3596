"""Bodies with the headers they need."""

from __future__ import annotations

from starlette.responses import HTMLResponse, RedirectResponse, Response

from network.web.cached import FRESH, KEEP

SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=(), interest-cohort=()",
}
PUBLIC = {"Cache-Control": "public, no-cache"}
PRIVATE = {"Cache-Control": "no-store"}
BRIEF = 60
"""Seconds for which something is good that changes with every pull."""
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
_KEEP = {KEEP.decode(): str(FRESH)}
_FORGET = {KEEP.decode(): "0"}
_BRIEFLY = {KEEP.decode(): str(BRIEF), "Cache-Control": f"public, max-age={BRIEF}"}


def public_page(html: str, *, keep: bool = True) -> Response:
    """A page that everybody sees alike. Not kept when it answers a search, which is nobody's business."""
    headers = {**SECURITY, **PUBLIC, **_KEEP} if keep else {**SECURITY, **PRIVATE, **_FORGET}
    return HTMLResponse(html, headers=headers)


def brief(body: str, media_type: str = "text/html") -> Response:
    """What everybody sees alike and every pull may change, without a new generation: kept for a minute."""
    return Response(body, media_type=media_type, headers={**SECURITY, **_BRIEFLY})


def private_page(html: str, status: int = 200) -> Response:
    """A page for this visitor only: kept nowhere."""
    return HTMLResponse(html, status, headers={**SECURITY, **PRIVATE})


def document(body: bytes, media_type: str, *, keep: bool = True, links: str = "", filename: str = "") -> Response:
    """A feed, calendar or list. `links` is the value of a Link header."""
    headers = {**SECURITY, **PUBLIC, **_KEEP} if keep else {**SECURITY, **PRIVATE, **_FORGET}
    headers["Access-Control-Allow-Origin"] = "*"
    if links:
        headers["Link"] = links
    if filename:
        headers["Content-Disposition"] = f'inline; filename="{filename}"'
    return Response(body, media_type=media_type, headers=headers)


def static(body: bytes, media_type: str, *, forever: bool) -> Response:
    """A file that the browser loads; kept for good when its address names its content."""
    return Response(body, media_type=media_type, headers={**SECURITY, **(FOREVER if forever else PUBLIC), **_KEEP})


def see_other(path: str) -> Response:
    """After a form was taken: go and look there."""
    return RedirectResponse(path, 303, headers={**SECURITY, **PRIVATE})
