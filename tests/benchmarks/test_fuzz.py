"""Hostile input, the short form: each target of the long hunt on some cases, and what the hunt found once."""

from __future__ import annotations

import datetime as dt
import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings, strategies

from benchmarks.fuzz import __main__ as command
from benchmarks.fuzz.hunt import TARGETS, target_of
from benchmarks.fuzz.inputs import folder_files, uploaded, workbook_parts, zipped
from benchmarks.fuzz.verdicts import HarmError, harmless_csv, harmless_feed, harmless_page, sentences
from lineside.models.workbook_guard import MAX_PARTS
from lineside.service.api.uploads import raw_from_upload
from lineside.service.calendar_sheet import Card, sheet_pdf
from lineside.service.problems import Problem

EXAMPLES = {"cells": 60, "folders": 40, "archives": 40, "workbooks": 30, "plans": 300, "edits": 150, "names": 12}
"""Cases of each target: about a second of processor time."""


@pytest.mark.parametrize("name", TARGETS)
def test_every_case_is_refused_with_a_sentence_or_shown_harmlessly(name: str) -> None:
    target = target_of(name)
    seen = {target(b"")}

    @settings(max_examples=EXAMPLES[name], deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(strategies.binary(min_size=8, max_size=200))
    def case(data: bytes) -> None:
        seen.add(target(data))

    case()
    assert seen <= {"refused", "taken"} and seen


def test_a_file_without_a_name_in_an_archive_is_left_alone() -> None:
    packed = io.BytesIO(zipped(folder_files()))
    with zipfile.ZipFile(packed, "a") as archive:
        archive.writestr(zipfile.ZipInfo(""), b"x")
    assert uploaded(packed.getvalue()) == "taken"


def test_names_in_letters_that_no_font_has_are_printed() -> None:
    cards = [Card("A \U0001f3ed", "Ng\u00f4 \U0001f3ed", "A1", "https://lineside.example.org/calendars/x")]
    assert sheet_pdf(cards, dt.date(2026, 9, 1)).startswith(b"%PDF")


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(MAX_PARTS + 1):
            archive.writestr(f"xl/{number}.xml", "")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(Problem) as caught:
        raw_from_upload(packed, 2**20)
    assert f"more than 512 MB or {MAX_PARTS} parts" in caught.value.mistakes[0].message


def test_a_stray_cell_far_away_takes_no_memory() -> None:
    # 18 kB that took 840 MB and 4.5 s: a rectangle of 1,048,000 rows and 19 columns with some hundred cells.
    parts = dict(workbook_parts())
    sheet = max((part for part in parts if part.startswith("xl/worksheets/")), key=lambda part: len(parts[part]))
    stray = b'<row r="1048000"><c r="S1048000" t="inlineStr"><is><t> </t></is></c></row></sheetData>'
    parts[sheet] = parts[sheet].replace(b"</sheetData>", stray)
    with pytest.raises(Problem) as caught:
        raw_from_upload(io.BytesIO(zipped(parts)), 2**20)
    assert "reaches to row 1048000, column 19, beyond 2,000,000 cells. Delete" in caught.value.mistakes[0].message


@pytest.mark.parametrize("body", [b"BEGIN:VCALENDAR\r\nX:a\nb\r\nEND:VCALENDAR\r\n", b"X:" + b"x" * 80 + b"\r\n"])
def test_a_harmful_calendar_is_found(body: bytes) -> None:
    with pytest.raises(HarmError):
        harmless_feed(body, 0)


def test_harm_in_a_page_a_table_and_a_refusal_is_found() -> None:
    for page in ("<script>x</script>", "<p onclick=x>", "<a href='javascript:x'>"):
        with pytest.raises(HarmError):
            harmless_page(page)
    with pytest.raises(HarmError):
        harmless_csv([["a", "=1+1"]])
    for refusal in ([], ["KeyError"], ["Traceback (most recent call last)."]):
        with pytest.raises(HarmError):
            sentences(refusal)


def test_a_row_of_the_results_tells_all_figures() -> None:
    figures = {"refused": 1000, "taken": 2, "failed": 1, "hung": 0, "processor_seconds": 3.5, "slowest_seconds": 0.1}
    told = command.row("cells", {**figures, "peak_mb": 300, "guided": True, "failures": {}})
    assert told == "| cells | 1,003 | 1,000 | 2 | 1 | 0 | 3.5 | 0.1 | 300 | yes |\n"
    assert command.row("cells", {"died": "x"}).startswith("| cells | died |")
