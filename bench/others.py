"""Other readers on the same farm, where they are installed: newsboat (C++) and lemon24/reader (Python)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = ("reader", "sgmllib3k")
VENV = Path(".cache") / "bench-reader"
NEWSBOAT_CONFIG = "auto-reload no\ndownload-retries 1\ndownload-timeout 30\n"
READER = """
import json, sys, time
from reader import make_reader
urls, database = json.loads(sys.stdin.read()), sys.argv[1]
reader = make_reader(database)
for url in urls:
    reader.add_feed(url)
figures = []
for _ in range(2):
    cpu = time.process_time()
    good = sum(not isinstance(result.value, Exception) for result in reader.update_feeds_iter(scheduled=False))
    figures.append((time.process_time() - cpu) / len(urls) * 1e3)
    assert good == len(urls), good
print(json.dumps(figures))
"""


class NotThereError(Exception):
    """It is not installed, and can't be."""


def measure(folder: Path, base: str, sites: int) -> None:
    """Print what they need for a cold pull and for one with nothing changed."""
    urls = [f"{base}/s{number:05d}/feed.xml" for number in range(sites)]
    for name, pulls in (("newsboat", _newsboat), ("lemon24/reader", _reader)):
        try:
            cold, unchanged = pulls(folder, urls)
        except NotThereError:
            print(f"{name}: not installed", flush=True)
        except (subprocess.CalledProcessError, ValueError) as error:
            print(f"{name}: does not run ({str(error)[:100]})", flush=True)
        else:
            print(f"{name}, {sites:,} feeds: {cold:.2f} ms CPU a feed cold, {unchanged:.2f} unchanged", flush=True)


def _newsboat(folder: Path, urls: list[str]) -> tuple[float, float]:
    program = shutil.which("newsboat")
    if program is None:
        raise NotThereError
    home = folder / "newsboat"
    home.mkdir()
    (home / "urls").write_text("".join(f"{url}\n" for url in urls))
    (home / "config").write_text(NEWSBOAT_CONFIG)
    words = [
        program,
        "-u",
        str(home / "urls"),
        "-c",
        str(home / "cache.db"),
        "-C",
        str(home / "config"),
        "-x",
        "reload",
    ]
    # It sends no validators before the third time.
    cold, _, unchanged = (_cpu(words, home) / len(urls) * 1e3 for _ in range(3))
    return cold, unchanged


def _cpu(words: list[str], home: Path) -> float:
    """The CPU seconds of a program."""
    environ = {**os.environ, "HOME": str(home)}
    process = subprocess.Popen(words, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, words)
    return usage.ru_utime + usage.ru_stime


def _reader(folder: Path, urls: list[str]) -> tuple[float, float]:
    words = [_python_with_reader(), "-c", READER, str(folder / "reader.db")]
    ran = subprocess.run(words, input=json.dumps(urls), capture_output=True, text=True, check=True)
    cold, unchanged = json.loads(ran.stdout.splitlines()[-1])
    return cold, unchanged


def _python_with_reader() -> str:
    """An environment that has it, made where it can be had."""
    python = VENV / "bin" / "python"
    if not (VENV / "installed").exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True, capture_output=True)
            install = [str(python), "-m", "pip", "install", "--quiet", "--retries", "0", "--timeout", "10", *PACKAGES]
            subprocess.run(install, check=True, capture_output=True, timeout=120)
        except (OSError, subprocess.SubprocessError) as error:
            raise NotThereError from error
        (VENV / "installed").touch()
    return str(python)
