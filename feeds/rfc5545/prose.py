"""DESCRIPTION → HTML, and HTML → DESCRIPTION (RFC 5545, 3.8.1.5: plain text; in the wild often HTML)."""

from __future__ import annotations

import re
from html import escape, unescape

MAX_LENGTH = 100_000

_ELEMENT = re.compile(
    r"</?(?:p|br|a|div|span|b|strong|i|em|u|s|ul|ol|li|h[1-6]|table|tbody|tr|td|th|img|html|body|font|blockquote|hr|center"
    r"|iframe|script|style|section|article|figure|pre|code|small|sup|sub)\b[^<>]*>",
    re.IGNORECASE,
)
_BREAKING = re.compile(r"<(?:p|br|div|ul|ol|li|table|h[1-6]|tr)\b", re.IGNORECASE)
_ENTITY = re.compile(
    r"&(?:#\d{2,5}|#x[0-9a-f]{2,5}|amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|[nm]dash|hellip);", re.IGNORECASE
)
_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_PARAGRAPHS = re.compile(r"\n[^\S\n]*+\n\s*+")
_TOKENS = re.compile(r"(<[^<>]*>)")
_NAME = re.compile(r"<(/?)([a-z][a-z0-9]*)", re.IGNORECASE)
_HREF = re.compile(r"\bhref\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_BLANK_LINES = re.compile(r"\n{3,}")
_SPACES = re.compile(r"[^\S\n]{2,}|[^\S\n ]")
_AROUND_BREAK = re.compile(r" \n ?|\n ")
_BLOCKS = frozenset(
    {"p", "div", "ul", "ol", "table", "blockquote", "pre", "section", "article", "figure"}
    | {f"h{n}" for n in range(1, 7)}
)


def to_html(description: str) -> str:
    """HTML of a DESCRIPTION. Plain text becomes paragraphs with links, all else escaped; HTML stays as it was sent."""
    description = description[:MAX_LENGTH].strip()
    if not description:
        return ""
    if _ELEMENT.search(description):
        return description if _BREAKING.search(description) else description.replace("\n", "<br>\n")
    if _ENTITY.search(description):
        description = unescape(description)
    description = _AROUND_BREAK.sub("\n", _SPACES.sub(" ", description))
    paragraphs = (part.strip() for part in _PARAGRAPHS.split(description))
    return "\n".join(f"<p>{_linked(part)}</p>" for part in paragraphs if part)


def _linked(plain: str) -> str:
    """Escaped text, its line breaks kept, its web addresses as links."""
    pieces, end = [], 0
    for found in _LINK.finditer(plain):
        address = found[0].rstrip(".,;:!?'*)]}>")
        if "(" in address and found[0].startswith(address + ")"):
            address += ")"
        target = escape(address)
        pieces += [escape(plain[end : found.start()], quote=False), f'<a href="{target}">{target}</a>']
        end = found.start() + len(address)
    pieces.append(escape(plain[end:], quote=False))
    return "".join(pieces).replace("\n", "<br>")


def has_words(html: str) -> bool:
    """Whether any text would be seen. Outlook sends HTML pages without any."""
    return bool(to_text(html))


def to_text(html: str) -> str:
    """Plain text of HTML: paragraphs by blank lines, list items by dashes, links with their address in brackets."""
    pieces: list[str] = []
    links: list[tuple[str, int]] = []
    silent = ""
    for token in _TOKENS.split(html[: 4 * MAX_LENGTH]):
        name = _NAME.match(token)
        if name is None:
            if not silent and not token.startswith(("<!", "<?")):
                pieces.append(_SPACES.sub(" ", unescape(token).replace("\n", " ")))
            continue
        closing, tag = bool(name[1]), name[2].lower()
        if tag in {"script", "style", "title"}:
            silent = "" if closing else tag
        elif tag == "br" or (tag == "tr" and closing):
            pieces.append("\n")
        elif tag == "li":
            pieces.append("\n" if closing else "\n- ")
        elif tag in _BLOCKS:
            pieces.append("\n\n")
        elif tag == "a":
            _follow(pieces, links, token, closing=closing)
    text = _AROUND_BREAK.sub("\n", "".join(pieces).replace("\xa0", " "))
    return _BLANK_LINES.sub("\n\n", text.replace("\n\n- ", "\n- ")).strip()


def _follow(pieces: list[str], links: list[tuple[str, int]], token: str, *, closing: bool) -> None:
    """Remember where a link began; at its end, tell its address unless the text is the address."""
    if not closing:
        found = _HREF.search(token)
        links.append((unescape(found[1] or found[2] or "") if found else "", len(pieces)))
        return
    if not links:
        return
    address, begun = links.pop()
    said = "".join(pieces[begun:]).strip()
    if address.startswith(("http://", "https://")) and address not in {
        said,
        said + "/",
        "https://" + said,
        "http://" + said,
    }:
        pieces.append(f" ({address})")
