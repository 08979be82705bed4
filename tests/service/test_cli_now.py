"""The commands for a plan in force: respond and replan, from files to files."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from lineside.models.plan import Plan, read_plan, write_plan
from lineside.models.reading import read_scenario, write_scenario
from lineside.models.scenario import Scenario
from tests.build import open_cohort, plan_of, tiny
from tests.service.conftest import Run

HEADER = "apprentice,name,company,line,rota,program,travel_max\n"


def region() -> Scenario:
    return tiny(
        settings={"weeks": 6},
        apprentices={"a1": {}, "a2": {"name": "Bo"}},
        patterns=("Mon | 15:00 | 120 | college", "Tue | 15:00 | 120 | college"),
        instructors={"ida": {}, "bob": {"name": "Bob", "dollars_per_hour": 30}},
    )


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """Return the folder of the tables and the file of the plan in force: both people in K1 on 22 June."""
    scenario = region()
    write_scenario(scenario, tmp_path / "region")
    write_plan(plan_of(scenario, (open_cohort(scenario, week=3), "a1 a2")), tmp_path / "plan.json")
    return tmp_path / "region", tmp_path / "plan.json"


def test_respond_tells_and_takes(run: Run, places: tuple[Path, Path], tmp_path: Path) -> None:
    event = ("--at", "2026-06-01", "--sick", "ida", "2026-06-22", "2026-06-22")
    told = run("respond", *places, *event)
    assert told.exit_code == 0, told.output
    lines = told.output.splitlines()
    assert lines[0] == "Nothing changes before 2026-06-15 unless it must."
    assert lines[2] == (
        "answer: no. 1; answer Another instructor; cost +3.0; line time lost +0.0; unseated hours +0.0; "
        "dollars +60.0; travel minutes +0.0; changes 0; people 2"
    )
    assert "1. Another instructor: bob teaches K1 in place of ida." in lines
    out, tables = tmp_path / "new" / "plan.json", tmp_path / "tables"
    taken = run("respond", *places, *event, "--take", "1", "--out", out, "--tables", tables)
    assert taken.exit_code == 0, taken.output
    assert "instructor ida is away from 2026-06-22 to 2026-06-22: repeat it" in taken.output
    assert run("check", tables, out).exit_code == 0
    assert [row.instructor for row in read_plan(out).cohorts] == ["bob"]
    after = read_scenario(tables).scenario
    assert str(after.settings.frozen_until) == "2026-06-15"
    assert after.published is not None


def test_respond_takes_in_a_late_joiner(run: Run, places: tuple[Path, Path], tmp_path: Path) -> None:
    row = tmp_path / "kim.csv"
    row.write_text(HEADER + "a9,Kim,acme,press,day,tech,60\n")
    out, tables = tmp_path / "new.json", tmp_path / "tables"
    event = ("--at", "2026-06-01", "--late-joiner", row)
    taken = run("respond", *places, *event, "--take", "1", "--out", out, "--tables", tables)
    assert taken.exit_code == 0, taken.output
    assert "a9" in read_scenario(tables).scenario.apprentice_by_id
    assert [seat.apprentice for seat in read_plan(out).seats] == ["a1", "a2", "a9"]


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ((), "What happened is nothing. Give exactly one of --late-joiner"),
        (("--drop-out", "a1", "--snow", "2026-06-08"), "What happened is --drop-out and --snow."),
        (("--drop-out", "a1", "--line", "saw"), "--line says nothing without --rota."),
        (("--drop-out", "a7"), "There is no apprentice a7 in the tables."),
        (("--rota", "a1"), "a1 is no ID=ROTA."),
        (("--sick", "ida", "2026-06-08", "soon"), "soon is no date."),
        (("--snow", "2026-06-08", "--take", "1"), "Add --out and --tables to --take."),
        (("--snow", "2026-06-08", "--out", "x.json"), "Add --take with its number."),
        (("--snow", "2026-06-22", "--take", "9", "--out", "x", "--tables", "y"), "There is no answer 9; there are 1."),
        (("--late-joiner", "nowhere.csv"), "nowhere.csv cannot be read"),
        (("--snow", "2026-06-08", "--at", "2025-06-08"), "2025-06-08 is outside the horizon"),
    ],
)
def test_respond_refuses(run: Run, places: tuple[Path, Path], words: tuple[str, ...], text: str) -> None:
    day = () if "--at" in words else ("--at", "2026-06-01")
    result = run("respond", *places, *day, *words)
    assert result.exit_code == 2
    assert text in result.output


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ("", "has 0 rows"),
        ("a9,Kim,acme,press,day,tech\n", "not as many cells as its header"),
        ("a9,Kim,acme,press,day,tech,60\na8,Lee,acme,press,day,tech,60\n", "has 2 rows"),
    ],
)
def test_a_late_joiner_is_one_whole_row(
    run: Run, places: tuple[Path, Path], tmp_path: Path, cells: str, text: str
) -> None:
    row = tmp_path / "kim.csv"
    row.write_text(HEADER + cells)
    result = run("respond", *places, "--at", "2026-06-01", "--late-joiner", row)
    assert result.exit_code == 2
    assert text in result.output


def test_replan_within_a_budget(run: Run, places: tuple[Path, Path], tmp_path: Path) -> None:
    out, tables, changes = tmp_path / "new.json", tmp_path / "tables", tmp_path / "changes.csv"
    words = ("--at", "2026-06-01", "--seconds", "2", "--workers", "1", "--fewest", "--budget", "4")
    away = ("--sick", "ida=2026-06-08..2026-07-12", "--sick", "bob=2026-06-22..2026-06-22")
    result = run("replan", *places, *words, *away, "--out", out, "--tables", tables, "--changes", changes)
    assert result.exit_code == 0, result.output
    # Nobody can teach on the 22nd: both move, to a class of Bob's.
    assert "2 seats of 2 people change; 2 of them because the seat cannot stand." in result.output
    assert run("check", tables, out).exit_code == 0
    plan = read_plan(out)
    assert [row.instructor for row in plan.cohorts] == ["bob"]
    assert plan.measures is not None
    assert plan.measures.changes == 4
    with changes.open() as file:
        rows = list(csv.DictReader(file))
    assert [(row["apprentice"], row["change"], row["from"], row["forced"]) for row in rows] == [
        ("a1", "moves", "K1", "yes"),
        ("a2", "moves", "K1", "yes"),
    ]
    assert rows[0]["why"] == "Instructor ida of K1 cannot be had from 2026-06-08 to 2026-07-12."


@pytest.mark.parametrize(
    ("words", "status", "text"),
    [
        (("--sick", "ida"), 2, "ida is no ID=FROM..TO."),
        (("--sick", "idb=2026-06-08..2026-06-09"), 2, "There is no instructor idb"),
        (("--closed", "hall=2026-06-09..2026-06-08"), 2, "2026-06-08 is before 2026-06-09."),
        (("--out", "."), 2, "is a folder"),
        (("--tables", "."), 2, "exists already"),
        (("--closed", "hall=2026-06-01..2026-07-12", "--budget", "1"), 3, "2 seats of the plan in force cannot stand"),
    ],
)
def test_replan_refuses(run: Run, places: tuple[Path, Path], words: tuple[str, ...], status: int, text: str) -> None:
    result = run("replan", *places, "--at", "2026-06-01", "--seconds", "1", "--workers", "1", *words)
    assert result.exit_code == status, result.output
    assert text in result.output


def test_a_plan_that_breaks_rules_is_not_one_in_force(run: Run, places: tuple[Path, Path]) -> None:
    scenario = region()
    bad = plan_of(scenario, (open_cohort(scenario, week=3, instructor="nobody"), "a1"))
    write_plan(Plan.model_validate(bad.model_dump()), places[1])
    result = run("respond", *places, "--at", "2026-06-01", "--snow", "2026-06-08")
    assert result.exit_code == 2
    assert "The plan in force has" in result.output


def test_notices_are_listed_and_written(run: Run, places: tuple[Path, Path], tmp_path: Path) -> None:
    scenario = region()
    new, sheet = tmp_path / "new.json", tmp_path / "notices.csv"
    write_plan(plan_of(scenario, (open_cohort(scenario, "Tue 15:00 120", name="K2", week=3), "a1")), new)
    result = run("notices", *places, new, "--at", "2026-06-21T09:00", "--csv", sheet)
    assert result.exit_code == 0, result.output
    assert "3 people must be told beside the calendars." in result.output
    with sheet.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["who"], row["id"], row["date"], row["time"], row["subject"]) for row in rows] == [
        ("apprentice", "a1", "2026-06-22", "15:00", "Your next class has moved: Monday 22 June 2026"),
        ("apprentice", "a2", "2026-06-22", "15:00", "A class is cancelled: Monday 22 June 2026"),
        ("instructor", "ida", "2026-06-22", "15:00", "Your next class has moved: Monday 22 June 2026"),
    ]
    assert "it is:  Tuesday 23 June 2026, 15:00 to 17:00" in rows[0]["text"]
    quiet = run("notices", *places, new, "--at", "2026-06-01", "--days", "2")
    assert "0 people must be told beside the calendars." in quiet.output
    assert run("notices", *places, new, "--at", "2026-06-21", "--csv", tmp_path).exit_code == 2
