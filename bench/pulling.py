"""The cost of pulling: CPU a feed, cold and with nothing changed, and the memory it takes."""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

from bench.farm import SHARED

LINE = re.compile(r"floor (\w+): ([\d.]+) ms CPU")


def floor(base: str, sites: int) -> dict[str, float]:
    """One round of the floor in a process of its own."""
    theirs = SHARED / "floor.py"
    words = [str(theirs)] if theirs.is_file() else ["-m", "bench.floor"]
    ran = subprocess.run([sys.executable, *words, base, str(sites)], capture_output=True, text=True, check=True)
    return {name: float(cpu) for name, cpu in LINE.findall(ran.stdout)}


def ours(folder: Path, base: str, sites: int) -> dict[str, float]:
    """One round of ours in a process of its own, with a database of its own."""
    environ = {**os.environ, "VECINOS_DATA_DIR": str(folder), "VECINOS_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}
    words = [sys.executable, "-m", "bench.pulling", base, str(sites)]
    ran = subprocess.run(words, capture_output=True, text=True, check=True, env=environ)
    figures: dict[str, float] = json.loads(ran.stdout.splitlines()[-1])
    return figures


def show(floors: list[dict[str, float]], ours: list[dict[str, float]]) -> None:
    """Print both, and what one is of the other."""
    for name, aim in (("cold", 2.0), ("unchanged", 2.5)):
        least, most = min(one[name] for one in floors), min(one[name] for one in ours)
        print(f"pull, {name}: {most:.3f} ms CPU a feed; floor {least:.3f}; {most / least:.2f} × (aim: {aim} ×)")
    print(f"worker memory at its peak: {max(one['memory'] for one in ours):.0f} MB (aim: 250)")


async def _measure(base: str, sites: int) -> dict[str, float]:
    from feeds.model import FoundFeed
    from network.aggregator.importing import register_all
    from network.aggregator.refresh import Refresh
    from network.database.engine import now
    from network.members import sources
    from network.members.lists import Row
    from network.model import Member
    from network.settings import read
    from network.site import open_site

    async with open_site(read(os.environ)) as site:
        rows = []
        for number in range(sites):
            home = f"{base}/s{number:05d}/"
            member = Member(id=0, slug="", name=f"Site {number}", home_url=home, town="Worcester", region="MA")
            rows.append(Row(number=number, member=member, feeds=(FoundFeed(home + "feed.xml", "", "feed", "bench"),)))
        await register_all(site.database, rows, site.gazetteer, now=now())
        found: dict[str, float] = {}
        for name in ("cold", "unchanged"):
            async with site.database.writing() as connection:
                await sources.make_due(connection, None, now=now())
            cpu = time.process_time()
            reports = await Refresh(site.database, site.client, "America/New_York").run_once()
            found[name] = (time.process_time() - cpu) / sites * 1e3
            assert len(reports) == sites
            assert not [report for report in reports if report.problem]
        found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        return found


if __name__ == "__main__":
    import uvloop

    print(json.dumps(uvloop.run(_measure(sys.argv[1], int(sys.argv[2])))))
