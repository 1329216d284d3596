"""Every page in a real browser: nothing for axe to find, no request to elsewhere, no sideways scroll, no script needed."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright

from network.demo.coalition import organizations
from network.demo.server import serve
from tests.acceptance.command import free_port, get, started, vecinos

CHROMIUM = shutil.which("chromium")
QUIET = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--disable-dev-shm-usage")  # fmt: skip
PATHS = ("/", "/members", "/members?near=01609", "/members/tenants", "/events", "/news", "/subscribe", "/about", "/join",
         "/nothing", "/desk", "/health", "/health?state=broken")  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIZES = ((1280, 900), (360, 740), (320, 640))
WEIGHT = 60_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a running demo."""
    return Path(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="module")
def base(folder: Path) -> Iterator[str]:
    """The address of a running demo. The site of one more organization may be read as well."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium must be there in CI: scripts/test-services installs it")
        pytest.skip("Chromium is not installed (scripts/test-services installs it where it can)")
    port = free_port()
    with started(folder, "demo", "--port", str(port), VECINOS_ALLOW_PRIVATE_HOSTS="127.0.0.1:8170") as demo:
        get(f"http://127.0.0.1:{port}/healthz", patience=120, of=demo)
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
async def browser(base: str) -> AsyncIterator[Browser]:
    """A Chromium that talks to nobody by itself."""
    words = [*QUIET, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=words)
        yield opened
        await opened.close()


async def _open(browser: Browser, url: str, **options: Any) -> tuple[Page, list[str], list[str]]:
    """A page, what it asked for, and what the browser complained of."""
    # Colours that fade into each other would be measured half-way.
    page = await (await browser.new_context(reduced_motion="reduce", **options)).new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" and "404" not in said.text
            and "403" not in said.text else None)  # fmt: skip
    await page.goto(url)
    return page, asked, complaints


@pytest.mark.parametrize("language", ["", "/es"])
@pytest.mark.parametrize("path", PATHS)
async def test_a_page_is_accessible_and_keeps_to_itself(browser: Browser, base: str, path: str, language: str) -> None:
    """At every width, light and dark; nothing asked of others, nothing complained of, and light to load."""
    page, asked, complaints = await _open(browser, base + language + path)
    assert [url for url in asked if not url.startswith(base)] == []
    assert complaints == []
    assert len(await page.content()) < WEIGHT
    await _check_accessible(page)


async def _check_accessible(page: Page) -> None:
    await page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text())
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        assert await page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1"
        ), width
        for scheme in ("light", "dark"):
            await page.emulate_media(color_scheme=scheme)
            found = await page.evaluate("(rules) => axe.run(document, {runOnly: {type: 'tag', values: rules}})", RULES)
            assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == [], (width, scheme)


async def test_everything_can_be_reached_without_javascript(browser: Browser, base: str) -> None:
    """From the front page: search near a ZIP code, an organization, its events, back."""
    page, _, _ = await _open(browser, base, java_script_enabled=False, viewport={"width": 360, "height": 740})
    await page.fill("input[name=near]", "01609")
    await page.press("input[name=near]", "Enter")
    await page.wait_for_url(re.compile("near=01609"))
    await page.click("main a[href^='/members/']")
    assert await page.locator("h1").count() == 1
    await page.goto(base + "/events")
    await page.click("main a[href^='/events/']")
    assert await page.locator("a[href$='.ics']").count() >= 1


async def test_the_language_switch_stays_on_the_page(browser: Browser, base: str) -> None:
    """What was looked at is looked at in the other language."""
    page, _, _ = await _open(browser, base + "/members?near=01609&within=10")
    await page.click("header a[hreflang=es]")
    assert page.url == base + "/es/members?near=01609&within=10"
    assert await page.locator("html").get_attribute("lang") == "es"


async def test_an_organization_applies_and_an_organizer_approves(browser: Browser, base: str, folder: Path) -> None:
    """The whole way through the forms, without JavaScript: paste, look, complete, apply, sign in, approve, be found."""
    page, _, _ = await _open(browser, base + "/join", java_script_enabled=False)
    await page.fill("input[name=address]", "http://127.0.0.1:25/")
    await page.click("main form button")
    assert await page.locator("input[name=address]").input_value() == "http://127.0.0.1:25/"
    async with serve([one for one in organizations() if one.slug == "sol"], first_port=8170) as sites:
        await page.fill("input[name=address]", sites["sol"])
        await page.click("main form button")
        await page.fill("input[name=name]", "Casa Nueva")
        await page.fill("input[name=town]", "01602")
        await page.check("input[name=languages][value=es]")
        await page.fill("input[name=contact_email]", "ana@example.org")
        await page.click("main form[action$='/join/apply'] button")
        await page.wait_for_url(re.compile("/join/thanks$"))
    link = vecinos(folder / "demo", "stewards", "invite", "ana@example.org", VECINOS_BASE_URL=base).out.strip()
    await page.goto(link)
    await page.click("main form button")
    await page.wait_for_url(re.compile("/desk$"))
    await page.click("form[action$='/desk/members/casa-nueva/approve'] button")
    await page.goto(base + "/members?near=01602&within=5")
    assert await page.get_by_text("Casa Nueva").count() >= 1


async def _sign_in(page: Page, base: str, folder: Path) -> None:
    link = vecinos(folder / "demo", "stewards", "invite", "ana@example.org", VECINOS_BASE_URL=base).out.strip()
    await page.goto(link)
    await page.click("main form button")
    await page.wait_for_url(re.compile("/desk$"))


@pytest.mark.parametrize("language", ["", "/es"])
async def test_the_desk_is_accessible(browser: Browser, base: str, folder: Path, language: str) -> None:
    """With everything that organizers see and press there."""
    page, _, complaints = await _open(browser, base + "/desk")
    await _sign_in(page, base, folder)
    for path in ("/desk?done=retry", "/desk/sources?state=fine", "/desk/sources/1"):
        await page.goto(base + language + path)
        assert await page.locator("main form button").count() >= 2
        await _check_accessible(page)
    assert complaints == []


async def test_an_organizer_pauses_a_source_and_reads_it_again(browser: Browser, base: str, folder: Path) -> None:
    """Without JavaScript; each time the page says what was done, and the public page tells of it."""
    page, _, _ = await _open(browser, base + "/desk", java_script_enabled=False, viewport={"width": 360, "height": 740})
    await _sign_in(page, base, folder)
    await page.goto(base + "/desk/sources?state=fine")
    await page.click("main h2 a")
    name = await page.locator("h1").text_content()
    await page.click("form[action$='/pause'] button")
    assert "It is paused" in (await page.locator("[role=status]").text_content() or "")
    await page.goto(base + "/health?state=paused")
    assert name is not None
    assert await page.get_by_text(name).count() >= 1
    await page.goto(base + "/desk/sources?state=paused")
    await page.click("form[action$='/resume'] button")
    assert "It is read again" in (await page.locator("[role=status]").text_content() or "")
