"""Questions about a plan over HTTP: why, answered at once, and advice, worked out by a run."""

from __future__ import annotations

import io
import json
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest

import lineside.scenarios
from lineside.models.canonical import raw_of
from lineside.models.folder import read_folder
from lineside.models.mistakes import Findings
from lineside.models.plan import plan_json
from lineside.models.reading import read_scenario
from lineside.service.runs import child
from lineside.service.storage.texts import settings_json, table_json
from lineside.solver import SolveOptions, solve
from tests.build import open_cohort, plan_of, tiny
from tests.service.api.conftest import World, scenario_body
from tests.service.runs.processes import wait_for, worker

pytestmark = pytest.mark.once

FOLDER = Path(lineside.scenarios.__file__).parent / "bundled" / "near_misses"


@pytest.fixture
def near_misses(world: World) -> str:
    """Keep the bundled scenario and its best plan, and return the plan's id."""
    raw = read_folder(FOLDER, Findings())
    tables = {name: table_json(table) for name, table in raw.tables.items()}
    body = {"settings": settings_json(raw.settings), "tables": tables}
    made = world.ask("POST", "/scenarios", json=body)
    assert made.status_code == 201, made.text
    plan = solve(read_scenario(FOLDER).scenario, SolveOptions(seconds=10, workers=1)).plan
    kept = {"scenario": made.json()["id"], "name": "best", "plan": json.loads(plan_json(plan))}
    return str(world.ask("POST", "/plans", json=kept).json()["id"])


def asked(world: World, plan: str, apprentice: str, module: str, **more: Any) -> Any:
    return world.ask("GET", f"/plans/{plan}/why", params={"apprentice": apprentice, "module": module, **more})


def test_why_an_empty_seat_is_empty_and_what_would_fill_it(world: World, near_misses: str) -> None:
    told = asked(world, near_misses, "P1", "WELD").json()
    assert told["head"] == "Gail Novak (P1) has no seat in Welding basics (WELD)."
    assert told["refusals"] == [{"rule": "travel-limit", "words": "exceed the travel limit", "count": 1}]
    assert told["next_best"] is None and told["next_best_words"].startswith("No other cohort could take this person")
    assert (told["is_whole"], told["is_complete"], told["note"]) == (True, True, "")
    [way] = told["ways"]
    assert way["sentence"] == (
        "A travel limit of 35 instead of 30 minutes for Gail Novak (P1) would seat Gail Novak (P1) in WELD-1 and save "
        "118.6 line-minutes."
    )
    assert way["change"]["edits"] == [
        {
            "kind": "cell", "table": "apprentices", "key": ["P1"], "column": "travel_max", "before": "30",
            "after": "35", "cells": {}, "is_added": True,
        }
    ]  # fmt: skip
    assert way["differences"][0]["difference"] == -118.6
    taken = {"name": "Further for Gail", "note": way["sentence"], "edits": way["change"]["edits"]}
    made = world.ask("POST", f"/plans/{near_misses}/variants", json=taken)
    assert made.status_code == 201, made.text
    [edit] = made.json()["edits"]
    cell = {"table": "apprentices", "row": ["P1"], "column": "travel_max", "before": "30", "after": "35"}
    assert (edit["name"], edit["note"], edit["cells"]) == ("Further for Gail", way["sentence"], [cell])
    assert (made.json()["conflicts"], made.json()["mistakes"]) == ([], [])
    odd = {**taken, "edits": [{**way["change"]["edits"][0], "table": "chairs"}]}
    refused = world.ask("POST", f"/plans/{near_misses}/variants", json=odd)
    assert refused.status_code == 422
    assert "chairs is no table of a scenario." in refused.json()["detail"]


def test_the_next_best_of_a_full_cohort_names_who_would_lose_the_seat(world: World, near_misses: str) -> None:
    best = asked(world, near_misses, "S5", "MATH").json()["next_best"]
    assert (best["cohort"], best["is_open"], best["is_proven"]) == ("MATH-1", True, True)
    assert best["first_date"] == "2027-01-04"
    assert best["differences"][0]["difference"] == 60.0
    assert [row["module"] for row in best["losing"]] == ["MATH"]


@pytest.mark.parametrize(
    ("apprentice", "module", "detail"),
    [
        ("P1", "FORK", "P1 needs no seat in FORK. Choose a module that the person needs."),
        ("X9", "FORK", "There is no apprentice X9 in the tables. Choose one who is there."),
    ],
)
def test_what_is_not_there_is_a_mistake(
    world: World, near_misses: str, apprentice: str, module: str, detail: str
) -> None:
    answer = asked(world, near_misses, apprentice, module)
    assert (answer.status_code, answer.json()["detail"]) == (422, detail)
    assert asked(world, near_misses, "P1", "WELD", seconds=61).status_code == 422


@pytest.fixture
def broken(world: World) -> str:
    scenario = tiny(apprentices={"a1": {"travel_max": 1}})
    made = world.ask("POST", "/scenarios", json=scenario_body(apprentices={"a1": {"travel_max": 1}})).json()["id"]
    plan = plan_of(scenario, (open_cohort(scenario), "a1"), first_day=scenario.settings.first_day)
    kept = {"scenario": made, "name": "x", "plan": json.loads(plan_json(plan))}
    return str(world.ask("POST", "/plans", json=kept).json()["id"])


def test_a_plan_that_breaks_rules_is_refused(world: World, broken: str) -> None:
    answer = asked(world, broken, "a1", "math")
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("The plan breaks the rules of these tables once, travel-limit first.")
    refused = world.ask("POST", f"/plans/{broken}/advice", json={})
    assert (refused.status_code, refused.json()["detail"]) == (
        409,
        "The plan breaks rules of its tables. Correct it by hand first, then ask for advice.",
    )


def test_one_question_at_a_time(world: World, near_misses: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lineside.service.api.advice.PATIENCE_SECONDS", 0.01)
    with world.app.state.inquiries.turn:
        answer = asked(world, near_misses, "P1", "WELD")
    assert answer.status_code == 409 and "one at a time" in answer.json()["detail"]
    assert asked(world, near_misses, "P1", "WELD").status_code == 200


def test_advice_is_worked_out_by_a_run(world: World, near_misses: str) -> None:
    nothing = {"run": None, "status": None, "stage": "", "reason": "", "report": None}
    assert world.ask("GET", f"/plans/{near_misses}/advice").json() == nothing
    too_long = world.ask("POST", f"/plans/{near_misses}/advice", json={"seconds": 10**6})
    assert too_long.status_code == 422
    started = world.ask("POST", f"/plans/{near_misses}/advice", json={"seconds": 30})
    assert started.status_code == 202, started.text
    run = started.json()
    assert (run["method"], run["about"], run["status"]) == ("advise", near_misses, "queued")
    assert world.ask("GET", f"/plans/{near_misses}/advice").json()["run"] == run["id"]
    with worker(world.database):
        wait_for(lambda: world.ask("GET", f"/runs/{run['id']}").json()["status"] not in ("queued", "running"))
    told = world.ask("GET", f"/plans/{near_misses}/advice").json()
    assert told["status"] == "finished", told
    report = told["report"]
    assert report["is_complete"] and report["improved"] == ""
    assert [row["saved"] for row in report["advice"]] == [134.6, 121.6, 120.6, 119.6, 89.6, 1.4]
    first, second = report["advice"][:2]
    assert first["change"]["edits"][0] == {
        "kind": "cell", "table": "apprentices", "key": ["S6"], "column": "rota", "before": "STEEL-L",
        "after": "STEEL-D", "cells": {}, "is_added": True,
    }  # fmt: skip
    assert first["seated"] == [{"apprentice": "S6", "module": "SAFE"}]
    assert second["change"]["edits"][0]["cells"]["start"] == "12:00"
    over = world.ask("GET", f"/runs/{run['id']}").json()
    assert (over["plan"], over["outcome"], over["objective"]) == (None, None, 694.7)
    # The plan's advice goes with the plan.
    assert world.ask("DELETE", f"/plans/{near_misses}").status_code == 204
    assert world.ask("GET", f"/runs/{run['id']}").status_code == 404


def test_no_other_way_leads_to_a_run_of_advice(world: World, near_misses: str) -> None:
    scenario = world.ask("GET", f"/plans/{near_misses}").json()["scenario"]
    assert world.ask("POST", "/runs", json={"scenario": scenario, "method": "advise"}).status_code == 422
    assert asked(world, str(uuid.uuid4()), "P1", "WELD").status_code == 404


def test_a_stopped_child_reports_what_it_knows() -> None:
    scenario = read_scenario(FOLDER).scenario
    plan = solve(scenario, SolveOptions(seconds=10, workers=1)).plan
    raw = raw_of(scenario)
    task = {
        "settings": settings_json(raw.settings),
        "tables": {name: table_json(table) for name, table in raw.tables.items()},
        "published": None,
        **{"about": plan_json(plan), "seconds": 30, "workers": 1, "seed": 0},
    }
    stop = threading.Event()
    stop.set()
    found = child.WAYS["advise"](task, stop, io.StringIO())
    assert found["answer"]["advice"] == [] and not found["answer"]["is_complete"]
    assert found["plan"] is None and found["outcome"] is None
    assert found["answer"]["extent"].startswith("0 of 46 changes by one step were priced by the bound")
