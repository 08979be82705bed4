"""The page Scenario: rules and prices, a run stopped half way, what changed, copies."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lineside.models.canonical import raw_of
from lineside.models.raw import SECTIONS
from lineside.models.rules import RULES
from lineside.models.scenario import Settings
from lineside.service.storage.texts import settings_json, table_json
from lineside.ui.client import Json
from lineside.ui.views.scenario.explained import RULE_OF, fields, in_words
from lineside.ui.views.scenario.progress import BOUND, INCUMBENT, progress_chart, progress_frame
from lineside.ui.views.scenario.rules import with_changes
from tests.build import open_cohort, plan_of, tiny
from tests.service.runs.processes import wait_for
from tests.ui.browsing import Visits, accessible, fill, message, picture
from tests.ui.grid import Grid
from tests.ui.place import PATIENCE_SECONDS, Place

PATIENCE_MS = PATIENCE_SECONDS * 1000


def told(number: int, status: str, objective: float | None, bound: float | None) -> Json:
    at = f"2027-01-04T12:00:{number:02}Z"
    return {"id": number, "at": at, "status": status, "objective": objective, "bound": bound}


def test_every_setting_but_the_name_has_its_input_and_its_meaning() -> None:
    shown = {(field.section, field.key) for section in (None, *SECTIONS) for field in fields(section)}
    written = {(None, key) for key in Settings.model_fields if key not in SECTIONS and key != "name"}
    assert shown == written | {(name, key) for name, model in SECTIONS.items() for key in model.model_fields}
    assert set(RULE_OF.values()) <= set(RULES)
    for section in SECTIONS:
        for field in fields(section):
            assert field.meaning and field.step > 0
            assert in_words(field, field.default).count("Default: ") == 1


def test_changed_settings_are_written_and_the_others_stay() -> None:
    settings = {"name": "x", "holidays": "US-WI", "rules": {"duty_minutes": 800}}
    changed = with_changes(
        settings, {("rules", "modules_at_once"): 3, ("prices", "dollar"): 0.1, (None, "holidays"): None}
    )
    assert changed == {
        "name": "x", "holidays": None, "rules": {"duty_minutes": 800, "modules_at_once": 3}, "prices": {"dollar": 0.1},
    }  # fmt: skip
    assert settings["rules"] == {"duty_minutes": 800}


def test_points_begin_with_the_run_and_leave_out_what_says_nothing_new() -> None:
    events = [told(0, "queued", None, None), told(5, "running", None, 2.0), told(7, "running", 9.0, 2.0)]
    events += [told(9, "running", 9.0, 3.0), told(11, "finished", 9.0, 9.0)]
    rows = [tuple(row) for row in progress_frame(events).itertuples(index=False)]
    assert rows == [(0, 2, BOUND), (2, 9, INCUMBENT), (4, 3, BOUND), (6, 9, INCUMBENT), (6, 9, BOUND)]
    chart, alt_text = progress_chart(events)
    assert chart is not None
    assert alt_text.endswith(
        "After 6 seconds: best plan so far 9 line-minutes; bound: no plan costs less 9 line-minutes."
    )
    assert progress_chart(events[:1])[0] is None


def test_a_run_without_a_bound_is_drawn() -> None:
    chart, alt_text = progress_chart([told(5, "running", None, None), told(7, "finished", 9.0, None)])
    assert chart is not None
    assert alt_text.endswith("After 2 seconds: best plan so far 9 line-minutes.")


@pytest.fixture
def scenario(place: Place) -> str:
    return place.new_scenario("For the page Scenario")


def start(page: Page, seconds: int) -> None:
    fill(page, "Time to search (seconds)", str(seconds))
    page.get_by_role("button", name="Start", exact=True).click()


def test_a_run_is_stopped_half_way_and_its_best_plan_is_kept(visits: Visits, place: Place) -> None:
    scenario = place.new_scenario("A run to stop", "milwaukee")
    page = visits.open("planner", f"/scenario?scenario={scenario}")
    expect(page.get_by_text("No run yet.")).to_be_visible()
    start(page, 600)
    expect(page.get_by_text("No plan can save more than")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_test_id("stVegaLiteChart")).to_be_visible()
    picture(page, "scenario-run", 1400)
    page.get_by_role("button", name="Stop and keep the best plan").click()
    expect(page.get_by_role("link", name="Open the plan")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("Stopped: after")).to_be_visible()
    accessible(page)
    (run,) = place.ask("GET", f"/runs?scenario={scenario}")
    assert (run["status"], run["outcome"]) == ("stopped", "feasible")
    assert place.ask("GET", f"/plans/{run['plan']}")["plan"]["seats"]


def test_a_run_that_was_started_elsewhere_is_shown(visits: Visits, place: Place, scenario: str) -> None:
    page = visits.open("planner", f"/scenario?scenario={scenario}")
    expect(page.get_by_text("No run yet.")).to_be_visible()
    place.ask("POST", "/runs", json={"scenario": scenario, "seconds": 20, "workers": 1})
    expect(page.get_by_text("This plan is proven to be the best there is.")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_role("link", name="Open the plan")).to_be_visible()


def test_a_run_of_a_draft_tells_its_mistakes(visits: Visits, place: Place, scenario: str) -> None:
    settings = place.ask("GET", f"/scenarios/{scenario}/settings")["settings"]
    place.ask(
        "PUT", f"/scenarios/{scenario}/settings?draft=true", json={"settings": {**settings, "first_day": "2026-09-08"}},
        headers={"If-Match": "*"},
    )  # fmt: skip
    page = visits.open("planner", f"/scenario?scenario={scenario}")
    page.get_by_role("button", name="Start", exact=True).click()
    expect(message(page, "1 mistake")).to_be_visible()
    expect(message(page, "first_day")).to_be_visible()
    expect(page.get_by_role("link", name="Correct the tables on the page Region")).to_be_visible()


def test_a_run_without_a_plan_says_why_and_what_to_do(visits: Visits, place: Place, scenario: str) -> None:
    run = place.ask("POST", "/runs", json={"scenario": scenario, "seconds": 5})["id"]
    other = place.ask("POST", "/runs", json={"scenario": scenario, "seconds": 5})["id"]
    place.ask("POST", f"/runs/{other}/stop")
    page = visits.open("planner", f"/scenario?scenario={scenario}")
    expect(message(page, "stopped before it had a plan")).to_be_visible(timeout=PATIENCE_MS)
    Grid(page, "2 runs").select(2)
    expect(page.get_by_role("link", name="Open the plan")).to_be_visible(timeout=PATIENCE_MS)
    assert place.ask("GET", f"/runs/{run}")["plan"]


def test_an_infeasible_run_names_what_cannot_stand(visits: Visits, place: Place) -> None:
    published = plan_of(tiny(), (open_cohort(tiny()), "a1"))
    raw = raw_of(tiny(published=published, pins=["a1 | math | K1"], apprentices={"a1": {"credits": "math"}}))
    tables = {name: table_json(table) for name, table in raw.tables.items()}
    body = {"settings": settings_json(raw.settings), "tables": tables, "published": raw.published}
    scenario = place.ask("POST", "/scenarios", json=body)["id"]
    page = visits.open("planner", f"/scenario?scenario={scenario}")
    start(page, 5)
    told = message(page, "No plan keeps all the rules.")
    expect(told).to_be_visible(timeout=PATIENCE_MS)
    expect(told).to_contain_text("Pinned seats stand for modules that are not needed: a1 in math.")
    expect(told).to_contain_text("start another run")
    accessible(page)


def solvers() -> list[int]:
    """Return the ids of the processes in which this test's own service searches."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listed.splitlines()]
    ours = {os.getpid()}
    while more := {int(pid) for pid, parent, _ in rows if int(parent) in ours} - ours:
        ours |= more
    return [int(pid) for pid, _, words in rows if int(pid) in ours and "lineside.service.runs.child" in words]


def test_a_run_that_fails_says_so_and_what_to_do(visits: Visits, place: Place) -> None:
    scenario = place.new_scenario("A run that fails", "milwaukee")
    page = visits.open("planner", f"/scenario?scenario={scenario}")
    start(page, 600)

    def has_failed() -> bool:
        for number in solvers():
            with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
                os.kill(number, signal.SIGKILL)
        return [run["status"] for run in place.ask("GET", f"/runs?scenario={scenario}")] == ["failed"]

    wait_for(has_failed, PATIENCE_SECONDS)
    told = message(page, "The run failed.")
    expect(told).to_be_visible()
    expect(told).to_contain_text(re.compile(r"Attempt 3 of 3 died: .* start it anew\."))
    accessible(page)


def test_what_was_typed_outlives_other_parts_and_pages(visits: Visits, scenario: str) -> None:
    page = visits.open("planner", f"/scenario?scenario={scenario}&part=Rules+and+prices")
    fill(page, "Duty minutes", "780")
    page.get_by_role("tab", name="Runs").click()
    expect(message(page, "1 setting changed under Rules and prices and not saved.")).to_be_visible()
    page.get_by_test_id("stTopNavLink").filter(has_text="Plan").click()
    expect(page.get_by_role("heading", name="Plan", exact=True)).to_be_visible()
    page.get_by_test_id("stTopNavLink").filter(has_text="Scenario").click()
    page.get_by_role("tab", name="Rules and prices").click()
    expect(page.get_by_role("spinbutton", name="Duty minutes")).to_have_value("780")
    expect(page.get_by_role("button", name="Save 1 change")).to_be_visible()


def test_the_table_of_runs_follows_a_run(visits: Visits, place: Place) -> None:
    scenario = place.new_scenario("A run that is followed", "milwaukee")
    page = visits.open("planner", f"/scenario?scenario={scenario}")
    start(page, 600)
    best = Grid(page, "1 run, the newest first").cell(4, 1)
    expect(best).to_have_text(re.compile(r"\d"), timeout=PATIENCE_MS)
    page.get_by_role("button", name="Stop and keep the best plan").click()
    expect(page.get_by_role("link", name="Open the plan")).to_be_visible(timeout=PATIENCE_MS)


def test_rules_and_prices_are_explained_and_saved_as_a_revision(visits: Visits, place: Place, scenario: str) -> None:
    page = visits.open("planner", f"/scenario?scenario={scenario}&part=Rules+and+prices")
    expect(page.get_by_text("60 line-minutes per wanted hour of instruction not seated. Default: 60.")).to_be_visible()
    fill(page, "Unseated hour (line-minutes)", "80")
    expect(page.get_by_text("80 line-minutes per wanted hour")).to_be_visible()
    expect(page.get_by_text("Changed: it was 60.")).to_be_visible()
    picture(page, "scenario-rules", 1900)
    accessible(page)
    page.get_by_role("button", name="Take back the changes").click()
    expect(page.get_by_text("60 line-minutes per wanted hour")).to_be_visible()
    fill(page, "Modules at once", "3")
    page.get_by_role("button", name="Save 1 change").click()
    expect(message(page, "Saved as revision 3.")).to_be_visible()
    settings = place.ask("GET", f"/scenarios/{scenario}/settings")["settings"]
    assert settings["rules"]["modules_at_once"] == 3
    assert "unseated_hour" not in settings.get("prices", {})


def test_two_planners_change_settings_and_neither_is_lost(visits: Visits, place: Place, scenario: str) -> None:
    page = visits.open("planner", f"/scenario?scenario={scenario}&part=Rules+and+prices")
    fill(page, "Duty minutes", "780")
    other = place.ask("GET", f"/scenarios/{scenario}/settings")["settings"]
    other["prices"] = {**other.get("prices", {}), "dollar": 0.5}
    place.ask("PUT", f"/scenarios/{scenario}/settings", json={"settings": other}, headers={"If-Match": "*"})
    page.get_by_role("button", name="Save 1 change").click()
    expect(message(page, "Somebody else saved revision 3")).to_be_visible()
    expect(page.get_by_text("0.5 line-minutes per dollar")).to_be_visible()
    page.get_by_role("button", name="Save 1 change").click()
    expect(message(page, "Saved as revision 4.")).to_be_visible()
    settings = place.ask("GET", f"/scenarios/{scenario}/settings")["settings"]
    assert (settings["rules"]["duty_minutes"], settings["prices"]["dollar"]) == (780, 0.5)


def test_a_scenario_is_duplicated_renamed_compared_and_deleted(visits: Visits, place: Place, scenario: str) -> None:
    page = visits.open("planner", f"/scenario?scenario={scenario}&part=Name+and+copies")
    fill(page, "Name of the copy", "A copy with *stars*")
    page.get_by_role("button", name="Duplicate").click()
    expect(message(page, "This is the copy, A copy with *stars*.")).to_be_visible()
    fill(page, "New name", "The other way")
    page.get_by_role("button", name="Rename").click()
    expect(message(page, "The scenario is now called The other way.")).to_be_visible()
    page.get_by_role("tab", name="What changed").click()
    expect(page.get_by_text("revision 1, to The other way, revision 2:")).to_be_visible()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    page.get_by_text("another scenario").click()
    expect(page.get_by_text("to The other way, revision 2:")).to_be_visible()
    picture(page, "scenario-changes")
    accessible(page)
    page.get_by_role("tab", name="Name and copies").click()
    page.get_by_role("button", name="Delete").click()
    expect(message(page, "Nothing was deleted.")).to_be_visible()
    accessible(page)
    page.get_by_text("Yes, delete this scenario").click()
    page.get_by_role("button", name="Delete").click()
    expect(message(page, "The other way was deleted.")).to_be_visible()
    names: list[Any] = [row["name"] for row in place.ask("GET", "/scenarios?limit=1000")]
    assert "The other way" not in names and "For the page Scenario" in names


def test_a_scenario_of_nobody_is_told_and_another_one_is_shown(visits: Visits) -> None:
    page = visits.open("planner", "/scenario?scenario=00000000-0000-0000-0000-000000000000")
    expect(message(page, "There is no such scenario")).to_be_visible()
