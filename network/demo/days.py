"""Dates in sentences: {jueves+5} → "jueves 12 de marzo". They count from the day on which the post appears."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time

from network.demo.rhythm import DAY, WEEKDAYS, on_or_after, on_or_before, weekday_number

MONTHS = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December"),
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
           "noviembre", "diciembre"),
    "pt": ("janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro",
           "novembro", "dezembro"),
    "ht": ("janvye", "fevriye", "mas", "avril", "me", "jen", "jiyè", "out", "septanm", "oktòb", "novanm", "desanm"),
    "fr": ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
           "décembre"),
    "vi": tuple(f"tháng {number}" for number in range(1, 13)),
    "sq": ("janar", "shkurt", "mars", "prill", "maj", "qershor", "korrik", "gusht", "shtator", "tetor", "nëntor",
           "dhjetor"),
}  # fmt: skip
LONG = {
    "en": "{weekday}, {month} {day}",
    "es": "{weekday} {day} de {month}",
    "pt": "{weekday}, {day} de {month}",
    "ht": "{weekday} {day} {month}",
    "fr": "{weekday} {day} {month}",
    "vi": "{weekday}, ngày {day} {month}",
    "sq": "{weekday}, {day} {month}",
}
DAY_ONLY = {
    "en": "{month} {day}",
    "es": "{day} de {month}",
    "pt": "{day} de {month}",
    "ht": "{day} {month}",
    "fr": "{day} {month}",
    "vi": "ngày {day} {month}",
    "sq": "{day} {month}",
}
ORDINALS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
STYLES = ("long", "day", "short", "ordinal")

PLACEHOLDER = re.compile(
    r"\{(?:event:(?P<event>[a-z/-]+)|(?P<weekday>[\w -]+?)(?P<offset>[+-]\d+))(?:\|(?P<style>\w+))?\}"
)


def say(day: date, language: str, style: str = "long") -> str:
    """A day as people write it. `style`: long (with the weekday), day (without), short (11/26), ordinal ("26th")."""
    words = {
        "weekday": WEEKDAYS[language][day.weekday()],
        "month": MONTHS[language][day.month - 1],
        "day": str(day.day),
    }
    if style == "short":
        numbers = f"{day.month}/{day.day}" if language == "en" else f"{day.day}/{day.month}"
        return f"{words['weekday'][:3] + '.' if language == 'en' else words['weekday']} {numbers}"
    if style == "ordinal":
        words["day"] += ORDINALS.get(day.day, "th")
    return (DAY_ONLY if style == "day" else LONG)[language].format(**words)


def say_time(clock: time, language: str) -> str:
    """A time of day as people write it: "6:30 pm", "6:30 p. m.", "18:30"."""
    if language not in {"en", "es"}:
        return f"{clock:%H:%M}"
    half = ("am", "pm") if language == "en" else ("a. m.", "p. m.")
    return f"{(clock.hour - 1) % 12 + 1}:{clock:%M} {half[clock.hour // 12]}"


def fill(text: str, published: date, language: str, next_date: Callable[[str, date], date]) -> str:
    """The text with its dates. `next_date` tells the first date of an event ("legal/welcome-walk") from a day on."""

    def written(found: re.Match[str]) -> str:
        style = found["style"] or "long"
        day = next_date(found["event"], published + 2 * DAY) if found["event"] else _day(found, published)
        return say(day, language, style) if style in STYLES else say(day, style)

    return PLACEHOLDER.sub(written, text)


def _day(found: re.Match[str], published: date) -> date:
    weekday, offset = weekday_number(found["weekday"]), int(found["offset"])
    nearest = published + offset * DAY
    return on_or_after(nearest, weekday) if offset >= 0 else on_or_before(nearest, weekday)
