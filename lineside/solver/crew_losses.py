"""What a minute costs each crew, by the number of its people who are away."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from lineside.models.scenario import Scenario
from lineside.solver.money import Money
from lineside.solver.tariff import Tariff


@dataclass(frozen=True)
class CrewLoss:
    """What a minute costs a crew, by the number of its people who are away.

    Parameters
    ----------
    cost
        Units of the objective for 0, 1, ... people away; never falling.
    company_idx
        Company of the crew.
    members
        People of the crew who are apprentices.
    company_cost
        Units that the company has for the same, of which the largest sum of a company is charged.
    """

    cost: tuple[int, ...]
    company_idx: int
    members: tuple[int, ...]
    company_cost: tuple[int, ...]


def losses_of_crews(
    scenario: Scenario, crew_of: NDArray[np.int64], money: Money, tariff: Tariff
) -> tuple[CrewLoss, ...]:
    """Return the loss per minute of every crew, in the order of the table ``crews``.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    crew_of
        Crew of each person, shape (people,).
    money, tariff
        What is charged, as whole numbers.
    """
    company_idx = {row.company: idx for idx, row in enumerate(scenario.companies)}
    rows = []
    for idx, crew in enumerate(scenario.crews):
        weight = Fraction(scenario.line_by_id[crew.line].weight) / 1000
        people = tuple(np.flatnonzero(crew_of == idx).tolist())
        size = (crew.headcount, crew.minimum, crew.relief)
        thousandths = [loss_thousandths(n, *size) for n in range(len(people) + 1)]
        cost = tuple(
            money.units(tariff.line_time_lost * weight * t + tariff.release * n + tariff.stopped * is_stopped(n, *size))
            for n, t in enumerate(thousandths)
        )
        company_cost = tuple(money.units(tariff.worst_company * weight * t) for t in thousandths)
        company = scenario.rota_by_id[crew.rota].company
        rows.append(CrewLoss(cost, company_idx[company], people, company_cost))
    return tuple(rows)


def loss_thousandths(away: int, headcount: int, minimum: int, relief: int) -> int:
    """Return the thousandths of a line-minute that a minute costs with some people of a crew away.

    0 if relief covers them; 1000 if the crew falls below its minimum; else the uncovered share of
    the headcount, rounded to a thousandth, halves up (contract §4).

    >>> [loss_thousandths(n, 16, 14, 1) for n in range(5)]
    [0, 0, 63, 125, 1000]
    """
    uncovered = max(0, away - relief)
    if uncovered == 0:
        return 0
    if is_stopped(away, headcount, minimum, relief):
        return 1000
    return (2000 * uncovered + headcount) // (2 * headcount)


def is_stopped(away: int, headcount: int, minimum: int, relief: int) -> bool:
    """Return whether a crew with some people away is below its minimum, relief counted.

    >>> [is_stopped(n, 16, 14, 1) for n in range(5)]
    [False, False, False, False, True]
    """
    uncovered = max(0, away - relief)
    return uncovered > 0 and headcount - uncovered < minimum
