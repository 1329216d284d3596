"""The dates of a rule within a window (RFC 5545, 3.3.10).

Written anew instead of taken from dateutil, because rules come from strangers: dateutil walks from the first date to
the year 9999 when a rule never matches (30 February), and for ever when INTERVAL is 0. Here a window costs the periods
that lie in it. The dates are dateutil's: a test holds the two side by side.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import product

from feeds.rfc5545.rules import Rule

MAX_PERIODS = 100_000
"""Where a rule is given up: so many days, weeks… looked at from the first date, or from the window's beginning."""
_DAY = timedelta(days=1)


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
        begin = start.replace(minute=0, second=0) + timedelta(hours=step)
        days, hours = [begin.date()], tuple({begin.hour} & {*(rule.by_hour or (begin.hour,))})
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
        first = start.toordinal() - (start.weekday() - rule.week_start) % 7 + 7 * step
        places = sorted({(day - rule.week_start) % 7 for _, day in rule.by_day} or range(7))
        return [date.fromordinal(max(1, first + place)) for place in places]
    return [start + step * _DAY]


def _month(year: int, month: int) -> list[date]:
    return [date(year, month, day) for day in range(1, monthrange(year, month)[1] + 1)]


def _day_matches(rule: Rule, day: date) -> bool:
    if rule.by_month and day.month not in rule.by_month:
        return False
    weekday = day.weekday()
    if rule.by_day and not any(on == weekday and _weekday_matches(rule, day, nth) for nth, on in rule.by_day):
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
    """The number of the day's week, from the front and from the back of the year in which its fourth day is."""
    middle = day.toordinal() - (day.weekday() - week_start) % 7 + 3
    year = date.fromordinal(middle).year
    number = (middle - date(year, 1, 1).toordinal()) // 7 + 1
    last = date(year, 12, 28)
    length = (last.toordinal() - (last.weekday() - week_start) % 7 + 3 - date(year, 1, 1).toordinal()) // 7 + 1
    return number, number - length - 1
