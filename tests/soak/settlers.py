"""Who lives in the town, and what they will do in these weeks: all of it from one seed."""

from __future__ import annotations

from random import Random

from tests.faults.documents import FEEDS
from tests.faults.sites import Site
from tests.soak.publishers import Calendar, Feed
from tests.soak.town import CALM, NEVER, Address, Home, Town
from tests.world import DAY, HOUR

WRONG_CLOCK = {"Date": "Mon, 01 Jan 2001 00:00:00 GMT", "Expires": "Mon, 01 Jan 2001 03:00:00 GMT"}


def settle(random: Random, sources: int, *, start: int, peace: int) -> Town:
    """A town with so many sources, from `start` on (UTC seconds); its troubles end at `peace`."""
    homes: dict[str, Home] = {}
    left = sources
    while left > 0:
        number = len(homes) + 1
        host = f"127.{1 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"
        home = _Settler(random, host, start, peace).home(
            f"Group {number}", min(left, random.choice([1, 1, 1, 2, 2, 3, 4]))
        )
        homes[host] = home
        left -= len(home.addresses)
    return Town(random, homes, start, peace)


class _Settler:
    def __init__(self, random: Random, host: str, start: int, peace: int) -> None:
        self._random, self._host, self._start = random, host, start
        self._last = max(peace - 8 * DAY, start + DAY)  # what happens later might not be noticed in time

    def home(self, name: str, count: int) -> Home:
        """A site with so many addresses."""
        addresses: list[Address] = []
        for place in range(count):
            if place and self._random.random() < 0.3:
                addresses.append(self._twin(addresses[0], place))
            else:
                addresses.append(self._calendar(place) if self._random.random() < 0.4 else self._feed(place))
        return Home(name, self._host, addresses, self._start + self._random.randrange(CALM))

    def _sometime(self, chance: float) -> int:
        return self._random.randrange(self._start, self._last) if self._random.random() < chance else NEVER

    def _site(self, media_type: str) -> Site:
        choose = self._random.choice
        headers = choose([{}, {}, {"Cache-Control": "max-age=14400"}, WRONG_CLOCK])
        return Site(
            b"", media_type, validators=choose(["both", "both", "etag", "date", "ignored", "none"]),
            coding=choose(["", "gzip", "br", "zstd"]), headers=headers,
        )  # fmt: skip

    def _feed(self, place: int) -> Address:
        random = Random(self._random.random())
        format_, pace = random.choice(list(FEEDS)), random.choice([0.1, 0.5, 1.0, 3.0])
        feed = Feed(random, f"http://{self._host}/{place}", format_, pace, self._sometime(0.2))
        for number in range(random.randrange(15)):
            feed.publish(self._start, before=(15 - number) * DAY + number * HOUR)
        site = self._site(feed.media_type)
        return Address(f"/{place}/feed", feed, site, f"/{place}/news", self._sometime(0.1))

    def _calendar(self, place: int) -> Address:
        random = Random(self._random.random())
        pace, keeps_past = random.choice([0.5, 1.0, 3.0]), random.choice([0, 0, 90 * DAY])
        address = f"http://{self._host}/{place}"
        calendar = Calendar(random, address, pace, keeps_past, self._sometime(0.15), self._sometime(0.15))
        for _ in range(random.randrange(20)):
            calendar.announce(self._start)
        site = self._site(calendar.media_type)
        return Address(f"/{place}/events.ics", calendar, site, f"/{place}/all.ics", self._sometime(0.1))

    def _twin(self, first: Address, place: int) -> Address:
        """Another address of the same document; some day it leads to the first one for good."""
        first.moves_at = NEVER
        path = f"/{place}/old" + (".ics" if isinstance(first.publisher, Calendar) else "")
        site = self._site(first.publisher.media_type)
        return Address(path, first.publisher, site, first.path, self._sometime(0.7))
