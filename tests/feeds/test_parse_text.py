"""Lines of plain text out of what feeds hold, and the names of their elements."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.parse import text
from feeds.parse.event_fields import is_event_data
from feeds.parse.xml_names import name


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("plain", "plain"),
        ("  two \n\t words ", "two words"),
        ("Q&amp;A &#8217;s", "Q&A ’s"),
        ("<b>bold</b> and<br>next", "bold and next"),
        ("a<p>b</p>c", "a b c"),
        ("<!-- hidden -->seen", "seen"),
        ("x<script>alert(1)</script>y", "xy"),
        ("&lt;b&gt; is written", "<b> is written"),
        ("1 < 2 > 0", "1 < 2 > 0"),
        ("if a <b and c> d", "if a d"),
        ("Vec::<u8>", "Vec::<u8>"),
        ("cafÃ©", "café"),
        ("NÃO", "NÃO"),
        ("it\x92s", "it’s"),
        ("a\u202eb\u2066c\u200bd\ufeffe\U000e0041f\x00g", "abcdefg"),
        ("👩\u200d🌾 ‌", "👩\u200d🌾 ‌"),
        ("", ""),
        (None, ""),
    ],
)
def test_plain(given_text: str | None, expected: str) -> None:
    """HTML becomes one line: known tags dropped, entities decoded, white space folded, deceiving characters gone."""
    assert expected == text.plain(given_text)


def test_literal() -> None:
    """Text that is plain by its specification keeps what only looks like HTML."""
    assert ("<b> &amp;", "<b> stays", "bold") == (
        text.literal(" <b>  &amp;"),
        text.plain_if_marked_up("<b> stays"),
        text.plain_if_marked_up("<b>bold</b>"),
    )


def test_long_lines() -> None:
    """No line is longer than a thousand characters, and a cut one says so."""
    assert ("x" * 999 + "…", 1000) == (text.plain("x" * 50_000), len(text.literal("é " * 900)))


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("en", "en"),
        (" es_MX ", "es-mx"),
        ("zh-Hant-TW", "zh-hant-tw"),
        ("english", None),
        ("x", None),
        ("", None),
        (None, None),
        ("en-US\nX", None),
    ],
)
def test_language(tag: str | None, expected: str | None) -> None:
    """Language tags have one form; what is none gives none."""
    assert expected == text.language(tag)


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text(line: str) -> None:
    """A line can be encoded, has no control characters, and reading it again as plain text changes nothing."""
    read = text.plain(line)
    read.encode()
    assert read == text.literal(read)
    assert not any(ord(character) < 32 for character in read)


@pytest.mark.parametrize(
    ("tag", "prefix", "expected"),
    [
        ("pubDate", None, "pubdate"),
        ("{http://www.w3.org/2005/Atom}entry", None, "entry"),
        ("{http://www.w3.org/2005/Atom}link", "a10", "link"),
        ("{http://search.yahoo.com/mrss}group", "m", "media:group"),
        ("{http://www.itunes.com/DTDs/Podcast-1.0.dtd}image", "itunes", "itunes:image"),
        ("{https://unknown.example/ns}thumbnail", "media", "media:thumbnail"),
        ("{https://unknown.example/ns}title", None, "title"),
        ("{http://backend.userland.com/rss2}item", None, "item"),
        ("media:content", None, "media:content"),
        ("{urn:x}" + "n" * 400, "x", ""),
    ],
)
def test_names(tag: str, prefix: str | None, expected: str) -> None:
    """An element is called by its namespace's usual prefix; an unknown namespace counts by its prefix."""
    assert expected == name(tag, prefix)


@pytest.mark.parametrize(
    ("called", "expected"),
    [
        ("ev:startdate", True),
        ("xcal:dtstart", True),
        ("mec:endhour", True),
        ("events:venue", True),
        ("tribe:start_date", True),
        ("anything:startdate", True),
        ("event_date", True),
        ("venue", True),
        ("geo:lat", True),
        ("georss:point", True),
        ("dc:date", False),
        ("media:location", False),
        ("itunes:duration", False),
        ("location", False),
        ("ev:opponent", False),
    ],
)
def test_event_data(called: str, expected: bool) -> None:
    """Which names hold data of an event."""
    assert expected is is_event_data(called)
