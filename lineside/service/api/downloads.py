"""Downloads: workbooks and CSV tables in which no cell is a formula."""

from __future__ import annotations

import csv
import io
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fastapi.responses import Response

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.service.plan_files import write_csv_tables
from lineside.service.plan_workbook import write_plan_workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv; charset=utf-8"
CSV_ZIP = "application/zip"
JSON = "application/json"
PDF = "application/pdf"

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def binary(*kinds: str) -> dict[str, Any]:
    """Return the documentation of a download of some media types."""
    schemas = {kind: {"type": "string"} for kind in kinds}
    if JSON in kinds:
        schemas[JSON] = {"$ref": "#/components/schemas/PlanTextOut"}
    return {"description": "the file", "content": {kind: {"schema": schema} for kind, schema in schemas.items()}}


def attachment(body: bytes, kind: str, name: str) -> Response:
    """Return a file that a browser keeps instead of showing it."""
    return Response(body, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def defused(cell: str) -> str:
    """Return a cell that no spreadsheet program reads as a formula; numbers stay as they are.

    >>> defused("=1+1"), defused("-3.5"), defused("plain")
    ("'=1+1", '-3.5', 'plain')
    """
    if not cell.startswith(FORMULA_STARTS):
        return cell
    try:
        float(cell)
    except ValueError:
        return f"'{cell}"
    return cell


def csv_bytes(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """Return a CSV table with its cells defused."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([defused("" if cell is None else str(cell)) for cell in row] for row in rows)
    return text.getvalue().encode()


def plan_tables(plan: Plan) -> bytes:
    """Return a plan's CSV tables in a zip, their cells defused."""
    packed = io.BytesIO()
    with (
        tempfile.TemporaryDirectory(prefix="lineside-") as name,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for path in write_csv_tables(plan, Path(name)):
            with path.open(encoding="utf-8", newline="") as file:
                header, *rows = csv.reader(file)
            archive.writestr(path.name, csv_bytes(header, rows))
    return packed.getvalue()


def plan_workbook(scenario: Scenario, plan: Plan, unmeetable_needs: int) -> bytes:
    """Return a plan's workbook; every text in it is a text."""
    with tempfile.TemporaryDirectory(prefix="lineside-") as name:
        path = Path(name) / "plan.xlsx"
        write_plan_workbook(scenario, plan, unmeetable_needs, path)
        return path.read_bytes()
