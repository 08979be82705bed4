"""What pages have in common: tables and charts that can be taken away, and figures with their unit."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any, Literal, cast

import altair as alt
import pandas as pd
import streamlit as st
import vl_convert

from lineside.ui.words import NO_FIGURE, escaped

Drawing = alt.Chart | alt.LayerChart | alt.HConcatChart | alt.VConcatChart | alt.FacetChart
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def table(
    frame: pd.DataFrame,
    name: str,
    alt_text: str,
    *,
    columns: dict[str, Any] | None = None,
    select: bool = False,
    state: int = 0,
    whole: Callable[[], pd.DataFrame] | None = None,
) -> list[int]:
    """Show a table with its downloads, and return the numbers of the rows that are selected.

    Parameters
    ----------
    frame
        The rows; column names are shown as they are, so they carry their unit.
    name
        Name of the downloaded files, and of the widget: one of its kind on a page.
    alt_text
        What the table tells, for whoever cannot see it.
    columns
        Streamlit's column settings.
    select
        Whether a row can be selected, to go from a total to its rows.
    state
        Another number forgets the selection, where rows have come or gone and their numbers have changed.
    whole
        Makes the table for the downloads where only a part of it is shown.
    """
    mode: Literal["rerun", "ignore"] = "rerun" if select else "ignore"
    shown = st.dataframe(
        frame,
        hide_index=True,
        column_config=columns,
        on_select=mode,
        selection_mode="single-row",
        key=_key(name, state),
        alt=alt_text,
        placeholder=NO_FIGURE,
    )
    _downloads(name, whole or (lambda: frame))
    return list(cast("dict[str, Any]", shown)["selection"]["rows"]) if select else []


def selected(name: str, state: int = 0) -> list[int]:
    """Return the numbers of the rows that are selected in a table that may be drawn further below."""
    found = st.session_state.get(_key(name, state))
    return list(found["selection"]["rows"]) if found else []


def _key(name: str, state: int) -> str:
    return f"table_{name}_{state}" if state else f"table_{name}"


def table_cell(
    frame: pd.DataFrame, name: str, alt_text: str, *, whole: Callable[[], pd.DataFrame] | None = None
) -> tuple[int, int] | None:
    """Show a table of which single cells can be selected, and return the selected one's row and column.

    Parameters
    ----------
    frame, name, alt_text, whole
        As for :func:`table`.
    """
    shown = st.dataframe(
        frame,
        hide_index=True,
        column_config={str(frame.columns[0]): st.column_config.Column(pinned=True)},
        on_select="rerun",
        selection_mode="single-cell",
        key=f"table_{name}",
        alt=alt_text,
        placeholder=NO_FIGURE,
    )
    _downloads(name, whole or (lambda: frame))
    cells = cast("dict[str, Any]", shown)["selection"]["cells"]
    return (int(cells[0][0]), list(frame.columns).index(cells[0][1])) if cells else None


def _downloads(name: str, whole: Callable[[], pd.DataFrame]) -> None:
    row = st.container(horizontal=True)
    row.download_button("CSV", lambda: _csv(whole()), f"{name}.csv", "text/csv", key=f"csv_{name}", on_click="ignore")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    row.download_button(
        "Workbook", lambda: _workbook(whole(), name), f"{name}.xlsx", kind, key=f"xlsx_{name}", on_click="ignore"
    )


def note(text: str) -> None:
    """Show a remark in small letters; Streamlit's own captions are too pale to be read by everybody.

    Parameters
    ----------
    text
        Markdown; what comes from tables is escaped before.
    """
    st.markdown(f":small[{text}]")


def whole(text: str, most: int) -> None:
    """Show a choice in full below its box if it is longer than the box is wide.

    Parameters
    ----------
    text
        What was chosen, as it is.
    most
        Letters that the box has room for.
    """
    if len(text) > most:
        note(escaped(text))


def turn(name: str, ids: list[str]) -> int:
    """Return a number that changes when rows come or go: what was selected by its number would be another row then."""
    number, seen = st.session_state.get(f"turn_{name}", (0, ids))
    if ids != seen:
        number += 1
    st.session_state[f"turn_{name}"] = (number, ids)
    return int(number)


def chart(drawing: Drawing, name: str, alt_text: str, *, is_stretched: bool = True) -> None:
    """Show a chart with its downloads as PNG and SVG, as wide as there is room or as it is."""
    st.altair_chart(drawing, alt=alt_text, key=f"chart_{name}", width="stretch" if is_stretched else "content")
    row = st.container(horizontal=True)
    row.download_button("PNG", lambda: _png(drawing), f"{name}.png", "image/png", key=f"png_{name}", on_click="ignore")
    row.download_button(
        "SVG", lambda: _svg(drawing), f"{name}.svg", "image/svg+xml", key=f"svg_{name}", on_click="ignore"
    )


def _png(drawing: Drawing) -> bytes:
    return bytes(vl_convert.vegalite_to_png(drawing.to_json(), scale=2))


def _svg(drawing: Drawing) -> str:
    return str(vl_convert.vegalite_to_svg(drawing.to_json()))


def _csv(frame: pd.DataFrame) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(frame.columns)
    for row in frame.itertuples(index=False):
        writer.writerow(["" if pd.isna(cell) else _defused(cell) for cell in row])
    return b"\xef\xbb\xbf" + text.getvalue().encode()  # the mark lets spreadsheet programs read names with accents


def _defused(cell: object) -> object:
    # Numbers may be negative; a text that begins like a formula must not become one.
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def _workbook(frame: pd.DataFrame, name: str) -> bytes:
    file = io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with pd.ExcelWriter(file, engine="xlsxwriter", engine_kwargs={"options": options}) as writer:
        frame.to_excel(writer, sheet_name=name[:31], index=False, freeze_panes=(1, 0))
        writer.sheets[name[:31]].autofit()
    return file.getvalue()
