"""The server of the sample sites: real sites on this machine, and nothing left when it ends."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Mapping
from datetime import date

import pytest

from network.demo import server
from network.demo.coalition import organization, organizations

TODAY = date(2026, 11, 22)


@pytest.fixture
async def addresses() -> AsyncIterator[Mapping[str, str]]:
    async with server.serve(organizations(), first_port=0, today=lambda: TODAY) as running:
        yield running


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


async def talk(address: str, said: bytes) -> bytes:
    """All that comes back until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(address))
    try:
        writer.write(said)
        return await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()
        await writer.wait_closed()


async def get(address: str, target: str, *headers: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body of one request on a connection of its own."""
    lines = "".join(f"{line}\r\n" for line in ("Host: x", "Connection: close", *headers))
    head, _, body = (await talk(address, f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode())).partition(b"\r\n\r\n")
    first, *fields = head.decode().split("\r\n")
    return int(first.split(" ")[1]), dict(field.split(": ", 1) for field in fields), body


def free_ports(count: int) -> int:
    """The first of so many ports in a row that are free at the moment."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            first = int(probe.getsockname()[1])
        try:
            for port in range(first, first + count):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            continue
        return first


async def test_every_site_has_an_address_of_its_own(addresses: Mapping[str, str]) -> None:
    """Sixteen home pages at sixteen ports, each of its own organization."""
    assert [one.slug for one in organizations()] == list(addresses)
    assert len(set(addresses.values())) == 16
    for slug, address in addresses.items():
        status, _, body = await get(address, "/")
        assert (status, organization(slug).name.split()[0].encode() in body) == (200, True)


async def test_sites_link_to_each_other(addresses: Mapping[str, str]) -> None:
    """A text that names another organization leads to its address on this machine."""
    _, _, body = await get(addresses["sol"], "/feed/")
    assert f'href="{addresses["legal"]}/"'.encode() in body


async def test_unchanged_is_not_sent_again(addresses: Mapping[str, str]) -> None:
    """200 with an ETag, then 304 without a body."""
    status, headers, body = await get(addresses["youth"], "/atom.xml")
    assert (status, int(headers["content-length"])) == (200, len(body))
    status, headers, body = await get(addresses["youth"], "/atom.xml", f"If-None-Match: {headers['etag']}")
    assert (status, body, "content-length" in headers) == (304, b"", False)


async def test_head_is_get_without_the_body(addresses: Mapping[str, str]) -> None:
    """HEAD tells the length that GET would have."""
    _, told, nothing = await get(addresses["sol"], "/feed/", method="HEAD")
    _, _, body = await get(addresses["sol"], "/feed/")
    assert (int(told["content-length"]), nothing) == (len(body), b"")


async def test_a_connection_serves_several_requests(addresses: Mapping[str, str]) -> None:
    """HTTP/1.1 stays open until it is told to close; HTTP/1.0 closes."""
    one = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /robots.txt HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert (await talk(addresses["sol"], one + one + last)).count(b"HTTP/1.1 200 OK") == 3
    assert (await talk(addresses["sol"], b"GET /robots.txt HTTP/1.0\r\n\r\n")).count(b"HTTP/1.1 200 OK") == 1


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", 405),
        (b"GET / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", 400),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        (b"GET http://elsewhere.example/ HTTP/1.1\r\n\r\n", 400),
        (b"hello\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400),
        (b"GET /\xff\xfe HTTP/1.1\r\nConnection: close\r\n\r\n", 404),
    ],
)
async def test_what_is_not_understood_is_refused(addresses: Mapping[str, str], said: bytes, status: int) -> None:
    """Other methods, bodies, TLS: refused, and the connection is closed."""
    assert (await talk(addresses["sol"], said)).startswith(f"HTTP/1.1 {status} ".encode())
    assert (await get(addresses["sol"], "/"))[0] == 200


async def test_endless_headers_end_the_connection(addresses: Mapping[str, str]) -> None:
    """More than 16 KB of headers aren't read to their end; the site goes on."""
    with contextlib.suppress(ConnectionError):  # the answer may be overtaken by the reset, since the rest isn't read
        answered = await talk(addresses["sol"], b"GET / HTTP/1.1\r\nX: " + b"x" * 1_000_000)
        assert answered.startswith(b"HTTP/1.1 431 ")
    assert (await get(addresses["sol"], "/"))[0] == 200


async def test_who_says_nothing_is_not_waited_for(
    addresses: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection without a request ends after a while; one that hangs up does no harm."""
    monkeypatch.setattr(server, "IDLE_SECONDS", 0.05)
    assert await talk(addresses["sol"], b"GET / HT") == b""
    _, writer = await asyncio.open_connection("127.0.0.1", port_of(addresses["sol"]))
    writer.write(b"GET / HT")
    writer.close()
    await writer.wait_closed()
    assert (await get(addresses["sol"], "/"))[0] == 200


async def test_the_same_ports_again() -> None:
    """A second start gets the same addresses, so that what was stored of the first stays valid."""
    first = free_ports(40)
    wanted = [first + number for number in range(16)]
    for _ in range(2):
        async with server.serve(organizations(), first_port=first, today=lambda: TODAY) as running:
            assert [port_of(address) for address in running.values()] == wanted
            assert (await get(running["sol"], "/"))[0] == 200


async def test_a_port_that_is_taken_moves_one_site_only() -> None:
    """The other sites keep their own ports."""
    first = free_ports(40)
    with socket.create_server(("127.0.0.1", first + 1)):
        async with server.serve(organizations()[:3], first_port=first, today=lambda: TODAY) as running:
            assert [port_of(address) - first for address in running.values()] == [0, 3, 2]


async def test_no_free_port_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Said at the start, with nothing left open."""
    monkeypatch.setattr(server, "PORTS_TRIED", 0)
    first = free_ports(3)
    with socket.create_server(("127.0.0.1", first + 1)):
        with pytest.raises(OSError, match="no free port"):
            async with server.serve(organizations()[:2], first_port=first):
                pass
        with socket.create_server(("127.0.0.1", first)):
            pass


async def test_nothing_is_left_when_it_ends() -> None:
    """Open connections end with the server, and its ports are free again."""
    async with server.serve(organizations()[:2], first_port=0, today=lambda: TODAY) as running:
        address = running["sol"]
        reader, writer = await asyncio.open_connection("127.0.0.1", port_of(address))
        writer.write(b"GET /robots.txt HTTP/1.1\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    await asyncio.wait_for(reader.read(), 5)
    assert reader.at_eof()
    writer.close()
    await writer.wait_closed()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port_of(address))


async def test_it_is_the_day_in_massachusetts() -> None:
    """Without a day of its own it takes today's, and has news."""
    async with server.serve([organization("sol")], first_port=0) as running:
        _, _, body = await get(running["sol"], "/feed/")
    assert body.count(b"<item>") == 6


async def test_it_starts_at_once() -> None:
    """Whoever starts the demo isn't kept waiting by its sample sites."""
    begun = time.perf_counter()
    async with server.serve(organizations(), first_port=0):
        assert time.perf_counter() - begun < 1
