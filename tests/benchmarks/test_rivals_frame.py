"""The frame of the rivals' benchmark: limits are enforced, trajectories read off, plans judged."""

from __future__ import annotations

import doctest
import importlib
import json
import os
import sys
import time
from pathlib import Path

import pytest

from benchmarks.cases import FOLDERS
from benchmarks.rivals.contest import read_apart
from benchmarks.rivals.growth import growth_of, growth_text
from benchmarks.rivals.judge import Judge
from benchmarks.rivals.notes import Notes, read_events
from benchmarks.rivals.race import Finish, Limits, race
from benchmarks.rivals.report import case_tables, remarks
from benchmarks.rivals.trajectory import Standing, Trajectory, best_known
from lineside.models.reading import read_scenario
from lineside.solver import first_come_plan

FOLDER = FOLDERS["two_plants"]
BUILT = "from benchmarks.rivals.notes import Task; Task().notes.built(); "


def run(code: str, tmp_path: Path, limits: Limits) -> Finish:
    return race([sys.executable, "-c", code], FOLDER, limits, tmp_path)


def test_overtime_ends_the_contestant_and_its_children(tmp_path: Path) -> None:
    child = "import subprocess, sys; p = subprocess.Popen(['sleep', '600']); print(p.pid, flush=True); p.wait()"
    finish = run(BUILT + child, tmp_path, Limits(4.0, grace_seconds=0.5))
    assert finish.how == "out of time"
    assert finish.seconds < 60
    pid = int((tmp_path / "messages.txt").read_text())
    for _ in range(100):
        if not _runs(pid):
            break
        time.sleep(0.1)
    assert not _runs(pid)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "(sleep) Z" not in Path(f"/proc/{pid}/stat").read_text()  # a dead one may wait for its parent


def test_a_model_that_is_not_built_at_the_limit(tmp_path: Path) -> None:
    finish = run("import time; time.sleep(600)", tmp_path, Limits(1.0, grace_seconds=500.0))
    assert finish.how == "could not build"
    assert finish.seconds < 60


def test_memory_is_capped_over_the_whole_group(tmp_path: Path) -> None:
    eater = "import time; x = b'1' * 400_000_000; time.sleep(600)"
    code = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {eater!r}])"
    finish = run(code, tmp_path, Limits(60.0, megabytes=300))
    assert finish.how == "out of memory"
    assert finish.megabytes > 300


def test_a_failure_is_told_with_its_last_words(tmp_path: Path) -> None:
    finish = run("raise RuntimeError('no rooms')", tmp_path, Limits(60.0))
    assert (finish.how, finish.complaint) == ("failed", "RuntimeError: no rooms")


def test_the_end_that_a_contestant_tells_itself(tmp_path: Path) -> None:
    finish = run(BUILT + "Task().notes.ended('optimal')", tmp_path, Limits(60.0))
    assert finish.how == "optimal"
    assert [event["kind"] for event in read_events(tmp_path / "events.jsonl")] == ["built", "ended"]


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    Notes(path, 0.0).built()
    with path.open("a") as file:
        file.write('{"kind": "bou')
    assert [event["kind"] for event in read_events(path)] == ["built"]


TRAJECTORY = Trajectory(
    plans=((2.0, 200.0), (8.0, 120.0), (9.0, 125.0), (30.0, 101.0)), bounds=((1.0, 50.0), (20.0, 100.0)), built=0.5
)


def test_readings() -> None:
    assert TRAJECTORY.objective_at(1.9) is None
    assert (TRAJECTORY.objective_at(2.0), TRAJECTORY.objective_at(10.0)) == (200.0, 120.0)
    assert (TRAJECTORY.bound_at(0.5), TRAJECTORY.bound_at(19.0), TRAJECTORY.bound_at(60.0)) == (None, 50.0, 100.0)
    # (120 - 50) / 120 with its own bound of then, (120 - 100) / 120 with the best one known.
    assert TRAJECTORY.gap_at(10.0) == pytest.approx(70 / 120)
    assert TRAJECTORY.gap_at(10.0, 100.0) == pytest.approx(20 / 120)


def test_time_to_a_gap() -> None:
    # Own bound: 1/101 is under 2 % and 1 % from 30 s on. Best bound 119: 1/120 at 8 s already.
    assert TRAJECTORY.time_to(0.02, 60.0) == 30.0
    assert TRAJECTORY.time_to(0.02, 29.0) is None
    assert TRAJECTORY.time_to(0.02, 60.0, 119.0) == 8.0


def standing(name: str, trajectory: Trajectory, people: int = 8, case: str = "two_plants") -> Standing:
    return Standing(case, people, name, 60.0, "time used up", 500.0, trajectory)


def test_best_bound_leaves_out_what_a_plan_contradicts() -> None:
    wrong = Trajectory(bounds=((5.0, 150.0),))
    assert best_known([TRAJECTORY, wrong], 60.0) == 100.0
    rows = [standing("right", TRAJECTORY), standing("wrong", wrong)]
    assert remarks(rows[0], rows, 60.0) == []
    assert remarks(rows[1], rows, 60.0) == ["its bound of 150.000 is no bound: a checked plan costs 101.000."]


def test_tables_of_a_case() -> None:
    rows = [standing("right", TRAJECTORY), standing("none", Trajectory(faults=("1 violations and 0 faults: room",)))]
    text = case_tables(rows, [10.0, 60.0])
    assert "| 10 | right | 120.0 | 50.0 | 58.33 % | 16.67 % |" in text
    assert "| 60 | right | 101.0 | 100.0 | 0.99 % | 0.99 % |" in text
    assert "| 60 | none | – | – | – | – |" in text
    assert "- none: the checker found 1 violations and 0 faults: room; the plan does not count." in text


def test_standings_are_read_back() -> None:
    row = standing("right", TRAJECTORY)
    assert Standing.from_json(json.loads(json.dumps(row.to_json()))) == row


def test_runs_apart_are_read_at_their_own_limits() -> None:
    short = Standing("x", 8, "a", 10.0, "time used up", 700.0, Trajectory(((9.0, 110.0),), ((9.0, 60.0),)))
    merged = read_apart([short, standing("a", TRAJECTORY)])
    assert merged.trajectory.objective_at(9.5) == 120.0  # what the long run had then
    assert (merged.trajectory.objective_at(10.0), merged.trajectory.bound_at(10.0)) == (110.0, 60.0)
    assert (merged.limit, merged.megabytes) == (60.0, 700.0)


def test_growth() -> None:
    rows = []
    for people, seconds in ((6, 0.1), (60, 2.0), (600, 40.0)):
        reaching = Trajectory(((seconds, 100.0),), ((seconds, 99.0),))
        rows.append(standing("a", reaching, people, f"case-{people}"))
    rows.append(standing("a", Trajectory(), 9, "missed"))
    found = growth_of(rows)
    # Twenty times the time for ten times the people: log 20 / log 10.
    assert found.exponent == pytest.approx(1.30103, abs=1e-5)
    assert found.missed == ("missed",)
    assert "- a: time grows with n^1.30, from case-6, case-60, case-600; not within the limit: missed." in growth_text(
        rows
    )


def test_the_judge_dates_plans_and_drops_what_the_checker_refuses(tmp_path: Path) -> None:
    scenario = read_scenario(FOLDER).scenario
    plan = first_come_plan(scenario)
    assert plan.cohorts and plan.objective is not None
    broken = plan.model_copy(update={"cohorts": plan.cohorts[1:]})
    events = [
        {"kind": "built", "seconds": 1.0},
        {"kind": "claim", "seconds": 2.0, "objective": float(plan.objective)},
        {"kind": "plan", "seconds": 5.0, "plan": plan.model_dump(mode="json")},
        {"kind": "plan", "seconds": 6.0, "plan": broken.model_dump(mode="json")},
        {"kind": "bound", "seconds": 3.0, "bound": 10.0},
        {"kind": "bound", "seconds": 4.0, "bound": 9.0},
    ]
    found = Judge(scenario, events).trajectory([10.0])
    assert found.plans == ((2.0, float(plan.objective)),)  # told at 5 s, but its objective was told at 2 s
    assert found.bounds == ((3.0, 10.0),)
    assert (found.num_checked, len(found.faults)) == (2, 1)


MODULES = ("chart", "growth", "judge", "race", "report", "trajectory")


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name: str) -> None:
    found = doctest.testmod(importlib.import_module(f"benchmarks.rivals.{name}"))
    assert (found.failed, found.attempted > 0) == (0, True)
