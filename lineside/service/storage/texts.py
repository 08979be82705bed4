"""A scenario's texts as JSON, and back: what a revision keeps, cell by cell as it was written."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lineside.models.mistakes import Findings, Mistake, ScenarioMistakes
from lineside.models.raw import RawScenario, RawTable
from lineside.models.scenario import Scenario
from lineside.models.validation import validate
from lineside.service.problems import MistakesProblem

FIRST_ROW = 2
"""Number of the first row below the header, as a planner sees it in a file."""


@dataclass(frozen=True)
class Judgement:
    """What is wrong with a scenario's texts, and the scenario if nothing is."""

    scenario: Scenario | None
    mistakes: tuple[Mistake, ...]
    warnings: tuple[str, ...]


def judge(raw: RawScenario) -> Judgement:
    """Return the list that ``lineside validate`` gives, for a scenario's texts."""
    findings = Findings()
    try:
        scenario = validate(raw, findings)
    except ScenarioMistakes as found:
        return Judgement(None, found.mistakes, found.warnings)
    return Judgement(scenario, (), tuple(findings.warnings))


def raw_table(columns: list[str], rows: list[list[str]]) -> RawTable:
    """Return a table of texts, its rows numbered as in a file."""
    return RawTable(
        tuple(columns), tuple(map(tuple, rows)), tuple(range(FIRST_ROW, len(rows) + FIRST_ROW)), FIRST_ROW - 1
    )


def table_json(table: RawTable) -> dict[str, Any]:
    """Return a table for storage."""
    return {"columns": list(table.header), "rows": [list(row) for row in table.rows]}


def settings_json(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings for storage: dates become texts, which the settings take as well.

    Raises
    ------
    MistakesProblem
        If a value is no text, number, truth value, date or section, or a text that cannot be stored.
    """
    return {key: _storable(key, value) for key, value in settings.items() if value is not None}


def _storable(place: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _storable(f"{place}.{key}", item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_storable(place, item) for item in value]
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        raise _no_value(place, str(value))
    if isinstance(value, str):
        refuse_odd_text(place, value)
    return value


def _no_value(place: str, value: str) -> MistakesProblem:
    message = f"{value} is no value of a setting. Give a text, a number, a date, true or false."
    return MistakesProblem(f"scenario, {place}: {message}", (Mistake("scenario", None, place, value, message),))


def renamed(raw: RawScenario, name: str) -> RawScenario:
    """Return texts under another name."""
    return dataclasses.replace(raw, settings={**raw.settings, "name": name})


def refuse_odd_text(place: str, value: str) -> None:
    """Refuse a text that PostgreSQL cannot hold.

    Raises
    ------
    MistakesProblem
        If it holds a NUL character or half of a surrogate pair.
    """
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        message = "The text holds a character that cannot be stored. Type the text anew."
        shown = value.encode("ascii", "backslashreplace").decode().replace("\0", "\\0")
        raise MistakesProblem(f"{place}: {message}", (Mistake(place, None, None, shown, message),))


def refuse_odd_data(place: str, value: Any) -> None:
    """Refuse texts that PostgreSQL cannot hold, wherever they stand in plain data.

    Raises
    ------
    MistakesProblem
        At the first one.
    """
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    if isinstance(value, list | tuple):
        for item in value:
            refuse_odd_data(place, item)
    elif isinstance(value, str):
        refuse_odd_text(place, value)


def refuse_odd_texts(raw: RawScenario) -> None:
    """Refuse a scenario with a text that cannot be stored.

    Raises
    ------
    MistakesProblem
        At the first one.
    """
    for name, table in raw.tables.items():
        for row in (table.header, *table.rows):
            for cell in row:
                refuse_odd_text(name, cell)
    if raw.published is not None:
        refuse_odd_text("published", raw.published)


def raw_from_json(settings: dict[str, Any], tables: dict[str, Any], published: str | None) -> RawScenario:
    """Return the texts that a revision keeps."""
    return RawScenario(
        settings, {name: raw_table(table["columns"], table["rows"]) for name, table in tables.items()}, published
    )
