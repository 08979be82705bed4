"""Needs without a seat, with their reasons: totals by reason, and each of them."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any

import streamlit as st

from lineside.models.rules import RULES
from lineside.ui import show
from lineside.ui.client import Json
from lineside.ui.views.plan.choosing import ALL, choose_from
from lineside.ui.views.plan.reading import Read, both, frame, go
from lineside.ui.words import counted, number

PART = re.compile(r"(\d[\d,]*) [^\[\]]*\[([^\]]*)\]")
OTHER = "another reason"
LIMITS = "clash, duty, weekly limits"


def main_reason(reason: str) -> str:
    """Return the rule that most candidate cohorts fail, as the reason of an empty seat counts them.

    >>> main_reason("51 candidate cohorts: 34 exceed the travel limit [travel-limit], 17 need more [release-limit].")
    'travel-limit'
    >>> main_reason("51 cohorts: 4 exceed the limit [travel-limit], 1,017 need more [release-limit].")
    'release-limit'
    >>> main_reason("A pin forbids this module [pin]."), main_reason("The seat was taken out by hand.")
    ('pin', 'The seat was taken out by hand.')
    """
    found = [(int(count.replace(",", "")), rule) for count, rule in PART.findall(reason.partition(": ")[2])]
    if found:
        return str(max(found)[1])
    named = re.search(r"\[([^\]]+)\]", reason)
    return str(named[1]) if named else reason or OTHER


def draw(read: Read) -> None:
    """Show who has no seat and why."""
    rows = read.text["unseated"]
    if not rows:
        st.success("Everybody has a seat in every module that is needed.", icon=":material/check_circle:")
        return
    unmeetable = read.row["unmeetable_needs"]
    if unmeetable:
        st.write(
            f"{counted(unmeetable, 'need')} could not be met by any single cohort, whatever the plan: too few people "
            "with the same need are in reach, or the agreements leave no time."
        )
    chosen = _filtered(read, rows)
    if not chosen:
        st.info("No empty seat is of this company and module. Choose another one.")
        return
    picked = _totals(read, chosen)
    _list(read, [row for row in chosen if picked in (None, main_reason(row["reason"]))], picked)


def _filtered(read: Read, rows: list[Json]) -> list[Json]:
    companies = sorted({_company(read, row) for row in rows})
    modules = sorted({row["module"] for row in rows})
    left, right = st.columns(2)
    company = choose_from(
        left, "Company", [ALL, *companies], "of",
        lambda one: "All companies" if one == ALL else both(one, read.companies),
    )  # fmt: skip
    module = choose_from(
        right, "Module", [ALL, *modules], "module", lambda one: "All modules" if one == ALL else both(one, read.modules)
    )
    return [row for row in rows if company in (ALL, _company(read, row)) and module in (ALL, row["module"])]


def _company(read: Read, row: Json) -> str:
    return read.people.get(row["apprentice"], {}).get("company", "")


def _totals(read: Read, rows: list[Json]) -> str | None:
    sums: dict[str, list[float]] = defaultdict(lambda: [0, 0.0])
    people: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        reason = main_reason(row["reason"])
        sums[reason][0] += 1
        sums[reason][1] += read.hours.get(row["module"], 0)
        people[reason].add(row["apprentice"])
    ordered = sorted(sums.items(), key=lambda item: -item[1][0])
    columns = ["Rule that stands most in the way", "Empty seats", "People", "Hours of instruction", "What it says"]
    cells = [(reason, int(seats), len(people[reason]), hours, _sentence(reason)) for reason, (seats, hours) in ordered]
    hours = sum(found[1] for found in sums.values())
    everybody = len(set().union(*people.values()))
    st.write(
        f"{counted(len(rows), 'empty seat')} of {counted(everybody, 'apprentice')}: {number(hours, 1)} hours of "
        "instruction, not weighted by priority. Select a rule to see its seats only."
    )
    table = frame([dict(zip(columns, one, strict=True)) for one in cells], columns)
    picked = show.table(table, "unseated_totals", "Empty seats by the rule that stands most in the way.", select=True)
    return ordered[picked[0]][0] if picked else None


def _sentence(reason: str) -> str:
    if reason in RULES:
        return RULES[reason].sentence
    return "It does not go together with the person's other cohorts." if reason == LIMITS else ""


def _list(read: Read, rows: list[Json], picked: str | None) -> None:
    st.subheader("Empty seats" if picked is None else "Empty seats that this rule keeps empty")
    st.write("Select a seat to see the whole reason, and what would fill it.")
    columns = ["Apprentice", "Name", "Module", "Hours", "Reason", "Company"]
    cells: list[tuple[Any, ...]] = [
        (
            row["apprentice"], read.people.get(row["apprentice"], {}).get("name", ""),
            both(row["module"], read.modules), read.hours.get(row["module"], 0), row["reason"],
            both(_company(read, row), read.companies),
        )
        for row in rows
    ]  # fmt: skip
    table = frame([dict(zip(columns, one, strict=True)) for one in cells], columns)
    wide = {"Reason": st.column_config.TextColumn(width="large")}
    found = show.table(table, "unseated", "Empty seats with their reasons.", columns=wide, select=True)
    if found:
        row = rows[found[0]]
        go("Why", apprentice=row["apprentice"], need=row["module"])
