"""The head of the page: whether the plan is in force, what it costs, how good it is, and its file."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lineside.ui import show, state
from lineside.ui.client import ServiceError
from lineside.ui.links import link
from lineside.ui.views.plan.reading import Read
from lineside.ui.words import NO_FIGURE, counted, escaped, gap_in_words, line_minutes, moment, number

STATUS = {
    "optimal": "It is proven to be the best plan for its tables.",
    "feasible": "It keeps every rule; a better one may exist.",
    "infeasible": "The search proved that no plan keeps every rule.",
    "unknown": "Nothing is proven about it.",
}
FIGURES = (
    ("Line time lost", "line_time_lost", "line-minutes", "By line and week", "impact", "Lines"),
    ("Release", "release", "person-minutes", "Who is away", "impact", "Who is away"),
    ("Lines stopped", "stopped", "crew-minutes", "By crew", "impact", "Crews"),
    ("Unseated", "unseated_hours", "hours", "Whose and why", "plan", "Unseated"),
    ("Delivery", "dollars", "dollars", "By cohort", "plan", "Costs"),
    ("Travel", "travel_minutes", "minutes", "Of each cohort", "plan", "Costs"),
    ("Changes", "changes", "seats", "What changes for whom", "plan", "Publish"),
    ("Worst company", "worst_company", "line-minutes", "By company", "impact", "Totals"),
)
"""Title, measure and unit of each total; and what its rows are called, on which page and part of it they stand."""
KINDS = {"xlsx": "Workbook", "csv": "CSV tables", "json": "JSON"}


def draw(read: Read) -> None:
    """Show what the plan is."""
    row, text = read.row, read.text
    st.subheader(escaped(row["name"]))
    _standing(read)
    objective, bound = text["objective"], text["bound"]
    if not row["violations"]:
        st.write(f"{STATUS[text['status']]} **{gap_in_words(objective, bound)}**")
    parts = [f"Objective: {line_minutes(objective)}", f"lower bound: {line_minutes(bound)}"]
    if row["unmeetable_needs"] is not None:
        parts.append(f"{counted(row['unmeetable_needs'], 'need')} that no single cohort could meet")
    show.note(escaped(f"{'; '.join(parts)}. Made for {row['scenario_name']}, revision {row['revision']}."))
    _figures(read, text["measures"])
    with st.container(horizontal=True):
        link("Compare with other plans", "compare", "compare_arrows", plans=read.id)
        with st.popover("Rename, download or delete", icon=":material/folder_open:"):
            _manage(read)


def _standing(read: Read) -> None:
    row = read.row
    if row["violations"]:
        st.error(
            f"This plan breaks rules or has faults: {counted(row['violations'], 'case')}. "
            "It cannot be published; see which under By hand."
        )
    elif row["in_force"]:
        st.badge(f"In force since {moment(row['published_at'])}", icon=":material/check_circle:", color="green")
    elif row["published_at"]:
        st.badge(f"Not in force any more; it was from {moment(row['published_at'])} on", icon=":material/history:")
    else:
        st.badge(f"Not in force; kept on {moment(row['created_at'])}", icon=":material/draft:")


def _figures(read: Read, measures: dict[str, float] | None) -> None:
    with st.container(key=show.FIGURES):
        for start in (0, 4):
            for place, (label, name, unit, rows, page, part) in zip(
                st.columns(4), FIGURES[start : start + 4], strict=True
            ):
                with place:
                    st.metric(f"{label}, {unit}", NO_FIGURE if measures is None else number(measures[name]))
                    if name != "changes" or not _changed_seats(read, measures):
                        link(rows, page, plan=read.id, part=part)


def _changed_seats(read: Read, measures: dict[str, float] | None) -> bool:
    """Link to the seats that differ from the plan in force, or from the one before if this is it; tell if done."""
    if not measures or not measures["changes"]:
        return False
    published = [row["plan"] for row in read.service.get("/publications") if row["plan"] != read.id]
    if published:
        link("Whose seat moves", "compare", plans=f"{published[0]},{read.id}")
    return bool(published)


def _manage(read: Read) -> None:
    with st.form("rename_plan", border=False):
        name = st.text_input("Name", read.row["name"], max_chars=200)
        if st.form_submit_button("Rename") and name.strip() != read.row["name"]:
            _rename(read, name.strip())
    st.write("Download")
    for form, label in KINDS.items():
        name = f"plan.{'zip' if form == 'csv' else form}"
        st.download_button(label, partial(_file, read, form), name, key=f"file_{form}", on_click="ignore")
    if read.row["published_at"]:
        st.caption("A plan that was published stays readable, so it cannot be deleted.")
    elif st.checkbox("I want to delete this plan") and st.button("Delete", type="primary"):
        _delete(read)


def _file(read: Read, form: str) -> bytes:
    return read.service.file(f"/plans/{read.id}/download", form=form).body


def _rename(read: Read, name: str) -> None:
    if not name:
        st.error("A plan needs a name. Type one.")
        return
    try:
        tag = read.service.ask("GET", f"/plans/{read.id}").tag
        read.service.ask("PATCH", f"/plans/{read.id}", tag=tag, json={"name": name})
    except ServiceError as error:
        st.error(escaped(str(error)))
    else:
        st.rerun()


def _delete(read: Read) -> None:
    try:
        read.service.ask("DELETE", f"/plans/{read.id}")
    except ServiceError as error:
        st.error(escaped(str(error)))
    else:
        state.choose("plan", None)
        st.rerun()
