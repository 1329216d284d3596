"""A small real hub on loopback (WebSub, 5 to 7): it asks back, signs what it sends, and can be as bad as a test wishes.

async with httpx2.AsyncClient() as browser, running_hub(browser) as hub:
    …                                     somebody subscribes at hub.url
    await hub.settled()                   it has asked back
    await hub.publish(topic, body)        everybody subscribed has it
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import httpx2

from tests.servers import Request, Server, reply, serving


@dataclass(slots=True)
class Subscription:
    """Who is to be told of a topic, and how it is signed."""

    callback: str
    topic: str
    secret: str


@dataclass(slots=True)
class Hub:
    """Speaks to callbacks through `browser`. `refuses`: the answer to every question; `denies`: the reason for which it
    says no afterwards; `grants`: seconds of lease; `signs`: the method of its signatures, "" for none.
    """

    browser: httpx2.AsyncClient
    server: Server = field(init=False)
    refuses: bytes | None = None
    denies: str | None = None
    mute: bool = False
    grants: int | None = None
    signs: str = "sha256"
    questions: list[dict[str, str]] = field(default_factory=list)
    subscriptions: dict[tuple[str, str], Subscription] = field(default_factory=dict)
    answers: list[int] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def url(self) -> str:
        return self.server.url("/hub")

    async def answer(self, request: Request, writer: asyncio.StreamWriter) -> None:
        """What it says to a question (5.1) or a ping; asking back and telling come after."""
        form = dict(parse_qsl(request.body.decode()))
        self.questions.append(form)
        if self.refuses is None and not self.mute:
            follow = {"publish": self._ping, "subscribe": self._ask_back, "unsubscribe": self._ask_back}
            task = asyncio.create_task(follow[form["hub.mode"]](form))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        writer.write(self.refuses or reply(b"", 202))
        await writer.drain()

    async def settled(self) -> None:
        """Wait until everybody has been asked back and told."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def publish(self, topic: str, body: bytes, content_type: str = "application/rss+xml") -> list[int]:
        """Send this to everybody who is subscribed to the topic (7); the status of each answer."""
        told = [one for one in self.subscriptions.values() if one.topic == topic]
        return [await self._tell(one, body, content_type) for one in told]

    async def _ping(self, form: dict[str, str]) -> None:
        topic = form.get("hub.topic") or form["hub.url"]
        found = await self.browser.get(topic)
        await self.publish(topic, found.content, found.headers.get("content-type", ""))

    async def _ask_back(self, form: dict[str, str]) -> None:
        """Verification of intent (5.3), or a denial (5.2)."""
        mode, topic, callback = form["hub.mode"], form["hub.topic"], form["hub.callback"]
        challenge = secrets.token_urlsafe(16)
        asked = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge}
        if mode == "subscribe":
            asked["hub.lease_seconds"] = str(self.grants or form.get("hub.lease_seconds", "3600"))
        if self.denies is not None:
            asked = {"hub.mode": "denied", "hub.topic": topic, "hub.reason": self.denies}
        answer = await self.browser.get(httpx2.URL(callback).copy_merge_params(asked))
        self.answers.append(answer.status_code)
        if not answer.is_success or answer.text != challenge:
            return
        if mode == "subscribe":
            self.subscriptions[callback, topic] = Subscription(callback, topic, form.get("hub.secret", ""))
        else:
            self.subscriptions.pop((callback, topic), None)

    async def _tell(self, one: Subscription, body: bytes, content_type: str) -> int:
        headers = {"Content-Type": content_type, "Link": f'<{one.topic}>; rel="self", <{self.url}>; rel="hub"'}
        if one.secret and self.signs:
            headers["X-Hub-Signature"] = signature(body, one.secret, self.signs)
        answer = await self.browser.post(one.callback, content=body, headers=headers)
        if answer.status_code == 410:
            self.subscriptions.pop((one.callback, one.topic), None)
        return answer.status_code


def signature(body: bytes, secret: str, method: str = "sha256") -> str:
    """What stands in X-Hub-Signature (7.1.1)."""
    return f"{method}={hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()}"


@asynccontextmanager
async def running_hub(browser: httpx2.AsyncClient) -> AsyncIterator[Hub]:
    """A hub that listens on loopback and reaches its subscribers through this browser."""
    hub = Hub(browser)
    async with serving(hub.answer) as hub.server:
        yield hub
        await hub.settled()
