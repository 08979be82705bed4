"""The page Calendars: whose calendars there are, their secret addresses, and sheets of codes to print."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lineside.ui.client import Client
from lineside.ui.links import link
from lineside.ui.parts import tabs
from lineside.ui.state import Me
from lineside.ui.views.calendars import addresses, new, owners, sheet

PARTS = {"Addresses": addresses.draw, "Make addresses": new.draw, "Sheet to print": sheet.draw}
"""Parts of the page; only the open one is computed."""


def draw(service: Client, who: Me) -> None:
    """Show calendars and what can be done with their addresses."""
    st.title("Calendars")
    if not service.get("/publications"):
        st.info("No plan is in force yet, so there are no calendars. Publish a plan first.")
        if who.role == "planner":
            link("Go to the page Plan", "plan", "event_note")
        return
    st.write(
        "Each person, company, room, instructor and cohort has a calendar that follows the plan in force. Whoever "
        "knows its secret address can subscribe to it, without a key. Calendar programs look for changes every few "
        "hours, so tell people about a change for tomorrow in another way."
    )
    chosen = owners.chosen(service, who)
    tabs("calendars", {title: partial(part, service, chosen) for title, part in PARTS.items()})
