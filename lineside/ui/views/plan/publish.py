"""Publishing: what changes for whom, then a word of confirmation."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from lineside.ui import show
from lineside.ui.client import Json, RefusedError
from lineside.ui.links import link
from lineside.ui.views.plan.reading import Read, both, frame
from lineside.ui.views.plan.tried import person_frame, show_meetings
from lineside.ui.words import counted, day, escaped

KINDS = ("new", "moved", "cancelled")


def draw(read: Read) -> None:
    """Show what publishing would change, and do it on request."""
    if read.row["in_force"]:
        st.success("This plan is in force. Calendars and rosters follow it.", icon=":material/check_circle:")
        link("Hand out calendars", "calendars", "calendar_month")
        return
    if read.row["violations"]:
        cases = counted(read.row["violations"], "case")
        st.error(
            f"This plan breaks rules or has faults ({cases}), so it cannot be published. Correct it under By hand."
        )
        return
    told = read.service.get(f"/plans/{read.id}/changes")
    _summary(told)
    if told["people"]:
        _companies(read, told)
        _people(read, told)
    _confirm(read)


def _summary(told: Json) -> None:
    people = told["people"]
    if told["against"] is None:
        st.write("No plan is in force yet, so every meeting is new.")
    elif not people:
        st.write(f"Nothing changes for anybody against the plan in force, **{escaped(told['against_name'])}**.")
    else:
        since = day_of(told["first_day"])
        st.write(f"Against the plan in force, **{escaped(told['against_name'])}**; meetings before {since} are past.")
    figures = [("People concerned", len(people))]
    figures += [(f"{kind.capitalize()} meetings", sum(row[kind] for row in people)) for kind in KINDS]
    for place, (label, value) in zip(st.columns(4), figures, strict=True):
        place.metric(label, f"{value:,}", border=True)
    st.caption("Each person's meetings are counted, instructors' too.")


def day_of(text: str) -> str:
    """Return a date of the service in words."""
    return day(dt.date.fromisoformat(text))


def _companies(read: Read, told: Json) -> None:
    st.subheader("By company")
    columns = ["Company", "People", "New meetings", "Moved meetings", "Cancelled meetings"]
    cells = [
        (both(row["company"], read.companies), row["people"], row["new"], row["moved"], row["cancelled"])
        for row in told["companies"]
    ]
    table = frame([dict(zip(columns, one, strict=True)) for one in cells], columns)
    picked = show.table(table, "changes_companies", "Changes by company. Select one to see its people.", select=True)
    st.session_state["changes_company"] = told["companies"][picked[0]]["company"] if picked else None


def _people(read: Read, told: Json) -> None:
    company = st.session_state.get("changes_company")
    people = [row for row in told["people"] if company in (None, row["company"])]
    st.subheader("By person")
    picked = show.table(person_frame(read, people), "changes_people", "Changes by person.", select=True)
    if picked:
        person = people[picked[0]]
        found = read.service.get(f"/plans/{read.id}/changes", person=person["id"])["people"]
        for one in found:
            if one["who"] == person["who"]:
                show_meetings(one)
    else:
        st.caption("Select a company to see its people only, and a person to see each meeting.")


def _confirm(read: Read) -> None:
    st.subheader("Put it in force")
    st.write("All calendars follow at once, and later runs count changes against this plan.")
    if not st.checkbox("I have looked at what changes for whom"):
        return
    if st.button("Publish this plan", type="primary", icon=":material/publish:"):
        try:
            with st.spinner("Publishing …"):
                read.service.post(f"/plans/{read.id}/publish")
        except RefusedError as error:
            st.error(escaped(error.detail))
        else:
            st.rerun()
