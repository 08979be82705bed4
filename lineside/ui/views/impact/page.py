"""The page: sums above, and below them one part at a time."""

from __future__ import annotations

import streamlit as st

from lineside.ui import state
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.state import Me
from lineside.ui.views.impact import away, crews, empty_seats, holds, lines, road, sheet, totals
from lineside.ui.views.impact.reading import Read, plan_in_view, summary
from lineside.ui.words import escaped, number

ALL = "All companies"
PARTS = {
    "Totals": totals.draw,
    "Lines": lines.draw,
    "Who is away": away.draw,
    "Crews": crews.draw,
    "Without a seat": empty_seats.draw,
    "Will it hold": holds.draw,
    "The whole road": road.draw,
    "Sheet for the board": sheet.draw,
}
"""Parts of the page; only the one that is looked at is fetched and drawn."""


def draw(service: Client, who: Me) -> None:
    """Show the impact of a plan; a plant manager sees that on the own plants."""
    st.title("Impact")
    plan = plan_in_view(service, who)
    if plan is None:
        return
    try:
        company = _company(service, who, plan)
        read = Read(service, who, plan, company, summary(service, plan["id"], company))
    except RefusedError as error:
        state.choose("company", None)
        st.error(escaped(error.detail))
        st.button("Show my own" if who.role == "manager" else "Show all companies")
        return
    _head(read.summary)
    part = st.segmented_control(
        "What to look at", list(PARTS), default="Totals", required=True, key="part", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    PARTS[part](read)


def _company(service: Client, who: Me, plan: Json) -> str | None:
    """Return whose impact is shown: the one that the address names, which the service may refuse."""
    asked = state.chosen("company")
    if who.role == "manager":
        return asked
    known = summary(service, plan["id"], None)["companies"]
    options = [ALL, *known]
    picked = st.sidebar.selectbox("Company", options, options.index(asked) if asked in known else 0)
    wanted = None if picked == ALL else str(picked)
    if wanted != asked:
        state.choose("company", wanted)
    return wanted


def _head(sums: Json) -> None:
    columns = st.columns(5)
    columns[0].metric("Line time lost, line-minutes", number(sums["lost_line_minutes"]))
    columns[1].metric("Lines stopped, crew-minutes", number(sums["stopped_minutes"]))
    columns[2].metric("Release, person-minutes", number(sums["release_person_minutes"]))
    columns[3].metric("Most away at once, people", number(sums["most_away"]))
    columns[4].metric("Without a seat, needs", number(sums["empty_seats"]))
