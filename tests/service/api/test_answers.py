"""What now, over the interface: answers, taking one, and planning anew in a run."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from lineside.models.plan import Plan, plan_json
from lineside.service.storage.database import Database
from tests.build import open_cohort, plan_of, tiny
from tests.service.api.conftest import World, scenario_body
from tests.service.runs.processes import wait_for, worker

pytestmark = pytest.mark.once

CHANGES: dict[str, Any] = {
    "settings": {"weeks": 6},
    "apprentices": {"a1": {}, "a2": {"name": "Bo"}},
    "patterns": ("Mon | 15:00 | 120 | college", "Tue | 15:00 | 120 | college"),
    "instructors": {"ida": {}, "bob": {"name": "Bob", "dollars_per_hour": 30}},
}
SICK = {"kind": "sick-instructor", "instructor": "ida", "first": "2026-06-22", "last": "2026-06-22"}
AT = "2026-06-01"


@pytest.fixture
def in_force(world: World) -> str:
    """Return the plan in force: both people in K1 on 22 June, taught by Ida."""
    scenario = tiny(**CHANGES)
    scenario_id = world.ask("POST", "/scenarios", json=scenario_body(**CHANGES)).json()["id"]
    plan = plan_of(scenario, (open_cohort(scenario, week=3), "a1 a2"))
    body = {"scenario": scenario_id, "name": "spring", "plan": json.loads(plan_json(plan))}
    kept = str(world.ask("POST", "/plans", json=body).json()["id"])
    assert world.ask("POST", f"/plans/{kept}/publish").status_code == 200
    return kept


def answers(world: World, plan: str, event: Any = SICK, **more: Any) -> Any:
    return world.ask("POST", f"/plans/{plan}/answers", json={"event": event, "at": AT, **more})


def test_answers_are_ranked_and_priced(world: World, in_force: str) -> None:
    found = answers(world, in_force).json()
    assert found["frozen_until"] == "2026-06-15"
    assert [(row["title"], row["cost"], row["changes"]) for row in found["answers"]] == [
        ("Another instructor", 3.0, 0),  # two hours of Bob at 30 dollars, 0.05 a dollar
        ("The same people at another time or place", 120.0, 4),
        ("Leave it", 298.4, 2),
    ]
    best = found["answers"][0]
    assert best["deeds"] == ["bob teaches K1 in place of ida."]
    assert best["outages"] == ["instructor ida is away from 2026-06-22 to 2026-06-22"]
    dollars = next(row for row in best["differences"] if row["measure"] == "dollars")
    assert (dollars["before"], dollars["after"], dollars["line_minutes"]) == (0, 60, 3)
    assert [row["id"] for row in best["people"]] == ["bob", "ida"]


def test_an_answer_is_taken_and_can_be_published(world: World, in_force: str) -> None:
    found = answers(world, in_force).json()
    take = {"event": SICK, "at": AT, "key": found["answers"][0]["key"], "revision": found["revision"], "name": "Bob"}
    taken = world.ask("POST", f"/plans/{in_force}/answers/take", json=take)
    assert taken.status_code == 201, taken.text
    assert (taken.json()["name"], taken.json()["violations"]) == ("Bob", 0)
    plan = Plan.model_validate(world.ask("GET", f"/plans/{taken.json()['id']}").json()["plan"])
    assert [row.instructor for row in plan.cohorts] == ["bob"]
    scenario = world.ask("GET", f"/scenarios/{taken.json()['scenario']}").json()
    assert scenario["settings"]["frozen_until"] == "2026-06-15"
    assert world.ask("POST", f"/plans/{taken.json()['id']}/publish").status_code == 200
    # The tables have moved on.
    again = world.ask("POST", f"/plans/{in_force}/answers/take", json=take)
    assert again.status_code == 412


def test_a_drop_out_leaves_the_tables(world: World, in_force: str) -> None:
    event = {"kind": "drop-out", "apprentice": "a1"}
    found = answers(world, in_force, event).json()
    take = {"event": event, "at": AT, "key": found["answers"][0]["key"], "revision": found["revision"], "name": "less"}
    taken = world.ask("POST", f"/plans/{in_force}/answers/take", json=take).json()
    table = world.ask("GET", f"/scenarios/{taken['scenario']}/tables/apprentices").json()
    assert [row[0] for row in table["rows"]] == ["a2"]


def test_a_plan_without_one_before_changes_nothing(world: World, in_force: str) -> None:
    told = world.ask("GET", f"/plans/{in_force}/seat-changes").json()
    assert told == {"has_plan_before": False, "forced": 0, "people": 0, "changes": []}


def test_an_answer_that_is_not_there_is_refused(world: World, in_force: str) -> None:
    revision = answers(world, in_force).json()["revision"]
    take = {"event": SICK, "at": AT, "key": "0", "revision": revision, "name": "x"}
    assert world.ask("POST", f"/plans/{in_force}/answers/take", json=take).status_code == 412


@pytest.mark.parametrize(
    ("event", "status", "text"),
    [
        ({"kind": "drop-out", "apprentice": "a7"}, 422, "There is no apprentice a7"),
        ({"kind": "flood"}, 422, "flood"),
        ({"kind": "late-joiner", "row": {"apprentice": "a9"}}, 422, "has no name"),
        ({**SICK, "first": "2026-06-23"}, 422, "2026-06-22 is before 2026-06-23"),
    ],
)
def test_what_cannot_happen_is_refused(world: World, in_force: str, event: Any, status: int, text: str) -> None:
    answer = answers(world, in_force, event)
    assert answer.status_code == status
    assert text in answer.text


def test_a_date_outside_the_term_is_a_conflict(world: World, in_force: str) -> None:
    answer = answers(world, in_force, at="2027-01-01")
    assert answer.status_code == 409
    assert "2027-01-01 is outside the horizon" in answer.json()["detail"]


def test_a_run_plans_anew_within_a_budget(world: World, in_force: str, database: Database) -> None:
    away = [{"kind": "instructor", "id": "ida", "first": "2026-06-08", "last": "2026-07-12"}]
    away.append({"kind": "instructor", "id": "bob", "first": "2026-06-22", "last": "2026-06-22"})
    body = {"at": AT, "total": 4, "first": "fewest", "outages": away, "seconds": 2, "workers": 1}
    run = world.ask("POST", f"/plans/{in_force}/replan", json=body)
    assert run.status_code == 202, run.text
    assert run.json()["method"] == "replan"
    with worker(database):
        wait_for(lambda: world.ask("GET", f"/runs/{run.json()['id']}").json()["status"] in ("finished", "failed"))
    done = world.ask("GET", f"/runs/{run.json()['id']}").json()
    assert done["status"] == "finished", done
    whole = world.ask("GET", f"/plans/{done['plan']}").json()
    assert whole["name"].startswith("Planned anew")
    plan = Plan.model_validate(whole["plan"])
    assert plan.measures is not None
    # Nobody can teach on the 22nd: both people move to a class of Bob's, which are four changes.
    assert (plan.measures.changes, [row.instructor for row in plan.cohorts]) == (4, ["bob"])
    assert all(meeting.date != dt.date(2026, 6, 22) for row in plan.cohorts for meeting in row.meetings)
    told = world.ask("GET", f"/plans/{done['plan']}/seat-changes").json()
    assert (told["has_plan_before"], told["forced"], told["people"]) == (True, 2, 2)
    assert [(row["apprentice"], row["kind"], row["before"], row["reason"]) for row in told["changes"]] == [
        (person, "moves", "K1", "Instructor ida of K1 cannot be had from 2026-06-08 to 2026-07-12.")
        for person in ("a1", "a2")
    ]
    assert world.ask("POST", f"/plans/{done['plan']}/publish").status_code == 200
    assert world.ask("GET", f"/plans/{done['plan']}/impact").status_code == 200


@pytest.mark.parametrize(
    ("more", "status", "text"),
    [
        ({"outages": [{"kind": "room", "id": "R9", "first": AT, "last": AT}]}, 422, "There is no room R9"),
        ({"outages": [{"kind": "room", "id": "hall", "first": AT, "last": "2026-05-01"}]}, 422, "is before"),
        ({"days": ["Moonday"]}, 422, "is no list of days"),
        ({"seconds": 10**6}, 422, "at most"),
        ({"at": "2030-01-01"}, 409, "outside the horizon"),
        ({"total": -1}, 422, "total"),
    ],
)
def test_no_run_is_started_for_nonsense(
    world: World, in_force: str, more: dict[str, Any], status: int, text: str
) -> None:
    answer = world.ask("POST", f"/plans/{in_force}/replan", json={"at": AT, **more})
    assert answer.status_code == status, answer.text
    assert text in answer.text
    assert world.ask("GET", "/runs").json() == []
