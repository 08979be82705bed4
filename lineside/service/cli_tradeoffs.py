"""The commands about trade-offs: frontier and fair."""

from __future__ import annotations

import csv
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from lineside.models.checker import check as check_plan
from lineside.models.plan import Measures, Plan, write_plan
from lineside.models.scenario import Scenario
from lineside.scenarios.shares import company_shares
from lineside.service.aim_words import (
    fairness_sentence,
    frontier_listing,
    frontier_sentence,
    how_sure,
    plan_figures,
    share_listing,
)
from lineside.service.cli_exits import DONE, NO_PLAN, VIOLATIONS
from lineside.service.cli_inputs import BadInputError, reason, scenario_from
from lineside.service.cli_solve import Wish, watched
from lineside.service.console import Screen
from lineside.service.plan_files import whole_file

if TYPE_CHECKING:
    from lineside.solver import Fairness, Frontier, Progress

TABLE = "frontier.csv"
PLAN_COLUMNS = tuple(f"plan_{name}" for name in ("objective", "bound", "cohorts", *Measures.model_fields))


@dataclass(frozen=True)
class TradeWish:
    """What is traded: the measure limited and the one minimised, how many points, and what every point keeps."""

    against: str
    minimise: str
    points: int
    keep: tuple[str, ...] = field(default=())


def trace_and_write(
    path: Path, edits: Sequence[Path], trade: TradeWish, out: Path | None, wish: Wish, screen: Screen
) -> int:
    """Trace a frontier, check every plan, write and show them; return the exit status.

    Raises
    ------
    BadInputError
        If the scenario has mistakes, a measure does not exist, or the folder cannot be used.
    """
    scenario = _read(path, edits, out, screen)

    def tracing(tell: Callable[[Progress], None], stop: threading.Event) -> Frontier:
        from lineside.solver import FrontierOptions, MeasureError, frontier

        options = FrontierOptions(
            trade.against, trade.minimise, trade.points, wish.seconds, wish.workers, wish.seed, wish.limits, trade.keep
        )
        try:
            return frontier(scenario, options, tell, stop=stop)
        except MeasureError as error:
            raise BadInputError([str(error)]) from None

    found = watched(tracing, screen)
    if not found.points:
        screen.say(found.explanation or "No point was found before the search was stopped.")
        return NO_PLAN
    plans = [point.plan for point in found.points]
    if not _all_clean(scenario, plans, screen):
        return VIOLATIONS
    screen.listing(frontier_listing(found, trade.minimise, trade.against))
    screen.say(frontier_sentence(found, trade.against))
    screen.say(f"{len(plans):,} plans, each keeps every rule and none is dominated by another.")
    if out is not None:
        for written in _write(found, trade, out):
            screen.say(f"Written: {written}")
    return DONE


def _read(path: Path, edits: Sequence[Path], out: Path | None, screen: Screen) -> Scenario:
    mistakes = []
    if out is not None and out.exists() and (not out.is_dir() or any(out.iterdir())):
        mistakes.append(f"{out} is there already and not empty. Choose a new folder, so that no plans are mixed up.")
    try:
        result = scenario_from(path, edits)
    except BadInputError as error:
        raise BadInputError([*mistakes, *error.sentences]) from None
    if mistakes:
        raise BadInputError(mistakes)
    for warning in result.warnings:
        screen.say(f"Warning: {warning}")
    return result.scenario


def _all_clean(scenario: Scenario, plans: Sequence[Plan], screen: Screen) -> bool:
    for plan in plans:
        report = check_plan(scenario, plan)
        for sentence in (*report.faults, *(f"{row.rule}: {row.message}" for row in report.violations)):
            screen.say(sentence)
        if not report.is_clean:
            screen.say("This is an error in Lineside: a plan does not pass its own check. Nothing is written.")
            return False
    return True


def _write(found: Frontier, trade: TradeWish, out: Path) -> list[Path]:
    """Write a plan for each point, and a table of all."""
    head = ("point", "plan", trade.minimise, trade.against, "limit", "least", "gap", "proven")
    rows, written = [], []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for number, point in enumerate(found.points, start=1):
            file = out / f"point-{number}.json"
            write_plan(point.plan, file)
            written.append(file)
            figures = (point.value, point.against, point.limit, point.bound, point.gap)
            texts = ("" if value is None else f"{float(value):.10g}" for value in figures)
            rows.append((number, file.name, *texts, how_sure(point), *plan_figures(point.plan)))
        table = out / TABLE
        with whole_file(table) as part, part.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow((*head, *PLAN_COLUMNS))
            writer.writerows(rows)
        written.append(table)
    except OSError as error:
        raise BadInputError([f"{out} could not be written: {reason(error)}. Choose another place."]) from None
    return written


def cap_from(text: str) -> tuple[Fraction, bool]:
    """Return a cap and whether it is a share of what the worst company loses without one.

    Raises
    ------
    BadInputError
        If it is neither an amount nor a percentage, or below 0.

    Examples
    --------
    >>> cap_from("80%"), cap_from("120")
    ((Fraction(4, 5), True), (Fraction(120, 1), False))
    """
    try:
        value = Decimal(text.strip().removesuffix("%").strip())
    except InvalidOperation:
        value = Decimal("NaN")
    if not value.is_finite() or value < 0:
        raise BadInputError([f"{text!r} is no cap. Write line-minutes such as 120, or a share such as 80%."])
    is_share = text.strip().endswith("%")
    return Fraction(value) / (100 if is_share else 1), is_share


def tell_fairness(path: Path, edits: Sequence[Path], cap: str, out: Path | None, wish: Wish, screen: Screen) -> int:
    """Solve with and without a cap on the worst company, and tell what the cap costs; return the exit status.

    Raises
    ------
    BadInputError
        If the scenario has mistakes, or the cap or the folder cannot be used.
    """
    most, is_share = cap_from(cap)
    scenario = _read(path, edits, out, screen)

    def solving(tell: Callable[[Progress], None], stop: threading.Event) -> Fairness:
        from lineside.solver import Cap, MeasureError, SolveOptions, fairness

        options = SolveOptions(wish.seconds, wish.workers, wish.seed, limits=wish.limits)
        try:
            return fairness(scenario, Cap(most, is_share), options, tell, stop)
        except MeasureError as error:
            raise BadInputError([str(error)]) from None

    found = watched(solving, screen)
    sides = [("without a cap", found.free), ("with the cap", found.capped)]
    plans = [solution.plan for _, solution in sides if solution.aim is not None]
    if not _all_clean(scenario, plans, screen):
        return VIOLATIONS
    for name, solution in sides:
        screen.say(f"The plan {name}:")
        if solution.aim is None:
            screen.say(solution.explanation)
            return NO_PLAN
        screen.listing(share_listing(scenario, company_shares(scenario, solution.plan)))
    screen.say(fairness_sentence(found))
    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
            for name, plan in zip(("free", "fair"), plans, strict=True):
                write_plan(plan, out / f"{name}.json")
                screen.say(f"Written: {out / f'{name}.json'}")
        except OSError as error:
            raise BadInputError([f"{out} could not be written: {reason(error)}. Choose another place."]) from None
    return DONE
