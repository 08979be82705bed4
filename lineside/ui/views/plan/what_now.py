"""What now: answers to what happened to a plan in force, planning anew with few changes, and whom it concerns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import streamlit as st

from lineside.ui import show, state
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.views.plan import replanning, who_changes
from lineside.ui.views.plan.happenings import HAPPENINGS, Tables
from lineside.ui.views.plan.reading import Read, frame
from lineside.ui.views.plan.tried import costs_table, person_frame
from lineside.ui.words import counted, day, escaped

SAID = "now_said"
ASKED = "now_asked"
NOTICE_DAYS, EXTRA_CHANGES = 14, 8
"""What the service takes where nothing is given."""
MOST_DEEDS = 12
"""Deeds that are told in a list; the rest is counted."""
HAPPENED, CHANGES = "Something happened", "Who changes what"


def draw(read: Read) -> None:
    """Show one of the steps from what happened to whoever must be told of it."""
    if SAID in st.session_state:
        st.success(st.session_state.pop(SAID), icon=":material/check_circle:")
    if read.row["violations"]:
        st.error("This plan breaks rules, so nothing can be built on it. Correct it under By hand, and keep that.")
        return
    step = st.segmented_control(
        "Step", list(STEPS), default=HAPPENED if read.row["in_force"] else CHANGES, required=True,
        key=f"now_step_{read.id}", label_visibility="collapsed",
    )  # fmt: skip
    STEPS[step or HAPPENED](read)


def _happened(read: Read) -> None:
    """Ask what happened, show what could be done, and let people take one answer."""
    _in_force(read)
    left, right = st.columns([1, 2], gap="large")
    with left:
        st.subheader("What happened")
        at, notice = _when(read)
        body = _asked(read, at, notice)
    with right:
        st.subheader("What could be done")
        told = _told(read, body)
        if told is None:
            st.info("Say on the left what happened and ask. Nothing is stored by that; calendars stay as they are.")
        else:
            picked = _answers(told)
    if told is not None:
        _details(read, told, picked)


def _anew(read: Read) -> None:
    """Ask for limits on changes, and start a run."""
    _in_force(read)
    replanning.draw(read, *_when(read))


def _in_force(read: Read) -> None:
    if not read.row["in_force"]:
        st.info("This plan is not in force. What is asked here takes it as if it were.")


def _when(read: Read) -> tuple[dt.date, int]:
    left, right = st.columns(2)
    at = left.date_input("Date", first_date(read), key=f"now_date_{read.id}", help="What met before stays as it was.")
    notice = right.number_input(
        "Days of notice", 0, 366, NOTICE_DAYS, 1, key="now_notice",
        help="Seats and meetings within so many days from the date stay as they are, unless they cannot.",
    )  # fmt: skip
    return (at if isinstance(at, dt.date) else first_date(read)), int(notice)


def first_date(read: Read) -> dt.date:
    """Return today, or the first day of a plan that has not begun, or the last of one that is over."""
    meetings = [row["date"] for cohort in read.cohorts.values() for row in cohort["meetings"]]
    last = dt.date.fromisoformat(max(meetings)) if meetings else read.first_day
    return min(max(dt.datetime.now(dt.UTC).date(), read.first_day), max(last, read.first_day))


def _asked(read: Read, at: dt.date, notice: int) -> Json | None:
    kind = st.selectbox("Kind", list(HAPPENINGS), key="now_kind")
    event = HAPPENINGS[kind](Tables(read, _newest(read.service, read.row["scenario"]), at))
    extra = st.number_input(
        "Further changes allowed", 0, 10**6, EXTRA_CHANGES, 1, key="now_extra",
        help="Seats of others that may change beyond what must, where that costs less. A move counts twice.",
    )  # fmt: skip
    body = {"event": event, "at": at.isoformat(), "notice_days": notice, "changes": int(extra)}
    if st.button("What could be done?", type="primary", icon=":material/search:", disabled=event is None):
        _ask(read, body)
    return body if event is not None else None


def _newest(service: Client, scenario: str) -> int:
    return int(service.get(f"/scenarios/{scenario}/revisions")[0]["number"])


def _ask(read: Read, body: Json) -> None:
    st.session_state.pop(ASKED, None)
    try:
        with st.spinner("Looking for answers …"):
            found = read.service.post(f"/plans/{read.id}/answers", body)
    except RefusedError as error:
        st.error(escaped(error.detail))
    else:
        st.session_state[ASKED] = (read.id, body, found)


def _told(read: Read, body: Json | None) -> Json | None:
    """Return the answers that were given to exactly this question."""
    kept = st.session_state.get(ASKED)
    if kept is None or kept[0] != read.id or kept[1] != body:
        return None
    return kept[2]


def _answers(told: Json) -> int:
    rows = told["answers"]
    until = day(dt.date.fromisoformat(told["frozen_until"]))
    st.write(f"{counted(len(rows), 'answer')}, the cheapest first. Before {until} nothing changes unless it must.")
    columns = ["Rank", "Answer", "Costs, line-minutes", "Changes", "People"]
    cells = [
        (number, row["title"], row["cost"], row["changes"], len(row["people"])) for number, row in enumerate(rows, 1)
    ]
    table = frame([dict(zip(columns, one, strict=True)) for one in cells], columns)
    wide = {"Answer": st.column_config.TextColumn(width=300)}
    picked = show.table(
        table, "answers", "Answers by what they cost; changes count a move twice.", columns=wide, select=True
    )
    show.note("Select an answer to see it; the first is shown otherwise. Each passed the whole check.")
    return picked[0] if picked else 0


def _details(read: Read, told: Json, number: int) -> None:
    answer = told["answers"][number]
    st.subheader(escaped(f"Answer {number + 1}: {answer['title']}"))
    for sentence in answer["deeds"][:MOST_DEEDS]:
        st.markdown(f"- {escaped(sentence)}")
    if len(answer["deeds"]) > MOST_DEEDS:
        st.write(f"and {counted(len(answer['deeds']) - MOST_DEEDS, 'further change')}.")
    for sentence in answer["warnings"]:
        st.warning(escaped(sentence))
    if answer["outages"]:
        away = "; ".join(answer["outages"])
        st.warning(escaped(f"The tables cannot say this, so later runs do not know it: {away}. Name it when you plan."))
    costs_table(answer["differences"])
    _people(read, answer["people"])
    _take(read, told, answer)


def _people(read: Read, people: list[Json]) -> None:
    if not people:
        show.note("No meeting changes for anybody.")
        return
    st.write(f"For whom something changes: {counted(len(people), 'person', 'people')}")
    show.table(person_frame(read, people), "answer_people", "People whose meetings change by the answer.")


def _take(read: Read, told: Json, answer: Json) -> None:
    with st.form("take_answer"):
        name = st.text_input("Name", f"{read.row['name'][:120]}: {answer['title'][:70]}", max_chars=200)
        show.note(
            "The plan is kept with the changed tables as a new revision. Calendars follow when you publish it; the "
            "plan in force stays until then."
        )
        if st.form_submit_button("Take this answer", type="primary"):
            _taken(read, told, answer, name.strip())


def _taken(read: Read, told: Json, answer: Json, name: str) -> None:
    if not name:
        st.error("A plan needs a name. Type one.")
        return
    asked: dict[str, Any] = st.session_state[ASKED][1]
    body = {**asked, "key": answer["key"], "revision": told["revision"], "name": name}
    try:
        kept = read.service.post(f"/plans/{read.id}/answers/take", body)
    except RefusedError as error:
        st.error(escaped(error.detail))
        return
    st.session_state.pop(ASKED, None)
    state.choose("plan", kept["id"])
    st.session_state[SAID] = f"Kept as {escaped(name)}, and shown now. Publish it to put it in force."
    st.rerun()


STEPS: dict[str, Callable[[Read], None]] = {
    HAPPENED: _happened,
    "Plan anew": _anew,
    CHANGES: who_changes.draw_changes,
    "Whom to tell": who_changes.draw_notices,
}
"""What can be done on this part, in the order of the work."""
