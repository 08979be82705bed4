"""The page of a plan: its calendar, people and empty seats, changes by hand, and publishing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from lineside.models.rules import RULES
from lineside.ui.views.plan.reading import PARTS
from tests.service.runs.processes import wait_for
from tests.ui.browsing import Visits, accessible, choose, download, picture, settled
from tests.ui.grid import Grid
from tests.ui.place import RUN_SECONDS, Place

TALL = 2200


@pytest.fixture(scope="module")
def solved(place: Place) -> dict[str, Any]:
    """Solve a copy of the bundled scenario of two plants, and return its plan as the service tells it."""
    scenario = place.new_scenario("Two plants for the page Plan")
    order = {"scenario": scenario, "seconds": RUN_SECONDS, "workers": 1}
    run = place.ask("POST", "/runs", json=order)["id"]
    wait_for(lambda: place.ask("GET", f"/runs/{run}")["status"] == "finished", 120)
    whole: dict[str, Any] = place.ask("GET", f"/plans/{place.ask('GET', f'/runs/{run}')['plan']}")
    assert whole["plan"]["cohorts"], "the scenario of two plants opens cohorts"
    return whole


@pytest.fixture
def page(visits: Visits, solved: dict[str, Any]) -> Iterator[Page]:
    yield visits.open("planner", f"/plan?plan={solved['id']}")


def opened(page: Page, part: str) -> Locator:
    page.get_by_role("tab", name=part, exact=True).click()
    settled(page)
    return page.get_by_role("tabpanel")


def test_the_head_tells_what_the_plan_costs_and_whether_it_is_in_force(page: Page, solved: dict[str, Any]) -> None:
    expect(page.get_by_role("heading", name="Plan", exact=True)).to_be_visible()
    expect(page.get_by_text("Not in force")).to_be_visible()
    for words in ("Line time lost, line-minutes", "Release, person-minutes", "Delivery, dollars", "Unseated, hours"):
        expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_text("This plan is proven to be the best there is.")).to_be_visible()


@pytest.mark.parametrize("part", PARTS)
def test_every_part_shows_and_is_accessible(page: Page, part: str) -> None:
    opened(page, part)
    expect(page.locator('[data-testid="stException"]')).to_have_count(0)
    if part in ("Week", "Timeline", "Apprentice"):
        expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()
    picture(page, f"plan-{part.lower().replace(' ', '-')}", TALL)
    accessible(page)
    assert f"part={part.replace(' ', '+')}" in page.url or part == "Week"


def test_the_address_opens_a_cohort_and_an_apprentice(visits: Visits, solved: dict[str, Any]) -> None:
    cohort = solved["plan"]["cohorts"][-1]["cohort"]
    page = visits.open("planner", f"/plan?plan={solved['id']}&part=Cohort&cohort={cohort}")
    expect(page.get_by_role("combobox", name="Cohort")).to_have_value(re.compile(f"^{cohort}:"))
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    seat = solved["plan"]["seats"][-1]["apprentice"]
    page = visits.open("planner", f"/plan?plan={solved['id']}&part=Apprentice&apprentice={seat}")
    expect(page.get_by_text("Working time lost, minutes")).to_be_visible()
    expect(page.get_by_role("combobox", name="Apprentice")).to_have_value(re.compile(rf"\({seat}\)$"))


def test_a_plans_dollars_are_traced_to_its_cohorts(page: Page, place: Place, solved: dict[str, Any]) -> None:
    opened(page, "Costs")
    total = place.ask("GET", f"/plans/{solved['id']}/parts/measures")["measures"]
    expect(page.get_by_text(f"travels {total['travel_minutes']:,.0f} minutes.")).to_be_visible()
    Grid(page, "Dollars and minutes of travel").select(1)
    expect(page.get_by_role("heading", name="People", exact=True)).to_be_visible()


def test_a_click_on_a_row_leads_to_its_people(page: Page) -> None:
    opened(page, "Timeline")
    page.get_by_test_id("stDataFrame").first.click(position={"x": 20, "y": 52})  # the first row's box
    expect(page.get_by_role("tab", name="Cohort", exact=True)).to_have_attribute("aria-selected", "true")
    settled(page)
    page.get_by_test_id("stDataFrame").first.click(position={"x": 20, "y": 52})
    expect(page.get_by_role("tab", name="Apprentice", exact=True)).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text("Working time lost, minutes")).to_be_visible()
    settled(page)
    assert "apprentice=" in page.url and "cohort=" in page.url


def test_an_empty_seat_leads_to_what_would_fill_it(page: Page) -> None:
    # A5 starts on October 2, and the last class that could be opened meets on October 1.
    opened(page, "Unseated")
    Grid(page, "Empty seats with their reasons").select(1)
    expect(page.get_by_role("tab", name="Why", exact=True)).to_have_attribute("aria-selected", "true")
    expect(
        page.get_by_role("heading", name="Tyrell Banks (A5) has no seat in Blueprint reading (BLUE).")
    ).to_be_visible()
    expect(page.get_by_text("Meetings for Tyrell Banks (A5) from 2026-10-01 instead of 2026-10-02 on")).to_be_visible()
    expect(page.get_by_text("and save 176.4 line-minutes.")).to_be_visible()
    expect(page.get_by_text("No other cohort could take this person, whatever it costs")).to_be_visible()
    settled(page)
    assert "apprentice=A5" in page.url and "need=BLUE" in page.url
    accessible(page)


def test_a_seat_tells_its_next_best(visits: Visits, solved: dict[str, Any]) -> None:
    page = visits.open("planner", f"/plan?plan={solved['id']}&part=Why&apprentice=A4&need=SAFETY")
    expect(
        page.get_by_role("heading", name="Greta Lund (A4) sits in SAFETY-1 for Safety basics (SAFETY).")
    ).to_be_visible()
    # Saturday at the college instead of the plant in the evening, as the README of the two plants derives.
    expect(
        page.get_by_text(re.compile(r"The next best cohort would be a new one .*: 2\.8 line-minutes more"))
    ).to_be_visible()
    accessible(page)


def test_advice_is_looked_for_in_the_background(visits: Visits, place: Place) -> None:
    scenario = place.new_scenario("Near misses for the page Plan", "near_misses")
    run = place.ask("POST", "/runs", json={"scenario": scenario, "seconds": RUN_SECONDS, "workers": 1})["id"]
    wait_for(lambda: place.ask("GET", f"/runs/{run}")["status"] == "finished", 120)
    plan = place.ask("GET", f"/runs/{run}")["plan"]
    page = visits.open("planner", f"/plan?plan={plan}&part=Advice")
    page.get_by_role("button", name="Look for advice").click()
    expect(page.get_by_text("6 changes would save something.", exact=False)).to_be_visible(timeout=120_000)
    expect(page.get_by_text("Straits Steel mill (STEEL-P) open to all companies would save 120.6")).to_be_visible()
    settled(page)
    picture(page, "plan-advice-found", TALL)
    accessible(page)
    Grid(page, "Changes of one step by what they would save").select(1)
    expect(page.get_by_role("heading", name="Finn Okafor (S6) has no seat in Safety (SAFE).")).to_be_visible()


def test_a_move_that_breaks_duty_is_told_before_it_is_saved(page: Page, place: Place, solved: dict[str, Any]) -> None:
    before = len(place.ask("GET", "/plans"))
    opened(page, "By hand")
    choose(page, "What to change", "Move a cohort")
    choose(page, "Pattern", "Other days and hours")
    # From a shift's start in the morning to an evening class is more than the 14 hours that a stretch may span.
    page.get_by_role("textbox", name="Start").fill("22:30")
    page.get_by_role("textbox", name="Start").press("Enter")
    settled(page)
    page.get_by_role("button", name="Try it").click()
    alert = page.get_by_role("alert").filter(has_text="duty").first
    expect(alert).to_contain_text(RULES["duty"].sentence)
    expect(page.get_by_text("Not allowed: this breaks", exact=False)).to_be_visible()
    expect(page.get_by_text("Collected: 1 change, not saved")).to_be_visible()
    settled(page)
    picture(page, "plan-breaks-duty", TALL)
    accessible(page)
    assert len(place.ask("GET", "/plans")) == before
    page.get_by_role("button", name="Undo the last").click()
    expect(page.get_by_text("Nothing is tried yet.", exact=False)).to_be_visible()


def test_a_change_that_is_allowed_tells_its_cost_and_is_kept(page: Page, place: Place, solved: dict[str, Any]) -> None:
    opened(page, "By hand")
    choose(page, "What to change", "Close a cohort")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text(re.compile(r"Allowed: every rule is kept\. It costs [\d,.]+ further"))).to_be_visible()
    expect(page.get_by_text("For whom something changes", exact=False)).to_be_visible()
    name, body = download(page, lambda: page.get_by_role("button", name="CSV", exact=True).first.click())
    assert name == "costs.csv" and b"Objective,line-minutes" in body
    page.get_by_role("textbox", name="Name").fill("*One* cohort less")
    page.get_by_role("button", name="Keep as a plan of its own").click()
    expect(page.get_by_role("heading", name="*One* cohort less")).to_be_visible()
    kept = next(row for row in place.ask("GET", "/plans") if row["name"] == "*One* cohort less")
    assert kept["violations"] == 0 and kept["id"] != solved["id"]
    assert len(place.ask("GET", f"/plans/{kept['id']}")["plan"]["cohorts"]) == len(solved["plan"]["cohorts"]) - 1


def test_a_forbidden_module_becomes_a_pin_of_a_new_revision(page: Page, place: Place, solved: dict[str, Any]) -> None:
    opened(page, "By hand")
    choose(page, "What to change", "Forbid a seat")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("The pins are saved with it", exact=False)).to_be_visible()
    page.get_by_role("textbox", name="Name").fill("With a pin")
    page.get_by_role("button", name="Keep as a plan of its own").click()
    expect(page.get_by_role("heading", name="With a pin")).to_be_visible()
    pins = place.ask("GET", f"/scenarios/{solved['scenario']}/tables/pins")
    assert [row[2] for row in pins["rows"]] == ["none"]


def test_publishing_says_first_what_changes_for_whom(visits: Visits, place: Place, solved: dict[str, Any]) -> None:
    cohort = solved["plan"]["cohorts"][0]["cohort"]
    edits = {"name": "One cohort less again", "edits": [{"kind": "close-cohort", "cohort": cohort}]}
    kept = place.ask("POST", f"/plans/{solved['id']}/edited", json=edits)["id"]
    page = visits.open("planner", f"/plan?plan={kept}&part=Publish")
    expect(page.get_by_text("Against the plan in force", exact=False)).to_be_visible()
    expect(page.get_by_text("Cancelled meetings").first).to_be_visible()
    expect(page.get_by_role("button", name="Publish this plan")).to_have_count(0)
    page.get_by_text("I have looked at what changes for whom").click()
    page.get_by_role("button", name="Publish this plan").click()
    try:
        expect(page.get_by_text("This plan is in force.", exact=False)).to_be_visible()
        page.get_by_role("link", name="Hand out calendars").click()
        expect(page.get_by_role("heading", name="Calendars", exact=True)).to_be_visible()
        assert place.ask("GET", "/publications")[0]["plan"] == kept
    finally:
        place.ask("POST", f"/plans/{place.plan}/publish")  # other tests find the plan that they know in force


def test_a_plan_is_renamed_downloaded_and_deleted(visits: Visits, place: Place, solved: dict[str, Any]) -> None:
    body = {"scenario": solved["scenario"], "revision": solved["revision"], "name": "To go", "plan": solved["plan"]}
    made = place.ask("POST", "/plans", json=body)["id"]
    page = visits.open("planner", f"/plan?plan={made}")
    page.get_by_role("button", name="Rename, download or delete").click()
    name, text = download(page, lambda: page.get_by_role("button", name="JSON").click())
    assert name == "plan.json" and b'"cohorts"' in text
    page.get_by_role("textbox", name="Name").fill("Gone soon")
    page.get_by_role("button", name="Rename", exact=True).click()
    expect(page.get_by_role("heading", name="Gone soon")).to_be_visible()
    settled(page)
    if not page.get_by_text("I want to delete this plan").is_visible():
        page.get_by_role("button", name="Rename, download or delete").click()
    page.get_by_text("I want to delete this plan").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("heading", name="Gone soon")).to_have_count(0)
    assert made not in {row["id"] for row in place.ask("GET", "/plans")}
