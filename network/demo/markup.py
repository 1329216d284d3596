"""Text as the volunteers write it → HTML, or plain text. See texts/README.md for what there is; there is no more."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape

LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
STRONG = re.compile(r"\*\*(.+?)\*\*")
EMPHASIS = re.compile(r"\*(.+?)\*")
NUMBERED = re.compile(r"\d+\. ")

Resolve = Callable[[str], str]
"""A link as it is written ("member:legal/", "/contact/") → its address."""


def html(text: str, resolve: Resolve) -> str:
    """The text as HTML: paragraphs, lists, links, bold, italics; single line breaks are kept."""
    return "\n".join(_block(block, resolve) for block in re.split(r"\n{2,}", text.strip()) if block)


def plain(text: str) -> str:
    """The text without marks, for a calendar's description or a summary."""
    return unescape(re.sub(r"<[^>]+>", "", html(text, str)))


def excerpt(text: str, words: int) -> str:
    """The first words of the text, with an ellipsis if that isn't all."""
    all_words = plain(text).split()
    return " ".join(all_words[:words]) + (" […]" if len(all_words) > words else "")


def _block(block: str, resolve: Resolve) -> str:
    lines = block.splitlines()
    if all(line.startswith("- ") for line in lines):
        return _list("ul", [line[2:] for line in lines], resolve)
    if all(NUMBERED.match(line) for line in lines):
        return _list("ol", [NUMBERED.sub("", line, count=1) for line in lines], resolve)
    return "<p>" + "<br />\n".join(_inline(line, resolve) for line in lines) + "</p>"


def _list(tag: str, items: list[str], resolve: Resolve) -> str:
    return f"<{tag}>\n" + "".join(f"<li>{_inline(item, resolve)}</li>\n" for item in items) + f"</{tag}>"


def _inline(line: str, resolve: Resolve) -> str:
    marked = EMPHASIS.sub(r"<em>\1</em>", STRONG.sub(r"<strong>\1</strong>", escape(line, quote=False)))
    return LINK.sub(lambda found: f'<a href="{escape(resolve(unescape(found[2])))}">{found[1]}</a>', marked)
