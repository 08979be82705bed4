"""Validation within and between the tables of places, lines, crews, patterns, closures and travel."""

from __future__ import annotations

from collections.abc import Mapping

from lineside.models.cells import DAY_MINUTES
from lineside.models.mistakes import Findings, shown
from lineside.models.records import Record, Records


def check_tables(records: Mapping[str, Records], findings: Findings) -> None:
    """Note everything in these tables that cannot be meant."""
    sites = by_id(records["sites"], "site")
    for record in records["lines"]:
        _check_line(record, sites.get(record["site"]), findings)
    owners = line_companies(records)
    rota_owners = {rota: record["company"] for rota, record in by_id(records["rotas"], "rota").items()}
    for record in records["crews"]:
        _check_crew(record, owners.get(record["line"]), rota_owners.get(record["rota"]), findings)
    for record in records["patterns"]:
        if record["minutes"] is not None and record["minutes"] > DAY_MINUTES:
            message = f"A session of {record['minutes']} minutes is longer than a day. Write at most {DAY_MINUTES}."
            findings.add("patterns", record.row, "minutes", record["minutes"], message)
    for record in records["closures"]:
        check_dates("closures", record, "first", "last", findings)
    _check_travel_pairs(records["travel"], findings)


def by_id(table: Records, column: str) -> dict[str, Record]:
    """Return the records of a table by the id in a column; of repeated ids the first."""
    found: dict[str, Record] = {}
    for record in table:
        if record[column] is not None:
            found.setdefault(record[column], record)
    return found


def line_companies(records: Mapping[str, Records]) -> dict[str, str]:
    """Return the company of each line, which is its site's, where it is known."""
    sites = by_id(records["sites"], "site")
    owners = {}
    for line, record in by_id(records["lines"], "line").items():
        site = sites.get(record["site"])
        if site is not None and site["company"] is not None:
            owners[line] = site["company"]
    return owners


def check_dates(table: str, record: Record, first: str, last: str, findings: Findings) -> None:
    """Note a pair of dates in the wrong order."""
    if record[first] is not None and record[last] is not None and record[first] > record[last]:
        message = f"{last} {record[last]} is before {first} {record[first]}. Correct one of the two dates."
        findings.add(table, record.row, last, record[last], message)


def check_limits(table: str, record: Record, low: str, high: str, findings: Findings) -> None:
    """Note a lower limit above its upper limit."""
    if record[low] is not None and record[high] is not None and record[low] > record[high]:
        message = f"{low} {record[low]} is above {high} {record[high]}. Correct one of the two numbers."
        findings.add(table, record.row, low, record[low], message)


def _check_line(record: Record, site: Record | None, findings: Findings) -> None:
    if site is None or not site.has("kind", "company"):
        return
    if site["kind"] == "online":
        message = f"{shown(record['site'])} is an online site. Write the plant in which the line stands."
        findings.add("lines", record.row, "site", record["site"], message)
    elif site["company"] is None:
        message = f"Site {record['site']} has no company, so the line has none. Give its company in the table sites."
        findings.add("lines", record.row, "site", record["site"], message)


def _check_crew(record: Record, line_owner: str | None, rota_owner: str | None, findings: Findings) -> None:
    check_limits("crews", record, "minimum", "headcount", findings)
    if line_owner is not None and rota_owner is not None and line_owner != rota_owner:
        fact = f"Rota {record['rota']} is of company {rota_owner}, line {record['line']} of company {line_owner}."
        findings.add("crews", record.row, "rota", record["rota"], f"{fact} Write a rota of the line's company.")


def _check_travel_pairs(table: Records, findings: Findings) -> None:
    first: dict[frozenset[str], Record] = {}
    for record in table:
        if not record.has("origin", "destination", "minutes"):
            continue
        pair = frozenset((record["origin"], record["destination"]))
        other = first.setdefault(pair, record)
        if other["minutes"] != record["minutes"]:
            fact = f"The pair has {other['minutes']} minutes in row {other.row}; minutes hold both ways."
            findings.add("travel", record.row, "minutes", record["minutes"], f"{fact} Keep one of the rows.")
