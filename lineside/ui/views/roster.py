"""A plant manager's own people: who is in which cohort, and what their classes take of their shifts."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lineside.ui import show, state
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.state import Me
from lineside.ui.views.impact import plan_in_view
from lineside.ui.words import KINDS, counted, escaped, number


def draw(service: Client, who: Me) -> None:
    """Show the cohorts of the own apprentices; of other companies' people only how many there are."""
    st.title("Roster")
    plan = plan_in_view(service, who)
    if plan is None:
        return
    try:
        cohorts = service.get(f"/plans/{plan['id']}/roster", company=state.chosen("company"))
    except RefusedError as error:
        state.choose("company", None)
        st.error(escaped(error.detail))
        st.button("Show my own")
        return
    if not cohorts:
        st.info("Nobody of your company has a seat in this plan. Ask the region's planner why.")
        return
    people = {person["apprentice"] for cohort in cohorts for person in cohort["people"]}
    st.write(f"{counted(len(people), 'apprentice')} in {counted(len(cohorts), 'cohort')}. Select a cohort to see them.")
    frame = pd.DataFrame([_cohort(row) for row in cohorts])
    wide = {"Own people": st.column_config.TextColumn(width="medium")}
    picked = show.table(frame, "cohorts", "Cohorts with people of your company.", columns=wide, select=True)
    if picked:
        _sessions(service, plan["id"], cohorts[picked[0]])


def _cohort(row: Json) -> dict[str, object]:
    others = [counted(count, "person", "people") for count in row["others"]]
    return {
        "Cohort": row["cohort"],
        "Module": row["module_name"],
        "Own people": ", ".join(person["name"] or person["apprentice"] for person in row["people"]),
        "Days": row["days"],
        "Start": row["start"],
        "Minutes": row["minutes"],
        "First meeting": row["meetings"][0]["date"] if row["meetings"] else "",
        "Meetings": len(row["meetings"]),
        "Site": row["site_name"],
        "Room": row["room"],
        "From other companies": ", ".join(others) or "nobody",
    }


def _sessions(service: Client, plan: str, cohort: Json) -> None:
    st.subheader(escaped(f"{cohort['cohort']}: {cohort['module_name']}"))
    rows = service.get(f"/plans/{plan}/sessions", cohort=cohort["cohort"])
    lost = sum(row["lost_minutes"] for row in rows)
    names = ", ".join(person["name"] or person["apprentice"] for person in cohort["people"])
    st.write(
        f"{escaped(names)}: {counted(len(rows), 'meeting')} of single people, {number(lost)} working minutes lost."
    )
    frame = pd.DataFrame(
        [
            {
                "Apprentice": row["name"] or row["apprentice"],
                "From": row["start"].replace("T", " "),
                "To": row["end"].replace("T", " "),
                "Kind": KINDS[row["kind"]],
                "Working minutes lost": row["lost_minutes"],
                "Leaves": row["leaves"].replace("T", " "),
                "Is back": row["returns"].replace("T", " "),
                "Line": row["line"],
                "Rota": row["rota"],
                "Travel (minutes one way)": row["travel_minutes"],
            }
            for row in rows
        ]
    )
    show.table(frame, "sessions", "Meetings of your people in this cohort, as each of them lives it.")
