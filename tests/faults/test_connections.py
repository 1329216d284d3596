"""Connections that fail: slow, hanging, broken off, refused, not to be trusted. Each costs nobody anything but a line."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from tests.faults.documents import CALENDAR, Gathering, Post, ics, rss
from tests.faults.network import Network
from tests.faults.sites import Site, close, hang, hang_in_body, head, reset, trickle
from tests.servers import Handler, Request, reply, serving
from tests.world import DAY, HOUR, NOW

POSTS = [
    Post(guid=str(number), link=f"https://tenants.example/{number}", title=f"Post {number}", published=NOW - number * DAY)
    for number in range(1, 40)
]  # fmt: skip
GATHERINGS = [
    Gathering(uid=f"{number}@tenants.example", title=f"Gathering {number}", start=NOW + number * DAY)
    for number in range(1, 9)
]
BODY = rss(POSTS)

FAULTS: dict[str, tuple[Handler | bytes, str]] = {
    "hangs before it answers": (hang, "too_slow"),
    "hangs in the middle": (hang_in_body(BODY), "too_slow"),
    "sends a byte at a time": (trickle(BODY), "too_slow"),
    "sends its headers a byte at a time": (trickle(reply(BODY)), "too_slow"),
    "resets the connection in the middle": (reset(BODY), "bad_answer"),
    "closes it without an answer": (close, "unreachable"),
    "speaks no HTTP": (b"220 mail.tenants.example ESMTP\r\n" * 20, "bad_answer"),
    "sends headers without an end": (head()[:-2] + b"X-Filler: " + b"x" * 40_000, "bad_answer"),
    "sends a thousand headers": (
        head()[:-2] + b"".join(b"X-%d: x\r\n" % number for number in range(1000)) + b"\r\n",
        "bad_answer",
    ),
}

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@sqlite
@pytest.mark.parametrize("name", FAULTS)
async def test_what_was_good_stays_when_a_site_fails(hasty: Network, name: str) -> None:
    """Its posts and gatherings stay as they were, it is told what was wrong, and the next good answer mends it all."""
    fault, code = FAULTS[name]
    feed, calendar = Site(BODY), Site(ics(GATHERINGS), CALENDAR)
    async with serving({"/feed": feed, "/events.ics": calendar}) as server:
        await hasty.join(server.url("/feed"), server.url("/events.ics"))
        await hasty.pull()
        before = await hasty.titles(), await hasty.on()
        feed.fault = calendar.fault = fault
        reports = await hasty.pull()
        assert [report.problem for report in reports.values()] == [code, code]
        assert (await hasty.titles(), await hasty.on()) == before
        assert {source.health for source in (await hasty.sources()).values()} == {"broken"}
        feed.fault = calendar.fault = None
        feed.publish(rss([Post(guid="new", link=None, title="News", published=NOW), *POSTS]))
        await hasty.pull()
        assert {source.health for source in (await hasty.sources()).values()} == {"fine"}
    assert len(await hasty.titles()) == len(POSTS) + 1


@sqlite
async def test_a_body_that_is_cut_short_is_none(hasty: Network) -> None:
    """The connection ends before as much came as was announced: what came is not taken for the whole."""
    calendar = Site(ics(GATHERINGS), CALENDAR)

    async def cut(_request: Request, writer: asyncio.StreamWriter) -> None:
        body = ics(GATHERINGS)
        writer.write(head(Content_Length=str(len(body))) + body[:-400])
        writer.close()

    async with serving({"/events.ics": calendar}) as server:
        await hasty.join(server.url("/events.ics"))
        await hasty.pull()
        calendar.fault = cut
        (report,) = (await hasty.pull()).values()
    assert report.problem == "bad_answer"
    assert len(await hasty.on()) == len(GATHERINGS)


@sqlite
async def test_a_site_that_is_down_is_told_and_comes_back(hasty: Network) -> None:
    """Nobody listens there for a day; then somebody does, at the same address."""
    site = Site(BODY)
    async with serving({"/feed": site}) as server:
        await hasty.join(server.url("/feed"))
        await hasty.pull()
    (down,) = (await hasty.pull(after=DAY)).values()
    async with serving({"/feed": site}, port=server.port) as server:
        (up,) = (await hasty.pull(after=DAY)).values()
    assert (down.problem, up.unchanged) == ("unreachable", True)
    assert (await hasty.source()).health == "fine"


@sqlite
async def test_a_certificate_nobody_vouches_for_is_refused(hasty: Network, certificate: Path) -> None:
    """Nothing is read from a server that can't show who it is; when it can be trusted again nothing was lost."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    site = Site(BODY)
    async with serving({"/feed": site}, tls=context) as server:
        await hasty.join(server.url("/feed"))
        (report,) = (await hasty.pull()).values()
    assert (report.problem, site.asked) == ("tls_failed", [])


@sqlite
async def test_a_name_that_is_gone_is_told(hasty: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """The domain has expired: what it brought stays."""
    site = Site(BODY, headers={"Connection": "close"})
    names = socket.getaddrinfo
    known = {"tenants.localhost"}

    def look_up(host: str, *words: object) -> object:
        if host in known:
            return names("127.0.0.1", *words)  # type: ignore[arg-type]
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    async with serving({"/feed": site}) as server:
        await hasty.join(server.url("/feed", "tenants.localhost"))
        await hasty.pull()
        known.clear()
        (report,) = (await hasty.pull(after=HOUR)).values()
    assert report.problem in {"unreachable", "unknown_host"}
    assert len(await hasty.titles()) == len(POSTS)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, with its key in the same file."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl command to make a certificate")
    path: Path = tmp_path_factory.mktemp("tls") / "self-signed.pem"
    words = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=tenants.example"
    names = ("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "-", "-out", "-")
    path.write_bytes(subprocess.run(["openssl", *words.split(), *names], check=True, capture_output=True).stdout)
    return path
