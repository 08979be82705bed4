"""Plans side by side: what each costs, where they differ, which cohorts only some open, whose seat moves.

Cohorts are the same if their module, site, pattern and first week are the same, whatever their ids.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lineside.models.calendar import letter_on
from lineside.models.cells import format_clock, format_days
from lineside.models.differences import MEASURES
from lineside.models.measures import CrewLoss, cohort_key, objective_of
from lineside.models.plan import CohortKey, Measures, Plan
from lineside.models.scenario import Scenario


@dataclass(frozen=True)
class Side:
    """One of the plans that are compared.

    Parameters
    ----------
    scenario, plan
        The plan and the tables that it was made for.
    measures
        What the plan costs.
    losses
        Its absences, as :func:`lineside.models.measures.crew_losses` gives them.
    """

    scenario: Scenario
    plan: Plan
    measures: Measures
    losses: tuple[CrewLoss, ...]

    @property
    def first_day(self) -> dt.date:
        """The Monday that the plan's weeks count from."""
        return self.plan.first_day or self.scenario.settings.first_day


@dataclass(frozen=True)
class MeasureRow:
    """One measure of each plan, and which of them have the least of it (none if all have the same)."""

    measure: str
    unit: str
    values: tuple[float, ...]
    best: tuple[bool, ...]


@dataclass(frozen=True)
class ShiftRow:
    """What each plan costs one company on the shifts of one letter.

    Parameters
    ----------
    company, shift
        Id of the company, and the letter that the rota gives the shift.
    lost_line_minutes, stopped_minutes, release_person_minutes
        One figure for each plan: line time lost, minutes with a line stopped, working minutes away.
    """

    company: str
    shift: str
    lost_line_minutes: tuple[float, ...]
    stopped_minutes: tuple[int, ...]
    release_person_minutes: tuple[int, ...]

    @property
    def spread(self) -> float:
        """How far the plans are apart, in line-minutes."""
        return max(self.lost_line_minutes) - min(self.lost_line_minutes)


@dataclass(frozen=True)
class CohortRow:
    """A cohort that not every plan opens, with its seats in each plan; None where it is not opened."""

    module: str
    site: str
    days: str
    start: str
    minutes: int
    first_monday: dt.date
    seats: tuple[int | None, ...]


@dataclass(frozen=True)
class SeatRow:
    """A person's seat in a module that is not the same in all plans; None where there is no seat."""

    apprentice: str
    name: str
    company: str
    module: str
    places: tuple[str | None, ...]


def measure_rows(sides: Sequence[Side]) -> tuple[MeasureRow, ...]:
    """Return each measure of the plans side by side."""
    figures = [_figures(side) for side in sides]
    return tuple(_measure_row(name, tuple(one[name] for one in figures)) for name in MEASURES)


def _figures(side: Side) -> dict[str, float]:
    objective = side.plan.objective
    if objective is None:
        objective = objective_of(side.scenario, side.measures)
    return {"objective": float(objective), **{name: float(value) for name, value in side.measures}}


def _measure_row(name: str, values: tuple[float, ...]) -> MeasureRow:
    least = min(values)
    is_same = max(values) == least
    return MeasureRow(name, MEASURES[name], values, tuple(not is_same and value == least for value in values))


def shift_rows(sides: Sequence[Side]) -> tuple[ShiftRow, ...]:
    """Return what the plans cost by company and shift, where they differ most first."""
    sums = [_by_shift(side) for side in sides]
    keys = sorted({key for one in sums for key in one})
    rows = [_shift_row(key, sums) for key in keys]
    return tuple(sorted(rows, key=lambda row: -row.spread))


ShiftSums = Mapping[tuple[str, str], tuple[Fraction, int, int]]


def _by_shift(side: Side) -> ShiftSums:
    sums: dict[tuple[str, str], tuple[Fraction, int, int]] = {}
    for loss in side.losses:
        rota = side.scenario.rota_by_id[loss.rota]
        key = (rota.company, letter_on(rota, loss.shift_date))
        lost, stopped, release = sums.get(key, (Fraction(0), 0, 0))
        weight = Fraction(side.scenario.line_by_id[loss.line].weight)
        sums[key] = (
            lost + loss.minutes * loss.cost * weight,
            stopped + (loss.minutes if loss.stopped else 0),
            release + loss.minutes * len(loss.away),
        )
    return sums


def _shift_row(key: tuple[str, str], sums: Sequence[ShiftSums]) -> ShiftRow:
    parts = [one.get(key, (Fraction(0), 0, 0)) for one in sums]
    lost = tuple(float(round(part[0], 3)) for part in parts)
    return ShiftRow(*key, lost, tuple(part[1] for part in parts), tuple(part[2] for part in parts))


def cohort_rows(sides: Sequence[Side]) -> tuple[CohortRow, ...]:
    """Return the cohorts that not every plan opens, by first week, module and site.

    Cohorts of one plan with the same module, site, pattern and first week count as one.
    """
    seats = [_seats_by_key(side) for side in sides]
    keys = {key for one in seats for key in one}
    rows = []
    for key in keys:
        found = tuple(one.get(key) for one in seats)
        if None in found:
            module, site, days, start, minutes, monday = key
            rows.append(CohortRow(module, site, format_days(days), format_clock(start), minutes, monday, found))
    return tuple(sorted(rows, key=lambda row: (row.first_monday, row.module, row.site, row.days, row.start)))


def _seats_by_key(side: Side) -> dict[CohortKey, int]:
    counts = Counter(seat.cohort for seat in side.plan.seats)
    seats: dict[CohortKey, int] = defaultdict(int)
    for cohort in side.plan.cohorts:
        key = cohort_key(cohort, side.first_day)
        if key is not None:
            seats[key] += counts[cohort.cohort]
    return dict(seats)


def seat_rows(sides: Sequence[Side], company: str | None = None) -> tuple[SeatRow, ...]:
    """Return whose seat is not the same in all plans, by person and module.

    Parameters
    ----------
    sides
        The plans.
    company
        Only people of this company; everybody if None.
    """
    places = [_places(side) for side in sides]
    rows = []
    for apprentice, module in sorted({key for one in places for key in one}):
        found = [one.get((apprentice, module)) for one in places]
        name, owner = _person(sides, apprentice)
        if len(set(found)) > 1 and company in (None, owner):
            words = tuple(None if key is None else _place_words(key) for key in found)
            rows.append(SeatRow(apprentice, name, owner, module, words))
    return tuple(rows)


def _places(side: Side) -> dict[tuple[str, str], CohortKey]:
    keys = {cohort.cohort: cohort_key(cohort, side.first_day) for cohort in side.plan.cohorts}
    pairs = (((seat.apprentice, seat.module), keys.get(seat.cohort)) for seat in side.plan.seats)
    return {who: key for who, key in pairs if key is not None}


def _person(sides: Sequence[Side], apprentice: str) -> tuple[str, str]:
    for side in sides:
        person = side.scenario.apprentice_by_id.get(apprentice)
        if person is not None:
            return person.name, person.company
    return apprentice, ""


def _place_words(key: CohortKey) -> str:
    """Return a cohort's place and time: ``college, Mon Wed 15:30, 90 minutes, from 2027-01-04``."""
    _, site, days, start, minutes, monday = key
    return f"{site}, {format_days(days)} {format_clock(start)}, {minutes} minutes, from {monday}"
