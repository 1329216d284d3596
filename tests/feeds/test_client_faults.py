"""What servers do wrong: none of it gets past the one door as an answer, and all of it has a name of ours."""

from __future__ import annotations

import asyncio
import inspect
import os
import shutil
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import http_exceptions
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from feeds.client import codings, connections, failures, refusal
from feeds.errors import (
    BadAddress,
    BadAnswer,
    BadScheme,
    FeedsError,
    FetchError,
    PrivateAddress,
    TlsFailed,
    TooManyRedirects,
    TooSlow,
    Unreachable,
)
from tests.feeds.doors import HOME, OK, forever, names, opened, writing
from tests.servers import Handler, Request, reply, serving

HELLO = b"Content-Length: 5\r\n\r\nhello"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

# ── answers as they should not be ─────────────────────────────────────────────────────────────────────────────────────

BROKEN: dict[str, tuple[Handler, type[FeedsError]]] = {
    "nothing": (writing(b""), Unreachable),
    "half a head": (writing(OK + b"Content-"), Unreachable),
    "no HTTP": (writing(b"220 mail.example ESMTP\r\n"), BadAnswer),
    "HTTP/0.9": (writing(b"<rss>hello</rss>"), BadAnswer),
    "HTTP/2 that was not agreed on": (writing(b"HTTP/2 200 OK\r\n" + HELLO), BadAnswer),
    "a radio station": (writing(b"ICY 200 OK\r\n" + HELLO), BadAnswer),
    "TLS without asking": (writing(b"\x15\x03\x01\x00\x02\x02\x50"), BadAnswer),
    "a status of two digits": (writing(b"HTTP/1.1 99 Odd\r\n" + HELLO), BadAnswer),
    "a status of four digits": (writing(b"HTTP/1.1 2000 OK\r\n" + HELLO), BadAnswer),
    "a status that is no number": (writing(b"HTTP/1.1 OK\r\n" + HELLO), BadAnswer),
    "endless headers": (forever(OK, b"X-Flood: " + b"y" * 4000 + b"\r\n"), BadAnswer),
    "an endless header": (forever(OK + b"X: ", b"y" * 4000), BadAnswer),
    "an endless name of a header": (forever(OK, b"y" * 4000), BadAnswer),
    "an endless status line": (forever(b"HTTP/1.1 200 ", b"y" * 4000), BadAnswer),
    "a header without a colon": (writing(OK + b"Nonsense\r\n" + HELLO), BadAnswer),
    "a header without a name": (writing(OK + b": x\r\n" + HELLO), BadAnswer),
    "a space in a name": (writing(OK + b"X Y: z\r\n" + HELLO), BadAnswer),
    "NUL in a header": (writing(OK + b"X: a\0b\r\n" + HELLO), BadAnswer),
    "NUL in a name": (writing(OK + b"X\0: ab\r\n" + HELLO), BadAnswer),
    "a bare CR in a header": (writing(OK + b"X: a\rb: c\r\n" + HELLO), BadAnswer),
    "a body cut short": (writing(OK + b"Content-Length: 10\r\n\r\nabc"), BadAnswer),
    "a body cut off at once": (writing(OK + b"Content-Length: 10\r\n\r\n"), BadAnswer),
    "a body longer than it says": (writing(OK + b"Content-Length: 3\r\n\r\nhello"), BadAnswer),
    "a negative length": (writing(OK + b"Content-Length: -1\r\n\r\nabc"), BadAnswer),
    "a length with a sign": (writing(OK + b"Content-Length: +5\r\n\r\nhello"), BadAnswer),
    "a hexadecimal length": (writing(OK + b"Content-Length: 0x5\r\n\r\nhello"), BadAnswer),
    "a length beyond measure": (writing(OK + b"Content-Length: 99999999999999999999999\r\n\r\nhello"), BadAnswer),
    "no length where one is said to be": (writing(OK + b"Content-Length: \r\n\r\nhello"), BadAnswer),
    "two lengths": (writing(OK + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\nabcde"), BadAnswer),
    "a length beside chunks": (writing(OK + b"Transfer-Encoding: chunked\r\n" + HELLO), BadAnswer),
    "chunks cut short": (writing(CHUNKED + b"5\r\nabc"), BadAnswer),
    "chunks without an end": (writing(CHUNKED + b"5\r\nhello\r\n"), BadAnswer),
    "a bad chunk": (writing(CHUNKED + b"3\r\nabc\r\nzz\r\n"), BadAnswer),
    "a negative chunk": (writing(CHUNKED + b"-5\r\nhello\r\n0\r\n\r\n"), BadAnswer),
    "a chunk beyond measure": (writing(CHUNKED + b"fffffffffffffffff5\r\nhello\r\n0\r\n\r\n"), BadAnswer),
    "a chunk longer than it says": (writing(CHUNKED + b"5\r\nhelloXX0\r\n\r\n"), BadAnswer),
    "endless trailers": (forever(CHUNKED + b"5\r\nhello\r\n0\r\n", b"X: y\r\n" * 1000), BadAnswer),
    "a body after `no content`": (writing(b"HTTP/1.1 204 None\r\n" + HELLO), BadAnswer),
    "a body that only looks unchanged": (writing(b"HTTP/1.1 304 Same\r\n" + HELLO), BadAnswer),
    "an answer on top of the answer": (writing(OK + HELLO + b"GARBAGE GARBAGE\r\n\r\n"), BadAnswer),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
async def test_broken_answers(kind: str) -> None:
    """What is no HTTP, or not the HTTP it says it is, is a failure with a name and with one line for the log."""
    handler, error = BROKEN[kind]
    async with serving(handler) as server, opened(timeout=5) as client:
        with pytest.raises(error) as caught:
            await client.get(server.url(), {})
    assert caught.value.subject == server.url()
    assert caught.value.detail
    assert len(str(caught.value).splitlines()) == 1


ODD: dict[str, tuple[bytes, tuple[int, bytes]]] = {
    "no words beside the status": (b"HTTP/1.1 200\r\n" + HELLO, (200, b"hello")),
    "words in Latin-1 beside it": (b"HTTP/1.1 200 S\xed\r\n" + HELLO, (200, b"hello")),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\n" + HELLO, (200, b"hello")),
    "lines without CR": (b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", (200, b"hello")),
    "an empty line before it": (b"\r\n" + OK + HELLO, (200, b"hello")),
    "a folded header": (OK + b"X: a\r\n b\r\n" + HELLO, (200, b"hello")),
    "bytes that are no text": (OK + b"X: \xff\xfe\r\nETag: \xe9\r\n" + HELLO, (200, b"hello")),
    "headers that come twice": (OK + b"ETag: 1\r\nETag: 2\r\nContent-Type: a/b\r\nContent-Type: c/d\r\n" + HELLO, (200, b"hello")),
    "hints before it": (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" * 3 + OK + HELLO, (200, b"hello")),
    "`continue` before it": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + HELLO, (200, b"hello")),
    "an offer of another protocol": (OK + b"Upgrade: h2,h2c\r\nConnection: Upgrade\r\n" + HELLO, (200, b"hello")),
    "chunks with trailers": (CHUNKED + b"5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n", (200, b"hello")),
    "nothing, and it says so": (b"HTTP/1.1 204 None\r\n\r\n", (204, b"")),
    "nothing, to start again with": (b"HTTP/1.1 205 Reset\r\nContent-Length: 0\r\n\r\n", (205, b"")),
    "an empty body": (OK + b"Content-Length: 0\r\n\r\n", (200, b"")),
    "nothing, and the end": (OK + b"Connection: close\r\n\r\n", (200, b"")),
    "unchanged": (b"HTTP/1.1 304 Same\r\nContent-Length: 5\r\n\r\n", (304, b"")),
    "a status nobody knows": (b"HTTP/1.1 799 What\r\n" + HELLO, (799, b"hello")),
    "a change of protocol": (b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", (101, b"")),
    "a part": (b"HTTP/1.1 206 Partial\r\nContent-Range: bytes 0-4/10\r\n" + HELLO, (206, b"hello")),
    "what changed": (b"HTTP/1.1 226 IM Used\r\nIM: feed\r\n" + HELLO, (226, b"hello")),
}  # fmt: skip
"""An odd answer → the status and body that are read in it."""
NO_DOCUMENT = {"a status nobody knows", "a change of protocol", "a part", "what changed"}


@pytest.mark.parametrize("kind", ODD)
async def test_odd_answers(kind: str) -> None:
    """What is odd but clear is read; a part of a document, which nobody asked for, is never taken for all of it."""
    answer, expected = ODD[kind]
    async with serving(writing(answer)) as server, opened(timeout=5) as client:
        found = await client.get(server.url(), {"If-None-Match": '"1"'})
    assert expected == (found.status, found.body)
    assert (kind in NO_DOCUMENT) == isinstance(refusal(found), BadAnswer)


async def test_a_faulty_connection_is_used_for_nothing_more() -> None:
    """What comes behind an answer is never taken for the beginning of the next one."""

    async def handler(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(OK + HELLO)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(b"more")
        await writer.drain()

    async with serving(handler) as server, opened() as client:
        assert (await client.get(server.url("/1"), {})).body == b"hello"
        await asyncio.sleep(0.2)
        assert (await client.get(server.url("/2"), {})).body == b"hello"
        assert server.connections == 2


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


# ── TLS ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = "subjectAltName=IP:127.0.0.1,DNS:casa.example"
CERTIFICATES: dict[str, tuple[str, str]] = {
    "good": (NAMES, "2"),
    "expired": (NAMES, "-1"),
    "wrong-name": ("subjectAltName=DNS:other.example", "2"),
    "wrong-address": ("subjectAltName=IP:127.0.0.2", "2"),
    "common-name": ("basicConstraints=CA:TRUE", "2"),
    "unknown": (NAMES, "2"),
}
"""Name → for whom it is (extension), and for how many days."""


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of certificates, each with its key in the same file; `trusted.pem` has all but `unknown`."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl command to make certificates")
    folder: Path = tmp_path_factory.mktemp("tls")
    for name, (extension, days) in CERTIFICATES.items():
        _make_certificate(folder / name, extension, days)
    trusted = b"".join((folder / f"{name}.crt").read_bytes() for name in CERTIFICATES if name != "unknown")
    (folder / "trusted.pem").write_bytes(trusted)
    return folder


def _make_certificate(path: Path, extension: str, days: str) -> None:
    key, request, made = path.with_suffix(".key"), path.with_suffix(".csr"), path.with_suffix(".crt")
    path.with_suffix(".ext").write_text(extension)
    words = (
        f"req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=127.0.0.1 -keyout {key} -out {request}"
    )
    signing = f"x509 -req -in {request} -signkey {key} -days {days} -extfile {path.with_suffix('.ext')} -out {made}"
    for command in (words, signing):
        subprocess.run(["openssl", *command.split()], check=True, capture_output=True)
    path.with_suffix(".pem").write_bytes(key.read_bytes() + made.read_bytes())


def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


async def test_certificates_are_verified(certificates: Path) -> None:
    """A certificate that nobody vouches for is refused, on the operator's own machine as well."""
    async with serving(reply(b"secret"), tls=tls(certificates / "unknown.pem")) as server, opened() as client:
        with pytest.raises(TlsFailed):
            await client.get(server.url(), {})
        with pytest.raises(TlsFailed):
            await client.post(server.url(), {"hub.secret": "x"})
        assert server.requests == []


async def test_a_server_without_tls() -> None:
    """Plain HTTP where TLS is asked for is a failure of TLS."""

    async def plain(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(plain, HOME, 0) as server, opened() as client:
        with pytest.raises(TlsFailed):
            await client.get(f"https://{HOME}:{server.sockets[0].getsockname()[1]}/", {})


PROGRAM = """
import asyncio, ssl, sys
from pathlib import Path
from feeds.addresses import AllowedHosts
from feeds.client import Client
from feeds.errors import FeedsError
from tests.servers import reply, serving

async def ask(name, answers, context):
    async with serving(answers, tls=context) as server, Client(user_agent="T", allowed=AllowedHosts.parse("1"), timeout=5) as client:
        try:
            answer = await client.get(server.url(), {})
            print(name, answer.body.decode())
        except FeedsError as error:
            print(name, error.code, len(server.requests))

def tls(name, version=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(sys.argv[1], f"{name}.pem"))
    if version:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = version
    return context

async def main():
    for name in ("good", "expired", "wrong-name", "wrong-address", "common-name", "unknown"):
        await ask(name, reply(b"trusted"), tls(name))
    await ask("tls-1.0", reply(b"trusted"), tls("good", ssl.TLSVersion.TLSv1))
    await ask("tls-1.1", reply(b"trusted"), tls("good", ssl.TLSVersion.TLSv1_1))
    await ask("tls-1.2", reply(b"trusted"), tls("good", ssl.TLSVersion.TLSv1_2))

asyncio.run(main())
"""


def test_which_certificates_are_accepted(certificates: Path) -> None:
    """One that the system trusts, for this very host and for today, over TLS 1.2 or later; before that nothing is asked.
    (In a process of its own, whose system trusts ours.)
    """
    run = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", PROGRAM, str(certificates)],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"SSL_CERT_FILE": str(certificates / "trusted.pem")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    found = dict(line.split(" ", 1) for line in run.stdout.splitlines())
    old = {found.pop("tls-1.0"), found.pop("tls-1.1")}
    refused = ["expired", "wrong-name", "wrong-address", "common-name", "unknown"]
    expected = dict.fromkeys(refused, "tls_failed 0") | dict.fromkeys(["good", "tls-1.2"], "trusted")
    assert (expected, "") == (found, run.stderr)
    assert old <= {"tls_failed 0", "unreachable 0"}  # some servers reset the connection instead of saying why


async def test_a_server_that_knows_only_old_tls() -> None:
    """A server that says that it does not know the TLS of today has failed at TLS."""

    async def old(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"\x15\x03\x01\x00\x02\x02\x46")  # alert: protocol version
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(old, HOME, 0) as server, opened() as client:
        with pytest.raises(TlsFailed):
            await client.get(f"https://{HOME}:{server.sockets[0].getsockname()[1]}/", {})


# ── whatever goes wrong is one of ours ────────────────────────────────────────────────────────────────────────────────

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
    assert issubclass(kind, failures.FOREIGN)
    error = failures.translated(made(kind), "https://casa.example/")
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
        (connections.NotPublicError("10.0.0.1"), PrivateAddress),
        (aiohttp.ClientConnectorDNSError(KEY, connections.NotPublicError("10.0.0.1")), PrivateAddress),
    ],
    ids=repr,
)
def test_other_exceptions_are_translated(error: Exception, expected: type[FeedsError]) -> None:
    """What Python itself raises for networks has a meaning as well."""
    assert expected is type(failures.translated(error, "https://casa.example/"))


@pytest.mark.parametrize("error", codings.BROKEN, ids=str)
def test_broken_packing_is_translated(error: type[Exception]) -> None:
    """What the unpackers raise is a bad answer."""
    found = failures.translated(error("why"), "https://casa.example/")
    assert (type(found), found.detail) == (BadAnswer, f"{error.__name__}: why")
