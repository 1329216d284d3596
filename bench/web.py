"""The cost of answering: the combined feed under load while the worker pulls, and pages seen for the first time."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2

from bench.meter import settings

PAGES = ("/", "/members", "/members?near=01609", "/members/site-7", "/events", "/news", "/es/")
RATE = re.compile(r"Requests/sec:\s*([\d.]+)")


async def measure(data: Path, seconds: int) -> None:
    """Print the figures for a site with this data folder; each kind of load lasts so long."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = settings(data)
    async with _running(environ, "web", "--port", str(port)):
        url = f"http://127.0.0.1:{port}"
        async with httpx2.AsyncClient(base_url=url) as browser:
            await _ready(browser)
            await _pages(browser)
            etag = (await browser.get("/feed.atom", headers={"Accept-Encoding": "gzip"})).headers["etag"]
        pulling = subprocess.Popen(
            [sys.executable, "-c", PULL_FOR_EVER], env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            await asyncio.to_thread(_load, url, etag, seconds)
        finally:
            pulling.kill()
            pulling.wait()


PULL_FOR_EVER = """
import subprocess, sys
while True:
    subprocess.run([sys.executable, "-m", "network", "pull", "--all", "--json"], check=False)
"""


async def _pages(browser: httpx2.AsyncClient) -> None:
    for path in PAGES:
        first = await _timed(browser, path)
        again = min([await _timed(browser, path) for _ in range(20)])
        print(f"page {path}: first {first:.1f} ms, again {again:.1f} ms (aims: 50 and 2)")


async def _timed(browser: httpx2.AsyncClient, path: str) -> float:
    start = time.perf_counter()
    answer = await browser.get(path)
    assert answer.status_code == 200, path
    return (time.perf_counter() - start) * 1e3


def _load(url: str, etag: str, seconds: int) -> None:
    wrk = shutil.which("wrk")
    if wrk is None:
        print("wrk is not installed: no figures under load")
        return
    for name, headers in (
        ("200 gzip", {"Accept-Encoding": "gzip"}),
        ("200 plain", {}),
        ("304", {"Accept-Encoding": "gzip", "If-None-Match": etag}),
    ):
        words = [
            wrk,
            "-t1",
            "-c32",
            f"-d{seconds}s",
            *(word for pair in headers.items() for word in ("-H", ": ".join(pair))),
        ]
        ran = subprocess.run([*words, f"{url}/feed.atom"], capture_output=True, text=True, check=True)
        rate = RATE.search(ran.stdout)
        print(
            f"/feed.atom {name} while pulling: {float(rate[1]) if rate else 0:,.0f} a second (aim: 4,000)", flush=True
        )


@contextlib.asynccontextmanager
async def _running(environ: dict[str, str], *words: str) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "network", *words, env=environ)
    try:
        yield
    finally:
        process.terminate()
        await process.wait()


async def _ready(browser: httpx2.AsyncClient) -> None:
    for _ in range(200):
        with contextlib.suppress(httpx2.TransportError):
            if (await browser.get("/healthz")).status_code == 200:
                return
        await asyncio.sleep(0.05)
    raise RuntimeError("the site does not start")
