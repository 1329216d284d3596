"""The combined feed: valid, complete, the same items in every format, and cheap to ask for again."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from itertools import pairwise

import brotli
import pytest
from icalendar import Calendar
from lxml import etree

from network.database.engine import raise_generation
from tests.network.conftest import RunningSite
from tests.strict_feeds import check_atom, check_json_feed, check_rss, is_error
from tests.world import NOW, TENANTS, bring, calendar, entry, event, join, news

ATOM = "{http://www.w3.org/2005/Atom}"
SELECTIONS = ("", "?kind=news", "?kind=events", "?member=tenants-of-main-south", "?member=centro-obrero-de-fitchburg",
              "?topic=housing", "?language=es", "?near=01609&within=10")  # fmt: skip


@pytest.mark.parametrize("language", ["", "/es"])
@pytest.mark.parametrize("selection", SELECTIONS)
async def test_every_format_is_valid(site: RunningSite, selection: str, language: str) -> None:
    """By validators written from RFC 4287, the RSS 2.0 specification and JSON Feed 1.1."""
    rss = (await site.browser.get(f"{language}/feed.rss{selection}")).content
    atom = (await site.browser.get(f"{language}/feed.atom{selection}")).content
    told = (await site.browser.get(f"{language}/feed.json{selection}")).content
    assert [said for said in (*check_rss(rss), *check_atom(atom), *check_json_feed(told)) if is_error(said)] == []


@pytest.mark.parametrize("selection", SELECTIONS)
async def test_the_same_selection_lists_the_same_items_in_every_format(site: RunningSite, selection: str) -> None:
    """In the same order, under the same ids."""
    rss = etree.fromstring((await site.browser.get("/feed.rss" + selection)).content)
    atom = etree.fromstring((await site.browser.get("/feed.atom" + selection)).content)
    told = (await site.browser.get("/feed.json" + selection)).json()
    ids = [item["id"] for item in told["items"]]
    assert [item.findtext("guid") for item in rss.iterfind("channel/item")] == ids
    assert [item.findtext(ATOM + "id") for item in atom.iterfind(ATOM + "entry")] == ids
    ics = Calendar.from_ical((await site.browser.get("/events.ics" + selection)).content)
    titles = {
        item["title"].removeprefix("CANCELLED: ") for item in told["items"] if "start" in item.get("_vecinos", {})
    }
    assert {str(found["SUMMARY"]).removeprefix("CANCELLED: ") for found in ics.walk("VEVENT")} == titles


async def test_ids_are_the_same_in_every_language_and_after_an_edit(site: RunningSite) -> None:
    """A stable id never changes: what somebody has read is not new to them again."""
    before = [item["id"] for item in (await site.browser.get("/feed.json")).json()["items"]]
    assert [item["id"] for item in (await site.browser.get("/es/feed.json")).json()["items"]] == before
    edited = news(entry(1, title="Edited"), entry(2, title="Derechos", language="es"), entry(4, title="Four"))
    await bring(site.database, {"https://tenants.example/feed/": edited}, now=NOW + 60)
    assert sorted(item["id"] for item in (await site.browser.get("/feed.json?kind=all")).json()["items"]) == sorted(
        before
    )


async def test_a_date_is_never_in_the_future(site: RunningSite) -> None:
    """Nor is a feed's own."""
    told = etree.fromstring((await site.browser.get("/feed.atom")).content)
    stamps = [node.text for name in ("published", "updated") for node in told.iter(ATOM + name)]
    assert max(stamp for stamp in stamps if stamp) <= "2026-11-22T12:00:00Z"


async def test_an_item_carries_its_source(site: RunningSite) -> None:
    """The organization as author, its feed as source, and all that brought it."""
    told = etree.fromstring((await site.browser.get("/feed.rss?kind=news")).content)
    first = told.find("channel/item")
    assert first is not None
    source = first.find("source")
    assert source is not None
    assert (source.get("url"), source.text) == ("https://tenants.example/feed/", "Tenants of Main South")
    (both,) = [
        item["authors"] for item in (await site.browser.get("/feed.json")).json()["items"] if item["title"] == "Post 1"
    ]
    assert [author["name"] for author in both] == ["Tenants of Main South", "Centro Obrero de Fitchburg"]


async def test_an_event_has_start_end_and_place_as_data_and_in_the_text(site: RunningSite) -> None:
    """In the reader's language."""
    (found,) = [
        item for item in (await site.browser.get("/feed.json")).json()["items"] if item["title"] == "Gathering 1"
    ]
    assert found["_vecinos"]["start"].startswith("2026-11-23T18:00")
    assert found["_vecinos"]["venue"] == "Sycamore Hall"
    assert "Monday, November 23, 2026, 6–8" in found["content_html"]
    spanish = (await site.browser.get("/es/feed.json")).json()["items"]
    assert any("lunes" in item["content_html"] and "Sycamore Hall" in item["content_html"] for item in spanish)


async def test_a_cancelled_event_stays_visible_as_cancelled(site: RunningSite) -> None:
    """In words in the title, as a status in the calendar."""
    titles = [item["title"] for item in (await site.browser.get("/feed.json?kind=events")).json()["items"]]
    assert "CANCELLED: Gathering 2" in titles
    ics = Calendar.from_ical((await site.browser.get("/events.ics")).content)
    assert [str(found["STATUS"]) for found in ics.walk("VEVENT") if "Gathering 2" in str(found["SUMMARY"])] == [
        "CANCELLED"
    ]


@pytest.mark.parametrize(
    "path", ["/feed.rss", "/feed.atom", "/feed.json", "/events.ics", "/members.opml", "/", "/es/news"]
)
async def test_asking_again_costs_nothing(site: RunningSite, path: str) -> None:
    """A true 304 by ETag and by date, in every coding, with the headers that RFC 9110 wants."""
    for coding in ("identity", "gzip", "br", "gzip;q=0.5, br;q=0"):
        first = await site.browser.get(path, headers={"Accept-Encoding": coding})
        for asked in ({"If-None-Match": first.headers["etag"]}, {"If-Modified-Since": first.headers["last-modified"]},
                      {"If-None-Match": f'"other", W/{first.headers["etag"]}'}):  # fmt: skip
            again = await site.browser.get(path, headers={"Accept-Encoding": coding, **asked})
            assert (again.status_code, again.content) == (304, b"")
            assert again.headers["etag"] == first.headers["etag"]
        stale = await site.browser.get(
            path, headers={"If-None-Match": '"other"', "If-Modified-Since": first.headers["last-modified"]}
        )
        assert stale.status_code == 200


async def test_bodies_are_compressed_as_asked(site: RunningSite) -> None:
    """With an ETag of their own for each coding."""
    plain = await _raw(site, "identity")
    zipped, brotlied = await _raw(site, "gzip"), await _raw(site, "br, gzip")
    assert gzip.decompress(zipped[1]) == plain[1] == brotli.decompress(brotlied[1])
    assert len({plain[0], zipped[0], brotlied[0]}) == 3


async def _raw(site: RunningSite, coding: str) -> tuple[str, bytes]:
    request = site.browser.build_request("GET", "/feed.atom", headers={"Accept-Encoding": coding})
    answer = await site.browser.send(request, stream=True)
    body = b"".join([part async for part in answer.aiter_raw()])
    return answer.headers["etag"], body


async def test_a_change_is_in_the_feed_at_once(site: RunningSite) -> None:
    """And changes its ETag; a change that changes no body does not."""
    import asyncio

    first = await site.browser.get("/feed.atom")
    async with site.database.writing() as connection:
        await raise_generation(connection)
    await asyncio.sleep(0.11)
    same = await site.browser.get("/feed.atom")
    assert (same.headers["etag"], same.headers["last-modified"]) == (
        first.headers["etag"],
        first.headers["last-modified"],
    )
    await bring(site.database, {"https://tenants.example/events.ics": calendar(event(1), event(9))}, now=NOW)
    await asyncio.sleep(0.11)
    assert "Gathering 9" in (await site.browser.get("/feed.atom")).text


async def test_a_long_feed_is_paged(site: RunningSite) -> None:
    """RFC 5005: following `next` from page to page gives every item once, and the end has no next."""
    many = news(*(entry(number) for number in range(1, 251)))
    await bring(site.database, {"https://tenants.example/feed/": many}, now=NOW)
    path: str | None = "/feed.json?kind=news"
    pages: list[list[str]] = []
    while path:
        page = (await site.browser.get(path)).json()
        pages.append([item["id"] for item in page["items"]])
        path = page.get("next_url")
    assert [len(page) for page in pages] == [100, 100, 50]
    assert len({one for page in pages for one in page}) == 250
    atom = etree.fromstring((await site.browser.get("/feed.atom?kind=news&page=2")).content)
    links = {link.get("rel"): link.get("href") for link in atom.iterfind(ATOM + "link")}
    assert {"first", "previous", "next", "self"} <= set(links)


async def test_a_head_request_has_the_headers_and_no_body(site: RunningSite) -> None:
    """As a GET would have them."""
    get, head = await site.browser.get("/feed.rss"), await site.browser.head("/feed.rss")
    assert head.content == b""
    assert {name: head.headers[name] for name in ("etag", "content-type")} == {
        name: get.headers[name] for name in ("etag", "content-type")
    }


async def test_an_unknown_place_or_member_is_no_empty_feed(site: RunningSite) -> None:
    """A subscription to a typing error would stay silent for years."""
    assert (await site.browser.get("/feed.rss?near=Xyzzy")).status_code == 400
    assert (await site.browser.get("/feed.rss?member=tenants-of-main-suoth")).status_code == 404


async def test_an_empty_network_has_valid_feeds(site: RunningSite) -> None:
    """On the first day there is nothing, and that is fine."""
    from network.members import register

    async with site.database.writing() as connection:
        for member in await register.everyone(connection):
            await register.remove(connection, member.slug)
    rss, atom = (await site.browser.get("/feed.rss")).content, (await site.browser.get("/feed.atom")).content
    told = (await site.browser.get("/feed.json")).content
    assert [said for said in (*check_rss(rss), *check_atom(atom), *check_json_feed(told)) if is_error(said)] == []
    assert json.loads(told)["items"] == []


async def test_items_are_in_order(site: RunningSite) -> None:
    """The latest published first."""
    dates = [item["date_published"] for item in (await site.browser.get("/feed.json")).json()["items"]]
    assert all(one >= other for one, other in pairwise(dates))


async def test_a_secret_address_is_read_but_never_published(site: RunningSite) -> None:
    """Google's "secret address in iCal format" shows a whole calendar to whoever knows it."""
    secret = "https://calendar.google.com/calendar/ical/tenants%40gmail.com/private-0123456789abcdef/basic.ics"
    await join(site.database, replace(TENANTS, home_url="https://secret.example/", name="Secret"), secret)
    await bring(site.database, {secret: calendar(event(1, uid="secret@google.com"))})
    for path in ("/members.opml", "/members/secret", "/health", "/feed.rss", "/feed.atom", "/feed.json", "/events.ics"):
        assert "0123456789abcdef" not in (await site.browser.get(path)).text, path
