"""From a seating to a plan."""

from __future__ import annotations

from decimal import Decimal

from lineside.models.checker import check
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.solver.finish import finish, unseated_needs
from lineside.solver.problem import Problem
from lineside.solver.seating import OpenCohort, Seating
from tests.build import open_cohort, plan_of, tiny


def finished(scenario: Scenario, *cohorts: OpenCohort, bound: float = 0.0) -> Plan:
    problem = Problem(scenario)
    seating = Seating(cohorts, tuple(choice[0] for choice in problem.demand.choices))
    return finish(problem, seating, bound, "feasible", dict.fromkeys(unseated_needs(problem, seating), "test"))


def seated(candidate: int, *needs: int, room: int = 1, instructor: int = 0) -> OpenCohort:
    return OpenCohort(candidate, room, instructor, frozenset(needs))


def test_a_plan_has_every_list_and_figure() -> None:
    scenario = tiny(apprentices={"a2": {}})
    plan = finished(scenario, seated(0, 0), bound=12.34567)
    assert [row.model_dump() for row in plan.cohorts] == [
        {**open_cohort(scenario, name="math-1").model_dump()},
    ]
    assert [(row.apprentice, row.module, row.cohort) for row in plan.seats] == [("a1", "math", "math-1")]
    assert [(row.apprentice, row.module, row.reason) for row in plan.unseated] == [("a2", "math", "test")]
    # An empty seat of two hours costs 120, the trip of 40 minutes 0.8; the bound is rounded down.
    assert (plan.objective, plan.bound) == (Decimal("120.8"), Decimal("12.345"))
    assert check(scenario, plan).is_clean


def test_a_bound_is_never_above_the_objective() -> None:
    assert finished(tiny(), bound=5000.0).bound == 120


def test_cohorts_are_numbered_by_their_first_meeting() -> None:
    scenario = tiny(apprentices={"a2": {}}, patterns=["Mon | 15:00 | 120 | college", "Tue | 15:00 | 120 | college"])
    problem = Problem(scenario)
    by_start = sorted(
        range(len(problem.candidates)),
        key=lambda k: int(problem.candidates.slots.start[problem.candidates.slots_of(k)[0]]),
    )
    plan = finished(scenario, seated(by_start[3], 0), seated(by_start[0], 1))
    assert [(row.cohort, row.meetings[0].date.isoformat()) for row in plan.cohorts] == [
        ("math-1", "2026-06-01"),
        ("math-2", "2026-06-09"),
    ]


def test_a_cohort_that_goes_on_keeps_its_id() -> None:
    plain = tiny(apprentices={"a2": {}, "a3": {}})
    published = plan_of(plain, (open_cohort(plain, name="math-1"), "a1 a2"))
    scenario = tiny(apprentices={"a2": {}, "a3": {}}, published=published)
    assert [row.cohort for row in finished(scenario, seated(0, 1, 2)).cohorts] == ["math-1"]
    # Without a common member it is another cohort, and the old id is not used again.
    assert [row.cohort for row in finished(scenario, seated(0, 2)).cohorts] == ["math-2"]
    # At another time it is another cohort, too.
    assert [row.cohort for row in finished(scenario, seated(1, 0, 1)).cohorts] == ["math-2"]


def test_of_two_copies_the_one_with_more_members_goes_on() -> None:
    people = {"a2": {}, "a3": {}, "a4": {}}
    plain = tiny(apprentices=people, rooms={"annex": {}})
    published = plan_of(plain, (open_cohort(plain, name="old"), "a1 a2 a3 a4"))
    scenario = tiny(
        apprentices=people, rooms={"annex": {}}, instructors={"ivo": {}}, published=published, modules={"math": {}}
    )
    rooms = [k for k, row in enumerate(scenario.rooms) if row.site == "college"]
    first = seated(0, 0, room=rooms[0])
    second = seated(0, 1, 2, 3, room=rooms[1], instructor=1)
    plan = finished(scenario, first, second)
    seats = {row.apprentice: row.cohort for row in plan.seats}
    assert seats == {"a1": "math-1", "a2": "old", "a3": "old", "a4": "old"}


def test_frozen_cohorts_come_with_their_seats_and_a_new_first_week() -> None:
    before = tiny(settings={"first_day": "2026-05-25"})
    published = plan_of(before, (open_cohort(before, name="old"), "a1"), first_day=before.settings.first_day)
    scenario = tiny(published=published, settings={"frozen_until": "2026-06-01"})
    plan = finished(scenario)
    assert [(row.cohort, row.first_week) for row in plan.cohorts] == [("old", -1)]
    assert [(row.apprentice, row.cohort) for row in plan.seats] == [("a1", "old")]
    assert check(scenario, plan).is_clean


def test_an_option_is_listed_wherever_more_than_one_could_be_chosen() -> None:
    scenario = tiny(
        modules={"art": {}},
        requirements={"tech/math/std": {"modules": "math"}, "tech/math/art": {"modules": "art"}},
        apprentices={"a2": {"options": "math=art"}},
    )
    plan = finished(scenario)
    assert [(row.apprentice, row.requirement, row.option) for row in plan.options] == [("a1", "math", "std")]
    assert [(row.apprentice, row.module) for row in plan.unseated] == [("a1", "math"), ("a2", "art")]
