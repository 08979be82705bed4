"""Where things are: sites by their coordinates, homes by their zip code and blurred, on a plane in kilometres."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lineside.models.cells import SITE_KINDS
from lineside.models.geography import EARTH_RADIUS_KM, Coordinates, zip_coordinates
from lineside.ui.views.region.draft import Table, Texts

BLUR_DEGREES = 0.03
"""Homes are moved by up to this much: some three kilometres, so that no house is meant."""
HOME = "homes"
ONLINE = "online"
DRAWN = tuple(kind for kind in SITE_KINDS if kind != ONLINE)


@dataclass(frozen=True)
class Place:
    """Something on the map.

    Parameters
    ----------
    kind
        ``plant``, ``college``, ``hall`` or ``homes``.
    name
        Id and name of the site; of homes only how many there are.
    coordinates
        Latitude and longitude in degrees.
    num_apprentices
        Who work at a plant, or live about there.
    source
        Where the coordinates are from.
    """

    kind: str
    name: str
    coordinates: Coordinates
    num_apprentices: int
    source: str


def places_of(texts: Texts) -> list[Place]:
    """Return everything that can be drawn; online sites and places of unknown coordinates are not."""
    return [*_sites(texts), *_homes(texts)]


def not_drawn(texts: Texts) -> list[str]:
    """Return the ids of the sites, other than online ones, whose coordinates or kind are not known."""
    return [
        cells["site"]
        for cells in _rows(texts.tables["sites"])
        if cells["kind"] != ONLINE and (cells["kind"] not in DRAWN or _coordinates(cells) is None)
    ]


def _rows(table: Table) -> Iterator[dict[str, str]]:
    return (dict(zip(table.columns, map(str.strip, row), strict=True)) for row in table.filled()[0])


def _sites(texts: Texts) -> Iterator[Place]:
    site_of_line = {cells["line"]: cells["site"] for cells in _rows(texts.tables["lines"])}
    people = Counter(site_of_line.get(cells["line"]) for cells in _rows(texts.tables["apprentices"]))
    for cells in _rows(texts.tables["sites"]):
        found = _coordinates(cells)
        if found is not None and cells["kind"] in DRAWN:
            name = f"{cells['site']}: {cells['name']}"
            yield Place(cells["kind"], name, found[0], people[cells["site"]], found[1])


def _coordinates(cells: dict[str, str]) -> tuple[Coordinates, str] | None:
    known = zip_coordinates(cells["zip"]) if cells["zip"] else None
    try:
        latitude = float(Decimal(cells["latitude"])) if cells["latitude"] else known and known[0]
        longitude = float(Decimal(cells["longitude"])) if cells["longitude"] else known and known[1]
    except InvalidOperation:
        return None
    if latitude is None or longitude is None:
        return None
    return (latitude, longitude), "its row" if cells["latitude"] and cells["longitude"] else "its zip code"


def _homes(texts: Texts) -> Iterator[Place]:
    people = Counter(cells["zip"] for cells in _rows(texts.tables["apprentices"]))
    for code, count in people.items():
        known = zip_coordinates(code) if code else None
        if known is not None:
            yield Place(HOME, "homes about here", blurred(known, code), count, "their zip code, blurred")


def blurred(coordinates: Coordinates, code: str) -> Coordinates:
    """Return coordinates moved by an amount that is always the same for a zip code.

    >>> blurred((43.0, -88.0), "53202") == blurred((43.0, -88.0), "53202") != (43.0, -88.0)
    True
    """
    digest = hashlib.sha256(code.encode()).digest()
    shifts = (int.from_bytes(part, "big") / 2**32 * 2 - 1 for part in (digest[:4], digest[4:8]))
    north, east = (shift * BLUR_DEGREES for shift in shifts)
    return coordinates[0] + north, coordinates[1] + east


@dataclass(frozen=True)
class Plane:
    """A flat picture around a middle: good to the pixel for a region some hundred kilometres wide.

    Parameters
    ----------
    latitude, longitude
        Middle in degrees.
    half_km
        Half of the width and height that are shown.
    """

    latitude: float
    longitude: float
    half_km: float

    @classmethod
    def around(cls, places: list[Place]) -> Plane:
        """Return a plane that holds all places with a margin."""
        latitudes, longitudes = zip(*(place.coordinates for place in places), strict=True)
        middle = ((min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2)
        plane = cls(*middle, 1.0)
        reach = max(max(map(abs, plane.kilometres(place.coordinates))) for place in places)
        return cls(*middle, max(5.0, reach * 1.12))

    def kilometres(self, coordinates: Coordinates) -> tuple[float, float]:
        """Return kilometres east and north of the middle."""
        degree = math.pi * EARTH_RADIUS_KM / 180
        east = (coordinates[1] - self.longitude) * degree * math.cos(math.radians(self.latitude))
        return east, (coordinates[0] - self.latitude) * degree

    def lines(self) -> list[tuple[str, float, float, float, float, str]]:
        """Return the lines of latitude and longitude: kind, both ends in kilometres, and label in degrees."""
        degree = math.pi * EARTH_RADIUS_KM / 180
        step = _round(self.half_km / degree / 1.5)
        found = []
        for kind, middle, per_degree, unit in (
            ("latitude", self.latitude, degree, "N"),
            ("longitude", self.longitude, degree * math.cos(math.radians(self.latitude)), "W"),
        ):
            reach = self.half_km / per_degree
            for number in range(math.ceil((middle - reach) / step), math.floor((middle + reach) / step) + 1):
                at = (number * step - middle) * per_degree
                half = self.half_km
                ends = (-half, at, half, at) if kind == "latitude" else (at, -half, at, half)
                value = number * step
                side = unit if (value >= 0) == (kind == "latitude") else ("S" if kind == "latitude" else "E")
                found.append((kind, *ends, f"{abs(value):g}° {side}"))
        return found

    @property
    def scale_km(self) -> float:
        """Length of the scale bar: about a quarter of the width, a round number of kilometres."""
        return _round(self.half_km / 2)


def _round(value: float) -> float:
    """Return the largest of 1, 2, 5 times a power of ten that is not above a value.

    >>> [_round(value) for value in (0.7, 3, 49, 100)]
    [0.5, 2, 20, 100]
    """
    power = 10.0 ** math.floor(math.log10(value))
    found = max(factor for factor in (1, 2, 5) if factor * power <= value * 1.000001) * power
    return int(found) if found >= 1 else found
