"""Where things stand, and what to do next."""

from __future__ import annotations

import streamlit as st

from lineside.ui.client import Client
from lineside.ui.state import Me


def draw(service: Client, who: Me) -> None:
    """Show the plan in force."""
    st.title("Lineside")
    publications = service.get("/publications")
    if publications:
        st.write(f"The plan in force is {publications[0]['name']}.")
    else:
        st.info("No plan is in force yet. Once one is published, calendars and rosters follow it.")
