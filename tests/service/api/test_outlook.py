"""A plan's futures and everybody's road over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lineside.models.plan import plan_json
from lineside.service.api import outlook
from tests.build import open_cohort, plan_of, tiny
from tests.service.api.conftest import World, scenario_body

pytestmark = pytest.mark.once

REGION: dict[str, Any] = {
    "rotas": {"day": {"hours": "D 06:00-16:00"}},
    "modules": {"math": {"self_study_hours": 1}, "safety": {"hours": 3}},
    "requirements": {"tech/safety/std": {"modules": "safety"}},
}
"""A shift that the class at 15:00 and the way to it take eighty minutes of; a program of 2 + 1 and 3 hours."""
NOTHING = {"drop_out_per_week": 0, "absence_per_shift": 0, "overtime_per_week": 0}


@pytest.fixture
def plan(world: World) -> str:
    """Keep a plan with one seat in math, one of ten operators, on Monday 1 June."""
    scenario = tiny(**REGION)
    made = world.ask("POST", "/scenarios", json=scenario_body(**REGION)).json()
    text = json.loads(plan_json(plan_of(scenario, (open_cohort(scenario), "a1"))))
    answer = world.ask("POST", "/plans", json={"scenario": made["id"], "name": "Monday", "plan": text})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_futures_without_chance_are_the_plan(world: World, plan: str) -> None:
    told = world.ask("GET", f"/plans/{plan}/futures", params={**NOTHING, "futures": 30}).json()
    # Eighty minutes at a tenth of a line-minute.
    assert told["total"]["planned_lost_line_minutes"] == 8.0
    assert told["total"]["lost_line_minutes"] == {
        "mean": 8.0,
        "deviation": 0.0,
        "low": 8.0,
        "quarter": 8.0,
        "median": 8.0,
        "three_quarters": 8.0,
        "high": 8.0,
    }
    (cohort,), (crew,) = told["cohorts"], told["crews"]
    assert (cohort["chance_holds"], cohort["members"], cohort["mean_thin_meetings"]) == (1.0, 1, 0.0)
    assert (crew["line"], crew["chance_stopped"], told["total"]["num_futures"]) == ("press", 0.0, 30)
    assert "companies" not in cohort


def test_rates_and_seed_are_what_was_asked_for(world: World, plan: str) -> None:
    def mean(**asked: float) -> float:
        answer = world.ask("GET", f"/plans/{plan}/futures", params={**NOTHING, "futures": 200, **asked})
        return float(answer.json()["total"]["lost_line_minutes"]["mean"])

    assert mean(absence_per_shift=1) == 0.0
    # Twelve hours at most: with 90 minutes more the shift ends at 17:30, and the window from 14:40 to 17:20 is lost.
    assert mean(overtime_per_week=1, overtime_minutes=90) == 16.0
    assert mean(absence_per_shift=0.5, seed=1) == mean(absence_per_shift=0.5, seed=1) != mean(absence_per_shift=0.5)


def test_a_request_plays_no_more_futures_than_it_may(world: World, plan: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.ask("GET", f"/plans/{plan}/futures").json()["total"]["num_futures"] == 10_000
    monkeypatch.setattr(outlook, "MOST_MEETINGS", 50)
    assert world.ask("GET", f"/plans/{plan}/futures").json()["total"]["num_futures"] == 50
    answer = world.ask("GET", f"/plans/{plan}/futures", params={"futures": 51})
    assert answer.status_code == 422 and "one request may play, 50. Ask for fewer" in answer.json()["detail"]


def test_the_road_tells_hours_on_a_date(world: World, plan: str) -> None:
    told = world.ask("GET", f"/plans/{plan}/road", params={"at": "2026-06-02", "end": "2026-07-01"}).json()
    (row,) = told["rows"]
    assert (told["at"], told["weeks"]) == ("2026-06-02", 2)
    # Three of six hours in two weeks; the other three take two weeks after 14 June.
    assert (row["program_hours"], row["delivered_hours"], row["owed_hours"], row["planned_hours"]) == (6, 3, 3, 0)
    assert (row["pace_hours_per_week"], row["finishes"], row["standing"]) == (1.5, "2026-06-28", "in time")
    assert told["forecast"] == [{"terms_after": 1, "apprentices": 1}]
    early = world.ask("GET", f"/plans/{plan}/road", params={"at": "2026-06-01", "end": "2026-06-27"}).json()["rows"][0]
    assert (early["delivered_hours"], early["planned_hours"], early["standing"]) == (0, 3, "late")


@pytest.mark.parametrize("path", ["futures", "road"])
def test_a_company_that_is_not_there_is_not_found(world: World, plan: str, path: str) -> None:
    assert world.ask("GET", f"/plans/{plan}/{path}", params={"company": "nobody"}).status_code == 404
