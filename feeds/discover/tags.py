"""The tags of a page that matter to discovery, in linear time.

No tree is built. A page of a stranger can make any HTML5 tree builder take quadratic time (300,000 open `<div>`: over
20 s) or memory out of proportion (formatting that must be opened again in every paragraph). Discovery needs neither
nesting nor repair: only which tags there are, their attributes, and the text of links and of the title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

MAX_TAGS = 20_000
MAX_ATTRIBUTES = 60
_START = re.compile(r"<(?:!--|(html|base|meta|link|title|a|iframe|script|style|textarea)(?=[\s/>]))", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"[\s/]*([^\s/>=]{1,100})(?:\s{0,9}=\s{0,9}(?:\"([^\"]{0,4000})\"|'([^']{0,4000})'|([^\s>]{0,4000})))?"
)
_RAW = {"script", "style", "textarea"}
_WITH_TEXT = {"title", "a"}
_MAX_TEXT = 2000
_INNER_TAG = re.compile(r"<[^<>]{0,2000}>?")


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag: name, attributes under lower-case names, and for `a` and `title` the text up to the end tag."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""

    def get(self, name: str) -> str:
        """An attribute's value, empty when there is none."""
        return self.attributes.get(name, "")


def tags(html: str) -> Iterator[Tag]:
    """The tags of a page that matter, in order; not those in comments, scripts, styles and text areas."""
    lowered = html.lower() if len(html.lower()) == len(html) else html
    at = 0
    for _ in range(MAX_TAGS):
        found = _START.search(html, at)
        if found is None:
            return
        at = found.end()
        if found[1] is None:
            at = _after(lowered, "-->", at)
            continue
        name = found[1].lower()
        attributes, at = _attributes(html, at)
        if name in _RAW:
            at = _after(lowered, f"</{name}", at)
        else:
            yield Tag(name, attributes, _text(html, lowered, name, at) if name in _WITH_TEXT else "")


def _after(html: str, end: str, at: int) -> int:
    """The place behind the next `end`; the end of the page when there is none."""
    found = html.find(end, at)
    return len(html) if found < 0 else found + len(end)


def _attributes(html: str, at: int) -> tuple[dict[str, str], int]:
    """Attributes from this place (the first of each name counts), and the place behind them."""
    attributes: dict[str, str] = {}
    for _ in range(MAX_ATTRIBUTES):
        found = _ATTRIBUTE.match(html, at)
        if found is None:
            break
        at = found.end()
        value = next((value for value in found.groups()[1:] if value is not None), "")
        attributes.setdefault(found[1].lower(), unescape(value))
    return attributes, at


def _text(html: str, lowered: str, name: str, at: int) -> str:
    """Plain text from behind the start tag to the end tag, cut where it is too long."""
    at = html.find(">", at, at + _MAX_TEXT) + 1 or at
    end = lowered.find(f"</{name}", at, at + _MAX_TEXT)
    inner = html[at : end if end >= 0 else at]
    return " ".join(unescape(_INNER_TAG.sub(" ", inner)).split())
