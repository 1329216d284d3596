"""Days and clock times as people say them.

Moments come in as UTC seconds with the IANA time zone in which they are told; words go out. Names of days and months
are Babel's; the patterns are messages of the catalogue, so that a translator decides their order.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time, get_timezone_name

from network.i18n.catalogue import LOCALES, translator
from network.model import Happening

NIGHT_ENDS = 6
"""Hour (a.m.) until which what began the evening before still belongs to that evening."""
WEEK = 7


@lru_cache(maxsize=256)
def zone(name: str) -> tzinfo:
    """The time zone with this IANA name; UTC for a name that nobody knows, since strangers' calendars have those."""
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return UTC


def local(moment: int, timezone: str) -> datetime:
    """The wall clock in a time zone at a moment."""
    return datetime.fromtimestamp(moment, zone(timezone))


def first_day(happening: Happening) -> date:
    """The day on which it begins, where it takes place."""
    return local(happening.start, happening.timezone).date()


def last_day(happening: Happening) -> date:
    """The last day of it, where it takes place; a night that ends before six belongs to the day before."""
    start, end = _bounds(happening)
    if happening.all_day:
        return max(start.date(), (end - timedelta(seconds=1)).date())
    if end - start < timedelta(days=1) and end.hour < NIGHT_ENDS:
        return start.date()
    return end.date()


def relative_day(day: date, today: date, language: str) -> str:
    """Such as "Today" or "Tomorrow"; empty for any other day."""
    gettext = translator(language).gettext
    return {0: gettext("Today"), 1: gettext("Tomorrow")}.get((day - today).days, "")


def day_name(day: date, today: date, language: str) -> str:
    """Such as "Thursday, November 26", with the year when it is not this one."""
    patterns = translator(language)
    if day.year == today.year:
        return _in_words(day, patterns.pgettext("date pattern", "EEEE, MMMM d"), language)
    return _in_words(day, patterns.pgettext("date pattern", "EEEE, MMMM d, y"), language)


def day_heading(day: date, today: date, language: str) -> str:
    """Such as "Today, Thursday, November 26": the day with what it is to the reader."""
    return ", ".join(part for part in (relative_day(day, today, language), day_name(day, today, language)) if part)


def short_day(day: date, today: date, language: str) -> str:
    """Such as "Sat, Nov 28", with the year when it is not this one."""
    patterns = translator(language)
    if day.year == today.year:
        return _in_words(day, patterns.pgettext("date pattern", "EEE, MMM d"), language)
    return _in_words(day, patterns.pgettext("date pattern", "EEE, MMM d, y"), language)


def month_short(day: date, language: str) -> str:
    """Such as "Nov": the month on a calendar leaf."""
    return _in_words(day, "LLL", language).rstrip(".")


def weekday_short(day: date, language: str) -> str:
    """Such as "Thu": the day of the week on a calendar leaf."""
    return _in_words(day, "ccc", language).rstrip(".")


def clock(moment: datetime, language: str) -> str:
    """Such as "6 pm", "6:30 pm"."""
    return _clock(moment, language, period=True)


def clock_range(start: datetime, end: datetime, language: str) -> str:
    """Such as "6–8 pm", "10 am – 12 pm"; only the start when the end is not later."""
    if end <= start:
        return clock(start, language)
    same_half = (start.hour < 12) == (end.hour < 12) and end - start < timedelta(hours=12)  # noqa: PLR2004 - noon
    if same_half:
        return f"{_clock(start, language, period=False)}–{clock(end, language)}"
    return f"{clock(start, language)} – {clock(end, language)}"


def times(happening: Happening, day: date, today: date, language: str) -> str:
    """What its row in the list of one day says of the time: "6–8 pm", "All day", "until 3 pm", "All day, until …"."""
    gettext = translator(language).gettext
    start, end = _bounds(happening)
    first, last = first_day(happening), last_day(happening)
    if happening.all_day:
        if day < last:
            return gettext("All day, until {day}").format(day=short_day(last, today, language))
        return gettext("All day")
    if first == last:
        return clock_range(start, end, language)
    if day <= first:
        until = short_day(last, today, language)
        return gettext("From {time}, until {day}").format(time=clock(start, language), day=until)
    if day < last:
        return gettext("All day, until {day}").format(day=short_day(last, today, language))
    return gettext("Until {time}").format(time=clock(end, language))


def when(happening: Happening, today: date, language: str) -> str:
    """All of when it is: "Thursday, November 26, 6–8 pm", "Fri, Nov 27, 6 pm – Sun, Nov 29, 3 pm"."""
    gettext = translator(language).gettext
    start, end = _bounds(happening)
    first, last = first_day(happening), last_day(happening)
    if first == last:
        name = day_heading(first, today, language)
        how_long = gettext("all day") if happening.all_day else clock_range(start, end, language)
        return gettext("{day}, {time}").format(day=name, time=how_long)
    begin, finish = short_day(first, today, language), short_day(last, today, language)
    if not happening.all_day:
        begin = gettext("{day}, {time}").format(day=begin, time=clock(start, language))
        finish = gettext("{day}, {time}").format(day=finish, time=clock(end, language))
    return f"{begin} – {finish}"


def published(moment: int, now: int, timezone: str, language: str) -> str:
    """When news came, as far as a reader cares: "today", "yesterday", "3 days ago", "October 2", "October 2, 2025"."""
    words = translator(language)
    day, today = local(moment, timezone).date(), local(now, timezone).date()
    age = (today - day).days
    if age <= 0:
        return words.gettext("today")
    if age == 1:
        return words.gettext("yesterday")
    if age < WEEK:
        return words.ngettext("{count} day ago", "{count} days ago", age).format(count=age)
    return date_name(day, today, language)


def moment(moment: int, now: int, timezone: str, language: str) -> str:
    """Such as "Thu, Nov 26, 6 pm" for what is to come; as `published` for what was."""
    if moment <= now:
        return published(moment, now, timezone, language)
    then, today = local(moment, timezone), local(now, timezone).date()
    day = short_day(then.date(), today, language)
    return translator(language).gettext("{day}, {time}").format(day=day, time=clock(then, language))


def date_name(day: date, today: date, language: str) -> str:
    """Such as "October 2", with the year when it is not this one."""
    patterns = translator(language)
    if day.year == today.year:
        return _in_words(day, patterns.pgettext("date pattern", "MMMM d"), language)
    return _in_words(day, patterns.pgettext("date pattern", "MMMM d, y"), language)


def zone_name(timezone: str, language: str) -> str:
    """Such as "Eastern Time"."""
    return get_timezone_name(zone(timezone), locale=LOCALES[language])


def elsewhere(happening: Happening, timezone: str, language: str) -> str:
    """The name of the event's time zone when its clocks differ from those of `timezone` at that time; else empty."""
    there, here = local(happening.start, happening.timezone), local(happening.start, timezone)
    return "" if there.utcoffset() == here.utcoffset() else zone_name(happening.timezone, language)


def _bounds(happening: Happening) -> tuple[datetime, datetime]:
    return local(happening.start, happening.timezone), local(happening.end, happening.timezone)


def _in_words(day: date, pattern: str, language: str) -> str:
    return format_date(day, pattern, locale=LOCALES[language])


def _clock(moment: datetime, language: str, *, period: bool) -> str:
    words = translator(language)
    if moment.minute:
        pattern = words.pgettext("time pattern", "h:mm a")
    else:
        pattern = words.pgettext("time pattern, full hour", "h a")
    if not period:
        pattern = pattern.replace("a", "").strip()
    half = words.pgettext("before noon", "am") if moment.hour < 12 else words.pgettext("after noon", "pm")  # noqa: PLR2004
    babel_half = format_time(moment, "a", locale=LOCALES[language])
    told = format_time(moment, pattern, locale=LOCALES[language]).replace(babel_half, half)
    return told.replace("\u202f", "\u00a0").replace(" ", "\u00a0")
