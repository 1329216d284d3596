"""HTML → its words; and clean HTML without anything that a page would load."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from selectolax.lexbor import LexborHTMLParser, LexborNode

from feeds.clean.order import is_demanding, orderly
from feeds.clean.tags import REL

_EDGE = re.compile(
    r"</?(?:p|div|li|br|h[1-6]|t[dhr]|table|ul|ol|dl|dt|dd|blockquote|pre|fig\w+|hr|section|article|tbody|details|summary)\b",
    re.IGNORECASE,
)
_SILENT = ["script", "style", "template", "iframe", "textarea", "title", "noembed", "noframes", "svg", "math"]


def text(markup: str) -> str:
    """The words of some HTML: blocks on lines of their own, no tags, no scripts, white space folded."""
    if "<" in markup:
        tree = LexborHTMLParser(_EDGE.sub(r"\n\g<0>", orderly(markup) if is_demanding(markup) else markup))
        tree.strip_tags(_SILENT)
        words = tree.text()
    else:
        words = unescape(markup)
    lines = (" ".join(line.split()) for line in words.split("\n"))
    return "\n".join(line for line in lines if line)


def excerpt(markup: str, length: int) -> str:
    """The beginning of some HTML as one line of at most `length` characters, cut after a word."""
    line = " ".join(text(markup).split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    if line[length - 1].isalnum() and " " in cut:
        cut = cut[: cut.rfind(" ")]
    return cut.rstrip(" ,;:–—-(") + "…"


def without_images(markup: str, label: Callable[[str], str]) -> str:
    """Clean HTML in which every image is a link to it, or only words where it was in a link already.

    `label` makes the words out of the image's description, which may be empty; what it gives is never empty.
    """
    if "<img" not in markup:
        return markup
    tree = LexborHTMLParser(markup, is_fragment=True)
    for image in tree.css("img"):
        words = label((image.attributes.get("alt") or "").strip())
        source = image.attributes.get("src")
        if not source or _inside_link(image):
            image.replace_with(words)
            continue
        link = tree.create_node("a")
        link.attrs["href"] = source
        link.attrs["rel"] = REL
        link.insert_child(words)
        image.replace_with(link)
    return tree.html or ""


def _inside_link(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None and parent.tag != "a":
        parent = parent.parent
    return parent is not None
