"""JSON Feed, as it should be and as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feeds.errors import NotAFeed, ReadError, TooHeavy, UnsafeDocument
from feeds.identity import digest
from feeds.model import Enclosure
from feeds.parse import json_feed
from tests.feeds.feed_files import URL, body, read, said

VERSION = "https://jsonfeed.org/version/1.1"


def document(**members: Any) -> bytes:
    return json.dumps({"version": VERSION, "title": "t", "items": [], **members}).encode()


def test_version_1_1() -> None:
    """Everything that version 1.1 knows."""
    feed = json_feed.parse(body("jsonfeed_11.json"), url=URL)
    assert ("json_feed", "Noticias", "https://json.example/", "De aquí", "es-mx", "https://hub.example/") == (
        feed.format,
        feed.title,
        feed.link,
        feed.description,
        feed.language,
        feed.hub,
    )
    assert [
        {
            "id": "1",
            "link": "https://json.example/1",
            "title": "Uno",
            "summary": "1 &lt; 2",
            "content": "<p>uno</p>",
            "authors": ("Ana",),
            "categories": ("fiesta", "barrio"),
            "published": 1770055200,
            "updated": 1770076800,
            "language": "en",
            "enclosures": (Enclosure("https://json.example/1.mp3", "audio/mpeg", 99),),
            "image": "https://json.example/1.jpg",
            "base": "https://json.example/",
        },
        {
            "id": "2",
            "link": "https://other.example/2",
            "content": "one<br>\ntwo &amp; three",
            "authors": ("Mesa",),
            "language": "es-mx",
            "base": "https://json.example/",
        },
    ] == [said(entry) for entry in feed.entries]


def test_version_1_0() -> None:
    """One author instead of several; HTML's entities in a title, which should have none."""
    feed = json_feed.parse(body("jsonfeed_10.json"), url=URL)
    assert ("Old & new", [("Mesa",), ("Ana",)]) == (feed.title, [entry.authors for entry in feed.entries])


def test_wrong_types_count_as_missing() -> None:
    """Nothing that is in the wrong place stops the rest from being read; lone surrogates go."""
    feed = json_feed.parse(body("jsonfeed_loose.json"), url=URL)
    assert ("", None, None, None) == (feed.title, feed.link, feed.hub, feed.language)
    assert [
        {"id": "text:" + digest("", ""), "base": URL},
        {
            "id": "2",
            "title": "lone surrogate",
            "content": "<p>x</p>",
            "categories": ("a b",),
            "enclosures": (Enclosure("https://json.example/f"),),
            "base": URL,
        },
    ] == [said(entry) for entry in feed.entries]


def test_numbers_of_any_length() -> None:
    """A number of 5,000 digits, an infinite one and none at all are no reason to fail."""
    item = '{"id": "1", "id": "2", "x": NaN, "y": 1e999, "n": ' + "9" * 5000 + "}"
    text = f'{{"version": "{VERSION}", "title": "x", "items": [{item}]}}'
    assert ["2"] == [entry.id for entry in json_feed.parse(text.encode(), url=URL).entries]


def test_at_most_a_thousand_entries() -> None:
    """Of a longer feed the first 1,000 items are read, and the feed says so."""
    feed = json_feed.parse(document(items=[{"id": str(number)} for number in range(1200)]), url=URL)
    assert (1000, ["too_many_items"]) == (len(feed.entries), [problem.code for problem in feed.problems])


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-32-be"])
def test_encodings(name: str) -> None:
    """All Unicode encodings that JSON ever allowed."""
    text = json.dumps({"version": VERSION, "title": "Mañana", "items": []}, ensure_ascii=False)
    assert "Mañana" == read(text.encode(name)).title


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b"[]", NotAFeed),
        (b'{"version": 1', NotAFeed),
        (b'{"type": "FeatureCollection", "items": []}', NotAFeed),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', NotAFeed),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": {}}', NotAFeed),
        (b"<rss/>", NotAFeed),
        (b"", NotAFeed),
        (b'{"items":' + b"[" * 100_000 + b"]" * 100_000 + b"}", UnsafeDocument),
        (b'{"items":[' + b"{}," * 500_000 + b"1]}", TooHeavy),
    ],
)
def test_refusals(text: bytes, error: type[ReadError]) -> None:
    """What is no JSON Feed, or built to do harm."""
    with pytest.raises(error) as caught:
        json_feed.parse(text, url=URL)
    assert (error, URL) == (type(caught.value), caught.value.subject)
