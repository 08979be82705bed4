"""The sheets of a plan's workbook that plants get: line time lost, short crews, and who is away when."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal

from lineside.models.scenario import Scenario
from lineside.models.tables import Site
from lineside.service.console import figure
from lineside.service.plan_words import (
    apprentice_name,
    company_name,
    line_name,
    module_name,
)
from lineside.service.sheet import Book, Sheet
from lineside.solver import Absence, Impact, Loss, LowPoint

CREWS = (
    *("first on", "from", "to", "line", "line name", "rota", "operators", "minimum", "relief", "fewest left"),
    *("line stops", "minutes with that few"),
)
AWAY = (
    *("date", "from", "to", "line", "line name", "rota", "apprentice", "name", "module", "module name"),
    *("kind of session", "minutes lost"),
)


def write_plants(book: Book, scenario: Scenario, impact: Impact) -> None:
    """Add a sheet for each site that has lines, in table order."""
    losses: dict[str, list[Loss]] = defaultdict(list)
    low_points: dict[str, list[LowPoint]] = defaultdict(list)
    absences: dict[str, list[Absence]] = defaultdict(list)
    for loss in impact.losses:
        losses[loss.site].append(loss)
    for low in impact.low_points:
        low_points[low.site].append(low)
    for absence in impact.absences:
        absences[absence.site].append(absence)
    lines: dict[str, list[str]] = defaultdict(list)
    for line in scenario.lines:
        lines[line.site].append(line.line)
    for site in scenario.sites:
        if site.site in lines:
            sheet = book.sheet(site.name or site.site)
            _write_head(sheet, scenario, site, losses[site.site])
            _write_weeks(sheet, scenario, lines[site.site], losses[site.site])
            _write_crews(sheet, scenario, low_points[site.site])
            _write_away(sheet, scenario, absences[site.site])
            sheet.finish()


def _write_head(sheet: Sheet, scenario: Scenario, site: Site, losses: list[Loss]) -> None:
    owner = f", {company_name(scenario, site.company)} ({site.company})" if site.company else ""
    sheet.title(f"{site.name} ({site.site}){owner}")
    lost = sum((loss.lost_line_minutes for loss in losses), Decimal(0))
    stopped = sum(loss.stopped_minutes for loss in losses)
    release = sum(loss.release_person_minutes for loss in losses)
    sheet.sentence(
        f"Line time lost {figure(lost)} line-minutes; lines stopped {stopped:,} minutes; "
        f"release {release:,} person-minutes."
    )
    sheet.freeze()


def _write_weeks(sheet: Sheet, scenario: Scenario, lines: list[str], losses: list[Loss]) -> None:
    lost: dict[tuple[str, dt.date], Decimal] = defaultdict(Decimal)
    for loss in losses:
        lost[loss.line, loss.week_monday] += loss.lost_line_minutes
    settings = scenario.settings
    horizon = {settings.first_day + dt.timedelta(weeks=week) for week in range(settings.weeks)}
    mondays = sorted(horizon | {loss.week_monday for loss in losses})  # a night shift may start before the horizon
    sheet.heading("Line time lost in each week, line-minutes")
    sheet.header(("week from", *(f"{line_name(scenario, line)} ({line})" for line in lines), "all lines"))
    for monday in mondays:
        cells = [lost[line, monday] for line in lines]
        sheet.row((monday, *cells, sum(cells, Decimal(0))))
    totals = [sum((lost[line, monday] for monday in mondays), Decimal(0)) for line in lines]
    sheet.row(("all weeks", *totals, sum(totals, Decimal(0))))


def _write_crews(sheet: Sheet, scenario: Scenario, low_points: list[LowPoint]) -> None:
    sheet.heading("Fewest operators left on each crew, relief included, and when that is first so")
    sheet.header(CREWS)
    for low in low_points:
        stops = low.start is not None and low.fewest_operators < low.minimum_operators
        sheet.row(
            (
                low.start.date() if low.start else "never fewer",
                low.start.time() if low.start else None,
                low.end.time() if low.end else None,
                *(low.line, line_name(scenario, low.line), low.rota),
                *(low.headcount_operators, low.minimum_operators, low.relief_operators, low.fewest_operators),
                *("yes" if stops else "no", low.low_minutes),
            ),
            alarm=stops,
        )


def _write_away(sheet: Sheet, scenario: Scenario, absences: list[Absence]) -> None:
    sheet.heading("Who is away when")
    if not absences:
        sheet.sentence("Nobody is away from a shift.")
        return
    sheet.header(AWAY)
    for row in absences:
        sheet.row(
            (
                *(row.start.date(), row.start.time(), row.end.time()),
                *(row.line, line_name(scenario, row.line), row.rota),
                *(row.apprentice, apprentice_name(scenario, row.apprentice)),
                *(row.module, module_name(scenario, row.module)),
                *(row.kind, row.release_minutes),
            )
        )
