"""A member's site with a hub, the running site with its worker, and a stopwatch."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

from tests.acceptance.command import free_port, get, started, vecinos
from tests.hub import running_hub
from tests.servers import Request, reply, serving

SECONDS = 5.0
"""How soon a post must be in the combined feed."""


async def test_a_new_post_is_in_the_combined_feed_within_seconds(tmp_path: Path) -> None:
    """Because the member's hub tells us: nobody has asked the member's site again."""
    port, posts = free_port(), ["First post"]
    settings = {"VECINOS_ALLOW_PRIVATE_HOSTS": "127.0.0.1"}

    async def feed(_request: Request, writer: asyncio.StreamWriter) -> None:
        writer.write(reply(_body(hub.url, site.url("/feed"), posts), Content_Type="application/rss+xml"))
        await writer.drain()

    async with httpx2.AsyncClient() as browser, running_hub(browser) as hub, serving({"/feed": feed}) as site:
        added = await asyncio.to_thread(
            vecinos, tmp_path, "members", "add", site.url("/feed"), "--name", "Sol", **settings
        )
        assert added.code == 0, added.err
        with started(tmp_path, "serve", "--port", str(port), **settings) as serve:
            home = f"http://127.0.0.1:{port}"
            assert "First post" in await asyncio.to_thread(get, home + "/feed.atom", of=serve)
            await _until(lambda: bool(hub.subscriptions))
            asked = len(site.requests)
            took = []
            for title in ("Second post", "Third post", "Fourth post"):
                posts.insert(0, title)
                began = time.monotonic()
                assert await hub.publish(site.url("/feed"), _body(hub.url, site.url("/feed"), posts)) == [202]
                while title not in (await browser.get(home + "/feed.atom")).text:
                    assert time.monotonic() - began < SECONDS
                    await asyncio.sleep(0.05)
                took.append(time.monotonic() - began)
            assert len(site.requests) == asked
    sys.stdout.write(f"pushed posts were in the combined feed after {', '.join(f'{each:.2f} s' for each in took)}\n")


def _body(hub: str, topic: str, posts: list[str]) -> bytes:
    items = "".join(f"<item><title>{title}</title><guid>{title}</guid></item>" for title in posts)
    links = "".join(
        f'<link xmlns="http://www.w3.org/2005/Atom" rel="{rel}" href="{url}"/>'
        for rel, url in (("hub", hub), ("self", topic))
    )
    return f'<rss version="2.0"><channel><title>Sol</title>{links}{items}</channel></rss>'.encode()


async def _until(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
