"""A seating: which cohorts are open, who sits in them and which options are chosen, as indices.

This is what the search moves around; :mod:`lineside.solver.finish` turns it into a plan.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lineside.models.calendar import Interval
from lineside.solver.crew_losses import CrewLoss
from lineside.solver.personas import Persona
from lineside.solver.problem import Problem
from lineside.solver.resources import Servers

MOST_REMEMBERED = 300_000
"""Losses that are remembered of each kind: a few hundred MB."""


@dataclass(frozen=True)
class OpenCohort:
    """An open cohort: a candidate with a room, an instructor and the needs that it seats."""

    candidate: int
    room: int
    instructor: int
    needs: frozenset[int]


@dataclass(frozen=True)
class Seating:
    """Open cohorts and chosen options.

    Parameters
    ----------
    cohorts
        Open cohorts that are not frozen.
    chosen
        Index of the chosen option of each choice, in the order of ``Demand.choices``.
    """

    cohorts: tuple[OpenCohort, ...] = ()
    chosen: tuple[int, ...] = ()

    def candidate_of(self) -> dict[int, int]:
        """Return the candidate in which each seated need is seated."""
        return {need: cohort.candidate for cohort in self.cohorts for need in cohort.needs}


def seat_rows(problem: Problem, seating: Seating, people: frozenset[int]) -> NDArray[np.int64]:
    """Return the pair rows of the seats of some people."""
    rows = []
    for need, candidate in seating.candidate_of().items():
        if problem.demand.needs[need].person_idx in people:
            low, high = np.searchsorted(problem.pairs.candidate, [candidate, candidate + 1])
            rows.append(low + np.searchsorted(problem.pairs.need[low:high], need))
    return np.array(rows, dtype=np.int64)


def lost_pieces(problem: Problem, persona: Persona, candidate: int) -> tuple[Interval, ...]:
    """Return the minutes that people of a persona lose to a candidate, as intervals."""
    slots, idx = problem.candidates.slots, problem.candidates.slots_of(candidate)
    travel = persona.travel[slots.site[idx]]
    return tuple(persona.timeline.worked.pieces_of(slots.start[idx] - travel, slots.end[idx] + travel))


def frozen_pieces(problem: Problem, persona: Persona) -> tuple[Interval, ...]:
    """Return the minutes that people of a persona lose to their frozen meetings from the first day on."""
    first = problem.settings.first_day.toordinal() * 1440
    pieces: list[Interval] = []
    for start, end, site in persona.frozen:
        if start >= first:
            travel = int(persona.travel[site]) if site >= 0 else 0
            pieces.extend(persona.timeline.worked.pieces(start - travel, end + travel))
    return tuple(pieces)


def overlap_runs(spans: Iterable[tuple[int, int, int]]) -> dict[frozenset[int], int]:
    """Return the minutes during which exactly each set of labels is away.

    Parameters
    ----------
    spans
        Start, end and label of intervals; one label's intervals may overlap.

    Returns
    -------
    Minutes by set of labels; the empty set is left out.
    """
    events: dict[int, list[tuple[int, int]]] = {}
    for start, end, label in spans:
        events.setdefault(start, []).append((label, 1))
        events.setdefault(end, []).append((label, -1))
    runs: dict[frozenset[int], int] = {}
    active: dict[int, int] = {}
    previous = 0
    for time in sorted(events):
        if active:
            key = frozenset(active)
            runs[key] = runs.get(key, 0) + time - previous
        for label, step in events[time]:
            count = active.get(label, 0) + step
            if count:
                active[label] = count
            else:
                active.pop(label, None)
        previous = time
    return runs


@dataclass
class Ledger:
    """Works out what seatings cost, remembering what each crew's people lose to each candidate.

    Parameters
    ----------
    problem
        The prepared problem.
    """

    problem: Problem
    _pieces: dict[tuple[int, int], tuple[Interval, ...]] = field(default_factory=dict)
    _frozen: dict[int, tuple[Interval, ...]] = field(default_factory=dict)
    _crew_units: dict[tuple[int, tuple[tuple[int, tuple[int, ...]], ...]], tuple[int, int]] = field(
        default_factory=dict
    )

    def pieces(self, person: int, candidate: int) -> tuple[Interval, ...]:
        """Return what a person loses to a candidate."""
        persona = self.problem.persona(person)
        key = (id(persona), candidate)
        found = self._pieces.get(key)
        if found is None:
            if len(self._pieces) >= MOST_REMEMBERED:
                self._pieces.clear()
            found = self._pieces[key] = lost_pieces(self.problem, persona, candidate)
        return found

    def frozen_spans(self, person: int) -> tuple[Interval, ...]:
        """Return what a person loses to frozen meetings."""
        persona = self.problem.persona(person)
        found = self._frozen.get(id(persona))
        if found is None:
            found = self._frozen[id(persona)] = frozen_pieces(self.problem, persona)
        return found

    def crew_units(self, crew: int, seated: dict[int, list[int]]) -> int:
        """Return what a crew's absences cost in units, whichever company is worst.

        Parameters
        ----------
        crew
            Row of the crew.
        seated
            Candidates in which each person is seated.
        """
        return self.units_of(crew, seated)[0]

    def company_units(self, crew: int, seated: dict[int, list[int]]) -> int:
        """Return a crew's part of the sum that is charged for the company that loses most, in units."""
        return self.units_of(crew, seated)[1]

    def units_of(self, crew: int, seated: dict[int, list[int]]) -> tuple[int, int]:
        """Return both: :meth:`crew_units` and :meth:`company_units`."""
        loss = self.problem.crew_losses[crew]
        key = (crew, tuple((person, tuple(sorted(seated[person]))) for person in loss.members if person in seated))
        units = self._crew_units.get(key)
        if units is None:
            if len(self._crew_units) >= MOST_REMEMBERED:
                self._crew_units.clear()
            units = self._crew_units[key] = self._count_crew_units(loss, seated)
        return units

    def _count_crew_units(self, loss: CrewLoss, seated: dict[int, list[int]]) -> tuple[int, int]:
        spans = [
            (start, end, person)
            for person in loss.members
            for piece in (self.frozen_spans(person), *(self.pieces(person, c) for c in seated.get(person, ())))
            for start, end in piece
        ]
        runs = [(len(away), minutes) for away, minutes in overlap_runs(spans).items()]
        units = sum(loss.cost[away] * minutes for away, minutes in runs)
        return units, sum(loss.company_cost[away] * minutes for away, minutes in runs)

    def pair_cost(self, need: int, candidate: int) -> int:
        """Return the units of a seat itself."""
        return int(self.problem.pairs.cost[self.problem.pairs.row(need, candidate)])

    def objective(self, seating: Seating) -> int:
        """Return the objective of a seating in units, everything included."""
        problem, pairs = self.problem, self.problem.pairs
        total, chosen = problem.constant, frozenset(seating.chosen)
        seated: dict[int, list[int]] = {}
        is_empty = np.ones(len(problem.demand.needs), dtype=bool)
        person_of = problem.person_of_need
        for cohort in seating.cohorts:
            total += server_cost(problem.rooms, cohort.candidate, cohort.room)
            total += server_cost(problem.instructors, cohort.candidate, cohort.instructor)
            needs = np.fromiter(cohort.needs, dtype=np.int64, count=len(cohort.needs))
            low, high = pairs.first_of[cohort.candidate : cohort.candidate + 2].tolist()
            total += sum(pairs.cost[low + pairs.need[low:high].searchsorted(needs)].tolist())
            is_empty[needs] = False
            for person in person_of[needs].tolist():
                seated.setdefault(person, []).append(cohort.candidate)
        for need in (problem.demand.needs[k] for k in np.flatnonzero(is_empty).tolist()):
            total += need.price if problem.demand.required_under(need, chosen) else 0
        by_company = [0] * len(problem.scenario.companies)
        for crew, loss in enumerate(problem.crew_losses):
            units, company_units = self.units_of(crew, seated)
            total += units
            by_company[loss.company_idx] += company_units
        return total + max(by_company)


def server_cost(servers: Servers, candidate: int, row: int) -> int:
    """Return what a room or instructor costs for a candidate."""
    position = servers.of(candidate).tolist().index(row)
    return int(servers.cost_of(candidate)[position])
