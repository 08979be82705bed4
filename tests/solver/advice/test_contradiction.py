"""Pins that cannot hold together: the smallest set by name, proven by solving it again."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from lineside.models.scenario import Scenario
from lineside.solver import SolveOptions, solve
from lineside.solver.advice.contradiction import Contradiction, contradiction_of
from tests.build import open_cohort, plan_of, tiny
from tests.random_scenarios import random_scenario

QUICK = SolveOptions(seconds=10, workers=1)


def with_pins(scenario: Scenario, pins: Any) -> Scenario:
    return Scenario(**{**{name: getattr(scenario, name) for name in Scenario.model_fields}, "pins": tuple(pins)})


def assert_smallest(scenario: Scenario, found: Contradiction) -> None:
    """Solve the tables with these pins alone, with all but one of them, and with every smaller set of pins."""
    assert solve(with_pins(scenario, found.pins), QUICK).plan.status == "infeasible"
    for size in range(len(found.pins)):
        for fewer in combinations(scenario.pins, size):
            assert solve(with_pins(scenario, fewer), QUICK).plan.status == "optimal", fewer
    rest = [pin for pin in scenario.pins if pin not in found.given_up]
    assert solve(with_pins(scenario, rest), QUICK).plan.status == "optimal"


def names(found: Contradiction) -> list[str]:
    return [f"{pin.apprentice} {pin.module}" for pin in found.pins]


MODULES = {
    "modules": {"math": {}, "art": {}},
    "requirements": {"tech/art/std": {"modules": "art"}},
    "patterns": ["Mon | 15:00 | 120 | college", "Tue | 15:00 | 120 | college"],
    "settings": {"weeks": 1},
    "apprentices": {"a2": {}, "a3": {}},
}


def crowded(hall: int) -> Scenario:
    """Return pins of three people in math on Monday and of two in art on Tuesday, with so many seats in the hall."""
    plain = tiny(**MODULES)
    monday = open_cohort(plain, "Mon 15:00 120", name="K1")
    tuesday = open_cohort(plain, "Tue 15:00 120", name="K2", module="art")
    published = plan_of(plain, (monday, "a1 a2 a3"), (tuesday, "a1 a2"))
    pins = ["a1 | math | K1", "a2 | math | K1", "a3 | math | K1", "a1 | art | K2", "a2 | art | K2"]
    return tiny(**MODULES, published=published, pins=pins, rooms={"hall": {"seats": hall}})


def test_what_can_hold_together_is_no_contradiction() -> None:
    assert contradiction_of(crowded(3)) is None


def test_three_people_and_two_seats() -> None:
    # Two of the three can stay, and art has room for both: one pin too many.
    scenario = crowded(2)
    found = contradiction_of(scenario)
    assert found is not None
    assert names(found) == ["a1 math", "a2 math", "a3 math"]
    assert len(found.given_up) == 1 and found.given_up[0].module == "math"
    assert_smallest(scenario, found)


def test_the_smallest_of_several_contradictions_is_told() -> None:
    # With one seat, any two of a cohort contradict each other; three pins in all must go.
    scenario = crowded(1)
    found = contradiction_of(scenario)
    assert found is not None
    assert len(found.pins) == 2 and len({pin.cohort for pin in found.pins}) == 1
    assert len(found.given_up) == 3
    assert_smallest(scenario, found)


def test_a_pin_that_cannot_be_kept_says_which_rule_it_breaks() -> None:
    plain = tiny(**MODULES)
    published = plan_of(plain, (open_cohort(plain), "a1 a2"))
    pins = ["a1 | math | K1", "a2 | math | K1"]
    scenario = tiny(**{**MODULES, "apprentices": {"a1": {"travel_max": 19}, "a2": {}}}, published=published, pins=pins)
    solution = solve(scenario, QUICK)
    found = solution.contradiction
    assert found is not None
    assert names(found) == ["a1 math"] and found.given_up == found.pins and found.frozen == ()
    assert [text.rpartition("[")[2] for text in found.because] == ["travel-limit]"]
    assert solution.explanation.startswith(
        "No plan keeps every pin, and that is proven: a1 in math (cohort K1) cannot be kept. "
    )
    assert_smallest(scenario, found)


def test_a_frozen_cohort_is_named_if_the_pin_could_hold_without_it() -> None:
    # F1 has met on Monday, June 1 and meets on Tuesday, June 2 until 16:00; F2 began too, but is over by noon.
    # The college is 20 minutes from the river by now, so who sits in F1 until 16:00 is late there at 16:10.
    changes: dict[str, Any] = {
        **MODULES,
        "sites": {"river": {}},
        "rooms": {"cabin": {"site": "river"}},
        "patterns": [
            "Mon Tue | 15:00 | 60 | college",
            "Mon Tue | 12:00 | 60 | college",
            "Tue | 16:10 | 120 | river",
        ],
        "instructors": {"ivo": {}},
    }
    plain = tiny(**changes)
    art = open_cohort(plain, "Mon Tue 15:00 60", name="F1", module="art")
    other = open_cohort(plain, "Mon Tue 12:00 60", name="F2", module="art")
    math = open_cohort(plain, "Tue 16:10 120", name="K1", site="river", instructor="ivo")
    published = plan_of(plain, (art, "a1"), (other, "a2"), (math, "a1 a2"))
    until = {"weeks": 1, "frozen_until": "2026-06-02"}
    pins = ["a1 | math | K1", "a2 | math | K1"]
    told: dict[str, Any] = {**changes, "settings": until, "published": published, "pins": pins}
    assert contradiction_of(tiny(**told)) is None
    far = tiny(**told, travel=["college | river | 20", "plant | college | 20", "plant | river | 20"])
    found = contradiction_of(far)
    assert found is not None
    assert (names(found), found.frozen) == (["a1 math"], ("F1",))
    assert [text.rpartition("[")[2] for text in found.because] == ["clash]"]
    solution = solve(far, QUICK)
    assert solution.plan.status == "infeasible"
    assert "a1 in math (cohort K1) and the frozen cohort F1 cannot hold together" in solution.explanation


def test_an_earlier_module_that_comes_too_late_contradicts_the_later_one() -> None:
    # Art waits for math since yesterday, but both pins stand on the same two days in the wrong order.
    plain = tiny(**MODULES)
    art = open_cohort(plain, "Mon 15:00 120", name="K1", module="art")
    math = open_cohort(plain, "Tue 15:00 120", name="K2")
    published = plan_of(plain, (art, "a1"), (math, "a1 a2"))
    waits = {**MODULES, "modules": {"math": {}, "art": {"after": "math"}}}
    pins = ["a1 | art | K1", "a1 | math | K2", "a2 | math | K2"]
    # Without the pin in math, a1 could take no earlier seat: the week has no day before Monday's class.
    found = contradiction_of(tiny(**waits, published=published, pins=pins))
    assert found is not None
    assert names(found) == ["a1 art"]
    # In the second week math could come first for a1 if it were not pinned to come later.
    two = {**waits, "settings": {"weeks": 2}}
    later = plan_of(
        tiny(**{**MODULES, "settings": {"weeks": 2}}),
        (open_cohort(plain, "Mon 15:00 120", name="K1", module="art", week=1), "a1"),
        (open_cohort(plain, "Tue 15:00 120", name="K2", week=1), "a1 a2"),
    )
    scenario = tiny(**two, published=later, pins=pins)
    found = contradiction_of(scenario)
    assert found is not None
    assert names(found) == ["a1 art", "a1 math"]
    assert_smallest(scenario, found)


@pytest.mark.parametrize("seed", [21, 87, 118, 130, 299])
def test_random_contradictions_are_the_smallest(seed: int) -> None:
    scenario = random_scenario(seed)
    found = contradiction_of(scenario)
    assert found is not None
    assert_smallest(scenario, found)
