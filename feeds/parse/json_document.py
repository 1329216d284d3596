"""The bytes of a JSON document → its object, read without harm. Used by the formats that are JSON.

Depth, the number of values and the length of numbers are limited; what has the wrong type counts as missing.
"""

from __future__ import annotations

import json
from math import inf, isfinite
from typing import Any, TypeGuard

from feeds.errors import NotAFeed, TooHeavy, UnsafeDocument

MAX_VALUES = 400_000
"""Values of one document; each takes up to 240 bytes of memory."""

_MAX_DIGITS = 18


def is_json(body: bytes) -> bool:
    """Whether a body begins like a JSON object."""
    return body[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"{")


def read(body: bytes, url: str) -> dict[str, Any]:
    """The object that `body` holds. Raises NotAFeed; UnsafeDocument or TooHeavy for JSON that is too deep or too much."""
    if not is_json(body):
        raise NotAFeed(url, "not a JSON object")
    if body.count(b",") + body.count(b"[") + body.count(b"{") > MAX_VALUES:
        raise TooHeavy(url, "too many values")
    try:
        text = body.decode(json.detect_encoding(body), "replace")
        document = json.loads(text, parse_int=_whole, parse_float=_fraction, parse_constant=_whole, strict=False)
    except RecursionError as error:
        raise UnsafeDocument(url, "JSON that is too deep") from error
    except ValueError as error:
        raise NotAFeed(url, str(error)) from error
    if not is_object(document):
        raise NotAFeed(url, "not a JSON object")
    return document


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a value is a JSON object."""
    return isinstance(value, dict)


def text_at(holder: dict[str, Any], key: str) -> str:
    """The text under a key, empty when there is none."""
    value = holder.get(key)
    return value if isinstance(value, str) else ""


def whole_at(holder: dict[str, Any], key: str) -> int | None:
    """The whole number under a key."""
    value = holder.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def object_at(holder: dict[str, Any], key: str) -> dict[str, Any]:
    """The object under a key, empty when there is none."""
    value = holder.get(key)
    return value if is_object(value) else {}


def objects_at(holder: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects in the list under a key."""
    value = holder.get(key)
    return [each for each in value if is_object(each)] if isinstance(value, list) else []


def _whole(digits: str) -> int | None:
    """Whole numbers of a sensible length (5,000 digits would raise)."""
    return int(digits) if digits.isdigit() and len(digits) <= _MAX_DIGITS else None


def _fraction(digits: str) -> float | None:
    number = float(digits) if len(digits) <= 2 * _MAX_DIGITS else inf
    return number if isfinite(number) else None
