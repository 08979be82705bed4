"""Edits by hand: what they make of a plan, and what cannot be written down."""

from __future__ import annotations

import pytest

from lineside.models.checker import check
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.plan_edits import (
    BY_HAND,
    CloseCohort,
    Edit,
    EditError,
    ForbidModule,
    MoveCohort,
    MoveSeat,
    PinCohort,
    PinSeat,
    Unpin,
    apply_edits,
)
from tests.build import open_cohort, plan_of, tiny

PATTERNS = ("Mon | 15:00 | 120 | college", "Tue | 15:00 | 60 | college", "Tue | 15:00 | 60 | plant")


def region(**changes: object) -> Scenario:
    return tiny(apprentices={"a1": {}, "a2": {"name": "Bo"}}, patterns=PATTERNS, **changes)


@pytest.fixture
def scenario() -> Scenario:
    return region()


@pytest.fixture
def plan(scenario: Scenario) -> Plan:
    first, second = open_cohort(scenario), open_cohort(scenario, name="K2", week=1)
    return plan_of(scenario, (first, "a1"), (second, "a2"), objective=1, bound=0, status="feasible")


def seats(plan: Plan) -> dict[tuple[str, str], str]:
    return {(seat.apprentice, seat.module): seat.cohort for seat in plan.seats}


def test_a_seat_moves_to_another_cohort(scenario: Scenario, plan: Plan) -> None:
    edited = apply_edits(scenario, plan, [MoveSeat(apprentice="a1", module="math", cohort="K2")]).plan
    assert seats(edited) == {("a1", "math"): "K2", ("a2", "math"): "K2"}
    # What the plan said of itself is no longer true.
    assert (edited.objective, edited.bound, edited.status) == (None, None, "unknown")


def test_a_seat_that_is_taken_out_is_listed_as_unseated(scenario: Scenario, plan: Plan) -> None:
    edited = apply_edits(scenario, plan, [MoveSeat(apprentice="a1", module="math", cohort=None)]).plan
    assert seats(edited) == {("a2", "math"): "K2"}
    assert [(row.apprentice, row.module, row.reason) for row in edited.unseated] == [("a1", "math", BY_HAND)]
    again = apply_edits(scenario, edited, [MoveSeat(apprentice="a1", module="math", cohort="K1")]).plan
    assert seats(again)["a1", "math"] == "K1" and again.unseated == ()


def test_what_was_unseated_before_keeps_its_reason(scenario: Scenario) -> None:
    plan = plan_of(scenario, (open_cohort(scenario), "a1"))
    edited = apply_edits(scenario, plan, [CloseCohort(cohort="K1")]).plan
    assert {row.apprentice: row.reason for row in edited.unseated} == {"a1": BY_HAND, "a2": "test"}
    assert edited.cohorts == () and edited.seats == ()


def test_a_cohort_on_another_pattern_gets_the_meetings_of_the_contract(scenario: Scenario, plan: Plan) -> None:
    edit = MoveCohort(cohort="K1", room="shed", days="Tue", start="15:00", minutes=60)
    moved = apply_edits(scenario, plan, [edit]).plan.cohorts[0]
    assert (moved.site, moved.room) == ("plant", "shed")
    # Two hours on Tuesdays of an hour: two meetings.
    assert [(str(row.date), row.start, row.end) for row in moved.meetings] == [
        ("2026-06-02", "15:00", "16:00"),
        ("2026-06-09", "15:00", "16:00"),
    ]
    assert check(scenario, apply_edits(scenario, plan, [edit]).plan).is_clean


def test_a_cohort_in_another_week_or_room_alone(scenario: Scenario, plan: Plan) -> None:
    later = apply_edits(scenario, plan, [MoveCohort(cohort="K1", first_week=1)]).plan.cohorts[0]
    assert [str(row.date) for row in later.meetings] == ["2026-06-08"]
    other = region(rooms={"annex": {}})
    roomed = apply_edits(other, plan, [MoveCohort(cohort="K1", room="annex")]).plan.cohorts[0]
    assert roomed.meetings == plan.cohorts[0].meetings and roomed.room == "annex"


def test_a_cohort_that_does_not_fit_into_the_horizon_breaks_hours(scenario: Scenario, plan: Plan) -> None:
    edit = MoveCohort(cohort="K1", days="Tue", minutes=60, first_week=1)
    report = check(scenario, apply_edits(scenario, plan, [edit]).plan)
    (violation,) = [row for row in report.violations if row.rule == "hours"]
    assert "cannot give the 120 minutes of module math" in violation.message


def test_a_module_is_forbidden_by_a_pin_and_its_seat_goes(scenario: Scenario, plan: Plan) -> None:
    edited = apply_edits(scenario, plan, [ForbidModule(apprentice="a1", module="math")])
    assert [(pin.apprentice, pin.module, pin.cohort) for pin in edited.pins] == [("a1", "math", "none")]
    assert ("a1", "math") not in seats(edited.plan)
    both = [ForbidModule(apprentice="a1", module="math"), Unpin(apprentice="a1", module="math")]
    assert apply_edits(scenario, plan, both).pins == ()


def test_a_cohort_is_closed_for_good(scenario: Scenario, plan: Plan) -> None:
    edited = apply_edits(scenario, plan, [CloseCohort(cohort="K2", forbid=True)])
    assert [(pin.apprentice, pin.cohort) for pin in edited.pins] == [("a2", "none")]
    assert [row.cohort for row in edited.plan.cohorts] == ["K1"]


def test_a_pin_names_the_published_cohort(scenario: Scenario, plan: Plan) -> None:
    published = plan_of(scenario, (open_cohort(scenario, name="P1"), "a1"))
    in_force = region(published=published)
    for edit in (PinSeat(apprentice="a1", module="math"), PinCohort(cohort="K1")):
        assert [pin.cohort for pin in apply_edits(in_force, plan, [edit]).pins] == ["P1"]
    with pytest.raises(EditError, match="Cohort K2 is not in the plan that these tables have in force"):
        apply_edits(in_force, plan, [PinSeat(apprentice="a2", module="math")])


def test_a_pin_in_the_tables_is_replaced_and_others_stay(scenario: Scenario, plan: Plan) -> None:
    pinned = region(pins=["a1 | math | none", "a2 | math | none"])
    edited = apply_edits(pinned, plan, [Unpin(apprentice="a1", module="math")])
    assert [pin.apprentice for pin in edited.pins] == ["a2"]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (MoveSeat(apprentice="x", module="math", cohort="K1"), "There is no apprentice x"),
        (MoveSeat(apprentice="a1", module="x", cohort="K1"), "There is no module x"),
        (MoveSeat(apprentice="a1", module="math", cohort="x"), "There is no cohort x"),
        (ForbidModule(apprentice="x", module="math"), "There is no apprentice x"),
        (Unpin(apprentice="a1", module="math"), "a1 has no pin in module math"),
        (PinSeat(apprentice="a1", module="x"), "a1 has no seat in module x"),
        (PinSeat(apprentice="a1", module="math"), "Publish the plan first"),
        (MoveCohort(cohort="x"), "There is no cohort x"),
        (MoveCohort(cohort="K1", room="x"), "There is no room x"),
        (MoveCohort(cohort="K1", instructor="x"), "There is no instructor x"),
        (MoveCohort(cohort="K1", days="Xyz"), "cannot meet Xyz at 15:00"),
        (MoveCohort(cohort="K1", start="25:00"), "cannot meet Mon at 25:00"),
        (CloseCohort(cohort="x"), "There is no cohort x"),
        (PinCohort(cohort="x"), "There is no cohort x"),
    ],
)
def test_what_is_not_there_is_refused(scenario: Scenario, plan: Plan, edit: Edit, words: str) -> None:
    with pytest.raises(EditError, match=words):
        apply_edits(scenario, plan, [edit])


def test_a_seat_that_is_not_there_cannot_be_taken_out(scenario: Scenario) -> None:
    empty = plan_of(scenario)
    with pytest.raises(EditError, match="a1 has no seat in module math"):
        apply_edits(scenario, empty, [MoveSeat(apprentice="a1", module="math", cohort=None)])


def test_a_seat_in_a_cohort_of_another_module_is_refused() -> None:
    scenario = region(modules={"shop": {}}, requirements={"tech/shop/std": {"modules": "shop"}})
    plan = plan_of(scenario, (open_cohort(scenario), "a1"))
    with pytest.raises(EditError, match="Cohort K1 teaches math, not shop"):
        apply_edits(scenario, plan, [MoveSeat(apprentice="a1", module="shop", cohort="K1")])
