"""The command about a plan's futures: whether its cohorts and lines hold, in words and tables."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lineside.models.scenario import Scenario
from lineside.service.cli_impact import with_id
from lineside.service.cli_plans import ROWS_SHOWN, known_company, scenario_and_plan, warn_of_findings
from lineside.service.cli_tables_out import write_rows
from lineside.service.console import Listing, Screen
from lineside.service.plan_words import line_name, site_name
from lineside.solver import CohortOutlook, CrewOutlook, PlanOutlook, Rates, Spread, simulate

COHORT_COLUMNS = (
    *(
        "cohort",
        "module",
        "site",
        "last meeting",
        "least people",
        "people",
        "people at its end",
        "chance that it holds",
    ),
    *("meetings", "meetings with too few"),
)
CREW_COLUMNS = (
    *("line", "rota", "line-minutes lost in the plan", "on average", "deviation", "95 % at most"),
    *("minutes stopped in the plan", "stopped on average", "chance of a stop"),
)
NUMBERS = frozenset((*COHORT_COLUMNS[4:], *CREW_COLUMNS[2:]))


@dataclass(frozen=True)
class FuturesWish:
    """What the command line was asked for.

    Parameters
    ----------
    num_futures, seed
        How many futures, and the seed of everything random.
    rates
        Fields of :class:`Rates`; those that are None keep their default.
    company
        Whose crews and cohorts alone; None for all.
    csv
        Folder for the same as CSV tables, or None.
    """

    num_futures: int
    seed: int
    rates: dict[str, float | None]
    company: str | None
    csv: Path | None


def tell_futures(scenario_path: Path, plan_path: Path, wish: FuturesWish, screen: Screen) -> None:
    """Play many futures of a plan and tell what they come to.

    Raises
    ------
    BadInputError
        If the scenario or the plan cannot be read, there is no such company, or a table cannot be written.
    """
    scenario, plan = scenario_and_plan(scenario_path, plan_path, screen)
    known_company(scenario, wish.company)
    warn_of_findings(scenario, plan, screen)
    given: dict[str, Any] = {name: value for name, value in wish.rates.items() if value is not None}
    rates = dataclasses.replace(Rates(), **given)
    futures = simulate(scenario, plan, rates, wish.num_futures, wish.seed)
    total, cohorts, crews = futures.total(wish.company), futures.cohorts(wish.company), futures.crews(wish.company)
    screen.say(rates_sentence(rates, wish.num_futures, wish.seed))
    screen.listing(_cohorts(scenario, cohorts))
    screen.listing(_crews(scenario, crews))
    for sentence in outlook_sentences(total):
        screen.say(sentence)
    if wish.csv is not None:
        for name, rows in (("futures", (total,)), ("cohorts", cohorts), ("crews", crews)):
            screen.say(f"Written: {write_rows(wish.csv / f'{name}.csv', [flat(row) for row in rows])}")


def rates_sentence(rates: Rates, num_futures: int, seed: int) -> str:
    """Return what is played, in words."""
    return (
        f"{num_futures:,} futures from seed {seed}: {_percent(rates.drop_out_per_week, 2)} of the apprentices leave in "
        f"a week, {_percent(rates.absence_per_shift)} of the operators stay away from a shift, "
        f"{_percent(rates.overtime_per_week)} of the weeks of a crew have overtime of "
        f"{rates.overtime_minutes} minutes a shift."
    )


def outlook_sentences(total: PlanOutlook) -> Iterator[str]:
    """Yield what all crews and cohorts come to."""
    lost, stopped, missed = total.lost_line_minutes, total.stopped_minutes, total.missed_class_hours
    yield (
        f"Classes cost {lost.mean:,.1f} line-minutes of line time on average (standard deviation "
        f"{lost.deviation:,.1f}), {_between(lost)}; the plan itself says {total.planned_lost_line_minutes:,.1f}."
    )
    yield (
        f"Lines stand still for {stopped.mean:,.1f} minutes on average because of classes, {_between(stopped)}; the "
        f"plan itself says {total.planned_stopped_minutes:,}. "
        f"Some line stops in {_percent(total.chance_stopped)} of the futures."
    )
    yield f"People who stay away for a day miss {missed.mean:,.1f} hours of class on average, {_between(missed)}."
    yield (
        f"All {total.num_cohorts:,} cohorts keep their least number of people to their last meeting in "
        f"{_percent(total.chance_all_hold)} of the futures."
    )


def _percent(share: float, places: int = 1) -> str:
    return f"{100 * share:.{places}f} %"


def _between(spread: Spread) -> str:
    return f"between {spread.low:,.1f} and {spread.high:,.1f} in nine of ten futures"


def _cohorts(scenario: Scenario, rows: tuple[CohortOutlook, ...]) -> Listing:
    shown = [
        (
            row.cohort,
            row.module,
            site_name(scenario, row.site),
            row.last_meeting.isoformat(),
            str(row.seats_min),
            str(row.members),
            f"{row.mean_members_left:.1f}",
            _percent(row.chance_holds),
            str(row.meetings),
            f"{row.mean_thin_meetings:.1f}",
        )
        for row in rows[:ROWS_SHOWN]
    ]
    title = "Cohorts, the one that is least likely to keep its least number of people first"
    return Listing(title, "cohort", COHORT_COLUMNS, shown, NUMBERS, max(0, len(rows) - ROWS_SHOWN))


def _crews(scenario: Scenario, rows: tuple[CrewOutlook, ...]) -> Listing:
    shown = [
        (
            with_id(line_name(scenario, row.line), row.line),
            row.rota,
            f"{row.planned_lost_line_minutes:,.1f}",
            f"{row.lost_line_minutes.mean:,.1f}",
            f"{row.lost_line_minutes.deviation:,.1f}",
            f"{row.lost_line_minutes.high:,.1f}",
            f"{row.planned_stopped_minutes:,}",
            f"{row.stopped_minutes.mean:,.1f}",
            _percent(row.chance_stopped),
        )
        for row in rows[:ROWS_SHOWN]
    ]
    title = "Crews, the one that is most at risk of standing still first"
    return Listing(title, "crew", CREW_COLUMNS, shown, NUMBERS, max(0, len(rows) - ROWS_SHOWN))


def flat(row: CohortOutlook | CrewOutlook | PlanOutlook) -> dict[str, object]:
    """Return a row with its spreads as columns of their own, such as ``stopped_minutes_mean``."""
    cells: dict[str, object] = {}
    for field in dataclasses.fields(row):
        value = getattr(row, field.name)
        if isinstance(value, Spread):
            figures = dataclasses.asdict(value)
            cells |= {f"{field.name}_{name}": round(figure, 4) for name, figure in figures.items()}
        else:
            cells[field.name] = " ".join(value) if isinstance(value, tuple) else value
    return cells
