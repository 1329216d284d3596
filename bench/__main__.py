"""`make bench`: speed and memory on a farm of member sites on this machine, beside the floor.

    python -m bench [--sites 2000]

The floor is what Python can do at the least: fetch, parse, sanitize, store, nothing else. Both are measured in the same
run, each in a fresh process, three times; the least is printed, since other work on the machine only ever adds. Ratios
hold where absolute figures do not.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from pathlib import Path

from bench import farm, pulling, web

ROUNDS = 3


def main() -> None:
    """Print every figure."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--sites", type=int, default=2000)
    told = ask.parse_args()
    with tempfile.TemporaryDirectory(prefix="vecinos-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        print(f"{told.sites} sites, {os.cpu_count()} cores; the least of {ROUNDS} rounds")
        with farm.served(folder / "farm", told.sites) as base:
            floors = [pulling.floor(base, told.sites) for _ in range(ROUNDS)]
            ours = [pulling.ours(folder / f"data{number}", base, told.sites) for number in range(ROUNDS)]
            pulling.show(floors, ours)
            asyncio.run(web.measure(folder / "data0"))


if __name__ == "__main__":
    main()
