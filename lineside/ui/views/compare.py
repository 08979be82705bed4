"""Plans side by side: what they cost, where they differ, and whose seat moves."""

from __future__ import annotations

import string
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from lineside.ui import show, state
from lineside.ui.client import Client, Json, RefusedError
from lineside.ui.links import link
from lineside.ui.parts import control, go_to_part
from lineside.ui.state import Me, own_plans
from lineside.ui.views import tradeoffs
from lineside.ui.words import MEASURES, counted, distinct, escaped, gap_in_words, moment, share

LEAST = 2
BESIDE = 4
"""Plans whose heads stand beside each other in one row."""
BARS, MOST_BARS = 12, 48
"""Most plant-shifts in the chart, and most bars; the table has all."""
SEATS = 1000
COLOURS = ["#0b5394", "#a04000", "#2e6b34", "#6a3d7c"]
"""Colours by turns: the letter beside each bar tells which plan it is."""
PAGE = "compare"
PARTS = ("Plans side by side", "Trade-offs")
NOT_OPENED = "not opened"
NO_SEAT = "no seat"


def draw(service: Client, who: Me) -> None:
    """Let the planner choose plans and show how they differ."""
    st.title("Compare")
    if control(PAGE, PARTS) == PARTS[1]:
        tradeoffs.draw(service, _set_beside)
    else:
        st.query_params.pop(tradeoffs.NAME, None)
        _side_by_side(service)


def _set_beside(plans: list[str]) -> None:
    """Show some plans side by side from now on; for a button that is pressed on the other part."""
    st.session_state.compared = plans
    go_to_part(PAGE, PARTS[0])


def _side_by_side(service: Client) -> None:
    rows = state.with_some(service, "plan", service.get("/plans", limit=1000), _wanted())
    plans = {plan["id"]: plan for plan in rows}
    if len(plans) < LEAST:
        st.info("There are not two plans yet. Start another run on the page Scenario, then compare its plan here.")
        link("Go to the page Scenario", "scenario", "play_arrow")
        return
    chosen = _chosen(plans)
    if len(chosen) < LEAST:
        st.info("Choose two or more plans above.")
        return
    try:
        told = _compared(service, tuple(chosen))
    except RefusedError as error:
        st.error(escaped(error.detail))
        return
    _heads(told["plans"])
    _measures(told)
    company = _shifts(told)
    _cohorts(told)
    _seats(service, tuple(chosen), told, company)


def _wanted() -> list[str]:
    """Return the plans that the address names, or that were chosen before; lists leave out some of them."""
    told = [one for one in st.query_params.get("plans", "").split(",") if one]
    return list(dict.fromkeys([*told, *st.session_state.get("compared", [])]))


def _chosen(plans: dict[str, Json]) -> list[str]:
    """Return the plans that are compared: those of the address, else the plan in force and the newest others."""
    if "compared" not in st.session_state:
        wanted = [one for one in st.query_params.get("plans", "").split(",") if one in plans]
        own = {plan["id"] for plan in own_plans(list(plans.values()))}
        first = sorted(plans, key=lambda one: (not plans[one]["in_force"], one not in own))
        st.session_state.compared = list(dict.fromkeys([*wanted, *first]))[: max(LEAST, len(wanted))]
    st.session_state.compared = [one for one in st.session_state.compared if one in plans]
    labels = distinct({one: _name(plan) for one, plan in plans.items()})
    chosen: list[str] = st.multiselect("Plans", list(plans), key="compared", format_func=labels.__getitem__)
    st.query_params["plans"] = ",".join(chosen)
    return chosen


def _name(plan: Json) -> str:
    return f"{plan['name']}, revision {plan['revision']}{' (in force)' if plan['in_force'] else ''}"


# A plan's text never changes; only its name and whether it is in force do, and those are read anew with the list.
@st.cache_data(scope="session", max_entries=8, show_spinner="Setting the plans side by side …")
def _compared(_service: Client, plans: tuple[str, ...]) -> Json:
    return _service.get("/plans/compare", plan=list(plans))


def _heads(plans: list[Json]) -> None:
    """Say of each plan what it is and what is proven about it."""
    lettered = list(zip(letters(len(plans)), plans, strict=True))
    for first in range(0, len(lettered), BESIDE):
        row = lettered[first : first + BESIDE]
        for column, (letter, plan) in zip(st.columns(min(len(lettered), BESIDE)), row, strict=False):
            with column:
                _head(letter, plan)
    if len({(plan["scenario"], plan["revision"]) for plan in plans}) > 1:
        st.warning(
            "These plans were made for different tables or prices, so an objective may be larger only because more is "
            "asked for. The page Scenario shows under What changed how the tables differ."
        )


def _head(letter: str, plan: Json) -> None:
    st.subheader(f"Plan {letter}")
    st.text(_name(plan))
    st.write(escaped(gap_in_words(plan["objective"], plan["bound"])))
    show.note(
        f"Gap {share(plan['gap'])}. {counted(plan['seats'], 'seat')} in {counted(plan['cohorts'], 'cohort')}, "
        f"{counted(plan['unseated'], 'need')} without a seat. Made {moment(plan['created_at'])}."
    )
    if plan["violations"]:
        st.warning(f"It breaks rules: {counted(plan['violations'], 'violation')}. Open it to see which.")
    link(f"Open plan {letter}", "plan", "event_note", plan=plan["id"])
    link(f"Impact of plan {letter}", "impact", "grid_on", plan=plan["id"])


def letters(count: int) -> list[str]:
    """Return names for so many plans.

    >>> letters(3), letters(28)[-3:]
    (['A', 'B', 'C'], ['Z', 'AA', 'AB'])
    """
    alphabet = string.ascii_uppercase
    return [alphabet[k] if k < 26 else alphabet[k // 26 - 1] + alphabet[k % 26] for k in range(count)]


def letters_of(best: list[bool]) -> str:
    """Return which plans have the least of a measure.

    >>> letters_of([False, True, True]), letters_of([False, False])
    ('✓ B, C', 'all the same')
    """
    named = [letter for letter, is_best in zip(letters(len(best)), best, strict=True) if is_best]
    return f"✓ {', '.join(named)}" if named else "all the same"


def _measures(told: Json) -> None:
    st.subheader("What they cost")
    st.write("Less is better in every row; ✓ names the plan with the least.")
    count = len(told["plans"])
    rows = [
        (MEASURES[row["measure"]][0], row["unit"], *row["values"], letters_of(row["best"])) for row in told["measures"]
    ]
    columns = ["Measure", "Unit", *(f"Plan {letter}" for letter in letters(count)), "Best"]
    frame = pd.DataFrame(rows, columns=columns)
    show.table(frame, "measures_compared", "Measures of the plans side by side.")


def _shifts(told: Json) -> str | None:
    """Show where the plans differ, and return the company whose rows are asked for."""
    st.subheader("Where they differ")
    if not told["shifts"]:
        st.info("None of the plans takes a minute of any shift.")
        return None
    chart, alt_text = shift_chart(told["shifts"], len(told["plans"]))
    show.chart(chart, "shifts_compared", alt_text)
    st.write("Select a row to see below whose seat moves at that company.")
    frame = shift_frame(told["shifts"], len(told["plans"]))
    rows = show.table(frame, "by_shift", "Line time lost by company and shift in each plan.", select=True)
    return str(told["shifts"][rows[0]]["company"]) if rows else None


def shift_frame(shifts: list[Json], count: int) -> pd.DataFrame:
    """Return line time lost, minutes stopped and release by company and shift, a column for each plan."""
    names = letters(count)
    rows: list[dict[str, Any]] = []
    for shift in shifts:
        row = {"Company": shift["company"], "Shift": shift["shift"]}
        for title, key in (
            ("line-minutes lost", "lost_line_minutes"),
            ("minutes stopped", "stopped_minutes"),
            ("person-minutes away", "release_person_minutes"),
        ):
            row |= {f"{letter}: {title}": value for letter, value in zip(names, shift[key], strict=True)}
        rows.append(row)
    return pd.DataFrame(rows)


def shift_chart(shifts: list[Json], count: int) -> tuple[show.Drawing, str]:
    """Return bars of line time lost by company and shift, the plan's letter beside each, and what they tell."""
    places, names = min(BARS, max(1, MOST_BARS // count), len(shifts)), letters(count)
    rows = [
        (f"{shift['company']}, shift {shift['shift']}", letter, value)
        for shift in shifts[:places]
        for letter, value in zip(names, shift["lost_line_minutes"], strict=True)
    ]
    frame = pd.DataFrame(rows, columns=["where", "plan", "line_minutes"])
    frame["label"] = [f"{row.plan}: {row.line_minutes:,.0f}" for row in frame.itertuples()]
    base = alt.Chart(frame).encode(
        x=alt.X("line_minutes:Q", title="line-minutes lost"),
        y=alt.Y("where:N", title=None, sort=None, axis=alt.Axis(labelLimit=260)),
        yOffset=alt.YOffset("plan:N", sort=names),
    )
    colours = [COLOURS[k % len(COLOURS)] for k in range(count)]
    colour = alt.Color("plan:N", legend=None, scale=alt.Scale(domain=names, range=colours))
    bars = base.mark_bar().encode(color=colour)
    words = base.mark_text(align="left", dx=4).encode(text="label:N")
    chart = alt.layer(bars, words).properties(height=80 + places * (20 * count + 14))
    first = shifts[0]
    figures = ", ".join(
        f"plan {letter} {value:,.0f}" for letter, value in zip(names, first["lost_line_minutes"], strict=True)
    )
    where = f"{first['company']}, shift {first['shift']}"
    return chart, f"Line-minutes lost by company and shift. The largest difference is at {where}: {figures}."


def _cohorts(told: Json) -> None:
    st.subheader("Cohorts that not every plan opens")
    if not told["cohorts"]:
        st.info("All plans open the same cohorts.")
        return
    names = letters(len(told["plans"]))
    rows = [
        {
            **{"Module": row["module"], "Site": row["site"], "Days": row["days"], "Start": row["start"]},
            **{"Minutes": row["minutes"], "First week": row["first_monday"]},
            **{
                f"Plan {letter}": NOT_OPENED if seats is None else counted(seats, "seat")
                for letter, seats in zip(names, row["seats"], strict=True)
            },
        }
        for row in told["cohorts"]
    ]
    words = counted(len(rows), "cohort is", "cohorts are")
    show.table(pd.DataFrame(rows), "cohorts_compared", f"{words} not opened by every plan.")


def _seats(service: Client, plans: tuple[str, ...], told: Json, company: str | None) -> None:
    st.subheader("Whose seat moves")
    if not told["moved_seats"]:
        st.info("Everybody has the same seats in all plans.")
        return
    page, found = 0, _moved(service, plans, company, 0)
    if found["count"] > SEATS:
        pages = -(-found["count"] // SEATS)
        page = st.number_input(f"Part (of {pages}, {SEATS:,} seats each)", 1, pages, 1, 1, key="seats_part") - 1
        found = _moved(service, plans, company, page)
    where = f" at {escaped(company)}" if company else ""
    st.write(f"{counted(found['count'], 'seat differs', 'seats differ')}{where}.")
    if not found["rows"]:
        return
    rows = [
        {
            **{"Person": row["name"], "Id": row["apprentice"], "Company": row["company"], "Module": row["module"]},
            **{
                f"Plan {letter}": place or NO_SEAT
                for letter, place in zip(letters(len(plans)), row["places"], strict=True)
            },
        }
        for row in found["rows"]
    ]
    show.table(pd.DataFrame(rows), "seats_compared", f"{counted(len(rows), 'seat')} that differ between the plans.")


@st.cache_data(scope="session", max_entries=16, show_spinner="Looking whose seat moves …")
def _moved(_service: Client, plans: tuple[str, ...], company: str | None, page: int) -> Json:
    wanted = {"plan": list(plans), "company": company, "limit": SEATS, "offset": page * SEATS}
    return _service.get("/plans/compare/seats", **wanted)
