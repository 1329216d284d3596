"""The shipped data as a read-only SQLite file, made once per release: about 10 µs a look-up and no memory of its own.

The file is named after nothing but its purpose; which release's data it holds stands inside it, and data of another
release is replaced. It is built under a name of its own and then renamed, so that nobody ever opens half a file and two
processes that build at once do no harm: the later one wins, and both files are the same.
"""

from __future__ import annotations

import hashlib
import lzma
import os
import sqlite3
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

DATA = Path(__file__).parent
FILES = ("places.tsv.xz", "zips.tsv.xz")
BATCH = 5000
LAYOUT = 1
"""Raised with every change to SCHEMA or to what the loader puts in."""
OTHER_NAME_SHARE = 20
"""A place found by another of its names counts as if it had a twentieth of its people: Quincy was once Braintree."""

SCHEMA = """
CREATE TABLE release(digest TEXT NOT NULL);
CREATE TABLE place(
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, region TEXT NOT NULL, country TEXT NOT NULL,
    latitude REAL NOT NULL, longitude REAL NOT NULL, timezone TEXT NOT NULL);
CREATE TABLE name(key TEXT NOT NULL, weight INTEGER NOT NULL, place INTEGER NOT NULL,
    PRIMARY KEY (key, weight, place)) WITHOUT ROWID;
CREATE TABLE zip(
    code TEXT PRIMARY KEY, latitude REAL NOT NULL, longitude REAL NOT NULL,
    region TEXT NOT NULL, timezone TEXT NOT NULL) WITHOUT ROWID;
"""


def connect(folder: Path, data: Path = DATA) -> sqlite3.Connection:
    """A read-only connection to the gazetteer in `folder`; built first where it is missing, damaged or of other data.

    Building takes about two seconds. Raises OSError or sqlite3.Error when the folder can't be written.
    """
    file = folder / "gazetteer.db"
    digest = _digest(data)
    connection = _open(file, digest)
    if connection is None:
        _build(file, digest, data)
        connection = _open(file, digest)
    if connection is None:
        raise OSError(f"{file} can't be read after it was built")
    return connection


def _digest(data: Path) -> str:
    """Stands for the shipped data and for how it is laid out."""
    digest = hashlib.blake2b(str(LAYOUT).encode(), digest_size=16)
    for name in FILES:
        digest.update((data / name).read_bytes())
    return digest.hexdigest()


def _open(file: Path, digest: str) -> sqlite3.Connection | None:
    if not file.is_file():
        return None
    # `immutable`: the file is only ever replaced as a whole, so no locks are needed.
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
    try:
        if connection.execute("SELECT digest FROM release").fetchone() == (digest,):
            return connection
    except sqlite3.DatabaseError:
        pass  # damaged, or something else by this name: built anew
    connection.close()
    return None


def _build(file: Path, digest: str, data: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix="gazetteer-", suffix=".tmp", dir=file.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        with closing(sqlite3.connect(unfinished, isolation_level=None)) as connection:
            connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN;" + SCHEMA)
            _load_places(connection, data / FILES[0])
            _load_zips(connection, data / FILES[1])
            connection.execute("INSERT INTO release VALUES (?)", (digest,))
            connection.execute("COMMIT")
        unfinished.replace(file)
    finally:
        unfinished.unlink(missing_ok=True)


def _rows(file: Path) -> Iterator[list[str]]:
    with lzma.open(file, "rt", encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def _load_places(connection: sqlite3.Connection, file: Path) -> None:
    """In batches, so that a server which builds the file at its start doesn't stay large because of it."""
    rows = enumerate(_rows(file))
    while batch := list(islice(rows, BATCH)):
        places: list[tuple[object, ...]] = []
        names: list[tuple[str, int, int]] = []
        for number, (name, keys, region, country, latitude, longitude, population, timezone) in batch:
            places.append((number, name, region, country, float(latitude), float(longitude), timezone))
            people = int(population)
            own, *others = keys.split("|")
            names.append((own, people, number))
            names += [(other, people // OTHER_NAME_SHARE, number) for other in others]
        connection.executemany("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?)", places)
        connection.executemany("INSERT INTO name VALUES (?, ?, ?)", sorted(names))


def _load_zips(connection: sqlite3.Connection, file: Path) -> None:
    """Also the first three digits, at the middle of their areas: what is known of a ZIP of PO boxes."""
    groups: dict[str, list[tuple[float, float, str, str]]] = defaultdict(list)
    for code, latitude, longitude, region, timezone in _rows(file):
        area = (float(latitude), float(longitude), region, timezone)
        groups[code].append(area)
        groups[code[:3]].append(area)
    connection.executemany(
        "INSERT INTO zip VALUES (?, ?, ?, ?, ?)", [(code, *_middle(areas)) for code, areas in sorted(groups.items())]
    )


def _middle(areas: list[tuple[float, float, str, str]]) -> tuple[float, float, str, str]:
    latitude = sum(area[0] for area in areas) / len(areas)
    longitude = sum(area[1] for area in areas) / len(areas)
    region = Counter(area[2] for area in areas).most_common(1)[0][0]
    timezone = Counter(area[3] for area in areas).most_common(1)[0][0]
    return round(latitude, 4), round(longitude, 4), region, timezone
