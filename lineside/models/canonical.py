"""The texts of a scenario that was built in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from lineside.models.cells import format_clock, format_days, format_letter_hours, format_weekly_hours
from lineside.models.plan import plan_json
from lineside.models.raw import SECTIONS, RawScenario, RawTable
from lineside.models.scenario import Scenario, Settings
from lineside.models.tables import OPTIONAL_TABLES, TABLES, cell_type

_FORMATS: dict[str, Callable[[Any], str]] = {
    "clock": format_clock,
    "days": format_days,
    "days and hours": format_weekly_hours,
    "hours of letters": format_letter_hours,
    "choices": lambda pairs: " ".join(f"{left}={right}" for left, right in pairs),
}


def raw_of(scenario: Scenario) -> RawScenario:
    """Return the texts of a scenario; reading them gives an equal scenario.

    Optional tables without rows are left out.

    Raises
    ------
    ValueError
        If an apprentice wants no module at all: an empty cell would mean all of them.
    """
    for person in scenario.apprentices:
        if person.wanted == ():
            message = f"Apprentice {person.apprentice} wants no module, which a table cannot say."
            raise ValueError(f"{message} Leave the apprentice out, or name the modules.")
    tables = {}
    for table in TABLES:
        rows = getattr(scenario, table) or ()
        if rows or table not in OPTIONAL_TABLES:
            tables[table] = _table(table, rows)
    published = None if scenario.published is None else plan_json(scenario.published)
    return RawScenario(_settings(scenario.settings), tables, published)


def text_of(table: str, column: str, value: Any) -> str:
    """Return the text that a cell of a table has for a value.

    >>> text_of("patterns", "start", 1050), text_of("sites", "open_to", ("A", "B")), text_of("apprentices", "zip", None)
    ('17:30', 'A B', '')
    """
    return _cell(value, _FORMATS.get(cell_type(table, column).kind, _plain))


def _table(table: str, rows: tuple[BaseModel, ...]) -> RawTable:
    columns = tuple(TABLES[table].model_fields)
    formats = [_FORMATS.get(cell_type(table, column).kind, _plain) for column in columns]
    pairs = list(zip(columns, formats, strict=True))
    texts = tuple(tuple(_cell(getattr(row, column), write) for column, write in pairs) for row in rows)
    return RawTable(columns, texts, tuple(range(2, len(rows) + 2)))


def _cell(value: Any, write: Callable[[Any], str]) -> str:
    return "" if value is None or value == () else write(value)


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return " ".join(_plain(item) for item in value)
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _settings(settings: Settings) -> dict[str, Any]:
    """Return the keys that differ from their defaults, and those that have none."""
    values: dict[str, Any] = {}
    for key in Settings.model_fields:
        value = getattr(settings, key)
        if key in SECTIONS:
            changed = {name: _native(item) for name, item in value.model_dump(exclude_defaults=True).items()}
            if changed:
                values[key] = changed
        elif value is not None:
            values[key] = _native(value)
    return values


def _native(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value
