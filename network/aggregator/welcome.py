"""Taking in an organization: what its address offers, and what readers would see of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from feeds.client import Client
from feeds.discover import discover
from feeds.errors import AddressError, FetchError
from feeds.model import Entry, Event, Failed, Feed, FoundFeed, Page, Problem, Source
from feeds.pipeline import Pulled, found_feed, kind_of, pull
from network.errors import NoFeedFound
from network.members import register, sources
from network.model import Member
from network.places import Gazetteer

NEXT = 5
MAX_FEEDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One feed or calendar that was found, with what it holds; `problem` when it can't be read."""

    found: FoundFeed
    feed: Feed | None
    problem: Problem | None = None

    def next_items(self, now: int) -> list[tuple[str, int | None, str | None]]:
        """The items that readers will see first, as (title, when in UTC seconds, link)."""
        if self.feed is None:
            return []
        if self.feed.events:
            return _next_events(self.feed.events, now)[:NEXT]
        return [_shown(entry) for entry in self.feed.entries[:NEXT]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What an address offers: the page, its feeds read, and what is wrong."""

    page: Page
    offers: tuple[Offer, ...]


async def look(client: Client, address: str, *, now: int, timezone: str) -> Look:
    """Find the feeds and calendars of a home page (or take a feed's own address) and read them once.

    Raises AddressError and FetchError for an address that can't be read, NoFeedFound where there is no feed.
    """
    page = await discover(client, address, found_feed)
    if not page.feeds:
        raise NoFeedFound(url=page.url)
    found = page.feeds[:MAX_FEEDS]
    offers = await asyncio.gather(*(_offer(client, feed, now, timezone) for feed in found))
    return Look(page=_named(page, offers), offers=tuple(offers))


async def admit(
    connection: AsyncConnection, member: Member, found: Sequence[FoundFeed], gazetteer: Gazetteer, *, now: int
) -> Member:
    """Put an organization into the register with its sources. Raises MemberExists."""
    added = await register.add(connection, located(member, gazetteer), now=now)
    await sources.add(connection, added.id, found, now=now)
    return added


def town_or_zip(text: str) -> tuple[str, str, str]:
    """What people write for where they are ("Worcester, MA" or "01609") as (town, region, postcode)."""
    if text.replace("-", "").isdecimal():
        return "", "", text
    town, _, region = text.partition(",")
    return town.strip(), region.strip(), ""


def located(member: Member, gazetteer: Gazetteer) -> Member:
    """The member with the coordinates of its ZIP code or town, where the gazetteer knows it."""
    place = gazetteer.find(member.postcode) if member.postcode else None
    town = gazetteer.find(", ".join(part for part in (member.town, member.region) if part)) if member.town else None
    spot = place or town
    if spot is None:
        return member
    name, region = (town.name, town.region) if town and not town.name.isdecimal() else (member.town, member.region)
    return replace(member, latitude=spot.latitude, longitude=spot.longitude, town=name, region=region or spot.region)


async def _offer(client: Client, found: FoundFeed, now: int, timezone: str) -> Offer:
    try:
        result = await pull(client, Source(url=found.url), now=now, zone=timezone)
    except (AddressError, FetchError) as error:
        return Offer(found=found, feed=None, problem=error.problem)
    if isinstance(result, Pulled):
        title = found.title or result.feed.title
        kind = kind_of(result.feed)
        problem = result.feed.problems[0] if result.feed.problems else None
        return Offer(found=replace(found, title=title, kind=kind), feed=result.feed, problem=problem)
    return Offer(found=found, feed=None, problem=result.problem if isinstance(result, Failed) else None)


def _named(page: Page, offers: Sequence[Offer]) -> Page:
    """The page, with what only the feed says of the organization where the page says nothing."""
    feeds = [offer.feed for offer in offers if offer.feed]
    return replace(
        page,
        title=page.title or next((feed.title for feed in feeds if feed.title), ""),
        description=page.description or next((feed.description for feed in feeds if feed.description), ""),
        language=page.language or next((feed.language for feed in feeds if feed.language), None),
    )


def _next_events(events: Sequence[Event], now: int) -> list[tuple[str, int | None, str | None]]:
    days = [(day.start, event) for event in events for day in event.occurrences if day.end > now]
    days.sort(key=lambda pair: pair[0])
    return [(event.title, start, event.link) for start, event in days]


def _shown(entry: Entry) -> tuple[str, int | None, str | None]:
    return entry.title or entry.link or "", entry.published, entry.link
