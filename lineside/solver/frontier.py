"""The trade-off between what a plan costs and one measure: plans of which none is better in both.

Each point is the least of one measure under a limit on the other (the ε-constraint method [1]_, [2]_), then the least
of the other that goes with it, so that nothing of it is wasted. The limits lie between the two ends, each where the
widest stretch between two points is still unknown.

References
----------
.. [1] Y. Haimes, L. Lasdon, D. Wismer, On a Bicriterion Formulation of the Problems of Integrated System Identification
   and System Optimization, IEEE Transactions on Systems, Man, and Cybernetics 1, 1971.
.. [2] G. Mavrotas, Effective Implementation of the ε-Constraint Method in Multi-Objective Mathematical Programming
   Problems, Applied Mathematics and Computation 213, 2009.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.solver.problem import Problem
from lineside.solver.progress import Progress
from lineside.solver.solve import Aim, Solution, SolveOptions, solve_problem
from lineside.solver.tariff import OBJECTIVE, Amount, MeasureError, figure_of, refuse_unknown

SOLVES_A_POINT = 3
"""Most limits that are tried for each point wanted: some lead to a point that is known already."""
ROUNDED_OFF = Fraction(1, 10**9)
"""More than a measure of a plan in memory can have lost to its decimals, and less than a unit of any measure."""
REST = 0.3
"""Share of a point's time for the least of the other measure."""


@dataclass(frozen=True)
class FrontierOptions:
    """What to trade against what, and how long to search.

    Parameters
    ----------
    against
        The measure that is limited.
    minimise
        The measure that is minimised.
    points
        Number of points wanted, the two ends included; there may be fewer.
    seconds
        Time for each point, and for the least of what is limited; no stretch is begun after that of all of them.
    workers, seed
        As in :class:`~lineside.solver.solve.SolveOptions`.
    limits
        Most of other measures that every point may have.
    keep
        Measures of which no point may have more than the plan of least objective has.
    """

    against: str
    minimise: str = OBJECTIVE
    points: int = 5
    seconds: float = 60.0
    workers: int = 2
    seed: int = 0
    limits: Mapping[str, Amount] = field(default_factory=dict)
    keep: tuple[str, ...] = ()

    def refuse_impossible(self) -> None:
        """Refuse what cannot be traded.

        Raises
        ------
        MeasureError
            With a sentence.
        """
        refuse_unknown({**dict.fromkeys((self.against, self.minimise, *self.keep), 0), **self.limits})
        if self.against == self.minimise:
            raise MeasureError(f"{self.against} cannot be traded against itself. Choose two different measures.")
        if self.points < 2:
            raise MeasureError(f"A trade-off of {self.points} points has no two ends. Ask for 2 points or more.")


@dataclass(frozen=True)
class FrontierPoint:
    """A plan on the frontier.

    Parameters
    ----------
    plan
        The plan, whose own bound, if it has one, is over all allowed plans.
    value, against
        What it has of the measure that is minimised, and of the one that is limited.
    limit
        Most of ``against`` under which ``value`` was minimised; None for the first end.
    bound
        Proven lower bound on ``value`` over all plans within the limit.
    is_optimal
        Whether no plan within the limit has less of what is minimised; that is proven.
    is_efficient
        Whether, besides, no such plan has less of the other measure: nothing dominates the point.
    seconds
        Time it took.
    """

    plan: Plan
    value: Fraction
    against: Fraction
    limit: Fraction | None
    bound: Fraction
    is_optimal: bool
    is_efficient: bool
    seconds: float

    @property
    def gap(self) -> Fraction:
        """Value less bound as a share of the value; 0 if both are the same."""
        return (self.value - self.bound) / self.value if self.value > self.bound else Fraction(0)

    def dominates(self, other: FrontierPoint) -> bool:
        """Return whether this point has no more of either measure and less of one."""
        mine, theirs = (self.value, self.against), (other.value, other.against)
        return mine != theirs and mine[0] <= theirs[0] and mine[1] <= theirs[1]


@dataclass(frozen=True)
class Frontier:
    """A trade-off.

    Parameters
    ----------
    points
        From the first end, the least of what is minimised, to the last, the least of the other measure; none is
        dominated by another.
    least_against_bound
        Proven lower bound on the measure that is limited, over all plans; None if it was not looked for.
    is_least_against_optimal
        Whether the last end has the least of it, proven.
    is_complete
        Whether it was not stopped before all was done.
    explanation
        In words why there is no point, or nothing.
    """

    points: tuple[FrontierPoint, ...]
    least_against_bound: Fraction | None = None
    is_least_against_optimal: bool = False
    is_complete: bool = True
    explanation: str = ""


def frontier(
    scenario: Scenario,
    options: FrontierOptions,
    on_progress: Callable[[Progress], None] | None = None,
    on_point: Callable[[FrontierPoint], None] | None = None,
    stop: threading.Event | None = None,
) -> Frontier:
    """Return plans that trade one measure against another.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    options
        What to trade, how many points and how long.
    on_progress
        Called from time to time.
    on_point
        Called with each point when it is found; later ones may dominate it.
    stop
        Set it to end with the points found so far.

    Raises
    ------
    MeasureError
        If the options name a measure that does not exist, the same measure twice, or fewer than two points.
    """
    options.refuse_impossible()
    return _Tracer(Problem(scenario), options, on_progress, on_point, stop or threading.Event()).run()


@dataclass(frozen=True)
class _Stretch:
    """A part of the frontier that is not known: between two points, above ``low`` of what is limited."""

    first: FrontierPoint
    last: FrontierPoint
    low: Fraction

    @property
    def width(self) -> Fraction:
        return self.first.against - self.low

    @property
    def middle(self) -> Fraction:
        return (self.first.against + self.low) / 2


class _Tracer:
    """One frontier in the making."""

    def __init__(
        self,
        problem: Problem,
        options: FrontierOptions,
        on_progress: Callable[[Progress], None] | None,
        on_point: Callable[[FrontierPoint], None] | None,
        stop: threading.Event,
    ) -> None:
        self._problem, self._options, self._stop = problem, options, stop
        self._on_progress, self._on_point = on_progress, on_point
        self._limits: dict[str, Amount] = dict(options.limits)
        self._began = time.monotonic()
        self._found: list[FrontierPoint] = []
        self._stage = self._part = ""
        self._proven_plan: Plan | None = None

    def run(self) -> Frontier:
        names, start = self._options, None
        if names.keep and names.minimise != OBJECTIVE:
            self._stage = f"least {OBJECTIVE}"
            best = self._solve({OBJECTIVE: 1}, {}, None, 1 - REST)
            if best.aim is None:
                return Frontier((), explanation=best.explanation, is_complete=not self._stop.is_set())
            start = best.plan
            self._keep(start)
        self._stage = f"least {names.minimise}"
        first, failed = self._point(None, start)
        if first is None:
            return Frontier((), explanation=failed, is_complete=not self._stop.is_set())
        if names.minimise == OBJECTIVE:
            self._keep(first.plan)
        self._stage = f"least {names.against}"
        least = self._solve({names.against: 1}, {}, first.plan, 1 - REST)
        if least.aim is None or self._stop.is_set():
            return self._ended(None)
        last, _ = self._point(least.aim.value, least.plan)
        if last is not None and not self._stop.is_set():
            self._trace(first, last)
        return self._ended(least.aim)

    def _keep(self, plan: Plan) -> None:
        """Let no plan have more of what is to be kept than a plan has."""
        for name in self._options.keep:
            kept = figure_of(plan, self._problem.settings.prices, name) + ROUNDED_OFF
            self._limits[name] = min(kept, Fraction(self._limits[name])) if name in self._limits else kept

    def _trace(self, first: FrontierPoint, last: FrontierPoint) -> None:
        """Look for points where the widest stretch between two is unknown."""
        open_stretches = [_Stretch(first, last, last.against)]
        solves = SOLVES_A_POINT * self._options.points
        least_width = (first.against - last.against) / (4 * self._options.points)
        until = self._began + self._options.seconds * (self._options.points + 1)
        while len(self._known()) < self._options.points and solves > 0 and not self._stop.is_set():
            if time.monotonic() > until:
                return
            solves -= 1
            stretch = max(open_stretches, key=lambda one: one.width)
            if stretch.width <= least_width or stretch.width <= 0:
                return
            self._stage = f"point {len(self._known()) + 1} of {self._options.points}"
            found, _ = self._point(stretch.middle, stretch.last.plan)
            open_stretches.remove(stretch)
            if found is None:
                return
            if found.value >= stretch.last.value:
                open_stretches.append(replace(stretch, low=stretch.middle))
            else:
                open_stretches.append(_Stretch(stretch.first, found, stretch.middle))
                open_stretches.append(_Stretch(found, stretch.last, stretch.low))

    def _point(self, limit: Fraction | None, start: Plan | None = None) -> tuple[FrontierPoint | None, str]:
        """Return the point under a limit, or None and why there is none."""
        names, began = self._options, time.monotonic()
        limits = {} if limit is None else {names.against: limit}
        best = self._solve({names.minimise: 1}, limits, start, 1 - REST)
        if best.aim is None:
            return None, best.explanation
        self._part = f", then least {names.against}"
        rest = self._solve({names.against: 1}, {**limits, names.minimise: best.aim.value}, best.plan, REST)
        self._part = ""
        if rest.aim is None:  # stopped before the plan that it began with was taken over
            return None, rest.explanation
        value = min(best.aim.value, rest.aim.limited[names.minimise])
        point = FrontierPoint(
            plan=self._with_bound(best, rest.plan, limit is None),
            value=value,
            against=rest.aim.value,
            limit=limit,
            bound=min(value, best.aim.bound),
            is_optimal=best.aim.is_optimal,
            is_efficient=best.aim.is_optimal and rest.aim.is_optimal,
            seconds=time.monotonic() - began,
        )
        self._found.append(point)
        if self._on_point is not None:
            self._on_point(point)
        return point, ""

    def _with_bound(self, best: Solution, plan: Plan, is_end: bool) -> Plan:
        """Return a plan with what is proven over all allowed plans, if the first end was solved without limits."""
        if is_end and best.plan.bound is not None:
            self._proven_plan = best.plan
        proven = self._proven_plan
        if proven is None or proven.bound is None or plan.objective is None:
            return plan
        is_best = proven.status == "optimal" and plan.objective == proven.objective
        bound = min(proven.bound, plan.objective)
        return plan.model_copy(update={"bound": bound, "status": "optimal" if is_best else "feasible"})

    def _solve(
        self, objective: Mapping[str, Amount], limits: Mapping[str, Amount], start: Plan | None, share: float
    ) -> Solution:
        names = self._options
        both = dict(self._limits)
        for name, amount in limits.items():
            both[name] = min(Fraction(both[name]), Fraction(amount)) if name in both else amount
        is_plain = objective == {OBJECTIVE: 1} and not both
        options = SolveOptions(
            seconds=names.seconds * share,
            workers=names.workers,
            seed=names.seed,
            limits=both,
            objective=None if is_plain else objective,
        )
        return solve_problem(self._problem, options, self._tell, self._stop, start)

    def _tell(self, progress: Progress) -> None:
        if self._on_progress is not None:
            seconds = time.monotonic() - self._began
            self._on_progress(replace(progress, stage=f"{self._stage}{self._part}: {progress.stage}", seconds=seconds))

    def _known(self) -> list[FrontierPoint]:
        """Return the points found that no other dominates, each once, the first end first."""
        fresh: dict[tuple[Fraction, Fraction], FrontierPoint] = {}
        for point in self._found:
            if not any(other.dominates(point) for other in self._found):
                fresh.setdefault((point.value, point.against), point)
        return sorted(fresh.values(), key=lambda point: point.value)

    def _ended(self, least: Aim | None) -> Frontier:
        points = _with_all_bounds(self._known(), self._found)
        return Frontier(
            points=tuple(points),
            least_against_bound=None if least is None else least.bound,
            is_least_against_optimal=least is not None and least.is_optimal,
            is_complete=not self._stop.is_set(),
        )


def _with_all_bounds(points: list[FrontierPoint], found: list[FrontierPoint]) -> list[FrontierPoint]:
    """Return points with the best bound that is proven for each: one under a looser limit holds under a tighter one.

    The first end is the least of what is minimised over all plans, whichever limit it was found under.
    """
    raised = []
    for place, point in enumerate(points):
        limit = None if place == 0 else point.limit
        bound = min(point.value, max(other.bound for other in found if _is_looser(other.limit, limit)))
        is_optimal = point.value == bound
        is_efficient = is_optimal and point.is_efficient
        raised.append(replace(point, limit=limit, bound=bound, is_optimal=is_optimal, is_efficient=is_efficient))
    return raised


def _is_looser(limit: Fraction | None, than: Fraction | None) -> bool:
    return limit is None or (than is not None and limit >= than)
