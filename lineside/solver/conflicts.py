"""What two cohorts of one person cannot do together: rules ``clash`` and ``duty``.

Two candidates conflict for a persona if a meeting of one and a meeting of the other are nearer than
the travel between their sites, or are joined into a stretch of duty that is too long. Stretches
that only three or more meetings together make too long are found by :func:`duty_faults`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lineside.solver.personas import Persona
from lineside.solver.problem import Problem
from lineside.solver.timeline import Stretches

Ints = NDArray[np.int64]


class Conflicts:
    """Finds and remembers conflicts between candidates.

    Parameters
    ----------
    problem
        The prepared problem.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._rules = problem.settings.rules
        self._known: dict[tuple[int, int, int], bool] = {}
        self._meet: dict[tuple[int, int], bool] = {}

    def conflict(self, persona: Persona, one: int, other: int) -> bool:
        """Return whether people of a persona cannot be in two candidates, each of which they could be in alone."""
        first, second = (one, other) if one < other else (other, one)
        if self._clash(first, second):
            return True
        key = (id(persona), first, second)
        if key not in self._known:
            self._known[key] = self._joined_too_long(persona, first, second)
        return self._known[key]

    def _clash(self, one: int, other: int) -> bool:
        if (one, other) not in self._meet:
            a, b = self._meetings(one), self._meetings(other)
            near = np.searchsorted(b[1], a[0] - self._gap(one, other), side="right")
            until = np.searchsorted(b[0], a[1] + self._gap(one, other), side="left")
            self._meet[one, other] = bool(np.any(near < until))
        return self._meet[one, other]

    def _gap(self, one: int, other: int) -> int:
        return int(self.problem.between[self.site(one), self.site(other)])

    def site(self, candidate: int) -> int:
        """Return the site of a candidate."""
        found = self.problem.candidates
        return found.lanes[found.lane[candidate]].site_idx

    def _meetings(self, candidate: int) -> tuple[Ints, Ints]:
        slots = self.problem.candidates.slots
        idx = self.problem.candidates.slots_of(candidate)
        return slots.start[idx], slots.end[idx]

    def _windows(self, persona: Persona, candidate: int) -> tuple[Ints, Ints]:
        start, end = self._meetings(candidate)
        travel = int(persona.travel[self.site(candidate)])
        return start - travel, end + travel

    def _joined_too_long(self, persona: Persona, one: int, other: int) -> bool:
        a, b = self._windows(persona, one), self._windows(persona, other)
        reach = self._rules.duty_minutes + self._rules.rest_minutes
        near = np.searchsorted(b[1], a[0] - reach, side="right")
        until = np.searchsorted(b[0], a[1] + reach, side="left")
        stretches = persona.stretches
        for k in np.flatnonzero(near < until):
            for j in range(near[k], until[k]):
                pair = [(int(a[0][k]), int(a[1][k])), (int(b[0][j]), int(b[1][j]))]
                if _pair_span(stretches, pair) > self._rules.duty_minutes:
                    return True
        return False


def _pair_span(stretches: Stretches, pair: list[tuple[int, int]]) -> int:
    """Return the span of the stretch that two windows share, or 0 if they are in different ones."""
    first, second = sorted(pair)
    low, high = (int(v[0]) for v in stretches.with_window(np.array([first[0]]), np.array([first[1]])))
    next_low, next_high = (int(v[0]) for v in stretches.with_window(np.array([second[0]]), np.array([second[1]])))
    if next_low - high < stretches.rest_minutes and low - next_high < stretches.rest_minutes:
        return max(high, next_high) - min(low, next_low)
    return 0


def duty_faults(problem: Problem, person: int, candidates: list[int]) -> list[frozenset[int]]:
    """Return sets of a person's candidates that together make a stretch of duty too long (rule ``duty``).

    Parameters
    ----------
    problem
        The prepared problem.
    person
        Row of the apprentice.
    candidates
        Candidates in which the person is seated.

    Notes
    -----
    Adding a meeting only joins and lengthens stretches, so whoever holds all candidates of such a
    set breaks the rule, whatever else is chosen: forbidding the set cuts off no allowed plan.
    """
    persona, rules = problem.persona(person), problem.settings.rules
    slots = problem.candidates.slots
    items = [(start, end, -1) for start, end in persona.busy_spans()]
    for candidate in candidates:
        for slot in problem.candidates.slots_of(candidate):
            travel = int(persona.travel[slots.site[slot]])
            items.append((int(slots.start[slot]) - travel, int(slots.end[slot]) + travel, candidate))
    faults: list[frozenset[int]] = []
    low = high = 0
    members: set[int] = set()
    for start, end, candidate in [*sorted(items), (1 << 60, 1 << 60, -1)]:
        if start - high >= rules.rest_minutes:
            if members - {-1} and high - low > rules.duty_minutes:
                faults.append(frozenset(members - {-1}))
            low, high, members = start, end, set()
        high = max(high, end)
        members.add(candidate)
    return faults
