"""The commands, their exit status and what they say; no terminal, so plain lines."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import lineside.solver
from lineside.models.checker import check
from lineside.models.plan import Plan, read_plan
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from tests.build import open_cohort, plan_of
from tests.service.conftest import Run

BOXES_AND_COLOURS = re.compile("[\x1b\u2500-\u257f]")
Save = Callable[[Plan], Path]


def good_plan(scenario: Scenario) -> Plan:
    """Return a plan that passes the check: a1 on Monday 15:00; a2 may not travel to the college."""
    draft = plan_of(scenario, (open_cohort(scenario), "a1"), first_day=scenario.settings.first_day)
    report = check(scenario, draft)
    figures = {"objective": report.objective, "bound": Decimal(0), "measures": report.measures}
    return draft.model_copy(update={"scenario": scenario.settings.name, "status": "feasible", **figures})


def pretend(monkeypatch: pytest.MonkeyPatch, plan: Plan, **fields: Any) -> list[Any]:
    """Let the solver hand back a plan; return what it was called with."""
    calls: list[Any] = []

    def solve(scenario: Scenario, options: Any, on_progress: Any = None, stop: Any = None) -> Any:
        calls.append((scenario, options))
        return SimpleNamespace(plan=plan, unmeetable_needs=1, seconds=0.5, **{"margin": None, **fields})

    monkeypatch.setattr(lineside.solver, "solve", solve)
    return calls


def files_below(path: Path) -> set[str]:
    return {str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()}


def test_help_names_every_command_without_boxes(run: Run) -> None:
    text = run("--help").output
    assert all(name in text for name in ("new", "validate", "solve", "check", "impact", "convert"))
    assert not BOXES_AND_COLOURS.search(text)


def test_version(run: Run) -> None:
    assert re.fullmatch(r"lineside \d+\.\d+\.\d+\n", run("--version").output)


def test_new_makes_tables_and_a_template_once(run: Run, tmp_path: Path) -> None:
    assert run("new", tmp_path / "region").exit_code == 0
    assert {"scenario.toml", "scenario.xlsx", "crews.csv"} <= files_below(tmp_path / "region")
    again = run("new", tmp_path / "region")
    assert again.exit_code == 2 and "not empty" in again.stderr
    assert run("validate", tmp_path / "region" / "scenario.xlsx").exit_code == 0


def test_validate_tells_the_size_of_each_table(run: Run, folder: Path) -> None:
    result = run("validate", folder)
    assert result.exit_code == 0 and "apprentices: 2 rows" in result.stdout
    assert "The scenario has no mistakes." in result.stdout


def break_tables(folder: Path) -> None:
    crews = (folder / "crews.csv").read_text(encoding="utf-8")
    (folder / "crews.csv").write_text(crews.replace("press", "pres"), encoding="utf-8")
    rooms = (folder / "rooms.csv").read_text(encoding="utf-8")
    (folder / "rooms.csv").write_text(rooms.replace("college", "colege"), encoding="utf-8")


@pytest.mark.parametrize(
    "words",
    [
        ("validate", "REGION"),
        ("solve", "REGION", "--out", "OUT/plan.json", "--xlsx", "OUT/plan.xlsx", "--csv", "OUT/csv"),
        ("convert", "REGION", "OUT/region.xlsx"),
        ("check", "REGION", "plan.json"),
        ("impact", "REGION", "plan.json"),
    ],
    ids=lambda words: words[0],
)
def test_mistakes_are_all_told_on_the_error_stream_and_nothing_is_written(
    run: Run, folder: Path, tmp_path: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = pretend(monkeypatch, Plan())
    break_tables(folder)
    before = files_below(tmp_path)
    places = {"REGION": str(folder)}
    result = run(*(places.get(word, word.replace("OUT", str(tmp_path / "out"))) for word in words))
    assert result.exit_code == 2
    assert "crews row 2, line: 'pres'" in result.stderr and "'colege'" in result.stderr
    assert "Traceback" not in result.output and files_below(tmp_path) == before and calls == []


def test_a_scenario_that_is_not_there_is_said_in_words(run: Run, tmp_path: Path) -> None:
    result = run("solve", tmp_path / "nowhere")
    assert result.exit_code == 2 and "does not exist" in result.stderr and "Traceback" not in result.output


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (None, "cannot be read: no such file"),
        ("{", "Invalid JSON"),
        ('{"cohorts": [{"cohort": 1}], "extra": 2}', "cohorts, 1, cohort: Input should be a valid string"),
    ],
)
def test_a_bad_plan_file_is_bad_input(run: Run, folder: Path, tmp_path: Path, text: str | None, part: str) -> None:
    plan = tmp_path / "plan.json"
    if text is not None:
        plan.write_text(text)
    for command in ("check", "impact"):
        result = run(command, folder, plan)
        assert result.exit_code == 2 and part in result.stderr and "Traceback" not in result.output


def test_outputs_and_scenario_tell_their_mistakes_together(run: Run, folder: Path) -> None:
    break_tables(folder)
    result = run("solve", folder, "--csv", folder)
    assert result.exit_code == 2 and "own folder" in result.stderr and "'colege'" in result.stderr


@pytest.mark.parametrize("option", [("--seconds", "0"), ("--workers", "0"), ("--seed", "-1"), ("--seconds", "x")])
def test_impossible_options_are_bad_input(run: Run, folder: Path, option: tuple[str, str]) -> None:
    assert run("solve", folder, *option).exit_code == 2


def test_solve_checks_writes_and_shows_the_plan(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = read_scenario(folder).scenario
    calls = pretend(monkeypatch, good_plan(scenario))
    out = tmp_path / "out"
    words = ("--out", out / "p.json", "--xlsx", out / "p.xlsx", "--csv", out / "csv", "--seconds", 7, "--seed", 3)
    result = run("solve", folder, *words)
    assert result.exit_code == 0, result.output
    [(_, options)] = calls
    assert (options.seconds, options.workers, options.seed) == (7, 2, 3)
    tables = {f"csv/{name}.csv" for name in ("cohorts", "meetings", "seats", "options", "unseated", "measures")}
    assert files_below(out) == {"p.json", "p.xlsx"} | tables
    assert read_plan(out / "p.json") == good_plan(scenario)
    # Two hours of a2 cost 120, the trip of a1 2 x 20 x 0.02 = 0.8.
    assert "part: of unseated hours; amount 2.0; unit hours; price 60; line-minutes 120.0" in result.stdout
    assert "part: of objective; line-minutes 120.8" in result.stdout
    assert "1 of the 1 needs without a seat could be met by no single candidate cohort" in result.stdout
    assert "Nothing is proven yet" in result.stdout and "The plan keeps every rule" in result.stdout
    assert f"Written: {out / 'p.json'}" in result.stdout
    assert not BOXES_AND_COLOURS.search(result.output)


def test_solve_without_outputs_says_first_that_nothing_is_kept(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, good_plan(read_scenario(folder).scenario))
    lines = run("solve", folder).stdout.splitlines()
    said = next(k for k, line in enumerate(lines) if "shown and not kept" in line)
    assert said < next(k for k, line in enumerate(lines) if line.startswith("elapsed"))
    assert not any(line.startswith("Written") for line in lines)


def test_a_solved_plan_that_fails_its_check_is_never_written(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = read_scenario(folder).scenario
    bad = plan_of(scenario, (open_cohort(scenario), "a1 a2"), status="feasible")
    pretend(monkeypatch, bad)
    result = run("solve", folder, "--out", tmp_path / "p.json")
    assert result.exit_code == 1 and "error in Lineside" in result.stdout and "travel-limit:" in result.stdout
    assert not (tmp_path / "p.json").exists()


@pytest.mark.parametrize("status", ["infeasible", "unknown"])
def test_no_plan_is_status_3(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, status: Any
) -> None:
    pretend(monkeypatch, Plan(status=status), explanation="Pin a1 contradicts the pin of a2. Take one out.")
    result = run("solve", folder, "--out", tmp_path / "p.json")
    assert result.exit_code == 3 and "Pin a1 contradicts" in result.output
    assert not (tmp_path / "p.json").exists()


def test_a_refused_file_is_said_in_words(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pretend(monkeypatch, good_plan(read_scenario(folder).scenario))

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device", "p.json")

    monkeypatch.setattr("lineside.models.plan.write_plan", refuse)
    result = run("solve", folder, "--out", tmp_path / "p.json")
    assert result.exit_code == 2 and "p.json could not be written: no space left on device" in result.stderr


def test_a_failure_of_the_search_is_not_hidden(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def solve(*_: object) -> None:
        assert threading.current_thread() is not threading.main_thread()
        raise RuntimeError("broken")

    monkeypatch.setattr(lineside.solver, "solve", solve)
    assert str(run("solve", folder).exception) == "broken"


def test_check_of_a_good_plan(run: Run, folder: Path, saved: Save) -> None:
    plan = saved(good_plan(read_scenario(folder).scenario))
    result = run("check", folder, plan)
    assert result.exit_code == 0 and "keeps every rule, and its figures are right" in result.stdout
    assert "Objective recomputed from the tables: 120.800 line-minutes." in result.stdout


def test_check_names_the_broken_rule(run: Run, folder: Path, saved: Save) -> None:
    scenario = read_scenario(folder).scenario
    result = run("check", folder, saved(plan_of(scenario, (open_cohort(scenario), "a1 a2"))))
    assert result.exit_code == 1 and "travel-limit: Bo [red] (a2)" in result.stdout


def test_check_of_wrong_figures_is_a_fault(run: Run, folder: Path, saved: Save) -> None:
    plan = good_plan(read_scenario(folder).scenario)
    result = run("check", folder, saved(plan.model_copy(update={"objective": Decimal(5)})))
    assert result.exit_code == 1 and "fault: The plan reports objective 5; the tables give 120.8" in result.stdout


def test_impact_of_one_company_and_of_an_unknown_one(run: Run, folder: Path, saved: Save) -> None:
    scenario = read_scenario(folder).scenario
    # 13:00-15:00 less travel: a1 leaves at 12:40 and would work until 14:00.
    early = plan_of(scenario, (open_cohort(scenario, "Mon 13:00 120"), "a1"))
    result = run("impact", folder, saved(early), "--company", "acme")
    assert result.exit_code == 0, result.output
    assert "Line time lost 8.0 line-minutes; lines stopped 0 minutes; release 80 person-minutes." in result.stdout
    assert "away: date 2026-06-01; from 12:40; to 14:00; line A line (press); rota day" in result.stdout
    assert "Warning: the plan has" in result.stdout
    unknown = run("impact", folder, saved(early), "--company", "bolt")
    assert unknown.exit_code == 2 and "no company bolt" in unknown.stderr and "acme" in unknown.stderr


def test_convert_there_and_back(run: Run, folder: Path, tmp_path: Path) -> None:
    workbook, back = tmp_path / "region.xlsx", tmp_path / "back"
    assert run("convert", folder, workbook).exit_code == 0
    assert run("convert", workbook, back).exit_code == 0
    assert read_scenario(back).scenario == read_scenario(folder).scenario
    again = run("convert", folder, workbook)
    assert again.exit_code == 2 and "is there already" in again.stderr
