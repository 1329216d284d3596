"""Member sites as small real servers, and the ways in which they misbehave.

site = Site(rss(posts))
async with serving({"/feed": site}) as server: …
site.publish(rss(more))          what it lists from now on
site.fault = hang()              what it does instead of answering, until `site.fault = None`
"""

from __future__ import annotations

import asyncio
import gzip
import socket
import struct
import sys
import zlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from hashlib import sha256
from typing import Literal

import brotli

from tests.servers import Handler, Request, Server, reply, serving

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PACKERS: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress, "zstd": zstd.compress,
}  # fmt: skip
FIRST_VERSION = 1_790_000_000
Validators = Literal["both", "etag", "date", "ignored", "none"]
"""Which validators a server gives; `ignored`: both, but it sends the whole document whatever it is asked."""


@dataclass(slots=True)
class Site:
    """One document of a member's site. Call it with a request, as tests/servers.py does."""

    body: bytes
    media_type: str = "application/rss+xml"
    validators: Validators = "both"
    coding: str = ""
    fault: Handler | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    version: int = 0
    asked: list[Request] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    """What it answered with, where it answered as it should."""

    def publish(self, body: bytes) -> None:
        """List something else from now on."""
        self.body = body
        self.version += 1

    async def __call__(self, request: Request, writer: asyncio.StreamWriter) -> None:
        """Answer a request, or misbehave."""
        self.asked.append(request)
        if self.fault is None:
            await self.answer(request, writer)
        elif isinstance(self.fault, bytes):
            writer.write(self.fault)
            await writer.drain()
        else:
            await self.fault(request, writer)

    async def answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        """Answer a request as it should be answered."""
        writer.write(self._answer(request))
        await writer.drain()

    def _answer(self, request: Request) -> bytes:
        given = self._given()
        mark, since = (request.headers.get(name, "") for name in ("if-none-match", "if-modified-since"))
        # The first one decides where both come (RFC 9110, 13.2.2).
        known = mark == given.get("ETag") if mark else since and since == given.get("Last_Modified")
        same = known and self.validators not in {"ignored", "none"}
        self.statuses.append(304 if same else 200)
        if same:
            return reply(b"", 304, **given, **self.headers)
        packed = PACKERS[self.coding](self.body) if self.coding else self.body
        coding = {"Content_Encoding": self.coding} if self.coding else {}
        return reply(packed, 200, Content_Type=self.media_type, **coding, **given, **self.headers)

    def _given(self) -> dict[str, str]:
        moment = datetime.fromtimestamp(FIRST_VERSION + self.version, UTC)
        both = {
            "ETag": f'"{sha256(self.body).hexdigest()[:12]}"',
            "Last_Modified": format_datetime(moment, usegmt=True),
        }
        left = {"none": ("ETag", "Last_Modified"), "etag": ("Last_Modified",), "date": ("ETag",)}
        return {name: value for name, value in both.items() if name not in left.get(self.validators, ())}


@asynccontextmanager
async def farm(sites: Mapping[str, Handler | bytes]) -> AsyncIterator[Server]:
    """A server for many hosts of this machine, 127.x.y.z each, in one. Answers by host and path: `127.0.0.2/feed`."""

    async def answer(request: Request, writer: asyncio.StreamWriter) -> None:
        chosen = sites.get(request.headers["host"].partition(":")[0] + request.path, reply(status=404))
        if isinstance(chosen, bytes):
            writer.write(chosen)
            await writer.drain()
        else:
            await chosen(request, writer)

    async with serving(answer, host="0.0.0.0") as server:
        yield server


# ── what they do instead of answering ──────────────────────────────────────────────────────────────────────────────


def head(status: int = 200, **headers: str) -> bytes:
    """The beginning of an answer, to be followed by as much of a body as it takes."""
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Status\r\n{named}\r\n".encode()


async def hang(_request: Request, _writer: asyncio.StreamWriter) -> None:
    """Takes the request and never says anything."""
    await asyncio.Event().wait()


async def close(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Closes the connection without an answer."""
    writer.close()


def hang_in_body(body: bytes) -> Handler:
    """Sends half of it, and then nothing."""

    async def handler(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head(Content_Length=str(len(body))) + body[: len(body) // 2])
        await writer.drain()
        await asyncio.Event().wait()

    return handler


def trickle(body: bytes, *, pause: float = 0.01) -> Handler:
    """Sends a byte at a time."""

    async def handler(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head(Content_Length=str(len(body))))
        for byte in body:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(pause)

    return handler


def reset(body: bytes) -> Handler:
    """Sends half of it, then resets the connection."""

    async def handler(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head(Content_Length=str(len(body))) + body[: len(body) // 2])
        await writer.drain()
        await asyncio.sleep(0.01)
        plug: socket.socket = writer.get_extra_info("socket")
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()

    return handler


async def endless(_request: Request, writer: asyncio.StreamWriter) -> None:
    """Sends more and more of a feed that never ends."""
    writer.write(head(Content_Type="application/rss+xml") + b"<rss version='2.0'><channel><title>News</title>")
    while True:
        writer.write(b"<item><title>More</title></item>" * 2000)
        await writer.drain()


@cache
def bomb() -> bytes:
    """Twenty kilobytes that unpack to twenty megabytes."""
    return reply(gzip.compress(bytes(20_000_000)), Content_Type="application/rss+xml", Content_Encoding="gzip")


def announced(size: int) -> Handler:
    """Says that so many bytes will come."""

    async def handler(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head(Content_Type="application/rss+xml", Content_Length=str(size)) + b"<rss>")
        await writer.drain()
        await asyncio.Event().wait()

    return handler
