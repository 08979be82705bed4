"""Choices that stand in the page's address, so that a link leads to the same rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

ALL = "all"
"""Stands for no choice; no id of a table may be this word."""


def told_key(name: str) -> str:
    """Return where it is kept what the address said last."""
    return f"plan_told_{name}"


def state_key(name: str) -> str:
    """Return where a choice is kept."""
    return f"plan_choice_{name}"


def point_to(name: str, identity: str) -> None:
    """Choose something from the program, and say so in the address."""
    st.session_state[state_key(name)] = st.session_state[told_key(name)] = identity
    st.query_params[name] = identity


def choose_from(
    place: DeltaGenerator,
    label: str,
    options: Sequence[str],
    name: str,
    words: Callable[[str], str],
    *,
    default: str | None = None,
    hint: str | None = None,
) -> str:
    """Let people choose by id, and keep the id in the address.

    Parameters
    ----------
    place
        Where the box is shown.
    label, options, words, hint
        What is asked, the ids, what is shown for each, and a hint.
    name
        Name in the address.
    default
        Chosen at first; the first option if None.
    """
    key = state_key(name)
    told = st.query_params.get(name)
    # A link that was followed counts once; after that the box decides.
    if told in options and told != st.session_state.get(told_key(name)):
        st.session_state[key] = told
    if st.session_state.get(key) not in options:
        st.session_state[key] = options[0] if default is None else default
    picked = str(place.selectbox(label, options, key=key, format_func=words, help=hint))
    before = st.session_state.get(told_key(name))
    st.session_state[told_key(name)] = picked
    # What a box begins with is not written: each writing is a step that the browser's way back has to go.
    if told != picked and (told is not None or before not in (None, picked)):
        st.query_params[name] = picked
    return picked
