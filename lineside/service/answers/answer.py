"""An answer to a disruption: a plan that could come into force now, and what it costs and changes."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lineside.models.checker import CheckReport
from lineside.models.differences import MeasureDifference
from lineside.models.outages import Outage
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.plan_changes import PersonChange
from lineside.scenarios.table_steps import TableSteps


@dataclass(frozen=True)
class Answer:
    """One way to deal with what happened.

    Parameters
    ----------
    title
        What is done, in a few words.
    deeds
        A sentence for each cohort and seat that changes.
    plan
        The plan, with its figures; its bound is not known.
    scenario
        The tables after what happened, with the plan in force as its running cohorts go on.
    steps
        How these tables come from those before.
    outages
        Dates on which rooms and instructors cannot be had, which tables cannot say.
    report
        What the checker says of the plan with these tables.
    differences
        Each measure before and after, the objective first.
    changes
        What changes for whom; people who have left are not in it.
    num_changes
        Seats that differ from the plan in force, a move twice.
    warnings
        Rules that running cohorts are exempt from and that hold no longer for their people.
    """

    title: str
    deeds: tuple[str, ...]
    plan: Plan
    scenario: Scenario
    steps: TableSteps
    outages: tuple[Outage, ...]
    report: CheckReport
    differences: tuple[MeasureDifference, ...]
    changes: tuple[PersonChange, ...]
    num_changes: int
    warnings: tuple[str, ...]

    @property
    def cost(self) -> Decimal:
        """Line-minutes that the objective rises by, against the plan in force before; below 0 if it falls."""
        return self.differences[0].difference

    @property
    def num_people(self) -> int:
        """Apprentices and instructors with a meeting that changes."""
        return len(self.changes)
