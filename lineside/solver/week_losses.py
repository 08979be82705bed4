"""What a crew's line time costs in a week, beyond what cohorts are charged one by one: rows of the relaxation.

A cohort is charged a convex share of what its own people cost their crew
(:mod:`lineside.solver.charges`). That is too little where several cohorts take people of one crew away at
once, and where a line stops early: the convex share spreads one stop over everybody who could ever
be away. Here each crew and week has a variable for the line time lost that no cohort is charged, and
rows that hold it up. A row takes, minute by minute, a sum over people that no plan's loss is below.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lineside.models.calendar import Interval
from lineside.solver.charges import Charges, own_windows
from lineside.solver.columns import Column
from lineside.solver.personas import Persona
from lineside.solver.problem import Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
WEEK = 7 * 1440
LEAST_USE = 1e-6
TINY = 1e-9


@cache
def minorants(cost: tuple[int, ...]) -> Floats:
    """Return concave functions of the number of people away that are nowhere above a loss, one a row.

    Parameters
    ----------
    cost
        Units a minute for 0, 1, ... people away; never falling, the first 0.

    Notes
    -----
    Each is a line through two points of the loss, which goes on from the second one with steps that never rise, as
    high as the loss lets it. Those that another is nowhere below are left out.

    Examples
    --------
    >>> minorants((0, 1000, 1000)).tolist()
    [[0.0, 1000.0, 1000.0]]
    >>> minorants((0, 0, 1000, 1000)).tolist()
    [[-1000.0, 0.0, 1000.0, 1000.0], [-500.0, 0.0, 500.0, 1000.0]]
    """
    loss = np.array(cost, dtype=float)
    found = [row for a, b in itertools.combinations(range(len(cost)), 2) if (row := _minorant(loss, a, b)) is not None]
    distinct = np.unique(np.array(found).reshape(-1, len(cost)), axis=0)
    keep = [k for k, row in enumerate(distinct) if (distinct >= row).all(axis=1).sum() == 1]
    return distinct[keep]


def _minorant(loss: Floats, a: int, b: int) -> Floats | None:
    """Return the function whose line goes through ``a`` and ``b``, or None if it is above the loss or does not rise."""
    step = (loss[b] - loss[a]) / (b - a)
    row: Floats = loss[a] + step * (np.arange(len(loss)) - a)
    if step <= 0 or (row[:b] > loss[:b] + TINY).any():
        return None
    for k in range(b + 1, len(loss)):
        step = min(step, loss[k] - row[k - 1])
        row[k] = row[k - 1] + step
    return row


@dataclass(frozen=True)
class LossRow:
    """A row: what a week's seats have shares of is at most what they are charged, and the loss that nobody is charged.

    Parameters
    ----------
    key
        Persona and week: rows of one key have their variable in common.
    entries
        Pair rows, sorted: all of the persona's in every candidate that meets in the row's minutes.
    units
        Units that a seat in each has a share of.
    minutes
        Minutes of the row for which a cohort's people in each are charged by column.
    limit
        Units that the shares may reach before anything is lost.
    """

    key: tuple[int, int]
    entries: Ints
    units: Floats
    minutes: Floats
    limit: float


@dataclass
class _Crew:
    """What is known of a crew whose losing seats are of one persona."""

    persona: Persona
    rows: Ints
    cost: tuple[int, ...]
    slots: Ints
    low: Ints
    high: Ints
    owner: Ints
    slot_at: Ints
    pieces: dict[int, list[Interval]]


@dataclass(frozen=True)
class _Use:
    """A column in use: its weight, the people of one crew in it, and what they are charged a minute."""

    weight: float
    people: tuple[int, ...]
    charge: float


class WeekLosses:
    """Crews whose line time can be priced by rows, and the rows.

    Parameters
    ----------
    problem
        The prepared problem.
    charges
        What columns are charged.
    rows
        Pair rows that may be seats, sorted.

    Notes
    -----
    A crew has rows if all its losing seats are of one persona without frozen meetings, so that its people lose the
    same minutes to a candidate and nobody is away in any case.
    """

    def __init__(self, problem: Problem, charges: Charges, rows: Ints) -> None:
        self.problem, self._charges = problem, charges
        self._person_of = np.array([need.person_idx for need in problem.demand.needs], dtype=np.int64)
        self._prefix = np.concatenate((np.zeros((len(charges.steps), 1)), np.cumsum(charges.steps, axis=1)), axis=1)
        self._crews: dict[int, _Crew] = {}
        losing = rows[charges.minutes[rows] > 0]
        group = charges.group[losing]
        crew = problem.crew_of[self._person_of[problem.pairs.need[losing]]]
        personas = list(problem.personas()) if len(losing) else []
        of_crew: dict[int, set[int]] = {}
        for number, crew_idx in zip(group.tolist(), crew.tolist(), strict=True):
            of_crew.setdefault(crew_idx, set()).add(number)
        order = np.argsort(group, kind="stable")
        at = np.searchsorted(group[order], np.arange(len(personas) + 1))
        for crew_idx, numbers in sorted(of_crew.items()):
            (number, *others) = sorted(numbers)
            persona, _ = personas[number]
            if not others and not persona.frozen:
                mine = np.sort(losing[order[at[number] : at[number + 1]]])
                self._crews[number] = self._crew(persona, crew_idx, mine)

    def _crew(self, persona: Persona, crew_idx: int, rows: Ints) -> _Crew:
        problem, found = self.problem, self.problem.candidates
        people = len(np.unique(self._person_of[problem.pairs.need[rows]]))
        candidate = problem.pairs.candidate[rows]
        counts = found.slot_ptr[candidate + 1] - found.slot_ptr[candidate]
        ends = np.cumsum(counts)
        flat = np.repeat(found.slot_ptr[candidate] - ends + counts, counts) + np.arange(int(ends[-1]))
        slots, slot_at = np.unique(found.slot_idx[flat], return_inverse=True)
        low, high = own_windows(problem, persona, slots)
        cost = problem.crew_losses[crew_idx].cost[: people + 1]
        owner = np.repeat(np.arange(len(rows)), counts)
        return _Crew(persona, rows, cost, slots, low, high, owner, slot_at, {})

    def rows(self, columns: Sequence[Column], weights: Floats) -> Iterator[LossRow]:
        """Yield for each crew and week in use the row that a solution's cohorts push up most.

        Parameters
        ----------
        columns, weights
            The columns of a relaxed solution and how much it uses of each.
        """
        for number, uses in self._uses(columns, weights).items():
            yield from self._rows_of(number, self._crews[number], uses)

    def _uses(self, columns: Sequence[Column], weights: Floats) -> dict[int, list[tuple[int, _Use]]]:
        """Return for each crew the candidates in use and what a column has of the crew's people in them."""
        found: dict[int, list[tuple[int, _Use]]] = {}
        for k in np.flatnonzero(weights > LEAST_USE).tolist():
            pairs, weight = columns[k].pairs, float(weights[k])
            pairs = pairs[self._charges.minutes[pairs] > 0]
            group = self._charges.group[pairs]
            for number in np.unique(group).tolist():
                if number in self._crews:
                    people = self._person_of[self.problem.pairs.need[pairs[group == number]]]
                    use = _Use(weight, tuple(people.tolist()), weight * float(self._prefix[number, len(people)]))
                    found.setdefault(number, []).append((columns[k].candidate, use))
        return found

    def _pieces(self, crew: _Crew, candidate: int) -> list[Interval]:
        """Return the worked minutes of a candidate's own windows."""
        if candidate not in crew.pieces:
            at = np.searchsorted(crew.slots, self.problem.candidates.slots_of(candidate))
            crew.pieces[candidate] = [
                piece
                for low, high in zip(crew.low[at].tolist(), crew.high[at].tolist(), strict=True)
                for piece in crew.persona.timeline.worked.pieces(low, high)
            ]
        return crew.pieces[candidate]

    def _rows_of(self, number: int, crew: _Crew, uses: list[tuple[int, _Use]]) -> Iterable[LossRow]:
        weeks: dict[int, list[tuple[int, int, Floats, tuple[int, ...]]]] = {}
        pieces = [(start, end, use) for candidate, use in uses for start, end in self._pieces(crew, candidate)]
        for start, end, present in _intervals(pieces):
            away: dict[int, float] = {}
            for use in present:
                for person in use.people:
                    away[person] = away.get(person, 0.0) + use.weight
            people = sorted(away, key=lambda person: (-away[person], person))
            function, amount = _highest(crew.cost, np.array([away[person] for person in people]))
            if amount > sum(use.charge for use in present) + TINY:
                weeks.setdefault((start - 1440) // WEEK, []).append((start, end, function, tuple(people)))
        for week, parts in sorted(weeks.items()):
            yield self._row((number, week), crew, parts)

    def _row(self, key: tuple[int, int], crew: _Crew, parts: list[tuple[int, int, Floats, tuple[int, ...]]]) -> LossRow:
        """Return the row of some minutes of a week, each with its function and its people in order."""
        near = np.flatnonzero((crew.low < parts[-1][1]) & (crew.high > parts[0][0]))
        low, high = crew.low[near], crew.high[near]
        position = {person: k for k, person in enumerate(sorted({p for part in parts for p in part[3]}), start=1)}
        table = np.zeros((len(position) + 1, len(crew.slots)))
        limit = 0.0
        for start, end, function, people in parts:
            first = np.clip(low, start, end)
            minutes = crew.persona.timeline.worked.minutes_within(first, np.maximum(np.clip(high, start, end), first))
            table[0, near] += minutes
            limit -= function[0] * (end - start)
            for person, share in zip(people, np.diff(function).tolist(), strict=False):
                if share > 0:
                    table[position[person], near] += share * minutes
        return self._entered(key, crew, table, position, limit)

    def _entered(
        self, key: tuple[int, int], crew: _Crew, table: Floats, position: dict[int, int], limit: float
    ) -> LossRow:
        minutes: Floats = np.bincount(crew.owner, table[0, crew.slot_at], len(crew.rows)).astype(float)
        entries = np.flatnonzero(minutes > 0)
        person = self._person_of[self.problem.pairs.need[crew.rows[entries]]]
        who = np.array([position.get(p, 0) for p in person.tolist()], dtype=np.int64)
        place = np.full(len(crew.rows), -1, dtype=np.int64)
        place[entries] = who
        of_seat = place[crew.owner]
        shared = of_seat > 0
        share = table[of_seat[shared], crew.slot_at[shared]]
        units: Floats = np.bincount(crew.owner[shared], share, len(crew.rows)).astype(float)
        return LossRow(key, crew.rows[entries], units[entries], minutes[entries], limit)


def _highest(cost: tuple[int, ...], away: Floats) -> tuple[Floats, float]:
    """Return the function that is highest for people away as much as given, most first, and its amount there."""
    functions = minorants(cost)
    if not len(functions):
        return np.zeros(len(cost)), 0.0
    amounts = functions[:, 0] + np.diff(functions, axis=1)[:, : len(away)] @ np.minimum(away, 1.0)
    best = int(np.argmax(amounts))
    return functions[best], float(amounts[best])


def _intervals(pieces: list[tuple[int, int, _Use]]) -> Iterator[tuple[int, int, list[_Use]]]:
    """Yield the intervals between ends of pieces with the columns whose people are away then."""
    times = sorted({time for start, end, _ in pieces for time in (start, end)})
    starts = sorted(pieces, key=lambda piece: piece[:2])
    running: list[tuple[int, int, _Use]] = []
    position = 0
    for start, end in itertools.pairwise(times):
        while position < len(starts) and starts[position][0] <= start:
            running.append(starts[position])
            position += 1
        running = [piece for piece in running if piece[1] > start]
        if running:
            yield start, end, [use for _, _, use in running]
