"""Calendars that come in several pages → which page is asked for next, and one digest of them all. Pure.

    The Events Calendar   30 events a page of its list view; the default view may be a month, whose export says nothing
                          of what comes later, so that the list is asked for from its first page
    Squarespace           a month a page, where an events collection is shown as a calendar

The pages of one pull belong together: a part of them is never taken for the whole (see pipeline.pull).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from hashlib import sha256
from itertools import chain
from urllib.parse import urljoin, urlsplit

from feeds.addresses import events_page, is_events_export, is_events_list, other_events_page

MAX_PAGES = 20
EMPTY = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"

_PAGE = 30
_ROUND = 5
"""A site may have other pages than of 30 events, but hardly any but of a round number, and of 10 or more."""
_HEAD = 2000
_PRODUCT = re.compile(rb"^PRODID[^\r\n]*ECPv", re.MULTILINE)
_EVENT = re.compile(rb"^BEGIN:VEVENT\b", re.MULTILINE)
_UID = re.compile(rb"^UID[:;][^\r\n]*", re.MULTILINE)
_LINK = re.compile(rb"^URL[^:\r\n]*:([^\r\n]*)", re.MULTILINE)
_STAMP = re.compile(rb"^DTSTAMP[:;][^\r\n]*\r?\n?", re.MULTILINE)
_NEXT_MONTH = re.compile(rb'"nextPageUrl"\s*:\s*("[^"]{0,200}\bmonth=[^"]{0,100}")')
_ITEM = re.compile(rb'"fullUrl"\s*:\s*"[^"]*"')


def next_address(address: str, bodies: Sequence[bytes]) -> str | None:
    """The address of the page after these, None when they are all: the last brought nothing new, or was not full.

    `address` is that of the first page; `bodies` are all that have come, in order, at least one.
    """
    if len(bodies) >= MAX_PAGES:
        return None
    if is_events_export(address) and _PRODUCT.search(bodies[0][:_HEAD]):
        return _next_list(address, bodies)
    if "format=json" in urlsplit(address).query.split("&"):
        return _next_month(address, bodies)
    return None


def other_address(address: str) -> str | None:
    """Where else a page may be of which the site says that it is not there; None when nowhere."""
    return other_events_page(address) if is_events_export(address) else None


def is_end(address: str, body: bytes) -> bool:
    """Whether an answer without content means that there are no (more) events: so The Events Calendar says it."""
    return not body.strip() and is_events_export(address)


def is_calendar(body: bytes) -> bool:
    """Whether a body is iCalendar, by how it begins."""
    return body[:_HEAD].lstrip(b"\xef\xbb\xbf \r\n").startswith(b"BEGIN:V")


def digest(bodies: Sequence[bytes]) -> bytes:
    """16 bytes that differ when what the pages say differs. When they were written (DTSTAMP, which Google and WordPress
    set anew for everyone who asks) is no part of what a calendar says.
    """
    whole = sha256()
    for body in bodies:
        whole.update(_STAMP.sub(b"", body) if is_calendar(body) else body)
    return whole.digest()[:16]


def _next_list(address: str, bodies: Sequence[bytes]) -> str | None:
    lists = bodies if is_events_list(address) else bodies[1:]
    if not lists:
        return None if _is_single(address, bodies[0]) else events_page(address, 1)
    counts = [len(_EVENT.findall(body)) for body in lists]
    full = counts[-1] >= max(counts) if len(counts) > 1 else _may_be_full(counts[0])
    if not full or not _brings_new(_UID, lists):
        return None
    return events_page(address, len(lists) + 1)


def _may_be_full(count: int) -> bool:
    return count >= _PAGE or (count >= 2 * _ROUND and count % _ROUND == 0)


def _is_single(address: str, body: bytes) -> bool:
    """Whether this is the export of one event: that whose page the address is of."""
    paths = {_path(link.decode("utf-8", "replace").strip()) for link in _LINK.findall(body)}
    return paths == {_path(address)} != {""}


def _path(link: str) -> str:
    """The path of a link without its last slash; the link itself when it is none."""
    try:
        return urlsplit(link).path.rstrip("/")
    except ValueError:
        return link


def _next_month(address: str, bodies: Sequence[bytes]) -> str | None:
    found = _NEXT_MONTH.search(bodies[-1])
    if found is None or not _brings_new(_ITEM, bodies):
        return None
    try:
        following = urljoin(address, json.loads(found[1])) + "&format=json"
        return following if urlsplit(following)[:2] == urlsplit(address)[:2] else None
    except ValueError:
        return None


def _brings_new(name: re.Pattern[bytes], bodies: Sequence[bytes]) -> bool:
    """Whether the last page names anything that those before it do not."""
    known = set(chain.from_iterable(name.findall(body) for body in bodies[:-1]))
    return not known.issuperset(name.findall(bodies[-1]))
