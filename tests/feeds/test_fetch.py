"""One source's address: something new, nothing new, or a failure as a value."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import headers
from feeds.addresses import AllowedHosts
from feeds.client import Client
from feeds.errors import BadScheme, Unreachable
from feeds.fetch import fetch
from feeds.model import Failed, Fetched, Source, Unchanged
from tests.servers import Handler, Request, redirect, reply, serving

NOW = 1_780_000_000
"""Thu, 28 May 2026 20:26:40 GMT"""
BODY = b"<rss version='2.0'/>"
HASH = sha256(BODY).digest()[:16]
MODIFIED = "Wed, 27 May 2026 10:00:00 GMT"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A client that may ask this machine."""
    async with Client(user_agent="Tests/1", allowed=AllowedHosts.parse("127.0.0.1"), timeout=5) as opened:
        yield opened


async def outcome(client: Client, answer: bytes, **known: object) -> Fetched | Unchanged | Failed:
    """What comes of asking for a source of which so much is known."""
    async with serving(answer) as server:
        return await fetch(client, Source(url=server.url("/feed"), **known), now=NOW)  # type: ignore[arg-type]


async def test_something_new(client: Client) -> None:
    """A new body comes with all that is needed to read it, and to ask again."""
    answer = reply(
        BODY, ETag='"1"', Last_Modified=MODIFIED, Content_Type="text/xml; charset=x", Cache_Control="max-age=60"
    )
    async with serving(answer) as server:
        found = await fetch(client, Source(url=server.url("/feed")), NOW)
    expected = Fetched(
        url=server.url("/feed"),
        body=BODY,
        content_type="text/xml; charset=x",
        etag='"1"',
        last_modified=MODIFIED,
        body_hash=HASH,
        moved_to=None,
        max_age=60,
    )
    assert expected == found
    sent = server.requests[0].headers
    assert "if-none-match" not in sent
    assert "if-modified-since" not in sent
    assert all(kind in sent["accept"] for kind in ("rss+xml", "atom+xml", "feed+json", "text/calendar", "*/*"))


async def test_validators_are_sent_as_they_came(client: Client) -> None:
    """Both validators go back to the server letter by letter."""
    async with serving(reply(status=304)) as server:
        found = await fetch(client, Source(url=server.url(), etag='W/"a b"', last_modified=MODIFIED), NOW)
    sent = server.requests[0].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('W/"a b"', MODIFIED)
    assert Unchanged(etag='W/"a b"', last_modified=MODIFIED) == found


async def test_a_304_may_bring_new_validators(client: Client) -> None:
    """What a 304 says of validators and freshness is remembered."""
    found = await outcome(
        client, reply(status=304, ETag='"2"', Cache_Control="max-age=600"), etag='"1"', last_modified=MODIFIED
    )
    assert Unchanged(etag='"2"', last_modified=MODIFIED, max_age=600) == found


async def test_the_same_bytes_are_nothing_new(client: Client) -> None:
    """Where a server ignores the validators, the same body is still nothing new."""
    found = await outcome(
        client, reply(BODY, ETag='"2"', Expires="Thu, 28 May 2026 21:26:40 GMT"), etag='"1"', body_hash=HASH
    )
    assert Unchanged(etag='"2"', last_modified="", max_age=3600) == found


async def test_a_304_out_of_the_blue(client: Client) -> None:
    """A 304 to somebody who knows nothing is no answer."""
    found = await outcome(client, reply(status=304))
    assert isinstance(found, Failed)
    assert (found.problem.code, found.status) == ("bad_answer", 304)


async def test_a_body_that_is_packed_without_saying_so(client: Client) -> None:
    """A gzip body without Content-Encoding is handed on as it is; the parsers know it."""
    found = await outcome(client, reply(b"\x1f\x8b\x08rest"))
    assert isinstance(found, Fetched)
    assert found.body == b"\x1f\x8b\x08rest"


@pytest.mark.parametrize(
    "etag", ['"1"', 'W/"1"', '""', "W/", "1", 'W/"a,b"', '"a b"', '"' + "x" * 498 + '"', '"1-gzip"']
)
async def test_odd_etags_go_back_as_they_came(client: Client, etag: str) -> None:
    """Weak, bare, empty and long ETags are none of our business: they go back letter by letter, and a 304 is one."""
    answers: list[bytes] = [reply(BODY, ETag=etag), reply(status=304)]

    async def first_then_not_modified(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(answers.pop(0))

    async with serving(first_then_not_modified) as server:
        first = await fetch(client, Source(url=server.url()), NOW)
        assert isinstance(first, Fetched)
        again = await fetch(client, Source(url=server.url(), etag=first.etag), NOW)
    assert etag == server.requests[1].headers["if-none-match"]
    assert Unchanged(etag=etag) == again


async def test_validators_that_can_not_be_sent_back(client: Client) -> None:
    """A validator outside ASCII, or endlessly long, is not kept: it would break every later request."""
    for value in ("caf\xe9".encode("latin-1"), b"x" * 600, b"a\tb"):
        answer = (
            b'HTTP/1.1 200 OK\r\nETag: "' + value + b'"\r\nContent-Type: text/xml\xe9\r\nContent-Length: 1\r\n\r\nx'
        )
        found = await outcome(client, answer)
        assert isinstance(found, Fetched)
        assert (found.etag, found.content_type) == ("", "text/xml")


@pytest.mark.parametrize(("status", "moved"), [(301, True), (308, True), (302, False), (307, False)])
async def test_a_document_that_has_moved(client: Client, status: int, moved: bool) -> None:
    """A permanent redirect tells the new address; a passing one does not."""
    answers: dict[str, bytes | Handler] = {"/old": redirect("/new", status), "/new": reply(BODY)}
    async with serving(answers) as server:
        found = await fetch(client, Source(url=server.url("/old")), NOW)
    assert isinstance(found, Fetched)
    assert (found.url, found.moved_to) == (server.url("/new"), server.url("/new") if moved else None)


@pytest.mark.parametrize("answer", [reply(status=304), reply(BODY)], ids=["304", "same bytes"])
@pytest.mark.parametrize(("statuses", "moved"), [((301, 308), True), ((301, 302), False), ((307,), False)], ids=str)
async def test_nothing_new_at_a_new_address(
    client: Client, statuses: tuple[int, ...], moved: bool, answer: bytes
) -> None:
    """Nothing new where a document has moved to still tells the new address, if every hop was for good."""
    hops: dict[str, bytes | Handler] = {f"/{n}": redirect(f"/{n + 1}", status) for n, status in enumerate(statuses)}
    async with serving({**hops, f"/{len(statuses)}": answer}) as server:
        found = await fetch(client, Source(url=server.url("/0"), etag='"1"', body_hash=HASH), NOW)
        new = server.url(f"/{len(statuses)}")
    assert isinstance(found, Unchanged)
    assert found.moved_to == (new if moved else None)


async def test_no_redirect_no_new_address(client: Client) -> None:
    """A document that stays where it is has moved nowhere."""
    found = await outcome(client, reply(BODY), body_hash=HASH)
    assert Unchanged() == found


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (400, "bad_answer"),
        (401, "sign_in_page"),
        (403, "forbidden"),
        (404, "not_found"),
        (410, "gone"),
        (429, "busy"),
        (451, "forbidden"),
        (500, "bad_answer"),
        (503, "busy"),
    ],
)
async def test_statuses(client: Client, status: int, code: str) -> None:
    """Every status that is no document is a failure with its code."""
    found = await outcome(client, reply(b"no", status))
    assert isinstance(found, Failed)
    assert (code, status, None) == (found.problem.code, found.status, found.retry_after)
    assert found.problem.text


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("Thu, 28 May 2026 20:28:40 GMT", 120),
        ("Thu, 28 May 2026 20:28:40 -0000", 120),
        ("Thu, 28 May 2026 22:28:40 +0200", 120),
        ("Thu, 28 May 2020 20:00:00 GMT", 0),
        ("Thu, 28 May 2222 20:00:00 GMT", 10_000_000),
        ("99999999999999999999", 10_000_000),
        ("soon", None),
        ("-5", None),
        ("Thu, 99 May 2026 20:28:40 GMT", None),
        ("", None),
    ],
)
async def test_retry_after(client: Client, header: str, seconds: int | None) -> None:
    """Retry-After is understood as a number and as a date, and is never negative or endless."""
    found = await outcome(client, reply(status=503, Retry_After=header))
    assert isinstance(found, Failed)
    assert seconds == found.retry_after


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Cache_Control": "public, max-age=300"}, 300),
        ({"Cache_Control": 'MAX-AGE="300"'}, 300),
        ({"Cache_Control": "no-cache, max-age=300"}, 0),
        ({"Cache_Control": "no-store"}, 0),
        ({"Cache_Control": "s-maxage=9"}, None),
        ({"Cache_Control": "max-age=300", "Expires": "Thu, 28 May 2026 20:26:41 GMT"}, 300),
        ({"Cache_Control": "max-age=much"}, None),
        ({"Expires": "Thu, 28 May 2026 20:36:40 GMT"}, 600),
        ({"Expires": "0"}, 0),
        ({"Expires": "-1"}, 0),
        ({"Expires": "3600"}, 0),
        ({"Expires": ""}, None),
        ({"Cache_Control": "max-age=300, max-age=60"}, 300),
        ({"Cache_Control": "max-age=300, immutable"}, 300),
        ({"Cache_Control": "immutable"}, None),
        ({"Cache_Control": "s-maxage=9, max-age=300"}, 300),
        ({"Cache_Control": "s-maxage=9", "Expires": "Thu, 28 May 2026 20:36:40 GMT"}, 600),
        ({"Cache_Control": 'no-cache="Set-Cookie, X-Y", max-age=300'}, 300),
        ({"Cache_Control": 'private="a, max-age=0", max-age = 300'}, 300),
        ({"Cache_Control": "max-age=-1"}, None),
        ({"Cache_Control": "max-age"}, None),
        ({"Cache_Control": "max-age=99999999999999999999"}, 10_000_000),
        ({"Cache_Control": "max-age=300", "Age": "100"}, 200),
        ({"Cache_Control": "max-age=300", "Age": "1000"}, 0),
        ({"Cache_Control": "max-age=300", "Age": "old"}, 300),
        ({"Date": "Thu, 28 May 2020 20:26:40 GMT", "Expires": "Thu, 28 May 2020 20:36:40 GMT"}, 600),
        ({"Date": "Thu, 28 May 2020 20:26:40 GMT", "Expires": "Thu, 28 May 2020 20:36:40 GMT", "Age": "60"}, 540),
        ({"Date": "today", "Expires": "Thu, 28 May 2026 20:36:40 GMT"}, 600),
        ({"Date": "Thu, 28 May 2026 20:26:40 GMT", "Expires": "Thu, 28 May 2026 20:26:39 GMT"}, 0),
    ],
    ids=str,
)
async def test_max_age(client: Client, headers: dict[str, str], seconds: int | None) -> None:
    """How long an answer stays fresh is read from Cache-Control, else from Expires."""
    found = await outcome(client, reply(BODY, 200, **headers))
    assert isinstance(found, Fetched)
    assert seconds == found.max_age


async def test_cache_control_in_several_headers(client: Client) -> None:
    """Headers of one name count together."""
    answer = b"HTTP/1.1 200 OK\r\nCache-Control: public\r\ncache-control: max-age=300\r\nContent-Length: 1\r\n\r\nx"
    found = await outcome(client, answer)
    assert isinstance(found, Fetched)
    assert 300 == found.max_age


async def test_retry_after_goes_by_the_clock_of_the_server(client: Client) -> None:
    """A server whose clock is wrong means a date by that clock."""
    late = {"Date": "Thu, 28 May 2026 22:26:40 GMT", "Retry_After": "Thu, 28 May 2026 22:28:40 GMT"}
    found = await outcome(client, reply(b"", 503, **late))
    assert isinstance(found, Failed)
    assert 120 == found.retry_after


HUB, TOPIC = "https://hub.example/", "https://casa.example/feed"


@pytest.mark.parametrize(
    ("sent", "hub", "topic"),
    [
        ((), None, None),
        ((f"<{HUB}>; rel=hub", f"<{TOPIC}>; rel=self"), HUB, TOPIC),
        ((f'<{HUB}>; rel="hub", <{TOPIC}>; rel="self"',), HUB, TOPIC),
        ((f'<{HUB}>;REL="Hub"',), HUB, None),
        ((f'<{HUB}>; title="a, <https://evil.example/>; rel=\\"hub\\""; rel=hub',), HUB, None),
        ((f'<{TOPIC}>; rel="alternate self hub"',), TOPIC, TOPIC),
        ((f'<{TOPIC}> ; type="application/rss+xml" ; rel = self',), None, TOPIC),
        ((f'<{HUB}>; rel="hub"; rel="self"',), HUB, None),
        ((f"<{HUB}>; rel=hub", "<https://other.example/>; rel=hub"), HUB, None),
        ((f'<{HUB}>; rel=hub; anchor="https://casa.example/other"',), None, None),
        (("<ftp://hub.example/>; rel=hub", "<javascript:alert(1)>; rel=self"), None, None),
        (("<https://user:secret@hub.example/>; rel=hub",), HUB, None),
        ((f"{HUB}; rel=hub",), None, None),
        ((f"<{HUB}", "rel=hub"), None, None),
        ((f"<{HUB}>", "<>; rel=", "<" * 5000, ";" * 5000), None, None),
        ((f"<{HUB}>; rev=hub", f"<{TOPIC}>; rel=hubs"), None, None),
    ],
    ids=str,
)
async def test_links(client: Client, sent: tuple[str, ...], hub: str | None, topic: str | None) -> None:
    """Hub and self are read from `Link` headers, however they are written, and only web addresses count."""
    named = "".join(f"Link: {value}\r\n" for value in sent)
    found = await outcome(client, f"HTTP/1.1 200 OK\r\n{named}Content-Length: 1\r\n\r\nx".encode())
    assert isinstance(found, Fetched)
    assert (hub, topic) == (found.hub, found.topic)


async def test_links_are_relative_to_where_they_are_found(client: Client) -> None:
    """After a redirect, a relative link starts from the address at the end."""
    answers: dict[str, bytes | Handler] = {
        "/old": redirect("/new/feed"),
        "/new/feed": reply(BODY, Link="<hub>; rel=hub"),
    }
    async with serving(answers) as server:
        found = await fetch(client, Source(url=server.url("/old")), NOW)
    assert isinstance(found, Fetched)
    assert server.url("/new/hub") == found.hub


@given(value=st.text(alphabet='<>;=",\\ :/-09aelrhubMonJanGMT\t\xe9', max_size=60))
def test_no_header_breaks_anything(value: str) -> None:
    """Whatever a server writes into its headers, what is made of it is bounded, or nothing."""
    sent = dict.fromkeys(("Link", "Cache-Control", "Age", "Expires", "Date", "Retry-After", "ETag"), value)
    assert all(link.startswith(("http://", "https://")) for link in headers.links(sent, TOPIC).values())
    assert 0 <= (headers.max_age(sent, NOW) or 0) <= headers.MAX_SECONDS
    assert 0 <= (headers.retry_after(sent, NOW) or 0) <= headers.MAX_SECONDS
    assert headers.validator(sent, "ETag") in {"", value}


async def test_failures_are_values(client: Client) -> None:
    """A server that is not there, and an address that is none, are failures with a code and a cause."""
    async with serving() as server:
        pass
    gone = await fetch(client, Source(url=server.url()), NOW)
    bad = await fetch(client, Source(url="ftp://casa.example/"), NOW)
    assert isinstance(gone, Failed)
    assert (gone.problem, gone.status) == (Unreachable().problem, None)
    assert "ClientConnectorError" in gone.detail
    assert isinstance(bad, Failed)
    assert bad.problem == BadScheme().problem
