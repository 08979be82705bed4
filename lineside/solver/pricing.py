"""Pricing: the best cohort of every candidate at given prices, all candidates at once.

For fixed prices a candidate's best people are those with the lowest reduced cost: sort them, take
``seats_min``, then whoever is below zero until the room is full. The line loss of a crew's second
person is never below that of its first (:mod:`lineside.solver.charges`), so people of one crew are
charged step by step in the order of their own reduced cost, and the choice stays a sort. Two sorts
serve every candidate (:mod:`lineside.solver.ordering`).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.solver.charges import Charges, least_charges
from lineside.solver.ordering import Groups, flat_ranges, order_within
from lineside.solver.problem import Problem
from lineside.solver.resources import Servers

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Priced:
    """The best cohort of each candidate that can have one.

    Parameters
    ----------
    candidate
        Candidates, in order.
    reduced_cost
        Units by which opening the best cohort lowers (below 0) or raises the objective.
    room, instructor
        Entries of ``problem.rooms.idx`` and ``problem.instructors.idx`` that are cheapest.
    first, count
        People: ``sorted_pairs[first:first + count]``.
    sorted_pairs
        Pair rows by candidate and reduced cost.
    pair_value
        Reduced cost of each of ``sorted_pairs``.
    pair_least
        The same, if the person were the first of the crew to be away.
    """

    candidate: Ints
    reduced_cost: Floats
    room: Ints
    instructor: Ints
    first: Ints
    count: Ints
    sorted_pairs: Ints
    pair_value: Floats
    pair_least: Floats

    def people(self, position: int) -> Ints:
        """Return the pair rows of one candidate's best cohort."""
        first = self.first[position]
        return self.sorted_pairs[first : first + self.count[position]]

    def forced(self) -> Floats:
        """Return what a cohort that holds each pair of ``sorted_pairs`` costs at least, at the prices of the bound.

        A pair among the best people costs nothing extra; another takes the place of the last of the
        least number, or comes on top where the cohort is above it. It counts as the first of its crew,
        since those of the crew who are priced before it need not be there.
        """
        sizes = np.diff(np.append(self.first, len(self.pair_value)))
        owner = np.repeat(np.arange(len(self.first)), sizes)
        rank = np.arange(len(self.pair_value)) - self.first[owner]
        inside = rank < self.count[owner]
        last = self.pair_value[self.first + self.count - 1]
        swapped = self.pair_least - np.maximum(last[owner], 0.0)
        forced: Floats = self.reduced_cost[owner] + np.where(inside, 0.0, np.maximum(0.0, swapped))
        return forced


class Pricer:
    """Prices the candidates of a problem.

    Parameters
    ----------
    problem
        The prepared problem.
    pairs
        Rows of the pairs to use, in order; the rest is taken as gone.
    unit
        Units of the objective in which values are given.
    charges
        Line loss of seats; default the convex charges.
    """

    def __init__(self, problem: Problem, pairs: Ints, unit: float = 1.0, charges: Charges | None = None) -> None:
        self.problem = problem
        self.charges = charges or least_charges(problem, pairs)
        least = np.array([row.seats_min for row in problem.scenario.modules], dtype=np.int64)
        least = least[problem.candidates.module]
        sizes = np.bincount(problem.pairs.candidate[pairs], minlength=len(least))
        viable = (sizes >= least) & problem.fits_somewhere
        self.pairs = pairs[viable[problem.pairs.candidate[pairs]]]
        self.candidate = np.flatnonzero(viable)
        self._of_pair = problem.pairs.candidate[self.pairs]
        minutes = self.charges.minutes[self.pairs]
        self._losing = np.flatnonzero(minutes > 0)
        self._losing_rows = self.pairs[self._losing]
        self._minutes = minutes[self._losing] / unit
        self._crew = self.charges.group[self._losing_rows]
        self._by_crew, self._step_of, self._crew_step = self._crews_in_order()
        position = np.cumsum(viable) - 1
        self._first = np.searchsorted(self._of_pair, self.candidate)
        self._size = sizes[self.candidate]
        self._least = least[self.candidate]
        self._room_rows, self._rooms = _entries(problem.rooms, self.candidate, position)
        self._room_cap = problem.room_seats[self._room_rows]
        self._is_too_small = self._room_cap < self._least[self._rooms.owner]
        self._teacher_rows, self._teachers = _entries(problem.instructors, self.candidate, position)

    def _crews_in_order(self) -> tuple[Ints, Ints, Floats]:
        """Return the crew and candidate of each losing pair as one number; sorted numbers, and the step of each."""
        crews = self._crew.max(initial=0) + 1
        of, inverse, sizes = np.unique(
            self._of_pair[self._losing] * crews + self._crew, return_inverse=True, return_counts=True
        )
        rank = np.arange(len(self._losing)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return inverse, np.repeat(np.arange(len(of)), sizes), self.charges.steps[np.repeat(of % crews, sizes), rank]

    def only(self, chosen: Ints) -> tuple[Pricer, Ints]:
        """Return a pricer of some candidates, given by position, sorted, and where their pairs are in this one."""
        sizes = self._size[chosen]
        pairs, first = flat_ranges(self._first[chosen], sizes)
        part = copy.copy(self)
        part.pairs, part.candidate, part._of_pair = self.pairs[pairs], self.candidate[chosen], self._of_pair[pairs]
        part._first, part._size, part._least = first, sizes, self._least[chosen]
        place = np.full(len(self.pairs), -1, dtype=np.int64)
        place[pairs] = np.arange(len(pairs))
        losing = place[self._losing]
        kept = losing >= 0
        part._losing, part._losing_rows = losing[kept], self._losing_rows[kept]
        part._minutes, part._crew, part._by_crew = self._minutes[kept], self._crew[kept], self._by_crew[kept]
        is_kept = np.zeros(int(self._step_of.max(initial=-1)) + 1, dtype=bool)
        is_kept[part._by_crew] = True
        steps = is_kept[self._step_of]
        part._step_of, part._crew_step = self._step_of[steps], self._crew_step[steps]
        rooms, part._rooms = self._rooms.only(chosen)
        part._room_rows, part._room_cap = self._room_rows[rooms], self._room_cap[rooms]
        part._is_too_small = self._is_too_small[rooms]
        teachers, part._teachers = self._teachers.only(chosen)
        part._teacher_rows = self._teacher_rows[teachers]
        return part, pairs

    def price(
        self, pair_value: Floats, room_value: Floats, teacher_value: Floats, minutes_of: Floats | None = None
    ) -> Priced:
        """Return every candidate's best cohort.

        Parameters
        ----------
        pair_value
            Reduced cost of each pair of ``self.pairs``, without line loss.
        room_value, teacher_value
            Reduced cost of each entry of ``problem.rooms`` and ``problem.instructors``.
        minutes_of
            Minutes for which every pair row of the problem is charged, in the pricer's unit, if others than its own.
        """
        minutes = self._minutes if minutes_of is None else minutes_of[self._losing_rows]
        pair_least = pair_value.copy()
        pair_least[self._losing] += self.charges.steps[self._crew, 0] * minutes
        pair_value = pair_value + self._line_loss(pair_value, minutes)
        order = order_within(self._of_pair, pair_value)
        value = pair_value[order]
        before = np.concatenate(([0.0], np.cumsum(value)))
        negative = np.add.reduceat(value < 0, self._first) if len(self._first) else self._size
        owner = self._rooms.owner
        wanted = np.maximum(self._least, negative)[owner]
        count = np.minimum(np.minimum(wanted, self._room_cap), self._size[owner])
        first = self._first[owner]
        total = before[first + count] - before[first] + room_value[self._room_rows]
        total[self._is_too_small] = np.inf
        best_room = self._rooms.least(total)
        teacher_total = teacher_value[self._teacher_rows]
        best_teacher = self._teachers.least(teacher_total)
        return Priced(
            self.candidate,
            total[best_room] + teacher_total[best_teacher],
            self._room_rows[best_room],
            self._teacher_rows[best_teacher],
            self._first,
            count[best_room],
            self.pairs[order],
            value,
            pair_least[order],
        )

    def best_of_lanes(self, priced: Priced, below: float) -> Ints:
        """Return the position of the best cohort of each module and lane, if it costs less than ``below``."""
        found, modules = self.problem.candidates, len(self.problem.scenario.modules)
        good = np.flatnonzero(priced.reduced_cost < below)
        group = found.lane[priced.candidate[good]] * modules + found.module[priced.candidate[good]]
        order = np.lexsort((priced.reduced_cost[good], group))
        best: Ints = good[order[np.diff(group[order], prepend=-1) != 0]]
        return best

    def _line_loss(self, pair_value: Floats, minutes: Floats) -> Floats:
        """Return each pair's line loss, people of one crew and candidate charged in the order of their values."""
        loss = np.zeros(len(pair_value))
        order = order_within(self._by_crew, pair_value[self._losing])
        loss[self._losing[order]] = self._crew_step * minutes[order]
        return loss


def _entries(servers: Servers, candidate: Ints, position: Ints) -> tuple[Ints, Groups]:
    """Return the entries of the servers of some candidates, and the position of each one's candidate."""
    counts = servers.ptr[candidate + 1] - servers.ptr[candidate]
    rows, _ = flat_ranges(servers.ptr[candidate], counts)
    return rows, Groups(np.repeat(position[candidate], counts))
