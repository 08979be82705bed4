"""What changed between two revisions, or between two scenarios."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from lineside.ui import show
from lineside.ui.client import Client, Json
from lineside.ui.words import counted, distinct, moment

ITSELF = "an earlier revision of this scenario"
ANOTHER = "another scenario"


def draw(service: Client, scenario: Json) -> None:
    """Let the planner choose two revisions, and show the settings and rows that differ."""
    told = _chosen(service, scenario)
    if told is None:
        return
    before, after = (told[side] for side in ("before", "after"))
    st.text(f"From {before['name']}, revision {before['revision']}, to {after['name']}, revision {after['revision']}:")
    if not told["settings"] and not told["tables"] and not told["has_other_published"]:
        st.info("Nothing differs.")
    if told["has_other_published"]:
        st.write("They refer to different published plans.")
    if told["settings"]:
        st.subheader("Settings")
        show.table(settings_frame(told["settings"]), "settings_changed", "Settings with another value.")
    for table in told["tables"]:
        _table(table)


def _chosen(service: Client, scenario: Json) -> Json | None:
    path = f"/scenarios/{scenario['id']}"
    against = st.radio("Compare with", [ITSELF, ANOTHER], horizontal=True, key="changes_against")
    left, right = st.columns(2)
    revisions = {row["number"]: row for row in service.get(f"{path}/revisions")}
    newest = next(iter(revisions))
    with right:
        after = st.selectbox(
            "To",
            list(revisions),
            key=f"changes_to_{scenario['id']}_{newest}",
            format_func=lambda one: _label(revisions[one]),
        )
    with left:
        if against == ITSELF:
            earlier = [number for number in revisions if number < after]
            if not earlier:
                st.info("This is the first revision. Choose a later one, or compare with another scenario.")
                return None
            key = f"changes_from_{scenario['id']}_{after}"
            before = st.selectbox("From", earlier, key=key, format_func=lambda one: _label(revisions[one]))
            return service.get(f"{path}/changes", revision=after, base_revision=before)
        others = {row["id"]: row for row in service.get("/scenarios", limit=1000) if row["id"] != scenario["id"]}
        if not others:
            st.info("There is no other scenario. Duplicate this one, or upload another on the page Region.")
            return None
        labels = distinct({one: row["name"] for one, row in others.items()})
        base = st.selectbox("From", list(others), key="changes_base", format_func=labels.__getitem__)
        return service.get(f"{path}/changes", revision=after, base=base)


def _label(revision: Json) -> str:
    return f"Revision {revision['number']}: {revision['note'] or 'saved'}, {moment(revision['saved_at'])}"


def settings_frame(settings: list[Json]) -> pd.DataFrame:
    """Return changed settings as a table."""
    rows = [
        (row["section"] or "horizon", row["key"].replace("_", " "), row["before"] or "none", row["after"] or "none")
        for row in settings
    ]
    return pd.DataFrame(rows, columns=["Section", "Setting", "Before", "After"])


def rows_frame(table: Json) -> pd.DataFrame:
    """Return the differences of a table, one cell a row for changed rows, all cells of added and removed ones."""
    rows: list[tuple[Any, ...]] = []
    for change in table["changed"]:
        rows += [("changed", change["key"], cell["column"], cell["before"], cell["after"]) for cell in change["cells"]]
    for word, kind in (("added", "added"), ("removed", "removed")):
        for row in table[kind]:
            texts = {column: text for column, text in row.items() if text}
            words = ", ".join(f"{column} {text}" for column, text in texts.items())
            key = next(iter(texts.values()), "")
            rows.append((word, key, "whole row", *(("", words) if kind == "added" else (words, ""))))
    return pd.DataFrame(rows, columns=["What", "Row", "Column", "Before", "After"])


def _table(table: Json) -> None:
    name = table["table"]
    kinds = ("added", "removed", "changed")
    counts = [(table[f"num_{kind}"], kind) for kind in kinds]
    words = ", ".join(f"{counted(count, 'row')} {kind}" for count, kind in counts if count)
    st.subheader(name.capitalize())
    left_out = sum(table[f"num_{kind}"] - len(table[kind]) for kind in kinds)
    more = (
        f" The first ones are shown; {counted(left_out, 'row')} more are in the scenarios' workbooks."
        if left_out
        else ""
    )
    st.write(f"{words}.{more}")
    show.table(rows_frame(table), f"changed_{name}", f"Rows of {name} that differ: {words}.")
