"""The plan's CSV tables and workbook, for a plan with every odd id."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from lineside.models.checker import check
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.service.plan_files import whole_file, write_csv_tables
from lineside.service.plan_workbook import write_plan_workbook
from tests.build import open_cohort, plan_of, tiny


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Return two plants whose names need care, and people whose ids do."""
    return tiny(
        sites={
            "plant": {
                "kind": "plant",
                "company": "acme",
                "open_to": "own",
                "name": "North/South: the old plant of Acme",
            },
            "=2+2": {
                "kind": "plant",
                "company": "acme",
                "open_to": "own",
                "name": "North/South: the old plant of Acme",
            },
        },
        lines={"press": {"name": "Press"}, "=1+1": {"site": "=2+2", "name": "Mill"}},
        crews={"press/day": {"headcount": 4, "minimum": 4}, "=1+1/day": {}},
        apprentices={"a1": {"name": "=cmd()"}, "-5": {"name": "Bo", "line": "=1+1"}, "@x": {"name": "Cy"}},
        patterns=["Mon | 13:00 | 120 | college"],
        travel=["plant | college | 20", "=2+2 | college | 0", "plant | =2+2 | 5"],
    )


@pytest.fixture(scope="module")
def plan(scenario: Scenario) -> Plan:
    """Return a plan with one class on Monday 13:00-15:00; the shift ends at 14:00."""
    draft = plan_of(scenario, (open_cohort(scenario, "Mon 13:00 120", name="+K"), "a1 -5"))
    report = check(scenario, draft)
    return draft.model_copy(
        update={"status": "feasible", "objective": report.objective, "bound": 0, "measures": report.measures}
    )


@pytest.fixture(scope="module")
def sheets(scenario: Scenario, plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Worksheet]:
    path = tmp_path_factory.mktemp("book") / "deep" / "plan.xlsx"
    write_plan_workbook(scenario, plan, 1, path)
    return {sheet.title: sheet for sheet in openpyxl.load_workbook(path)}


def records(sheet: Worksheet, header_row: int = 1) -> list[dict[str, object]]:
    header = [cell.value for cell in sheet[header_row]]
    rows = sheet.iter_rows(min_row=header_row + 1, values_only=True)
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def test_csv_tables_hold_the_whole_plan_exactly(plan: Plan, tmp_path: Path) -> None:
    paths = write_csv_tables(plan, tmp_path / "csv")
    names = ["cohorts", "meetings", "seats", "options", "unseated", "measures"]
    assert [path.name for path in paths] == [f"{name}.csv" for name in names]
    tables = {}
    for path in paths:
        with path.open(encoding="utf-8", newline="") as file:
            tables[path.stem] = list(csv.DictReader(file))
    assert [(row["apprentice"], row["cohort"]) for row in tables["seats"]] == [("a1", "+K"), ("-5", "+K")]
    assert tables["cohorts"][0]["days"] == "Mon" and tables["cohorts"][0]["minutes"] == "120"
    assert tables["meetings"] == [{"cohort": "+K", "date": "2026-06-01", "start": "13:00", "end": "15:00"}]
    assert tables["unseated"][0]["apprentice"] == "@x"
    figures = {row["measure"]: (row["value"], row["unit"]) for row in tables["measures"]}
    assert float(figures["stopped"][0]) == 80 and figures["stopped"][1] == "crew-minutes"
    assert figures["status"] == ("feasible", "word")


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "x.txt"
    target.write_text("old")
    with pytest.raises(RuntimeError), whole_file(target) as part:
        part.write_text("half")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["x.txt"] and target.read_text() == "old"
    with whole_file(target) as part:
        part.write_text("new")
    assert target.read_text() == "new" and len(list(tmp_path.iterdir())) == 1


def test_sheets_are_those_a_coordinator_expects(sheets: dict[str, Worksheet]) -> None:
    assert list(sheets) == [
        *("summary", "cohorts", "rosters", "meetings", "unseated"),
        *("North-South- the old plant of A", "North-South- the old plant (2)"),
    ]
    assert all(sheet.freeze_panes for sheet in sheets.values())


def test_no_cell_is_a_formula_or_a_link(sheets: dict[str, Worksheet]) -> None:
    for sheet in sheets.values():
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" and cell.hyperlink is None for cell in row), sheet.title


def test_meetings_have_a_row_for_each_person_with_kind_and_loss(sheets: dict[str, Worksheet]) -> None:
    ann, bo = sorted(records(sheets["meetings"]), key=lambda row: str(row["apprentice"]), reverse=True)
    assert (ann["apprentice"], ann["name"], ann["line"], ann["line name"]) == ("a1", "=cmd()", "press", "Press")
    assert (ann["date"], ann["start"], ann["end"]) == (dt.datetime(2026, 6, 1), dt.time(13), dt.time(15))
    # ann leaves 20 minutes before 13:00 and would work until 14:00; bo's plant is next door.
    assert (ann["kind of session"], ann["minutes lost"], ann["travel minutes one way"]) == ("release", 80, 20)
    assert (bo["apprentice"], bo["minutes lost"]) == ("-5", 60)


def test_rosters_and_cohorts_name_people_and_places(sheets: dict[str, Worksheet]) -> None:
    assert [row["name"] for row in records(sheets["rosters"])] == ["=cmd()", "Bo"]
    [cohort] = records(sheets["cohorts"])
    assert (cohort["cohort"], cohort["module name"], cohort["site name"], cohort["seats"]) == (
        *("+K", "A module", "A site"),
        2,
    )
    assert cohort["end"] == dt.time(15) and cohort["last meeting"] == dt.datetime(2026, 6, 1)


def test_unseated_have_their_reason(sheets: dict[str, Worksheet]) -> None:
    [row] = records(sheets["unseated"])
    assert (row["apprentice"], row["name"], row["module"], row["hours"], row["reason"]) == (
        "@x",
        "Cy",
        "math",
        2,
        "test",
    )


def test_a_plant_sees_its_weeks_its_crews_and_who_is_away(sheets: dict[str, Worksheet]) -> None:
    rows = [[cell for cell in row if cell is not None] for row in sheets["North-South- the old plant of A"].values]
    # Four operators, four needed: the line stops for the 80 minutes that ann is away, every minute costs 1.
    assert ["North/South: the old plant of Acme (plant), Acme (acme)"] in rows
    assert ["week from", "Press (press)", "all lines"] in rows
    assert [dt.datetime(2026, 6, 1), 80, 80] in rows and [dt.datetime(2026, 6, 8), 0, 0] in rows
    assert ["all weeks", 80, 80] in rows
    start, end = dt.time(12, 40), dt.time(14)
    monday = dt.datetime(2026, 6, 1)
    assert [monday, start, end, "press", "Press", "day", 4, 4, 0, 3, "yes", 80] in rows
    assert [monday, start, end, "press", "Press", "day", "a1", "=cmd()", "math", "A module", "release", 80] in rows


def test_the_summary_shows_the_parts_beside_the_proof(sheets: dict[str, Worksheet], plan: Plan) -> None:
    texts = [row[0] for row in sheets["summary"].values if row[0]]
    assert "1 of the 1 needs without a seat could be met by no single candidate cohort, whatever the plan." in texts
    assert any(str(text).startswith("Nothing is proven yet") for text in texts)
    values = {row[0]: row[-1] for row in sheets["summary"].values}
    assert values["line time lost"] == pytest.approx(86)  # 80 stopped; 60 minutes of bo's ten operators slow by 1/10
    assert values["objective"] == pytest.approx(float(plan.objective or 0))
