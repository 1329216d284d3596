"""The running site as a whole: it starts with nothing set, survives crashes, and stops cleanly."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from tests.acceptance.command import children, free_port, get, started, vecinos

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes through /proc")


def test_serve_needs_no_setting_and_stops_cleanly(tmp_path: Path) -> None:
    """The site is there, with its worker; Ctrl-C ends both."""
    port = free_port()
    with started(tmp_path / "data", "serve", "--port", str(port)) as serve:
        assert '"ok":true' in get(f"http://127.0.0.1:{port}/healthz")
        assert set(_both(serve.pid)) == {"web", "worker"}
        parts = children(serve.pid)
    assert serve.returncode == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in parts.values())


def test_a_part_that_crashes_is_started_again(tmp_path: Path) -> None:
    """Either of them, without touching the other."""
    port = free_port()
    with started(tmp_path / "data", "serve", "--port", str(port)) as serve:
        get(f"http://127.0.0.1:{port}/healthz")
        before = _both(serve.pid)
        for name, other in (("worker", "web"), ("web", "worker")):
            os.kill(before[name], signal.SIGKILL)
            after = _both(serve.pid, other_than=before[name])
            assert after[name] != before[name]
            assert after[other] == before[other]
            before = after
        assert '"ok":true' in get(f"http://127.0.0.1:{port}/healthz")


def test_no_part_outlives_its_supervisor(tmp_path: Path) -> None:
    """Not even when that is killed outright."""
    port = free_port()
    with started(tmp_path / "data", "serve", "--port", str(port)) as serve:
        get(f"http://127.0.0.1:{port}/healthz")
        parts = _both(serve.pid)
        os.kill(serve.pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while any(_alive(pid) for pid in parts.values()):
            assert time.monotonic() < deadline
            time.sleep(0.1)


@pytest.mark.parametrize("command", ["serve", "web", "demo"])
def test_a_port_in_use_is_one_sentence(tmp_path: Path, command: str) -> None:
    """Which port, and what to do; exit code 1, no traceback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        ran = vecinos(tmp_path, command, "--port", port)
    assert ran.code == 1
    assert f"Port {port} on 127.0.0.1 is already in use" in ran.err
    assert "Traceback" not in ran.err


def test_the_worker_alone_stops_on_sigterm(tmp_path: Path) -> None:
    """What it has in hand is finished; its exit code says that all is well."""
    with started(tmp_path, "worker") as worker:
        time.sleep(2.5)
        worker.send_signal(signal.SIGTERM)
        worker.wait(timeout=30)
    assert worker.returncode == 0


def _both(pid: int, *, other_than: int = 0) -> dict[str, int]:
    """The two parts, as soon as both are there."""
    deadline = time.monotonic() + 60
    while True:
        found = children(pid)
        if set(found) == {"web", "worker"} and other_than not in found.values():
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_a_second_start_of_the_demo_keeps_what_is_there(tmp_path: Path) -> None:
    """The same members with the same items under the same ids; nothing is doubled."""
    seen = []
    for _ in range(2):
        port = free_port()
        with started(tmp_path, "demo", "--port", str(port)) as demo:
            feed = json.loads(get(f"http://127.0.0.1:{port}/feed.json?kind=news", patience=120, of=demo))
            seen.append({item["id"]: item["title"] for item in feed["items"]})
        assert demo.returncode == 0
    assert len(seen[0]) > 40
    assert seen[0] == seen[1]
