"""Pins that cannot hold together: the smallest set of named rows, proven by solving.

First every pin may be given up, and as few as possible are; then the smallest set that no plan keeps is
found between such sets of given-up pins and the sets that hit all of them; at last frozen cohorts that the
contradiction does not need are left out.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from ortools.sat.python import cp_model

from lineside.models.calendar import RegionCalendar, date_of
from lineside.models.cells import format_clock, parse_clock, parse_days
from lineside.models.checker import Violation, check
from lineside.models.plan import Cohort, Meeting, Plan, Seat
from lineside.models.scenario import Scenario
from lineside.models.tables import Pin
from lineside.solver.facts import facts_of
from lineside.solver.model.elastic import ElasticPins, PinName, UnsettledError

T = TypeVar("T")

NOT_TOLD = frozenset({"pin", "cohort-size", "party", "order", "need"})
"""Rules that a part of a plan breaks because the rest of it is not there."""


@dataclass(frozen=True)
class Contradiction:
    """Rows that cannot hold together.

    Parameters
    ----------
    pins
        The fewest pins that no plan keeps together.
    frozen
        Ids of the frozen cohorts that are part of it: without them the pins could hold.
    given_up
        The fewest pins of all without which a plan is allowed.
    because
        What the checker says of the published seats that these pins ask for.
    """

    pins: tuple[Pin, ...]
    frozen: tuple[str, ...]
    given_up: tuple[Pin, ...]
    because: tuple[str, ...]


def contradiction_of(
    scenario: Scenario, *, seconds: float = 30.0, stop: threading.Event | None = None
) -> Contradiction | None:
    """Return the smallest set of pins that cannot hold together; None if they can, or if time is too short to tell.

    Parameters
    ----------
    scenario
        A scenario whose pins each stand for a module that is needed.
    seconds
        Time to look.
    stop
        Set to end at once.

    Notes
    -----
    Smallest sets by hitting sets: every set of pins that no plan keeps has a member in every set whose giving up
    leaves a plan. So the least set that hits all of those found so far is a lower bound on the size; if no plan keeps
    it, it is a smallest one, and if one does, what that plan gives up is a further set to hit [1]_.

    References
    ----------
    .. [1] A. Ignatiev, A. Previti, M. Liffiton, J. Marques-Silva. Smallest MUS extraction with minimal hitting set
       dualization. *CP* 2015.
    """
    until = time.monotonic() + seconds
    try:
        elastic = ElasticPins(scenario, until, stop)
        first = elastic.given_up(())
        if not first:
            return None
        smallest = _smallest(elastic, first)
        frozen = _needed_frozen(scenario, smallest, until, stop)
    except UnsettledError:
        return None
    rows = {(row.apprentice, row.module): row for row in scenario.pins}
    pins = tuple(rows[pin] for pin in sorted(smallest))
    given_up = tuple(rows[pin] for pin in sorted(first))
    return Contradiction(pins, frozen, given_up, _because(scenario, pins))


def _smallest(elastic: ElasticPins, first: frozenset[PinName]) -> frozenset[PinName]:
    to_hit = [first]
    while True:
        hitting = _least_hitting(to_hit)
        given_up = elastic.given_up(sorted(hitting))
        if given_up is None:
            return hitting
        to_hit.append(given_up)


def _least_hitting(sets: Sequence[frozenset[PinName]]) -> frozenset[PinName]:
    """Return a smallest set that has a member in each of some sets."""
    model = cp_model.CpModel()
    members = sorted(frozenset().union(*sets))
    taken = {pin: model.new_bool_var(f"take_{k}") for k, pin in enumerate(members)}
    for one in sets:
        model.add_bool_or([taken[pin] for pin in sorted(one)])
    model.minimize(sum(taken.values()))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.catch_sigint_signal = False
    solver.solve(model)
    return frozenset(pin for pin, literal in taken.items() if solver.boolean_value(literal))


def _needed_frozen(
    scenario: Scenario, pins: frozenset[PinName], until: float, stop: threading.Event | None
) -> tuple[str, ...]:
    """Return the frozen cohorts without any of which the pins could hold."""

    def contradicts(frozen: Sequence[str]) -> bool:
        return ElasticPins(_reduced(scenario, pins, frozenset(frozen)), until, stop).given_up(sorted(pins)) is None

    ids = [row.cohort.cohort for row in facts_of(scenario).frozen]
    if not ids or contradicts(()):
        return ()
    return tuple(_irreducible(ids, contradicts))


def _irreducible(items: Sequence[T], contradicts: Callable[[Sequence[T]], bool]) -> list[T]:
    """Return items of which none can be left out; larger parts are tried first (a deletion filter)."""
    kept, step = list(items), max(1, len(items) // 2)
    while True:
        place = 0
        while place < len(kept):
            trial = kept[:place] + kept[place + step :]
            if contradicts(trial):
                kept = trial
            else:
                place += step
        if step == 1:
            return kept
        step //= 2


def _reduced(scenario: Scenario, pins: frozenset[PinName], frozen: frozenset[str]) -> Scenario:
    """Return a scenario with some of its pins, and some of its frozen cohorts."""
    published = scenario.published
    gone = {row.cohort.cohort for row in facts_of(scenario).frozen} - frozen
    if published is not None and gone:
        published = published.model_copy(
            update={
                "cohorts": tuple(row for row in published.cohorts if row.cohort not in gone),
                "seats": tuple(row for row in published.seats if row.cohort not in gone),
            }
        )
    rows = tuple(row for row in scenario.pins if (row.apprentice, row.module) in pins)
    fields = {name: getattr(scenario, name) for name in Scenario.model_fields}
    return Scenario(**{**fields, "pins": rows, "published": published})


def _because(scenario: Scenario, pins: tuple[Pin, ...]) -> tuple[str, ...]:
    """Return what is wrong with the pinned seats in their published cohorts, beside the frozen ones."""
    published = scenario.published
    if published is None:
        return ()
    first_day = scenario.settings.first_day
    weeks = ((published.first_day or first_day) - first_day).days // 7
    wanted = [row for row in pins if row.cohort != "none"]
    seats = [Seat(apprentice=row.apprentice, module=row.module, cohort=row.cohort) for row in wanted]
    frozen = {row.cohort.cohort for row in facts_of(scenario).frozen}
    seats += [row for row in published.seats if row.cohort in frozen and row.apprentice in scenario.apprentice_by_id]
    cohorts = frozen | {seat.cohort for seat in seats}
    plan = Plan(
        scenario=scenario.settings.name,
        first_day=first_day,
        cohorts=tuple(
            _as_it_would_be(
                scenario, row.model_copy(update={"first_week": row.first_week + weeks}), row.cohort in frozen
            )
            for row in published.cohorts
            if row.cohort in cohorts
        ),
        seats=tuple(dict.fromkeys(seats)),
    )
    told = [
        row for row in check(scenario, plan).violations if row.rule not in NOT_TOLD or _is_crowded(scenario, plan, row)
    ]
    return tuple(f"{row.message} [{row.rule}]" for row in told)


def _is_crowded(scenario: Scenario, plan: Plan, row: Violation) -> bool:
    """Return whether a cohort has too many people; too few is no reason, since others may join."""
    if row.rule != "cohort-size":
        return False
    people = sum(seat.cohort == row.ids["cohort"] for seat in plan.seats)
    return people >= scenario.module_by_id[row.ids["module"]].seats_min


def _as_it_would_be(scenario: Scenario, row: Cohort, is_frozen: bool) -> Cohort:
    """Return a published cohort with the meetings that it has by the present tables, if it can have any."""
    if is_frozen or row.module not in scenario.module_by_id or row.site not in scenario.site_by_id:
        return row
    monday = scenario.settings.first_day + dt.timedelta(weeks=row.first_week)
    total = scenario.module_by_id[row.module].minutes
    days, start = parse_days(row.days), parse_clock(row.start)
    spans = RegionCalendar(scenario).meeting_spans(row.site, days, start, row.minutes, monday, total) or ()
    meetings = tuple(
        Meeting(date=date_of(begin), start=format_clock(begin), end=format_clock(end)) for begin, end in spans
    )
    return row.model_copy(update={"meetings": meetings or row.meetings})
