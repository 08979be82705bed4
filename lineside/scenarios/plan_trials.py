"""What changes by hand break, and what they cost, before anything is saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from lineside.models.checker import CheckReport, Violation, check
from lineside.models.differences import MeasureDifference, measure_differences
from lineside.models.person_days import PersonDays
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.models.tables import Pin
from lineside.scenarios.plan_changes import PersonChange, plan_changes
from lineside.scenarios.plan_edits import Edit, Edited, apply_edits


@dataclass(frozen=True)
class Trial:
    """What came of some edits.

    Parameters
    ----------
    plan, pins
        The edited plan, with its figures if it breaks nothing, and all pins.
    before, after
        What the checker says of the plan as it was, and as it would be.
    differences
        Each measure, the objective first.
    changes
        What changes for whom.
    """

    plan: Plan
    pins: tuple[Pin, ...]
    before: CheckReport
    after: CheckReport
    differences: tuple[MeasureDifference, ...]
    changes: tuple[PersonChange, ...]

    @property
    def new_violations(self) -> tuple[bool, ...]:
        """For each violation after the edits, whether it was not there before."""
        old = Counter(map(_what, self.before.violations))
        found = []
        for violation in self.after.violations:
            old[_what(violation)] -= 1
            found.append(old[_what(violation)] < 0)
        return tuple(found)


class Desk:
    """A plan on a planner's desk: what is known about it stays at hand while edits are tried.

    Parameters
    ----------
    scenario
        The tables that the plan is judged by.
    plan
        The plan as it is kept.
    is_own_tables
        Whether the plan was made for these tables, so that its bound holds.
    days
        Views of meetings for these tables to use again; built if not given.
    """

    def __init__(
        self, scenario: Scenario, plan: Plan, *, is_own_tables: bool = True, days: PersonDays | None = None
    ) -> None:
        self.scenario = scenario
        self.plan = plan
        self.days = days or PersonDays(scenario)
        self._is_own_tables = is_own_tables

    @cached_property
    def before(self) -> CheckReport:
        """What the checker says of the plan as it is."""
        return check(self.scenario, _unclaimed(self.scenario, self.plan), self.days)

    def tried(self, edits: Sequence[Edit]) -> Trial:
        """Return what comes of edits.

        Raises
        ------
        EditError
            If an edit cannot be written down.
        """
        edited = apply_edits(self.scenario, self.plan, edits)
        scenario = self.scenario.model_copy(update={"pins": edited.pins})
        after = check(scenario, edited.plan, self.days)
        return Trial(
            plan=self._with_figures(edited, after) if after.is_clean else edited.plan,
            pins=edited.pins,
            before=self.before,
            after=after,
            differences=tuple(measure_differences(scenario.settings.prices, self.before, after)),
            changes=plan_changes(scenario, self.plan, edited.plan, days=self.days),
        )

    def _with_figures(self, edited: Edited, report: CheckReport) -> Plan:
        # A pin only takes plans away, so the bound over all of them still holds; without a pin there are more.
        is_bounded = self._is_own_tables and set(self.scenario.pins) <= set(edited.pins)
        figures = {"objective": report.objective, "measures": report.measures, "status": "feasible"}
        bound = self.plan.bound if is_bounded else None
        return edited.plan.model_copy(update={**figures, "bound": bound})


def _unclaimed(scenario: Scenario, plan: Plan) -> Plan:
    """Return a plan without its figures: what it says of itself does not matter here."""
    cleared = {"objective": None, "bound": None, "measures": None, "status": "unknown"}
    return plan.model_copy(update={**cleared, "scenario": scenario.settings.name})


def _what(violation: Violation) -> tuple[str, tuple[tuple[str, str], ...], Decimal]:
    return violation.rule, tuple(sorted(violation.ids.items())), Decimal(violation.amount)
