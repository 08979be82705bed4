"""A change that was told, taken over by one click: a variant of the plan's scenario with it as its edit."""

from __future__ import annotations

import streamlit as st

from lineside.ui.client import Json, RefusedError
from lineside.ui.links import link
from lineside.ui.views.plan.reading import Read
from lineside.ui.words import escaped

MADE = "change_taken"
MOST_LETTERS = 200
"""Letters that a variant's name may have."""


def take_over(read: Read, told: list[tuple[Json, str]], name: str) -> None:
    """Offer to make a variant with one of some changes.

    Parameters
    ----------
    read
        The plan.
    told
        Changes as the service told them, each with its sentence.
    name
        Name of the widgets: one of its kind on a page.
    """
    if not told:
        return
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    number = left.selectbox(
        "Take over as an edit", range(len(told)), key=f"take_{name}",
        format_func=lambda one: f"{one + 1}. {told[one][0]['words']}",
        help="The scenario stays as it is: a variant of it gets the change, which you can solve and compare.",
    )  # fmt: skip
    if right.button("Make a variant of it", key=f"take_over_{name}", icon=":material/fork_right:", width="stretch"):
        _make(read, *told[number or 0])
    if (made := st.session_state.get(MADE)) is not None and made[0] == read.id:
        st.success(escaped(f"This is a variant of the scenario now: {made[1]}. Solve it, and compare the plans."))
        link("Open the variant", "scenario", "fork_right", scenario=made[2], part="What if")


def _make(read: Read, change: Json, sentence: str) -> None:
    st.session_state.pop(MADE, None)
    name = change["words"][:MOST_LETTERS]
    try:
        made = read.service.post(
            f"/plans/{read.id}/variants", {"name": name, "note": sentence, "edits": change["edits"]}
        )
    except RefusedError as error:
        st.error(escaped(error.detail))
    else:
        st.session_state[MADE] = (read.id, name, made["id"])
