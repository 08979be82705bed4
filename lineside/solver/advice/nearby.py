"""What is decided anew around one need: everybody in a small region, else those who could share its cohorts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.solver.finish import unseated_needs
from lineside.solver.problem import Problem
from lineside.solver.seating import Seating, seat_rows

Ints = NDArray[np.int64]

WHOLE_PAIRS = 1_500
"""Pairs up to which everybody is decided anew."""
MOST_PEOPLE = 24
"""People decided anew in a larger region, before parties are made whole."""
MOST_PAIRS = 2_500
"""Pairs of these people that a larger region's step may use, beside those of open cohorts."""


@dataclass(frozen=True)
class Nearby:
    """People to decide anew and the pair rows that they may use.

    Parameters
    ----------
    people, pairs
        Rows of people and of pairs.
    is_whole
        Whether that is everybody with every pair, so that what is proven holds for all plans.
    """

    people: frozenset[int]
    pairs: Ints
    is_whole: bool


def nearby(problem: Problem, base: Seating, need: int) -> Nearby:
    """Return what is decided anew around a need.

    Parameters
    ----------
    problem
        The prepared problem.
    base
        The seating that everybody else keeps.
    need
        Row of the need.

    Notes
    -----
    In a larger region those come first who share most candidate cohorts with the need, people without a seat before
    people with one. They may take any seat in the need's module; their other seats stay, but for the need's own
    person, who may change into other open cohorts too, and take any seat in other modules that have none.
    """
    if len(problem.viable_pairs) <= WHOLE_PAIRS:
        return Nearby(frozenset(range(len(problem.scenario.apprentices))), problem.viable_pairs, True)
    people = _people(problem, base, need)
    module = problem.demand.needs[need].module_idx
    rows = _module_rows(problem, base, need, people, module)
    own = frozenset(party_of(problem, problem.demand.needs[need].person_idx))
    rows = np.union1d(rows, _open_rows(problem, base, own))
    return Nearby(people, np.union1d(rows, seat_rows(problem, base, people)), False)


def party_of(problem: Problem, person: int) -> list[int]:
    """Return the rows of a person's party, or of the person alone."""
    rows = problem.scenario.apprentices
    party = rows[person].party
    return [person] if party is None else [k for k, row in enumerate(rows) if row.party == party]


def _people(problem: Problem, base: Seating, need: int) -> frozenset[int]:
    pairs, viable = problem.pairs, problem.viable_pairs
    mine = pairs.candidate[viable[pairs.need[viable] == need]]
    shared = viable[np.isin(pairs.candidate[viable], mine)]
    count = np.bincount(pairs.need[shared], minlength=len(problem.demand.needs))
    empty = np.isin(np.arange(len(count)), unseated_needs(problem, base))
    order = np.lexsort((np.arange(len(count)), -count, ~empty))
    near = [need, *order[count[order] > 0].tolist()]
    people = dict.fromkeys(problem.demand.needs[k].person_idx for k in near)
    return frozenset(member for person in list(people)[:MOST_PEOPLE] for member in party_of(problem, person))


def _module_rows(problem: Problem, base: Seating, need: int, people: frozenset[int], module: int) -> Ints:
    """Return pairs of some people in a module: those of open cohorts, and of candidates that most of them could be in.

    Candidates that the need could be in come first.
    """
    pairs, viable, demand = problem.pairs, problem.viable_pairs, problem.demand
    needs = [k for k, row in enumerate(demand.needs) if row.module_idx == module and row.person_idx in people]
    rows = viable[np.isin(pairs.need[viable], needs)]
    candidate = pairs.candidate[rows]
    crowd = np.bincount(candidate, minlength=len(problem.candidates))
    is_open = np.zeros(len(crowd), dtype=bool)
    is_open[[cohort.candidate for cohort in base.cohorts]] = True
    mine = np.isin(np.arange(len(crowd)), candidate[pairs.need[rows] == need])
    useful = np.flatnonzero(is_open | (crowd >= problem.scenario.modules[module].seats_min))
    order = useful[np.lexsort((useful, -crowd[useful], ~mine[useful], ~is_open[useful]))]
    chosen = order[(np.cumsum(crowd[order]) <= MOST_PAIRS) | is_open[order]]
    return rows[np.isin(candidate, chosen)]


def _open_rows(problem: Problem, base: Seating, people: frozenset[int]) -> Ints:
    """Return the pairs of some people in open cohorts, and all of their needs that have no seat."""
    pairs, viable = problem.pairs, problem.viable_pairs
    needs = [k for k, row in enumerate(problem.demand.needs) if row.person_idx in people]
    rows = viable[np.isin(pairs.need[viable], needs)]
    is_open = np.isin(pairs.candidate[rows], [cohort.candidate for cohort in base.cohorts])
    return rows[is_open | np.isin(pairs.need[rows], unseated_needs(problem, base))]
