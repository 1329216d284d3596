"""Look-ups in the gazetteer: "01609", "Worcester MA", "Foxboro", "San Juan, PR", "Fortaleza" → a Place.

Synchronous, because a look-up costs some 10–50 µs.
"""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from network.places import storage
from network.places.naming import Area, areas_of_all, key, may_be_in
from network.places.place import Box, Located, Place, bounding_box, distance_miles

MAX_TEXT = 200
"""Characters beyond which nobody has written the name of a place."""
NEAR_MILES = 100
"""Within this distance of the given point a place comes before all that are farther away."""
CLOSE_MILES = 15
"""Among near places people count for less the farther they are: at this distance a half, at three times it a tenth."""
MOST_PARTS = 4
"""How many parts between commas are looked at, the last ones: enough for "27 Sever St, Worcester, MA, USA"."""
MOST_QUALIFIER_WORDS = 3
"""Words that may name a state without a comma before it: "washington district of columbia"."""
ANYWHERE = Area("", "")
NOWHERE = Box(0.0, 0.0, 0.0, 0.0)
ZIP = re.compile(r"(?:^|(.*?)[\s,]+)([0-9]{5})(?:-[0-9]{4})?$")
ZIP_START = re.compile(r"[0-9]{3,5}$")

FIND = """
SELECT name.weight, place.name, region, country, latitude, longitude, timezone
FROM name JOIN place ON place.id = name.place
WHERE name.key = ? AND ? IN ('', region) AND ? IN ('', country) ORDER BY name.weight DESC LIMIT 300"""
SUGGEST = """
SELECT name.weight, place.name, region, country, latitude, longitude, timezone
FROM name JOIN place ON place.id = name.place
WHERE name.key >= ? AND name.key < ?
ORDER BY latitude BETWEEN ? AND ? AND longitude BETWEEN ? AND ? DESC, name.weight DESC LIMIT ?"""
FIND_ZIP = "SELECT latitude, longitude, region, timezone FROM zip WHERE code = ?"
SUGGEST_ZIP = "SELECT code FROM zip WHERE code >= ? AND code < ? AND length(code) = 5 ORDER BY code LIMIT ?"


class Candidate(NamedTuple):
    """A place that the text may mean, and how many people speak for it."""

    weight: int
    place: Place


class Gazetteer:
    """The places that ship with the program. May be used from several threads; close it at the end."""

    def __init__(self, folder: Path, data: Path = storage.DATA) -> None:
        """`folder` is where gazetteer.db is kept, `data` where the shipped files are. Nothing is opened yet."""
        self._folder = folder
        self._data = data
        self._lock = threading.Lock()
        self._open: sqlite3.Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def prepare(self) -> None:
        """Open the gazetteer now, and build it where that is needed (two seconds), not at the first look-up."""
        with self._lock:
            if self._open is None:
                self._open = storage.connect(self._folder, self._data)

    def close(self) -> None:
        """Free the file. The next look-up would open it again."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None

    def find(self, text: str, *, near: Located | None = None) -> Place | None:
        """The place that is meant, or None when there is none by this name.

        Takes a US ZIP code, or a town with or without its state or country, also at the end of a street address. Where
        several places have the name: one near the given point if there is one, else the one with the most people.
        """
        text = text.strip()
        if len(text) > MAX_TEXT:
            return None
        rest = text
        if found := ZIP.match(text):
            rest = found[1] or ""
            if not rest or _ends_with_state(rest):
                place = self._zip(found[2])
                if place or not rest:
                    return place
        for name, area in _readings(rest):
            if candidates := self._candidates(name, area):
                return _best(candidates, near)
        return None

    def suggest(self, text: str, limit: int = 8, *, near: Located | None = None) -> list[Place]:
        """Places whose name (or ZIP code) starts so, those near the given point first, then the largest.

        After a comma the state may be begun: "worcester, m". At least two letters, or three digits, must be given.
        """
        text = text.strip()
        if len(text) > MAX_TEXT or limit < 1:
            return []
        if ZIP_START.match(text):
            rows = self._rows(SUGGEST_ZIP, text, text + "~", limit)
            return [place for (code,) in rows if (place := self._zip(code))]
        head, _, tail = text.partition(",")
        start, qualifier = key(head), key(tail)
        if len(start) < 2:  # noqa: PLR2004
            return []
        candidates = self._candidates(start, ANYWHERE) if qualifier else self._starting(start, limit, near)
        found = dict.fromkeys(c.place for c in candidates if may_be_in(qualifier, c.place.region, c.place.country))
        return list(found)[:limit]

    def _starting(self, start: str, limit: int, near: Located | None) -> list[Candidate]:
        """Places with a name that starts so; more of them than asked for, since one may be found by several names."""
        south, west, north, east = bounding_box(near, NEAR_MILES) if near else NOWHERE
        rows = self._rows(SUGGEST, start, start + "\U0010ffff", south, north, west, east, limit * 4)
        return [_candidate(row) for row in rows]

    def _rows(self, query: str, *values: str | float) -> list[tuple[Any, ...]]:
        self.prepare()
        assert self._open is not None
        return self._open.execute(query, values).fetchall()

    def _candidates(self, name: str, area: Area) -> list[Candidate]:
        return [_candidate(row) for row in self._rows(FIND, name, area.region, area.country)]

    def _zip(self, code: str) -> Place | None:
        rows = self._rows(FIND_ZIP, code) or self._rows(FIND_ZIP, code[:3])
        for latitude, longitude, region, timezone in rows:
            return Place(code, region, "US", latitude, longitude, timezone)
        return None


def _candidate(row: tuple[Any, ...]) -> Candidate:
    weight, *place = row
    return Candidate(weight, Place(*place))


def _readings(text: str) -> Iterator[tuple[str, Area]]:
    """What the text may mean, likeliest first: the key of a name, and where that name is looked for."""
    parts = [part for part in map(key, re.split(r"[,;/()\n]", text)) if part][-MOST_PARTS:]
    if not parts:
        return
    for first in range(len(parts)):
        name, qualifiers = parts[first], parts[first + 1 :]
        if first and (not qualifiers or len(name) == 2):  # noqa: PLR2004 - what comes before was a street; a state is no town
            return
        for area in areas_of_all(qualifiers):
            yield name, area
    words = parts[-1].split()
    if len(parts) == 1:
        for count in range(1, min(len(words), MOST_QUALIFIER_WORDS + 1)):
            for area in areas_of_all([" ".join(words[-count:])]):
                yield " ".join(words[:-count]), area


def _ends_with_state(text: str) -> bool:
    words = key(text).split()
    endings = (" ".join(words[-count:]) for count in range(1, MOST_QUALIFIER_WORDS + 1))
    return any(area.country == "US" and area.region for ending in endings for area in areas_of_all([ending]))


def _best(candidates: list[Candidate], near: Located | None) -> Place:
    """The candidate that is meant: near before far, then the most people (who count for less with distance)."""
    if near is None:
        return candidates[0].place

    def rank(candidate: Candidate) -> tuple[bool, float]:
        miles = distance_miles(candidate.place, near)
        is_near = miles <= NEAR_MILES
        return is_near, (candidate.weight + 1) / (1 + (miles / CLOSE_MILES) ** 2) if is_near else candidate.weight

    return max(candidates, key=rank).place
