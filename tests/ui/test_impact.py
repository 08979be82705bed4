"""The pages Impact and Roster, as a planner and as a plant manager see them."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from lineside.scenarios.road import STANDINGS
from lineside.solver import Rates
from lineside.ui.views.impact import holds, road
from lineside.ui.views.impact.charts import LOST, SPARE, heat_map, table_of
from tests.service.pdf_text import pages_of
from tests.service.runs.processes import wait_for
from tests.ui.browsing import Visits, accessible, download, message, picture, settled
from tests.ui.grid import Grid
from tests.ui.place import PATIENCE_SECONDS, Place

OTHER = "BIRCH"


def test_a_heat_map_is_told_in_words_and_as_a_table() -> None:
    lines = [{"line": "L1", "total": 12.0, "values": [12.0]}, {"line": "L2", "total": 3.0, "values": [None]}]
    told = {"count": 2, "weeks": ["2027-01-04"], "hours_of_week": None, "lines": lines}
    drawing, words = heat_map(told, "week", LOST)
    assert words == "Line time lost of 2 lines by week. Line L1 loses most, 12 line-minutes in all."
    assert '"label": "Jan 4"' in drawing.to_json()
    frame = table_of(told, "week")
    assert list(frame.columns) == ["Line", "Jan 4"] and frame["Jan 4"].to_list()[0] == 12.0
    told = {**told, "weeks": None, "hours_of_week": [30], "lines": [{"line": "L2", "total": 0.0, "values": [0.0]}]}
    assert heat_map(told, "hour_of_week", SPARE)[1].endswith("Line L2 is lowest, 0.")
    assert list(table_of(told, "hour_of_week").columns) == ["Line", "Tue 06:00"]


def look_at(page: Page, part: str) -> None:
    """Choose a part of the page."""
    page.get_by_role("radio", name=part, exact=True).click()
    settled(page)


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
    picture(page, "impact", 1600)
    accessible(page)


def test_every_total_leads_to_its_rows(visits: Visits, place: Place) -> None:
    page = visits.open("planner", f"/impact?plan={place.plan}")
    Grid(page, "Line time lost and release by company").select(1)
    expect(page.get_by_role("heading", name=re.compile("^Who is away from shift . of rota"))).to_be_visible()
    expect(Grid(page, "Who is away from which shift").cell(1, 1)).not_to_be_empty()
    look_at(page, "Lines")
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()
    Grid(page, "Line time lost of").go_to(1, 1)
    expect(page.get_by_role("heading", name=re.compile("^Who is away from line .*, week of "))).to_be_visible()
    expect(page.get_by_text(re.compile(r"^\d+ absences?, [\d,]+ working minutes\.$"))).to_be_visible()
    page.get_by_role("radiogroup", name="Over").get_by_text("By hour of the week").click()
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()
    settled(page)
    picture(page, "impact-lines", 1600)
    accessible(page)
    look_at(page, "Crews")
    Grid(page, "Fewest operators left").select(1)
    expect(page.get_by_role("heading", name=re.compile("^Who is away from line .*, rota "))).to_be_visible()
    accessible(page)
    look_at(page, "Who is away")
    expect(Grid(page, "Who is away from which shift").cell(1, 1)).not_to_be_empty()
    accessible(page)
    page.get_by_role("link", name="Whose and why").click()
    expect(page.get_by_role("radio", name="Without a seat")).to_be_checked()
    Grid(page, "Needs without a seat").select(1)
    (seat, *_) = place.ask("GET", f"/plans/{place.plan}/impact/empty-seats")["rows"]
    expect(page.get_by_role("heading", name=f"Why {seat['name']} has no seat in {seat['module_name']}")).to_be_visible()
    expect(page.get_by_role("paragraph").filter(has_text=seat["reason"])).to_be_visible()
    accessible(page)


def test_links_lead_to_the_part_of_another_page_that_they_name(visits: Visits, place: Place) -> None:
    page = visits.open("planner", f"/impact?plan={place.plan}&part=Without+a+seat")
    page.get_by_role("link", name="Sums by reason").click()
    expect(page.get_by_role("tab", name="Unseated")).to_have_attribute("aria-selected", "true")
    settled(page)
    page.get_by_role("link", name="Of each cohort").click()
    expect(page.get_by_role("tab", name="Costs")).to_have_attribute("aria-selected", "true")
    settled(page)
    assert "part=Costs" in page.url
    page.get_by_role("link", name="By crew").click()
    expect(page.get_by_role("radio", name="Crews")).to_be_checked()


def test_a_planner_asks_whether_the_plan_will_hold(visits: Visits, place: Place) -> None:
    page = visits.open("planner", f"/impact?plan={place.plan}&part=Will+it+hold")
    told = place.ask("GET", f"/plans/{place.plan}/futures")
    hold = f"{100 * told['total']['chance_all_hold']:.1f}"
    expect(page.get_by_test_id("stMetric").filter(has_text="All cohorts hold")).to_contain_text(hold)
    weakest = told["cohorts"][0]
    expect(Grid(page, "Chance that each cohort").cell(0, 1)).to_have_text(weakest["cohort"])
    expect(Grid(page, "What classes cost each crew").cell(0, 1)).to_have_text(told["crews"][0]["line"])
    picture(page, "impact-holds", 1600)
    accessible(page)
    for label in ("Apprentices who leave", "Operators who stay away", "Weeks of a crew with overtime"):
        page.get_by_role("spinbutton", name=re.compile(label)).fill("0")
        page.keyboard.press("Enter")
        settled(page)
    expect(page.get_by_test_id("stMetric").filter(has_text="All cohorts hold")).to_contain_text("100.0")
    name, body = download(page, page.get_by_role("button", name="CSV", exact=True).first.click)
    assert name == "cohorts_hold.csv" and body.decode("utf-8-sig").startswith("Cohort,Module,Site,Last meeting,People,")


def test_the_whole_road_is_told_on_a_date(visits: Visits, place: Place) -> None:
    page = visits.open("planner", f"/impact?plan={place.plan}&part=The+whole+road")
    today = place.ask("GET", f"/plans/{place.plan}/road")
    hours = f"{sum(row['program_hours'] for row in today['rows']):,.0f}"
    expect(page.get_by_test_id("stMetric").filter(has_text="Hours of the programs")).to_contain_text(hours)
    accessible(page)
    page.get_by_role("group", name="Meetings before this date").get_by_role("spinbutton").first.click()
    page.keyboard.type("12312030", delay=60)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    settled(page)
    later = place.ask("GET", f"/plans/{place.plan}/road?at=2030-12-31")
    delivered = f"{sum(row['credited_hours'] + row['delivered_hours'] for row in later['rows']):,.0f}"
    expect(page.get_by_test_id("stMetric").filter(has_text="Credited or delivered")).to_contain_text(delivered)
    picture(page, "impact-road", 1600)


def test_the_rates_of_the_page_are_the_usual_ones() -> None:
    shown = {name: usual / 100 for name, (_, usual, _) in holds.RATES.items()}
    assert shown == {name: getattr(Rates, name) for name in holds.RATES}
    assert Rates.overtime_minutes == holds.OVERTIME_MINUTES
    assert list(road.STANDINGS) == list(STANDINGS)


def test_the_sheet_for_the_board_is_printed(visits: Visits, place: Place) -> None:
    page = visits.open("planner", f"/impact?plan={place.plan}&part=Sheet+for+the+board")
    button = page.get_by_role("button", name=re.compile(r"^Week of .* \(PDF\)$"))
    name, body = download(page, button.click)
    assert name.endswith(".pdf") and pages_of(body)
    accessible(page)


def test_a_manager_sees_the_own_company_alone(visits: Visits, place: Place) -> None:
    page = visits.open("manager", "/impact")
    expect(page.get_by_role("heading", name="By company and shift")).to_be_visible()
    expect(page.get_by_text("Without a seat, needs")).to_be_visible()
    for part in ("Lines", "Who is away", "Crews", "Without a seat", "Will it hold", "The whole road", "Totals"):
        look_at(page, part)
        assert OTHER not in page.content()
    page.goto(f"{place.pages}/impact?company={OTHER}")
    expect(message(page, f"Your key opens the company {place.company} alone.")).to_be_visible()
    page.get_by_role("button", name="Show my own").click()
    expect(page.get_by_role("heading", name="By company and shift")).to_be_visible()
    accessible(page)


def test_a_manager_reads_the_roster(visits: Visits, place: Place) -> None:
    page = visits.open("manager", f"/roster?company={OTHER}")
    expect(message(page, f"Your key opens the company {place.company} alone.")).to_be_visible()
    page.get_by_role("button", name="Show my own").click()
    expect(page.get_by_text("Select a cohort to see them.")).to_be_visible()
    assert OTHER not in page.content()
    Grid(page, "Cohorts with people of your company").select(1)
    expect(page.get_by_text(re.compile("meetings? of single people, "))).to_be_visible()
    assert OTHER not in page.content()
    picture(page, "roster")
    accessible(page)
