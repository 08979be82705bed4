"""The page Compare: plans side by side, in the browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from lineside.ui.views.compare import letters, letters_of, shift_chart, shift_frame
from tests.service.runs.processes import wait_for
from tests.ui.browsing import Visits, accessible, download, picture, settled
from tests.ui.grid import Grid
from tests.ui.place import PATIENCE_SECONDS, Place

SHIFT: dict[str, Any] = {
    "company": "ACME",
    "shift": "N",
    "lost_line_minutes": [8.0, 0.0],
    "stopped_minutes": [2, 0],
    "release_person_minutes": [80, 0],
}


@pytest.fixture(scope="module")
def other(place: Place) -> Iterator[str]:
    """Solve the scenario with hours of instruction so cheap that nobody gets a seat, and return the plan's id."""
    scenario = place.new_scenario("Cheap hours")
    settings = place.ask("GET", f"/scenarios/{scenario}/settings")["settings"]
    settings["prices"] = {**settings.get("prices", {}), "unseated_hour": 0}
    place.ask("PUT", f"/scenarios/{scenario}/settings", json={"settings": settings}, headers={"If-Match": "*"})
    run = place.ask("POST", "/runs", json={"scenario": scenario, "seconds": 20, "workers": 1})["id"]
    wait_for(lambda: place.ask("GET", f"/runs/{run}")["status"] == "finished", PATIENCE_SECONDS)
    yield place.ask("GET", f"/runs/{run}")["plan"]
    place.ask("DELETE", f"/scenarios/{scenario}", headers={"If-Match": "*"})


def test_the_best_plans_are_named_by_letter() -> None:
    assert letters_of([True, False, True]) == "✓ A, C"
    assert letters_of([False, False]) == "all the same"


def test_where_plans_differ_is_a_table_and_bars_with_the_plans_letters() -> None:
    frame = shift_frame([SHIFT], 2)
    assert list(frame.columns)[:4] == ["Company", "Shift", "A: line-minutes lost", "B: line-minutes lost"]
    assert frame.iloc[0, 2:].tolist() == [8, 0, 2, 0, 80, 0]
    chart, alt_text = shift_chart([SHIFT], 2)
    assert alt_text.endswith("The largest difference is at ACME, shift N: plan A 8, plan B 0.")
    assert '"A: 8"' in chart.to_json() and '"B: 0"' in chart.to_json()


def test_any_number_of_plans_has_its_letters_and_bars() -> None:
    assert letters(29)[25:] == ["Z", "AA", "AB", "AC"]
    many = {**SHIFT, **{key: SHIFT[key] * 15 for key in SHIFT if isinstance(SHIFT[key], list)}}
    assert list(shift_frame([many], 30).columns)[31] == "AD: line-minutes lost"
    chart, alt_text = shift_chart([many, many], 30)
    assert '"AD: 0"' in chart.to_json() and alt_text.endswith("plan AD 0.")


def test_two_plans_are_set_side_by_side(visits: Visits, place: Place, other: str) -> None:
    page = visits.open("planner", f"/compare?plans={place.plan},{other}")
    for name in ("Plan A", "Plan B", "What they cost", "Where they differ", "Cohorts that not every plan opens"):
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    expect(page.get_by_text("These plans were made for different tables or prices")).to_be_visible()
    measures = Grid(page, "Measures of the plans")
    expect(measures.cell(4, 2)).to_have_text("✓ B")  # line time lost
    expect(measures.cell(4, 5)).to_have_text("✓ A")  # unseated hours
    expect(page.get_by_role("link", name="Open plan B")).to_be_visible()
    seats = len(place.ask("GET", f"/plans/{place.plan}")["plan"]["seats"])
    assert len(place.ask("GET", f"/plans/{other}")["plan"]["seats"]) == 0
    expect(page.get_by_text(f"{seats} seats differ.")).to_be_visible()
    picture(page, "compare", 2600)
    accessible(page)
    name, body = download(page, lambda: page.get_by_role("button", name="CSV", exact=True).first.click())
    assert name == "measures_compared.csv"
    assert "Line time lost,line-minutes" in body.decode("utf-8-sig")


def test_a_row_of_a_plant_leads_to_whose_seat_moves_there(visits: Visits, place: Place, other: str) -> None:
    page = visits.open("planner", f"/compare?plans={place.plan},{other}")
    expect(page.get_by_role("heading", name="Whose seat moves")).to_be_visible()
    Grid(page, "Line time lost by company").select(1)
    settled(page)
    expect(page.get_by_text("seats differ at ")).to_be_visible()


def test_one_plan_is_too_few(visits: Visits, place: Place) -> None:
    page = visits.open("planner", f"/compare?plans={place.plan}")
    settled(page)
    page.get_by_role("button", name="Clear all").click()
    expect(page.get_by_text("Choose two or more plans above.")).to_be_visible()
