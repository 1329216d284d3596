"""Content lines: bytes → unfolded lines → name, parameters, value; and back (RFC 5545, 3.1 and 3.2).

Reading is lenient, since calendars come from strangers: any line ending, any encoding that can be told, folds inside a
character, lines that were broken without a fold. Writing is strict.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

MAX_OCTETS = 75
"""The longest line, without its line break (RFC 5545, 3.1)."""

_TOP_BITS, _INSIDE = 0xC0, 0x80
# Of the octets of a UTF-8 character, all but the first begin with the bits 10.
_CHARSET = re.compile(
    r"charset\s*=\s*[\"']?((?:iso-8859|windows|koi8|gb|big5|euc|shift)[a-z0-9_-]*)", re.IGNORECASE | re.ASCII
)
# The lookbehind pins a match to the first break of a run; without it a megabyte of bare line breaks costs seconds.
_FOLD_AFTER_BLANK = re.compile(rb"(?<!\n)\n++[ \t]")
_NAME = re.compile(r"\s*([A-Za-z][A-Za-z0-9-]*)\s*[;:]", re.ASCII)
_HEAD = re.compile(r'[^":]*+(?:"[^"]*"[^":]*+)*+:')
_PARAM = re.compile(r';\s*([A-Za-z0-9-]+)\s*=\s*((?:"[^"]*"|[^";])*+)', re.ASCII)
_CARET = re.compile(r"\^(['^n])")
_ANY_CASE = frozenset(
    """
    BEGIN END VERSION PRODID METHOD CALSCALE UID DTSTAMP DTSTART DTEND DURATION RRULE RDATE EXDATE RECURRENCE-ID
    SUMMARY DESCRIPTION LOCATION URL STATUS CATEGORIES GEO SEQUENCE CREATED LAST-MODIFIED ORGANIZER CLASS TRANSP TZID
    TZOFFSETFROM TZOFFSETTO TZNAME NAME ATTENDEE CONTACT COMMENT ATTACH PRIORITY RESOURCES
    """.split()  # noqa: SIM905 - a list of names, one line each, would fill a screen
)
"""Names of properties that are taken for such even when written in small letters."""
_CARETS = {"'": '"', "^": "^", "n": "\n"}
_TEXT_PROPERTIES = frozenset({"DESCRIPTION", "SUMMARY", "LOCATION", "X-ALT-DESC", "COMMENT", "X-WR-CALDESC"})


class Line(NamedTuple):
    """One content line. `name` in capitals; `params` as written, with its leading semicolon; `value` still escaped."""

    name: str
    params: str
    value: str


def text_of(body: bytes, content_type: str = "") -> str:
    """The unfolded text of a calendar: lines end in a line feed, no NULs, no byte order mark.

    UTF-8 where it is valid, else the charset of `content_type`, else line by line UTF-8 or Windows-1252. Folds are
    taken out before decoding, because some programs fold inside a character.
    """
    body = _as_ascii_superset(body).replace(b"\x00", b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if b"\n\n" in body:
        body = _FOLD_AFTER_BLANK.sub(b"", body)
    body = body.replace(b"\n ", b"").replace(b"\n\t", b"")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if found := _CHARSET.search(content_type):
        try:
            return body.decode(found[1])
        except (UnicodeDecodeError, LookupError):
            pass
    return "\n".join(map(_decode_line, body.split(b"\n")))


def unfold(text: str) -> str:
    """Folded text of our own (see `fold`) as `text_of` gives it."""
    return text.replace("\r\n ", "").replace("\r\n", "\n")


def _as_ascii_superset(body: bytes) -> bytes:
    """UTF-16 as UTF-8, with or without a byte order mark; byte order marks taken off."""
    if body.startswith(BOM_UTF16_LE) or body[:12].upper().startswith("BEGIN:".encode("utf-16-le")):
        body = body.removeprefix(BOM_UTF16_LE).decode("utf-16-le", "replace").encode("utf-8", "replace")
    elif body.startswith(BOM_UTF16_BE) or body[:12].upper().startswith("BEGIN:".encode("utf-16-be")):
        body = body.removeprefix(BOM_UTF16_BE).decode("utf-16-be", "replace").encode("utf-8", "replace")
    while body.startswith(BOM_UTF8):
        body = body[len(BOM_UTF8) :]
    return body


def _decode_line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def content_lines(text: str) -> Iterator[Line]:
    """The lines of unfolded text. What is no content line continues the text before it (a break that was not folded).

    A broken line of 73 to 76 characters was cut for its length, a shorter one is a line break that was not escaped.
    """
    held: Line | None = None
    width = 0
    for raw in text.split("\n"):
        line = split_line(raw)
        if line is not None:
            if held is not None:
                yield held
            held = line
        elif held is not None and held.name in _TEXT_PROPERTIES and raw:
            joint = "" if MAX_OCTETS - 2 <= width <= MAX_OCTETS + 1 else "\\n"
            held = Line(held.name, held.params, held.value + joint + raw)
        width = len(raw)
    if held is not None:
        yield held


def split_line(raw: str) -> Line | None:
    """Name, parameters and value of one unfolded line, or None when it is not a content line.

    `Note: bring a chair` is none: names of properties are written in capitals, or known in any case.
    """
    head = _NAME.match(raw)
    if head is None:
        return None
    name, end = head[1], head.end()
    if not name.isupper():
        name = name.upper()
        if name not in _ANY_CASE and not name.startswith("X-"):
            return None
    if raw[end - 1] == ":":
        return Line(name, "", raw[end:])
    whole = _HEAD.match(raw, end)
    colon = whole.end() - 1 if whole else raw.find(":", end)
    if colon < 0:
        return None
    return Line(name, raw[end - 1 : colon], raw[colon + 1 :])


@lru_cache(maxsize=512)
def params_of(params: str) -> dict[str, str]:
    """The parameters by name in capitals, unquoted (RFC 5545, 3.2; RFC 6868). The last of a name counts."""
    found = {}
    for name, quoted in _PARAM.findall(params[:4000]):
        value = quoted.strip().replace('"', "")
        found[name.upper()] = _CARET.sub(lambda escaped: _CARETS[escaped[1]], value)
    return found


def fold(line: str) -> str:
    """One content line for writing: folded to 75 octets, never inside a character, with CRLF at its end."""
    if len(line) <= MAX_OCTETS and (line.isascii() or len(line.encode()) <= MAX_OCTETS):
        return line + "\r\n"
    if line.isascii():
        rest = range(MAX_OCTETS, len(line), MAX_OCTETS - 1)
        return "\r\n ".join((line[:MAX_OCTETS], *(line[i : i + MAX_OCTETS - 1] for i in rest))) + "\r\n"
    return _fold_octets(line.encode("utf-8", "replace")).decode() + "\r\n"


def _fold_octets(octets: bytes) -> bytes:
    pieces, start, room = [], 0, MAX_OCTETS
    while len(octets) - start > room:
        end = start + room
        while octets[end] & _TOP_BITS == _INSIDE:
            end -= 1
        pieces.append(octets[start:end])
        start, room = end, MAX_OCTETS - 1
    pieces.append(octets[start:])
    return b"\r\n ".join(pieces)
