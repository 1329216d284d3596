"""The cost of pulling: CPU and time a feed, cold, with nothing changed and with 1 % changed, and the memory it takes.

Floor and ours take turns, each in a fresh process, and the least of the rounds counts, since other work on the machine
only ever adds.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from bench.meter import measured, settings

Figures = dict[str, Any]
AIMS = {"cold": 2.0, "unchanged": 2.5}
MEMORY = 400
FLAT = 15


def registered(folder: Path, base: str, sites: int) -> Path:
    """A data folder with so many sites in the register, none of them pulled. To be copied, not to be changed."""
    data = folder / f"registered-{sites}"
    if not data.exists():
        measured("bench.worker", "register", base, sites, environ=settings(data))
    return data


def copy(data: Path, target: Path) -> Path:
    """A data folder like this one; replaces `target`."""
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(data, target))


def pulled(folder: Path, base: str, sites: int, target: Path) -> Figures:
    """One round of ours; leaves its data in `target`."""
    data = copy(registered(folder, base, sites), target)
    figures: Figures = measured("bench.worker", "pull", folder / "farm", base, sites, environ=settings(data))
    return figures


def measure(folder: Path, base: str, sizes: tuple[int, ...], rounds: int) -> Path:
    """Print all figures for farms of these sizes; gives a data folder in which the largest has been pulled."""
    floors: dict[int, list[Figures]] = {size: [] for size in sizes}
    ours: dict[int, list[Figures]] = {size: [] for size in sizes}
    data = folder / "pulled"
    for _ in range(rounds):
        for size in sizes:
            floors[size].append(measured("bench.floor", base, size))
            ours[size].append(pulled(folder, base, size, data))
    for size in sizes:
        _show(size, floors[size], ours[size])
    _show_flatness(sizes[0], ours[sizes[0]], sizes[-1], ours[sizes[-1]])
    return data


def _least(rounds: list[Figures], name: str, unit: str) -> float:
    return min(float(figures[name][unit]) for figures in rounds)


def _show(size: int, floors: list[Figures], ours: list[Figures]) -> None:
    for name in ("cold", "unchanged", "changed"):
        cpu, wall = _least(ours, name, "cpu"), _least(ours, name, "wall")
        told = f"{size:,} feeds, {'1 % changed' if name == 'changed' else name}: {cpu:.3f} ms CPU, {wall:.3f} ms wall a feed"
        if name in AIMS:
            floor, beside = _least(floors, name, "cpu"), _least(floors, name, "wall")
            told += f"; floor {floor:.3f} and {beside:.3f}; {cpu / floor:.2f} × its CPU (aim: {AIMS[name]} ×)"
        print(told)
    print(
        f"{size:,} feeds: {max(figures['memory'] for figures in ours):.0f} MB at the peak (aim: {MEMORY})", flush=True
    )


def _show_flatness(few: int, of_few: list[Figures], many: int, of_many: list[Figures]) -> None:
    told = []
    for name in ("cold", "unchanged"):
        more = _least(of_many, name, "cpu") / _least(of_few, name, "cpu") - 1
        told.append(f"{name} {more:+.0%}")
    print(f"CPU a feed with {many:,} feeds, against {few:,}: {', '.join(told)} (aim: within {FLAT} %)", flush=True)
