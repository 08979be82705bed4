"""What a plan costs, recomputed from the tables with exact arithmetic.

Measures are exact (:class:`fractions.Fraction` inside, decimals outside); the objective is rounded
to a thousandth at its end only. A part of a plan that names something unknown, or a meeting whose
clock cannot be read, has no measure: the checker reports it as a fault.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from lineside.models.calendar import Interval, date_of
from lineside.models.curriculum import Curriculum
from lineside.models.person_days import LostPiece, MeetingView, PersonDays
from lineside.models.plan import Cohort, CohortKey, Measures, Plan
from lineside.models.scenario import Scenario
from lineside.models.tables import Apprentice, Crew

__all__ = [
    "CrewLoss",
    "MeetingView",
    "PersonDays",
    "chosen_options",
    "cohort_key",
    "cohort_spans",
    "crew_losses",
    "measure",
    "measure_by_company",
    "minute_cost",
    "num_changes",
    "objective_of",
    "published_first_day",
    "rounded",
    "seat_keys",
]

THOUSANDTH = Decimal("0.001")
SeatKey = tuple[str, CohortKey]


@dataclass(frozen=True)
class CrewLoss:
    """A stretch of one shift during which the same people of a crew are away.

    Parameters
    ----------
    line, rota
        The crew.
    start, end
        Wall minutes, half open, inside the shift and outside its meals.
    away
        Apprentices who lose these minutes, sorted.
    cost
        Line-minutes per minute before the line's weight, to a thousandth; 0 if relief covers all.
    stopped
        Whether fewer than the minimum are left.
    shift_date
        Date on which the shift starts.
    """

    line: str
    rota: str
    start: int
    end: int
    away: tuple[str, ...]
    cost: Fraction
    stopped: bool
    shift_date: dt.date

    @property
    def minutes(self) -> int:
        """Length in minutes."""
        return self.end - self.start


def cohort_spans(cohort: Cohort) -> tuple[Interval, ...]:
    """Return a cohort's meetings in wall minutes, in time order; meetings with unreadable clocks are left out."""
    spans = []
    for meeting in cohort.meetings:
        try:
            spans.append(meeting.span)
        except ValueError:
            continue  # the checker names the meeting in a fault
    return tuple(sorted(spans))


def cohort_key(cohort: Cohort, first_day: dt.date) -> CohortKey | None:
    """Return :meth:`Cohort.identity`, or None if the days, the start or the first week cannot be read."""
    try:
        return cohort.identity(first_day)
    except (ValueError, OverflowError):
        return None


def published_first_day(scenario: Scenario) -> dt.date:
    """Return the Monday that the published plan's weeks count from: its own, or else the scenario's."""
    published = scenario.published
    return (published and published.first_day) or scenario.settings.first_day


def chosen_options(scenario: Scenario, plan: Plan, curriculum: Curriculum) -> dict[str, dict[str, str]]:
    """Return the chosen option of each requirement, by apprentice.

    Where several could be chosen the plan's choice holds; where it has none that is allowed, the
    first in table order stands in, and the checker reports a fault.
    """
    listed = {(row.apprentice, row.requirement): row.option for row in plan.options}
    chosen = {}
    for apprentice in scenario.apprentices:
        choices = curriculum.choices(apprentice)
        picks = {req: listed.get((apprentice.apprentice, req), "") for req in choices}
        chosen[apprentice.apprentice] = {
            req: picks[req] if picks[req] in options else options[0] for req, options in choices.items()
        }
    return chosen


def seat_keys(plan: Plan, first_day: dt.date) -> frozenset[SeatKey]:
    """Return a plan's seats as apprentice and identity of the cohort, whatever the cohort's id."""
    keys = {row.cohort: cohort_key(row, first_day) for row in plan.cohorts}
    pairs = ((seat.apprentice, keys.get(seat.cohort)) for seat in plan.seats)
    return frozenset((apprentice, key) for apprentice, key in pairs if key is not None)


def crew_losses(scenario: Scenario, plan: Plan, days: PersonDays | None = None) -> tuple[CrewLoss, ...]:
    """Return who is away from which crew and when, by line, rota and time.

    Meetings count from ``first_day`` on, those of frozen cohorts too. Stretches are as long as the
    same people are away within one shift; a minute lost to two overlapping windows is lost once.
    """
    return _crew_losses(scenario, _Attendance(scenario, plan, days or PersonDays(scenario)))


def minute_cost(crew: Crew, num_away: int) -> tuple[Fraction, bool]:
    """Return line-minutes per minute (unweighted, to a thousandth, halves up) and whether the line stops.

    Examples
    --------
    >>> minute_cost(Crew(line="L", rota="R", headcount=16, minimum=0), 1)
    (Fraction(63, 1000), False)
    """
    uncovered = max(0, num_away - crew.relief)
    if uncovered == 0:
        return Fraction(0), False
    if crew.headcount - uncovered < crew.minimum:
        return Fraction(1), True
    return Fraction((2000 * uncovered + crew.headcount) // (2 * crew.headcount), 1000), False


def measure(scenario: Scenario, plan: Plan, days: PersonDays | None = None) -> Measures:
    """Return a plan's measures, unrounded; :func:`rounded` gives the figures of a plan file.

    Parameters
    ----------
    scenario, plan
        The tables, and any plan for them, allowed or not.
    days
        Views of meetings to use again; built if not given.
    """
    return measure_by_company(scenario, plan, days)[0]


def measure_by_company(
    scenario: Scenario, plan: Plan, days: PersonDays | None = None
) -> tuple[Measures, Mapping[str, Fraction]]:
    """Return a plan's measures, unrounded, and the line time lost at each company that loses any, in line-minutes."""
    attendance = _Attendance(scenario, plan, days or PersonDays(scenario))
    losses = _crew_losses(scenario, attendance)
    by_company = _line_time_by_company(scenario, losses)
    measures = Measures(
        line_time_lost=_decimal(sum(by_company.values(), Fraction(0))),
        release=Decimal(sum(loss.minutes * len(loss.away) for loss in losses)),
        stopped=Decimal(sum(loss.minutes for loss in losses if loss.stopped)),
        unseated_hours=_unseated_hours(scenario, plan),
        dollars=_decimal(_dollars(scenario, attendance)),
        travel_minutes=Decimal(_travel(attendance)),
        changes=num_changes(scenario, plan),
        worst_company=_decimal(max(by_company.values(), default=Fraction(0))),
    )
    return measures, by_company


def objective_of(scenario: Scenario, measures: Measures) -> Decimal:
    """Return the objective in line-minutes to a thousandth, from unrounded measures."""
    charged = scenario.settings.prices.by_measure().items()
    total = sum((Fraction(price) * Fraction(getattr(measures, name)) for name, price in charged), Fraction(0))
    return _decimal(total).quantize(THOUSANDTH, ROUND_HALF_UP)


def rounded(measures: Measures) -> Measures:
    """Return measures to a thousandth, as plan files give them."""
    figures = {name: value for name, value in measures if isinstance(value, Decimal)}
    return measures.model_copy(
        update={name: value.quantize(THOUSANDTH, ROUND_HALF_UP) for name, value in figures.items()}
    )


class _Attendance:
    """The readable seats of a plan with their meetings from ``first_day`` on, as their people live them."""

    def __init__(self, scenario: Scenario, plan: Plan, days: PersonDays) -> None:
        first_day = scenario.settings.first_day
        self.days = days
        self.cohorts = [row for row in plan.cohorts if row.site in scenario.site_by_id]
        self.spans = {
            row.cohort: tuple(span for span in cohort_spans(row) if date_of(span[0]) >= first_day)
            for row in self.cohorts
        }
        by_id = {row.cohort: row for row in self.cohorts}
        people = scenario.apprentice_by_id
        self.seats = [
            (people[seat.apprentice], by_id[seat.cohort])
            for seat in dict.fromkeys(plan.seats)
            if seat.apprentice in people and seat.cohort in by_id
        ]

    def views(self) -> Iterator[tuple[Apprentice, Cohort, MeetingView]]:
        """Yield every seat's meetings."""
        for apprentice, cohort in self.seats:
            for span in self.spans[cohort.cohort]:
                yield apprentice, cohort, self.days.view(apprentice, cohort.site, span)


def _crew_losses(scenario: Scenario, attendance: _Attendance) -> tuple[CrewLoss, ...]:
    pieces: dict[tuple[str, str, dt.date], list[tuple[str, LostPiece]]] = defaultdict(list)
    for apprentice, _, view in attendance.views():
        for piece in view.lost:
            pieces[apprentice.line, apprentice.rota, piece.shift_date].append((apprentice.apprentice, piece))
    losses: list[CrewLoss] = []
    for (line, rota, shift_date), rows in sorted(pieces.items()):
        for start, end, away in _stretches(rows):
            cost, stopped = minute_cost(scenario.crew_by_id[line, rota], len(away))
            losses.append(CrewLoss(line, rota, start, end, away, cost, stopped, shift_date))
    return tuple(losses)


def _stretches(rows: list[tuple[str, LostPiece]]) -> Iterable[tuple[int, int, tuple[str, ...]]]:
    """Return the longest stretches with the same people away, in time order."""
    borders = sorted({minute for _, piece in rows for minute in (piece.start, piece.end)})
    found: list[tuple[int, int, tuple[str, ...]]] = []
    for start, end in itertools.pairwise(borders):
        away = tuple(sorted({person for person, piece in rows if piece.start <= start and end <= piece.end}))
        if found and found[-1][1:] == (start, away):
            start = found.pop()[0]
        if away:
            found.append((start, end, away))
    return found


def _line_time_by_company(scenario: Scenario, losses: tuple[CrewLoss, ...]) -> Mapping[str, Fraction]:
    totals: dict[str, Fraction] = defaultdict(Fraction)
    for loss in losses:
        company = scenario.rota_by_id[loss.rota].company
        totals[company] += loss.minutes * loss.cost * Fraction(scenario.line_by_id[loss.line].weight)
    return totals


def _unseated_hours(scenario: Scenario, plan: Plan) -> Decimal:
    curriculum = Curriculum(scenario)
    chosen = chosen_options(scenario, plan, curriculum)
    seated = {(seat.apprentice, seat.module) for seat in plan.seats}
    hours = Decimal(0)
    for apprentice in scenario.apprentices:
        for module in curriculum.needed(apprentice, chosen[apprentice.apprentice]):
            if (apprentice.apprentice, module) not in seated:
                hours += curriculum.weighted_hours(apprentice, module)
    return hours


def _dollars(scenario: Scenario, attendance: _Attendance) -> Fraction:
    total = Fraction(0)
    for cohort in attendance.cohorts:
        room, instructor = scenario.room_by_id.get(cohort.room), scenario.instructor_by_id.get(cohort.instructor)
        rate = (room.dollars_per_hour if room else 0) + (instructor.dollars_per_hour if instructor else Decimal(0))
        total += Fraction(sum(end - start for start, end in attendance.spans[cohort.cohort]), 60) * Fraction(rate)
    for apprentice, cohort in attendance.seats:
        module = scenario.module_by_id.get(cohort.module)
        wage = scenario.company_by_id[apprentice.company].class_wage
        total += Fraction(module.dollars_per_seat) if module else 0
        if wage:
            spans = attendance.spans[cohort.cohort]
            outside = sum(attendance.days.view(apprentice, cohort.site, span).outside_minutes for span in spans)
            total += Fraction(outside, 60) * Fraction(wage)
    return total


def _travel(attendance: _Attendance) -> int:
    days, total = attendance.days, 0
    for apprentice, cohort, view in attendance.views():
        total += 2 * days.travel_minutes(apprentice, cohort.site, view.date)
    return total


def num_changes(scenario: Scenario, plan: Plan) -> int:
    """Return the seats that are not the same in a plan and in the published one, a move twice."""
    if scenario.published is None:
        return 0
    now = seat_keys(plan, plan.first_day or scenario.settings.first_day)
    return len(now ^ seat_keys(scenario.published, published_first_day(scenario)))


def _decimal(value: Fraction) -> Decimal:
    return Decimal(value.numerator) / Decimal(value.denominator)
