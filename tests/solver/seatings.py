"""Random seatings of a problem: people in candidates that suit each of them, with no regard to other rules."""

from __future__ import annotations

from random import Random

from lineside.models.scenario import Scenario
from lineside.solver.problem import Problem
from lineside.solver.resources import instructors_of
from lineside.solver.seating import OpenCohort, Seating


def with_every_instructor(scenario: Scenario) -> Problem:
    """Return a problem that lists instructors for candidates too that too few people could be in."""
    return list_every_instructor(Problem(scenario))


def list_every_instructor(problem: Problem) -> Problem:
    """Let a problem list instructors for every candidate, and return it."""
    frozen = problem.facts.frozen
    problem.instructors = instructors_of(problem.scenario, problem.candidates, frozen, problem.money, problem.tariff)
    return problem


def random_seating(problem: Problem, rng: Random, share: float = 0.7) -> Seating:
    """Return a seating in which about a share of the needs has a seat, each in some feasible pair."""
    pairs = problem.pairs
    chosen = tuple(rng.choice(choice) for choice in problem.demand.choices)
    rows: dict[int, list[int]] = {}
    for need, candidate in zip(pairs.need.tolist(), pairs.candidate.tolist(), strict=True):
        rows.setdefault(need, []).append(candidate)
    people: dict[int, set[int]] = {}
    for need, candidates in rows.items():
        if problem.demand.required_under(problem.demand.needs[need], frozenset(chosen)) and rng.random() < share:
            people.setdefault(rng.choice(candidates), set()).add(need)
    cohorts = [
        OpenCohort(
            candidate,
            rng.choice(problem.rooms.of(candidate).tolist()),
            rng.choice(problem.instructors.of(candidate).tolist()),
            frozenset(needs),
        )
        for candidate, needs in people.items()
    ]
    return Seating(tuple(cohorts), chosen)


def in_rooms(problem: Problem, seating: Seating) -> Seating:
    """Return a seating with each candidate's people in as many of its free rooms as they need, the others unseated.

    Each cohort of a candidate has an instructor of its own.
    """
    slots, cohorts = problem.candidates.slots, []
    taken: dict[int, set[int]] = {}
    for cohort in seating.cohorts:
        found = problem.candidates.slots_of(cohort.candidate).tolist()
        minutes = {minute for k in found for minute in range(int(slots.start[k]), int(slots.end[k]))}
        entries = problem.rooms.entries_of(cohort.candidate)
        free = [entry for entry in entries if not minutes & taken.get(int(problem.rooms.idx[entry]), set())]
        left = sorted(cohort.needs)
        for entry, instructor in zip(free, problem.instructors.of(cohort.candidate).tolist(), strict=False):
            room, seats = int(problem.rooms.idx[entry]), int(problem.room_seats[entry])
            people, left = left[:seats], left[seats:]
            if people:
                taken.setdefault(room, set()).update(minutes)
                cohorts.append(OpenCohort(cohort.candidate, room, instructor, frozenset(people)))
    return Seating(tuple(cohorts), seating.chosen)
