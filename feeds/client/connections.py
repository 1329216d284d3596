"""Where connections may go: names are looked up here, and the very address that is connected to is checked."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from feeds.addresses import is_public

LOOKUPS = 128
"""Names that are looked up at a time. Many, since each takes a thread, and those of a name server that is silent take
it for half a minute."""
IDLE_SECONDS = 5.0
"""How long a connection is kept for a next request. Short: a round of 10,000 sites must not hold a thousand open."""
MAX_HEADER = 16_384
"""Bytes of one header (name and value) and of the status line; there may be MAX_HEADERS of them."""
MAX_HEADERS = 128
READ_AHEAD = 65_536
"""Bytes of a body after which a connection is not read on until someone takes them."""
RECEIVED = 131_072
"""Bytes that the system holds of what a server sends; else it lets them grow to megabytes for each connection. That is
still half a megabyte a second from the other side of the world."""


class NotPublicError(OSError):
    """Why a connection was refused here. An OSError, so that aiohttp tries a host's next address."""


def new_session(
    lookups: ThreadPoolExecutor, headers: Mapping[str, str], *, public: bool, connect: float
) -> aiohttp.ClientSession:
    """A session whose connections go to `public` addresses only, or anywhere. `connect`: seconds for the look-up of a
    name, for the connection, and for TLS, each.
    """
    connector = aiohttp.TCPConnector(
        limit=0,  # turns are given by Client, where waiting for one does not count as slowness of the site
        resolver=Resolver(lookups, public=public, seconds=connect),
        use_dns_cache=False,
        socket_factory=_public_socket if public else _any_socket,
        keepalive_timeout=IDLE_SECONDS,
    )
    return aiohttp.ClientSession(
        connector=connector,
        headers=headers,
        cookie_jar=aiohttp.DummyCookieJar(),
        # One asyncio.timeout bounds the rest; a timer for every read would cost more and bound less.
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=connect),
        trust_env=False,
        auto_decompress=False,
        read_bufsize=READ_AHEAD,
        max_line_size=MAX_HEADER,
        max_field_size=MAX_HEADER,
        max_headers=MAX_HEADERS,
    )


_Address = tuple[int, int, int, str, tuple[object, ...]]


def _public_socket(info: _Address) -> socket.socket:
    """A socket for the very address that is about to be connected to. No name, redirect or rebinding gets past it."""
    address = str(info[4][0])
    if not is_public(address):
        raise NotPublicError(address)
    return _any_socket(info)


def _any_socket(info: _Address) -> socket.socket:
    family, kind, protocol, *_ = info
    made = socket.socket(family, kind, protocol)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVED)
    return made


class Resolver(AbstractResolver):
    """Looks names up in threads of its own: a slow name server must not hold up what else runs in threads.

    A public one leaves out addresses that may not be connected to, and says so when none is left.
    """

    def __init__(self, threads: ThreadPoolExecutor, *, public: bool, seconds: float) -> None:
        self._threads = threads
        self._public = public
        self._seconds = seconds

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._look_up(host, port, family)
        usable = [(kind, address) for kind, address in found if not self._public or is_public(address)]
        if not usable:
            raise NotPublicError(", ".join(address for _, address in found))
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=numeric)
            for kind, address in usable
        ]

    async def _look_up(self, host: str, port: int, family: int) -> dict[tuple[socket.AddressFamily, str], None]:
        flags = socket.AI_ADDRCONFIG if self._public else 0
        ask = partial(socket.getaddrinfo, host, port, family, socket.SOCK_STREAM, 0, flags)
        try:
            async with asyncio.timeout(self._seconds):
                infos = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        except TimeoutError as error:
            told = f"no name server answered within {self._seconds:g} s"
            raise socket.gaierror(socket.EAI_AGAIN, told) from error
        return dict.fromkeys((info[0], str(info[4][0])) for info in infos)

    async def close(self) -> None:
        """Nothing of its own is open."""
