"""The whole road: hours of the program that each apprentice has, gets and owes, and who finishes when."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.client import Json
from lineside.ui.views.impact.reading import Read
from lineside.ui.words import counted, number

STANDINGS = {
    "late": "after the end date at this pace",
    "no pace": "owe hours, and the plan gives none",
    "no end date": "finish, but have no end date to finish by",
    "in time": "by the end date at this pace",
    "done": "have all hours",
}
"""What each standing means, the one that needs most attention first."""


def draw(read: Read) -> None:
    """Let people choose a date, and show everybody's hours."""
    left, right = st.columns(2)
    at = left.date_input("Meetings before this date have been held", "today", format="MM/DD/YYYY", key="road_at")
    end = right.date_input(
        "End of the program for people without a due date", None, format="MM/DD/YYYY", key="road_end"
    )
    if not isinstance(at, dt.date):
        return
    told = read.ahead("road", at=at.isoformat(), end=end.isoformat() if isinstance(end, dt.date) else None)
    rows = sorted(told["rows"], key=lambda row: (list(STANDINGS).index(row["standing"]), -row["unplanned_hours"]))
    if not rows:
        st.info("There is no apprentice in the tables.")
        return
    _head(rows)
    _forecast(told)
    st.subheader("Apprentices")
    st.write("Those who need most attention stand first.")
    show.table(_frame(rows), "road", "Hours of the program by apprentice, and when they are reached at this pace.")


def _head(rows: list[Json]) -> None:
    columns = st.columns(4)
    had = sum(row["credited_hours"] + row["delivered_hours"] for row in rows)
    columns[0].metric("Hours of the programs", number(sum(row["program_hours"] for row in rows)))
    columns[1].metric("Credited or delivered, hours", number(had))
    columns[2].metric("Planned from here on, hours", number(sum(row["planned_hours"] for row in rows)))
    columns[3].metric("Not planned, hours", number(sum(row["unplanned_hours"] for row in rows)))
    counts = Counter(row["standing"] for row in rows)
    told = [f"{counted(counts[name], 'apprentice')}: {words}" for name, words in STANDINGS.items() if counts[name]]
    st.write("; ".join(told) + ".")


def _forecast(told: Json) -> None:
    st.subheader("At this pace")
    frame = pd.DataFrame(
        [
            {"Finish": _term(row["terms_after"], told["weeks"]), "Apprentices": row["apprentices"]}
            for row in told["forecast"]
        ]
    )
    if frame.empty:
        st.success("Everybody has all hours of the program.")
        return
    show.table(frame, "road_forecast", "How many apprentices finish in this term and in each that follows.")


def _term(terms: int | None, weeks: int) -> str:
    if terms is None:
        return "never"
    if terms == 0:
        return "within this plan"
    return f"after {counted(terms, 'more term')} of {weeks} weeks"


def _frame(rows: list[Json]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "Apprentice": row["apprentice"],
                "Name": row["name"],
                "Standing": row["standing"],
                "Program (hours)": row["program_hours"],
                "Credited (hours)": row["credited_hours"],
                "Delivered (hours)": row["delivered_hours"],
                "Owed (hours)": row["owed_hours"],
                "Planned (hours)": row["planned_hours"],
                "Not planned (hours)": row["unplanned_hours"],
                "Pace (hours a week)": row["pace_hours_per_week"],
                "Finishes": _date(row["finishes"]),
                "End date": _date(row["ends"]),
                "Company": row["company"],
            }
            for row in rows
        ]
    )


def _date(text: str | None) -> dt.date | None:
    return None if text is None else dt.date.fromisoformat(text)
