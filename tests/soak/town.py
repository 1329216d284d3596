"""The coalition: its members, their sites, and what happens to them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

from tests.faults.sites import Site
from tests.servers import Request, redirect, reply, serving
from tests.soak import troubles
from tests.soak.publishers import Calendar, Feed
from tests.soak.troubles import FOR_NOW, Trouble
from tests.world import DAY

FORBIDDEN = "127.255.0.1"
"""A host of this machine that the workers may not ask."""
CALM = 3 * DAY
"""Between two troubles of a site: long enough for all that happened meanwhile to be noticed and decided."""
NEVER = 1 << 40


@dataclass(slots=True)
class Address:
    """Where something is published. From `moves_at` on it answers that it is at `new_path` for good."""

    path: str
    publisher: Feed | Calendar
    site: Site
    new_path: str
    moves_at: int = NEVER
    trouble: Trouble | None = None

    def path_at(self, now: int) -> str:
        """Where the document is."""
        return self.new_path if self.moves_at <= now else self.path


@dataclass(slots=True)
class Home:
    """A member's site: a host of its own with a few addresses. Nothing befalls it until `calm_until`."""

    name: str
    host: str
    addresses: list[Address]
    calm_until: int
    trouble: Trouble | None = None

    def publishers(self) -> list[Feed | Calendar]:
        """Each once, though it may be at several addresses."""
        return list({id(address.publisher): address.publisher for address in self.addresses}.values())

    def in_trouble(self) -> bool:
        """Is anything wrong just now?"""
        return self.trouble is not None or any(address.trouble for address in self.addresses)


@dataclass(slots=True)
class Town:
    """All sites, as they are at `now` (UTC seconds). Nothing befalls anybody from `peace` on."""

    random: Random
    homes: dict[str, Home]
    now: int
    peace: int
    troubles: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    trespasses: int = 0
    shared_links: list[str] = field(default_factory=list)
    _port: int = 0

    def addresses(self) -> Iterator[tuple[Home, Address]]:
        """Every address that is a source in the beginning."""
        return ((home, address) for home in self.homes.values() for address in home.addresses)

    def url(self, home: Home, path: str) -> str:
        """An address as a source has it."""
        return f"http://{home.host}:{self._port}{path}"

    def live(self, seconds: int) -> None:
        """Let so much time pass."""
        self.now += seconds
        if self.random.random() < 0.3 * seconds / DAY and self.now < self.peace:
            self._speak_together()
        for home in self.homes.values():
            for publisher in home.publishers() if self.now < self.peace else ():
                publisher.live(self.now, seconds)
            self._mend(home)
            if home.calm_until <= self.now < self.peace and self.random.random() < seconds / (2 * DAY):
                self._befall(home, seconds)
        self.show()

    def show(self) -> None:
        """Let every site show what it has now."""
        for home, address in self.addresses():
            trouble = home.trouble or address.trouble
            body = troubles.document(address.trouble, address.publisher, self.now)
            if body != address.site.body:
                address.site.publish(body)
            address.site.fault = None if trouble is None else trouble.answer
            address.site.asked.clear()
            address.site.statuses.clear()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Let all sites listen."""
        async with serving(self._answer, host="0.0.0.0") as server:
            self._port = server.port
            self.show()
            yield

    async def _answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.requests += 1
        host = request.headers["host"].partition(":")[0]
        self.trespasses += host == FORBIDDEN
        home = self.homes.get(host)
        path = request.path.removeprefix(FOR_NOW)
        address = (
            next((one for one in home.addresses if path in {one.path, one.path_at(self.now)}), None) if home else None
        )
        if address is None:
            writer.write(reply(status=404))
        elif path != address.path_at(self.now) and address.site.fault is None:
            writer.write(redirect(address.new_path, 301))
        elif path != request.path:
            await address.site.answer(request, writer)
        else:
            await address.site(request, writer)

    def _speak_together(self) -> None:
        """Several groups publish the same page."""
        feeds = [one for home in self.homes.values() for one in home.publishers() if isinstance(one, Feed)]
        link = f"https://coalition.example/2026/{len(self.shared_links) + 1}/what-we-demand"
        self.shared_links.append(link)
        for feed in self.random.sample(feeds, min(4, len(feeds))):
            feed.publish(self.now, link=link)

    def _mend(self, home: Home) -> None:
        places: list[Home | Address] = [home, *home.addresses]
        for place in places:
            if place.trouble is not None and (place.trouble.until <= self.now or self.now >= self.peace):
                place.trouble, home.calm_until = None, self.now + CALM

    def _befall(self, home: Home, seconds: int) -> None:
        if self.random.random() < 0.4:
            trouble = home.trouble = troubles.of_site(self.random, self.now)
        else:
            address = self.random.choice(home.addresses)
            trouble = address.trouble = troubles.of_address(
                self.random, self.now, address.publisher.document(self.now), path=address.path_at(self.now),
                forbidden=f"http://{FORBIDDEN}:{self._port}/", soon=seconds,
            )  # fmt: skip
        home.calm_until = NEVER
        self.troubles[trouble.name] += 1
