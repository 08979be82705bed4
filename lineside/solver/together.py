"""Which needs of one person can be met together.

Somebody who wants 80 hours of one module and 40 of another cannot have both in half a year at five hours a
week. A bound that prices each need by itself counts on both; where people want more than their weeks hold,
that is the largest mistake in it. Two needs *exclude* each other here if no two of their candidates keep the
weekly caps and the order of modules together, and a set of needs is too long if its hours are more than the
weeks between its first and its last date hold. Both are necessary only: whatever else forbids a set makes the
bound lower than it could be, and never wrong.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.solver.needs import Earlier
from lineside.solver.problem import Problem

Ints = NDArray[np.int64]

MOST_NEEDS, MOST_COMBINATIONS = 12, 64
"""Needs and combinations of options of a person up to which all sets are looked at."""
BLOCK = 50_000
"""Candidates whose weeks are counted at once."""


class NeedKinds:
    """Meeting minutes by week of each need's candidates; candidates with the same in every week are of one kind.

    Parameters
    ----------
    minutes
        Meeting minutes of each kind; shape (kinds, weeks).
    kind, ptr
        Kinds of need ``k``: ``kind[ptr[k]:ptr[k + 1]]``.

    Attributes
    ----------
    first, last
        First and last week in which each kind meets; the week of the scenario's first day is 0.
    """

    def __init__(self, minutes: Ints, kind: Ints, ptr: Ints) -> None:
        self.minutes, self.kind, self.ptr = minutes, kind, ptr
        meets = minutes > 0
        self.first = meets.argmax(axis=1)
        self.last = minutes.shape[1] - 1 - meets[:, ::-1].argmax(axis=1)

    @classmethod
    def of(cls, problem: Problem) -> NeedKinds:
        """Return the kinds of the viable pairs of a problem."""
        rows, found = problem.viable_pairs, problem.candidates
        used = np.unique(problem.pairs.candidate[rows])
        blocks = [_week_minutes(problem, used[k : k + BLOCK]) for k in range(0, len(used), BLOCK)]
        table = np.concatenate([np.zeros((0, problem.settings.weeks), dtype=np.int16), *blocks])
        kinds, inverse = np.unique(table, axis=0, return_inverse=True)
        of = np.zeros(len(found), dtype=np.int64)
        of[used] = inverse.reshape(-1)
        size = max(1, len(kinds))
        keys = np.unique(problem.pairs.need[rows].astype(np.int64) * size + of[problem.pairs.candidate[rows]])
        need, kind = np.divmod(keys, size)
        return cls(kinds.astype(np.int64), kind, np.searchsorted(need, np.arange(len(problem.demand.needs) + 1)))

    @classmethod
    def joined(cls, parts: Sequence[NeedKinds]) -> NeedKinds:
        """Return the kinds of all needs from parts of which each knows some; no need is known to two."""
        sizes = np.cumsum([0, *(len(part.minutes) for part in parts)])
        need = np.concatenate([np.repeat(np.arange(len(part.ptr) - 1), np.diff(part.ptr)) for part in parts])
        kind = np.concatenate([part.kind + size for part, size in zip(parts, sizes.tolist(), strict=False)])
        order = np.argsort(need, kind="stable")
        ptr = np.searchsorted(need[order], np.arange(len(parts[0].ptr)))
        return cls(np.concatenate([part.minutes for part in parts]), kind[order], ptr)

    def of_need(self, need: int) -> Ints:
        """Return the kinds of a need; none if no candidate could meet it."""
        return self.kind[self.ptr[need] : self.ptr[need + 1]]


def _week_minutes(problem: Problem, candidates: Ints) -> NDArray[np.int16]:
    found, weeks = problem.candidates, problem.settings.weeks
    start = (problem.settings.first_day.toordinal() - 1) // 7
    counts = found.slot_ptr[candidates + 1] - found.slot_ptr[candidates]
    ends = np.cumsum(counts)
    at = found.slot_idx[np.repeat(found.slot_ptr[candidates] - ends + counts, counts) + np.arange(int(ends[-1]))]
    place = np.repeat(np.arange(len(candidates)), counts) * weeks + found.slots.week[at] - start
    length = found.slots.end[at] - found.slots.start[at]
    return np.bincount(place, length, len(candidates) * weeks).reshape(-1, weeks).astype(np.int16)


@dataclass(frozen=True)
class Way:
    """One of the ways in which a person's needs may turn out: those that are asked for, and a largest set to meet."""

    asked: tuple[int, ...]
    met: tuple[int, ...]


class Together:
    """How the needs of each person may turn out, where it is not simply that all of them are met.

    Parameters
    ----------
    problem
        A problem of which needs, rules and frozen seats are read; what candidates there are is not asked of it.
    kinds
        When the candidates of each need meet.

    Attributes
    ----------
    ways
        The ways of everybody who has needs that cannot all be met together.
    loose
        The choices of everybody else, and of people who have too many to look at them together.
    """

    def __init__(self, problem: Problem, kinds: NeedKinds) -> None:
        self._problem, self._kinds = problem, kinds
        self._waits: dict[int, list[Earlier]] = {}
        for row in problem.demand.earlier:
            if row.frozen_last is None:
                self._waits.setdefault(row.need_idx, []).append(row)
        choices: dict[int, list[tuple[int, ...]]] = {}
        for choice in problem.demand.choices:
            choices.setdefault(problem.demand.options[choice[0]].person_idx, []).append(choice)
        self.ways: list[list[Way]] = []
        self.loose: list[tuple[int, ...]] = []
        for person, needs in problem.needs_of_person.items():
            mine = choices.get(person, [])
            many = math.prod(len(choice) for choice in mine) > MOST_COMBINATIONS
            ways = [] if many else self._ways(person, needs, mine)
            if all(self._is_all(way) for way in ways):
                self.loose.extend(mine)
            else:
                self.ways.append(ways)

    def _is_all(self, way: Way) -> bool:
        """Return whether a way meets everything that any candidate could meet."""
        return len(way.met) == sum(len(self._kinds.of_need(k)) > 0 for k in way.asked)

    def _ways(self, person: int, needs: list[int], choices: list[tuple[int, ...]]) -> list[Way]:
        problem, left = self._problem, self._left(person)
        ways: list[Way] = []
        for chosen in itertools.product(*choices):
            options = frozenset(chosen)
            asked = tuple(k for k in needs if problem.demand.required_under(problem.demand.needs[k], options))
            meetable = [k for k in asked if len(self._kinds.of_need(k))]
            before = {k: self._before(k, options) for k in meetable}
            ways.extend(Way(asked, met) for met in self._sets(meetable, before, *left))
        return ways

    def _before(self, need: int, options: frozenset[int]) -> list[int]:
        """Return the needs that must be met before one under some options, -1 for one that cannot be."""
        rows = self._waits.get(need, ())
        return [row.need_before for row in rows if not row.options or not options.isdisjoint(row.options)]

    def _sets(
        self, needs: list[int], before: dict[int, list[int]], cohorts: Ints, minutes: Ints
    ) -> list[tuple[int, ...]]:
        """Return the largest sets of needs that can be met together."""
        apart = {
            pair
            for pair in itertools.combinations(needs, 2)
            if self._exclude(*pair, pair[0] in before[pair[1]], pair[1] in before[pair[0]], cohorts, minutes)
        }

        def fits(chosen: tuple[int, ...]) -> bool:
            there = set(chosen)
            return (
                all(there.issuperset(before[k]) for k in chosen)
                and apart.isdisjoint(itertools.combinations(chosen, 2))
                and self._is_short(chosen, minutes)
            )

        if len(needs) > MOST_NEEDS or fits(tuple(needs)):
            return [tuple(needs)]
        return list(largest(needs, fits))

    def _left(self, person: int) -> tuple[Ints, Ints]:
        """Return how many cohorts and how many meeting minutes each week has left beside frozen seats."""
        problem, rules = self._problem, self._problem.settings.rules
        size, start = problem.settings.weeks, (problem.settings.first_day.toordinal() - 1) // 7
        cohorts = np.full(size, rules.modules_at_once, dtype=np.int64)
        minutes = np.full(size, rules.class_minutes_per_week, dtype=np.int64)
        for number in problem.frozen_of.get(person, ()):
            spans = np.array(problem.facts.frozen[number].spans, dtype=np.int64).reshape(-1, 2)
            week = (spans[:, 0] // 1440 - 1) // 7 - start
            inside = (week >= 0) & (week < size)
            cohorts[np.unique(week[inside])] -= 1
            np.subtract.at(minutes, week[inside], (spans[:, 1] - spans[:, 0])[inside])
        return np.maximum(cohorts, 0), np.maximum(minutes, 0)

    def _exclude(self, one: int, other: int, is_before: bool, is_after: bool, cohorts: Ints, minutes: Ints) -> bool:
        """Return whether no two candidates of two needs go together, one of which may have to end before the other."""
        ours, theirs, kinds = self._kinds.of_need(one), self._kinds.of_need(other), self._kinds
        if not is_after and kinds.last[ours].min() < kinds.first[theirs].max():
            return False
        if not is_before and kinds.last[theirs].min() < kinds.first[ours].max():
            return False
        a, b = kinds.minutes[ours][:, None, :], kinds.minutes[theirs][None, :, :]
        both = (a > 0) & (b > 0)
        apart = (both & ((a + b > minutes) | (cohorts < 2))).any(axis=2)
        if is_before:
            apart |= kinds.last[ours][:, None] > kinds.first[theirs][None, :]
        if is_after:
            apart |= kinds.last[theirs][None, :] > kinds.first[ours][:, None]
        return bool(apart.all())

    def _is_short(self, needs: Sequence[int], minutes: Ints) -> bool:
        """Return whether the weeks from the first to the last date of some needs hold all their hours."""
        if not needs:
            return True
        kinds = self._kinds
        hours = sum(int(kinds.minutes[self._kinds.of_need(need)].sum(axis=1).min()) for need in needs)
        first = min(int(kinds.first[self._kinds.of_need(need)].min()) for need in needs)
        last = max(int(kinds.last[self._kinds.of_need(need)].max()) for need in needs)
        return hours <= int(minutes[first : last + 1].sum())


def largest(needs: list[int], fits: Callable[[tuple[int, ...]], bool]) -> Iterator[tuple[int, ...]]:
    """Yield the sets of some needs that fit and lie in no other set that does, the largest first.

    Parameters
    ----------
    needs
        The needs; their number is the exponent of the work.
    fits
        Whether a set of them fits.

    Examples
    --------
    >>> list(largest([1, 2, 3], lambda chosen: len(chosen) < 2 or chosen == (2, 3)))
    [(2, 3), (1,)]
    """
    found: list[set[int]] = []
    for size in range(len(needs), -1, -1):
        for chosen in itertools.combinations(needs, size):
            if not any(set(chosen) <= other for other in found) and fits(chosen):
                found.append(set(chosen))
                yield chosen
