"""START HERE: one feed, start to end.

    pull(client, source)  =  fetch  →  read                         (this module, asynchronous at its edge)
    read(body)            =  parse  →  clean  →  recurrence         (pure; the same for a file and for a URL)

What came is merged with what is known by aggregator/archive.py, which asks merge.py.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import anyio
from anyio import to_process

from feeds import clean, recurrence
from feeds.client import Client
from feeds.errors import EmptyBody, NotAFeed, ReadError, TooHeavy, TooLong
from feeds.fetch import fetch
from feeds.merge import unrepeated
from feeds.model import Failed, Feed, Fetched, FoundFeed, Source, Unchanged
from feeds.parse import PARSERS, Parser

MAX_BODY = 10_000_000
CPU_SECONDS = 1.5
WALL_SECONDS = 20.0
"""A body gets so much processor time; the second bound is for a machine that is busy with something else."""
MEMORY = 190_000_000
"""Bytes of data that reading one body may take, in the process that reads it."""
DAY = 86_400


@dataclass(frozen=True, slots=True)
class Window:
    """Between which moments (UTC seconds) occurrences are wanted, and the zone of times that name none."""

    start: int
    end: int
    zone: str


def window(now: int, zone: str) -> Window:
    """The occurrences worth keeping: 60 days back, 400 days ahead. Days are whole, so that a pull in the same day
    gives the same ones.
    """
    today = now - now % DAY
    return Window(today - 60 * DAY, today + 400 * DAY, zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """A new document of a source, fetched and read."""

    fetched: Fetched
    feed: Feed


async def pull(client: Client, source: Source, *, now: int, zone: str) -> Pulled | Unchanged | Failed:
    """One feed from its URL to clean entries and events. Every failure of the other side comes back as a value."""
    answer = await fetch(client, source, now=now)
    if not isinstance(answer, Fetched):
        return answer
    try:
        feed = await read_guarded(
            answer.body, url=answer.url, content_type=answer.content_type, window=window(now, zone)
        )
    except ReadError as error:
        return Failed(problem=error.problem, detail=error.detail)
    return Pulled(fetched=answer, feed=feed)


async def read_guarded(body: bytes, *, url: str, content_type: str = "", window: Window) -> Feed:
    """Like `read`, but no body can stall or break this process.

    Small well-formed documents are read here; everything else in a child process that is killed when it takes too
    much time or memory. Raises ReadError.
    """
    if len(body) > MAX_BODY:
        raise TooLong(url)
    feed = _first([parser for parser in PARSERS if len(body) <= parser.light], body, url, content_type)
    if feed is not None:
        return _finish(feed, window)
    reading = partial(_read_in_child, body, url=url, content_type=content_type, window=window)
    try:
        with anyio.fail_after(WALL_SECONDS):
            result = await to_process.run_sync(reading, cancellable=True)
    except (TimeoutError, anyio.BrokenWorkerProcess, MemoryError) as error:
        raise TooHeavy(url, type(error).__name__) from error
    if isinstance(result, ReadError):
        raise result
    return result


def read(body: bytes, *, url: str, content_type: str = "", window: Window) -> Feed:
    """A document as clean entries and events, by the first parser that knows its format. Raises ReadError."""
    if len(body) > MAX_BODY:
        raise TooLong(url)
    feed = _first(PARSERS, body, url, content_type)
    if feed is None:
        raise NotAFeed(url)
    return _finish(feed, window)


async def found_feed(body: bytes, url: str, content_type: str) -> FoundFeed | None:
    """What discovery asks of a body: is it a feed or calendar that can be read, and what is its name?"""
    try:
        feed = await read_guarded(body, url=url, content_type=content_type, window=Window(0, 0, "UTC"))
    except ReadError:
        return None
    return FoundFeed(url, feed.title, "calendar" if feed.format == "ical" else "feed", "address")


def _first(parsers: Iterable[Parser], body: bytes, url: str, content_type: str) -> Feed | None:
    if not body.strip():
        raise EmptyBody(url)
    for parser in parsers:
        try:
            return parser.parse(body, url=url, content_type=content_type)
        except NotAFeed:
            continue
    return None


def _finish(feed: Feed, window: Window) -> Feed:
    entries = unrepeated(clean.entry(entry) for entry in feed.entries)
    told = [replace(event, description=clean.html(event.description, event.link)) for event in feed.events]
    events = tuple(recurrence.expand_all(told, window.start, window.end, window.zone))
    return replace(feed, entries=entries, events=events)


def _read_in_child(body: bytes, *, url: str, content_type: str, window: Window) -> Feed | ReadError:
    """`read` under limits. An error is returned, since only what can be pickled as it is gets back safely."""
    try:
        with _limits():
            return read(body, url=url, content_type=content_type, window=window)
    except ReadError as error:
        return error
    except (MemoryError, RecursionError, _TimeUp) as error:
        return TooHeavy(url, type(error).__name__)


class _TimeUp(BaseException):
    """Processor time is over. Not an Exception, so that no parser takes it for a fault of the feed."""


@contextmanager
def _limits() -> Iterator[None]:
    import resource  # noqa: PLC0415 - Unix only, and only in the child

    def time_up(_signal: int, _frame: object) -> None:
        raise _TimeUp

    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, hard))
    signal.signal(signal.SIGPROF, time_up)
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
