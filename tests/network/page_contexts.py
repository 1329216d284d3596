"""What every template is given: once full (and hostile), once empty."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from feeds.model import FoundFeed, Page
from network.directory.desk import Desk
from network.directory.health import MemberHealth, Report
from network.directory.sources import Examined, Owned, Vanishing
from network.model import (
    LANGUAGES,
    TOPICS,
    Credit,
    EventDetail,
    Happening,
    Health,
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
        checked_at=NOW - HOUR, good_at=NOW - HOUR, due_at=NOW, format="rss", entries=1, health="fine",
    )  # fmt: skip
    return replace(made, **changed)


SELECTION = Selection(members=("centro",), language="es", topic="food", text=EVIL, near="01608", within=30)
DAYS = [
    (date(2026, 11, 22), [happening(start=NOW, end=NOW, status="tentative", timezone="America/Chicago")]),
    (date(2026, 11, 23), [happening(), happening(status="cancelled", all_day=True, repeats=False)]),
]
SOURCES = [
    source(kind="calendar", state="broken", problem="html_page", health="broken", failing_since=NOW - DAY, platform="wix"),
    source(state="gone", problem="gone", health="gone", good_at=None), source(checked_at=None, state="new", health="new"),
    source(kind="calendar", held="shrunk", held_at=NOW - HOUR, missing=9, health="suspect", moved_to="https://new.example/c"),
    source(title="", held="empty", health="suspect"), source(newest_at=NOW - 90 * DAY, usual=7 * DAY, health="quiet"),
    source(state="paused", health="paused"), source(),
]  # fmt: skip
OWNED = [Owned("centro", MEMBER.name, "approved", one) for one in SOURCES]
COUNTS: dict[Health, int] = {"new": 1, "fine": 1200, "quiet": 2, "suspect": 2, "broken": 3, "paused": 1, "gone": 1}
VANISHING = Vanishing((happening(), happening(title="")), 5)


def examined(one: SourceHealth, **changed: Any) -> Examined:
    """All that is known of this source."""
    made = Examined(slug="centro", member=MEMBER.name, member_state="approved", source=one, detail=EVIL, failures=3,
                    moved_since=NOW - DAY, moved_seen=2, resting_until=NOW + HOUR, hub="active")  # fmt: skip
    return replace(made, **changed)


def desk(**changed: Any) -> Desk:
    """A desk with something in every part."""
    made = Desk(
        applications=[(MEMBER, SOURCES, [EVIL])], deciding=[(OWNED[3], VANISHING)], troubled=OWNED[:2], problems=30,
        members=[(MEMBER, SOURCES), (replace(BARE_MEMBER, state="paused"), [])], total=120, pages=3, counts=COUNTS,
    )  # fmt: skip
    return replace(made, **changed)


EMPTY_DESK = desk(applications=[], deciding=[], troubled=[], problems=0, members=[], total=0, pages=1,
                  counts=dict.fromkeys(COUNTS, 0))  # fmt: skip
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
    "health.html": {
        "report": Report((MemberHealth("centro", MEMBER.name, tuple(SOURCES)), MemberHealth("bare", "Bare", ())), 120, 3, COUNTS),
        "state": "broken", "page": 2, "pages": 3,
    },
    "desk/home.html": {"desk": desk(), "page": 2, "csrf": "t0ken", "steward": STEWARD, "done": "keep"},
    "desk/by_state.html": {"found": OWNED, "state": "broken", "counts": COUNTS, "page": 2, "pages": 3, "csrf": "t0ken",
                           "steward": STEWARD, "done": "retry"},
    "desk/source.html": {"examined": examined(SOURCES[3]), "vanishing": VANISHING, "csrf": "t0ken", "steward": STEWARD,
                         "done": "pause"},
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
    "health.html": {"report": Report((), 0, 1, dict.fromkeys(COUNTS, 0)), "state": None, "page": 1, "pages": 1},
    "desk/home.html": {"desk": EMPTY_DESK, "page": 1, "csrf": "t0ken", "steward": None, "done": ""},
    "desk/by_state.html": {"found": [], "state": "quiet", "counts": dict.fromkeys(COUNTS, 0), "page": 1, "pages": 1,
                           "csrf": "t0ken", "steward": STEWARD, "done": ""},
    "desk/source.html": {
        "examined": examined(source(checked_at=None, good_at=None, state="new", health="new", title="", format="", entries=0),
                             detail="", failures=0, moved_since=None, moved_seen=0, resting_until=None, hub="",
                             member_state="paused"),
        "vanishing": Vanishing(), "csrf": "t0ken", "steward": STEWARD, "done": "",
    },
    "desk/network.html": {"csrf": "t0ken", "steward": STEWARD, "errors": {"town": EVIL},
                          "values": {"name": EVIL, "description": EVIL, "town": EVIL, "timezone": EVIL, "contact": EVIL}},
    "desk/closed.html": {},
    "error.html": {"status": 500, "title": "Oh", "sentence": "Later."},
}  # fmt: skip
