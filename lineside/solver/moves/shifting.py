"""Moving whole cohorts to another time or place, and single people to other open cohorts, where that saves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from lineside.solver.moves.filling import LEAST_SAVING, Filler

Ints = NDArray[np.int64]

MOST_TRIED = 8
"""Better candidates that are tried for a cohort before it stays where it is."""


class Shifter:
    """Improves a standing seating by moves that leave nobody without a seat.

    Parameters
    ----------
    filler
        Asks and changes the seating.
    """

    def __init__(self, filler: Filler) -> None:
        self._filler, self._standing, self._prospects = filler, filler.standing, filler.standing.prospects
        self._pairs = filler.standing.problem.pairs

    def run(self, goes_on: Callable[[], bool]) -> bool:
        """Go through all cohorts and all people once; return whether anything became better."""
        before = self._standing.units()
        for number in list(self._standing.cohorts):
            if not goes_on():
                break
            self.shift(number)
        for need in np.flatnonzero(self._standing.home >= 0).tolist():
            if not goes_on():
                break
            self.relocate(need)
        return self._standing.units() < before

    def shift(self, number: int) -> bool:
        """Move a cohort with all its people to the candidate that saves most, if any does."""
        standing, prospects = self._standing, self._prospects
        cohort = standing.cohorts[number]
        members = sorted(cohort.members)
        if standing.must_stay(number) or any(member in prospects.fixed for member in members):
            return False
        rows = np.concatenate([prospects.rows_of(member) for member in members])
        candidate, position = np.unique(self._pairs.candidate[rows], return_inverse=True)
        cost = np.bincount(position, prospects.cost[rows]) + prospects.service[candidate]
        now = float(prospects.cost[standing.row[members]].sum()) + float(prospects.service[cohort.candidate])
        whole = np.bincount(position) == len(members)
        better = np.flatnonzero(whole & (cost < now - LEAST_SAVING))
        better = better[np.argsort(cost[better], kind="stable")][:MOST_TRIED]
        return any(self._shift(number, members, int(candidate[k])) for k in better.tolist())

    def _shift(self, number: int, members: list[int], candidate: int) -> bool:
        standing = self._standing
        if not all(standing.can_sit(member, candidate) for member in members):
            return False
        mark, before = standing.mark(), standing.units()
        for member in members:
            standing.unseat(member)
        standing.close(number)
        served = standing.bookings.servers(candidate)
        if served is not None and len(members) <= standing.problem.scenario.rooms[served[0]].seats:
            fresh = standing.open(candidate, *served)
            for member in members:
                standing.seat(member, fresh)
            if standing.units() < before:
                return True
        standing.undo(mark)
        return False

    def relocate(self, need: int) -> bool:
        """Move one person whom the cohort can spare to a cheaper open cohort with room, if there is one."""
        standing, prospects = self._standing, self._prospects
        if standing.away[need] <= 0:
            return False
        rows = prospects.rows_of(need)
        rows = rows[standing.is_open[self._pairs.candidate[rows]]]
        rows = rows[prospects.cost[rows] < standing.away[need] - LEAST_SAVING]
        for row in rows[np.argsort(prospects.cost[rows], kind="stable")].tolist():
            candidate = int(self._pairs.candidate[row])
            for number in standing.open_at[candidate]:
                cohort = standing.cohorts[number]
                if len(cohort.members) < cohort.most and standing.can_sit(need, candidate):
                    mark, before = standing.mark(), standing.units()
                    standing.unseat(need)
                    standing.seat(need, number)
                    if standing.units() < before:
                        return True
                    standing.undo(mark)
        return False
