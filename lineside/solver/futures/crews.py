"""What a plan takes from each shift of each crew, meeting by meeting, as arrays that futures are played on.

The pieces of absence are the checker's own (:class:`~lineside.models.measures.MeetingView`), so that a future in
which everybody comes and nobody works longer costs exactly what the plan's measures say. Overtime adds pieces beyond
the end of a shift.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.models.calendar import Interval
from lineside.models.cells import DAY_MINUTES
from lineside.models.measures import PersonDays, cohort_spans
from lineside.models.person_days import LostPiece
from lineside.models.plan import Cohort, Plan
from lineside.models.scenario import Scenario
from lineside.models.tables import Apprentice, Crew
from lineside.solver.futures.rates import LONGEST_SHIFT_MINUTES
from lineside.solver.impact import views_of

Ints = NDArray[np.int64]
Away = tuple[int, tuple[int, ...]]
"""A person of a crew and the seat meetings that take a minute from them: away if any of these is attended."""


@dataclass(frozen=True)
class MetCohorts:
    """The cohorts of a plan and their meetings from the first day on, numbered.

    Parameters
    ----------
    cohorts
        Cohorts whose site and module are in the tables.
    first
        The meetings of cohort ``c`` are ``first[c]:first[c + 1]``.
    row
        Row of each meeting by cohort id and span.
    """

    cohorts: tuple[Cohort, ...]
    first: Ints
    row: dict[tuple[str, Interval], int]


@dataclass(frozen=True)
class ShiftTaken:
    """One shift of a crew from which somebody may be away.

    Parameters
    ----------
    date
        Row of its date in the crew's dates.
    week
        Row of its week in the crew's weeks.
    away
        Who may be away for which meetings, ``k`` of them.
    covers
        Whether each of those covers each stretch, 0 or 1, shape (stretches, k).
    minutes
        Length of each stretch in minutes.
    is_overtime
        Whether each stretch is worked in weeks of overtime only.
    """

    date: int
    week: int
    away: tuple[Away, ...]
    covers: NDArray[np.int16]
    minutes: Ints
    is_overtime: NDArray[np.bool_]


@dataclass(frozen=True)
class CrewTaken:
    """What a plan takes from one crew.

    Parameters
    ----------
    crew
        The crew's row.
    company
        Its company.
    people
        Its apprentices with a seat, in table order.
    dates
        Ordinals of the dates on which it matters who is absent.
    weeks
        Weeks, counted from the scenario's first, of the shifts.
    seat_person, seat_date, seat_meeting, seat_minutes
        For each seat and meeting: row of the person, row of the date, number of the meeting, its length.
    seat_week
        For each seat and meeting its week, counted from the scenario's first.
    seats
        Rows of people and numbers of cohorts, a pair for each seat.
    shifts
        The shifts, by date.
    """

    crew: Crew
    company: str
    people: tuple[str, ...]
    dates: Ints
    weeks: Ints
    seat_person: Ints
    seat_date: Ints
    seat_meeting: Ints
    seat_minutes: Ints
    seat_week: Ints
    seats: tuple[tuple[int, int], ...]
    shifts: tuple[ShiftTaken, ...]


def met_cohorts(scenario: Scenario, plan: Plan) -> MetCohorts:
    """Return the cohorts that a plan's futures are told for, with their meetings from the first day on."""
    cohorts, first = [], [0]
    row: dict[tuple[str, Interval], int] = {}
    opening = scenario.settings.first_day.toordinal() * DAY_MINUTES
    for cohort in plan.cohorts:
        if cohort.site not in scenario.site_by_id or cohort.module not in scenario.module_by_id or not cohort.meetings:
            continue
        spans = [span for span in cohort_spans(cohort) if span[0] >= opening]
        for span in spans:
            row[cohort.cohort, span] = len(row)
        cohorts.append(cohort)
        first.append(len(row))
    return MetCohorts(tuple(cohorts), np.array(first, dtype=np.int64), row)


def crews_taken(scenario: Scenario, plan: Plan, met: MetCohorts, overtime_minutes: int) -> tuple[CrewTaken, ...]:
    """Return what a plan takes from each crew that has somebody with a seat, in table order.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    plan
        A plan for it.
    met
        Its cohorts and meetings.
    overtime_minutes
        How much later shifts end in weeks of overtime.
    """
    days = PersonDays(scenario)
    order = {row.apprentice: k for k, row in enumerate(scenario.apprentices)}
    number = {cohort.cohort: k for k, cohort in enumerate(met.cohorts)}
    builders = {(row.line, row.rota): _CrewBuilder(scenario, row) for row in scenario.crews}
    seats = sorted(
        (seat for seat in dict.fromkeys(plan.seats) if seat.apprentice in order and seat.cohort in number),
        key=lambda seat: (order[seat.apprentice], number[seat.cohort]),
    )
    for seat in seats:
        person = scenario.apprentice_by_id[seat.apprentice]
        builders[person.line, person.rota].take_seat(person, number[seat.cohort])
    for person, cohort, view in views_of(scenario, plan, days):
        if cohort.cohort in number:
            longer = tuple(_overtime_pieces(days, person, view.window, overtime_minutes))
            builder = builders[person.line, person.rota]
            builder.take(person, met.row[cohort.cohort, view.span], view.span, view.lost, longer)
    return tuple(builder.build() for builder in builders.values() if builder.has_seats)


def _overtime_pieces(days: PersonDays, person: Apprentice, window: Interval, minutes: int) -> Iterator[LostPiece]:
    """Yield what a window takes from the ends of shifts that last longer, up to the next shift."""
    for day in range(window[0] // DAY_MINUTES - 1, window[1] // DAY_MINUTES + 1):
        shift = days.shift(person, day)
        if shift is None:
            continue
        longer = min(shift.end + minutes, shift.start + LONGEST_SHIFT_MINUTES)
        following = days.shift(person, day + 1)
        if following is not None:
            longer = min(longer, following.start)
        start, end = max(window[0], shift.end), min(window[1], longer)
        if start < end:
            yield LostPiece(start, end, shift.date)


class _CrewBuilder:
    def __init__(self, scenario: Scenario, crew: Crew) -> None:
        self._first_day = scenario.settings.first_day
        self._crew, self._company = crew, scenario.rota_by_id[crew.rota].company
        self._people: dict[str, int] = {}
        self._seats: list[tuple[int, int]] = []
        self._meetings: list[tuple[int, int, int, int]] = []
        self._pieces: dict[tuple[dt.date, bool], list[tuple[int, int, int, int]]] = defaultdict(list)

    @property
    def has_seats(self) -> bool:
        return bool(self._seats)

    def take_seat(self, person: Apprentice, cohort: int) -> None:
        row = self._people.setdefault(person.apprentice, len(self._people))
        self._seats.append((row, cohort))

    def take(
        self,
        person: Apprentice,
        meeting: int,
        span: Interval,
        lost: tuple[LostPiece, ...],
        longer: tuple[LostPiece, ...],
    ) -> None:
        row, seat_meeting = self._people[person.apprentice], len(self._meetings)
        self._meetings.append((row, span[0] // DAY_MINUTES, meeting, span[1] - span[0]))
        for is_overtime, pieces in ((False, lost), (True, longer)):
            for piece in pieces:
                self._pieces[piece.shift_date, is_overtime].append((piece.start, piece.end, row, seat_meeting))

    def build(self) -> CrewTaken:
        table = np.array(self._meetings, dtype=np.int64).reshape(-1, 4)
        shift_dates = sorted({date for date, _ in self._pieces})
        ordinals = np.array([date.toordinal() for date in shift_dates], dtype=np.int64)
        dates = np.union1d(table[:, 1], ordinals)
        weeks = np.unique(self._week(ordinals))
        shifts = []
        for date, date_row, week_row in zip(
            shift_dates,
            np.searchsorted(dates, ordinals).tolist(),
            np.searchsorted(weeks, self._week(ordinals)).tolist(),
            strict=True,
        ):
            shifts.append(_shift(date_row, week_row, self._pieces[date, False], self._pieces[date, True]))
        return CrewTaken(
            crew=self._crew,
            company=self._company,
            people=tuple(self._people),
            dates=dates,
            weeks=weeks,
            seat_person=table[:, 0],
            seat_date=np.searchsorted(dates, table[:, 1]),
            seat_meeting=table[:, 2],
            seat_minutes=table[:, 3],
            seat_week=self._week(table[:, 1]),
            seats=tuple(self._seats),
            shifts=tuple(shifts),
        )

    def _week(self, ordinals: Ints) -> Ints:
        return (ordinals - self._first_day.toordinal()) // 7


Pieces = list[tuple[int, int, int, int]]


def _shift(date: int, week: int, usual: Pieces, longer: Pieces) -> ShiftTaken:
    """Return a shift with its stretches; those during which the same meetings take the same people are one."""
    stretches: dict[tuple[bool, frozenset[Away]], int] = defaultdict(int)
    for is_overtime, pieces in ((False, usual), (True, longer)):
        for minutes, away in _stretches(pieces):
            stretches[is_overtime, away] += minutes
    columns = tuple(sorted({one for _, away in stretches for one in away}))
    covers = [[one in away for one in columns] for _, away in stretches]
    return ShiftTaken(
        date=date,
        week=week,
        away=columns,
        covers=np.array(covers, dtype=np.int16).reshape(len(stretches), len(columns)),
        minutes=np.array(list(stretches.values()), dtype=np.int64),
        is_overtime=np.array([is_overtime for is_overtime, _ in stretches], dtype=bool),
    )


def _stretches(pieces: Pieces) -> Iterator[tuple[int, frozenset[Away]]]:
    """Yield the minutes between each two borders with who is away for which meetings then, if anybody is."""
    borders = sorted({minute for start, end, _, _ in pieces for minute in (start, end)})
    for start, end in itertools.pairwise(borders):
        meetings: dict[int, list[int]] = defaultdict(list)
        for piece_start, piece_end, person, meeting in pieces:
            if piece_start <= start and end <= piece_end:
                meetings[person].append(meeting)
        if meetings:
            yield end - start, frozenset((person, tuple(rows)) for person, rows in meetings.items())
