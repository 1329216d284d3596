"""A farm of member sites as static files, and the server that they are pulled from: nginx, on one loopback address.

Each site is a small organization's, with the ten newest of its posts. `publish` writes a new one on some of them.
"""

from __future__ import annotations

import contextlib
import random
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

SHARED = Path(__file__).parent.parent.parent / "shared" / "farm"
NGINX = """worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 2048; }}
http {{ access_log off; keepalive_requests 1000000; types {{ text/xml xml; text/html html; text/calendar ics; }}
server {{ listen 127.0.0.1:{port}; root {root}; }} }}
"""
TEXT = (
    "members of the community gathered to share stories and plan the next steps bring neighbors and family "
    "habrá interpretación y cuidado de niños no se preguntará a nadie por su estatus"
)
POSTS = 10
FIRST_POST = datetime(2026, 1, 5, 12, tzinfo=UTC)


@contextlib.contextmanager
def served(folder: Path, sites: int) -> Iterator[str]:
    """Make a farm in `folder` and serve it; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    folder.mkdir()
    if _is_shared():
        _run_shared(folder, "--sites", str(sites), "--base-url", base)
    else:
        for number in range(sites):
            _write_site(folder, number, base, 0)
    server = subprocess.Popen(_server(folder, port), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        _wait(f"{base}/s00000/feed.xml")
        yield base
    finally:
        server.terminate()
        server.wait()


def publish(folder: Path, base: str, sites: int) -> None:
    """Write a new post on the first so many sites."""
    if _is_shared():
        _run_shared(folder, "--publish", str(sites), "--seed", str(time.time_ns()))
        return
    for number in range(sites):
        feed = (folder / f"s{number:05d}" / "feed.xml").read_text()
        oldest = int(re.findall(rf"<guid[^>]*>s{number}-(\d+)<", feed)[0])
        _write_site(folder, number, base, oldest + 1)


def _is_shared() -> bool:
    """Whether the farm is there that others measure on as well; else one of our own serves."""
    return (SHARED / "farm.py").is_file()


def _run_shared(folder: Path, *words: str) -> None:
    subprocess.run(
        [sys.executable, str(SHARED / "farm.py"), str(folder), *words], check=True, stdout=subprocess.DEVNULL
    )


def _server(folder: Path, port: int) -> list[str]:
    """nginx where it is installed; else Python's own server, which knows no ETag (so the second pull reads everything)."""
    nginx = shutil.which("nginx")
    if nginx is None:
        print("nginx is not installed: the farm is served slowly, and without ETag")
        return [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder)]
    config = folder.parent / "nginx.conf"
    config.write_text(NGINX.format(folder=folder.parent, root=folder, port=port))
    return [nginx, "-c", str(config)]


def _wait(url: str) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.1)
    raise RuntimeError(url)


def _write_site(folder: Path, number: int, base: str, first: int) -> None:
    """A small organization's WordPress: ten posts of about 4 KB, from this one on."""
    home = f"{base}/s{number:05d}/"
    items = "".join(_post(number, post, home) for post in range(first, first + POSTS))
    site = folder / f"s{number:05d}"
    site.mkdir(exist_ok=True)
    (site / "feed.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Site {number}</title><link>{home}</link><description>A site</description>{items}</channel></rss>"
    )


def _post(number: int, post: int, home: str) -> str:
    chance, words = random.Random(f"{number}/{post}"), TEXT.split()
    body = "".join(
        f'<p>{" ".join(chance.choice(words) for _ in range(80))}. <a href="/about?utm_source=feed">More</a></p>'
        for _ in range(6)
    )
    published = FIRST_POST + timedelta(days=9 * post, hours=number % 12)
    return (
        f"<item><title>{' '.join(chance.choice(words) for _ in range(7))}</title><link>{home}posts/{post}</link>"
        f'<pubDate>{format_datetime(published)}</pubDate><guid isPermaLink="false">s{number}-{post}</guid>'
        f"<description>{chance.choice(words)}</description><content:encoded><![CDATA[{body}]]></content:encoded></item>"
    )
