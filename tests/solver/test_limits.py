"""Limits on measures: kept by every part of the search, and the least objective within them is the brute force's."""

from __future__ import annotations

import threading
import time
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from ortools.sat.python import cp_model

from lineside.models.checker import check
from lineside.models.measures import measure
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.solver import SolveOptions, solve
from lineside.solver.bound import ColumnGeneration
from lineside.solver.budget import Budget
from lineside.solver.construct import Constructor
from lineside.solver.cuts import Separator
from lineside.solver.finish import finish
from lineside.solver.limit_rows import add_limit_rows
from lineside.solver.limits import limits_of
from lineside.solver.model.build import Limits as Effort
from lineside.solver.model.build import build, solve_scope
from lineside.solver.model.scope import Draft, Scope
from lineside.solver.moves.filling import Filler
from lineside.solver.moves.keeping import BEYOND
from lineside.solver.moves.rebuilding import Rebuilder
from lineside.solver.moves.standing import Standing
from lineside.solver.neighbourhoods import NeighbourhoodFinder
from lineside.solver.problem import Problem
from lineside.solver.reaching import reach
from lineside.solver.search import Incumbent
from lineside.solver.seating import Seating
from lineside.solver.tariff import AMOUNT_WORDS, MEASURES
from tests.exhaustive import exhaustive_optimum
from tests.random_scenarios import random_scenario

REGIONS = Path(__file__).parents[2] / "../shared/regions"
LIMITED = ("line_time_lost", "worst_company", "unseated_hours", "travel_minutes", "changes", "dollars")
"""Measures that the brute force can limit."""


def figures(scenario: Scenario, seed: int) -> dict[str, Fraction]:
    """Return the measures of the best plan, exact; nothing if no plan is allowed."""
    plan = solve(scenario, SolveOptions(seconds=20, workers=1, seed=seed)).plan
    if plan.measures is None:
        return {}
    found = measure(scenario, plan)
    return {name: Fraction(getattr(found, name)) for name in LIMITED}


@pytest.mark.parametrize("seed", (0, 1, 2, 3, 8, 9, 10, 11, 13, 19))
def test_the_least_objective_within_a_limit_is_that_of_the_brute_force(seed: int) -> None:
    scenario, rng = random_scenario(seed), Random(seed)
    for name, amount in figures(scenario, seed).items():
        most = amount * Fraction(rng.choice([0, 25, 50, 75, 99]), 100)
        optimum = exhaustive_optimum(scenario, most={name: most})
        solution = solve(scenario, SolveOptions(seconds=20, workers=1, limits={name: most}))
        if optimum is None:
            assert solution.plan.status == "infeasible"
            assert f"{AMOUNT_WORDS[name]}, and that is proven." in solution.explanation
            continue
        assert solution.aim is not None and solution.aim.is_optimal, name
        assert abs(solution.aim.value - optimum) <= Fraction(1, 1000), name
        assert solution.aim.limited[name] <= most
        assert (solution.plan.status, solution.plan.bound) == ("feasible", None)
        assert check(scenario, solution.plan).is_clean


def converged_bound(problem: Problem) -> float:
    master = ColumnGeneration(problem, problem.viable_pairs)
    separator = Separator(master)
    add_limit_rows(master)
    for _ in range(400):
        master.round()
        if master.converged and not separator.add_violated():
            return problem.money.line_minutes(master.best * master.unit + problem.constant - problem.rounding_slack)
    raise AssertionError("Column generation does not converge.")


def test_the_relaxation_knows_limits_and_is_never_above_the_optimum() -> None:
    raised = 0
    for seed in (0, 2, 4, 8, 10, 11, 13):
        scenario = random_scenario(seed)
        problem = Problem(scenario)
        free = converged_bound(problem)
        for name, amount in figures(scenario, seed).items():
            most = amount / 2
            optimum = exhaustive_optimum(scenario, most={name: most})
            problem.limits = limits_of(problem, {name: most})
            bound = converged_bound(problem)
            assert optimum is None or bound <= float(optimum) + 1e-6, (seed, name)
            raised += bound > free + 1
    assert raised >= 8


def mended(problem: Problem) -> tuple[Incumbent, Seating]:
    return Incumbent(problem), Constructor(problem, 10.0).run()


@pytest.fixture(scope="module")
def region() -> Scenario:
    return read_scenario(REGIONS / "s-rotating-3").scenario


@pytest.mark.parametrize("name", ["objective", *MEASURES])
def test_the_row_of_a_part_counts_what_everybody_has(region: Scenario, name: str) -> None:
    problem = Problem(region)
    incumbent, seating = mended(problem)
    problem.limits = limits_of(problem, {name: 10**9})
    finder = NeighbourhoodFinder(problem, incumbent.local_prices, 1)
    around = finder.draw("cohorts", seating)
    scope = Scope(problem, around.people, around.pairs, seating, incumbent.conflicts, incumbent.ledger)
    draft = fixed_to(seating, build(scope))
    solver = cp_model.CpSolver()
    meter = draft.meters[1]
    draft.model.minimize(sum(units * literal for units, literal in meter.terms) + meter.constant)
    assert solver.solve(draft.model) == cp_model.OPTIMAL
    assert round(solver.objective_value) == problem.limits[0].units(seating) > 0 or name in ("changes", "stopped")


def fixed_to(seating: Seating, draft: Draft) -> Draft:
    """Leave nothing to decide but what follows from a seating."""
    pairs, candidate_of = draft.scope.problem.pairs, seating.candidate_of()
    for row, literal in draft.seat.items():
        draft.model.add(literal == (candidate_of.get(int(pairs.need[row])) == int(pairs.candidate[row])))
    rooms = {(cohort.candidate, cohort.room) for cohort in seating.cohorts}
    teachers = {(cohort.candidate, cohort.instructor) for cohort in seating.cohorts}
    for key, literal in draft.opens.items():
        draft.model.add(literal == (key in rooms))
    for key, literal in draft.teaches.items():
        draft.model.add(literal == (key in teachers))
    for k, literal in draft.option.items():
        draft.model.add(literal == (k in seating.chosen))
    return draft


@pytest.mark.parametrize("name", ["dollars", "travel_minutes", "cohorts", "worst_company"])
def test_a_step_keeps_the_limit_with_everybody_around_it(region: Scenario, name: str) -> None:
    problem = Problem(region)
    incumbent, seating = mended(problem)
    (limit,) = limits_of(problem, {name: 10**9})
    now = Fraction(limit.units(seating), limit.problem.money.scale)
    problem.limits = limits_of(problem, {name: now})
    finder = NeighbourhoodFinder(problem, incumbent.local_prices, 2)
    for kind in ("cohorts", "module"):
        around = finder.draw(kind, seating)
        scope = Scope(problem, around.people, around.pairs, seating, incumbent.conflicts, incumbent.ledger)
        answer = solve_scope(scope, Effort(5.0, 1, 0, 0.5, brief=True), hint=seating)
        assert answer.seating is not None
        assert problem.limits[0].excess(answer.seating) == 0


def test_quick_moves_measure_limits_as_they_go_and_never_pass_one(region: Scenario) -> None:
    problem = Problem(region)
    incumbent, seating = mended(problem)
    names = ("dollars", "travel_minutes", "cohorts", "line_time_lost", "worst_company", "unseated_hours")
    free = limits_of(problem, dict.fromkeys(names, 10**9))
    amounts = {x.measure: Fraction(x.units(seating), x.problem.money.scale) for x in free}
    problem.limits = limits_of(problem, amounts)
    standing = Standing(incumbent.prospects, incumbent.ledger, incumbent.occupancy, seating)
    rebuilder = Rebuilder(standing, Filler(standing), 1)
    rebuilder.patience = 40.0 * problem.money.scale
    kept = 0
    for _ in range(200):
        kept += rebuilder.trial()
        assert standing.excess() == (0,) * len(names)
    assert kept > 0
    assert [limit.excess(standing.seating()) for limit in problem.limits] == [0] * len(names)
    assert standing.units() == incumbent.ledger.objective(standing.seating())
    standing.close(_emptied(standing))
    assert standing.excess()[names.index("unseated_hours")] == problem.limits[-1].excess(standing.seating()) > 0
    assert standing.units() >= BEYOND


def _emptied(standing: Standing) -> int:
    number = next(iter(standing.cohorts))
    for need in sorted(standing.cohorts[number].members):
        standing.unseat(need)
    return number


@pytest.mark.parametrize("name", ["dollars", "travel_minutes", "cohorts"])
def test_a_plan_beyond_a_limit_is_trimmed_and_keeps_every_rule(region: Scenario, name: str) -> None:
    problem = Problem(region)
    incumbent, seating = mended(problem)
    (limit,) = limits_of(problem, {name: 10**9})
    problem.limits = limits_of(problem, {name: Fraction(limit.units(seating), limit.problem.money.scale) * 7 / 10})
    assert not incumbent.offer(seating)
    found = incumbent.trimmed(seating)
    assert incumbent.offer(found)
    assert 0 < len(found.cohorts) < len(seating.cohorts)
    assert check(region, finish(problem, found, 0.0, "feasible", {})).violations == ()


def test_a_limit_that_takes_more_seats_is_reached_by_looking_for_them(region: Scenario) -> None:
    problem = Problem(region)
    _, seating = mended(problem)
    (limit,) = limits_of(problem, {"unseated_hours": 10**9})
    dropped = Seating(seating.cohorts[2:], seating.chosen)
    problem.limits = limits_of(
        problem, {"unseated_hours": Fraction(limit.units(seating), limit.problem.money.scale), "cohorts": 99}
    )
    assert problem.limits[0].excess(dropped) > 0
    budget = Budget(10.0, time.monotonic(), False, threading.Event())
    found = reach(problem, dropped, budget, 1, 0)
    assert found is not None
    assert [limit.excess(found) for limit in problem.limits] == [0, 0]


def test_an_unknown_measure_and_a_negative_limit_are_refused() -> None:
    scenario = random_scenario(0)
    with pytest.raises(ValueError, match="dollar is no measure"):
        solve(scenario, SolveOptions(limits={"dollar": 1}))
    with pytest.raises(ValueError, match="below 0"):
        solve(scenario, SolveOptions(objective={"dollars": -1}))
