"""The region: its tables, what is wrong in them, where everybody is, and what the shifts look like."""

from __future__ import annotations

import streamlit as st

from lineside.ui import state
from lineside.ui.client import Client
from lineside.ui.state import Me


def draw(service: Client, who: Me) -> None:
    """Show the region."""
    st.title("Region")
    scenario = state.scenario_box(service)
    if scenario is not None:
        st.write(scenario["name"])
