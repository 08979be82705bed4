"""Limits on a seating under change: how far it is above each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineside.solver.limits import Limit
from lineside.solver.problem import Problem
from lineside.solver.seating import server_cost

if TYPE_CHECKING:
    from lineside.solver.moves.standing import Standing

BEYOND = 10**15
"""Units that a seating beyond a limit is charged on top: above any objective, and exact as a float."""


class LimitKeeper:
    """Measures a standing seating by every limit of a problem.

    Parameters
    ----------
    problem
        The prepared problem with its limits.
    """

    def __init__(self, problem: Problem) -> None:
        self._gauges = [_Gauge(limit) for limit in problem.limits]

    def excess(self, standing: Standing) -> tuple[int, ...]:
        """Return by how many units of its measure the seating is above each limit, 0 where it keeps it."""
        return tuple(max(0, gauge.units(standing) - gauge.limit.most) for gauge in self._gauges)

    def penalty(self, standing: Standing) -> int:
        """Return what a seating is charged for being beyond limits: more than any seating that keeps them costs."""
        beyond = sum(self.excess(standing)) if self._gauges else 0
        return BEYOND + beyond if beyond else 0

    def follow(self, crew: int, seated: dict[int, list[int]]) -> None:
        """Take in that people of a crew sit elsewhere.

        Parameters
        ----------
        crew
            Row of the crew.
        seated
            Candidates of its people who have seats.
        """
        for gauge in self._gauges:
            gauge.follow(crew, seated)


class _Gauge:
    """What a standing seating has of one limited measure."""

    def __init__(self, limit: Limit) -> None:
        problem = limit.problem
        self.limit, self._problem = limit, problem
        self._price = [need.price for need in problem.demand.needs]
        self._prices = any(self._price)
        self._pairs = bool(problem.pairs.cost.any())
        self._serves = bool(problem.rooms.cost.any() or problem.instructors.cost.any())
        self._service: dict[tuple[int, int, int], int] = {}
        self._crew_units = [0] * len(problem.crew_losses)
        self._worst_units = [0] * len(problem.crew_losses)

    def follow(self, crew: int, seated: dict[int, list[int]]) -> None:
        if self.limit.has_losses:
            self._crew_units[crew] = self.limit.ledger.crew_units(crew, seated)
            self._worst_units[crew] = self.limit.ledger.company_units(crew, seated)

    def units(self, standing: Standing) -> int:
        total = self._problem.constant + sum(self._crew_units)
        if self._pairs:
            total += int(self._problem.pairs.cost[standing.row[standing.home >= 0]].sum())
        if self._prices:
            empty = (standing.asked & (standing.home < 0)).nonzero()[0].tolist()
            total += sum(self._price[need] for need in empty)
        if self._serves:
            total += sum(self._serve(c.candidate, c.room, c.instructor) for c in standing.cohorts.values())
        by_company = [0] * len(self._problem.scenario.companies)
        for loss, units in zip(self._problem.crew_losses, self._worst_units, strict=True):
            by_company[loss.company_idx] += units
        return total + max(by_company, default=0)

    def _serve(self, candidate: int, room: int, instructor: int) -> int:
        key = (candidate, room, instructor)
        if key not in self._service:
            room_units = server_cost(self._problem.rooms, candidate, room)
            self._service[key] = room_units + server_cost(self._problem.instructors, candidate, instructor)
        return self._service[key]
