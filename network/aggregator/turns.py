"""Whose turn it is: fair between sites, few requests at a time to each, and a pause between them.

    turns = Turns(per_site=2, pause=0.5)
    turns.add(leased, "wordpress.com", clock)     None as site: no limit (hosts that the operator opened)
    one = turns.take(clock)                       None while every waiting site has its hands full or its pause
    turns.done(one)

Sites take turns, whatever the number of their sources, so that a provider with a thousand of them delays nobody else.
Pure: `clock` is an argument, in seconds.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from network.aggregator.lease import Leased

CROWD = 32
"""From so many waiting sources on, no more of a site are taken: they may wait where other workers see them."""


@dataclass(slots=True)
class Turns:
    """The sources that wait in this process. `per_site`: requests at a time; `pause`: seconds between two of one site."""

    per_site: int = 2
    pause: float = 0.5
    _free: deque[Leased] = field(default_factory=deque)
    _waiting: dict[str, deque[tuple[float, Leased]]] = field(default_factory=dict)
    _ready: deque[str] = field(default_factory=deque)
    _resting: list[tuple[float, str]] = field(default_factory=list)
    _busy: Counter[str] = field(default_factory=Counter)
    _idle_until: dict[str, float] = field(default_factory=dict)
    _count: int = 0
    _free_next: bool = False

    def __len__(self) -> int:
        """How many wait."""
        return self._count

    def add(self, leased: Leased, site: str | None, clock: float) -> None:
        """Let a source wait for the turn of its site."""
        self._count += 1
        if site is None:
            self._free.append(leased)
            return
        if site not in self._waiting:
            self._waiting[site] = deque()
            self._queue(site, clock)
        self._waiting[site].append((clock, leased))

    def take(self, clock: float) -> tuple[Leased, str | None] | None:
        """The next source and its site; call `done` with that site when it has been pulled."""
        while self._resting and self._resting[0][0] <= clock:
            self._ready.append(heapq.heappop(self._resting)[1])
        self._free_next = not self._free_next
        if self._free and (self._free_next or not self._ready):
            self._count -= 1
            return self._free.popleft(), None
        if not self._ready:
            return None
        site = self._ready.popleft()
        _, leased = self._waiting[site].popleft()
        self._count -= 1
        self._busy[site] += 1
        self._idle_until[site] = clock + self.pause
        self._again(site, clock)
        return leased, site

    def done(self, site: str | None, clock: float) -> None:
        """A source of this site has been pulled."""
        if site is None:
            return
        full = self._busy[site] >= self.per_site
        self._busy[site] -= 1
        if full and site in self._waiting:
            self._queue(site, clock)
        if not self._busy[site]:
            del self._busy[site]

    def next_moment(self) -> float | None:
        """When the next pause ends, None when nothing waits for that."""
        return self._resting[0][0] if self._resting else None

    def crowded(self) -> list[str]:
        """The sites of which enough wait."""
        return [site for site, waiting in self._waiting.items() if len(waiting) >= CROWD]

    def give_up(self, sites: Iterable[str] = (), *, before: float | None = None) -> list[Leased]:
        """Take out what waits for these sites, and what has waited since `before`."""
        wanted = set(sites)
        left = [one for one in self._free if one.site in wanted] if wanted else []
        if left:
            self._free = deque(one for one in self._free if one.site not in wanted)
        for site in list(self._waiting):
            waiting = self._waiting[site]
            while waiting and (site in wanted or (before is not None and waiting[0][0] < before)):
                left.append(waiting.popleft()[1])
            if not waiting:
                self._forget(site)
        self._count -= len(left)
        return left

    def give_up_all(self) -> list[Leased]:
        """Take out everything that waits."""
        left = [*self._free, *self.give_up(list(self._waiting))]
        self._free.clear()
        self._count = 0
        return left

    def _again(self, site: str, clock: float) -> None:
        if not self._waiting[site]:
            del self._waiting[site]
        elif self._busy[site] < self.per_site:
            self._queue(site, clock)

    def _queue(self, site: str, clock: float) -> None:
        """Line a site up: now, or when its pause is over, or (when its hands are full) not at all until `done`."""
        if self._busy[site] >= self.per_site:
            return
        if not self._busy[site]:
            del self._busy[site]
        moment = self._idle_until.get(site, 0.0)
        if moment > clock:
            heapq.heappush(self._resting, (moment, site))
        else:
            self._ready.append(site)

    def _forget(self, site: str) -> None:
        del self._waiting[site]
        self._resting = [pair for pair in self._resting if pair[1] != site]
        heapq.heapify(self._resting)
        self._ready = deque(name for name in self._ready if name != site)
