"""``lineside sweep`` on the database of a service, with a real worker, and the same over HTTP."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest

from lineside.service import cli_sweeps
from lineside.service.console import Listing, PlainScreen
from lineside.service.storage.database import Database
from lineside.service.storage.scenarios import Scenarios
from tests.service.api.conftest import World, make_world
from tests.service.conftest import Run
from tests.service.regions import new_region, tiny_raw
from tests.service.runs.processes import worker

GRID = """
name = "reliefs"
scenarios = ["tiny"]
seconds = 3

[[axes]]
name = "relief"
[[axes.choices]]
name = "none"
[[axes.choices]]
name = "one"
cells = [{ table = "crews", row = ["press", "day"], column = "relief", after = 1 }]
"""


@pytest.fixture
def grid(database: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("LINESIDE_DATABASE", database.address)
    region = new_region(database, "here")
    with database.session() as session:
        raw = tiny_raw()
        raw.settings["name"] = "tiny"
        Scenarios(session, region).create(raw, "")
    path = tmp_path / "grid.toml"
    path.write_text(GRID, encoding="utf-8")
    return path


def test_a_sweep_goes_over_a_worker_and_ends_with_its_table(
    run: Run, database: Database, grid: Path, tmp_path: Path
) -> None:
    files = {form: tmp_path / f"table.{form}" for form in ("json", "csv", "xlsx")}
    options = [word for form, path in files.items() for word in (f"--{form}", path)]
    queued = run("sweep", "start", "here", grid, "--no-wait")
    assert queued.exit_code == 0 and "reliefs: 2 points in the queue, 3 seconds each.\n" in queued.stdout
    assert run("sweep", "stop", "here", "reliefs").stdout.startswith("reliefs: 2 points stopped. Go on with")
    with worker(database):
        done = run("sweep", "resume", "here", "reliefs", *options)
    assert done.exit_code == 0, done.output
    told = done.stdout.splitlines()
    assert told[0] == "reliefs: 2 points in the queue again."
    assert any(line.startswith("elapsed ") and "; ended 2 of 2; workers 1" in line for line in told)
    # A seat in math at the college on Monday 15:00 loses no minute of the shift and costs two trips of 20 minutes.
    row = "status optimal; objective 0.8; bound 0.8; gap 0.0 %; line time lost 0.0; cohorts 1; unseated 0"
    assert f"point: point 2; scenario tiny; relief one; {row}" in told
    table = list(csv.DictReader(files["csv"].read_text(encoding="utf-8").splitlines()))
    assert [line["axis relief"] for line in table] == ["none", "one"] and table[0]["objective"] == "0.800"
    points = json.loads(files["json"].read_text(encoding="utf-8"))["points"]
    assert [point["choices"] for point in points] == [{"relief": "none"}, {"relief": "one"}]
    sheet = openpyxl.load_workbook(files["xlsx"])["reliefs"]
    assert [cell.value for cell in sheet["C"]] == ["axis relief", "none", "one"]
    assert "name reliefs; started" in run("sweep", "list", "here").stdout
    assert run("sweep", "table", "here", "reliefs").exit_code == 0
    assert run("sweep", "delete", "here", "reliefs").exit_code == 0
    assert run("sweep", "list", "here").stdout.startswith("The region here has no sweeps.")


def test_mistakes_are_told_and_nothing_is_queued(run: Run, grid: Path) -> None:
    grid.write_text(GRID.replace('"day"', '"night"').replace('"tiny"', '"tiny", "other"'), encoding="utf-8")
    refused = run("sweep", "start", "here", grid)
    assert refused.exit_code == 2
    told = refused.stderr.splitlines()
    assert told[0].startswith("Scenario 'other': No saved scenario of the region has this name.")
    assert told[1].startswith("tiny: one: crews press, night: its relief is to be '1', but the base has no such row")
    assert told[2] == "The grid has 2 mistakes, and nothing was queued. Correct it and start the sweep again."
    grid.write_text("name = 1", encoding="utf-8")
    assert (
        run("sweep", "start", "here", grid)
        .stderr.splitlines()[-1]
        .endswith("Nothing was queued; correct it and try again.")
    )
    assert run("sweep", "start", "nowhere", grid.with_name("gone.toml")).stderr.startswith(f"{grid.parent}")
    assert "There is no sweep reliefs." in run("sweep", "watch", "here", "reliefs").stderr
    assert "There is no region 'there'." in run("sweep", "list", "there").stderr


def test_who_leaves_is_told_that_the_service_goes_on(run: Run, grid: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli_sweeps.time, "sleep", interrupted)
    left = run("sweep", "start", "here", grid)
    assert left.exit_code == 130
    assert "No worker is at work. Start lineside serve, or lineside worker.\nThe service goes on with" in left.stdout


def test_a_board_tells_what_is_new() -> None:
    file = io.StringIO()
    with PlainScreen(file).board() as show:
        for elapsed in ("0:01", "0:02"):
            show({"elapsed": elapsed, "run": "1"}, Listing("", "point", ("point", "bound"), [("1", "4")]))
    assert file.getvalue() == "elapsed 0:01; run 1\npoint: point 1; bound 4\n"


def test_the_same_over_http(database: Database) -> None:
    world: World = make_world(database)
    scenario = world.ask("POST", "/scenarios/examples", json={"example": "two_plants"}).json()["id"]
    edit = {"name": "=1+1", "cells": [{"table": "rooms", "row": ["TECH-R1"], "column": "seats", "after": "30"}]}
    body = {"name": "rooms", "scenarios": [scenario], "axes": [{"name": "seats", "choices": [None, edit]}]}
    started = world.ask("POST", "/sweeps", json=body)
    assert started.status_code == 202, started.text
    path = started.headers["location"].removeprefix("/api/v1")
    whole = world.ask("GET", path).json()
    assert [point["choices"] for point in whole["points"]] == [["no edit"], ["=1+1"]]
    assert (whole["waiting"], whole["axes"]) == (2, [{"name": "seats", "choices": ["no edit", "=1+1"]}])
    assert world.ask("POST", f"{path}/stop").json()["ended"] == 2
    table = world.ask("GET", f"{path}/download", params={"form": "csv"})
    assert table.text.splitlines()[2].split(",")[2] == "'=1+1"  # no formula
    assert world.ask("POST", f"{path}/resume").json()["waiting"] == 2
    refused = world.ask("POST", "/sweeps", json={**body, "name": "a", "axes": [{"name": "x", "choices": [{}, {}]}]})
    assert refused.status_code == 422 and len(refused.json()["mistakes"]) == 2
    assert world.ask("POST", "/sweeps", json=body).status_code == 409
    world.ask("POST", f"{path}/stop")
    assert world.ask("DELETE", path).status_code == 204 and world.ask("GET", path).status_code == 404
