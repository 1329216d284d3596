"""One address, looked at closely: what it offers, how each feed and its server behave, and what readers would see.

    examine(client, address)  =  discover  →  for each feed: ask, read, ask again with the validators that came

Nothing is stored. Whatever the other side does wrong is part of what is found, not an error.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from feeds import clean
from feeds.client import Client
from feeds.diagnose import platform_of
from feeds.discover import discover
from feeds.errors import AddressError, FeedsError, FetchError
from feeds.fetch import ACCEPT, outcome
from feeds.model import Entry, Event, Failed, Feed, Fetched, FoundFeed, Page, Source
from feeds.pipeline import found_feed, kind_of, read_fetched
from feeds.schedule import usual
from network.aggregator.welcome import MAX_FEEDS, NEXT
from network.errors import NoFeedFound
from network.members.health import health
from network.model import Happening, Health

_UNTITLED = 80
"""Characters of its text that stand for the title of an entry that has none, as on the site."""
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What is wrong: a problem's code, its sentence, the platform that the advice depends on, the technical cause."""

    code: str
    text: str
    platform: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conduct:
    """How a server treats programs that ask for its feed.

    `url`: where the feed was found after redirects; `moved_to`: the same when it has moved there for good. `spares`: it
    says "nothing new" (304) when asked again with its own validators; None when it gives none. `compression`: of the
    body on the wire; `size`: bytes of the body; `max_age`: seconds for which it may be kept. `hub`: brings news at once.
    """

    url: str
    moved_to: str | None
    spares: bool | None
    compression: str
    size: int
    max_age: int | None
    hub: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkup:
    """One feed or calendar: how it fares, and what readers would see of it.

    `newest_at`: when it last brought something (UTC seconds); `usual`: seconds from one entry to the next. `coming`: the
    next occurrences of its events, of `ahead` in all; `latest`: its newest entries. Without a `feed` it is broken.
    """

    found: FoundFeed
    platform: str
    health: Health
    feed: Feed | None = None
    complaints: tuple[Complaint, ...] = ()
    conduct: Conduct | None = None
    newest_at: int | None = None
    usual: int | None = None
    coming: tuple[Happening, ...] = ()
    ahead: int = 0
    latest: tuple[tuple[str, int | None, str | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What was found at an address. `page` is None when it could not be read at all; `complaint` says why, or why nothing
    was found on it.
    """

    page: Page | None
    platform: str
    checkups: tuple[Checkup, ...] = ()
    complaint: Complaint | None = None

    @property
    def is_well(self) -> bool:
        """Whether feeds were found and all of them can be read; a quiet one is well."""
        return self.complaint is None and all(checkup.feed is not None for checkup in self.checkups)


async def examine(client: Client, address: str, *, now: int, timezone: str) -> Examination:
    """Find and look at what `address` offers: a home page, a feed, a calendar or the page of one. `timezone`: of times
    that name none.
    """
    try:
        page = await discover(client, address, found_feed)
    except FeedsError as error:
        platform = error.platform or platform_of(url=error.subject)
        return Examination(page=None, platform=platform, complaint=_complaint(error))
    platform = platform_of(url=page.url, generator=page.generator)
    if not page.feeds:
        return await _nothing_found(client, page, platform, now)
    looks = (_checkup(client, found, platform, now, timezone) for found in page.feeds[:MAX_FEEDS])
    checkups = tuple(await asyncio.gather(*looks))
    if not page.generator:
        platform = next((checkup.platform for checkup in checkups if checkup.platform), platform)
    return Examination(page=page, platform=platform, checkups=checkups)


def _complaint(error: FeedsError) -> Complaint:
    return Complaint(code=error.code, text=error.sentence, platform=error.platform, detail=error.detail)


def _refused(failed: Failed, platform: str) -> Complaint:
    problem = failed.problem
    return Complaint(
        code=problem.code, text=problem.text, platform=failed.platform or platform, detail=failed.detail
    )  # fmt: skip


async def _nothing_found(client: Client, page: Page, platform: str, now: int) -> Examination:
    """No feed: is it a page without one, or a feed that can't be read?"""
    result, _ = await _asked(client, FoundFeed(page.url, "", "feed", "address"), now, "UTC")
    if isinstance(result, Failed) and result.problem.code != "html_page":
        return Examination(page=page, platform=platform, complaint=_refused(result, platform))
    nothing = NoFeedFound(url=page.url)
    return Examination(
        page=page, platform=platform, complaint=Complaint(code=nothing.code, text=str(nothing), platform=platform)
    )


async def _checkup(client: Client, found: FoundFeed, of_page: str, now: int, timezone: str) -> Checkup:
    result, conduct = await _asked(client, found, now, timezone)
    if isinstance(result, Failed):
        return Checkup(
            found=found, platform=result.platform or of_page, health="gone" if result.problem.code == "gone" else "broken",
            complaints=(_refused(result, of_page),), conduct=conduct,
        )  # fmt: skip
    platform = platform_of(url=conduct.url if conduct else found.url, generator=result.generator)
    dates = [moment for entry in result.entries if (moment := entry.published or entry.updated) and moment <= now]
    coming = _coming(result.events, timezone, now)
    newest_at = max(dates, default=None if coming else _last_change(result.events, now))
    rhythm = usual(dates, now=now)
    return Checkup(
        found=replace(found, title=result.title or found.title, kind=kind_of(result)),
        platform=platform,
        health=health("fine", newest_at=newest_at, usual=rhythm, now=now),
        feed=result,
        complaints=tuple(Complaint(code=one.code, text=one.text, platform=platform) for one in result.problems),
        conduct=conduct,
        newest_at=newest_at,
        usual=rhythm,
        coming=tuple(coming[:NEXT]),
        ahead=len(coming),
        latest=_latest(result.entries, now),
    )


async def _asked(client: Client, found: FoundFeed, now: int, timezone: str) -> tuple[Feed | Failed, Conduct | None]:
    """What a feed holds, or why it can't be read; and how its server behaves, as far as it answered."""
    source = Source(url=found.url)
    try:
        answer = await client.get(found.url, {"Accept": ACCEPT})
    except (AddressError, FetchError) as error:
        failed = Failed(problem=error.problem, detail=error.detail, platform=platform_of(url=found.url))
        return failed, None
    fetched = outcome(source, answer, now)
    if isinstance(fetched, Failed):
        return fetched, None
    assert isinstance(fetched, Fetched)
    read = await read_fetched(fetched, now=now, zone=timezone)
    feed = None if isinstance(read, Failed) else read.feed
    conduct = Conduct(
        url=fetched.url,
        moved_to=fetched.moved_to,
        spares=await _spares(client, found.url, fetched) if feed else None,
        compression=_compression(answer.headers),
        size=len(fetched.body),
        max_age=fetched.max_age,
        hub=fetched.hub or (feed.hub if feed else None),
    )
    return (read if isinstance(read, Failed) else read.feed), conduct


async def _spares(client: Client, url: str, fetched: Fetched) -> bool | None:
    validators = {"If-None-Match": fetched.etag, "If-Modified-Since": fetched.last_modified}
    asked = {name: value for name, value in validators.items() if value}
    if not asked:
        return None
    try:
        return (await client.get(url, {"Accept": ACCEPT, **asked})).status == _NOT_MODIFIED
    except (AddressError, FetchError):
        return False


def _compression(headers: Mapping[str, str]) -> str:
    return headers.get("Content-Encoding", "").strip().lower().removeprefix("x-")


def _coming(events: Iterable[Event], timezone: str, now: int) -> list[Happening]:
    """What is still to come, soonest first, in the zone of each event."""
    found = [
        Happening(
            event_id=0, title=day.title or event.title, start=day.start, end=day.end, all_day=day.all_day,
            timezone=event.timezone or timezone, venue=day.venue or event.venue, address=event.address, status=day.status,
            repeats=bool(event.rrule), credits=(),
        )
        for event in events for day in event.occurrences if day.end > now
    ]  # fmt: skip
    return sorted(found, key=lambda happening: (happening.start, happening.title))


def _last_change(events: Iterable[Event], now: int) -> int | None:
    """When a calendar was last changed or last took place, as far as it tells."""
    moments = [moment for event in events for moment in (event.updated, event.created) if moment]
    moments += [day.end for event in events for day in event.occurrences]
    return max((moment for moment in moments if moment <= now), default=None)


def _latest(entries: Iterable[Entry], now: int) -> tuple[tuple[str, int | None, str | None], ...]:
    """The newest entries as (title, when in UTC seconds, link); never dated in the future, as on the site."""
    newest = sorted(entries, key=lambda entry: min(entry.published or entry.updated or 0, now), reverse=True)[:NEXT]
    return tuple((_title(entry), _dated(entry, now), entry.link) for entry in newest)


def _title(entry: Entry) -> str:
    return entry.title or clean.excerpt(entry.summary or entry.content, _UNTITLED) or entry.link or ""


def _dated(entry: Entry, now: int) -> int | None:
    moment = entry.published or entry.updated
    return None if moment is None else min(moment, now)
