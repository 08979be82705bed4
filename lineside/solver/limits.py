"""Limits: measures that no plan may have more of, whatever it costs.

A limited measure is counted by the same arrays as the objective, under a tariff that charges nothing else: the exact
model has a row for it, quick moves see a price that nobody can pay, and no other seating becomes the incumbent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from lineside.solver.problem import Problem
from lineside.solver.seating import Ledger, OpenCohort, Seating, server_cost
from lineside.solver.tariff import AMOUNT_WORDS, Amount, Tariff, refuse_unknown


@dataclass(frozen=True)
class Limit:
    """The most that plans may have of a measure.

    Parameters
    ----------
    measure, amount
        Which, and how much, in its own unit.
    problem
        The same problem under a tariff of this measure alone.
    """

    measure: str
    amount: Fraction
    problem: Problem

    @cached_property
    def ledger(self) -> Ledger:
        """Memory of what seats count."""
        return Ledger(self.problem)

    @cached_property
    def most(self) -> int:
        """The amount in units of the measure; where amounts must be rounded, it is kept as rounded."""
        return math.floor(self.amount * self.problem.money.scale)

    @cached_property
    def has_losses(self) -> bool:
        """Whether absences from the lines count."""
        return any(max(loss.cost) or max(loss.company_cost) for loss in self.problem.crew_losses)

    def units(self, seating: Seating) -> int:
        """Return what a seating has of the measure, in units."""
        return self.ledger.objective(seating)

    def excess(self, seating: Seating) -> int:
        """Return by how many units a seating is above the limit; 0 if it keeps it."""
        return max(0, self.units(seating) - self.most)

    def outside(self, base: Seating, people: frozenset[int], joinable: frozenset[int]) -> int:
        """Return the units of what a part of the problem leaves as it is, absences apart.

        Parameters
        ----------
        base
            The seating around it.
        people
            Those whose seats are decided in the part.
        joinable
            Candidates whose rooms and instructors are decided there.
        """
        problem = self.problem
        seated, chosen = base.candidate_of(), frozenset(base.chosen)
        total = self._standing(base)
        for person in people:
            for need in problem.needs_of_person.get(person, ()):
                total -= self._need_units(need, seated, chosen)
        for cohort in base.cohorts:
            if cohort.candidate in joinable or all(problem.demand.needs[k].person_idx in people for k in cohort.needs):
                total -= self._service(cohort)
        return total

    def _standing(self, base: Seating) -> int:
        """Return the units of a seating without absences; that of the seating asked for last is remembered."""
        last: tuple[Seating, int] | None = self.__dict__.get("_last")
        if last is None or last[0] is not base:
            seated, chosen = base.candidate_of(), frozenset(base.chosen)
            needs = range(len(self.problem.demand.needs))
            units = self.problem.constant + sum(self._need_units(need, seated, chosen) for need in needs)
            last = base, units + sum(map(self._service, base.cohorts))
            self.__dict__["_last"] = last
        return last[1]

    def _need_units(self, need: int, seated: dict[int, int], chosen: frozenset[int]) -> int:
        if need in seated:
            return self.ledger.pair_cost(need, seated[need])
        row = self.problem.demand.needs[need]
        return row.price if self.problem.demand.required_under(row, chosen) else 0

    def _service(self, cohort: OpenCohort) -> int:
        room = server_cost(self.problem.rooms, cohort.candidate, cohort.room)
        return room + server_cost(self.problem.instructors, cohort.candidate, cohort.instructor)

    @property
    def words(self) -> str:
        """The limit for people: ``500 dollars``."""
        return f"{float(self.amount):,.10g} {AMOUNT_WORDS[self.measure]}"


def limits_of(problem: Problem, amounts: Mapping[str, Amount]) -> tuple[Limit, ...]:
    """Return limits on measures.

    Parameters
    ----------
    problem
        The prepared problem.
    amounts
        Most of each measure, in its own unit.

    Raises
    ------
    MeasureError
        If there is no such measure, or an amount is below 0.
    """
    refuse_unknown(amounts)
    prices = problem.settings.prices
    return tuple(
        Limit(name, Fraction(amount), problem.under(Tariff.of_weights({name: 1}, prices)))
        for name, amount in amounts.items()
    )


def keeps_limits(problem: Problem, seating: Seating) -> bool:
    """Return whether a seating keeps every limit of a problem."""
    return all(limit.excess(seating) == 0 for limit in problem.limits)
