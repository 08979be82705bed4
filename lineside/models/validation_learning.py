"""Validation of what is taught: modules, their order, and the requirements of programs."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from lineside.models.mistakes import Findings, shown
from lineside.models.records import Record, Records
from lineside.models.validation_tables import by_id, check_limits


def check_learning(records: Mapping[str, Records], findings: Findings) -> None:
    """Note everything in the tables ``modules`` and ``requirements`` that cannot be meant."""
    for record in records["modules"]:
        check_limits("modules", record, "seats_min", "seats_max", findings)
        check_limits("modules", record, "session_min", "session_max", findings)
        _check_hours(record, findings)
    _check_order(by_id(records["modules"], "module"), findings)
    for record in records["requirements"]:
        _check_equals_signs(record, findings)
    _check_one_requirement(records["requirements"], findings)


def _check_hours(record: Record, findings: Findings) -> None:
    if record["hours"] is not None and (Fraction(record["hours"]) * 60).denominator != 1:
        message = f"{record['hours']} hours are no whole number of minutes. Write hours such as 20.1 or 6.5."
        findings.add("modules", record.row, "hours", record["hours"], message)


def _check_order(modules: Mapping[str, Record], findings: Findings) -> None:
    """Note each circle of modules that come after one another, once."""
    done: set[str] = set()
    for start in modules:
        path: list[str] = []
        # Depth first; a module on the path that is met again closes a circle.
        stack: list[tuple[str, int]] = [(start, 0)] if start not in done else []
        while stack:
            module, depth = stack.pop()
            del path[depth:]
            if module in path:
                _report_circle(path[path.index(module) :], modules, findings)
                continue
            if module in done or module not in modules:
                continue
            path.append(module)
            done.add(module)
            stack.extend((earlier, depth + 1) for earlier in reversed(modules[module]["after"] or ()))


def _report_circle(circle: list[str], modules: Mapping[str, Record], findings: Findings) -> None:
    chain = " after ".join((*circle, circle[0]))
    message = f"The modules wait for each other: {chain}. Remove one of them from a cell of the column after."
    findings.add("modules", modules[circle[0]].row, "after", circle[0], message)


def _check_equals_signs(record: Record, findings: Findings) -> None:
    for column in ("requirement", "option"):
        if record[column] is not None and "=" in record[column]:
            message = f"{shown(record[column])} holds an =, which joins requirement and option. Choose an id without =."
            findings.add("requirements", record.row, column, record[column], message)


def _check_one_requirement(table: Records, findings: Findings) -> None:
    """Note a module that stands in two requirements of a program."""
    homes: dict[tuple[str, str], str] = {}
    for record in table:
        if not record.has("program", "requirement", "modules"):
            continue
        for module in record["modules"]:
            home = homes.setdefault((record["program"], module), record["requirement"])
            if home != record["requirement"]:
                fact = f"{module} stands in requirement {home} of program {record['program']} as well."
                findings.add("requirements", record.row, "modules", module, f"{fact} Keep it in one requirement.")
