"""Changes by hand over HTTP: tried, kept with their pins, and told to whom they matter."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lineside.models.plan import plan_json
from lineside.solver import SolveOptions, solve
from tests.build import tiny
from tests.service.api.conftest import World, scenario_body

pytestmark = pytest.mark.once

PATTERNS = ("Mon | 15:00 | 120 | college", "Mon | 13:00 | 120 | college", "Tue | 22:00 | 120 | college")
REGION: dict[str, Any] = {"patterns": PATTERNS, "apprentices": {"a1": {}, "a2": {"name": "Bo"}}}

OUT = {"kind": "move-seat", "apprentice": "a1", "module": "math", "cohort": None}
FORBID = {"kind": "forbid-module", "apprentice": "a1", "module": "math"}


def made(world: World) -> tuple[str, str, str]:
    """Make a scenario and a plan of one cohort in it, and return their ids and the cohort's."""
    scenario = world.ask("POST", "/scenarios", json=scenario_body(**REGION)).json()["id"]
    plan = solve(tiny(**REGION), SolveOptions(seconds=5, workers=1)).plan
    body = {"scenario": scenario, "name": "solved", "plan": json.loads(plan_json(plan))}
    kept = world.ask("POST", "/plans", json=body)
    assert kept.status_code == 201, kept.text
    (cohort,) = plan.cohorts
    return scenario, kept.json()["id"], cohort.cohort


def tried(world: World, plan: str, *edits: dict[str, Any], **more: Any) -> Any:
    answer = world.ask("POST", f"/plans/{plan}/try", json={"edits": list(edits), **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_move_that_is_allowed_tells_its_cost(world: World) -> None:
    _, plan, cohort = made(world)
    told = tried(world, plan, {"kind": "move-cohort", "cohort": cohort, "start": "13:00"})
    assert told["is_clean"] and not told["has_pins"]
    found = {row["measure"]: row for row in told["differences"]}
    # Two of ten are away for 80 minutes.
    assert found["objective"]["difference"] == found["line_time_lost"]["line_minutes"] == 16
    assert found["release"]["difference"] == 160 and found["release"]["line_minutes"] is None
    people = {row["id"]: row for row in told["people"]}
    assert people["a1"]["moved"] == 1 and people["a1"]["lost_minutes_after"] == 80
    (meeting,) = people["a1"]["meetings"]
    assert (meeting["before"]["start"][11:], meeting["after"]["start"][11:]) == ("15:00", "13:00")
    assert len(world.ask("GET", "/plans").json()) == 1


def test_a_move_that_breaks_duty_tells_the_rule(world: World) -> None:
    _, plan, cohort = made(world)
    told = tried(world, plan, {"kind": "move-cohort", "cohort": cohort, "days": "Tue", "start": "22:00"})
    assert not told["is_clean"] and {row["rule"] for row in told["violations"]} >= {"duty"}
    broken = [row for row in told["violations"] if row["rule"] == "duty"]
    assert all(row["is_new"] for row in broken) and "the limit is 840" in broken[0]["message"]


def test_what_is_not_there_is_refused_with_a_sentence(world: World) -> None:
    _, plan, _ = made(world)
    answer = world.ask("POST", f"/plans/{plan}/try", json={"edits": [{"kind": "close-cohort", "cohort": "x"}]})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "There is no cohort x in the plan. Choose one that is there."
    assert world.ask("POST", f"/plans/{plan}/try", json={"edits": [{"kind": "x"}]}).status_code == 422
    assert world.ask("POST", f"/plans/{plan}/try", json={"edits": [], "revision": 9}).status_code == 404


def test_an_edited_plan_is_kept_beside_the_old_one(world: World) -> None:
    scenario, plan, _ = made(world)
    kept = world.ask("POST", f"/plans/{plan}/edited", json={"name": "without a1", "edits": [OUT]})
    assert kept.status_code == 201, kept.text
    assert (kept.json()["violations"], kept.json()["revision"], kept.json()["run"]) == (0, 1, None)
    whole = world.ask("GET", f"/plans/{kept.json()['id']}").json()["plan"]
    assert [seat["apprentice"] for seat in whole["seats"]] == ["a2"]
    assert whole["status"] == "feasible" and whole["objective"] > whole["bound"] > 0
    body = {"scenario": scenario, "plan": whole}
    assert world.ask("POST", "/plans/check", json=body).json()["is_clean"]
    assert len(world.ask("GET", f"/plans/{plan}").json()["plan"]["seats"]) == 2


def test_pins_become_a_new_revision(world: World) -> None:
    scenario, plan, _ = made(world)
    body = {"name": "a1 stays out", "edits": [FORBID]}
    assert tried(world, plan, FORBID)["has_pins"]
    assert world.ask("POST", f"/plans/{plan}/edited", json=body).status_code == 428
    kept = world.ask("POST", f"/plans/{plan}/edited", json=body, headers={"If-Match": '"1"'})
    assert kept.status_code == 201, kept.text
    assert kept.json()["revision"] == 2 and kept.json()["violations"] == 0
    table = world.ask("GET", f"/scenarios/{scenario}/tables/pins").json()
    assert table["rows"] == [["a1", "math", "none"]]
    # Somebody saved in between: what was tried against the older tables is not put on top of the newer ones.
    assert world.ask("POST", f"/plans/{plan}/edited", json=body, headers={"If-Match": '"1"'}).status_code == 412
    assert world.ask("POST", f"/plans/{plan}/edited", json=body, headers={"If-Match": "*"}).status_code == 412
    unpin = {"kind": "unpin", "apprentice": "a1", "module": "math"}
    free = {"name": "free again", "edits": [unpin], "revision": 2}
    again = world.ask("POST", f"/plans/{plan}/edited", json=free, headers={"If-Match": '"2"'})
    assert again.json()["revision"] == 3
    assert "pins" not in world.ask("GET", f"/scenarios/{scenario}").json()["tables"]


def test_a_seat_of_the_plan_in_force_is_pinned_in_the_newest_tables(world: World) -> None:
    scenario, plan, cohort = made(world)
    pin = {"kind": "pin-cohort", "cohort": cohort}
    refused = world.ask("POST", f"/plans/{plan}/try", json={"edits": [pin]})
    assert refused.status_code == 422 and "Publish the plan first" in refused.json()["detail"]
    world.ask("POST", f"/plans/{plan}/publish")
    assert tried(world, plan, pin, revision=2)["is_clean"]
    body = {"name": "pinned", "edits": [pin], "revision": 2}
    kept = world.ask("POST", f"/plans/{plan}/edited", json=body, headers={"If-Match": '"2"'})
    assert kept.status_code == 201, kept.text
    rows = world.ask("GET", f"/scenarios/{scenario}/tables/pins").json()["rows"]
    assert rows == [["a1", "math", cohort], ["a2", "math", cohort]]


def test_what_changes_against_the_plan_in_force(world: World) -> None:
    _, plan, cohort = made(world)
    first = world.ask("GET", f"/plans/{plan}/changes").json()
    assert first["against"] is None and [row["new"] for row in first["people"]] == [1, 1, 1]
    assert first["companies"] == [{"company": "acme", "people": 2, "new": 2, "moved": 0, "cancelled": 0}]
    world.ask("POST", f"/plans/{plan}/publish")
    same = world.ask("GET", f"/plans/{plan}/changes").json()
    assert (same["against"], same["people"], same["companies"]) == (plan, [], [])
    edits = [{"kind": "move-cohort", "cohort": cohort, "start": "13:00"}, OUT]
    edited = world.ask("POST", f"/plans/{plan}/edited", json={"name": "earlier", "edits": edits}).json()["id"]
    told = world.ask("GET", f"/plans/{edited}/changes").json()
    assert (told["against"], told["against_name"]) == (plan, "solved")
    counts = {row["id"]: (row["new"], row["moved"], row["cancelled"]) for row in told["people"]}
    assert counts == {"a1": (0, 0, 1), "a2": (0, 1, 0), "ida": (0, 1, 0)}
    assert all(row["meetings"] == [] for row in told["people"])
    (one,) = world.ask("GET", f"/plans/{edited}/changes?person=a2").json()["people"]
    assert [row["kind"] for row in one["meetings"]] == ["moved"]
