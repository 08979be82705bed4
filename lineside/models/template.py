"""A new scenario to fill in: empty tables, commented settings, and a workbook that explains itself."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from lineside.models.folder import SETTINGS_FILE, refuse_existing, write_files
from lineside.models.raw import SECTIONS, RawScenario, RawTable, setting_type
from lineside.models.scenario import Settings
from lineside.models.settings_text import toml_value
from lineside.models.tables import KEYS, OPTIONAL_TABLES, TABLES, cell_type
from lineside.models.workbook_writing import write_workbook

TEMPLATE_WORKBOOK = "scenario.xlsx"
EXPLANATION_HEADER = ("table", "column", "required", "holds", "meaning", "default", "how to write it")
_SAMPLES: dict[str, Any] = {"name": "New scenario", "timezone": "America/Chicago", "weeks": 18}
_UNSET = {"holidays": "US-WI", "frozen_until": dt.date(2026, 9, 28)}


def new_scenario(directory: Path, today: dt.date | None = None) -> None:
    """Make a folder with empty tables, a commented ``scenario.toml`` and the workbook template.

    Either the folder's tables or the workbook is filled in; both are read by the same commands.

    Parameters
    ----------
    directory
        Folder to make; it may exist if it is empty.
    today
        Date after which the sample horizon starts; the current date if left out.

    Raises
    ------
    FileExistsError
        If the folder holds something already.
    """
    refuse_existing(directory)
    directory.parent.mkdir(parents=True, exist_ok=True)
    raw = empty_scenario(today or dt.date.today())
    part = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    try:
        write_files(raw, part)
        (part / SETTINGS_FILE).write_text(commented_settings(raw.settings), encoding="utf-8", newline="\n")
        write_workbook(raw, part / TEMPLATE_WORKBOOK, explanation_rows())
        part.chmod(0o755)
        part.replace(directory)
    except BaseException:
        shutil.rmtree(part)
        raise


def empty_scenario(today: dt.date) -> RawScenario:
    """Return the texts of a scenario without rows, whose horizon starts on the Monday after a date."""
    monday = today + dt.timedelta(days=7 - today.weekday())
    settings = {"name": _SAMPLES["name"], "timezone": _SAMPLES["timezone"], "first_day": monday}
    tables = {table: RawTable(tuple(model.model_fields), ()) for table, model in TABLES.items()}
    return RawScenario({**settings, "weeks": _SAMPLES["weeks"]}, tables)


def commented_settings(settings: dict[str, Any]) -> str:
    """Return ``scenario.toml`` with every key, its meaning and its default; keys left at their default are comments."""
    lines = ["# What each key means stands above it. A key behind # has the default that is shown."]
    for key, info in Settings.model_fields.items():
        if key not in SECTIONS:
            sample = _UNSET.get(key) if key not in settings else settings[key]
            lines += ["", *_commented(key, info.description, sample, is_set=key in settings)]
    for section, model in SECTIONS.items():
        lines += ["", f"[{section}]"]
        for key, info in model.model_fields.items():
            lines += _commented(key, _meaning(section, info.description), _toml_default(model, key), is_set=False)
    return "\n".join(lines) + "\n"


def _commented(key: str, description: str | None, value: Any, is_set: bool) -> list[str]:
    note = "" if is_set or key not in _UNSET else "; by default none; an example"
    return [f"# {description}{note}", f"{'' if is_set else '# '}{key} = {toml_value(value)}"]


def _meaning(section: str | None, description: str | None) -> str:
    """Return a key's description, with the unit that all prices share."""
    return f"line-minutes {description}" if section == "prices" else description or ""


def _toml_default(model: type[BaseModel], key: str) -> Any:
    value = model.model_fields[key].get_default()
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return value


def explanation_rows() -> list[tuple[str, ...]]:
    """Return the header and a row for every column and key, from the types that read them."""
    rows: list[tuple[str, ...]] = [EXPLANATION_HEADER]
    models: list[tuple[str | None, type[BaseModel]]] = [(None, Settings), *SECTIONS.items()]
    for section, model in models:
        for key, info in model.model_fields.items():
            if key in SECTIONS:
                continue
            accepted = setting_type(section, key)
            kind, remedy = (accepted.kind, accepted.remedy) if accepted else ("true or false", "Write true or false.")
            meaning = _meaning(section, info.description)
            place = key if section is None else f"{section}.{key}"
            default = "" if info.is_required() else _default_text(info.get_default())
            rows.append(("scenario", place, _yes(info.is_required()), kind, meaning, default, remedy))
    for table in TABLES:
        rows.extend(_table_rows(table))
    return rows


def _table_rows(table: str) -> list[tuple[str, ...]]:
    model = TABLES[table]
    optional = " The sheet may be missing." if table in OPTIONAL_TABLES else ""
    keys = f" Not twice: {', '.join(KEYS[table])}." if table in KEYS else ""
    rows: list[tuple[str, ...]] = [(table, "", "", "", f"{(model.__doc__ or '').strip()}{optional}{keys}", "", "")]
    for column, info in model.model_fields.items():
        accepted = cell_type(table, column)
        default = "" if info.is_required() else _default_text(info.get_default())
        required = _yes(info.is_required())
        rows.append((table, column, required, accepted.kind, info.description or "", default, accepted.remedy))
    return rows


def _yes(is_required: bool) -> str:
    return "yes" if is_required else "no"


def _default_text(value: Any) -> str:
    if value is None or value == () or value == "":
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    return " ".join(value) if isinstance(value, tuple) else str(value)
