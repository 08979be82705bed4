"""Validation within and between the tables of places, lines, rotas, modules, programs and calendars."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from lineside.models.cells import DAY_MINUTES, format_clock
from lineside.models.mistakes import Findings, shown
from lineside.models.records import Record, Records


def check_tables(records: Mapping[str, Records], findings: Findings) -> None:
    """Note everything in these tables that cannot be meant."""
    for record in records["lines"]:
        _check_line(record, records, findings)
    for record in records["crews"]:
        _check_crew(record, records, findings)
    for record in records["modules"]:
        _check_module(record, findings)
    _check_order_of_modules(records["modules"], findings)
    _check_requirements(records["requirements"], findings)
    for record in records["patterns"]:
        if record["minutes"] is not None and record["minutes"] > DAY_MINUTES:
            message = f"A session of {record['minutes']} minutes is longer than a day. Write at most {DAY_MINUTES}."
            findings.add("patterns", record.row, "minutes", record["minutes"], message)
    for record in records["closures"]:
        _check_dates("closures", record, "first", "last", findings)
    _check_travel_pairs(records["travel"], findings)


def by_id(table: Records, column: str) -> dict[str, Record]:
    """Return the records of a table by the id in a column; of repeated ids the first."""
    found: dict[str, Record] = {}
    for record in table:
        if record[column] is not None:
            found.setdefault(record[column], record)
    return found


def _check_dates(table: str, record: Record, first: str, last: str, findings: Findings) -> None:
    if record[first] is not None and record[last] is not None and record[first] > record[last]:
        message = f"{last} {record[last]} is before {first} {record[first]}. Correct one of the two dates."
        findings.add(table, record.row, last, record[last], message)


def _check_line(record: Record, records: Mapping[str, Records], findings: Findings) -> None:
    site = by_id_cached(records, "sites").get(record["site"])
    if site is None or not site.has("kind", "company"):
        return
    if site["kind"] == "online":
        message = f"{shown(record['site'])} is an online site. Write the plant in which the line stands."
        findings.add("lines", record.row, "site", record["site"], message)
    elif site["company"] is None:
        message = f"Site {record['site']} has no company, so the line has none. Give the company in the table sites."
        findings.add("lines", record.row, "site", record["site"], message)
