"""Variants, limits, strict orders, trade-offs and fair shares, in the browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lineside.ui.views.impact.totals import shares_frame
from lineside.ui.views.scenario.what_if import edit_frame
from lineside.ui.views.scenario.wishes import goals_frame
from lineside.ui.views.tradeoffs import frontier_chart, points_frame
from tests.service.runs.processes import wait_for
from tests.ui.browsing import Visits, accessible, message, picture, settled
from tests.ui.grid import Grid
from tests.ui.place import PATIENCE_SECONDS, Place

PATIENCE_MS = PATIENCE_SECONDS * 1000
POINT = {"plan": "p", "limit": None, "gap": 0.0, "is_optimal": True, "is_efficient": True}
TOLD: dict[str, Any] = {
    "minimise": "objective",
    "against": "dollars",
    "points": [
        {**POINT, "value": 253.578, "against": 944.0, "bound": 253.578},
        {
            **POINT,
            "value": 310.7,
            "against": 844.0,
            "bound": 300.0,
            "gap": 0.034,
            "is_efficient": False,
            "is_optimal": False,
        },
    ],
}
EDIT: dict[str, Any] = {
    "name": "Mixed",
    "note": "",
    "settings": [{"key": "weeks", "before": None, "after": "4"}],
    "cells": [{"table": "crews", "row": ["L", "R"], "column": "relief", "before": "0", "after": "1"}],
    "added": [{"table": "rooms", "cells": {"room": "R9", "seats": "4"}}],
    "removed": [{"table": "rooms", "row": ["R1"], "cells": {}}],
}


def test_points_are_a_stair_with_numbers_and_bars_down_to_their_bounds() -> None:
    chart, alt_text = frontier_chart(TOLD)
    assert alt_text.endswith("point 1: 253.578 line-minutes, 944 dollars; point 2: 310.7 line-minutes, 844 dollars.")
    assert chart.to_json().count('"bound": 300.0') >= 1
    frame = points_frame(TOLD)
    assert frame["More than point 1 (line-minutes)"].tolist() == [0, 57.122]
    assert frame["Proven"].tolist() == ["no plan is better in both", "at least 300 line-minutes under its limit"]


def test_an_edit_is_told_change_by_change() -> None:
    assert [tuple(row) for row in edit_frame(EDIT).itertuples(index=False)] == [
        ("setting", "weeks", "", "anything", "4"),
        ("row removed", "rooms", "R1", "", ""),
        ("cell", "crews, relief", "L, R", "0", "1"),
        ("row added", "rooms", "", "", "room R9, seats 4"),
    ]


def test_shares_of_one_company_have_no_part_of_the_whole() -> None:
    row = {"company": "A", "num_apprentices": 1, "num_seats": 1, "num_unseated": 0, "seated_hours": 2.0}
    row |= {"lost_line_minutes": 3.0, "lost_per_hour": 1.5}
    assert "Part of all" not in shares_frame([{**row, "share": None}]).columns
    assert shares_frame([{**row, "share": 0.5}, {**row, "company": "", "share": 1.0}])["Part of all"].tolist() == [
        "50.0 %",
        "100.0 %",
    ]


def test_goals_tell_what_may_be_given_up() -> None:
    goal = {
        "measure": "dollars",
        "share": 0.02,
        "more": 0.0,
        "value": 5.0,
        "bound": 4.0,
        "is_optimal": False,
        "final": 5.1,
    }
    row = goals_frame([goal]).iloc[0]
    assert (row["How sure"], row["May rise by"], row["In the plan"]) == ("at least 4", "2.0 %", 5.1)


@pytest.fixture
def scenario(place: Place) -> str:
    return place.new_scenario("For what if")


def test_a_variant_is_made_edited_and_told_what_does_not_fit(visits: Visits, place: Place, scenario: str) -> None:
    page = visits.open("planner", f"/scenario?scenario={scenario}&part=What+if")
    expect(page.get_by_text("There is no variant yet.")).to_be_visible()
    page.get_by_label("Name of the variant").fill("Free college")
    cell = 'table = "rooms", row = "TECH-R1", column = "dollars_per_hour", before = 90, after = 0'
    edit = f'name = "Free room"\ncells = [{{ {cell} }}]\n'.encode()
    page.locator("input[type=file]").set_input_files(
        {"name": "free.toml", "mimeType": "application/toml", "buffer": edit}
    )
    settled(page)
    page.get_by_role("button", name="Make it", exact=True).click()
    expect(message(page, "This is the variant Free college")).to_be_visible()
    expect(page.get_by_role("heading", name="1. Free room")).to_be_visible()
    accessible(page)
    (variant,) = place.ask("GET", f"/scenarios/{scenario}/variants")
    rooms = place.ask("GET", f"/scenarios/{scenario}/tables/rooms")
    dear = [[text.replace("90", "95") for text in row] for row in rooms["rows"]]
    place.ask("PUT", f"/scenarios/{scenario}/tables/rooms", json={**rooms, "rows": dear}, headers={"If-Match": "*"})
    page = visits.open("planner", f"/scenario?scenario={variant['id']}&part=What+if")
    expect(message(page, "the base now has '95'")).to_be_visible()
    picture(page, "scenario-what-if", 1200)
    page.get_by_role("button", name="Take this edit out").click()
    expect(page.get_by_text("It has no edit yet")).to_be_visible()
    assert place.ask("GET", f"/scenarios/{variant['id']}/edits")["conflicts"] == []


def test_a_trade_off_is_started_drawn_and_each_point_opens_its_plan(
    visits: Visits, place: Place, scenario: str
) -> None:
    page = visits.open("planner", f"/scenario?scenario={scenario}")
    choose(page, "What to look for", "a trade-off of two measures")
    expect(page.get_by_label("Points")).to_be_visible()
    page.get_by_role("button", name="Start", exact=True).click()
    expect(page.get_by_role("link", name="See the trade-off")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("link", name="See the trade-off").click()
    settled(page)
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()
    points = Grid(page, "4 points")
    expect(points.cell(2, 1)).to_have_text("253.578")
    picture(page, "compare-trade-off", 1300)
    accessible(page)
    points.select(2)
    settled(page)
    expect(page.get_by_role("link", name="Open the plan of point 2")).to_be_visible()
    page.get_by_role("button", name="Set all points side by side").click()
    expect(page.get_by_role("heading", name="Plan D", exact=True)).to_be_visible()


def test_a_strict_order_tells_what_came_of_each_measure(visits: Visits, place: Place, scenario: str) -> None:
    order = {
        "scenario": scenario,
        "seconds": 60,
        "workers": 1,
        "in_order": "unseated_hours, line_time_lost:+20, dollars",
    }
    run = place.ask("POST", "/runs", json=order)["id"]
    wait_for(lambda: place.ask("GET", f"/runs/{run}")["status"] == "finished", PATIENCE_SECONDS)
    page = visits.open("planner", f"/scenario?scenario={scenario}")
    expect(page.get_by_text("In strict order: unseated_hours")).to_be_visible()
    goals = Grid(page, "What came of each measure")
    expect(goals.cell(5, 2)).to_have_text("19.98")
    choose(page, "What to look for", "the best plan within limits")
    expect(page.get_by_label("At most (dollars): Dollars")).to_be_visible()
    accessible(page)


def test_shares_stand_on_the_page_of_the_impact(visits: Visits, place: Place) -> None:
    page = visits.open("planner", f"/impact?plan={place.plan}")
    expect(page.get_by_role("heading", name="Fair shares")).to_be_visible()
    expect(Grid(page, "Line time lost by company, in all").cell(4, 1)).to_have_text("22")


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()
    settled(page)
