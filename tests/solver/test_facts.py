"""What the published plan and the pins fix."""

from __future__ import annotations

import datetime as dt

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.solver.facts import facts_of
from tests.build import open_cohort, plan_of, tiny

TWO_PEOPLE = {"a2": {}}


def published_from_last_week(**changes: object) -> Scenario:
    """Return a scenario whose plan in force began on 2026-05-25: K1 in its week 0 with a1 and a2, K2 in week 1 with a3.

    a3 is no longer in the tables.
    """
    before = tiny(settings={"first_day": "2026-05-25"}, apprentices={**TWO_PEOPLE, "a3": {}})
    old, new = open_cohort(before), open_cohort(before, name="K2", week=1)
    plan = plan_of(before, (old, "a1 a2"), (new, "a3"), first_day=before.settings.first_day)
    return tiny(published=plan, apprentices=TWO_PEOPLE, **changes)


def test_without_a_plan_in_force_only_pins_to_none_count() -> None:
    facts = facts_of(tiny(pins=["a1 | math | none"]))
    assert facts.forbidden == {("a1", "math")}
    assert not facts.has_published
    assert facts.frozen == ()


def test_first_weeks_of_frozen_cohorts_count_from_the_new_first_day() -> None:
    facts = facts_of(published_from_last_week(settings={"frozen_until": "2026-06-01"}))
    assert [(row.cohort.cohort, row.cohort.first_week, row.apprentices) for row in facts.frozen] == [
        ("K1", -1, ("a1", "a2"))
    ]
    assert facts.frozen_seats == {"a1": {"math"}, "a2": {"math"}}
    # K2 begins on June 1st, which is not before frozen_until; its only seat is gone for good.
    assert facts.published_keys == {}
    assert facts.gone == 1


def test_without_frozen_until_published_seats_are_compared() -> None:
    facts = facts_of(published_from_last_week())
    key = ("math", "college", (0,), 900, 120, dt.date(2026, 5, 25))
    assert facts.frozen == ()
    assert facts.published_keys == {("a1", "math"): key, ("a2", "math"): key}


def test_a_frozen_seat_wins_over_a_pin() -> None:
    pinned = {"pins": ["a1 | math | K1"]}
    assert facts_of(published_from_last_week(settings={"frozen_until": "2026-06-01"}, **pinned)).pinned == {}
    facts = facts_of(published_from_last_week(**pinned))
    assert facts.pinned == {("a1", "math"): ("math", "college", (0,), 900, 120, dt.date(2026, 5, 25))}
    assert facts.kept_keys == {facts.pinned["a1", "math"]}


def test_a_published_plan_without_first_day_has_the_scenarios() -> None:
    plain = tiny()
    plan: Plan = plan_of(plain, (open_cohort(plain, week=1), "a1"))
    assert plan.first_day is None
    [key] = facts_of(tiny(published=plan)).published_keys.values()
    assert key[-1] == dt.date(2026, 6, 8)
