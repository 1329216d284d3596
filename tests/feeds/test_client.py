"""The one door: what it asks for, where it never goes, how much it takes, and that every failure is one of ours."""

from __future__ import annotations

import asyncio
import gzip
import inspect
import os
import shutil
import socket
import ssl
import subprocess
import sys
import time
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import brotli
import pytest
from aiohttp import http_exceptions
from aiohttp.abc import ResolveResult
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from feeds import client as client_module
from feeds.addresses import AllowedHosts
from feeds.client import Answer, Client, refusal
from feeds.errors import (
    AddressError,
    BadAddress,
    BadAnswer,
    BadPort,
    BadScheme,
    FeedsError,
    FetchError,
    PrivateAddress,
    TlsFailed,
    TooLarge,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)
from tests.servers import Handler, Request, redirect, reply, serving

HOME = "127.0.0.1"
MEGABYTE = bytes(1_000_000)


@asynccontextmanager
async def opened(allowed: str = HOME, **limits: Any) -> AsyncIterator[Client]:
    """A client that may ask this machine, as a test's servers need."""
    async with Client(user_agent="Tests/1", allowed=AllowedHosts.parse(allowed), **limits) as client:
        yield client


def writing(*parts: bytes, end: bool = True) -> Handler:
    """Writes these parts as they are, then closes or waits."""

    async def handler(_request: Request, writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
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


OK = b"HTTP/1.1 200 OK\r\n"


# ── what is asked and answered ─────────────────────────────────────────────────────────────────────────────────────


async def test_an_answer() -> None:
    """An answer has its address, status, headers whatever their case, and body."""
    async with (
        serving({"/feed": reply(b"<rss/>", Content_Type="application/rss+xml", ETag='"1"')}) as server,
        opened() as client,
    ):
        answer = await client.get(server.url("/feed"), {"Accept": "application/rss+xml"})
    assert answer == Answer(server.url("/feed"), 200, answer.headers, b"<rss/>", permanent=False)
    assert {answer.headers["content-type"], answer.headers["CONTENT-TYPE"]} == {"application/rss+xml"}
    sent = server.requests[0].headers
    assert (sent["user-agent"], sent["accept"]) == ("Tests/1", "application/rss+xml")


async def test_the_address_is_brought_into_normal_form() -> None:
    """What is asked for is the normal form, as written there: no fragment, no second encoding."""
    async with serving(reply(b"x")) as server, opened() as client:
        answer = await client.get(f"{server.url('/a%2Fb c?q=%20ñ')}#top", {})
    assert server.paths == ["/a%2Fb%20c?q=%20%C3%B1"]
    assert answer.url == server.url("/a%2Fb%20c?q=%20%C3%B1")


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("br", brotli.compress),
        ("identity", bytes),
    ],
)
async def test_compressed_bodies(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    """Bodies come unpacked, whatever coding the server chose of those that are offered."""
    body = b"<rss>" + bytes(range(256)) * 2000 + b"</rss>"
    async with serving(reply(compress(body), Content_Encoding=encoding)) as server, opened() as client:
        answer = await client.get(server.url(), {})
    assert answer.body == body
    assert {"gzip", "deflate", "br"} <= set(server.requests[0].headers["accept-encoding"].replace(" ", "").split(","))


async def test_chunked_and_unframed_bodies() -> None:
    """Bodies in chunks, and bodies that end with the connection, come whole."""
    chunked = OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"
    answers: dict[str, bytes | Handler] = {"/chunked": chunked, "/unframed": writing(OK + b"\r\nabc", b"de")}
    async with serving(answers) as server, opened() as client:
        assert [(await client.get(server.url(path), {})).body for path in answers] == [b"abcde", b"abcde"]


async def test_connections_are_kept() -> None:
    """Several requests to one site share a connection, also after a 304, a redirect and a short error page."""
    answers = {"/": redirect("/a"), "/a": reply(b"a"), "/b": reply(status=304), "/c": reply(b"no", status=404)}
    async with serving(answers) as server, opened() as client:
        statuses = [(await client.get(server.url(path), {})).status for path in ("/", "/a", "/b", "/c", "/a")]
    assert (statuses, server.connections) == ([200, 200, 304, 404, 200], 1)


async def test_no_cookies() -> None:
    """A cookie that is set is not sent back: nobody is followed by us, and we by nobody."""
    async with serving({"/": reply(b"x", Set_Cookie="a=b; Path=/")}) as server, opened() as client:
        for _ in range(2):
            await client.get(server.url(), {})
    assert ["cookie" in request.headers for request in server.requests] == [False, False]


async def test_no_proxy_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy of the environment would connect where we may not: it is not used."""
    async with serving(reply(b"site")) as server, serving(reply(b"proxy")) as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, proxy.url())
        async with opened() as client:
            answer = await client.get(server.url(), {})
    assert (answer.body, proxy.connections) == (b"site", 0)


async def test_credentials_are_neither_sent_nor_told() -> None:
    """A password in an address, pasted or in a redirect, goes nowhere."""
    answers = {"/": redirect("http://user:secret@127.0.0.1:{port}/a"), "/a": reply(status=500)}
    async with serving() as probe:
        closed = probe.url()
    async with serving(answers) as server, opened() as client:
        answers["/"] = redirect(f"http://user:secret@127.0.0.1:{server.port}/a")
        answer = await client.get(server.url().replace("//", "//user:secret@"), {})
        with pytest.raises(FetchError) as caught:
            await client.get(closed.replace("//", "//user:secret@"), {})
    assert answer.url == server.url("/a")
    assert ["authorization" in request.headers for request in server.requests] == [False, False]
    assert "secret" not in f"{caught.value} {caught.value.__cause__!r}"


# ── redirects ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("statuses", "permanent"),
    [
        ([301], True),
        ([308], True),
        ([301, 308], True),
        ([302], False),
        ([301, 302], False),
        ([307, 301], False),
        ([303], False),
        ([301, 301, 301, 301, 301], True),
    ],
    ids=str,
)
async def test_redirects(statuses: list[int], permanent: bool) -> None:
    """Up to five redirects are followed; only when all are for good has the document moved."""
    answers = {f"/{hop}": redirect(f"{hop + 1}", status) for hop, status in enumerate(statuses)}
    answers[f"/{len(statuses)}"] = reply(b"here")
    async with serving(answers) as server, opened() as client:
        answer = await client.get(server.url("/0"), {"If-None-Match": '"1"'})
    assert (answer.url, answer.body, answer.permanent) == (server.url(f"/{len(statuses)}"), b"here", permanent)
    assert {request.headers["if-none-match"] for request in server.requests} == {'"1"'}


async def test_too_many_redirects() -> None:
    """A sixth redirect is one too many; a circle ends where it closes."""
    chain = {f"/{hop}": redirect(f"/{hop + 1}") for hop in range(10)}
    circle = {"/a": redirect("/b"), "/b": redirect("/a"), "/self": redirect("")}
    async with serving(chain | circle) as server, opened() as client:
        for path, asked in {"/0": 6, "/a": 2, "/self": 1}.items():
            server.requests.clear()
            with pytest.raises(TooManyRedirects):
                await client.get(server.url(path), {})
            assert asked == len(server.requests)


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("file:///etc/passwd", BadScheme),
        ("javascript:alert(1)", BadScheme),
        ("ftp://127.0.0.1/", BadScheme),
        ("http://127.0.0.1:22/", BadPort),
        ("http://127.0.0.1:6379/", BadPort),
        ("https://", BadAddress),
        ("http://[::1/", BadAddress),
        ("http://a b.example/", BadAddress),
        ("http://169.254.169.254/latest/meta-data/", PrivateAddress),
    ],
)
async def test_where_redirects_must_not_lead(location: str, error: type[AddressError]) -> None:
    """Every hop is held to the rules of the first."""
    async with serving({"/": redirect(location)}) as server, opened() as client:
        with pytest.raises(error):
            await client.get(server.url(), {})


async def test_a_redirect_without_an_address_is_an_answer() -> None:
    """A 302 that leads nowhere is what it is: a bad answer."""
    async with serving(reply(status=302)) as server, opened() as client:
        answer = await client.get(server.url(), {})
    assert isinstance(refusal(answer), BadAnswer)


async def test_bytes_in_a_redirect_stay_what_they_are() -> None:
    """A path in some other encoding is asked for byte by byte."""
    answers = {
        "/": OK.replace(b"200", b"302") + b"Location: /caf\xe9\r\nContent-Length: 0\r\n\r\n",
        "/caf%E9": reply(b"x"),
    }
    async with serving(answers) as server, opened() as client:
        answer = await client.get(server.url(), {})
    assert answer.url == server.url("/caf%E9")


# ── where it never goes ────────────────────────────────────────────────────────────────────────────────────────────

SPELLINGS = [
    *("127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001"),
    *(
        "0.0.0.0",
        "0",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "127.0.0.2",
        "127.255.255.254",
        "１２７.0.0.1",
        "127。0。0。1",
    ),
    *("[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]"),
    *("[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "example.org@127.0.0.1", "127.0.0.1\\@example.org"),
]
ELSEWHERE = [
    *("10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "192.0.0.192", "198.18.0.1"),
    *("224.0.0.1", "255.255.255.255", "[fd00:ec2::254]", "[fe80::1]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]"),
    *("0xa9fea9fe", "2852039166", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]"),
]


@pytest.mark.parametrize("host", [*SPELLINGS, *ELSEWHERE])
async def test_no_private_host_is_reached(host: str) -> None:
    """However this machine or a private network is spelled, nothing arrives at a socket that listens there."""
    async with serving(reply(b"secret"), host=("0.0.0.0",)) as server, opened("") as client:
        with pytest.raises(AddressError):
            await client.get(f"http://{host}:{server.port}/", {})
        assert server.connections == 0


@pytest.mark.parametrize("host", SPELLINGS)
async def test_no_private_host_is_reached_by_redirect(host: str) -> None:
    """That one private host is open opens no other: not by another name, not at another port."""
    async with serving(reply(b"secret"), host=("0.0.0.0",)) as target:
        answer = f"HTTP/1.1 302 Found\r\nLocation: http://{host}:{target.port}/\r\nContent-Length: 0\r\n\r\n".encode()
        async with serving(answer) as server, opened(f"127.0.0.1:{server.port}") as client:
            with pytest.raises(AddressError):
                await client.get(server.url(), {})
        assert (server.connections, target.connections) == (1, 0)


Resolved = list[tuple[int, str]]
V4, V6 = socket.AF_INET, socket.AF_INET6


def names(monkeypatch: pytest.MonkeyPatch, known: dict[str, Resolved]) -> None:
    """Let names mean these addresses, as a hostile name server would."""

    def getaddrinfo(host: str, port: int, *_rest: object) -> list[tuple[int, int, int, str, tuple[object, ...]]]:
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(kind, socket.SOCK_STREAM, 6, "", (address, port)) for kind, address in known[host]]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.mark.parametrize(
    "addresses",
    [
        [(V4, "127.0.0.1")],
        [(V6, "::1")],
        [(V4, "127.0.0.1"), (V6, "::1")],
        [(V4, "10.0.0.1"), (V4, "127.0.0.1"), (V4, "169.254.169.254")],
        [(V6, "::ffff:127.0.0.1")],
        [(V6, "64:ff9b::7f00:1")],
        [(V6, "fe80::1%eth0")],
    ],
    ids=str,
)
async def test_names_for_private_addresses_are_refused(addresses: Resolved, monkeypatch: pytest.MonkeyPatch) -> None:
    """A public-looking name that means private addresses is refused with that reason."""
    names(monkeypatch, {"rebind.example": addresses})
    async with serving(reply(b"secret"), host=("0.0.0.0",)) as server, opened("") as client:
        with pytest.raises(PrivateAddress):
            await client.get(f"http://rebind.example:{server.port}/", {})
        assert server.connections == 0


async def test_only_the_public_addresses_of_a_name_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a name with several addresses, the private ones are left out before anything is connected to."""
    names(
        monkeypatch,
        {"mixed.example": [(V4, "127.0.0.1"), (V4, "198.41.0.4"), (V6, "fd00::1"), (V6, "2001:503:ba3e::2:30")]},
    )
    async with opened("") as client:
        found = await client._public.connector._resolver.resolve("mixed.example", 80)  # type: ignore[union-attr]
    assert [one["host"] for one in found] == ["198.41.0.4", "2001:503:ba3e::2:30"]


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["127.0.0.1", "127.0.0.2"], ["::1", "127.0.0.1"]], ids=str)
async def test_the_address_that_is_connected_to_is_checked(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Should a private address slip through the look-up, the connection itself is still refused."""

    async def resolve(_self: object, host: str, port: int = 0, family: int = 0) -> list[ResolveResult]:
        kinds = [V6 if ":" in address else V4 for address in addresses]
        return [
            ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=0)
            for address, kind in zip(addresses, kinds, strict=True)
        ]

    monkeypatch.setattr(client_module._Resolver, "resolve", resolve)
    async with serving(reply(b"secret"), host=("0.0.0.0",)) as server, opened("") as client:
        with pytest.raises(FeedsError) as caught:
            await client.get(f"http://rebind.example:{server.port}/", {})
        assert server.connections == 0
    assert type(caught.value) in ({PrivateAddress} if len(addresses) == 1 else {PrivateAddress, Unreachable})


async def test_an_open_host_gives_its_connection_to_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to a host that the operator opened by name serves only that name."""
    names(monkeypatch, {"casa.internal": [(V4, "127.0.0.1")], "rebind.example": [(V4, "127.0.0.1")]})
    async with serving(reply(b"x")) as server, opened(f"casa.internal:{server.port}") as client:
        assert (await client.get(server.url(host="casa.internal"), {})).body == b"x"
        for host in ("rebind.example", "127.0.0.1"):
            with pytest.raises(PrivateAddress):
                await client.get(server.url(host=host), {})
        assert len(server.requests) == 1


async def test_all_hosts_can_be_opened() -> None:
    """For a demo or a test the operator opens everything."""
    async with serving(reply(b"x")) as server, opened("1") as client:
        assert [(await client.get(server.url(host=host), {})).body for host in ("127.0.0.1", "localhost")] == [
            b"x",
            b"x",
        ]


# ── how much it takes ──────────────────────────────────────────────────────────────────────────────────────────────

ZEROS = zlib.compressobj(9, zlib.DEFLATED, 31)
BOMB = b"".join(ZEROS.compress(MEGABYTE) for _ in range(200)) + ZEROS.flush()
HUGE: dict[str, bytes | Handler] = {
    "announced": OK + b"Content-Length: 5000000000\r\n\r\n" + b"x" * 1000,
    "endless": forever(OK + b"\r\n", bytes(65536)),
    "endless in chunks": forever(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"ffff\r\n" + bytes(65535) + b"\r\n"),
    "gzip bomb": writing(reply(BOMB, Content_Encoding="gzip")),
    "gzip bomb in gzip members": writing(reply(gzip.compress(MEGABYTE) * 200, Content_Encoding="gzip")),
    "small gzip bomb": writing(reply(gzip.compress(MEGABYTE * 3), Content_Encoding="gzip")),
    "brotli bomb": writing(reply(brotli.compress(MEGABYTE * 50, quality=5), Content_Encoding="br")),
}


@pytest.mark.parametrize("kind", HUGE)
async def test_huge_answers_are_cut(kind: str) -> None:
    """A body over the limit is not read to its end, however it is packed; 200 MB do not arise in memory."""
    async with serving(HUGE[kind]) as server, opened(timeout=10) as client:
        began = time.process_time()
        with pytest.raises(TooLarge):
            await client.get(server.url(), {})
        assert time.process_time() - began < 2


async def test_a_body_at_the_limit_is_read() -> None:
    """The limit is the last size that is read."""
    answers = {"/at": reply(bytes(70_000)), "/over": reply(bytes(70_001))}
    async with serving(answers) as server, opened(max_bytes=70_000) as client:
        assert len((await client.get(server.url("/at"), {})).body) == 70_000
        with pytest.raises(TooLarge):
            await client.get(server.url("/over"), {})


SLOW: dict[str, bytes | Handler] = {
    "no answer": writing(end=False),
    "half a head": writing(OK, end=False),
    "half a body": writing(OK + b"Content-Length: 10\r\n\r\nabc", end=False),
    "a byte at a time": forever(OK + b"\r\n", b"x", pause=0.02),
    "a header at a time": forever(OK, b"X: y\r\n", pause=0.02),
}


@pytest.mark.parametrize("kind", SLOW)
async def test_slow_answers_are_cut(kind: str) -> None:
    """The whole answer has a deadline; that something trickles does not extend it."""
    async with serving(SLOW[kind]) as server, opened(timeout=0.3) as client:
        began = time.monotonic()
        with pytest.raises(TooSlow):
            await client.get(server.url(), {})
        assert 0.25 < time.monotonic() - began < 2


async def test_redirects_share_one_deadline() -> None:
    """Redirects do not buy time."""

    async def slow(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(redirect(request.path + "x"))

    async with serving(slow) as server, opened(timeout=0.5) as client:
        with pytest.raises(TooSlow):
            await client.get(server.url(), {})
    assert len(server.requests) == 3


BROKEN = {
    "endless headers": (forever(OK, b"X-Flood: " + b"y" * 4000 + b"\r\n"), BadAnswer),
    "an endless header": (forever(OK + b"X: ", b"y" * 4000), BadAnswer),
    "an endless status line": (forever(b"HTTP/1.1 200 ", b"y" * 4000), BadAnswer),
    "no HTTP": (writing(b"220 mail.example ESMTP\r\n"), BadAnswer),
    "nothing": (writing(b""), Unreachable),
    "half a head": (writing(OK + b"Content-"), Unreachable),
    "a body cut short": (writing(OK + b"Content-Length: 10\r\n\r\nabc"), BadAnswer),
    "chunks cut short": (writing(OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc"), BadAnswer),
    "a bad chunk": (writing(OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n"), BadAnswer),
    "a negative length": (writing(OK + b"Content-Length: -1\r\n\r\nabc"), BadAnswer),
    "two lengths": (writing(OK + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"), BadAnswer),
    "no gzip": (writing(reply(b"<rss/>", Content_Encoding="gzip")), BadAnswer),
    "no brotli": (writing(reply(b"<rss/>", Content_Encoding="br")), BadAnswer),
    "an unasked protocol": (
        writing(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"),
        None,
    ),
}


@pytest.mark.parametrize("kind", BROKEN)
async def test_broken_answers(kind: str) -> None:
    """What is no HTTP, or not the HTTP it says it is, is a failure with a name."""
    handler, error = BROKEN[kind]
    async with serving(handler) as server, opened(timeout=5) as client:
        if error is None:
            assert refusal(await client.get(server.url(), {})) is not None
            return
        with pytest.raises(error) as caught:
            await client.get(server.url(), {})
    assert caught.value.subject == server.url()
    assert caught.value.detail


async def test_a_flood_of_interim_answers_ends() -> None:
    """Answers that announce an answer, for ever, end at the deadline."""
    async with serving(forever(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100)) as server, opened(timeout=0.5) as client:
        with pytest.raises(FetchError):
            await client.get(server.url(), {})


async def test_a_reset_connection() -> None:
    """A connection that is reset, before or within an answer, is a failure with a name."""

    async def reset(request: Request, writer: asyncio.StreamWriter) -> None:
        if request.path == "/within":
            writer.write(OK + b"Content-Length: 10\r\n\r\nabc")
            await writer.drain()
            await asyncio.sleep(0.05)
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()

    async with serving(reset) as server, opened() as client:
        with pytest.raises(Unreachable):
            await client.get(server.url(), {})
        with pytest.raises(FetchError):
            await client.get(server.url("/within"), {})


async def test_nobody_listens() -> None:
    """A port at which nobody listens is unreachable."""
    async with serving() as server:
        pass
    async with opened() as client:
        with pytest.raises(Unreachable):
            await client.get(server.url(), {})


async def test_an_unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that does not exist is unreachable."""
    names(monkeypatch, {})
    async with opened() as client:
        with pytest.raises(Unreachable):
            await client.get("https://nowhere.example/", {})


async def test_errors_are_read_only_a_little() -> None:
    """Of an error page only the beginning is read, and nobody waits for the rest of it."""
    answers: dict[str, bytes | Handler] = {
        "/long": reply(b"x" * 100_000, status=500),
        "/slow": writing(b"HTTP/1.1 404 No\r\nContent-Length: 10\r\n\r\nabc", end=False),
        "/broken": writing(reply(b"no gzip", status=503, Content_Encoding="gzip")),
        "/304": reply(status=304, ETag='"1"'),
    }
    async with serving(answers) as server, opened() as client:
        found = {path: await client.get(server.url(path), {}) for path in answers}
    assert {path: answer.status for path, answer in found.items()} == {
        "/long": 500,
        "/slow": 404,
        "/broken": 503,
        "/304": 304,
    }
    assert [answer.body for answer in found.values()] == [b"x" * 4096, b"abc", b"", b""]


# ── turns ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class Busy:
    """A handler that counts how many requests are in hand at a time."""

    def __init__(self) -> None:
        self.now = self.most = 0

    async def __call__(self, _request: Request, writer: asyncio.StreamWriter) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.05)
        self.now -= 1
        writer.write(reply(b"x"))


@pytest.mark.parametrize(
    ("hosts", "allowed", "limit", "most"),
    [
        (["a.casa.example", "b.casa.example"], "1", 64, 2),
        (["a.casa.example", "b.other.example"], "1", 64, 4),
        (["a.casa.example"], "a.casa.example", 64, 12),
        (["127.0.0.1", "localhost"], "1", 64, 12),
        (["127.0.0.1"], "1", 5, 5),
    ],
    ids=str,
)
async def test_turns(hosts: list[str], allowed: str, limit: int, most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One site gets two requests at a time, all of its hosts together; the operator's own machine as many as there are.
    Waiting for a turn is not the site's slowness: twelve answers of 50 ms come within a deadline of 200 ms each.
    """
    names(monkeypatch, {host: [(V4, "127.0.0.1")] for host in hosts})
    busy = Busy()
    async with serving(busy) as server, opened(allowed, limit=limit, timeout=0.2) as client:
        urls = [server.url(f"/{number}", host=hosts[number % len(hosts)]) for number in range(12)]
        answers = await asyncio.gather(*(client.get(url, {}) for url in urls))
    assert ([200] * 12, most) == ([answer.status for answer in answers], busy.most)


async def test_turns_come_back_after_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    """A site that fails, and a request that is given up, leave their turns to the next."""
    names(monkeypatch, {"casa.example": [(V4, "127.0.0.1")]})
    answers: dict[str, bytes | Handler] = {
        "/ok": reply(b"x"),
        "/slow": SLOW["no answer"],
        "/broken": writing(b"nonsense\r\n"),
    }
    async with serving(answers) as server, opened("1", per_host=1, limit=1, timeout=0.2) as client:
        for path in ("/slow", "/broken", "/slow"):
            with pytest.raises(FetchError):
                await client.get(server.url(path, host="casa.example"), {})
        given_up = asyncio.create_task(client.get(server.url("/slow", host="casa.example"), {}))
        await asyncio.sleep(0.05)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        assert (await client.get(server.url("/ok", host="casa.example"), {})).body == b"x"


# ── TLS ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, with its key in the same file."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl command to make a certificate")
    path: Path = tmp_path_factory.mktemp("tls") / "self-signed.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=casa.example"
    names_ = "subjectAltName=IP:127.0.0.1,DNS:casa.example"
    made = subprocess.run(
        ["openssl", *words.split(), "-addext", names_, "-keyout", "-", "-out", "-"], check=True, capture_output=True
    )
    path.write_bytes(made.stdout)
    return path


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def test_certificates_are_verified(certificate: Path) -> None:
    """A certificate that nobody vouches for is refused, on the operator's own machine as well."""
    async with serving(reply(b"secret"), tls=tls(certificate)) as server, opened() as client:
        with pytest.raises(TlsFailed):
            await client.get(server.url(), {})
        assert server.requests == []


async def test_a_server_without_tls() -> None:
    """Plain HTTP where TLS is asked for is a failure of TLS."""

    async def plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(plain, HOME, 0) as server, opened() as client:
        with pytest.raises(TlsFailed):
            await client.get(f"https://{HOME}:{server.sockets[0].getsockname()[1]}/", {})


def test_a_valid_certificate_is_accepted(certificate: Path) -> None:
    """With a certificate that the system trusts, https works (in a process of its own, which trusts this one)."""
    program = """
import asyncio, ssl, sys
from feeds.addresses import AllowedHosts
from feeds.client import Client
from tests.servers import reply, serving
async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1])
    async with serving(reply(b"trusted"), tls=context) as server:
        async with Client(user_agent="Tests/1", allowed=AllowedHosts.parse("1")) as client:
            print((await client.get(server.url(), {})).body.decode())
asyncio.run(main())
"""
    run = subprocess.run(
        [sys.executable, "-c", program, str(certificate)],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"SSL_CERT_FILE": str(certificate)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (run.stdout, run.stderr) == ("trusted\n", "")


# ── whatever goes wrong is one of ours ─────────────────────────────────────────────────────────────────────────────

KEY = aiohttp.client_reqrep.ConnectionKey("casa.example", 443, True, True, None, None, None)
INFO = aiohttp.RequestInfo(URL("https://casa.example/"), "GET", CIMultiDictProxy(CIMultiDict()))
ARGUMENTS: dict[type[Exception], tuple[Any, ...]] = {
    aiohttp.ClientConnectorCertificateError: (KEY, ssl.SSLCertVerificationError("expired")),
    aiohttp.client_exceptions.UnixClientConnectorError: ("/run/x", KEY, OSError("gone")),
    aiohttp.ClientConnectorError: (KEY, OSError("refused")),
    aiohttp.ServerFingerprintMismatch: (b"a", b"b", "casa.example", 443),
    aiohttp.ClientResponseError: (INFO, ()),
    aiohttp.InvalidURL: ("https://casa.example/",),
    http_exceptions.LineTooLong: (b"x", 1),
    http_exceptions.InvalidHeader: (b"x",),
    http_exceptions.BadStatusLine: ("x",),
    http_exceptions.BadHttpMethod: ("x",),
    http_exceptions.BadHttpMessage: ("x",),
    http_exceptions.HttpProcessingError: (),
}
EXPECTED = {
    "ClientConnectorCertificateError": TlsFailed,
    "ClientConnectorSSLError": TlsFailed,
    "ClientSSLError": TlsFailed,
    "ServerFingerprintMismatch": TlsFailed,
    "ServerTimeoutError": TooSlow,
    "SocketTimeoutError": TooSlow,
    "TooManyRedirects": TooManyRedirects,
    "NonHttpUrlClientError": BadScheme,
    "NonHttpUrlRedirectClientError": BadScheme,
    "InvalidURL": BadAddress,
    "InvalidUrlClientError": BadAddress,
    "InvalidUrlRedirectClientError": BadAddress,
}


def foreign() -> list[type[Exception]]:
    """Every exception that aiohttp defines for clients and for HTTP itself."""
    modules = (aiohttp.client_exceptions, http_exceptions)
    classes = {each for module in modules for _, each in inspect.getmembers(module, inspect.isclass)}
    errors = {each for each in classes if issubclass(each, Exception) and each.__module__.startswith("aiohttp")}
    errors.remove(aiohttp.WSMessageTypeError)  # a wrong call of a web socket, which we have none of
    return sorted(errors, key=lambda each: each.__name__)


def made(kind: type[Exception]) -> Exception:
    for base in kind.__mro__:
        if base in ARGUMENTS:
            return kind(*ARGUMENTS[base])
    return kind("why")


@pytest.mark.parametrize("kind", foreign(), ids=lambda kind: kind.__name__)
def test_every_exception_of_aiohttp_is_translated(kind: type[Exception]) -> None:
    """None of aiohttp's exceptions leaves the client; each has a meaning of ours, with its cause."""
    assert issubclass(kind, client_module._FOREIGN)
    error = client_module._translated(made(kind), "https://casa.example/")
    connection = issubclass(kind, aiohttp.ClientConnectionError)
    assert type(error) is EXPECTED.get(kind.__name__, Unreachable if connection else BadAnswer)
    assert error.subject == "https://casa.example/"
    assert kind.__name__ in error.detail


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TimeoutError(), TooSlow),
        (ConnectionResetError("reset"), Unreachable),
        (socket.gaierror(-2, "Name or service not known"), Unreachable),
        (ssl.SSLError("handshake"), TlsFailed),
        (UnicodeError("label too long"), BadAddress),
        (client_module._NotPublicError("10.0.0.1"), PrivateAddress),
        (aiohttp.ClientConnectorDNSError(KEY, client_module._NotPublicError("10.0.0.1")), PrivateAddress),
    ],
    ids=repr,
)
def test_other_exceptions_are_translated(error: Exception, expected: type[FeedsError]) -> None:
    """What Python itself raises for networks has a meaning as well."""
    assert expected is type(client_module._translated(error, "https://casa.example/"))


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (200, None),
        (204, None),
        (299, None),
        (304, None),
        (300, "bad_answer"),
        (302, "bad_answer"),
        (400, "bad_answer"),
        (401, "forbidden"),
        (403, "forbidden"),
        (404, "not_found"),
        (410, "gone"),
        (429, "busy"),
        (451, "forbidden"),
        (500, "bad_answer"),
        (503, "busy"),
        (999, "bad_answer"),
    ],
)
def test_refusal(status: int, code: str | None) -> None:
    """What a status means, as an error that names the address."""
    refused = refusal(Answer("https://casa.example/feed", status, {}, b""))
    assert code == (refused and refused.code)
    assert refused is None or str(refused) == f"{code}: https://casa.example/feed: status {status}"
