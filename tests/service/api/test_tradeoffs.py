"""Runs of strict orders, frontiers and limits over HTTP, solved by a worker; and shares by company."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from lineside.scenarios.examples import example_raw
from lineside.service.storage.texts import settings_json, table_json
from tests.service.api.conftest import World
from tests.service.runs.processes import wait_for_status, worker

pytestmark = pytest.mark.once


@pytest.fixture
def two_plants(world: World) -> str:
    raw = example_raw("two_plants")
    tables = {name: table_json(table) for name, table in raw.tables.items()}
    answer = world.ask("POST", "/scenarios", json={"settings": settings_json(raw.settings), "tables": tables})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def start(world: World, scenario: str, **ask: Any) -> str:
    answer = world.ask("POST", "/runs", json={"scenario": scenario, "seconds": 60, "workers": 1, **ask})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["id"])


def test_orders_frontiers_and_limits_are_solved_and_told(world: World, two_plants: str) -> None:
    wish = {"against": "dollars", "points": 4, "keep": ["unseated_hours"]}
    runs = {
        "frontier": start(world, two_plants, frontier=wish),
        "order": start(world, two_plants, in_order="unseated_hours, line_time_lost:+20, travel_minutes"),
        "limit": start(world, two_plants, limits={"dollars": 500}),
        "never": start(world, two_plants, limits={"unseated_hours": 2}),
    }
    waiting = world.ask("GET", f"/runs/{runs['frontier']}/points")
    assert waiting.status_code == 409 and "not over yet" in waiting.json()["detail"]
    with worker(world.database):
        for run in runs.values():
            assert wait_for_status(world.database, uuid.UUID(run), "finished", "failed").status == "finished"
    _look_at_frontier(world, runs["frontier"], wish)
    _look_at_order(world, runs["order"])
    limited = world.ask("GET", f"/runs/{runs['limit']}").json()
    # The README of two_plants: the least objective with at most 500 dollars; it is proven.
    assert (limited["objective"], limited["bound"], limited["gap"]) == (607.872, 607.872, 0)
    assert (limited["limits"], limited["in_order"], limited["frontier"]) == ({"dollars": 500}, None, None)
    plan = world.ask("GET", f"/plans/{limited['plan']}").json()["plan"]
    assert (plan["bound"], plan["status"]) == (None, "feasible")
    never = world.ask("GET", f"/runs/{runs['never']}").json()
    assert (never["outcome"], never["plan"]) == ("infeasible", None)
    assert never["reason"].startswith("No plan keeps within 2 unseated hours")


def _look_at_frontier(world: World, run: str, wish: dict[str, Any]) -> None:
    row = world.ask("GET", f"/runs/{run}").json()
    assert (row["method"], row["frontier"]) == ("frontier", {"minimise": "objective", **wish})
    told = world.ask("GET", f"/runs/{run}/points").json()
    assert [(point["value"], point["against"]) for point in told["points"]] == [
        (253.578, 944),
        (310.7, 844),
        (858.32, 440),
        (917.44, 340),
    ]
    assert (told["minimise_words"], told["against_words"]) == ("line-minutes in all", "dollars")
    assert (told["least_against_bound"], told["is_least_against_optimal"], told["is_complete"]) == (340, True, True)
    assert all(point["is_efficient"] and point["gap"] == 0 for point in told["points"])
    assert told["points"][0]["plan"] == row["plan"]
    plans = {plan["id"]: plan for plan in world.ask("GET", "/plans").json()}
    for number, point in enumerate(told["points"], start=1):
        assert plans[point["plan"]]["name"].startswith(f"Point {number} of ")
        assert plans[point["plan"]]["violations"] == 0
    compared = world.ask("GET", "/plans/compare", params={"plan": [point["plan"] for point in told["points"]]}).json()
    assert compared["measures"][0]["values"] == [253.578, 310.7, 858.32, 917.44]
    assert world.ask("DELETE", f"/plans/{told['points'][1]['plan']}").status_code == 204
    assert world.ask("GET", f"/runs/{run}/points").json()["points"][1]["plan"] is None
    assert world.ask("GET", f"/runs/{run}/goals").status_code == 409


def _look_at_order(world: World, run: str) -> None:
    row = world.ask("GET", f"/runs/{run}").json()
    assert (row["method"], row["objective"]) == ("in_order", 255.578)
    goals = world.ask("GET", f"/runs/{run}/goals").json()
    assert [(goal["words"], goal["value"], goal["final"], goal["is_optimal"]) for goal in goals] == [
        ("unseated hours", 3, 3, True),
        ("line-minutes of line time", 0, 19.98, True),
        ("travel minutes", 120, 120, True),
    ]


def test_a_frontier_that_was_stopped_before_it_began_told_nothing(world: World, two_plants: str) -> None:
    run = start(world, two_plants, frontier={"against": "cohorts"})
    assert world.ask("POST", f"/runs/{run}/stop").json()["status"] == "stopped"
    refused = world.ask("GET", f"/runs/{run}/points")
    assert refused.status_code == 409 and "came to nothing" in refused.json()["detail"]


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        ({"limits": {"dollar": 1}}, "dollar is no measure."),
        ({"in_order": "dollars, dollars"}, "dollars is named twice."),
        ({"frontier": {"against": "objective"}}, "cannot be traded against itself."),
        ({"frontier": {"against": "dollars", "keep": ["x"]}}, "x is no measure."),
        ({"in_order": "dollars", "frontier": {"against": "dollars"}}, "do not go together"),
        ({"method": "first_come", "limits": {"dollars": 1}}, "do not go together"),
        ({"limits": {"dollars": -1}}, "greater than or equal to 0"),
        ({"frontier": {"against": "dollars", "points": 1}}, "greater than or equal to 2"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(world: World, two_plants: str, ask: dict[str, Any], words: str) -> None:
    answer = world.ask("POST", "/runs", json={"scenario": two_plants, **ask})
    assert answer.status_code == 422 and words in answer.text


def test_shares_are_told_to_planners_whole_and_to_managers_of_their_own(world: World, plan_id: str) -> None:
    rows = world.ask("GET", f"/plans/{plan_id}/impact/shares").json()
    assert [row["company"] for row in rows] == ["acme", ""]
    # a1 has two hours of class after the shift, and loses no minute but the way: 15:00 less 20 minutes is after 14:00.
    assert (rows[0]["seated_hours"], rows[0]["num_seats"], rows[0]["lost_per_hour"]) == (2, 1, 0)
    world.ask("POST", f"/plans/{plan_id}/publish")
    (own,) = world.ask("GET", f"/plans/{plan_id}/impact/shares", world.manager).json()
    assert (own["company"], own["share"]) == ("acme", None)
