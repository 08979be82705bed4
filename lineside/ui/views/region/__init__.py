"""The region: its tables, what is wrong in them, where everybody is, and what the shifts look like."""

from __future__ import annotations

import streamlit as st

from lineside.ui import state
from lineside.ui.client import Client, Json, ServiceAwayError
from lineside.ui.parts import control
from lineside.ui.state import Me
from lineside.ui.views.region import desk, places, revisions, rotas, settings, start, tables
from lineside.ui.words import escaped

TABLES, SETTINGS, MAP, SHIFTS, REVISIONS = PARTS = ("Tables", "Settings", "Map", "Shifts", "Revisions")
KNOWN = "region_scenarios"


def draw(service: Client, who: Me) -> None:
    """Show the region's scenario for editing."""
    st.title("Region")
    rows, is_away = _scenarios(service)
    key = f"start_{st.session_state.get(start.STARTED, 0)}"
    with st.expander("Start a new scenario", icon=":material/add:", expanded=not rows, key=key):
        if is_away:
            st.write("The service does not answer, so nothing new can be started now.")
        else:
            start.draw(service)
    if not rows:
        st.info("There is no scenario yet. Upload a workbook, or start from a bundled scenario to look around.")
        return
    if not is_away:
        rows = state.with_unlisted(service, "scenario", rows)
    scenario = state.choice_box("scenario", "Scenario", rows, "Upload a workbook.")
    if scenario is not None:
        _edit(service, scenario, is_away)


def _scenarios(service: Client) -> tuple[list[Json], bool]:
    """Return the scenarios, and whether the service is away; then those known before, so that editing can go on."""
    try:
        st.session_state[KNOWN] = service.get("/scenarios", limit=1000)
    except ServiceAwayError as error:
        if KNOWN not in st.session_state:
            raise
        st.error(escaped(str(error)))
        st.button("Try again", type="primary")
        return st.session_state[KNOWN], True
    return st.session_state[KNOWN], False


def _edit(service: Client, scenario: Json, is_away: bool) -> None:
    st.header(f"Scenario: {escaped(scenario['name'])}")
    draft = desk.draft_of(service, scenario)
    if not is_away:
        desk.check(service, draft)
    desk.draw(service, draft, scenario, is_away=is_away)
    part = control("region", PARTS)
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
