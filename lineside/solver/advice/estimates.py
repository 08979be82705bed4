"""What a change may be worth, by the prices of the bound and by what seats cost now: quick enough for every change."""

from __future__ import annotations

import copy
import threading
import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from lineside.solver.advice.bench import Bench
from lineside.solver.advice.likeness import Likeness
from lineside.solver.ascent import Ascent
from lineside.solver.budget import Budget
from lineside.solver.columns import UNIT_SCALE, CutRow
from lineside.solver.price_walk import cheapest
from lineside.solver.pricing import Priced, Pricer
from lineside.solver.problem import Problem
from lineside.solver.proof import Proof
from lineside.solver.seating import Seating, server_cost

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COLUMN_PAIRS = 60_000
"""Pairs up to which column generation is quick enough for the prices of rows."""
ROWS_SHARE = 0.8
"""Share of the time for the prices of rows."""
LEAST_GAIN = 1e-6
"""Hundreds of line-minutes below which a cohort gains nothing."""


@dataclass(frozen=True)
class Worth:
    """What a seat is worth to each need, and what rows charge for what a cohort takes, in hundreds of line-minutes.

    Parameters
    ----------
    need
        Worth of a seat.
    pair, room, teacher
        Charges of pair rows, and of entries of rooms and instructors, of the tables as they are.
    """

    need: Floats
    pair: Floats
    room: Floats
    teacher: Floats


class Estimates:
    """Prices changes of a plan's tables.

    Parameters
    ----------
    bench
        The plan on the tables as they are.
    seconds
        Most seconds for the bound.
    stop
        Set to make do with the bound so far.

    Notes
    -----
    A change brings cohorts that were not possible before, or lets them be larger. What such a cohort gains is looked
    at twice, and the lesser counts. *By the bound*: rows of the relaxation (rooms, instructors, weeks) keep the prices
    that column generation gives them; with these as a part of what cohorts cost, the prices of needs are raised alike
    for all as far as no cohort is worth more than it costs (:mod:`lineside.solver.ascent`), because duals of a linear
    program are extreme and say too much of single people. *By the plan*: an empty seat is worth its price, a seat no
    more than its share of what its cohort costs now. Of cohorts that want the same people the best is counted, and
    rooms and instructors count as free at times that are new: so the estimate ranks changes, and bounds nothing.
    """

    def __init__(self, bench: Bench, seconds: float, stop: threading.Event) -> None:
        self._bench, self._problem = bench, bench.problem
        self._unit = UNIT_SCALE * self._problem.money.scale
        budget = Budget(seconds, time.monotonic(), False, stop)
        self._rows = self._row_prices(budget) if len(self._problem.viable_pairs) <= COLUMN_PAIRS else []
        self._by_bound = self._bound_worth(budget)
        self._by_plan = replace(self._no_charges(), need=_seat_shares(bench) / self._unit)
        self._before = [self._reduced(self._problem, worth)[1] for worth in (self._by_bound, self._by_plan)]
        # An open cohort is worth what it costs by the plan, not what it would be with the dearest people.
        self._before[1][[cohort.candidate for cohort in bench.base.cohorts]] = 0.0

    def _row_prices(self, budget: Budget) -> list[tuple[CutRow, float]]:
        proof = Proof(
            self._problem, self._bench.conflicts, self._bench.ledger, budget, lambda _bound: None, lambda: False
        )
        proof.relax(budget.share(ROWS_SHARE), False)
        master = proof.master
        return master.row_prices() if master is not None and master.has_bound else []

    def _no_charges(self) -> Worth:
        problem = self._problem
        sizes = (len(problem.demand.needs), len(problem.pairs), len(problem.rooms.idx), len(problem.instructors.idx))
        return Worth(*(np.zeros(size) for size in sizes))

    def _bound_worth(self, budget: Budget) -> Worth:
        worth = self._no_charges()
        for row, price in self._rows:
            getattr(worth, row.part)[row.entries] += price * row.coefficients
        ascent = Ascent(self._charged(self._problem, worth))
        ascent.run(lambda: not budget.over, lambda _bound: None)
        return replace(worth, need=ascent.relaxation().need_price / self._unit)

    def _charged(self, problem: Problem, worth: Worth) -> Problem:
        """Return a problem in which pairs, rooms and instructors cost what rows charge them on top."""
        like = Likeness(self._problem, problem)
        for part in ("viable_pairs", "charges", "room_seats", "fits_somewhere"):
            getattr(problem, part)  # worked out before the copy, both have it
        pairs, rooms, teachers = problem.pairs, problem.rooms, problem.instructors
        eased = copy.copy(problem)
        eased.pairs = replace(pairs, cost=pairs.cost + self._units(like.pairs(worth.pair)))
        eased.rooms = replace(rooms, cost=rooms.cost + self._units(like.rooms(worth.room)))
        further = self._units(like.instructors(worth.teacher))
        eased.instructors = cheapest(replace(teachers, cost=teachers.cost + further))
        return eased

    def _units(self, value: Floats) -> Ints:
        return np.rint(value * self._unit).astype(np.int64)

    def line_minutes(self, changed: Problem) -> float:
        """Return about how many line-minutes a change may gain.

        Parameters
        ----------
        changed
            The prepared problem of the changed tables, with the same people, modules, rooms and instructors.

        Raises
        ------
        ValueError
            If it has other needs.
        """
        if len(changed.demand.needs) != len(self._by_plan.need):
            raise ValueError("The change adds or takes needs, so the bound's prices say nothing. Solve it instead.")
        old = Likeness(self._problem, changed).candidates
        gains = np.full(len(changed.candidates), np.inf)
        for worth, before in zip((self._by_bound, self._by_plan), self._before, strict=True):
            priced, reduced = self._reduced(changed, worth)
            was = np.where(old < 0, 0.0, np.minimum(0.0, before[old] if len(before) else 0.0))
            gains = np.minimum(gains, was - reduced)
        return (_disjoint(changed, priced, gains) + self._longer_weeks(changed)) * UNIT_SCALE

    def _longer_weeks(self, changed: Problem) -> float:
        """Return what further minutes of instructors are worth where their weeks are full."""
        before, after = self._problem.scenario.instructors, changed.scenario.instructors
        further = [new.week_minutes - old.week_minutes for old, new in zip(before, after, strict=True)]
        teacher = self._problem.instructors.idx
        return sum(
            price * further[int(teacher[row.entries[0]])]
            for row, price in self._rows
            if row.part == "teacher" and row.coefficients.max() > 1
        )

    def _reduced(self, problem: Problem, worth: Worth) -> tuple[Priced, Floats]:
        """Return every candidate's best cohort, and by how much it costs more than it is worth; 0 if there is none."""
        eased = self._charged(problem, worth)
        pricer = Pricer(eased, eased.viable_pairs, self._unit, eased.charges)
        value = eased.pairs.cost[pricer.pairs] / self._unit - worth.need[eased.pairs.need[pricer.pairs]]
        priced = pricer.price(value, eased.rooms.cost / self._unit, eased.instructors.cost / self._unit)
        reduced = np.zeros(len(problem.candidates))
        reduced[priced.candidate] = priced.reduced_cost
        return priced, reduced


def _disjoint(problem: Problem, priced: Priced, gains: Floats) -> float:
    """Return what cohorts gain that share no need, those first that gain most."""
    gain = gains[priced.candidate]
    total, taken = 0.0, np.zeros(len(problem.demand.needs), dtype=bool)
    for position in np.argsort(-gain, kind="stable").tolist():
        if gain[position] <= LEAST_GAIN:
            break
        people = problem.pairs.need[priced.people(position)]
        if not taken[people].any():
            taken[people] = True
            total += float(gain[position])
    return total


def _seat_shares(bench: Bench) -> Floats:
    """Return what a seat elsewhere would be worth to each need, in units.

    That is its price if it is empty, else its share of what the plan would save without its cohort.
    """
    problem, base = bench.problem, bench.base
    worth = np.array([need.price for need in problem.demand.needs], dtype=float)
    lost = _line_units(bench, base)
    for cohort in base.cohorts:
        rest = Seating(tuple(row for row in base.cohorts if row is not cohort), base.chosen)
        cost = lost - _line_units(bench, rest)
        cost += server_cost(problem.rooms, cohort.candidate, cohort.room)
        cost += server_cost(problem.instructors, cohort.candidate, cohort.instructor)
        for need in cohort.needs:
            worth[need] = cost / len(cohort.needs) + bench.ledger.pair_cost(need, cohort.candidate)
    return worth


def _line_units(bench: Bench, seating: Seating) -> int:
    """Return what the lost line time of a seating costs."""
    problem, seated = bench.problem, dict[int, list[int]]()
    for need, candidate in seating.candidate_of().items():
        seated.setdefault(problem.demand.needs[need].person_idx, []).append(candidate)
    return sum(bench.ledger.crew_units(crew, seated) for crew in range(len(problem.crew_losses)))
