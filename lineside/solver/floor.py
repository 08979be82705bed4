"""The trivial bound: what every need costs at least, seated or not, whatever cohorts are formed."""

from __future__ import annotations

import math
from fractions import Fraction

from lineside.models.tables import Module
from lineside.solver.needs import Need
from lineside.solver.problem import Problem


def trivial_floor(problem: Problem) -> int:
    """Return units that no allowed plan can be below, whatever patterns it uses.

    Notes
    -----
    A need that is not seated costs its price. A seat costs its dollars per seat and a share of its
    cohort's room and instructor, which a cohort of at most ``cap`` people cannot make smaller than
    ``hours * cheapest rate / cap``. A seat of the published plan takes back its change, any other is one.
    Of several options the cheapest is counted. No plan costs less than nothing.
    """
    shares = [_cheapest_share(problem, module) for module in problem.scenario.modules]
    least = [min(need.price, _least_seat(problem, need, shares[need.module_idx])) for need in problem.demand.needs]
    total = sum(value for value, need in zip(least, problem.demand.needs, strict=True) if not need.options)
    under = dict.fromkeys(range(len(problem.demand.options)), 0)
    for value, need in zip(least, problem.demand.needs, strict=True):
        for option in need.options:
            under[option] += value
    total += sum(min(under[option] for option in choice) for choice in problem.demand.choices)
    return max(0, problem.constant + total - problem.rounding_slack)


def _least_seat(problem: Problem, need: Need, share: Fraction | None) -> int:
    """Return the units that a seat costs at least: its share of dollars, and the change that it is or takes back."""
    scenario, tariff = problem.scenario, problem.tariff
    module = scenario.modules[need.module_idx]
    seat = (scenario.apprentices[need.person_idx].apprentice, module.module)
    if share is None:
        return need.price
    amount = tariff.dollars * (Fraction(module.dollars_per_seat) + share)
    if problem.facts.has_published:
        amount += tariff.changes * (-1 if seat in problem.facts.published_keys else 1)
    return math.floor(amount * problem.money.scale)


def _cheapest_share(problem: Problem, module: Module) -> Fraction | None:
    """Return a seat's dollars of room and instructor in a full cohort; None if nowhere and nobody can teach it."""
    scenario = problem.scenario
    rooms = [row for row in scenario.rooms if set(module.features) <= set(row.features)]
    teachers = [row for row in scenario.instructors if module.module in row.modules]
    if not rooms or not teachers:
        return None
    rate = min(Fraction(row.dollars_per_hour) for row in rooms)
    rate += min(Fraction(row.dollars_per_hour) for row in teachers)
    return Fraction(module.hours) * rate / module.seats_max
