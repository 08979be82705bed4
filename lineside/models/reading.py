"""The ways in and out of files: read a scenario, write one, convert between folder and workbook."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from lineside.models.canonical import raw_of
from lineside.models.folder import read_folder, refuse_existing, write_folder
from lineside.models.mistakes import Findings, Mistake, ScenarioMistakes
from lineside.models.raw import RawScenario
from lineside.models.scenario import Scenario
from lineside.models.validation import validate
from lineside.models.workbook_reading import read_workbook
from lineside.models.workbook_writing import write_workbook

__all__ = [
    "Mistake",
    "ReadResult",
    "ScenarioMistakes",
    "any_texts",
    "convert",
    "read_scenario",
    "read_texts",
    "result_of",
    "write_scenario",
    "write_texts",
]

WORKBOOK_SUFFIXES = frozenset({".xlsx", ".xlsm"})


@dataclass(frozen=True)
class ReadResult:
    """A scenario without mistakes, and warnings about what is legal but hardly meant."""

    scenario: Scenario
    warnings: tuple[str, ...] = ()


def read_scenario(path: Path) -> ReadResult:
    """Read a scenario from a folder or an Excel workbook.

    Parameters
    ----------
    path
        A folder with ``scenario.toml`` and CSV tables, or a workbook with a sheet per table.

    Raises
    ------
    ScenarioMistakes
        If anything is wrong; it carries every mistake with its place and remedy.
    """
    return _read(path)[1]


def read_texts(path: Path) -> RawScenario:
    """Read the texts of a scenario without mistakes, for changing some of them.

    Raises
    ------
    ScenarioMistakes
        If anything is wrong.
    """
    return _read(path)[0]


def _read(path: Path) -> tuple[RawScenario, ReadResult]:
    findings = Findings()
    raw = any_texts(path, findings)
    return raw, result_of(raw, findings)


def any_texts(path: Path, findings: Findings) -> RawScenario:
    """Read the texts of a scenario, right or wrong.

    Parameters
    ----------
    path
        A folder or a workbook.
    findings
        Takes what was found while reading.

    Raises
    ------
    ScenarioMistakes
        If there are no texts at all.
    """
    raw = _read_raw(path, findings)
    if raw is None:
        findings.raise_if_any()
        raise AssertionError("Texts are missing without a mistake. Report this as a defect.")
    return raw


def result_of(raw: RawScenario, findings: Findings) -> ReadResult:
    """Return the scenario that texts describe.

    Parameters
    ----------
    raw
        The texts.
    findings
        What was found while reading them.

    Raises
    ------
    ScenarioMistakes
        If anything is wrong; it carries every mistake with its place and remedy.
    """
    scenario = validate(raw, findings)
    return ReadResult(scenario, tuple(findings.warnings))


def _read_raw(path: Path, findings: Findings) -> RawScenario | None:
    if path.is_dir():
        return read_folder(path, findings)
    if not path.exists():
        message = f"{path} does not exist. Give a scenario's folder or workbook."
    elif path.suffix.lower() in WORKBOOK_SUFFIXES:
        return read_workbook(path, findings)
    else:
        message = f"{path.name} is neither a folder nor a workbook (.xlsx). Give a scenario's folder or workbook."
    findings.add("scenario", None, None, str(path), message)
    return None


def convert(source: Path, target: Path) -> tuple[str, ...]:
    """Convert a folder to a workbook or a workbook to a folder, text by text, without loss.

    What is written is read back and compared before it appears under its name.

    Parameters
    ----------
    source
        A scenario without mistakes.
    target
        A workbook's name ending in ``.xlsx``, or a folder's name; nothing may stand there yet.

    Returns
    -------
    The warnings about the scenario.

    Raises
    ------
    ScenarioMistakes
        If the source has mistakes; nothing is written.
    FileExistsError
        If something stands at the target already.
    ValueError
        If the target's format cannot hold the scenario without loss; nothing is written.
    """
    refuse_existing(target)
    raw, result = _read(source)
    _write(raw, target)
    return result.warnings


def write_texts(raw: RawScenario, path: Path) -> None:
    """Write the texts of a scenario, as a workbook (``.xlsx``) or else as a folder.

    Raises
    ------
    FileExistsError
        If something stands at the path already, other than an empty folder.
    ScenarioMistakes
        If the texts are no scenario without mistakes; nothing is written.
    ValueError
        If the format cannot hold the texts.
    """
    refuse_existing(path)
    validate(raw, Findings())
    _write(raw, path)


def _write(raw: RawScenario, target: Path) -> None:
    if target.suffix.lower() != ".xlsx":
        write_folder(raw, target)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.stem}-", dir=target.parent) as folder:
        part = Path(folder) / target.name
        write_workbook(raw, part)
        again = read_workbook(part, Findings())
        if again is None or not raw.holds_the_same(again):
            raise ValueError(_loss(raw, again))
        part.replace(target)


def _loss(raw: RawScenario, again: RawScenario | None) -> str:
    """Return a sentence that names what a workbook does not bring back."""
    found = again.tables if again is not None else {}
    for table, wanted in raw.tables.items():
        rows = found[table].rows if table in found else ()
        for number, row, other in zip(wanted.row_numbers, wanted.rows, rows, strict=False):
            if row != other:
                return f"A workbook cannot hold {table} row {number} as it is: {row}. Remove its unusual characters."
    return "A workbook cannot hold this scenario as it is. Remove unusual characters from its texts."


def write_scenario(scenario: Scenario, path: Path) -> None:
    """Write a scenario that was built in memory, as a workbook (``.xlsx``) or else as a folder.

    Raises
    ------
    FileExistsError
        If something stands at the path already, other than an empty folder.
    ValueError
        If the tables cannot express the scenario, or the format cannot hold it.
    """
    refuse_existing(path)
    _write(raw_of(scenario), path)
