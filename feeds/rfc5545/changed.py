"""The dates of a series of which some were changed (RECURRENCE-ID), by recurring-ical-events, with rules of our own.

A module of its own because the library takes 0.1 s to import, and few series need it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

import icalendar
from icalendar.prop import vDDDTypes
from recurring_ical_events.adapters.event import EventAdapter
from recurring_ical_events.occurrence import Occurrence as LibraryOccurrence
from recurring_ical_events.series import Series

from feeds.rfc5545 import rules
from feeds.rfc5545.rule_dates import dates
from feeds.rfc5545.schedule import Moment, Schedule, end_of, in_wall_time

T = TypeVar("T")


def between(
    parts: Sequence[tuple[T, Schedule]], window: tuple[datetime, datetime]
) -> Iterator[tuple[T, Moment, Moment]]:
    """Start and end of what takes place in a window (UTC), with the part of the series it is of.

    `parts`: the series first, then its changed dates, each with its schedule.
    """
    series = _BoundedSeries([_Adapter(part, when) for part, when in parts])
    yield from ((found.part, found.start, found.end) for found in series.between(*window))


class _Rule:
    """What recurring-ical-events asks of dateutil's rrule, answered by `dates`."""

    def __init__(self, rule: rules.Rule, start: datetime) -> None:
        self.until = rule.until
        self._rule, self._start = in_wall_time(rule, start.tzinfo), start

    def between(self, after: datetime, before: datetime, **_inclusive: bool) -> Iterator[datetime]:
        """The times of the rule in a window, both ends included (which is all that is asked for)."""
        zone = self._start.tzinfo
        walls = [(at.astimezone(zone) if zone else at).replace(tzinfo=None) for at in (after, before)]
        for at in dates(self._rule, self._start.replace(tzinfo=None), *walls):
            yield at.replace(tzinfo=zone)


class _Adapter(EventAdapter):  # type: ignore[misc]  # the library has no types
    """A VEVENT as recurring-ical-events sees it, without writing and parsing it again."""

    def __init__(self, part: object, when: Schedule) -> None:
        component = icalendar.Event()
        component["UID"] = ""
        component["SEQUENCE"] = when.sequence
        if when.instance is not None:
            changed = vDDDTypes(when.instance, {"RANGE": "THISANDFUTURE"} if when.onwards else {})
            component["RECURRENCE-ID"] = changed
        super().__init__(component)
        self.part, self.when = part, when

    @property
    def exdates(self) -> tuple[Moment, ...]:
        return self.when.except_for

    @property
    def rdates(self) -> list[Moment | tuple[Moment, timedelta]]:
        return [at if length is None else (at, length) for at, length in self.when.also]

    @property
    def rrules(self) -> tuple[rules.Rule, ...]:
        return self.when.rules

    def has_recurrence_rules(self) -> bool:
        when = self.when
        return bool(when.rules or when.also or when.except_for)

    @property
    def raw_start(self) -> Moment:
        return self.when.start

    @property
    def raw_end(self) -> Moment:
        return end_of(self.when)


class _Found(LibraryOccurrence):  # type: ignore[misc]
    """An occurrence that knows which VEVENT it is of."""

    def __init__(self, adapter: _Adapter, start: Moment | None = None, end: Moment | None = None) -> None:
        super().__init__(adapter, start, end)
        self.part = adapter.part


class _BoundedSeries(Series):  # type: ignore[misc]
    """A series whose rules are ours."""

    class RecurrenceRules(Series.RecurrenceRules):  # type: ignore[misc]
        def create_rule_with_start(self, rule: rules.Rule) -> _Rule:
            return _Rule(rule, self.start)

    def occurrence(self, adapter: _Adapter, start: Moment | None = None, end: Moment | None = None) -> _Found:
        return _Found(adapter, start, end)
