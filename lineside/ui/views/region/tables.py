"""The tables of a draft: choose one, edit it in place, and see what is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lineside.models.tables import KEYS, OPTIONAL_TABLES, TABLES
from lineside.ui import show
from lineside.ui.client import Mistake
from lineside.ui.parts import go_to_part
from lineside.ui.views.region.draft import FIRST_ROW, Draft
from lineside.ui.views.region.editor import PAGE_ROWS, Part, editor, found_places, marked, part_of, remove_marked
from lineside.ui.words import NO_FIGURE, counted, escaped

TABLE, WORDS, FIRST = "table", "find_rows", "first_row"
MOST_LISTED = 500
SETTINGS = "scenario"
JUMPED = "jumped_to"


def draw(draft: Draft) -> None:
    """Show the chosen table in an editor, and every mistake of the scenario."""
    if st.session_state.get(TABLE) not in TABLES:
        told = st.query_params.get(TABLE)
        st.session_state[TABLE] = told if told in TABLES else _first_to_look_at(draft)
    counts = Counter(mistake.table for mistake in draft.mistakes)

    def label(name: str) -> str:
        rows = len(draft.texts.tables[name].filled()[0])
        return f"{name} {rows:,}" + (f" ⚠ {counts[name]}" if counts[name] else "")

    table = st.pills("Table, with its number of rows", list(TABLES), format_func=label, key=TABLE, required=True,
                     on_change=_from_the_start)  # fmt: skip
    assert table is not None
    if st.query_params.get(TABLE) != table:
        st.query_params[TABLE] = table
    st.caption(_about(table))
    _mistakes(draft)
    words, first = _which_rows(draft, table)
    _jumped(draft, table)
    part = part_of(draft, table, words, first)
    editor(draft, part)
    _below(draft, part)


def _first_to_look_at(draft: Draft) -> str:
    wrong = {mistake.table for mistake in draft.mistakes}
    return next((name for name in TABLES if name in wrong), next(iter(TABLES)))


def _from_the_start() -> None:
    st.session_state[WORDS], st.session_state[FIRST] = "", 0


def _about(table: str) -> str:
    optional = " The table may be empty." if table in OPTIONAL_TABLES else ""
    keys = f" Not twice: {', '.join(KEYS[table])}." if table in KEYS else ""
    return f"{(TABLES[table].__doc__ or '').strip()}{optional}{keys} Hover over a column's title for its meaning."


def _which_rows(draft: Draft, table: str) -> tuple[str, int]:
    """Return the words that rows must hold, and the place of the first row that is shown."""
    left, right = st.columns([1, 3])
    words = left.text_input(
        "Find rows with", key=WORDS, placeholder="Find an id or a name", on_change=_to_the_top,
        label_visibility="collapsed",
    )  # fmt: skip
    total = len(found_places(draft, table, words))
    starts = list(range(0, max(total, 1), PAGE_ROWS))
    first = st.session_state.get(FIRST, 0)
    if first >= max(total, 1):
        first = 0
    if len(starts) > 1 or first:
        offered = sorted({*starts, first})
        first = right.selectbox(
            "Rows", offered, offered.index(first), key=f"rows_{table}_{first}_{words}_{draft.epoch}",
            format_func=lambda place: _span(place, total, is_found=bool(words.strip())),
        )  # fmt: skip
        st.session_state[FIRST] = first
    elif words.strip():
        right.write(f"{counted(total, 'row')} found")
    return words, first


def _to_the_top() -> None:
    st.session_state[FIRST] = 0


def _span(place: int, total: int, *, is_found: bool) -> str:
    last = min(place + PAGE_ROWS, total)
    if is_found:
        return f"{place + 1:,} to {last:,} of {total:,} found"
    return f"rows {place + FIRST_ROW:,} to {last + FIRST_ROW - 1:,}; the table has {counted(total, 'row')}"


def _below(draft: Draft, part: Part) -> None:
    left, right = st.columns([1, 3])
    places = marked(part)
    title = f"Remove {counted(len(places), 'marked row')}" if places else "Remove marked rows"
    left.button(
        title, key="remove_marked", disabled=not places, on_click=remove_marked, args=(draft, part), width="stretch"
    )
    right.caption("Empty rows at the end are there to be filled; cells can be pasted from a spreadsheet.")
    for column in draft.texts.unknown_columns(part.table):
        st.button(
            f"Remove the column {escaped(column)}", key=f"remove_column_{column}", on_click=_remove_column,
            args=(draft, part.table, column), help="Lineside does not know this column. Undo brings it back.",
        )  # fmt: skip


def _remove_column(draft: Draft, table: str, column: str) -> None:
    draft.change(draft.texts.without_column(table, column), is_redrawn=True)


def _mistakes(draft: Draft) -> None:
    """List every mistake in a box whose title stays where it is, so that the editor below does not move."""
    count = len(draft.mistakes)
    title = f"{counted(count, 'mistake')} in all tables" if count else "No mistakes"
    icon = ":material/warning:" if count else ":material/check:"
    with st.expander(title, expanded=bool(count), icon=icon, key=f"mistakes_of_{draft.scenario}_{draft.revision}"):
        if count:
            _listed(draft)
        else:
            st.write(
                "Every cell can be understood, and every id is known. The scenario can be solved once it is saved."
            )
        for warning in draft.warnings:
            st.text(f"Look at this: {warning}")


def _listed(draft: Draft) -> None:
    listed = draft.mistakes[:MOST_LISTED]
    frame = _frame(listed)
    more = "" if len(listed) == len(draft.mistakes) else f" The first {MOST_LISTED} are listed."
    st.caption(f"Select a row to go to its place.{more}")
    key = f"mistakes_{draft.epoch}_{st.session_state.get('jumps', 0)}"

    def jump() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows:
            _go_to(draft, listed[rows[0]])

    st.dataframe(
        frame,
        key=key,
        on_select=jump,
        selection_mode="single-row",
        hide_index=True,
        height=show.WRAPPED_PIXELS * min(len(listed), 3) + 40,
        row_height=show.WRAPPED_PIXELS,
        placeholder=NO_FIGURE,
        alt="Mistakes with table, row, column, value and what to do.",
        column_config={
            "Row": st.column_config.NumberColumn(width=60),
            "What is wrong, and what to do": st.column_config.TextColumn(width="large"),
        },
    )
    show.downloads("mistakes", lambda: _frame(draft.mistakes))


def _frame(mistakes: Sequence[Mistake]) -> pd.DataFrame:
    return pd.DataFrame(
        [(m.table, m.row, m.column or "", m.value or "", m.message) for m in mistakes],
        columns=["Table", "Row", "Column", "Value", "What is wrong, and what to do"],
    ).astype({"Row": "Int64"})


def _jumped(draft: Draft, table: str) -> None:
    """Tell in full what is wrong at the place that was gone to, as long as it is."""
    mistake: Mistake | None = st.session_state.get(JUMPED)
    if mistake is not None and mistake.table == table and mistake in draft.mistakes:
        place = ", ".join([f"Row {mistake.row}"] * (mistake.row is not None) + [mistake.column or ""]).strip(", ")
        st.warning(escaped(f"{place}: {mistake.message}"))


def _go_to(draft: Draft, mistake: Mistake) -> None:
    st.session_state["jumps"] = st.session_state.get("jumps", 0) + 1
    st.session_state[JUMPED] = mistake
    if mistake.table == SETTINGS:
        go_to_part("region", "Settings")
    elif mistake.table in TABLES:
        st.session_state[TABLE], st.session_state[WORDS] = mistake.table, ""
        # A long table is shown from the row on; a short one is shown whole.
        place = 0 if mistake.row is None else mistake.row - FIRST_ROW
        is_short = len(draft.texts.tables[mistake.table].rows) <= 12
        st.session_state[FIRST] = 0 if is_short else max(0, place)
