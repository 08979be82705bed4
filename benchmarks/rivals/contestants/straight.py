"""The straight model as a contestant: CP-SAT over every pair that some plan may hold, and nothing else.

The model is the one that Lineside's own steps are solved with, so every rule and price is exact. It starts from
Lineside's candidates and from the pairs that are left after pruning, which a straight model would not have by itself.
"""

from __future__ import annotations

from collections.abc import Callable

from ortools.sat.python import cp_model

from benchmarks.rivals.notes import Cohort, Notes, Task
from benchmarks.rivals.seatings import copies
from lineside.models.reading import read_scenario
from lineside.solver.conflicts import Conflicts, duty_faults
from lineside.solver.model.build import build
from lineside.solver.model.scope import Draft, Scope
from lineside.solver.problem import Problem
from lineside.solver.seating import Ledger, Seating

Value = Callable[[cp_model.IntVar], bool]


def straight_model(problem: Problem) -> Draft:
    """Return the exact model of everybody over all viable pairs."""
    everybody = frozenset(range(len(problem.scenario.apprentices)))
    empty = Seating((), tuple(choice[0] for choice in problem.demand.choices))
    conflicts = Conflicts(problem)
    return build(Scope(problem, everybody, problem.viable_pairs, empty, conflicts, Ledger(problem)))


def read_cohorts(draft: Draft, value: Value) -> tuple[list[Cohort], list[int]]:
    """Return the cohorts and chosen options of a solution."""
    problem = draft.scope.problem
    cohorts: list[Cohort] = []
    for candidate in draft.scope.candidates:
        rooms = [r for r in problem.rooms.of(candidate).tolist() if value(draft.opens[candidate, r])]
        if rooms:
            teachers = [k for k in problem.instructors.of(candidate).tolist() if value(draft.teaches[candidate, k])]
            needs = [need for need, row in draft.seats_of_candidate[candidate] if value(draft.seat[row])]
            cohorts.extend(copies(problem, candidate, rooms, teachers, needs))
    chosen = [next(k for k in choice if value(draft.option[k])) for choice in problem.demand.choices]
    return cohorts, chosen


class _Watch(cp_model.CpSolverSolutionCallback):
    def __init__(self, draft: Draft, notes: Notes) -> None:
        super().__init__()
        self._draft, self._notes = draft, notes

    def on_solution_callback(self) -> None:
        """Note a better solution."""
        self._notes.seating(*read_cohorts(self._draft, self.boolean_value))


def _forbid_overlong(draft: Draft, cohorts: list[Cohort]) -> bool:
    """Forbid each stretch of duty that three or more meetings make too long; return whether there was one."""
    problem = draft.scope.problem
    seated: dict[int, list[int]] = {}
    for candidate, _, _, needs in cohorts:
        for need in needs:
            seated.setdefault(problem.demand.needs[need].person_idx, []).append(candidate)
    found = False
    for person, candidates in sorted(seated.items()):
        for fault in duty_faults(problem, person, candidates):
            found = True
            literals = [draft.seat[row] for c, row in draft.seats_of_person[person] if c in fault]
            draft.model.add(sum(literals) <= len(fault) - 1)
    return found


def main() -> None:
    """Build the model and solve it until the limit."""
    task = Task()
    problem = Problem(read_scenario(task.folder).scenario)
    draft = straight_model(problem)
    task.notes.built()
    closed = problem.scenario.patterns is not None  # else plans in other patterns are allowed, and no bound holds
    while True:
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = task.seconds_left
        solver.parameters.num_workers = task.workers
        solver.parameters.random_seed = task.seed
        solver.parameters.linearization_level = 2  # it found better plans than the default in earlier trials
        if closed:
            solver.best_bound_callback = lambda units: task.notes.bound(
                problem.money.line_minutes(units - problem.rounding_slack)
            )
        status = solver.solve(draft.model, _Watch(draft, task.notes))
        solved = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        again = solved and _forbid_overlong(draft, read_cohorts(draft, solver.boolean_value)[0])
        if not again or task.notes.seconds >= task.limit_seconds:
            break
    if closed and status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.UNKNOWN):
        task.notes.bound(problem.money.line_minutes(solver.best_objective_bound - problem.rounding_slack))
    task.notes.ended("optimal" if status == cp_model.OPTIMAL else "time used up")


if __name__ == "__main__":
    main()
