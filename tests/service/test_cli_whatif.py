"""The commands about what if."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from pathlib import Path

import pytest

import lineside.scenarios
from lineside.models.plan import read_plan
from lineside.models.reading import read_scenario
from lineside.scenarios.edits import read_edit
from lineside.scenarios.pace import pace_steps
from lineside.scenarios.table_steps import stepped
from lineside.service.cli_inputs import scenario_from
from tests.service.conftest import Run

TWO_PLANTS = Path(lineside.scenarios.__file__).parent / "bundled" / "two_plants"
QUICK = ("--seconds", "20", "--workers", "1")


@pytest.fixture
def changed(folder: Path, tmp_path: Path) -> Path:
    """Return a copy of the scenario whose crew has one relief."""
    copy = tmp_path / "copy"
    shutil.copytree(folder, copy)
    crews = copy / "crews.csv"
    crews.write_text(
        crews.read_text(encoding="utf-8").replace("press,day,10,0,0", "press,day,10,0,1"), encoding="utf-8"
    )
    return copy


def test_the_difference_of_two_scenarios_is_an_edit_for_every_command(
    run: Run, folder: Path, changed: Path, tmp_path: Path
) -> None:
    edit = tmp_path / "relief.toml"
    made = run("edit", folder, changed, "--out", edit, "--name", "One relief")
    assert made.exit_code == 0 and "One relief: 1 change." in made.stdout
    told = run("diff", folder, "--edit", edit)
    assert told.exit_code == 0 and "crews: what changed; row press, day; cells relief: 0 → 1" in told.stdout
    assert run("convert", folder, tmp_path / "made.xlsx", "--edit", edit).exit_code == 0
    assert "do not differ" in run("diff", changed, tmp_path / "made.xlsx").stdout
    assert run("validate", folder, "--edit", edit).exit_code == 0
    solved = run("solve", folder, "--edit", edit, "--out", tmp_path / "plan.json", "--seconds", "5", "--workers", "1")
    assert solved.exit_code == 0
    assert run("check", folder, tmp_path / "plan.json", "--edit", edit).exit_code == 0
    assert run("impact", folder, tmp_path / "plan.json", "--edit", edit).exit_code == 0


def test_a_term_of_twice_the_pace_is_one_edit(run: Run, tmp_path: Path) -> None:
    edit = tmp_path / "sooner.toml"
    base = TWO_PLANTS.parent / "st_cloud"
    days = ("--days", "Mon Wed", "--days", "Tue Thu")
    made = run("pace", base, "--closing", "2027-04-30", *days, "--out", edit, "--name", "April, twice a week")
    assert made.exit_code == 0, made.stderr
    told = read_edit(edit)
    assert told.name == "April, twice a week"
    minutes = [(row.key, row.before, row.after) for row in told.settings]
    assert minutes == [("rules.class_minutes_per_week", "120", "240")]
    # 51 people get the closing date; seven starts and lengths at their sites on two pairs of days replace 14 patterns.
    dues = [cell for cell in told.cells if cell.column == "due"]
    assert (len(dues), {cell.after for cell in dues}) == (51, {"2027-04-30"})
    assert {row.cells["days"] for row in told.added} == {"Mon Wed", "Tue Thu"}
    assert len([row for row in told.removed if row.table == "patterns"]) == 14
    scenario = scenario_from(base, [edit]).scenario
    assert scenario == stepped(
        read_scenario(base).scenario,
        pace_steps(read_scenario(base).scenario, dt.date(2027, 4, 30), ["Mon Wed", "Tue Thu"]),
    )
    again = run("pace", base, "--out", tmp_path / "none.toml")
    assert (again.exit_code, again.stderr.partition(".")[0]) == (2, "Neither a closing date nor class days are given")


def test_an_edit_is_not_written_over_and_needs_a_difference(run: Run, folder: Path, tmp_path: Path) -> None:
    same = run("edit", folder, folder, "--out", tmp_path / "same.toml")
    assert same.exit_code == 2 and "do not differ" in same.stderr and not (tmp_path / "same.toml").exists()
    assert "is there already" in run("edit", folder, folder, "--out", folder / "crews.csv").stderr


def test_a_change_that_does_not_fit_any_more_stops_the_command(
    run: Run, folder: Path, changed: Path, tmp_path: Path
) -> None:
    edit = tmp_path / "relief.toml"
    run("edit", folder, changed, "--out", edit)
    crews = folder / "crews.csv"
    crews.write_text(
        crews.read_text(encoding="utf-8").replace("press,day,10,0,0", "press,day,10,0,2"), encoding="utf-8"
    )
    result = run("convert", folder, tmp_path / "made", "--edit", edit)
    assert result.exit_code == 2 and not (tmp_path / "made").exists()
    assert (
        "relief: crews press, day: its relief is to be '1' instead of '0', but the base now has '2'." in result.stderr
    )
    assert "1 change does not fit the base." in result.stderr


def test_a_change_that_the_base_has_already_is_a_warning(run: Run, folder: Path, changed: Path, tmp_path: Path) -> None:
    edit = tmp_path / "relief.toml"
    run("edit", folder, changed, "--out", edit)
    result = run("validate", changed, "--edit", edit)
    assert result.exit_code == 0
    assert "Warning: relief: the relief of crews press, day is '1' in the base already." in result.stdout


def test_a_missing_edit_is_told(run: Run, folder: Path, tmp_path: Path) -> None:
    result = run("solve", folder, "--edit", tmp_path / "none.toml")
    assert result.exit_code == 2 and "none.toml cannot be read" in result.stderr


def test_a_frontier_is_shown_and_written_with_a_plan_for_each_point(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "points"
    words = ("--against", "dollars", "--keep", "unseated_hours", "--points", "4", "--out", out, *QUICK)
    result = run("frontier", TWO_PLANTS, *words)
    assert result.exit_code == 0
    assert (
        "point 2; objective 310.7; dollars 844; more than the first 57.122; gap 0.0 %; proven efficient"
        in result.stdout
    )
    assert "No plan has less than 340 dollars; that is proven." in result.stdout
    with (out / "frontier.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["objective"], row["dollars"]) for row in rows] == [
        ("253.578", "944"),
        ("310.7", "844"),
        ("858.32", "440"),
        ("917.44", "340"),
    ]
    for row in rows:
        assert run("check", TWO_PLANTS, out / row["plan"]).exit_code == 0
    again = run("frontier", TWO_PLANTS, *words)
    assert again.exit_code == 2 and "not empty" in again.stderr


def test_fairness_is_told_with_the_shares_of_both_plans(run: Run, tmp_path: Path) -> None:
    result = run("fair", TWO_PLANTS, "--cap", "50%", "--out", tmp_path / "plans", *QUICK)
    assert result.exit_code == 0
    assert (
        "company Aspen Ridge Packaging; apprentices 5; seats 7; unseated 1; class hours 22.0; lost 20.0"
        in result.stdout
    )
    assert "at 9.99 line-minutes costs 2.822 line-minutes in total; that is proven." in result.stdout
    assert run("check", TWO_PLANTS, tmp_path / "plans" / "fair.json").exit_code == 0


def test_a_solve_within_limits_says_what_is_proven_and_claims_no_more(run: Run, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    result = run("solve", TWO_PLANTS, "--limit", "dollars=500", "--limit", "cohorts=3", "--out", plan, *QUICK)
    assert result.exit_code == 0
    assert "No plan within 500 dollars and 3 cohorts is better: this one is proven optimal at 607.872" in result.stdout
    assert read_plan(plan).bound is None and read_plan(plan).status == "feasible"
    assert run("check", TWO_PLANTS, plan).exit_code == 0
    never = run("solve", TWO_PLANTS, "--limit", "unseated_hours=2", *QUICK)
    assert never.exit_code == 3 and "No plan keeps within 2 unseated hours, and that is proven." in never.stdout


def test_a_solve_in_strict_order_tells_what_came_of_each_goal(run: Run) -> None:
    result = run("solve", TWO_PLANTS, "--in-order", "unseated_hours, line_time_lost:+20, travel_minutes:5%", *QUICK)
    assert result.exit_code == 0
    assert (
        "goal: measure line time lost; unit line-minutes; least 0; how sure proven; tolerance 20; in the plan 19.98"
        in (result.stdout)
    )
    assert "tolerance 5.0 %" in result.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("solve", "--limit", "dollars"), "'dollars' is no limit."),
        (("solve", "--limit", "dollars=1", "--limit", "dollars=2"), "dollars is limited twice."),
        (("solve", "--limit", "dollar=1"), "dollar is no measure."),
        (("solve", "--in-order", "dollars:x"), "'x' is no tolerance of dollars."),
        (("frontier", "--against", "objective"), "cannot be traded against itself."),
        (("fair", "--cap", "-3"), "'-3' is no cap."),
        (("fair", "--limit", "seats=1"), "seats is no measure."),
    ],
)
def test_what_cannot_be_asked_for_is_refused(run: Run, words: tuple[str, ...], sentence: str) -> None:
    command, *rest = words
    result = run(command, TWO_PLANTS, *rest)
    assert result.exit_code == 2 and sentence in result.stderr
