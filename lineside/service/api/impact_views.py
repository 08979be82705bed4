"""A plan's impact as rows: by company, line, rota, week and quarter hour, and who is away when.

What a manager sees goes through the same functions with a company: the rows of others are left out
before anything is summed, and of a shared cohort only counts remain.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

from lineside.models.calendar import date_of, letter_on
from lineside.models.cells import DAY_MINUTES
from lineside.models.measures import CrewLoss, crew_losses
from lineside.models.person_days import PersonDays
from lineside.models.plan import Plan, Unseated
from lineside.models.scenario import Scenario
from lineside.scenarios.plan_trials import Desk
from lineside.solver import Absence, LowPoint, absences_of, low_points_of

DIMENSIONS = ("company", "line", "rota", "shift", "week", "hour_of_week", "quarter_hour")
QUARTER_MINUTES = 15


@dataclass(frozen=True, slots=True)
class Slice:
    """What one crew loses within one quarter hour, or within the same hour of one week.

    ``shift`` is the shift's letter, ``hour_of_week`` counts from Monday 00:00, ``quarter_hour`` is None for a whole
    hour, and ``spare`` is how many operators more than the crew's minimum are left, at the least.
    """

    company: str
    line: str
    rota: str
    shift: str
    week: dt.date
    hour_of_week: int
    quarter_hour: dt.datetime | None
    line_minutes: Fraction
    stopped_minutes: int
    release_minutes: int
    away: int
    spare: int


class View:
    """A plan with its tables and what follows from them; each is worked out when it is first asked for.

    Parameters
    ----------
    scenario, plan
        The tables, and a plan for them.
    days
        Views of meetings, which other plans for the same tables may share.
    """

    def __init__(self, scenario: Scenario, plan: Plan, days: PersonDays) -> None:
        self.scenario = scenario
        self.plan = plan
        self._days = days

    @cached_property
    def losses(self) -> tuple[CrewLoss, ...]:
        """Who is away from which crew and when."""
        return crew_losses(self.scenario, self.plan, self._days)

    @cached_property
    def hours(self) -> tuple[Slice, ...]:
        """The losses summed by crew, shift, week and hour of the week."""
        return tuple(_by_hour(quarters(self)))

    @cached_property
    def low_points(self) -> tuple[LowPoint, ...]:
        """The fewest operators left on each crew."""
        return low_points_of(self.scenario, self.losses)

    @cached_property
    def absences(self) -> tuple[Absence, ...]:
        """Who is away when, by time."""
        return absences_of(self.scenario, self.plan, self._days)

    def unseated(self, company: str | None) -> list[Unseated]:
        """Return needed modules without a seat, of one company's people or all."""
        people = self.scenario.apprentice_by_id
        known = (row for row in self.plan.unseated if row.apprentice in people)
        return [row for row in known if company in (None, people[row.apprentice].company)]


class Views:
    """The views of the plans that lie on desks; each goes with its desk."""

    def __init__(self) -> None:
        self._views: WeakKeyDictionary[Desk, View] = WeakKeyDictionary()
        self._lock = threading.Lock()

    def of(self, desk: Desk) -> View:
        """Return the view of a plan; there is one for all who ask at the same time."""
        with self._lock:
            return self._views.setdefault(desk, View(desk.scenario, desk.plan, desk.days))


def quarters(view: View) -> Iterator[Slice]:
    """Yield the losses cut at quarter hours."""
    scenario = view.scenario
    for loss in view.losses:
        rota, crew = scenario.rota_by_id[loss.rota], scenario.crew_by_id[loss.line, loss.rota]
        head = (rota.company, loss.line, loss.rota, letter_on(rota, loss.shift_date))
        away = len(loss.away)
        spare = crew.headcount - max(0, away - crew.relief) - crew.minimum
        monday = loss.shift_date - dt.timedelta(days=loss.shift_date.weekday())
        a_minute = loss.cost * Fraction(scenario.line_by_id[loss.line].weight)
        start = loss.start
        while start < loss.end:
            end = min(loss.end, (start // QUARTER_MINUTES + 1) * QUARTER_MINUTES)
            minutes = end - start
            quarter = _local(start // QUARTER_MINUTES * QUARTER_MINUTES)
            stopped = minutes if loss.stopped else 0
            when = (monday, quarter.weekday() * 24 + quarter.hour, quarter)
            yield Slice(*head, *when, a_minute * minutes, stopped, minutes * away, away, spare)
            start = end


def _local(wall: int) -> dt.datetime:
    return dt.datetime.combine(date_of(wall), dt.time()) + dt.timedelta(minutes=wall % DAY_MINUTES)


def _by_hour(parts: Iterable[Slice]) -> Iterator[Slice]:
    names = DIMENSIONS[:-1]
    for key, sums in _summed(parts, names).items():
        cells: list[Any] = [*key, None, *sums]
        yield Slice(*cells)


def _summed(parts: Iterable[Slice], by: tuple[str, ...]) -> dict[tuple[Any, ...], list[Any]]:
    """Return line-minutes, minutes stopped, release, most away and least spare, by some dimensions."""
    sums: dict[tuple[Any, ...], list[Any]] = defaultdict(_nothing)
    for part in parts:
        total = sums[tuple(getattr(part, name) for name in by)]
        total[0] += part.line_minutes
        total[1] += part.stopped_minutes
        total[2] += part.release_minutes
        total[3] = max(total[3], part.away)
        total[4] = part.spare if total[4] is None else min(total[4], part.spare)
    return sums


def impact_rows(view: View, by: tuple[str, ...], company: str | None) -> list[dict[str, Any]]:
    """Return the impact summed by some dimensions, in their order.

    Each row has the dimensions asked for, ``lost_line_minutes``, ``stopped_minutes``,
    ``release_person_minutes``, ``most_away`` (people of a crew away at once) and ``least_spare_operators`` (left
    above a crew's minimum; None where nobody is away).
    """
    parts = quarters(view) if "quarter_hour" in by else view.hours
    sums = _summed((part for part in parts if company in (None, part.company)), by)
    if not by and not sums:
        sums[()] = _nothing()
    names = ("lost_line_minutes", "stopped_minutes", "release_person_minutes", "most_away", "least_spare_operators")
    rows = []
    for key, (lost, *others) in sorted(sums.items()):
        figures = dict(zip(names, [float(round(lost, 3)), *others], strict=True))
        rows.append({**dict(zip(by, key, strict=True)), **figures})
    return rows


def _nothing() -> list[Any]:
    return [Fraction(0), 0, 0, 0, None]


def baseline_figures(view: View, company: str | None) -> dict[str, Any]:
    """Return a plan's line time lost, minutes stopped, release and empty seats, of one company or all."""
    (sums,) = impact_rows(view, (), company)
    names = ("lost_line_minutes", "stopped_minutes", "release_person_minutes")
    return {**{name: sums[name] for name in names}, "empty_seats": len(view.unseated(company))}


def roster_rows(view: View, company: str | None) -> list[dict[str, Any]]:
    """Return who sits in which cohort; of companies that may not be seen only how many, without saying whose."""
    scenario, plan = view.scenario, view.plan
    seats: dict[str, list[str]] = defaultdict(list)
    for seat in plan.seats:
        if seat.apprentice in scenario.apprentice_by_id:
            seats[seat.cohort].append(seat.apprentice)
    rows = []
    for cohort in plan.cohorts:
        people = [scenario.apprentice_by_id[one] for one in sorted(seats[cohort.cohort])]
        own = [one for one in people if company in (None, one.company)]
        if company is not None and not own:
            continue
        others = Counter(one.company for one in people if one not in own)
        names = ("cohort", "module", "site", "room", "days", "start", "minutes", "meetings")
        module, site = scenario.module_by_id.get(cohort.module), scenario.site_by_id.get(cohort.site)
        rows.append(
            {
                **{name: getattr(cohort, name) for name in names},
                "module_name": module.name if module else cohort.module,
                "site_name": site.name if site else cohort.site,
                "people": [
                    {
                        "apprentice": one.apprentice,
                        "name": one.name,
                        "company": one.company,
                        "line": one.line,
                        "rota": one.rota,
                    }
                    for one in own
                ],
                "others": sorted(others.values(), reverse=True),
            }
        )
    return rows
