"""The command replan: a plan that follows the one in force, and who changes what and why."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from lineside.models.checker import check
from lineside.models.outages import Outage, Served
from lineside.models.plan import Plan
from lineside.models.reading import read_texts, write_texts
from lineside.models.scenario import Scenario
from lineside.scenarios.answer_words import cohort_deeds
from lineside.scenarios.in_force import InForceError, steps_in_force
from lineside.scenarios.pace import PaceError, pace_steps
from lineside.scenarios.seat_changes import SeatChange, seat_changes
from lineside.scenarios.table_steps import TableSteps, stepped, stepped_texts
from lineside.service.cli_exits import DONE, NO_PLAN, VIOLATIONS
from lineside.service.cli_inputs import BadInputError, reason
from lineside.service.cli_outputs import Outputs
from lineside.service.cli_plans import scenario_and_plan
from lineside.service.cli_respond import date_from
from lineside.service.cli_solve import Wish, search_with_progress
from lineside.service.console import Listing, Screen
from lineside.service.plan_files import whole_file
from lineside.service.plan_words import parts_listing, seat_sentence
from lineside.solver import ChangeBudget, Progress, ReplanOptions, Solution, SolveOptions, replan

ROWS_SHOWN = 40
"""Changes on the screen; the CSV file has them all."""
COLUMNS = ("company", "apprentice", "name", "module", "change", "from", "to", "forced", "why")


@dataclass(frozen=True)
class Replanning:
    """What the command line asks for, outages as texts ``ID=FROM..TO``."""

    at: dt.date | None
    notice_days: int
    total: int | None
    per_person: int | None
    is_fewest: bool
    sick: tuple[str, ...]
    closed: tuple[str, ...]
    closing: dt.date | None = None
    days: tuple[str, ...] = ()

    def steps(self, scenario: Scenario, plan: Plan) -> TableSteps:
        """Return the changes to the tables: the plan in force, its notice, and another pace if one is asked for.

        Raises
        ------
        InForceError, PaceError
            If the tables cannot take them.
        """
        steps = steps_in_force(scenario, plan, self.at or dt.date.today(), self.notice_days)
        if self.closing is None and not self.days:
            return steps
        return steps.then(pace_steps(scenario, self.closing, self.days))

    def outages(self, scenario: Scenario) -> tuple[Outage, ...]:
        """Return the outages.

        Raises
        ------
        BadInputError
            If one names what is not in the tables, or its dates cannot be read or are out of order.
        """
        found = [_outage("instructor", text) for text in self.sick] + [_outage("room", text) for text in self.closed]
        for row in found:
            if row.id not in (scenario.room_by_id if row.kind == "room" else scenario.instructor_by_id):
                raise BadInputError([f"There is no {row.kind} {row.id} in the tables. Choose one that is there."])
            if row.last < row.first:
                raise BadInputError([f"{row.last} is before {row.first}. Give the first date and then the last one."])
        return tuple(found)


def _outage(kind: Served, text: str) -> Outage:
    name, equals, dates = text.partition("=")
    first, dots, last = dates.partition("..")
    if not (name and equals and dots):
        raise BadInputError([f"{text} is no ID=FROM..TO. Write such as I3=2027-03-01..2027-03-05."])
    return Outage(kind, name, date_from(first), date_from(last))


def replan_and_write(
    scenario_path: Path,
    plan_path: Path,
    wish: Replanning,
    solving: Wish,
    outputs: tuple[Path | None, Path | None, Path | None],
    screen: Screen,
) -> int:
    """Plan anew, check the plan, show who changes what, and write what was asked for.

    Parameters
    ----------
    scenario_path, plan_path
        The tables, and the plan in force.
    wish
        Date, notice, budgets, outages and pace.
    solving
        Seconds, workers and seed.
    outputs
        The plan's JSON file, the folder of the tables in force, the CSV file of changes; None for none.

    Returns
    -------
    Exit status.

    Raises
    ------
    BadInputError
        If the input cannot be used or a file could not be written.
    """
    out, tables, changes = outputs
    mistakes = Outputs(out, None, None).mistakes(scenario_path)
    if tables is not None and tables.exists():
        mistakes.append(f"{tables} exists already. Choose another name for the tables.")
    if mistakes:
        raise BadInputError(mistakes)
    base, plan = scenario_and_plan(scenario_path, plan_path, screen)
    try:
        steps = wish.steps(base, plan)
    except (InForceError, PaceError) as error:
        raise BadInputError([str(error)]) from None
    scenario = stepped(base, steps)
    outages = wish.outages(scenario)
    budget = ChangeBudget(wish.total, wish.per_person)
    screen.say(f"What begins before {steps.frozen_until} stays as it is.")

    def search(options: SolveOptions, tell: Callable[[Progress], None], stop: threading.Event) -> Solution:
        order = ReplanOptions(options, budget, "fewest" if wish.is_fewest else "cheapest", outages)
        return replan(scenario, order, tell, stop)

    solution = search_with_progress(search, solving, screen)
    if solution.explanation:
        screen.say(solution.explanation)
    if not solution.plan.cohorts:
        return NO_PLAN
    report = check(scenario, solution.plan)
    if not report.is_clean:
        screen.say("This is an error in Lineside: the plan it found does not pass its own check. Nothing is written.")
        for sentence in (*(row.message for row in report.violations), *report.faults):
            screen.say(sentence)
        return VIOLATIONS
    rows = seat_changes(scenario, solution.plan, outages)
    _show(scenario, solution.plan, rows, screen)
    try:
        written = list(Outputs(out, None, None).write(scenario, solution.plan, solution.unmeetable_needs))
        if tables is not None:
            write_texts(stepped_texts(read_texts(scenario_path), steps), tables)
            written.append(tables)
        if changes is not None:
            _write_changes(changes, rows)
            written.append(changes)
    except OSError as error:
        raise BadInputError(
            [f"A file could not be written: {reason(error)}. Make room or choose another place."]
        ) from None
    for path in written:
        screen.say(f"Written: {path}")
    return DONE


def _show(scenario: Scenario, plan: Plan, rows: Sequence[SeatChange], screen: Screen) -> None:
    shown = [_cells(row) for row in rows[:ROWS_SHOWN]]
    screen.listing(
        Listing("Who changes what, and why", "change", COLUMNS, shown, left_out=max(0, len(rows) - ROWS_SHOWN))
    )
    for sentence in itertools.islice(cohort_deeds(scenario.published or Plan(), plan), ROWS_SHOWN):
        screen.say(sentence)
    if plan.measures is not None:
        screen.listing(parts_listing(plan.measures, scenario.settings.prices))
    screen.say(seat_sentence(plan))
    forced = sum(row.is_forced for row in rows)
    people = len({row.apprentice for row in rows})
    screen.say(
        f"{len(rows)} seats of {people} people change; {forced} of them because the seat cannot stand. "
        "The plan keeps every rule."
    )


def _cells(row: SeatChange) -> tuple[str, ...]:
    names = (row.company, row.apprentice, row.name, row.module, row.kind)
    return (*names, row.before or "", row.after or "", "yes" if row.is_forced else "no", row.reason)


def _write_changes(path: Path, rows: Sequence[SeatChange]) -> None:
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_cells(row) for row in rows)
