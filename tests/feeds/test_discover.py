"""Discovery: what a page offers is found, ranked and named; what it does not say is looked for, politely."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from feeds.addresses import AllowedHosts
from feeds.client import Client
from feeds.discover import candidates, discover, page
from feeds.discover.tags import MAX_TAGS, Tag, tags
from feeds.errors import BadScheme, Forbidden, NotFound, Unreachable
from feeds.model import FoundFeed, Page
from tests.servers import Handler, Server, redirect, reply, serving

HOME = "https://casa.example/"
RSS, ATOM, ICAL = b"<rss/>", b"<feed/>", b"BEGIN:VCALENDAR"
CALENDAR = "https://calendar.google.com/calendar/ical/casa%40group.calendar.google.com/public/basic.ics"


def offered(html: str, url: str = HOME) -> list[tuple[str, str]]:
    """Kind and address of what a page offers."""
    return [(found.kind, found.url) for found in page(html.encode(), url, "text/html; charset=utf-8").feeds]


# ── tags ───────────────────────────────────────────────────────────────────────────────────────────────────────────

TAGS = {
    "<a href=x>y</a>": [Tag("a", {"href": "x"}, "y")],
    '<A HREF="x" Title=\'a "b"\' hidden>Y &amp; <b>Z</b></A>': [
        Tag("a", {"href": "x", "title": 'a "b"', "hidden": ""}, "Y & Z")
    ],
    '<link rel="&#65;lternate"\n href = "/a?b=1&amp;c=2"/>': [Tag("link", {"rel": "Alternate", "href": "/a?b=1&c=2"})],
    '<link title="a > b" href="x">': [Tag("link", {"title": "a > b", "href": "x"})],
    '<link href="x" href="y">': [Tag("link", {"href": "x"})],
    '<!-- <link href="x"> --><base href="y">': [Tag("base", {"href": "y"})],
    '<!-- <link href="x">': [],
    '<script>"<a href=x>"</script ><STYLE><a></style><textarea><a></textarea><a>': [Tag("a")],
    "<script><a>": [],
    "<article><abbr><linked><titles>": [],
    "<title>A\n B</title><title>C": [Tag("title", {}, "A B"), Tag("title")],
    "<a href='x": [Tag("a", {"href": "'x"})],
    "İ<title>A</TITLE>": [Tag("title")],
    "<": [],
}


@pytest.mark.parametrize("html", TAGS, ids=repr)
def test_tags(html: str) -> None:
    """Tags are read as browsers read them, as far as discovery needs it."""
    assert TAGS[html] == list(tags(html))


def test_so_many_tags() -> None:
    """A page of nothing but tags is read only so far."""
    assert len(list(tags("<a>" * MAX_TAGS * 2))) == MAX_TAGS


# ── one page ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_home_page() -> None:
    """Name, description, language, software, feeds and pages with news and events are read from a page."""
    html = """<!doctype html><html lang="es-US"><head><title>Inicio | Casa Unida</title>
    <meta name="generator" content="WordPress 6.8"><meta name="generator" content="Elementor 3"><meta name="description" content=" Vecinos
    organizados. "><link rel="alternate" type="application/rss+xml" title="Casa » Feed" href="/feed/">
    <link rel="alternate" type="application/rss+xml" title="Casa » Comments Feed" href="/comments/feed/">
    <link rel="alternate" type="text/calendar" title="Casa » iCal Feed" href="/events/?ical=1"></head><body>
    <a href="/noticias/">Noticias</a> <a href="/que-hacemos/">Próximos eventos</a> <a href="/about">About</a></body></html>"""
    expected = Page(
        url=HOME,
        title="Casa Unida",
        description="Vecinos organizados.",
        language="es-US",
        feeds=(
            FoundFeed("https://casa.example/feed/", "Casa » Feed", "feed", "link rel=alternate"),
            FoundFeed("https://casa.example/events/?ical=1", "Casa » iCal Feed", "calendar", "link rel=alternate"),
        ),
        generator="WordPress 6.8; Elementor 3",
        sections=("https://casa.example/que-hacemos/", "https://casa.example/noticias/"),
    )
    assert expected == page(html.encode(), HOME, "text/html")


LINKS = {
    '<link rel="alternate" type="application/rss+xml" href="/rss">': [("feed", HOME + "rss")],
    "<LINK REL=Alternate TYPE='Application/Atom+XML; charset=utf-8' HREF=atom.php>": [("feed", HOME + "atom.php")],
    '<link rel="home alternate" type="application/feed+json" href="/j">': [("feed", HOME + "j")],
    '<link rel="alternate" type="application/rdf+xml" href="/r">': [("feed", HOME + "r")],
    '<link rel="alternate" type="application/json" href="/feed.json">': [("feed", HOME + "feed.json")],
    '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">': [],
    '<link rel="alternate" type="application/json+oembed" href="/oembed?url=/feed/">': [],
    '<link rel="alternate" type="text/xml" href="/rss.xml">': [("feed", HOME + "rss.xml")],
    '<link rel="alternate" type="text/xml" href="/sitemap.xml">': [],
    '<link rel="alternate" href="/feed/">': [("feed", HOME + "feed/")],
    '<link rel="alternate" hreflang="es" href="/es/feedback/">': [],
    '<link rel="alternate stylesheet" type="text/css" href="/rss.css">': [],
    '<link rev="alternate" type="application/rss+xml" href="/rss">': [],
    '<link rel="alternate" type="application/ rss+xml" href="/rss">': [],
    '<link rel="alternate" type="application/rss+xml">': [],
    '<link rel="alternate" type="application/rss+xml" href="http://[">': [],
    '<link rel="alternate" type="application/rss+xml" href="javascript:rss()">': [],
    '<link rel="alternate" type="application/rss+xml" href="http://casa.example:25/">': [],
    '<link rel="feed" type="application/rss+xml" href=" /rss ">': [("feed", HOME + "rss")],
    '<base href="https://other.example/a/"><link rel="alternate" type="application/rss+xml" href="rss">': [
        ("feed", "https://other.example/a/rss")
    ],
    '<link rel="alternate" type="text/calendar" href="webcal://casa.example/all.ics">': [
        ("calendar", HOME + "all.ics")
    ],
    '<a href="/feed/">RSS</a>': [("feed", HOME + "feed/")],
    '<a href="feed:https://casa.example/posts.rss">RSS</a>': [("feed", HOME + "posts.rss")],
    '<a href="/?feed=rss2">RSS</a>': [("feed", HOME + "?feed=rss2")],
    '<a href="https://blog.casa.example/index.xml">RSS</a>': [("feed", "https://blog.casa.example/index.xml")],
    '<a href="https://feeds.feedburner.com/casa.rss">RSS</a>': [("feed", "https://feeds.feedburner.com/casa.rss")],
    '<a href="https://other.example/feed/">Their news</a>': [],
    '<a href="/feeding-families/">Food</a> <a href="/feedback">Tell us</a> <a href="/feed-icon.png">x</a>': [],
    '<a href="/comments/feed/">RSS</a>': [],
    '<a href="webcal://casa.example/all.ics">Subscribe</a>': [("calendar", HOME + "all.ics")],
    '<a href="/calendar.ics?all=1">Download</a>': [("calendar", HOME + "calendar.ics?all=1")],
    '<a href="https://other.example/casa.ics">Download</a>': [("calendar", "https://other.example/casa.ics")],
    '<a href="/events/list/?ical=1">Export</a>': [("calendar", HOME + "events/list/?ical=1")],
    '<a href="/event/assembly/?ical=1">Add</a> <a href="/events/picnic/?ical=1">Add</a>': [],
    '<a href="/e/1.ics">1</a><a href="/e/2.ics">2</a><a href="/e/3.ics">3</a><a href="/e/4.ics">4</a>': [],
    '<a href="https://www.meetup.com/casa-unida/events/ical/">x</a>': [
        ("calendar", "https://www.meetup.com/casa-unida/events/ical/")
    ],
    '<iframe src="https://calendar.google.com/calendar/embed?src=casa%40group.calendar.google.com"></iframe>': [
        ("calendar", CALENDAR)
    ],
    '<iframe data-src="//calendar.google.com/calendar/embed?mode=AGENDA&amp;src=casa@group.calendar.google.com"></iframe>': [
        ("calendar", CALENDAR)
    ],
    '<a href="https://calendar.google.com/calendar/u/0?cid=Y2FzYUBncm91cC5jYWxlbmRhci5nb29nbGUuY29t">+</a>': [
        ("calendar", CALENDAR)
    ],
    '<iframe src="https://outlook.live.com/owa/calendar/1/2/calendar.html"></iframe><iframe></iframe>': [
        ("calendar", "https://outlook.live.com/owa/calendar/1/2/calendar.ics")
    ],
    '<iframe src="https://www.youtube.com/embed/feed"></iframe>': [],
}


@pytest.mark.parametrize("html", LINKS, ids=lambda html: html[:70])
def test_what_counts_as_an_offer(html: str) -> None:
    """Declared feeds, links to feeds and calendars, and embedded calendars count; look-alikes do not."""
    assert LINKS[html] == offered(html)


def test_webcal_on_a_site_without_tls() -> None:
    """A webcal: link of a site that has no TLS becomes http:, one to another site https:."""
    html = '<a href="webcal://casa.example:8100/a.ics">1</a><a href="webcal://other.example/b.ics">2</a>'
    expected = [("calendar", "http://casa.example:8100/a.ics"), ("calendar", "https://other.example/b.ics")]
    assert expected == offered(html, "http://casa.example:8100/")


def test_ranking() -> None:
    """The whole before parts, feeds before calendars, one form of each feed, the declared instead of the linked."""
    html = """
    <link rel="alternate" type="text/calendar" href="/a.ics">
    <link rel="alternate" type="application/rss+xml" title="Housing" href="/category/housing/feed/">
    <link rel="alternate" type="application/rss+xml" title="Casa" href="/feed/">
    <link rel="alternate" type="application/atom+xml" title="Casa" href="/feed/atom/">
    <link rel="alternate" type="application/feed+json" title="Casa" href="/feed.json">
    <a href="/?feed=rss2">RSS</a> <a href="/podcast.rss">Podcast</a> <a href="/a.ics">Calendar</a>"""
    expected = [("feed", HOME + "feed/"), ("feed", HOME + "category/housing/feed/"), ("calendar", HOME + "a.ics")]
    assert expected == offered(html)


@pytest.mark.parametrize(
    ("head", "title", "language"),
    [
        ("<title> Casa \n Unida </title>", "Casa Unida", None),
        ("<title>Home - Casa Unida | Worcester</title>", "Casa Unida – Worcester", None),
        ("<title>Home</title>", "", None),
        ('<title>x</title><meta property="og:site_name" content="Casa Unida">', "Casa Unida", None),
        ('<meta property="og:locale" content="pt_BR">', "", "pt-BR"),
        ('<meta http-equiv="Content-Language" content="ht, en">', "", "ht"),
        ("", "", None),
    ],
)
def test_names(head: str, title: str, language: str | None) -> None:
    """The organization's name and language are found where pages give them."""
    seen = page(f"<html><head>{head}".encode(), HOME, "text/html")
    assert (title, language) == (seen.title, seen.language)


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<title>Año</title>".encode(), "text/html"),
        ("\ufeff<title>Año</title>".encode(), "text/html"),
        ("<title>Año</title>".encode("latin-1"), "text/html; charset=ISO-8859-1"),
        ("<title>Año</title>".encode("latin-1"), "text/html"),
        ('<meta charset="windows-1252"><title>Año</title>'.encode("latin-1"), ""),
        ("<title>Año</title>".encode("utf-16"), "text/html"),
        ("<title>Año</title>".encode(), "text/html; charset=punycode"),
    ],
)
def test_encodings(body: bytes, content_type: str) -> None:
    """Pages are read in the encoding they are in, named or not."""
    assert page(body, HOME, content_type).title == "Año"


HOSTILE = {
    "deep": b"<div>" * 300_000,
    "many links": b'<a href="/feed/">x</a>' * 100_000,
    "many alternates": b'<link rel=alternate type="application/rss+xml" href="/a?%d">' * 30_000,
    "attributes": b"<link " + b"a=b " * 200_000 + b">",
    "open": b"<" * 1_000_000,
    "one long address": b'<a href="/' + b"feed/" * 300_000 + b'">x</a>',
    "comments": b"<!-- -->" * 100_000,
    "no HTML": bytes(range(256)) * 1000,
    "title": b"<title>" + b" | " * 300_000,
    "anchors": b"<a>" * 700_000,
    "formatting": b"<p>" + b"<b id=1><i>" * 2000 + b"</p><p>x" * 50_000,
    "quotes": b"<a x='" * 150_000 + b'<a y="' * 150_000,
    "spaces": b"<a " + b" " * 1_000_000 + b"<link" + b"\t/" * 400_000,
    "bases": b'<base href="http://[">' * 1000,
    "nothing": b"",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_pages(kind: str) -> None:
    """No page takes long, offers more than twenty feeds, or breaks the reading."""
    began = time.process_time()
    assert len(page(HOSTILE[kind], HOME, "text/html").feeds) <= 20
    assert time.process_time() - began < 3


def test_real_pages(shared: Path) -> None:
    """Every page of the autodiscovery test suite, and home pages of other readers' tests, give the feed they declare."""
    folder = shared / "corpus" / "html"
    suite = sorted((folder / "feedfinder").glob("html4-0*.html"))
    if not suite:
        pytest.skip("needs ../shared/corpus/html (other people's pages)")
    for path in suite:
        found = page(path.read_bytes(), f"https://suite.example/{path.name}", "text/html").feeds
        assert [(path.stem, "feed")] == [(Path(one.url).stem, one.kind) for one in found], path.name
    homes = {
        "feedreader-cs/Html__codehollow.html": "https://codehollow.com/feed/",
        "feedreader-cs/Html__heise.html": "https://www.heise.de/rss/heise-atom.xml",
        "feedreader-cs/Html__stackoverflow.html": "https://home.example/feeds",
        "netnewswire/inessential.html": "http://inessential.com/xml/rss.xml",
        "picofeed/html_page.html": "http://www.lemonde.fr/europe/rss_full.xml",
    }
    for name, url in homes.items():
        found = page((folder / name).read_bytes(), "https://home.example/", "text/html").feeds
        assert [url] == [one.url for one in found], name


# ── the usual addresses ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("generator", "first"),
    [
        ("WordPress 6.8", ["feed/", "?feed=rss2"]),
        ("WordPress 6.8; The Events Calendar", ["events/list/?ical=1", "feed/"]),
        ("WordPress 6.8; Modern Events Calendar", ["?mec-ical-feed=1", "feed/"]),
        ("Wix.com Website Builder", ["blog-feed.xml"]),
        ("Squarespace", ["news?format=rss", "blog?format=rss", "events?format=json", "events?format=ical"]),
        ("blogger", ["feeds/posts/default"]),
        ("Ghost 5.0", ["rss/"]),
        ("Drupal 10 (https://www.drupal.org)", ["rss.xml"]),
        ("Hugo 0.120", ["index.xml"]),
        ("Tumblr", ["rss"]),
        ("Medium", ["feed"]),
        ("Weebly", ["1/feed"]),
        ("Joomla! - Open Source Content Management", ["?format=feed&type=rss"]),
        ("", ["feed/", "rss.xml", "feed.xml", "atom.xml", "index.xml"]),
    ],
)
def test_candidates(generator: str, first: list[str]) -> None:
    """A site's software tells where its feeds are; what is usual everywhere comes after."""
    found = candidates(Page(url=HOME, generator=generator, sections=(HOME + "news",)))
    assert [HOME + path for path in first] == [url for url in found if url in {HOME + path for path in first}]
    assert found.index(HOME + first[0]) == 0
    assert HOME + "rss.xml" in found


def test_candidates_below_a_folder() -> None:
    """A site in a folder is looked into there before its host."""
    found = candidates(Page(url="https://sites.example/casa/start?x=/y", generator="WordPress"))
    assert found[:2] == ("https://sites.example/casa/feed/", "https://sites.example/feed/")


@pytest.mark.parametrize(
    ("html", "generator"),
    [
        (
            '<link rel=stylesheet href="/wp-content/themes/x.css"><div class="tribe-events">',
            "WordPress; The Events Calendar",
        ),
        ('<img src="https://static.wixstatic.com/x.png">', "Wix"),
        ('<script src="https://static1.squarespace.com/x.js"></script>', "Squarespace"),
        ('<meta name=generator content="WordPress 6"><img src="/wp-content/x.png">', "WordPress 6"),
    ],
)
def test_signs_of_software(html: str, generator: str) -> None:
    """Software that does not name itself is known by what it leaves in pages."""
    assert generator == page(html.encode(), HOME, "").generator


# ── asking a site ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A client that may ask this machine."""
    async with Client(user_agent="Tests/1", allowed=AllowedHosts.parse("1"), timeout=2) as opened:
        yield opened


async def is_feed(body: bytes, url: str, _content_type: str) -> FoundFeed | None:
    """Knows the three bodies of these tests."""
    kinds = {RSS: "feed", ATOM: "feed", ICAL: "calendar"}
    return FoundFeed(url, "Its own name", kinds[body], "address") if body in kinds else None  # type: ignore[arg-type]


def found(seen: Page, server: Server) -> list[tuple[str, str]]:
    """Path and how of what was found on the server."""
    return [(one.url.removeprefix(server.url("")), one.how) for one in seen.feeds]


async def test_the_address_is_a_feed(client: Client) -> None:
    """A feed's own address gives that feed, where it is after redirects, with one request more than these."""
    answers: dict[str, bytes | Handler] = {"/old": redirect("/rss", 301), "/rss": reply(RSS)}
    async with serving(answers) as server:
        seen = await discover(client, server.url("/old"), is_feed)
        expected = FoundFeed(server.url("/rss"), "Its own name", "feed", "address")
        assert Page(url=server.url("/rss"), title="Its own name", feeds=(expected,)) == seen
        assert server.paths == ["/old", "/rss"]


async def test_the_page_says_it_all(client: Client) -> None:
    """Where a page declares a feed and a calendar, nothing else is asked for."""
    html = b'<title>Casa</title><link rel=alternate type="application/rss+xml" href=/rss><a href="/a.ics">Calendar</a>'
    async with serving({"/": reply(html)}) as server:
        seen = await discover(client, server.url(), is_feed)
        assert found(seen, server) == [("/rss", "link rel=alternate"), ("/a.ics", "link")]
        assert server.paths == ["/"]


async def test_the_usual_addresses_are_tried(client: Client) -> None:
    """Where a page declares nothing, the usual addresses are tried until one is a feed; a page in its place is none."""
    answers: dict[str, bytes | Handler] = {
        "/": reply(b"<!doctype html><title>Casa</title>"),
        "/feed/": reply(b"<html>Nothing here, with status 200"),
        "/rss.xml": redirect("/feed.xml"),
        "/feed.xml": reply(RSS),
    }
    async with serving(answers) as server:
        seen = await discover(client, server.url(), is_feed)
        assert seen.title == "Casa"
        assert found(seen, server) == [("/feed.xml", "usual address")]
        assert server.paths == ["/", "/feed/", "/rss.xml", "/feed.xml"]


async def test_news_and_events_pages_are_looked_into(client: Client) -> None:
    """A calendar that is embedded on the events page, and a feed that the news page declares, are found."""
    embed = b'<iframe src="https://calendar.google.com/calendar/embed?src=casa%40group.calendar.google.com"></iframe>'
    answers: dict[str, bytes | Handler] = {
        "/": reply(b'<html><a href="/calendar">Calendar</a> <a href="/blog">Blog</a>'),
        "/calendar": reply(b"<html>" + embed),
        "/blog": reply(b'<html><link rel=alternate type="application/rss+xml" href="/blog/all.xml">'),
    }
    async with serving(answers) as server:
        seen = await discover(client, server.url(), is_feed)
        assert found(seen, server) == [("/blog/all.xml", "link rel=alternate"), (CALENDAR, "embedded calendar")]


async def test_a_missing_calendar_is_looked_for_where_the_software_has_it(client: Client) -> None:
    """A page with a feed, made with The Events Calendar, is asked for its calendar, and for no further feed."""
    answers: dict[str, bytes | Handler] = {
        "/": reply(b'<html class="tribe-events"><link rel=alternate type="application/rss+xml" href="/feed/">'),
        "/events/list/?ical=1": reply(ICAL),
    }
    async with serving(answers) as server:
        seen = await discover(client, server.url(), is_feed)
        assert found(seen, server) == [("/feed/", "link rel=alternate"), ("/events/list/?ical=1", "usual address")]
        assert server.paths == ["/", "/events/list/?ical=1"]


async def test_it_asks_politely(client: Client) -> None:
    """Eight requests at most, one after the other, even where a site has nothing at all."""
    links = b"".join(b'<a href="/%s">x</a>' % path for path in (b"events", b"calendar", b"news", b"blog", b"agenda"))
    async with serving({"/a/": reply(b'<html class="wp-content/ squarespace /wp-content/">' + links)}) as server:
        seen = await discover(client, server.url("/a/"), is_feed)
        assert (seen.feeds, len(server.requests)) == ((), 8)
        assert len(set(server.paths)) == 8
        assert server.connections == 1


@pytest.mark.parametrize("status", [503, 500])
async def test_what_goes_wrong_behind_the_page_is_passed_over(client: Client, status: int) -> None:
    """Errors at the usual addresses leave what the page itself says."""
    async with serving({"/": reply(b"<html><title>Casa</title>"), "/feed/": reply(status=status)}) as server:
        assert (await discover(client, server.url(), is_feed)).title == "Casa"


async def test_a_site_that_stops_answering_is_left_alone(client: Client) -> None:
    """When a site breaks off, no further addresses are tried."""

    async def broken(request: object, writer: object) -> None:
        writer.transport.abort()  # type: ignore[attr-defined]

    async with serving({"/": reply(b"<html><title>Casa</title>"), "/feed/": broken}) as server:
        assert (await discover(client, server.url(), is_feed)).title == "Casa"
        assert "/rss.xml" not in server.paths


async def test_an_address_without_a_scheme(client: Client) -> None:
    """A site without TLS is found by the bare name that a person types."""
    async with serving({"/": reply(b"<html><title>Casa</title>")}) as server:
        seen = await discover(client, f"127.0.0.1:{server.port}", is_feed)
    assert seen.url == server.url()


async def test_http_and_www_are_tried_for_a_person(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a bare name does not answer by https, http and the name with www. are tried; not where https was meant."""
    asked: list[str] = []

    async def get(_self: Client, url: str, headers: object) -> object:
        asked.append(url)
        raise Unreachable(url)

    monkeypatch.setattr(Client, "get", get)
    for address in ("casa.example/a", "https://casa.example/a"):
        with pytest.raises(Unreachable) as caught:
            await discover(client, address, is_feed)
        assert caught.value.subject == "https://casa.example/a"
    expected = [
        "https://casa.example/a",
        "http://casa.example/a",
        "https://www.casa.example/a",
        "https://casa.example/a",
    ]
    assert expected == asked


async def test_a_calendar_page_of_google(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address of a Google Calendar page stands for its calendar."""
    asked: list[str] = []
    get = Client.get
    async with serving(reply(ICAL)) as server:

        async def instead(self: Client, url: str, headers: dict[str, str]) -> object:
            asked.append(url)
            return await get(self, server.url("/basic.ics"), headers)

        monkeypatch.setattr(Client, "get", instead)
        url = "https://calendar.google.com/calendar/embed?src=casa%40group.calendar.google.com&ctz=America/New_York"
        seen = await discover(client, url, is_feed)
    assert asked == [CALENDAR]
    assert [one.kind for one in seen.feeds] == ["calendar"]


async def test_failures_at_the_address_itself(client: Client) -> None:
    """What is wrong with the address that a person gave is told."""
    async with serving({"/403": reply(status=403)}) as server:
        for address, error in {
            server.url("/404"): NotFound,
            server.url("/403"): Forbidden,
            "ftp://a.example": BadScheme,
        }.items():
            with pytest.raises(error):
                await discover(client, address, is_feed)
    with pytest.raises(Unreachable):
        await discover(client, server.url(), is_feed)
