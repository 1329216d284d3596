"""How calendars are written: lines, values, places and prose, apart from any event."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.rfc5545 import places, prose, values
from feeds.rfc5545.lines import Line, content_lines, fold, params_of, split_line, text_of, unfold
from feeds.rfc5545.zones import iana, spoken

NO_CONTROLS = st.text(st.characters(exclude_categories=["C"]))


@given(NO_CONTROLS)
def test_folding(line: str) -> None:
    """A folded line has no part of more than 75 octets, and unfolds to itself."""
    folded = fold(line)
    assert max(len(part.encode()) for part in folded.split("\r\n")) <= 75
    assert line + "\n" == unfold(folded)
    assert line + "\n" == text_of(folded.encode())


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n")))
def test_text(value: str) -> None:
    """TEXT that was escaped is read as it was."""
    assert value == values.text(values.write_text(value))


@given(st.lists(st.text(st.sampled_from("a\\,;\n"), min_size=1), min_size=1))
def test_lists_of_text(parts: list[str]) -> None:
    """A list is taken apart at its own commas only."""
    assert parts == values.texts(",".join(map(values.write_text, parts)))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("SUMMARY:a:b", Line("SUMMARY", "", "a:b")),
        ("DTSTART;TZID=America/New_York:20260105", Line("DTSTART", ";TZID=America/New_York", "20260105")),
        ('X-A;B="c:d;e":f', Line("X-A", ';B="c:d;e"', "f")),
        ('ATTENDEE;CN="unbalanced:mailto:a', Line("ATTENDEE", ';CN="unbalanced', "mailto:a")),
        ("dtstart ;tzid=x:1", Line("DTSTART", ";tzid=x", "1")),
        ("Note: bring a chair", None),
        ("no colon", None),
        ("", None),
        (";:", None),
    ],
)
def test_lines(raw: str, expected: Line | None) -> None:
    """A content line has a name, parameters and a value; other lines are none."""
    assert expected == split_line(raw)


def test_floods() -> None:
    """No amount of folds, breaks, quotes or parameters costs more than a second."""
    begun = time.process_time()
    for body in (
        b"A:" + b"\r\n x" * 300_000,
        b"\n" * 1_000_000,
        b"\n \n" * 300_000,
        b"A" + b';X="y' * 200_000 + b":b",
        b"A" + b";X=y" * 200_000,
        b'A;X="' + b'"' * 1_000_000,
        b"DESCRIPTION:x\n" + b"junk\n" * 100_000,
    ):
        for line in content_lines(text_of(body)):
            params_of(line.params)
    for flood in (
        "<a " * 100_000,
        "<a href=x>" * 30_000,
        "&amp" * 100_000,
        "\n" * 100_000,
        "http://" * 30_000,
        " \n" * 100_000,
    ):
        prose.to_text(prose.to_html(flood))
        places.split(flood)
    assert time.process_time() - begun < 7


@pytest.mark.parametrize(
    ("location", "venue", "address"),
    [
        ("Library, 12 Main St, Worcester, MA 01609", "Library", "12 Main St, Worcester, MA 01609"),
        ("Library\n12 Main St\nWorcester", "Library", "12 Main St, Worcester"),
        ("Library (12 Main St, Worcester)", "Library", "12 Main St, Worcester"),
        ("Library [12 Main St]", "Library", "12 Main St"),
        ("Library @ 12 Main St, Worcester", "Library", "12 Main St, Worcester"),
        ("Room 5, Library, 12 Main St", "Room 5, Library", "12 Main St"),
        ("Library (upstairs)", "Library (upstairs)", ""),
        ("Library", "Library", ""),
        ("Library, Worcester", "Library", "Worcester"),
        ("12 Main St, Worcester", "", "12 Main St, Worcester"),
        ("1 Hall, 5 Main St, Worcester", "1 Hall", "5 Main St, Worcester"),
        ("2nd Floor, 5 Main St", "2nd Floor", "5 Main St"),
        ("Biblioteca, Calle Luna 5, San Juan, PR", "Biblioteca", "Calle Luna 5, San Juan, PR"),
        ("Rua das Flores 5, Lisboa", "", "Rua das Flores 5, Lisboa"),
        ("Worcester, MA", "", "Worcester, MA"),
        ("Worcester, MA 01609, United States", "", "Worcester, MA 01609, United States"),
        ("Worcester, MA, Elm Park", "Elm Park", "Worcester, MA"),
        ("<b>Library</b> &amp; Garden", "Library & Garden", ""),
        (" , ", "", ""),
        ("", "", ""),
    ],
)
def test_places(location: str, venue: str, address: str) -> None:
    """A venue and its address are told apart, and stay so when they were put together again."""
    expected = places.Place(venue, address)
    assert expected == places.split(location)
    assert expected == places.split(places.join(venue, address))


def test_online_place() -> None:
    """An address of the web is no place."""
    assert places.Place("", "", "https://meet.example/a?b=1") == places.split(" https://meet.example/a?b=1\n")


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>a<br>b</p><p>c</p>", "a\nb\n\nc"),
        ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
        ('<a href="https://a.example/">a</a>', "a (https://a.example/)"),
        ('<a href="https://a.example/">https://a.example/</a>', "https://a.example/"),
        ('<a href="javascript:x">a</a>', "a"),
        ("1 &lt; 2&nbsp;&amp; 3", "1 < 2 & 3"),
        ("<style>p {}</style><script>x</script>a", "a"),
        ("</a></a>a", "a"),
    ],
)
def test_html_as_text(html: str, expected: str) -> None:
    """HTML becomes text that can be read."""
    assert expected == prose.to_text(html)


@given(
    st.lists(st.sampled_from(["a", " ", "\n", "\n\n", "&", "<", "https://a.example/b?c=1&d=(2)", ".", ")"])).map(
        "".join
    )
)
def test_text_as_html_and_back(text: str) -> None:
    """Plain text that became HTML and text again gives the same HTML."""
    html = prose.to_html(text)
    assert html == prose.to_html(prose.to_text(html))


@pytest.mark.parametrize(
    ("tzid", "expected"),
    [
        ("America/New_York", "America/New_York"),
        ("america/new_york", "America/New_York"),
        ('"Europe/Berlin"', "Europe/Berlin"),
        ("/freeassociation.sourceforge.net/Tzfile/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("/Europe/Stockholm", "Europe/Stockholm"),
        ("posix/Europe/Vaduz", "Europe/Vaduz"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("tzone://Microsoft/Utc", "UTC"),
        ("Etc/UTC", "UTC"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("(GMT+10:00) Canberra, Melbourne, Sydney", "Australia/Sydney"),
        ("UTC-07", "Etc/GMT+7"),
        ("GMT+0200", "Etc/GMT-2"),
        ("../../../etc/passwd", None),
        ("Nowhere/Nowhere", None),
        ("UTC+99", None),
        ("x" * 10_000, None),
        ("", None),
    ],
)
def test_zone_names(tzid: str, expected: str | None) -> None:
    """The names that programs and people give to zones lead to IANA's."""
    assert expected == (iana(tzid) or spoken(tzid))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("P1DT2H", timedelta(hours=26)),
        ("PT90M", timedelta(minutes=90)),
        ("P2W", timedelta(weeks=2)),
        ("-PT1S", timedelta(seconds=-1)),
        ("P15M", timedelta(minutes=15)),
        ("PT0S", timedelta(0)),
        ("P", None),
        ("P1Y", None),
        ("P999999W", None),
        ("", None),
    ],
)
def test_durations(said: str, expected: timedelta | None) -> None:
    """A DURATION is a span of at most ten years, or none."""
    assert expected == values.duration(said)
