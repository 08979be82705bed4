"""Futures of one crew, drawn many at once: who leaves, who stays away, which weeks are longer, and what that costs.

Arrays have the futures last, so that the inner loops run over them.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lineside.models.measures import minute_cost
from lineside.models.tables import Crew
from lineside.solver.futures.crews import CrewTaken, ShiftTaken
from lineside.solver.futures.rates import Rates

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
NEVER = np.iinfo(np.int64).max


class CrewGame:
    """Some futures of one crew.

    Parameters
    ----------
    taken
        What the plan takes from the crew.
    rates
        How often people leave, stay away or work longer.
    rng
        Random numbers of this crew and these futures alone.
    count
        How many futures.

    Attributes
    ----------
    leaves
        Week from which on each person is out of the program, shape (people, futures).
    stays, attends
        Whether the person of each seat and meeting is still in the program, and comes; shape (seat meetings, futures).
    """

    def __init__(self, taken: CrewTaken, rates: Rates, rng: np.random.Generator, count: int) -> None:
        self._taken, people = taken, len(taken.people)
        self._others = max(0, taken.crew.headcount - people)
        self.leaves = _weeks_until_leaving(rng, rates.drop_out_per_week, (people, count))
        self._overtime = _chance(rng, rates.overtime_per_week, (len(taken.weeks), count)).astype(np.int64)
        self._absent = _chance(rng, rates.absence_per_shift, (people, len(taken.dates), count))
        self._others_absent = rng.binomial(self._others, rates.absence_per_shift, (len(taken.shifts), count))
        self.stays = self.leaves[taken.seat_person] > taken.seat_week[:, None]
        self.attends = self.stays & ~self._absent[taken.seat_person, taken.seat_date]

    @cached_property
    def missed_minutes(self) -> Ints:
        """Minutes of class that people in the program miss, in each future."""
        missed: Ints = self._taken.seat_minutes @ (self.stays & ~self.attends)
        return missed

    def lost_and_stopped(self) -> tuple[Ints, Ints]:
        """Return thousandths of unweighted line-minutes that classes add, and minutes stopped, in each future."""
        cost, stops = _minute_tables(self._taken.crew, self._others + len(self._taken.people))
        lost = np.zeros(self.leaves.shape[1], dtype=np.int64)
        stopped = lost.copy()
        for shift, others in zip(self._taken.shifts, self._others_absent, strict=True):
            absent = others + self._absent[:, shift.date].sum(axis=0)
            overtime = self._overtime[shift.week]
            missing = absent + self._in_class(shift)
            minutes = np.where(shift.is_overtime[:, None], overtime, 1) * shift.minutes[:, None]
            lost += ((cost[overtime, missing] - cost[overtime, absent]) * minutes).sum(axis=0)
            stopped += ((stops[overtime, missing] & ~stops[overtime, absent]) * minutes).sum(axis=0)
        return lost, stopped

    def _in_class(self, shift: ShiftTaken) -> NDArray[np.int16]:
        """Return how many of those who came to a shift are in class, shape (stretches, futures)."""
        away = [
            self.attends[list(meetings)].any(axis=0) & ~self._absent[person, shift.date]
            for person, meetings in shift.away
        ]
        found: NDArray[np.int16] = shift.covers @ np.array(away, dtype=np.int16)
        return found


def _chance(rng: np.random.Generator, chance: float, shape: tuple[int, ...]) -> Bools:
    """Return what happens with some chance; what never happens takes no random number."""
    if chance == 0:
        return np.zeros(shape, dtype=bool)
    return rng.random(shape, dtype=np.float32) < np.float32(chance)


def _weeks_until_leaving(rng: np.random.Generator, chance: float, shape: tuple[int, ...]) -> Ints:
    """Return the first week that each person misses, 1 at least: who leaves during week 0 still comes in it."""
    if chance == 0:
        return np.full(shape, NEVER, dtype=np.int64)
    weeks: Ints = rng.geometric(chance, shape)
    return weeks


def _minute_tables(crew: Crew, most: int) -> tuple[Ints, Bools]:
    """Return thousandths that a minute costs, and whether the line stops, by overtime (0, 1) and operators missing."""
    crews = (crew, crew.model_copy(update={"relief": 0}))
    rows = [[minute_cost(row, missing) for missing in range(most + 1)] for row in crews]
    cost = np.array([[int(1000 * cost) for cost, _ in row] for row in rows], dtype=np.int64)
    return cost, np.array([[stops for _, stops in row] for row in rows], dtype=bool)
