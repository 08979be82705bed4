"""The trivial bound: what every need costs at least, seated or not, whatever cohorts are formed."""

from __future__ import annotations

from fractions import Fraction

from lineside.solver.problem import Problem


def trivial_floor(problem: Problem) -> int:
    """Return units that no allowed plan can be below, whatever patterns it uses.

    Notes
    -----
    A need that is not seated costs its price. A seat costs its dollars per seat and a share of its
    cohort's room and instructor, which a cohort of at most ``cap`` people cannot make smaller than
    ``hours * cheapest rate / cap``. A change back to the published plan earns at most its price.
    Of several options the cheapest is counted.
    """
    scenario, money = problem.scenario, problem.money
    prices = scenario.settings.prices
    earned = money.units(Fraction(prices.change)) if problem.facts.has_published else 0
    least = []
    for need in problem.demand.needs:
        module = scenario.modules[need.module_idx]
        dollars = Fraction(module.dollars_per_seat) + _cheapest_share(problem, need.module_idx)
        least.append(min(need.price, money.units(Fraction(prices.dollar) * dollars) - earned - 1))
    total = sum(value for value, need in zip(least, problem.demand.needs, strict=True) if not need.options)
    under = dict.fromkeys(range(len(problem.demand.options)), 0)
    for value, need in zip(least, problem.demand.needs, strict=True):
        for option in need.options:
            under[option] += value
    total += sum(min(under[option] for option in choice) for choice in problem.demand.choices)
    return problem.constant + total - problem.rounding_slack


def _cheapest_share(problem: Problem, module_idx: int) -> Fraction:
    scenario = problem.scenario
    module = scenario.modules[module_idx]
    rooms = [row for row in scenario.rooms if set(module.features) <= set(row.features)]
    teachers = [row for row in scenario.instructors if module.module in row.modules]
    if not rooms or not teachers:
        return Fraction(0)
    rate = min(Fraction(row.dollars_per_hour) for row in rooms)
    rate += min(Fraction(row.dollars_per_hour) for row in teachers)
    return Fraction(module.hours) * rate / module.seats_max
