"""JSON Feed 1.1 documents against https://jsonfeed.org/version/1.1."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.strict import html, values
from tests.strict.values import Report

FEED = {
    "version": str, "title": str, "home_page_url": str, "feed_url": str, "description": str, "user_comment": str,
    "next_url": str, "icon": str, "favicon": str, "author": dict, "authors": list, "language": str, "expired": bool,
    "hubs": list, "items": list,
}  # fmt: skip
ITEM = {
    "id": str, "url": str, "external_url": str, "title": str, "content_html": str, "content_text": str, "summary": str,
    "image": str, "banner_image": str, "date_published": str, "date_modified": str, "author": dict, "authors": list,
    "tags": list, "language": str, "attachments": list,
}  # fmt: skip
AUTHOR = {"name": str, "url": str, "avatar": str}
HUB = {"type": str, "url": str}
ATTACHMENT = {
    "url": str,
    "mime_type": str,
    "title": str,
    "size_in_bytes": (int, float),
    "duration_in_seconds": (int, float),
}
_ADDRESSES = {
    "home_page_url",
    "feed_url",
    "next_url",
    "icon",
    "favicon",
    "url",
    "external_url",
    "image",
    "banner_image",
    "avatar",
}
_CHECKS: dict[str, Callable[[Report, str, str], None]] = {
    **dict.fromkeys(_ADDRESSES, values.iri),
    "date_published": values.rfc3339,
    "date_modified": values.rfc3339,
    "language": values.language,
    "mime_type": values.mime,
    "summary": values.characters,
    "title": values.characters,
}
Fields = dict[str, Any]


def check(report: Report, body: bytes) -> None:
    """All that is wrong with a document."""
    try:
        feed = json.loads(body.decode("utf-8"), parse_constant=lambda name: report.say("InvalidJSON", "/", name))
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        report.say("InvalidJSON", "/", error)
        return
    if not isinstance(feed, dict):
        report.say("InvalidType", "/", type(feed).__name__)
        return
    _object(report, "/", feed, FEED, required=("version", "title", "items"))
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        report.say("InvalidVersion", "/version", feed.get("version"))
    for name in ("home_page_url", "feed_url"):
        if name not in feed:
            report.say("MissingElement", "/", f"{name} (required of feeds on the public web)")
    _list(report, "/hubs", feed.get("hubs", []), HUB, required=("type", "url"))
    _authors(report, "/", feed)
    seen: set[str] = set()
    for position, item in enumerate(feed.get("items", [])):
        _item(report, f"/items/{position}", item, seen)


def _item(report: Report, where: str, item: Any, seen: set[str]) -> None:
    if not isinstance(item, dict):
        report.say("InvalidType", where, type(item).__name__)
        return
    _object(report, where, item, ITEM, required=("id",))
    if not item.get("id"):
        report.say("NotBlank", where, "id")
    if item.get("id") in seen:
        report.say("DuplicateIds", where, item.get("id"))
    seen.add(str(item.get("id")))
    if not item.get("content_html") and not item.get("content_text"):
        report.say("MissingElement", where, "content_html or content_text")
    if isinstance(content := item.get("content_html"), str):
        values.characters(report, where + "/content_html", content)
        html.check(report, where + "/content_html", content)
    if any(not isinstance(tag, str) or not tag.strip() for tag in item.get("tags", [])):
        report.say("InvalidType", where + "/tags", item["tags"])
    _authors(report, where, item)
    _list(report, where + "/attachments", item.get("attachments", []), ATTACHMENT, required=("url", "mime_type"))


def _authors(report: Report, where: str, owner: Fields) -> None:
    if "author" in owner and "authors" not in owner:
        report.say("Deprecated", where, "author (version 1; use authors)")
    _list(report, where + "/authors", owner.get("authors", []), AUTHOR, required=())
    if any(not author for author in owner.get("authors", [])):
        report.say("MissingElement", where + "/authors", "name, url or avatar")


def _list(report: Report, where: str, rows: Any, known: dict[str, Any], required: tuple[str, ...]) -> None:
    for position, row in enumerate(rows if isinstance(rows, list) else []):
        if isinstance(row, dict):
            _object(report, f"{where}/{position}", row, known, required)
        else:
            report.say("InvalidType", where, type(row).__name__)


def _object(report: Report, where: str, fields: Fields, known: dict[str, Any], required: tuple[str, ...]) -> None:
    """Names and types. Extensions begin with "_" and are objects; null is a value of none of the types."""
    for name in required:
        if name not in fields:
            report.say("MissingElement", where, name)
    for name, value in fields.items():
        path = f"{where.rstrip('/')}/{name}"
        if name.startswith("_"):
            if not isinstance(value, dict) or "." in name or not name[1:2].isalpha():
                report.say("InvalidExtension", path)
        elif name not in known:
            report.say("UndefinedElement", path)
        elif not isinstance(value, known[name]) or (isinstance(value, bool) and known[name] is not bool):
            report.say("InvalidType", path, type(value).__name__)
        elif name in _CHECKS:
            _CHECKS[name](report, path, value)
