"""Documents that are none: whatever comes in place of a feed or calendar, what was good stays, and it is told why."""

from __future__ import annotations

import gzip

import pytest

from feeds.parse import ical
from tests.faults.documents import CALENDAR, Gathering, Post, ics, rss
from tests.faults.network import Network
from tests.faults.sites import Site, announced, bomb, endless
from tests.servers import Handler, reply, serving
from tests.world import DAY, HOUR, NOW

POSTS = [
    Post(guid=str(number), link=f"https://tenants.example/{number}", title=f"Post {number}", published=NOW - number * DAY)
    for number in range(1, 13)
]  # fmt: skip
GATHERINGS = [
    Gathering(uid=f"{number}@tenants.example", title=f"Gathering {number}", start=NOW + number * DAY)
    for number in range(1, 9)
]
PAGE = (
    b"<!doctype html><html><head><title>Tenants of Main South</title></head><body>"
    b"<h1>Welcome</h1><p>We meet every Thursday.</p></body></html>"
)
SIGN_IN = (
    b"<!doctype html><html><head><title>Log In</title></head><body>"
    b"<form><input name='log'><input type='password' name='pwd'></form></body></html>"
)
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>'
    b"<rss version='2.0'><channel><title>&d;</title></channel></rss>"
)
DEEP = b"<rss version='2.0'><channel>" + b"<item>" * 20_000

STRANGE: dict[str, tuple[Handler | bytes, str]] = {
    "one that is said to be larger than allowed": (announced(50_000_000), "too_large"),
    "one that never ends": (endless, "too_large"),
    "twenty kilobytes that unpack to twenty megabytes": (bomb(), "too_large"),
    "one packed in a packed one": (
        reply(gzip.compress(gzip.compress(b"x")), Content_Encoding="gzip, gzip"), "bad_answer",
    ),
    "one that is not packed as it says": (reply(rss(POSTS), Content_Encoding="gzip"), "bad_answer"),
    "one whose packing breaks off": (reply(gzip.compress(rss(POSTS))[:-50], Content_Encoding="gzip"), "bad_answer"),
    "a part of one that nobody asked for": (reply(rss(POSTS), 206), "bad_answer"),
    "a web page": (reply(PAGE, Content_Type="text/html"), "html_page"),
    "a web page that says it is a feed": (reply(PAGE, Content_Type="application/rss+xml"), "html_page"),
    "a page to sign in at": (reply(SIGN_IN, Content_Type="text/html"), "sign_in_page"),
    "nothing at all": (reply(b""), "empty_body"),
    "nothing but blank lines": (reply(b"\xef\xbb\xbf\r\n \r\n"), "empty_body"),
    "a sentence": (reply(b"Error establishing a database connection"), "site_faulty"),
    "bytes without any meaning": (reply(bytes(range(256)) * 40), "not_a_feed"),
    "JSON that is no feed": (reply(b'{"error": "rate limited"}', Content_Type="application/json"), "not_a_feed"),
    "entities that multiply": (reply(LAUGHS), "unsafe_document"),
    "tags a thousand deep": (reply(DEEP), "unsafe_document"),
}  # fmt: skip

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("kind", ["feed", "calendar"])
async def test_garbage_once_and_good_again(network: Network, kind: str) -> None:
    """In place of a feed or calendar comes something else: nothing that was published goes, each owner is told what it was,
    and when the site is itself again so is everything.
    """
    good = Site(rss(POSTS)) if kind == "feed" else Site(ics(GATHERINGS), CALENDAR)
    end = "feed" if kind == "feed" else "events.ics"
    sites = {f"/{number}/{end}": Site(good.body, good.media_type) for number in range(len(STRANGE))}
    async with serving(sites) as server:
        await network.join(*(server.url(path) for path in sites))
        await network.pull()
        before = await network.titles(), await network.on()
        for site, (fault, _) in zip(sites.values(), STRANGE.values(), strict=True):
            site.fault = fault
        reports = await network.pull()
        found = {name: reports[server.url(path)].problem for name, path in zip(STRANGE, sites, strict=True)}
        assert found == {name: code for name, (_, code) in STRANGE.items()}
        assert (await network.titles(), await network.on()) == before
        for site in sites.values():
            site.fault = None
        await network.pull()
        assert {source.health for source in (await network.sources()).values()} == {"fine"}
    assert (await network.titles(), await network.on()) == before


WHOLE = ics(GATHERINGS)


@sqlite
@pytest.mark.parametrize(
    ("part", "most"),
    [
        (WHOLE[: WHOLE.index(b"UID:6@")], ical.MAX_EVENTS),
        (WHOLE.replace(b"DTSTART:20261130", b"DTSTART:soon"), ical.MAX_EVENTS),
        (WHOLE + b"\r\n", 6),
    ],
    ids=["breaks off", "has dates that can't be read", "is larger than is read"],
)
async def test_a_calendar_of_which_not_all_is_read_takes_nothing_back(
    network: Network, monkeypatch: pytest.MonkeyPatch, part: bytes, most: int
) -> None:
    """The program that writes it died halfway, say, though the server says that all is well: what is missing stays on."""
    site = Site(WHOLE, CALENDAR)
    async with serving({"/events.ics": site}) as server:
        await network.join(server.url("/events.ics"))
        await network.pull()
        before = await network.on()
        with monkeypatch.context() as patch:
            patch.setattr(ical, "MAX_EVENTS", most)
            site.publish(part)
            await network.pull()
        assert (await network.source()).health == "suspect"
        assert await network.on() == before
        site.publish(WHOLE)
        await network.pull()
        assert (await network.source()).health == "fine"
    assert await network.on() == before


@sqlite
async def test_a_calendar_that_always_breaks_off_is_believed_in_the_end(network: Network) -> None:
    """Some programs never write the last line: when two more pulls say the same, what is missing is gone."""
    whole = ics(GATHERINGS)
    site = Site(whole, CALENDAR)
    async with serving({"/events.ics": site}) as server:
        await network.join(server.url("/events.ics"))
        await network.pull()
        site.publish(ics(GATHERINGS[:6]).removesuffix(b"END:VCALENDAR\r\n"))
        shown = []
        for _ in range(3):
            await network.pull(after=HOUR)
            shown.append(len(await network.on()))
    assert shown == [8, 8, 6]
