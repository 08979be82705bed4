"""The proof: branch and bound over the pairs that prices have not ruled out, for a better bound or an optimum."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from lineside.solver.seats.shape import AWAY, SeatArrays

Ints = NDArray[np.int64]

PRECISION = 1e-6
"""Share of the objective by which the solver's bound may be imprecise."""


def prove(arrays: SeatArrays, rows: Ints, must_open: Ints, incumbent: Ints, seconds: float) -> tuple[Ints, float]:
    """Return the best solution over some pairs that was found, and a bound on all solutions.

    Parameters
    ----------
    arrays
        The problem.
    rows
        Pairs that solutions better than the incumbent may use.
    must_open
        Cohorts that such solutions open.
    incumbent
        The best solution so far, whose pairs are added.
    seconds
        When to end; nothing ends it earlier.

    Notes
    -----
    Beside ``seat <= open`` for each pair, the seats of open cohorts must suffice for the parties that sit; both
    follow from the rest and sharpen the linear relaxation.
    """
    best = arrays.objective(incumbent)
    rows = np.union1d(rows, np.flatnonzero(incumbent[arrays.party] == arrays.cohort))
    model = mathopt.Model()
    parties = np.arange(arrays.num_parties)
    seat = {row: model.add_binary_variable() for row in rows.tolist()}
    opened = {cohort: model.add_binary_variable() for cohort in np.unique(arrays.cohort[rows]).tolist()}
    gone = [model.add_binary_variable() for _ in parties]
    in_party: list[list[mathopt.Variable]] = [[literal] for literal in gone]
    in_cohort: dict[int, list[int]] = {cohort: [] for cohort in opened}
    for row, literal in seat.items():
        in_party[arrays.party[row]].append(literal)
        in_cohort[int(arrays.cohort[row])].append(row)
        model.add_linear_constraint(literal <= opened[int(arrays.cohort[row])])
    for literals in in_party:
        model.add_linear_constraint(mathopt.fast_sum(literals) == 1.0)
    for cohort, found in in_cohort.items():
        load = mathopt.fast_sum([float(arrays.sizes[arrays.party[row]]) * seat[row] for row in found])
        model.add_linear_constraint(load <= float(arrays.most[cohort]) * opened[cohort])
        if arrays.least[cohort]:
            model.add_linear_constraint(load >= float(arrays.least[cohort]) * opened[cohort])
    for cohort in must_open.tolist():
        if cohort in opened and np.any(incumbent == cohort):
            model.add_linear_constraint(opened[cohort] == 1.0)
    seats_open = mathopt.fast_sum([float(arrays.most[cohort]) * literal for cohort, literal in opened.items()])
    people_away = mathopt.fast_sum([float(arrays.sizes[party]) * gone[party] for party in parties])
    model.add_linear_constraint(seats_open + people_away >= float(arrays.sizes.sum()))
    scale = 1e6 / max(1, best)
    model.minimize(
        mathopt.fast_sum(
            [scale * float(arrays.cost[row]) * literal for row, literal in seat.items()]
            + [scale * float(arrays.opening[cohort]) * literal for cohort, literal in opened.items()]
            + [scale * float(arrays.away[party]) * gone[party] for party in parties]
        )
    )
    hint = mathopt.SolutionHint(
        variable_values={
            literal: float(incumbent[arrays.party[row]] == arrays.cohort[row]) for row, literal in seat.items()
        }
        | {literal: float(np.any(incumbent == cohort)) for cohort, literal in opened.items()}
        | {gone[party]: float(incumbent[party] == AWAY) for party in parties}
    )
    result = mathopt.solve(
        model,
        mathopt.SolverType.GSCIP,
        params=mathopt.SolveParameters(time_limit=dt.timedelta(seconds=seconds), threads=1),
        model_params=mathopt.ModelSolveParameters(solution_hints=[hint]),
    )
    bound = _bound(result.termination, scale, best)
    if not result.has_primal_feasible_solution():
        return incumbent, bound
    seats = np.full(arrays.num_parties, AWAY, dtype=np.int64)
    values = result.variable_values(list(seat.values()))
    for row, value in zip(seat, values, strict=True):
        if value > 0.5:
            seats[arrays.party[row]] = arrays.cohort[row]
    return seats, bound


def _bound(termination: mathopt.Termination, scale: float, best: int) -> float:
    """Return the bound as a whole number; pairs left out cannot lower it below the incumbent's units."""
    bound = termination.objective_bounds.dual_bound / scale
    if not math.isfinite(bound):
        return -math.inf
    return float(min(best, math.ceil(bound - PRECISION * abs(bound))))
