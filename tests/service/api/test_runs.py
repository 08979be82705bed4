"""Runs over HTTP: started, followed, stopped, listed."""

from __future__ import annotations

import json

from lineside.models.plan import Plan, plan_json
from lineside.service.runs.attempts import Attempts
from lineside.service.runs.records import Found, Told
from tests.service.api.conftest import World


def test_a_run_is_started_followed_and_looked_at(world: World, scenario_id: str, solved: Plan) -> None:
    answer = world.ask("POST", "/runs", json={"scenario": scenario_id, "seconds": 5, "workers": 1})
    assert answer.status_code == 202
    run = answer.json()["id"]
    attempts = Attempts(world.database, 3)
    attempt = attempts.begin(answer.json()["id"])
    assert attempt is not None
    attempts.beat(attempt, Told("searching", 4.0, 1.0, 2.0), None)
    attempts.finish(attempt, Found(plan_json(solved), "feasible", 2.0, 1.0, 3.0, 0, ""))
    stream = world.ask("GET", f"/runs/{run}/events")
    assert stream.headers["content-type"].startswith("text/event-stream")
    blocks = [dict(line.split(": ", 1) for line in block.splitlines()) for block in stream.text.strip().split("\n\n")]
    assert [block["event"] for block in blocks] == ["progress"] * 4 + ["end"]
    searching = json.loads(blocks[2]["data"])
    assert (searching["objective"], searching["bound"], searching["gap"]) == (4.0, 1.0, 0.75)
    rest = world.ask("GET", f"/runs/{run}/events", headers={"Last-Event-ID": blocks[2]["id"]})
    assert rest.text.count("event: progress") == 1
    found = world.ask("GET", f"/runs/{run}").json()
    assert found["status"] == "finished" and found["revision"] == 1
    assert world.ask("GET", f"/plans/{found['plan']}").json()["run"] == run
    assert [row["id"] for row in world.ask("GET", "/runs?status=finished").json()] == [run]
    assert world.ask("GET", "/runs?status=queued").json() == []
    assert world.ask("POST", f"/runs/{run}/stop").status_code == 409


def test_a_waiting_run_stops_at_once(world: World, scenario_id: str) -> None:
    started = world.ask("POST", "/runs", json={"scenario": scenario_id, "margin": 2}).json()
    run = started["id"]
    assert started["margin"] == world.ask("GET", f"/runs/{run}").json()["margin"] == 2
    assert world.ask("POST", "/runs", json={"scenario": scenario_id, "margin": -1}).status_code == 422
    assert world.ask("POST", f"/runs/{run}/stop").json()["status"] == "stopped"


def test_a_run_keeps_to_the_limits(world: World, scenario_id: str) -> None:
    answer = world.ask("POST", "/runs", json={"scenario": scenario_id, "seconds": 99999})
    assert answer.status_code == 422 and "3600 seconds" in answer.json()["detail"]
