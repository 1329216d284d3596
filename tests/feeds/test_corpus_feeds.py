"""Other people's feeds: what feedparser reads of them is read, hostile ones do no harm.

The corpus lies beside the project and is no part of it; without it these tests are skipped.
"""

from __future__ import annotations

import calendar
import gc
import html
import io
import json
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import feedparser
import pytest

from feeds import clean
from feeds.addresses import clean_link
from feeds.errors import HtmlPage, ReadError
from feeds.model import Entry, Feed
from feeds.parse import dates
from tests.feeds.feed_files import read
from tests.feeds.shown_html import faults

SHARED = Path(__file__).parents[2].parent / "shared"
CORPUS = SHARED / "corpus"
URL = "http://feed.example/dir/feed.xml"

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the corpus of other people's feeds is not here")

FOLDERS = sorted(
    {
        path.parent
        for area in ("feeds/real", "feeds/excerpt", "feeds/synthetic", "bad")
        for path in (CORPUS / area).rglob("*.*")
        if path.is_file()
    }
)

_CAPTION = "feedparser puts a photo's caption (media:description) in the place of the article's description"
_SECONDS = "there is no 61st second, so the date can't be trusted"
# Where we read something else than feedparser does, and why that is better.
BETTER: dict[tuple[str, str], str] = {
    ("invalid-characters-gzipped.xml", "count"): "gzip without a header is unpacked; feedparser finds nothing",
    ("feed-utf16le.xml", "count"): "UTF-16 whose declaration says otherwise; feedparser finds nothing",
    ("rome-modules__src__test__resources__xml__v__v4.xml", "count"): "an item inside a sync conflict is no item",
    ("atom__4.2.11__source-entry.xml", "count"): "an entry inside atom:source is another feed's",
    ("Tests__FeedKitTests__Resources__xml__iTunes.xml", "title"): "itunes:title is the title where there is no other",
    ("209824d01f039dde14e22fbd7155c86c__feed.xml", "title"): "half of a no-break space at the end of the title is gone",
    ("grotte_barbu.xml", "title"): "a mixture of encodings: every word is read, not only some",
    ("grotte_barbu.xml", "content"): "a mixture of encodings: every word is read, not only some",
    (
        "Tests__FeedKitTests__Resources__xml__Ampersand.xml",
        "content",
    ): "UTF-8 that calls itself Latin-1 is read as UTF-8",
    (
        "feed_rss-2.0_for_file_mock.xml",
        "content",
    ): "texts that were encoded twice, which feedparser mends elsewhere only",
    (
        "feed_rss-2.0_for_file_mock.xml",
        "title",
    ): "UTF-8 that went through Windows-1252 and was encoded again is as it was meant",
    ("osm-pl.xml", "content"): "the document breaks off in CDATA; its beginning is kept, which feedparser loses",
    ("b50cfa0fa67a27325debb5bce9a55401__feed.xml", "content"): _CAPTION,
    ("c5e0e65569698bc9792cddb93cca6c68__feed.xml", "content"): _CAPTION,
    ("f19a1363184d6e853b7e7d6c020102b8__feed.xml", "content"): _CAPTION,
    ("feeds__news__nytimes-tech.rss", "content"): _CAPTION,
    ("feeds__news__nytimes.rss", "content"): _CAPTION,
    ("rome__src__test__data__rss_1.0_DC_Sy.xml", "content"): "RSS' own description comes before Dublin Core's",
    ("atom-link-alternate-href.xml", "link"): "the page, not its picture, which calls itself an alternate link, too",
    ("OneFootTsunami.atom", "link"): "the first alternate link, not a second one that is the same for all entries",
    ("pappacoda.atom", "link"): "a link to a PDF is better than none; feedparser takes the tag: id for one",
    ("atom__references__atom-10.xml", "link"): "the content's address is better than a tag: id",
    ("atom__references__atom-ns.xml", "link"): "an id that is no address is no link",
    ("parser__atom__atom10_feed_entry_content_src.xml", "link"): "the content's address is better than none",
    ("feed-test-audio.xml", "link"): "a guid that is no address is no link",
    (
        "66aa305559c0c7f86f06dc7e7eef7271__feed.xml",
        "link",
    ): "relative to the site that the channel names, not to the feed",
    ("events__feed__index.html", "link"): "relative to the site that the channel names, not to the feed",
    ("kc0011.rss", "date"): "2020/1/10 is January 10th; feedparser reads the first of some month",
    ("rss2__rss_2.0_nbcny.xml", "date"): "02:02 PM is in the afternoon",
    ("rome-modules__src__test__resources__xml__sunnyvale.xml", "date"): "am and pm have zones, too",
    ("rome-modules__src__test__resources__xml__yweather.xml", "date"): "am and pm have zones, too",
    ("feed-test-xsl.xml", "date"): "BST is an hour ahead of UTC",
    ("Feeds__Rss20ItunesSample.xml", "date"): "no zone is thirty hours ahead, so the date can't be trusted",
    ("atom__must__entry_issued_bad_seconds.xml", "date"): _SECONDS,
    ("atom__must__entry_modified_bad_seconds.xml", "date"): _SECONDS,
    ("atom__must__entry_modified_bad_day.xml", "date"): "there is no 32nd of July, so the date can't be trusted",
}

_TAG = re.compile(r"<script.*?</script>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)


def words(markup: str) -> str:
    """Letters and digits alone, so that white space, punctuation and escaping make no difference."""
    text = _TAG.sub(" ", html.unescape(_TAG.sub(" ", markup)))
    return re.sub(r"[\W_]+", "", html.unescape(text)).lower()


def value(holder: Mapping[str, Any], key: str) -> Any:
    return dict.get(holder, key) if isinstance(holder, dict) else None


def moment(holder: Mapping[str, Any]) -> int | None:
    """feedparser's date of an entry, unless it is one that can't be trusted."""
    for key in ("published_parsed", "updated_parsed", "created_parsed"):
        parsed = value(holder, key)
        if parsed and dates.EARLIEST <= calendar.timegm(parsed) < dates.LATEST:
            return calendar.timegm(parsed)
    return None


def longest(holder: Mapping[str, Any]) -> str:
    parts = [part.value for part in value(holder, "content") or []] + [value(holder, "summary") or ""]
    return max(map(words, parts), key=len)


def by_feedparser(document: bytes) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return feedparser.parse(
            io.BytesIO(document),
            sanitize_html=False,
            resolve_relative_uris=False,
            response_headers={"content-location": URL},
        )


def differences(oracle: Any, feed: Feed | None) -> Iterator[str]:
    """What of an entry is not as feedparser has it: count, title, link, date, content."""
    if feed is None:
        if oracle.entries:
            yield "refused"
        return
    if len(oracle.entries) != len(feed.entries):
        yield "count"
        return
    for theirs, ours in zip(oracle.entries, feed.entries, strict=True):
        yield from entry_differences(theirs, ours)


def entry_differences(theirs: Mapping[str, Any], ours: Entry) -> Iterator[str]:
    if words(value(theirs, "title") or "") != words(ours.title):
        yield "title"
    if clean_link(value(theirs, "link"), URL) != ours.link:
        yield "link"
    if moment(theirs) not in {ours.published, ours.updated}:
        yield "date"
    expected = longest(theirs)
    if expected not in max(words(ours.content), words(ours.summary), key=len):
        yield "content"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(CORPUS)))
def test_same_as_feedparser(folder: Path) -> None:
    """Every file that feedparser reads gives the same entries by our first parser that takes it, or better ones."""
    found = set()
    for path in sorted(folder.iterdir()):
        document = path.read_bytes()
        if path.suffix in {".json", ".html"} and not document.lstrip().startswith(b"<?xml"):
            continue
        try:
            feed = read(document, url=URL)
        except ReadError:
            feed = None
        found |= {(path.name, what) for what in differences(by_feedparser(document), feed)}
    names = {path.name for path in folder.iterdir()}
    assert {key for key in BETTER if key[0] in names} == found


@pytest.mark.parametrize("path", sorted((CORPUS / "feeds").rglob("*.json")), ids=lambda path: path.name)
def test_json_feeds(path: Path) -> None:
    """Every JSON Feed gives its items, in order, with what identifies and dates them."""
    try:
        document = json.loads(path.read_bytes())
    except ValueError:
        with pytest.raises(ReadError):
            read(path.read_bytes(), url=URL)
        return
    feed = read(path.read_bytes(), url=URL)
    assert len(document["items"]) == len(feed.entries)
    assert [str(item["id"]) for item in document["items"] if "id" in item] == [
        entry.id for entry, item in zip(feed.entries, document["items"], strict=True) if "id" in item
    ]
    assert [dates.seconds(item.get("date_published")) for item in document["items"]] == [
        entry.published for entry in feed.entries
    ]
    assert [words(item.get("content_html") or item.get("content_text") or "") for item in document["items"]] == [
        words(entry.content) for entry in feed.entries
    ]


@pytest.mark.parametrize("path", sorted((CORPUS / "feeds" / "not-a-feed").rglob("*.*")), ids=lambda path: path.name)
def test_pages_are_no_feeds(path: Path) -> None:
    """What came back where a feed was expected is called what it is."""
    with pytest.raises(HtmlPage):
        read(path.read_bytes(), url=URL)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(CORPUS)))
def test_nothing_active(folder: Path) -> None:
    """Whatever a feed holds, its cleaned entries may be shown."""
    found = {}
    for path in sorted(folder.iterdir()):
        try:
            feed = read(path.read_bytes(), url=URL)
        except ReadError:
            continue
        entries = [clean.entry(entry) for entry in feed.entries]
        found[path.name] = [fault for entry in entries for fault in faults(entry.content) + faults(entry.summary)]
    assert {} == {name: listed for name, listed in found.items() if listed}


def payloads() -> list[str]:
    """Attacks that other people's sanitizers are tested with."""
    folder = CORPUS / "bad" / "xss"
    texts: list[str] = []
    waiting = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, str):
            texts.append(thing)
        elif isinstance(thing, dict | list):
            waiting.extend(thing.values() if isinstance(thing, dict) else thing)
    return texts


def test_known_attacks() -> None:
    """No known attack leaves anything that acts, also when its result is cleaned again."""
    attacks = payloads()
    assert len(attacks) > 100
    shown = {attack: clean.html(attack, "https://site.example/") for attack in attacks}
    assert {} == {attack: result for attack, result in shown.items() if faults(result)}
    assert {} == {attack: result for attack, result in shown.items() if faults(clean.html(result, None))}


def test_bombs(tmp_path: Path) -> None:
    """Every hostile file is refused or read, within two seconds of CPU and 200 MB, and nothing active comes of it."""
    subprocess.run([sys.executable, CORPUS / "make_bombs.py", tmp_path], check=True, capture_output=True)
    files = sorted(path for path in tmp_path.iterdir() if path.suffix != ".ics")
    gc.collect()
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "tests.feeds.guarded", *map(str, files)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root)
    reports = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [path.name for path in files] == [report["name"] for report in reports]
    wrong = [
        report
        for report in reports
        if report["outcome"].startswith(("raised", "died"))
        or report["seconds"] > 2
        or report["megabytes"] > 200
        or report["faults"]
    ]
    assert [] == wrong
