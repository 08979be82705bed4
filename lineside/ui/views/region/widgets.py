"""Which widget a column is edited with: derived from what its cells may hold, in this one place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from lineside.models.cells import DAY_NAMES, CellType
from lineside.models.columns import REFERENCES, WORDS
from lineside.models.raw import number_text
from lineside.models.tables import KEYS, TABLES, cell_type, is_required
from lineside.ui.views.region.draft import Texts

LISTS = ("list of ids", "list of choices", "list of dates", "days", "choices")
NUMBERS = {"minutes": 1, "count": 1, "number": None, "degrees": None}
"""Kinds of cells that hold a number, with the step between two of them."""
LEAST = {"degrees": None}
WIDE = {"days and hours": 260, "hours of letters": 260, "list of ids": 220, "list of dates": 220, "text": 200}
"""Widths of columns in pixels."""

Parse = Callable[[str], Any]


@dataclass(frozen=True)
class Column:
    """How a column is shown and edited.

    Parameters
    ----------
    config
        Streamlit's settings of the column.
    values
        The cells as the editor takes them.
    """

    config: Any
    values: pd.Series[Any]


def column_of(table: str, column: str, texts: Sequence[str], everything: Texts) -> Column:
    """Return how a column is edited.

    A cell that cannot be understood must stay visible: a column of numbers or dates that has one is edited as text.

    Parameters
    ----------
    table, column
        Names.
    texts
        The cells that are shown.
    everything
        The whole scenario, for the ids that a drop-down offers.
    """
    if column not in TABLES[table].model_fields:
        help_text = "Lineside does not know this column. Remove it with the button below the table."
        return Column(st.column_config.TextColumn(column, help=help_text), pd.Series(list(texts), dtype="str"))
    accepted = cell_type(table, column)
    label = column if is_required(table, column) else f"{column} (optional)"
    about: dict[str, Any] = {"label": label, "help": _help(table, column, accepted), "width": WIDE.get(accepted.kind)}
    if accepted.kind in LISTS:
        return _list(about, texts, _list_options(table, column, accepted, everything))
    if accepted.kind in NUMBERS and (numbers := _parsed(texts, Decimal)) is not None:
        return _number(about, accepted.kind, numbers)
    if accepted.kind == "date" and (dates := _parsed(texts, dt.date.fromisoformat)) is not None:
        series = pd.Series(dates, dtype=pd.ArrowDtype(pa.date32()))
        return Column(st.column_config.DateColumn(**about, format="YYYY-MM-DD"), series)
    options = list(accepted.choices) or _options(table, column, everything)
    if options is not None:
        present = [text for text in dict.fromkeys(texts) if text and text not in set(options)]
        config = st.column_config.SelectboxColumn(**about, options=[*options, *present])
        return Column(config, pd.Series([text or None for text in texts], dtype="str"))
    return Column(st.column_config.TextColumn(**about), pd.Series(list(texts), dtype="str"))


def _help(table: str, column: str, accepted: CellType) -> str:
    meaning = TABLES[table].model_fields[column].description or ""
    return f"{meaning[:1].upper()}{meaning[1:]}. {accepted.remedy}"


def _parsed(texts: Sequence[str], parse: Parse) -> list[Any] | None:
    """Return values, None for empty cells; nothing if one cannot be understood."""
    try:
        return [parse(text.strip()) if text.strip() else None for text in texts]
    except (ValueError, InvalidOperation):
        return None


def _number(about: dict[str, Any], kind: str, values: list[Any]) -> Column:
    step = NUMBERS[kind]
    least = None if kind == "degrees" else 0
    if step == 1 and all(value is None or value == int(value) for value in values):
        series: pd.Series[Any] = pd.Series([None if v is None else int(v) for v in values], dtype="Int64")
    else:
        series = pd.Series([None if v is None else float(v) for v in values], dtype="Float64")
    return Column(st.column_config.NumberColumn(**about, min_value=least, step=step), series)


def _list(about: dict[str, Any], texts: Sequence[str], options: list[str]) -> Column:
    # New words are accepted and then told as mistakes, so that a scenario can be written in any order.
    config = st.column_config.MultiselectColumn(**about, options=options, accept_new_options=True)
    return Column(config, pd.Series([text.split() for text in texts], dtype=pd.ArrowDtype(pa.list_(pa.string()))))


def _list_options(table: str, column: str, accepted: CellType, everything: Texts) -> list[str]:
    if accepted.choices:
        return list(accepted.choices)
    if accepted.kind == "days":
        return list(DAY_NAMES)
    if accepted.kind == "list of dates":
        return _horizon(everything)
    if accepted.kind == "choices":
        return list(
            _unique(f"{row[0]}={row[1]}" for row in _cells(everything, "requirements", "requirement", "option"))
        )
    if column == "features":
        words = (word for name in ("rooms", "modules") for row in _cells(everything, name, "features") for word in row)
        return list(_unique(part for word in words for part in word.split()))
    return _options(table, column, everything) or []


def _options(table: str, column: str, everything: Texts) -> list[str] | None:
    """Return what a drop-down offers, or None where anything may be written."""
    if (table, column) in REFERENCES:
        target = REFERENCES[table, column]
        return [*WORDS.get((table, column), ()), *ids_of(everything, target)]
    if (table, column) == ("closures", "scope"):
        owners = [f"{scope}:{one}" for scope, name in (("site", "sites"), ("company", "companies"))
                  for one in ids_of(everything, name)]  # fmt: skip
        return ["all", *owners]
    if table == "travel" and column in ("origin", "destination"):
        homes = sorted(_unique(row[0] for row in _cells(everything, "apprentices", "zip")))
        return [*ids_of(everything, "sites"), *homes]
    return None


def ids_of(everything: Texts, table: str) -> list[str]:
    """Return the ids of a table in its order; of requirements the programs."""
    return list(_unique(row[0] for row in _cells(everything, table, KEYS[table][0])))


def _cells(everything: Texts, table: str, *columns: str) -> Iterable[tuple[str, ...]]:
    found = everything.tables[table]
    places = [found.columns.index(column) for column in columns]
    return (tuple(row[place].strip() for place in places) for row in found.rows)


def _unique(words: Iterable[str]) -> dict[str, None]:
    return dict.fromkeys(word for word in words if word)


def _horizon(everything: Texts) -> list[str]:
    try:
        first = dt.date.fromisoformat(str(everything.settings["first_day"]))
        weeks = min(int(everything.settings["weeks"]), 104)
    except (KeyError, ValueError):
        return []
    return [(first + dt.timedelta(days=day)).isoformat() for day in range(7 * weeks)]


def text_of(value: Any) -> str:
    """Return the cell's text for what an editor tells.

    >>> text_of(["Mon", "Wed"]), text_of(19.50), text_of(3), text_of(None), text_of("Fri")
    ('Mon Wed', '19.5', '3', '', 'Fri')
    """
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(str(part).strip() for part in value)
    if isinstance(value, int | float):
        return number_text(value)
    return str(value).strip()
