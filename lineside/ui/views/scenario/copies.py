"""Rename, duplicate and delete a scenario."""

from __future__ import annotations

import streamlit as st

from lineside.ui import state
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.words import escaped


def draw(service: Client, scenario: Json) -> None:
    """Show what can be done with the scenario as a whole."""
    told = st.session_state.pop("copies_told", None)
    if told:
        st.success(escaped(told))
    columns = st.columns(3, gap="large")
    with columns[0], st.form("rename", border=False):
        st.subheader("Rename")
        name = st.text_input("New name", scenario["name"], max_chars=200, key=f"name_{scenario['id']}")
        if st.form_submit_button("Rename"):
            _rename(service, scenario, name.strip())
    with columns[1], st.form("duplicate", border=False):
        st.subheader("Duplicate")
        copy = st.text_input(
            "Name of the copy", f"{scenario['name'][:190]}, copy", max_chars=200, key=f"copy_{scenario['id']}"
        )
        if st.form_submit_button("Duplicate"):
            _duplicate(service, scenario, copy.strip())
    with columns[2], st.form("delete", border=False):
        st.subheader("Delete")
        st.write("Its revisions, runs and unpublished plans go with it. This cannot be undone.")
        is_sure = st.checkbox("Yes, delete this scenario", key=f"sure_{scenario['id']}")
        if st.form_submit_button("Delete"):
            _delete(service, scenario, is_sure)


def _rename(service: Client, scenario: Json, name: str) -> None:
    if not name:
        st.error("The name is empty. Type one.")
        return
    try:
        service.ask("PATCH", f"/scenarios/{scenario['id']}", tag=f'"{scenario["revision"]}"', json={"name": name})
    except RefusedError as error:
        st.error(escaped(error.detail))
    else:
        st.session_state.copies_told = f"The scenario is now called {name}."
        st.rerun()


def _duplicate(service: Client, scenario: Json, name: str) -> None:
    if not name:
        st.error("The name is empty. Type one.")
        return
    made = service.post(f"/scenarios/{scenario['id']}/copies", {"name": name}, revision=scenario["revision"])
    state.choose("scenario", made["id"])
    st.session_state.copies_told = f"This is the copy, {name}. The other scenario stays as it was."
    st.rerun()


def _delete(service: Client, scenario: Json, is_sure: bool) -> None:
    if not is_sure:
        st.error("Nothing was deleted. Tick the box first.")
        return
    try:
        service.ask("DELETE", f"/scenarios/{scenario['id']}", tag=f'"{scenario["revision"]}"')
    except RefusedError as error:
        st.error(escaped(error.detail))
    else:
        state.choose("scenario", None)
        st.session_state.copies_told = f"{scenario['name']} was deleted. Another scenario is shown."
        st.rerun()
