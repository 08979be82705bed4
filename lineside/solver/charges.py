"""What seats cost at least in line time, whoever else is away: the convex part of the crews' loss.

The loss of a minute, ``f(n)`` for ``n`` people of a crew away, is not convex: where the line stops
it steps to 1 and stays there. Its lower convex envelope ``g`` over the numbers that can occur is
superadditive, so cohorts may each be charged ``g`` of their own people of the crew: together that
is at most ``g`` of all of them, which is at most ``f``. A minute that two windows of one person
cover is lost once, so it is charged to the later meeting only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.solver.personas import Persona
from lineside.solver.problem import Problem
from lineside.solver.timeline import Spans

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Charges:
    """Least line loss of seats.

    Parameters
    ----------
    group
        Persona of each pair: people of one crew who lose the same minutes to a candidate.
    minutes
        Minutes of each pair that are its own, the same for everybody of a persona.
    steps
        Units a minute for the first, second, ... person of each persona, never falling; shape (personas, most people).
    """

    group: Ints
    minutes: Floats
    steps: Floats

    def of_people(self, rows: Ints, minutes_of: Floats | None = None) -> float:
        """Return the units of a cohort's people, whose pair rows are given.

        Parameters
        ----------
        rows
            Pair rows of one candidate.
        minutes_of
            Minutes of each pair, if others than its own.
        """
        own = self.minutes if minutes_of is None else minutes_of
        total = 0.0
        count: dict[int, int] = {}
        for persona, minutes in zip(self.group[rows].tolist(), own[rows].tolist(), strict=True):
            total += float(self.steps[persona, count.get(persona, 0)]) * minutes
            count[persona] = count.get(persona, 0) + 1
        return total


def convex_steps(cost: tuple[int, ...]) -> list[float]:
    """Return the steps of the lower convex envelope of a cost for 0, 1, ... people.

    >>> convex_steps((0, 10, 100, 100, 100, 100))
    [10.0, 22.5, 22.5, 22.5, 22.5]
    """
    steps: list[float] = []
    at = 0
    while at < len(cost) - 1:
        slope, to = min((((cost[k] - cost[at]) / (k - at)), -k) for k in range(at + 1, len(cost)))
        steps.extend([slope] * (-to - at))
        at = -to
    return steps


def least_charges(problem: Problem, rows: Ints) -> Charges:
    """Return what pairs cost at least in line time, if only some pairs may be seats.

    Parameters
    ----------
    problem
        The prepared problem.
    rows
        Pair rows that may be seats.

    Returns
    -------
    Charges over all pairs; those not in ``rows`` have no minutes.
    """
    pairs, needs = problem.pairs, problem.demand.needs
    person_of = np.array([need.person_idx for need in needs], dtype=np.int64)[pairs.need]
    losing = rows[pairs.lost[rows] > 0]
    away = np.zeros(len(problem.scenario.apprentices), dtype=bool)
    away[person_of[losing]] = True
    away[list(problem.frozen_of)] = True
    personas = list(problem.personas())
    persona_of = np.zeros(len(away), dtype=np.int64)
    minutes = np.zeros(len(pairs))
    most = max((len(loss.members) for loss in problem.crew_losses), default=0)
    steps = np.zeros((len(personas), max(1, most)))
    for number, (_, people) in enumerate(personas):
        persona_of[list(people)] = number
        loss = problem.crew_losses[problem.crew_of[people[0]]]
        found = convex_steps(loss.cost[: int(away[list(loss.members)].sum()) + 1])
        steps[number, : len(found)] = found
        steps[number, len(found) :] = found[-1] if found else 0.0
    of_pair = persona_of[person_of]
    order = rows[np.argsort(of_pair[rows], kind="stable")]
    ends = np.searchsorted(of_pair[order], np.arange(len(personas) + 1))
    for number, (persona, _) in enumerate(personas):
        mine = order[ends[number] : ends[number + 1]]
        if np.any(pairs.lost[mine] > 0):
            minutes[mine] = _own_minutes(problem, persona, pairs.candidate[mine])
    return Charges(of_pair, minutes, steps)


def _own_minutes(problem: Problem, persona: Persona, candidates: Ints) -> Ints:
    """Return the lost minutes of each candidate that no later meeting of the same person can take over."""
    found = problem.candidates
    counts = found.slot_ptr[candidates + 1] - found.slot_ptr[candidates]
    ends = np.cumsum(counts)
    flat = np.repeat(found.slot_ptr[candidates] - ends + counts, counts) + np.arange(int(ends[-1]))
    slot, inverse = np.unique(found.slot_idx[flat], return_inverse=True)
    own = _own_minutes_of_slots(problem, persona, slot)
    owner = np.repeat(np.arange(len(candidates)), counts)
    return np.bincount(owner, own[inverse], len(candidates)).astype(np.int64)


def _own_minutes_of_slots(problem: Problem, persona: Persona, slot: Ints) -> Ints:
    low, last = own_windows(problem, persona, slot)
    minutes = persona.timeline.worked.minutes_within(low, last)
    if persona.frozen:
        minutes = np.maximum(0, minutes - Spans(persona.frozen_windows()).minutes_within(low, last))
    return minutes


def own_windows(problem: Problem, persona: Persona, slot: Ints) -> tuple[Ints, Ints]:
    """Return where the window of each slot begins, and where a later meeting of the same person may take over.

    Of a person's windows over a minute at most one is within these limits, whatever cohorts the person is in.
    """
    slots, between = problem.candidates.slots, problem.between
    order = np.argsort(slots.start[slot], kind="stable")
    start, end, site = slots.start[slot][order], slots.end[slot][order], slots.site[slot][order]
    travel = persona.travel[site]
    low, high = start - travel, end + travel
    last = high.copy()
    first_later = np.searchsorted(start, end, side="left")
    past = np.searchsorted(start, high + travel.max(initial=0), side="left")
    for offset in range(int((past - first_later).max(initial=0))):
        later = np.minimum(first_later + offset, len(start) - 1)
        follows = (first_later + offset < past) & (start[later] >= end + between[site, site[later]])
        last = np.where(follows, np.minimum(last, low[later]), last)
    first, until = np.empty_like(low), np.empty_like(last)
    first[order], until[order] = low, np.maximum(last, low)
    return first, until
