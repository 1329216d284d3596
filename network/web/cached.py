"""The generation cache: every public page and feed is a pure function of (what is stored, the request).

A rendered body is kept, with its ETag and compressed forms, under the generation of what it was made of. The generation
is raised in the transaction of every visible change, so a kept body is never stale, and a hit costs almost nothing:
no routing, no rendering, no query. Since pages speak of "today", a body is also made anew every five minutes.
"""

from __future__ import annotations

import asyncio
import gzip
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from email.utils import formatdate, parsedate_to_datetime
from hashlib import blake2b

import brotli
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from network.database.engine import Generation

Headers = list[tuple[bytes, bytes]]
KEEP = b"x-vecinos-keep"
"""The header by which a handler says for how many seconds its body may be kept while the generation stays the same; 0:
it is compressed and forgotten. It never leaves this module."""
LOOK_AGAIN = 0.1
"""Seconds for which a generation that was just read is believed."""
FRESH = 300
MAX_BYTES = 96_000_000
MIN_COMPRESSED = 400
MAX_FORMS = 3
"""A body as it is, by gzip and by brotli."""
COMPRESSED_TYPES = (b"text/", b"application/", b"image/svg")


@dataclass(slots=True)
class Kept:
    """One rendered body and everything that is sent with it."""

    generation: int
    made_at: float
    status: int
    headers: Headers
    etag: bytes
    last_modified: int
    bodies: dict[bytes, bytes]
    fresh: int = FRESH
    starts: dict[bytes, Message] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes that it may come to hold: the same from first to last, though compressed forms are made later."""
        return len(self.bodies[b""]) * MAX_FORMS + 1000

    def start(self, encoding: bytes) -> Message:
        """The first message of an answer in this content coding, made once."""
        if encoding not in self.starts:
            tag = b'"' + self.etag + (b"-" + encoding if encoding else b"") + b'"'
            headers = [
                *self.headers,
                (b"etag", tag),
                (b"last-modified", formatdate(self.last_modified, usegmt=True).encode()),
            ]
            if len(self.bodies[b""]) >= MIN_COMPRESSED:
                headers.append((b"vary", b"Accept-Encoding"))
            if encoding:
                headers.append((b"content-encoding", encoding))
            headers.append((b"content-length", str(len(self.body(encoding))).encode()))
            self.starts[encoding] = {"type": "http.response.start", "status": self.status, "headers": headers}
        return self.starts[encoding]

    def once(self, encoding: bytes) -> Message:
        """Like `start`, without validators: nobody is to ask for this again."""
        start = self.start(encoding)
        return {**start, "headers": [pair for pair in start["headers"] if pair[0] not in {b"etag", b"last-modified"}]}

    def unchanged(self, encoding: bytes) -> Message:
        """A 304 with the headers that RFC 9110, 15.4.5 asks for."""
        key = b"304" + encoding
        if key not in self.starts:
            wanted = {b"etag", b"last-modified", b"cache-control", b"vary", b"content-location", b"link"}
            headers = [(name, value) for name, value in self.start(encoding)["headers"] if name in wanted]
            self.starts[key] = {"type": "http.response.start", "status": 304, "headers": headers}
        return self.starts[key]

    def body(self, encoding: bytes) -> bytes:
        """The body in this content coding, compressed when it is first asked for."""
        if encoding not in self.bodies:
            plain = self.bodies[b""]
            self.bodies[encoding] = (
                brotli.compress(plain, quality=5) if encoding == b"br" else gzip.compress(plain, 6, mtime=0)
            )
        return self.bodies[encoding]


class Cached:
    """ASGI middleware round the whole site. `generation` reads the generation of what is stored now."""

    def __init__(self, app: ASGIApp, generation: Callable[[], Awaitable[Generation]]) -> None:
        self._app = app
        self._read_generation = generation
        self._kept: OrderedDict[tuple[str, bytes], Kept] = OrderedDict()
        self._size = 0
        self._generation = Generation(0, 0)
        self._looked_at = 0.0
        self._making: dict[tuple[str, bytes], asyncio.Lock] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] not in {"GET", "HEAD"}:
            await self._app(scope, receive, send)
            return
        key = (scope["path"], scope["query_string"])
        kept = self._kept.get(key)
        if kept is None or not await self._is_fresh(kept):
            kept = await self._make(key, scope, receive, send)
            if kept is None:
                return
        elif key in self._kept:  # it may have made way while the generation was read
            self._kept.move_to_end(key)
        await _answer(kept, scope, send)

    async def _is_fresh(self, kept: Kept) -> bool:
        now = time.monotonic()
        if now - self._looked_at > LOOK_AGAIN:
            self._generation = await self._read_generation()
            self._looked_at = now
        return kept.generation == self._generation.number and now - kept.made_at < kept.fresh

    async def _make(self, key: tuple[str, bytes], scope: Scope, receive: Receive, send: Send) -> Kept | None:
        """Let the site make the body; None when it was sent on at once because it must not be kept."""
        lock = self._making.setdefault(key, asyncio.Lock())
        async with lock:
            self._making.pop(key, None)
            before = self._kept.get(key)
            if before is not None and await self._is_fresh(before):
                return before  # somebody else made it while we waited
            # Read before rendering: a change that comes in between makes the body be rendered once too often, never
            # kept too long.
            generation = await self._read_generation()
            recorder = _Recorder(send)
            await self._app({**scope, "method": "GET"} if scope["method"] == "HEAD" else scope, receive, recorder)
            if recorder.start is None:
                return None
            if (KEEP, b"0") in recorder.start["headers"]:
                await _answer(_kept(recorder.start, b"".join(recorder.parts), generation, None), scope, send, once=True)
                return None
            kept = _kept(recorder.start, b"".join(recorder.parts), generation, before)
            self._keep(key, kept)
            return kept

    def _keep(self, key: tuple[str, bytes], kept: Kept) -> None:
        old = self._kept.pop(key, None)
        self._size += kept.size - (old.size if old else 0)
        self._kept[key] = kept
        while self._size > MAX_BYTES and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._size -= oldest.size


class _Recorder:
    """Takes down an answer that may be kept, and passes on any other."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.start: Message | None = None
        self.parts: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and any(name == KEEP for name, _ in message["headers"]):
            self.start = message
        elif self.start is None:
            await self._send(message)
        else:
            self.parts.append(message.get("body", b""))


def _kept(start: Message, body: bytes, generation: Generation, before: Kept | None) -> Kept:
    etag = blake2b(body, digest_size=12).hexdigest().encode()
    fresh = int(dict(start["headers"])[KEEP])
    # A body that came out the same as before has not been modified since then, whatever else changed.
    same = before is not None and before.etag == etag
    # What is kept for a shorter time changes also without a new generation.
    changed_at = generation.changed_at if fresh == FRESH else int(time.time())
    last_modified = before.last_modified if before is not None and same else changed_at
    headers = [(name, value) for name, value in start["headers"] if name not in {KEEP, b"content-length"}]
    return Kept(generation.number, time.monotonic(), start["status"], headers, etag, last_modified, {b"": body}, fresh)


async def _answer(kept: Kept, scope: Scope, send: Send, *, once: bool = False) -> None:
    accepted = none_match = modified_since = b""
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            accepted = value
        elif name == b"if-none-match":
            none_match = value
        elif name == b"if-modified-since":
            modified_since = value
    encoding = _encoding(kept, accepted)
    if kept.status == 200 and not once and _is_known(kept, none_match, modified_since):  # noqa: PLR2004 - OK
        await send(kept.unchanged(encoding))
        await send({"type": "http.response.body", "body": b""})
        return
    await send(kept.once(encoding) if once else kept.start(encoding))
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else kept.body(encoding)})


def _encoding(kept: Kept, accepted: bytes) -> bytes:
    if not accepted or len(kept.bodies[b""]) < MIN_COMPRESSED or not _is_text(kept.headers):
        return b""
    offered = _offered(accepted)
    return next((encoding for encoding in (b"br", b"gzip") if encoding in offered), b"")


def _offered(accepted: bytes) -> set[bytes]:
    """The content codings that a client takes: those without `;q=0` (RFC 9110, 12.5.3)."""
    if b";" not in accepted:
        return {coding.strip() for coding in accepted.lower().split(b",")}
    pairs = (part.partition(b";") for part in accepted.lower().replace(b" ", b"").split(b","))
    return {coding for coding, _, quality in pairs if not quality or quality.removeprefix(b"q=").strip(b"0.")}


def _is_text(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    return any(name == b"content-type" and value.startswith(COMPRESSED_TYPES) for name, value in headers)


def _is_known(kept: Kept, none_match: bytes, modified_since: bytes) -> bool:
    """Does the client have this body? If-None-Match decides where both are sent (RFC 9110, 13.2.2)."""
    if none_match:
        return kept.etag in none_match or none_match.strip() == b"*"
    if modified_since:
        try:
            return kept.last_modified <= parsedate_to_datetime(modified_since.decode("latin-1")).timestamp()
        except ValueError:
            return False
    return False
