"""In large regions only the people near by are decided anew: answers stay allowed, and are seldom worse."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import pytest

from lineside.models.checker import check
from lineside.solver import AdviceOptions, Inquiry, advise
from lineside.solver.advice import estimates, nearby, worth
from lineside.solver.advice.bench import Bench
from tests.build import tiny
from tests.random_scenarios import random_scenario
from tests.solver.advice.test_near_misses import ADVICE, LEAST, near_misses
from tests.solver.advice.test_why import solved


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let every region count as large."""
    for module in (nearby, worth):
        monkeypatch.setattr(module, "WHOLE_PAIRS", -1)
    monkeypatch.setattr(estimates, "COLUMN_PAIRS", -1)
    yield


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("who", LEAST, ids=" ".join)
def test_the_near_misses_are_found_near_by_too(who: tuple[str, str]) -> None:
    _, steps, words, objective = LEAST[who]
    scenario, plan = near_misses()
    found = Inquiry(scenario, plan).why(*who)
    assert found.ways is not None
    way = found.ways.found[0]
    assert (way.loosening.steps, way.loosening.words) == (steps, words)
    # P2's seat would let P3 and P4 change into another cohort of another module, which is not near by: 3 - 1.6; the
    # release that S6 needs would seat S3 elsewhere: 120 - 0.4.
    more = {"P2": Decimal("1.4"), "S6": Decimal("119.6")}.get(who[0], Decimal(0))
    assert way.plan.objective == Decimal(objective) + more and not way.is_whole
    assert check(way.loosening.applied(scenario), way.plan).is_clean


@pytest.mark.usefixtures("large")
def test_advice_without_the_prices_of_rows_finds_the_same() -> None:
    found = advise(*near_misses(), AdviceOptions(seconds=60, most=20))
    assert [(row.change.words, row.saved) for row in found.advice] == [(words, Decimal(s)) for words, s in ADVICE]


@pytest.mark.usefixtures("large")
def test_who_is_near_by_is_told() -> None:
    people = {f"a{k}": {} for k in range(2, 31)}
    scenario = tiny(settings={"weeks": 1}, apprentices=people, modules={"math": {"seats_max": 3}})
    bench = Bench.of(scenario, solved(scenario))
    [need] = [k for k in bench.need_of.values() if k not in bench.base.candidate_of()][:1]
    around = bench.around(need)
    assert not around.is_whole
    # 24 people by the number of shared candidates, those without a seat first: all share the one candidate there is.
    assert len(around.people) == nearby.MOST_PEOPLE
    assert bench.problem.demand.needs[need].person_idx in around.people
    seated = {bench.problem.demand.needs[k].person_idx for k in bench.base.candidate_of()}
    assert not seated & around.people


@pytest.mark.usefixtures("large")
@pytest.mark.parametrize("seed", [3, 8, 17, 29, 36])
def test_random_answers_near_by_are_allowed_and_no_better_than_those_of_the_whole(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    scenario = random_scenario(seed)
    plan = solved(scenario)
    needs = [(row.apprentice, row.module) for row in (*plan.unseated[:2], *plan.seats[:2])]
    near = [Inquiry(scenario, plan).why(*who, most_ways=1) for who in needs]
    monkeypatch.setattr(nearby, "WHOLE_PAIRS", 10**6)
    whole = [Inquiry(scenario, plan).why(*who, most_ways=1) for who in needs]
    for one, other in zip(near, whole, strict=True):
        if one.next_best is not None:
            assert other.next_best is not None
            assert one.next_best.differences[0].difference >= other.next_best.differences[0].difference
        for way in one.ways.found if one.ways else ():
            assert check(way.loosening.applied(scenario), way.plan).is_clean
            assert other.ways is not None and other.ways.found
