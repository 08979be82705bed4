"""Which pages there are for whom."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lineside.ui.client import Client
from lineside.ui.state import Me
from lineside.ui.views import access, calendars, compare, home, impact, plan, region, roster, scenario, sweeps

Draw = Callable[[Client, Me], None]


def _page(draw: Draw, title: str, path: str, icon: str, service: Client, who: Me, first: bool = False) -> st.Page:
    def show() -> None:
        draw(service, who)

    show.__name__ = path.replace("-", "_")
    return st.Page(show, title=title, url_path=path, icon=f":material/{icon}:", default=first)


HOME = (home.draw, "Lineside", "home", "home")
CALENDARS = (calendars.draw, "Calendars", "calendars", "calendar_month")
IMPACT = (impact.draw, "Impact", "impact", "grid_on")
PLANNER: tuple[tuple[Draw, str, str, str], ...] = (
    HOME,
    (region.draw, "Region", "region", "map"),
    (scenario.draw, "Scenario", "scenario", "tune"),
    (plan.draw, "Plan", "plan", "event_note"),
    IMPACT,
    (compare.draw, "Compare", "compare", "compare_arrows"),
    (sweeps.draw, "Sweeps", "sweeps", "apps"),
    CALENDARS,
    (access.draw, "Access", "access", "key"),
)
"""Function, title, address and icon of each of a planner's pages, in the order of the work."""

MANAGER: tuple[tuple[Draw, str, str, str], ...] = (
    HOME,
    IMPACT,
    (roster.draw, "Roster", "roster", "groups"),
    CALENDARS,
)
"""The same for plant managers."""


def pages_for(service: Client, who: Me) -> list[st.Page]:
    """Return the pages that somebody may see; the first is shown first."""
    rows = PLANNER if who.role == "planner" else MANAGER
    return [_page(*row, service, who, first=number == 0) for number, row in enumerate(rows)]
