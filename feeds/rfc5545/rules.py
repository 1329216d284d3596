"""RRULE: what a rule says, and its dates within a window (RFC 5545, 3.3.10).

Written anew instead of taken from dateutil, because rules come from strangers: dateutil walks from the first date to the
year 9999 when a rule never matches (30 February), and for ever when INTERVAL is 0. Here a window costs the periods that
lie in it. Where rules are read leniently, the dates are dateutil's (a test holds the two side by side).
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import product
from typing import Literal

from feeds.rfc5545.values import moment, write_moment

MAX_A_DAY = 24
"""A rule that gives more times a day than this is finer than hourly, and refused."""
MAX_PERIODS = 100_000
"""Where a rule is given up: so many days, weeks… looked at from the first date, or from the window's beginning."""

Frequency = Literal["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]
_FREQUENCIES: tuple[Frequency, ...] = ("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
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
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A readable rule. Weekdays count from Monday = 0; `by_day` holds (ordinal or 0, weekday); empty means not given."""

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
        count=int(count) if count.isdecimal() and len(count) < 10 else None,  # a negative count is none, as elsewhere
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


def dates(rule: Rule, start: datetime, after: datetime, before: datetime) -> Iterator[datetime]:
    """The rule's times from `after` to `before`, both included, in order.

    All are wall clock times of one zone, without it: `start` is DTSTART, and so must be `rule.until` if it is a
    datetime. DTSTART itself is among them only where the rule says so.
    """
    rule = _complete(rule, start)
    until = rule.until
    if until is not None and not isinstance(until, datetime):
        until = datetime.combine(until, time.max)
    last = before if until is None else min(before, until)
    number = 0
    first = 0 if rule.count is not None else _period_of(rule, start, max(after, start))
    for index in range(first, first + MAX_PERIODS):
        try:
            moments = _in_period(rule, start, index, last)
        except (OverflowError, ValueError):  # past the year 9999
            return
        if moments is None:
            return
        for at in moments:
            if at < start:
                continue
            if at > last or number == rule.count:
                return
            number += 1
            if at >= after:
                yield at


def _complete(rule: Rule, start: datetime) -> Rule:
    """What a rule does not say comes from DTSTART: month, day and clock time (RFC 5545, 3.3.10)."""
    day_given = rule.by_week or rule.by_year_day or rule.by_month_day or rule.by_day
    if not day_given and rule.freq == "YEARLY":
        rule = replace(rule, by_month=rule.by_month or (start.month,), by_month_day=(start.day,))
    elif not day_given and rule.freq == "MONTHLY":
        rule = replace(rule, by_month_day=(start.day,))
    elif not day_given and rule.freq == "WEEKLY":
        rule = replace(rule, by_day=((0, start.weekday()),))
    return replace(
        rule,
        by_hour=rule.by_hour or (() if rule.freq == "HOURLY" else (start.hour,)),
        by_minute=rule.by_minute or (start.minute,),
        by_second=rule.by_second or (start.second,),
    )


def _period_of(rule: Rule, start: datetime, at: datetime) -> int:
    """The index of a period of the rule that ends not long before `at`."""
    match rule.freq:
        case "YEARLY":
            passed = at.year - start.year
        case "MONTHLY":
            passed = (at.year - start.year) * 12 + at.month - start.month
        case "WEEKLY":
            passed = (at.date() - start.date()).days // 7
        case "DAILY":
            passed = (at.date() - start.date()).days
        case "HOURLY":
            passed = (at - start) // timedelta(hours=1)
    return max(0, passed // rule.interval - 1)


def _in_period(rule: Rule, start: datetime, index: int, last: datetime) -> list[datetime] | None:
    """The times of one period, in order; None when the period begins after `last`."""
    step = index * rule.interval
    if rule.freq == "HOURLY":
        hour = start.replace(minute=0, second=0) + timedelta(hours=step)
        days, hours, begin = [hour.date()], (hour.hour,), hour
        if rule.by_hour and hour.hour not in rule.by_hour:
            hours = ()
    else:
        days, hours = _days(rule, start.date(), step), rule.by_hour
        begin = datetime.combine(days[0], time.min)
    if begin > last:
        return None
    clock = [time(h, m, min(s, 59)) for h, m, s in product(hours, rule.by_minute, rule.by_second)]
    moments = [datetime.combine(day, at) for day in days if _day_matches(rule, day) for at in clock]
    if not rule.by_position:
        return moments
    chosen = {place - 1 if place > 0 else len(moments) + place for place in rule.by_position}
    return [at for place, at in enumerate(moments) if place in chosen]


def _days(rule: Rule, start: date, step: int) -> list[date]:
    """All days of the period so many years, months… after that of `start`."""
    if rule.freq == "YEARLY":
        months = rule.by_month or range(1, 13)
        return [day for month in months for day in _month(start.year + step, month)]
    if rule.freq == "MONTHLY":
        years, month = divmod(start.month - 1 + step, 12)
        return _month(start.year + years, month + 1)
    if rule.freq == "WEEKLY":
        monday = start.toordinal() - (start.weekday() - rule.week_start) % 7 + 7 * step
        return [date.fromordinal(max(1, monday + i)) for i in range(7)]
    return [start + step * _DAY]


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _day_matches(rule: Rule, day: date) -> bool:
    if rule.by_month and day.month not in rule.by_month:
        return False
    if rule.by_day and not any(_weekday_matches(rule, day, ordinal) for ordinal, on in rule.by_day if on == day.weekday()):
        return False
    if rule.by_month_day:
        length = monthrange(day.year, day.month)[1]
        if day.day not in rule.by_month_day and day.day - length - 1 not in rule.by_month_day:
            return False
    if rule.by_year_day:
        passed, length = _year_day(day)
        if passed not in rule.by_year_day and passed - length - 1 not in rule.by_year_day:
            return False
    return not rule.by_week or bool({*_week_numbers(day, rule.week_start)} & {*rule.by_week})


def _year_day(day: date) -> tuple[int, int]:
    """Which day of the year, and how many that year has."""
    return day.timetuple().tm_yday, (date(day.year, 12, 31) - date(day.year, 1, 1)).days + 1


def _weekday_matches(rule: Rule, day: date, ordinal: int) -> bool:
    """Whether the day is the so-manieth of its weekday in the month (or the year, in a yearly rule without months)."""
    if not ordinal or rule.freq not in {"YEARLY", "MONTHLY"} or rule.by_week:
        return True
    if rule.freq == "YEARLY" and not rule.by_month:
        place, length = _year_day(day)
    else:
        place, length = day.day, monthrange(day.year, day.month)[1]
    return ordinal in {(place - 1) // 7 + 1, -((length - place) // 7) - 1}


def _week_numbers(day: date, week_start: int) -> tuple[int, int]:
    """The number of the day's week in its year, from the front and from the back (ISO 8601: the week of the Thursday)."""
    middle = day.toordinal() - (day.weekday() - week_start) % 7 + 3
    year = date.fromordinal(middle).year
    number = (middle - date(year, 1, 1).toordinal()) // 7 + 1
    last = date(year, 12, 28)
    length = (last.toordinal() - (last.weekday() - week_start) % 7 + 3 - date(year, 1, 1).toordinal()) // 7 + 1
    return number, number - length - 1
