"""What cleaned HTML may consist of, checked by a parser other than the one that cleaned it."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlsplit

from feeds.clean.tags import ATTRIBUTES, TAGS


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(f"<{tag}>")
        for key, value in attrs:
            if key not in ATTRIBUTES["*"] | ATTRIBUTES.get(tag, set()) | ({"rel"} if tag == "a" else set()):
                self.faults.append(f"<{tag} {key}>")
            if key in {"href", "src"} and not _is_address(value or "", tag):
                self.faults.append(f"<{tag} {key}={value!r}>")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"<!--{data}")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"<!{decl}")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"<?{data}")


def _is_address(value: str, tag: str) -> bool:
    if tag == "a" and value.lower().startswith(("mailto:", "tel:")):
        return True
    return value.startswith(("http://", "https://")) and bool(urlsplit(value).hostname)


def faults(html: str) -> list[str]:
    """Everything in it that may not be shown: other tags and attributes, addresses that aren't http(s), comments."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.faults
