"""TZID as programs write it → IANA name (RFC 5545, 3.2.19).

The RFC leaves the names of zones to each program: `America/New_York`, `Eastern Standard Time` (Windows),
`/freeassociation.sourceforge.net/Europe/Berlin`, `(UTC-05:00) Eastern Time (US & Canada)`, `UTC-07`.
"""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

_PREFIX = re.compile(r"^\W*(?:tzone://microsoft/|posix/|right/)?", re.IGNORECASE)
_DISPLAY = re.compile(r"^\W*(?:(?:UTC|GMT)\s*(?:[+-]\s*\d{1,2}:?\d\d)?\W*)?", re.IGNORECASE | re.ASCII)
_FIXED = re.compile(r"\W*(?:UTC|GMT)\s*([+-])\s*(\d{1,2})(?::?00)?\W*", re.IGNORECASE | re.ASCII)
_UTC_NAMES = frozenset({"utc", "etc/utc", "z", "zulu", "etc/uct", "uct", "etc/zulu", "universal", "etc/universal"})
_MAX_NAME = 200

# Names that Outlook, Exchange and older servers show to people, by how they begin (lower case, without the offset).
_SPOKEN = (
    ("eastern", "America/New_York"),
    ("us-eastern", "America/New_York"),
    ("indiana", "America/Indiana/Indianapolis"),
    ("central time (us", "America/Chicago"),
    ("us-central", "America/Chicago"),
    ("mountain", "America/Denver"),
    ("us-mountain", "America/Denver"),
    ("arizona", "America/Phoenix"),
    ("pacific", "America/Los_Angeles"),
    ("us-pacific", "America/Los_Angeles"),
    ("alaska", "America/Anchorage"),
    ("hawaii", "Pacific/Honolulu"),
    ("atlantic time (can", "America/Halifax"),
    ("newfoundland", "America/St_Johns"),
    ("georgetown, la paz", "America/La_Paz"),
    ("brasilia", "America/Sao_Paulo"),
    ("buenos aires", "America/Argentina/Buenos_Aires"),
    ("bogota, lima", "America/Bogota"),
    ("guadalajara, mexico city", "America/Mexico_City"),
    ("dublin, edinburgh", "Europe/London"),
    ("amsterdam, berlin", "Europe/Berlin"),
    ("amsterdam, belgrade, berlin", "Europe/Berlin"),
    ("brussels, copenhagen", "Europe/Paris"),
    ("western/central europe", "Europe/Brussels"),
    ("canberra, melbourne", "Australia/Sydney"),
    ("bangkok, hanoi", "Asia/Bangkok"),
)


@lru_cache(maxsize=1)
def _by_folded_name() -> dict[str, str]:
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # noqa: PLC0415 - slow to import, seldom needed

    names = {name.casefold(): name for name in available_timezones() if name not in {"localtime", "Factory"}}
    return names | {name.casefold(): iana for name, iana in WINDOWS_TO_OLSON.items()}


@lru_cache(maxsize=1024)
def iana(tzid: str) -> str | None:
    """The IANA name that a TZID means by its name alone, or None. All names of UTC give `UTC`; `Etc/GMT` stays."""
    if len(tzid) > _MAX_NAME:
        return None
    names = _by_folded_name()
    name = _PREFIX.sub("", tzid.strip().strip('"')).strip("/ ").casefold()
    if name in _UTC_NAMES:
        return "UTC"
    parts = name.split("/")
    tails = ("/".join(parts[i:]) for i in range(len(parts)) if i == 0 or tzid.startswith("/"))
    return next((names[tail] for tail in tails if tail in names), None)


def spoken(tzid: str) -> str | None:
    """The IANA name behind a name meant for people or a plain offset; less sure than what a VTIMEZONE says."""
    name = _DISPLAY.sub("", tzid[:_MAX_NAME]).casefold()
    for start, found in _SPOKEN:
        if name.startswith(start):
            return found
    fixed = _FIXED.fullmatch(tzid[:_MAX_NAME])
    if fixed is None or int(fixed[2]) > 12:  # noqa: PLR2004
        return None
    # POSIX signs: Etc/GMT+7 is seven hours behind UTC.
    return f"Etc/GMT{'-' if fixed[1] == '+' else '+'}{int(fixed[2])}" if int(fixed[2]) else "UTC"


@lru_cache(maxsize=1024)
def zone_info(name: str) -> tzinfo | None:
    """The zone of an IANA name; None when there is none of that name."""
    found = iana(name)
    if found is None:
        return None
    return UTC if found == "UTC" else ZoneInfo(found)
