"""Why a seat is where it is, or empty: reasons, the next best cohort, and the least change, each proven by solving."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from typing import Any

import pytest

from lineside.models.checker import check
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.models.table_edits import cell_edit, edited
from lineside.solver import Inquiry, NoSuchNeedError, SolveOptions, UnusablePlanError, Way, Why, solve
from lineside.solver.advice.bench import Bench
from lineside.solver.advice.ladders import Ladders
from lineside.solver.explain import Explainer
from tests.build import open_cohort, plan_of, tiny
from tests.random_scenarios import random_scenario

QUICK = SolveOptions(seconds=10, workers=1)
A_LITTLE = Decimal("0.00001")
"""Priority that decides between plans of equal price, and hardly any others."""


def solved(scenario: Scenario) -> Plan:
    plan = solve(scenario, QUICK).plan
    assert plan.status == "optimal"
    return plan


def asked(scenario: Scenario, apprentice: str = "a1", module: str = "math", **more: Any) -> Why:
    return Inquiry(scenario, solved(scenario)).why(apprentice, module, **more)


def is_seated(plan: Plan, apprentice: str, module: str) -> bool:
    return any((seat.apprentice, seat.module) == (apprentice, module) for seat in plan.seats)


def is_seated_at_best(scenario: Scenario, apprentice: str, module: str) -> bool:
    """Return whether a best plan of some tables seats somebody, be it one of several that cost the same."""
    person = scenario.apprentice_by_id[apprentice]
    wish = cell_edit(person, "priority", person.priority + A_LITTLE)
    return is_seated(solved(edited(scenario, [wish])), apprentice, module)


def assert_seats(scenario: Scenario, way: Way, apprentice: str, module: str) -> None:
    """Apply a change, solve the whole tables again, and find what was promised."""
    changed = way.loosening.applied(scenario)
    again = solved(changed)
    assert check(changed, way.plan).is_clean
    assert is_seated(way.plan, apprentice, module)
    assert way.plan.objective == again.objective
    assert is_seated_at_best(changed, apprentice, module)


WEEK: dict[str, Any] = {"settings": {"weeks": 1}}
AWAY = "Mon | 13:00 | 120 | college"


@pytest.mark.parametrize(
    ("changes", "steps", "words"),
    [
        ({"apprentices": {"a1": {"travel_max": 12}}}, 2, "a travel limit of 22 instead of 12 minutes for Ann (a1)"),
        (
            {"apprentices": {"a1": {"modes": "online"}}},
            1,
            "classroom sessions for Ann (a1)",
        ),
        (
            {"apprentices": {"a1": {"off_dates": "2026-06-01 2026-06-03"}}},
            1,
            "a meeting on 2026-06-01 for Ann (a1)",
        ),
        (
            {"apprentices": {"a1": {"starts": "2026-06-04"}}},
            3,
            "meetings for Ann (a1) from 2026-06-01 instead of 2026-06-04 on",
        ),
        (
            {"apprentices": {"a1": {"due": "2026-06-01"}}, "patterns": ["Wed | 15:00 | 120 | college"]},
            2,
            "meetings for Ann (a1) until 2026-06-03 instead of 2026-06-01",
        ),
        ({"sites": {"college": {"open_to": "other"}}}, 1, "A site (college) open to Acme (acme)"),
        # The hall closes at 16:00, so an hour is missing, two steps of half an hour.
        ({"rooms": {"hall": {"hours": "Mon 08:00-16:00"}}}, 2, "room hall open also Mon 15:00-17:00"),
        (
            {
                "rooms": {"hall": {"seats": 2}},
                "modules": {"math": {"seats_min": 3}},
                "apprentices": {"a2": {}, "a3": {}},
            },
            1,
            "room hall with 3 instead of 2 seats",
        ),
        ({"instructors": {"ida": {"hours": "Mon 16:30-20:00"}}}, 3, "Ida (ida) available also Mon 15:00-17:00"),
        (
            {"instructors": {"ida": {"week_minutes": 60}}},
            1,
            "120 instead of 60 minutes of teaching a week for Ida (ida)",
        ),
        ({"rules": {"class_minutes_per_week": 60}}, 2, "120 instead of 60 minutes of class a week"),
        ({"companies": {"acme": {"sessions": "lunch"}}}, 1, "sessions after the shift at Acme (acme)"),
        # Away 12:40-15:20, in the shift until 14:00: 80 minutes, three steps above 40.
        (
            {"patterns": [AWAY], "companies": {"acme": {"release_minutes": 40}}},
            3,
            "85 instead of 40 minutes of release at Acme (acme)",
        ),
        # Lunch 10:00-10:30 lies within the class; all of it is taken.
        (
            {"patterns": ["Mon | 09:00 | 120 | plant"], "companies": {"acme": {"meal_kept_minutes": 10}}},
            2,
            "0 instead of 10 minutes of the meal kept at Acme (acme)",
        ),
        # 5 x 450 = 2,250 minutes of work and 120 of class.
        ({"rules": {"week_minutes": 2310}}, 1, "2370 instead of 2310 minutes of work and class a week"),
        # From 06:00 to the end of the way home at 17:20 is a stretch of 680 minutes.
        ({"rules": {"duty_minutes": 650}}, 1, "680 instead of 650 minutes of work and class at a stretch"),
        ({"modules": {"math": {"seats_min": 2}}}, 1, "A module (math) with 1 instead of 2 people at least"),
        (
            {
                "modules": {"math": {}, "art": {}},
                "requirements": {"tech/art/std": {"modules": "art"}},
                "patterns": ["Mon | 15:00 | 120 | college", "Tue | 15:00 | 120 | college"],
                "rules": {"modules_at_once": 1},
            },
            1,
            "2 instead of 1 modules of one person in a week",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_least_change_loosens_the_one_thing(changes: dict[str, Any], steps: int, words: str) -> None:
    scenario = tiny(**{**WEEK, **changes})
    plan = solved(scenario)
    [module] = {row.module for row in plan.unseated if row.apprentice == "a1"}
    found = Inquiry(scenario, plan).why("a1", module).ways
    assert found is not None and found.is_complete
    way = found.found[0]
    assert (way.loosening.steps, way.loosening.words) == (steps, words)
    assert way.is_proven
    assert_seats(scenario, way, "a1", module)


def test_a_pin_against_the_module_goes_first() -> None:
    plain = tiny(**WEEK)
    published = plan_of(plain, (open_cohort(plain), "a1"))
    scenario = tiny(**WEEK, published=published, pins=["a1 | math | none"])
    found = asked(scenario)
    assert found.obstacle == "A pin forbids this module [pin]."
    assert found.ways is not None
    [way] = found.ways.found
    assert way.loosening.words == "no pin against math for Ann (a1)"
    assert_seats(scenario, way, "a1", "math")


def test_company_comes_from_another_agreement() -> None:
    # Math needs two people. Bo of Bolt may not stay after the shift; a1 alone is free on Monday afternoon.
    scenario = tiny(
        **WEEK,
        companies={"bolt": {"name": "Bolt", "sessions": "lunch"}},
        sites={"mill": {"kind": "plant", "company": "bolt", "open_to": "own"}},
        lines={"saw": {"site": "mill"}},
        rotas={"early": {"company": "bolt"}},
        crews={"saw/early": {}},
        apprentices={"b1": {"name": "Bo", "company": "bolt", "line": "saw", "rota": "early"}},
        modules={"math": {"seats_min": 2}},
    )
    found = asked(scenario).ways
    assert found is not None
    words = [way.loosening.words for way in found.found]
    assert words == ["A module (math) with 1 instead of 2 people at least", "sessions after the shift at Bolt (bolt)"]
    for way in found.found:
        assert_seats(scenario, way, "a1", "math")


def test_an_earlier_module_that_is_out_of_reach_is_brought_into_it() -> None:
    # Art waits for math, which is taught in the lab alone, an hour and ten minutes away; a1 travels an hour at most.
    scenario = tiny(
        **WEEK,
        sites={"lab": {}},
        rooms={"bench": {"site": "lab", "features": "bench"}},
        modules={"math": {"features": "bench"}, "art": {"after": "math"}},
        requirements={"tech/art/std": {"modules": "art"}},
        patterns=["Mon | 15:00 | 120 | lab", "Tue | 15:00 | 120 | college"],
        travel=["plant | college | 20", "plant | lab | 70"],
    )
    found = asked(scenario, "a1", "art")
    assert {row.rule for row in found.refusals} == {"travel-limit", "order"}
    assert found.ways is not None
    way = found.ways.found[0]
    assert way.loosening.words == "a travel limit of 70 instead of 60 minutes for Ann (a1)"
    assert_seats(scenario, way, "a1", "art")
    assert is_seated(way.plan, "a1", "math")


def test_two_more_seats_where_one_more_goes_to_somebody_else() -> None:
    people = {"a2": {"priority": 3}, "a1": {"priority": "0.5"}, "a3": {"priority": 2}}
    scenario = tiny(**WEEK, apprentices=people, modules={"math": {"seats_max": 1}})
    found = asked(scenario)
    assert found.ways is not None
    [way] = found.ways.found
    assert way.loosening.words == "2 more seats in math-1: math with at most 3 instead of 1"
    assert_seats(scenario, way, "a1", "math")
    assert not is_seated_at_best(
        dataclasses.replace(way.loosening, edits=_one_more(scenario)).applied(scenario), "a1", "math"
    )
    # In its cohort a1 can sit now only in the place of a2: 3 x 120 lost, 60 won.
    assert found.next_best is not None
    assert (found.next_best.differences[0].difference, found.next_best.losing) == (300, (("a2", "math"),))


def _one_more(scenario: Scenario) -> Any:
    return (cell_edit(scenario.modules[0], "seats_max", 2),)


def test_a_seat_that_costs_more_than_it_brings_needs_no_change() -> None:
    # Four people of ten away for 120 minutes cost 48; their empty seats 2 h x 60 x 0.05 = 6 each.
    people = {f"a{k}": {"priority": "0.05"} for k in range(1, 5)}
    scenario = tiny(
        **WEEK, apprentices=people, patterns=["Mon | 11:00 | 120 | plant"], modules={"math": {"seats_min": 4}}
    )
    found = asked(scenario)
    assert found.next_best is not None and not found.next_best.is_open
    assert found.next_best.differences[0].difference == 48 - 24
    assert len(found.next_best.others) == 3 and found.next_best.losing == ()
    # A smaller cohort would do: three people cost 36 and one 12, more than what their seats bring all the same.
    assert found.ways is not None and found.ways.found == ()


def test_a_seats_next_best_is_told_with_what_moves() -> None:
    # Art on Tuesday costs an hour's release; a1 sits in math on Monday, and can take it on Tuesday for 12 - 0.
    scenario = tiny(**WEEK, patterns=["Mon | 15:00 | 120 | plant", "Tue | 11:00 | 120 | plant"])
    found = asked(scenario)
    assert found.cohort == "math-1" and found.ways is None
    assert [(row.rule, row.count) for row in found.refusals] == [("", 1)]
    best = found.next_best
    assert best is not None and not best.is_open
    assert (best.cohort.days, best.cohort.start) == ("Tue", "11:00")
    assert {row.measure: row.difference for row in best.differences if row.difference} == {
        "objective": 12,
        "line_time_lost": 12,
        "release": 120,
        "worst_company": 12,
    }
    assert best.others == () and found.num_decided == 1


def test_who_leaves_a_cohort_of_two_takes_the_other_along() -> None:
    scenario = tiny(
        **WEEK,
        apprentices={"a2": {}},
        patterns=["Mon | 15:00 | 120 | plant", "Tue | 11:00 | 120 | plant"],
        modules={"math": {"seats_min": 2}},
    )
    best = asked(scenario).next_best
    assert best is not None
    assert best.others == (("a2", "math"),) and best.losing == ()
    assert best.differences[0].difference == 24


def test_a_frozen_seat_is_a_fact() -> None:
    plain = tiny()
    published = plan_of(plain, (open_cohort(plain), "a1"))
    found = asked(tiny(published=published, settings={"frozen_until": "2026-06-08"}))
    assert found.is_frozen and found.next_best is None and found.ways is None


def test_only_what_the_plan_asks_for_can_be_asked_about() -> None:
    scenario = tiny(modules={"art": {}})
    inquiry = Inquiry(scenario, solved(scenario))
    assert inquiry.needs("a1") == ("math",)
    with pytest.raises(NoSuchNeedError, match=r"a1 needs no seat in art. Choose a module that the person needs."):
        inquiry.why("a1", "art")
    with pytest.raises(NoSuchNeedError, match=r"There is no apprentice a9 in the tables. Choose one who is there."):
        inquiry.needs("a9")


def test_a_plan_that_breaks_a_rule_is_refused() -> None:
    scenario = tiny(apprentices={"a1": {"travel_max": 1}})
    plan = plan_of(scenario, (open_cohort(scenario), "a1"))
    with pytest.raises(
        UnusablePlanError, match=r"The plan breaks the rules of these tables once, travel-limit first\."
    ):
        Inquiry(scenario, plan)


def test_no_time_is_said() -> None:
    found = asked(tiny(**WEEK, apprentices={"a1": {"travel_max": 1}}), seconds=0.0)
    assert found.ways is not None and not found.ways.is_complete and found.ways.found == ()


def cases() -> list[int]:
    return [3, 4, 8, 11, 17, 29, 36, 45]


@pytest.mark.parametrize("seed", cases())
def test_random_least_changes_are_the_least_of_their_kind(seed: int) -> None:
    """Each way is solved again; one step less of the same thing does not seat the person in any best plan.

    Where the person could have somebody else's seat at the same cost, every change leaves that possible.
    """
    scenario = random_scenario(seed)
    plan = solved(scenario)
    inquiry, bench = Inquiry(scenario, plan), Bench.of(scenario, plan)
    for row in plan.unseated[:2]:
        who = (row.apprentice, row.module)
        found = inquiry.why(*who)
        assert found.is_whole and found.ways is not None
        for way in found.ways.found:
            assert_seats(scenario, way, *who)
            for ladder in Ladders(bench, Explainer(bench.problem), bench.need_of[who]).all():
                if way.loosening in ladder[1:] and not is_seated_at_best(scenario, *who):
                    shorter = ladder[ladder.index(way.loosening) - 1].applied(scenario)
                    assert not is_seated_at_best(shorter, *who)
        if found.next_best is not None and not is_seated_at_best(scenario, *who):
            assert found.next_best.differences[0].difference > 0
