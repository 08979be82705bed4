"""What was aimed at, in words and tables: limits, goals in order, frontiers, and shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, Decimal
from fractions import Fraction

from lineside.models.differences import MEASURES
from lineside.models.measures import rounded
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.shares import CompanyShare
from lineside.service.console import Listing, figure
from lineside.service.plan_words import company_name
from lineside.solver import AMOUNT_WORDS, Aim, Fairness, Frontier, FrontierPoint, GoalReached

UNITS = {**MEASURES, "cohorts": "cohorts"}
"""Unit of each measure that can be minimised or limited."""
TENTH = Decimal("0.1")


def measure_words(measure: str) -> str:
    """Return the name of a measure for people.

    >>> measure_words("line_time_lost")
    'line time lost'
    """
    return measure.replace("_", " ")


def amount(value: Fraction | Decimal | int, places: int = 3) -> str:
    """Return an exact amount for people, without zeros at its end.

    >>> amount(Fraction(2535780, 10000)), amount(1500)
    ('253.578', '1,500')
    """
    exact = round(Fraction(value), places)
    text = f"{Decimal(exact.numerator) / Decimal(exact.denominator):,.{places}f}"
    return text.rstrip("0").rstrip(".")


def percent(share: Fraction) -> str:
    """Return a share as a percentage, rounded up to a tenth."""
    value = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return f"{value.quantize(TENTH, ROUND_CEILING):,.1f} %"


def limits_sentence(aim: Aim, limits: Mapping[str, Decimal]) -> str:
    """Return how good a plan is proven to be among those within limits."""
    within = " and ".join(f"{amount(most)} {AMOUNT_WORDS[name]}" for name, most in limits.items())
    if aim.is_optimal:
        return f"No plan within {within} is better: this one is proven optimal at {amount(aim.value)} line-minutes."
    return (
        f"No plan within {within} can be better than {amount(aim.bound)} line-minutes; this one costs "
        f"{amount(aim.value)} (gap {percent(aim.gap)})."
    )


def goal_listing(reached: Sequence[GoalReached]) -> Listing:
    """Return goals in strict order with the least of each and what the plan has in the end."""
    rows = [
        (
            measure_words(one.goal.measure),
            UNITS[one.goal.measure],
            amount(one.value),
            "proven" if one.is_optimal else f"at least {amount(one.bound)}",
            _tolerance(one),
            amount(one.final),
        )
        for one in reached
    ]
    columns = ("measure", "unit", "least", "how sure", "tolerance", "in the plan")
    return Listing("In strict order", "goal", columns, rows, frozenset({"least", "in the plan"}))


def _tolerance(one: GoalReached) -> str:
    if one.goal.share:
        return percent(one.goal.share)
    return amount(one.goal.more) if one.goal.more else "none"


def share_listing(scenario: Scenario, shares: Sequence[CompanyShare]) -> Listing:
    """Return what a plan takes from each company's lines and gives in class time."""
    rows = [
        (
            company_name(scenario, row.company) if row.company else "all together",
            f"{row.num_apprentices:,}",
            f"{row.num_seats:,}",
            f"{row.num_unseated:,}",
            figure(row.seated_hours),
            figure(row.lost_line_minutes),
            f"{row.share * 100:.1f} %",
            "none" if row.lost_per_hour is None else figure(row.lost_per_hour, 3),
        )
        for row in shares
    ]
    columns = ("company", "apprentices", "seats", "unseated", "class hours", "lost", "share", "lost per class hour")
    title = "Shares by company (class hours: apprentice-hours; lost: line-minutes)"
    return Listing(title, "share", columns, rows, frozenset(columns[1:]))


def frontier_listing(found: Frontier, minimise: str, against: str) -> Listing:
    """Return the points of a frontier as a table, the least of what is minimised first."""
    columns = ("point", measure_words(minimise), measure_words(against), "more than the first", "gap", "proven")
    least = found.points[0].value if found.points else Fraction(0)
    rows = [
        (str(number), *map(amount, (one.value, one.against, one.value - least)), percent(one.gap), how_sure(one))
        for number, one in enumerate(found.points, start=1)
    ]
    title = f"{measure_words(minimise)} ({UNITS[minimise]}) against {measure_words(against)} ({UNITS[against]})"
    return Listing(title.capitalize(), "point", columns, rows, frozenset(columns[1:5]))


def how_sure(point: FrontierPoint) -> str:
    """Return what is proven of a point.

    Notes
    -----
    A point is *efficient* if no plan has less of one measure and no more of the other.
    """
    if point.is_efficient:
        return "efficient"
    return "least under its limit" if point.is_optimal else f"at least {amount(point.bound)}"


def frontier_sentence(found: Frontier, against: str) -> str:
    """Return what is proven about the least of the measure that is limited."""
    if found.least_against_bound is None:
        return "The search was stopped before the other end was looked for."
    least = f"{amount(found.least_against_bound)} {AMOUNT_WORDS[against]}"
    if found.is_least_against_optimal:
        return f"No plan has less than {least}; that is proven."
    return f"No plan has less than {least}; whether one has so little is open."


def fairness_sentence(found: Fairness) -> str:
    """Return what a cap on the worst company costs."""
    if found.cost is None or found.proven is None:
        return "What the cap costs is not known, since there is no plan with it."
    least, most = found.proven
    cost = f"Capping the company that loses most at {amount(found.most)} line-minutes costs {amount(found.cost)}"
    if least == most:
        return f"{cost} line-minutes in total; that is proven."
    return f"{cost} line-minutes in total; for certain it is between {amount(least)} and {amount(most)}."


def plan_figures(plan: Plan) -> tuple[str, ...]:
    """Return the objective, the bound, the number of cohorts and each measure of a plan, as texts for a table."""
    measures = [] if plan.measures is None else [f"{value}" for _, value in rounded(plan.measures)]
    return (_text(plan.objective), _text(plan.bound), str(len(plan.cohorts)), *measures)


def _text(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"
