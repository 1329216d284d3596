"""Client: one question to a server, hop by hop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from types import TracebackType
from typing import Self
from urllib.parse import urlencode, urljoin, urlsplit
from weakref import WeakValueDictionary

import aiohttp
from yarl import URL

from feeds.addresses import AllowedHosts, is_private_host, normal_form, shown, site_of
from feeds.client.answers import NOT_MODIFIED, Answer
from feeds.client.bodies import Limits, Patience, body_of
from feeds.client.codings import ACCEPT_ENCODING
from feeds.client.connections import LOOKUPS, new_session
from feeds.client.failures import FOREIGN, translated
from feeds.errors import BadAddress, PrivateAddress, TooManyRedirects

MAX_HOPS = 5
_MOVED = frozenset({301, 302, 303, 307, 308})
_MOVED_AS_IT_IS = frozenset({307, 308})
"""Redirects after which the same method and body are sent again (RFC 9110, 15.4.8 and 15.4.9)."""
_PERMANENT = {301, 308}
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True, slots=True)
class _Question:
    method: str
    headers: Mapping[str, str]
    form: bytes | None = None

    def next_address(self, answer: Answer) -> str | None:
        """Where an answer leads, in normal form; None when it is the last one. Raises AddressError."""
        followed = _MOVED if self.form is None else _MOVED_AS_IT_IS
        location = answer.headers.get("Location") if answer.status in followed else None
        if location is None:
            return None
        url = _redirected(answer.url, location)
        # A form may hold a secret, which must not leave TLS because a server says so.
        unsafe = self.form is not None and answer.url.startswith("https:") and not url.startswith("https:")
        return None if unsafe else url


class Client:
    """Asks servers, within limits. One for a whole program; use it as an async context manager.

    `limit`: requests at a time; `per_host`: of these to one site (example.org and its subdomains), which does not count
    for hosts in `allowed`. In seconds: `connect` for a connection; `first_byte` for the whole head of an answer, the
    connection included; `timeout` for an answer with all its redirects; `grace`, after which a body is cut that comes
    in at fewer than `slowest` bytes a second. In bytes: `max_bytes` of a body, on the wire and unpacked; `small`, from
    which on it waits for one of `large_turns`. Waiting for a turn, of whichever kind, is not counted as time.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allowed: AllowedHosts = AllowedHosts(),  # noqa: B008 - frozen
        limit: int = 640,
        per_host: int = 2,
        connect: float = 10.0,
        first_byte: float = 15.0,
        timeout: float = 30.0,
        grace: float = 10.0,
        slowest: float = 1000.0,
        max_bytes: int = 10_000_000,
        small: int = 128_000,
        large_turns: int = 8,
    ) -> None:
        self._headers = {"User-Agent": _one_line(user_agent), "Accept-Encoding": ACCEPT_ENCODING}
        self._allowed = allowed
        self._per_host = per_host
        self._limits = Limits(
            connect=connect,
            first_byte=first_byte,
            total=timeout,
            grace=grace,
            slowest=slowest,
            max_bytes=max_bytes,
            small=small,
        )
        self._turns = asyncio.Semaphore(limit)
        self._large_turns = asyncio.Semaphore(large_turns)
        self._site_turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._way_to = lru_cache(maxsize=16_384)(self._find_way)

    async def __aenter__(self) -> Self:
        self._lookups = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="dns")
        # The operator's own hosts have connections of their own, so that none of them can serve for another host.
        self._own = new_session(self._lookups, self._headers, public=False, connect=self._limits.connect)
        self._public = new_session(self._lookups, self._headers, public=True, connect=self._limits.connect)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._public.close()
        await self._own.close()
        self._lookups.shutdown(wait=False, cancel_futures=True)

    async def get(self, url: str, headers: Mapping[str, str]) -> Answer:
        """The answer to a GET, redirects followed. `headers` (validators, Accept) go along at every hop, because the
        validators that are known are those of the document at the end. Raises FetchError or AddressError.
        """
        return await self._ask(_Question("GET", headers), url)

    async def post(self, url: str, form: Mapping[str, str]) -> Answer:
        """The answer to a POST of these fields, under the same rules as `get`.

        Only 307 and 308 are followed, and never from https to http; any other redirect is the answer, since following
        it would send no form (RFC 9110, 15.4). Raises FetchError or AddressError.
        """
        return await self._ask(_Question("POST", _FORM, urlencode(form).encode()), url)

    def turn_key(self, url: str) -> str | None:
        """The site (`site_of` its host) which `per_host` counts requests to this address for; None where they are not
        counted. Asks nobody. Raises AddressError for an address that is not read.
        """
        return self._way_to(_origin(normal_form(url)))[1]

    async def _ask(self, question: _Question, url: str) -> Answer:
        url = normal_form(url)
        seen: set[str] = set()
        left, permanent = self._limits.total, True
        clock = asyncio.get_running_loop().time
        while url not in seen and len(seen) <= MAX_HOPS:
            public, site = self._way_to(_origin(url))
            session = self._public if public else self._own
            async with self._site_turn(site), self._turns:
                began = clock()
                answer = await self._hop(session, question, url, end=began + left, moved=permanent and bool(seen))
                left -= clock() - began
            further = question.next_address(answer)
            if further is None:
                return answer
            seen.add(url)
            permanent = permanent and answer.status in _PERMANENT
            url = further
        raise TooManyRedirects(shown(url), f"after {len(seen)}")

    async def _hop(
        self, session: aiohttp.ClientSession, question: _Question, url: str, *, end: float, moved: bool
    ) -> Answer:
        """One request and its answer, by `end` on the event loop's clock. `moved`: the document is here for good."""
        limits, waiting_for = self._limits, "waiting for an answer"
        clock = asyncio.get_running_loop().time
        request = session.request(
            question.method,
            URL(url, encoded=True),
            headers=question.headers,
            data=question.form,
            allow_redirects=False,
        )
        try:
            async with asyncio.timeout_at(min(end, clock() + limits.first_byte)) as timer, request as response:
                waiting_for = "waiting for the rest of the answer"
                if response.status == NOT_MODIFIED or (response.status in _MOVED and "Location" in response.headers):
                    body = b""
                else:
                    patience = Patience(timer, end, limits, self._large_turns)
                    body = await body_of(response, url, limits, patience)
                return Answer(url, response.status, response.headers, body, moved)
        except FOREIGN as error:
            raise translated(error, url, waiting_for) from error

    def _find_way(self, origin: str) -> tuple[bool, str | None]:
        """Whether only public addresses may be connected to for this host and port, and whose turn to wait for."""
        parts = urlsplit(origin)
        host = parts.hostname or ""
        port = parts.port or (443 if parts.scheme == "https" else 80)
        private = is_private_host(host)
        if self._allowed.allows(host, port):
            nearby = private or "." not in host or not self._allowed.everything
            return False, None if nearby else site_of(host)
        if private:
            raise PrivateAddress(origin + "/", host)
        return True, site_of(host)

    def _site_turn(self, site: str | None) -> asyncio.Semaphore | nullcontext[None]:
        if site is None:
            return nullcontext()
        turn = self._site_turns.get(site)
        if turn is None:
            turn = self._site_turns[site] = asyncio.Semaphore(self._per_host)
        return turn


def _origin(url: str) -> str:
    """`https://example.org` of a normal form."""
    return url[: url.index("/", 8)]


def _redirected(url: str, location: str) -> str:
    try:
        return normal_form(urljoin(url, location.strip()))
    except ValueError as error:
        raise BadAddress(shown(location)[:200], f"redirect from {url}") from error


def _one_line(text: str) -> str:
    """As it may stand in a header: what an operator wrote as contact can't begin another one."""
    return " ".join("".join(c if " " <= c <= "~" else " " for c in text).split())[:300]
