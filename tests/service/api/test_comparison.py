"""Plans side by side over HTTP."""

from __future__ import annotations

import json
import uuid

import pytest

from lineside.models.plan import Plan, plan_json
from tests.build import open_cohort, plan_of, tiny
from tests.service.api.conftest import World

pytestmark = pytest.mark.once


@pytest.fixture
def other_id(world: World, scenario_id: str) -> str:
    """Keep a plan that takes 80 minutes of the shift, and whose file tells no figures."""
    plan = plan_of(tiny(), (open_cohort(tiny(), "Mon 13:00 120"), "a1"))
    body = {"scenario": scenario_id, "name": "during the shift", "plan": json.loads(plan_json(plan))}
    made = world.ask("POST", "/plans", json=body)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


def test_two_plans_are_set_side_by_side(world: World, plan_id: str, other_id: str, solved: Plan) -> None:
    told = world.ask("GET", "/plans/compare", params={"plan": [plan_id, other_id]}).json()
    assert [plan["id"] for plan in told["plans"]] == [plan_id, other_id]
    assert (told["plans"][0]["bound"], told["plans"][0]["gap"]) == (float(solved.bound or 0), 0)
    measures = {row["measure"]: row for row in told["measures"]}
    # The pattern of the tables is Mondays at 15:00, so the other plan breaks a rule; its figures are computed anew.
    assert told["plans"][1]["violations"] > 0
    assert measures["line_time_lost"]["values"] == [0, 8]
    assert measures["line_time_lost"]["best"] == [True, False]
    assert [(row["company"], row["shift"], row["lost_line_minutes"]) for row in told["shifts"]] == [
        ("acme", "D", [0, 8])
    ]
    assert [row["seats"] for row in told["cohorts"]] == [[None, 1], [1, None]]
    assert told["moved_seats"] == 1


def test_whose_seat_moves_is_listed_by_page_and_company(world: World, plan_id: str, other_id: str) -> None:
    params = {"plan": [plan_id, other_id]}
    told = world.ask("GET", "/plans/compare/seats", params=params).json()
    assert told["count"] == 1
    (row,) = told["rows"]
    assert (row["apprentice"], row["name"], row["module"]) == ("a1", "Ann", "math")
    assert [place.split(",")[1] for place in row["places"]] == [" Mon 15:00", " Mon 13:00"]
    assert world.ask("GET", "/plans/compare/seats", params={**params, "offset": 1}).json() == {"count": 1, "rows": []}
    assert world.ask("GET", "/plans/compare/seats", params={**params, "company": "bolt"}).json()["count"] == 0


def test_one_plan_a_hundred_and_one_and_unknown_plans_are_refused(world: World, plan_id: str) -> None:
    alone = world.ask("GET", "/plans/compare", params={"plan": [plan_id, plan_id]})
    assert alone.status_code == 422
    assert "1 plans were chosen" in alone.json()["detail"]
    many = world.ask("GET", "/plans/compare", params={"plan": [str(uuid.uuid4()) for _ in range(101)]})
    assert many.status_code == 422
    assert world.ask("GET", "/plans/compare", params={"plan": [plan_id, str(uuid.uuid4())]}).status_code == 404
    assert world.ask("GET", "/plans/compare").status_code == 422


def test_another_region_sees_none_of_them(world: World, plan_id: str, other_id: str) -> None:
    for path in ("/plans/compare", "/plans/compare/seats"):
        answer = world.ask("GET", path, world.foreign, params={"plan": [plan_id, other_id]})
        assert answer.status_code == 404
