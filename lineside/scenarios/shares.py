"""Fair shares: what a plan takes from each company's lines, and how much class time it gives for that."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from lineside.models.calendar import date_of
from lineside.models.measures import CrewLoss, cohort_spans, crew_losses
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario

THOUSANDTH = Decimal("0.001")


@dataclass(frozen=True)
class CompanyShare:
    """What one company has of a plan, or all of them together.

    Parameters
    ----------
    company
        Id of the company; empty for all together.
    num_apprentices, num_seats, num_unseated
        Its apprentices, their seats and their needs without a seat.
    seated_hours
        Apprentice-hours of instruction from the first day on: meeting hours, once for each seat.
    lost_line_minutes
        Line time lost, in line-minutes, lines weighted.
    share
        Its part of all companies' line time lost, from 0 to 1; 0 if nothing is lost.
    lost_per_hour
        Line-minutes lost for each seated apprentice-hour; None if nobody has a seat.
    """

    company: str
    num_apprentices: int
    num_seats: int
    num_unseated: int
    seated_hours: Decimal
    lost_line_minutes: Decimal
    share: Decimal
    lost_per_hour: Decimal | None


def company_shares(
    scenario: Scenario, plan: Plan, losses: Sequence[CrewLoss] | None = None
) -> tuple[CompanyShare, ...]:
    """Return each company's share of a plan in table order, then all together.

    Parameters
    ----------
    scenario, plan
        The tables and a plan for them.
    losses
        Its absences, as :func:`lineside.models.measures.crew_losses` gives them; worked out if not given.
    """
    lost: dict[str, Fraction] = defaultdict(Fraction)
    for loss in crew_losses(scenario, plan) if losses is None else losses:
        weight = Fraction(scenario.line_by_id[loss.line].weight)
        lost[scenario.rota_by_id[loss.rota].company] += loss.minutes * loss.cost * weight
    minutes, seats = _seated(scenario, plan)
    people = scenario.apprentice_by_id
    unseated = Counter(people[row.apprentice].company for row in plan.unseated if row.apprentice in people)
    staff = Counter(row.company for row in scenario.apprentices)
    total = sum(lost.values(), Fraction(0))
    rows = [
        _share(row.company, staff[row.company], seats[row.company], unseated[row.company], minutes, lost, total)
        for row in scenario.companies
    ]
    sums = {"": sum(minutes.values())}, {"": total}
    return (*rows, _share("", staff.total(), seats.total(), unseated.total(), *sums, total))


def _seated(scenario: Scenario, plan: Plan) -> tuple[Counter[str], Counter[str]]:
    """Return meeting minutes from the first day on and seats, by company."""
    first_day, people = scenario.settings.first_day, scenario.apprentice_by_id
    length = {
        cohort.cohort: sum(end - start for start, end in cohort_spans(cohort) if date_of(start) >= first_day)
        for cohort in plan.cohorts
    }
    minutes, seats = Counter[str](), Counter[str]()
    for seat in plan.seats:
        if seat.apprentice in people and seat.cohort in length:
            company = people[seat.apprentice].company
            minutes[company] += length[seat.cohort]
            seats[company] += 1
    return minutes, seats


def _share(
    company: str,
    staff: int,
    seats: int,
    unseated: int,
    minutes: dict[str, int],
    lost: dict[str, Fraction],
    total: Fraction,
) -> CompanyShare:
    mine, hours = lost.get(company, Fraction(0)), Fraction(minutes.get(company, 0), 60)
    return CompanyShare(
        company=company,
        num_apprentices=staff,
        num_seats=seats,
        num_unseated=unseated,
        seated_hours=_decimal(hours),
        lost_line_minutes=_decimal(mine),
        share=_decimal(mine / total if total else Fraction(0)),
        lost_per_hour=_decimal(mine / hours) if hours else None,
    )


def _decimal(value: Fraction) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(THOUSANDTH, ROUND_HALF_UP)
