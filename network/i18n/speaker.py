"""The dates of one page, as its templates ask for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby

from network.i18n import dates, repeats, spans
from network.model import EventDetail, Happening


class Speaker:
    """Dates of one page in its language, as templates ask for them; today is `now` in the network's time zone."""

    def __init__(self, language: str, timezone: str, now: int) -> None:
        self._language, self._timezone, self._now = language, timezone, now
        self.today = dates.local(now, timezone).date()

    def relative(self, day: date) -> str:
        """Today, Tomorrow, or nothing."""
        return dates.relative_day(day, self.today, self._language)

    def day(self, day: date) -> str:
        """A day with its weekday."""
        return dates.day_name(day, self.today, self._language)

    def month(self, day: date) -> str:
        """A month, short."""
        return dates.month_short(day, self._language)

    def weekday(self, day: date) -> str:
        """A weekday, short."""
        return dates.weekday_short(day, self._language)

    def first(self, happening: Happening) -> date:
        """The day on which it begins."""
        return dates.first_day(happening)

    def times(self, happening: Happening, day: date) -> str:
        """Its time in the list of a day."""
        return dates.times(happening, day, self.today, self._language)

    def by_day(self, happenings: Iterable[Happening]) -> list[tuple[date, list[Happening]]]:
        """Happenings in the order of time → the days on which they begin, each with its own."""
        return [(day, list(group)) for day, group in groupby(happenings, key=dates.first_day)]

    def when(self, happening: Happening) -> str:
        """All of when it is."""
        return dates.when(happening, self.today, self._language)

    def published(self, moment: int) -> str:
        """When news came."""
        return dates.published(moment, self._now, self._timezone, self._language)

    def moment(self, moment: int) -> str:
        """When something was published, or will be."""
        return dates.moment(moment, self._now, self._timezone, self._language)

    def ago(self, moment: int) -> str:
        """How long ago it was."""
        return spans.ago(moment, self._now, self._timezone, self._language)

    def ahead(self, moment: int) -> str:
        """How soon it will be."""
        return spans.ahead(moment, self._now, self._language)

    def span(self, seconds: int) -> str:
        """How long that is."""
        return spans.span(seconds, self._language)

    def repeats(self, event: EventDetail) -> str:
        """How it repeats."""
        dated = event.coming[:1] or event.past[:1]
        first = dates.first_day(dated[0]) if dated else self.today
        return repeats.repeats(event.rrule, first, self.today, event.timezone, self._language)

    def elsewhere(self, happening: Happening) -> str:
        """The name of its time zone when that is not the network's."""
        return dates.elsewhere(happening, self._timezone, self._language)

    def iso(self, moment: int, timezone: str, *, all_day: bool = False) -> str:
        """A moment for <time datetime>."""
        told = dates.local(moment, timezone)
        return told.date().isoformat() if all_day else told.isoformat()
