"""Plans over HTTP: check, keep, publish, what the lines lose, downloads without formulas."""

from __future__ import annotations

import io
import json
import zipfile

from lineside.models.plan import Plan, plan_json
from lineside.service.api.downloads import csv_bytes
from tests.build import open_cohort, plan_of, tiny
from tests.service.api.conftest import World, scenario_body


def test_an_edited_plan_is_checked(world: World, scenario_id: str, solved: Plan) -> None:
    plan = json.loads(plan_json(solved))
    body = {"scenario": scenario_id, "plan": plan}
    good = world.ask("POST", "/plans/check", json=body).json()
    assert good["is_clean"] and good["objective"] == plan["objective"]
    plan["seats"].append({"apprentice": "nobody", "module": "x", "cohort": "y"})
    bad = world.ask("POST", "/plans/check", json=body).json()
    assert not bad["is_clean"] and bad["faults"]
    kept = world.ask("POST", "/plans", json={**body, "name": "wrong"}).json()
    assert kept["violations"] > 0
    assert world.ask("POST", f"/plans/{kept['id']}/publish").status_code == 409


def test_a_published_plan_is_in_force_and_the_one_before_stays(world: World, plan_id: str, scenario_id: str) -> None:
    assert world.ask("POST", f"/plans/{plan_id}/publish").json()["in_force"]
    text = world.ask("GET", f"/plans/{plan_id}/download?form=json").json()
    kept = world.ask("POST", "/plans", json={"scenario": scenario_id, "name": "next", "plan": text, "revision": 1})
    second = kept.json()["id"]
    assert world.ask("POST", f"/plans/{second}/publish").status_code == 200
    listed = world.ask("GET", "/publications").json()
    assert [(row["plan"], row["in_force"], row["number"]) for row in listed] == [(second, True, 2), (plan_id, False, 1)]
    assert world.ask("GET", f"/plans/{plan_id}").json()["in_force"] is False
    assert world.ask("DELETE", f"/plans/{plan_id}").status_code == 409
    whole = world.ask("GET", f"/scenarios/{scenario_id}").json()
    assert whole["revision"] == 3 and json.loads(whole["published"])["seats"] == text["seats"]
    assert whole["mistakes"] == []


def test_plans_are_read_whole_or_by_part(world: World, plan_id: str) -> None:
    whole = world.ask("GET", f"/plans/{plan_id}").json()["plan"]
    part = world.ask("GET", f"/plans/{plan_id}/parts/seats").json()
    assert part["seats"] == whole["seats"] and part["cohorts"] is None
    assert world.ask("GET", f"/plans/{plan_id}/parts/nonsense").status_code == 422


def test_impact_sums_to_the_measures(world: World, plan_id: str) -> None:
    measures = world.ask("GET", f"/plans/{plan_id}/parts/measures").json()["measures"]
    for by in ("", "company", "line", "rota", "week", "quarter_hour"):
        rows = world.ask("GET", f"/plans/{plan_id}/impact", params={"by": by} if by else {}).json()
        assert round(sum(row["lost_line_minutes"] for row in rows), 2) == round(measures["line_time_lost"], 2)
        assert sum(row["release_person_minutes"] for row in rows) == measures["release"]
        assert sum(row["stopped_minutes"] for row in rows) == measures["stopped"]
    assert world.ask("GET", f"/plans/{plan_id}/impact/low-points").status_code == 200
    summary = world.ask("GET", f"/plans/{plan_id}/impact/summary").json()
    assert summary["release_person_minutes"] == measures["release"]
    assert world.ask("GET", f"/plans/{plan_id}/impact/absences").json()["release_minutes"] == measures["release"]
    csv = world.ask("GET", f"/plans/{plan_id}/impact/download?by=line&by=week")
    assert csv.headers["content-type"].startswith("text/csv") and csv.text.startswith("line,week,lost_line_minutes")


def test_costs_of_cohorts_sum_to_the_measures(world: World) -> None:
    changes = {
        "rooms": {"hall": {"dollars_per_hour": "12.5"}},
        "modules": {"math": {"dollars_per_seat": "40"}},
        "companies": {"acme": {"class_wage": "30"}},
    }
    scenario = tiny(**changes)
    made = world.ask("POST", "/scenarios", json=scenario_body(**changes)).json()["id"]
    text = json.loads(plan_json(plan_of(scenario, (open_cohort(scenario), "a1"))))
    kept = world.ask("POST", "/plans", json={"scenario": made, "name": "costs", "plan": text}).json()["id"]
    measures = world.ask("GET", f"/plans/{kept}/parts/measures").json()["measures"]
    (row,) = world.ask("GET", f"/plans/{kept}/costs").json()
    assert row["seats"] == 1 and row["seat_dollars"] == 40
    assert row["room_dollars"] > 0 and row["wage_dollars"] > 0
    parts = ("room_dollars", "instructor_dollars", "seat_dollars", "wage_dollars")
    assert row["dollars"] == sum(row[part] for part in parts) == measures["dollars"]
    assert row["travel_minutes"] == measures["travel_minutes"] > 0


def test_downloads_hold_no_formula(world: World, plan_id: str) -> None:
    assert csv_bytes(["id"], [["=1+1"], ["-2.5"], ["@x"]]) == b"id\r\n'=1+1\r\n-2.5\r\n'@x\r\n"
    packed = world.ask("GET", f"/plans/{plan_id}/download?form=csv").content
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert {"cohorts.csv", "seats.csv", "measures.csv"} <= set(archive.namelist())
    assert world.ask("GET", f"/plans/{plan_id}/download").content[:2] == b"PK"


def test_a_plan_is_renamed_on_its_version(world: World, plan_id: str) -> None:
    tag = world.ask("GET", f"/plans/{plan_id}").headers["etag"]
    assert world.ask("PATCH", f"/plans/{plan_id}", json={"name": "B"}, headers={"If-Match": tag}).json()["name"] == "B"
    assert world.ask("PATCH", f"/plans/{plan_id}", json={"name": "C"}, headers={"If-Match": tag}).status_code == 412
