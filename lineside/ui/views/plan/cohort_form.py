"""Moving a cohort: another room, instructor, pattern or first week."""

from __future__ import annotations

import datetime as dt
from typing import Any

import streamlit as st

from lineside.ui import show
from lineside.ui.client import Json
from lineside.ui.views.plan.forms import BOX_LETTERS, Asked
from lineside.ui.views.plan.reading import Read, both
from lineside.ui.words import day

OTHER = "other"
Pattern = tuple[str, str, int]
"""Days, start and minutes."""


def move_cohort(read: Read, revision: int) -> Asked:
    """Ask what changes about a cohort; what stays is left out."""
    if not read.cohorts:
        st.info("The plan opens no cohort. Change something else.")
        return None
    name = st.selectbox("Which cohort", sorted(read.cohorts), format_func=lambda one: _label(read, one))
    show.whole(_label(read, name), BOX_LETTERS)
    row = read.cohorts[name]
    room = _room(read, row, revision)
    instructor = _instructor(read, row, revision)
    days, start, minutes = _pattern(read, row, room, revision)
    first_week = _week(read, row)
    wanted: dict[str, Any] = {
        **{"room": room, "instructor": instructor, "days": days, "start": start, "minutes": minutes},
        "first_week": first_week,
    }
    changed = {key: value for key, value in wanted.items() if value != row[key]}
    if not changed:
        st.caption("Nothing is changed yet. Choose another room, instructor, pattern or first week.")
        return None
    words = ", ".join(f"{key.replace('_', ' ')} {_said(read, key, value)}" for key, value in changed.items())
    return {"kind": "move-cohort", "cohort": name, **changed}, f"Move {name}: {words}"


def _label(read: Read, name: str) -> str:
    row = read.cohorts[name]
    module = both(row["module"], read.modules)
    return f"{name}: {module}, {row['days']} {row['start']}, {both(row['site'], read.sites)}, room {row['room']}"


def _said(read: Read, key: str, value: Any) -> str:
    if key == "first_week":
        return f"of {day(read.first_day + dt.timedelta(weeks=value))}"
    return both(value, read.instructors) if key == "instructor" else str(value)


def _room(read: Read, row: Json, revision: int) -> str:
    rooms = {one["room"]: one for one in read.rows("rooms", revision)}
    options = [row["room"], *(one for one in rooms if one != row["room"])]

    def label(one: str) -> str:
        if one not in rooms:
            return one
        return f"{one}: {both(rooms[one]['site'], read.sites)}, {rooms[one]['seats']} seats"

    picked = str(st.selectbox("Room", options, format_func=label, key=f"edit_room_{row['cohort']}"))
    show.whole(label(picked), BOX_LETTERS)
    return picked


def _instructor(read: Read, row: Json, revision: int) -> str:
    able = [one["instructor"] for one in read.rows("instructors", revision) if row["module"] in one["modules"].split()]
    options = [row["instructor"], *(one for one in able if one != row["instructor"])]
    return str(
        st.selectbox(
            "Instructor", options, format_func=lambda one: both(one, read.instructors),
            help="Those who can teach the module.", key=f"edit_instructor_{row['cohort']}",
        )
    )  # fmt: skip


def _pattern(read: Read, row: Json, room: str, revision: int) -> Pattern:
    site = next((one["site"] for one in read.rows("rooms", revision) if one["room"] == room), row["site"])
    now: Pattern = (row["days"], row["start"], row["minutes"])
    patterns = [
        (one["days"], one["start"], int(one["minutes"]))
        for one in read.rows("patterns", revision)
        if {"all", site} & set(one["sites"].split())
    ]
    options: list[Pattern | str] = [*dict.fromkeys([now, *patterns]), OTHER]
    picked = st.selectbox(
        "Pattern", options, key=f"edit_pattern_{row['cohort']}_{site}",
        format_func=lambda one: "Other days and hours" if isinstance(one, str) else _words(one),
    )  # fmt: skip
    return _typed(now, row["cohort"]) if isinstance(picked, str) else picked


def _words(pattern: Pattern) -> str:
    return f"{pattern[0]} at {pattern[1]}, {pattern[2]} minutes"


def _typed(now: Pattern, cohort: str) -> Pattern:
    days = st.text_input("Days", now[0], help="Such as Mon Wed.", max_chars=100, key=f"edit_days_{cohort}")
    start = st.text_input("Start", now[1], help="Such as 17:30.", max_chars=5, key=f"edit_start_{cohort}")
    minutes = st.number_input("Minutes", 1, 1440, now[2], key=f"edit_minutes_{cohort}")
    return days.strip(), start.strip(), int(minutes)


def _week(read: Read, row: Json) -> int:
    last = max((meeting["date"] for one in read.cohorts.values() for meeting in one["meetings"]), default=None)
    weeks = (dt.date.fromisoformat(last) - read.first_day).days // 7 + 1 if last else 1
    options = sorted({row["first_week"], *range(max(weeks, 1))})
    picked = st.selectbox(
        "First week", options, options.index(row["first_week"]), key=f"edit_week_{row['cohort']}",
        format_func=lambda one: f"Week {one + 1}, from {day(read.first_day + dt.timedelta(weeks=one))}",
    )  # fmt: skip
    return int(picked)
