"""What travels through the library: frozen, no behaviour.

Times that mark a moment are integers, seconds since 1970-01-01 UTC. Only an event's `start` and `end` keep their
own calendar terms (a datetime in its zone, or a date when it lasts whole days), because "18:00 in Boston" must stay
18:00 when the clocks change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Format = Literal["rss", "atom", "json_feed", "squarespace", "ical", "html", "unknown"]
Status = Literal["confirmed", "tentative", "cancelled"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a feed, for people: a stable code and one English sentence (translated by code)."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes with an entry. `length` in bytes, 0 when not told."""

    url: str
    type: str = ""
    length: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item of a feed.

    `id` is its identity (see identity.py), the same whichever parser read it. `title` is plain text; `summary` and
    `content` are HTML, as sent until `clean` has passed, safe after. `link` is absolute http(s) or None. `published`
    and `updated` are UTC seconds, None when the feed gives none that can be trusted. `base` is what relative links
    in the HTML are relative to. `fields` holds event data as the feed gives it, as (name, value) pairs.
    """

    id: str
    link: str | None = None
    title: str = ""
    summary: str = ""
    content: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: int | None = None
    updated: int | None = None
    language: str | None = None
    enclosures: tuple[Enclosure, ...] = ()
    image: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    base: str | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time that an event takes place: UTC seconds; an all-day one is from midnight to midnight in the event's zone.

    `title`, `venue` and `status` differ from the event's own only where this one date was changed.
    """

    start: int
    end: int
    all_day: bool
    title: str
    venue: str
    status: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something to go to: a single event, or a whole series under one UID.

    `start`/`end` are those of the first date; `end` is exclusive as in RFC 5545, None when not given. A datetime is
    aware, or naive when the calendar gives a floating time and no zone at all: whoever needs the moment then takes the
    network's zone (see recurrence.expand). `timezone` is an IANA name, None for UTC-only or floating times; for whole
    days it is where they are, if that is told. `rrule` is the RFC 5545 rule without the "RRULE:" prefix.
    `description` is HTML. `ical` is the series as RFC 5545 text (its VEVENTs with their changed dates, no VCALENDAR
    round it), so that its dates can be published again with nothing lost: when, and what may differ from date to date
    (title, place, status; the description of changed dates). Zones in it have IANA names, people and alarms are not in
    it. It is empty when the event did not come from a calendar.
    """

    uid: str
    title: str
    start: datetime | date
    end: datetime | date | None = None
    all_day: bool = False
    timezone: str | None = None
    rrule: str | None = None
    venue: str = ""
    address: str = ""
    status: Status = "confirmed"
    description: str = ""
    link: str | None = None
    organizer: str = ""
    categories: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    sequence: int = 0
    created: int | None = None
    updated: int | None = None
    ical: str = ""
    occurrences: tuple[Occurrence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """What one feed or calendar document says."""

    format: Format
    parser: str
    title: str = ""
    link: str | None = None
    description: str = ""
    language: str | None = None
    ttl: int | None = None
    """Seconds for which the publisher says the document need not be read again: the longest of RSS `ttl`,
    `sy:updatePeriod` / `sy:updateFrequency` and REFRESH-INTERVAL."""
    skip_hours: tuple[int, ...] = ()
    """Hours of the day, UTC, in which nobody need look (RSS 2.0 `skipHours`)."""
    skip_days: tuple[int, ...] = ()
    """Days of the week, UTC, Monday 0, on which nobody need look (RSS 2.0 `skipDays`)."""
    hub: str | None = None
    topic: str | None = None
    """The address under which the hub knows this document (WebSub, 4: `rel=self`); absolute http(s)."""
    generator: str = ""
    timezone: str | None = None
    entries: tuple[Entry, ...] = ()
    events: tuple[Event, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What must be known of a feed to ask for it again: its address and the validators of the last answer."""

    url: str
    etag: str = ""
    last_modified: str = ""
    body_hash: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A new body came. `url` is where it was found after redirects; `moved_to` is set when every hop was permanent."""

    url: str
    body: bytes
    content_type: str
    etag: str
    last_modified: str
    body_hash: bytes
    moved_to: str | None = None
    max_age: int | None = None
    hub: str | None = None
    topic: str | None = None
    """Hub and self as `Link` headers name them (WebSub, 4), which come before those in the body."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """Nothing new: 304, or the same bytes as before. `moved_to` as in Fetched."""

    etag: str = ""
    last_modified: str = ""
    max_age: int | None = None
    moved_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """An expected failure of somebody else's server, as a value. `retry_after` in seconds when the server named it;
    `platform` is the software behind the site as far as the answer shows it (see diagnose.py).
    """

    problem: Problem
    detail: str = ""
    status: int | None = None
    retry_after: int | None = None
    platform: str = ""


@dataclass(frozen=True, slots=True)
class FoundFeed:
    """A feed or calendar that a page offers; `url` absolute, `how` says where it was seen (for people and tests)."""

    url: str
    title: str
    kind: Literal["feed", "calendar"]
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a home page says of its organization.

    `generator` names the software behind it as far as it shows. `sections` are pages of the same site, absolute, where
    its news or events seem to be.
    """

    url: str
    title: str = ""
    description: str = ""
    language: str | None = None
    feeds: tuple[FoundFeed, ...] = ()
    generator: str = ""
    sections: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One row of a subscription list (OPML): a feed or calendar, and whose it is.

    `feed_url` is as written, empty when the row names only a home page. `type` is the list's word in its usual
    spelling: "rss" (any RSS or Atom), "atom", "JSONFeed", "ical". `category` is a path, "Worcester/Legal aid".
    """

    title: str
    feed_url: str
    home_url: str = ""
    type: str = "rss"
    language: str = ""
    description: str = ""
    category: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a pull brings for the entries (or events) that are known of a source. The tuples hold identities."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    gone: tuple[str, ...]
