"""What every page owes its reader: names whole, times by the own clock, letters that can be read."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

import altair as alt
import pandas as pd
from playwright.sync_api import expect

from lineside.ui.show import INK, legible
from tests.ui.browsing import Visits, settled
from tests.ui.place import Place

LONG = "Autumn term of the machinists of both plants and the college, second draft of the committee, with night shifts"


def test_long_names_are_told_whole_in_the_side_bar(visits: Visits, place: Place) -> None:
    scenario = place.new_scenario(LONG)
    page = visits.open("planner", f"/scenario?scenario={scenario}")
    bar = page.get_by_test_id("stSidebar")
    expect(bar.get_by_text(LONG, exact=True)).to_be_visible()
    bar.get_by_role("combobox", name="Scenario").click()
    option = page.get_by_role("option", name=LONG)
    expect(option).to_be_visible()
    text = option.locator("div").last
    assert text.evaluate("text => text.scrollWidth <= text.clientWidth"), "the name is cut in the list"
    page.keyboard.press("Escape")
    place.ask("DELETE", f"/scenarios/{scenario}", headers={"If-Match": "*"})


def test_times_are_told_by_the_clock_of_whoever_looks(visits: Visits, place: Place) -> None:
    published = dt.datetime.fromisoformat(place.ask("GET", "/publications")[0]["published_at"])
    page = visits.open("planner", zone="America/Chicago")
    there = published.astimezone(ZoneInfo("America/Chicago"))
    expect(page.get_by_text(f"since {there:%b} {there.day}, {there.year}, {there:%H:%M} {there:%Z}.")).to_be_visible()
    settled(page)


def test_a_total_leads_to_its_rows_by_keyboard_alone(visits: Visits, place: Place) -> None:
    page = visits.open("planner", f"/impact?plan={place.plan}")
    page.get_by_role("button", name=re.compile("^Fullscreen: Line time lost and release")).focus()
    for key in ("Tab", "ArrowDown", "Shift+Space"):
        page.keyboard.press(key)
        settled(page)
    expect(page.get_by_role("heading", name=re.compile("^Who is away from shift"))).to_be_visible()
    # Nobody is caught in the table, and what has the focus is seen to have it.
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText.trim()") == "CSV"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_letters_of_charts_are_dark() -> None:
    drawing = alt.Chart(pd.DataFrame({"x": [1]})).mark_bar().encode(x="x:Q", color="x:Q")
    told = legible(drawing).to_dict()["config"]
    assert {told[part][letters] for part in ("axis", "legend") for letters in ("labelColor", "titleColor")} == {INK}
