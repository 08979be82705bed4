"""Validation of ids: whatever a cell refers to must exist."""

from __future__ import annotations

import re
from collections.abc import Mapping

from lineside.models.columns import REFERENCES, WORDS
from lineside.models.mistakes import Findings, shown
from lineside.models.records import Records
from lineside.models.tables import KEYS

_ZIP = re.compile(r"[0-9]{5}")


def check_references(records: Mapping[str, Records], findings: Findings) -> None:
    """Note every id that is not in the table it should be in.

    References into a table that is missing or has no key column are not judged: that mistake is noted already.
    """
    for (table, column), target in REFERENCES.items():
        if records[target].is_readable:
            _check_column(table, column, target, records, findings)
    _check_scopes(records, findings)
    _check_travel_ends(records, findings)
    _check_options(records, findings)


def _check_column(table: str, column: str, target: str, records: Mapping[str, Records], findings: Findings) -> None:
    known, words = records[target].ids, WORDS.get((table, column), ())
    key = KEYS[target][0]
    for record in records[table]:
        value = record[column]
        if value is None:
            continue
        ids = value if isinstance(value, tuple) else (value,)
        alone = [word for word in ids if word in words] if len(ids) > 1 else []
        for word in alone:
            message = f"{shown(word)} stands beside other words. Write it alone, or only ids of {target}."
            findings.add(table, record.row, column, word, message)
        for identifier in ids:
            if identifier not in known and identifier not in words:
                message = f"{shown(identifier)} is no {key} of the table {target}. Correct the id, or add it there."
                findings.add(table, record.row, column, identifier, message)


def _check_scopes(records: Mapping[str, Records], findings: Findings) -> None:
    tables = {"site": "sites", "company": "companies"}
    for record in records["closures"]:
        scope = record["scope"]
        if scope is None or scope == "all":
            continue
        kind, colon, identifier = scope.partition(":")
        if kind not in tables or not colon or not identifier:
            message = f"{shown(scope)} is no scope. Write all, site:ID or company:ID."
            findings.add("closures", record.row, "scope", scope, message)
        elif records[tables[kind]].is_readable and identifier not in records[tables[kind]].ids:
            message = f"{shown(identifier)} is no {kind} of the table {tables[kind]}. Correct the id, or add it there."
            findings.add("closures", record.row, "scope", scope, message)
        elif kind == "company" and record["kind"] == "closed":
            message = "A company cannot be closed, only shut down. Write shutdown, or the scope site:ID."
            findings.add("closures", record.row, "kind", "closed", message)


def _check_travel_ends(records: Mapping[str, Records], findings: Findings) -> None:
    if not records["sites"].is_readable:
        return
    for record in records["travel"]:
        for column in ("origin", "destination"):
            place = record[column]
            if place is not None and place not in records["sites"].ids and not _ZIP.fullmatch(place):
                message = f"{shown(place)} is neither a site nor a five-digit zip code. Correct it, or add the site."
                findings.add("travel", record.row, column, place, message)


def _check_options(records: Mapping[str, Records], findings: Findings) -> None:
    if not records["requirements"].is_readable:
        return
    known: dict[str, dict[str, set[str]]] = {}
    for record in records["requirements"]:
        if record.has("program", "requirement", "option"):
            program = known.setdefault(record["program"], {})
            program.setdefault(record["requirement"], set()).add(record["option"])
    for record in records["apprentices"]:
        if record["program"] in known:
            _check_choices(record.row, record["options"] or (), record["program"], known[record["program"]], findings)


def _check_choices(
    row: int, choices: tuple[tuple[str, str], ...], name: str, program: dict[str, set[str]], findings: Findings
) -> None:
    for requirement, option in choices:
        if requirement not in program:
            message = f"{shown(requirement)} is no requirement of program {name}. Write one of {', '.join(program)}."
            findings.add("apprentices", row, "options", f"{requirement}={option}", message)
        elif option not in program[requirement]:
            allowed = ", ".join(sorted(program[requirement]))
            message = f"{shown(option)} is no option of requirement {requirement}. Write one of {allowed}."
            findings.add("apprentices", row, "options", f"{requirement}={option}", message)
