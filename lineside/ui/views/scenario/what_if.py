"""What if: variants of a scenario, each a base with edits that follows the base when it changes."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pandas as pd
import streamlit as st

from lineside.ui import show, state
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.links import link
from lineside.ui.words import counted, escaped

NOT_FOUND = 404


def draw(service: Client, scenario: Json) -> None:
    """Show the variants of a scenario, or the base and the edits of one that is a variant itself."""
    if told := st.session_state.pop("what_if_told", None):
        st.success(escaped(told))
    variant = _variant(service, scenario)
    if variant is not None:
        _show_variant(service, scenario, variant)
        return
    st.write(
        "A variant is this scenario with edits. When you change this scenario, every variant follows; what then no "
        "longer fits is told."
    )
    _list(service, scenario)
    _make(service, scenario)


def _variant(service: Client, scenario: Json) -> Json | None:
    try:
        return service.get(f"/scenarios/{scenario['id']}/edits")
    except RefusedError as error:
        if error.status == NOT_FOUND:
            return None
        raise


def _list(service: Client, scenario: Json) -> None:
    variants = service.get(f"/scenarios/{scenario['id']}/variants")
    if not variants:
        st.info("There is no variant yet. Make one below.")
        return
    st.subheader("Variants")
    st.write("Select a row to look at it.")
    table = show.turn("variants", [variant["id"] for variant in variants])
    frame = pd.DataFrame(
        [
            {
                "Name": variant["name"],
                "Edits": len(variant["edits"]),
                "Changes": sum(num_changes(edit) for edit in variant["edits"]),
                "Do not fit any more": len(variant["conflicts"]),
                "Mistakes": len(variant["mistakes"]),
                "Revision": variant["revision"],
            }
            for variant in variants
        ]
    )
    for row in show.table(frame, "variants", counted(len(variants), "variant"), select=True, state=table):
        state.choose("scenario", variants[row]["id"])
        st.rerun()


def num_changes(edit: Json) -> int:
    """Return how many things an edit changes.

    >>> num_changes({"name": "x", "cells": [{}, {}], "settings": [{}], "added": [], "removed": []})
    3
    """
    return sum(len(edit[kind]) for kind in ("settings", "cells", "added", "removed"))


def _make(service: Client, scenario: Json) -> None:
    with st.form("variant", border=True, clear_on_submit=False):
        st.subheader("Make a variant")
        name = st.text_input(
            "Name of the variant", f"{scenario['name'][:180]}, what if", max_chars=200, key=f"variant_{scenario['id']}"
        )
        file = st.file_uploader(
            "Edits, if you have a file (TOML or JSON)", ["toml", "json"], key=f"variant_file_{scenario['id']}"
        )
        is_wanted = st.form_submit_button("Make it", type="primary")
    if not is_wanted:
        return
    if not name.strip():
        st.error("The name is empty. Type one.")
        return
    edits = _edits_in(file)
    if edits is None:
        return
    try:
        made = service.post(f"/scenarios/{scenario['id']}/variants", {"name": name.strip(), "edits": edits})
    except RefusedError as error:
        st.error(escaped(error.detail))
        return
    state.choose("scenario", made["id"])
    st.session_state.what_if_told = f"This is the variant {made['name']}. Whatever you change in it is kept as an edit."
    st.rerun()


def _edits_in(file: Any) -> list[Json] | None:
    """Return the edits of an uploaded file, none if there is no file; None, and a word about it, if it is no edit."""
    if file is None:
        return []
    try:
        text = file.getvalue().decode("utf-8-sig")
        found = json.loads(text) if file.name.lower().endswith(".json") else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        st.error(escaped(f"{file.name} is not written as it should be: {error}. Correct that line."))
        return None
    plain: Json = json.loads(json.dumps(found, default=str))
    return [plain]


def _show_variant(service: Client, scenario: Json, variant: Json) -> None:
    bases = {row["id"]: row for row in service.get("/scenarios", limit=1000)}
    base = bases.get(variant["base"])
    st.text(
        f"A variant of {base['name'] if base else 'another scenario'}, made of its revision {variant['base_revision']}."
    )
    st.write("Change its tables on the page Region, or its rules and prices here: each save is kept as one more edit.")
    link("Change tables on the page Region", "region", "edit", scenario=scenario["id"])
    for conflict in variant["conflicts"]:
        st.error(escaped(f"Does not fit any more: {conflict['sentence']}"))
    for sentence in variant["settled"]:
        st.info(escaped(sentence))
    for mistake in variant["mistakes"][:10]:
        row = "" if mistake["row"] is None else f" row {mistake['row']}"
        st.warning(escaped(f"{mistake['table']}{row}: {mistake['message']}"))
    if not variant["edits"]:
        st.info("It has no edit yet, so it is the same as its base.")
    for number, edit in enumerate(variant["edits"]):
        _show_edit(service, variant, number, edit)
    if st.button("Make it a scenario of its own", help="It keeps its tables and does not follow the base any more."):
        _replace(service, variant, None, f"{variant['name']} is a scenario of its own now.")


def _show_edit(service: Client, variant: Json, number: int, edit: Json) -> None:
    st.subheader(escaped(f"{number + 1}. {edit['name']}"))
    if edit["note"]:
        st.write(escaped(edit["note"]))
    show.table(edit_frame(edit), f"edit_{number}", f"{counted(num_changes(edit), 'change')} of this edit.")
    if st.button("Take this edit out", key=f"take_out_{number}", icon=":material/undo:"):
        left = [one for place, one in enumerate(variant["edits"]) if place != number]
        _replace(service, variant, left, f"The edit {edit['name']} is taken out.")


def edit_frame(edit: Json) -> pd.DataFrame:
    """Return the changes of an edit as a table, one a row."""
    rows = [("setting", row["key"], "", row["before"], row["after"]) for row in edit["settings"]]
    for row in edit["removed"]:
        place = ", ".join(row["row"]) or "a row"
        rows.append(("row removed", row["table"], place, _cells(row["cells"]), ""))
    rows += [
        ("cell", f"{row['table']}, {row['column']}", ", ".join(row["row"]), row["before"], row["after"])
        for row in edit["cells"]
    ]
    rows += [("row added", row["table"], "", "", _cells(row["cells"])) for row in edit["added"]]
    frame = pd.DataFrame(rows, columns=["What", "Where", "Row", "Expected", "New"])
    return frame.fillna("anything")


def _cells(cells: dict[str, str]) -> str:
    return ", ".join(f"{column} {text}" for column, text in cells.items() if text)


def _replace(service: Client, variant: Json, edits: list[Json] | None, told: str) -> None:
    """Give a variant other edits, or with None let it be a scenario of its own."""
    method, more = ("DELETE", {}) if edits is None else ("PUT", {"json": {"edits": edits}})
    try:
        service.ask(method, f"/scenarios/{variant['id']}/edits", tag=f'"{variant["revision"]}"', **more)
    except RefusedError as error:
        st.error(escaped(error.detail))
    else:
        st.session_state.what_if_told = told
        st.rerun()
