"""The page Sweeps: how the sweeps of the region stand, and beginning another one."""

from __future__ import annotations

import streamlit as st

from lineside.ui.client import Client
from lineside.ui.parts import control, go_to_part
from lineside.ui.state import Me
from lineside.ui.views.sweeps import begin, watch
from lineside.ui.words import escaped

PAGE = "sweeps"
PARTS = ("How they stand", "Begin a sweep")


def draw(service: Client, who: Me) -> None:
    """Show the region's sweeps, or what a new one is made of."""
    st.title("Sweeps")
    begun = st.session_state.pop(begin.BEGUN, None)
    if begun is not None:
        st.query_params[watch.NAME] = begun["id"]
        go_to_part(PAGE, PARTS[0])
        st.success(escaped(begun["told"]))
    if control(PAGE, PARTS) == PARTS[1]:
        begin.draw(service)
    else:
        watch.draw(service, _begin_one)


def _begin_one() -> None:
    """Show what a new sweep is made of; for a button that is pressed on the other part."""
    go_to_part(PAGE, PARTS[1])
