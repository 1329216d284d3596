"""Asking hubs (WebSub, 5.1): each hub one question at a time, all hubs side by side.

A hub is a server that a feed names, so it is asked through the one door. One that can't be talked to, or that asks for
rest, is not asked again in the same round: its other questions count as refused as well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from feeds import headers
from feeds.client import Client, refusal
from feeds.errors import AddressError, FetchError

LEASE_SECONDS = 864_000
"""For how long we ask to be told: ten days, as most hubs grant anyway."""
OVERLOADED = (429, 503)


@dataclass(frozen=True, slots=True)
class Question:
    """A wish to be told of a topic, or no longer. `callback` is where the hub reaches us."""

    mode: Literal["subscribe", "unsubscribe"]
    hub: str
    topic: str
    callback: str
    secret: str = ""

    def form(self) -> dict[str, str]:
        """As it is sent. Hubs of before 2014 (PubSubHubbub 0.3) also want to know how they should ask back."""
        form = {
            "hub.mode": self.mode, "hub.topic": self.topic, "hub.callback": self.callback, "hub.verify": "async",
            "hub.lease_seconds": str(LEASE_SECONDS), "hub.secret": self.secret,
        }  # fmt: skip
        if self.mode == "unsubscribe":
            del form["hub.lease_seconds"], form["hub.secret"]
        return form


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a hub will not: `problem` is a code of feeds/errors.py, with the status where there was one. `retry_after` in
    seconds, when it said so. `for_all`: it concerns whatever else this hub would be asked.
    """

    problem: str
    retry_after: int | None = None
    for_all: bool = False


async def ask(client: Client, questions: Iterable[Question], *, now: int) -> dict[str, Refusal]:
    """Ask all of these, and give the refusals by callback; what is not among them, the hub has taken up."""
    by_hub: dict[str, list[Question]] = {}
    for question in questions:
        by_hub.setdefault(question.hub, []).append(question)
    answers = await asyncio.gather(*(_ask_hub(client, asked, now) for asked in by_hub.values()))
    return {callback: refused for answer in answers for callback, refused in answer.items()}


async def _ask_hub(client: Client, questions: Iterable[Question], now: int) -> dict[str, Refusal]:
    refusals: dict[str, Refusal] = {}
    refused = None
    for question in questions:
        if refused is None or not refused.for_all:
            refused = await _ask_one(client, question, now)
        if refused is not None:
            refusals[question.callback] = refused
    return refusals


async def _ask_one(client: Client, question: Question, now: int) -> Refusal | None:
    try:
        answer = await client.post(question.hub, question.form())
    except (FetchError, AddressError) as error:
        return Refusal(error.code, for_all=True)
    meant = refusal(answer)
    if meant is None:
        return None
    wait = headers.retry_after(answer.headers, now)
    return Refusal(f"{meant.code} {answer.status}", wait, for_all=answer.status in OVERLOADED)
