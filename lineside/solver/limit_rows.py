"""Limits as rows of the relaxation: what a plan's cohorts have of a measure at least is at most the limit."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lineside.solver.bound import ColumnGeneration
from lineside.solver.charges import least_charges
from lineside.solver.columns import CutRow, Part
from lineside.solver.limits import Limit
from lineside.solver.problem import Problem
from lineside.solver.tariff import Tariff

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EXCESS = 1_000.0
"""What exceeding a row by its largest coefficient costs, in master units, so that the master always has a solution."""


def add_limit_rows(master: ColumnGeneration) -> None:
    """Add a row for each limit of the master's problem, for the worst company's one for each company.

    Notes
    -----
    Seats count with the line time of somebody who is the first of the crew to be away, a need under a choice of
    options counts nothing if it is empty, and the worst company's share of another limit is left out: each makes the
    row's left side smaller, so that every plan within the limit keeps the row. With the excess, which enlarges the
    master too, the bound holds.
    """
    for limit in master.problem.limits:
        rows = (
            _company_rows(limit, master) if limit.measure == "worst_company" else [_row(limit.problem, limit, master)]
        )
        for row in rows:
            if row is not None:
                master.add_row(row, EXCESS)


def _row(counted: Problem, limit: Limit, master: ColumnGeneration, pairs: Ints | None = None) -> CutRow | None:
    """Return the row of a limit over some pairs, or None if nothing in it counts.

    Parameters
    ----------
    counted
        The problem under the tariff that counts.
    pairs
        Pair rows that count; with all of them rooms and instructors count, too.
    """
    rows = np.sort(master.pricer.pairs)
    needs = counted.demand.needs
    always = np.array([float(need.price) if not need.options else 0.0 for need in needs])
    charges = least_charges(counted, rows)
    value = counted.pairs.cost + charges.minutes * charges.steps[charges.group, 0] - always[counted.pairs.need]
    at_most = math.floor(limit.amount * counted.money.scale) + counted.rounding_slack - counted.constant
    parts: list[tuple[Part, Ints, Floats]] = [("pair", rows if pairs is None else pairs, value)]
    if pairs is None:
        parts.append(("room", np.arange(len(counted.rooms.cost)), counted.rooms.cost.astype(float)))
        parts.append(("teacher", np.arange(len(counted.instructors.cost)), counted.instructors.cost.astype(float)))
    kept = [(part, entries[amount[entries] != 0], amount) for part, entries, amount in parts]
    largest = max((float(np.abs(amount[entries]).max(initial=0.0)) for _, entries, amount in kept), default=0.0)
    if largest == 0.0:
        return None
    limit_left = (at_most - float(always.sum())) / largest
    first, *others = [CutRow(part, entries, amount[entries] / largest, limit_left) for part, entries, amount in kept]
    return CutRow(first.part, first.entries, first.coefficients, limit_left, tuple(others))


def _company_rows(limit: Limit, master: ColumnGeneration) -> Iterator[CutRow | None]:
    problem = master.problem
    counted = problem.under(Tariff.of_weights({"line_time_lost": 1}, problem.settings.prices))
    rows = np.sort(master.pricer.pairs)
    company = np.array([loss.company_idx for loss in counted.crew_losses], dtype=np.int64)
    person = np.array([need.person_idx for need in counted.demand.needs], dtype=np.int64)[counted.pairs.need[rows]]
    of_pair = company[problem.crew_of[person]]
    for idx in range(len(problem.scenario.companies)):
        yield _row(counted, limit, master, rows[of_pair == idx])
