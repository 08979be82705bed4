"""The page Sweeps: what it says of points, which grids it sends, and a sweep from its beginning to its end."""

from __future__ import annotations

import re
from functools import partial
from typing import Any

import httpx2
import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from lineside.ui.client import Mistake, RefusedError
from lineside.ui.views.sweeps.grids import GridMistakesError, edits_in, order_from, refusal
from lineside.ui.views.sweeps.points import (
    best_of,
    best_words,
    choices_frame,
    points_frame,
    progress_words,
    sweeps_frame,
    trouble_words,
)
from tests.service.runs.processes import wait_for
from tests.ui.browsing import Visits, accessible, choose, download, exactly, message, picture, settled
from tests.ui.grid import Grid
from tests.ui.place import PATIENCE_SECONDS, Place

PATIENCE_MS = PATIENCE_SECONDS * 1000
SCENARIOS = [{"id": "id-n", "name": "North"}, {"id": "id-s", "name": "South"}, {"id": "id-t", "name": "South"}]
GRID = """
name = "Rest"
scenarios = ["North"]
[[axes]]
name = "rest"
choices = ["no edit", "edits/shorter.toml", {name = "ten weeks", settings = [{key = "weeks", after = 10}]}]
"""
SHORTER = b'name = "shorter rest"\nsettings = [{key = "rules.rest_minutes", after = 600}]\n'
AXES = [{"name": "rest", "choices": ["no edit", "shorter rest"]}]


def point(number: int, objective: float | None, bound: float | None, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "number": number, "base": "North", "choices": ["no edit"], "scenario": f"s{number}", "revision": 1,
        "run": f"r{number}", "plan": None if objective is None else f"p{number}", "status": "finished", "stage": "",
        "outcome": "feasible", "objective": objective, "bound": bound, "gap": 0.1, "seconds": 1.25,
        "line_time_lost": 3.5, "cohorts": 2, "unseated": 0, "unseated_hours": 0.0, "reason": "",
    }  # fmt: skip
    return {**made, **more}


WAITING = {"status": "queued", "outcome": None, "gap": None, "line_time_lost": None, "cohorts": None}
WAITING |= {"unseated": None, "unseated_hours": None, "seconds": 0.0}


def test_the_best_point_is_that_of_its_scenario_and_told_how_sure_it_is() -> None:
    points = [point(1, 50.0, 40.0), point(2, 45.0, 44.0), point(3, 60.0, 60.0, base="South")]
    assert best_of(points) == {2, 3}
    assert best_words(points) == [
        "North: point 2 costs least, 45 line-minutes. 1 other point may yet have a plan that costs less, as nothing "
        "else is proven.",
        "South: point 3 costs least, 60 line-minutes.",
    ]
    proven = [point(1, 50.0, 46.0), point(2, 45.0, 44.0), point(3, None, None, outcome="infeasible")]
    assert best_words(proven) == [
        "North: point 2 costs least, 45 line-minutes. It is proven that no plan of another point costs less."
    ]
    # A search under way has figures too, but no plan yet that could be opened.
    running = [point(1, 50.0, 46.0), point(2, 45.0, 44.0, status="running", plan=None, outcome=None)]
    assert best_of(running) == {1}
    assert best_words(running)[0].startswith("North: point 1 costs least so far, 50 line-minutes. 1 other point may")


def test_points_that_cost_the_same_are_all_marked() -> None:
    points = [point(1, 45.0004, 45.0), point(2, 45.0, 45.0), point(3, 46.0, 46.0)]
    assert best_of(points) == {1, 2}
    assert best_words(points)[0].startswith("North: points 1 and 2 cost the same, 45 line-minutes, and less than all")
    assert best_words(points[:2]) == ["North: all points cost the same, 45 line-minutes."]
    assert best_words([point(1, None, None, **WAITING)]) == []


def test_progress_tells_what_is_left_and_what_went_wrong() -> None:
    points = [point(1, 5.0, 5.0), point(2, None, None, **WAITING), point(3, None, None, status="stopped")]
    assert progress_words(points) == "1 of 3 solved, 1 waiting, 1 stopped"
    assert trouble_words(points) == []
    failed = point(4, None, None, status="failed", outcome=None, reason="Its worker died.")
    nothing = point(5, None, None, outcome="infeasible", reason="Rule duty.")
    late = point(6, None, None, outcome="unknown")
    assert trouble_words([failed, nothing, late]) == [
        "Point 4 (North: no edit) failed. Its worker died. Go on with what is left to try it again.",
        "Point 5 (North: no edit): no plan keeps all the rules. Rule duty. Loosen the rule that is named, or leave "
        "this choice out.",
        "Point 6 (North: no edit): no plan was found in time. Begin a sweep that gives each point more seconds.",
    ]


def test_points_are_rows_with_their_choices_and_figures() -> None:
    frame = points_frame(AXES, [point(1, 50.0, 40.0), point(2, None, None, choices=["shorter rest"], **WAITING)])
    assert frame.columns[:4].tolist() == ["Point", "Best", "Axis rest", "Status"]
    assert frame.columns[-1] == "Scenario"
    both = points_frame(AXES, [point(1, 50.0, 40.0), point(2, 50.0, 40.0, base="South")])
    assert both.columns[:3].tolist() == ["Point", "Best", "Scenario"]
    first, second = (dict(row) for _, row in frame.iterrows())
    assert (first["Best"], first["Axis rest"], first["Status"], first["Gap"]) == ("✓", "no edit", "solved", "10.0 %")
    assert (first["Objective (line-minutes)"], first["Empty seats (needs)"], first["Searched (seconds)"]) == (
        50,
        0,
        1.2,
    )
    assert (second["Best"], second["Axis rest"], second["Status"], second["Gap"]) == (
        "",
        "shorter rest",
        "waiting",
        "–",
    )
    assert pd.isna(second["Objective (line-minutes)"]) and pd.isna(second["Cohorts"])


def test_sweeps_are_rows_with_counts() -> None:
    sweep = {"name": "Rest", "waiting": 3, "running": 2, "ended": 7, "solved": 5}
    assert sweeps_frame([sweep], ["today"]).iloc[0].tolist() == ["Rest", 12, 3, 2, 5, 2, "today"]


def test_what_a_choice_changes_stands_beside_its_name() -> None:
    edit = {"name": "shorter rest", "settings": [{"key": "rules.rest_minutes", "after": "600"}]}
    edit |= {"removed": [{"table": "rooms", "row": ["R1"]}]}
    assert [tuple(row) for row in choices_frame(AXES, [edit]).itertuples(index=False)] == [
        ("rest", "no edit", "nothing", "", "", "", ""),
        ("rest", "shorter rest", "setting", "rules.rest_minutes", "", "anything", "600"),
        ("rest", "shorter rest", "row removed", "rooms", "R1", "", ""),
    ]


def test_a_grids_file_becomes_what_the_service_is_asked_for() -> None:
    expected = {"name": "Rest", "scenarios": ["id-n"]}
    for order in (
        order_from(GRID, {"shorter.toml": SHORTER}, SCENARIOS),
        order_from(" ", {"shorter.toml": SHORTER, "grid.toml": GRID.encode()}, SCENARIOS),
    ):
        (axis,) = order.pop("axes")
        assert order == expected
        assert [choice if choice is None else choice["name"] for choice in axis["choices"]] == [
            None,
            "shorter rest",
            "ten weeks",
        ]


def mistakes(pasted: str, **files: bytes) -> list[str]:
    named = {name.replace("_", "."): text for name, text in files.items()}
    with pytest.raises(GridMistakesError) as caught:
        order_from(pasted, named, SCENARIOS)
    return list(caught.value.sentences)


def test_every_mistake_of_a_grids_file_is_a_sentence() -> None:
    assert mistakes('scenarios = ["West", "South"]\n' + GRID.partition("scenarios")[2].partition("\n")[2]) == [
        "Scenario 'West': No saved scenario of the region has this name. Give the name as the page Scenario has it, or "
        "an id.",
        "Scenario 'South': 2 saved scenarios have this name. Give the id of one: id-s, id-t.",
        "Axis 'rest': edits/shorter.toml was not chosen. Choose that file beside the grid, or write 'no edit'.",
    ]
    assert mistakes("", shorter_toml=SHORTER)[0].startswith("No grid was given.")
    assert mistakes("", a_toml=GRID.encode(), b_toml=GRID.encode())[0].startswith("Several files are grids: a.toml, b.")
    first, second = mistakes("", a_toml=b"name = ", b_json=b"{")
    assert first.startswith("a.toml is not written in TOML: ") and second.startswith("b.json is not written in JSON: ")
    assert mistakes("seconds = nan")[0].startswith("The text is not written in TOML: ")
    # What has no place in a grid goes to the service, which tells it.
    assert order_from('scenarios = 3\naxes = [1, {choices = "x"}]', {}, SCENARIOS) == {
        "scenarios": 3,
        "axes": [1, {"choices": "x"}],
    }


def test_files_of_an_axis_are_edits_or_told() -> None:
    (edit,) = edits_in({"shorter.toml": SHORTER})
    assert edit == {"name": "shorter rest", "settings": [{"key": "rules.rest_minutes", "after": 600}]}
    with pytest.raises(GridMistakesError) as caught:
        edits_in({"a.json": b"[]", "b.toml": b"settings = []", "c.toml": SHORTER})
    assert [sentence.partition(". ")[0] for sentence in caught.value.sentences] == [
        "a.json is no edit",
        "b.toml is no edit",
    ]


def test_what_the_service_refuses_is_told_mistake_by_mistake() -> None:
    edit, again = (Mistake("grid", None, None, None, text) for text in ("One.", "Two."))
    assert refusal(RefusedError(422, "t", "Nothing was queued.", (edit, again, edit))) == [
        "One.",
        "Two.",
        "Nothing was queued.",
    ]
    shape = Mistake("body", None, "axes.0.name", None, "Field required.")
    assert refusal(RefusedError(422, "t", "d", (shape,))) == [
        "axes, 1, name: Field required.",
        "Nothing was begun. A grid has a name, scenarios, and axes, each with a name and choices.",
    ]
    assert refusal(RefusedError(409, "t", "There is one already.")) == ["There is one already."]


def fill(page: Page, label: str, text: str) -> None:
    page.get_by_label(label, exact=True).fill(text)
    page.get_by_label(label, exact=True).press("Tab")
    settled(page)


@pytest.fixture(autouse=True)
def no_sweeps(request: pytest.FixtureRequest) -> None:
    """Take away what a test that failed half way has left."""
    if "place" not in request.fixturenames:
        return
    place: Place = request.getfixturevalue("place")
    for sweep in place.ask("GET", "/sweeps"):
        if sweep["waiting"] or sweep["running"]:
            place.ask("POST", f"/sweeps/{sweep['id']}/stop")
            wait_for(partial(has_ended, place, sweep["id"]), PATIENCE_SECONDS)
        place.ask("DELETE", f"/sweeps/{sweep['id']}")


def has_ended(place: Place, sweep: str) -> bool:
    told = place.ask("GET", f"/sweeps/{sweep}")
    return not told["waiting"] and not told["running"]


def test_a_sweep_of_two_points_is_begun_solved_and_opened(visits: Visits, place: Place) -> None:
    scenario = place.new_scenario("For a sweep")
    page = visits.open("planner", "/sweeps?part=Begin+a+sweep")
    page.get_by_role("button", name="Begin the sweep").click()
    expect(message(page, "The sweep has no name. Type one.")).to_be_visible()
    expect(message(page, "Axis 1 has no values.")).to_be_visible()
    fill(page, "Name of the sweep", "Longer term")
    choose(page, "Setting of axis 1", exactly("Horizon: Weeks"))
    fill(page, "Values of axis 1, with commas between", "0")
    fill(page, "Time to search each point (seconds)", "20")
    expect(page.get_by_text("1 scenario × 2 choices: 2 points, at most 20 seconds each.")).to_be_visible()
    page.get_by_role("button", name="Begin the sweep").click()
    expect(message(page, "The grid has 1 mistake, and nothing was queued.")).to_be_visible()
    expect(message(page, "For a sweep, weeks 0: ")).to_be_visible()
    assert place.ask("GET", "/sweeps") == []
    fill(page, "Values of axis 1, with commas between", "4")
    expect(page.get_by_text("Choices: no edit, weeks 4.")).to_be_visible()
    fill(page, "Axes", "2")
    choose(page, "What axis 2 changes", "edits from files")
    file = {"name": "shorter.toml", "mimeType": "application/toml", "buffer": SHORTER}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(page.get_by_text("Choices: no edit, shorter rest.")).to_be_visible()
    accessible(page)
    fill(page, "Axes", "1")
    picture(page, "sweeps-begin", 1300)
    page.get_by_role("button", name="Begin the sweep").click()
    expect(message(page, "Longer term has begun: 2 points.")).to_be_visible()
    expect(page.get_by_text("2 of 2 solved")).to_be_visible(timeout=PATIENCE_MS)
    settled(page)
    (sweep,) = place.ask("GET", "/sweeps")
    told = place.ask("GET", f"/sweeps/{sweep['id']}")
    assert [edit["name"] for edit in told["edits"]] == ["weeks 4"]
    expect(Grid(page, "1 sweep, the newest first.").cell(5, 1)).to_have_text("2")
    points = Grid(page, "2 points of the sweep Longer term.")
    best = min(told["points"], key=lambda one: one["objective"])["number"]
    for number, choice in ((1, "no edit"), (2, "weeks 4")):
        expect(points.cell(3, number)).to_have_text(choice)
        expect(points.cell(2, number)).to_have_text("✓" if number == best else "")
    expect(page.get_by_role("button", name="Stop what is left")).to_have_count(0)
    accessible(page)
    picture(page, "sweeps", 1500)
    _, body = download(page, lambda: page.get_by_role("button", name="CSV", exact=True).nth(1).click())
    assert "Axis weeks" in body.decode("utf-8-sig").splitlines()[0]
    points.select(2)
    settled(page)
    page.get_by_role("link", name="Open the plan of point 2").click()
    expect(page.get_by_role("heading", name="Plan", exact=True)).to_be_visible()
    # Lists leave out what was made for a point; the page shows it all the same.
    assert told["points"][1]["plan"] not in [plan["id"] for plan in place.ask("GET", "/plans")]
    expect(page.get_by_text("Made for For a sweep: weeks 4, revision 1.")).to_be_visible()
    expect(page.get_by_text("There is no such plan")).to_have_count(0)
    page = visits.open("planner", f"/scenario?scenario={told['points'][1]['scenario']}")
    expect(page.get_by_text("For a sweep: weeks 4, revision 1")).to_be_visible()
    assert scenario == told["points"][0]["scenario"]
    both = ",".join(one["plan"] for one in told["points"])
    page = visits.open("planner", f"/compare?plans={both}")
    expect(page.get_by_role("heading", name="Plan B", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Open plan B")).to_have_attribute(
        "href", re.compile(told["points"][1]["plan"])
    )
    delete(visits, place, sweep["id"])


def delete(visits: Visits, place: Place, sweep: str) -> None:
    page = visits.open("planner", f"/sweeps?sweep={sweep}")
    page.get_by_role("button", name="Delete this sweep").click()
    page.get_by_text("I want to delete this sweep").click()
    settled(page)
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(message(page, "The sweep Longer term was deleted.")).to_be_visible()
    expect(page.get_by_text("There is no sweep yet. A sweep answers")).to_be_visible()
    assert place.ask("GET", "/sweeps") == []


def test_a_sweep_from_a_grids_file_is_stopped_and_goes_on(visits: Visits, place: Place) -> None:
    place.new_scenario("For a long sweep", "milwaukee")
    page = visits.open("planner", "/sweeps")
    page.get_by_role("radio", name="Begin a sweep").click()
    settled(page)
    page.get_by_text("From a grid's file").click()
    settled(page)
    grid = GRID.replace('"North"', '"For a long sweep"').replace("name", "seconds = 600\nname", 1)
    fill(page, "Or paste the grid here", grid)
    page.get_by_role("button", name="Begin the sweep").click()
    expect(message(page, "edits/shorter.toml was not chosen.")).to_be_visible()
    file = {"name": "shorter.toml", "mimeType": "application/toml", "buffer": SHORTER}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    settled(page)
    page.get_by_role("button", name="Begin the sweep").click()
    expect(message(page, "Rest has begun: 3 points.")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.get_by_text("0 of 3 solved")).to_be_visible()
    page.get_by_role("button", name="Stop what is left").click()
    expect(page.get_by_text("0 of 3 solved, 3 stopped")).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("button", name="Go on with what is left").click()
    expect(page.get_by_role("button", name="Stop what is left")).to_be_visible()
    (sweep,) = place.ask("GET", "/sweeps")
    place.ask("POST", f"/sweeps/{sweep['id']}/stop")
    wait_for(partial(has_ended, place, sweep["id"]), PATIENCE_SECONDS)
    place.ask("DELETE", f"/sweeps/{sweep['id']}")


def test_a_manager_has_no_such_page(visits: Visits, place: Place) -> None:
    page = visits.open("manager", "/sweeps")
    expect(page.get_by_test_id("stTopNavLink").filter(has_text="Impact")).to_be_visible()
    expect(page.get_by_test_id("stTopNavLink").filter(has_text="Sweeps")).to_have_count(0)
    expect(page.get_by_role("heading", name="Sweeps", exact=True)).to_have_count(0)
    headers = {"Authorization": f"Bearer {place.manager}"}
    assert httpx2.get(f"{place.api}/api/v1/sweeps", headers=headers, timeout=60).status_code == 403
    planner = visits.open("planner", "/sweeps")
    expect(planner.get_by_role("heading", name="Sweeps", exact=True)).to_be_visible()
