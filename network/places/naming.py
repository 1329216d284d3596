"""How names of places are compared, and the states and countries as people write them."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import NamedTuple

from babel import Locale

from network.model import fold

LONE_LETTERS = str.maketrans(
    {"đ": "d", "ł": "l", "ø": "o", "ı": "i", "ħ": "h", "ʻ": None, "'": None, "’": None, "‘": None}
)
"""Letters whose stroke Unicode doesn't take apart, and apostrophes (Land O'Lakes, Coeur d'Alene)."""
SHORT_FORMS = {"st": "saint", "ste": "sainte", "ft": "fort", "mt": "mount"}
COMPASS = {"n": "north", "s": "south", "e": "east", "w": "west", "no": "north", "so": "south"}
"""Spelled out only at the start of a name of several words: "W. Boylston"."""

STATES = {
    "AL": "alabama", "AK": "alaska", "AZ": "arizona", "AR": "arkansas", "CA": "california", "CO": "colorado",
    "CT": "connecticut", "DE": "delaware", "DC": "district of columbia", "FL": "florida", "GA": "georgia",
    "HI": "hawaii", "ID": "idaho", "IL": "illinois", "IN": "indiana", "IA": "iowa", "KS": "kansas", "KY": "kentucky",
    "LA": "louisiana", "ME": "maine", "MD": "maryland", "MA": "massachusetts", "MI": "michigan", "MN": "minnesota",
    "MS": "mississippi", "MO": "missouri", "MT": "montana", "NE": "nebraska", "NV": "nevada", "NH": "new hampshire",
    "NJ": "new jersey", "NM": "new mexico", "NY": "new york", "NC": "north carolina", "ND": "north dakota",
    "OH": "ohio", "OK": "oklahoma", "OR": "oregon", "PA": "pennsylvania", "RI": "rhode island", "SC": "south carolina",
    "SD": "south dakota", "TN": "tennessee", "TX": "texas", "UT": "utah", "VT": "vermont", "VA": "virginia",
    "WA": "washington", "WV": "west virginia", "WI": "wisconsin", "WY": "wyoming", "PR": "puerto rico",
    "VI": "us virgin islands", "GU": "guam", "AS": "american samoa", "MP": "northern mariana islands",
}  # fmt: skip
TERRITORIES = frozenset({"PR", "VI", "GU", "AS", "MP"})
"""States of ours that ISO 3166 and GeoNames count as countries."""
OTHER_STATE_NAMES = {
    "mass": "MA", "conn": "CT", "calif": "CA", "penn": "PA", "wash": "WA", "d c": "DC", "p r": "PR",
    "nueva york": "NY", "nova york": "NY", "nova iorque": "NY", "nueva jersey": "NJ", "nova jersey": "NJ",
    "nueva hampshire": "NH", "nuevo hampshire": "NH", "nuevo mexico": "NM", "novo mexico": "NM", "luisiana": "LA",
    "pensilvania": "PA", "misisipi": "MS", "misuri": "MO", "oregon": "OR", "tejas": "TX", "carolina del norte": "NC",
    "carolina del sur": "SC", "carolina do norte": "NC", "carolina do sul": "SC", "dakota del norte": "ND",
    "dakota del sur": "SD", "virginia occidental": "WV", "distrito de columbia": "DC", "porto rico": "PR",
}  # fmt: skip
OTHER_COUNTRY_NAMES = {
    "usa": "US", "u s a": "US", "u s": "US", "us": "US", "america": "US", "ee uu": "US", "eeuu": "US", "eua": "US",
    "estados unidos": "US", "uk": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "ayiti": "HT",
}  # fmt: skip
LANGUAGES = ("en", "es", "pt", "fr", "sq", "vi")
"""In which countries may be named (CLDR has no names in Haitian Creole)."""


class Area(NamedTuple):
    """What a qualifier such as "MA" narrows a search to. Empty means any."""

    region: str
    country: str


def key(name: str) -> str:
    """A name as it is looked up: folded, punctuation as spaces, "St." as "saint". May be empty."""
    folded = fold(name).translate(LONE_LETTERS)
    words = "".join(c if c.isalnum() else " " for c in folded).split()
    if len(words) > 1:
        words[0] = COMPASS.get(words[0], words[0])
    return " ".join(SHORT_FORMS.get(word, word) for word in words)


def areas(qualifier: str) -> list[Area]:
    """What this key may mean, likeliest first: "ma" is Massachusetts, then Morocco, then Maranhão."""
    code = qualifier.upper()
    state = code if code in STATES else _state_names().get(qualifier)
    country = code if code in _countries() else _country_names().get(qualifier)
    found = [Area(state, "US")] if state else []
    if country:
        found.append(Area("", country))
    if len(code) <= 3 and code.isalpha():  # noqa: PLR2004 - the longest codes of regions
        found.append(Area(code, ""))
    return found


def areas_of_all(qualifiers: list[str]) -> list[Area]:
    """What these keys mean together, likeliest first; none when one of them means nothing or they contradict."""
    together = []
    for combination in product(*(areas(qualifier) for qualifier in qualifiers)):
        regions = {area.region for area in combination if area.region}
        countries = {area.country for area in combination if area.country}
        if len(regions) <= 1 and len(countries) <= 1:
            together.append(Area("".join(regions), "".join(countries)))
    return together


def may_be_in(start: str, region: str, country: str) -> bool:
    """Whether the key of this region or country, its code or a name of it, starts so. Every one starts with nothing."""
    if country == "US":
        names = [region, *(name for name, code in _state_names().items() if code == region)]
    else:
        # One letter starts some name of nearly every country in one of our languages.
        names = [region, country] + [name for name, code in _country_names().items() if code == country and start[2:]]
    return any(name.casefold().startswith(start) for name in names)


@cache
def _state_names() -> dict[str, str]:
    return {name: code for code, name in STATES.items()} | OTHER_STATE_NAMES


@cache
def _countries() -> frozenset[str]:
    return frozenset(_country_names().values())


@cache
def _country_names() -> dict[str, str]:
    names = {
        key(name): code
        for language in LANGUAGES
        for code, name in Locale.parse(language).territories.items()
        if len(code) == 2 and code not in TERRITORIES  # noqa: PLR2004 - longer codes are continents
    }
    return names | OTHER_COUNTRY_NAMES
