"""Which meetings of rooms and instructors a model looks at: those that a decision may touch, all of them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from lineside.models.checker import check
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.solver import Leeway, Repair
from lineside.solver.advice.why import Inquiry
from lineside.solver.conflicts import Conflicts
from lineside.solver.finish import finish
from lineside.solver.model.build import Limits, solve_scope
from lineside.solver.model.scope import Scope
from lineside.solver.model.servers import Occupancy
from lineside.solver.problem import Problem
from lineside.solver.seating import Ledger, Seating
from tests.build import open_cohort, plan_of, tiny
from tests.solver.seatings import list_every_instructor

FAR: dict[str, Any] = {"sites": {"far": {}}, "rooms": {"fr": {"site": "far"}}}


def test_a_frozen_meeting_long_before_the_horizon_is_as_far_as_its_way() -> None:
    tables = {
        **FAR,
        "modules": {"eng": {}},
        "requirements": {"tech/eng/std": {"modules": "eng"}},
        "travel": ["plant | college | 20", "plant | far | 30", "college | far | 2700"],
        "patterns": ["Mon | 15:00 | 120 | college", "Sat | 18:00 | 120 | far"],
        "apprentices": {"a1": {"wanted": "math"}, "a2": {"wanted": "eng"}},
        "instructors": {"ida": {}},
    }
    before = tiny(**tables, settings={"first_day": dt.date(2026, 5, 25)})
    cohort = open_cohort(before, "Sat 18:00 120", module="eng", site="far")
    published = plan_of(before, (cohort, "a2"), first_day=before.settings.first_day)
    # Saturday evening to Monday afternoon are 2,580 minutes, and the way takes 2,700.
    scenario = tiny(**tables, published=published, settings={"frozen_until": "2026-06-01", "weeks": 1})
    problem = list_every_instructor(Problem(scenario))
    base = Seating((), tuple(choice[0] for choice in problem.demand.choices))
    memory = Conflicts(problem), Ledger(problem), Occupancy(problem)
    answer = solve_scope(Scope(problem, frozenset((0, 1)), problem.viable_pairs, base, *memory), Limits(60.0))
    assert answer.seating is not None
    reasons = dict.fromkeys(range(len(problem.demand.needs)), "none")
    report = check(scenario, finish(problem, answer.seating, 0.0, "feasible", reasons))
    assert report.violations == ()


def between_two(**more: Any) -> tuple[Scenario, Plan]:
    """Return a plan in which one instructor goes from the college to a far site by way of a class between the two."""
    tables = {
        **FAR,
        "modules": {"math": {"hours": 1}, "eng": {"hours": 1}, "bio": {"hours": 1}},
        "requirements": {"tech/eng/std": {"modules": "eng"}, "tech/bio/std": {"modules": "bio"}},
        "travel": ["plant | college | 20", "plant | far | 30", "college | far | 90"],
        "patterns": [
            "Mon | 16:00 | 60 | college",
            "Mon | 17:00 | 60 | online",
            "Mon | 18:00 | 60 | far",
            "Thu | 17:00 | 60 | online",
        ],
        "apprentices": {"a1": {"wanted": "math"}, "a2": {"wanted": "eng"}, "a3": {"wanted": "bio"}},
    }
    scenario = tiny(**tables)
    plan = plan_of(
        scenario,
        (open_cohort(scenario, "Mon 16:00 60", name="A", module="math"), "a1"),
        (open_cohort(scenario, "Mon 17:00 60", name="M", module="eng", site="online"), "a2"),
        (open_cohort(scenario, "Mon 18:00 60", name="B", module="bio", site="far"), "a3"),
    )
    assert check(scenario, plan).violations == ()
    return tiny(**tables, **({"published": plan} if more.get("is_published") else {})), plan


@pytest.mark.parametrize("leeway", [Leeway(left=frozenset("M"), joins=True, opens=True), Leeway(left=frozenset("M"))])
def test_what_lies_between_two_classes_cannot_go_without_them(leeway: Leeway) -> None:
    scenario, _ = between_two(is_published=True)
    assert Repair(scenario, ["a2"]).repaired(leeway) is None


def test_where_else_somebody_could_sit_knows_what_the_class_stood_between() -> None:
    scenario, plan = between_two()
    answer = Inquiry(scenario, plan).why("a2", "eng")
    assert answer.next_best is not None
    assert check(scenario, answer.next_best.plan).violations == ()
