"""Who pulls: a worker in this process that is broken off, or a child process that is killed outright."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any, Protocol

from feeds.addresses import AllowedHosts
from feeds.client import Client
from network.aggregator import refresh
from network.aggregator.refresh import Refresh
from network.database.engine import Database, open_database
from tests.faults.network import Clock
from tests.world import ZONE

ROOT = Path(__file__).parent.parent.parent
HASTY = {"connect": 2.0, "first_byte": 0.5, "timeout": 1.0, "grace": 0.4, "slowest": 20_000.0}
"""How long a worker waits for a site, in place of half a minute."""


MORTALITY = 1 / 3


def client(hosts: Collection[str], *, hasty: bool) -> Client:
    """The door to these hosts of this machine."""
    limits = HASTY if hasty else {}
    return Client(user_agent="Vecinos tests", allowed=AllowedHosts.parse(",".join(hosts)), **limits)  # type: ignore[arg-type]


class Puller(Protocol):
    """Pulls all that is due."""

    async def pull(self, now: int, *, mortal: bool) -> bool:
        """Pull, at this moment (UTC seconds); whether it lived to the end, which it does when it is not `mortal`."""

    async def close(self) -> None:
        """Pull no more."""


@dataclass(slots=True)
class Fate:
    """Death comes to one pull in three, at any moment of the time that a pull takes by now."""

    random: Random
    usual: float = 0.3
    deaths: int = 0

    async def strikes(self, pulling: asyncio.Future[Any]) -> bool:
        """Whether death comes while this is under way; else it is done when this returns."""
        began = asyncio.get_running_loop().time()
        if self.random.random() < MORTALITY:
            await asyncio.wait({pulling}, timeout=self.random.random() * self.usual)
            if not pulling.done():
                self.deaths += 1
                return True
        await asyncio.wait({pulling})
        self.usual = 0.8 * self.usual + 0.2 * (asyncio.get_running_loop().time() - began)
        return False


@dataclass(slots=True)
class HerePuller:
    """A worker in this process. Where it dies its work is broken off, and what it had taken stays taken."""

    database: Database
    hosts: Collection[str]
    fate: Fate

    async def pull(self, now: int, *, mortal: bool) -> bool:
        async with client(self.hosts, hasty=mortal) as door:
            pulling = asyncio.ensure_future(Refresh(self.database, door, ZONE).run_once())
            if mortal and await self.fate.strikes(pulling):
                pulling.cancel()
                with suppress(asyncio.CancelledError):
                    await pulling
                return False
            await pulling
        return True

    async def close(self) -> None:
        """Nothing of its own is open."""


@dataclass(slots=True)
class ChildPuller:
    """A process of its own, which is killed with SIGKILL and started again."""

    database_url: str
    hosts: Collection[str]
    fate: Fate
    _process: Process | None = None
    _hasty: bool = True

    async def pull(self, now: int, *, mortal: bool) -> bool:
        process = await self._started(hasty=mortal)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{now}\n".encode())
        answer = asyncio.ensure_future(process.stdout.readline())
        if mortal and await self.fate.strikes(answer):
            process.send_signal(signal.SIGKILL)
            await process.wait()
            await answer
            self._process = None
            return False
        if await answer != b"done\n":
            raise RuntimeError("the child process failed")
        return True

    async def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            process.stdin.close()
            await process.wait()

    async def _started(self, *, hasty: bool) -> Process:
        if self._process is not None and self._hasty != hasty:
            await self.close()
        if self._process is None:
            words = (sys.executable, "-m", "tests.soak.pullers")
            self._process, self._hasty = (
                await asyncio.create_subprocess_exec(*words, cwd=ROOT, stdin=PIPE, stdout=PIPE),
                hasty,
            )
            assert self._process.stdin is not None
            told = {"database": self.database_url, "hosts": list(self.hosts), "hasty": hasty}
            self._process.stdin.write(json.dumps(told).encode() + b"\n")
        return self._process


async def serve() -> None:
    """The child process: told where, then again and again when; it pulls what is due and says so."""
    loop = asyncio.get_running_loop()
    told = json.loads(await loop.run_in_executor(None, sys.stdin.readline))
    database, clock = await open_database(told["database"]), Clock()
    vars(refresh)["now"] = clock
    async with client(told["hosts"], hasty=told["hasty"]) as door:
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            clock.now = int(line)
            await Refresh(database, door, ZONE).run_once()
            sys.stdout.write("done\n")
            sys.stdout.flush()
    await database.close()


if __name__ == "__main__":
    asyncio.run(serve())
