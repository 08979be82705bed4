"""The one-page sheet of a week for the shop-floor board."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from lineside.ui.links import link
from lineside.ui.views.impact.reading import Read
from lineside.ui.words import day


def draw(read: Read) -> None:
    """Let people choose a week and print its sheet."""
    st.write("Who has class when, for the board in the plant: one page for each company, its own people only.")
    first = st.date_input("Any day of the week", _first_day(read.summary["weeks"]), format="MM/DD/YYYY")
    if not isinstance(first, dt.date):
        return
    week = first - dt.timedelta(days=first.weekday())
    path = f"/plans/{read.id}/week-sheet"
    st.download_button(
        f"Week of {day(week)} (PDF)",
        lambda: read.service.file(path, week=week.isoformat(), company=read.company).body,
        f"week-{week.isoformat()}.pdf",
        "application/pdf",
        on_click="ignore",
        icon=":material/print:",
        type="primary",
    )
    link("Give out calendars that stay right by themselves", "calendars", "calendar_month")


def _first_day(weeks: list[str]) -> dt.date:
    """Return today if the plan runs now, else the first week in which somebody is away."""
    today = dt.date.today()
    mondays = [dt.date.fromisoformat(week) for week in weeks]
    is_now = not mondays or min(mondays) <= today < max(mondays) + dt.timedelta(days=7)
    return today if is_now else min(mondays)
