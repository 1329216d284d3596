"""The table of formats: what the combined feed is served as."""

from __future__ import annotations

import re
from dataclasses import FrozenInstanceError

import pytest

from feeds.publish import FORMATS
from tests.feeds.announcements import CHANNEL, ITEMS


def test_formats() -> None:
    """RSS, Atom, JSON Feed and iCalendar, by their file extensions, all in UTF-8."""
    assert {
        "rss": "application/rss+xml",
        "atom": "application/atom+xml",
        "json": "application/feed+json",
        "ics": "text/calendar",
    } == {extension: format_.type for extension, format_ in FORMATS.items()}
    assert ["charset=utf-8"] * 4 == [format_.media_type.partition("; ")[2] for format_ in FORMATS.values()]


@pytest.mark.parametrize("extension", FORMATS)
def test_every_writer_is_called_alike(extension: str) -> None:
    """Every writer takes a channel and its items, gives UTF-8, and the same bytes each time."""
    write = FORMATS[extension].write
    assert write(CHANNEL, ITEMS) == write(CHANNEL, ITEMS)
    assert CHANNEL.title.split()[0] in write(CHANNEL, ITEMS).decode()


@pytest.mark.parametrize("extension", ["rss", "atom", "json"])
def test_same_items_in_the_same_order(extension: str) -> None:
    """Every format but the calendar lists all items of a selection, in its order."""
    body = FORMATS[extension].write(CHANNEL, ITEMS).decode()
    ids = [found for found in re.findall(r"urn:uuid:[0-9a-f-]{36}", body) if found != CHANNEL.id]
    assert ids == [item.id for item in ITEMS]


def test_formats_are_frozen() -> None:
    """Nobody changes the table while the program runs."""
    with pytest.raises(FrozenInstanceError):
        FORMATS["rss"].extension = "xml"  # type: ignore[misc]
    with pytest.raises(TypeError):
        FORMATS["xml"] = FORMATS["rss"]  # type: ignore[index]
