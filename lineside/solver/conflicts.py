"""What two cohorts of one person cannot do together: rules ``clash`` and ``duty``.

Two candidates conflict for a persona if a meeting of one and a meeting of the other are nearer than
the travel between their sites, or are joined into a stretch of duty that is too long. Conflicts are
worked out once between dated slots, as rows of bits; whether two candidates conflict is then one
``and`` of two integers. Stretches that only three or more meetings together make too long are found
by :func:`duty_faults`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lineside.solver.personas import Persona
from lineside.solver.problem import Problem

Ints = NDArray[np.int64]
BLOCK = 1_000
"""Slots compared with all others at a time."""


class Conflicts:
    """Finds and remembers conflicts between candidates.

    Parameters
    ----------
    problem
        The prepared problem.
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._of_persona: dict[int, _PersonaConflicts] = {}

    def between(self, persona: Persona, ones: Ints, others: Ints) -> NDArray[np.bool_]:
        """Return which of some candidates conflict with which of others, shape (ones, others); remembers nothing."""
        mine, my_ptr = _slots_of(self.problem, ones)
        theirs, their_ptr = _slots_of(self.problem, others)
        (mine, my_idx), (theirs, their_idx) = (np.unique(slots, return_inverse=True) for slots in (mine, theirs))
        near = slots_conflict(self.problem, persona, mine, theirs)
        by_one = np.logical_or.reduceat(near[my_idx], my_ptr, axis=0)
        found: NDArray[np.bool_] = np.logical_or.reduceat(by_one[:, their_idx], their_ptr, axis=1)
        return found

    def matrix(self, persona: Persona, candidates: Ints) -> NDArray[np.bool_]:
        """Return whether each two of some candidates conflict, shape (candidates, candidates)."""
        return self._of(persona).matrix(candidates)

    def _of(self, persona: Persona) -> _PersonaConflicts:
        found = self._of_persona.get(id(persona))
        if found is None:
            found = self._of_persona[id(persona)] = _PersonaConflicts(self.problem, persona)
        return found


class _PersonaConflicts:
    """Conflicts between the slots of one persona's candidates, as rows of bits."""

    def __init__(self, problem: Problem, persona: Persona) -> None:
        self.problem, self._persona = problem, persona
        slots = problem.candidates.slots
        used = np.unique(self._slots_in_reach())
        order = np.argsort(slots.start[used], kind="stable")
        self._slot = used[order]
        self._position = np.full(len(slots), -1, dtype=np.int64)
        self._position[self._slot] = np.arange(len(used))
        self._rows: list[int] = []
        for first in range(0, len(used), BLOCK):
            bits = np.packbits(self._compare(first, min(first + BLOCK, len(used))), axis=1, bitorder="little")
            self._rows.extend(int.from_bytes(row.tobytes(), "little") for row in bits)
        self._near: dict[int, int] = {}
        self._mask: dict[int, int] = {}

    def _slots_in_reach(self) -> Ints:
        problem, found = self.problem, self.problem.candidates
        rows, ptr = problem.pairs_by_need
        members = problem.members_of(self._persona)
        needs = [need for person in members for need in problem.needs_of_person.get(person, ())]
        mine = np.concatenate([np.zeros(0, dtype=np.int64), *(rows[ptr[k] : ptr[k + 1]] for k in needs)])
        candidates = np.unique(problem.pairs.candidate[mine])
        return np.concatenate([np.zeros(0, dtype=np.int64), *(found.slots_of(c) for c in candidates.tolist())])

    def _compare(self, first: int, last: int) -> NDArray[np.bool_]:
        """Return which of all slots conflict with each of a block of slots."""
        return slots_conflict(self.problem, self._persona, self._slot[first:last], self._slot)

    def _positions(self, candidate: int) -> list[int]:
        found: list[int] = self._position[self.problem.candidates.slots_of(candidate)].tolist()
        return found

    def near(self, candidate: int) -> int:
        """Return the slots that conflict with a candidate, as bits."""
        if candidate not in self._near:
            bits = 0
            for position in self._positions(candidate):
                bits |= self._rows[position]
            self._near[candidate] = bits
        return self._near[candidate]

    def mask(self, candidate: int) -> int:
        """Return the slots of a candidate, as bits."""
        if candidate not in self._mask:
            bits = 0
            for position in self._positions(candidate):
                bits |= 1 << position
            self._mask[candidate] = bits
        return self._mask[candidate]

    def matrix(self, candidates: Ints) -> NDArray[np.bool_]:
        """Return whether each two of some candidates conflict: some slot of one is near some slot of the other.

        A candidate's full slots are a run of its lane's, so running sums over the slots answer for all at once.
        """
        found = self.problem.candidates
        slot = np.sort(self._slot)
        width = (len(slot) + 7) // 8
        packed = b"".join(self.near(candidate).to_bytes(width, "little") for candidate in candidates.tolist())
        bits = np.frombuffer(packed, dtype=np.uint8).reshape(len(candidates), width)
        near = np.unpackbits(bits, axis=1, bitorder="little")[:, self._position[slot]]
        before = np.zeros((len(candidates), len(slot) + 1), dtype=np.int32)
        np.cumsum(near, axis=1, out=before[:, 1:])
        first, last = np.searchsorted(slot, found.first[candidates]), np.searchsorted(slot, found.last[candidates])
        conflicts: NDArray[np.bool_] = before[:, last] > before[:, first]
        cut = found.cut[candidates]
        has_cut = np.flatnonzero(cut >= 0)
        conflicts[:, has_cut] |= near[:, np.searchsorted(slot, cut[has_cut])].astype(bool)
        return conflicts


def slots_conflict(problem: Problem, persona: Persona, ones: Ints, others: Ints) -> NDArray[np.bool_]:
    """Return which meetings people of a persona cannot both be in, shape (ones, others).

    Parameters
    ----------
    problem, persona
        The prepared problem, and who.
    ones, others
        Slots.
    """
    rules, slots = problem.settings.rules, problem.candidates.slots

    def column(which: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
        start, end, site = slots.start[which], slots.end[which], slots.site[which]
        travel = persona.travel[site]
        return start, end, site, *persona.stretches.with_window(start - travel, end + travel)

    start, end, site, low, high = (row[:, None] for row in column(ones))
    start2, end2, site2, low2, high2 = (row[None, :] for row in column(others))
    gap = problem.between[site, site2]
    clash = (start < end2 + gap) & (end > start2 - gap)
    joined = (low - high2 < rules.rest_minutes) & (low2 - high < rules.rest_minutes)
    span = np.maximum(high, high2) - np.minimum(low, low2)
    conflicts: NDArray[np.bool_] = clash | (joined & (span > rules.duty_minutes))
    return conflicts


def _slots_of(problem: Problem, candidates: Ints) -> tuple[Ints, Ints]:
    """Return the slots of candidates one after the other, and where those of each begin."""
    found = problem.candidates
    counts = found.slot_ptr[candidates + 1] - found.slot_ptr[candidates]
    ends = np.cumsum(counts)
    flat = np.repeat(found.slot_ptr[candidates] - ends + counts, counts) + np.arange(int(ends[-1]))
    return found.slot_idx[flat], ends - counts


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
