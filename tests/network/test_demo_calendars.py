"""The sample organizations' calendars: each as its platform writes them, and moving with the day."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

import pytest

from network.demo.platforms import GOOGLE_ICS
from tests.network.demo_sites import CALENDARS, DAY, TODAY, base_url, get, vevents


def identity(event: Any) -> tuple[object, ...]:
    """UID, the date it replaces, and its own."""
    replaced = event.get("RECURRENCE-ID")
    return str(event["UID"]), replaced and replaced.dt, event["DTSTART"].dt


@pytest.mark.parametrize("slug", sorted(CALENDARS))
def test_calendars_move_with_the_day_and_stay_what_they_are(slug: str) -> None:
    """Valid lines, dates ahead on every day, and the same UIDs tomorrow."""
    given = get(slug, CALENDARS[slug])
    assert given.headers["content-type"] == "text/calendar; charset=utf-8"
    assert max(len(line) for line in given.body.split(b"\r\n")) <= 75
    events = vevents(slug)
    assert all(event["UID"] and event["SUMMARY"] and event["DTSTAMP"] for event in events)
    assert all(not event.errors for event in events)
    days = [event.start.date() if isinstance(event.start, datetime) else event.start for event in events]
    assert sum(day > TODAY for day in days) >= 8
    known = {identity(event) for event in events}
    assert len(known) == len(events)
    assert len(known & {identity(event) for event in vevents(slug, TODAY + DAY)}) >= len(known) - 3


def test_google_writes_rules_and_changed_dates() -> None:
    """X-WR-TIMEZONE, Google's UIDs, single events in UTC, repeating ones in the zone; a page that embeds it all."""
    body = get("corner", GOOGLE_ICS).body.decode()
    assert "X-WR-TIMEZONE:America/New_York\r\n" in body
    events = vevents("corner")
    assert all(re.fullmatch(r"[0-9a-v]{26}@google\.com", event["UID"]) for event in events)
    assert {"FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;BYDAY=SA", "FREQ=MONTHLY;BYDAY=1MO"} == {
        event["RRULE"].to_ical().decode() for event in events if "RRULE" in event
    }
    changed = [event for event in events if "RECURRENCE-ID" in event]
    assert {"CANCELLED", "CONFIRMED"} == {event["STATUS"] for event in changed}
    assert any(event.start != event["RECURRENCE-ID"].dt for event in changed)
    assert b"/calendar/embed?src=" in get("corner", "/").body


def test_the_events_calendar_writes_every_date_by_itself() -> None:
    """No rules, a page per date that says the same as data; whole days and days in a row; one called off."""
    events = vevents("tresrios")
    assert not any("RRULE" in event for event in events)
    assert len({event["UID"] for event in events}) == len(events)
    assert "CANCELLED" in {event["STATUS"] for event in events}
    assert any(event.end - event.start == 3 * DAY and not isinstance(event.start, datetime) for event in events)
    page = get("tresrios", str(events[0]["URL"]).removeprefix(base_url("tresrios")))
    data = json.loads(re.findall(rb'<script type="application/ld\+json">(.*?)</script>', page.body)[0])
    assert (data["@type"], data["startDate"]) == ("Event", events[0].start.isoformat())


def test_squarespace_writes_utc() -> None:
    """Times end in Z, and no zone is named."""
    body = get("fullpot", "/events?format=ical").body
    assert re.search(rb"DTSTART:\d{8}T\d{6}Z", body)
    assert b"VTIMEZONE" not in body


def test_two_calendars_announce_the_same_walk() -> None:
    """The Welcome Walk has one UID, one time and one title in both, so that it can be shown once."""
    walks = [
        {(event["UID"], event.start, event["SUMMARY"]) for event in vevents(slug) if "welcome-walk" in event["UID"]}
        for slug in ("legal", "tresrios")
    ]
    assert walks[0] == walks[1]
    assert len(walks[0]) >= 2
