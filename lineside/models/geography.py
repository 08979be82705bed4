"""Travel between sites and homes: the ``travel`` table, or an estimate from coordinates."""

from __future__ import annotations

import math
import string
from functools import lru_cache

import zipcodes  # has no type hints

from lineside.models.scenario import Scenario
from lineside.models.tables import Site

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the earth, as the contract fixes it."""

Coordinates = tuple[float, float]


@lru_cache(maxsize=1)
def zip_table() -> dict[str, Coordinates]:
    """Return latitude and longitude of every zip code for which they are known, in degrees.

    Notes
    -----
    They are read digit by digit: once asked for all of them, the library keeps them as a list of 100 MB.
    """
    table = {}
    for digit in string.digits:
        for row in zipcodes.similar_to(digit):
            latitude, longitude = float(row["lat"]), float(row["long"])
            if latitude != 0 or longitude != 0:
                table[row["zip_code"]] = (latitude, longitude)
    return table


def zip_coordinates(zip_code: str) -> Coordinates | None:
    """Return latitude and longitude of a zip code in degrees, or None if they are unknown."""
    return zip_table().get(zip_code)


def estimated_minutes(origin: Coordinates, destination: Coordinates) -> int:
    """Return the contract's estimate of travel minutes between two coordinates.

    ``ceil(3 + km * 1.3 / 56 * 60)`` with the great-circle distance (haversine formula).
    """
    lat1, lon1, lat2, lon2 = map(math.radians, (*origin, *destination))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    kilometres = 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))
    return math.ceil(3 + kilometres * 1.3 / 56 * 60)


def site_coordinates(site: Site) -> Coordinates | None:
    """Return a site's coordinates, a missing one coming from its zip code, or None if neither is known."""
    known = zip_coordinates(site.zip) if site.zip else None
    latitude = float(site.latitude) if site.latitude is not None else known and known[0]
    longitude = float(site.longitude) if site.longitude is not None else known and known[1]
    return None if latitude is None or longitude is None else (latitude, longitude)


class Geography:
    """Travel minutes of one scenario.

    Parameters
    ----------
    scenario
        A scenario without mistakes: every place has coordinates, a known zip code, or table rows.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._sites = scenario.site_by_id
        self._table: dict[tuple[str, str], int] = {}
        for row in scenario.travel:
            self._table[row.origin, row.destination] = row.minutes
            self._table[row.destination, row.origin] = row.minutes
        self._between: dict[tuple[str, str], int] = {}

    def between_sites(self, origin: str, destination: str) -> int:
        """Return minutes between two sites: 0 for the same or an online one."""
        if origin == destination or "online" in (self._sites[origin].kind, self._sites[destination].kind):
            return 0
        if (origin, destination) not in self._between:
            self._between[origin, destination] = self._table.get((origin, destination), -1)
            if self._between[origin, destination] < 0:
                self._between[origin, destination] = self._estimate(
                    site_coordinates(self._sites[origin]), destination, origin
                )
        return self._between[origin, destination]

    def from_home(self, zip_code: str, site: str) -> int:
        """Return minutes from a home zip code to a site: 0 for an online one."""
        if self._sites[site].kind == "online":
            return 0
        if (zip_code, site) in self._table:
            return self._table[zip_code, site]
        return self._estimate(zip_coordinates(zip_code), site, f"zip {zip_code}")

    def _estimate(self, origin: Coordinates | None, site: str, origin_name: str) -> int:
        destination = site_coordinates(self._sites[site])
        if origin is None or destination is None:
            place = origin_name if origin is None else site
            raise ValueError(f"{place} has no coordinates. Give them in its row, or minutes in the travel table.")
        return estimated_minutes(origin, destination)
