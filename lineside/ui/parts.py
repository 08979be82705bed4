"""The parts of a page, of which one is looked at; the page's address says which, so that a link leads there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

import streamlit as st

PART = "part"
"""Name of the part in the address, the same on every page."""


def go_to_part(page: str, part: str) -> None:
    """Look at a part of a page from now on; called before the page draws its parts."""
    st.session_state[_key(page)] = st.session_state[_told(page)] = part
    st.query_params[PART] = part


def tabs(page: str, parts: Mapping[str, Callable[[], None]]) -> None:
    """Show a page's parts as tabs; only the open one is drawn.

    Parameters
    ----------
    page
        Name of the page.
    parts
        What each part draws, by its title.
    """
    _begin(page, parts)
    shown = st.tabs(list(parts), key=_key(page), on_change="rerun")
    _end(page, next((title for tab, title in zip(shown, parts, strict=True) if tab.open), next(iter(parts))))
    for tab, draw in zip(shown, parts.values(), strict=True):
        if tab.open:
            with tab:
                draw()


def control(page: str, parts: Sequence[str]) -> str:
    """Let people choose a page's part from a row of buttons, and return it."""
    _begin(page, parts)
    picked: str = st.segmented_control(
        "What to look at", parts, required=True, key=_key(page), label_visibility="collapsed"
    ) or parts[0]  # fmt: skip
    _end(page, picked)
    return picked


# Streamlit can bind a control to the address by itself, but a link from a page with such a control to another page
# loses its part: the page that is left takes the part away with its control.
def _begin(page: str, parts: Collection[str]) -> None:
    key, told = _key(page), st.query_params.get(PART)
    # A link that was followed counts once; after that the control decides.
    is_new = key not in st.session_state or told != st.session_state.get(_told(page))
    if told in parts and is_new:
        st.session_state[key] = told
    elif key not in st.session_state:
        st.session_state[key] = next(iter(parts))


def _end(page: str, picked: str) -> None:
    before = st.session_state.get(_told(page))
    st.session_state[_told(page)] = picked
    # What a page begins with is not written: each writing is a step that the browser's way back has to go. What is
    # written already is written again: of a link within the page the browser's own address does not know yet.
    if PART in st.query_params or before not in (None, picked):
        st.query_params[PART] = picked


def _key(page: str) -> str:
    return f"part_of_{page}"


def _told(page: str) -> str:
    return f"part_told_{page}"
