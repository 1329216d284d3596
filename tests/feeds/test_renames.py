"""What is new only by its identity: found by what is the same, and by nothing that many have in common."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.identity import folded, is_generic, is_of_one, link_key
from feeds.merge import unrepeated
from feeds.model import Entry
from feeds.renames import Traits, entry_traits, event_traits, renamed

OLD, NEW = "https://old.example/", "https://new.example/"
TEXT = "<p>We filled the hall on Tuesday night and the landlord sent nobody at all.</p>"
OTHER = "<p>The laundry room is open again, from eight in the morning until ten at night.</p>"


def entry(
    title: str = "Victory on Main Street", link: str | None = OLD + "victory", at: int | None = 100, text: str = TEXT
) -> Traits:
    return entry_traits(title, link, at, text)


ENTRIES: dict[str, tuple[Traits, Traits, bool]] = {
    "another guid": (entry(), entry(), True),
    "another guid, title and text of the same page": (
        entry(link=OLD + "2026/11/victory-at-last"),
        entry("Victory!", OLD + "2026/11/victory-at-last", None, OTHER),
        True,
    ),
    "by number": (entry(link=OLD + "?p=12"), entry("Victory!", OLD + "?p=12", 200, OTHER), True),
    "with www. and over TLS": (
        entry(link="http://www.old.example/2026/victory/", at=None),
        entry(link=OLD + "2026/victory", at=None),
        False,
    ),
    "with www. and over TLS, the page of one": (
        entry(link="http://www.old.example/2026/victory-on-main/", at=None),
        entry("Victory", link=OLD + "2026/victory-on-main", at=None),
        True,
    ),
    "a new domain": (
        entry(link=OLD + "2026/11/victory-on-main"),
        entry(link=NEW + "2026/11/victory-on-main", at=900, text=OTHER),
        True,
    ),
    "a new domain and another title": (
        entry(link=OLD + "2026/11/victory-on-main"),
        entry("Rent strike", NEW + "2026/11/victory-on-main", 900, OTHER),
        False,
    ),
    "new addresses on a new domain, dated anew": (entry(), entry(link=NEW + "a/1", at=900), True),
    "new addresses, dated as before": (entry(), entry(link=OLD + "a/1", text=OTHER), True),
    "no links, dated as before": (entry(link=None), entry(link=None, text=""), True),
    "what a group says every month": (entry(), entry(link=OLD + "victory-2", at=900), False),
    "a page where all news are": (entry(link=OLD + "news"), entry("Rent strike", OLD + "news", 900, OTHER), False),
    "a page where all news are, the same words again": (entry(link=OLD + "news"), entry(link=OLD + "news", at=900), False),
    "a page where all news are, the same moment": (entry(link=OLD + "news"), entry("Victory!", OLD + "news", 100, OTHER), True),
    "a home page": (entry(link=OLD), entry("Rent strike", OLD, 900, OTHER), False),
    "only the title": (entry(), entry(link=NEW + "a/1", at=900, text=OTHER), False),
    "only the moment": (entry(), entry("Rent strike", NEW + "a/1", 100, OTHER), False),
    "a title that says nothing, and the moment": (
        entry("News", OLD + "a"),
        entry("News", OLD + "b", text=OTHER),
        False,
    ),
    "a title that says nothing, and the text": (entry("News", OLD + "a"), entry("News", NEW + "b", 900), True),
    "a short text": (entry(text="<p>Read more</p>", at=None), entry(link=NEW + "b", at=None, text="<p>Read more</p>"), False),
    "accents and signs": (entry("¡Reunión, sí!", OLD + "a"), entry("Reunion si", OLD + "b", text=OTHER), True),
    "nothing": (entry("", None, None, ""), entry("", None, None, ""), False),
}  # fmt: skip


@pytest.mark.parametrize("case", ENTRIES)
def test_entries(case: str) -> None:
    """An entry under another identity is the same when its page, or what it says and when, is the same."""
    old, new, same = ENTRIES[case]
    assert ({"new": "old"} if same else {}) == renamed({"old": old}, {"new": new})


START = datetime(2026, 12, 1, 18, tzinfo=ZoneInfo("America/New_York"))
LATER = datetime(2026, 12, 8, 18, tzinfo=ZoneInfo("America/New_York"))


def event(
    title: str = "Tenant meeting", link: str | None = None, start: date | str = START, rrule: str | None = None
) -> Traits:
    return event_traits(title, link, start, rrule)


EVENTS: dict[str, tuple[Traits, Traits, bool]] = {
    "Outlook": (event(), event(), True),
    "Outlook, a meeting": (event("Meeting"), event("Meeting"), True),
    "as stored, in another zone": (event(start=START.isoformat()), event(start="2026-12-01T23:00:00+00:00"), True),
    "a whole day": (event(start=date(2026, 12, 1)), event(start="2026-12-01"), True),
    "a series": (event(rrule="FREQ=WEEKLY"), event(rrule="FREQ=WEEKLY"), True),
    "a series and one date": (event(rrule="FREQ=WEEKLY"), event(), False),
    "the next week": (event(), event(start=LATER), False),
    "the next week, on a page for all": (event(link=OLD + "meetings"), event(link=OLD + "meetings", start=LATER), False),
    "put off": (event(link=OLD + "event/tenant-meeting"), event(link=OLD + "event/tenant-meeting", start=LATER), True),
    "put off, and called otherwise": (
        event(link=OLD + "event/tenant-meeting-7"),
        event("Big meeting", OLD + "event/tenant-meeting-7", LATER),
        False,
    ),
    "called otherwise": (event(link=OLD + "event/7"), event("Big meeting", OLD + "event/7"), True),
    "a new domain": (event(link=OLD + "event/tenant-meeting"), event(link=NEW + "event/tenant-meeting", start=LATER), True),
    "only the start": (event(), event("Potluck"), False),
    "no title": (event(""), event(""), False),
}  # fmt: skip


@pytest.mark.parametrize("case", EVENTS)
def test_events(case: str) -> None:
    """An event under another UID is the same when it is called the same and begins at the same time, or has one page."""
    old, new, same = EVENTS[case]
    assert ({"new": "old"} if same else {}) == renamed({"old": old}, {"new": new})


def test_several_of_one_kind() -> None:
    """What several have in common decides nothing, on either side, nor what another one still has."""
    twin, other = entry(link=None), entry("Rent strike", None, 200, OTHER)
    assert {} == renamed({"a": twin, "b": twin}, {"c": twin})
    assert {} == renamed({"a": twin}, {"c": twin, "d": twin})
    assert {} == renamed({"a": twin}, {"c": twin}, [twin])
    assert {"c": "a"} == renamed({"a": twin, "b": other}, {"c": twin}, [other])
    assert {"d": "b"} == renamed({"a": twin, "b": other}, {"c": other, "d": other} | {"c": twin} | {"e": twin})
    assert {} == renamed({}, {"c": twin})
    assert {} == renamed({"a": twin}, {})


def test_a_surer_sign_goes_first() -> None:
    """Two entries of one moment and title are told apart by their pages."""
    one, two = entry(link=OLD + "2026/victory-part-one"), entry(link=OLD + "2026/victory-part-two")
    assert {"d": "a", "c": "b"} == renamed({"a": one, "b": two}, {"c": two, "d": one})


def test_a_site_that_moves() -> None:
    """A whole feed with new guids, new addresses and new dates is known again by its texts, and what is new stays new."""
    texts = [
        f"<p>Number {number}: the tenants of building {number} have met and decided what to do.</p>"
        for number in range(9)
    ]
    before = {
        f"old-{n}": entry(f"Building {n} decides", OLD + f"?p={n}", 100 + n, text) for n, text in enumerate(texts)
    }
    after = {
        f"new-{n}": entry(f"Building {n} decides", OLD + f"blog/{n}-x", 5000, text) for n, text in enumerate(texts)
    }
    after["fresh"] = entry("A new roof", OLD + "blog/a-new-roof", 5000, OTHER)
    assert {f"new-{n}": f"old-{n}" for n in range(9)} == renamed(before, after)


TRAITS = st.builds(
    Traits,
    link_key=st.sampled_from([None, "a.example/1", "b.example/1", "a.example/news", "a.example/one-two-three"]),
    path=st.sampled_from([None, "/1", "/news", "/one-two-three"]),
    title=st.sampled_from(["", "news", "one two three", "rent strike"]),
    published=st.sampled_from([None, 1, 2]),
    text=st.sampled_from([None, "x", "y"]),
    start=st.sampled_from(["", "2026-12-01 "]),
)
NAMED = st.dictionaries(st.text("abc", min_size=1, max_size=3), TRAITS, max_size=8)


@given(NAMED, NAMED, st.lists(TRAITS, max_size=3))
def test_never_two_to_one(gone: dict[str, Traits], new: dict[str, Traits], kept: list[Traits]) -> None:
    """Whatever comes: no two new ones become one old one, only what was asked for is answered, in whatever order."""
    found = renamed(gone, new, kept)
    assert len(set(found.values())) == len(found)
    assert (found.keys() <= new.keys(), set(found.values()) <= gone.keys()) == (True, True)
    turned = renamed(dict(reversed(gone.items())), dict(reversed(new.items())), kept[::-1])
    assert found == turned


@given(NAMED)
def test_the_same_under_the_same_names(things: dict[str, Traits]) -> None:
    """What is told apart by something is never taken for another."""
    found = renamed(things, {"new " + name: traits for name, traits in things.items()})
    assert all(_alike(things[old], things[name.removeprefix("new ")]) for name, old in found.items())


def _alike(one: Traits, other: Traits) -> bool:
    """Whether two have anything in common that could be a sign."""
    return bool(
        (one.link_key and one.link_key == other.link_key)
        or (one.title and one.title == other.title)
        or (one.path and one.path == other.path)
    )


# ── titles and links ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("link", "title", "expected"),
    [
        (OLD + "news", "Victory", False),
        (OLD, "Victory", False),
        (OLD + "blog/", "", False),
        (OLD + "events/calendar", "Potluck", False),
        (OLD + "potluck", "Potluck", True),
        (OLD + "rent-strike/", "Rent strike!", True),
        (OLD + "news", "News", False),
        (OLD + "?p=12", "x", True),
        (OLD + "2026/11/we-won-it", "x", True),
        (OLD + "%C2%A1s%C3%AD-se-puede%21", "x", True),
        (OLD + "reuni%C3%B3n-anual", "Reunión anual", True),
        (None, "Potluck", False),
    ],
)
def test_pages_of_one_thing(link: str | None, title: str, expected: bool) -> None:
    """A link that ends in a number, three words or the title is of one thing; `/news` is of many."""
    assert expected == is_of_one(link_key(link), folded(title))


@pytest.mark.parametrize(
    "title", ["", "News", "MEETING", "Reunión", "Sin título", "12", "2026-11-22", "¡Hola!"[:1], "Zoom"]
)
def test_titles_that_say_nothing(title: str) -> None:
    """Such a title is no sign by itself."""
    assert is_generic(folded(title))


@pytest.mark.parametrize("title", ["Rent strike", "Reunión de inquilinas", "Día 12", "News from Main South"])
def test_titles_that_say_something(title: str) -> None:
    """Such a title is a sign together with a date or a text."""
    assert not is_generic(folded(title))


# ── one feed that repeats itself ───────────────────────────────────────────────────────────────────────────────────


@given(
    st.lists(
        st.builds(
            Entry,
            id=st.sampled_from(["1", "2", OLD + "a-b-c"]),
            link=st.sampled_from([None, OLD, OLD + "a-b-c", OLD + "d-e-f"]),
            title=st.sampled_from(["A", "B"]),
            content=st.sampled_from(["", "x"]),
        ),
        max_size=9,
    )
)
def test_nothing_is_lost_and_nothing_is_doubled(entries: list[Entry]) -> None:
    """Whatever a feed repeats: every page and every text without a page of its own is still there, under its own id."""
    kept = unrepeated(entries)
    assert len({one.id for one in kept}) == len(kept)
    pages = {one.link for one in entries if one.link not in {None, OLD}}
    assert pages == {one.link for one in kept if one.link not in {None, OLD}}
    assert kept == unrepeated(kept)
