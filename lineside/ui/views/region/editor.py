"""One table in an editor: its cells, what is wrong in each row, spare rows at its end."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from lineside.models.tables import TABLES, cell_type
from lineside.ui.client import Mistake
from lineside.ui.views.region.draft import FIRST_ROW, Draft, with_cells, without_rows
from lineside.ui.views.region.widgets import column_of, text_of

PAGE_ROWS = 400
"""Rows in an editor at once: a table of thousands is shown in parts."""
SPARE_ROWS = 6
ROW, WRONG, REMOVE = "row", "what is wrong", "remove"
SHOWN = "part_in_editor"
NOTHING_WRONG = ""


@dataclass(frozen=True)
class Part:
    """The rows of a table that are in the editor, as they were when it was drawn anew.

    Parameters
    ----------
    table
        Its name.
    rows
        The rows by place counted from 0; places beyond the table's end are empty, to be filled.
    key
        Of the editor: with another key it forgets what was typed into it.
    """

    table: str
    rows: dict[int, tuple[str, ...]]
    key: str


def part_of(draft: Draft, table: str, words: str, first: int) -> Part:
    """Return the part of a table that is shown, the same until the editor is drawn anew.

    The browser adds what was typed to what it was given first. Were it given the typed texts in return, it would take
    them for the old ones and forget its own.

    Parameters
    ----------
    draft, table
        What is edited.
    words
        Only rows that hold these words; all rows if there are none.
    first
        Place of the first row.
    """
    key = f"editor_{draft.number}_{draft.epoch}_{table}_{first}_{words}"
    shown: Part | None = st.session_state.get(SHOWN)
    if shown is None or shown.key != key:
        found, blank = draft.texts.tables[table], ("",) * len(draft.texts.tables[table].columns)
        length = len(found.rows)
        places = _places(draft, table, words, first)
        rows = {place: found.rows[place] if place < length else blank for place in places}
        shown = st.session_state[SHOWN] = Part(table, rows, key)
    return shown


def found_places(draft: Draft, table: str, words: str) -> list[int]:
    """Return the places of the rows that hold some words, or have a mistake if the words ask for that."""
    rows = draft.texts.tables[table].rows
    sought = words.casefold().strip()
    return [place for place, row in enumerate(rows) if sought in " ".join(row).casefold()]


def _places(draft: Draft, table: str, words: str, first: int) -> tuple[int, ...]:
    if words.strip():
        return tuple(found_places(draft, table, words)[first : first + PAGE_ROWS])
    length = len(draft.texts.tables[table].rows)
    last = min(first + PAGE_ROWS, length)
    return tuple(range(first, last + SPARE_ROWS if last == length else last))


def editor(draft: Draft, part: Part) -> None:
    """Show the editor; what is typed goes into the draft."""
    table = draft.texts.tables[part.table]
    rows = list(part.rows.values())
    columns = {
        title: column_of(part.table, title, [row[place] for row in rows], draft.texts)
        for place, title in enumerate(table.columns)
    }
    numbers = [place + FIRST_ROW for place in part.rows]
    wrong = _wrong_by_row(part.table, draft.mistakes)
    frame = pd.DataFrame(
        {
            ROW: pd.Series(numbers, dtype="int64"),
            REMOVE: pd.Series([False] * len(numbers), dtype="bool"),
            WRONG: pd.Series([wrong.get(number, NOTHING_WRONG) for number in numbers], dtype="str"),
            **{title: column.values for title, column in columns.items()},
        }
    )
    mark = "Mark rows here, then press Remove marked rows below the table."
    settings = {
        ROW: st.column_config.NumberColumn("row", disabled=True, pinned=True, width=50, format="%d"),
        REMOVE: st.column_config.CheckboxColumn("remove", pinned=True, width=96, help=mark),
        WRONG: st.column_config.TextColumn("what is wrong", disabled=True, pinned=True, width=150),
        **{title: column.config for title, column in columns.items()},
    }
    first = table.columns[0]
    settings[first] = {**settings[first], "pinned": True}  # whose row it is stays in sight
    st.data_editor(
        frame,
        key=part.key,
        num_rows="fixed",
        hide_index=True,
        column_config=settings,
        placeholder="",
        height=_height(len(rows)),
        on_change=_take,
        args=(draft, part),
        alt=f"Table {part.table}: rows can be edited; mistakes stand in the column next to the row's number.",
    )


def _height(num_rows: int) -> int:
    return 36 * min(max(num_rows, 3) + 1, 16) + 4


def _wrong_by_row(table: str, mistakes: Sequence[Mistake]) -> dict[int, str]:
    found: dict[int, list[str]] = defaultdict(list)
    for mistake in mistakes:
        if mistake.table == table and mistake.row is not None:
            found[mistake.row].append(f"{mistake.column}: {mistake.message}" if mistake.column else mistake.message)
    return {row: "⚠ " + " ".join(sentences) for row, sentences in found.items()}


def _typed(part: Part) -> dict[int, dict[str, Any]]:
    """Return what was typed since the editor was drawn, by place of the row."""
    state = st.session_state.get(part.key)
    edited = state["edited_rows"] if state else {}
    places = list(part.rows)
    return {places[number]: dict(cells) for number, cells in edited.items()}


def _take(draft: Draft, part: Part) -> None:
    """Put what was typed into the draft."""
    own = (ROW, WRONG, REMOVE)
    cells = {
        place: {title: _text(part.table, title, value) for title, value in typed.items() if title not in own}
        for place, typed in _typed(part).items()
    }
    rows = with_cells(draft.texts.tables[part.table], part.rows, cells)
    draft.change(draft.texts.with_rows(part.table, rows))


def _text(table: str, column: str, value: Any) -> str:
    text = text_of(value)
    is_date = column in TABLES[table].model_fields and cell_type(table, column).kind == "date"
    return _day(text) if is_date else text


def _day(text: str) -> str:
    """Return the date alone of what a calendar tells, which may be an instant.

    >>> _day("2027-01-04T00:00:00.000Z"), _day("soon")
    ('2027-01-04', 'soon')
    """
    try:
        return dt.datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        return text


def marked(part: Part) -> list[int]:
    """Return the places of the rows that are marked."""
    return [place for place, typed in _typed(part).items() if typed.get(REMOVE)]


def remove_marked(draft: Draft, part: Part) -> None:
    """Take the marked rows out of the draft."""
    rows = without_rows(draft.texts.tables[part.table], marked(part))
    draft.change(draft.texts.with_rows(part.table, rows), is_redrawn=True)
