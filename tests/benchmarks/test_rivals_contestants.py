"""Contestants of the rivals' benchmark: each gives checked plans, and the program for HiGHS is the straight model."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from ortools.linear_solver import pywraplp

from benchmarks.cases import FOLDERS
from benchmarks.environments import REQUIREMENTS
from benchmarks.highs.prepare import meaning_of
from benchmarks.highs.translate import write_program
from benchmarks.rivals.__main__ import main
from benchmarks.rivals.contest import hold
from benchmarks.rivals.contestants.straight import straight_model
from benchmarks.rivals.race import Limits
from benchmarks.rivals.seatings import mended, told_plan
from benchmarks.timefold.prepare import region_of
from lineside.models.checker import check
from lineside.models.reading import read_scenario
from lineside.solver.problem import Problem
from lineside.solver.seating import OpenCohort, Seating

OPTIMUM, FIRST_COME = 253.578, 868.730
"""Of two_plants; its README derives the first."""
LIMITS = Limits(40.0)
NO_ROWS = np.zeros((0, 3), dtype=np.int64)


@pytest.fixture(scope="module")
def problem() -> Problem:
    return Problem(read_scenario(FOLDERS["two_plants"]).scenario)


@pytest.mark.parametrize(
    ("name", "objective", "bound", "how"),
    [
        ("lineside", OPTIMUM, OPTIMUM, "optimal"),
        ("straight", OPTIMUM, OPTIMUM, "optimal"),
        ("first_come", FIRST_COME, None, "done"),
    ],
)
def test_checked_plans_of_two_plants(name: str, objective: float, bound: float | None, how: str) -> None:
    found = hold(name, "two_plants", LIMITS, [10.0, 40.0])
    assert (found.how, found.trajectory.faults, found.people) == (how, (), 8)
    assert found.trajectory.objective_at(40.0) == objective
    assert found.trajectory.bound_at(40.0) == pytest.approx(bound, abs=0.001)
    assert found.trajectory.num_checked > 0
    assert found.megabytes > 50


def test_the_program_has_the_optimum_of_the_straight_model(problem: Problem, tmp_path: Path) -> None:
    draft = straight_model(problem)
    write_program(draft.model, problem.money.scale, tmp_path / "program.npz", **meaning_of(draft))
    with np.load(tmp_path / "program.npz") as file:
        program = dict(file)
    values, objective = _solved(program)
    assert objective == pytest.approx(OPTIMUM, abs=1e-6)
    event = {"kind": "columns"}
    for name in ("seats", "opens", "teaches", "options"):
        table = program[name]
        event[name] = table[values[table[:, 2]] > 0.5][:, :2].tolist()
    plan = told_plan(problem, event)
    assert check(problem.scenario, plan).is_clean
    assert float(plan.objective or 0) == OPTIMUM


def _solved(program: dict[str, np.ndarray]) -> tuple[np.ndarray, float]:
    solver = pywraplp.Solver.CreateSolver("SCIP")
    limits = zip(program["lower"].tolist(), program["upper"].tolist(), strict=True)
    columns = [solver.IntVar(lower, upper, "") for lower, upper in limits]
    for k in range(len(program["row_lower"])):
        row = solver.Constraint(float(program["row_lower"][k]), float(program["row_upper"][k]))
        for at in range(program["ptr"][k], program["ptr"][k + 1]):
            row.SetCoefficient(columns[program["column"][at]], float(program["value"][at]))
    for column, cost in zip(columns, program["cost"].tolist(), strict=True):
        solver.Objective().SetCoefficient(column, cost)
    solver.Objective().SetOffset(float(program["offset"]))
    assert solver.Solve() == pywraplp.Solver.OPTIMAL
    return np.array([column.solution_value() for column in columns]), solver.Objective().Value()


def test_cohorts_that_are_too_small_are_dissolved(problem: Problem) -> None:
    pairs = problem.pairs
    candidate = int(pairs.candidate[problem.viable_pairs[0]])
    needs = pairs.need[pairs.candidate == candidate].tolist()
    module = problem.scenario.modules[problem.candidates.module[candidate]]
    room, teacher = int(problem.rooms.of(candidate)[0]), int(problem.instructors.of(candidate)[0])
    small = OpenCohort(candidate, room, teacher, frozenset(needs[: module.seats_min - 1]))
    assert mended(problem, Seating((small,))).cohorts == ()
    waiting = {row.need_idx for row in problem.demand.earlier}
    enough = OpenCohort(candidate, room, teacher, frozenset(needs[: module.seats_min]))
    assert not enough.needs & waiting
    assert mended(problem, Seating((enough,))).cohorts == (enough,)


def test_the_region_for_local_search_is_whole(problem: Problem) -> None:
    region = region_of(problem)
    rows, pairs = problem.viable_pairs, problem.pairs
    assert [tuple(seat[:2]) for seat in region["seats"]] == list(
        zip(pairs.need[rows].tolist(), pairs.candidate[rows].tolist(), strict=True)
    )
    assert {cohort["candidate"] for cohort in region["cohorts"]} == set(pairs.candidate[rows].tolist())
    for cohort in region["cohorts"]:
        minutes = [end - start for start, end in zip(cohort["starts"], cohort["ends"], strict=True)]
        assert sum(cohort["week_minutes"]) == sum(minutes)
        assert len(cohort["week_numbers"]) == len(set(cohort["weeks"]))
    for (_, candidate), facts in region["facts"].items():
        assert len(facts["lows"]) == len(problem.candidates.slots_of(candidate))
    assert sum(map(sum, (facts["pieces"][1::2] for facts in region["facts"].values()))) >= sum(
        map(sum, (facts["pieces"][::2] for facts in region["facts"].values()))
    )


def test_the_command_appends_tables_and_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--cases", "two_plants", "--seconds", "5", "30", "--contestants", "straight", "first_come"]
    assert main([*words, "--results", str(tmp_path)]) == 0
    text = next(tmp_path.glob("*-rivals.md")).read_text(encoding="utf-8")
    assert "| 30 | straight | 253.6 | 253.6 | 0.00 % | 0.00 % |" in text
    assert "| 30 | first_come | 868.7 | – | – | 70.81 % |" in text
    assert "Rivals' protocol 1: 5, 30 s, one run of the last limit" in text
    assert "straight: too few sizes for a fit, from two_plants." in text
    chart = next(tmp_path.glob("*-two_plants.svg"))
    assert f"({chart.name})" in text
    assert chart.stat().st_size < 200_000
    kept = [json.loads(line) for line in next(tmp_path.glob("*.jsonl")).read_text().splitlines()]
    assert [row["contestant"] for row in kept] == ["straight", "first_come"]
    assert "Appended to" in capsys.readouterr().err


def test_an_unknown_case_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cases", "nowhere", "--results", str(tmp_path)]) == 2
    assert "no case or set nowhere" in capsys.readouterr().err


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_rivals_are_pinned_with_hashes(name: str) -> None:
    lines = REQUIREMENTS[name].read_text(encoding="utf-8").splitlines()
    assert any(line.startswith({"highs": "highspy==", "timefold": "timefold=="}[name]) for line in lines)
    assert all(line.endswith("\\") for line in lines if "==" in line)
    assert not any("://" in line or line.startswith("--index") for line in lines)
