"""Opening cohorts for empty seats, with companions that other cohorts can spare.

A cohort that would be one person short of its least number can often be opened all the same: people of
the same module sit in cohorts that are larger than they must be. Seating those who go without and
borrowing the rest fills most of the seats that saving by itself leaves empty, at a fraction of what an
exact step costs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.solver.moves.standing import NEVER, Standing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_SAVING = 1e-6
"""Units that a move must save to be one."""
ROW_WORK, OPENING_WORK, QUESTION_WORK = 1.5e-7, 4e-5, 2e-5
"""Counted work of pricing a pair, of asking for a room and an instructor, and of asking whether people can come."""


@dataclass(frozen=True)
class Offers:
    """Candidates that could be opened at a saving, the best first.

    Parameters
    ----------
    candidate, saving
        Which, and what each promises, in units below 0.
    first, end
        The people of each: ``rows[first:end]``, the cheapest first.
    rows
        Pair rows.
    """

    candidate: Ints
    saving: Floats
    first: Ints
    end: Ints
    rows: Ints

    def people(self, position: int) -> Ints:
        """Return the pair rows of one candidate."""
        return self.rows[self.first[position] : self.end[position]]


class Filler:
    """Fills empty seats of a standing seating.

    Parameters
    ----------
    standing
        What to change.
    """

    def __init__(self, standing: Standing) -> None:
        self.standing, self._prospects = standing, standing.prospects
        self._pairs = standing.problem.pairs
        self._refused_at = np.full(len(self._pairs), -1, dtype=np.int64)
        """Version of the person when a pair was last refused."""
        self.work = 0.0
        """Counted work so far: the same on every run, and about six tenths of the seconds that it takes."""

    def empty(self) -> Ints:
        """Return the needs that go without."""
        standing = self.standing
        return np.flatnonzero(standing.asked & (standing.home < 0))

    def fill(self, goes_on: Callable[[], bool]) -> int:
        """Open and join cohorts for empty seats until nothing helps; return the number of seats filled."""
        filled = 0
        while goes_on():
            before = len(self.empty())
            self.open_all(self.candidates_of(self.empty()), goes_on)
            self.join(self.empty())
            after = len(self.empty())
            filled += before - after
            if after >= before:
                break
        return filled

    def candidates_of(self, needs: Iterable[int]) -> Ints:
        """Return the candidates that some needs could be in."""
        rows = [self._prospects.rows_of(int(need)) for need in needs]
        return np.unique(self._pairs.candidate[np.concatenate([np.zeros(0, dtype=np.int64), *rows])])

    def open_all(self, candidates: Ints, goes_on: Callable[[], bool]) -> int:
        """Open what saves most of some candidates, in turn, as priced at the beginning; return how many were."""
        offers = self.offers(candidates)
        opened = 0
        for k in range(len(offers.candidate)):
            if not goes_on():
                break
            opened += self.open(int(offers.candidate[k]), offers.people(k)) is not None
        return opened

    def offers(self, candidates: Ints) -> Offers:
        """Return which of some candidates would save something, each with its best people as far as is known."""
        prospects, standing = self._prospects, self.standing
        candidates = candidates[np.isfinite(prospects.service[candidates])]
        low, high = prospects.first_pair[candidates], prospects.first_pair[candidates + 1]
        counts = high - low
        enough = counts >= prospects.least[candidates]
        candidates, low, counts = candidates[enough], low[enough], counts[enough]
        ends = np.cumsum(counts)
        if not len(ends):
            return Offers(candidates, np.zeros(0), candidates, candidates, candidates)
        rows = np.repeat(low - ends + counts, counts) + np.arange(int(ends[-1]))
        self.work += ROW_WORK * len(rows)
        need = self._pairs.need[rows]
        value = prospects.cost[rows] - standing.away[need]
        gone = ~prospects.viable[rows] | (self._refused_at[rows] == standing.version[prospects.person[need]])
        value[gone | (standing.away[need] <= -NEVER)] = NEVER
        owner = np.repeat(np.arange(len(candidates)), counts)
        order = np.lexsort((value, owner))
        rows, value = rows[order], value[order]
        first = ends - counts
        before = np.concatenate(([0.0], np.cumsum(value)))
        wanted = np.maximum(prospects.least[candidates], np.add.reduceat(value < 0, first))
        count = np.minimum(np.minimum(wanted, prospects.most[candidates]), counts)
        saving = before[first + count] - before[first] + prospects.service[candidates]
        found = np.flatnonzero(saving < -LEAST_SAVING)
        found = found[np.argsort(saving[found], kind="stable")]
        return Offers(candidates[found], saving[found], first[found], ends[found], rows)

    def open(self, candidate: int, rows: Ints, foremost: int = -1) -> int | None:
        """Open a candidate with people of some pair rows, the cheapest first, if that saves anything.

        Parameters
        ----------
        candidate
            Which.
        rows
            Pair rows of the people who may come.
        foremost
            A need that comes before all others, if there is one.

        Returns
        -------
        The number of the cohort, or None if it was not opened.
        """
        standing, prospects = self.standing, self._prospects
        needs = self._pairs.need[rows]
        value = prospects.cost[rows] - standing.away[needs]
        value[self._refused_at[rows] == standing.version[prospects.person[needs]]] = NEVER
        order = np.argsort(np.where(needs == foremost, -np.inf, value), kind="stable")
        rows, value = rows[order], value[order]
        wanted = max(int(prospects.least[candidate]), int(np.count_nonzero(value < 0)))
        best = value[: min(wanted, int(prospects.most[candidate]))].sum() + prospects.service[candidate]
        if len(rows) < prospects.least[candidate] or best > -LEAST_SAVING:
            return None
        self.work += OPENING_WORK
        served = standing.bookings.servers(candidate)
        if served is None:
            return None
        seats = standing.problem.scenario.rooms[served[0]].seats
        most = min(seats, int(prospects.most[candidate]))
        chosen, saving = self._companions(candidate, rows, value, most)
        saving += prospects.service[candidate]
        if len(chosen) < prospects.least[candidate] or saving > -LEAST_SAVING:
            return None
        mark, beyond = standing.mark(), standing.excess()
        number = standing.open(candidate, *served)
        for need in chosen:
            if standing.home[need] >= 0:
                standing.unseat(need)
            standing.seat(need, number)
        return None if self._gone_beyond(mark, beyond) else number

    def _gone_beyond(self, mark: int, beyond: tuple[int, ...]) -> bool:
        """Undo what was done since a mark if it goes further beyond a limit than before; return whether it does."""
        is_worse = any(now > before for now, before in zip(self.standing.excess(), beyond, strict=True))
        if is_worse:
            self.standing.undo(mark)
        return is_worse

    def _companions(self, candidate: int, rows: Ints, value: Floats, most: int) -> tuple[list[int], float]:
        """Return who would be in a cohort and what that saves, without the room and the instructor."""
        standing, least = self.standing, int(self._prospects.least[candidate])
        service = float(self._prospects.service[candidate])
        chosen: list[int] = []
        borrowed: Counter[int] = Counter()
        saving, fresh = 0.0, False
        needs = self._pairs.need[rows]
        homes = standing.home[needs].tolist()
        before, below = [0.0, *np.cumsum(value).tolist()], int(np.count_nonzero(value < 0))
        each = zip(rows.tolist(), needs.tolist(), homes, value.tolist(), strict=True)
        for k, (row, need, home, worth) in enumerate(each, start=1):
            if need in chosen:
                continue
            if worth >= NEVER / 2 or len(chosen) >= most or (worth >= 0 and (len(chosen) >= least or not fresh)):
                break
            space = most - len(chosen)
            group = self._who_comes(need, candidate, row, space, borrowed[home])
            if group:
                borrowed[home] += 1
                fresh = fresh or home < 0
                chosen.extend(group)
                saving += worth if len(group) == 1 else sum(self._worth(member, candidate) for member in group)
            elif len(chosen) < least:
                until = min(max(k + least - len(chosen), below), k + space)
                if until >= len(before) or saving + before[until] - before[k] + service > -LEAST_SAVING:
                    break  # even if all the others come
        return chosen, saving

    def _who_comes(self, need: int, candidate: int, row: int, space: int, borrowed: int) -> tuple[int, ...]:
        """Return the needs that can come with one to a candidate, itself included; none if it cannot come."""
        standing, home = self.standing, int(self.standing.home[need])
        if not standing.asked[need] or (home >= 0 and standing.cohorts[home].candidate == candidate):
            return ()
        if home >= 0 and standing.spare(home) - borrowed <= 0:
            return ()
        group = self.group(need, candidate)
        return group if len(group) <= space and self._can_sit(group, row, candidate) else ()

    def _worth(self, need: int, candidate: int) -> float:
        row = self._pairs.row(need, candidate)
        return float(self._prospects.cost[row] - self.standing.away[need])

    def group(self, need: int, candidate: int) -> tuple[int, ...]:
        """Return the needs that sit with one or not at all; none if they could not be in a candidate."""
        party = self._prospects.party.get(need)
        if party is None:
            return (need,)
        asked = tuple(k for k in party if self.standing.asked[k])
        taken = any(self.standing.home[k] >= 0 for k in asked)
        return () if taken or any(self._pairs.row(k, candidate) < 0 for k in asked) else asked

    def _can_sit(self, group: tuple[int, ...], row: int, candidate: int) -> bool:
        self.work += QUESTION_WORK
        if group and all(self.standing.can_sit(need, candidate) for need in group):
            return True
        need = int(self._pairs.need[row])
        self._refused_at[row] = self.standing.version[self._prospects.person[need]]
        return False

    def join(self, needs: Iterable[int], before: int | None = None) -> int:
        """Seat needs in open cohorts with room, if wanted only in those that end before a date; return how many."""
        standing, joined = self.standing, 0
        for need in needs:
            if standing.home[need] >= 0 or not standing.asked[need]:
                continue
            rows = self._prospects.rows_of(int(need))
            rows = rows[standing.is_open[self._pairs.candidate[rows]]]
            if before is not None:
                rows = rows[standing.problem.candidates.ends[self._pairs.candidate[rows]] < before]
            for row in rows[np.argsort(self._prospects.cost[rows], kind="stable")].tolist():
                if self._join(int(need), row):
                    joined += 1
                    break
        return joined

    def join_at(self, need: int, candidate: int) -> bool:
        """Seat a need in an open cohort of one candidate, if there is room; return whether it was."""
        return self._join(need, self._pairs.row(need, candidate))

    def _join(self, need: int, row: int) -> bool:
        standing, candidate = self.standing, int(self._pairs.candidate[row])
        if self._prospects.cost[row] >= self._prospects.price[need]:
            return False
        group = self.group(need, candidate)
        for number in standing.open_at.get(candidate, ()):
            cohort = standing.cohorts[number]
            if len(cohort.members) + len(group) <= cohort.most and self._can_sit(group, row, candidate):
                mark, beyond = standing.mark(), standing.excess()
                for member in group:
                    standing.seat(member, number)
                return bool(group) and not self._gone_beyond(mark, beyond)
        return False
