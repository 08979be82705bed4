"""Whether a bound is ever above the optimum, on random small scenarios: ``python -m benchmarks.bounds``."""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import sys
import time
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from unittest import mock

from lineside.models.scenario import Scenario
from lineside.solver import SolveOptions, bound, solve
from lineside.solver.bound import ColumnGeneration
from lineside.solver.cuts import Separator
from lineside.solver.problem import Problem
from lineside.solver.proof import SETTLE_EVERY
from lineside.solver.settling import settle
from tests.exhaustive import exhaustive_optimum
from tests.random_scenarios import random_scenario
from tests.solver.test_bound import NO_ROWS

MILLIONTH = Fraction(1, 1_000_000)
THOUSANDTH = Fraction(1, 1000)
ROUNDS = 60
"""Rounds of column generation after which a bound counts as it is."""
FAMILIES = {"all rows": None, **{f"no rows of {family}": place for family, place in NO_ROWS.items()}}
"""Parts of the relaxation, and what takes each part's rows out of it."""


@contextlib.contextmanager
def without(family: str) -> Iterator[None]:
    """Take a family of rows out of the relaxation meanwhile."""
    place = FAMILIES[family]
    with contextlib.nullcontext() if place is None else mock.patch.object(*place):
        yield


def relaxed(scenario: Scenario, most_exact: int) -> Fraction:
    """Return the bound of column generation in line-minutes; above some pairs its master is solved roughly."""
    problem = Problem(scenario)
    with mock.patch.object(bound, "LARGE_PAIRS", most_exact):
        master = ColumnGeneration(problem, problem.viable_pairs)
        separator = Separator(master)
        for number in range(ROUNDS):
            master.round()
            if master.is_large and number % SETTLE_EVERY == 0:
                settle(master, lambda: True)
                master.tighten()
            if master.converged and not separator.add_violated():
                break
    units = master.best * master.unit + problem.constant - problem.rounding_slack
    return Fraction(problem.money.line_minutes(units))


def main(arguments: list[str] | None = None) -> int:
    """Compare, print the counts, and return 1 if any bound is above an optimum or any optimum above an objective."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, default=500)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--seconds", type=float, default=20.0, help="most time of each solve")
    given = parser.parse_args(arguments)
    began, counts, wrong = time.monotonic(), Counter[str](), list[str]()
    for seed in range(given.first_seed, given.first_seed + given.scenarios):
        scenario = random_scenario(seed)
        optimum = exhaustive_optimum(scenario)
        plan = solve(scenario, SolveOptions(seconds=given.seconds, workers=1, seed=0)).plan
        if optimum is None:
            counts["no plan is allowed"] += 1
            wrong += [f"{seed}: {plan.status}, but no plan is allowed"] if plan.status != "infeasible" else []
            continue
        counts[plan.status] += 1
        if plan.objective is None or plan.bound is None:
            wrong.append(f"{seed}: no plan, but the optimum is {float(optimum)}")
            continue
        if Fraction(plan.bound) > optimum + THOUSANDTH or optimum > Fraction(plan.objective) + THOUSANDTH:
            wrong.append(f"{seed}: bound {plan.bound}, optimum {float(optimum)}, objective {plan.objective}")
        for family in FAMILIES:
            for how, most_exact in (("exactly", bound.LARGE_PAIRS), ("roughly", 0)):
                with without(family):
                    found = relaxed(scenario, most_exact)
                counts[f"bounds {how}"] += 1
                if found > optimum + MILLIONTH:
                    wrong.append(f"{seed}: {family}, solved {how}: bound {float(found)}, optimum {float(optimum)}")
    told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
    print(f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M} UTC: {given.scenarios} scenarios from seed {given.first_seed}")
    print(f"in {time.monotonic() - began:.0f} s: {told}; {len(wrong)} wrong.", *wrong, sep="\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
