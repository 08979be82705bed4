"""Links from one page to another that keep people signed in and tell what is looked at."""

from __future__ import annotations

import streamlit as st


def _nothing() -> None:
    """Stand for a page that navigation knows; only its address counts."""


def link(label: str, path: str, icon: str | None = None, **query: str) -> None:
    """Show a link to a page, with what it shall look at in the address.

    Parameters
    ----------
    label
        Plain words, no names from tables.
    path
        Address of the page as navigation has it, such as ``plan``.
    icon
        Name of a Material icon.
    **query
        Such as ``plan`` and its id.
    """
    page = st.Page(_nothing, title=path, url_path=path)
    st.page_link(page, label=label, icon=f":material/{icon}:" if icon else None, query_params=query)
