"""What happened to a plan, its answers, planning anew, who changes what, and whom to tell, in the browser."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lineside.models.plan import plan_json
from tests.build import open_cohort, plan_of, tiny
from tests.service.api.conftest import scenario_body
from tests.service.runs.processes import wait_for
from tests.ui.browsing import Visits, accessible, choose, download, fill, message, picture, settled
from tests.ui.grid import Grid
from tests.ui.place import PATIENCE_SECONDS, Place

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def soon() -> tuple[dict[str, Any], dt.date]:
    """Return a region with two instructors whose term began this Monday, and the day after tomorrow."""
    today = dt.datetime.now(dt.UTC).date()
    changes: dict[str, Any] = {
        "settings": {"name": "Soon", "first_day": today - dt.timedelta(days=today.weekday()), "weeks": 4},
        "patterns": tuple(f"{day} | 15:00 | 120 | college" for day in DAYS),
        "apprentices": {"a1": {"name": "Ann"}, "a2": {"name": "Bo"}},
        "instructors": {"ida": {"name": "Ida"}, "bob": {"name": "Bob", "dollars_per_hour": 30}},
    }
    return changes, today + dt.timedelta(days=2)


@pytest.fixture
def plan(place: Place) -> str:
    """Return a plan of that region in which Ida teaches both people the day after tomorrow."""
    changes, day = soon()
    scenario = tiny(**changes)
    week = (day - changes["settings"]["first_day"]).days // 7
    text = plan_of(scenario, (open_cohort(scenario, f"{DAYS[day.weekday()]} 15:00 120", week=week), "a1 a2"))
    made = place.ask("POST", "/scenarios", json=scenario_body(**changes))["id"]
    body = {"scenario": made, "name": "Soon", "plan": json.loads(plan_json(text))}
    return str(place.ask("POST", "/plans", json=body)["id"])


def step(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).or_(page.get_by_role("button", name=name, exact=True)).first.click()
    settled(page)


def test_an_answer_is_found_taken_and_told(visits: Visits, place: Place, plan: str) -> None:
    page = visits.open("planner", f"/plan?plan={plan}&part=What+now")
    expect(page.get_by_text("The tables of this plan have no plan in force")).to_be_visible()
    step(page, "Whom to tell")
    people = Grid(page, "3 people to be told")
    expect(people.cell(4, 1)).to_have_text("Ann")
    expect(page.get_by_text("You have a new class: A module (math)")).to_be_visible()
    accessible(page)
    name, content = download(page, page.get_by_role("button", name="Download the texts (CSV)").click)
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert (name, [row["id"] for row in rows]) == ("notices.csv", ["a1", "a2", "ida"])
    step(page, "Something happened")
    fill(page, "Days of notice", "0")
    choose(page, "Kind", "An instructor is sick")
    choose(page, "Which instructor", "Ida (ida)")
    page.get_by_role("button", name="What could be done?").click()
    answers = Grid(page, "Answers by what they cost")
    # Bob teaches two hours at 30 dollars, 0.05 line-minutes each.
    expect(answers.cell(2, 1)).to_have_text("Another instructor")
    expect(answers.cell(3, 1)).to_have_text("3")
    expect(page.get_by_text("bob teaches K1 in place of ida.")).to_be_visible()
    accessible(page)
    picture(page, "plan-what-now", 1900)
    page.get_by_role("button", name="Take this answer").click()
    expect(message(page, "and shown now. Publish it to put it in force.")).to_be_visible()
    expect(page.get_by_text("Everybody keeps the seats of the plan in force.")).to_be_visible()
    (taken, _) = [row for row in place.ask("GET", "/plans") if row["scenario_name"] == "Soon"]
    text = place.ask("GET", f"/plans/{taken['id']}")["plan"]
    assert [row["instructor"] for row in text["cohorts"]] == ["bob"]


def test_a_plan_anew_says_who_changes_what_and_why(visits: Visits, place: Place, plan: str) -> None:
    page = visits.open("planner", f"/plan?plan={plan}&part=What+now")
    step(page, "Plan anew")
    fill(page, "Days of notice", "0")
    fill(page, "Most changes in all", "4")
    fill(page, "Most changes of each person", "2")
    fill(page, "Time to search (seconds)", "1")
    choose(page, "What comes first", "What changes least, then what costs least")
    page.get_by_text("Instructors or rooms that are away").click()
    settled(page)
    for name in ("Ida (ida)", "Bob (bob)"):
        choose(page, "Who or what", name)
    page.keyboard.press("Escape")
    accessible(page)
    picture(page, "plan-anew", 1200)
    page.get_by_role("button", name="Plan anew", exact=True).last.click()
    expect(message(page, "The run is queued.")).to_be_visible()
    (run,) = [row for row in place.ask("GET", "/runs") if row["method"] == "replan"]
    wait_for(lambda: place.ask("GET", f"/runs/{run['id']}")["status"] in ("finished", "failed"), PATIENCE_SECONDS)
    found = place.ask("GET", f"/runs/{run['id']}")["plan"]
    page = visits.open("planner", f"/plan?plan={found}&part=What+now")
    # Nobody can teach for five days: both people move to a later class, which are four changes.
    expect(page.get_by_text("2 seats of 2 people")).to_be_visible()
    rows = Grid(page, "Who changes what, and why")
    expect(rows.cell(5, 2)).to_have_text("moves")
    expect(rows.cell(8, 2)).to_have_text("yes")
    picture(page, "plan-who-changes", 1000)
    accessible(page)
