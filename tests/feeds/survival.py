"""Reading a body as a pull does, and checking that it did no harm and that what came of it can be used."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from time import process_time
from typing import Any

from feeds import paging, pipeline
from feeds.diagnose import diagnose
from feeds.discover.offers import page
from feeds.errors import HtmlPage, NotAFeed, ReadError
from feeds.model import Feed
from feeds.parse import PARSERS, opml
from tests.feeds.shown_html import faults

URL = "https://url.example/dir/feed"
WINDOW = pipeline.window(1_780_000_000, "America/New_York")
MAX_SECONDS, MAX_MEGABYTES = 2.0, 200.0
PAGED = ("https://url.example/events/?ical=1", "https://url.example/events?format=json")
_SHOWN = 20_000


@dataclass(frozen=True, slots=True)
class Reading:
    """How it went: the parser that took the body, or the error; CPU seconds, megabytes; what is wrong with the outcome."""

    outcome: str
    seconds: float
    megabytes: float
    faults: tuple[str, ...] = ()


def tried(body: bytes, content_type: str = "") -> Reading:
    """Read a body as `read_guarded` does, but all in this process, which should be one of its own: its memory stays
    limited. Raises what must never be raised.
    """
    before = forget_peak()
    began = process_time()
    feed: Feed | None = None
    looked_at(body, content_type)
    try:
        feed = _read(body, content_type)
        outcome = feed.parser
    except ReadError as error:
        outcome = type(error).__name__
    seconds = process_time() - began
    return Reading(outcome, seconds, peak() - before, tuple(wrong(feed)) if feed else ())


def _read(body: bytes, content_type: str) -> Feed:
    if len(body) > pipeline.MAX_BODY:
        return pipeline.read(body, url=URL, window=WINDOW)
    if b"<opml" in body[:2000]:
        opml.read(body, URL)
    light = [parser for parser in PARSERS if len(body) <= parser.light]
    feed = pipeline._first(light, body, URL, content_type)
    if feed is not None:
        return pipeline._finish(feed, WINDOW)
    result = pipeline._read_in_child(body, url=URL, content_type=content_type, window=WINDOW)
    if isinstance(result, ReadError):
        raise result
    return result


def looked_at(body: bytes, content_type: str = "") -> None:
    """What discovery, a pull and a diagnosis ask of any body besides. Raises what must never be raised."""
    page(body, URL, content_type)
    for address in PAGED:
        paging.next_address(address, [body])
        paging.is_end(address, body)
    paging.digest([body])
    for error in (HtmlPage(URL), NotAFeed(URL)):
        diagnose(error, url=URL, body=body)


def wrong(feed: Feed) -> Iterator[str]:
    """What of a feed could not be sent from process to process, stored, or shown."""
    if feed != pickle.loads(pickle.dumps(feed)):
        yield "pickle"
    for text in _texts(feed):
        if "\0" in text or not _can_be_stored(text):
            yield f"text {text[:80]!r}"
    for entry in feed.entries:
        yield from (*faults(entry.content[:_SHOWN]), *faults(entry.summary[:_SHOWN]))
    for event in feed.events:
        yield from faults(event.description[:_SHOWN])
    links = [
        feed.link,
        feed.hub,
        feed.topic,
        *(entry.link for entry in feed.entries),
        *(event.link for event in feed.events),
    ]
    yield from (f"link {link[:80]}" for link in links if link and not link.startswith(("http://", "https://")))


def _can_be_stored(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _texts(part)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _texts(getattr(value, field.name))


def forget_peak() -> float:
    """Megabytes that this process takes now; `peak` says from now on what is the most that it has taken."""
    Path("/proc/self/clear_refs").write_text("5")
    return _megabytes("VmRSS")


def peak() -> float:
    """The most megabytes that this process has taken since `forget_peak`."""
    return _megabytes("VmHWM")


def _megabytes(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024
