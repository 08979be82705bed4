"""Seats exclude each other exactly where the rules of one person say so, and cliques are what they say."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from lineside.solver.conflicts import Conflicts
from lineside.solver.exclusions import Exclusions, extended, heaviest_cliques
from lineside.solver.fits import PersonRules
from lineside.solver.problem import Problem
from tests.random_scenarios import random_scenario

MOST_PAIRS = 60


def out_of_order(problem: Problem, one: int, other: int) -> bool:
    """Return whether a pair row is for a module that waits for the other's, and does not begin after it."""
    pairs, found = problem.pairs, problem.candidates
    after, before = int(pairs.need[one]), int(pairs.need[other])
    waits = any(row.need_idx == after and row.need_before == before for row in problem.demand.earlier)
    first = found.slots.ordinal[found.slots_of(int(pairs.candidate[one]))[0]]
    last = found.slots.ordinal[found.slots_of(int(pairs.candidate[other]))[-1]]
    return waits and bool(first <= last)


@pytest.mark.parametrize("seed", range(40))
def test_seats_exclude_each_other_as_the_rules_say(seed: int) -> None:
    problem = Problem(random_scenario(seed))
    conflicts = Conflicts(problem)
    exclusions = Exclusions(problem, problem.viable_pairs, conflicts)
    rules = PersonRules(problem)
    for person in range(len(problem.scenario.apprentices)):
        rows = exclusions.rows_of(person)[:MOST_PAIRS]
        excluded = exclusions.of(person) if len(rows) else np.zeros((0, 0), dtype=bool)
        assert not excluded.diagonal().any()
        for one, other in itertools.combinations(range(len(rows)), 2):
            candidates = problem.pairs.candidate[rows[[one, other]]].tolist()
            expected = problem.pairs.need[rows[one]] == problem.pairs.need[rows[other]]
            expected |= out_of_order(problem, int(rows[one]), int(rows[other]))
            expected |= out_of_order(problem, int(rows[other]), int(rows[one]))
            expected |= candidates[0] == candidates[1] or not rules.fits(person, candidates)
            assert excluded[one, other] == excluded[other, one] == expected


def test_cliques_are_all_that_weigh_enough() -> None:
    generator = np.random.default_rng(0)
    for _ in range(20):
        excluded = np.triu(generator.random((8, 8)) < 0.5, 1)
        excluded |= excluded.T
        weight = generator.random(8)
        expected = {
            chosen
            for size in range(1, 9)
            for chosen in itertools.combinations(range(8), size)
            if weight[list(chosen)].sum() > 1
            and all(excluded[a, b] for a, b in itertools.combinations(chosen, 2))
            and not any(all(excluded[k, a] for a in chosen) for k in range(8))
        }
        found = heaviest_cliques(excluded, weight, 1.0)
        assert {tuple(clique) for clique in found} == expected
        sums = [weight[clique].sum() for clique in found]
        assert sums == sorted(sums, reverse=True)
        for clique in found:
            assert extended(excluded, np.array(clique)).tolist() == clique


def test_a_clique_is_extended_until_nothing_more_excludes_all() -> None:
    excluded = np.ones((5, 5), dtype=bool) & ~np.eye(5, dtype=bool)
    excluded[4, 0] = excluded[0, 4] = False
    assert extended(excluded, np.array([0, 1])).tolist() == [0, 1, 2, 3]
