from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from lineside.models.folder import read_folder
from lineside.models.mistakes import Findings
from lineside.models.raw import SECTIONS
from lineside.models.reading import read_scenario
from lineside.models.scenario import Prices, Rules, Settings
from lineside.models.tables import TABLES, cell_type, is_required
from lineside.models.template import TEMPLATE_WORKBOOK, new_scenario
from tests.models.good_scenario import Files

TODAY = dt.date(2026, 9, 16)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    new_scenario(tmp_path / "region", TODAY)
    return tmp_path / "region"


def test_a_new_folder_holds_every_table_and_reads_without_mistakes(folder: Path) -> None:
    raw = read_folder(folder, Findings())
    assert {name: table.header for name, table in raw.tables.items()} == {
        name: tuple(model.model_fields) for name, model in TABLES.items()
    }
    settings = read_scenario(folder).scenario.settings
    assert settings.first_day == dt.date(2026, 9, 21)
    assert (settings.rules, settings.prices) == (Rules(), Prices())


@pytest.mark.parametrize("name", ["", TEMPLATE_WORKBOOK])
def test_the_only_warnings_are_about_empty_tables(folder: Path, name: str) -> None:
    assert all("no rows" in warning.lower() for warning in read_scenario(folder / name).warnings)


def test_the_settings_explain_every_key_with_its_default(folder: Path) -> None:
    text = (folder / "scenario.toml").read_text(encoding="utf-8")
    for model in (Settings, *SECTIONS.values()):
        for key, info in model.model_fields.items():
            if key not in SECTIONS:
                assert f"{info.description}" in text
                assert f"\n{key} = " in text or f"\n# {key} = " in text
    assert "# rest_minutes = 480\n" in text
    assert "# keep_day_off = true\n" in text
    assert "# dollar = 0.05\n" in text


def test_commented_defaults_are_the_defaults(folder: Path) -> None:
    path = folder / "scenario.toml"
    before = read_scenario(folder).scenario.settings
    lines = path.read_text(encoding="utf-8").split("\n")
    keys = [key for model in SECTIONS.values() for key in model.model_fields]
    uncommented = [
        line.removeprefix("# ") if line.removeprefix("# ").split(" = ")[0] in keys else line for line in lines
    ]
    path.write_text("\n".join(uncommented), encoding="utf-8")
    assert uncommented != lines
    assert read_scenario(folder).scenario.settings == before


def test_a_sheet_explains_every_column(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / TEMPLATE_WORKBOOK)
    assert book.sheetnames == ["explanation", "scenario", *TABLES]
    rows = {(row[0], row[1]): row[2:] for row in book["explanation"].iter_rows(min_row=2, values_only=True)}
    for table, model in TABLES.items():
        for column, info in model.model_fields.items():
            required, holds, meaning, _, remedy = rows[table, column]
            assert required == ("yes" if is_required(table, column) else "no")
            assert (holds, remedy) == (cell_type(table, column).kind, cell_type(table, column).remedy)
            assert meaning == info.description
    assert rows["apprentices", "modes"][3] == "classroom online"
    assert rows["lines", "weight"][3] == "1"
    assert rows["scenario", "rules.week_minutes"][3] == "3600"


def test_sheets_have_frozen_headers_readable_widths_and_drop_downs(folder: Path) -> None:
    book = openpyxl.load_workbook(folder / TEMPLATE_WORKBOOK)
    for name in book.sheetnames:
        assert book[name].freeze_panes == "A2"
        assert all(dimension.width >= 10 for dimension in book[name].column_dimensions.values())
    lists = {
        (name, book[name].cell(1, next(iter(rule.sqref.ranges)).min_col).value): rule
        for name in TABLES
        for rule in book[name].data_validations.dataValidation
    }
    assert lists["sites", "kind"].formula1 == '"plant,college,hall,online"'
    assert lists["sites", "kind"].showErrorMessage
    assert lists["closures", "kind"].formula1 == '"closed,shutdown,peak"'
    assert lists["modules", "modes"].formula1 == '"classroom,online,classroom online"'
    assert not lists["modules", "modes"].showErrorMessage
    assert lists["rooms", "site"].formula1 == "OFFSET(sites!$A$2,0,0,MAX(1,COUNTA(sites!$A:$A)-1),1)"
    assert ("apprentices", "line") in lists


def test_a_filled_in_template_is_read_like_a_folder(folder: Path, tmp_path: Path) -> None:
    files = Files()
    expected = read_scenario(files.write_folder(tmp_path / "good")).scenario
    path = folder / TEMPLATE_WORKBOOK
    book = openpyxl.load_workbook(path)
    values = {f"{k}.{name}": item for k, v in files.settings.items() if isinstance(v, dict) for name, item in v.items()}
    for row in book["scenario"].iter_rows(min_row=2):
        row[1].value = {**files.settings, **values}.get(row[0].value)
    for name, (header, *rows) in files.tables.items():
        sheet = book[name]
        columns = [cell.value for cell in sheet[1]]
        for i, texts in enumerate(rows, start=2):
            for title, text in zip(header, texts, strict=True):
                if text:
                    sheet.cell(i, columns.index(title) + 1, text).data_type = "s"
    book.save(path)
    with pytest.raises(Exception, match="needs a published plan"):
        read_scenario(path)
    book["pins"].delete_rows(2)
    book.save(path)
    result = read_scenario(path)
    assert result.warnings == ()
    assert result.scenario == expected.model_copy(update={"published": None, "pins": expected.pins[1:]})


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError, match="Choose another name"):
        new_scenario(tmp_path, TODAY)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
