"""Pages: every template, in both languages, with much and with nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from network.i18n import SITE_LANGUAGES
from network.render import Pages, changed, distance, host, hue, initials, lang, localized, map_link
from tests.network.page_contexts import (
    BARE_MEMBER,
    EMPTY,
    EMPTY_DESK,
    FULL,
    MEMBER,
    NETWORK,
    NOW,
    event,
    happening,
    news,
    source,
)  # fmt: skip

PAGES = Pages("https://c.example")
TEMPLATES = Path(__file__).parents[2] / "network" / "templates"
WHOLE_PAGES = sorted(
    file.relative_to(TEMPLATES).as_posix()
    for file in TEMPLATES.rglob("*.html")
    if '{% extends "base.html" %}' in file.read_text()
)


def page(template: str, language: str = "en", path: str = "/", **context: Any) -> str:
    return PAGES.page(template, **{"language": language, "path": path, "network": NETWORK, "now": NOW, **context})


def tree(html: str) -> LexborHTMLParser:
    return LexborHTMLParser(html)


def test_every_page_is_tried_here() -> None:
    """A new template is not forgotten by these tests."""
    assert sorted(FULL) == WHOLE_PAGES
    assert sorted(EMPTY) == WHOLE_PAGES


@pytest.mark.parametrize("language", SITE_LANGUAGES)
@pytest.mark.parametrize("contexts", [FULL, EMPTY], ids=["full", "empty"])
@pytest.mark.parametrize("template", WHOLE_PAGES)
def test_a_page_is_whole(template: str, contexts: dict[str, dict[str, Any]], language: str) -> None:
    """It renders, says its language, has one heading of the first level, and nothing that the CSP would stop."""
    html = page(template, language, **contexts[template])
    parsed = tree(html)
    root = parsed.css_first("html")
    assert root is not None
    assert root.attributes["lang"] == language
    assert len(parsed.css("h1")) == 1
    assert [node.html for node in parsed.css("script, [style], style, [onclick]")] == []
    assert "{{" not in html
    assert "None" not in parsed.css_first("main").text()  # type: ignore[union-attr]


@pytest.mark.parametrize("template", WHOLE_PAGES)
def test_ids_are_unique_and_labels_meet_their_fields(template: str) -> None:
    """A form can be filled in by ear."""
    parsed = tree(page(template, **FULL[template]))
    ids = [node.attributes["id"] for node in parsed.css("[id]")]
    assert len(ids) == len(set(ids))
    pointed = [node.attributes["for"] for node in parsed.css("label[for]")]
    pointed += [
        name
        for node in parsed.css("[aria-describedby]")
        for name in (node.attributes["aria-describedby"] or "").split()
    ]
    pointed += [node.attributes["aria-labelledby"] for node in parsed.css("[aria-labelledby]")]
    assert [name for name in pointed if name not in ids] == []


@pytest.mark.parametrize("template", WHOLE_PAGES)
def test_nothing_is_loaded_from_elsewhere(template: str) -> None:
    """Nobody else learns who was here: what a page loads is ours, and links that leave tell no referrer."""
    parsed = tree(page(template, **FULL[template]))
    loaded = [
        node.attributes.get("src") or node.attributes.get("href") for node in parsed.css("img, link, script, source")
    ]
    assert [url for url in loaded if url and not url.startswith(("/", "https://c.example"))] == []
    leaving = [
        node
        for node in parsed.css("a[href^=http]")
        if not (node.attributes["href"] or "").startswith("https://c.example")
    ]
    assert [node.html for node in leaving if "noreferrer" not in (node.attributes.get("rel") or "")] == []


@pytest.mark.parametrize("template", WHOLE_PAGES)
def test_what_strangers_write_is_text(template: str) -> None:
    """Titles, names and searches are escaped wherever they are shown."""
    assert "<script>alert" not in page(template, **FULL[template])


@pytest.mark.parametrize("template", [name for name in WHOLE_PAGES if not name.startswith("desk/")])
def test_contacts_are_never_public(template: str) -> None:
    """Whom an organization named to the organizers is seen at the desk only."""
    assert "secret@centro.example" not in page(template, **FULL[template])


def test_the_desk_shows_what_is_broken_in_words() -> None:
    """The sentence of the problem stands beside the feed, and every form carries its token."""
    parsed = tree(page("desk/home.html", "es", **FULL["desk/home.html"]))
    broken = parsed.css_first(".registered .state-broken")
    assert broken is not None
    assert "Esto es una página web, no un canal." in broken.text()
    forms = parsed.css("form")
    assert [form.attributes["action"] for form in forms] == [
        "/es/desk/sign-out",
        "/es/desk/sources/1/keep",
        "/es/desk/sources/1/believe",
        "/es/desk/members/centro/approve",
        "/es/desk/members/centro/decline",
        "/es/desk/sources/1/retry",
        "/es/desk/sources/1/pause",
        "/es/desk/sources/1/retry",
        "/es/desk/members/centro/pause",
        "/es/desk/members/bare/resume",
    ]
    assert [form.css_first("[name=csrf]").attributes["value"] for form in forms] == ["t0ken"] * 10  # type: ignore[union-attr]


def test_a_feed_without_contents_is_shown_as_not_read_yet() -> None:
    """A new source is neither fine nor broken."""
    fresh = replace(EMPTY_DESK, members=[(MEMBER, [source(checked_at=None, state="new", health="new", title="")])])
    context = {**EMPTY["desk/home.html"], "desk": fresh}
    told = tree(page("desk/home.html", **context)).css_first(".sources")
    assert told is not None
    assert " ".join(told.text().split()) == "Not read yet · centro.example"


def test_the_other_language_is_one_link_away() -> None:
    """The switch keeps the page and its search; search engines are told of both."""
    parsed = tree(page("about.html", "en", "/about?a=1&b=2"))
    switch = parsed.css_first("nav.languages a")
    assert switch is not None
    assert (switch.attributes["href"], switch.attributes["lang"], switch.text()) == (
        "/es/about?a=1&b=2",
        "es",
        "Español",
    )
    alternates = {node.attributes["hreflang"]: node.attributes["href"] for node in parsed.css("link[hreflang]")}
    assert alternates == {"en": "https://c.example/about?a=1&b=2", "es": "https://c.example/es/about?a=1&b=2"}


def test_a_network_with_one_language_has_no_switch() -> None:
    """Nothing offers what the organizers did not choose."""
    assert tree(page("about.html", network=replace(NETWORK, languages=("en",)))).css("nav.languages") == []


def test_a_site_below_a_folder_keeps_it_in_every_address() -> None:
    """`base_url` may have a path: pages, files and feeds are all below it."""
    html = Pages("https://c.example/vecinos").page(
        "subscribe.html", language="es", path="/subscribe", network=NETWORK, now=NOW
    )
    here = [url for url in re.findall(r'(?:href|action|src)="([^"]+)"', html) if not url.startswith(("#", "mailto:"))]
    assert [url for url in here if "/vecinos/" not in url and not url.endswith("/vecinos")] == []
    assert "webcal://c.example/vecinos/events.ics" in here


def test_cancelled_is_said_in_words() -> None:
    """Not by colour or a line alone: the label stands in the list and on the event's own page."""
    row = tree(page("home.html", "es", **FULL["home.html"])).css_first(".happening.is-cancelled")
    assert row is not None
    assert "Cancelado" in row.text()
    alone = tree(page("events/one.html", event=event(status="cancelled")))
    assert alone.css_first("title").text() == 'Cancelled: Clinic "><script>alert(1)</script> · Coalition & Friends'  # type: ignore[union-attr]
    assert "This event does not take place." in alone.css_first(".notice").text()  # type: ignore[union-attr]
    one_date = event(coming=(happening(status="cancelled"), happening()))
    assert "The other dates stand." in page("events/one.html", event=one_date)


def test_an_event_of_the_past_says_so() -> None:
    """Somebody who follows an old link does not go in vain."""
    html = page("events/one.html", event=event(coming=()))
    assert "This event is over." in html
    assert "/events/7.ics" not in html


def test_many_dates_are_folded() -> None:
    """Six dates, and how many more there are."""
    parsed = tree(page("events/one.html", "es", event=event()))
    assert parsed.css_first("summary").text() == "y 3 fechas más"  # type: ignore[union-attr]
    assert len(parsed.css("section > .dates > li")) == 6


def test_safe_html_is_shown_as_it_is() -> None:
    """What the aggregator has cleaned keeps its form and says its language."""
    prose = tree(page("news/one.html", "en", entry=news())).css_first(".prose")
    assert prose is not None
    assert prose.attributes["lang"] == "es"
    assert prose.css_first("b") is not None


def test_pages_lead_on_and_keep_the_search() -> None:
    """Turning the page changes nothing else; what was not found can be widened with one link."""
    path = "/members?near=01608&within=10&member=a&member=b&page=2"
    pager = tree(page("members/list.html", "es", path, **FULL["members/list.html"])).css(".pager a")
    assert [node.attributes["href"] for node in pager] == [
        "/es/members?near=01608&within=10&member=a&member=b",
        "/es/members?near=01608&within=10&member=a&member=b&page=3",
    ]
    nothing = {**FULL["members/list.html"], "members": [], "total": 0}
    advice = tree(page("members/list.html", "en", path, **nothing)).css(".empty a")
    assert advice[0].attributes["href"] == "/members?near=01608&member=a&member=b&within=50"


def test_news_does_not_promise_how_many_pages_there_are() -> None:
    """Only that there is a next one is known."""
    pager = tree(page("news/list.html", **FULL["news/list.html"])).css_first(".pager p")
    assert pager is not None
    assert pager.text() == "Page 2"


def test_the_wrong_place_is_said_beside_its_field() -> None:
    """The sentence is bound to the field for those who hear the page."""
    field = tree(page("members/list.html", **EMPTY["members/list.html"])).css_first("#near")
    assert field is not None
    assert (field.attributes["aria-invalid"], field.attributes["aria-describedby"]) == ("true", "near-problem")
    searching = {**EMPTY["events/list.html"], "problem": "Nowhere."}
    assert "Nowhere." in page("events/list.html", **searching)


def test_feeds_of_an_applicant_are_ticked_until_somebody_unticks_them() -> None:
    """At first all; on the second try what was chosen."""
    context = FULL["join/found.html"]
    first = tree(page("join/found.html", **{**context, "values": {}}))
    again = tree(page("join/found.html", **context))
    assert len(first.css("[name=feed][checked]")) == 1
    assert len(again.css("[name=feed][checked]")) == 0


@pytest.mark.parametrize(
    ("path", "language", "expected"),
    [("/", "en", "/"), ("/", "es", "/es"), ("/news", "es", "/es/news"), ("//evil.example", "en", "/evil.example")],
)
def test_addresses_in_a_language(path: str, language: str, expected: str) -> None:
    """English has no prefix; no path can lead to another site."""
    assert localized(path, language) == expected


def test_a_changed_query() -> None:
    """Parameters are set or left out, and the list begins again."""
    assert changed("/members?q=a%26b&page=4", topic="food", q=None) == "/members?topic=food"
    assert changed("/members?q=a%26b", page=2) == "/members?q=a%26b&page=2"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Centro de las Américas", "CA"), ("The Pantry", "P"), ("of the", "OT"), ("–", "·"), ("ásociación 9to5", "Á9")],
)
def test_initials(name: str, expected: str) -> None:
    """The letters of the words that say something."""
    assert initials(name) == expected


def test_a_monogram_keeps_its_colour() -> None:
    """The same organization is recognized everywhere, whatever the process."""
    assert [hue("centro-las-americas"), hue("centro-las-americas")] == [2, 2]


@pytest.mark.parametrize(
    ("miles", "language", "expected"),
    [(0.3, "en", "less than 1 mile"), (1, "en", "1 mile"), (2.34, "en", "2.3 miles"), (23.4, "en", "23 miles"),
     (0.3, "es", "a menos de 1 milla"), (1, "es", "a 1 milla"), (2.34, "es", "a 2.3 millas")],
)  # fmt: skip
def test_distances(miles: float, language: str, expected: str) -> None:
    """As exact as somebody who walks needs it."""
    assert distance(miles, language=language) == expected


def test_language_attributes() -> None:
    """Only another language than the page's is marked, and only a real tag."""
    assert lang("es", language="en") == ' lang="es" dir="auto"'
    assert [lang(tag, language="en") for tag in ("en-US", None, '"><b>', "english")] == [""] * 4


def test_hosts_and_maps() -> None:
    """Names of sites as people say them; a map by point, else by address, else none."""
    assert host("https://www.centro.example/feed/?x") == "centro.example"
    assert map_link(event()) == "https://www.openstreetmap.org/?mlat=42.26000&mlon=-71.80000#map=17/42.26000/-71.80000"
    assert (
        map_link(event(latitude=None, address="1 Main St, X"))
        == "https://www.openstreetmap.org/search?query=1%20Main%20St%2C%20X"
    )
    assert map_link(event(latitude=None, address="")) is None


def test_a_bare_member_has_a_page() -> None:
    """A name and an address are enough."""
    assert "Bare" in page("members/one.html", **{**EMPTY["members/one.html"], "member": BARE_MEMBER})
