"""RRULE: what a rule says (RFC 5545, 3.3.10). Its dates are computed in rule_dates.py."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from feeds.rfc5545.values import moment, write_moment

MAX_A_DAY = 24
"""A rule that gives more times a day than this is finer than hourly, and refused."""
Frequency = Literal["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]
_FREQUENCIES: tuple[Frequency, ...] = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MAX_DIGITS = 9
_BY_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,9}", re.ASCII)
_LIMITS = {
    "BYMONTH": (1, 12),
    "BYWEEKNO": (-53, 53),
    "BYYEARDAY": (-366, 366),
    "BYMONTHDAY": (-31, 31),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYSECOND": (0, 60),
    "BYSETPOS": (-366, 366),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A readable rule. Weekdays count from Monday = 0; `by_day` holds (ordinal or 0, weekday); empty: not given."""

    freq: Frequency
    interval: int = 1
    count: int | None = None
    until: datetime | date | None = None
    by_month: tuple[int, ...] = ()
    by_week: tuple[int, ...] = ()
    by_year_day: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    by_day: tuple[tuple[int, int], ...] = ()
    by_hour: tuple[int, ...] = ()
    by_minute: tuple[int, ...] = ()
    by_second: tuple[int, ...] = ()
    by_position: tuple[int, ...] = ()
    week_start: int = 0


def read(text: str) -> Rule | None:
    """The rule of an RRULE value, or None when it can't be read or is finer than hourly."""
    parts: dict[str, str] = {}
    for part in text[:2000].upper().replace(" ", "").split(";"):
        name, equals, value = part.partition("=")
        if equals and parts.setdefault(name, value) != value:
            return None
    freq = next((known for known in _FREQUENCIES if known == parts.get("FREQ")), None)
    interval = parts.get("INTERVAL", "1")
    if freq is None or not _NUMBER.fullmatch(interval) or int(interval) < 1:
        return None
    if parts.get("RSCALE", "GREGORIAN") != "GREGORIAN":
        return None
    lists = {name: _numbers(name, parts.get(name, "")) for name in _LIMITS}
    by_day = _by_day(parts.get("BYDAY", ""))
    until = moment(parts["UNTIL"]) if "UNTIL" in parts else None
    count = parts.get("COUNT", "")
    if by_day is None or None in lists.values() or ("UNTIL" in parts and until is None):
        return None
    rule = Rule(
        freq=freq,
        interval=int(interval),
        count=int(count) if count.isdecimal() and len(count) <= _MAX_DIGITS else None,  # COUNT=-1 is none
        until=until,
        by_month=lists["BYMONTH"] or (),
        by_week=lists["BYWEEKNO"] or (),
        by_year_day=lists["BYYEARDAY"] or (),
        by_month_day=lists["BYMONTHDAY"] or (),
        by_day=by_day,
        by_hour=lists["BYHOUR"] or (),
        by_minute=lists["BYMINUTE"] or (),
        by_second=lists["BYSECOND"] or (),
        by_position=lists["BYSETPOS"] or (),
        week_start=_WEEKDAYS.index(parts["WKST"]) if parts.get("WKST") in _WEEKDAYS else 0,
    )
    return None if _times_a_day(rule) > MAX_A_DAY else rule


def _numbers(name: str, text: str) -> tuple[int, ...] | None:
    """The sorted numbers of a BY… part within their limits; None when one is no number or out of them."""
    if not text:
        return ()
    low, high = _LIMITS[name]
    found = set()
    for part in text.strip(",").split(","):
        if not _NUMBER.fullmatch(part) or not low <= int(part) <= high or (low < 0 and int(part) == 0):
            return None
        found.add(int(part))
    return tuple(sorted(found))


def _by_day(text: str) -> tuple[tuple[int, int], ...] | None:
    if not text:
        return ()
    found = [_BY_DAY.fullmatch(part) for part in text.strip(",").split(",")]
    if not all(found):
        return None
    return tuple(sorted({(int(one[1] or 0), _WEEKDAYS.index(one[2])) for one in found if one}))


def _times_a_day(rule: Rule) -> int:
    clock = (len(rule.by_minute) or 1) * (len(rule.by_second) or 1)
    return (24 if rule.freq == "HOURLY" else len(rule.by_hour) or 1) * clock


def write(rule: Rule) -> str:
    """The rule as an RRULE value. COUNT and UNTIL do not go together (RFC 5545, 3.3.10): UNTIL is then left out."""
    parts = [f"FREQ={rule.freq}"]
    if rule.until is not None and rule.count is None:
        parts.append("UNTIL=" + write_moment("", rule.until).rpartition(":")[2])
    if rule.count is not None:
        parts.append(f"COUNT={rule.count}")
    if rule.interval != 1:
        parts.append(f"INTERVAL={rule.interval}")
    for name, numbers in (
        ("BYSECOND", rule.by_second),
        ("BYMINUTE", rule.by_minute),
        ("BYHOUR", rule.by_hour),
        ("BYDAY", tuple(f"{ordinal or ''}{_WEEKDAYS[day]}" for ordinal, day in rule.by_day)),
        ("BYMONTHDAY", rule.by_month_day),
        ("BYYEARDAY", rule.by_year_day),
        ("BYWEEKNO", rule.by_week),
        ("BYMONTH", rule.by_month),
        ("BYSETPOS", rule.by_position),
    ):
        if numbers:
            parts.append(f"{name}={','.join(map(str, numbers))}")
    if rule.week_start:
        parts.append(f"WKST={_WEEKDAYS[rule.week_start]}")
    return ";".join(parts)
