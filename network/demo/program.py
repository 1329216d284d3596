"""What the organizations have published, and what they have on, on a given day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from typing import Literal
from zoneinfo import ZoneInfo

from network.demo.coalition import Event, Organization, Post, organization
from network.demo.days import fill
from network.demo.rhythm import DAY, EPOCH, WEEK

ZONE = ZoneInfo("America/New_York")
CALENDAR_BEHIND, CALENDAR_AHEAD = 3 * WEEK, 12 * WEEK
"""How much of the past and of the future a calendar shows."""
FIRST_NUMBER = 100
"""No site's first post is number 0."""
ARCHIVE_WEEKS = 104
"""How far back a post's page can still be opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A post on its day. `number` and `at` never change; the same text appears again later as another post."""

    organization: Organization
    text: Post
    number: int
    at: datetime

    @property
    def title(self) -> str:
        """The title with its dates."""
        return self._filled(self.text.title)

    @property
    def body(self) -> str:
        """The marked-up text with its dates."""
        return self._filled(self.text.body)

    def _filled(self, text: str) -> str:
        return fill(text, self.at.date(), self.text.language, self._next_date)

    def _next_date(self, name: str, after: date) -> date:
        owner, _, slug = name.rpartition("/")
        return (organization(owner) if owner else self.organization).event(slug).when.next_date(after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """One date of an event. `original` is the day it was planned for; it names the date for good, wherever it moves.

    `starts` and `ends` are None where it lasts whole days, `days` of them.
    """

    event: Event
    original: date
    day: date
    starts: time | None
    ends: time | None
    days: int
    where: str
    state: Literal["planned", "moved", "cancelled"]

    @property
    def start(self) -> datetime | date:
        """When it begins: a time in Massachusetts, or a day."""
        return datetime.combine(self.day, self.starts, ZONE) if self.starts else self.day

    @property
    def end(self) -> datetime | date:
        """When it is over (RFC 5545: of whole days, the first that is free again)."""
        return datetime.combine(self.day, self.ends, ZONE) if self.ends else self.day + self.days * DAY


def published(of: Organization, today: date) -> list[Published]:
    """What its feed shows on this day: the newest first, every text once. Nothing is dated today or later."""
    return list(_posts(of, today, len(of.posts)))


def archive(of: Organization, today: date) -> Iterator[Published]:
    """All its posts whose pages can be opened on this day, the newest first."""
    return _posts(of, today, ARCHIVE_WEEKS * len(of.posting_days))


def latest(of: Organization, slug: str, today: date) -> Published:
    """The last appearance of this text before this day."""
    return next(post for post in published(of, today) if post.text.slug == slug)


def _posts(of: Organization, today: date, count: int) -> Iterator[Published]:
    a_week = len(of.posting_days)
    if not a_week or not of.posts:
        return
    newest = ((today - EPOCH) // WEEK + 1) * a_week
    for number in range(newest, -1, -1):
        day = EPOCH + number // a_week * WEEK + of.posting_days[number % a_week] * DAY
        if day >= today:
            continue
        if count == 0:
            return
        count -= 1
        text = of.posts[number % len(of.posts)]
        clock = _clock(f"{of.slug}/{number}")
        at = datetime.combine(day, clock, ZONE)
        yield Published(organization=of, text=text, number=FIRST_NUMBER + number, at=at)


def _clock(seed: str) -> time:
    """Some time between eight in the morning and nine in the evening, always the same for the same seed."""
    minutes = int.from_bytes(blake2b(seed.encode(), digest_size=4).digest()) % (13 * 60)
    return time(8 + minutes // 60, minutes % 60, minutes * 7 % 60)


def occasions(event: Event, first: date, last: date) -> list[Occasion]:
    """The dates that were planned for this stretch of days, with what became of each."""
    return [_occasion(event, number, day) for number, day in event.when.dates(first, last)]


def calendar(of: Organization, today: date) -> list[tuple[Event, list[Occasion]]]:
    """Its events with the dates that its calendar shows on this day."""
    first, last = today - CALENDAR_BEHIND, today + CALENDAR_AHEAD
    return [(event, occasions(event, first, last)) for event in of.events]


def coming(of: Organization, today: date, within: timedelta) -> list[Occasion]:
    """What it has on from this day on, in order of time."""
    found = [each for event in of.events for each in occasions(event, today - WEEK, today + within)]
    return sorted((each for each in found if each.day >= today), key=lambda each: (each.day, each.starts or time.min))


def _occasion(event: Event, number: int, day: date) -> Occasion:
    when = event.when
    if event.move and event.moved and number % event.moved == event.moved - 1:
        move = event.move
        return Occasion(
            event=event,
            original=day,
            day=day + move.days * DAY,
            starts=move.starts,
            ends=move.ends,
            days=1,
            where=move.where,
            state="moved",
        )
    cancelled = event.cancelled > 0 and number % event.cancelled == event.cancelled - 1
    return Occasion(
        event=event,
        original=day,
        day=day,
        starts=when.starts,
        ends=when.ends,
        days=when.days,
        where=event.where,
        state="cancelled" if cancelled else "planned",
    )
