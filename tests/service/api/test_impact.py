"""Impact by shift and hour, the baselines beside a plan, and the sheet for the board."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lineside.models.plan import plan_json
from lineside.service.storage.database import Database
from tests.build import open_cohort, plan_of, tiny
from tests.service.api.conftest import World, scenario_body
from tests.service.pdf_text import pages_of
from tests.service.runs.processes import wait_for_status, worker

pytestmark = pytest.mark.once

LONG_SHIFT = {"rotas": {"day": {"hours": "D 06:00-16:00"}}}
"""A shift that the class at 15:00 and the way to it take eighty minutes of."""


@pytest.fixture
def plan(world: World) -> str:
    """Keep a plan with one seat that takes eighty minutes of a Monday shift, one of ten operators."""
    scenario = tiny(**LONG_SHIFT)
    made = world.ask("POST", "/scenarios", json=scenario_body(**LONG_SHIFT)).json()
    text = json.loads(plan_json(plan_of(scenario, (open_cohort(scenario), "a1"))))
    answer = world.ask("POST", "/plans", json={"scenario": made["id"], "name": "Monday", "plan": text})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def impact(world: World, plan: str, *by: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = world.ask("GET", f"/plans/{plan}/impact", params={"by": by}).json()
    return rows


def test_impact_by_hour_and_shift(world: World, plan: str) -> None:
    # Monday 14:40 to 16:00 at a tenth of a line-minute a minute.
    hours = {row["hour_of_week"]: row["lost_line_minutes"] for row in impact(world, plan, "hour_of_week")}
    assert hours == {14: 2.0, 15: 6.0}
    (shift,) = impact(world, plan, "rota", "shift")
    assert (shift["rota"], shift["shift"], shift["lost_line_minutes"]) == ("day", "D", 8.0)
    assert shift["least_spare_operators"] == 9  # of ten, and none is needed


def absences(world: World, plan: str, **asked: Any) -> tuple[int, int]:
    told = world.ask("GET", f"/plans/{plan}/impact/absences", params=asked).json()
    assert len(told["rows"]) == told["count"]
    return told["count"], told["release_minutes"]


def test_a_summary_tells_what_there_is_to_look_at(world: World, plan: str) -> None:
    told = world.ask("GET", f"/plans/{plan}/impact/summary").json()
    assert (told["lost_line_minutes"], told["release_person_minutes"]) == (8.0, 80)
    assert (told["crews_below_minimum"], told["empty_seats"]) == (0, 0)
    (monday,) = told["weeks"]
    (line,) = told["lines"]
    assert absences(world, plan, line=line, week=monday, shift="D") == (1, 80)


def test_the_rows_behind_a_total(world: World, plan: str) -> None:
    (row,) = world.ask("GET", f"/plans/{plan}/impact/absences").json()["rows"]
    assert (row["start"][11:], row["end"][11:]) == ("14:40", "16:00")
    assert (row["apprentice"], row["name"]) == ("a1", "Ann")
    assert absences(world, plan, rota="day", hour_of_week=15) == (1, 80)
    assert absences(world, plan, hour_of_week=16) == (0, 0)  # the shift and the absence end at 16:00
    assert absences(world, plan, shift="N") == absences(world, plan, line="other") == (0, 0)
    assert absences(world, plan, week="2020-01-06") == (0, 0)


def test_a_map_shows_the_lines_that_are_hit_hardest(world: World, plan: str) -> None:
    by_hour = {"across": "hour_of_week"}
    told = world.ask("GET", f"/plans/{plan}/impact/map", params=by_hour).json()
    assert (told["count"], told["hours_of_week"], told["weeks"]) == (1, [14, 15], None)
    (line,) = told["lines"]
    assert (line["total"], line["values"]) == (8.0, [2.0, 6.0])
    spare = {"across": "week", "shown": "least_spare_operators"}
    (line,) = world.ask("GET", f"/plans/{plan}/impact/map", params=spare).json()["lines"]
    assert (line["total"], line["values"]) == (9, [9])
    told = world.ask("GET", f"/plans/{plan}/impact/map", params={"offset": 1}).json()
    assert (told["count"], told["lines"]) == (1, [])


def test_empty_seats_have_reasons(world: World, plan: str) -> None:
    kept = world.ask("GET", f"/plans/{plan}").json()
    text = {**kept["plan"], "seats": [], "cohorts": [], "objective": None, "measures": None}
    text["unseated"] = [
        {"apprentice": "a1", "module": "M", "reason": "The seat was taken out by hand."},
        {"apprentice": "nobody", "module": "M", "reason": "Unknown people belong to no company."},
    ]
    made = world.ask("POST", "/plans", json={"scenario": kept["scenario"], "name": "empty", "plan": text}).json()["id"]
    told = world.ask("GET", f"/plans/{made}/impact/empty-seats").json()
    assert told["count"] == 1
    assert told["rows"][0]["reason"] == "The seat was taken out by hand."
    assert world.ask("GET", f"/plans/{made}/impact/summary").json()["empty_seats"] == 1


def test_nobody_away_has_no_fewest(world: World, plan_id: str) -> None:
    (total,) = world.ask("GET", f"/plans/{plan_id}/impact").json()
    assert total["least_spare_operators"] is None and total["lost_line_minutes"] == 0


def test_baselines_stand_beside_a_plan(world: World, plan: str, database: Database) -> None:
    assert world.ask("GET", f"/plans/{plan}/baselines").json() == []
    kept = world.ask("GET", f"/plans/{plan}").json()
    for method in ("first_come", "day_class"):
        body = {"scenario": kept["scenario"], "revision": kept["revision"], "seconds": 5, "workers": 1}
        run = world.ask("POST", "/runs", json={**body, "method": method}).json()
        assert run["method"] == method
        with worker(database):
            wait_for_status(database, run["id"], "finished", "failed")
    rows = {row["method"]: row for row in world.ask("GET", f"/plans/{plan}/baselines").json()}
    assert set(rows) == {"first_come", "day_class"}
    name = world.ask("GET", f"/scenarios/{kept['scenario']}").json()["name"]
    listed = world.ask("GET", "/plans", params={"scenario": kept["scenario"]}).json()
    assert [(row["method"], row["scenario_name"]) for row in listed] == [
        ("day_class", name),
        ("first_come", name),
        (None, name),
    ]
    # Tuesday from nine, two hours of class and twenty minutes of way each; thirty of them are the meal at ten.
    assert rows["day_class"] == {
        "method": "day_class",
        "lost_line_minutes": 13.0,
        "stopped_minutes": 0,
        "release_person_minutes": 130,
        "empty_seats": 0,
    }
    assert world.ask("GET", f"/plans/{plan}/baselines", world.manager).status_code == 404
    assert world.ask("POST", f"/plans/{plan}/publish").status_code == 200
    seen = world.ask("GET", f"/plans/{plan}/baselines", world.manager).json()
    assert {row["method"] for row in seen} == {"first_come", "day_class"}


def test_a_baseline_that_breaks_rules_cannot_be_published(world: World, plan: str, database: Database) -> None:
    kept = world.ask("GET", f"/plans/{plan}").json()
    body = {"scenario": kept["scenario"], "seconds": 5, "workers": 1, "method": "day_class"}
    run = world.ask("POST", "/runs", json=body).json()["id"]
    with worker(database):
        wait_for_status(database, run, "finished", "failed")
    made = world.ask("GET", f"/runs/{run}").json()["plan"]
    assert world.ask("GET", f"/plans/{made}").json()["violations"] > 0
    assert world.ask("POST", f"/plans/{made}/publish").status_code == 409


def test_the_weeks_sheet_is_a_pdf_of_the_own_people(world: World, plan: str) -> None:
    planners = world.ask("GET", f"/plans/{plan}/week-sheet")
    assert planners.headers["content-type"] == "application/pdf"
    assert len(pages_of(planners.content)) == 1
    assert "Ann" in pages_of(planners.content)[0]
    world.ask("POST", f"/plans/{plan}/publish")
    (page,) = pages_of(world.ask("GET", f"/plans/{plan}/week-sheet?week=2026-06-09", world.manager).content)
    assert "Nobody has a class this week." in page
    assert world.ask("GET", f"/plans/{plan}/week-sheet?week=9999-12-31").status_code == 422
