"""How much the one door takes of an answer: bytes on the wire and unpacked, headers, time, and memory in all."""

from __future__ import annotations

import asyncio
import gzip
import socket
import sys
import threading
import time
import tracemalloc
import zlib
from collections.abc import Callable
from typing import Any

import brotli
import pytest

from feeds.client import bodies, codings
from feeds.errors import BadAnswer, Busy, NotFound, TooLarge, TooSlow, Unreachable
from tests.feeds.doors import HOME, OK, V4, forever, opened, writing
from tests.servers import Handler, Request, redirect, reply, serving

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MEGABYTE = bytes(1_000_000)
NOISE = b"".join(bytes((number * number * 7919 >> 8 & 0xFF,)) for number in range(300_000))
FEED = b"<rss>" + bytes(range(256)) * 2000 + b"</rss>"


def deflated(body: bytes) -> bytes:
    """Without the frame that RFC 9110 asks for, as some servers send it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(body) + packer.flush()


PACKED: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", deflated),
    "br": ("br", brotli.compress),
    "zstd": ("zstd", zstd.compress),
}

# ── codings ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", PACKED)
@pytest.mark.parametrize(
    "body", [FEED, b"x", b"", MEGABYTE[:200_000], NOISE], ids=["feed", "x", "none", "zeros", "noise"]
)
async def test_packed_bodies(kind: str, body: bytes) -> None:
    """Bodies come unpacked, whatever coding the server chose, in one piece or in many."""
    coding, pack = PACKED[kind]
    packed = pack(body)
    head = OK + f"Content-Encoding: {coding}\r\n\r\n".encode()
    answers: dict[str, bytes | Handler] = {
        "/": reply(packed, Content_Encoding=coding),
        "/pieces": writing(head, *(packed[at : at + 5] for at in range(0, 50, 5)), packed[50:]),
    }
    async with serving(answers) as server, opened() as client:
        for path in answers:
            assert (await client.get(server.url(path), {})).body == body


async def test_what_is_offered() -> None:
    """Servers are told of every coding that can be read."""
    async with serving(reply(b"x")) as server, opened() as client:
        await client.get(server.url(), {})
    assert server.requests[0].headers["accept-encoding"] == "gzip, deflate, br, zstd"


@pytest.mark.parametrize("named", ["GZIP", " gzip ", "x-gzip", "utf-8, gzip", "gzip, identity"])
async def test_names_of_codings(named: str) -> None:
    """Codings are known by all of their names, and by what else servers write beside them."""
    async with serving(reply(gzip.compress(b"<rss/>"), Content_Encoding=named)) as server, opened() as client:
        assert (await client.get(server.url(), {})).body == b"<rss/>"


@pytest.mark.parametrize("named", ["UTF-8", "identity", "none", "", "chunked"])
async def test_words_that_are_no_coding(named: str) -> None:
    """A server that names no coding there sends what it sends as it is."""
    async with serving(reply(b"<rss/>", Content_Encoding=named)) as server, opened() as client:
        assert (await client.get(server.url(), {})).body == b"<rss/>"


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("gzip", b"".join(gzip.compress(part) for part in (b"<rss>", b"", b"</rss>"))),
        ("gzip", gzip.compress(b"<rss></rss>") + bytes(100)),
        ("gzip", gzip.compress(b"<rss></rss>") + b"\n"),
        ("deflate", zlib.compress(b"<rss></rss>") + b"\n"),
        ("zstd", zstd.compress(b"<rss>") + zstd.compress(b"</rss>")),
        ("zstd", b"\x50\x2a\x4d\x18\x04\x00\x00\x00skip" + zstd.compress(b"<rss></rss>")),
    ],
    ids=["members", "zeros after it", "a line after it", "deflate, a line after it", "frames", "a frame to skip"],
)
async def test_streams_in_a_row(coding: str, body: bytes) -> None:
    """Several packed streams are one body; what gzip itself passes over is passed over."""
    answers: dict[str, bytes | Handler] = {
        "/": reply(body, Content_Encoding=coding),
        "/bytes": writing(
            OK + f"Content-Encoding: {coding}\r\n\r\n".encode(), *(bytes((one,)) for one in body), pause=0.0001
        ),
    }
    async with serving(answers) as server, opened() as client:
        assert [(await client.get(server.url(path), {})).body for path in answers] == [b"<rss></rss>"] * 2


@pytest.mark.parametrize("kind", PACKED)
@pytest.mark.parametrize("missing", [1, 3, 20, 150])
async def test_a_packed_body_that_breaks_off_is_none(kind: str, missing: int) -> None:
    """Half a feed never counts as the feed, though its connection ended as it should: nothing would seem gone from it."""
    coding, pack = PACKED[kind]
    packed = pack(NOISE)[:-missing]
    answers: dict[str, bytes | Handler] = {
        "/told": reply(packed, Content_Encoding=coding),
        "/untold": writing(OK + f"Content-Encoding: {coding}\r\n\r\n".encode() + packed),
    }
    async with serving(answers) as server, opened() as client:
        for path in answers:
            with pytest.raises(BadAnswer) as caught:
                await client.get(server.url(path), {})
            assert "breaks off" in caught.value.detail


@pytest.mark.parametrize("kind", PACKED)
@pytest.mark.parametrize("fault", ["not packed", "spoilt", "twice", "two codings"])
async def test_broken_packing(kind: str, fault: str) -> None:
    """What is not packed as it says is a bad answer."""
    coding, pack = PACKED[kind]
    packed = pack(NOISE)
    if fault == "not packed":
        packed = b"<rss>" + NOISE
    elif fault == "spoilt":
        packed = packed[:20] + bytes(255 - one for one in packed[20:40]) + packed[40:-8] + b"\xff" * 8
    named = f"{coding}, {coding}" if fault == "twice" else f"{coding}, br" if fault == "two codings" else coding
    async with serving(reply(packed, Content_Encoding=named)) as server, opened() as client:
        with pytest.raises(BadAnswer):
            await client.get(server.url(), {})


async def test_a_zstd_stream_gets_no_more_memory_than_it_may() -> None:
    """A stream of 30 bytes that asks for a window of 128 MB is refused (RFC 9659: 8 MB); one of 8 MB is read."""
    packed = {}
    for window in (23, 24, 27):
        options: dict[int, int] = {
            zstd.CompressionParameter.window_log: window,
            zstd.CompressionParameter.content_size_flag: 0,
        }
        packer = zstd.ZstdCompressor(options=options)
        packed[f"/{window}"] = reply(packer.compress(b"<rss/>") + packer.flush(), Content_Encoding="zstd")
    async with serving(packed) as server, opened() as client:
        assert (await client.get(server.url("/23"), {})).body == b"<rss/>"
        for path in ("/24", "/27"):
            with pytest.raises(BadAnswer):
                await client.get(server.url(path), {})


# ── bytes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def bomb(packer: Any) -> bytes:
    return b"".join([*(packer.compress(MEGABYTE) for _ in range(200)), packer.flush()])


ENDLESS_GZIP = OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"<rss/>")
SKIPPED = b"\x50\x2a\x4d\x18\xf8\xff\x00\x00" + bytes(65_528)
HUGE: dict[str, bytes | Handler] = {
    "announced": OK + b"Content-Length: 5000000000\r\n\r\n" + b"x" * 1000,
    "endless": forever(OK + b"\r\n", bytes(65536)),
    "endless in chunks": forever(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"ffff\r\n" + bytes(65535) + b"\r\n"),
    "endless after gzip": forever(ENDLESS_GZIP, bytes(65536)),
    "endless zstd that is skipped": forever(OK + b"Content-Encoding: zstd\r\n\r\n", SKIPPED),
    "gzip bomb": writing(reply(bomb(zlib.compressobj(9, zlib.DEFLATED, 31)), Content_Encoding="gzip")),
    "gzip bomb in gzip members": writing(reply(gzip.compress(MEGABYTE) * 200, Content_Encoding="gzip")),
    "small gzip bomb": writing(reply(gzip.compress(MEGABYTE * 3), Content_Encoding="gzip")),
    "deflate bomb": writing(reply(bomb(zlib.compressobj(9)), Content_Encoding="deflate")),
    "brotli bomb": writing(reply(brotli.compress(MEGABYTE * 50, quality=5), Content_Encoding="br")),
    "zstd bomb": writing(reply(bomb(zstd.ZstdCompressor()), Content_Encoding="zstd")),
    "zstd bomb in frames": writing(reply(zstd.compress(MEGABYTE) * 200, Content_Encoding="zstd")),
    "small zstd bomb": writing(reply(zstd.compress(MEGABYTE * 3), Content_Encoding="zstd")),
}


@pytest.mark.parametrize("kind", HUGE)
async def test_huge_answers_are_cut(kind: str) -> None:
    """A body over the limit is not read to its end, however it is packed; 200 MB do not arise in memory."""
    async with serving(HUGE[kind]) as server, opened(timeout=10) as client:
        began = time.process_time()
        with pytest.raises(TooLarge):
            await client.get(server.url(), {})
        assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("coding", "empty"),
    [("gzip", gzip.compress(b"")), ("zstd", zstd.compress(b"")), ("zstd", SKIPPED[:4] + bytes(4))],
    ids=["gzip", "zstd", "a frame that is skipped"],
)
async def test_a_row_of_empty_streams_ends(coding: str, empty: bytes) -> None:
    """Thousands of packed streams that hold nothing are not worth the time."""
    async with serving(reply(empty * 100_000, Content_Encoding=coding)) as server, opened() as client:
        began = time.process_time()
        with pytest.raises(BadAnswer):
            await client.get(server.url(), {})
        assert time.process_time() - began < 1


async def test_real_feeds_are_no_bombs() -> None:
    """A long feed that packs very well, as calendars do, is read: up to 200 times its packed size."""
    event = b"BEGIN:VEVENT\r\nSUMMARY:Know your rights\r\nUID:%d@tenants.example\r\nEND:VEVENT\r\n"
    calendar = b"".join(event % number for number in range(20_000))
    packed = zstd.compress(calendar, 9)
    assert len(calendar) > 1_000_000
    async with serving(reply(packed, Content_Encoding="zstd")) as server, opened() as client:
        assert (await client.get(server.url(), {})).body == calendar


async def test_a_body_at_the_limit_is_read() -> None:
    """The limit is the last size that is read."""
    answers = {"/at": reply(bytes(70_000)), "/over": reply(bytes(70_001))}
    async with serving(answers) as server, opened(max_bytes=70_000) as client:
        assert len((await client.get(server.url("/at"), {})).body) == 70_000
        with pytest.raises(TooLarge):
            await client.get(server.url("/over"), {})


async def test_what_is_sent_counts_as_well_as_what_it_holds() -> None:
    """Bytes on the wire are counted, though they unpack to less."""
    packer = zlib.compressobj(0, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(b"x") + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(8000)) + packer.flush()
    async with serving(reply(packed, Content_Encoding="gzip")) as server, opened(max_bytes=70_000) as client:
        with pytest.raises(TooLarge):
            await client.get(server.url(), {})


@pytest.mark.parametrize(
    ("head", "fits"),
    [
        (b"X: " + b"y" * 16_000 + b"\r\n", True),
        (b"X: " + b"y" * 17_000 + b"\r\n", False),
        (b"y" * 17_000 + b": x\r\n", False),
        (b"X: y\r\n" * 120, True),
        (b"X: y\r\n" * 140, False),
        (b"Set-Cookie: a=b\r\n" * 5000, False),
    ],
    ids=["long", "too long", "a name that is too long", "many", "too many", "cookies"],
)
async def test_headers(head: bytes, fits: bool) -> None:
    """A header may have 16 KB, and there may be 128."""
    async with serving(writing(OK + head + b"Content-Length: 1\r\n\r\nx")) as server, opened() as client:
        if fits:
            assert (await client.get(server.url(), {})).body == b"x"
        else:
            with pytest.raises(BadAnswer):
                await client.get(server.url(), {})


async def test_errors_are_read_only_a_little() -> None:
    """Of an error page only the beginning is read, unpacked, and nobody waits for the rest of it."""
    page = gzip.compress(b"<h1>Just a moment</h1>" * 1000)
    answers: dict[str, bytes | Handler] = {
        "/long": reply(b"x" * 100_000, status=500),
        "/slow": writing(b"HTTP/1.1 404 No\r\nContent-Length: 10\r\n\r\nabc", end=False),
        "/packed": reply(page, status=403, Content_Encoding="gzip"),
        "/bomb": reply(gzip.compress(MEGABYTE * 50), status=403, Content_Encoding="gzip"),
        "/broken": writing(reply(b"no gzip", status=503, Content_Encoding="gzip")),
        "/part": reply(b"x" * 100_000, status=206),
        "/none": reply(status=500),
        "/304": reply(status=304, ETag='"1"'),
    }
    async with serving(answers) as server, opened() as client:
        found = {path: await client.get(server.url(path), {}) for path in answers}
    assert [answer.status for answer in found.values()] == [500, 404, 403, 403, 503, 206, 500, 304]
    shown = [found[path].body for path in ("/long", "/slow", "/broken", "/part", "/none", "/304")]
    assert shown == [b"x" * 4096, b"abc", b"", b"x" * 4096, b"", b""]
    assert found["/packed"].body == (b"<h1>Just a moment</h1>" * 1000)[:4096]
    assert len(found["/bomb"].body) == 4096


# ── time ───────────────────────────────────────────────────────────────────────────────────────────────────────────

SLOW: dict[str, bytes | Handler] = {
    "no answer": writing(end=False),
    "half a head": writing(OK, end=False),
    "half a body": writing(OK + b"Content-Length: 10\r\n\r\nabc", end=False),
    "a byte at a time": forever(OK + b"\r\n", b"x", pause=0.02),
    "a header at a time": forever(OK, b"X: y\r\n", pause=0.02),
    "a note before the answer, for ever": forever(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", pause=0.02),
}


@pytest.mark.parametrize("kind", SLOW)
async def test_slow_answers_are_cut(kind: str) -> None:
    """The whole answer has a deadline; that something trickles does not extend it."""
    async with serving(SLOW[kind]) as server, opened(timeout=0.3) as client:
        began = time.monotonic()
        with pytest.raises(TooSlow):
            await client.get(server.url(), {})
        assert 0.25 < time.monotonic() - began < 2


@pytest.mark.parametrize(
    "kind", ["no answer", "half a head", "a header at a time", "a note before the answer, for ever"]
)
async def test_the_head_of_an_answer_has_less_time(kind: str) -> None:
    """A server that does not begin to answer is given up long before the deadline of a whole answer."""
    async with serving(SLOW[kind]) as server, opened(first_byte=0.2, timeout=20) as client:
        began = time.monotonic()
        with pytest.raises(TooSlow) as caught:
            await client.get(server.url(), {})
        assert 0.15 < time.monotonic() - began < 2
    assert caught.value.detail == "TimeoutError: waiting for an answer"


async def test_a_body_may_take_longer_than_the_head() -> None:
    """Once an answer has begun, its body has the time of the whole; so has the note that goes with a refusal."""
    late = b"HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\n"
    answers: dict[str, bytes | Handler] = {
        "/": writing(OK + b"Content-Length: 8\r\n\r\n", b"ab", b"cd", b"ef", b"gh", pause=0.1),
        "/404": writing(late, b"gone!", pause=0.3),
    }
    async with serving(answers) as server, opened(first_byte=0.2, timeout=5) as client:
        assert (await client.get(server.url(), {})).body == b"abcdefgh"
        assert (await client.get(server.url("/404"), {})).body == b"gone!"


@pytest.mark.parametrize("pause", [0.02, 0.05])
async def test_a_trickle_is_cut(pause: float) -> None:
    """After a grace, a body that comes in slower than the slowest pace is given up, long before the deadline."""
    trickle = forever(OK + b"\r\n", b"x" * 50, pause=pause)  # 2,500 or 1,000 bytes a second
    async with serving(trickle) as server, opened(grace=0.3, slowest=5000, timeout=20) as client:
        began = time.monotonic()
        with pytest.raises(TooSlow) as caught:
            await client.get(server.url(), {})
        assert 0.25 < time.monotonic() - began < 3
    assert caught.value.detail == "TimeoutError: waiting for the rest of the answer"


async def test_a_slow_site_is_heard_out() -> None:
    """A body that comes slowly, but not that slowly, is read to its end; so is one that pauses within the grace."""
    answers: dict[str, bytes | Handler] = {
        "/steady": writing(OK + b"Content-Length: 15000\r\n\r\n", *[b"x" * 500] * 30, pause=0.03),
        "/pause": writing(OK + b"Content-Length: 2\r\n\r\nx", b"y", pause=0.3),
        "/burst": writing(OK + b"Content-Length: 6001\r\n\r\n" + b"x" * 6000, b"y", pause=1),
    }
    async with serving(answers) as server, opened(grace=0.5, slowest=5000, timeout=20) as client:
        sizes = [len((await client.get(server.url(path), {})).body) for path in answers]
    assert sizes == [15_000, 2, 6001]


async def test_redirects_share_one_deadline() -> None:
    """Redirects do not buy time."""

    async def slow(request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(redirect(request.path + "x"))

    async with serving(slow) as server, opened(timeout=0.5) as client:
        with pytest.raises(TooSlow):
            await client.get(server.url(), {})
    assert len(server.requests) == 3


async def test_a_connection_that_does_not_come_about() -> None:
    """A machine that does not answer at all is unreachable, sooner than a slow one is slow."""
    with socket.socket() as full:
        full.bind((HOME, 0))
        full.listen(0)
        crowd = [socket.socket() for _ in range(4)]
        for one in crowd:
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        try:
            async with opened(connect=0.2, timeout=20) as client:
                with pytest.raises(Unreachable):
                    await client.get(f"http://{HOME}:{full.getsockname()[1]}/", {})
        finally:
            for one in crowd:
                one.close()


async def test_tls_that_does_not_come_about() -> None:
    """The same for a machine that takes the connection and never shows a certificate."""
    silent = asyncio.Event()

    async def handler(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silent.wait()
        writer.close()

    async with await asyncio.start_server(handler, HOME, 0) as server, opened(connect=0.2, timeout=20) as client:
        with pytest.raises(Unreachable):
            await client.get(f"https://{HOME}:{server.sockets[0].getsockname()[1]}/", {})
        silent.set()


async def test_a_silent_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name server that never answers makes its names unreachable, and holds up nobody else's."""
    over = threading.Event()

    def getaddrinfo(host: str, port: int, *_rest: object) -> list[tuple[int, int, int, str, tuple[str, int]]]:
        if host == "silent.example":
            over.wait(20)
        return [(V4, socket.SOCK_STREAM, 6, "", (HOME, port))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    try:
        async with serving(reply(b"x")) as server, opened("1", connect=0.3, per_host=100, timeout=20) as client:
            lost = [asyncio.create_task(client.get(server.url(host="silent.example"), {})) for _ in range(60)]
            await asyncio.sleep(0.05)
            assert (await client.get(server.url(host="casa.example"), {})).body == b"x"
            failed = await asyncio.gather(*lost, return_exceptions=True)
    finally:
        over.set()
    assert {type(one) for one in failed} == {Unreachable}
    assert "name server" in str(failed[0])


async def test_a_refusal_at_the_last_moment_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a server says late is heard, although the time for the head is up while its page still comes."""

    async def late(_request: Request, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.2)
        writer.write(b"HTTP/1.1 404 No\r\nContent-Length: 10\r\n\r\n")
        await asyncio.sleep(60)

    monkeypatch.setattr(bodies, "DIAGNOSIS_SECONDS", 0.3)
    async with serving(late) as server, opened(first_byte=0.3, timeout=20) as client:
        answer = await client.get(server.url(), {})
    assert answer.status == 404
    assert NotFound.code == "not_found"


# ── memory ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_hostile_servers_can_not_fill_the_memory() -> None:
    """Dozens of servers that send megabytes and then nothing more hold only as many of them as there are turns."""
    flood = [OK + b"Content-Length: 9000000\r\n\r\n", *[MEGABYTE] * 6]
    async with (
        serving(writing(*flood, end=False)) as server,
        opened(grace=0.1, slowest=20_000_000, large_turns=2) as client,
    ):
        tracemalloc.start()
        try:
            urls = [server.url(f"/{number}") for number in range(30)]
            failed = await asyncio.gather(*(client.get(url, {}) for url in urls), return_exceptions=True)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert {type(one) for one in failed} == {TooSlow}
    assert peak < 60_000_000  # all of them: 180 MB


async def test_waiting_for_a_turn_costs_a_large_body_no_time() -> None:
    """A large body that has to wait for its turn has its whole time all the same."""

    def pausing(seconds: float) -> Handler:
        return writing(OK + b"Content-Length: 3000000\r\n\r\n" + MEGABYTE, MEGABYTE * 2, pause=seconds)

    async with (
        serving({"/first": pausing(0.8), "/second": pausing(1.2)}) as server,
        opened(timeout=1, large_turns=1) as client,
    ):
        first = asyncio.create_task(client.get(server.url("/first"), {}))
        await asyncio.sleep(0.1)
        assert len((await client.get(server.url("/second"), {})).body) == 3_000_000
        assert len((await first).body) == 3_000_000
        with pytest.raises(TooSlow):
            await client.get(server.url("/second"), {})


async def test_small_bodies_wait_for_no_turn() -> None:
    """Feeds as nearly all of them are pass by large ones that hang."""
    answers: dict[str, bytes | Handler] = {
        "/large": writing(OK + b"Content-Length: 9000000\r\n\r\n" + MEGABYTE, end=False),
        "/": reply(bytes(128_000)),
    }
    async with serving(answers) as server, opened(large_turns=1) as client:
        hanging = asyncio.create_task(client.get(server.url("/large"), {}))
        await asyncio.sleep(0.1)
        for _ in range(3):
            assert len((await client.get(server.url(), {})).body) == 128_000
        hanging.cancel()
        with pytest.raises(asyncio.CancelledError):
            await hanging


async def test_turns_of_large_bodies_come_back() -> None:
    """A large body that fails, is cut, or is given up leaves its turn to the next; so does one that came well."""
    answers: dict[str, bytes | Handler] = {
        "/hangs": writing(OK + b"Content-Length: 9000000\r\n\r\n" + MEGABYTE, end=False),
        "/cut": writing(OK + b"Content-Length: 9000000\r\n\r\n" + MEGABYTE),
        "/too-large": forever(OK + b"\r\n", MEGABYTE),
        "/packed": reply(gzip.compress(NOISE * 4), Content_Encoding="gzip"),
        "/well": writing(OK + b"\r\n", *[MEGABYTE] * 3),
    }
    async with serving(answers) as server, opened(large_turns=1, timeout=0.5) as client:
        for path, error in {"/hangs": TooSlow, "/cut": BadAnswer, "/too-large": TooLarge}.items():
            with pytest.raises(error):
                await client.get(server.url(path), {})
        given_up = asyncio.create_task(client.get(server.url("/hangs"), {}))
        await asyncio.sleep(0.1)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        assert (await client.get(server.url("/packed"), {})).body == NOISE * 4
        assert len((await client.get(server.url("/well"), {})).body) == 3_000_000


async def test_who_has_a_turn_has_to_be_quick() -> None:
    """A large body that trickles is given up sooner than a small one: others wait for its turn."""
    slow = [OK + b"\r\n" + bytes(300_000), *[b"x" * 1000] * 200]
    async with serving(writing(*slow, pause=0.02)) as server, opened(grace=0.2, slowest=4000, timeout=20) as client:
        began = time.monotonic()
        with pytest.raises(TooSlow):
            await client.get(server.url(), {})
        assert time.monotonic() - began < 3


async def test_nobody_waits_for_a_turn_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are too many large bodies, one that found no turn comes back later; the site is not to blame."""
    monkeypatch.setattr(bodies, "TURN_SECONDS", 0.1)
    hangs = writing(OK + b"Content-Length: 9000000\r\n\r\n" + MEGABYTE, end=False)
    async with serving(hangs) as server, opened(large_turns=1, timeout=1) as client:
        failed = await asyncio.gather(*(client.get(server.url(), {}) for _ in range(3)), return_exceptions=True)
    assert sorted(type(one).__name__ for one in failed) == ["Busy", "Busy", "TooSlow"]
    assert Busy.code == "busy"


def test_steps_are_small() -> None:
    """However much a few bytes unpack to, it comes in steps between which it can be stopped."""
    for kind, (coding, pack) in PACKED.items():
        unpacker = codings.unpacker(coding)
        assert unpacker is not None
        pieces = [len(piece) for piece in unpacker.unpack(pack(MEGABYTE * 5))]
        assert (kind, 5_000_000) == (kind, sum(pieces))
        assert max(pieces) <= 2 * codings.STEP
