from __future__ import annotations

import datetime as dt
import io
import zipfile
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from lineside.models import workbook_guard
from lineside.models.reading import ScenarioMistakes, read_scenario
from tests.models.good_scenario import Files


def mistakes_of(path: Path) -> list[str]:
    with pytest.raises(ScenarioMistakes) as caught:
        read_scenario(path)
    return [mistake.sentence for mistake in caught.value.mistakes]


def put(book: openpyxl.Workbook, sheet: str, row: int, column: str, value: object) -> None:
    names = [cell.value for cell in book[sheet][1]]
    book[sheet].cell(row, names.index(column) + 1, value)


def replace_in_sheet(path: Path, sheet: str, old: str, new: str) -> None:
    """Rewrite one part of a workbook, as programs other than openpyxl would have written it."""
    number = openpyxl.load_workbook(path).sheetnames.index(sheet) + 1
    packed = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(packed) as before, zipfile.ZipFile(path, "w") as after:
        for name in before.namelist():
            text = before.read(name)
            if name == f"xl/worksheets/sheet{number}.xml":
                assert old.encode() in text
                text = text.replace(old.encode(), new.encode())
            after.writestr(name, text)


def test_cells_that_excel_changed_mean_what_was_typed(tmp_path: Path) -> None:
    files = Files()
    files.set("apprentices", 2, "apprentice", "7")
    files.set("apprentices", 5, "zip", "01001")
    files.set("pins", 2, "apprentice", "7")
    files.set("travel", 3, "origin", "01001")
    files.set("crews", 4, "line", "L2")
    assert files.published is not None
    files.published["seats"][0]["apprentice"] = "7"
    expected = read_scenario(files.write_folder(tmp_path / "plain")).scenario
    book = files.workbook()
    put(book, "apprentices", 2, "apprentice", 7)
    put(book, "apprentices", 2, "travel_max", 40.0)
    put(book, "apprentices", 3, "zip", 53204)
    put(book, "apprentices", 5, "zip", 1001)
    put(book, "apprentices", 3, "off_dates", dt.date(2026, 10, 5))
    put(book, "apprentices", 4, "starts", dt.datetime(2026, 9, 14))
    put(book, "apprentices", 4, "name", " Cleo  ")
    put(book, "pins", 2, "apprentice", 7)
    put(book, "travel", 3, "origin", 1001)
    put(book, "travel", 2, "minutes", " 12 ")
    put(book, "modules", 2, "hours", 20.1)
    put(book, "patterns", 2, "start", dt.time(14, 30))
    put(book, "patterns", 3, "start", 0.625)
    put(book, "rotas", 2, "anchor", dt.date(2026, 9, 14))
    book["crews"]["A1"] = " Line "
    book["crews"]["B1"] = "ROTA "
    book["crews"]["G3"] = "   "
    book["crews"].insert_rows(3)
    book["crews"].insert_rows(1)
    book["apprentices"].title = "Apprentices "
    book["scenario"]["B4"] = "6"
    path = tmp_path / "book.xlsx"
    book.save(path)
    result = read_scenario(path)
    assert result.scenario == expected
    assert result.warnings == ()


def test_formulas_give_their_stored_value(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = Files().workbook()
    put(book, "crews", 2, "headcount", 1234)
    book.save(path)
    replace_in_sheet(path, "crews", "<v>1234</v>", "<f>5*2</f><v>10</v>")
    assert read_scenario(path).scenario.crews[0].headcount == 10


def test_formulas_without_value_and_errors_are_mistakes(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    book = Files().workbook()
    put(book, "crews", 2, "headcount", "=5*2")
    put(book, "crews", 3, "relief", "#REF!")
    book["crews"].cell(3, 5).data_type = "e"
    put(book, "apprentices", 3, "name", "#N/A")
    book["apprentices"].cell(3, 2).data_type = "s"
    book["scenario"]["B4"] = "=6"
    book["scenario"]["B4"].data_type = "f"
    book.save(path)
    assert mistakes_of(path) == [
        "scenario row 4, value: The cell's formula has no stored value. "
        "Open the workbook in Excel and save it, or write the value.",
        "crews row 2, headcount: The cell's formula has no stored value. "
        "Open the workbook in Excel and save it, or write the value.",
        "crews row 3, relief: The cell shows the error #REF!. Correct its formula or write the value.",
    ]


def test_row_numbers_are_those_of_the_sheet(tmp_path: Path) -> None:
    files = Files()
    files.set("crews", 4, "minimum", "many")
    book = files.workbook()
    book["crews"].insert_rows(3, amount=2)
    book["crews"].insert_rows(1)
    book.save(tmp_path / "book.xlsx")
    (sentence,) = mistakes_of(tmp_path / "book.xlsx")
    assert sentence == "crews row 7, minimum: 'many' is no valid count. Write a whole number, 0 or more."


def test_settings_by_section_rows_and_bare_keys(tmp_path: Path) -> None:
    files = Files()
    files.settings = {"Name ": "Good", "timezone": "America/Chicago", "first_day": "2026-09-14", "weeks": 6}
    book = files.workbook()
    sheet = book["scenario"]
    sheet.insert_rows(1)
    sheet["A1"], sheet["B1"] = "Key", "Value"
    for cells in (
        ("[rules]",),
        ("keep_day_off", False),
        ("duty_minutes", "850"),
        ("[prices] dollar", 0.25),
        ("holidays",),
    ):
        sheet.append(cells)
    book.save(tmp_path / "book.xlsx")
    settings = read_scenario(tmp_path / "book.xlsx").scenario.settings
    assert (settings.rules.keep_day_off, settings.rules.duty_minutes) == (False, 850)
    assert settings.prices.dollar == Decimal("0.25")
    assert settings.holidays is None


def test_extra_sheets_are_named_in_a_warning(tmp_path: Path) -> None:
    book = Files().workbook()
    book.create_sheet("Notes").append(["call the hall"])
    book.create_sheet("closure")
    book.create_chartsheet("Chart")
    book.save(tmp_path / "book.xlsx")
    assert read_scenario(tmp_path / "book.xlsx").warnings == (
        "Sheet Notes is no table of a scenario and was not read. Remove it.",
        "Sheet closure is no table of a scenario and was not read. Rename it closures, or remove it.",
        "Sheet Chart is no table of a scenario and was not read. Remove it.",
    )


def test_missing_and_repeated_sheets(tmp_path: Path) -> None:
    book = Files().workbook()
    del book["scenario"]
    del book["rooms"]
    book.create_sheet("Crews ").append(["line"])
    book.save(tmp_path / "book.xlsx")
    assert mistakes_of(tmp_path / "book.xlsx") == [
        "scenario: The sheet scenario is missing. Add it with rows of key and value: name, timezone, first_day, weeks.",
        "rooms: The table rooms is missing or empty. Add it with its header.",
        "crews: Sheets 'crews' and 'Crews ' are the same table. Keep one of them.",
    ]


def save_good(path: Path) -> Path:
    Files().workbook().save(path)
    return path


def test_a_stray_cell_far_away_is_refused_before_it_takes_memory(tmp_path: Path) -> None:
    book = Files().workbook()
    book["crews"]["XFD1048576"] = "stray"
    book.save(tmp_path / "book.xlsx")
    (sentence,) = mistakes_of(tmp_path / "book.xlsx")
    assert sentence.startswith("workbook: Sheet crews reaches to row 1048576, column 16384, beyond 20,000,000 cells. ")


@pytest.mark.parametrize(
    "tag", ['<c r="B199999999999">', '<c x=">" r="XFD1048576">', "<c  x='<' r = 'XFD1048576' >", '<x:c r="XFD1048576">']
)
def test_disguised_stray_cells_are_refused_too(tag: str, tmp_path: Path) -> None:
    path = save_good(tmp_path / "book.xlsx")
    replace_in_sheet(path, "crews", "</sheetData>", f"<row>{tag}<v>1</v></c></row></sheetData>")
    assert "Sheet crews" in mistakes_of(path)[0]


@pytest.mark.parametrize(("limit", "value"), [("MAX_UNPACKED_BYTES", 1000), ("MAX_PARTS", 3), ("MAX_FILE_BYTES", 1000)])
def test_limits_of_size(limit: str, value: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save_good(tmp_path / "book.xlsx")
    monkeypatch.setattr(workbook_guard, limit, value)
    assert "Split the scenario." in mistakes_of(path)[0]


def test_blank_rows_and_cells_beyond_all_measure_are_refused_before_they_are_read(tmp_path: Path) -> None:
    # Ten million rows of six bytes are a file of 60 kB: as objects of Python they would take two gigabytes.
    path = save_good(tmp_path / "book.xlsx")
    replace_in_sheet(path, "crews", "</sheetData>", "<row/>" * workbook_guard.MAX_TAGS + "</sheetData>")
    (sentence,) = mistakes_of(path)
    assert sentence == (
        "workbook: book.xlsx holds more than 10,000,000 tags, most of which are blank rows or cells. Delete the rows "
        "below and the columns beside the tables."
    )


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ('<row r="1048577"/>', "Sheet crews reaches to row 1048577, beyond 1,048,576 rows. Delete the rows below"),
        ('<row r="99">' + '<c t="e"/>' * 10_001 + "</row>", "Sheet crews has more than 10,000 cells with an error or"),
        ('<row r="99">' + "<c><f>A1</f></c>" * 10_001 + "</row>", "Sheet crews has more than 10,000 cells with an err"),
    ],
)
def test_rows_that_no_sheet_has_and_bad_cells_without_number_are_refused(
    rows: str, sentence: str, tmp_path: Path
) -> None:
    path = save_good(tmp_path / "book.xlsx")
    replace_in_sheet(path, "crews", "</sheetData>", f"{rows}</sheetData>")
    assert [found.removeprefix("workbook: ")[: len(sentence)] for found in mistakes_of(path)] == [sentence]


def test_a_false_size_is_found(tmp_path: Path) -> None:
    path = save_good(tmp_path / "book.xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/bomb.xml", b"0" * 10_000_000)
    data = bytearray(path.read_bytes())
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (100).to_bytes(4, "little")
    path.write_bytes(data)
    assert "cannot be read as an Excel workbook" in mistakes_of(path)[0]


@pytest.mark.parametrize(
    ("name", "text"),
    [("xl/workbook.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><workbook/>"), ("xl/other.xml", "<a/>".encode("utf-16"))],
)
def test_declarations_that_no_spreadsheet_writes_are_refused(name: str, text: bytes, tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        if name != "xl/workbook.xml":
            archive.writestr(name, text)
    if name == "xl/workbook.xml":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, text)
    assert f"has a part {name} that no spreadsheet writes. Save it anew from Excel." in mistakes_of(path)[0]


def test_archives_that_are_no_workbook(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "<a/>")
    assert mistakes_of(path) == ["workbook: book.xlsx is no Excel workbook. Save the tables as .xlsx."]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook><sheets><sheet name='a' r:id='1'/></sheets>")
    assert mistakes_of(path)[0].startswith("workbook: book.xlsx cannot be read as an Excel workbook")
