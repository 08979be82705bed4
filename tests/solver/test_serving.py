"""Which meetings of rooms and instructors a model looks at: those that a decision may touch, all of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from random import Random
from typing import Any

import numpy as np
import pytest

from lineside.models.checker import check
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.solver import Leeway, Repair
from lineside.solver.advice.why import Inquiry
from lineside.solver.conflicts import Conflicts
from lineside.solver.finish import finish
from lineside.solver.model.build import Limits, solve_scope
from lineside.solver.model.scope import Draft, Scope
from lineside.solver.model.servers import Occupancy
from lineside.solver.model.serving import _Diary, add_instructors, add_rooms
from lineside.solver.problem import Problem
from lineside.solver.seating import Ledger, Seating
from tests.build import open_cohort, plan_of, tiny
from tests.random_scenarios import random_scenario
from tests.solver.seatings import list_every_instructor, random_seating

FAR: dict[str, Any] = {"sites": {"far": {}}, "rooms": {"fr": {"site": "far"}}}


def rows_about_servers(scope: Scope) -> Counter[str]:
    """Return the rows about rooms and instructors, but for those that say "true" alone."""
    draft = Draft.of(scope)
    for builder in (add_rooms, add_instructors):
        builder(draft)
    proto = draft.model.proto
    true = {k for k, variable in enumerate(proto.variables) if list(variable.domain) == [1, 1]}
    return Counter(str(row) for row in proto.constraints if not true.intersection(row.bool_or.literals))


@pytest.mark.parametrize("seed", range(22))
def test_what_is_not_looked_at_would_give_no_row(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = Random(seed)
    problem = list_every_instructor(Problem(random_scenario(seed)))
    base = random_seating(problem, rng)
    people = frozenset(k for k in range(len(problem.scenario.apprentices)) if rng.random() < 0.5)
    mine = [row for row in problem.viable_pairs.tolist() if problem.person_of_need[problem.pairs.need[row]] in people]
    pairs = np.array([row for row in mine if rng.random() < 0.7], dtype=np.int64)
    occupancy = Occupancy(problem) if seed % 2 else None
    scope = Scope(problem, people, pairs, base, Conflicts(problem), Ledger(problem), occupancy)
    found = rows_about_servers(scope)
    monkeypatch.setattr(_Diary, "near", lambda diary, _occupancy, _gap: (list(diary.free), diary.kept))
    assert rows_about_servers(scope) == found


@pytest.mark.parametrize(("day", "way"), [("Sat", 2700), ("Sun", 1200)])
def test_a_frozen_meeting_before_the_horizon_is_as_far_as_its_way(day: str, way: int) -> None:
    tables = {
        **FAR,
        "modules": {"eng": {}},
        "requirements": {"tech/eng/std": {"modules": "eng"}},
        "travel": ["plant | college | 20", "plant | far | 30", f"college | far | {way}"],
        "patterns": ["Mon | 15:00 | 120 | college", f"{day} | 18:00 | 120 | far"],
        "apprentices": {"a1": {"wanted": "math"}, "a2": {"wanted": "eng"}},
        "instructors": {"ida": {}},
    }
    before = tiny(**tables, settings={"first_day": dt.date(2026, 5, 25)})
    cohort = open_cohort(before, f"{day} 18:00 120", module="eng", site="far")
    published = plan_of(before, (cohort, "a2"), first_day=before.settings.first_day)
    # To Monday 15:00 there are 2,580 minutes from Saturday 20:00 and 1,140 from Sunday 20:00, fewer than the way takes.
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
