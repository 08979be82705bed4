"""The exact model over some pairs, for a step of the search."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from lineside.solver.seats.shape import AWAY, SeatArrays

Ints = NDArray[np.int64]


def best_seats(arrays: SeatArrays, seats: Ints, rows: Ints, work: float, seed: int) -> tuple[Ints, bool]:
    """Return a solution that is at least as good, other seats only for the parties of some pairs.

    Parameters
    ----------
    arrays
        The problem.
    seats
        The solution to improve.
    rows
        Pairs that may be used. Cohorts of other pairs keep their people; the cohorts of these pairs lose all
        parties that are in none of them only if those are decided on here, so all their parties should be.
    work
        Deterministic time to use at most.
    seed
        Seed of the model's search.

    Returns
    -------
    The solution, and whether it is proven that these pairs have none better.
    """
    parties, cohorts = np.unique(arrays.party[rows]), np.unique(arrays.cohort[rows])
    decided = np.zeros(arrays.num_parties, dtype=bool)
    decided[parties] = True
    kept = np.flatnonzero(~decided & np.isin(seats, cohorts))
    model = cp_model.CpModel()
    seat = {row: model.new_bool_var("") for row in rows.tolist()}
    opened = {cohort: model.new_bool_var("") for cohort in cohorts.tolist()}
    gone = {party: model.new_bool_var("") for party in parties.tolist()}
    in_party: dict[int, list[cp_model.IntVar]] = {party: [gone[party]] for party in gone}
    in_cohort: dict[int, list[int]] = {cohort: [] for cohort in opened}
    for row, literal in seat.items():
        in_party[int(arrays.party[row])].append(literal)
        in_cohort[int(arrays.cohort[row])].append(row)
        model.add_implication(literal, opened[int(arrays.cohort[row])])
    for literals in in_party.values():
        model.add_exactly_one(literals)
    for cohort, found in in_cohort.items():
        fixed = int(arrays.sizes[kept[seats[kept] == cohort]].sum())
        load = sum(int(arrays.sizes[arrays.party[row]]) * seat[row] for row in found) + fixed
        model.add(load <= int(arrays.most[cohort]) * opened[cohort])
        if arrays.least[cohort]:
            model.add(load >= int(arrays.least[cohort]) * opened[cohort])
        model.add_hint(opened[cohort], bool(np.any(seats == cohort)))
    for party, literal in gone.items():
        model.add_hint(literal, int(seats[party]) == AWAY)
    for row, literal in seat.items():
        model.add_hint(literal, int(seats[arrays.party[row]]) == int(arrays.cohort[row]))
    model.minimize(
        sum(int(arrays.cost[row]) * literal for row, literal in seat.items())
        + sum(int(arrays.opening[cohort]) * literal for cohort, literal in opened.items())
        + sum(int(arrays.away[party]) * literal for party, literal in gone.items())
    )
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = work
    solver.parameters.linearization_level = 2
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return seats, False
    better = seats.copy()
    better[parties] = AWAY
    for row, literal in seat.items():
        if solver.boolean_value(literal):
            better[arrays.party[row]] = arrays.cohort[row]
    return better, status == cp_model.OPTIMAL
