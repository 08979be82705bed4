"""The impact of a plan in words and tables, for the command line."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lineside.models.scenario import Scenario
from lineside.service.console import Listing, figure
from lineside.service.plan_words import apprentice_name, company_name, line_name, module_name
from lineside.solver import Absence, Impact, LowPoint

TOTAL_COLUMNS = ("line-minutes lost", "minutes stopped", "person-minutes released")
NUMBERS = frozenset(
    (*TOTAL_COLUMNS, "operators", "minimum", "relief", "fewest left", "minutes with that few", "minutes lost")
)


def impact_sentence(impact: Impact) -> str:
    """Return the totals of an impact."""
    total = impact.totals()[()]
    return (
        f"Line time lost {figure(total.lost_line_minutes)} line-minutes; lines stopped {total.stopped_minutes:,} "
        f"minutes; release {total.release_person_minutes:,} person-minutes."
    )


def impact_listings(scenario: Scenario, impact: Impact) -> Iterator[Listing]:
    """Yield the tables of an impact: by company, line, rota and week, short crews, and who is away when."""
    yield _totals(scenario, impact, "Impact by company", "company", "company")
    yield _totals(scenario, impact, "Impact by line", "line", "company", "line")
    yield _totals(scenario, impact, "Impact by rota", "rota", "company", "rota")
    yield _totals(scenario, impact, "Impact by week", "week", "week_monday")
    yield _low_points(scenario, impact)
    yield _absences(scenario, impact)


def _totals(scenario: Scenario, impact: Impact, title: str, noun: str, *columns: str) -> Listing:
    rows: list[tuple[str, ...]] = []
    for key, total in sorted(impact.totals(*columns).items(), key=lambda item: tuple(map(str, item[0]))):
        names = [_name(scenario, column, str(value)) for column, value in zip(columns, key, strict=True)]
        lost = figure(total.lost_line_minutes)
        rows.append((*names, lost, f"{total.stopped_minutes:,}", f"{total.release_person_minutes:,}"))
    headers = tuple("week from" if column == "week_monday" else column for column in columns)
    return Listing(title, noun, (*headers, *TOTAL_COLUMNS), rows, NUMBERS)


def _name(scenario: Scenario, column: str, value: str) -> str:
    if column == "company":
        return with_id(company_name(scenario, value), value)
    return with_id(line_name(scenario, value), value) if column == "line" else value


def with_id(name: str, identifier: str) -> str:
    """Return a name with its id, or the id alone where it is the name.

    >>> with_id("Pack 1", "#3")
    'Pack 1 (#3)'
    """
    return identifier if name == identifier else f"{name} ({identifier})"


def _margin(low: LowPoint) -> tuple[Decimal, str, str]:
    return Decimal(low.fewest_operators - low.minimum_operators), low.line, low.rota


def _low_points(scenario: Scenario, impact: Impact) -> Listing:
    rows = [
        (
            with_id(line_name(scenario, low.line), low.line),
            low.rota,
            str(low.headcount_operators),
            str(low.minimum_operators),
            str(low.relief_operators),
            str(low.fewest_operators),
            f"{low.start:%Y-%m-%d %H:%M} to {low.end:%H:%M}" if low.start and low.end else "never fewer",
            f"{low.low_minutes:,}",
        )
        for low in sorted(impact.low_points, key=_margin)
    ]
    columns = (
        *("line", "rota", "operators", "minimum", "relief", "fewest left", "first on"),
        "minutes with that few",
    )
    return Listing("Fewest operators left on each crew, relief included", "crew", columns, rows, NUMBERS)


def _absences(scenario: Scenario, impact: Impact) -> Listing:
    columns = ("date", "from", "to", "line", "rota", "apprentice", "module", "kind", "minutes lost")
    rows = [_absence(scenario, row) for row in impact.absences]
    return Listing("Who is away when", "away", columns, rows, NUMBERS)


def _absence(scenario: Scenario, row: Absence) -> tuple[str, ...]:
    return (
        f"{row.start:%Y-%m-%d}",
        f"{row.start:%H:%M}",
        f"{row.end:%H:%M}",
        with_id(line_name(scenario, row.line), row.line),
        row.rota,
        with_id(apprentice_name(scenario, row.apprentice), row.apprentice),
        with_id(module_name(scenario, row.module), row.module),
        row.kind,
        str(row.release_minutes),
    )
