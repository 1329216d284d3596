"""Organizations apply, organizers decide: with the sample sites as the organizations' own."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from network.demo.coalition import organizations
from network.demo.server import serve
from network.members import register, sources
from network.web.budget import Budget
from tests.network.conftest import RunningSite, running
from tests.world import NOW


@pytest.fixture
async def home_pages() -> AsyncIterator[dict[str, str]]:
    """The sample organizations' sites, at free ports."""
    async with serve(organizations(), first_port=0) as addresses:
        yield addresses


@pytest.fixture
async def empty(data_dir: Path) -> AsyncIterator[RunningSite]:
    """A site without members, which may read sites on this machine."""
    async with running(data_dir, {"VECINOS_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}) as here:
        yield here


def _form(address: str, **changed: object) -> dict[str, object]:
    return {
        "address": address, "name": "Sol y Raíz", "description": "Una casa abierta.", "town": "Worcester, MA",
        "languages": ["es", "en"], "topics": ["legal-help"], "contact_name": "Ana", "contact_email": "ana@example.org",
        "feed": [address + "feed/"], **changed,
    }  # fmt: skip


async def test_what_was_found_is_shown_before_anything_is_asked(empty: RunningSite, home_pages: dict[str, str]) -> None:
    """Name, description, feeds and the next items as readers will see them; nothing is stored yet."""
    page = await empty.browser.post("/join", data={"address": home_pages["sol"]})
    assert page.status_code == 200
    assert "Casa Sol y Raíz" in page.text
    assert re.search(r'type="checkbox"[^>]*name="feed"|name="feed"[^>]*type="checkbox"', page.text)
    async with empty.database.reading() as connection:
        assert await register.everyone(connection) == []


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("not an address", "not a web address"),
        ("http://10.0.0.1/", "private network"),
        ("http://[::ffff:10.0.0.1]/", "private network"),
        ("ftp://example.org/", "http"),
        ("http://127.0.0.1:8999/", "can&#39;t be reached"),
        ("http://127.0.0.1:25/", "port"),
        ("", "not a web address"),
    ],
)
async def test_a_bad_address_is_one_sentence(empty: RunningSite, address: str, words: str) -> None:
    """What is wrong and what to do; what was typed is still there."""
    page = await empty.browser.post("/join", data={"address": address})
    assert page.status_code == 422
    assert words in page.text
    assert "Traceback" not in page.text


async def test_a_page_without_a_feed_is_said_in_spanish(empty: RunningSite, home_pages: dict[str, str]) -> None:
    """To whoever reads Spanish."""
    page = await empty.browser.post("/es/join", data={"address": home_pages["webster"] + "/nothing-here"})
    assert page.status_code == 422
    assert '<html lang="es"' in page.text


async def test_lookups_are_limited_for_all_together(empty: RunningSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nobody uses the form to set us on other people's sites; no visitor is counted by address."""
    monkeypatch.setattr("network.web.join.LOOKUPS", Budget(limit=1, seconds=60))
    await empty.browser.post("/join", data={"address": "http://127.0.0.1:8999/"})
    page = await empty.browser.post("/join", data={"address": "http://127.0.0.1:8999/"})
    assert "Many addresses" in page.text


async def test_an_application_waits_for_an_organizer(empty: RunningSite, home_pages: dict[str, str]) -> None:
    """It is stored with its sources, and not shown before somebody approves it."""
    address = home_pages["sol"] + "/"
    answer = await empty.browser.post("/join/apply", data=_form(address))
    assert (answer.status_code, answer.headers["location"]) == (303, "/join/thanks")
    async with empty.database.reading() as connection:
        (member,) = await register.everyone(connection)
        found = await sources.of_members(connection, [member.id], now=NOW)
    assert (member.state, member.name, member.languages, member.town) == (
        "applied",
        "Sol y Raíz",
        ("en", "es"),
        "Worcester",
    )
    assert round(member.latitude or 0, 1) == 42.3
    assert [source.url for source in found[member.id]] == [address + "feed/"]
    assert "Sol y Raíz" not in (await empty.browser.get("/members")).text


async def test_what_is_missing_is_said_beside_its_field(empty: RunningSite, home_pages: dict[str, str]) -> None:
    """All of it at once, and everything that was written is kept."""
    wrong = _form(home_pages["sol"] + "/", name="", contact_email="nobody", languages=[], description="Kept as it was")
    page = await empty.browser.post("/join/apply", data=wrong)
    assert page.status_code == 422
    for words in ("name of your organization", "e-mail address", "at least one language", "Kept as it was"):
        assert words in page.text


async def test_a_second_application_is_told_so(empty: RunningSite, home_pages: dict[str, str]) -> None:
    """Nothing is doubled."""
    form = _form(home_pages["sol"] + "/")
    await empty.browser.post("/join/apply", data=form)
    assert (await empty.browser.post("/join/apply", data=form)).status_code == 409


async def _signed_in(site: RunningSite) -> str:
    """Sign in, and give the token that the desk's forms carry."""
    link = await site.sign_in_link()
    assert (await site.browser.get(link)).status_code == 200
    answer = await site.browser.post(link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', (await site.browser.get("/desk")).text)
    assert found
    return found[1]


async def test_an_organizer_signs_in_once_with_a_link(site: RunningSite) -> None:
    """Opening it uses nothing up; pressing the button does."""
    link = await site.sign_in_link()
    assert [(await site.browser.get(link)).status_code for _ in range(3)] == [200, 200, 200]
    assert (await site.browser.post(link)).status_code == 303
    assert (await site.browser.post(link)).status_code == 410
    assert (await site.browser.get(link)).status_code == 410


async def test_the_desk_is_closed_to_others(site: RunningSite) -> None:
    """It says how to get in, and shows nothing."""
    page = await site.browser.get("/desk")
    assert page.status_code == 403
    assert "Tenants" not in page.text


async def test_an_organizer_approves_and_the_member_is_there(empty: RunningSite, home_pages: dict[str, str]) -> None:
    """At once, on every page."""
    await empty.browser.post("/join/apply", data=_form(home_pages["sol"] + "/"))
    csrf = await _signed_in(empty)
    assert "Sol y Raíz" in (await empty.browser.get("/desk")).text
    answer = await empty.browser.post("/desk/members/sol-y-raiz/approve", data={"csrf": csrf})
    assert answer.status_code == 303
    assert "Sol y Raíz" in (await empty.browser.get("/members")).text


async def test_a_form_from_elsewhere_is_refused(site: RunningSite) -> None:
    """Without our token, with another's, from another site's page, or without a session."""
    path = "/desk/members/tenants-of-main-south/pause"
    assert (await site.browser.post(path, data={"csrf": "x"})).status_code == 403
    csrf = await _signed_in(site)
    assert (await site.browser.post(path)).status_code == 403
    assert (await site.browser.post(path, data={"csrf": "0" * 64})).status_code == 403
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert (await site.browser.post(path, data={"csrf": csrf}, headers=headers)).status_code == 403
    async with site.database.reading() as connection:
        assert (await register.by_slug(connection, "tenants-of-main-south")).state == "approved"
    assert (await site.browser.post(path, data={"csrf": csrf})).status_code == 303


async def test_signing_out_closes_the_desk(site: RunningSite) -> None:
    """And the token of its forms is worth nothing any more."""
    csrf = await _signed_in(site)
    assert (await site.browser.post("/desk/sign-out", data={"csrf": csrf})).status_code == 303
    assert (await site.browser.get("/desk")).status_code == 403


async def test_what_was_decided_is_written_down(site: RunningSite) -> None:
    """Who, what, to whom."""
    from sqlalchemy import select

    from network.database import tables

    csrf = await _signed_in(site)
    await site.browser.post("/desk/members/tenants-of-main-south/pause", data={"csrf": csrf})
    async with site.database.reading() as connection:
        (row,) = (await connection.execute(select(tables.audit))).all()
    assert (row.action, row.subject, row.at, row.steward_id) == ("pause", "tenants-of-main-south", NOW, 1)


async def test_the_desk_shows_what_is_broken_first(site: RunningSite) -> None:
    """With the reason in plain words."""
    from tests.world import bring, broken

    await bring(site.database, {"https://tenants.example/feed/": broken()}, now=NOW)
    await _signed_in(site)
    page = (await site.browser.get("/desk")).text
    assert page.index("Tenants of Main South") < page.index("Centro Obrero")
    assert "can&#39;t be reached" in page


async def test_an_organizer_names_the_network(site: RunningSite) -> None:
    """Its name is on every page and in every feed at once."""
    csrf = await _signed_in(site)
    assert 'value="America/New_York"' in (await site.browser.get("/desk/network")).text
    told = {"name": "Vecinos de Lynn", "description": "Juntos.", "contact": "hola@example.org", "town": "Lynn, MA",
            "timezone": "America/New_York", "csrf": csrf}  # fmt: skip
    assert (await site.browser.post("/desk/network", data=told)).status_code == 303
    assert "Vecinos de Lynn" in (await site.browser.get("/")).text
    assert (await site.browser.get("/feed.json")).json()["title"] == "Vecinos de Lynn"


async def test_what_is_wrong_with_the_network_is_said_beside_its_field(site: RunningSite) -> None:
    """All at once, with what was written; nobody but an organizer gets this far."""
    assert (await site.browser.get("/desk/network")).status_code == 403
    csrf = await _signed_in(site)
    wrong = {"name": "x", "contact": "nobody", "town": "Lynn, MA", "timezone": "Mars/Olympus", "csrf": csrf}
    page = await site.browser.post("/desk/network", data=wrong)
    assert page.status_code == 422
    for words in ("2 to 80 characters", "hello@example.org", "America/New_York", "Mars/Olympus"):
        assert words in page.text
    wrong = {"name": "Lynn", "town": "Xyzzy", "timezone": "America/New_York", "csrf": csrf}
    assert "town is not known" in (await site.browser.post("/desk/network", data=wrong)).text
    assert (await site.browser.post("/desk/network", data={**wrong, "csrf": "x"})).status_code == 403
