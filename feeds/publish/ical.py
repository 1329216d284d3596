"""Events → iCalendar (RFC 5545, RFC 7986): what a calendar program subscribes to.

One-off times are written in UTC, which even programs that ignore TZID get right; repeating ones with TZID and
VTIMEZONE, so that they stay where they are when the clocks change; whole days as dates. No METHOD: it would make a
subscription an invitation. Nothing depends on "now": the same items give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from feeds.identity import uid_key
from feeds.model import Event
from feeds.publish import legal
from feeds.publish.item import Channel, Item
from feeds.rfc5545 import prose, rules, schedule, vtimezone
from feeds.rfc5545.components import read_own
from feeds.rfc5545.lines import fold
from feeds.rfc5545.schedule import Moment, Schedule
from feeds.rfc5545.values import text, write_moment, write_text
from feeds.rfc5545.zones import zone_info

REFRESH = "PT1H"
"""How often a subscriber may look for changes."""
MAX_DESCRIPTION = 8_000
"""Characters, as much as the strictest of the large calendar programs keeps."""

# For repeating times in UTC: readers that take UTC for the zone of X-WR-TIMEZONE leave alone what goes by this name.
_UTC_SERIES = ZoneInfo("Etc/GMT")
_FIRST_YEAR, _LAST_YEAR = 1900, 2030


def write(channel: Channel, items: Sequence[Item]) -> bytes:
    """The calendar of those items that are events, in their order."""
    zones: dict[str, int] = {}
    uids = _uids(items)
    lines = [line for item in items if item.event for line in _event(item, item.event, channel, uids[item.id], zones)]
    if not lines:
        zones[channel.zone] = _LAST_YEAR  # a calendar must hold at least one component (RFC 5545, 3.6)
    head = "".join(map(fold, ("BEGIN:VCALENDAR", *_head(channel))))
    named = (vtimezone.write(zone, min(max(year, _FIRST_YEAR), _LAST_YEAR)) for zone, year in sorted(zones.items()))
    body = "".join(map(fold, (*lines, "END:VCALENDAR")))
    return "".join((head, *named, body)).encode("utf-8", "replace")


def _head(channel: Channel) -> Iterator[str]:
    """The calendar's own properties. No UID (RFC 7986, 5.3): vdirsyncer then takes all events for one."""
    title = legal.name(channel.title, channel.url)
    yield "VERSION:2.0"
    yield f"PRODID:-//{_word(channel.generator)}//{_word(channel.generator)}//EN"
    yield "CALSCALE:GREGORIAN"
    yield write_moment("LAST-MODIFIED", _utc(channel.updated))
    for name in ("NAME", "X-WR-CALNAME"):
        yield f"{name}:{write_text(title)}"
    if channel.description:
        for name in ("DESCRIPTION", "X-WR-CALDESC"):
            yield f"{name}:{write_text(legal.line(channel.description))}"
    yield f"URL:{legal.address(channel.url)}"
    yield f"SOURCE;VALUE=URI:{legal.address(channel.self_url)}"
    yield f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}"
    yield f"X-PUBLISHED-TTL:{REFRESH}"
    yield f"X-WR-TIMEZONE:{channel.zone}"


def _word(name: str) -> str:
    return write_text(legal.line(name).replace("/", " ")) or "Vecinos"


def _uids(items: Iterable[Item]) -> dict[str, str]:
    """The UID of each item by its id: the source's own where it is unique in the world and here, else the item's id."""
    uids: dict[str, str] = {}
    taken: set[str] = set()
    for item in sorted((item for item in items if item.event), key=lambda item: item.id):
        own = uid_key(item.event.uid) if item.event else None
        uids[item.id] = item.id if own is None or own in taken else own
        taken.add(uids[item.id])
    return uids


def _event(item: Item, event: Event, channel: Channel, uid: str, zones: dict[str, int]) -> Iterator[str]:
    """The lines of an event: of its VEVENT, and of one for each changed date. The zones they name go into `zones`."""
    home = zone_info(event.timezone or "") or zone_info(channel.zone) or UTC
    changed: set[Moment | None] = set()
    for when, said in _series(event, home):
        if when.instance in changed:
            continue
        changed.add(when.instance)
        _note_zones(when, zones)
        yield "BEGIN:VEVENT"
        yield f"UID:{write_text(uid)}"
        yield write_moment("DTSTAMP", _utc(item.updated))
        yield from schedule.write(when)
        yield from _texts(item, event, channel, said)
        yield from _facts(item, event, said)
        yield "END:VEVENT"


def _series(event: Event, home: tzinfo) -> Iterator[tuple[Schedule, dict[str, str]]]:
    """The schedule of each VEVENT of an event, the master first, with the texts of a changed date."""
    found: list[tuple[Schedule, dict[str, str]]] = []
    for lines in read_own(event.ical) if schedule.repeats(event.ical) else ():
        when = schedule.read(lines, zone_info, None)
        if when is not None:
            said = {line.name: text(line.value) for line in lines} if when.instance is not None else {}
            found.append((when, said))
    if not found:
        rule = rules.read(event.rrule or "")
        repeats = () if rule is None else (schedule.aligned_rule(rule, event.start),)
        found = [(Schedule(start=event.start, end=event.end, rules=repeats, sequence=event.sequence), {})]
    alone = len(found) == 1 and not schedule.repeats("\n".join(schedule.write(found[0][0])))
    for when, said in found:
        yield schedule.mapped(when, lambda at: _in_writing(at, home, alone=alone)), said


def _in_writing(at: Moment, home: tzinfo, *, alone: bool) -> Moment:
    """A time in UTC when it stands alone, else in a zone that has a name."""
    if not isinstance(at, datetime):
        return at
    at = at if at.tzinfo else at.replace(tzinfo=home)
    if alone:
        return at.astimezone(UTC)
    key = getattr(at.tzinfo, "key", "UTC" if at.tzinfo is UTC else "")
    if key and key != "UTC":
        return at
    return at.astimezone(_UTC_SERIES if key or home is UTC else home)


def _note_zones(when: Schedule, zones: dict[str, int]) -> None:
    for at in (when.start, when.end, when.instance, *(at for at, _ in when.also)):
        if isinstance(at, datetime) and isinstance(at.tzinfo, ZoneInfo) and at.tzinfo.key != "UTC":
            zones[at.tzinfo.key] = min(at.year, zones.get(at.tzinfo.key, at.year))


def _texts(item: Item, event: Event, channel: Channel, said: dict[str, str]) -> Iterator[str]:
    tag = legal.language(item.language)
    language = f";LANGUAGE={tag}" if tag else ""
    yield f"SUMMARY{language}:{write_text(legal.line(said.get('SUMMARY', '')) or legal.title(item, channel))}"
    yield f"DESCRIPTION{language}:{write_text(_description(item, event, said.get('DESCRIPTION', '')))}"
    location = legal.line(said.get("LOCATION", "")) or legal.place(event)
    if location:
        yield f"LOCATION:{write_text(location)}"


def _description(item: Item, event: Event, own: str) -> str:
    """Plain text, then who announced it and where, and our page: many programs show no URL."""
    said = legal.text(own or prose.to_text(event.description or item.content))
    if len(said) > MAX_DESCRIPTION:
        said = said[:MAX_DESCRIPTION].rsplit(" ", 1)[0] + " …"
    credits_ = [f"{legal.line(credit.name)}: {legal.address(credit.link or credit.url)}" for credit in item.credits]
    return "\n\n".join(part for part in (said, "\n".join([*credits_, legal.address(item.url)])) if part)


def _facts(item: Item, event: Event, said: dict[str, str]) -> Iterator[str]:
    if event.latitude is not None and event.longitude is not None:
        yield f"GEO:{event.latitude:.6f};{event.longitude:.6f}"
    yield f"URL:{legal.address(item.url)}"
    status = said.get("STATUS", event.status).upper()
    yield f"STATUS:{status if status in {'CANCELLED', 'TENTATIVE'} else 'CONFIRMED'}"
    categories = [write_text(legal.line(category)) for category in item.categories if legal.line(category)]
    if categories:
        yield f"CATEGORIES:{','.join(categories)}"
    host = legal.line(event.organizer) or next((legal.line(author) for author in item.authors), "")
    if host and item.credits:
        yield f'ORGANIZER;CN="{_param(host)}":{legal.address(item.credits[0].url)}'
    yield write_moment("CREATED", _utc(item.published))
    yield write_moment("LAST-MODIFIED", _utc(item.updated))


def _param(value: str) -> str:
    """A quoted parameter's value (RFC 6868)."""
    return value.replace("^", "^^").replace('"', "^'")


def _utc(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
