"""The sheet for a plant's board: whose class is when in one week, on one page."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from lineside.models.calendar import date_of, letter_on
from lineside.models.cells import format_clock
from lineside.models.measures import cohort_spans
from lineside.models.person_days import MeetingView
from lineside.models.plan import Cohort
from lineside.models.tables import Apprentice
from lineside.scenarios.plan_trials import Desk
from lineside.service.calendars.wording import date_words
from lineside.service.typeset import pdf_of

TEMPLATE = "week_sheet.typ"
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
OFF = "off"


@dataclass(frozen=True)
class Sheet:
    """What the sheet is printed from.

    Parameters
    ----------
    desk
        The plan with its tables.
    companies
        Whose people stand on it, each company on pages of its own; nobody else's are named.
    monday
        First day of the week.
    plan_name
        Told at the foot, since paper grows old.
    printed
        Date of printing.
    """

    desk: Desk
    companies: tuple[str, ...]
    monday: dt.date
    plan_name: str
    printed: dt.date


def week_sheet_pdf(sheet: Sheet) -> bytes:
    """Return the sheet as a tagged PDF: a row for each person who has a class in the week.

    A cell holds the letter of the day's shift, the meeting's clock times, module and site, its kind, and the
    working minutes that it takes. A meeting stands on the date on which it starts. Ids are explained at the end.
    """
    days = [sheet.monday + dt.timedelta(days=number) for number in range(len(DAY_NAMES))]
    return pdf_of(TEMPLATE, {
        "title": "Classes of the week",
        "week": f"Week of {date_words(sheet.monday)}",
        "days": [f"{name} {day.month}/{day.day}" for name, day in zip(DAY_NAMES, days, strict=True)],
        "sheets": [_company_sheet(sheet, company, days) for company in sheet.companies],
        "empty": "Nobody has a class this week.",
        "foot": f"{sheet.plan_name}. Printed {date_words(sheet.printed)}. Times are local. Calendars tell of changes.",
    })  # fmt: skip


def _company_sheet(sheet: Sheet, company: str, days: list[dt.date]) -> dict[str, object]:
    scenario = sheet.desk.scenario
    meetings = _meetings(sheet, company)
    people = sorted(
        (scenario.apprentice_by_id[one] for one in meetings), key=lambda one: (one.line, one.rota, one.name)
    )
    return {
        "title": f"Classes at {scenario.company_by_id[company].name}",
        "people": [
            {
                "name": person.name or person.apprentice,
                "place": f"{scenario.line_by_id[person.line].name}, {person.rota}",
                "cells": [_cell(sheet, person, day, meetings[person.apprentice][day]) for day in days],
            }
            for person in people
        ],
        "legend": _legend(sheet, meetings),
    }


Meetings = dict[str, dict[dt.date, list[tuple[MeetingView, Cohort, tuple[int, int]]]]]


def _meetings(sheet: Sheet, company: str) -> Meetings:
    """Return the week's meetings of a company's people, by person and date."""
    desk = sheet.desk
    cohorts = {row.cohort: row for row in desk.plan.cohorts}
    found: Meetings = defaultdict(lambda: defaultdict(list))
    for seat in dict.fromkeys(desk.plan.seats):
        person, row = desk.scenario.apprentice_by_id.get(seat.apprentice), cohorts.get(seat.cohort)
        if person is None or row is None or person.company != company or row.site not in desk.scenario.site_by_id:
            continue
        for span in cohort_spans(row):
            date = date_of(span[0])
            if 0 <= (date - sheet.monday).days < len(DAY_NAMES):
                found[person.apprentice][date].append((desk.days.view(person, row.site, span), row, span))
    return found


def _legend(sheet: Sheet, meetings: Meetings) -> list[str]:
    """Return what the ids of the week's modules and sites stand for."""
    scenario = sheet.desk.scenario
    cohorts = [row for days in meetings.values() for found in days.values() for _, row, _ in found]
    modules = {
        row.module: scenario.module_by_id[row.module].name for row in cohorts if row.module in scenario.module_by_id
    }
    sites = {row.site: scenario.site_by_id[row.site].name for row in cohorts}
    return [f"{name}: {words}" for names in (modules, sites) for name, words in sorted(names.items())]


def _cell(
    sheet: Sheet, person: Apprentice, day: dt.date, meetings: list[tuple[MeetingView, Cohort, tuple[int, int]]]
) -> dict[str, object]:
    is_on = sheet.desk.days.shift(person, day.toordinal()) is not None
    lines = [
        {
            "time": f"{format_clock(span[0])}–{format_clock(span[1])}",
            "what": f"{row.module}, {row.site}",
            "note": f"{view.kind}, {view.lost_minutes} min of shift" if view.lost_minutes else view.kind,
        }
        for view, row, span in sorted(meetings, key=lambda found: found[2])
    ]
    rota = sheet.desk.scenario.rota_by_id[person.rota]
    return {"shift": letter_on(rota, day) if is_on else OFF, "lines": lines}
