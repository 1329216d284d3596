"""Every sample organization's site at an address of its own on this machine: http://127.0.0.1:8101/, …8102/, …

A small HTTP/1.1 server for GET and HEAD, because the sites must be real ones: found, asked politely, answered with 304.
It is no server for the public internet.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from email.utils import format_datetime
from functools import partial
from http import HTTPStatus
from itertools import chain, count, islice, repeat

from network.demo.coalition import Organization
from network.demo.program import ZONE
from network.demo.sites import Answer, answer

FIRST_PORT = 8101
PORTS_TRIED = 200
"""How far beyond the last site's own port a free one is looked for, when its own is taken."""
MAX_HEAD = 16 * 1024
IDLE_SECONDS = 15.0
"""How long a connection may take to ask for something."""


class RefusedError(Exception):
    """What came is not HTTP as we speak it. The argument is the status that says so."""


Ask = Callable[[str, Mapping[str, str]], Answer]
"""What a site answers to a request's target ("/feed/?x=1") and headers (names in lower case)."""
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def serve(
    organizations: Sequence[Organization],
    *,
    host: str = "127.0.0.1",
    first_port: int = FIRST_PORT,
    today: Callable[[], date] | None = None,
) -> AsyncIterator[dict[str, str]]:
    """Serve the sites until the context is left; gives their addresses (without a slash at the end), by slug.

    The first site gets `first_port`, the next the one after, so that they stay the same from start to start; a port
    that is taken is replaced by a free one beyond the last. `first_port` 0 takes any free ports. `today` tells the day
    in Massachusetts. Raises OSError when there is no free port.
    """
    addresses: dict[str, str] = {}
    connections, servers = Connections(), []
    ports = count(first_port + len(organizations)) if first_port else repeat(0)
    try:
        for number, organization in enumerate(organizations):
            ask = _asking(organization, addresses, today or _today)
            wanted = chain([first_port + number if first_port else 0], islice(ports, PORTS_TRIED))
            server = await _listen(partial(connections.serve, ask), host, wanted)
            servers.append(server)
            addresses[organization.slug] = f"http://{host}:{server.sockets[0].getsockname()[1]}"
        yield addresses
    finally:
        for server in servers:
            server.close()
        await connections.end()
        for server in servers:
            await server.wait_closed()


def _today() -> date:
    return datetime.now(ZONE).date()


def _asking(organization: Organization, addresses: Mapping[str, str], today: Callable[[], date]) -> Ask:
    def ask(target: str, headers: Mapping[str, str]) -> Answer:
        path, _, query = target.partition("?")
        base_url = addresses[organization.slug]
        return answer(organization, path, query, headers, base_url=base_url, today=today(), neighbours=addresses)

    return ask


async def _listen(serve_one: Serve, host: str, ports: Iterable[int]) -> asyncio.Server:
    """A server at the first of these ports that is free."""
    for port in ports:
        try:
            return await asyncio.start_server(serve_one, host, port, limit=MAX_HEAD)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
    raise OSError(errno.EADDRINUSE, "no free port for the sample sites")


class Connections:
    """The open connections, so that they end with the server and not some time later."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, ask: Ask, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer what is asked on one connection, one request after the other."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while await _exchange(ask, reader, writer):
                pass
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            pass  # they went away, or said nothing for too long
        except asyncio.CancelledError:
            pass  # the server ends; asyncio would report the cancelled task as an error
        finally:
            self._tasks.discard(task)
            writer.close()

    async def end(self) -> None:
        """Close what is still open."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _exchange(ask: Ask, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """One request and its answer. Tells whether the connection stays open."""
    try:
        async with asyncio.timeout(IDLE_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        method, target, headers = _parsed(head)
        given, open_still = ask(target, headers), headers["connection"] == "keep-alive"
    except asyncio.LimitOverrunError:
        method, given, open_still = "GET", _refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE), False
    except RefusedError as error:
        method, given, open_still = "GET", _refusal(error.args[0]), False
    writer.write(_head(given, open_still=open_still))
    if method != "HEAD":
        writer.write(given.body)
    async with asyncio.timeout(IDLE_SECONDS):
        await writer.drain()
    return open_still


def _parsed(head: bytes) -> tuple[str, str, dict[str, str]]:
    """Method, target and headers of a request; raises RefusedError for what we don't speak (RFC 9112, 2.1)."""
    first, *lines = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1.") or not words[1].startswith("/"):  # noqa: PLR2004
        raise RefusedError(HTTPStatus.BAD_REQUEST)
    if words[0] not in {"GET", "HEAD"}:
        raise RefusedError(HTTPStatus.METHOD_NOT_ALLOWED)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        raise RefusedError(HTTPStatus.BAD_REQUEST)
    stays = "keep-alive" if words[2] == "HTTP/1.1" else "close"
    return words[0], words[1], headers | {"connection": headers.get("connection", stays).lower()}


def _refusal(status: HTTPStatus) -> Answer:
    body = f"{status.phrase}\n".encode()
    return Answer(status, {"content-type": "text/plain; charset=utf-8", "content-length": str(len(body))}, body)


def _head(given: Answer, *, open_still: bool) -> bytes:
    headers = {"date": format_datetime(datetime.now(UTC), usegmt=True), "server": "sample-site", **given.headers}
    headers["connection"] = "keep-alive" if open_still else "close"
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {int(given.status)} {HTTPStatus(given.status).phrase}\r\n{lines}\r\n".encode("latin-1")
