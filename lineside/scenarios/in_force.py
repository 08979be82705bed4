"""The plan in force on a date: what has met is a fact, and what is near is not moved any more."""

from __future__ import annotations

import datetime as dt

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.table_steps import TableSteps, stepped

NOTICE_DAYS = 14
"""Days for which a plan in force stays as it is, if nothing else is asked for."""


class InForceError(ValueError):
    """A plan that cannot be the one in force of some tables; the text says why and what to do."""


def steps_in_force(scenario: Scenario, plan: Plan, at: dt.date, notice_days: int = NOTICE_DAYS) -> TableSteps:
    """Return the changes that put a plan in force on a date, with its notice respected.

    Parameters
    ----------
    scenario
        The tables; a later ``frozen_until`` of theirs stays.
    plan
        A plan for these tables.
    at
        The date from which on something may change.
    notice_days
        Days for which everything stays: cohorts that begin before ``at`` and so many days are frozen, and no other
        begins before then.

    Raises
    ------
    InForceError
        If the date is outside the horizon, the plan has no cohorts to be in force, or a pin names a cohort that
        it does not have.
    """
    settings = scenario.settings
    if not settings.first_day <= at <= settings.last_day:
        raise InForceError(
            f"{at} is outside the horizon from {settings.first_day} to {settings.last_day}. Choose a date in it."
        )
    if plan.status in ("infeasible", "unknown") and not plan.cohorts:
        raise InForceError(f"A plan with the status {plan.status} cannot be in force. Solve the tables first.")
    known = {row.cohort for row in plan.cohorts} | {"none"}
    lost = next((pin for pin in scenario.pins if pin.cohort not in known), None)
    if lost is not None:
        raise InForceError(
            f"A pin of {lost.apprentice} names cohort {lost.cohort}, which the plan does not have. Take the pin out."
        )
    until = at + dt.timedelta(days=notice_days)
    if settings.frozen_until is not None:
        until = max(until, settings.frozen_until)
    dated = plan.model_copy(update={"first_day": plan.first_day or settings.first_day})
    return TableSteps(frozen_until=until, published=dated)


def in_force(scenario: Scenario, plan: Plan, at: dt.date, notice_days: int = NOTICE_DAYS) -> Scenario:
    """Return the tables with a plan in force on a date; see :func:`steps_in_force`."""
    return stepped(scenario, steps_in_force(scenario, plan, at, notice_days))
