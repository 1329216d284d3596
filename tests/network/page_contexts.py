"""What every template is given: once full (and hostile), once empty."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from feeds.model import FoundFeed, Page
from network.model import (
    LANGUAGES,
    TOPICS,
    Credit,
    EventDetail,
    Happening,
    Member,
    Network,
    NewsEntry,
    Selection,
    SourceHealth,
    Steward,
)  # fmt: skip

NOW = 1_795_348_800  # Sunday 2026-11-22 07:00 in Worcester
HOUR, DAY = 3600, 86_400
ZONE = "America/New_York"
EVIL = '"><script>alert(1)</script>'
NETWORK = Network(
    uid="u",
    name="Coalition & Friends",
    description="Together.",
    timezone=ZONE,
    town="Worcester",
    contact="hola@c.example",
)
STEWARD = Steward(1, "ana@c.example", "organizer")
MEMBER = Member(
    id=1, slug="centro", name=f"Centro {EVIL}", description=f"Help {EVIL}", home_url="https://centro.example/?a=1&b=2",
    town="Worcester", region="MA", postcode="01608", state="approved", languages=("es", "ht", "ar"),
    topics=("legal-help", "food"), contact_name="Rosa", contact_email="secret@centro.example", created_at=NOW - DAY, distance=2.34,
)  # fmt: skip
BARE_MEMBER = Member(id=2, slug="bare", name="Bare", home_url="https://bare.example/")
CREDIT = Credit("centro", MEMBER.name, "https://centro.example/post?a=1&b=2", "https://centro.example/feed/")
BARE_CREDIT = Credit("bare", "Bare", None, "https://bare.example/feed/")


def happening(**changed: Any) -> Happening:
    """A clinic tomorrow at six in the evening."""
    start = NOW + 35 * HOUR
    made = Happening(
        event_id=7, title=f"Clinic {EVIL}", start=start, end=start + 2 * HOUR, all_day=False, timezone=ZONE,
        venue=f"Hall {EVIL}", address="11 Sycamore St", status="confirmed", repeats=True, credits=(CREDIT, BARE_CREDIT),
    )  # fmt: skip
    return replace(made, **changed)


def event(**changed: Any) -> EventDetail:
    """A weekly clinic with many dates."""
    coming = tuple(happening(start=NOW + (7 * n + 1) * DAY, end=NOW + (7 * n + 1) * DAY + HOUR) for n in range(9))
    made = EventDetail(
        id=7, title=f"Clinic {EVIL}", description="<p>Come <b>all</b></p>", link="https://centro.example/e", timezone=ZONE,
        venue="Hall", address="11 Sycamore St", latitude=42.26, longitude=-71.8, status="confirmed", rrule="FREQ=WEEKLY",
        categories=(), language="es", announced=NOW - 3 * DAY, coming=coming, past=(happening(start=NOW - DAY, end=NOW),),
        credits=(CREDIT, BARE_CREDIT),
    )  # fmt: skip
    return replace(made, **changed)


def news(**changed: Any) -> NewsEntry:
    """A post in Spanish."""
    made = NewsEntry(
        id=3, title=f"Noticia {EVIL}", link="https://centro.example/p", dated=NOW - 2 * DAY, updated=NOW - DAY, language="es",
        excerpt=f"Lea {EVIL}", content="<p>Lea <b>esto</b></p>", categories=(), credits=(CREDIT, BARE_CREDIT),
    )  # fmt: skip
    return replace(made, **changed)


def source(**changed: Any) -> SourceHealth:
    """A feed that is read well."""
    made = SourceHealth(
        id=1, member_id=1, url="https://centro.example/feed/", kind="feed", title=f"Feed {EVIL}", state="fine", problem="",
        checked_at=NOW - HOUR, good_at=NOW - HOUR, due_at=NOW, format="rss", entries=1,
    )  # fmt: skip
    return replace(made, **changed)


SELECTION = Selection(members=("centro",), language="es", topic="food", text=EVIL, near="01608", within=30)
DAYS = [
    (date(2026, 11, 22), [happening(start=NOW, end=NOW, status="tentative", timezone="America/Chicago")]),
    (date(2026, 11, 23), [happening(), happening(status="cancelled", all_day=True, repeats=False)]),
]
SOURCES = [source(), source(kind="calendar", state="broken", problem="html_page"), source(checked_at=None, state="new"),
           source(state="paused")]  # fmt: skip
UNTITLED = news(title="", language=None, excerpt="", content="", credits=(BARE_CREDIT,))
FOUND = FoundFeed("https://centro.example/feed/", f"Feed {EVIL}", "feed", "link")

FULL: dict[str, dict[str, Any]] = {
    "home.html": {"days": DAYS, "news": [news(), UNTITLED], "members": [MEMBER, BARE_MEMBER], "member_count": 34,
                  "topics": ("housing",)},
    "members/list.html": {
        "members": [MEMBER, BARE_MEMBER], "selection": SELECTION, "place": "Worcester, MA", "problem": None, "total": 34,
        "page": 2, "pages": 3, "languages": LANGUAGES, "topics": TOPICS,
    },
    "members/one.html": {"member": MEMBER, "happenings": DAYS[1][1], "news": [news()], "sources": SOURCES},
    "news/list.html": {"news": [news(), UNTITLED], "page": 2, "pages": 3, "selection": SELECTION},
    "news/one.html": {"entry": news()},
    "events/list.html": {
        "days": DAYS, "selection": SELECTION, "from_date": date(2026, 11, 22), "to_date": date(2026, 12, 20),
        "earlier": "/events?from=2026-11-01", "later": "/events?from=2026-12-20",
    },
    "events/one.html": {"event": event()},
    "subscribe.html": {},
    "about.html": {},
    "join/start.html": {"problem": EVIL, "address": EVIL},
    "join/found.html": {
        "page": Page(url="https://centro.example/"), "feeds": [(FOUND, [(EVIL, NOW, "https://x.example/"), ("b", None, None)])],
        "problems": [EVIL], "errors": {"town": EVIL, "feeds": "Tick one."},
        "values": {"name": EVIL, "feeds": [], "languages": ["es"], "topics": ["food"]},
    },
    "join/thanks.html": {},
    "desk/sign_in.html": {"problem": None},
    "desk/home.html": {
        "applications": [(MEMBER, SOURCES, [EVIL])], "members": [(MEMBER, SOURCES), (replace(BARE_MEMBER, state="paused"), [])],
        "csrf": "t0ken", "steward": STEWARD,
    },
    "desk/network.html": {"csrf": "t0ken", "steward": STEWARD, "errors": {"town": EVIL},
                          "values": {"name": EVIL, "description": EVIL, "town": EVIL, "timezone": EVIL, "contact": EVIL}},
    "desk/closed.html": {},
    "error.html": {"status": 404, "title": "Nothing here", "sentence": "Start again."},
}  # fmt: skip
NO_SELECTION = Selection()
EMPTY: dict[str, dict[str, Any]] = {
    "home.html": {"days": [], "news": [], "members": [], "member_count": 0, "topics": ()},
    "members/list.html": {
        "members": [], "selection": NO_SELECTION, "place": None, "problem": "Nowhere.", "total": 0, "page": 1, "pages": 1,
        "languages": (), "topics": (),
    },
    "members/one.html": {"member": BARE_MEMBER, "happenings": [], "news": [], "sources": []},
    "news/list.html": {"news": [], "page": 1, "pages": 1, "selection": NO_SELECTION},
    "news/one.html": {"entry": UNTITLED},
    "events/list.html": {
        "days": [], "selection": NO_SELECTION, "from_date": None, "to_date": None, "earlier": None, "later": None,
    },
    "events/one.html": {
        "event": event(title="", description="", link=None, venue="", address="", latitude=None, longitude=None, rrule=None,
                       coming=(), past=(), credits=(BARE_CREDIT,), language=None),
    },
    "subscribe.html": {},
    "about.html": {},
    "join/start.html": {"problem": None, "address": None},
    "join/found.html": {"page": Page(url="https://bare.example/"), "feeds": [], "problems": [], "errors": {}, "values": {}},
    "join/thanks.html": {},
    "desk/sign_in.html": {"problem": "Used."},
    "desk/home.html": {"applications": [], "members": [], "csrf": "t0ken", "steward": None},
    "desk/network.html": {"csrf": "t0ken", "steward": STEWARD, "errors": {"town": EVIL},
                          "values": {"name": EVIL, "description": EVIL, "town": EVIL, "timezone": EVIL, "contact": EVIL}},
    "desk/closed.html": {},
    "error.html": {"status": 500, "title": "Oh", "sentence": "Later."},
}  # fmt: skip
