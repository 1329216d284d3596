"""Stopwatches, and the processes whose work is measured: each is a fresh one and tells its figures in its last line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self


class Meter:
    """Wall and CPU time of this process (all its threads) within a `with` block."""

    def __init__(self, feeds: int) -> None:
        self._feeds = feeds

    def __enter__(self) -> Self:
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._wall, self._cpu = time.perf_counter() - self._wall, time.process_time() - self._cpu

    def figures(self) -> dict[str, float]:
        """Milliseconds a feed."""
        return {"cpu": self._cpu / self._feeds * 1e3, "wall": self._wall / self._feeds * 1e3}


def peak_memory() -> float:
    """The most memory that this process has had at any time, MB.

    Not `ru_maxrss`, which on Linux begins with what the process that started this one had.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("no VmHWM in /proc/self/status")


def print_figures(figures: Mapping[str, Any]) -> None:
    """For `measured`."""
    print(json.dumps(figures))


def measured(module: str, *words: object, environ: Mapping[str, str] | None = None) -> Any:
    """Run a module of ours in a process of its own; gives the figures that it prints."""
    command = [sys.executable, "-m", module, *map(str, words)]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environ)
    return json.loads(ran.stdout.splitlines()[-1])


def settings(folder: Path, *allowed: str) -> dict[str, str]:
    """The environment of a Vecinos with this data folder, which may read these private hosts."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("VECINOS_")}
    ours = {
        "VECINOS_DATA_DIR": str(folder),
        "VECINOS_ALLOW_PRIVATE_HOSTS": ",".join(("127.0.0.1", *allowed)),
        "VECINOS_LOG_LEVEL": "warning",
    }
    return others | ours
