"""Whether the plan will hold: its futures with drop-outs, absences and overtime, by cohort and crew."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.client import Json
from lineside.ui.views.impact.reading import Read
from lineside.ui.words import number

RATES = {
    "drop_out_per_week": ("Apprentices who leave in a week, %", 0.62, 0.01),
    "absence_per_shift": ("Operators who stay away from a shift, %", 3.0, 0.5),
    "overtime_per_week": ("Weeks of a crew with overtime, %", 25.0, 5.0),
}
"""Chances that can be set: label, default and step, in per cent."""
OVERTIME_MINUTES = 140


def draw(read: Read) -> None:
    """Let people set what may come between, and show what it does to cohorts and crews."""
    st.write(
        "The plan is played many times: people leave the program, stay away for a day, crews work overtime. The usual "
        "figures are averages of other places; set your own where you know them."
    )
    asked = _rates()
    told = read.ahead("futures", **asked)
    _head(told["total"])
    _cohorts(told["cohorts"])
    _crews(told["crews"])


def _rates() -> dict[str, Any]:
    columns = st.columns(4)
    asked: dict[str, Any] = {}
    for column, (name, (label, usual, step)) in zip(columns, RATES.items(), strict=False):
        per_cent = column.number_input(label, 0.0, 100.0, usual, step, key=f"rate_{name}", format="%.2f")
        asked[name] = round(float(per_cent) / 100, 6)
    asked["overtime_minutes"] = int(
        columns[3].number_input("Overtime, minutes a shift", 0, 720, OVERTIME_MINUTES, 10, key="rate_overtime_minutes")
    )
    return asked


def _head(total: Json) -> None:
    lost, stopped = total["lost_line_minutes"], total["stopped_minutes"]
    columns = st.columns(4)
    columns[0].metric("All cohorts hold, % of futures", _share(total["chance_all_hold"]))
    columns[1].metric("Line time lost on average, line-minutes", number(lost["mean"]))
    columns[2].metric("Lines stopped on average, minutes", number(stopped["mean"]))
    columns[3].metric("Class missed on average, hours", number(total["missed_class_hours"]["mean"]))
    st.write(
        f"Line time lost: {number(total['planned_lost_line_minutes'])} line-minutes in the plan; in nine of ten of "
        f"{number(total['num_futures'])} futures between {number(lost['low'])} and {number(lost['high'])} (standard "
        f"deviation {number(lost['deviation'])}). Some line stops because of classes in "
        f"{_share(total['chance_stopped'])} % of them."
    )


def _cohorts(rows: list[Json]) -> None:
    st.subheader("Cohorts")
    if not rows:
        st.info("No cohort has anybody in it.")
        return
    st.write("Those that are least likely to keep the least number of people to their last meeting stand first.")
    frame = pd.DataFrame(
        [
            {
                "Cohort": row["cohort"],
                "Module": row["module"],
                "Site": row["site"],
                "Last meeting": dt.date.fromisoformat(row["last_meeting"]),
                "People": row["members"],
                "Least number (people)": row["seats_min"],
                "Chance that it holds (%)": round(100 * row["chance_holds"], 1),
                "Left at its end (people)": round(row["mean_members_left"], 1),
                "Meetings": row["meetings"],
                "Meetings with too few": round(row["mean_thin_meetings"], 1),
            }
            for row in rows
        ]
    )
    show.table(frame, "cohorts_hold", "Chance that each cohort keeps enough people, and meetings with too few.")


def _crews(rows: list[Json]) -> None:
    st.subheader("Crews")
    if not rows:
        st.success("No crew has anybody with a seat.")
        return
    st.write("Those whose line is most likely to stop because of classes stand first.")
    frame = pd.DataFrame(
        [
            {
                "Line": row["line"],
                "Rota": row["rota"],
                "Chance of a stop (%)": round(100 * row["chance_stopped"], 1),
                "Stopped on average (minutes)": round(row["stopped_minutes"]["mean"], 1),
                "Stopped in the plan (minutes)": row["planned_stopped_minutes"],
                "Lost on average (line-minutes)": round(row["lost_line_minutes"]["mean"], 1),
                "Standard deviation (line-minutes)": round(row["lost_line_minutes"]["deviation"], 1),
                "95 % stay below (line-minutes)": round(row["lost_line_minutes"]["high"], 1),
                "Lost in the plan (line-minutes)": round(row["planned_lost_line_minutes"], 1),
                "Company": row["company"],
            }
            for row in rows
        ]
    )
    show.table(frame, "crews_hold", "What classes cost each crew over the futures, and how often its line stops.")


def _share(share: float) -> str:
    return f"{100 * share:.1f}"
