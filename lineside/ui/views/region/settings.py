"""The settings of a scenario: its name, its clock and its horizon."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import available_timezones

import pandas as pd
import streamlit as st

from lineside.models.scenario import Settings
from lineside.models.validation_settings import MAX_WEEKS
from lineside.ui import show
from lineside.ui.links import link
from lineside.ui.views.region.draft import Draft

AMERICAN = (
    "America/New_York",
    "America/Detroit",
    "America/Indiana/Indianapolis",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
)
"""Offered first."""


def draw(draft: Draft) -> None:
    """Show the settings; what is changed goes into the draft."""
    _mistakes(draft)
    left, right = st.columns(2)
    with left:
        name = _about(draft, "name")
        st.text_input("Name of the scenario", str(draft.texts.settings.get("name", "")), **name)
        for key, label in (("first_day", "First day"), ("frozen_until", "Frozen until (may be empty)")):
            st.date_input(label, _day(draft.texts.settings.get(key)), format="YYYY-MM-DD", **_about(draft, key))
    with right:
        zone = str(draft.texts.settings.get("timezone", ""))
        zones = _zones(zone)
        st.selectbox("Time zone", zones, zones.index(zone), **_about(draft, "timezone"))
        weeks = _count(draft.texts.settings.get("weeks"))
        st.number_input("Weeks", 1, MAX_WEEKS, weeks, **_about(draft, "weeks"))
        holidays = str(draft.texts.settings.get("holidays") or "")
        about = _about(draft, "holidays")
        st.text_input("Public holidays of (may be empty)", holidays, placeholder="such as US-WI", **about)
    st.write("Rules and prices, with what they mean, are on the page Scenario.")
    link("Rules and prices", "scenario", "tune", scenario=draft.scenario)


def _mistakes(draft: Draft) -> None:
    found = [mistake for mistake in draft.mistakes if mistake.table == "scenario"]
    if found:
        rows = [(mistake.column or "", mistake.value or "", mistake.message) for mistake in found]
        frame = pd.DataFrame(rows, columns=["Setting", "Value", "What is wrong, and what to do"])
        show.table(frame, "mistakes_settings", "Mistakes in the settings.", is_wrapped=True)


def _about(draft: Draft, key: str) -> dict[str, Any]:
    """Return what every widget of a setting has: its name, its meaning, and where its value goes."""
    widget = f"settings_{draft.scenario}_{draft.revision}_{draft.epoch}_{key}"
    meaning = Settings.model_fields[key].description or ""
    help_text = f"{meaning[:1].upper()}{meaning[1:]}."
    return {"key": widget, "help": help_text, "on_change": _take, "args": (draft, key, widget)}


def _take(draft: Draft, key: str, widget: str) -> None:
    value = st.session_state[widget]
    settings = {name: known for name, known in draft.texts.settings.items() if name != key}
    if value not in (None, ""):
        settings[key] = value.isoformat() if isinstance(value, dt.date) else value
    draft.change(draft.texts.with_settings(settings))


def _day(value: Any) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None


def _count(value: Any) -> int | None:
    try:
        count = int(value)
    except (TypeError, ValueError):
        return None
    return count if 1 <= count <= MAX_WEEKS else None


def _zones(present: str) -> list[str]:
    others = sorted(name for name in available_timezones() if name not in AMERICAN)
    found = [*AMERICAN, *others]
    return found if present in found else [present, *found]
