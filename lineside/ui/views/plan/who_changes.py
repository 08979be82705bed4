"""Who changes what from the plan in force, and why; and whom to tell beside the calendars."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lineside.ui import show
from lineside.ui.client import Json
from lineside.ui.views.plan.reading import Read, both, frame, go
from lineside.ui.words import counted, escaped

KINDS = {"moves": "moves", "loses": "loses a seat", "gains": "gains a seat"}
DAYS = 3
"""Days within which a change may reach calendars too late: big services fetch them in hours."""


def draw_changes(read: Read) -> None:
    """Show each seat that is not the one of the plan in force, and why."""
    told = read.service.get(f"/plans/{read.id}/seat-changes")
    rows = told["changes"]
    if not told["has_plan_before"]:
        st.info("The tables of this plan have no plan in force, so there is nothing to compare with.")
        return
    if not rows:
        st.success("Everybody keeps the seats of the plan in force.", icon=":material/check_circle:")
        return
    forced, chosen = told["forced"], len(rows) - told["forced"]
    st.write(
        f"**{counted(len(rows), 'seat')} of {counted(told['people'], 'person', 'people')}** differ: {forced:,} "
        f"because the seat cannot stand any more, {chosen:,} because the plan costs less so."
    )
    columns = ["Id", "Name", "Company", "Module", "Change", "From", "To", "Must", "Why"]
    cells = [
        (
            row["apprentice"], row["name"], read.companies.get(row["company"], row["company"]), row["module"],
            KINDS[row["kind"]], row["before"] or "", row["after"] or "", "yes" if row["is_forced"] else "no",
            row["reason"],
        )
        for row in rows
    ]  # fmt: skip
    table = frame([dict(zip(columns, one, strict=True)) for one in cells], columns)
    wide = {"Why": st.column_config.TextColumn(width="large")}
    words = "Who changes what, and why. Select a row to see the person's term."
    picked = show.table(table, "seat_changes", words, columns=wide, select=True)
    if picked:
        go("Apprentice", apprentice=rows[picked[0]]["apprentice"])
    show.note("Select a row to see the person's term. Instructors' changes are told under Publish, meeting by meeting.")


def draw_notices(read: Read) -> None:
    """Show whose next meetings change soon, each with a text that is ready to be sent."""
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    days = int(left.number_input("Days ahead", 1, 366, DAYS, 1, key="notice_ahead"))
    told = read.service.get(f"/plans/{read.id}/notices", days=days)
    people = told["people"]
    if people:
        right.download_button(
            "Download the texts (CSV)", partial(_file, read, days), "notices.csv", "text/csv", type="primary",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip
    if told["against"] is None:
        st.info("No plan was in force before this one, so nobody has to unlearn anything.")
        return
    name = escaped(told["against_name"])
    since = "before it" if read.row["in_force"] else "now"
    st.write(
        f"{counted(len(people), 'person', 'people')} with a meeting that changes within {counted(days, 'day')} from "
        f"{told['now'].replace('T', ' ')} on, against the plan in force {since}, **{name}**. Calendars may show it too "
        "late: tell them yourself."
    )
    _mail(read, told["mail"])
    if people:
        _people(read, people)


def _file(read: Read, days: int) -> bytes:
    return read.service.file(f"/plans/{read.id}/notices/download", days=days).body


def _mail(read: Read, mail: Json) -> None:
    if not mail["is_configured"]:
        show.note("No mail server is set up, so Lineside sends nothing: send the texts below, or the CSV file's.")
    elif not read.row["in_force"]:
        show.note("Whoever has a mail address gets the text by mail as soon as you publish this plan.")
    else:
        counts = ", ".join(f"{mail[name]:,} {name}" for name in ("sent", "waiting", "failed"))
        st.info(f"Mails about this plan: {counts}.", icon=":material/mail:")


def _people(read: Read, people: list[Json]) -> None:
    columns = ["First change", "Who", "Id", "Name", "Company", "Meetings that change", "Later", "Mail address"]
    cells = [
        (
            row["first"].replace("T", " "), row["who"], row["id"], row["name"],
            both(row["company"], read.companies) if row["company"] else "", _meetings(row["meetings"]), row["later"],
            "yes" if row["has_address"] else "no",
        )
        for row in people
    ]  # fmt: skip
    table = frame([dict(zip(columns, one, strict=True)) for one in cells], columns)
    wide = {"Meetings that change": st.column_config.TextColumn(width="medium")}
    words = f"{counted(len(people), 'person', 'people')} to be told, the most urgent first."
    picked = show.table(table, "notices", words, columns=wide, select=True)
    person = people[picked[0] if picked else 0]
    st.write(escaped(f"Text for {person['name']}"))
    st.code(f"{person['subject']}\n\n{person['text']}", language=None, wrap_lines=True)
    show.note("Select a person to see another text; the first is shown otherwise.")


def _meetings(rows: list[Json]) -> str:
    return ", ".join(f"{(row['after'] or row['before'])['module']} {row['kind']}" for row in rows)
