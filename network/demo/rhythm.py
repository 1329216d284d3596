"""When things happen in the sample coalition: on a fixed grid of weeks, so that yesterday stays as it was.

Everything is a function of the day. Weeks are counted from EPOCH; an event of "every 6 weeks from week 5" is held in
the weeks 5, 11, 17 …, whatever today is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

EPOCH = date(2024, 1, 1)
"""A Monday; before it nothing ever happened."""
DAY = timedelta(days=1)
WEEK = timedelta(days=7)

WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "pt": ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo"),
    "ht": ("lendi", "madi", "mèkredi", "jedi", "vandredi", "samdi", "dimanch"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "sq": ("e hënë", "e martë", "e mërkurë", "e enjte", "e premte", "e shtunë", "e diel"),
}
WHEN = re.compile(
    r"(?P<every>every )?(?:(?P<nth>[1-4])(?:st|nd|rd|th) )?(?P<weekday>[a-z]+)"
    r"(?: (?P<starts>\d\d:\d\d)-(?P<ends>\d\d:\d\d))?(?:, (?P<days>\d) days)?"
    r"(?:, every (?P<weeks>\d+) weeks from week (?P<first>\d+))?"
)


@dataclass(frozen=True, slots=True)
class When:
    """The rhythm of an event. `starts` is None when it lasts whole days, `days` of them.

    `nth` (1 to 4) is the weekday's number in the month, 0 when it is held every `weeks` weeks. Only what is said with
    "every …" at the start is one repeating event; the rest are separate events that resemble each other.
    """

    weekday: int
    nth: int
    starts: time | None
    ends: time | None
    days: int
    weeks: int
    first: int
    repeats: bool

    @property
    def rrule(self) -> str:
        """RFC 5545's rule, or nothing for separate events."""
        code = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")[self.weekday]
        if not self.repeats:
            return ""
        return f"FREQ=MONTHLY;BYDAY={self.nth}{code}" if self.nth else f"FREQ=WEEKLY;BYDAY={code}"

    def dates(self, first: date, last: date) -> Iterator[tuple[int, date]]:
        """The dates from `first` to `last`, each with its number, which never changes."""
        step = self.weeks * WEEK
        if self.nth:
            month = max(first, EPOCH).replace(day=1)
            while month <= last:
                day = on_or_after(month, self.weekday) + (self.nth - 1) * WEEK
                if first <= day <= last:
                    yield month.year * 12 + month.month, day
                month = (month + 31 * DAY).replace(day=1)
            return
        start = EPOCH + self.weekday * DAY + self.first * WEEK
        number = max(0, -((start - first) // step))
        while (day := start + number * step) <= last:
            if day >= first:
                yield number, day
            number += 1

    def next_date(self, after: date) -> date:
        """The first date on or after this one."""
        return next(day for _, day in self.dates(after, after + self.weeks * WEEK + 62 * DAY))


def read_when(text: str) -> When:
    """A line such as "every 2nd saturday 09:00-13:00"; see texts/README.md. Raises ValueError for any other."""
    found = WHEN.fullmatch(text)
    if not found or (found["starts"] and found["days"]):
        raise ValueError(f"not a rhythm: {text}")
    return When(
        weekday=weekday_number(found["weekday"]),
        nth=int(found["nth"] or 0),
        starts=time.fromisoformat(found["starts"]) if found["starts"] else None,
        ends=time.fromisoformat(found["ends"]) if found["ends"] else None,
        days=int(found["days"] or 1),
        weeks=int(found["weeks"] or 1),
        first=int(found["first"] or 0),
        repeats=bool(found["every"]),
    )


def weekday_number(name: str) -> int:
    """0 for Monday, by its name in any of the languages ("terça" will do). Raises ValueError for any other word."""
    wanted = _plain(name).removesuffix("-feira")
    for names in WEEKDAYS.values():
        plain = [_plain(day).removesuffix("-feira") for day in names]
        if wanted in plain:
            return plain.index(wanted)
    raise ValueError(f"not a weekday: {name}")


def on_or_after(day: date, weekday: int) -> date:
    """The first such weekday that isn't before this day."""
    return day + (weekday - day.weekday()) % 7 * DAY


def on_or_before(day: date, weekday: int) -> date:
    """The last such weekday that isn't after this day."""
    return day - (day.weekday() - weekday) % 7 * DAY


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word.strip().casefold()) if not unicodedata.combining(c))
