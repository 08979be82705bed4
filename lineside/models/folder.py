"""Reading and writing a scenario's folder: ``scenario.toml``, a CSV file per table, ``published.json``."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lineside.models.mistakes import Findings, rename_hint
from lineside.models.raw import RawScenario, RawTable, build_table
from lineside.models.settings_text import toml_text
from lineside.models.tables import TABLES

SETTINGS_FILE = "scenario.toml"
PUBLISHED_FILE = "published.json"
MAX_FILE_BYTES = 256 * 2**20
"""Larger files are refused before they are read."""

_KEY_LINE = re.compile(r"^\s*([A-Za-z0-9_-]+)\s*=")
_SECTION_LINE = re.compile(r"^\s*\[\s*([A-Za-z0-9_-]+)\s*\]")


def read_folder(folder: Path, findings: Findings) -> RawScenario:
    """Read the texts of a scenario's folder; what cannot be read is left out and noted.

    Parameters
    ----------
    folder
        An existing folder.
    findings
        Takes the mistakes and warnings.
    """
    settings, rows = _read_settings(folder / SETTINGS_FILE, findings)
    tables = {}
    for path in _table_files(folder, findings):
        table = _read_csv(path, findings)
        if table is not None:
            tables[path.stem.lower()] = table
    published = None
    if (folder / PUBLISHED_FILE).exists():
        published = _read_text(folder / PUBLISHED_FILE, findings)
    return RawScenario(settings, {name: tables[name] for name in TABLES if name in tables}, published, rows)


def _table_files(folder: Path, findings: Findings) -> list[Path]:
    files: dict[str, Path] = {}
    for path in sorted(folder.iterdir()):
        name = path.stem.lower()
        if path.suffix.lower() != ".csv":
            continue
        if name not in TABLES:
            hint = rename_hint(name, TABLES, ".csv")
            findings.warn(f"{path.name} is no table of a scenario and was not read. {hint}")
        elif name in files:
            message = f"{path.name} and {files[name].name} are the same table. Keep one of them."
            findings.add(name, None, None, path.name, message)
        else:
            files[name] = path
    return list(files.values())


def _read_text(path: Path, findings: Findings) -> str | None:
    name = path.stem.lower()
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 2**20
            findings.add(name, None, None, path.name, f"{path.name} is larger than {limit} MB. Split the scenario.")
            return None
        data = path.read_bytes()
    except OSError as error:
        message = f"{path.name} cannot be read ({error.strerror}). Check the file and its permissions."
        findings.add(name, None, None, path.name, message)
        return None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"Line {line} is not written in UTF-8. Save the file as UTF-8 (in Excel: CSV UTF-8)."
        findings.add(name, line, None, path.name, message)
        return None


def _read_settings(path: Path, findings: Findings) -> tuple[dict[str, Any], dict[str, int]]:
    if not path.exists():
        message = "scenario.toml is missing. Add it with at least name, timezone, first_day and weeks."
        findings.add("scenario", None, None, None, message)
        return {}, {}
    text = _read_text(path, findings)
    if text is None:
        return {}, {}
    try:
        return tomllib.loads(text), _setting_rows(text)
    except (ValueError, RecursionError) as error:
        detail = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        message = f"scenario.toml is not written in TOML: {detail}. Correct that line; texts stand in quotes."
        findings.add("scenario", None, None, path.name, message)
        return {}, {}


def _setting_rows(text: str) -> dict[str, int]:
    """Return the line of each key, for messages; keys of a section as ``section.key``."""
    rows: dict[str, int] = {}
    prefix = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if section := _SECTION_LINE.match(line):
            prefix = f"{section[1]}."
            rows.setdefault(section[1], number)
        elif key := _KEY_LINE.match(line):
            rows.setdefault(prefix + key[1], number)
    return rows


def _read_csv(path: Path, findings: Findings) -> RawTable | None:
    name = path.stem.lower()
    text = _read_text(path, findings)
    if text is None:
        # Present, but not readable: an empty table keeps it from being called missing as well.
        return RawTable((), ())
    try:
        lines = list(_csv_lines(text))
    except csv.Error as error:
        message = (
            f"The file is not written in CSV: {error}. Put texts with commas into quotes, and double their quotes."
        )
        findings.add(name, _error_line(text), None, path.name, message)
        return RawTable((), ())
    table = build_table(name, lines, findings, is_padded=False)
    if table is not None and len(table.header) == 1 and re.search(r"[;\t]", table.header[0]):
        message = "The columns are separated by semicolons or tabs. Save the file with commas between the cells."
        findings.add(name, table.header_row, None, table.header[0], message)
        return RawTable((), ())
    return table


def _csv_lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line at which each record starts, and its cells."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    for cells in reader:
        yield start, cells
        start = reader.line_num + 1


def _error_line(text: str) -> int:
    line = 1
    try:
        for start, cells in _csv_lines(text):
            line = start + 1 + sum(cell.count("\n") for cell in cells)
    except csv.Error:
        return line
    return line


def write_folder(raw: RawScenario, folder: Path) -> None:
    """Write a scenario's folder; it appears whole or not at all.

    Raises
    ------
    FileExistsError
        If something stands at ``folder`` already, other than an empty folder.
    """
    refuse_existing(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write_files(raw, part)
        part.chmod(0o755)
        part.replace(folder)
    except BaseException:
        shutil.rmtree(part)
        raise


def refuse_existing(target: Path) -> None:
    """Refuse to write over something.

    Raises
    ------
    FileExistsError
        If ``target`` is a file or a folder that holds something.
    """
    if target.is_dir() and not any(target.iterdir()):
        return
    if target.exists() or target.is_symlink():
        raise FileExistsError(f"{target} exists already. Choose another name, or remove it first.")


def write_files(raw: RawScenario, folder: Path) -> None:
    """Write the files of a scenario into an existing folder."""
    (folder / SETTINGS_FILE).write_text(toml_text(raw.settings), encoding="utf-8", newline="\n")
    for name, table in raw.tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(table.header)
            writer.writerows(table.rows)
    if raw.published is not None:
        plan = json.dumps(json.loads(raw.published), indent=1, ensure_ascii=False)
        (folder / PUBLISHED_FILE).write_text(plan, encoding="utf-8", newline="\n")
