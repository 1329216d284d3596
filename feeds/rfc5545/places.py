"""LOCATION → venue and address. It is one text (RFC 5545, 3.8.1.7), written in as many ways as there are programs.

Elm Park Library, 12 Main St, Worcester, MA 01609     The Events Calendar, Google, Meetup
Elm Park Library (12 Main St, Worcester)              by hand
Elm Park Library @ 12 Main St, Worcester              Upcoming
Worcester, MA, Elm Park                               athletics: town first
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import unescape
from typing import NamedTuple

MAX_LENGTH = 500

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_BREAKS = re.compile(r"\s*\n\s*")
_SPACES = re.compile(r"\s+")
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_BRACKETED = re.compile(r"([^()\[\]]+?)\s*[(\[]([^()\[\]]*\d[^()\[\]]*,[^()\[\]]*|\d+ [^()\[\]]+)[)\]]")
_NAMED = re.compile(r"(.*\S)\s(?:@|\||–|at)\s(\d+\s.*)", re.IGNORECASE)
_NUMBER_FIRST = re.compile(r"\d+(?:-\d+)?[A-Za-z]?\s+\S")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)\s+(?:floor|fl)\b", re.IGNORECASE)
_STREET_WORD_FIRST = re.compile(
    r"(?:calle|c/|avenida|avda?\.?|av\.?|carrera|paseo|rua|r\.|travessa|rue|boulevard|bd|chemin|p\.?\s?o\.?\s?box)\s+\S",
    re.IGNORECASE,
)
_STREET_WORD_LAST = re.compile(
    r"\S\s+(?:street|st|avenue|ave|road|rd|boulevard|blvd|drive|dr|lane|ln|highway|hwy|parkway|pkwy|turnpike|pike)\b\.?"
    r"(?:\s+(?:[NSEW]|north|south|east|west))?|\S*stra(?:ß|ss)e\s+\d.*|\S+str\.\s*\d.*",
    re.IGNORECASE,
)
_ZIP = re.compile(r"\d{5}(?:-\d{4})?")
_STATE = re.compile(r"([A-Za-z. ]+?)(?:\s+\d{5}(?:-\d{4})?|\s+[A-Z]\d[A-Z] ?\d[A-Z]\d)?")
_REGIONS = frozenset(
    " ".join(name.split())
    for name in """
    al, ak, az, ar, ca, co, ct, de, fl, ga, hi, id, il, in, ia, ks, ky, la, me, md, ma, mi, mn, ms, mo, mt, ne, nv,
    nh, nj, nm, ny, nc, nd, oh, ok, or, pa, pr, ri, sc, sd, tn, tx, ut, vt, va, wa, wv, wi, wy, dc, on, qc, bc, ab,
    mb, sk, ns, nb, nl, pe, yt, nt, nu, ala, ariz, ark, calif, colo, conn, del, fla, ill, ind, kan, mass, mich,
    minn, miss, mont, neb, nev, okla, ore, penn, tenn, tex, vt, wash, wis, wyo, usa, us, uk, alabama, alaska,
    arizona, arkansas, california, colorado, connecticut, delaware, florida, georgia, hawaii, idaho, illinois,
    indiana, iowa, kansas, kentucky, louisiana, maine, maryland, massachusetts, michigan, minnesota, mississippi,
    missouri, montana, nebraska, nevada, new hampshire, new jersey, new mexico, new york, north carolina, north
    dakota, ohio, oklahoma, oregon, pennsylvania, rhode island, south carolina, south dakota, tennessee, texas,
    utah, vermont, virginia, washington, west virginia, wisconsin, wyoming, puerto rico, ontario, quebec, québec,
    british columbia, alberta, united states, canada, mexico, méxico, brazil, brasil, united kingdom, france,
    germany, spain, españa, portugal, haiti, haïti, ayiti, cuba, colombia, argentina, chile, india, vietnam
    """.split(",")  # noqa: SIM905 - a list of names, one line each, would fill a screen
)
"""States and provinces of North America, in short and in full, and the countries of our members' neighbors."""


class Place(NamedTuple):
    """`link` is the address of an online gathering, when that is all that is given."""

    venue: str
    address: str
    link: str = ""


@lru_cache(maxsize=2048)
def split(location: str) -> Place:
    """The venue and the address in a LOCATION (its TEXT without escapes)."""
    found = _URL.fullmatch(location.strip())
    if found:
        return Place("", "", found[0])
    whole = _plain(location)
    for pattern in (_BRACKETED, _NAMED):
        named = pattern.fullmatch(whole)
        if named and not _is_street(named[1]):
            return Place(named[1].strip(", "), named[2].strip(", "))
    parts = [part for part in (part.strip() for part in whole.split(",")) if part]
    at = _street_at(parts)
    if at is None:
        at = _without_street(parts)
        if at is None:
            return Place(", ".join(parts[2:]), ", ".join(parts[:2]))
    return Place(", ".join(parts[:at]), ", ".join(parts[at:]))


def join(venue: str, address: str) -> str:
    """Venue and address as one LOCATION that `split` takes apart again."""
    return ", ".join(part for part in (venue, address) if part)


def _plain(location: str) -> str:
    """One line of plain text; the same text told twice is told once."""
    plain = unescape(_TAG.sub(" ", location[: 4 * MAX_LENGTH]))
    plain = _SPACES.sub(" ", _BREAKS.sub(", ", plain.strip()))[:MAX_LENGTH].strip(" ,")
    half = len(plain) // 2
    return plain[:half] if plain[:half] + "," + plain[:half] == plain else plain


def _street_at(parts: list[str]) -> int | None:
    """Which part begins the address. A venue's name may begin with a number too: `1 Hall, 5 Main St`."""
    streets = [index for index, part in enumerate(parts) if _is_street(part)]
    if not streets:
        return None
    return streets[1] if streets[0] == 0 and len(streets) > 1 and streets[1] == 1 else streets[0]


def _is_street(part: str) -> bool:
    if _NUMBER_FIRST.match(part):
        return not _ORDINAL.match(part)
    return bool(_STREET_WORD_FIRST.match(part) or _STREET_WORD_LAST.fullmatch(part))


def _without_street(parts: list[str]) -> int | None:
    """Where the address begins when no street is named; None for a town and its state before the venue."""
    if len(parts) > 2 and _is_region(parts[1]) and not _is_region(parts[2]):  # noqa: PLR2004
        return None
    only_town = len(parts) > 1 and all(map(_is_region, parts[1:]))
    return 0 if only_town else 1


def _is_region(part: str) -> bool:
    if _ZIP.fullmatch(part):
        return True
    found = _STATE.fullmatch(part)
    return bool(found) and found[1].replace(".", "").strip().casefold() in _REGIONS  # type: ignore[index]
