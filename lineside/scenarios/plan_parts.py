"""Where two plans differ: the people and cohorts that anything changes for, and each plan cut down to them."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction

from lineside.models.checker import Part
from lineside.models.measures import measure_by_company, num_changes
from lineside.models.person_days import PersonDays
from lineside.models.plan import Measures, Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.table_steps import changed_scenario

ADDING = ("line_time_lost", "release", "stopped", "unseated_hours", "dollars", "travel_minutes")
"""Measures that are sums over crews, cohorts, seats or people."""


def differing_part(before: Plan, after: Plan) -> Part:
    """Return the people and cohorts with anything that is not the same in both plans.

    A cohort differs if its row, its meetings or its people do; a person if a seat or its cohort does.
    """
    rows = [{row.cohort: row for row in plan.cohorts} for plan in (before, after)]
    members = [_members(plan) for plan in (before, after)]
    cohorts = frozenset(
        name
        for name in rows[0].keys() | rows[1].keys()
        if members[0].get(name) != members[1].get(name) or rows[0].get(name) != rows[1].get(name)
    )
    moved = {seat.apprentice for seat in set(before.seats) ^ set(after.seats)}
    same_people = {name for name in cohorts if rows[0].get(name) == rows[1].get(name)}
    moved |= {person for side in members for name in cohorts - same_people for person in side.get(name, ())}
    return Part(frozenset(moved), cohorts)


def _members(plan: Plan) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for seat in plan.seats:
        found[seat.cohort].add(seat.apprentice)
    return {cohort: frozenset(people) for cohort, people in found.items()}


def cut_down(plan: Plan, part: Part) -> Plan:
    """Return the seats of the people of a part and the cohorts of either, for telling what changes for whom."""
    seats = tuple(seat for seat in plan.seats if seat.apprentice in part.people)
    names = part.cohorts | {seat.cohort for seat in seats}
    return plan.model_copy(
        update={"seats": seats, "cohorts": tuple(row for row in plan.cohorts if row.cohort in names)}
    )


class PartMeter:
    """Measures plans by what differs from one that is measured already.

    Parameters
    ----------
    scenario, plan
        The tables and the plan before.
    days
        Views of meetings to use again.

    Notes
    -----
    Loss belongs to crews, dollars to cohorts and seats, travel to seats, hours to people. So whatever the crews that
    differ and the cohorts that differ do not touch is the same before and after, and a plan's measure is
    that of the plan before, less its part there, plus the new part.
    """

    def __init__(self, scenario: Scenario, plan: Plan, days: PersonDays) -> None:
        self._scenario, self._plan, self._days = scenario, plan, days
        self.measures, self._by_company = measure_by_company(scenario, plan, days)

    def measured(self, scenario: Scenario, plan: Plan, part: Part, days: PersonDays) -> Measures:
        """Return the measures of another plan, unrounded, as :func:`lineside.models.measures.measure` gives them.

        Parameters
        ----------
        scenario
            Its tables: of those before, people and closed dates alone may differ, and the plan in force.
        plan
            The plan.
        part
            Everybody and every cohort with anything that differs, rows of the tables included.
        days
            Views of meetings for these tables.
        """
        crews = frozenset(
            (row.line, row.rota)
            for tables in (self._scenario, scenario)
            for row in tables.apprentices
            if row.apprentice in part.people
        )
        old, old_companies = _measured_there(self._scenario, self._plan, part, crews, self._days)
        new, new_companies = _measured_there(scenario, plan, part, crews, days)
        sums = {name: getattr(self.measures, name) - getattr(old, name) + getattr(new, name) for name in ADDING}
        names = self._by_company.keys() | new_companies.keys()
        worst = max(
            (
                self._by_company.get(name, Fraction(0))
                - old_companies.get(name, Fraction(0))
                + new_companies.get(name, Fraction(0))
                for name in names
            ),
            default=Fraction(0),
        )
        return Measures(
            **sums,
            changes=num_changes(scenario, plan),
            worst_company=Decimal(worst.numerator) / Decimal(worst.denominator),
        )


def _measured_there(
    scenario: Scenario, plan: Plan, part: Part, crews: frozenset[tuple[str, str]], days: PersonDays
) -> tuple[Measures, dict[str, Fraction]]:
    """Measure a plan as if there were only some crews, and the cohorts of a part beside those that they sit in."""
    people = tuple(row for row in scenario.apprentices if (row.line, row.rota) in crews)
    names = frozenset(row.apprentice for row in people)
    there = cut_down(plan, Part(names, part.cohorts))
    measures, by_company = measure_by_company(
        changed_scenario(scenario, apprentices=people, published=None), there, days
    )
    return measures, dict(by_company)
