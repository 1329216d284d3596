"""Reading the sample feeds of tests/data/feeds; each file says itself what it shows."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from feeds.errors import NotAFeed
from feeds.model import Entry, Feed
from feeds.parse import PARSERS

FOLDER = Path(__file__).parents[1] / "data" / "feeds"
URL = "https://url.example/dir/feed"


def body(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def read(document: bytes, *, url: str = URL, content_type: str = "") -> Feed:
    """The document by the first parser that takes it."""
    refusal = NotAFeed(url)
    for parser in PARSERS:
        try:
            return parser.parse(document, url=url, content_type=content_type)
        except NotAFeed as error:
            refusal = error
    raise refusal


def said(entry: Entry) -> dict[str, Any]:
    """What an entry holds beyond the defaults."""
    pairs = ((field.name, getattr(entry, field.name), field.default) for field in fields(entry))
    return {name: value for name, value, default in pairs if value != default}
