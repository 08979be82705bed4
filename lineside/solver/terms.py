"""What cohorts cost at given prices of rows, counted from the cheapest seat of each need.

A seat may cost less than nothing: it keeps the published one, or a row pays for it. Prices of needs that move, or that
are scaled, are numbers from 0 on, so they are counted from there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.solver.pricing import Priced, Pricer

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Terms:
    """Costs of everything in a cohort, in the unit of the pricer.

    Parameters
    ----------
    base
        Cheapest seat of each need where that is below 0, else 0.
    cost
        What each of the pricer's pairs costs beyond that.
    room, teacher
        What each entry of ``problem.rooms`` and ``problem.instructors`` costs.
    minutes
        As :meth:`~lineside.solver.pricing.Pricer.price` has them.
    """

    base: Floats
    cost: Floats
    room: Floats
    teacher: Floats
    minutes: Floats | None = None

    @classmethod
    def of(cls, pricer: Pricer, value: Floats, room: Floats, teacher: Floats, minutes: Floats | None = None) -> Terms:
        """Return terms from what each pair row of the problem costs.

        Parameters
        ----------
        value
            Of each pair row. A need whose seats all cost more than 0 counts from 0.
        """
        need = pricer.problem.pairs.need[pricer.pairs]
        base = np.zeros(len(pricer.problem.demand.needs))
        np.minimum.at(base, need, value[pricer.pairs])
        return cls(base, value[pricer.pairs] - base[need], room, teacher, minutes)

    def priced(self, pricer: Pricer, price: Floats) -> Priced:
        """Return every candidate's best cohort at prices of needs beyond their cheapest seats."""
        need = pricer.problem.pairs.need[pricer.pairs]
        return pricer.price(self.cost - price[need], self.room, self.teacher, self.minutes)
