"""The components of a calendar: which lines belong to which VEVENT and VTIMEZONE (RFC 5545, 3.4 and 3.6).

What has no END is closed where the next one begins; what is inside a VEVENT (alarms) and what is no event is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from feeds.rfc5545 import observances
from feeds.rfc5545.lines import Line, content_lines, params_of, unfold
from feeds.rfc5545.values import moment, text
from feeds.rfc5545.zones import iana, spoken, zone_info

MAX_EVENTS = 60_000
"""VEVENTs kept from one document; the reader chooses among them."""
_MAX_UNNAMED_ZONES = 20


@dataclass(slots=True)
class Calendar:
    """One VCALENDAR. `properties`: the first line of each name; `zones`: the lines of each VTIMEZONE by its TZID."""

    properties: dict[str, Line] = field(default_factory=dict)
    events: list[list[Line]] = field(default_factory=list)
    zones: dict[str, list[Line]] = field(default_factory=dict)
    complete: bool = False


def read(document: str) -> list[Calendar]:
    """The calendars in unfolded text, in order. VEVENTs that stand outside of any belong to one without properties."""
    calendars: list[Calendar] = []
    kept = 0
    sinks: list[tuple[str, list[Line] | None]] = []  # open components, and where their lines go
    for line in content_lines(document):
        if line.name == "BEGIN":
            kind = line.value.strip().upper()
            if kind == "VCALENDAR" or not calendars:
                calendars.append(Calendar())
                sinks.clear()
            if kind == "VEVENT" and kept < MAX_EVENTS:
                kept += 1
                calendars[-1].events.append([])
                sinks = [(kind, calendars[-1].events[-1])]
            elif kind == "VTIMEZONE":
                sinks = [(kind, [])]
            elif kind != "VCALENDAR":
                inside_zone = bool(sinks) and sinks[0][0] == "VTIMEZONE"
                sinks.append((kind, sinks[0][1] if inside_zone else None))
                _put(sinks, line)
        elif line.name == "END":
            _end(calendars, sinks, line)
        elif sinks:
            _put(sinks, line)
        elif calendars:
            calendars[-1].properties.setdefault(line.name, line)
    return calendars


def read_own(ical: str) -> list[list[Line]]:
    """The lines of each VEVENT in text that we wrote (Event.ical)."""
    return [lines for calendar in read("BEGIN:VCALENDAR\n" + unfold(ical)) for lines in calendar.events]


def _put(sinks: list[tuple[str, list[Line] | None]], line: Line) -> None:
    sink = sinks[-1][1]
    if sink is not None:
        sink.append(line)


def _end(calendars: list[Calendar], sinks: list[tuple[str, list[Line] | None]], line: Line) -> None:
    """Close what an END names; one that was never begun is passed over."""
    kind = line.value.strip().upper()
    if kind == "VCALENDAR" and calendars:
        calendars[-1].complete = not sinks
        sinks.clear()
    elif kind == "VTIMEZONE" and sinks and sinks[0][0] == kind:
        lines = sinks[0][1] or []
        tzid = next((said.value for said in lines if said.name == "TZID"), "")
        calendars[-1].zones.setdefault(text(tzid).strip(), lines)
        sinks.clear()
    elif sinks and sinks[0][0] == "VTIMEZONE":
        _put(sinks, line)
        del sinks[1:]
    elif any(kind == begun for begun, _ in sinks[-20:]):
        while sinks.pop()[0] != kind:
            pass


class ZoneOf:
    """The zone of a TZID in one calendar: by name, by its VTIMEZONE, by how people call it, in this order; or None."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._known: dict[str, tzinfo | None] = {}
        self._asked = 0
        self.unknown: set[str] = set()

    def __call__(self, tzid: str) -> tzinfo | None:
        if tzid not in self._known:
            self._known[tzid] = self._find(tzid)
        return self._known[tzid]

    def _find(self, tzid: str) -> tzinfo | None:
        name = iana(tzid)
        lines = self._calendar.zones.get(tzid, ())
        if name is None and lines and self._asked < _MAX_UNNAMED_ZONES:
            self._asked += 1
            name = next((iana(line.value) for line in lines if line.name == "X-LIC-LOCATION"), None)
            parts = () if name else observances.read(lines)
            if parts:
                name = observances.like(parts, self._years(tzid)) or spoken(tzid)
                if name is None:
                    return observances.OwnOffsets(parts)
        name = name or spoken(tzid)
        if name is None:
            self.unknown.add(tzid)
        return zone_info(name) if name else None

    def _years(self, tzid: str) -> list[datetime]:
        """When the events in a zone take place, one time for each year."""
        lines = [line for event in self._calendar.events for line in event if line.name == "DTSTART"]
        own = [line for line in lines if params_of(line.params).get("TZID") == tzid]
        starts = (moment(line.value) for line in own or lines)
        return list({start.year: start for start in starts if isinstance(start, datetime)}.values())
