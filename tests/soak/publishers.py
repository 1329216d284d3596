"""What sites list as time goes by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Protocol

from tests.faults.documents import CALENDAR, FEEDS, Gathering, Post, ics
from tests.world import DAY, HOUR

STAYS = 7 * DAY
"""For so long everything stays listed as it is, at least: longer than any trouble, and those who look after it, last."""
LEAST = 10
"""A feed lists so many posts however old they are."""


class Publisher(Protocol):
    """What stands behind one address."""

    @property
    def media_type(self) -> str: ...

    def live(self, now: int, seconds: int) -> None:
        """Let time pass."""

    def document(self, now: int, *, scanty: bool = False) -> bytes:
        """What is listed now; `scanty`: with much of it missing, as when a plugin fails."""

    def empty(self) -> bytes:
        """A valid document that lists nothing."""


@dataclass(slots=True)
class _Listed:
    post: Post
    stays_until: int


@dataclass(slots=True)
class Feed:
    """The news of a group: `posts_a_day` of them. Old ones leave the list; the site may be moved once, and its guids change."""

    random: Random
    address: str
    format: str
    posts_a_day: float
    moves_at: int
    posts: list[_Listed] = field(default_factory=list)
    _count: int = 0

    @property
    def media_type(self) -> str:
        return FEEDS[self.format][0]

    def live(self, now: int, seconds: int) -> None:
        chance = seconds / DAY
        while self.random.random() < self.posts_a_day * chance:
            self.publish(now, before=self.random.randrange(seconds))
            chance /= 2
        if self.random.random() < 0.2 * chance:
            self._edit(now)
        if self.moves_at <= now:
            self._move(now)

    def publish(self, now: int, *, link: str = "", before: int = 0) -> None:
        """A new post, or one of so many seconds ago; `link` when it is somebody else's page too."""
        self._count += 1
        name = f"{self.address}/2026/{self._count}"
        post = Post(
            guid=f"{name}#guid", link=link or f"{name}/what-we-did", title=f"Post {self._count} of {self.address[7:]}",
            text=f"Everybody came to gathering number {self._count}, and it was a great day.", published=now - before,
        )  # fmt: skip
        self.posts.append(_Listed(post, now + STAYS))

    def listed(self, now: int) -> list[Post]:
        """The latest first."""
        least = len(self.posts) - LEAST
        return [one.post for place, one in enumerate(self.posts) if place >= least or one.stays_until > now][::-1]

    def document(self, now: int, *, scanty: bool = False) -> bytes:
        listed = self.listed(now)
        return FEEDS[self.format][1](listed[: len(listed) // 4] if scanty else listed)

    def empty(self) -> bytes:
        return FEEDS[self.format][1]([])

    def _edit(self, now: int) -> None:
        listed = set(map(id, self.listed(now)))
        chosen = [one for one in self.posts if id(one.post) in listed]
        if chosen:
            one = self.random.choice(chosen)
            one.post = replace(one.post, text=f"Corrected at {now}: it was a great day, in spite of the rain.")
            one.stays_until = now + STAYS

    def _move(self, now: int) -> None:
        """To another program, which gives every post that is listed another guid, and half of the time another date."""
        listed, again = set(map(id, self.listed(now))), self.random.random() < 0.5
        for one in self.posts:
            if id(one.post) in listed:
                guid = one.post.guid.replace("#guid", "#moved")
                one.post = replace(one.post, guid=guid, published=now if again else one.post.published)
                one.stays_until = now + STAYS
        self.moves_at = now + 10_000 * DAY


@dataclass(slots=True)
class Calendar:
    """The gatherings of a group. Whatever changes is still to come for a while; what is over leaves the list, at once or
    later. `ends_at`: when all that is to come is called off; `renames_at`: when another program exports it, under other UIDs.
    """

    random: Random
    address: str
    a_week: float
    keeps_past: int
    ends_at: int
    renames_at: int
    gatherings: dict[str, Gathering] = field(default_factory=dict)
    removed: set[str] = field(default_factory=set)
    _count: int = 0
    _over: bool = False

    media_type = CALENDAR

    def live(self, now: int, seconds: int) -> None:
        chance = seconds / (7 * DAY)
        while not self._over and self.random.random() < self.a_week * chance:
            self.announce(now)
            chance /= 2
        for change in (self._move, self._retitle, self._cancel, self._remove):
            if self.random.random() < 0.3 * chance:
                self._change(now, change)
        if self.renames_at <= now:
            for gathering in self._free(now):
                self._rename(gathering)
            self.renames_at = now + 10_000 * DAY
        if self.ends_at <= now and not self._over:
            self._over = True
            for gathering in self._free(now):
                self._remove(gathering, now)

    def announce(self, now: int) -> None:
        """One more."""
        self._count += 1
        start = now - now % HOUR + STAYS + self.random.randrange(1, 30 * 24) * HOUR
        uid = f"{self._count}-{self.address[7:]}@gatherings.example"
        self.gatherings[uid] = Gathering(uid=uid, title=f"Gathering {self._count} of {self.address[7:]}", start=start)

    def listed(self, now: int) -> list[Gathering]:
        """By name."""
        return [one for _, one in sorted(self.gatherings.items()) if one.end + self.keeps_past > now]

    def document(self, now: int, *, scanty: bool = False) -> bytes:
        # What comes soon is never left out by mistake: it might be over before the mistake is.
        return ics(one for one in self.listed(now) if not scanty or one.start < now + STAYS)

    def empty(self) -> bytes:
        return ics([])

    def _free(self, now: int) -> list[Gathering]:
        """What may change: it is long enough until then for everybody to notice."""
        return [one for one in self.gatherings.values() if one.start >= now + STAYS]

    def _change(self, now: int, change: Callable[[Gathering, int], None]) -> None:
        free = self._free(now)
        if free:
            change(self.random.choice(free), now)

    def _move(self, gathering: Gathering, now: int) -> None:
        start = now - now % HOUR + STAYS + self.random.randrange(1, 20 * 24) * HOUR
        self._replace(replace(gathering, start=start, sequence=gathering.sequence + 1))

    def _retitle(self, gathering: Gathering, now: int) -> None:
        self._replace(replace(gathering, venue=f"Hall {now % 97}", sequence=gathering.sequence + 1))

    def _cancel(self, gathering: Gathering, _now: int) -> None:
        self._replace(replace(gathering, status="CANCELLED", sequence=gathering.sequence + 1))

    def _remove(self, gathering: Gathering, _now: int) -> None:
        del self.gatherings[gathering.uid]
        self.removed.add(gathering.uid)

    def _rename(self, gathering: Gathering) -> None:
        del self.gatherings[gathering.uid]
        self.removed.add(gathering.uid)
        self._replace(replace(gathering, uid=f"exported-{gathering.uid}"))

    def _replace(self, gathering: Gathering) -> None:
        self.gatherings[gathering.uid] = gathering
