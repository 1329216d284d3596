"""Long or crowded HTML → balanced HTML of allowed tags, in linear time.

HTML's own rules take quadratic time and space for some input: a thousand unclosed `<font>` are repeated in each of a
thousand paragraphs after them (7 MB out of 13 KB). What comes out of here reads the same way to every parser and costs
it little: no comments, no raw text, no needless references, attributes in double quotes, every tag closed, 64 levels at
most.
"""

from __future__ import annotations

import re
from html import escape, unescape

from feeds.clean.tags import ATTRIBUTES, BLOCKS, DROPPED_WITH_CONTENT, FORMATTING, TAGS, VOID

MAX_LENGTH = 1_000_000
MANY_TAGS = 128
"""nh3 needs at most 2 ms for so many tags, however they are put; 97 % of real posts have fewer."""
SOME_TAGS = 32
MANY_OPEN = 24
"""Tags that are not closed, breaks and images included."""
LONG = 32_000
"""Characters in which a flood of attributes costs nh3 20 ms."""
MAX_DEPTH = 64
MAX_FORMATTING = 8

_MAX_QUOTE_FAILURES = 20
_MAX_REFERENCES = 20_000  # nh3 takes a second for 100,000 in one text
_CONTAINERS = (BLOCKS - {"p"}) | {"td", "th", "caption"}
_ROWS = frozenset({"tr", "td", "th"})
_GROUPS = _ROWS | {"thead", "tbody", "tfoot"}
_ENDED_BY = {
    "li": {"li"}, "dt": {"dt", "dd"}, "dd": {"dt", "dd"}, "td": {"td", "th"}, "th": {"td", "th"},
    "tr": _ROWS, "thead": _GROUPS, "tbody": _GROUPS, "tfoot": _GROUPS,
} | {block: {"p"} for block in BLOCKS}  # fmt: skip
_OUTERMOST = {
    "li": {"ul", "ol"}, "dt": {"dl"}, "dd": {"dl"}, "td": {"tr", "table"}, "th": {"tr", "table"},
    "tr": {"table"}, "thead": {"table"}, "tbody": {"table"}, "tfoot": {"table"},
} | {block: _CONTAINERS | {"li", "dt", "dd"} for block in BLOCKS}  # fmt: skip

_OPENING = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)(?=[\s/>])")
_TAG_END = re.compile(r"""[^"'>]*+(?:"[^"]*+"[^"'>]*+|'[^']*+'[^"'>]*+)*+>""")
_ATTRIBUTE = re.compile(r"""(?<![^\s"'/])([a-zA-Z]++)(?:\s*+=\s*+("[^"]*"|'[^']*'|[^\s"'>]+))?""")
_REFERENCE = re.compile(r"&\w+;")
_END_TAGS = {name: re.compile(rf"</{name}(?:[\s/][^>]*)?>", re.IGNORECASE) for name in DROPPED_WITH_CONTENT}


def is_demanding(markup: str) -> bool:
    """Whether HTML is so long or so crowded that it is brought into order before another parser reads it."""
    if len(markup) <= 3 * SOME_TAGS:
        return False
    tags = markup.count("<")
    if tags <= SOME_TAGS:
        return len(markup) > LONG
    return tags > MANY_TAGS or len(markup) > LONG or tags - 2 * markup.count("</") > MANY_OPEN


def orderly(markup: str) -> str:
    """The same text in the same allowed tags, as far as they can be told; only the first 1,000,000 characters."""
    markup = markup[:MAX_LENGTH].replace("\r", "\n").replace("\0", "")
    out: list[str] = []
    opened: list[str] = []
    missing: set[str] = set()
    begin, at, failures = 0, 0, 0
    while (start := markup.find("<", at)) >= 0:
        found = _OPENING.match(markup, start)
        at = start + 1 if found is None else found.end()
        if found is None and markup[at : at + 1] not in {"!", "?", "/"}:
            continue
        if begin < start:
            out.append(_text(markup[begin:start]))
        if found is None:
            begin = at = _after_declaration(markup, start)
            continue
        end = _TAG_END.match(markup, at) if failures < _MAX_QUOTE_FAILURES else None
        failures += end is None
        stop = end.end() if end else markup.find(">", at) + 1
        if stop == 0:
            begin = len(markup)
            break
        closing, name = found[1], found[2].lower()
        if closing:
            _close(name, opened, out)
        elif name in DROPPED_WITH_CONTENT:
            stop = _after_element(markup, name, stop, missing)
        elif name in TAGS:
            _open(name, markup[at : stop - 1], opened, out)
        begin = at = stop
    out.append(_text(markup[begin:]))
    out.extend(f"</{name}>" for name in reversed(opened))
    whole = "".join(out)
    return whole if whole.count("&") <= _MAX_REFERENCES else _REFERENCE.sub("", whole)


def _text(text: str) -> str:
    """Text with no other references than it needs."""
    if "&" in text:
        text = unescape(text)
    return escape(text, quote=False)


def _after_declaration(markup: str, start: int) -> int:
    """Where what looks like a comment, a declaration or a nameless tag ends."""
    if markup.startswith("<!--", start):
        end = markup.find("-->", start + 2)
        return end + 3 if end >= 0 else len(markup)
    return markup.find(">", start) + 1 or len(markup)


def _after_element(markup: str, name: str, at: int, missing: set[str]) -> int:
    """Where an element whose content is dropped ends; where it never does, scripts and styles take all the rest."""
    found = None if name in missing else _END_TAGS[name].search(markup, at)
    if found is not None:
        return found.end()
    missing.add(name)
    return len(markup) if name in {"script", "style"} else at


def _open(name: str, attributes: str, opened: list[str], out: list[str]) -> None:
    _close_implied(name, opened, out)
    if name not in VOID:
        if len(opened) >= MAX_DEPTH:
            return
        if name in FORMATTING and len(FORMATTING.intersection(opened)) >= MAX_FORMATTING:
            return
        opened.append(name)
    if not attributes:
        out.append(f"<{name}>")
        return
    kept = ATTRIBUTES.get(name, set()) | ATTRIBUTES["*"]
    pairs: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(attributes):
        key = found[1].lower()
        if key in kept:
            pairs.setdefault(key, _unquoted(found[2] or ""))
    out.append("<" + name + "".join(f' {key}="{value}"' for key, value in pairs.items()) + ">")


def _unquoted(value: str) -> str:
    if value[:1] in {'"', "'"}:
        value = value[1:-1]
    return value.replace('"', "&quot;")


def _close_implied(name: str, opened: list[str], out: list[str]) -> None:
    """Close what HTML closes by itself before `name` opens: a paragraph before a block, an item before the next."""
    ended = _ENDED_BY.get(name)
    if ended is None:
        return
    outermost = _OUTERMOST[name]
    last = None
    for other in reversed(opened):
        if other in ended:
            last = other
        elif other in outermost:
            break
    if last is not None:
        _close(last, opened, out)


def _close(name: str, opened: list[str], out: list[str]) -> None:
    if name in opened:
        while (last := opened.pop()) != name:
            out.append(f"</{last}>")
        out.append(f"</{name}>")
