"""Series that are told in UTC by programs which know no better → the same in the zone where they take place.

Modern Events Calendar repeats events by the local clock, and exports their first date in UTC with the local rule: read
as it is written, every date after the next change of the clock would be an hour off.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from feeds.model import Event
from feeds.rfc5545 import schedule
from feeds.rfc5545.components import read_own
from feeds.rfc5545.lines import Line, fold
from feeds.rfc5545.schedule import Moment
from feeds.rfc5545.zones import zone_info


def at_home(event: Event, zone: str) -> Event:
    """A series in UTC as one in `zone` (IANA), its first date at the same moment; any other event as it is."""
    home = zone_info(zone)
    if (
        event.rrule is None
        or not isinstance(event.start, datetime)
        or event.start.tzinfo is not UTC
        or home in {None, UTC}
    ):
        return event

    def moved(at: Moment) -> Moment:
        return at.astimezone(home) if isinstance(at, datetime) else at

    ical = ""
    for lines in read_own(event.ical):
        when = schedule.read(lines, zone_info, None)
        if when is None:
            return event
        kept = [_written(line) for line in lines if line.name not in schedule.NAMES]
        written = ["BEGIN:VEVENT", *kept[:1], *schedule.write(schedule.mapped(when, moved)), *kept[1:], "END:VEVENT"]
        ical += "".join(map(fold, written))
    end = None if event.end is None else moved(event.end)
    return replace(event, start=moved(event.start), end=end, timezone=getattr(home, "key", None), ical=ical)


def _written(line: Line) -> str:
    return f"{line.name}{line.params}:{line.value}"
