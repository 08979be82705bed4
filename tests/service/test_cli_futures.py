"""The command that plays a plan's futures, and a solve with a margin, as their users call them."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest

import lineside.scenarios
from lineside.models.plan import Plan, read_plan, write_plan
from lineside.models.reading import read_scenario
from lineside.solver import Margin, Rates, first_come_plan
from tests.service.conftest import Run
from tests.service.test_cli import good_plan, pretend

TWO_PLANTS = Path(lineside.scenarios.__file__).parent / "bundled" / "two_plants"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plans") / "plan.json"
    write_plan(first_come_plan(read_scenario(TWO_PLANTS).scenario), path)
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_simulate_tells_cohorts_crews_and_the_whole(run: Run, plan: Path) -> None:
    told = run("simulate", TWO_PLANTS, plan, "--futures", 400, "--seed", 3).stdout
    assert told.startswith(
        "400 futures from seed 3: 0.62 % of the apprentices leave in a week, 3.0 % of the operators stay away from a "
        "shift, 25.0 % of the weeks of a crew have overtime of 140 minutes a shift.\n"
    )
    assert "cohort: cohort BLUE-" in told and "chance that it holds" in told
    assert "crew: line Carton line (ASPEN-L1); rota ASPEN-D; line-minutes lost in the plan" in told
    assert "standard deviation" in told and "cohorts keep their least number of people" in told
    assert run("simulate", TWO_PLANTS, plan, "--futures", 400, "--seed", 3).stdout == told


def test_without_chance_the_futures_are_the_plan(run: Run, plan: Path, tmp_path: Path) -> None:
    nothing = ("--drop-out-per-week", 0, "--absence-per-shift", 0, "--overtime-per-week", 0, "--overtime-minutes", 0)
    result = run("simulate", TWO_PLANTS, plan, *nothing, "--futures", 7, "--csv", tmp_path / "out")
    assert result.exit_code == 0 and f"Written: {tmp_path / 'out' / 'crews.csv'}" in result.stdout
    [total] = rows(tmp_path / "out" / "futures.csv")
    assert float(total["planned_lost_line_minutes"]) == float(total["lost_line_minutes_mean"]) > 0
    assert float(total["lost_line_minutes_deviation"]) == 0 and total["chance_all_hold"] == "1.0"
    assert {row["line"] for row in rows(tmp_path / "out" / "crews.csv")} == {"ASPEN-L1", "BIRCH-L1"}
    assert all(
        row["members"] == f"{float(row['mean_members_left']):g}" for row in rows(tmp_path / "out" / "cohorts.csv")
    )


def test_a_plan_that_breaks_a_rule_is_played_after_a_warning(run: Run, plan: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    kept = read_plan(plan)
    write_plan(kept.model_copy(update={"seats": kept.seats[1:]}), broken)
    for command in ("simulate", "road"):
        told = run(command, TWO_PLANTS, broken).stdout
        assert told.startswith("Warning: the plan has") and run(command, TWO_PLANTS, plan).stdout.count("Warning") == 0


def test_one_company_is_told_its_own_crews(run: Run, plan: Path) -> None:
    told = run("simulate", TWO_PLANTS, plan, "--futures", 50, "--company", "BIRCH").stdout
    assert "BIRCH-L1" in told and "ASPEN-L1" not in told
    wrong = run("simulate", TWO_PLANTS, plan, "--company", "NOBODY")
    assert wrong.exit_code == 2 and "There is no company NOBODY" in wrong.stderr


@pytest.mark.parametrize("option", [("--futures", 0), ("--absence-per-shift", 1.5), ("--overtime-minutes", -1)])
def test_impossible_rates_are_bad_input(run: Run, plan: Path, option: tuple[str, object]) -> None:
    assert run("simulate", TWO_PLANTS, plan, *option).exit_code == 2


def test_a_table_that_cannot_be_written_is_said_in_words(run: Run, plan: Path) -> None:
    result = run("simulate", TWO_PLANTS, plan, "--futures", 5, "--csv", plan)
    assert result.exit_code == 2 and "could not be written" in result.stderr


def test_the_help_names_the_defaults_that_are_used(run: Run) -> None:
    told = " ".join(run("simulate", "--help").output.split())
    for value in (Rates.drop_out_per_week, Rates.absence_per_shift, Rates.overtime_per_week, Rates.overtime_minutes):
        assert f"({value})" in told


def test_solve_tells_what_a_margin_costs(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan: Plan = good_plan(read_scenario(folder).scenario)
    assert plan.objective is not None
    margin = Margin(2, Decimal("1.5"), plan.objective - 10)
    calls = pretend(monkeypatch, plan, margin=margin)
    told = run("solve", folder, "--margin", 2).stdout
    [(_, options)] = calls
    assert options.margin == 2
    assert "Each new cohort has 2 people to spare, or as many as fit." in told
    assert "No plan with that margin can be better than 1.5 line-minutes" in told
    assert "the margin costs 10.0 line-minutes" in told
