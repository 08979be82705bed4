"""What each cohort costs: the rows behind the plan's dollars and minutes of travel."""

from __future__ import annotations

import streamlit as st

from lineside.ui import show
from lineside.ui.client import Client, Json
from lineside.ui.views.plan.reading import Read, both, frame, go
from lineside.ui.words import dollars, escaped, number

COLUMNS = {
    "Delivery (dollars)": "dollars",
    "Room (dollars)": "room_dollars",
    "Instructor (dollars)": "instructor_dollars",
    "Seats (dollars)": "seat_dollars",
    "Wages in class (dollars)": "wage_dollars",
    "Travel (minutes)": "travel_minutes",
}
"""Figures with their unit, and what the service calls them."""


def draw(read: Read) -> None:
    """Show what each cohort costs, the dearest first."""
    rows = sorted(_costs(read.service, read.id), key=lambda row: (-row["dollars"], -row["travel_minutes"]))
    if not rows:
        st.info("The plan opens no cohort, so it costs nothing. See under Unseated why.")
        return
    sums = {key: sum(row[key] for row in rows) for key in COLUMNS.values()}
    st.write(
        f"Delivery costs {escaped(dollars(sums['dollars']))} in all, and everybody together travels "
        f"{number(sums['travel_minutes'])} minutes. Select a cohort to see who sits in it."
    )
    cells = [
        {
            "Cohort": row["cohort"],
            "Module": both(row["module"], read.modules),
            "Seats": row["seats"],
            **{title: row[key] for title, key in COLUMNS.items()},
            "Site": both(row["site"], read.sites),
        }
        for row in rows
    ]
    table = frame(cells, ["Cohort", "Module", "Seats", *COLUMNS, "Site"])
    words = "Dollars and minutes of travel of each cohort, the dearest first."
    picked = show.table(table, "costs", words, select=True)
    if picked:
        go("Cohort", cohort=rows[picked[0]]["cohort"])


@st.cache_data(scope="session", max_entries=8, show_spinner="Adding up …")
def _costs(_service: Client, plan: str) -> list[Json]:
    found: list[Json] = _service.get(f"/plans/{plan}/costs")
    return found
