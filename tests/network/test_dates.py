"""Days, clock times and repetitions in words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from network.i18n import dates
from network.i18n.repeats import repeats
from network.model import Happening

ZONE = "America/New_York"
TODAY = date(2026, 11, 26)  # a Thursday


def at(day: int, hour: int = 0, minute: int = 0, month: int = 11) -> int:
    return int(datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(ZONE)).timestamp())


def happening(start: int, end: int, *, all_day: bool = False, zone: str = ZONE) -> Happening:
    return Happening(
        event_id=1, title="", start=start, end=end, all_day=all_day, timezone=zone, venue="", address="",
        status="confirmed", repeats=False, credits=(),
    )  # fmt: skip


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_headings_of_days() -> None:
    """What the day is to the reader comes first; another year is named."""
    days = (TODAY, date(2026, 11, 27), date(2026, 11, 28), date(2027, 1, 2))
    assert [dates.day_heading(day, TODAY, "en") for day in days] == [
        "Today, Thursday, November 26", "Tomorrow, Friday, November 27", "Saturday, November 28", "Saturday, January 2, 2027",
    ]  # fmt: skip
    assert [dates.day_heading(day, TODAY, "es") for day in days] == [
        "Hoy, jueves 26 de noviembre", "Mañana, viernes 27 de noviembre", "sábado 28 de noviembre", "sábado 2 de enero de 2027",
    ]  # fmt: skip
    assert [dates.short_day(date(2027, 1, 2), TODAY, language) for language in ("en", "es")] == [
        "Sat, Jan 2, 2027", "sáb 2 de ene de 2027",
    ]  # fmt: skip
    assert [dates.month_short(TODAY, "es"), dates.weekday_short(TODAY, "es")] == ["nov", "jue"]


@pytest.mark.parametrize(
    ("start", "end", "english", "spanish"),
    [
        ((18, 0), (20, 0), "6–8 pm", "6:00–8:00 p. m."),
        ((18, 30), (20, 0), "6:30–8 pm", "6:30–8:00 p. m."),
        ((10, 0), (12, 0), "10 am – 12 pm", "10:00 a. m. – 12:00 p. m."),
        ((9, 15), (11, 45), "9:15–11:45 am", "9:15–11:45 a. m."),
        ((18, 0), (18, 0), "6 pm", "6:00 p. m."),
        ((0, 30), (0, 30), "12:30 am", "12:30 a. m."),
    ],
)
def test_clock_times(start: tuple[int, int], end: tuple[int, int], english: str, spanish: str) -> None:
    """As they stand on a poster; an end that is not known is not invented."""
    event = happening(at(26, *start), at(26, *end))
    assert [plain(dates.times(event, TODAY, TODAY, language)) for language in ("en", "es")] == [english, spanish]


def test_a_night_belongs_to_its_evening() -> None:
    """A dance until two is one evening, not two days."""
    dance = happening(at(27, 21), at(28, 2))
    assert dates.last_day(dance) == date(2026, 11, 27)
    assert plain(dates.when(dance, TODAY, "en")) == "Tomorrow, Friday, November 27, 9 pm – 2 am"


def test_whole_days() -> None:
    """The end of an all-day event is the midnight after it (RFC 5545: exclusive)."""
    one, three = happening(at(28), at(29), all_day=True), happening(at(27), at(30), all_day=True)
    assert dates.when(one, TODAY, "en") == "Saturday, November 28, all day"
    assert dates.when(one, TODAY, "es") == "sábado 28 de noviembre, todo el día"
    assert dates.when(three, TODAY, "en") == "Fri, Nov 27 – Sun, Nov 29"
    assert dates.when(three, TODAY, "es") == "vie 27 de nov – dom 29 de nov"
    told = [dates.times(three, date(2026, 11, day), TODAY, "en") for day in (27, 28, 29)]
    assert told == ["All day, until Sun, Nov 29", "All day, until Sun, Nov 29", "All day"]


def test_several_days_with_hours() -> None:
    """Each day of a retreat says what is of use on that day."""
    retreat = happening(at(27, 9), at(29, 15))
    told = [plain(dates.times(retreat, date(2026, 11, day), TODAY, "en")) for day in (27, 28, 29)]
    assert told == ["From 9 am, until Sun, Nov 29", "All day, until Sun, Nov 29", "Until 3 pm"]
    assert plain(dates.when(retreat, TODAY, "es")) == "vie 27 de nov, 9:00 a. m. – dom 29 de nov, 3:00 p. m."


def test_when_news_came() -> None:
    """Near days by their distance, far ones by their date."""
    days = (26, 25, 24, 20, 19)
    assert [dates.published(at(day, 12), at(26, 18), ZONE, "en") for day in days] == [
        "today", "yesterday", "2 days ago", "6 days ago", "November 19",
    ]  # fmt: skip
    assert [dates.published(at(day, 12), at(26, 18), ZONE, "es") for day in days] == [
        "hoy", "ayer", "hace 2 días", "hace 6 días", "19 de noviembre",
    ]  # fmt: skip
    old = int(datetime(2025, 5, 2, tzinfo=UTC).timestamp()) + 43_200
    assert [dates.published(old, at(26), ZONE, language) for language in ("en", "es")] == [
        "May 2, 2025",
        "2 de mayo de 2025",
    ]
    assert plain(dates.moment(at(28, 18), at(26), ZONE, "en")) == "Sat, Nov 28, 6 pm"
    assert dates.moment(at(25, 18), at(26), ZONE, "en") == "yesterday"


def test_time_zones() -> None:
    """Another clock is named; a zone that nobody knows does not break the page."""
    here, there = happening(at(28, 18), at(28, 20)), happening(at(28, 18), at(28, 20), zone="America/Chicago")
    assert [dates.elsewhere(event, ZONE, "en") for event in (here, there)] == ["", "Central Time"]
    assert dates.zone("Mars/Olympus_Mons") is UTC
    assert dates.zone("../../etc/passwd") is UTC


@pytest.mark.parametrize(
    ("rule", "english", "spanish"),
    [
        ("FREQ=WEEKLY", "Every Thursday", "Todos los jueves"),
        ("FREQ=WEEKLY;BYDAY=SA", "Every Saturday", "Todos los sábados"),
        ("FREQ=WEEKLY;BYDAY=TU,TH;WKST=SU", "Every Tuesday and Thursday", "Todos los martes y jueves"),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "Every other Tuesday", "Cada dos semanas: martes"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "Monday to Friday", "De lunes a viernes"),
        ("FREQ=DAILY", "Every day", "Todos los días"),
        ("FREQ=MONTHLY;BYDAY=4TH", "The fourth Thursday of every month", "El cuarto jueves de cada mes"),
        ("FREQ=MONTHLY;BYDAY=TH;BYSETPOS=-1", "The last Thursday of every month", "El último jueves de cada mes"),
        (
            "FREQ=MONTHLY;BYDAY=1TU,3TU",
            "The first and third Tuesday of every month",
            "El primer y tercer martes de cada mes",
        ),
        (
            "FREQ=MONTHLY;INTERVAL=2;BYDAY=+1MO",
            "The first Monday of every other month",
            "El primer lunes, cada dos meses",
        ),
        ("FREQ=MONTHLY", "Day 26 of every month", "El día 26 de cada mes"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", "Day 15 of every month", "El día 15 de cada mes"),
        ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "Every year", "Cada año"),
        (
            "FREQ=WEEKLY;UNTIL=20261218T040000Z",
            "Every Thursday, until December 17",
            "Todos los jueves, hasta el 17 de diciembre",
        ),
        (
            "FREQ=WEEKLY;UNTIL=20261218",
            "Every Thursday, until December 18",
            "Todos los jueves, hasta el 18 de diciembre",
        ),
        ("FREQ=WEEKLY;UNTIL=20260101", "Every Thursday", "Todos los jueves"),
        ("FREQ=WEEKLY;UNTIL=20269999", "Every Thursday", "Todos los jueves"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "Repeats", "Se repite"),
        ("FREQ=MONTHLY;BYDAY=1MO,2TU", "Repeats", "Se repite"),
        ("FREQ=WEEKLY;INTERVAL=3", "Repeats", "Se repite"),
        ("FREQ=HOURLY", "Repeats", "Se repite"),
        ("nonsense;BYDAY=9XX", "Repeats", "Se repite"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_repetitions(rule: str | None, english: str, spanish: str) -> None:
    """Simple rules in words; a rule that is too special is not told wrongly."""
    told = [repeats(rule, TODAY, TODAY, ZONE, language) for language in ("en", "es")]
    assert told == [english, spanish]
