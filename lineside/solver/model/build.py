"""The exact model of a scope: every builder called once, the solve, and the seating read back."""

from __future__ import annotations

import contextlib
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from ortools.sat.python import cp_model

from lineside.solver.conflicts import duty_faults
from lineside.solver.model.cohorts import add_cohorts, fix_kept
from lineside.solver.model.curriculum import add_needs, add_order, add_parties, add_pins, add_seat_costs
from lineside.solver.model.loss import add_losses
from lineside.solver.model.scope import Draft, Scope
from lineside.solver.model.serving import add_instructors, add_rooms
from lineside.solver.model.weeks import add_conflicts, add_days_off, add_weeks
from lineside.solver.seating import OpenCohort, Seating

BUILD_WORK = 1e-4
"""Work of building a model, in deterministic seconds a pair."""

BUILDERS: dict[str, Callable[[Draft], None]] = {
    "need": add_needs,
    "cohort-size": add_cohorts,
    "room": add_rooms,
    "instructor": add_instructors,
    "order": add_order,
    "party": add_parties,
    "pin": add_pins,
    "clash": add_conflicts,
    "duty": add_conflicts,
    "modules-at-once": add_weeks,
    "class-week": add_weeks,
    "work-week": add_weeks,
    "day-off": add_days_off,
    "frozen": fix_kept,
}
"""Builder of each rule that the pairs do not settle already."""


@dataclass(frozen=True)
class Limits:
    """How long and how hard a model may be solved.

    Parameters
    ----------
    seconds
        Seconds of the clock.
    workers, seed
        Of CP-SAT.
    deterministic
        Deterministic time, if that is limited too.
    brief
        Whether simplifying the model may cost little time only: right for small ones that are solved by the hundred.
    """

    seconds: float
    workers: int = 1
    seed: int = 0
    deterministic: float | None = None
    brief: bool = False


@dataclass(frozen=True)
class Answer:
    """What a solve found: a seating if there is one, its units, a lower bound, how it ended, and its work."""

    seating: Seating | None
    objective: int
    bound: int
    status: str
    work: float


def build(scope: Scope) -> Draft:
    """Return the exact model of a scope."""
    draft = with_rules(scope)
    for builder in (add_seat_costs, add_losses):
        builder(draft)
    draft.finish()
    return draft


def with_rules(scope: Scope) -> Draft:
    """Return the rules of a scope without what seats and lost line time cost."""
    draft = Draft.of(scope)
    for builder in dict.fromkeys(BUILDERS.values()):
        builder(draft)
    return draft


def solve_scope(
    scope: Scope,
    limits: Limits,
    hint: Seating | None = None,
    on_seating: Callable[[Seating, int, float], None] | None = None,
    stop: threading.Event | None = None,
) -> Answer:
    """Solve a scope exactly.

    Parameters
    ----------
    scope
        What to decide.
    limits
        Time, workers and seed.
    hint
        A seating to begin with; its part in the scope is hinted.
    on_seating
        Called with each better seating, its units and the bound.
    stop
        Set to end the search with what it has.

    Returns
    -------
    The answer. Its objective and bound leave out what people outside the scope cost, except line
    loss, which is counted in full.

    Notes
    -----
    Stretches of duty that three or more meetings together make too long are forbidden when they
    turn up, and the model is solved again with what is left of the limits: each such cut holds for
    every allowed plan. If nothing is left, there is no seating; the bound holds all the same.
    """
    return solve_draft(build(scope), limits, hint, on_seating, stop)


def solve_draft(
    draft: Draft,
    limits: Limits,
    hint: Seating | None = None,
    on_seating: Callable[[Seating, int, float], None] | None = None,
    stop: threading.Event | None = None,
) -> Answer:
    """Solve a model that was built, perhaps with rows of the caller's own, as :func:`solve_scope` does."""
    if hint is not None:
        add_hint(draft, hint)
    until, work = time.monotonic() + limits.seconds, 0.0
    while True:
        answer = _run(draft, limits, on_seating, stop)
        left = None if limits.deterministic is None else limits.deterministic - answer.work
        work += answer.work
        answer = replace(answer, work=work)
        if answer.seating is None or not forbid_long_duty(draft, answer.seating):
            return answer
        seconds = until - time.monotonic()
        if seconds <= 0 or (left is not None and left <= 0) or (stop is not None and stop.is_set()):
            return replace(answer, seating=None, objective=0, status="unknown")
        limits = replace(limits, seconds=seconds, deterministic=left)


def forbid_long_duty(draft: Draft, seating: Seating) -> bool:
    """Add a cut for each person whose new stretch of duty is too long; return whether there was one."""
    problem = draft.scope.problem
    seated: dict[int, list[int]] = {}
    for cohort in seating.cohorts:
        for need in cohort.needs:
            seated.setdefault(problem.demand.needs[need].person_idx, []).append(cohort.candidate)
    found = False
    for person in sorted(draft.scope.people & seated.keys()):
        literals: dict[int, list[cp_model.IntVar]] = {}
        for candidate, row in draft.seats_of_person[person]:
            literals.setdefault(candidate, []).append(draft.seat[row])
        for fault in duty_faults(problem, person, seated[person]):
            found = True
            draft.model.add(sum(v for c in fault for v in literals[c]) <= len(fault) - 1)
    return found


def add_hint(draft: Draft, seating: Seating) -> None:
    """Hint a seating."""
    candidate_of = seating.candidate_of()
    pairs = draft.scope.problem.pairs
    for row, seat in draft.seat.items():
        draft.model.add_hint(seat, candidate_of.get(int(pairs.need[row])) == int(pairs.candidate[row]))
    rooms = {(cohort.candidate, cohort.room) for cohort in seating.cohorts}
    instructors = {(cohort.candidate, cohort.instructor) for cohort in seating.cohorts}
    for key, literal in draft.opens.items():
        draft.model.add_hint(literal, key in rooms)
    for key, literal in draft.teaches.items():
        draft.model.add_hint(literal, key in instructors)
    for k, literal in draft.option.items():
        draft.model.add_hint(literal, k in seating.chosen)


class _Watch(cp_model.CpSolverSolutionCallback):
    def __init__(
        self,
        draft: Draft,
        on_seating: Callable[[Seating, int, float], None] | None,
        stop: threading.Event | None,
    ) -> None:
        super().__init__()
        self._draft, self._on_seating, self._stop = draft, on_seating, stop

    def on_solution_callback(self) -> None:
        if self._on_seating is not None:
            factor = self._draft.factor
            units, bound = round(self.objective_value) // factor, self.best_objective_bound // factor
            self._on_seating(read_seating(self._draft, self.boolean_value), units, bound)
        if self._stop is not None and self._stop.is_set():
            self.stop_search()


def _run(
    draft: Draft,
    limits: Limits,
    on_seating: Callable[[Seating, int, float], None] | None,
    stop: threading.Event | None,
) -> Answer:
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.05, limits.seconds)
    solver.parameters.catch_sigint_signal = False  # Ctrl-C belongs to the caller, who sets `stop`
    solver.parameters.num_workers = limits.workers
    solver.parameters.random_seed = limits.seed
    solver.parameters.linearization_level = 2  # the rows of seats and rooms are what the LP is good at
    if limits.deterministic is not None:
        solver.parameters.max_deterministic_time = limits.deterministic
    if limits.brief:
        solver.parameters.max_presolve_iterations = 1
        solver.parameters.cp_model_probing_level = 0
        solver.parameters.symmetry_level = 0
    watch = _Watch(draft, on_seating, stop)
    ended = threading.Event()
    watcher = threading.Thread(target=_stop_when_asked, args=(watch, stop, ended), daemon=True)
    if stop is not None:
        watcher.start()
    status = solver.solve(draft.model, watch)
    ended.set()
    name = solver.status_name(status).lower()
    work = solver.response_proto.deterministic_time + BUILD_WORK * len(draft.seat)
    bound = math.ceil(solver.best_objective_bound - 0.5) // draft.factor
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer(None, 0, bound, name, work)
    seating = read_seating(draft, solver.boolean_value)
    return Answer(seating, round(solver.objective_value) // draft.factor, bound, name, work)


def _stop_when_asked(watch: _Watch, stop: threading.Event | None, ended: threading.Event) -> None:
    while stop is not None and not ended.wait(0.1):
        if stop.is_set():
            with contextlib.suppress(RuntimeError):  # it has not begun yet; it is asked again
                watch.stop_search()


def read_seating(draft: Draft, value: Callable[[cp_model.IntVar], bool]) -> Seating:
    """Return the seating of a solution, the kept part included."""
    scope = draft.scope
    problem = scope.problem
    cohorts = [c for c in scope.kept if c.candidate not in draft.seats_of_candidate]
    for candidate in scope.candidates:
        rooms = [r for r in draft.rooms[candidate] if value(draft.opens[candidate, r])]
        teachers = [k for k in draft.instructors[candidate] if value(draft.teaches[candidate, k])]
        if rooms:
            sitting = [need for need, row in draft.seats_of_candidate[candidate] if value(draft.seat[row])]
            cohorts.extend(_copies(draft, candidate, rooms, teachers, sitting))
    chosen = []
    for position, choice in enumerate(problem.demand.choices):
        if choice[0] in draft.option:
            chosen.append(next(k for k in choice if value(draft.option[k])))
        else:
            chosen.append(scope.base.chosen[position])
    return Seating(tuple(cohorts), tuple(chosen))


def _copies(
    draft: Draft, candidate: int, rooms: list[int], teachers: list[int], sitting: list[int]
) -> list[OpenCohort]:
    """Share people out among the copies of a candidate: parties whole, every copy within its size."""
    from lineside.solver.sharing import share_out

    scope = draft.scope
    problem = scope.problem
    kept = {c.room: c for c in scope.kept if c.candidate == candidate}
    module = problem.scenario.modules[problem.candidates.module[candidate]]
    caps = [min(module.seats_max, problem.scenario.rooms[room].seats) for room in rooms]
    fixed = [sorted(kept[room].needs) if room in kept else [] for room in rooms]
    shares = share_out(problem, sitting, fixed, module.seats_min, caps)
    free_teachers = [k for k in teachers if k not in {c.instructor for c in kept.values()}]
    cohorts = []
    for room, share in zip(rooms, shares, strict=True):
        teacher = kept[room].instructor if room in kept else free_teachers.pop(0)
        cohorts.append(OpenCohort(candidate, room, teacher, frozenset(share)))
    return cohorts
