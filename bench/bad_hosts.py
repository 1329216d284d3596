"""Hosts that behave badly, each at a loopback address of its own.

    python -m bench.bad_hosts well|slow|hanging|erring FARM HOSTS PORT

well      the farm's feed at once: what the others are compared with
slow      the same after 2 to 5 seconds
hanging   no answer at all, or one that comes in a byte a second
erring    500, 429, or a connection that is reset
"""

from __future__ import annotations

import asyncio
import random
import resource
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

KINDS = ("slow", "hanging", "erring")
HEAD = b"HTTP/1.1 %s\r\nContent-Type: text/xml\r\nContent-Length: %d\r\nConnection: close\r\n"
ETAG = b'ETag: "1"\r\n'
FOR_EVER = 3600


def address(number: int) -> str:
    """The address of a bad host; Linux answers at every one of 127.0.0.0/8."""
    return f"127.0.{1 + number // 250}.{1 + number % 250}"


class BadHosts:
    """One kind of them; what a host does depends on its number."""

    def __init__(self, kind: str, farm: Path) -> None:
        self._act = {"well": self._tell, "slow": self._slow, "hanging": self._hang, "erring": self._err}[kind]
        self._farm = farm

    async def serve(self, hosts: int, port: int) -> None:
        """Listen until this process is ended."""
        for number in range(hosts):
            await asyncio.start_server(self._answer(number), address(number), port, backlog=16)
        print("ready", flush=True)
        await asyncio.Event().wait()

    def _answer(self, number: int) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                await self._act(number, await reader.readuntil(b"\r\n\r\n"), writer)
                await writer.drain()
            except (OSError, asyncio.IncompleteReadError):
                pass  # who asked has gone away
            finally:
                writer.close()

        return answer

    async def _tell(self, _number: int, request: bytes, writer: asyncio.StreamWriter) -> None:
        if b"If-None-Match" in request:
            writer.write(HEAD % (b"304 Not Modified", 0) + ETAG + b"\r\n")
        else:
            body = (self._farm / request.split(b" ", 2)[1].decode().lstrip("/")).read_bytes()
            writer.write(HEAD % (b"200 OK", len(body)) + ETAG + b"\r\n" + body)

    async def _slow(self, number: int, request: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(random.Random(number).uniform(2, 5))
        await self._tell(number, request, writer)

    async def _hang(self, number: int, _request: bytes, writer: asyncio.StreamWriter) -> None:
        if number % 2:
            await asyncio.sleep(FOR_EVER)
        writer.write(HEAD % (b"200 OK", 50_000) + b"\r\n")
        for _ in range(FOR_EVER):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(1)

    async def _err(self, number: int, _request: bytes, writer: asyncio.StreamWriter) -> None:
        if number % 3 == 2:
            at_once = struct.pack("ii", 1, 0)
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        else:
            writer.write(HEAD % ((b"500 Oops", b"429 Too many")[number % 3], 0) + b"\r\n")


def main(kind: str, farm: str, hosts: str, port: str) -> None:
    """Serve."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(BadHosts(kind, Path(farm)).serve(int(hosts), int(port)))


if __name__ == "__main__":
    main(*sys.argv[1:])
