"""The command that tells hours of the program, as its user calls it."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

import lineside.scenarios
from lineside.models.plan import write_plan
from lineside.models.reading import read_scenario
from lineside.solver import first_come_plan
from tests.service.conftest import Run

MILWAUKEE = Path(lineside.scenarios.__file__).parent / "bundled" / "milwaukee"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plans") / "plan.json"
    write_plan(first_come_plan(read_scenario(MILWAUKEE).scenario), path)
    return path


def test_road_tells_everybody_and_the_sums_agree(run: Run, plan: Path, tmp_path: Path) -> None:
    result = run("road", MILWAUKEE, plan, "--at", "2026-11-02", "--end", "2027-09-30", "--csv", tmp_path / "road.csv")
    assert result.exit_code == 0, result.output
    with (tmp_path / "road.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 80 and {row["program_hours"] for row in rows} == {"264.0"}
    for row in rows:
        parts = [float(row[f"{name}_hours"]) for name in ("credited", "delivered", "planned", "unplanned")]
        assert sum(parts) == pytest.approx(264, abs=0.003)
        assert float(row["owed_hours"]) == pytest.approx(parts[2] + parts[3], abs=0.002)
    assert {row["standing"] for row in rows} <= {"in time", "late", "no pace", "done"}
    assert "On 2026-11-02 80 apprentices have" in result.stdout and "of 21,120.0 hours" in result.stdout
    assert "Forecast at this pace: " in result.stdout and "... and 40 more." in result.stdout


def test_the_date_is_today_unless_another_is_given(run: Run, plan: Path) -> None:
    told = run("road", MILWAUKEE, plan).stdout
    today = dt.datetime.now(read_scenario(MILWAUKEE).scenario.settings.zone).date()
    assert f"On {today.isoformat()} 80 apprentices" in told


def test_one_company_is_told_its_own_people(run: Run, plan: Path) -> None:
    told = run("road", MILWAUKEE, plan, "--company", "PIKE", "--at", "2026-11-02").stdout
    people = {row.apprentice for row in read_scenario(MILWAUKEE).scenario.apprentices if row.company == "PIKE"}
    assert told.count("road: apprentice") == len(people) and all(f"({person})" in told for person in people)


@pytest.mark.parametrize("option", ["--at", "--end"])
def test_what_is_no_date_is_said_so(run: Run, plan: Path, option: str) -> None:
    result = run("road", MILWAUKEE, plan, option, "soon")
    assert result.exit_code == 2 and f"{option} is 'soon', which is no date. Give it as 2027-01-31." in result.stderr
