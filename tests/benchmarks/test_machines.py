"""The benchmark of many machines: what its clients count, and the parts that it measures with."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest

from benchmarks.machines import sweep_body
from benchmarks.machines_clients import Client
from benchmarks.machines_world import Beside, before_newest_migration, solved_by
from lineside.scenarios.grids import grid_from


def answering(status: int) -> httpx2.Client:
    transport = httpx2.MockTransport(lambda request: httpx2.Response(status, json={"path": request.url.path}))
    return httpx2.Client(transport=transport, base_url="http://one")


def failing() -> httpx2.Client:
    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("refused", request=request)

    return httpx2.Client(transport=httpx2.MockTransport(refuse), base_url="http://two")


def test_a_failed_connection_is_retried_and_counted_and_nothing_else_is_forgiven() -> None:
    with failing() as away, answering(200) as well, answering(503) as ill:
        client = Client([away, well], patience=10)
        assert client.ask("GET", "/runs") == {"path": "/api/v1/runs"}
        assert (client.asked.retried, client.asked.statuses, client.asked.failures) == (1, {200: 1}, [])
        assert client.ask("GET", "/runs") == {"path": "/api/v1/runs"}  # its turn is the other one
        assert client.asked.retried == 1
        bad = Client([ill], patience=10)
        assert bad.ask("GET", "/runs") is None
        assert bad.asked.failures == ['GET /runs: 503 {"path":"/api/v1/runs"}']
        nobody = Client([away], patience=0.01)
        assert nobody.ask("GET", "/runs") is None
        assert nobody.asked.failures == ["GET /runs: no answer within 0.01 seconds"]


def test_runs_are_counted_by_who_finished_them(tmp_path: Path) -> None:
    machine = Beside(3, tmp_path)
    assert machine.told("run finished") == []
    lines = [json.dumps({"event": event, "run": "x"}) for event in ("attempt begins", "run finished", "run finished")]
    machine.log.write_text("\n".join(["Traceback", "7", *lines]), encoding="utf-8")
    assert solved_by([machine]) == {3: 2} and not machine.has_let_go("x")
    machine.log.write_text(json.dumps({"event": "run given back", "run": "x"}), encoding="utf-8")
    assert machine.has_let_go("x") and not machine.has_let_go("y")


@pytest.mark.parametrize("points", [1, 30])
def test_points_of_the_queue_differ(points: int) -> None:
    grid = grid_from(sweep_body("x", "many", points, 3))
    prices = {choice.edit.settings[0].after for (choice,) in grid.combinations if choice.edit is not None}
    assert (grid.num_points, len(prices), grid.workers) == (points, points, 1)


def test_the_older_version_is_the_one_before_the_newest_migration() -> None:
    revision = before_newest_migration()
    assert len(revision) == 41 and revision.endswith("^")
