"""One plan: when and where its cohorts meet, who sits in them, what a change would cost, and publishing it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lineside.ui import state
from lineside.ui.client import Client
from lineside.ui.parts import tabs
from lineside.ui.state import Me
from lineside.ui.views.plan import (
    advice,
    by_hand,
    costs,
    head,
    publish,
    roster,
    term,
    timeline,
    unseated,
    week,
    what_now,
    why,
)
from lineside.ui.views.plan.reading import PARTS, Read, arrive

_PAGES = (week, timeline, roster, term, costs, unseated, why, advice, by_hand, what_now, publish)
DRAW = dict(zip(PARTS, (page.draw for page in _PAGES), strict=True))
"""What each part of the page shows."""


def draw(service: Client, who: Me) -> None:
    """Show the plan that was chosen."""
    st.title("Plan")
    row = state.plan_box(service)
    if row is None:
        return
    arrive()
    read = Read(service, row)
    head.draw(read)
    tabs("plan", {part: partial(draw_part, read) for part, draw_part in DRAW.items()})
