"""What is wrong with an address, or a whole site, for a while. Adding one: its line in a table below."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from tests.faults.sites import bomb, close, endless, hang, hang_in_body, reset, trickle
from tests.servers import Handler, redirect, reply
from tests.soak.publishers import Publisher
from tests.world import HOUR

LONGEST = 36 * HOUR
FOR_NOW = "/for-now"
"""Before a path: where it is while its address leads elsewhere for now."""
PAGE = b"<!doctype html><html><head><title>Welcome</title></head><body><p>We meet every Thursday.</p></body></html>"

Answer = Handler | bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """`name` for people. `answer`: what comes in place of the document; None where the name says what is wrong with the
    document itself (`document` knows). Over at `until` (UTC seconds).
    """

    name: str
    until: int
    answer: Answer | None = None


def of_site(random: Random, now: int) -> Trouble:
    """A whole site is in trouble."""
    name = random.choice(list(_OF_SITES))
    return Trouble(name=name, until=now + random.randrange(1, LONGEST), answer=_OF_SITES[name])


def of_address(random: Random, now: int, body: bytes, *, path: str, forbidden: str, soon: int) -> Trouble:
    """One address is, which is at `path` and lists `body`. `forbidden`: where nobody may go; `soon`: how long a trouble
    lasts that is believed when it is seen three times.
    """
    name = random.choice([*_OF_ADDRESSES, "scanty", "empty", "cut"])
    if name in {"empty", "cut"}:
        return Trouble(name=name, until=now + soon)
    until = now + random.randrange(1, LONGEST)
    if name == "scanty":
        return Trouble(name=name, until=until)
    return Trouble(name=name, until=until, answer=_OF_ADDRESSES[name](body, path, forbidden))


def document(trouble: Trouble | None, publisher: Publisher, now: int) -> bytes:
    """What an address lists, for better or worse."""
    name = trouble.name if trouble else ""
    if name == "empty":
        return publisher.empty()
    body = publisher.document(now, scanty=name == "scanty")
    return body[: len(body) * 2 // 3] if name == "cut" else body


def _made(answer: Answer) -> Callable[[bytes, str, str], Answer]:
    return lambda _body, _path, _forbidden: answer


_OF_SITES: Mapping[str, Answer] = {
    "hangs": hang,
    "closes connections": close,
    "429": reply(b"", 429),
    "429 with a time": reply(b"", 429, Retry_After="5400"),
    "503": reply(b"", 503),
    "503 with a time": reply(b"", 503, Retry_After="7200"),
    "500": reply(b"", 500),
    "403": reply(b"", 403),
    "a page for everything": reply(PAGE, Content_Type="text/html"),
    "no HTTP": b"220 mail.example ESMTP\r\n" * 9,
}
_OF_ADDRESSES: Mapping[str, Callable[[bytes, str, str], Answer]] = {
    "hangs in the middle": lambda body, _path, _forbidden: hang_in_body(body),
    "a byte at a time": lambda body, _path, _forbidden: trickle(body),
    "reset in the middle": lambda body, _path, _forbidden: reset(body),
    "packed and broken off": lambda body, _path, _forbidden: reply(gzip.compress(body)[:-9], Content_Encoding="gzip"),
    "elsewhere for now": lambda _body, path, _forbidden: redirect(FOR_NOW + path, 302),
    "in circles": lambda _body, path, _forbidden: redirect(path, 301),
    "at a private address": lambda _body, _path, forbidden: redirect(forbidden, 301),
    "another scheme": _made(redirect("file:///etc/hosts", 301)),
    "401": _made(reply(b"", 401)),
    "404": _made(reply(b"", 404)),
    "410": _made(reply(b"", 410)),
    "502": _made(reply(b"", 502)),
    "304 whatever is asked": _made(reply(b"", 304)),
    "a page": _made(reply(PAGE, Content_Type="text/html")),
    "nothing": _made(reply(b"")),
    "garbage": _made(reply(bytes(range(256)) * 9)),
    "a bomb": _made(bomb()),
    "endless": _made(endless),
}
