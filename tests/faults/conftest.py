"""A network whose members' sites are on this machine, and whose clock stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from feeds.addresses import AllowedHosts
from feeds.client import Client
from network.database.engine import Database
from tests.faults.network import Clock, Network

HOSTS = ",".join(["tenants.localhost", *(f"127.0.{number >> 8}.{number & 255}" for number in range(1, 1024))])


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time that pulling goes by."""
    made = Clock()
    monkeypatch.setattr("network.aggregator.refresh.now", made)
    return made


@pytest.fixture
async def network(database: Database, clock: Clock) -> AsyncIterator[Network]:
    """A network with nobody in it."""
    async with Client(user_agent="Vecinos tests", allowed=AllowedHosts.parse(HOSTS)) as client:
        yield Network(database, client, clock)


@pytest.fixture
async def hasty(database: Database, clock: Clock) -> AsyncIterator[Network]:
    """The same, and it waits for slow sites no longer than a test can."""
    allowed = AllowedHosts.parse(HOSTS)
    async with Client(
        user_agent="Vecinos tests", allowed=allowed, connect=2, first_byte=0.5, timeout=1.0, grace=0.3, slowest=10_000
    ) as client:
        yield Network(database, client, clock)
