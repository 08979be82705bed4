"""Where things stand, for a planner and for a plant's manager."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.ui.browsing import Visits, accessible, picture
from tests.ui.grid import Grid


def test_a_planner_sees_the_plan_in_force_the_runs_and_the_next_step(visits: Visits) -> None:
    page = visits.open("planner")
    expect(page.get_by_role("heading", name="The plan in force")).to_be_visible()
    expect(page.get_by_text("A plan is in force.")).to_be_visible()
    runs = Grid(page, "The latest runs")
    expect(runs.cell(2, 1)).to_have_text(re.compile("^Two plants, revision 1$"))
    expect(runs.cell(4, 1)).to_have_text("254 line-minutes")
    expect(runs.cell(5, 1)).to_have_text("This plan is proven to be the best there is.")
    accessible(page)
    picture(page, "home-planner")
    page.get_by_role("link", name="Change the tables").click()
    expect(page.get_by_role("heading", name="Region", exact=True)).to_be_visible()


def test_a_manager_sees_the_own_meetings_and_nothing_of_others(visits: Visits) -> None:
    page = visits.open("manager")
    meetings = Grid(page, "Meetings in order")
    expect(meetings.cell(0, 1)).to_have_text(re.compile("2026$"))
    expect(page.get_by_text("company ASPEN")).to_be_visible()
    assert "BIRCH" not in page.content() and "Birch" not in page.content()
    accessible(page)
    picture(page, "home-manager")
