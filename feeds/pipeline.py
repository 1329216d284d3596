"""START HERE: one feed, start to end.

    pull(client, source)  =  fetch, every page  →  read             (this module, asynchronous at its edge)
    read(body)            =  parse  →  clean  →  recurrence         (pure; the same for a file and for a URL)

What came is merged with what is known by aggregator/archive.py, which asks merge.py.
"""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Literal

import anyio
from anyio import to_process

from feeds import clean, paging, recurrence
from feeds.client import Client
from feeds.diagnose import diagnose
from feeds.errors import BadAnswer, EmptyBody, NotAFeed, ReadError, TooHeavy, TooLong, remark
from feeds.fetch import fetch
from feeds.merge import unrepeated
from feeds.model import Event, Failed, Feed, Fetched, FoundFeed, Source, Unchanged
from feeds.parse import PARSERS, Parser
from feeds.rfc5545.home import at_home

MAX_BODY = 10_000_000
CPU_SECONDS = 1.5
WALL_SECONDS = 20.0
"""A body gets so much processor time; the second bound is for a machine that is busy with something else."""
MEMORY = 190_000_000
"""Bytes of data that reading one body may take, in the process that reads it."""
DAY = 86_400
CUT_OFF = remark("calendar_cut_off")
NOT_THERE = {404, 410}


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
    pages = await _all_pages(client, answer, now)
    if isinstance(pages, Failed):
        return pages
    first, *others = pages
    if others:  # that the first page is the same says nothing of the others, so it is never asked for by its validators
        first = replace(first, etag="", last_modified="")
    if others or paging.is_calendar(first.body):
        first = replace(first, body_hash=paging.digest([page.body for page in pages]))
    if first.body_hash == source.body_hash:
        return Unchanged(
            etag=first.etag, last_modified=first.last_modified, max_age=first.max_age, moved_to=first.moved_to
        )
    return await _read_pages((first, *others), now=now, zone=zone)


async def _all_pages(client: Client, first: Fetched, now: int) -> tuple[Fetched, ...] | Failed:
    """The first page and those that follow it. One that can't be had fails the whole: what would be missing without it
    would seem to be called off.
    """
    if paging.is_end(first.url, first.body):
        return (replace(first, body=paging.EMPTY),)
    pages = [first]
    while address := paging.next_address(first.url, [page.body for page in pages]):
        page = await _page(client, address, now)
        if isinstance(page, Failed):
            return page
        if page is None or paging.is_end(first.url, page.body):
            break
        pages.append(page)
        if sum(len(page.body) for page in pages) > MAX_BODY:
            return Failed(problem=TooLong(first.url).problem, detail=f"{len(pages)} pages")
    return tuple(pages)


async def _page(client: Client, address: str, now: int) -> Fetched | Failed | None:
    """A further page; None when the site says, twice where it can be asked twice, that there is none."""
    answer = await fetch(client, Source(url=address), now=now)
    if isinstance(answer, Failed) and answer.status in NOT_THERE:
        other = paging.other_address(address)
        answer = await fetch(client, Source(url=other), now=now) if other else answer
        if isinstance(answer, Failed) and answer.status in NOT_THERE:
            return None
        if isinstance(answer, Fetched) and not paging.is_calendar(answer.body):
            return None
    assert not isinstance(answer, Unchanged)  # nothing is known of it that could be unchanged
    return answer


async def _read_pages(pages: tuple[Fetched, ...], *, now: int, zone: str) -> Pulled | Failed:
    """What all pages say, as one document: that of the first page."""
    feeds = []
    for page in pages:
        pulled = await read_fetched(page, now=now, zone=zone)
        if isinstance(pulled, Failed):
            return pulled
        if len(pages) > 1 and CUT_OFF in pulled.feed.problems:
            return Failed(problem=BadAnswer(page.url).problem, detail="a page that breaks off")
        feeds.append(pulled.feed)
    return Pulled(fetched=pages[0], feed=_joined(feeds))


def _joined(feeds: Sequence[Feed]) -> Feed:
    """The feed of several pages; each event and each entry once, as the first page that lists it has it."""
    if len(feeds) == 1:
        return feeds[0]
    events: dict[str, Event] = {}
    for event in chain.from_iterable(feed.events for feed in feeds):
        events.setdefault(event.uid, event)
    return replace(
        feeds[0],
        events=tuple(events.values()),
        entries=unrepeated(chain.from_iterable(feed.entries for feed in feeds)),
        problems=tuple(dict.fromkeys(chain.from_iterable(feed.problems for feed in feeds))),
    )


async def read_fetched(fetched: Fetched, *, now: int, zone: str) -> Pulled | Failed:
    """A document that came → the same with what it says, or why it can't be read."""
    body, url = fetched.body, fetched.url
    try:
        feed = await read_guarded(body, url=url, content_type=fetched.content_type, window=window(now, zone))
    except ReadError as error:
        found = diagnose(error, url=url, body=body)
        return Failed(problem=found.problem, detail=found.detail, platform=found.platform)
    return Pulled(fetched=fetched, feed=feed)


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
        # The time that a body waits for its turn is not its own.
        async with to_process.current_default_process_limiter():
            with anyio.fail_after(WALL_SECONDS):
                result = await to_process.run_sync(reading, cancellable=True, limiter=anyio.CapacityLimiter(1))
    except (TimeoutError, anyio.BrokenWorkerProcess, MemoryError) as error:
        raise TooHeavy(url, type(error).__name__) from error
    if isinstance(result, ReadError):
        raise result
    return result


def waiting_readers() -> int:
    """How many bodies wait for a child process to read them: more should not be fetched meanwhile."""
    return to_process.current_default_process_limiter().statistics().tasks_waiting


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
    return FoundFeed(url, feed.title, kind_of(feed), "address")


def kind_of(feed: Feed) -> Literal["feed", "calendar"]:
    """Whether a document lists events, also when it has none just now, or entries."""
    is_calendar = feed.format == "ical" or (feed.format == "squarespace" and not feed.entries)
    return "calendar" if is_calendar else "feed"


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
    if "MECv" in feed.generator:
        told = [at_home(event, window.zone) for event in told]
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
