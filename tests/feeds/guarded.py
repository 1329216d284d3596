"""Read files one by one, each in a process of its own that may take 200 MB more than it has, and say how it went.

python -m tests.feeds.guarded FILE…   one JSON line per file: name, outcome, CPU seconds, megabytes more, faults
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import sys
from pathlib import Path
from typing import Any

from feeds import clean
from feeds.errors import ReadError
from tests.feeds.feed_files import read
from tests.feeds.shown_html import faults

MEMORY = 200_000_000
CPU_SECONDS = 10


def _limit() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    bound = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
    used = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    resource.setrlimit(resource.RLIMIT_CPU, (int(used) + CPU_SECONDS, int(used) + CPU_SECONDS))


def _outcome(path: Path) -> dict[str, Any]:
    body = path.read_bytes()
    before = resource.getrusage(resource.RUSAGE_SELF)
    found: list[str] = []
    try:
        feed = read(body, url="http://feed.example/feed.xml")
        entries = [clean.entry(entry) for entry in feed.entries]
        pickle.dumps((feed, entries))
        outcome = f"{len(entries)} entries"
    except ReadError as error:
        entries, outcome = [], type(error).__name__
    except Exception as error:  # noqa: BLE001 - the very thing that must not happen, and is reported
        entries, outcome = [], f"raised {type(error).__name__}: {error}"
    after = resource.getrusage(resource.RUSAGE_SELF)
    for entry in entries:
        found += faults(entry.content[:200_000]) + faults(entry.summary[:200_000])
        found += [link for link in (entry.link, entry.image) if link and not link.startswith(("http://", "https://"))]
    return {
        "name": path.name,
        "outcome": outcome,
        "seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 3),
        "megabytes": (after.ru_maxrss - before.ru_maxrss) // 1024,
        "faults": found[:5],
    }


def main(paths: list[str]) -> None:
    """Read each file in a child of this process."""
    for path in map(Path, paths):
        child = os.fork()
        if child == 0:
            _limit()
            print(json.dumps(_outcome(path)), flush=True)  # noqa: T201 - this is a command
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            print(json.dumps({"name": path.name, "outcome": f"died: {status}"}), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
