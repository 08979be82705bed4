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
FIGURES = "figures"
"""Key of a container of totals, each with a link to its rows below; the links are smaller there."""
INK = "#1b1b1b"
"""Colour of the letters in charts."""
BY_KEYBOARD = "Shift with the space bar selects a row; Escape and then Tab leave the table."
WIDE_COLUMNS = 8
"""Columns from which a table is seldom seen without scrolling across."""
WRAPPED_PIXELS = 70
"""Height of a table's rows from which Streamlit breaks long texts into lines: it has room for three."""
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def table(
    frame: pd.DataFrame,
    name: str,
    alt_text: str,
    *,
    columns: dict[str, Any] | None = None,
    select: bool = False,
    state: int = 0,
    is_wrapped: bool = False,
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
        Streamlit's column settings; numbers without one are shown with their thousands apart.
    select
        Whether a row can be selected, to go from a total to its rows.
    state
        Another number forgets the selection, where rows have come or gone and their numbers have changed.
    is_wrapped
        Whether long texts are broken into lines.
    whole
        Makes the table for the downloads where only a part of it is shown.
    """
    mode: Literal["rerun", "ignore"] = "rerun" if select else "ignore"
    shown = st.dataframe(
        frame,
        hide_index=True,
        column_config={**_pinned(frame), **_numbers(frame), **(columns or {})},
        row_height=WRAPPED_PIXELS if is_wrapped else None,
        on_select=mode,
        selection_mode="single-row",
        key=_key(name, state),
        alt=f"{alt_text} {BY_KEYBOARD}" if select else alt_text,
        placeholder=NO_FIGURE,
    )
    downloads(name, whole or (lambda: frame))
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
        column_config={**_numbers(frame), str(frame.columns[0]): st.column_config.Column(pinned=True)},
        on_select="rerun",
        selection_mode="single-cell",
        key=f"table_{name}",
        alt=alt_text,
        placeholder=NO_FIGURE,
    )
    downloads(name, whole or (lambda: frame))
    cells = cast("dict[str, Any]", shown)["selection"]["cells"]
    return (int(cells[0][0]), list(frame.columns).index(cells[0][1])) if cells else None


def _pinned(frame: pd.DataFrame) -> dict[str, Any]:
    """Return a setting that keeps a wide table's first column in sight."""
    if len(frame.columns) < WIDE_COLUMNS:
        return {}
    return {str(frame.columns[0]): st.column_config.Column(pinned=True)}


def _numbers(frame: pd.DataFrame) -> dict[str, Any]:
    numbers = frame.select_dtypes("number").columns
    return {str(name): st.column_config.NumberColumn(format="localized") for name in numbers}


def downloads(name: str, whole: Callable[[], pd.DataFrame]) -> None:
    """Show the buttons that download a table as CSV and as a workbook.

    Parameters
    ----------
    name
        Name of the files without their ending.
    whole
        Makes the table when a button is pressed.
    """
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
    drawing = legible(drawing)
    st.altair_chart(drawing, alt=alt_text, key=f"chart_{name}", width="stretch" if is_stretched else "content")
    row = st.container(horizontal=True)
    row.download_button("PNG", lambda: _png(drawing), f"{name}.png", "image/png", key=f"png_{name}", on_click="ignore")
    row.download_button(
        "SVG", lambda: _svg(drawing), f"{name}.svg", "image/svg+xml", key=f"svg_{name}", on_click="ignore"
    )


def legible(drawing: Drawing) -> Drawing:
    """Return a chart whose axes and legends are written dark enough to be read by everybody.

    Parameters
    ----------
    drawing
        A chart; letters whose colour it sets itself stay as they are.
    """
    dark = drawing.configure_axis(labelColor=INK, titleColor=INK).configure_legend(labelColor=INK, titleColor=INK)
    return cast("Drawing", dark)


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
