"""Repetitions in words, where they are simple: "Every Tuesday", "The fourth Thursday of every month"."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from gettext import GNUTranslations

from babel.dates import get_day_names
from babel.lists import format_list

from network.i18n.catalogue import LOCALES, translator
from network.i18n.dates import date_name, zone

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
SIMPLE_PARTS = {"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYSETPOS", "UNTIL", "COUNT", "WKST", "BYMONTH"}
_DAY = re.compile(r"([+-]?\d+)?(MO|TU|WE|TH|FR|SA|SU)")
_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")


def repeats(rrule: str | None, first: date, today: date, timezone: str, language: str) -> str:
    """An RFC 5545 rule in words, with the day on which it ends; "Repeats" when it is too special; empty without one.

    `first` is a day on which it takes place: a rule that names no weekday means that one's.
    """
    if not rrule:
        return ""
    words = translator(language)
    rule = dict(part.upper().split("=", 1) for part in rrule.strip().split(";") if "=" in part)
    said = _rhythm(rule, first, words, language)
    until = _until(rule.get("UNTIL", ""), timezone)
    if not said:
        return words.gettext("Repeats")
    if until is None or until < today:
        return said
    return words.gettext("{repeats}, until {day}").format(repeats=said, day=date_name(until, today, language))


def _rhythm(rule: dict[str, str], first: date, words: GNUTranslations, language: str) -> str:
    """The words for the rule without its end; empty when it is not simple."""
    days = [_DAY.fullmatch(day) for day in rule.get("BYDAY", "").split(",") if day]
    if not set(rule) <= SIMPLE_PARTS or not all(days) or ("BYMONTH" in rule and rule.get("FREQ") != "YEARLY"):
        return ""
    pairs = [(match[1] or "", match[2]) for match in days if match]
    interval = rule.get("INTERVAL", "1")
    match rule.get("FREQ"):
        case "DAILY" if interval == "1" and not pairs:
            return words.gettext("Every day")
        case "WEEKLY":
            return _weekly(interval, [day for _, day in pairs] or [WEEKDAYS[first.weekday()]], words, language)
        case "MONTHLY":
            return _monthly(rule, pairs, first, words, language)
        case "YEARLY" if interval == "1":
            return words.gettext("Every year")
    return ""


def _weekly(interval: str, days: list[str], words: GNUTranslations, language: str) -> str:
    if len(days) == len(WEEKDAYS) and interval == "1":
        return words.gettext("Every day")
    if sorted(days) == sorted(WEEKDAYS[:5]) and interval == "1":
        return words.gettext("Monday to Friday")
    names = format_list([_each(words)[day] for day in days], locale=LOCALES[language])
    if interval == "1":
        return words.gettext("Every {weekdays}").format(weekdays=names)
    if interval == "2":
        return words.gettext("Every other {weekdays}").format(weekdays=names)
    return ""


def _monthly(
    rule: dict[str, str], pairs: list[tuple[str, str]], first: date, words: GNUTranslations, language: str
) -> str:
    interval = rule.get("INTERVAL", "1")
    if not pairs:
        day = rule.get("BYMONTHDAY", str(first.day))
        return words.gettext("Day {day} of every month").format(day=day) if interval == "1" and day.isdecimal() else ""
    weekday, *others = {day for _, day in pairs}
    places = rule["BYSETPOS"].split(",") if "BYSETPOS" in rule else [place for place, _ in pairs]
    ordinals = _ordinals(words)
    if others or "BYMONTHDAY" in rule or not all(place.lstrip("+") in ordinals for place in places):
        return ""
    which = format_list([ordinals[place.lstrip("+")] for place in places], locale=LOCALES[language])
    name = get_day_names("wide", locale=LOCALES[language])[WEEKDAYS.index(weekday)]
    if interval == "1":
        return words.gettext("The {ordinal} {weekday} of every month").format(ordinal=which, weekday=name)
    if interval == "2":
        return words.gettext("The {ordinal} {weekday} of every other month").format(ordinal=which, weekday=name)
    return ""


def _until(value: str, timezone: str) -> date | None:
    """The last day that the rule allows, where the event takes place."""
    parts = _DATE.fullmatch(value)
    if parts is None:
        return None
    try:
        day = date(int(parts[1]), int(parts[2]), int(parts[3]))
        if not parts[7]:
            return day
        moment = datetime(*map(int, parts.groups()[:6]), tzinfo=UTC)  # type: ignore[arg-type,misc]
    except ValueError:
        return None
    return moment.astimezone(zone(timezone)).date()


def _each(words: GNUTranslations) -> dict[str, str]:
    """The weekdays as they follow "every"."""
    return {
        "MO": words.pgettext("every …", "Monday"),
        "TU": words.pgettext("every …", "Tuesday"),
        "WE": words.pgettext("every …", "Wednesday"),
        "TH": words.pgettext("every …", "Thursday"),
        "FR": words.pgettext("every …", "Friday"),
        "SA": words.pgettext("every …", "Saturday"),
        "SU": words.pgettext("every …", "Sunday"),
    }


def _ordinals(words: GNUTranslations) -> dict[str, str]:
    """The places of a weekday in its month, as they stand before its name."""
    return {
        "1": words.pgettext("… weekday of the month", "first"),
        "2": words.pgettext("… weekday of the month", "second"),
        "3": words.pgettext("… weekday of the month", "third"),
        "4": words.pgettext("… weekday of the month", "fourth"),
        "5": words.pgettext("… weekday of the month", "fifth"),
        "-1": words.pgettext("… weekday of the month", "last"),
    }
