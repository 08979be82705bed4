"""What looser tables are worth: every change priced by the bound, the best ones solved again, ranked."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from lineside.models.checker import CheckReport, check
from lineside.models.differences import MeasureDifference, measure_differences
from lineside.models.measures import cohort_spans
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.solver.advice.bench import Bench
from lineside.solver.advice.estimates import Estimates
from lineside.solver.advice.looser import Loosening
from lineside.solver.advice.nearby import WHOLE_PAIRS
from lineside.solver.advice.things import longer_days, one_step_looser, rota_moves
from lineside.solver.finish import unseated_needs
from lineside.solver.problem import Problem
from lineside.solver.solve import SolveOptions, solve

SeatName = tuple[str, str]
PRICING_SHARE = 0.5
"""Share of the time after which no further change is priced."""
BOUND_SHARE = 0.2
"""Share of the time after which the bound's prices must do."""
LEAST_WORTH = 0.01
"""Line-minutes that a change must be worth by the bound's prices to be solved again."""
LOCAL_SHARE = 0.25
"""Share of the time of one change after which nothing further is decided anew around its empty seats alone."""
LEAST_SECONDS = 1.0
"""Least time for solving a changed scenario again."""


@dataclass(frozen=True)
class Advice:
    """A change of the tables and what it was found to be worth.

    Parameters
    ----------
    change
        The change.
    estimate
        Line-minutes that it may save by the bound's prices.
    plan
        The best plan that was found for the changed tables, checked.
    differences
        What that costs more than the best plan found without the change, measure by measure, the objective first.
    cohort_hours
        Hours that are taught more.
    seated, unseated
        Seats that are new, and that are gone.
    is_exact
        Whether both plans are proven optimal; else the change may save more or less.
    """

    change: Loosening
    estimate: Decimal
    plan: Plan
    differences: tuple[MeasureDifference, ...]
    cohort_hours: Decimal
    seated: tuple[SeatName, ...]
    unseated: tuple[SeatName, ...]
    is_exact: bool

    @property
    def saved(self) -> Decimal:
        """Line-minutes by which the objective is lower."""
        return -self.differences[0].difference


@dataclass(frozen=True)
class Advised:
    """Advice about a plan.

    Parameters
    ----------
    base
        The plan that changes are compared with: the one that was asked about, or a better one that was found on the
        way without any change.
    improved
        Line-minutes by which it is better.
    advice
        Changes that save something, the one that saves most first.
    num_changes, num_priced, num_hopeful, num_solved
        Changes in the catalogue, priced by the bound, of some worth by these prices, and solved again.
    seconds
        Time it took.
    """

    base: Plan
    improved: Decimal
    advice: tuple[Advice, ...]
    num_changes: int
    num_priced: int
    num_hopeful: int
    num_solved: int
    seconds: float

    @property
    def is_complete(self) -> bool:
        """Whether every change was priced and every one of some worth solved again."""
        return self.num_priced == self.num_changes and self.num_solved == self.num_hopeful


@dataclass(frozen=True)
class AdviceOptions:
    """How far to look.

    Parameters
    ----------
    seconds
        Time in all; reading and the last solve come on top.
    most
        Changes that are solved again at most, the most promising first.
    workers, seed
        Of each solve.
    """

    seconds: float = 60.0
    most: int = 12
    workers: int = 1
    seed: int = 0


def advise(
    scenario: Scenario,
    plan: Plan,
    options: AdviceOptions | None = None,
    on_progress: Callable[[str, int, int], None] | None = None,
    stop: threading.Event | None = None,
) -> Advised:
    """Tell what would be worth asking for.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    plan
        A plan that keeps every rule of it.
    options
        Time and number of changes.
    on_progress
        Called with what is being done, and how many of how many.
    stop
        Set to end early with what is known.

    Raises
    ------
    UnusablePlanError
        If the plan breaks a rule, or meets in patterns that are not searched.
    """
    return _Adviser(scenario, plan, options or AdviceOptions(), on_progress, stop or threading.Event()).run()


class _Adviser:
    def __init__(
        self,
        scenario: Scenario,
        plan: Plan,
        options: AdviceOptions,
        on_progress: Callable[[str, int, int], None] | None,
        stop: threading.Event,
    ) -> None:
        self._began = time.monotonic()
        self._scenario, self._plan, self._options, self._stop = scenario, plan, options, stop
        self._on_progress = on_progress
        self._bench = Bench.of(scenario, plan, stop)

    def run(self) -> Advised:
        changes = list(self._changes())
        hopeful, num_priced = self._priced(changes)
        base = self._solved(self._scenario, self._plan, 1 + min(len(hopeful), self._options.most))
        report = check(self._scenario, base)
        advice: list[Advice] = []
        num_solved = 0
        for estimate, change in hopeful[: self._options.most]:
            if self._stop.is_set():
                break
            self._tell("solving the most promising again", num_solved, min(len(hopeful), self._options.most))
            num_solved += 1
            found = self._advice(change, estimate, base, report, len(hopeful) - num_solved)
            if found is not None and found.saved > 0:
                advice.append(found)
        advice.sort(key=lambda row: -row.saved)
        improved = check(self._scenario, self._plan).objective - report.objective
        seconds = time.monotonic() - self._began
        return Advised(base, improved, tuple(advice), len(changes), num_priced, len(hopeful), num_solved, seconds)

    def _changes(self) -> Iterator[Loosening]:
        """Yield the changes, those that are few and reach far first."""
        scenario, plan = self._scenario, self._plan
        lacking = dict.fromkeys(row.apprentice for row in plan.unseated)
        modules = {row.module for row in plan.unseated}
        company = dict.fromkeys(seat.apprentice for seat in plan.seats if seat.module in modules)
        yield from one_step_looser(scenario)
        yield from rota_moves(scenario, [scenario.apprentice_by_id[name] for name in lacking])
        yield from longer_days(scenario)
        others = [name for name in company if name not in lacking]
        yield from rota_moves(scenario, [scenario.apprentice_by_id[name] for name in others])

    def _priced(self, changes: list[Loosening]) -> tuple[list[tuple[float, Loosening]], int]:
        """Return the changes that may save something by the bound's prices, the best first, and how many it priced."""
        until = self._began + PRICING_SHARE * self._options.seconds
        estimates = Estimates(self._bench, BOUND_SHARE * self._options.seconds, self._stop)
        found, num_priced = [], 0
        for number, change in enumerate(changes):
            if self._stop.is_set() or time.monotonic() > until:
                break
            self._tell("pricing changes", number, len(changes))
            minutes = estimates.line_minutes(Problem(change.applied(self._scenario)))
            num_priced += 1
            if minutes > LEAST_WORTH:
                found.append((minutes, change))
        found.sort(key=lambda row: -row[0])
        return found, num_priced

    def _tell(self, words: str, number: int, total: int) -> None:
        if self._on_progress is not None:
            self._on_progress(words, number, total)

    def _solved(self, scenario: Scenario, start: Plan, still: int) -> Plan:
        """Return the best plan found with a fair share of the time left, beginning from a plan."""
        left = self._began + self._options.seconds - time.monotonic()
        seconds = max(LEAST_SECONDS, left / max(1, still))
        options = SolveOptions(seconds, self._options.workers, self._options.seed)
        return solve(scenario, options, stop=self._stop, start=start).plan

    def _advice(self, change: Loosening, estimate: float, base: Plan, before: CheckReport, still: int) -> Advice | None:
        """Return what a change comes to; None if it leaves no plan, as the move of a pinned person may."""
        scenario = change.applied(self._scenario)
        start = self._around_empty_seats(scenario, base)
        plan = self._solved(scenario, start, 1 + min(still, self._options.most))
        if plan.status not in ("feasible", "optimal"):
            return None
        after = check(scenario, plan)
        if not after.is_clean:
            raise AssertionError("The plan does not pass its own check. This is an error in Lineside; report it.")
        old, new = (dict.fromkeys((seat.apprentice, seat.module) for seat in one.seats) for one in (base, plan))
        return Advice(
            change,
            Decimal(f"{estimate:.3f}"),
            plan,
            tuple(measure_differences(scenario.settings.prices, before, after)),
            _cohort_hours(plan) - _cohort_hours(base),
            tuple(who for who in new if who not in old),
            tuple(who for who in old if who not in new),
            base.status == plan.status == "optimal",
        )

    def _around_empty_seats(self, scenario: Scenario, base: Plan) -> Plan:
        """Return a plan improved around its empty seats, where the change is most likely to help; the plan itself else.

        A small region is solved as a whole at once, so that this would only take time there.
        """
        bench = Bench.loose(scenario, base, self._stop)
        if bench is None or len(bench.problem.viable_pairs) <= WHOLE_PAIRS:
            return base
        problem = bench.problem
        viable = frozenset(problem.pairs.need[problem.viable_pairs].tolist())
        empty = [k for k in unseated_needs(problem, bench.base) if k in viable]
        empty.sort(key=lambda k: -problem.demand.needs[k].price)
        until = time.monotonic() + LOCAL_SHARE * self._options.seconds / self._options.most
        for need in empty:
            if self._stop.is_set() or time.monotonic() > until:
                break
            if need not in bench.base.candidate_of():
                found = bench.best(bench.around(need))
                if found.seating is not None and found.units < bench.units:
                    bench = Bench(problem, found.seating, base, self._stop)
        return bench.plan_of(bench.base)


def _cohort_hours(plan: Plan) -> Decimal:
    """Return the hours that are taught in all."""
    minutes = sum(end - start for cohort in plan.cohorts for start, end in cohort_spans(cohort))
    return Decimal(minutes) / 60
