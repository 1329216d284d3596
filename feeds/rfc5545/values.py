"""Values: DATE, DATE-TIME, DURATION, TEXT, and lists of them (RFC 5545, 3.3). Lenient to read, strict to write."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

_COMPACT = re.compile(r"(\d{8})T?(\d\d)(\d\d)(\d\d)?(Z?)", re.ASCII)
_DURATION = re.compile(
    r"([+-]?)P(?=[\dT])(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T?(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?)?", re.ASCII
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
MAX_DURATION = timedelta(days=3660)
"""Longer ones are mistakes: nothing that people go to lasts ten years."""


def moment(value: str, zone: tzinfo | None = None) -> datetime | date | None:
    """A DATE, or a DATE-TIME in `zone` (naive when None; UTC when it ends in Z and no zone is given); None if neither.

    Also read: ISO 8601 with hyphens, colons and offsets, a missing T, 24:00, leap seconds. A time with both a Z and a
    TZID is local time, as recurring-ical-events has it.
    """
    value = value.strip()
    try:
        if len(value) in {8, 10} and "T" not in value:
            return date.fromisoformat(value)
        read = datetime.fromisoformat(value).replace(microsecond=0)
    except ValueError:
        return _odd_moment(value, zone)
    if zone is None:
        return read.astimezone(UTC) if read.tzinfo is not None else read
    if read.tzinfo is None or value.endswith(("Z", "z")):
        return read.replace(tzinfo=zone)
    return read.astimezone(zone)


def _odd_moment(value: str, zone: tzinfo | None) -> datetime | date | None:
    """A missing T, 24:00:00 (the next midnight) and leap seconds, which Python refuses."""
    found = _COMPACT.fullmatch(value)
    if found is None:
        return None
    try:
        day = datetime.strptime(found[1], "%Y%m%d").replace(tzinfo=zone or (UTC if found[5] else None))
        clock = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=min(int(found[4] or 0), 59))
        return day + clock if clock <= timedelta(days=1) and found[3] < "60" else None
    except (ValueError, OverflowError):
        return None


def duration(value: str) -> timedelta | None:
    """A DURATION such as `P1DT2H`, or None when it is none, or longer than ten years. `P15M` is taken for `PT15M`."""
    found = _DURATION.fullmatch(value.strip().upper())
    if found is None:
        return None
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    try:
        span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        return None
    if span > MAX_DURATION:
        return None
    return -span if found[1] == "-" else span


def write_duration(seconds: int) -> str:
    """A DURATION of so many seconds, in the largest unit that is exact."""
    for unit, size in (("D", 86400), ("H", 3600), ("M", 60)):
        if seconds % size == 0 and seconds:
            return f"P{'' if unit == 'D' else 'T'}{seconds // size}{unit}"
    return f"PT{seconds}S"


def text(value: str) -> str:
    """TEXT without its escapes: a backslash and n is a line break, what else is escaped stands for itself."""
    if "\\" not in value:
        return value
    plain = value.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";")
    if "\\" not in plain:  # four searches cost a tenth of one substitution by function
        return plain
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def texts(value: str) -> list[str]:
    """A list of TEXT: split at commas that are not escaped."""
    if "\\" not in value:
        return value.split(",")
    parts, current = [], ""
    for piece in value.split(","):
        current += piece
        if (len(piece) - len(piece.rstrip("\\"))) % 2:
            current += ","
            continue
        parts.append(text(current))
        current = ""
    return [*parts, text(current)] if current else parts


def write_text(value: str) -> str:
    """TEXT as it is written: escaped, without control characters."""
    value = _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def write_moment(name: str, *moments: datetime | date) -> str:
    """A property of one or several dates or times of one kind, unfolded: `DTSTART;TZID=Europe/Lisbon:20260424T180000`.

    UTC is written with Z, naive times as floating ones. A zone other than UTC must be a ZoneInfo.
    """
    first = moments[0]
    if not isinstance(first, datetime):
        return f"{name};VALUE=DATE:" + ",".join(map(_digits, moments))
    key = getattr(first.tzinfo, "key", None)
    if first.tzinfo is None or (key and key != "UTC"):
        return f"{name}{f';TZID={key}' if key else ''}:" + ",".join(map(_digits, moments))
    return f"{name}:" + ",".join(_digits(at) + "Z" for at in moments)


def _digits(at: datetime | date) -> str:
    plain = at.replace(tzinfo=None) if isinstance(at, datetime) else at
    return plain.isoformat().replace("-", "").replace(":", "")
