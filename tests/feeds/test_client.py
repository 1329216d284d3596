"""The one door: what it asks, where redirects lead it, whose turn it is, and that no password leaves it."""

from __future__ import annotations

import asyncio
import traceback
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from feeds import client as door
from feeds.addresses import AllowedHosts
from feeds.client import Answer, Client, asking, refusal
from feeds.discover import discover
from feeds.errors import (
    AddressError,
    BadAddress,
    BadAnswer,
    BadPort,
    BadScheme,
    FeedsError,
    FetchError,
    PrivateAddress,
    TooManyRedirects,
)
from feeds.fetch import fetch
from feeds.model import Failed, Source
from feeds.pipeline import Pulled, found_feed, pull
from network import settings
from tests.feeds.doors import HOME, OK, V4, names, opened, writing
from tests.servers import Handler, Request, redirect, reply, serving

# ── what is asked and answered ────────────────────────────────────────────────────────────────────────────────────────


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


@pytest.mark.parametrize(
    ("contact", "expected"),
    [
        ("", "(+https://vecinos.example)"),
        ("info@vecinos.example", "info@vecinos.example"),
        ("https://vecinos.example/contact", "https://vecinos.example/contact"),
        ("Comité <info@vecinos.example>", "<info@vecinos.example>"),
        ("info@vecinos.example\r\nX-Evil: 1", "info@vecinos.example X-Evil: 1"),
        ("info@vecinos.example\n\nGET /evil HTTP/1.1\n\n", "info@vecinos.example GET /evil HTTP/1.1"),
        ("a\x00b\x7fc\u2028d" + "e" * 1000, "a b c deeee"),
    ],
    ids=["none", "mail", "page", "name and mail", "a header in it", "a request in it", "what is no text"],
)
async def test_who_asks(contact: str, expected: str, tmp_path: Path) -> None:
    """Every request names the program and where to complain; whatever an operator wrote there, it stays one header."""
    environ = {
        "VECINOS_DATA_DIR": str(tmp_path),
        "VECINOS_BASE_URL": "https://vecinos.example",
        "VECINOS_CONTACT": contact,
    }
    agent = settings.read(environ).user_agent
    async with serving(reply(b"x")) as server, Client(user_agent=agent, allowed=AllowedHosts.parse(HOME)) as client:
        await client.get(server.url(), {})
        await client.post(server.url(), {})
    for request in server.requests:
        assert request.headers["user-agent"].startswith(f"Vecinos/{settings.VERSION} (+https://vecinos.example")
        assert expected in request.headers["user-agent"]
        assert len(request.headers["user-agent"]) <= 300
        assert {"x-evil", "from"}.isdisjoint(request.headers)
    assert len(server.requests) == 2


# ── forms ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_form() -> None:
    """A form is sent as browsers send it, and the answer is an answer like any other."""
    form = {"hub.mode": "subscribe", "hub.topic": "https://casa.example/feed?a=1&b=ñ", "hub.secret": "a b+c"}
    async with serving(reply(b"accepted", status=202)) as server, opened() as client:
        answer = await client.post(server.url("/hub"), form)
    assert (answer.url, answer.status, answer.body) == (server.url("/hub"), 202, b"accepted")
    assert refusal(answer) is None
    sent = server.requests[0]
    assert (sent.method, sent.headers["content-type"]) == ("POST", "application/x-www-form-urlencoded")
    assert dict(parse_qsl(sent.body.decode())) == form
    assert sent.body.isascii()


async def test_a_refused_form_says_why() -> None:
    """What a hub says with its refusal is kept."""
    async with serving(reply(b"topic not allowed", status=403)) as server, opened() as client:
        answer = await client.post(server.url("/hub"), {"hub.mode": "subscribe"})
    assert (answer.status, answer.body) == (403, b"topic not allowed")


@pytest.mark.parametrize("status", [307, 308])
async def test_a_form_goes_on_as_it_is(status: int) -> None:
    """Redirects that keep the method are followed with the same form."""
    answers = {"/hub": redirect("/moved", status), "/moved": reply(b"x", status=202)}
    async with serving(answers) as server, opened() as client:
        answer = await client.post(server.url("/hub"), {"a": "b"})
    assert (answer.url, answer.status, answer.permanent) == (server.url("/moved"), 202, status == 308)
    assert [(request.method, request.body) for request in server.requests] == [("POST", b"a=b")] * 2


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_other_redirects_of_a_form_are_the_answer(status: int) -> None:
    """A redirect that turns a form into a page to look at is not followed: it would pass for success."""
    async with serving({"/hub": redirect("/thanks", status)}) as server, opened() as client:
        answer = await client.post(server.url("/hub"), {"a": "b"})
    assert (answer.status, server.paths) == (status, ["/hub"])
    assert isinstance(refusal(answer), BadAnswer)


async def test_a_form_does_not_leave_tls() -> None:
    """A secret that was meant for https is not sent on by http."""
    question = asking._Question("POST", {}, b"hub.secret=x")
    for location, followed in {"http://b.example/": None, "https://b.example/": "https://b.example/"}.items():
        assert followed == question.next_address(Answer("https://a.example/", 308, {"Location": location}, b""))
    plain = Answer("http://a.example/", 307, {"Location": "http://b.example/"}, b"")
    assert question.next_address(plain) == "http://b.example/"


async def test_a_form_goes_in_circles_only_once() -> None:
    """Circles end for forms as they do for feeds."""
    async with serving({"/a": redirect("/b", 307), "/b": redirect("/a", 307)}) as server, opened() as client:
        with pytest.raises(TooManyRedirects):
            await client.post(server.url("/a"), {"a": "b"})
    assert server.paths == ["/a", "/b"]


# ── redirects ─────────────────────────────────────────────────────────────────────────────────────────────────────────


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


# ── turns ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


class Busy:
    """A handler that counts how many requests are in hand at a time."""

    def __init__(self, seconds: float = 0.05) -> None:
        self.seconds = seconds
        self.now = self.most = 0

    async def __call__(self, _request: Request, writer: asyncio.StreamWriter) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(self.seconds)
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
        "/slow": writing(end=False),
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


@pytest.mark.parametrize(
    ("setting", "url", "key"),
    [
        ("", "https://casa.example/feed", "casa.example"),
        ("", "http://www.casa.example:8080/", "casa.example"),
        ("", "webcal://blog.casa.org.br/a.ics", "casa.org.br"),
        ("", "https://CASA.example./a b", "casa.example"),
        ("", "https://8.8.8.8/", "8.8.8.8"),
        ("", "https://[2606:4700::1111]/", "2606:4700::1111"),
        ("127.0.0.1", "http://127.0.0.1:8100/s1", None),
        ("127.0.0.1:8100", "http://127.0.0.1:8100/s1", None),
        ("casa.internal", "http://casa.internal/", None),
        ("127.0.0.1", "https://casa.example/", "casa.example"),
        ("1", "http://127.0.0.1:8100/s1", None),
        ("1", "http://localhost:8100/s1", None),
        ("1", "https://casa.example/", "casa.example"),
    ],
)
async def test_whose_turn_an_address_takes(setting: str, url: str, key: str | None) -> None:
    """Who shares requests out fairly asks for the site whose two at a time an address takes, without asking anybody."""
    async with opened(setting) as client:
        assert [key] * 2 == [client.turn_key(url), client.turn_key(url)]


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("", BadAddress),
        ("https://a b.example/", BadAddress),
        ("ftp://casa.example/", BadScheme),
        ("http://casa.example:25/", BadPort),
        ("http://127.0.0.1/", PrivateAddress),
        ("http://localhost/", PrivateAddress),
        ("http://metadata.google.internal/", PrivateAddress),
    ],
)
async def test_an_address_that_is_not_read_takes_no_turn(url: str, error: type[AddressError]) -> None:
    """A bad address has no site to wait for; it says why, as it would when it is asked for."""
    async with opened("") as client:
        for _ in range(2):
            with pytest.raises(error):
                client.turn_key(url)


async def test_turns_are_those_that_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """The turns that are taken are those that `turn_key` names."""
    names(monkeypatch, {host: [(V4, HOME)] for host in ("a.casa.example", "b.casa.example", "other.example")})
    busy = Busy()
    async with serving(busy) as server, opened("1") as client:
        urls = [server.url(host=host) for host in ("a.casa.example", "b.casa.example", "other.example")] * 4
        await asyncio.gather(*(client.get(url, {}) for url in urls))
        assert busy.most == 2 * len({client.turn_key(url) for url in urls})


async def test_hundreds_of_requests_at_a_time() -> None:
    """As many as 640 may be under way without any further setting."""
    now = most = 0
    full = asyncio.Event()

    async def handler(_request: Request, writer: asyncio.StreamWriter) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        if now == 640:
            full.set()
        await asyncio.wait_for(full.wait(), 10)
        now -= 1
        writer.write(reply(b"x"))

    async with serving(handler) as server, opened() as client:
        answers = await asyncio.gather(*(client.get(server.url(), {}) for _ in range(700)))
    assert ({answer.status for answer in answers}, most) == ({200}, 640)


# ── credentials ───────────────────────────────────────────────────────────────────────────────────────────────────────


SECRET = "s3cret"


def hidden(*told: object) -> bool:
    return not any(SECRET in f"{one!s} {one!r}" for one in told)


def everything(error: BaseException | None) -> list[object]:
    """An error with all its causes, as a log shows them."""
    found: list[object] = []
    while error is not None:
        found += [error, *error.args, *traceback.format_exception(error)]
        error = error.__cause__ or error.__context__
    return found


async def test_credentials_are_not_sent() -> None:
    """A password in an address, pasted or in a redirect, is neither sent nor part of the answer's address."""
    answers = {"/": b"", "/a": reply(status=500)}
    async with serving(answers) as server, opened() as client:
        answers["/"] = redirect(f"http://user:{SECRET}@127.0.0.1:{server.port}/a")
        answer = await client.get(server.url().replace("//", f"//user:{SECRET}@"), {})
    assert answer.url == server.url("/a")
    assert ["authorization" in request.headers for request in server.requests] == [False, False]
    assert hidden(answer, refusal(answer))


@pytest.mark.parametrize(
    "url",
    [
        "http://user:s3cret@127.0.0.1:{closed}/",
        "http://user:s3cret@127.0.0.1:{port}/broken",
        "http://user:s3cret@127.0.0.1:{port}/circle",
        "http://user:s3cret@127.0.0.1:{port}/to-closed",
        "http://user:s3cret@127.0.0.1:{port}/to-port",
        "http://user:s3cret@127.0.0.1:{port}/to-scheme",
        "http://user:s3cret@127.0.0.1:{port}/to-nothing",
        "http://user:s3cret@127.0.0.1:{port}/to-slash",
        "http://user:s3cret@127.0.0.1:{port}/to-inside",
        "http://user:s3cret@127.0.0.1:{port}/large",
        "https://user:s3cret@127.0.0.1:{port}/",
        "http://user:s3cret@nowhere.example/",
        "http://user:s3cret@10.0.0.1/",
        "http://user:s3cret@casa.example:25/",
        "ftp://user:s3cret@casa.example/",
        "  http://user:s3cret@casa.example:25/  ",
        "<http://user:s3cret@casa.example:25/>",
        "http://user:s3c/s3cret@casa.example/",
        "http://user:x#s3cret@casa.example/",
        "http://user:x?s3cret@casa.example/",
        "view-source:http://user:s3cret@casa.example/",
        "http://user:s3cret@ca sa.example/",
    ],
)
async def test_credentials_are_told_nowhere(
    url: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever goes wrong with it, a password in an address stands in no error, no cause of it, no problem and no log."""
    caplog.set_level(0)
    names(monkeypatch, {})
    async with serving() as gone:
        closed = gone.port
    aside = f"//user:{SECRET}@"
    answers = {
        "/broken": b"nonsense\r\n\r\n",
        "/circle": redirect(f"http:{aside}127.0.0.1:{{port}}/circle"),
        "/to-closed": redirect(f"http:{aside}127.0.0.1:{closed}/"),
        "/to-port": redirect(f"http:{aside}casa.example:25/"),
        "/to-scheme": redirect(f"ftp:{aside}casa.example/"),
        "/to-nothing": redirect(f"{aside}[::1/"),
        "/to-slash": redirect(f"http://user:x/{SECRET}@casa.example/"),
        "/to-inside": redirect(f"http:{aside}10.0.0.1/"),
        "/large": reply(bytes(2000)),
    }
    async with serving(answers) as server, opened(max_bytes=1000, connect=0.3) as client:
        answers["/circle"] = redirect(f"http:{aside}127.0.0.1:{server.port}/circle")
        source = Source(url=url.format(port=server.port, closed=closed))
        with pytest.raises(FeedsError) as caught:
            await client.get(source.url, {})
        with pytest.raises(FeedsError) as posted:
            await (client.get(source.url, {}) if "/to-" in url or "/circle" in url else client.post(source.url, {}))
        failed = await fetch(client, source, now=0)
        pulled = await pull(client, source, now=0, zone="UTC")
        with pytest.raises(FeedsError) as discovered:
            await discover(client, source.url, found_feed)
        with suppress(AddressError):
            assert hidden(client.turn_key(source.url))
    assert isinstance(failed, Failed)
    assert hidden(failed, pulled, *everything(caught.value), *everything(posted.value), *everything(discovered.value))
    assert hidden(caplog.text)


async def test_credentials_are_not_kept() -> None:
    """What is found at an address with a password is known by its address without: the page, its feeds, and what they link to."""
    aside = f"user:{SECRET}@"
    page = f"""<html><head><base href="https://{aside}casa.example/">
        <link rel="alternate" type="application/rss+xml" href="https://{aside}casa.example/feed">
        <link rel="alternate" type="text/calendar" href="events.ics"></head><body>
        <a href="https://calendar.google.com/calendar/r?cid=webcal%3A%2F%2Fuser:{SECRET}%40casa.example%2Fb.ics">b</a></body></html>"""
    feed = f"""<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>Casa</title>
        <link>https://{aside}casa.example/</link><atom:link rel="hub" href="https://{aside}hub.example/"/>
        <item><title>Party</title><guid isPermaLink="false">1</guid><link>https://{aside}casa.example/1</link>
        <enclosure url="https://{aside}casa.example/1.mp3" type="audio/mpeg" length="1"/>
        <description>&lt;a href="https://{aside}casa.example/2"&gt;more&lt;/a&gt;
        &lt;img src="https://{aside}casa.example/2.png"&gt;</description></item></channel></rss>"""
    calendar = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
        f"DTSTART:20260102T100000Z\r\nSUMMARY:Party\r\nURL:https://{aside}casa.example/3\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    answers = {
        "/": reply(page.encode(), Content_Type="text/html"),
        "/feed": reply(feed.encode(), Content_Type="application/rss+xml"),
        "/a.ics": reply(calendar.encode(), Content_Type="text/calendar"),
    }
    async with serving(answers) as server, opened() as client:
        found = await discover(client, server.url().replace("//", f"//{aside}"), found_feed)
        pulled = [
            await pull(
                client,
                Source(url=server.url(path).replace("//", f"//{aside}")),
                now=1_767_225_600,
                zone="UTC",
            )
            for path in ("/feed", "/a.ics")
        ]
    assert "https://casa.example/feed" in {feed.url for feed in found.feeds}
    assert hidden(found)
    for one in pulled:
        assert isinstance(one, Pulled)
        assert one.feed.entries or one.feed.events
        assert hidden(one.feed, one.fetched.url, one.fetched.hub)


# ── what a status means ───────────────────────────────────────────────────────────────────────────────────────────────


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


def test_what_is_public_is_listed() -> None:
    """The package offers what it lists."""
    assert sorted(door.__all__) == ["Answer", "Client", "refusal"]
