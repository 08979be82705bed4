"""The page Scenario: rules and prices, runs, what changed, name and copies."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lineside.ui import state
from lineside.ui.client import Client
from lineside.ui.parts import tabs
from lineside.ui.state import Me
from lineside.ui.views.scenario import changes, copies, rules, runs, what_if

PARTS = {
    "Runs": runs.draw,
    "Rules and prices": rules.draw,
    "What if": what_if.draw,
    "What changed": changes.draw,
    "Name and copies": copies.draw,
}
"""Parts of the page; only the open one is computed."""


def draw(service: Client, who: Me) -> None:
    """Show one scenario's settings and runs."""
    st.title("Scenario")
    scenario = state.scenario_box(service)
    if scenario is None:
        return
    st.text(f"{scenario['name']}, revision {scenario['revision']}")
    tabs("scenario", {title: partial(part, service, scenario) for title, part in PARTS.items()})
