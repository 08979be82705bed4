"""Crews that stop early: what their line time costs, priced by rows instead of by column.

Where the first person away costs more than a share of the crew – the line stops at once, say – the
convex charge of a cohort (:mod:`lineside.solver.charges`) is far too low: it spreads one stop over
everybody who could ever be away. For such crews the relaxation has instead, for each week, a
variable for the line time lost, and rows that hold it up: shares of the loss for single people.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.solver.charges import Charges, own_windows
from lineside.solver.personas import Persona
from lineside.solver.problem import Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
WEEK = 7 * 1440
LEAST_USE = 1e-6
WORTH = 2.0
"""Times the convex charge of the first person that his own loss must be for rows to be worth their number."""


def people_shares(cost: tuple[int, ...]) -> list[float]:
    """Return shares of a loss, never rising, of which any number of people have at most what their absence costs.

    Examples
    --------
    >>> people_shares((0, 1000, 1000, 1000))
    [1000.0, 0.0, 0.0]
    >>> people_shares((0, 400, 800, 1000))
    [400.0, 400.0, 200.0]
    """
    shares: list[float] = []
    total = 0.0
    for units in cost[1:]:
        shares.append(min(units - total, shares[-1] if shares else float(units)))
        total += shares[-1]
    return shares


@dataclass(frozen=True)
class StopRow:
    """A row: the shares of a week's seats are at most the week's line time lost.

    Parameters
    ----------
    key
        Persona and week: rows of one key have their variable in common.
    entries, units
        Pair rows, sorted, and the units that a seat there has a share of.
    """

    key: tuple[int, int]
    entries: Ints
    units: Floats


class Stops:
    """Crews whose line time is priced by rows, and the rows.

    Parameters
    ----------
    problem
        The prepared problem.
    charges
        The convex charges.
    rows
        Pair rows that may be seats, sorted.
    """

    def __init__(self, problem: Problem, charges: Charges, rows: Ints) -> None:
        self.problem = problem
        losing = rows[charges.minutes[rows] > 0]
        crew_of = np.array([problem.crew_of[need.person_idx] for need in problem.demand.needs], dtype=np.int64)
        self._person_of = np.array([need.person_idx for need in problem.demand.needs], dtype=np.int64)
        group, crew = charges.group[losing], crew_of[problem.pairs.need[losing]]
        self._personas: dict[int, tuple[Persona, Ints, list[float]]] = {}
        personas = list(problem.personas())
        for number in np.unique(group).tolist():
            persona, people = personas[number]
            mine = losing[group == number]
            alone = np.unique(group[crew == problem.crew_of[people[0]]]).tolist() == [number]
            away = len(np.unique(self._person_of[problem.pairs.need[mine]]))
            shares = people_shares(problem.crew_losses[problem.crew_of[people[0]]].cost[: away + 1])
            if alone and not persona.frozen and shares[0] >= WORTH * max(charges.steps[number, 0], 1.0):
                self._personas[number] = (persona, mine, shares)
        self.priced_by_row = np.isin(charges.group, list(self._personas))
        self._group = charges.group
        self._windows: dict[int, tuple[Ints, Ints, Ints]] = {}

    def rows(self, used: Floats) -> Iterable[StopRow]:
        """Yield for each crew and week in use the row that a solution's seats push up most.

        Parameters
        ----------
        used
            How much a relaxed solution uses of every pair row.
        """
        for number, (persona, mine, shares) in self._personas.items():
            seats = mine[used[mine] > LEAST_USE]
            if len(seats):
                yield from self._rows_of(number, persona, mine, shares, seats, used)

    def _own(self, number: int, persona: Persona, mine: Ints) -> tuple[Ints, Ints, Ints]:
        """Return the slots of a persona's candidates, sorted, and each one's own window."""
        if number not in self._windows:
            found = self.problem.candidates
            candidates = np.unique(self.problem.pairs.candidate[mine])
            slots = np.unique(np.concatenate([found.slots_of(c) for c in candidates.tolist()]))
            self._windows[number] = (slots, *own_windows(self.problem, persona, slots))
        return self._windows[number]

    def _rows_of(
        self, number: int, persona: Persona, mine: Ints, shares: list[float], seats: Ints, used: Floats
    ) -> Iterable[StopRow]:
        slots, low, high = self._own(number, persona, mine)
        pieces: list[tuple[int, int, int, float]] = []
        for row in seats.tolist():
            person = int(self._person_of[self.problem.pairs.need[row]])
            at = np.searchsorted(slots, self.problem.candidates.slots_of(int(self.problem.pairs.candidate[row])))
            for first, last in zip(low[at].tolist(), high[at].tolist(), strict=True):
                for start, end in persona.timeline.worked.pieces(first, last):
                    pieces.append((start, end, person, float(used[row])))
        units: dict[int, dict[int, Floats]] = {}
        for start, end, people in _intervals(pieces):
            minutes = persona.timeline.worked.minutes_within(
                np.clip(low, start, end), np.maximum(np.clip(high, start, end), np.clip(low, start, end))
            )
            week = units.setdefault((start - 1440) // WEEK, {})
            for person, share in zip(people, shares, strict=False):
                if share > 0:
                    week[person] = week.get(person, np.zeros(len(slots))) + share * minutes
        for week_number, by_person in sorted(units.items()):
            yield self._row((number, week_number), mine, slots, by_person)

    def _row(self, key: tuple[int, int], mine: Ints, slots: Ints, by_person: dict[int, Floats]) -> StopRow:
        found, pairs = self.problem.candidates, self.problem.pairs
        people = sorted(by_person)
        rows = mine[np.isin(self._person_of[pairs.need[mine]], people)]
        counts = found.slot_ptr[pairs.candidate[rows] + 1] - found.slot_ptr[pairs.candidate[rows]]
        ends = np.cumsum(counts)
        flat = np.repeat(found.slot_ptr[pairs.candidate[rows]] - ends + counts, counts) + np.arange(ends[-1])
        owner = np.repeat(np.arange(len(rows)), counts)
        table = np.stack([by_person[person] for person in people])
        who = np.searchsorted(people, self._person_of[pairs.need[rows]])
        units = np.bincount(owner, table[who[owner], np.searchsorted(slots, found.slot_idx[flat])], len(rows))
        keep = units > 0
        return StopRow(key, rows[keep], units[keep].astype(float))


def _intervals(pieces: list[tuple[int, int, int, float]]) -> Iterable[tuple[int, int, list[int]]]:
    """Yield the intervals between ends of pieces with the people away, those away most first."""
    times = sorted({time for start, end, _, _ in pieces for time in (start, end)})
    starts = sorted(pieces)
    running: list[tuple[int, int, int, float]] = []
    position = 0
    for start, end in itertools.pairwise(times):
        while position < len(starts) and starts[position][0] <= start:
            running.append(starts[position])
            position += 1
        running = [piece for piece in running if piece[1] > start]
        away: dict[int, float] = {}
        for _, _, person, weight in running:
            away[person] = away.get(person, 0.0) + weight
        if away:
            yield start, end, sorted(away, key=lambda person: (-away[person], person))
