"""The pages Impact and Roster, as a planner and as a plant manager see them."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from lineside.ui.views.impact_charts import LOST, SPARE, heat_map
from tests.service.pdf_text import pages_of
from tests.service.runs.processes import wait_for
from tests.ui.browsing import Visits, accessible, download, message, picture, settled
from tests.ui.grid import Grid
from tests.ui.place import PATIENCE_SECONDS, Place

ROW = {"line": "L1", "week": "2027-01-04", "hour_of_week": 30, "lost_line_minutes": 12.0, "least_spare_operators": 2}
OTHER = "BIRCH"


def test_a_heat_map_is_told_in_words_and_as_a_table() -> None:
    calm = {**ROW, "line": "L2", "lost_line_minutes": 3.0, "least_spare_operators": 0}
    _, words, frame = heat_map([ROW, calm], "week", LOST)
    assert words == "Line time lost of 2 lines by week of. Line L1 loses most, 12 line-minutes in all."
    assert frame.to_dict("records") == [{"Line": "L1", "Jan 4": 12.0}, {"Line": "L2", "Jan 4": 3.0}]
    drawing, words, frame = heat_map([ROW, calm], "hour_of_week", SPARE)
    assert "Line L2 comes closest, with 0." in words
    assert list(frame.columns) == ["Line", "Tue 06:00"]
    assert '"label": "Tue 06:00"' in drawing.to_json()


def test_a_planner_goes_from_totals_to_rows_and_orders_baselines(visits: Visits, place: Place) -> None:
    page = visits.open("planner", f"/impact?plan={place.plan}")
    measures = place.ask("GET", f"/plans/{place.plan}/impact")[0]
    expect(page.get_by_text(f"{measures['release_person_minutes']:,}", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Work out the baselines").click()
    told = page.get_by_text("The day class meets Tuesdays and Thursdays")
    again = page.get_by_role("button", name="Look again")

    def is_there() -> bool:
        settled(page)
        if again.count():
            again.click()
        settled(page)
        return told.count() > 0 and again.count() == 0

    wait_for(is_there, PATIENCE_SECONDS)
    rows = place.ask("GET", f"/plans/{place.plan}/baselines")
    assert {row["method"] for row in rows} == {"first_come", "day_class"}
    grid = Grid(page, "This plan beside the baselines")
    for number, row in enumerate(sorted(rows, key=lambda row: row["method"] == "day_class"), 2):
        expect(grid.cell(3, number)).to_have_text(str(row["release_person_minutes"]))
    picture(page, "impact", 3200)
    accessible(page)


def test_the_sheet_for_the_board_is_printed(visits: Visits, place: Place) -> None:
    page = visits.open("planner", f"/impact?plan={place.plan}")
    button = page.get_by_role("button", name=re.compile(r"^Week of .* \(PDF\)$"))
    name, body = download(page, button.click)
    assert name.endswith(".pdf") and pages_of(body)


def test_a_manager_sees_the_own_company_alone(visits: Visits, place: Place) -> None:
    page = visits.open("manager", "/impact")
    expect(page.get_by_role("heading", name="Who is away when")).to_be_visible()
    assert OTHER not in page.content()
    page.goto(f"{place.pages}/impact?company={OTHER}")
    expect(message(page, f"Your key opens the company {place.company} alone.")).to_be_visible()
    page.get_by_role("button", name="Show my own").click()
    expect(page.get_by_role("heading", name="Who is away when")).to_be_visible()
    accessible(page)


def test_a_manager_reads_the_roster(visits: Visits, place: Place) -> None:
    page = visits.open("manager", "/roster")
    expect(page.get_by_text("Select a cohort to see them.")).to_be_visible()
    assert OTHER not in page.content()
    picture(page, "roster")
    accessible(page)
