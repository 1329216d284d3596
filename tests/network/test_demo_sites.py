"""The sample organizations' sites: each is what it claims to be, and moves with the day."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta

import feedparser
import pytest

from network.demo.coalition import Organization, organization, organizations
from network.demo.platforms import HIDDEN_FEED
from network.demo.sites import Answer
from tests.network.demo_sites import DAY, FEEDS, NEIGHBOURS, TODAY, base_url, get, items


def links(page: Answer, slug: str) -> Iterator[str]:
    """The targets on its own site that a page links to."""
    for found in re.findall(rb'(?:href|src)="([^"]+)"', page.body):
        target = found.decode("latin-1").replace("&amp;", "&").removeprefix(base_url(slug))
        if target.startswith("/") and "xmlrpc" not in target:
            yield target


@pytest.mark.parametrize(
    ("slug", "version", "type_"),
    [
        ("sol", "rss20", "application/rss+xml; charset=UTF-8"),
        ("fullpot", "rss20", "application/rss+xml; charset=UTF-8"),
        ("youth", "atom10", "application/atom+xml; charset=utf-8"),
        ("table", "rss10", "text/xml"),
        ("promotoras", "rss20", "application/xml"),
        ("lakou", "rss20", "text/xml"),
    ],
)
def test_xml_feeds_are_what_they_claim(slug: str, version: str, type_: str) -> None:
    """Well-formed, of the format and the media type that the platform sends, in the organization's name."""
    given = get(slug, FEEDS[slug])
    feed = feedparser.parse(io.BytesIO(given.body))
    assert (feed.version, given.headers["content-type"], bool(feed.bozo)) == (version, type_, False)
    assert organization(slug).name in feed.feed.title
    assert len(feed.entries) == len(organization(slug).posts)


@pytest.mark.parametrize("slug", ["ponte", "legal"])
def test_json_feeds_are_what_they_claim(slug: str) -> None:
    """JSON Feed 1.1 with all that its specification asks for."""
    given = get(slug, "/feed.json")
    feed = json.loads(given.body)
    assert (given.headers["content-type"], feed["version"]) == (
        "application/feed+json",
        "https://jsonfeed.org/version/1.1",
    )
    assert (feed["title"], feed["feed_url"]) == (organization(slug).name, base_url(slug) + "/feed.json")
    assert all(item["id"] and item["content_html"] for item in feed["items"])


@pytest.mark.parametrize("slug", sorted(FEEDS))
def test_posts_move_with_the_day_and_stay_what_they_are(slug: str) -> None:
    """All of the last weeks, none dated today or later; tomorrow and next month a known id has the same date and text."""
    today = items(slug)
    assert len({item["id"] for item in today}) == len({item["title"] for item in today}) == len(today) >= 5
    assert all(TODAY - timedelta(days=50) < item["at"].date() <= TODAY for item in today)
    assert [item["at"] for item in today] == sorted((item["at"] for item in today), reverse=True)
    known = {item["id"]: item for item in today}
    for later in (TODAY + DAY, TODAY + 10 * DAY):
        same = [item for item in items(slug, later) if item["id"] in known]
        assert len(same) >= 2
        assert same == [known[item["id"]] for item in same]
    assert any(item["id"] not in known for item in items(slug, TODAY + 7 * DAY))


@pytest.mark.parametrize("slug", sorted(FEEDS))
def test_what_a_feed_links_to_is_there(slug: str) -> None:
    """Every item's page and every address in its text, this organization's or another's, is answered; also next week."""
    addresses = {address: name for name, address in NEIGHBOURS.items()}
    for item in items(slug):
        for found in [item["link"], *re.findall(r'(?:href|src)="([^"]+)"', item["html"])]:
            link = found.replace("&amp;", "&")
            base = "/".join(link.split("/")[:3])
            if link.startswith("http"):
                assert get(addresses[base], link.removeprefix(base) or "/", TODAY + 7 * DAY).status == 200


def test_php_warnings_come_before_the_xml() -> None:
    """The workers' old WordPress: no XML parser reads it, a tolerant reader finds everything."""
    given = get("workers", "/feed/")
    assert given.body.lstrip().startswith(b"Deprecated: Function set_magic_quotes_runtime() is deprecated in /home/")
    feed = feedparser.parse(io.BytesIO(given.body))
    assert (bool(feed.bozo), len(feed.entries)) == (True, 6)
    assert "etag" not in given.headers


def test_windows_letters_are_bytes_of_windows() -> None:
    """Lakou Solèy's feed and pages are windows-1252, and only the document itself says so."""
    feed, page = get("lakou", "/rss.xml"), get("lakou", "/")
    assert b'encoding="windows-1252"' in feed.body
    assert (feed.headers["content-type"], page.headers["content-type"]) == ("text/xml", "text/html")
    for given in (feed, page):
        assert "Lakou Solèy" in given.body.decode("windows-1252")
        with pytest.raises(UnicodeDecodeError):
            given.body.decode("utf-8")


def test_a_page_where_the_feed_should_be() -> None:
    """Mujeres Tejiendo's feed address answers 200 with the home page."""
    given = get("tejiendo", "/feed/")
    assert (given.status, given.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert given.body == get("tejiendo", "/").body


def test_a_feed_that_is_gone() -> None:
    """The Lakeside Committee's feed is gone for good; its home page says farewell."""
    assert (get("webster", "/feed/").status, get("webster", "/").status) == (410, 200)


def test_a_feed_that_only_the_head_names() -> None:
    """No usual address leads to the Promotoras' feed."""
    assert HIDDEN_FEED.encode() in get("promotoras", "/").body
    assert {
        get("promotoras", path).status for path in ("/feed/", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml")
    } == {404}


@pytest.mark.parametrize("today", [TODAY + days * DAY for days in range(0, 60, 3)])
def test_the_card_is_republished(today: date) -> None:
    """At least two organizations link to the same page, apart from tracking parameters, on every day."""
    found: dict[str, list[str]] = {}
    for slug in ("legal", "sol", "tenants", "promotoras"):
        for item in items(slug, today):
            if item["link"].startswith(base_url("legal")):
                found.setdefault(item["link"].partition("?")[0], []).append(slug)
    assert max(len(slugs) for slugs in found.values()) >= 2


def test_readers_are_tracked() -> None:
    """Some links carry utm_ parameters, and no two republications the same ones."""
    assert all("utm_source=" in item["link"] for item in items("tenants"))
    card = [item["link"] for slug in ("sol", "promotoras") for item in items(slug) if "repost" in item["link"]]
    assert len(set(card)) == len(card) == 2


@pytest.mark.parametrize("each", organizations(), ids=lambda each: each.slug)
def test_home_pages(each: Organization) -> None:
    """Each is in its own language, says who it is, and links only to what is there."""
    given = get(each.slug, "/")
    text = given.body.decode("windows-1252" if each.flavour == "windows-1252" else "utf-8")
    assert f'<html lang="{each.language}">' in text
    assert '<meta name="description" content="' in text
    assert re.search(rf"<title>{re.escape(each.name.replace('&', '&amp;').replace(chr(39), '&#x27;'))}</title>", text)
    wrong = {target: get(each.slug, target).status for target in links(given, each.slug)}
    assert {target: status for target, status in wrong.items() if status != 200} == (
        {"/feed/": 410, "/comments/feed/": 404} if each.slug == "webster" else {}
    )


def test_wordpress_knows_its_old_addresses() -> None:
    """/feed, ?feed=rss2 and ?p=… lead to the feed and to the post."""
    first = items("sol")[0]
    number = first["id"].rpartition("=")[2]
    assert get("sol", "/feed").headers["location"] == base_url("sol") + "/feed/"
    assert get("sol", "/?feed=rss2").body == get("sol", "/feed/").body
    assert (get("sol", f"/?p={number}").status, get("sol", f"/?p={number}").headers["location"]) == (301, first["link"])
    assert get("sol", "/?p=1").status == 404


@pytest.mark.parametrize("slug", ["sol", "youth", "legal", "fullpot", "lakou"])
def test_unchanged_is_said_in_few_bytes(slug: str) -> None:
    """304 by ETag or by date; 200 when either is old; the ETag wins over the date."""
    given = get(slug, FEEDS[slug])
    etag, changed = given.headers["etag"], given.headers["last-modified"]
    assert get(slug, FEEDS[slug], if_none_match=f'"x", W/{etag}')[::2] == (304, b"")
    assert get(slug, FEEDS[slug], if_modified_since=changed).status == 304
    assert get(slug, FEEDS[slug], if_none_match='"x"', if_modified_since=changed).status == 200
    assert get(slug, FEEDS[slug], if_modified_since="Mon, 01 Jan 2024 00:00:00 GMT").status == 200
    assert get(slug, FEEDS[slug], if_modified_since="yesterday").status == 200


@pytest.mark.parametrize(
    "target",
    ["/nothing", "/../../etc/passwd", "/%2e%2e/", "//evil.example/", "/" + "a" * 5000, "/\x00", "/event/x/2026-99-99/",
     "/event/beginners/2026-11-25/", "/?p=%00", "/?p=99999999999999999999", "/wp-content/uploads/x.png", "/feed/x?" + "&" * 15,
     "/node/abc", "/style.css/", "/ünknown"],
)  # fmt: skip
def test_unknown_and_hostile_paths_are_not_found(target: str) -> None:
    """404 with a page, on every platform."""
    for each in organizations():
        assert get(each.slug, target).status == 404


def test_too_many_parameters_do_no_harm() -> None:
    """A query of a thousand parameters is no query at all."""
    assert get("sol", "/?" + "a=1&" * 1000).status in {200, 404}


def test_pictures_are_pictures() -> None:
    """PNG, the same every time, another for every post."""
    page = get("sol", "/feed/").body.decode()
    found = [link.removeprefix(base_url("sol")) for link in re.findall(r'<img src="([^"]+)"', page)]
    given = [get("sol", path) for path in found]
    assert len(given) == 2
    assert all(
        each.body.startswith(b"\x89PNG\r\n\x1a\n") and each.headers["content-type"] == "image/png" for each in given
    )
    assert given[0].body == get("sol", found[0]).body != given[1].body
