"""Which candidates, pairs, rooms and instructors of changed tables were there before."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lineside.solver.problem import Problem
from lineside.solver.resources import Servers

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
DAYS = 10_000_000
"""More than any ordinal of a date."""


class Likeness:
    """Carries values of one problem over to another with the same people, modules, rooms and instructors.

    Parameters
    ----------
    before, after
        The problems.

    Attributes
    ----------
    candidates
        The candidate that each one of ``after`` was before, or -1.
    """

    def __init__(self, before: Problem, after: Problem) -> None:
        self._before, self._after = before, after
        self.candidates = self._old_candidates()

    def _old_candidates(self) -> Ints:
        """Return the candidate that each one was before, or -1."""
        lanes: dict[object, int] = {}
        codes = []
        for problem in (self._before, self._after):
            found = problem.candidates
            lane = np.array(
                [lanes.setdefault((row.site_idx, row.slot, row.length), len(lanes)) for row in found.lanes],
                dtype=np.int64,
            )
            modules = len(problem.scenario.modules)
            codes.append((lane[found.lane] * modules + found.module) * DAYS + found.monday)
        return _places(*codes)

    def pairs(self, value: Floats) -> Floats:
        """Return the value of each pair row before; for one that is new the least of its need then.

        That is the least over candidates of the same first week, else over all, else 0.
        """
        before, after = self._before.pairs, self._after.pairs
        needs = max(1, len(self._before.demand.needs))
        old = self.candidates[after.candidate]
        place = _places(before.candidate * needs + before.need, np.where(old < 0, -1, old * needs + after.need))
        carried: Floats = np.where(place < 0, 0.0, value[place] if len(value) else 0.0)
        fresh = np.flatnonzero(place < 0)
        carried[fresh] = self._least(value, fresh)
        return carried

    def _least(self, value: Floats, fresh: Ints) -> Floats:
        """Return the least value of each new pair row's need, in its first week if there was one."""
        before, after = self._before.pairs, self._after.pairs
        mondays = (
            self._before.candidates.monday[before.candidate],
            self._after.candidates.monday[after.candidate[fresh]],
        )
        wide = _least_of(before.need, value, after.need[fresh], 0.0)
        return _least_of(before.need * DAYS + mondays[0], value, after.need[fresh] * DAYS + mondays[1], wide)

    def rooms(self, value: Floats) -> Floats:
        """Return the value of each room entry before; 0 for one that is new."""
        return self._servers(value, self._before.rooms, self._after.rooms, len(self._before.scenario.rooms))

    def instructors(self, value: Floats) -> Floats:
        """Return the value of each instructor entry before; 0 for one that is new."""
        number = len(self._before.scenario.instructors)
        return self._servers(value, self._before.instructors, self._after.instructors, number)

    def _servers(self, value: Floats, before: Servers, after: Servers, number: int) -> Floats:
        number = max(1, number)
        owner, then = (np.repeat(np.arange(len(row.ptr) - 1), np.diff(row.ptr)) for row in (before, after))
        old = self.candidates[then]
        return _carried(value, owner * number + before.idx, np.where(old < 0, -1, old * number + after.idx))


def _places(before: Ints, after: Ints) -> Ints:
    """Return where each code of ``after`` stands in ``before``, or -1."""
    if not len(before):
        return np.full(len(after), -1, dtype=np.int64)
    order = np.argsort(before, kind="stable")
    at = np.minimum(np.searchsorted(before[order], after), len(before) - 1)
    places: Ints = np.where(before[order][at] == after, order[at], -1)
    return places


def _carried(value: Floats, before: Ints, after: Ints) -> Floats:
    place = _places(before, after)
    carried: Floats = np.where(place < 0, 0.0, value[place] if len(value) else 0.0)
    return carried


def _least_of(codes: Ints, value: Floats, wanted: Ints, other: float | Floats) -> Floats:
    """Return the least value of each code that is wanted; ``other`` where there is none of it."""
    if not len(codes):
        return np.full(len(wanted), 0.0) + other
    order = np.lexsort((value, codes))
    ordered = codes[order]
    at = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
    least: Floats = np.where(ordered[at] == wanted, value[order][at], other)
    return least
