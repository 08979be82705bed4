"""A plan in words: what it costs by part, how good it is proven to be, its cohorts and who has no seat."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from lineside.models.differences import MEASURES
from lineside.models.plan import Cohort, Measures, Plan
from lineside.models.rules import RULES
from lineside.models.scenario import Prices, Scenario
from lineside.service.console import Listing, figure

if TYPE_CHECKING:
    from lineside.solver import Margin

TENTH = Decimal("0.1")
PART_NAMES = {"travel_minutes": "travel"}
"""What a part is called where that is not its measure's name in words."""
BRACKETS = re.compile(r"\[([a-z-]+)\]")


@dataclass(frozen=True)
class Part:
    """One term of the objective.

    Parameters
    ----------
    name, unit
        What is counted, and in what.
    amount
        How much of it there is, in its own unit.
    price
        Line-minutes charged for one unit.
    """

    name: str
    amount: Decimal
    unit: str
    price: Decimal

    @property
    def line_minutes(self) -> Decimal:
        """What the part adds to the objective."""
        return self.amount * self.price


def objective_parts(measures: Measures, prices: Prices) -> tuple[Part, ...]:
    """Return the terms of the objective in the contract's order."""
    return tuple(
        Part(PART_NAMES.get(name, name.replace("_", " ")), Decimal(getattr(measures, name)), MEASURES[name], price)
        for name, price in prices.by_measure().items()
    )


def parts_listing(measures: Measures, prices: Prices) -> Listing:
    """Return the terms of the objective as a table, the dearest part being easy to see."""
    parts = objective_parts(measures, prices)
    total = sum((part.line_minutes for part in parts), Decimal(0))
    rows = [
        (
            part.name,
            figure(part.amount, 0 if part.unit == "seats" else 1),
            part.unit,
            f"{part.price.normalize():f}",
            figure(part.line_minutes),
        )
        for part in parts
    ]
    rows.append(("objective", "", "", "", figure(total)))
    return Listing(
        "What the plan costs",
        "part",
        ("of", "amount", "unit", "price", "line-minutes"),
        rows,
        frozenset({"amount", "price", "line-minutes"}),
    )


def proof_sentence(plan: Plan) -> str:
    """Return bound and gap of a plan in words, never better than what is proven.

    Notes
    -----
    The gap is a share of the objective, as the contract has it; "above the best possible" is a share of the
    bound. Both are rounded up.
    """
    if plan.objective is None:
        return "The plan has no objective. Solve the scenario to get one with a proof."
    if plan.status == "optimal":
        return (
            f"The plan is proven optimal: no plan can be better than {figure(plan.objective)} line-minutes (gap 0.0 %)."
        )
    if plan.bound is None or plan.gap is None:
        return f"Nothing is proven about better plans; this one costs {figure(plan.objective)} line-minutes."
    if plan.bound <= 0 < plan.objective:
        return (
            f"Nothing is proven yet about better plans: the bound is {figure(plan.bound)}, this plan costs "
            f"{figure(plan.objective)} line-minutes (gap {_percent(plan.gap)})."
        )
    excess = (plan.objective - plan.bound) / plan.bound if plan.bound else Decimal(0)
    return (
        f"No plan can be better than {figure(plan.bound)} line-minutes; this one, at {figure(plan.objective)}, "
        f"is at most {_percent(excess)} above the best possible (gap {_percent(plan.gap)})."
    )


def margin_sentence(margin: Margin, objective: Decimal | None) -> str:
    """Return what planning with a margin came to: what is proven of plans with it, and what it costs."""
    people = "1 person" if margin.seats == 1 else f"{margin.seats} people"
    extra = None if objective is None else objective - margin.objective_without
    return (
        f"Each new cohort has {people} to spare, or as many as fit. No plan with that margin can be better than "
        f"{figure(margin.bound)} line-minutes; without it one at {figure(margin.objective_without)} was found, so the "
        f"margin costs {figure(extra)} line-minutes beside the best plan that is known."
    )


def _percent(share: Decimal) -> str:
    return f"{(share * 100).quantize(TENTH, ROUND_CEILING):,.1f} %"


def seat_sentence(plan: Plan) -> str:
    """Return how many needs have a seat."""
    needs = len(plan.seats) + len(plan.unseated)
    return f"{len(plan.seats):,} of {needs:,} seats needed are given, in {len(plan.cohorts):,} cohorts."


def unmeetable_sentence(plan: Plan, unmeetable_needs: int) -> str:
    """Return how many of the needs without a seat no single candidate cohort could meet."""
    if not plan.unseated:
        return "Every need has a seat."
    return (
        f"{unmeetable_needs:,} of the {len(plan.unseated):,} needs without a seat could be met by no single "
        "candidate cohort, whatever the plan."
    )


def cohort_dates(cohort: Cohort) -> str:
    """Return the first and last date of a cohort's meetings."""
    if not cohort.meetings:
        return "no meetings"
    return f"{cohort.meetings[0].date.isoformat()} to {cohort.meetings[-1].date.isoformat()}"


def seats_by_cohort(plan: Plan) -> Counter[str]:
    """Return the number of seats of each cohort."""
    return Counter(seat.cohort for seat in plan.seats)


def cohorts_in_order(plan: Plan) -> list[Cohort]:
    """Return the cohorts by their first meeting, then by id."""
    return sorted(plan.cohorts, key=lambda c: ([(m.date, m.start) for m in c.meetings[:1]], c.cohort))


def cohort_listing(scenario: Scenario, plan: Plan, limit: int) -> Listing:
    """Return the first ``limit`` cohorts in order of their first meeting."""
    seats = seats_by_cohort(plan)
    cohorts = cohorts_in_order(plan)
    rows = [
        (
            cohort.cohort,
            cohort.module,
            site_name(scenario, cohort.site),
            f"{cohort.days} {cohort.start}",
            str(cohort.minutes),
            cohort_dates(cohort),
            str(seats[cohort.cohort]),
        )
        for cohort in cohorts[:limit]
    ]
    columns = ("id", "module", "site", "when", "minutes", "dates", "seats")
    return Listing("Cohorts", "cohort", columns, rows, frozenset({"minutes", "seats"}), max(0, len(cohorts) - limit))


def unseated_listing(plan: Plan, limit: int) -> Listing:
    """Return the needs without a seat by module and by the rule that refuses most, with one reason as an example."""
    groups: dict[tuple[str, str], list[str]] = {}
    for row in plan.unseated:
        groups.setdefault((row.module, chief_rule(row.reason)), []).append(row.reason)
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    rows = [(str(len(reasons)), module, rule, reasons[0]) for (module, rule), reasons in ordered[:limit]]
    columns = ("needs", "module", "chief rule", "for instance")
    return Listing("Without a seat", "unseated", columns, rows, frozenset({"needs"}), max(0, len(ordered) - limit))


def chief_rule(reason: str) -> str:
    """Return the first rule that a reason names, which is the one that refuses most candidates.

    >>> chief_rule("24 candidate cohorts: 15 exceed the travel limit [travel-limit], 9 never reach 8 seats.")
    'travel-limit'
    """
    return next((name for name in BRACKETS.findall(reason) if name in RULES), "")


def site_name(scenario: Scenario, site: str) -> str:
    """Return a site's name, or its id where the tables do not have it (a frozen cohort of an old plan)."""
    row = scenario.site_by_id.get(site)
    return row.name if row is not None and row.name else site


def module_name(scenario: Scenario, module: str) -> str:
    """Return a module's name, or its id where the tables do not have it."""
    row = scenario.module_by_id.get(module)
    return row.name if row is not None and row.name else module


def instructor_name(scenario: Scenario, instructor: str) -> str:
    """Return an instructor's name, or the id where the tables do not have it."""
    row = scenario.instructor_by_id.get(instructor)
    return row.name if row is not None and row.name else instructor


def company_name(scenario: Scenario, company: str) -> str:
    """Return a company's name, or its id if it has none."""
    return scenario.company_by_id[company].name or company


def line_name(scenario: Scenario, line: str) -> str:
    """Return a line's name, or its id if it has none."""
    return scenario.line_by_id[line].name or line


def apprentice_name(scenario: Scenario, apprentice: str) -> str:
    """Return an apprentice's name, or the id where the tables do not have it (a seat of an old plan)."""
    row = scenario.apprentice_by_id.get(apprentice)
    return row.name if row is not None and row.name else apprentice
