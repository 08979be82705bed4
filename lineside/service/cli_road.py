"""The command about the whole road: hours of the program for each apprentice, and when they finish."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from lineside.models.scenario import Scenario
from lineside.scenarios.road import STANDINGS, Road, forecast, roads
from lineside.service.cli_impact import with_id
from lineside.service.cli_inputs import BadInputError
from lineside.service.cli_plans import ROWS_SHOWN, known_company, scenario_and_plan, warn_of_findings
from lineside.service.cli_tables_out import write_rows
from lineside.service.console import Listing, Screen
from lineside.service.road_rows import road_cells

COLUMNS = (
    *("apprentice", "program hours", "credited", "delivered", "planned", "not planned", "hours a week"),
    *("finishes", "further terms", "end date", "standing"),
)
ORDER = tuple(STANDINGS)


@dataclass(frozen=True)
class RoadWish:
    """What the command line was asked for.

    Parameters
    ----------
    at
        The date; today in the scenario's time zone if None.
    end
        End of the program for apprentices without a ``due`` date, or None.
    company
        Whose apprentices alone; None for all.
    csv
        File for the same as a CSV table, or None.
    """

    at: str | None
    end: str | None
    company: str | None
    csv: Path | None


def tell_roads(scenario_path: Path, plan_path: Path, wish: RoadWish, screen: Screen) -> None:
    """Tell how far each apprentice has come with the program, and when it ends at this pace.

    Raises
    ------
    BadInputError
        If the scenario or the plan cannot be read, a date is none, there is no such company, or the table cannot be
        written.
    """
    scenario, plan = scenario_and_plan(scenario_path, plan_path, screen)
    known_company(scenario, wish.company)
    warn_of_findings(scenario, plan, screen)
    at = _date("--at", wish.at) or dt.datetime.now(scenario.settings.zone).date()
    rows = [row for row in roads(scenario, plan, at, _date("--end", wish.end)) if wish.company in (None, row.company)]
    screen.listing(_listing(rows))
    for sentence in road_sentences(scenario, rows, at):
        screen.say(sentence)
    if wish.csv is not None:
        screen.say(f"Written: {write_rows(wish.csv, [road_cells(row) for row in rows])}")


def road_sentences(scenario: Scenario, rows: Sequence[Road], at: dt.date) -> Iterator[str]:
    """Yield what all apprentices come to on a date."""
    program, credited, delivered = (
        sum((getattr(row, name) for row in rows), Fraction(0))
        for name in ("program_hours", "credited_hours", "delivered_hours")
    )
    planned = sum((row.planned_hours for row in rows), Fraction(0))
    yield (
        f"On {at.isoformat()} {len(rows):,} apprentices have {_hours(credited + delivered)} of {_hours(program)} hours "
        f"of their programs: {_hours(credited)} credited, {_hours(delivered)} delivered by the plan. It gives "
        f"{_hours(planned)} more; {_hours(program - credited - delivered - planned)} hours are not planned."
    )
    counts = Counter(row.standing for row in rows)
    for standing in ORDER:
        if counts[standing]:
            people = "1 apprentice" if counts[standing] == 1 else f"{counts[standing]:,} apprentices"
            yield f"{people}: {standing} ({STANDINGS[standing]})."
    for terms, count in forecast(rows):
        yield f"Forecast at this pace: {count:,} {_when(scenario, terms)}."


def _when(scenario: Scenario, terms: int | None) -> str:
    weeks = scenario.settings.weeks
    if terms is None:
        return "never finish"
    if terms == 0:
        return f"finish by {scenario.settings.last_day.isoformat()}, within the plan's {weeks} weeks"
    ends = scenario.settings.last_day + dt.timedelta(weeks=weeks * terms)
    return (
        f"finish by {ends.isoformat()}, after {'1 more term' if terms == 1 else f'{terms} more terms'} of {weeks} weeks"
    )


def _date(option: str, text: str | None) -> dt.date | None:
    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadInputError([f"{option} is {text!r}, which is no date. Give it as 2027-01-31."]) from None


def _hours(hours: Fraction) -> str:
    return f"{float(hours):,.1f}"


def _listing(rows: Sequence[Road]) -> Listing:
    ordered = sorted(rows, key=lambda row: (ORDER.index(row.standing), -row.unplanned_hours, row.apprentice))
    shown = [
        (
            with_id(row.name or row.apprentice, row.apprentice),
            _hours(row.program_hours),
            _hours(row.credited_hours),
            _hours(row.delivered_hours),
            _hours(row.planned_hours),
            _hours(row.unplanned_hours),
            f"{float(row.pace_hours):.2f}",
            row.finishes.isoformat() if row.finishes else "",
            "" if row.terms_after is None else str(row.terms_after),
            row.ends.isoformat() if row.ends else "",
            row.standing,
        )
        for row in ordered[:ROWS_SHOWN]
    ]
    title = "Hours of the program, those who need most attention first"
    return Listing(title, "road", COLUMNS, shown, frozenset(COLUMNS[1:7]), max(0, len(rows) - ROWS_SHOWN))
