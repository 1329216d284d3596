"""What `vecinos doctor` found, in words for an organizer who is no programmer."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

import click

from feeds.diagnose import PLATFORMS, advice
from network.aggregator.examination import Checkup, Complaint, Conduct, Examination
from network.i18n import dates, spans
from network.model import Happening

WIDTH = 100
INDENT = "   "
LANGUAGE = "en"
DAY = 86_400
KINDS = {"feed": ("News feed", "post"), "calendar": ("Calendar", "event")}
FORMATS = {"rss": "RSS", "atom": "Atom", "json_feed": "JSON Feed", "ical": "iCalendar", "squarespace": "Squarespace"}
HOW = {
    "link rel=alternate": "declared by the page",
    "embedded calendar": "embedded in the page",
    "link": "linked on the page",
    "usual address": "found at a usual address",
}
"""How a feed was found → where that is worth saying."""


class Findings:
    """Tells what was found, as lines of text; `now` (UTC seconds) and `timezone` are the reader's."""

    def __init__(self, now: int, timezone: str) -> None:
        self._now, self._timezone = now, timezone
        self._today = dates.local(now, timezone).date()

    def of(self, address: str, found: Examination) -> Iterator[str]:
        """All of an examination."""
        yield from _heading(address, found)
        if found.complaint:
            yield ""
            yield from _complaint(found.complaint, broken=True)
        for number, checkup in enumerate(found.checkups, 1):
            yield ""
            yield from self._checkup(checkup, number, found.platform)
        if found.checkups:
            yield ""
            yield from _summary(address, found)

    def _checkup(self, checkup: Checkup, number: int, platform: str) -> Iterator[str]:
        title = f" “{checkup.found.title}”" if checkup.found.title else ""
        state, colour = _state(checkup)
        head = f"{number}. {KINDS[checkup.found.kind][0]}{title}: "
        yield click.style(head, bold=True) + click.style(state, fg=colour, bold=True)
        yield INDENT + checkup.found.url
        facts = [FORMATS.get(checkup.feed.format, "") if checkup.feed else "", HOW.get(checkup.found.how, "")]
        facts.append(PLATFORMS.get(checkup.platform, "") if checkup.platform != platform else "")
        if any(facts):
            yield INDENT + " · ".join(fact for fact in facts if fact)
        if checkup.feed is not None:
            yield from _lines(self._amount(checkup))
            yield from self._items(checkup)
        for complaint in checkup.complaints:
            yield from _complaint(complaint, broken=checkup.feed is None)
        if checkup.conduct and checkup.feed is not None:
            yield from _conduct(checkup.found.url, checkup.conduct)

    def _amount(self, checkup: Checkup) -> str:
        assert checkup.feed is not None
        listed = len(checkup.feed.entries) + len(checkup.feed.events)
        if not listed:
            return "It lists nothing at the moment. That is no fault if the group has announced nothing."
        said = _count(listed, KINDS[checkup.found.kind][1])
        if checkup.found.kind == "calendar":
            said += f", {_count(checkup.ahead, 'date')} to come" if checkup.ahead else ", none to come"
        if checkup.newest_at is None:
            return said + "."
        last = dates.published(checkup.newest_at, self._now, self._timezone, LANGUAGE)
        if checkup.health == "quiet":
            ask = "Ask the group whether it still uses this."
            return (
                f"{said}. Nothing new since {last}{_usually(checkup, ', although there is usually one every ')}. {ask}"
            )
        newest = "last changed" if checkup.found.kind == "calendar" else "the newest from"
        return f"{said}, {newest} {last}{_usually(checkup, '; usually one every ')}."

    def _items(self, checkup: Checkup) -> Iterator[str]:
        rows = [(self._when(day), _gathering(day)) for day in checkup.coming]
        if not rows:
            rows = [(self._dated(moment), title) for title, moment, _ in checkup.latest]
        if not rows:
            return
        yield INDENT + "Readers would see:"
        column = max(len(when) for when, _ in rows) + 2
        for when, what in rows:
            yield from _lines(what, f"{INDENT}  {when:{column}}")

    def _when(self, day: Happening) -> str:
        elsewhere = dates.elsewhere(day, self._timezone, LANGUAGE)
        return dates.when(day, self._today, LANGUAGE) + (f" ({elsewhere})" if elsewhere else "")

    def _dated(self, moment: int | None) -> str:
        if moment is None:
            return "no date"
        return dates.date_name(dates.local(moment, self._timezone).date(), self._today, LANGUAGE)


def _heading(address: str, found: Examination) -> Iterator[str]:
    page = found.page
    yield click.style(page.title if page and page.title else address, bold=True)
    facts = [page.url if page and page.title else "", PLATFORMS.get(found.platform, "")]
    if any(facts):
        yield " · ".join(fact for fact in facts if fact)


def _state(checkup: Checkup) -> tuple[str, str]:
    if checkup.feed is None:
        return "BROKEN", "red"
    return ("works, but is quiet", "yellow") if checkup.health == "quiet" else ("works", "green")


def _usually(checkup: Checkup, words: str) -> str:
    return words + spans.span(checkup.usual, LANGUAGE).removeprefix("1 ") if checkup.usual else ""


def _gathering(day: Happening) -> str:
    title = {"cancelled": "Cancelled: ", "tentative": "Perhaps: "}.get(day.status, "") + day.title
    place = ", ".join(part for part in (day.venue, day.address) if part)
    return f"{title} · {place}" if place else title


def _complaint(complaint: Complaint, *, broken: bool) -> Iterator[str]:
    yield from _labelled("Wrong" if broken else "Note", complaint.text)
    yield from _labelled("How to mend it", advice(complaint.code, complaint.platform))
    if complaint.detail:
        yield from _lines(f"For technicians: {complaint.detail}")


def _conduct(url: str, conduct: Conduct) -> Iterator[str]:
    if conduct.moved_to:
        yield from _labelled("Note", f"It has moved for good. Use its new address: {conduct.moved_to}")
    elif conduct.url != url:
        yield from _lines(f"It leads on to {conduct.url}")
    told = [
        f"{max(conduct.size // 1000, 1)} kB",
        f"compressed ({conduct.compression})" if conduct.compression else "not compressed",
        "says when nothing is new" if conduct.spares else "sends everything again when nothing is new",
    ]
    if conduct.hub:
        told.append(f"tells news at once ({conduct.hub})")
    yield from _lines("Server: " + ", ".join(told))


def _summary(address: str, found: Examination) -> Iterator[str]:
    count, broken = len(found.checkups), sum(checkup.feed is None for checkup in found.checkups)
    quiet = sum(checkup.health == "quiet" for checkup in found.checkups)
    if broken:
        which = f"{broken} of {count} sources" if count > 1 else "What was found"
        yield click.style(f"{which} can't be read; how to mend it stands above.", bold=True)
    elif quiet:
        yield click.style(f"{_count(count, 'source')} can be read, {quiet} of them quiet.", bold=True)
    else:
        yield click.style(f"All is well: {_count(count, 'source')} can be read.", bold=True)
    kinds = {checkup.found.kind for checkup in found.checkups}
    if not broken and "calendar" not in kinds and all(checkup.found.how != "address" for checkup in found.checkups):
        yield "No calendar was found here. If the group keeps one elsewhere, look at its address, too."
    if broken < count:
        yield f"To add it: vecinos members add {address}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _labelled(label: str, text: str) -> Iterator[str]:
    first, *rest = _lines(f"{label}: {text}")
    yield first.replace(label, click.style(label, bold=True), 1)
    yield from rest


def _lines(text: str, first: str = INDENT) -> list[str]:
    return wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=" " * len(first),
        break_long_words=False,
        break_on_hyphens=False,
    )
