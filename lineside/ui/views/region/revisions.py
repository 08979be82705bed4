"""The revisions of a scenario: who saved what when, and reading an older one."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lineside.models.tables import TABLES
from lineside.ui import show, state
from lineside.ui.client import Client, Json
from lineside.ui.views.region.draft import Draft, Texts
from lineside.ui.words import moment


def draw(service: Client, draft: Draft) -> None:
    """List the revisions; the one that is selected is shown below."""
    rows = service.get(f"/scenarios/{draft.scenario}/revisions")
    st.write("Every save is a revision, and none is ever changed. Select one to read it.")
    frame = pd.DataFrame(
        {
            "Revision": [row["number"] for row in rows],
            "Saved": [moment(row["saved_at"]) for row in rows],
            "By": [row["author"] for row in rows],
            "What": [row["note"] for row in rows],
            "Mistakes": [row["mistakes"] for row in rows],
        }
    )
    selected = show.table(frame, "revisions", "Revisions, the newest first: number, time, author, note.", select=True)
    if selected:
        _read(service, draft, rows[selected[0]])


def _read(service: Client, draft: Draft, row: Json) -> None:
    whole = state.revision(service, draft.scenario, row["number"])
    texts = Texts.of(whole)
    st.subheader(f"Revision {row['number']}")
    if texts != draft.texts:
        st.button(
            "Take these texts into the editor", on_click=draft.change, args=(texts,), kwargs={"is_redrawn": True},
            help="They become changes of yours: look at them, undo them, or save them as the newest revision.",
        )  # fmt: skip
    names = [name for name in TABLES if texts.tables[name].rows]
    table = st.selectbox("Table", names, key="read_table", format_func=lambda name: f"{name} {_size(texts, name)}")
    if table is not None:
        found = texts.tables[table]
        name = f"revision-{row['number']}-{table}"
        show.table(pd.DataFrame(found.rows, columns=list(found.columns)), name, f"Table {table} as it was saved.")


def _size(texts: Texts, name: str) -> str:
    return f"{len(texts.tables[name].rows):,}"
