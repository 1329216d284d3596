"""One fictional coalition, for every test: two organizations of Worcester and what they publish."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from feeds.model import Enclosure, Entry, Event, Failed, Feed, Fetched, FoundFeed, Occurrence, Problem
from feeds.pipeline import Pulled
from network.aggregator import lease
from network.aggregator.archive import Outcome, Report, store
from network.database.engine import Database
from network.members import register, sources
from network.model import Member

NOW = 1_795_348_800  # Sunday 2026-11-22 12:00 UTC
HOUR, DAY = 3600, 86_400
ZONE = "America/New_York"

TENANTS = Member(
    id=0, slug="", name="Tenants of Main South", description="Renters who stand up for each other.",
    home_url="https://tenants.example/", town="Worcester", region="MA", postcode="01610", latitude=42.2483,
    longitude=-71.8136, state="approved", languages=("en", "es"), topics=("housing",), contact_email="hola@tenants.example",
)  # fmt: skip
WORKERS = Member(
    id=0, slug="", name="Centro Obrero de Fitchburg", description="Derechos laborales, en su idioma.",
    home_url="https://obrero.example/", town="Fitchburg", region="MA", postcode="01420", latitude=42.5834,
    longitude=-71.8023, state="approved", languages=("es",), topics=("workers", "legal-help"),
)  # fmt: skip


def entry(number: int, **changed: object) -> Entry:
    """A post of the tenants; the higher its number the older."""
    made = Entry(
        id=f"https://tenants.example/?p={number}",
        link=f"https://tenants.example/posts/{number}",
        title=f"Post {number}",
        content=f"<p>What we did, part {number}.</p>",
        published=NOW - number * DAY,
        authors=("Rosa",),
        categories=("housing",),
        enclosures=(Enclosure("https://tenants.example/flyer.pdf", "application/pdf", 1200),) if number == 1 else (),
    )
    return replace(made, **changed)  # type: ignore[arg-type]


def event(number: int, **changed: object) -> Event:
    """A gathering `number` days from now, at six in the evening."""
    start = datetime.fromtimestamp(NOW, ZoneInfo(ZONE)).replace(hour=18, minute=0, second=0) + timedelta(days=number)
    first, last = int(start.timestamp()), int(start.timestamp()) + 2 * HOUR
    title = str(changed.get("title", f"Gathering {number}"))
    made = Event(
        uid=f"gathering-{number}@tenants.example",
        title=title,
        start=start,
        end=start + timedelta(hours=2),
        timezone=ZONE,
        venue="Sycamore Hall",
        address="11 Sycamore St, Worcester",
        description="<p>Everybody is welcome.</p>",
        link=f"https://tenants.example/events/{number}",
        occurrences=(Occurrence(first, last, False, title, "Sycamore Hall", "confirmed"),),
    )
    return replace(made, **changed)  # type: ignore[arg-type]


async def join(database: Database, member: Member, *urls: str) -> Member:
    """Put a member into the register, with a feed at each of these addresses (or one at /feed/)."""
    found = [FoundFeed(url, "", "calendar" if url.endswith(".ics") else "feed", "test")
             for url in urls or (member.home_url + "feed/",)]  # fmt: skip
    async with database.writing() as connection:
        added = await register.add(connection, member, now=NOW)
        await sources.add(connection, added.id, found, now=NOW)
    return added


async def bring(database: Database, feeds: Mapping[str, Feed | Failed], *, now: int = NOW) -> list[Report]:
    """Store what these addresses are said to have brought, as a worker does."""
    async with database.writing() as connection:
        await sources.make_due(connection, None, now=now)
    taken = await lease.take(database, 1000, now=now)
    outcomes = [Outcome(leased=one, result=result(one.url, feeds[one.url])) for one in taken if one.url in feeds]
    await lease.give_back(database, [one for one in taken if one.url not in feeds])
    return await store(database, outcomes, now=now)


def result(url: str, feed: Feed | Failed) -> Pulled | Failed:
    """What pulling this address came to."""
    if isinstance(feed, Failed):
        return feed
    fetched = Fetched(url=url, body=b"", content_type="", etag='"1"', last_modified="", body_hash=b"\x01")
    return Pulled(fetched=fetched, feed=feed)


def news(*entries: Entry, **said: object) -> Feed:
    """A feed document with these entries."""
    return Feed(format="rss", parser="xml_feed", title="Tenants", language="en", entries=entries, **said)  # type: ignore[arg-type]


def calendar(*events: Event) -> Feed:
    """A calendar document with these events."""
    return Feed(format="ical", parser="ical", title="Tenants' calendar", timezone=ZONE, events=events)


def broken(code: str = "unreachable") -> Failed:
    """A site that does not answer."""
    return Failed(problem=Problem(code, "It does not answer."))
