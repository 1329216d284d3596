"""The floor: how fast Python can pull a farm when it does nothing else (used where ../shared has no floor.py)."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

import aiohttp
import nh3
from lxml import etree

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


async def main(base: str, sites: int) -> None:
    """Fetch, parse, sanitize and store every feed twice: cold, then with validators."""
    with tempfile.TemporaryDirectory() as folder:
        store = sqlite3.connect(Path(folder) / "floor.db")
        store.executescript(
            "pragma journal_mode=wal; create table post (site int, guid text, title text, html text, primary key (site, guid))"
        )
        tags: dict[int, str] = {}
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=64)) as session:
            for name in ("cold", "unchanged"):
                cpu = time.process_time()
                todo = list(range(sites))
                rows: list[tuple[object, ...]] = []

                async def pull(todo: list[int] = todo, rows: list[tuple[object, ...]] = rows) -> None:
                    while todo:
                        site = todo.pop()
                        headers = {"If-None-Match": tags[site]} if tags.get(site) else {}
                        async with session.get(f"{base}/s{site:05d}/feed.xml", headers=headers) as answer:
                            body = await answer.read()
                            tags[site] = answer.headers.get("etag", "")
                        if answer.status == 200:
                            rows.extend(_posts(site, body))
                        if len(rows) > 500:
                            _save(store, rows)

                await asyncio.gather(*(pull() for _ in range(64)))
                _save(store, rows)
                print(f"floor {name}: {(time.process_time() - cpu) / sites * 1e3:.3f} ms CPU a feed")
        store.close()


def _posts(site: int, body: bytes) -> list[tuple[object, ...]]:
    return [
        (site, item.findtext("guid"), item.findtext("title"), nh3.clean(item.findtext(CONTENT) or ""))
        for item in etree.fromstring(body).iterfind("channel/item")
    ]


def _save(store: sqlite3.Connection, rows: list[tuple[object, ...]]) -> None:
    with store:
        store.executemany("insert or replace into post values (?, ?, ?, ?)", rows)
    rows.clear()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
