"""Calendars in several pages: all of them or none, and no more is asked for than needed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping

import pytest

from feeds import paging
from feeds.addresses import AllowedHosts, coming_events
from feeds.client import Client
from feeds.model import Failed, Source, Unchanged
from feeds.pipeline import Pulled, pull
from tests.servers import Handler, Server, redirect, reply, serving
from tests.world import NOW, ZONE

LIST = "https://sol.example/events/list/?ical=1"
DEFAULT = "https://sol.example/events/?ical=1"
PLAIN = "https://sol.example/?post_type=tribe_events&ical=1&eventDisplay=list"
FULL = range(30)


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A client that may ask this machine."""
    async with Client(user_agent="Tests/1", allowed=AllowedHosts.parse("127.0.0.1"), timeout=5) as opened:
        yield opened


def export(
    numbers: range, *, stamp: str = "20261122T120000", end: str = "END:VCALENDAR", title: str = "Taller"
) -> bytes:
    """A page of an export by The Events Calendar, of events with these numbers, written at a moment."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Sol - ECPv6.17.3//NONSGML v1.0//EN", "X-WR-CALNAME:Sol"]
    for number in numbers:
        day = f"2026{11 + number // 28 % 2:02}{1 + number % 28:02}"
        lines += [
            "BEGIN:VEVENT",
            f"DTSTART;TZID=America/New_York:{day}T180000",
            f"DTEND;TZID=America/New_York:{day}T190000",
            f"DTSTAMP:{stamp}",
            f"UID:{number}-1-2@sol.example",
            f"SUMMARY:{title} {number}",
            f"URL:https://sol.example/event/taller-{number}/",
            "END:VEVENT",
        ]
    return "\r\n".join([*lines, end]).encode()


# ── which page is next ─────────────────────────────────────────────────────────────────────────────────────────────

NEXT = {
    "a full page": (LIST, [FULL], "https://sol.example/events/list/page/2/?ical=1"),
    "two full pages": (LIST, [FULL, range(30, 60)], "https://sol.example/events/list/page/3/?ical=1"),
    "where pages have no names": (PLAIN, [FULL], PLAIN + "&paged=2"),
    "a page that is not full": (LIST, [range(29)], None),
    "a last page that is not full": (LIST, [FULL, range(30, 41)], None),
    "pages of another round number": (LIST, [range(10)], "https://sol.example/events/list/page/2/?ical=1"),
    "more than usual": (LIST, [range(100)], "https://sol.example/events/list/page/2/?ical=1"),
    "nothing new": (LIST, [FULL, FULL], None),
    "nothing at all": (LIST, [range(0)], None),
    "nothing more": (LIST, [FULL, range(0)], None),
    "the default view may be a month": (DEFAULT, [range(4)], "https://sol.example/events/list/?ical=1"),
    "a month without events": (DEFAULT, [range(0)], "https://sol.example/events/list/?ical=1"),
    "the default view was the list": (DEFAULT, [FULL, FULL], "https://sol.example/events/list/page/2/?ical=1"),
    "the default view was the whole": (DEFAULT, [range(7), range(7)], None),
    "a list in another language": (
        "https://sol.example/eventos/lista/?ical=1",
        [FULL],
        "https://sol.example/eventos/lista/page/2/?ical=1",
    ),
    "a category": (
        "https://sol.example/events/category/taller/?ical=1",
        [FULL],
        "https://sol.example/events/category/taller/list/?ical=1",
    ),
    "a subscription from one day": (
        "https://sol.example/?post_type=tribe_events&tribe-bar-date=2025-01-01&ical=1",
        [FULL],
        PLAIN,
    ),
    "one event": ("https://sol.example/event/taller-7/?ical=1", [range(7, 8)], None),
    "one event under another name": (
        "https://sol.example/taller-7/?ical=1",
        [range(7, 8)],
        "https://sol.example/taller-7/list/?ical=1",
    ),
    "a file": ("https://sol.example/events/list.ics", [FULL], None),
    "a venue": ("https://sol.example/venue/hall/?ical=1", [FULL], None),
    "the twentieth page": (LIST, [range(30 * n, 30 * n + 30) for n in range(20)], None),
}


@pytest.mark.parametrize("case", NEXT)
def test_the_next_page(case: str) -> None:
    """A page is asked for while the last was full and brought something new, and twenty at most."""
    address, pages, expected = NEXT[case]
    assert expected == paging.next_address(address, [export(numbers) for numbers in pages])


def test_others_have_one_page() -> None:
    """A calendar of another program is whole, however many events it has."""
    body = export(range(60)).replace(b"ECPv", b"Other ")
    assert paging.next_address(LIST, [body]) is None
    assert paging.next_address(LIST, [b"<rss/>"]) is None


def month(name: str, *ids: int, site: str = "") -> bytes:
    """A month of a Squarespace collection that is shown as a calendar."""
    items = [
        {
            "id": f"{number:024}",
            "fullUrl": f"/e/{number}",
            "title": f"E {number}",
            "startDate": 1_795_906_800_000 + number,
        }
        for number in ids
    ]
    following = {"nextPageUrl": f"{site}?month={name}&view=calendar"}
    collection = {"typeName": "events", "fullUrl": "/e"}
    return json.dumps({"website": {}, "collection": collection, "items": items, "pagination": following}).encode()


def test_an_address_that_is_none() -> None:
    """An export in which an event has no address that can be read is read all the same."""
    body = export(range(3)).replace(b"URL:https://sol.example", b"URL:https://[sol.example")
    assert "https://sol.example/events/list/?ical=1" == paging.next_address(DEFAULT, [body])


def test_a_squarespace_calendar_month_by_month() -> None:
    """The next month is asked for until one brings nothing; never on another site, and never pages of the past."""
    address = "https://lotus.example/e?format=json"
    second = "https://lotus.example/e?month=december-2026&view=calendar&format=json"
    assert second == paging.next_address(address, [month("december-2026", 1)])
    assert second == paging.next_address(address, [month("december-2026")])
    assert paging.next_address(address, [month("december-2026", 1), month("january-2027")]) is None
    assert paging.next_address(address, [month("december-2026", 1, site="https://elsewhere.example/")]) is None
    assert paging.next_address(address, [month("x", 1).replace(b"?month=x&view=calendar", b"/e?offset=1")]) is None
    assert paging.next_address("https://lotus.example/feed.json", [month("december-2026", 1)]) is None


# ── all pages of one pull ──────────────────────────────────────────────────────────────────────────────────────────

Answers = Mapping[str, bytes | Handler]
PAGE_1, PAGE_2, PAGE_3 = "/events/list/?ical=1", "/events/list/page/2/?ical=1", "/events/list/page/3/?ical=1"


async def pulled(client: Client, answers: Answers, path: str = PAGE_1, **known: object) -> tuple[object, Server]:
    """What comes of a pull from a server with these answers."""
    async with serving(answers) as server:
        source = Source(url=server.url(path), **known)  # type: ignore[arg-type]
        return await pull(client, source, now=NOW, zone=ZONE), server


def calendar(body: bytes, **headers: str) -> bytes:
    return reply(body, 200, Content_Type="text/calendar; charset=UTF-8", **headers)


async def test_all_pages_are_one_calendar(client: Client) -> None:
    """A calendar of 70 events in three pages has 70 events; one on two pages comes once."""
    answers = {
        PAGE_1: calendar(export(FULL)),
        PAGE_2: calendar(export(range(29, 59))),
        PAGE_3: calendar(export(range(59, 70))),
    }
    result, server = await pulled(client, answers)
    assert isinstance(result, Pulled)
    assert [f"Taller {number}" for number in range(70)] == [event.title for event in result.feed.events]
    assert [PAGE_1, PAGE_2, PAGE_3] == server.paths
    assert "Sol" == result.feed.title


async def test_a_default_view_that_is_a_month(client: Client) -> None:
    """A site whose first view is the month gives what comes later, too."""
    answers = {"/events/?ical=1": calendar(export(range(5))), PAGE_1: calendar(export(range(3, 20)))}
    result, _ = await pulled(client, answers, "/events/?ical=1")
    assert isinstance(result, Pulled)
    assert 20 == len(result.feed.events)


async def test_the_end_is_an_empty_answer(client: Client) -> None:
    """The Events Calendar answers with nothing when there are no events: after a full page that is its end, and on the
    first page a calendar without events.
    """
    result, _ = await pulled(client, {PAGE_1: calendar(export(FULL)), PAGE_2: reply(b"", Content_Type="text/html")})
    assert isinstance(result, Pulled)
    assert 30 == len(result.feed.events)
    result, _ = await pulled(client, {PAGE_1: reply(b"\n", Content_Type="text/html")})
    assert isinstance(result, Pulled)
    assert ("ical", ()) == (result.feed.format, result.feed.events)
    result, _ = await pulled(client, {"/feed/": reply(b"")}, "/feed/")
    assert isinstance(result, Failed)


BROKEN = {
    "an error": (reply(b"Error establishing a database connection", status=500), ""),
    "busy": (reply(status=429, Retry_After="120"), "busy"),
    "a web page": (reply(b"<!doctype html><html><title>Sol</title></html>", Content_Type="text/html"), ""),
    "a page that breaks off": (calendar(export(range(30, 50), end="BEGIN:VEV")), "bad_answer"),
    "in circles": (redirect(PAGE_2), "too_many_redirects"),
    "too much": (calendar(export(range(30, 60)) + b" " * 9_999_000), "too_large"),
}


@pytest.mark.parametrize("case", BROKEN)
async def test_a_page_that_fails(client: Client, case: str) -> None:
    """When a later page can't be had the pull has failed: events are never dropped because a page is missing."""
    answer, code = BROKEN[case]
    result, _ = await pulled(client, {PAGE_1: calendar(export(FULL)), PAGE_2: answer})
    assert isinstance(result, Failed)
    assert code in {"", result.problem.code}
    assert (120 if case == "busy" else None) == result.retry_after


async def test_a_page_that_is_not_there(client: Client) -> None:
    """After a full page WordPress may say that there is no other (404): asked at its other address, too, that is the end,
    or the page is found there.
    """
    other = "/?post_type=tribe_events&ical=1&eventDisplay=list&paged=2"
    result, server = await pulled(client, {PAGE_1: calendar(export(FULL))})
    assert isinstance(result, Pulled)
    assert (30, [PAGE_1, PAGE_2, other]) == (len(result.feed.events), server.paths)
    result, _ = await pulled(client, {PAGE_1: calendar(export(FULL)), other: reply(b"<html>Home</html>")})
    assert isinstance(result, Pulled)
    result, _ = await pulled(client, {PAGE_1: calendar(export(FULL)), other: calendar(export(range(30, 44)))})
    assert isinstance(result, Pulled)
    assert 44 == len(result.feed.events)
    result, _ = await pulled(client, {PAGE_1: calendar(export(FULL)), other: reply(status=500)})
    assert isinstance(result, Failed)


async def test_a_copy_of_an_export(client: Client) -> None:
    """A file that was once exported has no pages."""
    result, server = await pulled(client, {"/events.ics": calendar(export(FULL))}, "/events.ics")
    assert isinstance(result, Pulled)
    assert ["/events.ics"] == server.paths


async def test_nothing_new_on_any_page(client: Client) -> None:
    """The same events on all pages are nothing new, though each export says anew when it was written."""
    first = {PAGE_1: calendar(export(FULL)), PAGE_2: calendar(export(range(30, 40)))}
    result, _ = await pulled(client, first)
    assert isinstance(result, Pulled)
    later = {
        PAGE_1: calendar(export(FULL, stamp="20261122T130000")),
        PAGE_2: calendar(export(range(30, 40), stamp="20261122T130001")),
    }
    again, _ = await pulled(client, later, body_hash=result.fetched.body_hash)
    assert isinstance(again, Unchanged)


async def test_news_on_the_second_page_only(client: Client) -> None:
    """A change on page 2 is seen although the validators of page 1 are the same: they are not kept."""
    same = calendar(export(FULL), ETag='"1"', Last_Modified="Sun, 22 Nov 2026 12:00:00 GMT")
    result, _ = await pulled(client, {PAGE_1: same, PAGE_2: calendar(export(range(30, 40)))})
    assert isinstance(result, Pulled)
    assert ("", "") == (result.fetched.etag, result.fetched.last_modified)
    changed = {PAGE_1: same, PAGE_2: calendar(export(range(30, 40), title="Fiesta"))}
    result, server = await pulled(client, changed, body_hash=result.fetched.body_hash)
    assert isinstance(result, Pulled)
    assert "Fiesta 30" == result.feed.events[30].title
    assert "if-none-match" not in server.requests[0].headers


async def test_one_page_keeps_its_validators(client: Client) -> None:
    """A calendar of one page is asked for by its validators; without any, the same events are nothing new."""
    result, server = await pulled(client, {PAGE_1: calendar(export(range(4)), ETag='"1"')})
    assert isinstance(result, Pulled)
    assert ('"1"', [PAGE_1]) == (result.fetched.etag, server.paths)
    later = {PAGE_1: calendar(export(range(4), stamp="20261123T000000"))}
    again, _ = await pulled(client, later, body_hash=result.fetched.body_hash)
    assert isinstance(again, Unchanged)


def test_a_digest_of_what_is_said() -> None:
    """Only when calendars were written makes no difference; what they say does, and so does any byte of a feed."""
    one = export(range(3))
    assert paging.digest([one]) == paging.digest([export(range(3), stamp="20270101T000000")])
    assert paging.digest([one]) != paging.digest([export(range(4))])
    assert paging.digest([b"<rss>\nDTSTAMP:1\n</rss>"]) != paging.digest([b"<rss>\nDTSTAMP:2\n</rss>"])


# ── addresses ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://sol.example/events/list/?ical=1", LIST),
        ("https://sol.example/events/month/?ical=1", LIST),
        ("https://sol.example/events/2026-11/?ical=1", LIST),
        ("https://sol.example/events/list/page/2/?tribe-bar-date=2026-01-01&ical=1", LIST),
        ("https://sol.example/?post_type=tribe_events&ical=1", PLAIN),
        ("https://sol.example/?post_type=tribe_events&tribe-bar-date=2026-01-01&ical=1&eventDisplay=month", PLAIN),
        ("https://sol.example/wp/eventos/mes/?outlook-ical=1", "https://sol.example/wp/eventos/list/?outlook-ical=1"),
        (DEFAULT, DEFAULT),
        (DEFAULT + "&tribe-bar-date=2026-01-01", DEFAULT),
        ("https://sol.example/venue/hall/?ical=1", "https://sol.example/venue/hall/?ical=1"),
        ("https://sol.example/events.ics", "https://sol.example/events.ics"),
        ("https://sol.example/events/?medical=1", "https://sol.example/events/?medical=1"),
    ],
)
def test_what_to_subscribe_to(address: str, expected: str) -> None:
    """An export of one view, page or day stands for the list of all that is coming; other addresses for themselves."""
    assert expected == coming_events(address)
