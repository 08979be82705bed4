"""Which pairs a repair may choose from: seats that people have, seats in open cohorts, and cohorts to open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lineside.models.plan import CohortKey, Plan
from lineside.solver.local_prices import LocalPrices
from lineside.solver.repair.budget import ChangeBudget, SeatsInForce
from lineside.solver.repair.local_problem import LocalProblem
from lineside.solver.seating import Seating

Ints = NDArray[np.int64]

FRESH_PAIRS = 300
"""Most pairs of cohorts to open that a repair may choose from."""


@dataclass(frozen=True)
class Leeway:
    """What a repair may change.

    Parameters
    ----------
    left
        Cohorts of the plan in force in which none of the people decided on may stay.
    moved
        Cohorts that go as a whole to another site, pattern or first week, with where they go; nobody may stay.
    joins
        Whether people may take seats in other cohorts that are open.
    opens
        Whether cohorts may be opened.
    rehoused, retaught
        Cohorts that may get another room, and another instructor; one that has lost either may in any case.
    gaining
        Apprentices and modules that may get a seat where they have none; None for all.
    budget
        The most that may change; None for no limit.
    """

    left: frozenset[str] = frozenset()
    moved: Mapping[str, CohortKey] = field(default_factory=dict)
    joins: bool = False
    opens: bool = False
    rehoused: frozenset[str] = frozenset()
    retaught: frozenset[str] = frozenset()
    gaining: frozenset[tuple[str, str]] | None = None
    budget: ChangeBudget | None = None


@dataclass(frozen=True)
class CohortInForce:
    """A cohort of the plan in force that is not frozen: its candidate (-1 without one), and its needs decided on."""

    candidate: int
    needs: frozenset[int]


class Choices:
    """Chooses pairs for repairs of one plan in force.

    Parameters
    ----------
    problem
        The prepared problem.
    plan
        The plan in force.
    base
        What of it can go on.
    """

    def __init__(self, problem: LocalProblem, plan: Plan, base: Seating) -> None:
        self.problem = problem
        self.mine = frozenset(k for k, need in enumerate(problem.demand.needs) if need.person_idx in problem.people)
        self.in_force = SeatsInForce.of(problem)
        self.cohorts = self._read(plan)
        self._open = frozenset(row.candidate for row in base.cohorts)
        self._seated = frozenset(base.candidate_of())

    def _read(self, plan: Plan) -> dict[str, CohortInForce]:
        problem = self.problem
        frozen = {row.cohort.cohort for row in problem.facts.frozen}
        people, modules = problem.scenario.apprentices, problem.scenario.modules
        need_of = {
            (people[need.person_idx].apprentice, modules[need.module_idx].module): k
            for k, need in enumerate(problem.demand.needs)
        }
        self._need_of = {name: k for name, k in need_of.items() if k in self.mine}
        members: dict[str, set[int]] = {}
        for seat in plan.seats:
            need = need_of.get((seat.apprentice, seat.module))
            if need is not None and seat.cohort not in frozen:
                members.setdefault(seat.cohort, set()).add(need)
        return {
            name: CohortInForce(
                max(self.in_force.candidate_of.get(need, -1) for need in needs), frozenset(needs & self.mine)
            )
            for name, needs in members.items()
        }

    def rows(self, leeway: Leeway) -> Ints:
        """Return the rows of the pairs within a leeway, sorted."""
        barred = leeway.left | leeway.moved.keys()
        closed = frozenset(self.cohorts[name].candidate for name in barred if name in self.cohorts)
        parts = [self._stays(barred)]
        parts += [self._pairs_at(self.cohorts[name].needs, key) for name, key in leeway.moved.items()]
        gaining = self._gaining(leeway.gaining)
        if leeway.joins:
            parts.append(self._joins(gaining, closed))
        if leeway.opens:
            parts.append(self._fresh(gaining, closed))
        return np.unique(np.concatenate(parts))

    def joinable(self, names: frozenset[tuple[str, str]]) -> tuple[tuple[int, int], ...]:
        """Return each of some needs that has no seat with each open candidate that could seat it."""
        rows = self._joins(self._gaining(names) - self._seated, frozenset())
        pairs = self.problem.pairs
        return tuple(zip(pairs.need[rows].tolist(), pairs.candidate[rows].tolist(), strict=True))

    def elsewhere(self, cohort: str, most: int) -> tuple[CohortKey, ...]:
        """Return where a cohort could go as a whole: first where most of its people can, then where it costs least.

        Parameters
        ----------
        cohort
            A cohort of the plan in force that is not frozen, all of whose people are decided on.
        most
            How many places to return.
        """
        problem, pairs, here = self.problem, self.problem.pairs, self.cohorts[cohort]
        rows = np.flatnonzero(np.isin(pairs.need, list(here.needs)) & (pairs.candidate != here.candidate))
        candidates, place = np.unique(pairs.candidate[rows], return_inverse=True)
        people = np.bincount(place, minlength=len(candidates))
        cost = np.bincount(place, pairs.cost[rows] + pairs.lost[rows] * problem.money.scale / 10, len(candidates))
        served = (np.diff(problem.rooms.ptr) > 0) & (np.diff(problem.instructors.ptr) > 0)
        good = np.flatnonzero(served[candidates] & (people >= self._least[candidates]))
        order = good[np.lexsort((cost[good], -people[good]))][:most]
        return tuple(problem.candidates.key(int(candidates[k]), problem.scenario) for k in order)

    @cached_property
    def _least(self) -> Ints:
        least = np.array([row.seats_min for row in self.problem.scenario.modules], dtype=np.int64)
        return least[self.problem.candidates.module]

    def _gaining(self, names: frozenset[tuple[str, str]] | None) -> frozenset[int]:
        return self.mine if names is None else frozenset(self._need_of[name] for name in names & self._need_of.keys())

    def _stays(self, barred: frozenset[str]) -> Ints:
        """Return the pairs of the seats that people have and may keep."""
        found = [
            self.problem.pairs.row(need, row.candidate)
            for name, row in self.cohorts.items()
            if name not in barred and row.candidate >= 0
            for need in row.needs
        ]
        return np.array(sorted(row for row in found if row >= 0), dtype=np.int64)

    def _pairs_at(self, needs: frozenset[int], key: CohortKey) -> Ints:
        pairs = self.problem.pairs
        there = pairs.candidate == self.problem.candidate_of(key)
        return np.flatnonzero(np.isin(pairs.need, list(needs)) & there)

    def _joins(self, needs: frozenset[int], closed: frozenset[int]) -> Ints:
        """Return the pairs of needs and cohorts that are open."""
        pairs = self.problem.pairs
        return np.flatnonzero(np.isin(pairs.need, list(needs)) & np.isin(pairs.candidate, list(self._open - closed)))

    def _fresh(self, needs: frozenset[int], closed: frozenset[int]) -> Ints:
        """Return the pairs of cohorts to open that the needs' own prices like best."""
        pairs = self.problem.pairs
        mine = np.flatnonzero(np.isin(pairs.need, list(needs)))
        is_open = np.isin(pairs.candidate[mine], list(self._open))
        fresh = mine[~is_open & ~np.isin(pairs.candidate[mine], list(closed))]
        fresh = fresh[np.isin(fresh, self.problem.viable_pairs)]
        if not len(fresh):
            return fresh
        rows, cost = LocalPrices(self.problem).reduced(fresh, mine[is_open], None)
        best = rows[np.argsort(cost, kind="stable")[:FRESH_PAIRS]]
        crowd = np.bincount(pairs.candidate[best], minlength=len(self._least))
        return best[(crowd >= self._least)[pairs.candidate[best]]]
