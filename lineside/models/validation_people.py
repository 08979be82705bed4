"""Validation of apprentices: company, line, rota and crew must fit together, and dates be in order."""

from __future__ import annotations

from collections.abc import Mapping

from lineside.models.mistakes import Findings
from lineside.models.records import Record, Records
from lineside.models.validation_tables import by_id, check_dates, line_companies


def check_people(records: Mapping[str, Records], findings: Findings) -> None:
    """Note everything in the table ``apprentices`` that cannot be meant."""
    line_owners = line_companies(records)
    rotas = by_id(records["rotas"], "rota")
    rota_owners = {rota: record["company"] for rota, record in rotas.items()}
    crews = {(record["line"], record["rota"]) for record in records["crews"]} if _are_judged(records) else None
    for record in records["apprentices"]:
        check_dates("apprentices", record, "starts", "due", findings)
        if record.has("company", "line", "rota") and record["company"] in records["companies"].ids:
            _check_crew(record, line_owners, rota_owners, crews, findings)


def _are_judged(records: Mapping[str, Records]) -> bool:
    """Return whether crews can be compared: a crew with a wrong cell is unknown, not missing."""
    return records["crews"].is_readable and all(record.has("line", "rota") for record in records["crews"])


def _check_crew(
    record: Record,
    line_owners: Mapping[str, str],
    rota_owners: Mapping[str, str | None],
    crews: set[tuple[str, str]] | None,
    findings: Findings,
) -> None:
    """Note the first of the three that does not fit: one wrong id often breaks them all."""
    company, line, rota = record["company"], record["line"], record["rota"]
    line_owner, rota_owner = line_owners.get(line), rota_owners.get(rota)
    if line_owner is not None and line_owner != company:
        message = f"Line {line} is of company {line_owner}, the apprentice of {company}. Correct one of them."
        findings.add("apprentices", record.row, "company", company, message)
    elif rota_owner is not None and rota_owner != company:
        message = f"Rota {rota} is of company {rota_owner}, the apprentice of {company}. Correct one of them."
        findings.add("apprentices", record.row, "rota", rota, message)
    elif crews is not None and line_owner is not None and rota_owner is not None and (line, rota) not in crews:
        message = f"Line {line} with rota {rota} is no row of the table crews. Correct them, or add the crew."
        findings.add("apprentices", record.row, "rota", rota, message)
