"""The real `vecinos` command, as a process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Ran:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a fresh user whose data folder is this one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VECINOS_")}
    return {**kept, "VECINOS_DATA_DIR": str(folder), "PYTHONWARNINGS": "error", **settings}


def vecinos(folder: Path, *words: str, **settings: str) -> Ran:
    """Run one command to its end."""
    ran = subprocess.run(
        [sys.executable, "-m", "network", *words], env=environment(folder, **settings), capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    return Ran(ran.returncode, ran.stdout, ran.stderr)


def free_port() -> int:
    """A port that nobody listens at just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def started(folder: Path, *words: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on; it is stopped as Ctrl-C does, and must end well."""
    process = subprocess.Popen(
        [sys.executable, "-m", "network", *words], env=environment(folder, **settings),
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        yield process
    except OSError as error:
        if process.poll() is not None:
            raise AssertionError(process.communicate()[1]) from error
        raise
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise


def get(url: str, *, patience: float = 60.0, of: subprocess.Popen[str] | None = None) -> str:
    """What is at this address, as soon as it answers; OSError when the process `of` ends before."""
    deadline = time.monotonic() + patience
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                text: str = answer.read().decode()
                return text
        except OSError:
            if time.monotonic() > deadline or (of is not None and of.poll() is not None):
                raise
            time.sleep(0.1)


def children(pid: int) -> dict[str, int]:
    """The processes that this one started, by the word after `network`."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                words = (entry / "cmdline").read_bytes().split(b"\0")
            except (OSError, IndexError):
                continue
            if parent == pid and b"network" in words:
                found[words[words.index(b"network") + 1].decode()] = int(entry.name)
    return found
