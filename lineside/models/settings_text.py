"""The text of ``scenario.toml``."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any


def toml_text(settings: Mapping[str, Any]) -> str:
    """Return settings as TOML: top-level keys first, then a table for each section.

    >>> print(toml_text({"name": "A", "rules": {"keep_day_off": True}}), end="")
    name = "A"
    <BLANKLINE>
    [rules]
    keep_day_off = true
    """
    lines = [f"{key} = {toml_value(value)}" for key, value in settings.items() if not isinstance(value, Mapping)]
    for section, values in settings.items():
        if isinstance(values, Mapping):
            lines += ["", f"[{section}]", *(f"{key} = {toml_value(value)}" for key, value in values.items())]
    return "\n".join(lines).lstrip("\n") + "\n"


def toml_value(value: object) -> str:
    """Return one value as TOML.

    JSON's escapes are TOML's too; only DEL must be escaped besides.

    Raises
    ------
    TypeError
        If the value is no text, number, truth value or date.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(f"{value!r} is no value of scenario.toml. Give a text, number, date, true or false.")
