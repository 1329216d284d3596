"""python -m tests.soak [--sources 500] [--weeks 4] [--seed 1] [--database URL]

Exit code 1 when the store is not exactly what was published. The database must be empty; without one it is an SQLite file
that is deleted in the end.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from random import Random

from network.database.engine import open_database
from tests.soak.pullers import ChildPuller, Fate
from tests.soak.settlers import settle
from tests.soak.story import Story
from tests.world import DAY, NOW

SHOWN = 50


def say(*lines: str) -> None:
    """Tell whoever ran the command."""
    print(*lines, sep="\n", flush=True)  # noqa: T201 - this is a command


async def soak(sources: int, weeks: int, seed: int, url: str) -> int:
    """Let it happen, say what happened, and return the exit code."""
    random, began = Random(seed), time.monotonic()
    town = settle(random, sources, start=NOW, peace=NOW + weeks * 7 * DAY)
    database = await open_database(url)
    try:
        async with town.open():
            fate = Fate(random, usual=1.0)
            puller = ChildPuller(url, list(town.homes), fate)
            story = Story(town, database, puller, fate, random, told=say)
            await story.join()
            await story.live()
        told, faults = await story.summary(), await story.faults()
    finally:
        await database.close()
    minutes = (time.monotonic() - began) / 60
    say(f"{sources} sources on {len(town.homes)} sites, {weeks} weeks, seed {seed}, in {minutes:.1f} minutes", *told)
    say(*faults[:SHOWN], f"The store is not exact: {len(faults)} faults." if faults else "The store is exact.")
    return 1 if faults else 0


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak", description="Simulated weeks of troubles and crashes."
    )
    parser.add_argument("--sources", type=int, default=500)
    parser.add_argument("--weeks", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--database", default="", help="an empty database: sqlite+aiosqlite:///… or postgresql+psycopg://…"
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.database or f"sqlite+aiosqlite:///{folder}/soak.db"
        sys.exit(asyncio.run(soak(asked.sources, asked.weeks, asked.seed, url)))


if __name__ == "__main__":
    main()
