"""What one search changed is taken over into what another made of the same seating, wherever that is independent."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from lineside.models.checker import check
from lineside.models.reading import read_scenario
from lineside.solver.construct import Constructor
from lineside.solver.finish import finish
from lineside.solver.moves import grafting
from lineside.solver.moves import quick as quick_moves
from lineside.solver.moves.filling import Filler
from lineside.solver.moves.grafting import copies_of, graft, pieces
from lineside.solver.moves.standing import Standing
from lineside.solver.problem import Problem
from lineside.solver.search import Incumbent
from lineside.solver.seating import OpenCohort, Seating
from tests.random_scenarios import random_scenario

REGIONS = Path(__file__).parents[2] / "../shared/regions"


@pytest.fixture(autouse=True)
def short_bursts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_moves, "BURST_WORK", 0.1)


def begun(problem: Problem) -> tuple[Incumbent, Seating]:
    incumbent = Incumbent(problem)
    return incumbent, Constructor(problem, 10.0).run()


def region(name: str) -> tuple[Incumbent, Seating]:
    return begun(Problem(read_scenario(REGIONS / name).scenario))


def filler_of(incumbent: Incumbent, seating: Seating) -> Filler:
    return Filler(Standing(incumbent.prospects, incumbent.ledger, incumbent.occupancy, seating))


def burst(incumbent: Incumbent, base: Seating, seed: int) -> Seating:
    return incumbent.quick_search(base, seed).burst(base, lambda: True)[0]


def test_nothing_changed_is_no_piece() -> None:
    incumbent, first = region("s-plain-1")
    assert pieces(incumbent.problem, first, first) == []


@pytest.mark.parametrize("name", ["s-plain-1", "s-rotating-3", "s-nasty-5"])
def test_grafted_onto_what_it_began_with_a_search_is_taken_whole_if_each_piece_saves(name: str) -> None:
    incumbent, first = region(name)
    found = burst(incumbent, first, 3)
    filler = filler_of(incumbent, first)
    taken = graft(filler, first, found)
    assert 0 < taken <= len(pieces(incumbent.problem, first, found))
    assert (
        filler.standing.units()
        == incumbent.ledger.objective(filler.standing.seating())
        < incumbent.ledger.objective(first)
    )
    if taken == len(pieces(incumbent.problem, first, found)):
        assert filler.standing.units() <= incumbent.ledger.objective(found)


def test_pieces_share_neither_people_nor_cohorts_and_make_up_the_whole_change() -> None:
    incumbent, first = region("s-rotating-3")
    found = burst(incumbent, first, 1)
    parts = pieces(incumbent.problem, first, found)
    people = [person for part in parts for person in part.people]
    keys = [key for part in parts for key in part.leave]
    assert len(people) == len(set(people))
    assert len(keys) == len(set(keys))
    before, after = copies_of(first), copies_of(found)
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    assert set(keys) == changed
    assert changed


@pytest.mark.parametrize("seed", range(12))
def test_two_searches_together_break_no_rule_and_cost_no_more_than_either(seed: int) -> None:
    name = ["s-plain-1", "s-plain-2", "s-tight-4"][seed % 3]
    incumbent, first = region(name)
    one, other = burst(incumbent, first, seed), burst(incumbent, first, seed + 100)
    filler = filler_of(incumbent, one)
    graft(filler, first, other)
    both = filler.standing.seating()
    price = incumbent.ledger.objective
    assert price(both) == filler.standing.units() <= price(one)
    report = check(incumbent.problem.scenario, finish(incumbent.problem, both, 0.0, "feasible", {}))
    assert report.violations == ()


def test_changes_in_different_places_are_both_kept() -> None:
    # Of a plan with two cohorts less, one search opens the one again and another the other.
    incumbent, first = region("s-plain-1")
    price = incumbent.ledger.objective
    needs = incumbent.problem.demand.needs
    cohorts = first.cohorts
    people = [{needs[need].person_idx for need in cohort.needs} for cohort in cohorts]
    alone = [
        (a, b)
        for a in range(len(cohorts))
        for b in range(a)
        if not people[a] & people[b] and price(without(first, a, b)) > max(price(without(first, a)), price(first))
    ]
    assert alone
    a, b = alone[0]
    filler = filler_of(incumbent, without(first, a))
    assert graft(filler, without(first, a, b), without(first, b)) == 1
    assert copies_of(filler.standing.seating()) == copies_of(first)


def test_whom_an_earlier_piece_has_seated_elsewhere_a_later_one_leaves_there(monkeypatch: pytest.MonkeyPatch) -> None:
    incumbent, first = region("s-plain-1")
    needs, tried = incumbent.problem.demand.needs, 0
    for a, b in combinations(range(len(first.cohorts)), 2):
        two = first.cohorts[a], first.cohorts[b]
        people = [{needs[need].person_idx for need in cohort.needs} for cohort in two]
        if people[0] & people[1]:
            continue
        filler = filler_of(incumbent, without(first, a, b))
        standing = filler.standing

        def seat_others(_: Filler, left: list[int], two: tuple[OpenCohort, ...] = two, to: Standing = standing) -> None:
            # As offering those without a seat a cohort of their own does, with people of a piece that comes later.
            other = next(cohort for cohort in two if not cohort.needs & set(left))
            if all(to.home[need] < 0 for need in other.needs):
                served = to.bookings.servers(other.candidate)
                assert served is not None
                number = to.open(other.candidate, *served)
                for need in sorted(other.needs):
                    to.seat(need, number)

        with monkeypatch.context() as patch:
            patch.setattr(grafting, "_seat_elsewhere", seat_others)
            tried += graft(filler, without(first, a, b), first) > 0
        both = standing.seating()
        seated = [need for cohort in both.cohorts for need in cohort.needs]
        assert len(seated) == len(set(seated))
        assert standing.units() == incumbent.ledger.objective(both)
    assert tried > 20


def without(seating: Seating, *which: int) -> Seating:
    return Seating(tuple(c for k, c in enumerate(seating.cohorts) if k not in which), seating.chosen)


@pytest.mark.parametrize("seed", range(30))
def test_grafts_on_tiny_scenarios_break_no_rule(seed: int) -> None:
    incumbent, first = begun(Problem(random_scenario(seed)))
    problem = incumbent.problem

    def broken(seating: Seating) -> set[str]:
        return {row.rule for row in check(problem.scenario, finish(problem, seating, 0.0, "feasible", {})).violations}

    if broken(first):
        return  # what the first plan breaks, a pin, moves leave to the model
    one, other = burst(incumbent, first, seed), burst(incumbent, first, seed + 1)
    filler = filler_of(incumbent, one)
    graft(filler, first, other)
    assert broken(filler.standing.seating()) == set()
    assert filler.standing.units() == incumbent.ledger.objective(filler.standing.seating())
