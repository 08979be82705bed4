"""Travel: the table, the estimate, and places that are nowhere."""

from __future__ import annotations

import math

import pytest
import zipcodes

from lineside.models.geography import (
    Geography,
    estimated_minutes,
    site_coordinates,
    zip_coordinates,
    zip_table,
)
from lineside.models.tables import Site
from tests.build import tiny


def site(**cells: str) -> Site:
    return Site.model_validate({"site": "x", "name": "X", "kind": "college", "open_to": "all", **cells})


def test_the_same_place_takes_three_minutes_of_parking() -> None:
    assert estimated_minutes((43.0, -88.0), (43.0, -88.0)) == 3


def test_a_degree_of_latitude() -> None:
    # 6371.0088 km x pi / 180 = 111.1951 km; 3 + 111.1951 x 1.3 / 56 x 60 = 157.88, up to 158.
    assert estimated_minutes((43.0, -88.0), (44.0, -88.0)) == 158


def test_a_degree_of_longitude_shrinks_with_the_latitude() -> None:
    # About 111.1951 x cos 43 = 81.3227 km: 3 + 113.27, up to 117.
    assert estimated_minutes((43.0, -88.0), (43.0, -89.0)) == 117


def test_both_ways_are_the_same() -> None:
    here, there = (43.05, -87.89), (42.73, -87.78)
    assert estimated_minutes(here, there) == estimated_minutes(there, here)


def test_the_estimate_is_rounded_up() -> None:
    degrees = 1 / (6371.0088 * math.pi / 180)  # a kilometre of latitude: 3 + 1.39
    assert estimated_minutes((43.0, -88.0), (43.0 + degrees, -88.0)) == 5


def test_zip_codes() -> None:
    assert zip_coordinates("53202") == (43.0506, -87.8968)
    assert zip_coordinates("99999") is None
    # The package has this zip code with zeros, which means that nobody knows where it is.
    assert zip_coordinates("09001") is None


def test_coordinates_of_a_site_come_before_its_zip() -> None:
    assert site_coordinates(site(latitude="43", longitude="-88", zip="53202")) == (43.0, -88.0)
    assert site_coordinates(site(zip="53202")) == (43.0506, -87.8968)
    assert site_coordinates(site(latitude="43", zip="53202")) == (43.0, -87.8968)
    assert site_coordinates(site(latitude="43")) is None
    assert site_coordinates(site(latitude="0", longitude="0")) == (0.0, 0.0)
    assert site_coordinates(site()) is None


def test_the_table_overrides_the_estimate_both_ways() -> None:
    geography = Geography(
        tiny(
            sites={
                "plant": {"kind": "plant", "company": "acme", "open_to": "own", "zip": "53202"},
                "college": {"zip": "53703"},
            },
            travel=["college | plant | 7", "53202 | college | 9"],
        )
    )
    assert geography.between_sites("plant", "college") == geography.between_sites("college", "plant") == 7
    # The home with the plant's zip code has its own row.
    assert geography.from_home("53202", "college") == 9


def test_a_row_of_no_minutes_counts() -> None:
    geography = Geography(tiny(travel=["plant | college | 0"]))
    assert geography.between_sites("plant", "college") == 0


def test_the_same_site_and_online_take_nothing() -> None:
    geography = Geography(tiny(travel=["plant | online | 99", "53202 | online | 99", "plant | plant | 99"]))
    assert geography.between_sites("plant", "plant") == 0
    assert geography.between_sites("plant", "online") == 0
    assert geography.between_sites("online", "plant") == 0
    assert geography.from_home("53202", "online") == 0


def test_the_estimate_from_home_and_between_sites_agree() -> None:
    geography = Geography(
        tiny(
            sites={
                "plant": {"kind": "plant", "company": "acme", "open_to": "own", "zip": "53202"},
                "college": {"zip": "53403"},
            },
            travel=[],
        )
    )
    expected = estimated_minutes((43.0506, -87.8968), zip_coordinates("53403") or (0, 0))
    assert geography.between_sites("plant", "college") == geography.from_home("53202", "college") == expected


@pytest.mark.parametrize("zip_code", ["99999", "09001"])
def test_a_home_without_coordinates_is_an_error(zip_code: str) -> None:
    geography = Geography(tiny(sites={"college": {"zip": "53703"}}))
    with pytest.raises(ValueError, match=f"zip {zip_code} has no coordinates. Give them in its row"):
        geography.from_home(zip_code, "college")


def test_a_site_without_coordinates_is_an_error() -> None:
    geography = Geography(tiny(travel=[], sites={"plant": {"zip": None}}))
    with pytest.raises(ValueError, match="plant has no coordinates"):
        geography.between_sites("plant", "college")


def test_the_table_of_zip_codes_has_all_that_the_library_knows() -> None:
    known = {row["zip_code"]: (float(row["lat"]), float(row["long"])) for row in zipcodes.list_all()}
    assert zip_table() == {code: place for code, place in known.items() if place != (0, 0)}
    assert len(zip_table()) > 40_000
