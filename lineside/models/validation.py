"""From texts to a scenario: every mistake at once, then the warnings."""

from __future__ import annotations

from lineside.models.mistakes import Findings
from lineside.models.raw import RawScenario
from lineside.models.records import build_rows, read_records
from lineside.models.scenario import Scenario
from lineside.models.tables import TABLES
from lineside.models.validation_learning import check_learning
from lineside.models.validation_people import check_people
from lineside.models.validation_places import check_places
from lineside.models.validation_published import check_pins, read_published
from lineside.models.validation_references import check_references
from lineside.models.validation_rotas import check_rotas
from lineside.models.validation_settings import read_settings
from lineside.models.validation_tables import check_tables
from lineside.models.validation_warnings import scenario_warnings


def validate(raw: RawScenario, findings: Findings) -> Scenario:
    """Return the scenario that the texts describe.

    Parameters
    ----------
    raw
        Texts of the settings, tables and published plan.
    findings
        What was found while reading; takes all that is found here.

    Raises
    ------
    ScenarioMistakes
        If there is any mistake, with all of them in the order of the tables and rows.
    """
    settings = read_settings(raw, findings)
    records = read_records(raw, findings)
    check_references(records, findings)
    check_tables(records, findings)
    check_learning(records, findings)
    check_rotas(records, findings)
    check_people(records, findings)
    plan = read_published(raw.published, records, settings, findings)
    check_pins(raw.published, plan, records, findings)
    check_places(records, plan, findings)
    _sort(findings)
    findings.raise_if_any()
    rows = build_rows(records)
    if not rows["patterns"]:
        del rows["patterns"]
        if "patterns" in raw.tables:
            findings.warn("The table patterns has no rows, so patterns come from the shifts. Fill it to set others.")
    scenario = Scenario.model_validate({**rows, "settings": settings, "published": plan})
    findings.warnings.extend(scenario_warnings(scenario))
    return scenario


def _sort(findings: Findings) -> None:
    """Put mistakes in the order of tables and rows, as a planner goes through them."""
    order = {table: i for i, table in enumerate(("workbook", "scenario", *TABLES))}
    findings.mistakes.sort(key=lambda mistake: (order.get(mistake.table, len(order)), mistake.row or 0))
