"""Where things stand, for a planner and for a plant's manager."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from lineside.ui.state import first_to_look_at, own_plans
from lineside.ui.words import gap_in_words, line_minutes
from tests.ui.browsing import Visits, accessible, picture
from tests.ui.grid import Grid
from tests.ui.place import Place


def test_a_planner_sees_the_plan_in_force_the_runs_and_the_next_step(visits: Visits, place: Place) -> None:
    place.ask("POST", f"/plans/{place.plan}/publish")  # whatever other tests did before
    run = place.ask("GET", "/runs", params={"limit": 1})[0]
    scenario = place.ask("GET", f"/scenarios/{run['scenario']}")["name"]
    page = visits.open("planner")
    expect(page.get_by_role("heading", name="The plan in force")).to_be_visible()
    expect(page.get_by_text("A plan is in force.")).to_be_visible()
    runs = Grid(page, "The latest runs")
    expect(runs.cell(2, 1)).to_have_text(f"{scenario}, revision {run['revision']}")
    expect(runs.cell(4, 1)).to_have_text(line_minutes(run["objective"]))
    expect(runs.cell(5, 1)).to_have_text(run["reason"] or gap_in_words(run["objective"], run["bound"]))
    accessible(page)
    picture(page, "home-planner")
    page.get_by_role("link", name="Change the tables").click()
    expect(page.get_by_role("heading", name="Region", exact=True)).to_be_visible()


def test_a_baseline_is_not_what_people_mean_by_a_plan() -> None:
    rows = [
        {"id": "day", "method": "day_class", "in_force": False},
        {"id": "hand", "method": None, "in_force": False},
        {"id": "run", "method": "search", "in_force": True},
    ]
    assert [plan["id"] for plan in own_plans(rows)] == ["hand", "run"]
    assert first_to_look_at(rows) == "run"
    assert first_to_look_at(rows[:2]) == "hand"
    assert first_to_look_at(rows[:1]) == "day"
    assert first_to_look_at([]) is None


def test_a_manager_sees_the_own_meetings_and_nothing_of_others(visits: Visits) -> None:
    page = visits.open("manager")
    meetings = Grid(page, "Meetings in order")
    expect(meetings.cell(0, 1)).to_have_text(re.compile("2026$"))
    expect(page.get_by_text("company ASPEN")).to_be_visible()
    assert "BIRCH" not in page.content() and "Birch" not in page.content()
    accessible(page)
    picture(page, "home-manager")
