"""Places and distances on the globe. Degrees are WGS 84, distances statute miles."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple, Protocol

EARTH_RADIUS_MILES = 3958.7613
"""The mean radius (IUGG)."""


class Point(NamedTuple):
    """A spot on the globe, in degrees."""

    latitude: float
    longitude: float


class Located(Protocol):
    """Anything that lies somewhere: a Point, a Place."""

    @property
    def latitude(self) -> float: ...
    @property
    def longitude(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Place:
    """A town, or a ZIP area (then `name` is the ZIP code).

    `region` is the state's postal code in the US (Puerto Rico: "PR"), Canada and Brazil, GeoNames' code or nothing
    elsewhere. `country` is ISO 3166-1 alpha-2, "US" for the US territories too. `timezone` is an IANA name.
    """

    name: str
    region: str
    country: str
    latitude: float
    longitude: float
    timezone: str

    @property
    def label(self) -> str:
        """How the place is written so that anybody, and `Gazetteer.find`, knows which is meant: "Worcester, MA"."""
        if self.name.isdecimal():
            return self.name
        country = "" if self.country == "US" else self.country
        return ", ".join(part for part in (self.name, self.region, country) if part)


class Box(NamedTuple):
    """A rectangle of degrees. `west` is larger than `east` where it spans the date line."""

    south: float
    west: float
    north: float
    east: float


def distance_miles(a: Located, b: Located) -> float:
    """The great-circle distance (haversine), within 0.5 % of the true one."""
    south, north = math.radians(a.latitude), math.radians(b.latitude)
    east = math.radians(b.longitude - a.longitude)
    half = math.sin((north - south) / 2) ** 2 + math.cos(south) * math.cos(north) * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_MILES * math.asin(math.sqrt(min(1.0, half)))


def bounding_box(point: Located, miles: float) -> Box:
    """The smallest rectangle that holds the circle of this radius: for a query on an index, before the exact distance.

    Near a pole it spans all longitudes.
    """
    angle = miles / EARTH_RADIUS_MILES
    high = math.degrees(angle)
    south, north = point.latitude - high, point.latitude + high
    if south <= -90 or north >= 90:  # noqa: PLR2004 - the poles
        return Box(max(south, -90.0), -180.0, min(north, 90.0), 180.0)
    wide = math.degrees(math.asin(min(1.0, math.sin(angle) / math.cos(math.radians(point.latitude)))))
    return Box(south, _wrapped(point.longitude - wide), north, _wrapped(point.longitude + wide))


def _wrapped(longitude: float) -> float:
    return (longitude + 180.0) % 360.0 - 180.0 if not -180.0 <= longitude <= 180.0 else longitude  # noqa: PLR2004
