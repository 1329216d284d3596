"""One full document of each format as a file under tests/data/publish, laid out for reading.

When a change of what is published is meant, `python -m tests.feeds.golden` writes the files anew; look at the diff.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from lxml import etree

from feeds.publish import Channel, json_feed, opml, rss_atom
from tests.feeds.announcements import CHANNEL, EDIT, ITEMS, MEMBERS, SITE

FOLDER = Path(__file__).parents[1] / "data" / "publish"


def channel(extension: str) -> Channel:
    """The channel as the document of this format has it."""
    return replace(
        CHANNEL,
        self_url=f"{SITE}/feed.{extension}?topic=food",
        first_url=f"{SITE}/feed.{extension}?topic=food",
        next_url=f"{SITE}/feed.{extension}?topic=food&page=2",
        last_url=f"{SITE}/feed.{extension}?topic=food&page=3",
    )


def rss() -> str:
    return _indented(rss_atom.rss(channel("rss"), ITEMS))


def atom() -> str:
    return _indented(rss_atom.atom(channel("atom"), ITEMS))


def json_() -> str:
    return json.dumps(json.loads(json_feed.write(channel("json"), ITEMS)), indent=2, ensure_ascii=False) + "\n"


def opml_() -> str:
    return opml.write("Members & friends", MEMBERS, updated=EDIT, url=f"{SITE}/").decode()


def _indented(body: bytes) -> str:
    """The document with a line per element. Texts stay as they are: no element of ours mixes text and elements."""
    return etree.tostring(etree.fromstring(body), pretty_print=True, encoding="unicode")


GOLDEN: dict[str, Callable[[], str]] = {"feed.rss": rss, "feed.atom": atom, "feed.json": json_, "members.opml": opml_}

if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for file, made in GOLDEN.items():
        (FOLDER / file).write_text(made(), encoding="utf-8")
