"""Sheets: legal names, text that stays text, typed cells, frozen headers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from lineside.service import sheet
from lineside.service.sheet import Book, sheet_name


@pytest.mark.parametrize(
    ("wish", "taken", "name"),
    [
        ("Plant 1a", (), "Plant 1a"),
        ("=1+1", (), "=1+1"),
        ("a/b:c*[d]?\\", (), "a-b-c--d---"),
        ("'quoted'", (), "quoted"),
        ("", (), "sheet"),
        ("History", ("history",), "History (2)"),
        ("PLANT", ("plant", "plant (2)"), "PLANT (3)"),
        ("x" * 40, (), "x" * 31),
        ("x" * 40, ("x" * 31,), "x" * 27 + " (2)"),
    ],
)
def test_sheet_names_are_legal_and_unique(wish: str, taken: tuple[str, ...], name: str) -> None:
    assert sheet_name(wish, taken) == name


def test_texts_stay_texts_and_cells_keep_their_types(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    row = ("=1+1", dt.date(2026, 9, 7), dt.time(17, 30), 3, Decimal("1.5"), "https://example.org", None)
    with Book(path) as book:
        book.table("t", ("id", "date", "clock", "count", "amount", "link", "nothing"), [row])
    sheet_read = openpyxl.load_workbook(path)["t"]
    cells = list(sheet_read[2])
    assert [cell.data_type for cell in cells] == ["s", "d", "d", "n", "n", "s", "n"]
    assert cells[0].value == "=1+1"
    assert cells[1].value == dt.datetime(2026, 9, 7) and cells[1].number_format == "ddd yyyy-mm-dd"
    assert cells[2].value == dt.time(17, 30) and cells[2].number_format == "hh:mm"
    assert cells[5].hyperlink is None
    assert sheet_read.freeze_panes == "A2"


def test_pages_are_landscape_and_one_page_wide(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with Book(path) as book:
        book.table("t", ("id",), [("a",)])
    setup = openpyxl.load_workbook(path)["t"]
    assert setup.page_setup.orientation == "landscape"
    assert setup.sheet_properties.pageSetUpPr.fitToPage
    # One page is the width that the format assumes; a height of 0 means as many pages as needed.
    assert setup.page_setup.fitToWidth in (None, 1) and setup.page_setup.fitToHeight == 0
    assert setup.print_title_rows == "$1:$1"


def test_columns_are_wide_enough_and_long_texts_wrap(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with Book(path) as book:
        book.table("t", ("id", "reason"), [("K1", "word " * 60)])
    sheet_read = openpyxl.load_workbook(path)["t"]
    assert 60 <= sheet_read.column_dimensions["B"].width <= 80
    assert sheet_read["B2"].alignment.wrap_text and sheet_read.row_dimensions[2].height >= 60


def test_a_table_that_is_too_long_goes_on_in_a_second_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MAX_ROWS", 2)
    path = tmp_path / "book.xlsx"
    with Book(path) as book:
        book.table("t", ("id",), [("a",), ("b",), ("c",)])
    book_read = openpyxl.load_workbook(path)
    assert book_read.sheetnames == ["t", "t (2)"]
    assert [row[0].value for row in book_read["t (2)"]] == ["id", "c"]
