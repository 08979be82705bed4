"""The bundled scenario of near misses: every least change and every piece of advice gives what its README says."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

import lineside.scenarios
from lineside.models.checker import check
from lineside.models.plan import Plan
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.models.table_edits import cell_edit, edited
from lineside.models.tables import Pin
from lineside.solver import AdviceOptions, Advised, Inquiry, Loosening, SolveOptions, Why, advise, solve
from tests.solver.advice.test_why import assert_seats

FOLDER = Path(lineside.scenarios.__file__).parent / "bundled" / "near_misses"
QUICK = SolveOptions(seconds=10, workers=1)


@cache
def near_misses() -> tuple[Scenario, Plan]:
    scenario = read_scenario(FOLDER).scenario
    return scenario, solve(scenario, QUICK).plan


@cache
def why(apprentice: str, module: str) -> Why:
    return Inquiry(*near_misses()).why(apprentice, module)


@cache
def advised() -> Advised:
    return advise(*near_misses(), AdviceOptions(seconds=60, most=20))


def told(figure: str) -> bool:
    return f"**{figure}**" in (FOLDER / "README.md").read_text(encoding="utf-8")


def test_the_plan_costs_what_the_readme_adds_up() -> None:
    _, plan = near_misses()
    assert plan.status == "optimal"
    assert plan.objective == Decimal("694.7") and told("694.700")
    assert plan.measures is not None
    assert (plan.measures.line_time_lost, plan.measures.unseated_hours) == (16, Decimal("10.75"))
    assert (plan.measures.dollars, plan.measures.travel_minutes) == (530, 360)
    assert {(row.apprentice, row.module) for row in plan.unseated} == set(LEAST)


LEAST = {
    ("P1", "WELD"): ("travel-limit", 1, "a travel limit of 35 instead of 30 minutes for Gail Novak (P1)", "576.1"),
    ("S3", "CRANE"): ("release-limit", 1, "145 instead of 130 minutes of release at Straits Steel (STEEL)", "575.1"),
    ("P2", "FORK"): ("access", 1, "Straits Steel mill (STEEL-P) open to Pine Paper (PAPER)", "574.1"),
    ("S6", "SAFE"): ("release-limit", 2, "160 instead of 130 minutes of release at Straits Steel (STEEL)", "440.5"),
    ("S4", "MATH"): ("cohort-size", 1, "1 more seat in MATH-1: room HALL with 4 instead of 3", "605.1"),
    ("S5", "MATH"): ("cohort-size", 2, "2 more seats in MATH-1: room HALL with 5 instead of 3", "545.5"),
}


@pytest.mark.parametrize("who", LEAST, ids=" ".join)
def test_the_least_change_seats_whom_it_promises_to(who: tuple[str, str]) -> None:
    rule, steps, words, objective = LEAST[who]
    found = why(*who)
    assert found.ways is not None and found.ways.is_complete
    way = found.ways.found[0]
    assert (way.loosening.rule, way.loosening.steps, way.loosening.words) == (rule, steps, words)
    assert any(row.rule == rule for row in found.refusals)
    assert way.is_proven
    assert way.plan.objective == Decimal(objective) and told(objective)
    scenario, _ = near_misses()
    assert_seats(scenario, way, *who)


def test_the_pins_that_contradict_each_other_are_named() -> None:
    scenario, plan = near_misses()
    cohort = {(seat.apprentice, seat.module): seat.cohort for seat in plan.seats}
    pinned = [("S1", "MATH"), ("S1", "WELD"), ("S2", "MATH"), ("S3", "MATH")]
    pins = tuple(Pin(apprentice=who, module=what, cohort=cohort[who, what]) for who, what in pinned)
    fields = {name: getattr(scenario, name) for name in Scenario.model_fields}
    published = Scenario(**{**fields, "published": plan, "pins": pins})
    assert solve(published, QUICK).plan.status == "optimal"
    found = solve(edited(published, [cell_edit(scenario.room_by_id["HALL"], "seats", 2)]), QUICK)
    assert found.plan.status == "infeasible"
    assert found.contradiction is not None
    assert [(pin.apprentice, pin.module) for pin in found.contradiction.pins] == [pinned[0], *pinned[2:]]
    assert found.explanation == (
        "No plan keeps every pin, and that is proven: S1 in MATH (cohort MATH-1), S2 in MATH (cohort MATH-1) and S3 in "
        "MATH (cohort MATH-1) cannot hold together. Room HALL seats 2; cohort MATH-1 has 3. Choose a larger room or "
        "split the cohort. [cohort-size] Take out or change S2 in MATH (cohort MATH-1), and the rest can stand."
    )


@pytest.mark.parametrize(("who", "cost"), [("S4", "30"), ("S5", "60")])
def test_the_next_best_is_somebody_elses_seat(who: str, cost: str) -> None:
    found = why(who, "MATH")
    assert found.next_best is not None and found.next_best.is_proven and found.is_whole
    assert found.next_best.differences[0].difference == Decimal(cost) and told(cost)
    assert found.next_best.is_open
    assert len(found.next_best.losing) == 1 and found.next_best.others == found.next_best.losing
    scenario, _ = near_misses()
    assert check(scenario, found.next_best.plan).is_clean


@pytest.mark.parametrize("who", [("P1", "WELD"), ("S3", "CRANE"), ("P2", "FORK"), ("S6", "SAFE"), ("S1", "MATH")])
def test_where_there_is_no_other_cohort_that_is_proven(who: tuple[str, str]) -> None:
    found = why(*who)
    assert found.next_best is None and found.is_settled and found.is_whole and not found.obstacle


ADVICE = [
    ("Finn Okafor (S6) on rota STEEL-D of Melt shop (MELT)", "134.6"),
    ("pattern THU (Thu 11:30) also at 12:00", "121.6"),
    ("Straits Steel mill (STEEL-P) open to all companies", "120.6"),
    ("145 instead of 130 minutes of release at Straits Steel (STEEL)", "119.6"),
    ("room HALL with 4 instead of 3 seats", "89.6"),
    ("Pine Paper mill (PAPER-P) open to all companies", "1.4"),
]


def test_the_advice_is_what_the_readme_derives() -> None:
    found = advised()
    assert found.is_complete and found.improved == 0
    assert found.num_changes == 46
    assert [(row.change.words, row.saved) for row in found.advice] == [(words, Decimal(s)) for words, s in ADVICE]
    assert all(told(saved) for _, saved in ADVICE)
    assert all(row.is_exact for row in found.advice)


def test_the_bounds_prices_say_nearly_what_each_change_saves() -> None:
    # Two changes let S3 come at 11:30 or 12:00, and free rooms cost nothing by the prices: they are 6 too high at most.
    for row in advised().advice:
        assert row.saved - Decimal("0.2") <= row.estimate <= row.saved + 6, row.change.words


@pytest.mark.parametrize("number", range(len(ADVICE)), ids=[words for words, _ in ADVICE])
def test_advice_is_worth_what_it_promises(number: int) -> None:
    scenario, plan = near_misses()
    row = advised().advice[number]
    changed = row.change.applied(scenario)
    again = solve(changed, QUICK).plan
    assert again.status == "optimal"
    assert plan.objective is not None and again.objective == plan.objective - row.saved == row.plan.objective
    assert check(changed, row.plan).is_clean
    seats = {(seat.apprentice, seat.module) for seat in row.plan.seats}
    assert set(row.seated) <= seats and not set(row.unseated) & seats


def test_what_is_no_advice_saves_nothing() -> None:
    # Every other change of the catalogue is solved again.
    scenario, plan = near_misses()
    from lineside.solver.advice.things import longer_days, one_step_looser, rota_moves

    changes: list[Loosening] = [*one_step_looser(scenario), *longer_days(scenario)]
    changes += rota_moves(scenario, scenario.apprentices)
    words = {row.change.words for row in advised().advice}
    assert words <= {change.words for change in changes}
    for change in changes:
        if change.words not in words:
            again = solve(change.applied(scenario), QUICK).plan
            assert again.status == "optimal" and plan.objective is not None
            assert again.objective is not None and again.objective >= plan.objective, change.words


def test_the_open_mill_saves_hours_and_dollars() -> None:
    row = next(row for row in advised().advice if row.change.words.startswith("Straits Steel mill"))
    assert row.cohort_hours == Decimal("-1.5")
    assert {one.measure: one.difference for one in row.differences if one.difference} == {
        "objective": Decimal("-120.6"),
        "unseated_hours": Decimal(-2),
        "dollars": Decimal(-60),
        "travel_minutes": Decimal(120),  # P2, P3 and P4 once each, 2 x 20 minutes
    }
    assert row.seated == (("P2", "FORK"),) and row.unseated == ()
