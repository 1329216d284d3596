"""Calendars as the world writes them: our occurrences beside those of recurring-ical-events, and hostile ones refused.

The corpus lies beside the repository and is not part of it; without it these tests are skipped.
"""

from __future__ import annotations

import re
import subprocess
import sys
import warnings
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
import x_wr_timezone
from icalendar.timezone import tzp

from feeds.errors import ReadError
from feeds.parse import ical
from feeds.recurrence import expand
from tests.feeds.calendars import HOME, URL, seconds

SHARED = Path(__file__).parents[2].parent / "shared"
CORPUS = SHARED / "corpus"
if not CORPUS.is_dir():
    pytest.skip("the corpus of other people's calendars is not beside the repository", allow_module_level=True)

FILES = sorted(
    path for kind in ("real", "scraped", "suite") for path in (CORPUS / "ics" / kind).rglob("*") if path.is_file()
)
OTHERS = sorted(path for kind in ("ics/not-ics", "bad") for path in (CORPUS / kind).rglob("*") if path.is_file())
_YEAR = re.compile(rb"BEGIN:VEVENT.*?DTSTART[^:\r\n]*(?::[^:\r\n]*)?:(\d{4})", re.DOTALL)

SAME_DAY = "DTEND is the day of DTSTART: meant is one day, not none"
NAMED_ZONE = "no VTIMEZONE, but the name of the zone says enough; the library takes local time"
LOCAL_UNTIL = "UNTIL without Z is meant in the event's zone, and includes the last date"
BETTER = {
    "sebastopol__sebarts_2026_3.ics": "no UIDs and every event twice: each is shown once",
    "src__icalendar__tests__decoding2.ics": SAME_DAY,
    "tests__calendars__example.ics": SAME_DAY,
    "Germany_Holidays.ics": SAME_DAY,
    "tests__calendars__issue_526_calendar_with_different_events.ics": NAMED_ZONE,
    "tests__calendars__issue_526_calendar_with_event_subset.ics": NAMED_ZONE,
    "fixtures__Office-2012-owa.ics": NAMED_ZONE,
    "fixtures__windows-quoted-tz-rrule.ics": NAMED_ZONE,
    "fuzzing__corpus__event_with_recurrence.ics": "the time floats; an EXDATE in UTC does not move it to UTC",
    "tests__fixtures__recurrence.ics": "the time floats; an EXDATE in UTC does not move it to UTC",
    "tests__calendars__issue_156_RDATE_with_PERIOD_TZID_khal.ics": "a changed date without its series: its RDATEs count",
    "fixtures__daily-count-exdate-recurrence-id.ics": "a changed date ends before it begins: it does not begin at its end",
    "fixtures__non-utc-until-ny.ics": LOCAL_UNTIL,
    "VObject__RecurrenceIterator__UntilRespectsTimezoneTest.ics": LOCAL_UNTIL,
    "issue_201_test_matrix.ics": "a date with a DTEND or DURATION of hours lasts whole days",
}
"""Files in which the library's dates are not the ones that people mean."""


def _seconds(at: date, zone: ZoneInfo) -> int:
    moment = at if isinstance(at, datetime) else datetime.combine(at, time.min)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp())


def _libraries(body: bytes, start: int, end: int) -> Counter[tuple[int, int]]:
    """Start and end of the occurrences by recurring-ical-events, whole days in the calendar's own zone."""
    tzp.use_zoneinfo()  # forget other files' zones
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        calendar = x_wr_timezone.to_standard(icalendar.Calendar.from_ical(body))
        margin = timedelta(days=2)
        window = datetime.fromtimestamp(start, UTC) - margin, datetime.fromtimestamp(end, UTC) + margin
        events = recurring_ical_events.of(calendar).between(*window)
    days = str(calendar.get("X-WR-TIMEZONE", HOME))
    zones = ZoneInfo(HOME), ZoneInfo(HOME if days in {"UTC", "Etc/GMT"} else days)
    found: Counter[tuple[int, int]] = Counter()
    for event in events:
        first, last = event["DTSTART"].dt, event["DTEND"].dt
        zone = zones[0] if isinstance(first, datetime) else zones[1]
        span = _seconds(first, zone), _seconds(last, zone)
        if span[0] < end and (start < span[1] or start <= span[0]):
            found[span] += 1
    return found


def _years(body: bytes) -> set[int]:
    first = _YEAR.search(body)
    return {2026, *([int(first[1])] if first and 1900 < int(first[1]) < 2100 else [])}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_occurrences(path: Path) -> None:
    """In the year of the first event and in 2026, events take place when recurring-ical-events says, or better."""
    body = path.read_bytes()
    try:
        events = ical.parse(body, url=URL).events
    except ReadError:
        assert not re.search(rb"^BEGIN:VCALENDAR", body, re.MULTILINE)
        return
    assert len(events) == len({event.uid for event in events})
    same = True
    for year in _years(body):
        window = seconds(year, 1, 1), seconds(year + 1, 1, 1)
        found = [one for event in events for one in expand(event, *window, HOME)]
        try:
            expected = _libraries(body, *window)
        except Exception:  # noqa: BLE001 - the library gives up on the whole file: whatever we read is more
            return
        same &= expected == Counter((one.start, one.end) for one in found)
    assert same is (path.name not in BETTER), BETTER.get(path.name)


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.name)
def test_no_calendars(path: Path) -> None:
    """What was sent instead of a calendar is refused."""
    with pytest.raises(ReadError):
        ical.parse(path.read_bytes(), url=URL)


CHILD = """
import resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (200_000_000, 200_000_000))
from feeds.errors import ReadError
from feeds.parse import ical
from feeds.recurrence import expand
for path in sys.argv[1:]:
    body, begun = open(path, "rb").read(), time.process_time()
    try:
        events = ical.parse(body, url="https://pantry.example/").events
        for event in events:
            for year in range(2022, 2026):
                expand(event, (year - 1970) * 31_556_952, (year - 1969) * 31_556_952, "America/New_York")
        told = f"{len(events)} events"
    except ReadError as error:
        told = error.code
    print(path.rpartition("/")[2], told, time.process_time() - begun, sep=chr(9))
"""


def test_bombs(tmp_path: Path) -> None:
    """Hostile calendars are read or refused in under 2 seconds and 200 MB each; nothing else is taken for a calendar."""
    command = [sys.executable, str(CORPUS / "make_bombs.py"), str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    bombs = sorted(tmp_path.iterdir())
    done = subprocess.run([sys.executable, "-c", CHILD, *map(str, bombs)], check=True, capture_output=True, text=True)
    told = [line.split("\t") for line in done.stdout.splitlines()]
    assert len(bombs) == len(told)
    slow = [(name, cost) for name, _, cost in told if float(cost) > 2]
    assert [] == slow
    read = {name for name, what, _ in told if what.endswith("events")}
    assert {name for name in read if not name.startswith("ics_")} == set()
    assert {"ics_html.ics"} == {path.name for path in bombs if path.name.startswith("ics_")} - read
    for path in bombs:
        path.unlink()
