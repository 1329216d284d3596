"""The one door to other people's servers.

    async with Client(user_agent="…", allowed=AllowedHosts.parse("")) as client:
        answer = await client.get("https://example.org/feed/", {"If-None-Match": '"abc"'})

What it holds to, whoever asks: every hop's address is in normal form (addresses.py), every connection goes to a public
IP address, or to a host that the operator opened; at most five redirects; no cookies, no credentials, no proxy from the
environment; TLS is verified; an answer is bounded in time, in bytes on the wire, in bytes unpacked and in headers; and
one site gets only a few requests at a time. Whatever goes wrong is a FetchError or an AddressError: aiohttp's own
exceptions end here. A status is no error for `get`; `refusal` says what it means.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from types import TracebackType
from typing import Self
from urllib.parse import urljoin
from weakref import WeakValueDictionary

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from feeds.addresses import AllowedHosts, is_private_literal, is_public, normal_form, shown, site_of
from feeds.errors import (
    BadAddress,
    BadAnswer,
    BadScheme,
    Busy,
    FeedsError,
    FetchError,
    Forbidden,
    Gone,
    NotFound,
    PrivateAddress,
    TlsFailed,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)

MAX_HOPS = 5
CONNECT_SECONDS = 10.0
IDLE_SECONDS = 5.0
"""How long a connection is kept for a next request. Short: a round of 10,000 sites must not hold a thousand open."""
DIAGNOSIS, DIAGNOSIS_SECONDS = 4096, 2.0
"""Bytes that are read of an answer that is no document, and for how long: enough to see what a server complains of."""
MAX_HEADER = 32_768
BOMB_RATIO, BOMB_SIZE = 200, 1_000_000
"""From this size on, a body may be at most so many times what came over the wire. Real feeds: 5 to 50 times."""
RESOLVER_THREADS = 32
_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
_MEANINGS: dict[int, type[FetchError]] = {
    **dict.fromkeys((401, 402, 403, 407, 451), Forbidden),
    404: NotFound,
    410: Gone,
    **dict.fromkeys((408, 425, 429, 503), Busy),
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said. `url` is where, after redirects; `headers` knows no upper and lower case; `permanent` is True
    when there were redirects and each of them for good (301, 308). The `body` of a status other than 2xx is cut short.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    permanent: bool = False


def refusal(answer: Answer) -> FetchError | None:
    """What the status of an answer means: None for a document (2xx) and for `not modified` (304)."""
    if 200 <= answer.status < 300 or answer.status == 304:  # noqa: PLR2004 - HTTP's own numbers
        return None
    return _MEANINGS.get(answer.status, BadAnswer)(shown(answer.url), f"status {answer.status}")


class Client:
    """Asks servers, within limits. One for a whole program; use it as an async context manager.

    `limit`: requests at a time; `per_host`: of these to one site (example.org and its subdomains), which does not count
    for hosts in `allowed`; `timeout`: seconds for an answer with all its redirects, the waiting for a turn not
    included; `max_bytes`: of a body, unpacked.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allowed: AllowedHosts = AllowedHosts(),  # noqa: B008 - frozen
        limit: int = 64,
        per_host: int = 2,
        timeout: float = 30.0,
        max_bytes: int = 10_000_000,
    ) -> None:
        self._headers = {"User-Agent": user_agent}
        self._allowed = allowed
        self._per_host = per_host
        self._timeout = timeout
        self._max_bytes = max_bytes
        self._turns = asyncio.Semaphore(limit)
        self._site_turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def __aenter__(self) -> Self:
        self._lookups = ThreadPoolExecutor(RESOLVER_THREADS, thread_name_prefix="dns")
        # The operator's own hosts have connections of their own, so that none of them can serve for another host.
        self._own = self._session(public=False)
        self._public = self._session(public=True)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._public.close()
        await self._own.close()
        self._lookups.shutdown(wait=False, cancel_futures=True)

    def _session(self, *, public: bool) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=0,  # turns are given here, where waiting for one does not count as slowness of the site
            resolver=_Resolver(self._lookups, public=public),
            use_dns_cache=False,
            socket_factory=_public_socket if public else None,
            keepalive_timeout=IDLE_SECONDS,
        )
        return aiohttp.ClientSession(
            connector=connector,
            headers=self._headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            # One asyncio.timeout bounds the whole; a timer for every read would cost more and bound less.
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=min(CONNECT_SECONDS, self._timeout)),
            trust_env=False,
            max_line_size=MAX_HEADER,
            max_field_size=MAX_HEADER,
        )

    async def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """The answer to a GET, redirects followed. `headers` (validators, Accept) go along at every hop, because the
        validators that are known are those of the document at the end. Raises FetchError or AddressError.
        """
        url = normal_form(url)
        seen: set[str] = set()
        left, permanent = self._timeout, True
        clock = asyncio.get_running_loop().time
        while url not in seen and len(seen) <= MAX_HOPS:
            target = URL(url, encoded=True)
            session, site_turn = self._way_to(target, url)
            async with site_turn, self._turns:
                began = clock()
                try:
                    async with (
                        asyncio.timeout(left),
                        session.get(target, headers=headers, allow_redirects=False) as response,
                    ):
                        status = response.status
                        location = response.headers.get("Location") if status in _REDIRECTS else None
                        if location is None:
                            body = await self._body(response, url)
                            return Answer(url, status, response.headers, body, permanent and bool(seen))
                except _FOREIGN as error:
                    raise _translated(error, url) from error
                left -= clock() - began
            seen.add(url)
            permanent = permanent and status in _PERMANENT
            url = _redirected(url, location)
        raise TooManyRedirects(shown(url), f"after {len(seen)}")

    def _way_to(self, target: URL, url: str) -> tuple[aiohttp.ClientSession, asyncio.Semaphore | nullcontext[None]]:
        """Which connections may be used for this very host and port, and whose turn to wait for. Asked at every hop."""
        host, port = target.raw_host or "", target.port or 0
        private = is_private_literal(host)
        if self._allowed.allows(host, port):
            nearby = private or "." not in host or not self._allowed.everything
            return self._own, nullcontext() if nearby else self._site_turn(host)
        if private:
            raise PrivateAddress(url, host)
        return self._public, self._site_turn(host)

    def _site_turn(self, host: str) -> asyncio.Semaphore:
        site = site_of(host)
        turn = self._site_turns.get(site)
        if turn is None:
            turn = self._site_turns[site] = asyncio.Semaphore(self._per_host)
        return turn

    async def _body(self, response: aiohttp.ClientResponse, url: str) -> bytes:
        content = response.content
        if not 200 <= response.status < 300:  # noqa: PLR2004 - HTTP's own numbers
            return b"" if response.status == 304 else await _beginning(content)  # noqa: PLR2004
        if (response.content_length or 0) > self._max_bytes:
            raise TooLarge(url, f"{response.content_length} bytes announced")
        parts: list[bytes] = []
        size = 0
        while part := await content.readany():
            parts.append(part)
            size += len(part)
            wire = content.total_raw_bytes
            if size > self._max_bytes or wire > self._max_bytes or size > max(BOMB_SIZE, BOMB_RATIO * wire):
                raise TooLarge(url, f"{size} bytes unpacked from {wire} and more to come")
        return parts[0] if len(parts) == 1 else b"".join(parts)


async def _beginning(content: aiohttp.StreamReader) -> bytes:
    with suppress(aiohttp.ClientError, HttpProcessingError, TimeoutError):
        async with asyncio.timeout(DIAGNOSIS_SECONDS):
            return (await content.readany())[:DIAGNOSIS]
    return b""


def _redirected(url: str, location: str) -> str:
    try:
        return normal_form(urljoin(url, location.strip()))
    except ValueError as error:
        raise BadAddress(shown(location), f"redirect from {url}") from error


class _NotPublicError(OSError):
    """Why a connection was refused here. An OSError, so that aiohttp tries a host's next address."""


def _public_socket(info: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
    """A socket for the very address that is about to be connected to. No name, redirect or rebinding gets past it."""
    family, kind, protocol, _, address = info
    if not is_public(str(address[0])):
        raise _NotPublicError(str(address[0]))
    return socket.socket(family, kind, protocol)


class _Resolver(AbstractResolver):
    """Looks names up in threads of its own: a slow name server must not hold up what else runs in threads.

    A public one leaves out addresses that may not be connected to, and says so when none is left.
    """

    def __init__(self, threads: ThreadPoolExecutor, *, public: bool) -> None:
        self._threads = threads
        self._public = public

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        flags = socket.AI_ADDRCONFIG if self._public else 0
        ask = partial(socket.getaddrinfo, host, port, family, socket.SOCK_STREAM, 0, flags)
        infos = await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        found = dict.fromkeys((info[0], str(info[4][0])) for info in infos)
        usable = [(kind, address) for kind, address in found if not self._public or is_public(address)]
        if not usable:
            raise _NotPublicError(", ".join(address for _, address in found))
        numeric = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=numeric)
            for kind, address in usable
        ]

    async def close(self) -> None:
        """Nothing of its own is open."""


_FOREIGN = (aiohttp.ClientError, HttpProcessingError, OSError, UnicodeError)
"""What aiohttp lets out when a server, a network or an address is at fault (TimeoutError is an OSError)."""
_TRANSLATIONS: tuple[tuple[type[Exception], type[FeedsError]], ...] = (
    (_NotPublicError, PrivateAddress),
    (ssl.SSLError, TlsFailed),
    (aiohttp.ClientSSLError, TlsFailed),
    (aiohttp.ServerFingerprintMismatch, TlsFailed),
    (aiohttp.ConnectionTimeoutError, Unreachable),
    (TimeoutError, TooSlow),
    (aiohttp.ClientConnectionError, Unreachable),
    (OSError, Unreachable),
    (aiohttp.NonHttpUrlClientError, BadScheme),
    (aiohttp.InvalidURL, BadAddress),
    (UnicodeError, BadAddress),
    (aiohttp.TooManyRedirects, TooManyRedirects),
    (Exception, BadAnswer),  # broken HTTP, broken compression, a body cut short
)


def _translated(error: Exception, url: str) -> FeedsError:
    """An exception of aiohttp as one of ours, with its technical cause."""
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if not isinstance(cause, _NotPublicError):
        cause = error
    meaning = next(ours for theirs, ours in _TRANSLATIONS if isinstance(cause, theirs))
    return meaning(url, f"{type(error).__name__}: {cause}".rstrip(": ")[:300])
