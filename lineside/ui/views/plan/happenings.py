"""What may happen to a plan in force, and the questions that each asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from lineside.ui import show
from lineside.ui.views.plan.reading import Read, both
from lineside.ui.words import day, escaped

Event = dict[str, Any] | None
"""What happened as the service takes it; None as long as something is missing."""
LIKE = ("company", "line", "rota", "program")
"""What a late joiner has in common with the person whom it works like."""
EVERYWHERE = ""


@dataclass(frozen=True)
class Tables:
    """The tables that count, and the date that people look from.

    Parameters
    ----------
    read
        The plan.
    revision
        The newest revision of its tables.
    at
        Date from which on something may change.
    """

    read: Read
    revision: int
    at: dt.date

    def rows(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a table."""
        return self.read.rows(name, self.revision)

    def names(self, table: str, key: str) -> dict[str, str]:
        """Return the names that a table gives its ids."""
        return {row[key]: row.get("name") or row[key] for row in self.rows(table)}


def drop_out(tables: Tables) -> Event:
    """Ask who leaves."""
    person = _person(tables, "Who leaves")
    return None if person is None else {"kind": "drop-out", "apprentice": person}


def late_joiner(tables: Tables) -> Event:
    """Ask who joins, and whose shifts and program the person has."""
    left, right = st.columns(2)
    identity = left.text_input("Id", max_chars=200, key="join_id", placeholder="A501").strip()
    name = right.text_input("Name", max_chars=200, key="join_name", placeholder="Kim Lee").strip()
    like = _person(tables, "Works like", "Company, line, rota and program are taken from this person.")
    home = st.text_input("Home zip code", max_chars=5, key="join_zip", help="Empty: trips begin at the plant.").strip()
    if like is None:
        return None
    if not identity or not name:
        show.note("Give the person an id and a name.")
        return None
    known = next(row for row in tables.rows("apprentices") if row["apprentice"] == like)
    row = {"apprentice": identity, "name": name, **{key: known.get(key, "") for key in LIKE}}
    # Nobody can be told on the day itself where to sit; the days of notice hold for the others alone.
    return {"kind": "late-joiner", "row": {**row, "zip": home, "starts": tables.at.isoformat()}}


def shift_change(tables: Tables) -> Event:
    """Ask who works by another rota."""
    person = _person(tables, "Whose shift changes")
    if person is None:
        return None
    row = next(one for one in tables.rows("apprentices") if one["apprentice"] == person)
    lines = {one["line"] for one in tables.rows("lines") if one["company"] == row["company"]}
    crews = [(one["line"], one["rota"]) for one in tables.rows("crews") if one["line"] in lines]
    # Crews of the person's own line come first: most people who change shifts stay on their line.
    crews = sorted((one for one in crews if one != (row["line"], row["rota"])), key=lambda one: one[0] != row["line"])
    if not crews:
        st.info("The company has no other crew in the tables. Add one on the page Region.")
        return None
    line_names, rota_names = tables.names("lines", "line"), tables.names("rotas", "rota")
    line, rota = st.selectbox(
        "New crew", crews, format_func=lambda one: f"{both(one[1], rota_names)} on {both(one[0], line_names)}",
        help="Crews of the same line come first.",
    )  # fmt: skip
    show.note(escaped(f"Now {both(row['rota'], rota_names)} on {both(row['line'], line_names)}."))
    return {"kind": "shift-change", "apprentice": person, "rota": rota, "line": line}


def sick_instructor(tables: Tables) -> Event:
    """Ask which instructor is away, and when."""
    found = _away(tables, "Which instructor", tables.names("instructors", "instructor"))
    return None if found is None else {"kind": "sick-instructor", "instructor": found[0], **found[1]}


def closed_room(tables: Tables) -> Event:
    """Ask which room cannot be used, and when."""
    sites = tables.names("sites", "site")
    rooms = {row["room"]: both(row["site"], sites) for row in tables.rows("rooms")}
    found = _away(tables, "Which room", rooms)
    return None if found is None else {"kind": "closed-room", "room": found[0], **found[1]}


def snow_day(tables: Tables) -> Event:
    """Ask on which date nothing meets, and where."""
    date = st.date_input("Date", tables.at, key=f"snow_date_{tables.at}")
    names = tables.names("sites", "site")
    site = st.selectbox(
        "Where", [EVERYWHERE, *names], format_func=lambda one: both(one, names) if one else "Everywhere"
    )
    if not isinstance(date, dt.date):
        return None
    return {"kind": "snow-day", "date": date.isoformat(), **({"site": site} if site else {})}


HAPPENINGS: dict[str, Callable[[Tables], Event]] = {
    "Somebody drops out": drop_out,
    "Somebody joins late": late_joiner,
    "Somebody's shift changes": shift_change,
    "An instructor is sick": sick_instructor,
    "A room is closed": closed_room,
    "It snows": snow_day,
}
"""What may happen, in the order in which it is offered."""


def _person(tables: Tables, label: str, hint: str = "Type a name or an id to search.") -> str | None:
    people = tables.names("apprentices", "apprentice")
    if not people:
        st.info("The tables have no apprentice.")
        return None
    picked: str | None = st.selectbox(label, people, format_func=lambda one: both(one, people), help=hint)
    return picked


def _away(tables: Tables, label: str, names: dict[str, str]) -> tuple[str, dict[str, str]] | None:
    # Those whom the plan needs come first: for the others nothing happens.
    used = {row["instructor"] for row in tables.read.cohorts.values()}
    used |= {row["room"] for row in tables.read.cohorts.values()}
    options = sorted(names, key=lambda one: one not in used)
    if not options:
        st.info("The tables have none.")
        return None
    picked = st.selectbox(label, options, format_func=lambda one: both(one, names))
    span = st.date_input(
        "First and last date", (tables.at, tables.at + dt.timedelta(days=4)), key=f"away_dates_{tables.at}"
    )
    if not isinstance(span, tuple) or len(span) != 2:
        show.note("Choose the last date too.")
        return None
    show.note(f"From {day(span[0])} to {day(span[1])}, both included.")
    return picked, {"first": span[0].isoformat(), "last": span[1].isoformat()}
