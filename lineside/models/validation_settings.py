"""Validation of the settings: keys, values, the horizon, the time zone and the holidays."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from lineside.models.calendar import public_holidays
from lineside.models.mistakes import Findings, rename_hint, shown
from lineside.models.raw import SECTIONS, RawScenario, setting_type
from lineside.models.records import cell_message
from lineside.models.scenario import Prices, Rules, Settings

FIRST_YEAR, LAST_YEAR = 1904, 2999
"""Years in which a horizon may start."""
MAX_WEEKS = 520
"""Longest horizon: ten years."""

_zones = lru_cache(maxsize=1)(available_timezones)


def read_settings(raw: RawScenario, findings: Findings) -> Settings | None:
    """Return the settings, or None if a key is missing or wrong; every mistake is noted.

    Parameters
    ----------
    raw
        The scenario's texts.
    findings
        Takes the mistakes.
    """
    before = len(findings.mistakes)
    top = {key: value for key, value in raw.settings.items() if key not in SECTIONS}
    values = _read_section(None, top, raw, findings)
    for section in SECTIONS:
        found = raw.settings.get(section, {})
        if isinstance(found, Mapping):
            values[section] = _read_section(section, found, raw, findings)
        else:
            message = f"{shown(found)} is no section. Write [{section}] on a line of its own, its keys below."
            _add(section, found, message, raw, findings)
    _check_horizon(values, raw, findings)
    _check_names(values, raw, findings)
    if len(findings.mistakes) > before or not all(key in values for key in _required()):
        return None
    rules, prices = Rules(**values.pop("rules")), Prices(**values.pop("prices"))
    return Settings(**values, rules=rules, prices=prices)


def _required() -> Iterable[str]:
    return (key for key, info in Settings.model_fields.items() if info.is_required())


def _add(place: str, value: object, message: str, raw: RawScenario, findings: Findings) -> None:
    findings.add("scenario", raw.setting_rows.get(place), place, value, message)


def _read_section(
    section: str | None, found: Mapping[str, Any], raw: RawScenario, findings: Findings
) -> dict[str, Any]:
    model = Settings if section is None else SECTIONS[section]
    values: dict[str, Any] = {}
    # Settings that could not be read at all are one mistake, not one for each key.
    is_readable = bool(raw.settings) or not any(mistake.table == "scenario" for mistake in findings.mistakes)
    for key, value in found.items():
        place = key if section is None else f"{section}.{key}"
        if key in model.model_fields:
            _read_value(section, key, value, values, raw, findings)
        else:
            hint = rename_hint(key, model.model_fields)
            _add(place, key, f"{shown(key)} is no key of {section or 'the scenario'}. {hint}", raw, findings)
    for key, info in model.model_fields.items():
        if info.is_required() and key not in found and key not in raw.setting_rows and is_readable:
            _add(key, None, f"The key is missing. Add {key}: {info.description}.", raw, findings)
    return values


def _read_value(
    section: str | None, key: str, value: Any, values: dict[str, Any], raw: RawScenario, findings: Findings
) -> None:
    """Parse one value by its text, so that TOML's numbers obey the same limits as a table's."""
    place = key if section is None else f"{section}.{key}"
    accepted = setting_type(section, key)
    if accepted is None:
        if isinstance(value, bool):
            values[key] = value
        else:
            _add(place, value, f"{shown(value)} is neither true nor false. Write one of them.", raw, findings)
        return
    text = _setting_text(accepted.kind, value)
    if text == "" and accepted.kind in ("text", "date") and not Settings.model_fields[key].is_required():
        return
    try:
        if not text:
            raise ValueError("nothing that the key accepts")
        values[key] = accepted.parse(text)
    except (ValueError, InvalidOperation):
        _add(place, value, cell_message(accepted, str(value)), raw, findings)


def _setting_text(kind: str, value: Any) -> str | None:
    """Return a value's text if its type suits the kind of key, else None."""
    if isinstance(value, str):
        return value.strip()
    if kind in ("count", "minutes", "number") and isinstance(value, int | float) and not isinstance(value, bool):
        return str(Decimal(repr(value)))
    if kind == "date" and isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    return None


def _check_horizon(values: dict[str, Any], raw: RawScenario, findings: Findings) -> None:
    first_day, weeks = values.get("first_day"), values.get("weeks")
    if first_day is not None and first_day.weekday() != 0:
        monday = first_day - dt.timedelta(days=first_day.weekday())
        message = f"{first_day} is a {first_day:%A}. Write a Monday, such as {monday}."
        _add("first_day", first_day, message, raw, findings)
    if first_day is not None and not FIRST_YEAR <= first_day.year <= LAST_YEAR:
        message = f"{first_day} is not in the years {FIRST_YEAR} to {LAST_YEAR}. Correct the year."
        _add("first_day", first_day, message, raw, findings)
    if weeks is not None and weeks > MAX_WEEKS:
        message = f"The horizon has {weeks} weeks, the limit is {MAX_WEEKS}. Plan a shorter time."
        _add("weeks", weeks, message, raw, findings)


def _check_names(values: dict[str, Any], raw: RawScenario, findings: Findings) -> None:
    zone, code = values.get("timezone"), values.get("holidays")
    if zone is not None and zone not in _zones():
        near = difflib.get_close_matches(zone, _zones(), n=1)
        message = f"{shown(zone)} is no IANA time zone. Write one such as {near[0] if near else 'America/Chicago'}."
        _add("timezone", zone, message, raw, findings)
    if code is not None and not _is_holiday_code(code):
        message = f"{shown(code)} is no code of the holidays library. Write a country or subdivision such as US-WI."
        _add("holidays", code, message, raw, findings)


def _is_holiday_code(code: str) -> bool:
    try:
        public_holidays(code, 2026, 2026)
    except NotImplementedError:
        return False
    return True
