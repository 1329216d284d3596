"""What a feed says of itself for those who read it again: how often, when not, by which hub, and made by what."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feeds.model import Feed
from feeds.parse import any_feed, ical, json_feed, renewal, xml_feed
from tests.feeds.calendars import calendar
from tests.feeds.feed_files import URL

NAMESPACES = (
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:admin="http://webns.net/mvcb/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
)
BROKEN = "<odd><b></odd></b>"
"""What no repair mends, so that feedparser has to read it."""
HUB, TOPIC = "https://hub.example/", "https://pantry.example/feed.xml"

SAID: dict[str, tuple[str, dict[str, Any]]] = {
    "nothing": ("", {}),
    "minutes": ("<ttl>90</ttl>", {"ttl": 5400}),
    "minutes with white space": ("<ttl>\n 90 </ttl>", {"ttl": 5400}),
    "minutes with a fraction": ("<ttl>90.5</ttl>", {"ttl": 5400}),
    "no minutes": ("<ttl>0</ttl>", {}),
    "less than none": ("<ttl>-60</ttl>", {}),
    "minutes in words": ("<ttl>an hour</ttl>", {}),
    "minutes that are none": ("<ttl>NaN</ttl><ttl>inf</ttl><ttl>1e9</ttl><ttl>1_000</ttl><ttl>٩٠</ttl>", {}),
    "centuries": ("<ttl>99999999</ttl>", {}),
    "more than any number": (f"<ttl>{'9' * 5000}</ttl>", {}),
    "an hour by WordPress": ("<sy:updatePeriod>\n hourly </sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>", {"ttl": 3600}),
    "twice a day": ("<sy:updatePeriod>Daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", {"ttl": 43_200}),
    "a period alone": ("<sy:updatePeriod>weekly</sy:updatePeriod>", {"ttl": 604_800}),
    "no times a day": ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", {}),
    "too many times a day": (f"<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>{'9' * 30}</sy:updateFrequency>", {}),
    "less than every second": ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>3601</sy:updateFrequency>", {}),
    "often, in words": ("<sy:updatePeriod>always</sy:updatePeriod>", {}),
    "the longer of both": ("<ttl>60</ttl><sy:updatePeriod>daily</sy:updatePeriod>", {"ttl": 86_400}),
    "the longer, the other way": ("<ttl>2880</ttl><sy:updatePeriod>daily</sy:updatePeriod>", {"ttl": 172_800}),
    "one that can be": ("<ttl>soon</ttl><sy:updatePeriod>daily</sy:updatePeriod>", {"ttl": 86_400}),
    "hours": ("<skipHours><hour>22</hour><hour> 0 </hour><hour>3</hour></skipHours>", {"skip_hours": (0, 3, 22)}),
    "24 is midnight": ("<skipHours><hour>24</hour><hour>23</hour></skipHours>", {"skip_hours": (0, 23)}),
    "hours that are none": ("<skipHours><hour>25</hour><hour>-1</hour><hour>noon</hour><hour/></skipHours>", {}),
    "days": ("<skipDays><day>Sunday</day><day>saturday</day><day>MONDAY</day></skipDays>", {"skip_days": (0, 5, 6)}),
    "days in short": ("<skipDays><day>Tue</day><day>Sat </day></skipDays>", {"skip_days": (1, 5)}),
    "days that are none": ("<skipDays><day>Domingo</day><day>S</day><day>7</day></skipDays>", {}),
    "hub and self": (
        f'<atom:link rel="hub" href="{HUB}"/><atom:link rel="self" href="{TOPIC}" type="application/rss+xml"/>',
        {"hub": HUB, "topic": TOPIC},
    ),
    "relations in capitals": (f'<atom:link rel="HUB" href="{HUB}"/><atom:link rel="Self" href="{TOPIC}"/>', {"hub": HUB, "topic": TOPIC}),
    "relative": ('<atom:link rel="hub" href="/hub"/><atom:link rel="self" href="feed"/>', {"hub": "https://url.example/hub", "topic": URL}),
    "the first of several": (
        f'<atom:link rel="hub" href="ftp://x.example/"/><atom:link rel="hub" href="{HUB}"/><atom:link rel="hub" href="{TOPIC}"/>',
        {"hub": HUB},
    ),
    "no web addresses": ('<atom:link rel="hub" href="mailto:a@x.example"/><atom:link rel="self" href="javascript:1"/>', {}),
    "made by": ("<generator>  https://wordpress.org/?v=6.8\n</generator>", {"generator": "https://wordpress.org/?v=6.8"}),
    "made by an agent": ('<admin:generatorAgent rdf:resource="https://maker.example/"/>', {"generator": "https://maker.example/"}),
    "made by something endless": (f"<generator>{'x' * 5000}</generator>", {"generator": "x" * 200}),
}  # fmt: skip


def rss(said: str) -> bytes:
    items = "<item><title>One</title><guid>1</guid></item>"
    return f'<rss version="2.0" {NAMESPACES}><channel><title>Pantry</title>{said}{items}</channel></rss>'.encode()


def of(feed: Feed) -> dict[str, Any]:
    """What a feed says of how to read it."""
    named = ("ttl", "skip_hours", "skip_days", "hub", "topic", "generator")
    return {name: getattr(feed, name) for name in named if getattr(feed, name)}


@pytest.mark.parametrize("kind", SAID)
def test_well_formed(kind: str) -> None:
    """A well-formed RSS feed says how often to look, when not, by which hub, and what made it; nonsense says nothing."""
    said, expected = SAID[kind]
    assert expected == of(xml_feed.parse(rss(said), url=URL))


@pytest.mark.parametrize("kind", SAID)
def test_mended(kind: str) -> None:
    """A feed after a PHP warning and with a stray ampersand says the same."""
    said, expected = SAID[kind]
    body = b"Warning: x in y on line 3\n" + rss(said).replace(b"Pantry", b"Pantry & more")
    assert expected == of(any_feed.parse(body, url=URL))


@pytest.mark.parametrize("kind", SAID)
def test_by_feedparser(kind: str) -> None:
    """A feed that nothing mends says the same."""
    said, expected = SAID[kind]
    assert expected == of(any_feed.parse(rss(said).replace(b"<item>", BROKEN.encode() + b"<item>"), url=URL))


ATOM: dict[str, tuple[str, dict[str, Any]]] = {
    "hub and self": (f'<link rel="hub" href="{HUB}"/><link rel="self" href="{TOPIC}"/>', {"hub": HUB, "topic": TOPIC}),
    "relative to the document": ('<link rel="self" href="/feed"/>', {"topic": "https://url.example/feed"}),
    "made by": ('<generator uri="https://maker.example/" version="7">Maker</generator>', {"generator": "Maker"}),
    "made by an address": ('<generator uri="https://maker.example/"/>', {"generator": "https://maker.example/"}),
    "a period": ("<sy:updatePeriod>daily</sy:updatePeriod>", {"ttl": 86_400}),
}


@pytest.mark.parametrize("broken", ["", BROKEN], ids=["well-formed", "broken"])
@pytest.mark.parametrize("kind", ATOM)
def test_atom(kind: str, broken: str) -> None:
    """Atom says it in its own elements, well-formed or not."""
    said, expected = ATOM[kind]
    top = f'<feed xmlns="http://www.w3.org/2005/Atom" {NAMESPACES}><title>Pantry</title>'
    body = f"{top}{said}{broken}<entry><id>1</id><title>One</title></entry></feed>".encode()
    assert expected == of((any_feed if broken else xml_feed).parse(body, url=URL))


def test_rdf() -> None:
    """RSS 1.0 says it beside the channel's title."""
    said = "<sy:updatePeriod>daily</sy:updatePeriod><admin:generatorAgent rdf:resource='https://maker.example/'/>"
    body = f'<rdf:RDF xmlns="http://purl.org/rss/1.0/" {NAMESPACES}><channel>{said}</channel><item/></rdf:RDF>'
    assert {"ttl": 86_400, "generator": "https://maker.example/"} == of(xml_feed.parse(body.encode(), url=URL))


def test_what_an_entry_says_is_not_said_of_the_feed() -> None:
    """Links of an entry are not the feed's."""
    body = rss("").replace(b"<guid>", f'<atom:link rel="hub" href="{HUB}"/><atom:link rel="self" href="{TOPIC}"/><guid>'.encode())  # fmt: skip
    assert {} == of(xml_feed.parse(body, url=URL))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"hubs": [{"type": "WebSub", "url": HUB}], "feed_url": TOPIC}, {"hub": HUB, "topic": TOPIC}),
        ({"hubs": [{"type": "rssCloud", "url": "https://cloud.example/"}, {"type": "websub", "url": HUB}]}, {"hub": HUB}),
        ({"hubs": [{"type": "rssCloud", "url": "https://cloud.example/"}]}, {}),
        ({"hubs": [{"url": HUB}, {"type": "WebSub", "url": TOPIC}]}, {"hub": HUB}),
        ({"hubs": [None, 5, HUB, {"type": 7, "url": 8}, {"type": "PubSubHubbub", "url": "/hub"}]}, {"hub": "https://url.example/hub"}),
        ({"hubs": {"url": HUB}, "feed_url": 5}, {}),
        ({"hubs": "https://hub.example/", "feed_url": "ftp://x.example/"}, {}),
    ],
    ids=str,
)  # fmt: skip
def test_json_feed(said: dict[str, Any], expected: dict[str, Any]) -> None:
    """JSON Feed names its hubs with their protocols, of which WebSub is ours, and its own address."""
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Pantry", "items": [], **said}).encode()
    assert expected == of(json_feed.parse(body, url=URL))


@pytest.mark.parametrize(
    ("lines", "ttl"),
    [
        ((), None),
        (("REFRESH-INTERVAL;VALUE=DURATION:PT6H",), 21_600),
        (("X-PUBLISHED-TTL:PT1H", "REFRESH-INTERVAL;VALUE=DURATION:P1D"), 86_400),
        (("X-PUBLISHED-TTL:P1W", "REFRESH-INTERVAL;VALUE=DURATION:P1D"), 604_800),
        (("X-PUBLISHED-TTL:PT0S",), None),
        (("X-PUBLISHED-TTL:-PT1H", "REFRESH-INTERVAL:hourly"), None),
        (("X-PUBLISHED-TTL:P999999W",), None),
        (("X-PUBLISHED-TTL:P500D", "REFRESH-INTERVAL:PT2H"), 7200),
    ],
    ids=str,
)
def test_calendar(lines: tuple[str, ...], ttl: int | None) -> None:
    """A calendar says how often to look in one of two ways, and what made it; where it says it comes from is no topic."""
    feed = ical.parse(calendar("SOURCE;VALUE=URI:https://pantry.example/c.ics", *lines, "BEGIN:VEVENT", "END:VEVENT"), url=URL)  # fmt: skip
    assert (ttl, None, None, "-//x//x//EN") == (feed.ttl, feed.hub, feed.topic, feed.generator)


def test_measure() -> None:
    """A period of a year is the longest that is believed."""
    assert (renewal.MAX_TTL, None, None, 1) == tuple(
        map(renewal.bounded, (renewal.MAX_TTL, renewal.MAX_TTL + 1, 0.5, 1))
    )
