"""What `vecinos doctor` finds at an address, and how it tells it: on small sites that are real servers."""

from __future__ import annotations

import re
import socket
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

import click
import pytest

from feeds.addresses import AllowedHosts
from feeds.client import Client
from network.aggregator.examination import Examination, examine
from network.cli.findings import Findings
from tests.servers import Handler, Server, redirect, reply, serving
from tests.world import DAY, HOUR, NOW, ZONE

HTML = "text/html; charset=utf-8"
RSS = "application/rss+xml"
ICS = "text/calendar; charset=utf-8"
CHALLENGE = b"<!DOCTYPE html><title>Just a moment...</title><script>window._cf_chl_opt={}</script>"
LOG_IN = b'<!DOCTYPE html><title>Log In</title><form><input type="password" name="pwd"></form>'

Answers = dict[str, bytes | Handler]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A client that may ask this machine."""
    async with Client(user_agent="Tests/1", allowed=AllowedHosts.parse("127.0.0.1"), timeout=5) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _no_other_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """No name leads anywhere but to this machine."""
    look_up = socket.getaddrinfo

    def getaddrinfo(host: str, *rest: object) -> object:
        if host != "127.0.0.1":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return look_up(host, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def rss(
    *ages: float, title: str = "Tenants of Main South", more: str = "", generator: str = "https://wordpress.org/?v=6.8"
) -> bytes:
    """A feed with posts of these ages in days."""
    items = "".join(
        f"<item><guid>https://tenants.example/{age}</guid><title>Heat is a right, {age}</title>"
        f"<pubDate>{format_datetime(datetime.fromtimestamp(NOW - age * DAY, UTC))}</pubDate></item>"
        for age in ages
    )  # fmt: skip
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>{title}</title><generator>{generator}</generator>'
        f"{more}{items}</channel></rss>"
    ).encode()


def ics(*events: str) -> bytes:
    """A calendar of these events."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Tenants//EN",
        "X-WR-CALNAME:Gatherings",
        *events,
        "END:VCALENDAR",
        "",
    ]
    return "\r\n".join(lines).encode()


def event(days: int, title: str, *more: str) -> str:
    """An event at six in the evening, so many days from now."""
    day = datetime.fromtimestamp(NOW + days * DAY, UTC)
    lines = [f"BEGIN:VEVENT\r\nUID:{title}@tenants.example\r\nDTSTAMP:20261101T000000Z\r\nSUMMARY:{title}",
             f"DTSTART;TZID=America/New_York:{day:%Y%m%d}T180000", f"DTEND;TZID=America/New_York:{day:%Y%m%d}T200000"]  # fmt: skip
    return "\r\n".join([*lines, *more, "END:VEVENT"])


MEETING = event(4, "Tenants' meeting", "LOCATION:Sycamore Hall\\, 11 Sycamore St")
PARTY = event(5, "Block party", "STATUS:CANCELLED")
WORDPRESS_PAGE = reply(
    b'<!DOCTYPE html><html lang="en"><head><title>Tenants of Main South</title><meta name="generator" content="WordPress 6.8">'
    b'<link rel="alternate" type="application/rss+xml" href="/feed/" title="Tenants &raquo; Feed">'
    b'<link rel="alternate" type="text/calendar" href="/events/?ical=1"></head><body></body></html>',
    Content_Type=HTML,
)
WORDPRESS: Answers = {
    "/": WORDPRESS_PAGE,
    "/feed/": reply(rss(1, 8, 15, 22), Content_Type=RSS),
    "/events/?ical=1": reply(ics(MEETING, PARTY), Content_Type=ICS),
}


async def examined(client: Client, server: Server, path: str = "/") -> Examination:
    """What is found at a path."""
    return await examine(client, server.url(path), now=NOW, timezone=ZONE)


def text(found: Examination, address: str = "https://tenants.example/") -> str:
    """What people read, without colours, on one line."""
    lines = click.unstyle("\n".join(Findings(NOW, ZONE).of(address, found)))
    assert max(map(len, lines.splitlines())) <= 100 or "http" in lines
    return " ".join(lines.split())


async def test_a_site_of_wordpress(client: Client) -> None:
    """Its feed and its calendar are found, read and shown as readers will see them."""
    async with serving(WORDPRESS) as server:
        found = await examined(client, server)
    assert found.is_well
    assert [(one.found.kind, one.found.how, one.health, one.platform) for one in found.checkups] == [
        ("feed", "link rel=alternate", "fine", "wordpress"), ("calendar", "link rel=alternate", "fine", "wordpress"),
    ]  # fmt: skip
    feed, calendar = found.checkups
    assert (feed.newest_at, feed.usual) == (NOW - DAY, 7 * DAY)
    assert [title for title, _, _ in feed.latest] == [f"Heat is a right, {age}" for age in (1, 8, 15, 22)]
    assert [(day.title, day.status) for day in calendar.coming] == [
        ("Tenants' meeting", "confirmed"),
        ("Block party", "cancelled"),
    ]
    told = text(found)
    assert told.startswith("Tenants of Main South")
    assert "WordPress 1. News feed “Tenants of Main South”: works" in told
    assert "4 posts, the newest from yesterday; usually one every week." in told
    assert "November 21 Heat is a right, 1 November 14 Heat is a right, 8" in told
    assert "2. Calendar “Gatherings”: works" in told
    assert "2 events, 2 dates to come." in told
    assert "Thursday, November 26, 6–8 pm Tenants' meeting · Sycamore Hall, 11 Sycamore St" in told
    assert "Friday, November 27, 6–8 pm Cancelled: Block party" in told
    assert told.endswith("All is well: 2 sources can be read. To add it: vecinos members add https://tenants.example/")


async def test_a_site_of_squarespace(client: Client) -> None:
    """It names no feed; the blog page has one, and the events page a calendar."""
    page = b'<title>Tenants</title><img src="https://static1.squarespace.com/a.png"><a href="/news">News</a> <a href="/events">Events</a>'
    answers: Answers = {
        "/": reply(page, Content_Type=HTML),
        "/news?format=rss": reply(rss(1, generator="Site-Server v6"), Content_Type=RSS),
        "/events?format=ical": reply(ics(MEETING), Content_Type=ICS),
    }
    async with serving(answers) as server:
        found = await examined(client, server)
    assert found.platform == "squarespace"
    assert {(one.found.kind, one.health) for one in found.checkups} == {("feed", "fine"), ("calendar", "fine")}
    assert "· Squarespace 1. News feed" in text(found)


async def test_an_embedded_google_calendar(client: Client) -> None:
    """The calendar behind the frame of a page, and behind the frame's own address, is what is looked at."""
    embed = "https://calendar.google.com/calendar/embed?src=tenants%40group.calendar.google.com&ctz=America%2FNew_York"
    page = f'<title>Tenants</title><iframe src="{embed}"></iframe>'.encode()
    async with serving({"/": reply(page, Content_Type=HTML)}) as server:
        found = await examined(client, server)
    (calendar,) = found.checkups
    assert (
        calendar.found.url
        == "https://calendar.google.com/calendar/ical/tenants%40group.calendar.google.com/public/basic.ics"
    )
    assert (calendar.found.how, calendar.platform, calendar.health) == (
        "embedded calendar",
        "google_calendar",
        "broken",
    )
    direct = await examine(client, embed, now=NOW, timezone=ZONE)
    assert (direct.platform, direct.complaint and direct.complaint.code) == ("google_calendar", "unknown_host")


@pytest.mark.parametrize(
    ("answers", "code", "words"),
    [
        ({"/": reply(CHALLENGE, 403, Content_Type=HTML)}, "bot_challenge", "Bot Fight Mode"),
        ({"/": reply(CHALLENGE, 200, Content_Type=HTML)}, "bot_challenge", "Bot Fight Mode"),
        ({"/": redirect("/login"), "/login": reply(LOG_IN, Content_Type=HTML)}, "sign_in_page", "public"),
        ({"/": reply(b"<title>Account Suspended</title>", Content_Type=HTML)}, "site_closed", "pays for the site"),
        ({"/": reply(b"", 410)}, "gone", "new address"),
        ({"/": reply(b"<!DOCTYPE html><title>Tenants</title><p>Hello", Content_Type=HTML)}, "no_feed_found", "RSS, Feed"),
        ({"/": reply(b"<!DOCTYPE html><title>T</title><link href=/wp-content/x.css>", Content_Type=HTML)}, "no_feed_found", "On WordPress"),
        ({"/": reply(b"%PDF-1.7 ...", Content_Type="application/pdf")}, "not_a_feed", "home page"),
        ({"/": reply(b"")}, "empty_body", "empty there too"),
        ({"/": reply(b'<!DOCTYPE r [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><rss><channel><title>&c;</title></channel></rss>')},
         "unsafe_document", "feed validator"),
    ],
)  # fmt: skip
async def test_an_address_without_anything_to_read(
    client: Client, answers: Mapping[str, bytes], code: str, words: str
) -> None:
    """The true reason in plain words, and how to mend it."""
    async with serving(answers) as server:
        found = await examined(client, server)
    assert not found.is_well
    assert found.complaint is not None
    assert found.complaint.code == code
    told = text(found)
    assert f"Wrong: {' '.join(found.complaint.text.split())} How to mend it: " in told
    assert words in told
    assert "members add" not in told


async def test_a_dead_site(client: Client) -> None:
    """Nobody listens there any more."""
    async with serving() as server:
        pass
    found = await examined(client, server)
    assert (found.page, found.complaint and found.complaint.code) == (None, "unreachable")


async def test_one_broken_source_of_two(client: Client) -> None:
    """What can be read is shown; what can't is told with the advice for the site's platform."""
    answers = {
        **WORDPRESS,
        "/feed/": reply(b"<!DOCTYPE html><html><title>Tenants</title><p>Hello</html>", Content_Type=HTML),
    }
    async with serving(answers) as server:
        found = await examined(client, server)
    assert [(one.health, [complaint.code for complaint in one.complaints]) for one in found.checkups] == [
        ("broken", ["html_page"]), ("fine", []),
    ]  # fmt: skip
    told = text(found)
    assert "1. News feed “Tenants » Feed”: BROKEN" in told
    assert "How to mend it: On WordPress the feed is at" in told
    assert "For technicians: the page's title: Tenants" in told
    assert "1 of 2 sources can't be read; how to mend it stands above." in told


async def test_a_quiet_feed_is_well(client: Client) -> None:
    """Nothing new for long is no fault of the feed: it is asked of the group, not of its technicians."""
    async with serving(reply(rss(90, 97, 104), Content_Type=RSS)) as server:
        found = await examined(client, server, "/feed/")
    assert found.is_well
    assert found.checkups[0].health == "quiet"
    told = text(found)
    assert "works, but is quiet" in told
    assert (
        "Nothing new since August 24, although there is usually one every week. Ask the group whether it still uses this."
        in told
    )
    assert "1 source can be read, 1 of them quiet." in told


async def test_a_feed_and_a_calendar_without_items_are_well(client: Client) -> None:
    """Nobody has announced anything: that is not broken."""
    for body, kind in ((rss(), RSS), (ics(), ICS)):
        async with serving(reply(body, Content_Type=kind)) as server:
            found = await examined(client, server, "/feed/")
        assert (found.is_well, found.checkups[0].health) == (True, "fine")
        assert "It lists nothing at the moment. That is no fault" in text(found)


async def test_a_calendar_of_the_past(client: Client) -> None:
    """Nothing is to come, and it says so."""
    async with serving(reply(ics(event(-20, "Block party")), Content_Type=ICS)) as server:
        found = await examined(client, server, "/calendar.ics")
    assert found.checkups[0].coming == ()
    assert "1 event, none to come, last changed November 2." in text(found)


@pytest.mark.parametrize(
    ("status", "moved", "words"),
    [(301, True, "Note: It has moved for good. Use its new address: "), (302, False, "It leads on to ")],
)
async def test_a_feed_that_has_moved(client: Client, status: int, moved: bool, words: str) -> None:
    """Where it leads, and whether for good; given itself, its new address is shown."""
    answers = {**WORDPRESS, "/feed/": redirect("/new", status), "/new": reply(rss(1), Content_Type=RSS)}
    async with serving(answers) as server:
        found = await examined(client, server)
        direct = await examined(client, server, "/feed/")
    new = server.url("/new")
    conduct = found.checkups[0].conduct
    assert conduct is not None
    assert (conduct.url, conduct.moved_to) == (new, new if moved else None)
    assert words + new in text(found)
    assert direct.page is not None
    assert direct.page.url == new


async def test_how_a_server_behaves(client: Client) -> None:
    """Whether it spares everybody the same answer twice, compresses it, and tells news at once."""
    import gzip

    body = rss(1, more='<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="hub" href="https://hub.example/"/>')
    packed = reply(
        gzip.compress(body), Content_Type=RSS, Content_Encoding="gzip", ETag='"1"', Cache_Control="max-age=600"
    )

    async def kind(request: object, writer: object) -> None:
        known = request.headers.get("if-none-match") == '"1"'  # type: ignore[attr-defined]
        writer.write(b"HTTP/1.1 304 Not Modified\r\n\r\n" if known else packed)  # type: ignore[attr-defined]

    async with serving(kind) as server:
        found = await examined(client, server, "/feed/")
    conduct = found.checkups[0].conduct
    assert conduct is not None
    assert (conduct.spares, conduct.compression, conduct.max_age, conduct.hub) == (
        True,
        "gzip",
        600,
        "https://hub.example/",
    )
    assert "compressed (gzip), says when nothing is new, tells news at once (https://hub.example/)" in text(found)
    async with serving(reply(body, Content_Type=RSS, ETag='"1"')) as server:
        found = await examined(client, server, "/feed/")
    assert "not compressed, sends everything again when nothing is new" in text(found)


async def test_remarks_come_with_advice(client: Client) -> None:
    """A feed that can be read all the same is well, and its owner is told what to mend."""
    async with serving(
        reply(b"\n<b>Warning</b>: x in /wp-content/y.php\n" + rss(1).replace(b"</channel>", b""), Content_Type=RSS)
    ) as server:
        found = await examined(client, server, "/feed/")
    assert found.is_well
    assert "Note: The feed is not well-formed XML." in text(found)
    assert "How to mend it: A plugin or theme of WordPress" in text(found)


async def test_times_of_another_zone_are_told_as_such(client: Client) -> None:
    """A date elsewhere is in the clock of its place, and says so."""
    away = re.sub("New_York", "Los_Angeles", MEETING)
    async with serving(reply(ics(away), Content_Type=ICS)) as server:
        found = await examined(client, server, "/calendar.ics")
    assert "Thursday, November 26, 6–8 pm (Pacific Time) Tenants' meeting" in text(found)
    assert found.checkups[0].coming[0].start == NOW + 4 * DAY + 14 * HOUR


async def test_titles_and_dates_that_are_missing(client: Client) -> None:
    """An entry without a title shows its first words; one from the future is of today; one without a date says so."""
    items = (
        "<item><guid>a</guid><description>&lt;p&gt;Come at six, bring soup.&lt;/p&gt;</description></item>"
        "<item><guid>b</guid><title>Soon</title><pubDate>Fri, 01 Jan 2027 10:00:00 GMT</pubDate></item>"
    )
    async with serving(reply(rss(more=items), Content_Type=RSS)) as server:
        found = await examined(client, server, "/feed/")
    assert "November 22 Soon no date Come at six, bring soup." in text(found)
