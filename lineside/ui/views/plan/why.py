"""Why somebody sits in a cohort or has no seat, the next best cohort, and the least change that would give a seat."""

from __future__ import annotations

from collections import defaultdict

import streamlit as st

from lineside.models.rules import RULES
from lineside.ui import show
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.views.plan.choosing import choose_from
from lineside.ui.views.plan.reading import Read, both, frame, go
from lineside.ui.views.plan.taken import take_over
from lineside.ui.words import counted, escaped

SECONDS = 20
"""Time that one answer may take; small regions need a second."""
MEASURES = {
    "line_time_lost": "Line time lost",
    "unseated_hours": "Unseated",
    "dollars": "Delivery",
    "travel_minutes": "Travel",
    "changes": "Changes",
    "worst_company": "Worst company",
}
"""Parts of the objective."""
SMALL = 0.0005


def draw(read: Read) -> None:
    """Ask whose seat, and say why it is where it is."""
    needs = _needs(read)
    if not needs:
        st.info("Nobody needs a seat in this plan's tables. Add apprentices on the page Region.")
        return
    left, right = st.columns(2)
    empty = {(row["apprentice"], row["module"]) for row in read.text["unseated"]}
    who = choose_from(left, "Whose seat", list(needs), "apprentice", lambda one: _person(read, one, needs, empty))
    what = choose_from(
        right, "In which module", needs[who], "need",
        lambda one: f"{both(one, read.modules)}: {'no seat' if (who, one) in empty else 'seated'}",
    )  # fmt: skip
    try:
        told = _told(read.service, read.id, who, what)
    except RefusedError as error:
        st.error(escaped(error.detail))
        return
    st.subheader(escaped(told["head"]))
    _reasons(told)
    _next_best(told)
    if (who, what) in empty:
        _ways(read, told)
    if st.button("See this person's term"):
        go("Apprentice", apprentice=who)


def _needs(read: Read) -> dict[str, list[str]]:
    """Return the modules of each person, those without a seat first, and first the people who lack one."""
    needs: dict[str, list[str]] = defaultdict(list)
    for row in (*read.text["unseated"], *read.text["seats"]):
        needs[row["apprentice"]].append(row["module"])
    return dict(needs)


def _person(read: Read, who: str, needs: dict[str, list[str]], empty: set[tuple[str, str]]) -> str:
    lacking = sum((who, module) in empty for module in needs[who])
    return f"{read.named(who)}: {counted(lacking, 'empty seat')}" if lacking else read.named(who)


@st.cache_data(scope="session", max_entries=50, show_spinner=f"Trying changes, for at most {SECONDS} seconds …")
def _told(_service: Client, plan: str, apprentice: str, module: str) -> Json:
    return _service.get(f"/plans/{plan}/why", apprentice=apprentice, module=module, seconds=SECONDS)


def _reasons(told: Json) -> None:
    if not told["refusals"]:
        if told["reason"]:
            st.write(escaped(told["reason"]))
        return
    total = sum(row["count"] for row in told["refusals"])
    other = "" if told["cohort"] is None else "other "
    st.write(f"{counted(total, f'{other}candidate cohort')} of the module, and why each is not this person's:")
    columns = ["Rule", "Candidate cohorts", "They", "What the rule says"]
    cells = [
        (
            row["rule"] or "price",
            row["count"],
            row["words"],
            RULES[row["rule"]].sentence if row["rule"] in RULES else "",
        )
        for row in told["refusals"]
    ]
    table = frame([dict(zip(columns, one, strict=True)) for one in cells], columns)
    show.table(table, "refusals", "Candidate cohorts by the rule that keeps this person out.")


def _next_best(told: Json) -> None:
    if not told["next_best_words"]:
        return
    st.subheader("The next best")
    st.write(escaped(told["next_best_words"]))
    best = told["next_best"]
    if best is None:
        return
    if not best["is_proven"]:
        st.caption("Time was too short to prove that nothing cheaper is left.")
    if told["num_decided"] > 1 and not told["is_whole"]:
        st.caption(f"Looked at with the {told['num_decided']:,} people nearest by; everybody else keeps their seats.")
    _costs(best["differences"], "next_best", "What the next best cohort costs more, measure by measure.")


def _costs(differences: list[Json], name: str, words: str) -> None:
    columns = ["Measure", "Unit", "Difference", "Adds to the objective, line-minutes"]
    cells = [
        (MEASURES[row["measure"]], row["unit"], row["difference"], row["line_minutes"])
        for row in differences
        if row["measure"] in MEASURES and abs(row["difference"]) > SMALL
    ]
    if cells:
        show.table(frame([dict(zip(columns, one, strict=True)) for one in cells], columns), name, words)


def _ways(read: Read, told: Json) -> None:
    st.subheader("The least change that would give a seat")
    if told["note"]:
        st.info(escaped(told["note"]))
        return
    for number, way in enumerate(told["ways"], 1):
        st.success(escaped(way["sentence"]) if number == 1 else f"Or: {escaped(way['sentence'])}")
    st.caption(
        f"Tried by size, each in the tables and solved again: {counted(told['ways_tried'], 'change')}. What is told "
        "passed the check. The tables themselves stay as they are."
    )
    take_over(read, [(way["change"], way["sentence"]) for way in told["ways"]], "ways")
    edits_table([way["change"] for way in told["ways"]], "ways")


def edits_table(changes: list[Json], name: str) -> None:
    """Show what each of some changes is in the tables."""
    columns = ["Change", "Table", "Row", "Column", "Now", "Then"]
    cells = [(number, *_edit(edit)) for number, change in enumerate(changes, 1) for edit in change["edits"]]
    table = frame([dict(zip(columns, one, strict=True)) for one in cells], columns)
    show.table(table, f"edits_{name}", "What each change is in the tables.")


def _edit(edit: Json) -> tuple[str, str, str, str, str]:
    if edit["kind"] == "row":
        row = ", ".join(f"{column} {text}" for column, text in edit["cells"].items())
        return edit["table"], row, "", "" if edit["is_added"] else "there", "there" if edit["is_added"] else "gone"
    return edit["table"], " ".join(edit["key"]), edit["column"], edit["before"], edit["after"]
