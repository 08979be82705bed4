"""A cohort's roster: when it meets, who comes, what kind of session it is for each, and what it takes."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import streamlit as st

from lineside.ui import show
from lineside.ui.client import Json
from lineside.ui.views.plan.choosing import choose_from
from lineside.ui.views.plan.reading import Read, both, frame, go, spans
from lineside.ui.words import KINDS, counted, day, escaped


def draw(read: Read) -> None:
    """Show the cohort that is chosen."""
    if not read.cohorts:
        st.info("The plan opens no cohort. See under Unseated why.")
        return
    name = choose_from(
        st.container(), "Cohort", sorted(read.cohorts), "cohort",
        lambda one: f"{one}: {both(read.cohorts[one]['module'], read.modules)}", hint="Type to search.",
    )  # fmt: skip
    row = read.cohorts[name]
    _facts(read, row)
    sessions = read.service.get(f"/plans/{read.id}/sessions", cohort=name)
    st.subheader("People")
    _people(read, sessions)
    st.subheader("Meetings")
    _meetings(row, sessions)


def _facts(read: Read, row: Json) -> None:
    facts = (
        f"{row['days']} at {row['start']}, {row['minutes']} minutes",
        f"{both(row['site'], read.sites)}, room {row['room']}",
        f"instructor {both(row['instructor'], read.instructors)}",
        f"{read.hours.get(row['module'], 0):g} hours in {counted(len(row['meetings']), 'meeting')}",
        counted(len(read.seats[row["cohort"]]), "seat"),
    )
    st.write(escaped("; ".join(facts)))


def kinds_in_words(kinds: list[str]) -> str:
    """Return how often each kind comes.

    >>> kinds_in_words(["after", "release", "after"])
    'after the shift × 2, during the shift × 1'
    """
    return ", ".join(f"{KINDS[kind]} × {count}" for kind, count in Counter(kinds).most_common())


def _people(read: Read, sessions: list[Json]) -> None:
    people: dict[str, list[Json]] = defaultdict(list)
    for one in sessions:
        people[one["apprentice"]].append(one)
    columns = ["Apprentice", "Name", "Company", "Line", "Rota", "Sessions", "Lost, minutes", "Travel, minutes"]
    rows = [_person(read, columns, found) for found in people.values()]
    picked = show.table(
        frame(rows, columns), "roster", "The cohort's people, their kind of session and minutes lost.", select=True
    )
    st.caption("Lost: working minutes of all meetings, the way included. Travel: both ways of all meetings.")
    if picked:
        go("Apprentice", apprentice=str(rows[picked[0]]["Apprentice"]))


def _person(read: Read, columns: list[str], found: list[Json]) -> dict[str, Any]:
    first = found[0]
    cells = (
        first["apprentice"],
        first["name"],
        read.companies.get(first["company"], first["company"]),
        first["line"],
        first["rota"],
        kinds_in_words([one["kind"] for one in found]),
        sum(one["lost_minutes"] for one in found),
        sum(2 * one["travel_minutes"] for one in found),
    )
    return dict(zip(columns, cells, strict=True))


def _meetings(row: Json, sessions: list[Json]) -> None:
    lost: Counter[str] = Counter()
    kinds: dict[str, list[str]] = defaultdict(list)
    for one in sessions:
        lost[one["start"]] += one["lost_minutes"]
        kinds[one["start"]].append(one["kind"])
    columns = ["Day", "From", "To", "Sessions", "Lost, person-minutes"]
    rows = []
    for start, end in spans(row):
        key = start.isoformat(timespec="minutes")
        cells = (day(start.date()), f"{start:%H:%M}", f"{end:%H:%M}", kinds_in_words(kinds[key]), lost[key])
        rows.append(dict(zip(columns, cells, strict=True)))
    show.table(frame(rows, columns), "cohort_meetings", "The cohort's meetings.")
