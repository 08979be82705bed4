"""One case of the benchmark in a process of its own: ``python -m benchmarks.one_case NAME SECONDS WORKERS SEED``.

It writes one line of JSON. A process a case keeps the peak memory of one from showing in another.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from decimal import Decimal

from benchmarks.cases import FOLDERS
from benchmarks.memory import PeakMemory
from lineside.models.checker import check
from lineside.models.plan import Plan
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.solver import SolveOptions, solve
from lineside.solver.first_come import first_come_plan
from lineside.solver.progress import Progress

GAPS = (Decimal("0.05"), Decimal("0.02"), Decimal("0.01"))


@dataclass(frozen=True)
class Result:
    """What one case came to; amounts in line-minutes, None where there is no plan.

    Parameters
    ----------
    people
        Apprentices of the scenario.
    first_come
        Objective of first come, first served.
    empty_seats
        Price of the unseated hours.
    unmeetable
        Needs that no single candidate cohort could meet.
    seconds
        Time of the whole solve, preparing and explaining included.
    milestones
        Seconds to the first plan, and to a gap of 5, 2 and 1 %, None where that was not reached.
    megabytes
        Peak memory of the process and its children up to the end of the solve, what they share counted once.
    verdict
        ``clean`` if the checker finds nothing in either plan.
    """

    case: str
    people: int
    first_come: float
    status: str
    objective: float | None
    bound: float | None
    empty_seats: float | None
    line_time_lost: float | None
    unmeetable: int
    seconds: float
    milestones: tuple[float | None, ...]
    megabytes: float
    verdict: str


class Milestones:
    """When a solve had its first plan, and when its gap came down to each of :data:`GAPS`."""

    def __init__(self) -> None:
        self.seconds: list[float | None] = [None] * (1 + len(GAPS))

    def __call__(self, told: Progress) -> None:
        """Take what a solve tells."""
        gap = told.gap
        passed = [told.objective is not None, *(gap is not None and gap <= limit for limit in GAPS)]
        for k, has_passed in enumerate(passed):
            if has_passed and self.seconds[k] is None:
                self.seconds[k] = round(told.seconds, 1)


def run_case(case: str, options: SolveOptions) -> Result:
    """Solve a case, make its baseline and check both plans."""
    scenario = read_scenario(FOLDERS[case]).scenario
    milestones = Milestones()
    with PeakMemory() as memory:
        solution = solve(scenario, options, milestones)
    megabytes = memory.megabytes
    baseline = first_come_plan(scenario)
    plan = solution.plan
    solved = plan.measures is not None
    measures = plan.measures or baseline.measures
    empty = scenario.settings.prices.unseated_hour * measures.unseated_hours if measures else Decimal(0)
    return Result(
        case=case,
        people=len(scenario.apprentices),
        first_come=float(baseline.objective or 0),
        status=plan.status,
        objective=_number(plan.objective),
        bound=_number(plan.bound),
        empty_seats=float(empty) if solved else None,
        line_time_lost=_number(plan.measures.line_time_lost if plan.measures else None),
        unmeetable=solution.unmeetable_needs,
        seconds=round(solution.seconds, 1),
        milestones=tuple(milestones.seconds),
        megabytes=round(megabytes),
        verdict=_verdict(scenario, {"plan": plan, "first come": baseline} if solved else {"first come": baseline}),
    )


def _number(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _verdict(scenario: Scenario, plans: dict[str, Plan]) -> str:
    faults = []
    for name, plan in plans.items():
        report = check(scenario, plan)
        if not report.is_clean:
            faults.append(f"{name}: {len(report.violations)} violations, {len(report.faults)} faults")
    return "; ".join(faults) or "clean"


def main() -> None:
    """Run the case that the command line names and print its result."""
    case, seconds, workers, seed = sys.argv[1:]
    result = run_case(case, SolveOptions(float(seconds), int(workers), int(seed)))
    print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main()
