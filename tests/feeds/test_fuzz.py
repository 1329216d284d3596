"""Spoiled documents: whatever comes, it is read or refused, in time, and does no harm.

Few inputs, always the same; for as many as there is time for: python -m tests.fuzz --minutes 10
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import monotonic, process_time

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import NotAFeed, ReadError
from feeds.model import Feed
from feeds.parse import ical
from feeds.pipeline import WALL_SECONDS, read_guarded
from tests.feeds import mutation, survival
from tests.feeds.nasty import bounded, examples

DOCUMENTS = mutation.documents()
PLACES = st.floats(0, 1, exclude_max=True)
STEPS = st.lists(st.tuples(st.integers(0, mutation.WAYS - 1), PLACES, PLACES), min_size=1, max_size=6)
TYPES = st.sampled_from(["", "text/xml; charset=iso-8859-1", "text/calendar; charset=windows-1252"])


@pytest.fixture(scope="module")
def portal() -> Iterator[BlockingPortal]:
    """An event loop that goes on, so that the process in which heavy bodies are read is started only once."""
    with start_blocking_portal() as opened:
        yield opened


def guarded(portal: BlockingPortal, body: bytes, content_type: str = "") -> Feed | None:
    """The body as a pull reads it; None when it is refused. Fails when that takes this process too long or too much."""

    async def read() -> Feed | None:
        began, woke, before = process_time(), monotonic(), survival.forget_peak()
        try:
            return await read_guarded(body, url=survival.URL, content_type=content_type, window=survival.WINDOW)
        except ReadError:
            return None
        finally:
            assert process_time() - began < survival.MAX_SECONDS
            assert monotonic() - woke < WALL_SECONDS + 2
            assert survival.peak() - before < survival.MAX_MEGABYTES

    return portal.call(read)


@examples(150)
@given(place=PLACES, steps=STEPS, content_type=TYPES)
def test_spoiled_documents(portal: BlockingPortal, place: float, steps: list[mutation.Step], content_type: str) -> None:
    """A document with bytes flipped, parts cut, repeated, moved or nested, numbers, names or encodings changed, is read
    into something that can be stored and shown, or refused.
    """
    body = mutation.mutated(mutation.sample(DOCUMENTS, place), steps, lambda other: mutation.sample(DOCUMENTS, other))
    survival.looked_at(body, content_type)
    feed = guarded(portal, body, content_type)
    assert [] == list(survival.wrong(feed) if feed else ())


@bounded
@given(body=st.binary(max_size=400), head=st.sampled_from([b"", b"<rss>", b"{", b"BEGIN:VCALENDAR\n", b"\x1f\x8b\x08"]))
def test_any_bytes(portal: BlockingPortal, body: bytes, head: bytes) -> None:
    """Bytes at random, after the beginning of any format, are read or refused."""
    feed = guarded(portal, head + body)
    assert [] == list(survival.wrong(feed) if feed else ())


HEAVY: dict[str, Callable[[], bytes]] = {
    "an author of a megabyte, unmendable": lambda: b"<rss><channel><item><author>" + b"a@b " * 250_000 + b"<x></rss>",
    "tags without end": lambda: b"<rss><channel>" + b"<item><title>" * 100_000,
    "closing tags only": lambda: b"<rss><channel>" + b"</item>" * 300_000,
    "an event that never ends": lambda: b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nUID:1\nDTSTART:20260101\n" * 60_000,
    "a rule for every second of a century": lambda: (
        b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:1\nDTSTART:20260101T000000Z\nRRULE:FREQ=YEARLY;BYMINUTE="
        + b",".join(b"%d" % minute for minute in range(60)) + b";BYHOUR=" + b",".join(b"%d" % hour for hour in range(24))
        + b";BYSECOND=" + b",".join(b"%d" % second for second in range(60)) + b"\nEND:VEVENT\nEND:VCALENDAR\n"
    ),
    "arrays in arrays": lambda: b'{"items":' + b"[" * 1_000_000,
    "a folded line of megabytes": lambda: b"BEGIN:VCALENDAR\nX:" + b"\n a" * 2_000_000,
}  # fmt: skip


@pytest.mark.parametrize("kind", HEAVY)
def test_heavy_documents(portal: BlockingPortal, kind: str) -> None:
    """What would take long is refused before it does, or read all the same."""
    feed = guarded(portal, HEAVY[kind]())
    assert [] == list(survival.wrong(feed) if feed else ())


FOUND: dict[str, tuple[bytes, type[ReadError]]] = {
    "a calendar that is none once it is decoded": (b"\xff\xfe<\x00\n\x00" + b"BEGIN:VCALENDAR\n" * 3, NotAFeed),
}


@pytest.mark.parametrize("kind", FOUND)
def test_what_was_found(kind: str) -> None:
    """Inputs that did harm once, and are refused by name now."""
    body, error = FOUND[kind]
    with pytest.raises(error):
        ical.parse(body, url=survival.URL)
