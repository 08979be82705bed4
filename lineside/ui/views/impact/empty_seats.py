"""Needs without a seat, with their reasons."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.links import link
from lineside.ui.views.impact.reading import PART_ROWS, Read
from lineside.ui.words import counted, escaped


def draw(read: Read) -> None:
    """Show who has no seat in a module that is needed, and why."""
    count = read.summary["empty_seats"]
    if not count:
        st.success("Everybody has a seat in every module that is needed.", icon=":material/check_circle:")
        return
    st.write(
        f"{counted(count, 'need')} without a seat. The reasons count what stands against every possible cohort. Select "
        "a row to read its reason whole."
    )
    offset = 0
    if count > PART_ROWS:
        parts = -(-count // PART_ROWS)
        offset = PART_ROWS * (int(st.number_input(f"Part (of {parts}, {PART_ROWS:,} each)", 1, parts, 1, 1)) - 1)
    rows = read.get("empty-seats", limit=PART_ROWS, offset=offset)["rows"]
    words = "Needs without a seat, with their reasons."
    columns = {"Reason": st.column_config.TextColumn(width="large")}
    picked = show.table(
        _frame(rows), "empty_seats", words, columns=columns, select=True,
        state=offset, whole=lambda: _frame(read.all_rows("empty-seats")),
    )  # fmt: skip
    if picked:
        _reason(rows[picked[0]])
    if read.who.role == "planner":
        link("Sums by reason", "plan", "event_note", plan=read.id, part="Unseated")


def _reason(row: dict[str, str]) -> None:
    st.subheader(escaped(f"Why {row['name'] or row['apprentice']} has no seat in {row['module_name']}"))
    st.write(escaped(row["reason"]))


def _frame(rows: list[dict[str, str]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Apprentice": row["apprentice"],
                "Name": row["name"],
                "Module": row["module_name"],
                "Reason": row["reason"],
                "Company": row["company"],
            }
            for row in rows
        ]
    )
