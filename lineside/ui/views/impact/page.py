"""The page: sums above, and below them one part at a time."""

from __future__ import annotations

import streamlit as st

from lineside.ui import show, state
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.links import link
from lineside.ui.parts import control
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
FIGURES = (
    ("Line time lost, line-minutes", "lost_line_minutes", "By line and week", "Lines"),
    ("Lines stopped, crew-minutes", "stopped_minutes", "By company and shift", "Totals"),
    ("Release, person-minutes", "release_person_minutes", "Who is away when", "Who is away"),
    ("Most away at once, people", "most_away", "By crew", "Crews"),
    ("Without a seat, needs", "empty_seats", "Whose and why", "Without a seat"),
)
"""Title and name of each sum; and what its rows are called, and in which part they stand."""


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
    _head(read)
    PARTS[control("impact", list(PARTS))](read)


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


def _head(read: Read) -> None:
    with st.container(key=show.FIGURES):
        for column, (title, name, rows, part) in zip(st.columns(len(FIGURES)), FIGURES, strict=True):
            with column:
                st.metric(title, number(read.summary[name]))
                link(rows, "impact", plan=read.id, part=part)
