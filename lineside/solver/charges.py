"""What a seat costs at least in line time, whoever else is away: the linear part of the crews' loss.

The loss of a minute, ``f(n)`` for ``n`` people away, is at least ``s * n`` with ``s = min f(k) / k``
over every possible ``k``, so each seat may be charged ``s`` for each minute that it alone takes.
A minute that two windows of one person cover is lost once, so it is charged to the later one only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lineside.solver.personas import Persona
from lineside.solver.problem import CrewLoss, Problem
from lineside.solver.timeline import Spans


def least_slope(loss: CrewLoss) -> float:
    """Return the units that each lost minute of each person costs at least."""
    return min((units / n for n, units in enumerate(loss.cost) if n), default=0.0)


def least_charges(problem: Problem) -> NDArray[np.int64]:
    """Return, for each pair, units that its seat adds to the line loss in every plan that holds it.

    Returns
    -------
    Array over pairs. The sum over the seats of any allowed plan is at most the plan's line time lost.
    """
    pairs = problem.pairs
    charges = np.zeros(len(pairs), dtype=np.int64)
    person_of = np.array([need.person_idx for need in problem.demand.needs], dtype=np.int64)[pairs.need]
    order = np.argsort(person_of, kind="stable")
    ptr = np.searchsorted(person_of[order], np.arange(len(problem.scenario.apprentices) + 1))
    for person in range(len(problem.scenario.apprentices)):
        rows = order[ptr[person] : ptr[person + 1]]
        slope = least_slope(problem.crew_losses[problem.crew_of[person]])
        if slope > 0 and len(rows) and np.any(pairs.lost[rows] > 0):
            minutes = _own_minutes(problem, problem.persona(person), pairs.candidate[rows])
            charges[rows] = np.floor(slope * minutes).astype(np.int64)
    return charges


def _own_minutes(problem: Problem, persona: Persona, candidates: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the lost minutes of each candidate that no later meeting of the same person can take over."""
    found = problem.candidates
    counts = found.slot_ptr[candidates + 1] - found.slot_ptr[candidates]
    ends = np.cumsum(counts)
    flat = np.repeat(found.slot_ptr[candidates] - ends + counts, counts) + np.arange(int(ends[-1]))
    slot, inverse = np.unique(found.slot_idx[flat], return_inverse=True)
    own = _own_minutes_of_slots(problem, persona, slot)
    owner = np.repeat(np.arange(len(candidates)), counts)
    return np.bincount(owner, own[inverse], len(candidates)).astype(np.int64)


def _own_minutes_of_slots(problem: Problem, persona: Persona, slot: NDArray[np.int64]) -> NDArray[np.int64]:
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
    last = np.maximum(last, low)
    minutes = persona.timeline.worked.minutes_within(low, last)
    if persona.frozen:
        windows = [(s - int(persona.travel[k]), e + int(persona.travel[k])) for s, e, k in persona.frozen]
        minutes = np.maximum(0, minutes - Spans(windows).minutes_within(low, last))
    own = np.empty_like(minutes)
    own[order] = minutes
    return own
