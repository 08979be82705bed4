"""The fewest operators left on each crew, against its minimum."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.views.impact.away import show_absences
from lineside.ui.views.impact.reading import Read
from lineside.ui.words import counted, escaped


def draw(read: Read) -> None:
    """Show the crews, those that come closest to their minimum or fall below it first."""
    rows = sorted(read.get("low-points"), key=lambda row: row["fewest_operators"] - row["minimum_operators"])
    below = read.summary["crews_below_minimum"]
    if below:
        st.warning(f"{counted(below, 'crew')} of {len(rows):,} fall below the minimum at some time.")
    else:
        st.success("No crew falls below its minimum.")
    st.write("Those that come closest to their minimum stand first. Select a crew to see below who is away from it.")
    frame = pd.DataFrame(
        [
            {
                "Line": row["line"],
                "Rota": row["rota"],
                "Fewest left (operators)": row["fewest_operators"],
                "Minimum (operators)": row["minimum_operators"],
                "Below the minimum": "yes" if row["fewest_operators"] < row["minimum_operators"] else "no",
                "First time so few": (row["start"] or "–").replace("T", " "),
                "Minutes with so few": row["low_minutes"],
                "Crew (operators)": row["headcount_operators"],
                "Relief (operators)": row["relief_operators"],
                "Company": row["company"],
            }
            for row in rows
        ]
    )
    picked = show.table(frame, "crews", "Fewest operators left on each crew, against its minimum.", select=True)
    if picked:
        crew = rows[picked[0]]
        st.subheader(escaped(f"Who is away from line {crew['line']}, rota {crew['rota']}"))
        show_absences(read, "absences_of_crew", line=crew["line"], rota=crew["rota"])
