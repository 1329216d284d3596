"""What the network talks about: frozen, no behaviour. Times are UTC seconds unless a name says otherwise."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

MemberState = Literal["applied", "approved", "paused", "declined"]
SourceState = Literal["new", "fine", "broken", "gone", "paused"]
Health = Literal["new", "fine", "quiet", "suspect", "broken", "paused", "gone"]
Held = Literal["", "shrunk", "empty", "kept"]
Kind = Literal["all", "news", "events"]

LANGUAGES = ("en", "es", "pt", "ht", "fr", "vi", "sq", "ar", "zh", "so", "sw", "ne")
"""Languages in which members help people, as BCP 47 tags."""
TOPICS = (
    "legal-help", "citizenship", "workers", "housing", "youth", "education", "language-classes",
    "health", "food", "faith", "women", "culture",
)  # fmt: skip


def fold(text: str) -> str:
    """Text as it is compared in a search: no accents, no letter case, single spaces."""
    marks_off = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return " ".join(marks_off.casefold().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The coalition itself: what an organizer decides about it."""

    uid: str
    """A UUID made once; ids of published items are derived from it and from nothing that can change."""
    name: str
    description: str
    timezone: str
    town: str
    languages: tuple[str, ...] = ("en", "es")
    contact: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An organization of the network. `distance` (miles) is set where a search asked for what is near."""

    id: int
    slug: str
    name: str
    description: str = ""
    home_url: str
    town: str = ""
    region: str = ""
    postcode: str = ""
    latitude: float | None = None
    longitude: float | None = None
    state: MemberState = "applied"
    languages: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    contact_name: str = ""
    contact_email: str = ""
    created_at: int = 0
    distance: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """One feed or calendar of a member, and how it fares.

    `problem` is a code of feeds/errors.py, empty when it answers. `health` is what people are told (members/health.py):
    quiet means that it works and has nothing new for long; suspect, that its last body lists so little that it is not
    believed yet (`held`, since `held_at`; `missing` events that visitors still see). `platform` is the software behind
    it as far as it shows. `usual`: seconds from one entry to the next, as long as it published. `moved_to`: where it
    says that it has moved for good, while that is not sure yet.
    """

    id: int
    member_id: int
    url: str
    kind: Literal["feed", "calendar"]
    title: str
    state: SourceState
    problem: str
    checked_at: int | None
    good_at: int | None
    due_at: int
    format: str
    entries: int = 0
    health: Health = "new"
    platform: str = ""
    failing_since: int | None = None
    newest_at: int | None = None
    usual: int | None = None
    listed: int = 0
    held: Held = ""
    held_at: int | None = None
    missing: int = 0
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """A member that brought an entry or event, and where it stands on their own site. `feed_url` is empty where the
    address of the feed is a secret.
    """

    slug: str
    name: str
    link: str | None
    feed_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsEntry:
    """An entry as visitors see it: merged, safe HTML, credited to every member that brought it.

    `dated` is when it was published, never in the future. `content` is empty in lists, where `excerpt` is enough.
    """

    id: int
    title: str
    link: str | None
    dated: int
    updated: int
    language: str | None
    excerpt: str
    content: str
    categories: tuple[str, ...]
    credits: tuple[Credit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One occurrence of an event in a list: one row of a calendar. `start`/`end` UTC seconds, `timezone` IANA."""

    event_id: int
    title: str
    start: int
    end: int
    all_day: bool
    timezone: str
    venue: str
    address: str
    status: Literal["confirmed", "tentative", "cancelled"]
    repeats: bool
    credits: tuple[Credit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDetail:
    """An event with all that is known of it. `coming` holds its next occurrences, `past` the latest ones before now."""

    id: int
    title: str
    description: str
    link: str | None
    timezone: str
    venue: str
    address: str
    latitude: float | None
    longitude: float | None
    status: Literal["confirmed", "tentative", "cancelled"]
    rrule: str | None
    categories: tuple[str, ...]
    language: str | None
    announced: int
    coming: tuple[Happening, ...]
    past: tuple[Happening, ...]
    credits: tuple[Credit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a visitor or subscriber asks for; the same selection lists the same items in every format."""

    members: tuple[str, ...] = ()
    kind: Kind = "all"
    language: str = ""
    topic: str = ""
    text: str = ""
    near: str = ""
    within: int = 25
    page: int = 1


@dataclass(frozen=True, slots=True)
class Steward:
    """Somebody who may sign in: an organizer cares for the network, a steward for one member."""

    id: int
    email: str
    role: Literal["organizer", "steward"]
