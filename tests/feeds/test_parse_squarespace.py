"""Squarespace's JSON: whatever its fields hold, events or posts come out, or a reason why there are none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import NotAFeed, ReadError
from feeds.model import Feed
from feeds.parse import squarespace

URL = "https://www.lotus.example/events?format=json"
START = 1_795_906_800_721
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([START, "events", "UTC", "\ud800", 1e308]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "title", "addressTitle", "mapLat"]), inner),
    max_leaves=8,
)  # fmt: skip
FIELDS = (
    "id", "title", "startDate", "endDate", "location", "fullUrl", "body", "excerpt", "tags", "categories", "addedOn", "updatedOn",
    "publishOn", "author", "assetUrl",
)  # fmt: skip
SITE = ("timeZone", "language", "siteTitle", "identifier", "internalUrl", "baseUrl")


def collection(kind: str = "events", *items: dict[str, Any], **website: Any) -> bytes:
    """A collection of these items, all that is coming up."""
    listed = {"items" if kind == "blog" else "upcoming": items}
    return json.dumps({"website": website, "collection": {"typeName": kind, "fullUrl": "/e"}, **listed}).encode()


def parse(body: bytes) -> Feed:
    return squarespace.parse(body, url=URL)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<rss/>",
        b'{"version":"https://jsonfeed.org/version/1","items":[]}',
        b'{"collection":{}}',
        collection("products-", {"title": "Mug"}),
        b'{"collection":{"typeName":"events"}}',
        b'{"collection":[]',
    ],
)
def test_other_documents(body: bytes) -> None:
    """What is no collection of events or posts is left to others."""
    with pytest.raises(NotAFeed):
        parse(body)


def test_a_site_that_says_little() -> None:
    """Without zone, name and ids an event has its moment, and an id made of what it says."""
    (event,) = parse(collection("events", {"title": "Cena", "startDate": START})).events
    assert ("2026-11-28T23:00:00+00:00", None) == (event.start.isoformat(), event.timezone)
    assert event.uid.startswith("text:")
    assert event.uid.endswith("@www.lotus.example")


def test_so_many_items() -> None:
    """The first 1,000 are read, and it is said that there are more."""
    feed = parse(collection("blog", *({"id": str(number), "title": "x"} for number in range(1001))))
    assert (1000, ["too_many_items"]) == (len(feed.entries), [problem.code for problem in feed.problems])


@given(
    st.sampled_from(["events", "events-stacked", "blog", "blog-basic"]),
    st.lists(st.dictionaries(st.sampled_from(FIELDS), ANYTHING), max_size=3),
    st.dictionaries(st.sampled_from(SITE), ANYTHING),
)
def test_fields_of_any_type(kind: str, items: list[dict[str, Any]], website: dict[str, Any]) -> None:
    """What has the wrong type counts as missing; all that comes out can be stored."""
    try:
        feed = parse(collection(kind, *items, **website))
    except ReadError:
        return
    assert repr(feed).encode()
    assert all(event.uid for event in feed.events)
