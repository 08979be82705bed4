"""The region: its tables, what is wrong in them, where everybody is, and what the shifts look like."""

from __future__ import annotations

import streamlit as st

from lineside.ui import state
from lineside.ui.client import Client, Json
from lineside.ui.state import Me
from lineside.ui.views.region import desk, places, revisions, rotas, settings, start, tables
from lineside.ui.words import escaped

TABLES, SETTINGS, MAP, SHIFTS, REVISIONS = PARTS = ("Tables", "Settings", "Map", "Shifts", "Revisions")


def draw(service: Client, who: Me) -> None:
    """Show the region's scenario for editing."""
    st.title("Region")
    rows = service.get("/scenarios", limit=1000)
    with st.expander("Start a new scenario", icon=":material/add:", expanded=not rows):
        start.draw(service)
    if not rows:
        st.info("There is no scenario yet. Upload a workbook, or start from a bundled scenario to look around.")
        return
    scenario = state.scenario_box(service)
    if scenario is not None:
        _edit(service, scenario)


def _edit(service: Client, scenario: Json) -> None:
    st.header(f"Scenario: {escaped(scenario['name'])}")
    draft = desk.draft_of(service, scenario)
    desk.check(service, draft)
    desk.draw(service, draft, scenario)
    part = st.segmented_control(
        "What to look at", PARTS, default=TABLES, required=True, key="part", bind="query-params",
        label_visibility="collapsed",
    )  # fmt: skip
    if part == SETTINGS:
        settings.draw(draft)
    elif part == MAP:
        places.draw(draft)
    elif part == SHIFTS:
        rotas.draw(draft)
    elif part == REVISIONS:
        revisions.draw(service, draft)
    else:
        tables.draw(draft)
