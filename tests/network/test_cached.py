"""The generation cache holds what it may hold, and no more."""

from __future__ import annotations

import random
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Message

from network.database.engine import Generation
from network.web import cached
from network.web.cached import Cached

BODY = random.Random(1).randbytes(5_000).hex()
"""A text that compresses badly."""


async def _ask(site: Cached, path: str, coding: bytes = b"gzip") -> list[Message]:
    said: list[Message] = []

    async def send(message: Message) -> None:
        said.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope: dict[str, Any] = {"type": "http", "method": "GET", "path": path, "query_string": b"",
                             "headers": [(b"accept-encoding", coding)]}  # fmt: skip
    await site(scope, receive, send)
    return said


def _site(made: list[str], generation: list[int]) -> Cached:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        made.append(Request(scope).url.path)
        answer = Response(BODY, media_type="text/plain", headers={cached.KEEP.decode(): str(cached.FRESH)})
        await answer(scope, receive, send)

    async def current() -> Generation:
        return Generation(generation[0], 0)

    return Cached(app, current)


async def test_the_limit_holds_however_often_bodies_are_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compressed forms are made later than the body; that must not let the count run away."""
    monkeypatch.setattr(cached, "MAX_BYTES", 200_000)
    monkeypatch.setattr(cached, "LOOK_AGAIN", -1.0)
    generation = [1]
    site = _site([], generation)
    for generation[0] in range(2, 60):
        for coding in (b"gzip", b"br", b"identity"):
            await _ask(site, "/again", coding)
    for number in range(100):
        await _ask(site, f"/{number}")
    held = sum(len(body) for kept in site._kept.values() for body in kept.bodies.values())
    assert 0 < held <= 200_000


async def test_what_is_asked_for_stays_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    """The combined feed must not make way for pages that nobody asks for twice."""
    monkeypatch.setattr(cached, "MAX_BYTES", 200_000)
    made: list[str] = []
    site = _site(made, [1])
    for number in range(50):
        await _ask(site, "/feed")
        await _ask(site, f"/{number}")
    assert made.count("/feed") == 1


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (b"gzip", b"gzip"),
        (b"br, gzip", b"br"),
        (b"br;q=0, gzip;q=0.05", b"gzip"),
        (b"gzip;q=0.000", None),
        (b"x", None),
    ],
)
async def test_a_refused_coding_is_not_sent(accepted: bytes, coding: bytes | None) -> None:
    """Only a quality of nothing refuses (RFC 9110, 12.4.2)."""
    (start, _) = await _ask(_site([], [1]), "/", accepted)
    assert dict(start["headers"]).get(b"content-encoding") == coding
