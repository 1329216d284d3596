"""The table of formats: what is tried first, and what each leaves to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.errors import NotAFeed
from feeds.parse import PARSERS
from tests.feeds.feed_files import FOLDER, URL, read


def test_order() -> None:
    """Cheap and certain formats come first; the tolerant one is the last, and never light."""
    assert ["json_feed", "squarespace", "ical", "xml_feed", "any_feed"] == [parser.name for parser in PARSERS]
    assert [True, True, True, True, False] == [parser.light > 0 for parser in PARSERS]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("[abrj]*.*")), ids=lambda path: path.name)
def test_each_takes_only_its_own(path: Path) -> None:
    """A feed is taken by the parser of its format, and the ones before it say that it isn't theirs."""
    document = path.read_bytes()
    taken = read(document).parser
    before = [parser for parser in PARSERS if parser.name != taken][: [parser.name for parser in PARSERS].index(taken)]
    for parser in before:
        with pytest.raises(NotAFeed):
            parser.parse(document, url=URL)


def test_a_page_inside_a_feed() -> None:
    """A feed whose first item holds a whole web page is a feed."""
    document = (
        b"<rss><channel><item><guid>1</guid><description>"
        b"<![CDATA[<!doctype html><html><head></head><body>BEGIN:VCALENDAR</body></html>]]></description></item></channel></rss>"
    )
    assert ("xml_feed", 1) == (read(document).parser, len(read(document).entries))
