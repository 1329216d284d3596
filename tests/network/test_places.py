"""The gazetteer: what people write for a place, and the file it is looked up in."""

from __future__ import annotations

import lzma
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from network.places import Gazetteer, Place, Point, bounding_box, distance_miles
from network.places.naming import areas, key
from network.places.storage import DATA, FILES

WORCESTER = Point(42.2626, -71.8023)
BOSTON = Point(42.3584, -71.0598)


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gazetteer]:
    with Gazetteer(tmp_path_factory.mktemp("data")) as opened:
        opened.prepare()
        yield opened


def label(place: Place | None) -> str | None:
    return place.label if place else None


@pytest.mark.parametrize(
    "text",
    [
        "Worcester", "worcester, ma", "Worcester MA", "WORCESTER,MA", "  Worcester ,  MA ", "Worcester, Massachusetts",
        "worcester massachusetts", "Worcester, Mass.", "Worcester, MA, USA", "Worcester, Massachusetts, Estados Unidos",
        "27 Sever St, Worcester, MA", "27 Sever St, Worcester, MA, USA",
    ],
)  # fmt: skip
def test_a_town_is_found_however_it_is_written(gazetteer: Gazetteer, text: str) -> None:
    """State or none, comma or none, short or long, any case, at the end of an address: the same town."""
    place = gazetteer.find(text)
    assert place == Place("Worcester", "MA", "US", 42.2626, -71.8023, "America/New_York")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Foxboro", "Foxborough, MA"),
        ("foxboro ma", "Foxborough, MA"),
        ("San Juan, PR", "San Juan, PR"),
        ("San Juan, Puerto Rico", "San Juan, PR"),
        ("Fortaleza", "Fortaleza, CE, BR"),
        ("fortaleza, brasil", "Fortaleza, CE, BR"),
        ("sao paulo", "São Paulo, SP, BR"),
        ("Ciudad de Mexico", "Mexico City, MX"),
        ("Pòtoprens, Ayiti", "Port-au-Prince, HT"),
        ("port au prince", "Port-au-Prince, HT"),
        ("Đà Nẵng", "Da Nang, VN"),
        ("Worcester, England", "Worcester, ENG, GB"),
        ("Worcester, Nueva York", "Worcester, NY"),
        ("W. Boylston", "West Boylston, MA"),
        ("Saint Louis", "St. Louis, MO"),
        ("Kansas City MO", "Kansas City, MO"),
        ("new york new york", "New York City, NY"),
        ("Washington, D.C.", "Washington, DC"),
        ("Athens, GA", "Athens, GA"),
        ("Toronto, ON", "Toronto, ON, CA"),
        ("Paris 75001", "Paris, FR"),
    ],
)
def test_other_names_languages_and_countries(gazetteer: Gazetteer, text: str, expected: str) -> None:
    """Former and foreign names, accents left out, states and countries in the languages of the network."""
    assert expected == label(gazetteer.find(text))


@pytest.mark.parametrize(
    "text", ["01609", "01609-1234", " 01609 ", "Worcester, MA 01609", "27 Sever St, Worcester MA 01609-1234"]
)
def test_a_zip_code_is_its_area(gazetteer: Gazetteer, text: str) -> None:
    """A ZIP code is more exact than the town beside it, and knows its state and time zone."""
    assert Place("01609", "MA", "US", 42.2851, -71.83, "America/New_York") == gazetteer.find(text)


def test_a_zip_of_po_boxes_lies_where_its_neighbours_lie(gazetteer: Gazetteer) -> None:
    """The Census has no area for 01613 (boxes in Worcester): the middle of 016xx is near enough."""
    place = gazetteer.find("01613")
    assert place is not None
    assert (place.name, place.region, place.timezone) == ("01613", "MA", "America/New_York")
    assert distance_miles(place, WORCESTER) < 5


def test_a_zip_in_puerto_rico(gazetteer: Gazetteer) -> None:
    """Puerto Rico counts as a state of the US, with its own time zone."""
    place = gazetteer.find("00901")
    assert place is not None
    assert (place.label, place.region, place.country, place.timezone) == ("00901", "PR", "US", "America/Puerto_Rico")


@pytest.mark.parametrize(
    ("text", "far", "near"),
    [
        ("Springfield", "Springfield, MO", "Springfield, MA"),
        ("Auburn", "Auburn, WA", "Auburn, MA"),
        ("Clinton", "Clinton, MD", "Clinton, MA"),
        ("Berlin", "Berlin, DE", "Berlin, MA"),
        ("Worcester", "Worcester, MA", "Worcester, MA"),
        ("Fortaleza", "Fortaleza, CE, BR", "Fortaleza, CE, BR"),
        ("Auburn, ME", "Auburn, ME", "Auburn, ME"),
    ],
)
def test_where_many_have_the_name(gazetteer: Gazetteer, text: str, far: str, near: str) -> None:
    """The largest one without a centre; near the network's centre the one there; a named state beats both."""
    assert (far, near) == (label(gazetteer.find(text)), label(gazetteer.find(text, near=WORCESTER)))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        ",",
        "Nowhere at all",
        "Worcester, Mars",
        "Nowhere, MA",
        "MA",
        "00123",
        "1609",
        "016091",
        "Worcester, MA, Brazil",
    ],
)
def test_what_is_not_known_is_none(gazetteer: Gazetteer, text: str) -> None:
    """No guess is made: an unknown name, state or ZIP gives nothing."""
    assert gazetteer.find(text) is None


@pytest.mark.parametrize(
    "text",
    ["%", "_", "Worc%", "*", '"', "'; DROP TABLE place; --", "\x00", "Worcester\x00", "\ud800", "a" * 100_000, "," * 100_000,
     "ma," * 60, "\n\t\r", "٠١٦٠٩", "０１６０９", "🏠", "\u202eretsecroW", "Z͑ͫ" * 60],
)  # fmt: skip
def test_hostile_text_does_no_harm(gazetteer: Gazetteer, text: str) -> None:
    """Wildcards, quotes, control characters, lone surrogates, endless text: an answer, and no error."""
    assert label(gazetteer.find(text)) in {None, "Worcester, MA"}
    assert len(gazetteer.suggest(text, 5)) <= 5


def test_suggestions(gazetteer: Gazetteer) -> None:
    """Places that start so, the largest first, or those near the centre first; the state may be begun."""
    assert [p.label for p in gazetteer.suggest("worces", 2)] == ["Worcester, MA", "Worcester, ZA"]
    assert [p.label for p in gazetteer.suggest("Worcester, m", 5)] == ["Worcester, MA"]
    assert [p.label for p in gazetteer.suggest("springf", 1, near=WORCESTER)] == ["Springfield, MA"]
    assert [p.label for p in gazetteer.suggest("0160", 3)] == ["01602", "01603", "01604"]
    assert [p.label for p in gazetteer.suggest("foxbo", 1)] == ["Foxborough, MA"]
    assert gazetteer.suggest("w") == []
    assert gazetteer.suggest("worcester", 0) == []


def test_a_suggestion_names_each_place_once_and_can_be_looked_up(gazetteer: Gazetteer) -> None:
    """A suggestion's label, sent back, finds a place of that label."""
    for start in ("wor", "san j", "fort", "sao", "new"):
        labels = [place.label for place in gazetteer.suggest(start, 10)]
        assert labels == [label(gazetteer.find(text)) for text in labels]


def test_distances() -> None:
    """Miles along the great circle; a box that holds the circle, also across the date line and at a pole."""
    assert round(distance_miles(WORCESTER, BOSTON), 1) == 38.5
    assert distance_miles(BOSTON, BOSTON) == 0
    assert round(distance_miles(Point(0, 179.5), Point(0, -179.5))) == 69
    box = bounding_box(WORCESTER, 25)
    for edge in (Point(box.north, WORCESTER.longitude), Point(box.south, WORCESTER.longitude)):
        assert round(distance_miles(WORCESTER, edge), 3) == 25
    assert distance_miles(WORCESTER, Point(WORCESTER.latitude, box.east)) >= 25
    assert bounding_box(Point(0, 179.9), 25).west > bounding_box(Point(0, 179.9), 25).east
    assert bounding_box(Point(89.9, 0), 25)[1::2] == (-180, 180)


def test_names_are_compared_without_accents_and_punctuation() -> None:
    """Keys of names that mean the same are the same."""
    assert "saint louis" == key("St. Louis") == key("SAINT  LOUIS")
    assert key("Winston-Salem") == "winston salem"
    assert key("Coeur d’Alene") == "coeur dalene"
    assert key("Łódź") == "lodz"
    assert key("—!?") == ""


def test_what_a_code_may_mean() -> None:
    """A state comes before a country: people in Massachusetts write MA."""
    assert areas("ma") == [("MA", "US"), ("", "MA"), ("MA", "")]
    assert areas("puerto rico") == [("PR", "US")]
    assert areas("worcester county") == []


def test_the_shipped_keys_are_those_of_the_program() -> None:
    """A change of naming.key needs the data made anew, or names would no longer be found."""
    with lzma.open(DATA / FILES[0], "rt", encoding="utf-8", newline="\n") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    assert len(rows) > 80_000
    assert all(len(row) == 8 for row in rows)
    assert [row[0] for row in rows if row[1].split("|")[0] != key(row[0])] == []


def test_the_shipped_data_is_small() -> None:
    """Everybody downloads it with the program."""
    assert sum((DATA / name).stat().st_size for name in FILES) < 4_500_000


def small_data(folder: Path, town: str) -> Path:
    """Data of one town and one ZIP area."""
    folder.mkdir(exist_ok=True)
    lines = {
        FILES[0]: f"{town}\t{key(town)}|old town\tMA\tUS\t42.1000\t-71.2000\t1500\tAmerica/New_York\n",
        FILES[1]: "01999\t42.1000\t-71.2000\tMA\tAmerica/New_York\n",
    }
    for name, text in lines.items():
        (folder / name).write_bytes(lzma.compress(text.encode()))
    return folder


def test_a_new_release_of_the_data_is_loaded(tmp_path: Path) -> None:
    """The file in the data folder is made anew when the shipped data is another, and only then."""
    data, kept = small_data(tmp_path / "shipped", "Alder"), tmp_path / "kept"
    with Gazetteer(kept, data) as first:
        assert label(first.find("old town")) == "Alder, MA"
    made = (kept / "gazetteer.db").stat().st_ino
    with Gazetteer(kept, data) as again:
        assert label(again.find("Alder")) == "Alder, MA"
    assert made == (kept / "gazetteer.db").stat().st_ino
    small_data(tmp_path / "shipped", "Birch")
    with Gazetteer(kept, data) as later:
        assert (label(later.find("Alder")), label(later.find("Birch"))) == (None, "Birch, MA")


@pytest.mark.parametrize("damage", [b"", b"not a database at all" * 100, b"SQLite format 3\x00" + bytes(5000)])
def test_a_damaged_file_is_replaced(tmp_path: Path, damage: bytes) -> None:
    """Whatever lies under that name, the gazetteer comes up."""
    data = small_data(tmp_path / "shipped", "Alder")
    (tmp_path / "gazetteer.db").write_bytes(damage)
    with Gazetteer(tmp_path, data) as gazetteer:
        assert label(gazetteer.find("Alder")) == "Alder, MA"


def test_several_may_build_at_once(tmp_path: Path) -> None:
    """Builders that start together all get a whole gazetteer, and leave nothing lying about."""
    data = small_data(tmp_path / "shipped", "Alder")
    start, found = threading.Barrier(8), []

    def build() -> None:
        start.wait()
        with Gazetteer(tmp_path / "kept", data) as gazetteer:
            found.append(label(gazetteer.find("Alder")))

    builders = [threading.Thread(target=build) for _ in range(8)]
    for builder in builders:
        builder.start()
    for builder in builders:
        builder.join()
    assert found == ["Alder, MA"] * 8
    assert [file.name for file in (tmp_path / "kept").iterdir()] == ["gazetteer.db"]


def test_nothing_is_opened_before_it_is_needed(tmp_path: Path) -> None:
    """Commands that need no places don't wait for them; a closed gazetteer opens again."""
    gazetteer = Gazetteer(tmp_path / "kept", small_data(tmp_path / "shipped", "Alder"))
    assert not (tmp_path / "kept").exists()
    gazetteer.close()
    gazetteer.prepare()
    gazetteer.close()
    assert label(gazetteer.find("01999")) == "01999"
    gazetteer.close()


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    """The caller learns why there is no gazetteer, and no unfinished file is left."""
    (tmp_path / "kept").write_text("a file where the folder should be")
    with pytest.raises(OSError, match="kept"):
        Gazetteer(tmp_path / "kept", small_data(tmp_path / "shipped", "Alder")).prepare()
