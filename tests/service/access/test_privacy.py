"""What one company's manager reads holds nothing of the other company, though they share a cohort."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lineside.models.canonical import raw_of
from lineside.models.plan import plan_json
from lineside.models.scenario import Scenario
from lineside.service.storage.texts import settings_json, table_json
from lineside.solver import SolveOptions, solve
from tests.build import tiny
from tests.service.api.conftest import World

# Every identifier and name of the other company starts with this.
MARK = "other0"


def shared() -> Scenario:
    other = {"company": "other0bolt", "line": "other0press", "rota": "other0day", "zip": "53203"}
    return tiny(
        companies={"other0bolt": {"name": "Other0 Bolts"}},
        sites={"other0plant": {"kind": "plant", "company": "other0bolt", "open_to": "own", "name": "Other0 plant"}},
        lines={"other0press": {"site": "other0plant", "name": "Other0 press"}},
        rotas={"other0day": {"company": "other0bolt"}},
        crews={"other0press/other0day": {}},
        apprentices={"other01": {"name": "Other0 Ann", **other}, "other02": {"name": "Other0 Bo", **other}},
    )


@pytest.fixture
def published(world: World) -> str:
    scenario = shared()
    raw = raw_of(scenario)
    tables = {name: table_json(table) for name, table in raw.tables.items()}
    made = world.ask("POST", "/scenarios", json={"settings": settings_json(raw.settings), "tables": tables}).json()
    plan = solve(scenario, SolveOptions(seconds=5, workers=1)).plan
    assert len(plan.cohorts) == 1 and len(plan.seats) == 3
    body = {"scenario": made["id"], "name": "shared", "plan": json.loads(plan_json(plan))}
    plan_id = world.ask("POST", "/plans", json=body).json()["id"]
    assert world.ask("POST", f"/plans/{plan_id}/publish").status_code == 200
    world.ask("POST", "/feeds", json={"kind": "apprentice"})
    world.ask("POST", "/feeds", json={"kind": "cohort"})
    return str(plan_id)


def reads(plan: str) -> list[str]:
    by = "by=company&by=line&by=rota&by=week&by=quarter_hour"
    parts = ("summary", "map", "low-points", "absences", "empty-seats", f"download?{by}")
    impact = (f"impact?{by}", *(f"impact/{part}" for part in parts), "roster")
    ahead = ("futures?futures=20", "road?at=2026-06-01")
    paths = (*impact, *ahead, "sessions?apprentice=a1", "sessions?apprentice=other01", "term?apprentice=a1")
    return [*(f"/plans/{plan}/{path}" for path in paths), "/publications", "/feeds", "/me"]


def test_no_answer_to_a_manager_names_another_company(world: World, published: str) -> None:
    for path in reads(published):
        answer = world.ask("GET", path, world.manager)
        assert answer.status_code == 200, path
        assert MARK not in answer.text.lower(), path
    (cohort,) = world.ask("GET", f"/plans/{published}/roster", world.manager).json()
    assert ([one["apprentice"] for one in cohort["people"]], cohort["others"]) == (["a1"], [2])


def test_a_manager_gets_the_own_people_of_a_shared_cohort(world: World, published: str) -> None:
    (cohort,) = world.ask("GET", f"/plans/{published}/parts/cohorts").json()["cohorts"]
    path = f"/plans/{published}/sessions?cohort={cohort['cohort']}"
    assert {row["apprentice"] for row in world.ask("GET", path).json()} == {"a1", "other01", "other02"}
    assert {row["apprentice"] for row in world.ask("GET", path, world.manager).json()} == {"a1"}
    assert world.ask("GET", f"/plans/{published}/term?apprentice=other01", world.manager).status_code == 404


def test_no_feed_of_a_manager_names_another_company(world: World, published: str) -> None:
    made: list[dict[str, Any]] = []
    for kind in ("apprentice", "company"):
        made += world.ask("POST", "/feeds", world.manager, json={"kind": kind}).json()
    assert [(row["kind"], row["owner"]) for row in made] == [("apprentice", "a1"), ("company", "acme")]
    for row in made:
        for address in (row["address"], row["page"]):
            text = world.client.get(address).text
            assert "math" in text.lower() or "A module" in text
            assert MARK not in text.lower()


@pytest.mark.parametrize("kind", ["cohort", "room", "instructor"])
def test_a_manager_has_no_feeds_of_the_school(world: World, published: str, kind: str) -> None:
    assert world.ask("POST", "/feeds", world.manager, json={"kind": kind}).json() == []


def test_a_manager_cannot_touch_a_foreign_feed(world: World, published: str) -> None:
    foreign = next(row for row in world.ask("GET", "/feeds").json() if row["owner"] == "other01")
    assert world.ask("POST", f"/feeds/{foreign['id']}/rotate", world.manager).status_code == 404
    assert world.ask("DELETE", f"/feeds/{foreign['id']}", world.manager).status_code == 404
    body = {"kind": "apprentice", "owners": ["other01"]}
    assert world.ask("POST", "/feeds", world.manager, json=body).status_code == 404
