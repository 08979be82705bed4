"""Faults of the plan file itself, and plans that nobody should have written."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

import pytest

from lineside.models.checker import check
from lineside.models.measures import measure, objective_of, rounded
from lineside.models.plan import Measures, Meeting, OptionChoice, Plan, Seat, Unseated, plan_json
from lineside.models.scenario import Scenario
from tests.build import open_cohort, plan_of, tiny

TWO_OPTIONS = {"tech/math/std": {"modules": "math"}, "tech/math/art": {"modules": "art"}}


def good() -> tuple[Scenario, Plan]:
    scenario = tiny(apprentices={"a2": {}})
    return scenario, plan_of(scenario, (open_cohort(scenario), "a1"))


def faults(scenario: Scenario, plan: Plan) -> str:
    found = check(scenario, plan).faults
    assert len(found) == 1, found
    return found[0]


def test_a_good_plan_with_its_figures_has_none() -> None:
    scenario, plan = good()
    measures = measure(scenario, plan)
    full = plan.model_copy(
        update={
            "scenario": "tiny",
            "first_day": scenario.settings.first_day,
            "status": "optimal",
            "objective": objective_of(scenario, measures),
            "bound": objective_of(scenario, measures),
            "measures": rounded(measures),
        }
    )
    assert check(scenario, full).is_clean
    assert check(scenario, Plan.model_validate_json(plan_json(full))).is_clean


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scenario": "huge"}, "for scenario 'huge', not 'tiny'"),
        ({"objective": Decimal("120.802")}, "objective 120.802; the tables give 120.800"),
        ({"objective": Decimal("1E+999999999")}, "objective 1E+999999999"),
        ({"bound": Decimal("120.9")}, "bound is 120.9, above its objective of 120.800"),
        ({"bound": Decimal("120.7"), "status": "optimal"}, "called optimal with a bound of 120.7"),
    ],
)
def test_headline_and_figures(changes: dict[str, Any], words: str) -> None:
    scenario, plan = good()
    assert words in faults(scenario, plan.model_copy(update=changes))


def test_each_reported_measure_is_compared() -> None:
    scenario, plan = good()
    right = rounded(measure(scenario, plan))
    for name, value in right:
        wrong = right.model_copy(update={name: value + 1})
        assert f"reports {name}" in faults(scenario, plan.model_copy(update={"measures": wrong}))
    near = right.model_copy(update={"dollars": right.dollars + Decimal("0.0009")})
    assert check(scenario, plan.model_copy(update={"measures": near})).is_clean


def test_another_first_day() -> None:
    scenario, plan = good()
    moved = plan.model_copy(update={"first_day": dt.date(2026, 5, 25)})
    report = check(scenario, moved)
    assert "first day is 2026-05-25; the scenario's is 2026-06-01" in report.faults[0]


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("module", "names module ?, which is not in the tables"),
        ("site", "names site ?, which is not in the tables"),
        ("room", "names room ?, which is not in the tables"),
        ("instructor", "names instructor ?, which is not in the tables"),
    ],
)
def test_unknown_ids_of_a_cohort(column: str, words: str) -> None:
    scenario, plan = good()
    cohort = plan.cohorts[0].model_copy(update={column: "?"})
    assert any(words in fault for fault in check(scenario, plan.model_copy(update={"cohorts": (cohort,)})).faults)


@pytest.mark.parametrize(
    ("seat", "words"),
    [
        (Seat(apprentice="a9", module="math", cohort="K1"), "names apprentice a9"),
        (Seat(apprentice="a2", module="?", cohort="K1"), "names module ?"),
        (Seat(apprentice="a2", module="?", cohort="K1"), "is for module ?; the cohort teaches math"),
        (Seat(apprentice="a2", module="math", cohort="K9"), "the plan has no such cohort"),
    ],
)
def test_wrong_seats(seat: Seat, words: str) -> None:
    scenario, plan = good()
    report = check(scenario, plan.model_copy(update={"seats": (*plan.seats, seat)}))
    assert any(words in fault for fault in report.faults)


def test_a_cohort_listed_twice() -> None:
    scenario, plan = good()
    assert "Cohort K1 is listed 2 times" in " ".join(
        check(scenario, plan.model_copy(update={"cohorts": plan.cohorts * 2})).faults
    )


def test_unseated_is_exactly_the_needs_without_a_seat() -> None:
    scenario, plan = good()
    seated = Unseated(apprentice="a1", module="math")
    assert "a2 needs module math and has no seat" in faults(scenario, plan.model_copy(update={"unseated": ()}))
    extra = plan.model_copy(update={"unseated": (*plan.unseated, seated)})
    assert "a1 is listed as unseated in module math" in faults(scenario, extra)
    twice = plan.model_copy(update={"unseated": plan.unseated * 2})
    assert "a2 is listed 2 times" in faults(scenario, twice)


def test_options_are_listed_where_there_is_more_than_one() -> None:
    scenario = tiny(modules={"art": {}}, requirements=TWO_OPTIONS)
    plan = plan_of(scenario, options={("a1", "math"): "art"})
    assert check(scenario, plan).is_clean
    assert "lists no option for requirement math of a1" in faults(
        scenario, plan_of(scenario).model_copy(update={"options": ()})
    )
    wrong = OptionChoice(apprentice="a1", requirement="math", option="none-such")
    report = check(scenario, plan_of(scenario).model_copy(update={"options": (wrong,)}))
    assert "it could be std or art" in report.faults[0]
    twice = plan.model_copy(update={"options": plan.options * 2})
    assert "lists art and art" in faults(scenario, twice)
    unknown = OptionChoice(apprentice="a9", requirement="math", option="std")
    assert "requirement math of a9" in faults(scenario, plan.model_copy(update={"options": (*plan.options, unknown)}))


def test_a_fixed_option_may_be_listed_but_not_contradicted() -> None:
    scenario = tiny(modules={"art": {}}, requirements=TWO_OPTIONS, apprentices={"a1": {"options": "math=art"}})
    plan = plan_of(scenario)
    fixed = OptionChoice(apprentice="a1", requirement="math", option="art")
    assert check(scenario, plan.model_copy(update={"options": (fixed,)})).is_clean
    other = fixed.model_copy(update={"option": "std"})
    assert "it could be art" in faults(scenario, plan.model_copy(update={"options": (other,)}))


def test_a_cohort_that_goes_on_keeps_its_id() -> None:
    plain = tiny(apprentices={"a2": {}}, rooms={"annex": {}}, instructors={"ivo": {}})
    published = plan_of(plain, (open_cohort(plain), "a1 a2"))
    scenario = tiny(apprentices={"a2": {}}, rooms={"annex": {}}, instructors={"ivo": {}}, published=published)
    renamed = open_cohort(scenario, name="K2")
    assert "goes on from the published cohort K1" in faults(scenario, plan_of(scenario, (renamed, "a1 a2")))
    # Split over two rooms, one half keeps the id and the other needs a new one.
    half = open_cohort(scenario, name="K2", room="annex", instructor="ivo")
    assert check(scenario, plan_of(scenario, (open_cohort(scenario), "a1"), (half, "a2"))).is_clean


def test_another_cohort_of_the_same_pattern_takes_any_id() -> None:
    plain = tiny(apprentices={"a2": {}})
    published = plan_of(plain, (open_cohort(plain), "a1"))
    scenario = tiny(apprentices={"a2": {}}, published=published)
    # a2 has no seat in the published cohort: this one does not go on from it.
    assert check(scenario, plan_of(scenario, (open_cohort(scenario, name="K2"), "a2"))).is_clean


@pytest.mark.parametrize(
    "changes",
    [
        {"days": "Someday"},
        {"days": ""},
        {"start": "25:99"},
        {"first_week": 10**30},
        {"first_week": -(10**30)},
    ],
)
def test_unreadable_cohorts_are_faults(changes: dict[str, Any]) -> None:
    scenario, plan = good()
    cohort = plan.cohorts[0].model_copy(update=changes)
    report = check(scenario, plan.model_copy(update={"cohorts": (cohort,)}))
    assert not report.is_clean
    assert any("cannot all be read" in fault for fault in report.faults)


def test_an_unreadable_clock_of_a_meeting_is_a_fault() -> None:
    scenario, plan = good()
    bad = Meeting(date=dt.date(2026, 6, 1), start="noon", end="17:00")
    cohort = plan.cohorts[0].model_copy(update={"meetings": (bad,)})
    report = check(scenario, plan.model_copy(update={"cohorts": (cohort,)}))
    assert any("from 'noon' to '17:00'" in fault for fault in report.faults)


HOSTILE: dict[str, tuple[Any, ...]] = {
    "cohort": ("", "K1", "K2", "\n"),
    "module": ("", "math", "art", "?"),
    "site": ("plant", "college", "online", "?"),
    "room": ("hall", "shed", "?"),
    "instructor": ("ida", "?"),
    "days": ("", "Mon", "Mon-Sun", "Xyz"),
    "start": ("00:00", "23:59", "24:00", "x"),
    "minutes": (-1, 0, 1, 1440, 99999, 10**40),
    "first_week": (-1, 0, 1, 99, 10**40, -(10**40)),
    "meetings": (
        (),
        (Meeting(date=dt.date.min, start="00:00", end="00:00"),) * 2,
        (Meeting(date=dt.date.max, start="23:00", end="22:59"),),
        (Meeting(date=dt.date(2026, 6, 6), start="00:00", end="x"),),
        tuple(Meeting(date=dt.date(2026, 6, day), start="10:00", end="10:00") for day in range(1, 15)),
    ),
}


def test_hostile_plans_give_a_report() -> None:
    """Whatever a plan says, the checker answers; only a plan without any change may be clean."""
    chance = random.Random(7)
    published = plan_of(tiny(), (open_cohort(tiny()), "a1"))
    for _ in range(300):
        scenario = tiny(
            apprentices={"a2": {"party": "car"}, "a1": {"party": "car"}},
            modules={"art": {}},
            published=published,
            settings={"frozen_until": chance.choice(("2026-06-01", "2026-06-03"))},
            pins=["a1 | math | K1", "a2 | math | none"],
        )
        base = open_cohort(scenario)
        cohorts = tuple(
            base.model_copy(
                update={name: chance.choice(values) for name, values in HOSTILE.items() if chance.random() < 0.4}
            )
            for _ in range(chance.randrange(4))
        )
        seats = tuple(
            Seat(apprentice=chance.choice(("a1", "a2", "a9")), module=chance.choice(("math", "?")), cohort=row.cohort)
            for row in cohorts
            for _ in range(3)
        )
        first_day = chance.choice((None, dt.date.min, dt.date.max, scenario.settings.first_day))
        plan = Plan(cohorts=cohorts, seats=seats, first_day=first_day, measures=Measures(), objective=Decimal(0))
        assert not check(scenario, plan).is_clean
