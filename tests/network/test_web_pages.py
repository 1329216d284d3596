"""Every page, as a visitor gets it."""

from __future__ import annotations

import re

import pytest

from network.members import register
from network.web.answers import SECURITY
from tests.network.conftest import RunningSite
from tests.world import NOW

PAGES = (
    "/", "/members", "/members?near=01609&within=25", "/members?near=Worcester", "/members?q=renters", "/members?topic=housing",
    "/members/tenants-of-main-south", "/events", "/events?from=2026-12-01", "/news", "/news?page=2", "/subscribe", "/about",
    "/join", "/join/thanks", "/health", "/health?state=fine&page=2",
)  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_there_in_both_languages(site: RunningSite, path: str) -> None:
    """Under its own address, with its language named, and a link to the other."""
    english = await site.browser.get(path)
    spanish = await site.browser.get("/es" + path)
    assert (english.status_code, spanish.status_code) == (200, 200)
    assert '<html lang="en"' in english.text
    assert '<html lang="es"' in spanish.text
    assert 'hreflang="es"' in english.text


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_asks_anything_of_another_site(site: RunningSite, path: str) -> None:
    """Whatever a browser would load is our own; the policy forbids the rest, and no cookie is set."""
    answer = await site.browser.get(path)
    loaded = re.findall(r'<(?:script|img|link rel="stylesheet"|iframe|source)[^>]*?(?:src|href)="([^"]*)"', answer.text)
    assert [address for address in loaded if not address.startswith("/")] == []
    assert answer.headers["content-security-policy"] == SECURITY["Content-Security-Policy"]
    assert "set-cookie" not in answer.headers


async def test_the_front_page_shows_what_is_on_and_what_is_new(site: RunningSite) -> None:
    """With the members."""
    page = (await site.browser.get("/")).text
    for words in ("Gathering 1", "Weekly meeting", "Post 1", "Tenants of Main South", "Centro Obrero de Fitchburg"):
        assert words in page


async def test_titles_of_strangers_are_text(site: RunningSite) -> None:
    """No markup of theirs gets into a page."""
    page = (await site.browser.get("/news")).text
    assert "&lt;b&gt;Bold&lt;/b&gt; &amp; co" in page
    assert "<b>Bold</b>" not in page


async def test_members_near_a_zip_code_come_nearest_first(site: RunningSite) -> None:
    """Worcester's tenants are near 01609; Fitchburg's workers are 23 miles off."""
    near = (await site.browser.get("/members?near=01609&within=10")).text
    assert "Tenants of Main South" in near
    assert "Centro Obrero" not in near
    wide = (await site.browser.get("/members?near=01609&within=50")).text
    assert wide.index("Tenants of Main South") < wide.index("Centro Obrero")


async def test_a_place_that_nobody_knows_is_said(site: RunningSite) -> None:
    """In the visitor's language, with what was written still there."""
    page = await site.browser.get("/es/members?near=Xyzzy")
    assert page.status_code == 200
    assert "Xyzzy" in page.text
    assert "código postal" in page.text


async def test_an_answer_to_a_search_is_kept_nowhere(site: RunningSite) -> None:
    """Neither by us nor by the browser nor by anything between: where somebody looks is their own business."""
    for path in ("/members?near=01609", "/members?q=housing", "/news?near=Worcester"):
        answer = await site.browser.get(path)
        assert (answer.headers["cache-control"], answer.headers["content-encoding"]) == ("no-store", "br")
        assert not {"etag", "last-modified", "x-vecinos-keep"} & set(answer.headers)


async def test_a_news_entry_says_where_it_comes_from(site: RunningSite) -> None:
    """It links to the original and names both members that published it."""
    number = re.search(r'href="(/news/\d+)"[^>]*>\s*Post 1', (await site.browser.get("/news")).text)
    assert number
    page = (await site.browser.get(number[1])).text
    assert 'href="https://tenants.example/posts/1"' in page
    assert "Tenants of Main South" in page
    assert "Centro Obrero de Fitchburg" in page


async def test_a_cancelled_event_says_so_in_words(site: RunningSite) -> None:
    """In the reader's language."""
    number = re.search(r'href="(/events/\d+)"[^>]*>\s*Gathering 2', (await site.browser.get("/events")).text)
    assert number
    assert "Cancelled" in (await site.browser.get(number[1])).text
    assert "Cancelad" in (await site.browser.get("/es" + number[1])).text


async def test_events_are_found_by_words(site: RunningSite) -> None:
    """Whatever the accents and capitals."""
    page = (await site.browser.get("/events?q=WEEKLY+sýcamore")).text
    assert "Weekly meeting" in page
    assert "Gathering 1" not in page


async def test_a_cancelled_event_says_so_in_the_list(site: RunningSite) -> None:
    """All its dates are off when the event is."""
    assert (await site.browser.get("/events")).text.count("Cancelled") == 1


@pytest.mark.parametrize("path", ["/nothing", "/news/999", "/events/999", "/events/999.ics", "/members/nobody", "/es/nada",
                                  "/static/nothing.css", "/static/../pyproject.toml", "/feed.rss?member=nobody"])  # fmt: skip
async def test_what_is_not_there_is_a_page_that_helps(site: RunningSite, path: str) -> None:
    """404, in the visitor's language, with the way back; nothing of our inside."""
    answer = await site.browser.get(path)
    assert answer.status_code == 404
    assert "Traceback" not in answer.text
    assert 'href="/' in answer.text


@pytest.mark.parametrize("path", ["/events?from=nonsense&to=9999999", "/news?page=-1", "/news?page=" + "9" * 50,
                                  "/members?within=x&page=abc", "/members?q=" + "x" * 3000, "/events?from=0001-01-01",
                                  "/events?from=9999-12-31", "/members?language=%00&topic=%ff"])  # fmt: skip
async def test_an_address_that_makes_no_sense_is_answered_all_the_same(site: RunningSite, path: str) -> None:
    """What can't be understood is left out."""
    assert (await site.browser.get(path)).status_code == 200


async def test_a_paused_member_is_gone_at_once(site: RunningSite) -> None:
    """From every page, though it had been rendered and kept."""
    assert "Centro Obrero" in (await site.browser.get("/members")).text
    async with site.database.writing() as connection:
        await register.set_state(connection, "centro-obrero-de-fitchburg", "paused", now=NOW)
    import asyncio

    await asyncio.sleep(0.11)  # a generation is believed for a tenth of a second
    assert "Centro Obrero" not in (await site.browser.get("/members")).text
    assert (await site.browser.get("/members/centro-obrero-de-fitchburg")).status_code == 404


async def test_machines_are_told_that_all_is_well(site: RunningSite) -> None:
    """And search engines what to leave alone."""
    assert (await site.browser.get("/healthz")).json() == {"ok": True}
    assert "Disallow: /desk" in (await site.browser.get("/robots.txt")).text


async def test_machines_are_told_when_the_database_is_not_there(
    site: RunningSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503, so that whoever watches knows at once."""
    from sqlalchemy.exc import OperationalError

    async def gone(_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr("network.database.engine.generation", gone)
    answer = await site.browser.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"ok": False})
