"""A farm of member sites as static files, and the server that they are pulled from."""

from __future__ import annotations

import contextlib
import random
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
WORDS = [
    "members",
    "of",
    "the",
    "community",
    "gathered",
    "to",
    "share",
    "stories",
    "and",
    "plan",
    "the",
    "next",
    "steps",
    "bring",
    "neighbors",
    "and",
    "family",
    "habrá",
    "interpretación",
    "y",
    "cuidado",
    "de",
    "niños",
    "no",
    "se",
    "preguntará",
    "a",
    "nadie",
    "por",
    "su",
    "estatus",
]


@contextlib.contextmanager
def served(folder: Path, sites: int) -> Iterator[str]:
    """Make a farm in `folder` and serve it; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    folder.mkdir()
    if (SHARED / "farm.py").is_file():
        words = [sys.executable, str(SHARED / "farm.py"), str(folder), "--sites", str(sites), "--base-url", base]
        subprocess.run(words, check=True)
    else:
        for number in range(sites):
            _write_site(folder, number, base)
    server = subprocess.Popen(_server(folder, port), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        _wait(f"{base}/s00000/feed.xml")
        yield base
    finally:
        server.terminate()
        server.wait()


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


def _write_site(folder: Path, number: int, base: str) -> None:
    """A small organization's WordPress: ten posts of about 4 KB."""
    chance = random.Random(number)
    home = f"{base}/s{number:05d}/"
    start = datetime(2026, 1, 5, 12, tzinfo=UTC)
    items = []
    for post in range(10):
        body = "".join(
            f'<p>{" ".join(chance.choice(WORDS) for _ in range(80))}. <a href="/about?utm_source=feed">More</a></p>'
            for _ in range(6)
        )
        items.append(
            f"<item><title>{' '.join(chance.choice(WORDS) for _ in range(7))}</title><link>{home}posts/{post}</link>"
            f"<pubDate>{format_datetime(start + timedelta(days=9 * post, hours=number % 12))}</pubDate>"
            f'<guid isPermaLink="false">s{number}-{post}</guid><description>{WORDS[post]}</description>'
            f"<content:encoded><![CDATA[{body}]]></content:encoded></item>"
        )
    site = folder / f"s{number:05d}"
    site.mkdir()
    (site / "feed.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>Site {number}</title><link>{home}</link><description>A site</description>{''.join(items)}</channel></rss>"
    )
