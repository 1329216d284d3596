"""The sample organizations' sites as tests ask them: no server, a day of their own."""

from __future__ import annotations

import io
import json
from calendar import timegm
from datetime import UTC, date, datetime, timedelta
from typing import Any

import feedparser
from icalendar import Calendar

from network.demo.coalition import organization, organizations
from network.demo.platforms import GOOGLE_ICS, HIDDEN_FEED
from network.demo.sites import Answer, answer

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
FEEDS = {
    "sol": "/feed/", "citizens": "/feed/", "lotus": "/feed/", "tenants": "/feed/", "tresrios": "/feed/",
    "workers": "/feed/", "fullpot": "/blog?format=rss", "youth": "/atom.xml", "ponte": "/feed.json",
    "legal": "/feed.json", "table": "/index.rdf", "promotoras": HIDDEN_FEED, "lakou": "/rss.xml",
}  # fmt: skip
CALENDARS = {
    "corner": GOOGLE_ICS,
    "tresrios": "/events/?ical=1",
    "fullpot": "/events?format=ical",
    "legal": "/calendar.ics",
}


def base_url(slug: str) -> str:
    return f"http://{slug}.test"


NEIGHBOURS = {each.slug: base_url(each.slug) for each in organizations()}


def get(slug: str, target: str, today: date = TODAY, **headers: str) -> Answer:
    path, _, query = target.partition("?")
    asked = {name.replace("_", "-"): value for name, value in headers.items()}
    return answer(
        organization(slug), path, query, asked, base_url=base_url(slug), today=today, neighbours=NEIGHBOURS
    )  # fmt: skip


def items(slug: str, today: date = TODAY) -> list[dict[str, Any]]:
    """id, link, title, date (UTC) and HTML of a feed's items, whatever its format."""
    body = get(slug, FEEDS[slug], today).body
    if FEEDS[slug].endswith(".json"):
        return [
            {
                "id": item["id"],
                "link": item["url"],
                "title": item["title"],
                "at": datetime.fromisoformat(item["date_published"]),
                "html": item["content_html"],
            }
            for item in json.loads(body)["items"]
        ]
    entries = feedparser.parse(io.BytesIO(body), sanitize_html=False).entries
    return [
        {
            "id": entry.id,
            "link": entry.link,
            "title": entry.title,
            "at": datetime.fromtimestamp(timegm(entry.get("published_parsed") or entry.updated_parsed), UTC),
            "html": entry.content[0].value if "content" in entry else entry.summary,
        }
        for entry in entries
    ]


def vevents(slug: str, today: date = TODAY) -> list[Any]:
    """The VEVENTs of a calendar."""
    return list(Calendar.from_ical(get(slug, CALENDARS[slug], today).body).walk("VEVENT"))
