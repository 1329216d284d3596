"""Which elements of a feed hold data of an event, by their names as xml_names writes them.

They are kept in `Entry.fields` as (name, value) pairs, for example ("ev:startdate", "2026-05-01T18:00:00Z") of the RSS
event module, ("xcal:dtstart", …), ("mec:starthour", "6:00 pm") of Modern Events Calendar, ("gd:starttime", …) of GData,
("x-trumba:localstart", …), ("s:localstartdate", …) of SIDEARM, ("schema:startdate", …), ("geo:lat", …), and what other
namespaces call `startdate`, `dtstart`, `event_date`, `venue` and the like.
"""

from __future__ import annotations

import re

from feeds.parse.text import literal

MAX_FIELDS = 50
MAX_VALUE = 2000

_OF_EVENTS = re.compile(
    r"(?:(?:ev|xcal|mec|s|x-trumba|schema|ical|cal|events?|tribe|eventon|calendar|livewhale|localist|bc|ucfevent):"
    r"(?:(?:local|utc|event)?_?(?:start|end)(?:[_-]?(?:date|time|datetime|hour))?|dtstart|dtend|formatteddatetime|date|time"
    r"|location|venue|place|address|organi[sz]er|type|cost|status|duration|timezone|all_?day|categor(?:y|ies)|rrule)"
    r"|(?:[\w-]+:)?(?:(?:local|event)?_?(?:start|end)[_-]?(?:date|time|datetime)|dtstart|dtend"
    r"|event[_-]?(?:date|time|location|venue)|venue)"
    r"|g:(?:start|end|location)|geo:(?:lat|long|point)|georss:point)$"
)


def is_event_data(name: str) -> bool:
    """Does an element or attribute of this name (prefix and local name, lower case) say when or where an event is?"""
    return _OF_EVENTS.match(name) is not None


def added(fields: tuple[tuple[str, str], ...], name: str, value: str | None) -> tuple[tuple[str, str], ...]:
    """The fields with one more, unless its value is empty."""
    value = literal(value)
    return (*fields, (name, value[:MAX_VALUE])) if value and len(fields) < MAX_FIELDS else fields
