"""What can be changed by hand, and the questions that each change asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import streamlit as st

from lineside.ui import show
from lineside.ui.client import Json
from lineside.ui.views.plan.reading import Read, both
from lineside.ui.words import counted, day

Asked = tuple[dict[str, Any], str] | None
"""A change as the service takes it and in words; None as long as something is missing."""
NO_SEAT = "no seat"
BOX_LETTERS = 38
"""Letters that a box of this page has room for at least."""


def _seat(read: Read, *, is_seated: bool) -> tuple[str, str] | None:
    """Ask for a person and a module: one with a seat, or any that is needed."""
    modules: dict[str, list[str]] = {}
    for row in (*read.text["seats"], *(() if is_seated else read.text["unseated"])):
        modules.setdefault(row["apprentice"], []).append(row["module"])
    people = [one for one in read.people if one in modules]
    if not people:
        st.info("Nobody has a seat in this plan. Change something else.")
        return None
    person = st.selectbox("Whose seat", people, format_func=read.named, help="Type a name or an id to search.")
    module = st.selectbox("Module", modules[person], format_func=lambda one: both(one, read.modules))
    return person, module


def _label(read: Read, name: str) -> str:
    row = read.cohorts[name]
    seats = counted(len(read.seats[name]), "seat")
    return f"{name}: {row['days']} {row['start']} from {_first(row)}, {both(row['site'], read.sites)}, {seats}"


def _first(row: Json) -> str:
    return day(dt.date.fromisoformat(row["meetings"][0]["date"])) if row["meetings"] else "no date"


def move_seat(read: Read) -> Asked:
    """Ask where a seat goes."""
    found = _seat(read, is_seated=False)
    if found is None:
        return None
    person, module = found
    now = next((s["cohort"] for s in read.text["seats"] if (s["apprentice"], s["module"]) == found), None)
    cohorts = [name for name, row in read.cohorts.items() if row["module"] == module and name != now]
    options = [*cohorts, *([NO_SEAT] if now else [])]
    if not options:
        st.info("The plan opens no cohort of this module. Change something else.")
        return None
    st.caption(f"Now in {now}." if now else "Without a seat now.")

    def label(one: str) -> str:
        return "No seat: take it out" if one == NO_SEAT else _label(read, one)

    target = st.selectbox("To", options, format_func=label)
    show.whole(label(target), BOX_LETTERS)
    cohort = None if target == NO_SEAT else target
    words = "out of the plan" if cohort is None else f"to {cohort}"
    edit = {"kind": "move-seat", "apprentice": person, "module": module, "cohort": cohort}
    return edit, f"Seat of {read.named(person)} in {both(module, read.modules)} {words}"


def forbid_module(read: Read) -> Asked:
    """Ask whom a module is forbidden for."""
    return _about_seat(read, "forbid-module", "No seat, now or later, for", is_seated=False)


def pin_seat(read: Read) -> Asked:
    """Ask which seat stays as it is."""
    return _about_seat(read, "pin-seat", "Pin the seat of", is_seated=True)


def _about_seat(read: Read, kind: str, words: str, *, is_seated: bool) -> Asked:
    found = _seat(read, is_seated=is_seated)
    if found is None:
        return None
    edit = {"kind": kind, "apprentice": found[0], "module": found[1]}
    return edit, f"{words} {read.named(found[0])} in {both(found[1], read.modules)}"


def unpin(read: Read, revision: int) -> Asked:
    """Ask which pin goes."""
    pins = read.rows("pins", revision)
    if not pins:
        st.info("The tables have no pin. Change something else.")
        return None
    number = st.selectbox("Pin", range(len(pins)), format_func=lambda i: _pin(read, pins[i]))
    pin = pins[number]
    return {"kind": "unpin", "apprentice": pin["apprentice"], "module": pin["module"]}, f"No pin: {_pin(read, pin)}"


def _pin(read: Read, pin: dict[str, str]) -> str:
    place = "no seat" if pin["cohort"] == "none" else f"seat as in {pin['cohort']}"
    return f"{read.named(pin['apprentice'])}, {both(pin['module'], read.modules)}: {place}"


def _cohort(read: Read) -> str | None:
    if not read.cohorts:
        st.info("The plan opens no cohort. Change something else.")
        return None
    name = st.selectbox("Which cohort", sorted(read.cohorts), format_func=lambda one: _label(read, one))
    show.whole(_label(read, name), BOX_LETTERS)
    return str(name)


def close_cohort(read: Read) -> Asked:
    """Ask which cohort is closed."""
    name = _cohort(read)
    return None if name is None else ({"kind": "close-cohort", "cohort": name}, f"Close {name}")


def forbid_cohort(read: Read) -> Asked:
    """Ask which cohort is closed for good."""
    name = _cohort(read)
    if name is None:
        return None
    st.caption("The cohort is closed, and later runs give none of its people a seat in the module.")
    return {"kind": "close-cohort", "cohort": name, "forbid": True}, f"Close {name} and forbid its people the module"


def pin_cohort(read: Read) -> Asked:
    """Ask which cohort's seats stay as they are."""
    name = _cohort(read)
    return None if name is None else ({"kind": "pin-cohort", "cohort": name}, f"Pin every seat of {name}")


KINDS: dict[str, Callable[[Read], Asked]] = {
    "Move a seat": move_seat,
    "Pin a seat": pin_seat,
    "Forbid a seat": forbid_module,
    "Pin a cohort": pin_cohort,
    "Close a cohort": close_cohort,
    "Forbid a cohort": forbid_cohort,
}
"""Changes that need the plan alone; moving a cohort and taking a pin away need the tables that judge too."""
