"""Scenarios that were made for points of sweeps: lists leave them out, with their runs and plans."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import aliased

from lineside.service.storage.models import Publication, StoredPlan, SweepPoint


def is_listed(scenario: Any) -> ColumnElement[bool]:
    """Return the condition that a scenario is in lists: a planner's own, or with a plan that was published.

    Parameters
    ----------
    scenario
        Column with the scenario's id.
    """
    made = exists().where(SweepPoint.scenario_id == scenario, SweepPoint.is_made)
    plan = aliased(StoredPlan)  # the column may be that of the plans which are listed
    published = select(Publication.id).join(plan, plan.id == Publication.plan_id)
    return ~made | published.where(plan.scenario_id == scenario).exists()
