"""Web servers on loopback that answer as a test wishes, down to the byte.

    async with serving({"/feed": reply(b"<rss/>", ETag='"1"')}) as server:
        await client.get(server.url("/feed"), {})

An answer is bytes, or a coroutine function that gets the request and writes what it likes, as badly as it likes.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class Request:
    """What came in: path with query, headers under lower-case names, and a body whose length was told."""

    path: str
    headers: Mapping[str, str]
    method: str = "GET"
    body: bytes = b""


Handler = Callable[[Request, asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Server:
    """A server that listens: where, and what came so far."""

    port: int
    scheme: str
    connections: int = 0
    requests: list[Request] = field(default_factory=list)

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [request.path for request in self.requests]


def reply(body: bytes = b"", status: int = 200, **headers: str) -> bytes:
    """A whole HTTP answer with its Content-Length. `Content_Type="…"` becomes `Content-Type`."""
    named = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status} Status\r\n{named}Content-Length: {len(body)}\r\n\r\n".encode() + body


def redirect(location: str, status: int = 302) -> bytes:
    """An answer that leads elsewhere."""
    return reply(b"", status, Location=location)


@asynccontextmanager
async def serving(
    answers: Mapping[str, bytes | Handler] | Handler | bytes = b"",
    *,
    host: str | tuple[str, ...] = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Server]:
    """A server with an answer by path (404 for others), or one for everything. Ends with all its connections."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        server.connections += 1
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            while not writer.is_closing():
                request = _request(await reader.readuntil(b"\r\n\r\n"))
                if length := int(request.headers.get("content-length", "0")):
                    request = replace(request, body=await reader.readexactly(length))
                server.requests.append(request)
                await _answer(answers, request, writer)
        writer.transport.abort()
        tasks.discard(task)

    listening = await asyncio.start_server(connected, host, port, ssl=tls)
    server = Server(listening.sockets[0].getsockname()[1], "https" if tls else "http")
    try:
        yield server
    finally:
        listening.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _answer(
    answers: Mapping[str, bytes | Handler] | Handler | bytes, request: Request, writer: asyncio.StreamWriter
) -> None:
    chosen = answers.get(request.path, reply(status=404)) if isinstance(answers, Mapping) else answers
    if isinstance(chosen, bytes):
        writer.write(chosen)
        await writer.drain()
    else:
        await chosen(request, writer)


def _request(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    named = (line.partition(":") for line in lines)
    method, path, _ = first.split(" ")
    return Request(path, {name.lower(): value.strip() for name, _, value in named}, method)
