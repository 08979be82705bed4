"""What many futures of a plan come to: chances, averages and spreads, each with its unit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from lineside.models.tables import Crew
from lineside.solver.futures.rates import Rates

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Spread:
    """How a figure is spread over the futures, in the figure's own unit.

    Parameters
    ----------
    mean, deviation
        Average and standard deviation over the futures.
    low, quarter, median, three_quarters, high
        5, 25, 50, 75 and 95 % of the futures stay at or below.
    """

    mean: float
    deviation: float
    low: float
    quarter: float
    median: float
    three_quarters: float
    high: float

    @classmethod
    def of(cls, values: NDArray[np.float64] | NDArray[np.int64]) -> Spread:
        """Return the spread of one figure, one value for each future."""
        quantiles = np.quantile(values, QUANTILES).tolist()
        return cls(float(values.mean()), float(values.std()), *quantiles)


@dataclass(frozen=True)
class CohortOutlook:
    """Whether a cohort keeps enough people.

    Parameters
    ----------
    seats_min, members
        Fewest people of a cohort of its module; people with a seat in the plan.
    last_meeting
        Date of its last meeting.
    chance_holds
        Share of futures in which at least ``seats_min`` of its people are still in the program at its last meeting.
    mean_members_left
        People who are still in the program then, on average.
    meetings, mean_thin_meetings
        Meetings from the scenario's first day on, and at how many of them fewer than ``seats_min`` are present, on
        average: people who stay away for a day are missed too.
    companies
        Companies of its people.
    """

    cohort: str
    module: str
    site: str
    seats_min: int
    members: int
    last_meeting: dt.date
    chance_holds: float
    mean_members_left: float
    meetings: int
    mean_thin_meetings: float
    companies: tuple[str, ...]


@dataclass(frozen=True)
class CrewOutlook:
    """What classes cost a crew.

    Parameters
    ----------
    planned_lost_line_minutes, planned_stopped_minutes
        What the plan's measures say of the crew: everybody comes, nobody works longer.
    lost_line_minutes, stopped_minutes
        What classes add to the absences of each future.
    chance_stopped
        Share of futures in which classes stop the line for a minute at least.
    """

    company: str
    site: str
    line: str
    rota: str
    planned_lost_line_minutes: Decimal
    lost_line_minutes: Spread
    planned_stopped_minutes: int
    stopped_minutes: Spread
    chance_stopped: float


@dataclass(frozen=True)
class PlanOutlook:
    """What classes cost a company's crews, or all crews together.

    Parameters
    ----------
    chance_all_hold
        Share of futures in which every cohort, or every one with people of the company, keeps ``seats_min`` people.
    missed_class_hours
        Hours of class that people miss who are still in the program but stay away for a day, summed over people.
    """

    num_futures: int
    num_cohorts: int
    chance_all_hold: float
    planned_lost_line_minutes: Decimal
    lost_line_minutes: Spread
    planned_stopped_minutes: int
    stopped_minutes: Spread
    chance_stopped: float
    missed_class_hours: Spread


@dataclass(frozen=True)
class CrewFutures:
    """One crew in every future; arrays of one value for each future.

    Parameters
    ----------
    planned_lost, planned_stopped
        Line-minutes and minutes in the plan itself.
    lost
        Line-minutes with the line's weight.
    stopped, missed
        Minutes stopped; minutes of class missed by people who are still in the program.
    """

    crew: Crew
    company: str
    site: str
    planned_lost: Decimal
    planned_stopped: int
    lost: NDArray[np.float64]
    stopped: NDArray[np.int64]
    missed: NDArray[np.int64]


@dataclass(frozen=True)
class Futures:
    """Many futures of a plan.

    Parameters
    ----------
    rates, seed, num_futures
        What was played, how often, and from which seed.
    cohort_outlooks
        One for each cohort of the plan, in its order.
    holds
        Whether each cohort keeps ``seats_min`` people to its last meeting, shape (cohorts, futures).
    crew_futures
        One for each crew with a seat, in table order.
    """

    rates: Rates
    seed: int
    num_futures: int
    cohort_outlooks: tuple[CohortOutlook, ...]
    holds: NDArray[np.bool_]
    crew_futures: tuple[CrewFutures, ...]

    def cohorts(self, company: str | None = None) -> tuple[CohortOutlook, ...]:
        """Return the cohorts, or those with people of a company, the one that is least likely to hold first."""
        rows = [row for row in self.cohort_outlooks if company is None or company in row.companies]
        return tuple(sorted(rows, key=lambda row: (row.chance_holds, -row.mean_thin_meetings, row.cohort)))

    def crews(self, company: str | None = None) -> tuple[CrewOutlook, ...]:
        """Return the crews of all or one company, the one that is most at risk of standing still first."""
        rows = [_crew_outlook(row) for row in self._of(company)]
        return tuple(sorted(rows, key=_risk))

    def total(self, company: str | None = None) -> PlanOutlook:
        """Return what all crews, or those of a company, come to together."""
        crews = self._of(company)
        lost, stopped, missed = np.zeros(self.num_futures), *np.zeros((2, self.num_futures), dtype=np.int64)
        for row in crews:
            lost, stopped, missed = lost + row.lost, stopped + row.stopped, missed + row.missed
        named = [company is None or company in row.companies for row in self.cohort_outlooks]
        return PlanOutlook(
            num_futures=self.num_futures,
            num_cohorts=sum(named),
            chance_all_hold=float(self.holds[named].all(axis=0).mean()),
            planned_lost_line_minutes=sum((row.planned_lost for row in crews), Decimal(0)),
            lost_line_minutes=Spread.of(lost),
            planned_stopped_minutes=sum(row.planned_stopped for row in crews),
            stopped_minutes=Spread.of(stopped),
            chance_stopped=float((stopped > 0).mean()),
            missed_class_hours=Spread.of(missed / 60),
        )

    def _of(self, company: str | None) -> tuple[CrewFutures, ...]:
        return tuple(row for row in self.crew_futures if company in (None, row.company))


def _crew_outlook(row: CrewFutures) -> CrewOutlook:
    return CrewOutlook(
        company=row.company,
        site=row.site,
        line=row.crew.line,
        rota=row.crew.rota,
        planned_lost_line_minutes=row.planned_lost,
        lost_line_minutes=Spread.of(row.lost),
        planned_stopped_minutes=row.planned_stopped,
        stopped_minutes=Spread.of(row.stopped),
        chance_stopped=float((row.stopped > 0).mean()),
    )


def _risk(row: CrewOutlook) -> tuple[float, float, float, str, str]:
    return (-row.chance_stopped, -row.stopped_minutes.mean, -row.lost_line_minutes.mean, row.line, row.rota)
