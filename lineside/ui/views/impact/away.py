"""Who is away when: all absences, or those behind a total."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.client import Json
from lineside.ui.views.impact.reading import NARROW, PART_ROWS, Read
from lineside.ui.words import KINDS, counted, day, number

ALL_LINES, ALL_WEEKS = "All lines", "All weeks"


def draw(read: Read) -> None:
    """Show absences by line and week."""
    weeks = [dt.date.fromisoformat(week) for week in read.summary["weeks"]]
    if not weeks:
        st.success("Nobody misses a minute of a shift in this plan.")
        return
    left, right = st.columns(2)
    line = left.selectbox("Line", [ALL_LINES, *read.summary["lines"]])
    week = right.selectbox("Week of", [ALL_WEEKS, *weeks], _first(read, weeks), format_func=_week)
    monday = week.isoformat() if isinstance(week, dt.date) else None
    show_absences(read, "absences", line=None if line == ALL_LINES else line, week=monday)


def _first(read: Read, weeks: list[dt.date]) -> int:
    """Return which week is shown at first: with very many absences the one that runs, or the first."""
    if read.get("absences", limit=1)["count"] <= PART_ROWS:
        return 0
    today = dt.date.today()
    monday = today - dt.timedelta(days=today.weekday())
    return weeks.index(monday) + 1 if monday in weeks else 1


def _week(choice: str | dt.date) -> str:
    return choice if isinstance(choice, str) else day(choice)


def show_absences(read: Read, name: str, **asked: Any) -> None:
    """Show the absences that are asked for, a part at a time where there are very many."""
    told = read.get("absences", **asked, limit=PART_ROWS)
    count = told["count"]
    if not count:
        st.info("Nobody is away from a shift here. Choose another line or week.")
        return
    words = f"{counted(count, 'absence')}, {number(told['release_minutes'])} working minutes."
    if count > PART_ROWS:
        parts = -(-count // PART_ROWS)
        st.write(f"{words} The downloads hold all of them.")
        part = int(
            st.number_input(
                f"Part (of {parts}, {PART_ROWS:,} absences each)", 1, parts, 1, 1, key=f"part_{name}", width=NARROW
            )
        )
        told = read.get("absences", **asked, limit=PART_ROWS, offset=(part - 1) * PART_ROWS)
    else:
        st.write(words)
    show.table(
        _frame(told["rows"]),
        name,
        "Who is away from which shift, and when.",
        whole=lambda: _frame(read.all_rows("absences", **asked)),
    )


def _frame(rows: list[Json]) -> pd.DataFrame:
    return pd.DataFrame([_absence(row) for row in rows])


def _absence(row: Json) -> dict[str, Any]:
    return {
        "Who": row["name"] or row["apprentice"],
        "Shift of": dt.date.fromisoformat(row["shift_date"]),
        "Away from": row["start"].replace("T", " "),
        "Until": row["end"].replace("T", " "),
        "Working minutes lost": row["release_minutes"],
        "Kind": KINDS[row["kind"]],
        "Line": row["line"],
        "Rota": row["rota"],
        "Cohort": row["cohort"],
        "Id": row["apprentice"],
        "Company": row["company"],
    }
