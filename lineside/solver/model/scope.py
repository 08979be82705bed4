"""What a model decides: which people, which pairs; and what stays fixed around them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model

from lineside.solver.conflicts import Conflicts
from lineside.solver.limits import Limit
from lineside.solver.model.meters import Away, Meter
from lineside.solver.model.servers import FewServers, Occupancy, ServerChoice
from lineside.solver.problem import Problem
from lineside.solver.seating import Ledger, OpenCohort, Seating, seat_rows

Literal = cp_model.IntVar


@dataclass(frozen=True)
class Scope:
    """A part of a problem to decide exactly, with everything else fixed.

    Parameters
    ----------
    problem
        The prepared problem.
    people
        Rows of the people whose seats are decided.
    pairs
        Rows of the pairs that they may use.
    base
        The seating that everybody else keeps.
    conflicts, ledger
        Shared memories of conflicts and losses.
    occupancy
        Shared memory of times; given, a candidate has but a few rooms and instructors to choose from.
    must_seat
        Needs that may not stay empty, whatever it costs.
    stays_close
        Whether, of seatings that cost the same, one is wanted in which few seats differ from ``base``.
    """

    problem: Problem
    people: frozenset[int]
    pairs: NDArray[np.int64]
    base: Seating
    conflicts: Conflicts
    ledger: Ledger
    occupancy: Occupancy | None = None
    must_seat: frozenset[int] = frozenset()
    stays_close: bool = False

    @cached_property
    def needs(self) -> tuple[int, ...]:
        """Needs of the people decided."""
        of = self.problem.needs_of_person
        return tuple(sorted(need for person in self.people for need in of.get(person, ())))

    @cached_property
    def _decided(self) -> frozenset[int]:
        return frozenset(self.needs)

    @cached_property
    def kept(self) -> tuple[OpenCohort, ...]:
        """Cohorts that keep somebody whose seat is not decided here, without those whose seat is."""
        mine = self._decided
        kept = (
            c if mine.isdisjoint(c.needs) else OpenCohort(c.candidate, c.room, c.instructor, c.needs - mine)
            for c in self.base.cohorts
        )
        return tuple(cohort for cohort in kept if cohort.needs)

    @cached_property
    def given_up(self) -> tuple[OpenCohort, ...]:
        """Cohorts of the base that keep nobody: they are open only if it is decided so."""
        return tuple(cohort for cohort in self.base.cohorts if cohort.needs <= self._decided)

    @cached_property
    def kept_seats(self) -> dict[int, list[int]]:
        """Candidates in which each person who is not decided here is seated."""
        seated: dict[int, list[int]] = {}
        for cohort in self.kept:
            for need in cohort.needs:
                person = self.problem.demand.needs[need].person_idx
                seated.setdefault(person, []).append(cohort.candidate)
        return seated

    @cached_property
    def candidates(self) -> tuple[int, ...]:
        """Candidates that can be opened or joined, in order."""
        return tuple(np.unique(self.problem.pairs.candidate[self.pairs]).tolist())

    @cached_property
    def times(self) -> Occupancy:
        """Times of candidates: the shared memory, or one of its own."""
        return self.occupancy or Occupancy(self.problem)

    @cached_property
    def servers(self) -> ServerChoice:
        """Rooms and instructors to choose from."""
        if self.occupancy is None:
            return ServerChoice(self.problem)
        decided = (cohort for cohort in self.base.cohorts if not cohort.needs.isdisjoint(self._decided))
        return FewServers(self.occupancy, self.kept, decided)


@dataclass
class Draft:
    """A CP-SAT model in the making: variables by what they mean, and the terms of the objective.

    Parameters
    ----------
    scope
        What is decided.
    model
        The CP-SAT model.
    seat
        Variable of each pair row.
    opens, teaches
        Variable of each candidate with a room, and with an instructor.
    rooms, instructors
        Those that each candidate may have.
    option
        Variable of each option of a person decided here.
    meters
        The objective, then what limits are set on.
    """

    scope: Scope
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    seat: dict[int, Literal] = field(default_factory=dict)
    opens: dict[tuple[int, int], Literal] = field(default_factory=dict)
    teaches: dict[tuple[int, int], Literal] = field(default_factory=dict)
    option: dict[int, Literal] = field(default_factory=dict)
    rooms: dict[int, list[int]] = field(default_factory=dict)
    instructors: dict[int, list[int]] = field(default_factory=dict)
    seats_of_person: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    seats_of_need: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    seats_of_candidate: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    meters: list[Meter] = field(default_factory=list)

    @classmethod
    def of(cls, scope: Scope) -> Draft:
        """Create every variable that builders share."""
        draft = cls(scope)
        problem, model = scope.problem, draft.model
        pairs, needs = problem.pairs, problem.demand.needs
        for row in scope.pairs.tolist():
            need, candidate = int(pairs.need[row]), int(pairs.candidate[row])
            draft.seat[row] = model.new_bool_var(f"seat_{need}_{candidate}")
            draft.seats_of_person.setdefault(needs[need].person_idx, []).append((candidate, row))
            draft.seats_of_need.setdefault(need, []).append((candidate, row))
            draft.seats_of_candidate.setdefault(candidate, []).append((need, row))
        for candidate in scope.candidates:
            draft.rooms[candidate] = scope.servers.rooms(candidate)
            draft.instructors[candidate] = scope.servers.instructors(candidate)
            for room in draft.rooms[candidate]:
                draft.opens[candidate, room] = model.new_bool_var(f"open_{candidate}_{room}")
            for instructor in draft.instructors[candidate]:
                draft.teaches[candidate, instructor] = model.new_bool_var(f"teach_{candidate}_{instructor}")
        for k, option in enumerate(problem.demand.options):
            if option.person_idx in scope.people:
                draft.option[k] = model.new_bool_var(f"option_{k}")
        draft.meters = [Meter(problem, scope.ledger, problem.constant), *map(draft._limit_meter, problem.limits)]
        return draft

    def _limit_meter(self, limit: Limit) -> Meter:
        joinable = frozenset(self.seats_of_candidate)
        outside = limit.outside(self.scope.base, self.scope.people, joinable)
        return Meter(limit.problem, limit.ledger, outside, limit.most)

    def required(self, options: tuple[int, ...]) -> list[Away]:
        """Return literals whose sum says whether one of the options is chosen; no options: always."""
        return [self.option[k] for k in options] if options else [1]

    def finish(self) -> None:
        """Give the model its objective, and a row for each limit."""
        objective, *limits = self.meters
        given_up = [1 - literal for literal in self.kept_seats]
        self.model.minimize(cp_model.LinearExpr.sum([self.factor * objective.total(), *given_up]))
        for meter in limits:
            meter.enter(self.model)

    @cached_property
    def kept_seats(self) -> tuple[Literal, ...]:
        """Variables of the seats of the base, where seatings that cost the same are to stay close to it."""
        if not self.scope.stays_close:
            return ()
        rows = seat_rows(self.scope.problem, self.scope.base, self.scope.people).tolist()
        return tuple(self.seat[row] for row in sorted(rows) if row in self.seat)

    @property
    def factor(self) -> int:
        """By how much the objective is multiplied, so that the seats that differ decide between equal ones alone."""
        return len(self.kept_seats) + 1
