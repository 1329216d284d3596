"""Documents made worse: every format's syntax is known here just well enough to break it where it hurts.

    mutated(body, [(kind, where, what), …], others)

A step is the number of a way to break things, and two numbers from 0 to 1 that say where and with what: so steps can be
drawn at random by the thousand (tests/fuzz.py) as well as searched and shortened by hypothesis (test_fuzz.py).
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

DATA = Path(__file__).parents[1] / "data"
CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
MAX_LENGTH = 3_000_000
"""Bytes; the longest bodies that are read at all take three times as many, and nothing that others do not."""

Step: TypeAlias = tuple[int, float, float]

_BOUNDARY = re.compile(rb"<|(?<=>)|\r?\n|[\"'{}\[\],:;=&]")
_NUMBER = re.compile(rb"\d+")
_NAME = re.compile(
    rb"(?<=<)/?[A-Za-z][\w:.-]*|^[A-Z][A-Z-]+(?=[:;])|\"[\w_]+\"(?=\s*:)|(?<=\s)[\w:]+(?==[\"'])", re.MULTILINE
)
_VALUE = re.compile(rb">[^<>]+<|:[^\r\n:]+|\"[^\"]{1,200}\"")

NUMBERS = (
    *(b"0", b"-1", b"9" * 10, b"9" * 20, b"9" * 400, b"9" * 6000, b"1e999", b"NaN", b"-0", b"00000101", b"99991231"),
    *(
        b"00010101T000000Z",
        b"99991231T235959Z",
        b"0x10",
        b"1_000",
        "٣".encode(),
        b"2147483648",
        b"18446744073709551616",
    ),
)
VALUES = (
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xc3\x28",
        b"\xed\xa0\x80",
        b"\x1b",
        b"\x85",
        b"\x0b",
        b"\r",
        b"\r\n ",
        b"\n\t",
    ),
    *(
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"-->",
        b"<?x",
        b"?>",
        b"&",
        b"&#0;",
        b"&#xD800;",
        b"&#1114112;",
        b"&lol;",
        b"&amp;lt;",
    ),
    *(
        b"<!DOCTYPE rss [<!ENTITY a 'aaaaaaaaaa'>]>",
        b"<",
        b">",
        b"'",
        b'"',
        b"\\",
        b"\\ud800",
        b"\\u0000",
        b"\\n",
        b"^n",
    ),
    *(
        b' xmlns:a="a"',
        b' xml:base="http://[x"',
        b' xml:base="//\x7f"',
        b' rel="hub"',
        b' type="xhtml"',
        b' mode="base64"',
    ),
    *(
        b"http://[::1",
        b"http://a:99999/",
        b"javascript:1",
        b"data:text/html;base64,PHA+",
        b"//x",
        b"mailto:a@b",
        b"?" * 3000,
    ),
    *(b"Mon, 99 Foo 0000 99:99:99 +9999", b"0000-00-00", b"2026-02-30T25:61:61Z", b"10000-01-01", b"P999999W", b"PT0S"),
    *(b"FREQ=YEARLY;BYDAY=53SU;BYSETPOS=-366", b"FREQ=DAILY;INTERVAL=99999", b"FREQ=HOURLY;BYHOUR=25;COUNT=0"),
    *(
        b"FREQ=MONTHLY;BYMONTHDAY=31;BYMONTH=2",
        b"FREQ=SECONDLY",
        b"FREQ=WEEKLY;UNTIL=00010101",
        b"\nRRULE:FREQ=DAILY\n",
    ),
    *(
        b"\nBEGIN:VEVENT\n",
        b"\nEND:VEVENT\n",
        b"\nBEGIN:VTIMEZONE\nTZID:X\n",
        b"\nTZOFFSETTO:+9999\n",
        b"\nRDATE:99991231T235959\n",
    ),
    *(
        b"\nRECURRENCE-ID:00010101T000000Z\n",
        b";TZID=X",
        b";TZID=Etc/../passwd",
        b";VALUE=DATE",
        b'"items":null,',
        b"[]",
        b"{}",
    ),
    *(
        "\u202e👩‍👩‍👧‍👦\ud83d".encode("utf-8", "surrogatepass"),
        "Ã±Â¿".encode(),
        "İıſK".encode(),
        b"x" * 5000,
        b" " * 5000,
    ),
)
NESTS = (
    *(
        b"<b>",
        b"<div><p>",
        b"<item>",
        b"<x:y>",
        b"&lt;table&gt;&lt;td&gt;",
        b"&lt;font&gt;",
        b"<a href='",
        b"[",
        b'{"a":',
        b'[{"b":[',
    ),
    *(
        b"BEGIN:VALARM\n",
        b"BEGIN:VCALENDAR\n",
        b"BEGIN:STANDARD\n",
        b"<![CDATA[",
        b"<!--",
        b"(",
        b"&amp;",
        b"<p x='",
        b"\n ",
    ),
)
ENCODINGS = (
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "latin-1",
    "cp1252",
    "utf-7",
    "utf-8-sig",
    "shift_jis",
    "cp037",
)
DECLARED = (
    b"utf-16",
    b"utf-7",
    b"us-ascii",
    b"iso-8859-1",
    b"shift_jis",
    b"big5",
    b"hz",
    b"idna",
    b"unicode-escape",
    b"x" * 99,
)
_DECLARATION = re.compile(rb"""(encoding=["'])[\w.-]+""")


def documents() -> tuple[tuple[Path, ...], ...]:
    """What mutations start from, by format: the samples, and real documents where those are at hand. XML counts twice,
    since it has most dialects and parsers.
    """
    folders = (DATA, *(CORPUS / name for name in ("feeds", "ics", "opml", "bad", "html") if CORPUS.is_dir()))
    files = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    json_, ical = (tuple(path for path in files if path.suffix == suffix) for suffix in (".json", ".ics"))
    xml = tuple(path for path in files if path.suffix not in {".json", ".ics"})
    return xml, ical, xml, json_


def sample(groups: Sequence[Sequence[Path]], place: float) -> bytes:
    """The document at a place from 0 to 1."""
    group, within = divmod(place * len(groups), 1)
    files = groups[int(group) % len(groups)]
    return files[int(within * len(files))].read_bytes()


def mutated(body: bytes, steps: Sequence[Step], other: Callable[[float], bytes]) -> bytes:
    """The document after these steps. `other` gives another document by a number from 0 to 1."""
    for kind, where, what in steps:
        body = _WAYS[kind % len(_WAYS)](body, where, what, other)[:MAX_LENGTH]
    return body


def _boundary(body: bytes, where: float) -> int:
    """A place where one piece of syntax ends and another begins, near a point of the document."""
    at = int(where * len(body))
    found = _BOUNDARY.search(body, at)
    return found.start() if found else at


def _piece(body: bytes, where: float, what: float) -> tuple[int, int]:
    """A piece of the document between two such places: mostly short, sometimes long."""
    start = _boundary(body, where)
    end = min(len(body), start + 1 + int(len(body) * what**6))
    found = _BOUNDARY.search(body, end)
    return start, found.start() if found else len(body)


Other: TypeAlias = Callable[[float], bytes]


def _flip(body: bytes, where: float, what: float, _: Other) -> bytes:
    at = int(where * len(body))
    return body[:at] + bytes([int(what * 256) % 256]) + body[at + 1 :]


def _cut(body: bytes, where: float, _what: float, _: Other) -> bytes:
    return body[: int(where * len(body))]


def _drop(body: bytes, where: float, what: float, _: Other) -> bytes:
    start, end = _piece(body, where, what)
    return body[:start] + body[end:]


def _repeat(body: bytes, where: float, what: float, _: Other) -> bytes:
    start, end = _piece(body, where, what)
    times = 2 + int(20_000 * (where * 7919 % 1) ** 8)
    return body[:start] + body[start:end] * min(times, 1 + MAX_LENGTH // max(end - start, 1)) + body[end:]


def _move(body: bytes, where: float, what: float, _: Other) -> bytes:
    start, end = _piece(body, where, what)
    rest, at = body[:start] + body[end:], _boundary(body, what)
    return rest[:at] + body[start:end] + rest[at:]


def _splice(body: bytes, where: float, what: float, other: Other) -> bytes:
    donor = other(what)
    start, end = _piece(donor, where, what)
    at = _boundary(body, where)
    return body[:at] + donor[start:end] + body[at:]


def _join(body: bytes, where: float, what: float, other: Other) -> bytes:
    donor = other(what)
    return body[: _boundary(body, where)] + donor[_boundary(donor, what) :]


def _replace(
    pattern: re.Pattern[bytes], choices: Sequence[bytes] | None
) -> Callable[[bytes, float, float, Other], bytes]:
    def replace(body: bytes, where: float, what: float, _: Other) -> bytes:
        found = pattern.search(body, int(where * len(body))) or pattern.search(body)
        if found is None:
            return body
        if choices is None:
            names: list[bytes] = pattern.findall(body)
            chosen = names[int(what * len(names)) % len(names)]
        else:
            chosen = choices[int(what * len(choices)) % len(choices)]
        return body[: found.start()] + chosen + body[found.end() :]

    return replace


def _insert(body: bytes, where: float, what: float, _: Other) -> bytes:
    at = _boundary(body, where)
    return body[:at] + VALUES[int(what * len(VALUES)) % len(VALUES)] + body[at:]


def _nest(body: bytes, where: float, what: float, _: Other) -> bytes:
    at = _boundary(body, where)
    depth = int(10 ** (1 + 3.7 * (what * 7919 % 1)))
    return body[:at] + NESTS[int(what * len(NESTS)) % len(NESTS)] * depth + body[at:]


def _encode(body: bytes, _where: float, what: float, _: Other) -> bytes:
    name = ENCODINGS[int(what * len(ENCODINGS)) % len(ENCODINGS)]
    return body.decode("utf-8", "replace").encode(name, "replace")


def _declare(body: bytes, where: float, what: float, _: Other) -> bytes:
    name = DECLARED[int(what * len(DECLARED)) % len(DECLARED)]
    if _DECLARATION.search(body) is None:
        return b'<?xml version="1.0" encoding="' + name + b'"?>' + body
    return _DECLARATION.sub(lambda found: found[1] + name, body, count=1 if where < 0.9 else 0)


def _pack(body: bytes, where: float, _what: float, _: Other) -> bytes:
    packed: bytes = gzip.compress(body, mtime=0)
    return packed if where < 0.5 else packed[: int(where * len(packed))]


_WAYS: tuple[Callable[[bytes, float, float, Other], bytes], ...] = (
    *(_flip, _flip, _cut, _drop, _drop, _repeat, _repeat, _move, _splice, _splice, _join),
    *(_replace(_NUMBER, NUMBERS), _replace(_NUMBER, NUMBERS), _replace(_NAME, None), _replace(_NAME, None)),
    *(_replace(_VALUE, VALUES), _insert, _insert, _insert, _nest, _nest, _encode, _declare, _pack),
)
WAYS = len(_WAYS)
