"""JSON Feed: what is promised to whoever reads the combined feed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from feeds.parse import json_feed as json_parser
from feeds.publish import Item, json_feed, rss_atom
from tests import strict_feeds
from tests.feeds import golden
from tests.feeds.announcements import ASSEMBLY, CHANNEL, EDIT, FAIR, ITEMS, LIBRARY, NEWS, SITE


def read(*items: Item) -> Any:
    return json.loads(json_feed.write(CHANNEL, items))


def test_golden() -> None:
    """A full document is, member by member, the one on file."""
    assert (golden.FOLDER / "feed.json").read_text(encoding="utf-8") == golden.json_()


def test_valid() -> None:
    """Full and empty documents are valid, and no date of theirs lies in the future."""
    assert [] == strict_feeds.check_json_feed(json_feed.write(CHANNEL, ITEMS), now=EDIT)
    assert [] == strict_feeds.check_json_feed(json_feed.write(CHANNEL, ()), now=EDIT)


def test_same_input_same_bytes() -> None:
    """A document depends on nothing but the channel and its items."""
    assert json_feed.write(CHANNEL, ITEMS) == json_feed.write(CHANNEL, ITEMS)


def test_same_items_as_in_rss() -> None:
    """Ids and links are those of the other formats."""
    rss = rss_atom.rss(CHANNEL, ITEMS).decode()
    for item in read(*ITEMS)["items"]:
        assert f">{item['id']}</guid>" in rss
        assert f"<link>{item['url']}</link>" in rss


def test_read_back_by_ourselves() -> None:
    """Another network that reads our feed gets ids, links, titles, dates, contents, authors, tags and files."""
    feed = json_parser.parse(json_feed.write(CHANNEL, ITEMS), url=CHANNEL.self_url)
    assert (CHANNEL.title, CHANNEL.url) == (feed.title, feed.link)
    for item, entry in zip(ITEMS, feed.entries, strict=True):
        assert (item.id, item.link or item.url, item.title) == (entry.id, entry.link, entry.title)
        assert (item.published, item.updated, item.language or "en") == (entry.published, entry.updated, entry.language)
        assert (item.content, item.image) == (entry.content, entry.image)
        assert (item.authors, item.categories) == (entry.authors, entry.categories)
        assert [file.url for file in item.enclosures] == [file.url for file in entry.enclosures]


def test_event_as_data() -> None:
    """`_vecinos` holds an event's times and place; the end is exclusive; what is not known is left out."""
    first, second, third = (item["_vecinos"] for item in read(*ITEMS)["items"])
    assert ("2026-12-05T18:00:00-05:00", "2026-12-05T20:00:00-05:00", False) == (
        first["start"],
        first["end"],
        first["all_day"],
    )
    assert ("America/New_York", "FREQ=MONTHLY;BYDAY=1SA") == (first["timezone"], first["rrule"])
    assert ("2026-12-12", "2026-12-14", True, "cancelled") == (
        second["start"],
        second["end"],
        second["all_day"],
        second["status"],
    )
    assert "address" not in second
    assert {"about": f"{SITE}/about/feeds", "url": NEWS.url} == {key: third[key] for key in ("about", "url")}
    assert "start" not in third


def test_credits() -> None:
    """Everybody who brought an item is credited, with their page, their feed and their post."""
    expected = {"name": LIBRARY.name, "url": LIBRARY.url, "feed_url": LIBRARY.feed_url, "link": LIBRARY.link}
    assert expected == read(ASSEMBLY)["items"][0]["_vecinos"]["credits"][0]
    assert "link" not in read(FAIR)["items"][0]["_vecinos"]["credits"][0]


def test_no_about_page() -> None:
    """Without a page that explains the extension, `about` leads home."""
    body = json.loads(json_feed.write(replace(CHANNEL, about_url=None), ITEMS))
    assert CHANNEL.url == body["items"][0]["_vecinos"]["about"]


@pytest.mark.parametrize("text", ["a\x00b\ud800\x85", "ab"])
def test_illegal_characters_cost_nothing(text: str) -> None:
    """What no XML document may hold is left out here too, so that all formats say the same."""
    event = replace(ASSEMBLY.event, venue=text, timezone=text, rrule=text)  # type: ignore[type-var]
    item = replace(ASSEMBLY, title=text, content=text, summary=text, categories=(text,), authors=(text,), event=event)
    said = read(item)["items"][0]
    assert ["ab"] * 5 == [
        said["title"],
        said["content_html"],
        said["summary"],
        said["tags"][0],
        said["authors"][0]["name"],
    ]
    assert ["ab"] * 3 == [said["_vecinos"][key] for key in ("venue", "timezone", "rrule")]


def test_no_content() -> None:
    """An item always has content: without any its title stands in, as HTML."""
    item = replace(NEWS, content="", summary="", title="1 < 2")
    assert "<p>1 &lt; 2</p>" == read(item)["items"][0]["content_html"]
