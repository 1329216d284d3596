"""`make bench`: what pulling costs on a farm of member sites on this machine, beside the floor and other readers.

    python -m bench [--sites 10000] [--quick] [--only pulling|faults|others|web]

    pulling   CPU, time and memory of pulls, beside the floor (what Python needs at the least), for few and many feeds
    faults    what slow, hanging and erring hosts cost the others
    others    newsboat and lemon24/reader on the same farm
    web       requests a second while the worker pulls; pages seen for the first time

All in one run, since ratios hold where absolute figures do not.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from pathlib import Path

from bench import farm, faults, others, pulling, web

PARTS = ("pulling", "faults", "others", "web")


def main() -> None:
    """Print every figure."""
    told = _asked()
    sites, rounds = (500, 1) if told.quick else (told.sites, told.rounds)
    few = max(sites // 10, 1)
    with tempfile.TemporaryDirectory(prefix="vecinos-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # nginx reads the farm as another user
        print(f"{sites:,} sites, {os.cpu_count()} cores; the least of {rounds} rounds", flush=True)
        with farm.served(folder / "farm", sites) as base:
            if "pulling" in told.parts:
                pulling.measure(folder, base, (few, sites), rounds)
            if "faults" in told.parts:
                faults.measure(folder, base, sites, max(rounds - 1, 1))
            if "others" in told.parts:
                others.measure(folder, base, few)
            if "web" in told.parts:
                data = folder / "pulled"
                if not data.exists():
                    pulling.pulled(folder, base, sites, data)
                asyncio.run(web.measure(data, seconds=1 if told.quick else 5))


def _asked() -> argparse.Namespace:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--sites", type=int, default=10_000, help="how many; a tenth of them is measured beside (10000)")
    ask.add_argument("--rounds", type=int, default=3, help="of which the least counts (3)")
    ask.add_argument("--quick", action="store_true", help="500 sites, one round: does it work? The figures say little")
    ask.add_argument("--only", choices=PARTS, dest="parts", help="one part of it")
    ask.add_argument(
        "--others", action=argparse.BooleanOptionalAction, default=True, help="other readers too, where there are any"
    )
    told = ask.parse_args()
    told.parts = {told.parts} if told.parts else set(PARTS) - (set() if told.others else {"others"})
    return told


if __name__ == "__main__":
    main()
