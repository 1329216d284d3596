"""What is on: day by day, and one event."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from feeds import clean
from feeds.publish import ical
from network.directory import combined, events, members
from network.i18n.dates import first_day, last_day, local, zone
from network.model import Happening
from network.web.answers import document, public_page
from network.web.channel import calendar_channel, reader
from network.web.visit import Visit, is_search, place_of, selection, visit

LIMIT = 80
LONG = 4
DAYS = 28
YEARS = (2000, 2200)
Day = tuple[date, list[Happening]]


async def events_list(request: Request) -> Response:
    """What is on in the next weeks, or from a day that was asked for."""
    here = await visit(request)
    chosen = selection(here)
    today = local(here.now, here.network.timezone).date()
    first = _day(request.query_params.get("from")) or today
    last = _day(request.query_params.get("to")) or first + timedelta(days=DAYS)
    start = max(here.now, _midnight(first, here)) if first == today else _midnight(first, here)
    place = place_of(here, chosen)
    async with here.site.database.reading() as connection:
        near = await members.near(connection, place, chosen.within)
        found, more = await events.between(
            connection, chosen, start, _midnight(last + timedelta(days=1), here), limit=LIMIT,
            timezone=here.network.timezone, member_ids=near,
        )  # fmt: skip
    days = by_day(found, here, first, last)
    following = last + timedelta(days=1)
    if more:
        days, following = _whole_days(days, max(first_day(found[-1]), first))
    earlier = _href(here, max(first - timedelta(days=DAYS), today)) if first > today else None
    later = _href(here, following) if found else None
    page = here.page(
        "events/list.html",
        days=days,
        selection=chosen,
        from_date=first,
        to_date=last,
        earlier=earlier,
        later=later,
        problem=here.sentence("unknown_place", place=chosen.near) if chosen.near and place is None else None,
    )
    return public_page(page, keep=not is_search(chosen))


async def event(request: Request) -> Response:
    """One event: when, where, who, and its other dates."""
    here = await visit(request)
    async with here.site.database.reading() as connection:
        found = await events.one(connection, request.path_params["id"], now=here.now, timezone=here.network.timezone)
    if found is None:
        raise HTTPException(404)
    description = clean.without_images(found.description, here.image)
    return public_page(here.page("events/one.html", event=replace(found, description=description)))


async def event_calendar(request: Request) -> Response:
    """One event as a calendar file, for "add to my calendar"."""
    here = await visit(request)
    number = request.path_params["id"]
    async with here.site.database.reading() as connection:
        item = await combined.one_event(connection, number, reader(here))
    if item is None:
        raise HTTPException(404)
    channel = calendar_channel(here, f"/events/{number}.ics", item.title, [item])
    return document(ical.write(channel, [item]), "text/calendar; charset=utf-8", filename=f"event-{number}.ics")


def by_day(found: Iterable[Happening], here: Visit, first: date | None = None, until: date | None = None) -> list[Day]:
    """Occurrences under every day on which they are on, from `first` (today) to `until`; long ones under one day."""
    first = first or local(here.now, here.network.timezone).date()
    days: dict[date, list[Happening]] = {}
    for happening in found:
        begins, ends = max(first_day(happening), first), last_day(happening)
        # A weekend's festival is on both days; an exhibition of months would fill every day, and is told once.
        last = ends if (ends - begins).days < LONG else begins
        for day in range((min(last, until or last) - begins).days + 1):
            days.setdefault(begins + timedelta(days=day), []).append(happening)
    return sorted(days.items())


def _whole_days(days: list[Day], cut: date) -> tuple[list[Day], date]:
    """The days before the one whose list was cut short, and that day, with which the next page begins; the cut day
    itself where there is no other.
    """
    whole = [day for day in days if day[0] < cut]
    return (whole, cut) if whole else ([day for day in days if day[0] == cut], cut + timedelta(days=1))


def _day(text: str | None) -> date | None:
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        return None
    return day if day and YEARS[0] <= day.year <= YEARS[1] else None


def _midnight(day: date, here: Visit) -> int:
    return int(datetime.combine(day, time(), zone(here.network.timezone)).astimezone(UTC).timestamp())


def _href(here: Visit, day: date) -> str:
    query = [(key, value) for key, value in here.request.query_params.multi_items() if key not in {"from", "to"}]
    return here.url("/events?" + urlencode([*query, ("from", day.isoformat())]))
