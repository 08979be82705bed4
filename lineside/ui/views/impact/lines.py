"""Heat maps of lines over weeks and hours, and who is away behind each of their cells."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.client import Json
from lineside.ui.views.impact.away import show_absences
from lineside.ui.views.impact.charts import LINES, LOST, SPARE, heat_map, hour_words, table_of
from lineside.ui.views.impact.reading import NARROW, Read
from lineside.ui.words import day, escaped

ACROSS = {"week": "By week", "hour_of_week": "By hour of the week"}
SHOWN = {LOST: "lost_line_minutes", SPARE: "least_spare_operators"}


def draw(read: Read) -> None:
    """Show what each line loses, or how many operators it has left, over weeks or hours."""
    if not read.summary["lines"]:
        st.success("Nobody misses a minute of a shift in this plan, so there is nothing to draw.")
        return
    left, right = st.columns(2)
    what = str(left.radio("Shown", list(SHOWN), horizontal=True))
    across = str(right.radio("Over", list(ACROSS), horizontal=True, format_func=ACROSS.__getitem__))
    told = _map(read, across, what)
    drawing, alt_text = heat_map(told, across, what)
    show.chart(drawing, f"lines_by_{across}", alt_text)
    _cells(read, told, across, what, alt_text)


def _map(read: Read, across: str, what: str) -> Json:
    count = len(read.summary["lines"])
    part = 1
    if count > LINES:
        parts = -(-count // LINES)
        words = f"Part (of {parts}, {LINES} lines each, those that are hit hardest first)"
        part = int(st.number_input(words, 1, parts, 1, 1, key=f"lines_part_{across}_{what}", width=NARROW))
    return read.get("map", across=across, shown=SHOWN[what], limit=LINES, offset=(part - 1) * LINES)


def _cells(read: Read, told: Json, across: str, what: str, alt_text: str) -> None:
    """Show the same as a table, and the absences behind the cell that is selected."""
    st.write("The same as a table. Select a cell to see below who is away then.")
    frame = table_of(told, across)
    name = f"lines_{across}_{SHOWN[what]}"
    cell = show.table_cell(frame, name, alt_text, whole=lambda: _whole(read, across, what))
    if cell is None:
        return
    row, column = cell
    line, columns = told["lines"][row]["line"], told["weeks"] or told["hours_of_week"]
    asked = {"line": line}
    where = f"line {line}"
    if column > 0:
        asked[across] = columns[column - 1]
        where += f", {_when(across, columns[column - 1])}"
    st.subheader(escaped(f"Who is away from {where}"))
    show_absences(read, "absences_of_cell", **asked)


def _when(across: str, column: str | int) -> str:
    if across == "hour_of_week":
        return hour_words(int(column))
    return f"week of {day(dt.date.fromisoformat(str(column)))}"


def _whole(read: Read, across: str, what: str) -> pd.DataFrame:
    """Return the table with every line, for the download."""
    found = read.get("map", across=across, shown=SHOWN[what], limit=1000)
    rows = list(found["lines"])
    while len(rows) < found["count"]:
        rows += read.get("map", across=across, shown=SHOWN[what], limit=1000, offset=len(rows))["lines"]
    return table_of({**found, "lines": rows}, across)
