"""What bad hosts cost the others: how much later everybody else is stored when one host in twenty is slow, hangs or errs.

Compared with two runs: one in which these hosts answer as they should, so that only what is wrong with them counts; and
one without them, so that the work of asking them counts as well.
"""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import pulling
from bench.bad_hosts import KINDS, address
from bench.meter import measured, settings

ONE_IN = 20
AIM = 10
PULLS = ("cold", "unchanged")
Seconds = dict[tuple[str, str], list[float]]


def measure(folder: Path, base: str, sites: int, rounds: int) -> None:
    """Print what each kind of bad hosts costs, in cold pulls and in pulls with nothing changed."""
    with socket.socket() as probe:
        probe.bind((address(0), 0))
        port = probe.getsockname()[1]
    data = pulling.copy(pulling.registered(folder, base, sites), folder / "spoiled")
    _spoil(data, port)
    seconds: Seconds = {}
    for _ in range(rounds):
        _round(folder, base, sites, port, seconds)
    for pull in PULLS:
        well, none = (min(seconds[pull, kind]) for kind in ("well", "none"))
        for kind in KINDS:
            least = min(seconds[pull, kind])
            print(
                f"{sites:,} feeds, {pull}, 5 % of the hosts {kind}: the others after {least:.2f} s; "
                f"{least / well - 1:+.1%} against {well:.2f} s when these hosts are well (aim: {AIM} %), "
                f"{least / none - 1:+.1%} against {none:.2f} s without them",
                flush=True,
            )


def _round(folder: Path, base: str, sites: int, port: int, seconds: Seconds) -> None:
    """Everything once, cold and unchanged. First with hosts that are well, which gives what is unchanged then."""
    trial, before = folder / "trial", {"cold": folder / "spoiled", "unchanged": folder / "pulled-well"}
    allowed = [address(number) for number in range(sites // ONE_IN)]
    for kind in ("well", "none", *KINDS):
        with _served(kind, folder / "farm", sites // ONE_IN, port):
            for pull in PULLS:
                if (pull, kind) == ("unchanged", "well"):
                    pulling.copy(trial, before["unchanged"])
                data = pulling.copy(before[pull], trial)
                _set_bad(data, "paused" if kind == "none" else "new")
                figures = measured("bench.worker", "race", base, environ=settings(data, *allowed))
                seconds.setdefault((pull, kind), []).append(figures["seconds"])


def _spoil(data: Path, port: int) -> None:
    """Let one source in twenty be at a bad host, each at its own."""
    with contextlib.closing(sqlite3.connect(data / "vecinos.db")) as store, store:
        sources = store.execute("SELECT id, url FROM source ORDER BY id").fetchall()
        for number, (source_id, url) in enumerate(sources[ONE_IN - 1 :: ONE_IN]):
            site = f"{address(number)}:{port}"
            path = url.split("/", 3)[3]
            moved = (f"http://{site}/{path}", site, source_id)
            store.execute("UPDATE source SET url = ?, site = ? WHERE id = ?", moved)


def _set_bad(data: Path, state: str) -> None:
    with contextlib.closing(sqlite3.connect(data / "vecinos.db")) as store, store:
        store.execute("UPDATE source SET state = ? WHERE url NOT LIKE 'http://127.0.0.1:%'", (state,))


@contextlib.contextmanager
def _served(kind: str, farm: Path, hosts: int, port: int) -> Iterator[None]:
    """The bad hosts, in a process of their own."""
    if kind == "none":
        yield
        return
    command = [sys.executable, "-m", "bench.bad_hosts", kind, str(farm), str(hosts), str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == b"ready\n"
        yield
    finally:
        server.terminate()
        server.wait()
