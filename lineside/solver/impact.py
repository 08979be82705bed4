"""What a plan does to the lines: where time is lost, how short crews become, and who is away when.

Figures only; the words are the service's. Everything is derived from the same views of meetings as
the plan's measures, so the sums over all rows are the measures themselves. Rows are plain
dataclasses: ``pandas.DataFrame(impact.losses)`` is a table with a unit in each column's name.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from lineside.models.calendar import date_of
from lineside.models.cells import DAY_MINUTES
from lineside.models.measures import CrewLoss, MeetingView, PersonDays, cohort_spans, crew_losses
from lineside.models.plan import Cohort, Plan
from lineside.models.scenario import Scenario
from lineside.models.tables import Apprentice, Crew


@dataclass(frozen=True)
class Loss:
    """What one crew loses in one week.

    Parameters
    ----------
    company, site, line, rota
        Ids of the crew and of where it works.
    week_monday
        Monday of the week in which the shifts start.
    lost_line_minutes
        Line time lost, with the line's weight.
    stopped_minutes
        Minutes with the line stopped, without the weight.
    release_person_minutes
        Working minutes that the apprentices are away.
    """

    company: str
    site: str
    line: str
    rota: str
    week_monday: dt.date
    lost_line_minutes: Decimal
    stopped_minutes: int
    release_person_minutes: int


@dataclass(frozen=True)
class LowPoint:
    """The fewest operators left on one crew, relief included, and when that is first so.

    Parameters
    ----------
    headcount_operators, minimum_operators, relief_operators
        The crew as its table has it.
    fewest_operators
        Operators on the line at the worst minute; the headcount if nobody is ever missed.
    start, end
        The first stretch with the fewest, local times; None if nobody is ever missed.
    low_minutes
        Minutes over the whole plan with that few.
    """

    company: str
    site: str
    line: str
    rota: str
    headcount_operators: int
    minimum_operators: int
    relief_operators: int
    fewest_operators: int
    start: dt.datetime | None
    end: dt.datetime | None
    low_minutes: int


@dataclass(frozen=True)
class Absence:
    """One apprentice away from one shift for one meeting.

    Parameters
    ----------
    shift_date
        Date on which the shift starts.
    start, end
        First and last minute away, local times; a meal break may lie between.
    kind
        Kind of session, as the contract defines it.
    release_minutes
        Working minutes lost to this meeting. Where the travel of two meetings overlaps, the common
        minutes stand in both rows but count once in :class:`Loss`.
    """

    shift_date: dt.date
    start: dt.datetime
    end: dt.datetime
    company: str
    site: str
    line: str
    rota: str
    apprentice: str
    cohort: str
    module: str
    kind: str
    release_minutes: int


@dataclass(frozen=True)
class PersonMeeting:
    """One meeting as one apprentice lives it; local times.

    Parameters
    ----------
    kind
        Kind of session, as the contract defines it.
    release_minutes
        Working minutes lost, travel included.
    travel_minutes
        Minutes one way from the plant on a working date, else from home.
    """

    date: dt.date
    start: dt.datetime
    end: dt.datetime
    company: str
    apprentice: str
    cohort: str
    kind: str
    release_minutes: int
    travel_minutes: int


@dataclass(frozen=True)
class Total:
    """Sums over some rows of losses; units as in :class:`Loss`."""

    lost_line_minutes: Decimal
    stopped_minutes: int
    release_person_minutes: int


@dataclass(frozen=True)
class Impact:
    """What a plan does to the lines, from the scenario's first day on.

    Parameters
    ----------
    losses
        By company, line, rota and week; weeks without an absence are left out.
    low_points
        One for each crew, in table order.
    absences
        By time.
    meetings
        Every seat's meetings by time, also those that cost no working minute.
    """

    losses: tuple[Loss, ...]
    low_points: tuple[LowPoint, ...]
    absences: tuple[Absence, ...]
    meetings: tuple[PersonMeeting, ...]

    def totals(self, *columns: str) -> dict[tuple[object, ...], Total]:
        """Return the sums of the losses by some of their columns, such as ``company`` or ``line, week_monday``.

        No column gives one sum over everything, with the key ``()``.
        """
        groups: dict[tuple[object, ...], list[Loss]] = {(): []} if not columns else {}
        for row in self.losses:
            groups.setdefault(tuple(getattr(row, column) for column in columns), []).append(row)
        return {key: _total(rows) for key, rows in groups.items()}

    def of_company(self, company: str) -> Impact:
        """Return the part that concerns one company's crews and people."""
        return Impact(
            tuple(row for row in self.losses if row.company == company),
            tuple(row for row in self.low_points if row.company == company),
            tuple(row for row in self.absences if row.company == company),
            tuple(row for row in self.meetings if row.company == company),
        )


def impact_of(scenario: Scenario, plan: Plan) -> Impact:
    """Return the impact of a plan.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    plan
        A plan for it; parts that name something unknown have no impact (the checker tells them).
    """
    days = PersonDays(scenario)
    losses = crew_losses(scenario, plan, days)
    meetings = (_meeting(days, person, cohort, view) for person, cohort, view in views_of(scenario, plan, days))
    return Impact(
        losses=losses_of(scenario, losses),
        low_points=low_points_of(scenario, losses),
        absences=absences_of(scenario, plan, days),
        meetings=tuple(sorted(meetings, key=attrgetter("start", "end", "cohort", "apprentice"))),
    )


def absences_of(scenario: Scenario, plan: Plan, days: PersonDays) -> tuple[Absence, ...]:
    """Return the part of :func:`impact_of` that tells who is away when, by time; views of meetings are used again."""
    views = views_of(scenario, plan, days)
    found = (row for person, cohort, view in views for row in _absences(scenario, person, cohort, view))
    return tuple(sorted(found, key=attrgetter("start", "end", "line", "rota", "apprentice", "cohort")))


def low_points_of(scenario: Scenario, losses: Iterable[CrewLoss]) -> tuple[LowPoint, ...]:
    """Return the part of :func:`impact_of` that tells the fewest operators left on each crew, in table order."""
    by_crew: dict[tuple[str, str], list[CrewLoss]] = defaultdict(list)
    for loss in losses:
        by_crew[loss.line, loss.rota].append(loss)
    return tuple(_low_point(scenario, crew, by_crew[crew.line, crew.rota]) for crew in scenario.crews)


def _total(rows: Iterable[Loss]) -> Total:
    rows = list(rows)
    return Total(
        sum((row.lost_line_minutes for row in rows), Decimal(0)),
        sum(row.stopped_minutes for row in rows),
        sum(row.release_person_minutes for row in rows),
    )


def _company_and_site(scenario: Scenario, line: str, rota: str) -> tuple[str, str]:
    return scenario.rota_by_id[rota].company, scenario.line_by_id[line].site


def _line_minutes(scenario: Scenario, loss: CrewLoss) -> Decimal:
    # Costs are whole thousandths, so the division is exact.
    cost = Decimal(loss.cost.numerator) / Decimal(loss.cost.denominator)
    return loss.minutes * cost * scenario.line_by_id[loss.line].weight


def losses_of(scenario: Scenario, losses: Iterable[CrewLoss]) -> tuple[Loss, ...]:
    """Return the part of :func:`impact_of` that tells what crews lose in each week, by company, line, rota and week."""
    groups: dict[tuple[str, str, dt.date], list[CrewLoss]] = defaultdict(list)
    for loss in losses:
        monday = loss.shift_date - dt.timedelta(days=loss.shift_date.weekday())
        groups[loss.line, loss.rota, monday].append(loss)
    rows = []
    for (line, rota, monday), group in groups.items():
        company, site = _company_and_site(scenario, line, rota)
        lost = sum((_line_minutes(scenario, loss) for loss in group), Decimal(0))
        stopped = sum(loss.minutes for loss in group if loss.stopped)
        release = sum(loss.minutes * len(loss.away) for loss in group)
        rows.append(Loss(company, site, line, rota, monday, lost, stopped, release))
    return tuple(sorted(rows, key=attrgetter("company", "line", "rota", "week_monday")))


def _left(crew: Crew, loss: CrewLoss) -> int:
    return max(0, crew.headcount - max(0, len(loss.away) - crew.relief))


def _low_point(scenario: Scenario, crew: Crew, losses: list[CrewLoss]) -> LowPoint:
    fewest = min((_left(crew, loss) for loss in losses), default=crew.headcount)
    low = [loss for loss in losses if _left(crew, loss) == fewest < crew.headcount]
    first = min(low, key=attrgetter("start"), default=None)
    return LowPoint(
        *_company_and_site(scenario, crew.line, crew.rota),
        line=crew.line,
        rota=crew.rota,
        headcount_operators=crew.headcount,
        minimum_operators=crew.minimum,
        relief_operators=crew.relief,
        fewest_operators=fewest,
        start=_local(first.start) if first else None,
        end=_local(first.end) if first else None,
        low_minutes=sum(loss.minutes for loss in low),
    )


def views_of(scenario: Scenario, plan: Plan, days: PersonDays) -> Iterator[tuple[Apprentice, Cohort, MeetingView]]:
    """Yield every seat's meetings from the scenario's first day on, as their people live them."""
    cohorts = {row.cohort: row for row in plan.cohorts if row.site in scenario.site_by_id}
    for seat in dict.fromkeys(plan.seats):
        person, cohort = scenario.apprentice_by_id.get(seat.apprentice), cohorts.get(seat.cohort)
        if person is None or cohort is None:
            continue
        for span in cohort_spans(cohort):
            if date_of(span[0]) >= scenario.settings.first_day:
                yield person, cohort, days.view(person, cohort.site, span)


def _meeting(days: PersonDays, person: Apprentice, cohort: Cohort, view: MeetingView) -> PersonMeeting:
    return PersonMeeting(
        date=view.date,
        start=_local(view.span[0]),
        end=_local(view.span[1]),
        company=person.company,
        apprentice=person.apprentice,
        cohort=cohort.cohort,
        kind=view.kind,
        release_minutes=view.lost_minutes,
        travel_minutes=days.travel_minutes(person, cohort.site, view.date),
    )


def _absences(scenario: Scenario, person: Apprentice, cohort: Cohort, view: MeetingView) -> Iterator[Absence]:
    """Yield one absence for each shift that the meeting takes minutes from."""
    for shift_date, pieces in groupby(view.lost, key=attrgetter("shift_date")):
        lost = tuple(pieces)
        yield Absence(
            shift_date=shift_date,
            start=_local(lost[0].start),
            end=_local(lost[-1].end),
            company=person.company,
            site=scenario.line_site(person),
            line=person.line,
            rota=person.rota,
            apprentice=person.apprentice,
            cohort=cohort.cohort,
            module=cohort.module,
            kind=view.kind,
            release_minutes=sum(piece.minutes for piece in lost),
        )


def _local(minute: int) -> dt.datetime:
    """Return the local wall time, without a zone, of a wall minute."""
    return dt.datetime.combine(date_of(minute), dt.time()) + dt.timedelta(minutes=minute % DAY_MINUTES)
