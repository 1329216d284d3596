"""How much is taken of an answer, and for how long it is waited for.

A body may be 10 MB and hundreds of answers may be under way, so the memory of all of them together is bounded too: a
body that grows beyond `Limits.small` waits for one of a few turns before it is read on. Who has one has to be quick.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from feeds.client.answers import brings_document
from feeds.client.codings import BROKEN, Unpacker, unpacker
from feeds.errors import Busy, TooLarge

DIAGNOSIS, DIAGNOSIS_SECONDS = 4096, 2.0
"""Bytes that are read of an answer that is no document, and for how long: enough to see what a server complains of."""
BOMB_RATIO, BOMB_SIZE = 200, 1_000_000
"""From this size on, a body may be at most so many times what came over the wire. Real feeds: 5 to 50 times."""
LARGE_PACE = 32
"""How many times faster than others a body has to come in that has one of the few turns."""
TURN_SECONDS = 60.0
"""How long a large body waits for its turn; about then, servers close connections on which nothing moves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds and bytes; Client explains them."""

    connect: float
    first_byte: float
    total: float
    grace: float
    slowest: float
    max_bytes: int
    small: int


class Patience:
    """Until when the next bytes of a body are waited for: never beyond `end` (the event loop's clock), and after a
    grace no longer than a body needs that comes in at the slowest pace.
    """

    def __init__(self, timer: asyncio.Timeout, end: float, limits: Limits, turns: asyncio.Semaphore) -> None:
        self._clock = asyncio.get_running_loop().time
        self._timer = timer
        self._end = end
        self._grace = limits.grace
        self._pace = limits.slowest
        self._turns = turns
        self._since, self._before = self._clock(), 0
        self.has_turn = False

    def wait_for_more(self, received: int) -> None:
        """The next bytes are about to be waited for, after so many on the wire."""
        needed = (received - self._before) / self._pace
        self._timer.reschedule(min(self._end, self._since + self._grace + needed))

    async def wait_for_turn(self, received: int) -> None:
        """Take one of the turns of large bodies. That is no slowness of the site: its time stands still meanwhile.
        Raises TimeoutError when there is none for long.
        """
        began = self._clock()
        self._timer.reschedule(None)
        async with asyncio.timeout(TURN_SECONDS):
            await self._turns.acquire()
        self.has_turn = True
        self._since, self._before = self._clock(), received
        self._end += self._since - began
        self._pace *= LARGE_PACE

    def give_turn_back(self) -> None:
        """Whoever was given a turn has done with it."""
        if self.has_turn:
            self._turns.release()


async def body_of(response: aiohttp.ClientResponse, url: str, limits: Limits, patience: Patience) -> bytes:
    """The body, unpacked: whole where the status says that it is the document, else only its beginning.

    Raises TooLarge, Busy when too many other large bodies are under way, what aiohttp raises, and codings.BROKEN.
    """
    if not brings_document(response.status):
        patience.wait_for_more(0)
        return await _beginning(response)
    if (response.content_length or 0) > limits.max_bytes:
        raise TooLarge(url, f"{response.content_length} bytes announced")
    body = _Body(response, url, limits, patience)
    try:
        return await body.whole()
    finally:
        body.let_go()
        patience.give_turn_back()


class _Body:
    def __init__(self, response: aiohttp.ClientResponse, url: str, limits: Limits, patience: Patience) -> None:
        self._content = response.content
        self._unpacker = _unpacker(response)
        self._url = url
        self._limits = limits
        self._patience = patience
        self._held: bytes | bytearray = b""
        self._wire = 0

    async def whole(self) -> bytes:
        content, unpacker = self._content, self._unpacker
        while True:
            if not content.is_eof():
                self._patience.wait_for_more(self._wire)
            part = await content.readany()
            if not part:
                break
            self._wire += len(part)
            for piece in (part,) if unpacker is None else unpacker.unpack(part):
                self._hold(piece)
                if len(self._held) > self._limits.small and not self._patience.has_turn:
                    await self._wait_for_turn()
        if unpacker is not None and self._wire:
            unpacker.finish()
        return bytes(self._held)

    def let_go(self) -> None:
        """An error that is kept keeps all that its traceback can reach: not the megabytes that came before it."""
        self._held = b""

    def _hold(self, piece: bytes) -> None:
        if not self._held:
            self._held = piece  # nearly always the whole body, which is not copied then
        else:
            if isinstance(self._held, bytes):
                self._held = bytearray(self._held)
            self._held += piece
        size, wire = len(self._held), self._wire
        if max(size, wire) > self._limits.max_bytes or size > max(BOMB_SIZE, BOMB_RATIO * wire):
            raise TooLarge(self._url, f"{size} bytes unpacked from {wire} and more to come")

    async def _wait_for_turn(self) -> None:
        try:
            await self._patience.wait_for_turn(self._wire)
        except TimeoutError as error:
            raise Busy(self._url, "too many large answers at a time") from error


def _unpacker(response: aiohttp.ClientResponse) -> Unpacker | None:
    named = response.headers.get("Content-Encoding")
    return unpacker(named) if named else None


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    """What a server says with its refusal, as far as it comes at once."""
    with suppress(aiohttp.ClientError, HttpProcessingError, TimeoutError, *BROKEN):
        async with asyncio.timeout(DIAGNOSIS_SECONDS):
            part = await response.content.readany()
        unpacker = _unpacker(response)
        pieces = iter((part,) if unpacker is None else unpacker.unpack(part)) if part else iter(())
        return next(pieces, b"")[:DIAGNOSIS]
    return b""
