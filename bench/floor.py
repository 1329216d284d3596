"""The floor: how fast Python can pull a farm when it does nothing else.

    python -m bench.floor BASE SITES

Fetches with aiohttp, parses with lxml, sanitizes with nh3 and stores rows in SQLite, 500 in a transaction, twice: cold,
then with the validators. Figures as JSON in the last line.
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import nh3
from lxml import etree

from bench.meter import Meter, print_figures

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
ATOM = "{http://www.w3.org/2005/Atom}"
AT_ONCE = 64
ROWS = 500
TABLE = """
pragma journal_mode = wal; pragma synchronous = normal;
create table post (site int, guid text, title text, link text, dated text, html text, primary key (site, guid));
"""


class Floor:
    """Pulls feeds and nothing else."""

    def __init__(self, base: str, store: sqlite3.Connection) -> None:
        self._base = base
        self._store = store
        self._tags: dict[int, str] = {}
        self._rows: list[tuple[object, ...]] = []

    async def pull(self, session: aiohttp.ClientSession, todo: list[int]) -> None:
        """Pull one site after the other until none is left to do."""
        while todo:
            site = todo.pop()
            headers = {"If-None-Match": self._tags[site]} if self._tags.get(site) else {}
            async with session.get(f"{self._base}/s{site:05d}/feed.xml", headers=headers) as answer:
                body = await answer.read()
                self._tags[site] = answer.headers.get("etag", "")
            if answer.status == 200:
                self._rows.extend((site, *post) for post in _posts(body))
                if len(self._rows) > ROWS:
                    self.save()

    def save(self) -> None:
        """Store what was read."""
        with self._store:
            self._store.executemany("insert or replace into post values (?, ?, ?, ?, ?, ?)", self._rows)
        self._rows.clear()


def _posts(body: bytes) -> Iterator[tuple[str | None, ...]]:
    root = etree.fromstring(body)
    for item in root.iterfind("channel/item"):
        told = (item.findtext("guid"), item.findtext("title"), item.findtext("link"), item.findtext("pubDate"))
        yield *told, nh3.clean(item.findtext(CONTENT) or "")
    for item in root.iterfind(ATOM + "entry"):
        link = item.find(ATOM + "link")
        told = (
            item.findtext(ATOM + "id"),
            item.findtext(ATOM + "title"),
            None if link is None else link.get("href"),
            item.findtext(ATOM + "updated"),
        )
        yield *told, nh3.clean(item.findtext(ATOM + "content") or "")


async def main(base: str, sites: int) -> None:
    """Pull every feed twice."""
    with tempfile.TemporaryDirectory() as folder:
        store = sqlite3.connect(Path(folder) / "floor.db")
        store.executescript(TABLE)
        floor, figures = Floor(base, store), {}
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:
            for name in ("cold", "unchanged"):
                todo = list(range(sites))
                with Meter(sites) as meter:
                    await asyncio.gather(*(floor.pull(session, todo) for _ in range(AT_ONCE)))
                    floor.save()
                figures[name] = meter.figures()
        store.close()
    print_figures(figures)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
