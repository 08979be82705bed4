"""The checker: recomputes every rule and measure of a plan from the tables, with the plainest code.

It shares no array with the solver and guards every plan: solved, edited by hand, uploaded.
:data:`CHECKS` has one function per rule of the registry, in the contract's order.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable

from lineside.models.checker.cohort_rules import check_cohort_size, check_hours, check_session_length
from lineside.models.checker.facts import Facts
from lineside.models.checker.faults import find_faults
from lineside.models.checker.force_rules import check_frozen, check_party, check_pin
from lineside.models.checker.part import Part, PartFacts
from lineside.models.checker.report import CheckReport, Violation
from lineside.models.checker.resource_rules import check_instructor, check_room
from lineside.models.checker.seat_rules import (
    check_access,
    check_mode,
    check_need,
    check_off_date,
    check_order,
    check_travel_limit,
)
from lineside.models.checker.session_rules import check_meal, check_release_limit, check_session_kind
from lineside.models.checker.stretch_rules import check_clash, check_duty
from lineside.models.checker.week_rules import (
    check_class_week,
    check_day_off,
    check_modules_at_once,
    check_work_week,
)
from lineside.models.measures import PersonDays, measure, objective_of, rounded
from lineside.models.plan import Measures, Plan
from lineside.models.scenario import Scenario

__all__ = ["CHECKS", "CheckReport", "Part", "Violation", "check", "check_part", "violations_in"]

CHECKS: dict[str, Callable[[Facts], Iterable[Violation]]] = {
    "hours": check_hours,
    "session-length": check_session_length,
    "room": check_room,
    "instructor": check_instructor,
    "cohort-size": check_cohort_size,
    "mode": check_mode,
    "need": check_need,
    "order": check_order,
    "access": check_access,
    "travel-limit": check_travel_limit,
    "off-date": check_off_date,
    "session-kind": check_session_kind,
    "release-limit": check_release_limit,
    "meal": check_meal,
    "clash": check_clash,
    "modules-at-once": check_modules_at_once,
    "class-week": check_class_week,
    "work-week": check_work_week,
    "duty": check_duty,
    "day-off": check_day_off,
    "party": check_party,
    "pin": check_pin,
    "frozen": check_frozen,
}
"""The check of each rule by name."""


def check(scenario: Scenario, plan: Plan, days: PersonDays | None = None) -> CheckReport:
    """Check a plan: every rule, the agreement of its lists, and its figures.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    plan
        Any plan that could be read, however wrong.
    days
        Views of meetings to use again; built if not given.

    Returns
    -------
    CheckReport
        Violations by rule, faults of the file, and the recomputed figures. A plan may leave out
        its figures, name and first day; those that it gives must be right.
    """
    days = days or PersonDays(scenario)
    return _report(Facts(scenario, plan, days), measure(scenario, plan, days))


def check_part(
    scenario: Scenario, plan: Plan, part: Part, days: PersonDays | None = None, measures: Measures | None = None
) -> CheckReport:
    """Check what a change to an allowed plan could have broken; the rest is taken to be as it was.

    Parameters
    ----------
    scenario, plan, days
        As for :func:`check`.
    part
        Everybody and every cohort with anything that differs from a plan that :func:`check` found clean, the
        tables' differences included.
    measures
        Unrounded measures of the plan, if they are known; recomputed if not.

    Returns
    -------
    CheckReport
        As :func:`check` would give it for the whole plan, many times as fast if the part is small.

    Notes
    -----
    No rule looks beyond one person, one party, one cohort, one room or one instructor. Rooms, instructors, frozen
    cohorts, the file's lists and the figures are looked at whole; rules of people and of single cohorts
    where something differs.
    """
    days = days or PersonDays(scenario)
    return _report(PartFacts(scenario, plan, part, days), measures or measure(scenario, plan, days))


def violations_in(
    scenario: Scenario, plan: Plan, part: Part, days: PersonDays | None = None, but: Collection[str] = ()
) -> tuple[Violation, ...]:
    """Return the violations that :func:`check_part` finds, without the figures and without those of some rules."""
    facts = PartFacts(scenario, plan, part, days or PersonDays(scenario))
    return tuple(violation for rule, run in CHECKS.items() if rule not in but for violation in run(facts))


def _report(facts: Facts, measures: Measures) -> CheckReport:
    objective = objective_of(facts.scenario, measures)
    return CheckReport(
        violations=tuple(violation for run in CHECKS.values() for violation in run(facts)),
        faults=find_faults(facts, measures, objective),
        measures=rounded(measures),
        objective=objective,
    )
