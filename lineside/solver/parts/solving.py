"""A plan for a state: its parts are solved one after the other, while another process raises the bound of all."""

from __future__ import annotations

import contextlib
import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from multiprocessing.connection import Connection

from lineside.models.checker import check
from lineside.models.curriculum import Curriculum
from lineside.models.measures import measure, objective_of
from lineside.models.plan import OptionChoice, Plan, Unseated
from lineside.models.scenario import Scenario
from lineside.solver.finish import thousandths_down
from lineside.solver.forking import start_without_input
from lineside.solver.parts.floor import ModulePrices, StateFloor
from lineside.solver.parts.split import parts_of
from lineside.solver.progress import Progress

MOST_PEOPLE = 6_000
"""Apprentices of a part, about: as many as are prepared and searched in four gigabytes."""
MOST_PEOPLE_AT_ONCE = 12_000
"""Apprentices up to which a region is prepared and searched as a whole."""
FLOOR_SHARE = 0.9
"""Share of the time after which prices rise no more; what follows is left to their last step."""
NOT_REACHED = "The search ended before this part of the state was planned. Give it more time."

SolvePart = Callable[[Scenario, float, Callable[[Progress], None]], tuple[Plan, int]]
"""Solves a part in some seconds and tells its progress; returns its plan and how many needs nobody could meet."""


def is_state(scenario: Scenario) -> bool:
    """Return whether a scenario is to be planned in parts: it is large, and nothing binds people of two parts."""
    is_bound = scenario.published is not None or bool(scenario.pins)
    return len(scenario.apprentices) > MOST_PEOPLE_AT_ONCE and not is_bound


def solve_in_parts(
    scenario: Scenario,
    seconds: float,
    solve_part: SolvePart,
    on_progress: Callable[[Progress], None] | None,
    stop: threading.Event,
    start: Plan | None = None,
    on_incumbent: Callable[[Plan], None] | None = None,
    most_people: int = MOST_PEOPLE,
) -> tuple[Plan, int]:
    """Return a plan of a scenario that is too large to be prepared at once, with a bound over all its plans.

    Parameters
    ----------
    scenario
        A scenario without a published plan.
    seconds
        Time for all parts together.
    solve_part
        Solves one part.
    on_progress
        Told stage, objective, bound and time. Parts without a plan count as empty seats.
    stop
        Set it to end: parts without a plan get none, and the plan says so.
    start
        A plan that is returned if it is allowed and costs less than what is found.
    on_incumbent
        Called with the plan after each part.
    most_people
        Apprentices of a part, about.

    Returns
    -------
    The plan, and how many needs no candidate of their part could meet.
    """
    began = time.monotonic()
    until = began + seconds
    parts = parts_of(scenario, most_people)
    plans = [nobody_seated(part) for part in parts]
    objectives = [_objective(part, plan) for part, plan in zip(parts, plans, strict=True)]
    unmeetable = 0

    def tell(stage: str, objective: Decimal) -> None:
        if on_progress is not None:
            on_progress(Progress(stage, objective, min(objective, floor()), time.monotonic() - began))

    with _floor_beside(scenario, until - (1 - FLOOR_SHARE) * seconds) as floor:
        for number, part in enumerate(parts):
            if stop.is_set():
                break

            def of_part(progress: Progress, number: int = number) -> None:
                now = objectives[number] if progress.objective is None else progress.objective
                whole = sum(objectives, Decimal(0)) - objectives[number] + now
                tell(f"part {number + 1} of {len(parts)}: {progress.stage}", whole)

            left = max(0.0, until - time.monotonic()) / (len(parts) - number)
            plan, hopeless = solve_part(part, left, of_part)
            if plan.measures is not None:
                plans[number], objectives[number] = plan, _objective(part, plan)
                unmeetable += hopeless
                if on_incumbent is not None:
                    on_incumbent(joined(scenario, plans, floor()))
        tell("waiting for the bound", sum(objectives, Decimal(0)))
        floor.wait(max(0.0, until - time.monotonic()), stop)
        plan = joined(scenario, plans, floor())
        if floor.is_lost:
            tell(
                "the bound is of some modules only: the process that raises it has ended", plan.objective or Decimal(0)
            )
        if start is not None and _costs_less(start, plan) and check(scenario, start).is_clean:
            plan = start.model_copy(update={"bound": plan.bound, "status": "feasible"})
        tell("done", plan.objective or Decimal(0))
        return plan, unmeetable


def _costs_less(one: Plan, other: Plan) -> bool:
    return one.objective is not None and other.objective is not None and one.objective < other.objective


def nobody_seated(scenario: Scenario) -> Plan:
    """Return a plan without cohorts, in which everybody takes the first option of each choice."""
    curriculum = Curriculum(scenario)
    options: list[OptionChoice] = []
    unseated: list[Unseated] = []
    for row in scenario.apprentices:
        choices = curriculum.choices(row)
        chosen = {requirement: names[0] for requirement, names in choices.items()}
        options += [
            OptionChoice(apprentice=row.apprentice, requirement=requirement, option=chosen[requirement])
            for requirement, names in choices.items()
            if len(names) > 1
        ]
        unseated += [
            Unseated(apprentice=row.apprentice, module=module, reason=NOT_REACHED)
            for module in curriculum.needed(row, chosen)
        ]
    settings = scenario.settings
    return Plan(
        scenario=settings.name,
        first_day=settings.first_day,
        status="feasible",
        options=tuple(options),
        unseated=tuple(unseated),
    )


def joined(scenario: Scenario, plans: Sequence[Plan], bound: Decimal) -> Plan:
    """Return the plan of a scenario from those of its parts; cohorts of a module are numbered anew."""
    counters: Counter[str] = Counter()
    cohorts, seats = [], []
    for plan in plans:
        names: dict[str, str] = {}
        for cohort in plan.cohorts:
            counters[cohort.module] += 1
            names[cohort.cohort] = f"{cohort.module}-{counters[cohort.module]}"
            cohorts.append(cohort.model_copy(update={"cohort": names[cohort.cohort]}))
        seats += [seat.model_copy(update={"cohort": names[seat.cohort]}) for seat in plan.seats]
    plan = Plan(
        scenario=scenario.settings.name,
        first_day=scenario.settings.first_day,
        status="feasible",
        cohorts=tuple(cohorts),
        seats=tuple(seats),
        options=tuple(option for plan in plans for option in plan.options),
        unseated=tuple(row for plan in plans for row in plan.unseated),
    )
    measures = measure(scenario, plan)
    objective = objective_of(scenario, measures)
    found = {"measures": measures, "objective": objective, "bound": min(bound, objective)}
    return plan.model_copy(update=found)


def _objective(scenario: Scenario, plan: Plan) -> Decimal:
    return objective_of(scenario, plan.measures or measure(scenario, plan))


class _Floor:
    """The bound so far, from a process that finds the prices of one module after the other.

    Attributes
    ----------
    is_lost
        Whether the process has ended before all modules had their prices.
    """

    def __init__(self, scenario: Scenario, until: float) -> None:
        self._floor = StateFloor(scenario)
        self._bound = Decimal(0)
        self._line, theirs = multiprocessing.Pipe(duplex=False)
        self._process = multiprocessing.Process(
            target=_send_prices, args=(self._floor, until - time.monotonic(), theirs), daemon=True
        )
        start_without_input(self._process)
        theirs.close()
        self._is_open, self.is_lost = True, False
        self._receiving = threading.Lock()

    def __call__(self) -> Decimal:
        """Return the bound in line-minutes, with what has come in meanwhile; any thread may ask."""
        if self._receiving.acquire(blocking=False):
            try:
                while self._is_open and self._line.poll():
                    self._receive()
            finally:
                self._receiving.release()
        return self._bound

    def _receive(self) -> None:
        try:
            found: ModulePrices = self._line.recv()
        except (EOFError, OSError):  # between two messages, or in the middle of one
            self._is_open, self.is_lost = False, not self._floor.is_whole
            return
        self._bound = max(self._bound, thousandths_down(self._floor.take(found)))

    def wait(self, seconds: float, stop: threading.Event) -> None:
        """Wait until all modules are known, the time is over or a stop is asked for."""
        until = time.monotonic() + seconds
        while self._is_open and time.monotonic() < until and not stop.wait(0.1):
            self()

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()
        self._line.close()


@contextlib.contextmanager
def _floor_beside(scenario: Scenario, until: float) -> Iterator[_Floor]:
    floor = _Floor(scenario, until)
    try:
        yield floor
    finally:
        floor.close()


def _send_prices(floor: StateFloor, seconds: float, line: Connection) -> None:
    for found in floor.prices(time.monotonic() + seconds):
        line.send(found)
    line.close()
