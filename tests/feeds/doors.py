"""What the tests of the one door share: a client, servers that misbehave, and name servers that lie."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from feeds.addresses import AllowedHosts
from feeds.client import Client
from tests.servers import Handler, Request

HOME = "127.0.0.1"
OK = b"HTTP/1.1 200 OK\r\n"
V4, V6 = socket.AF_INET, socket.AF_INET6
Resolved = Sequence[tuple[int, str]]


@asynccontextmanager
async def opened(allowed: str = HOME, **limits: Any) -> AsyncIterator[Client]:
    """A client that may ask this machine, as a test's servers need."""
    async with Client(user_agent="Tests/1", allowed=AllowedHosts.parse(allowed), **limits) as client:
        yield client


def writing(*parts: bytes, pause: float = 0, end: bool = True) -> Handler:
    """Writes these parts as they are, with pauses between them, then closes or waits."""

    async def handler(_request: Request, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
            if pause:
                await asyncio.sleep(pause)
        if end:
            writer.close()
        else:
            await asyncio.sleep(60)

    return handler


def forever(head: bytes, part: bytes, pause: float = 0) -> Handler:
    """Writes the head, then the part again and again, until the other side has had enough."""

    async def handler(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(part)
            await writer.drain()
            await asyncio.sleep(pause)

    return handler


def names(monkeypatch: pytest.MonkeyPatch, known: Mapping[str, Sequence[Any]]) -> list[str]:
    """Let names mean these addresses, as a hostile name server would; a list of answers is given one after the other,
    the last one for ever. Gives the names that are asked for, as they come.
    """
    asked: list[str] = []

    def getaddrinfo(host: str, port: int, *_rest: object) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
        asked.append(host)
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        answers = known[host]
        if isinstance(answers[0], list):
            answers = answers[min(asked.count(host), len(answers)) - 1]
        return [(kind, socket.SOCK_STREAM, 6, "", (address, port)) for kind, address in answers]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked
