"""The weeks, round by round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

from sqlalchemy import select

from network.aggregator import lease
from network.database import tables
from network.database.engine import Database
from tests.soak import ledger, organizers
from tests.soak.pullers import Fate, Puller
from tests.soak.town import Town
from tests.world import DAY, HOUR, TENANTS, join

AFTERWARDS = 4 * DAY
"""So long after the last trouble everything is as it was published: an address may be asked but once a day."""


@dataclass(slots=True)
class Story:
    """What happens to a town and to the network that pulls from it. `told` hears of every day."""

    town: Town
    database: Database
    puller: Puller
    fate: Fate
    random: Random
    told: Callable[[str], None] = lambda _line: None
    step: tuple[int, int] = (1, 5)
    rounds: int = 0
    decided: Counter[str] = field(default_factory=Counter)

    async def join(self) -> None:
        """Let everybody join."""
        for home in self.town.homes.values():
            member = replace(TENANTS, name=home.name, home_url=f"http://{home.host}/")
            await join(self.database, member, *(self.town.url(home, address.path) for address in home.addresses))

    async def live(self) -> None:
        """Let the weeks pass: every few hours what is due is pulled, every day the organizers look."""
        town = self.town
        today = town.now
        while town.now < town.peace + AFTERWARDS:
            town.live(self.random.randint(*self.step) * HOUR)
            self.rounds += 1
            while not await self.puller.pull(town.now, mortal=town.now < town.peace):
                town.now += lease.SECONDS
            if town.now - today >= DAY:
                today = town.now
                self.decided += await organizers.look(self.database, town)
                self.told(f"{self.rounds} rounds, {self.fate.deaths} deaths, {sum(town.troubles.values())} troubles")
        await self.puller.close()

    async def faults(self) -> list[str]:
        """What the store has wrong in the end; nothing when it is exact."""
        found = ledger.published(self.town).differences(await ledger.stored(self.database))
        return found + await ledger.faults(self.database, self.town)

    async def summary(self) -> list[str]:
        """What happened, in figures."""
        row = tables.tally.c
        async with self.database.reading() as connection:
            counts = {name: count for name, count in await connection.execute(select(row.name, row.count))}  # noqa: C416 - typed
        pulls = {name: count for name, count in sorted(counts.items()) if name.startswith("pull:")}
        troubles = sorted(self.town.troubles.items())
        return [
            f"{self.rounds} rounds, {sum(pulls.values())} pulls stored, {self.town.requests} requests answered",
            f"{self.fate.deaths} workers killed in the middle of a round",
            f"{sum(self.town.troubles.values())} troubles: " + ", ".join(f"{name} {count}" for name, count in troubles),
            "pulls: " + ", ".join(f"{name[5:]} {count}" for name, count in pulls.items()),
            f"items: {counts.get('items:new', 0)} new, {counts.get('items:changed', 0)} changed",
            "organizers: " + (", ".join(f"{name} {count}" for name, count in self.decided.items()) or "nothing"),
            "published: " + ledger.published(self.town).count(),
            "stored: " + (await ledger.stored(self.database)).count(),
        ]
