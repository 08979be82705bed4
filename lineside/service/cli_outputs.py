"""Where a solved plan goes: tested before the solve, written whole after it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lineside.service.cli_inputs import BadInputError, reason

if TYPE_CHECKING:
    from lineside.models.plan import Plan
    from lineside.models.scenario import Scenario

PUBLISHED = "published.json"
"""The plan in force, the one file of a scenario's folder that a solve may write."""


@dataclass(frozen=True)
class Outputs:
    """The files that a solve is asked to write.

    Parameters
    ----------
    plan, workbook
        Path of the JSON file and of the workbook, or None.
    tables
        Folder for the CSV tables, or None.
    """

    plan: Path | None
    workbook: Path | None
    tables: Path | None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be written."""
        return self.plan is None and self.workbook is None and self.tables is None

    def mistakes(self, scenario: Path) -> list[str]:
        """Return why a file could not be written, or would destroy something; nothing is touched.

        Parameters
        ----------
        scenario
            Path that the scenario is read from.
        """
        return list(self._mistakes(scenario))

    def _mistakes(self, scenario: Path) -> Iterator[str]:
        files = [path for path in (self.plan, self.workbook) if path is not None]
        if len({path.resolve() for path in files}) < len(files):
            yield f"The plan and the workbook would both be {files[0]}. Give them different names."
        if self.workbook is not None and self.workbook.suffix.lower() != ".xlsx":
            yield f"The workbook {self.workbook} does not end in .xlsx. Spreadsheet programs need that ending; add it."
        for path in files:
            if path.is_dir():
                yield f"{path} is a folder. Give the name of a file."
            elif _is_part_of(path, scenario):
                yield f"{path} belongs to the scenario and would be overwritten. Choose another place."
        if self.tables is not None:
            if self.tables.exists() and not self.tables.is_dir():
                yield f"{self.tables} is a file. Give a folder for the CSV tables."
            elif self.tables.resolve() == scenario.resolve():
                yield f"{self.tables} is the scenario's own folder. Choose another folder for the plan's tables."
        for path in (*files, *([self.tables] if self.tables is not None else [])):
            yield from _refusal(path)

    def write(self, scenario: Scenario, plan: Plan, unmeetable_needs: int) -> tuple[Path, ...]:
        """Write the files and return their paths.

        Raises
        ------
        BadInputError
            If the system refuses to write one.
        """
        from lineside.models.plan import write_plan
        from lineside.service.plan_files import write_csv_tables

        written: list[Path] = []
        try:
            if self.plan is not None:
                self.plan.parent.mkdir(parents=True, exist_ok=True)
                write_plan(plan, self.plan)
                written.append(self.plan)
            if self.workbook is not None:
                from lineside.service.plan_workbook import write_plan_workbook

                write_plan_workbook(scenario, plan, unmeetable_needs, self.workbook)
                written.append(self.workbook)
            if self.tables is not None:
                written.extend(write_csv_tables(plan, self.tables))
        except OSError as error:
            path = error.filename or "A file"
            raise BadInputError(
                [f"{path} could not be written: {reason(error)}. Make room or choose another place, and solve again."]
            ) from None
        return tuple(written)


def _is_part_of(path: Path, scenario: Path) -> bool:
    if path.resolve() == scenario.resolve():
        return True
    return path.exists() and path.resolve().parent == scenario.resolve() and path.name != PUBLISHED


def _refusal(path: Path) -> Iterator[str]:
    """Yield why a path cannot be written to: the first folder above it that exists says so."""
    above = path
    while not above.exists():
        above = above.parent
    if above != path and not above.is_dir():
        yield f"{above} is no folder, so {path} cannot be made in it. Choose another place."
    elif not os.access(above, os.W_OK):
        yield f"{above} may not be written to. Change its permissions or choose another place."
