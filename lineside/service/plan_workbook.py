"""A plan as a workbook that a coordinator hands on: summary, cohorts, rosters, meetings, unseated, plants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from lineside.models.cells import parse_clock
from lineside.models.differences import MEASURES
from lineside.models.plan import Cohort, Plan
from lineside.models.scenario import Scenario
from lineside.service.plan_files import whole_file
from lineside.service.plan_plants import write_plants
from lineside.service.plan_words import (
    apprentice_name,
    cohorts_in_order,
    company_name,
    instructor_name,
    line_name,
    module_name,
    objective_parts,
    proof_sentence,
    seat_sentence,
    seats_by_cohort,
    site_name,
    unmeetable_sentence,
)
from lineside.service.sheet import Book, Cell
from lineside.solver import Impact, impact_of

Row = tuple[Cell, ...]

COHORTS = (
    *("cohort", "module", "module name", "site", "site name", "room", "instructor", "instructor name", "days"),
    *("start", "end", "minutes", "first meeting", "last meeting", "meetings", "seats"),
)
PERSON = ("apprentice", "name", "company", "company name", "line", "line name", "rota")
ROSTERS = (
    *("cohort", "module", "module name", "site name", "days", "start", "first meeting", "last meeting"),
    *PERSON,
)
MEETINGS = (
    *("date", "start", "end", "cohort", "module", "module name", "site name", "room", "instructor"),
    *PERSON,
    *("kind of session", "minutes lost", "travel minutes one way"),
)
UNSEATED = (*PERSON, "module", "module name", "hours", "reason")


def write_plan_workbook(scenario: Scenario, plan: Plan, unmeetable_needs: int, path: Path) -> None:
    """Write a plan as a workbook; the file appears whole or not at all.

    Parameters
    ----------
    scenario, plan
        The tables, and a checked plan for them.
    unmeetable_needs
        Needs that no single candidate cohort could meet.
    path
        The file, ending in ``.xlsx``.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    impact = impact_of(scenario, plan)
    with whole_file(path) as part, Book(part) as book:
        _write_summary(book, scenario, plan, unmeetable_needs)
        book.table("cohorts", COHORTS, _cohort_rows(scenario, plan))
        book.table("rosters", ROSTERS, _roster_rows(scenario, plan))
        book.table("meetings", MEETINGS, _meeting_rows(scenario, plan, impact))
        book.table("unseated", UNSEATED, _unseated_rows(scenario, plan))
        write_plants(book, scenario, impact)


def _write_summary(book: Book, scenario: Scenario, plan: Plan, unmeetable_needs: int) -> None:
    settings = scenario.settings
    sheet = book.sheet("summary")
    sheet.title(plan.scenario or settings.name)
    sheet.sentence(f"{settings.first_day.isoformat()} to {settings.last_day.isoformat()}, {settings.timezone}.")
    sheet.freeze()
    sheet.sentence(proof_sentence(plan))
    sheet.sentence(seat_sentence(plan))
    sheet.sentence(unmeetable_sentence(plan, unmeetable_needs))
    if plan.measures is None:
        sheet.finish()
        return
    sheet.heading("What the plan costs")
    sheet.header(("part", "amount", "unit", "line-minutes for one", "line-minutes"))
    for part in objective_parts(plan.measures, settings.prices):
        sheet.row((part.name, part.amount, part.unit, float(part.price), part.line_minutes))
    sheet.row(("objective", None, None, None, plan.objective))
    sheet.row(("bound", None, None, None, plan.bound))
    sheet.heading("Without a price of their own")
    sheet.header(("measure", "amount", "unit"))
    for name in ("release", "stopped"):
        sheet.row((name, getattr(plan.measures, name), MEASURES[name]))
    sheet.finish()


def clock_time(text: str) -> dt.time:
    """Return the time of a plan's clock text."""
    minute = parse_clock(text)
    return dt.time(minute // 60, minute % 60)


def _dates(cohort: Cohort) -> tuple[dt.date | None, dt.date | None]:
    if not cohort.meetings:
        return None, None
    return cohort.meetings[0].date, cohort.meetings[-1].date


def _cohort_rows(scenario: Scenario, plan: Plan) -> Iterator[Row]:
    seats = seats_by_cohort(plan)
    for cohort in cohorts_in_order(plan):
        start = parse_clock(cohort.start)
        end = (start + cohort.minutes) % (24 * 60)
        yield (
            *(cohort.cohort, cohort.module, module_name(scenario, cohort.module)),
            *(cohort.site, site_name(scenario, cohort.site), cohort.room),
            *(cohort.instructor, instructor_name(scenario, cohort.instructor), cohort.days),
            *(clock_time(cohort.start), dt.time(end // 60, end % 60), cohort.minutes),
            *_dates(cohort),
            *(len(cohort.meetings), seats[cohort.cohort]),
        )


def _person(scenario: Scenario, apprentice: str) -> Row:
    row = scenario.apprentice_by_id.get(apprentice)
    if row is None:
        return (apprentice, apprentice, None, None, None, None, None)
    return (
        *(apprentice, apprentice_name(scenario, apprentice), row.company, company_name(scenario, row.company)),
        *(row.line, line_name(scenario, row.line), row.rota),
    )


def _roster_rows(scenario: Scenario, plan: Plan) -> Iterator[Row]:
    members: dict[str, list[str]] = {}
    for seat in plan.seats:
        members.setdefault(seat.cohort, []).append(seat.apprentice)
    for cohort in cohorts_in_order(plan):
        group = (
            *(cohort.cohort, cohort.module, module_name(scenario, cohort.module), site_name(scenario, cohort.site)),
            *(cohort.days, clock_time(cohort.start), *_dates(cohort)),
        )
        people = sorted(members.get(cohort.cohort, ()), key=lambda person: (apprentice_name(scenario, person), person))
        yield from ((*group, *_person(scenario, person)) for person in people)


def _meeting_rows(scenario: Scenario, plan: Plan, impact: Impact) -> Iterator[Row]:
    cohorts = {cohort.cohort: cohort for cohort in plan.cohorts}
    for meeting in impact.meetings:
        cohort = cohorts[meeting.cohort]
        yield (
            *(meeting.date, meeting.start.time(), meeting.end.time(), cohort.cohort),
            *(cohort.module, module_name(scenario, cohort.module)),
            *(site_name(scenario, cohort.site), cohort.room, instructor_name(scenario, cohort.instructor)),
            *_person(scenario, meeting.apprentice),
            *(meeting.kind, meeting.release_minutes, meeting.travel_minutes),
        )


def _unseated_rows(scenario: Scenario, plan: Plan) -> Iterator[Row]:
    for need in plan.unseated:
        module = scenario.module_by_id[need.module]
        person = _person(scenario, need.apprentice)
        yield (*person, need.module, module_name(scenario, need.module), float(module.hours), need.reason)
