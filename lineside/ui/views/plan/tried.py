"""What changes by hand break, what they cost, and whom they concern."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lineside.models.rules import RULES
from lineside.ui import show
from lineside.ui.client import Json
from lineside.ui.views.plan.reading import Read, frame
from lineside.ui.words import counted, escaped

MOST = 3
"""Cases of a broken rule that are told in full; the rest stands in the table."""
MOST_FAULTS = 12
NAMES = {
    "objective": "Objective",
    "line_time_lost": "Line time lost",
    "release": "Release",
    "stopped": "Lines stopped",
    "unseated_hours": "Unseated",
    "dollars": "Delivery",
    "travel_minutes": "Travel",
    "changes": "Changes",
    "worst_company": "Worst company",
}


def verdict(trial: Json) -> None:
    """Say whether the collected changes are allowed, which rules they break, and what they cost in all."""
    new = [row for row in trial["violations"] if row["is_new"]]
    if new or trial["faults"]:
        _broken(new, trial["faults"], "Not allowed: this breaks {}. Undo the change, or change more.")
    else:
        _allowed(trial)
    old = len(trial["violations"]) - len(new)
    if old:
        st.warning(f"The plan broke rules before, and still does: {counted(old, 'case')}. They are in the table.")
    if trial["mended"]:
        st.success(f"Mended: {counted(trial['mended'], 'case')} that the plan had before.")


def as_it_is(trial: Json) -> None:
    """Say which rules a plan breaks before anything is changed."""
    words = "As it is, the plan breaks {}. Change what stands in their way, then keep the change."
    _broken(trial["violations"], trial["faults"], words)
    if trial["violations"]:
        _violations(trial["violations"])


def details(read: Read, trial: Json) -> None:
    """Show every broken rule, the cost measure by measure, and whom the changes concern."""
    if trial["violations"]:
        _violations(trial["violations"])
    costs_table(trial["differences"])
    _people(read, trial["people"])


def _broken(new: list[Json], faults: list[str], words: str) -> None:
    rules = list(dict.fromkeys(row["rule"] for row in new))
    if rules:
        st.error(words.format(counted(len(rules), "rule")))
    for rule in rules:
        cases = [escaped(row["message"]) for row in new if row["rule"] == rule]
        lines = [f"**{rule}**: {escaped(RULES[rule].sentence)}", *cases[:MOST]]
        if len(cases) > MOST:
            lines.append(f"{counted(len(cases) - MOST, 'further case')} of this rule in the table below.")
        st.error("\n\n".join(lines), icon=":material/block:")
    for fault in faults[:MOST_FAULTS]:
        st.error(escaped(fault))
    if len(faults) > MOST_FAULTS:
        st.error(f"{counted(len(faults) - MOST_FAULTS, 'further fault')} like these.")


def _allowed(trial: Json) -> None:
    objective = trial["differences"][0]["difference"]
    if abs(objective) < 0.0005:
        words = "It costs nothing."
    elif objective > 0:
        words = f"It costs {objective:,.1f} further line-minutes."
    else:
        words = f"It saves {-objective:,.1f} line-minutes."
    state = "every rule is kept" if trial["is_clean"] else "no further rule is broken"
    st.success(f"Allowed: {state}. {words}", icon=":material/check_circle:")


def _violations(rows: list[Json]) -> None:
    columns = ["Rule", "New", "By how much", "Unit", "What is wrong"]
    cells = [
        (row["rule"], "yes" if row["is_new"] else "no", row["amount"], row["unit"], row["message"]) for row in rows
    ]
    table = frame([dict(zip(columns, one, strict=True)) for one in cells], columns)
    with st.expander(f"All {counted(len(rows), 'case')} in a table"):
        wide = {"What is wrong": st.column_config.TextColumn(width="large")}
        show.table(table, "violations", "Rules that the edited plan breaks.", columns=wide, is_wrapped=True)


def costs_table(differences: list[Json]) -> None:
    """Show each measure before and after, and what the difference adds to the objective."""
    st.write("What it costs, measure by measure")
    columns = ["Measure", "Unit", "Before", "After", "Difference", "Adds to the objective, line-minutes"]
    cells = [
        (
            NAMES[row["measure"]], row["unit"], row["before"], row["after"], row["difference"],
            float("nan") if row["line_minutes"] is None else row["line_minutes"],
        )
        for row in differences
    ]  # fmt: skip
    table = frame([dict(zip(columns, one, strict=True)) for one in cells], columns)
    show.table(table, "costs", "Each measure before and after the changes.")


def _people(read: Read, people: list[Json]) -> None:
    if not people:
        st.caption("No meeting changes for anybody.")
        return
    st.write(f"For whom something changes: {counted(len(people), 'person', 'people')}")
    picked = show.table(person_frame(read, people), "tried_people", "People whose meetings change.", select=True)
    if picked:
        show_meetings(people[picked[0]])
    else:
        st.caption("Select a person to see each meeting.")


def person_frame(read: Read, people: list[Json]) -> pd.DataFrame:
    """Return what changes for people as a table."""
    columns = [
        "Id", "Name", "Company", "New meetings", "Moved meetings", "Cancelled meetings", "Lost before, minutes",
        "Lost after, minutes",
    ]  # fmt: skip
    cells = [
        (
            row["id"], row["name"], _whose(read, row), row["new"], row["moved"], row["cancelled"],
            row["lost_minutes_before"], row["lost_minutes_after"],
        )
        for row in people
    ]  # fmt: skip
    table = frame([dict(zip(columns, one, strict=True)) for one in cells], columns)
    return table.astype(dict.fromkeys(columns[3:], "Int64"))


def _whose(read: Read, row: Json) -> str:
    if row["who"] == "instructor":
        return "instructor"
    return read.companies.get(row["company"] or "", row["company"] or "")


def show_meetings(person: Json) -> None:
    """Show each meeting that changes for a person."""
    columns = ["Change", "Module", "Before", "Place before", "After", "Place after"]
    cells = [
        (row["kind"], (row["after"] or row["before"])["module"], *_place(row["before"]), *_place(row["after"]))
        for row in person["meetings"]
    ]
    st.write(escaped(f"Meetings of {person['name']} that change"))
    table = frame([dict(zip(columns, one, strict=True)) for one in cells], columns)
    show.table(table, "changed_meetings", "Meetings that change for one person.")


def _place(sitting: Json) -> tuple[str, str]:
    if sitting is None:
        return "", ""
    return f"{sitting['start'].replace('T', ' ')}–{sitting['end'][11:]}", f"{sitting['site']}, room {sitting['room']}"
