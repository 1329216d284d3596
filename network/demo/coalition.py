"""The sample coalition: its organizations, read from the texts that stand beside this file (texts/README.md)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from network.demo.rhythm import When, read_when, weekday_number

Flavour = Literal[
    "wordpress", "wordpress-noisy", "events-calendar", "squarespace", "google-calendar", "atom", "json-feed", "rdf",
    "plain", "head-only", "windows-1252", "broken-feed", "gone",
]  # fmt: skip
"""What an organization's site runs on, and what is wrong with it."""

HEAD_LINE = re.compile(r"([a-z ]+): *(.*)")
MOVED = re.compile(r"\+(\d) days?, (\d\d:\d\d)-(\d\d:\d\d), (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post as it is written: `title` and `body` hold dates such as {thursday+5}, `body` is marked up (markup.py).

    `republishes` names another organization's post ("legal/know-your-rights-card"), whose address this one carries.
    """

    slug: str
    title: str
    body: str
    language: str
    tags: tuple[str, ...] = ()
    author: str = ""
    picture: str = ""
    republishes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where a moved date goes: so many days later, at these times, to this place."""

    days: int
    starts: time
    ends: time
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event as it is written. Every `cancelled`th date is called off, every `moved`th is moved; 0 is never.

    `host` is the web host of the organization whose event it is: others that announce it too give it the same UID.
    """

    slug: str
    title: str
    when: When
    where: str
    body: str
    host: str
    cancelled: int = 0
    moved: int = 0
    move: Move | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A member of the coalition. `posting_days` are weekdays (0 is Monday) on which one of its posts appears."""

    slug: str
    name: str
    host: str
    flavour: Flavour
    town: str
    region: str
    postcode: str
    address: str
    languages: tuple[str, ...]
    topics: tuple[str, ...]
    contact: str
    phone: str
    colour: str
    description: str
    posting_days: tuple[int, ...] = ()
    tracks_readers: bool = False
    """Whether the links of its feed carry utm_ parameters."""
    posts: tuple[Post, ...] = ()
    events: tuple[Event, ...] = ()

    @property
    def language(self) -> str:
        """The language its site is in."""
        return self.languages[0]

    def post(self, slug: str) -> Post:
        """The post of this name."""
        return next(post for post in self.posts if post.slug == slug)

    def event(self, slug: str) -> Event:
        """The event of this name."""
        return next(event for event in self.events if event.slug == slug)


Section = tuple[str, dict[str, str], str]
"""What follows "===", the lines "key: value" below it, and the text."""


@cache
def organizations() -> tuple[Organization, ...]:
    """All of them, in the order of their files. Raises ValueError with the file's name when a text can't be read."""
    return tuple(read_organization(slug, text) for slug, text in _texts().items())


@cache
def _texts() -> dict[str, str]:
    """The texts by slug: 01-sol.txt is that of "sol"."""
    folder = files("network.demo") / "texts"
    found = sorted((file for file in folder.iterdir() if file.name.endswith(".txt")), key=lambda file: file.name)
    return {file.name[3:].removesuffix(".txt"): file.read_text(encoding="utf-8") for file in found}


def organization(slug: str) -> Organization:
    """The organization of this slug in the sample coalition. Raises KeyError when there is none."""
    return {each.slug: each for each in organizations()}[slug]


def read_organization(slug: str, text: str) -> Organization:
    """An organization from its text (texts/README.md)."""
    try:
        return _organization(slug, list(_sections(text)))
    except (ValueError, KeyError) as error:
        raise ValueError(f"{slug}.txt: {error}") from error


def _sections(text: str) -> Iterator[Section]:
    for section in re.split(r"^=== ", "\n" + text, flags=re.MULTILINE):
        title, _, rest = section.partition("\n")
        head, _, body = rest.partition("\n\n")
        fields = {}
        for line in filter(None, head.splitlines()):
            if not (found := HEAD_LINE.fullmatch(line)):
                raise ValueError(f"not “key: value”: {line}")
            fields[found[1]] = found[2]
        yield title.strip(), fields, body.strip()


def _organization(slug: str, sections: list[Section]) -> Organization:
    (_, head, _), *parts = sections
    if head["flavour"] not in get_args(Flavour):
        raise ValueError(f"no such flavour: {head['flavour']}")
    languages = _list(head["languages"])
    return Organization(
        slug=slug,
        flavour=head["flavour"],  # type: ignore[arg-type] # compared just above
        languages=languages,
        topics=_list(head["topics"]),
        posting_days=tuple(sorted(weekday_number(day) for day in _list(head.get("posts on", "")))),
        tracks_readers=head.get("utm") == "yes",
        posts=tuple(_post(*part, languages[0]) for part in parts if part[0].startswith("post: ")),
        events=tuple(_event(*part, head["host"]) for part in parts if part[0].startswith("event: ")),
        **{key: head[key] for key in PLAIN_FIELDS},
    )


PLAIN_FIELDS = ("name", "host", "town", "region", "postcode", "address", "contact", "phone", "colour", "description")


def _post(title: str, head: dict[str, str], body: str, language: str) -> Post:
    return Post(
        slug=title.removeprefix("post: "),
        title=head["title"],
        body=body,
        language=head.get("language", language),
        tags=_list(head.get("tags", "")),
        author=head.get("author", ""),
        picture=head.get("picture", ""),
        republishes=head.get("republishes", ""),
    )


def _event(title: str, head: dict[str, str], body: str, host: str) -> Event:
    slug = title.removeprefix("event: ")
    if slug.startswith("same as "):
        owner, _, name = slug.removeprefix("same as ").partition("/")
        return read_organization(owner, _texts()[owner]).event(name)
    return Event(
        slug=slug,
        title=head["title"],
        when=read_when(head["when"]),
        where=head["where"],
        body=body,
        host=host,
        cancelled=int(head.get("cancelled", "0")),
        moved=int(head.get("moved", "0")),
        move=_move(head["moved to"]) if "moved to" in head else None,
    )


def _move(text: str) -> Move:
    if not (found := MOVED.fullmatch(text)):
        raise ValueError(f"not a move: {text}")
    days, starts, ends, where = found.groups()
    return Move(days=int(days), starts=time.fromisoformat(starts), ends=time.fromisoformat(ends), where=where)


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
