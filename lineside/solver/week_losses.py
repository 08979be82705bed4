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
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from lineside.models.calendar import Interval
from lineside.solver.charges import Charges, convex_steps, own_windows
from lineside.solver.columns import Column, CutRow
from lineside.solver.personas import Persona
from lineside.solver.problem import Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
WEEK = 7 * 1440
LEAST_USE = 1e-6
TINY = 1e-9
NOWHERE = np.zeros(0, dtype=np.int64)


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


@cache
def facets(cost: tuple[int, ...]) -> list[tuple[float, float]]:
    """Return the lines that the lower convex envelope of a loss is made of, each as what is spared and its step.

    Parameters
    ----------
    cost
        Units a minute for 0, 1, ... people away; never falling, the first 0.

    Examples
    --------
    >>> facets((0, 10, 100, 100))
    [(0.0, 10.0), (35.0, 45.0)]
    """
    steps = convex_steps(cost)
    total = np.concatenate(([0.0], np.cumsum(steps)))
    return [
        (step * k - float(total[k]), step)
        for k, step in enumerate(steps)
        if step > 0 and (not k or step > steps[k - 1])
    ]


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
    candidates, spared
        Candidates each cohort of which lets the shares reach so many units more.
    """

    key: tuple[int, int]
    entries: Ints
    units: Floats
    minutes: Floats
    limit: float
    candidates: Ints
    spared: Floats

    @property
    def identity(self) -> tuple[object, ...]:
        """What is the same in the same row alone."""
        arrays = (self.entries, self.units, self.minutes, self.candidates, self.spared)
        return (self.key, self.limit, *(array.tobytes() for array in arrays))

    def over(self, problem: Problem, unit: float) -> CutRow:
        """Return the row over seats and opened cohorts, without charges and the loss, in some unit."""
        counts = np.diff(problem.rooms.ptr)[self.candidates]
        rooms = [np.arange(problem.rooms.ptr[c], problem.rooms.ptr[c + 1]) for c in self.candidates.tolist()]
        opened = CutRow("room", np.concatenate([NOWHERE, *rooms]), -np.repeat(self.spared, counts) / unit, 0.0)
        return CutRow("pair", self.entries, self.units / unit, self.limit / unit, (opened,) if len(rooms) else ())


@dataclass
class _Crew:
    """What is known of a crew whose losing seats are of one persona."""

    persona: Persona
    rows: Ints
    candidate: Ints
    cost: tuple[int, ...]
    slots: Ints
    low: Ints
    high: Ints
    owner: Ints
    slot_at: Ints
    pieces: dict[int, list[Interval]]
    most: dict[int, int]
    only_room: dict[int, int]


@dataclass(frozen=True)
class _Use:
    """A column in use: its candidate and weight, the people of one crew in it, what they are charged a minute."""

    candidate: int
    weight: float
    people: tuple[int, ...]
    charge: float


@dataclass(frozen=True)
class _Part:
    """Minutes of a row.

    Parameters
    ----------
    start, end
        The minutes.
    shares
        What a minute costs for each person away, in units.
    before
        What a minute may cost before anything is lost; never below 0.
    counted
        Whether each opened cohort brings its own ``before``, so that a cohort that is opened in part brings a part.
    without
        Candidates whose cohorts are left out, their people too; none unless cohorts are counted.
    among
        Candidates of which a plan opens one at most: only their people have shares then, each the same, ``each``.
    """

    start: int
    end: int
    shares: dict[int, float]
    before: float
    counted: bool
    without: frozenset[int] = frozenset()
    among: frozenset[int] = frozenset()
    each: float = 0.0


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
        candidates, counts = np.unique(candidate, return_counts=True)
        most = {c: min(n, self._room_of(c)) for c, n in zip(candidates.tolist(), counts.tolist(), strict=True)}
        return _Crew(
            persona,
            rows,
            candidate,
            cost,
            slots,
            low,
            high,
            owner,
            slot_at,
            {},
            most,
            {c: self._only_room(c) for c in most},
        )

    def _room_of(self, candidate: int) -> int:
        """Return how many people a candidate can have in all its cohorts, each in another room with an instructor."""
        entries, taught = self.problem.rooms.entries_of(candidate), self.problem.instructors.entries_of(candidate)
        seats = sorted(self.problem.room_seats[entries.start : entries.stop].tolist(), reverse=True)
        return sum(seats[: len(taught)])

    def _only_room(self, candidate: int) -> int:
        """Return the only room that a candidate can be in; -1 if there are several."""
        entries = self.problem.rooms.entries_of(candidate)
        least = self.problem.scenario.modules[self.problem.candidates.module[candidate]].seats_min
        fitting = [entry for entry in entries if self.problem.room_seats[entry] >= least]
        return int(self.problem.rooms.idx[fitting[0]]) if len(fitting) == 1 else -1

    def _rivals(self, crew: _Crew, candidate: int, minute: int) -> frozenset[int]:
        """Return candidates of which a plan opens one at most: those that meet when one does, in its only room.

        Those that may take more people of the crew are left out. The minute is one of the candidate's own windows.
        """
        room, slots = crew.only_room[candidate], self.problem.candidates.slots
        if room < 0:
            return frozenset((candidate,))
        mine = np.searchsorted(crew.slots, self.problem.candidates.slots_of(candidate))
        (at, *_) = mine[(crew.low[mine] <= minute) & (minute < crew.high[mine])]
        instant = (int(slots.start[crew.slots[at]]) + int(slots.end[crew.slots[at]])) // 2
        meets = (slots.start[crew.slots] <= instant) & (instant < slots.end[crew.slots])
        others = np.unique(crew.candidate[crew.owner[meets[crew.slot_at]]]).tolist()
        most = crew.most[candidate]
        return frozenset(c for c in others if crew.only_room[c] == room and crew.most[c] <= most)

    def rows(self, columns: Sequence[Column], weights: Floats) -> Iterator[LossRow]:
        """Yield for each crew and week in use the row that a solution's cohorts push up most.

        Parameters
        ----------
        columns, weights
            The columns of a relaxed solution and how much it uses of each.
        """
        opened: dict[int, float] = {}
        in_use = np.flatnonzero(weights > LEAST_USE).tolist()
        for k in in_use:
            opened[columns[k].candidate] = opened.get(columns[k].candidate, 0.0) + float(weights[k])
        uses = self._uses([(columns[k], float(weights[k])) for k in in_use])
        for number, mine in uses.items():
            yield from self._rows_of(number, self._crews[number], mine, opened)

    def _uses(self, columns: Sequence[tuple[Column, float]]) -> dict[int, list[_Use]]:
        """Return for each crew what columns in use have of its people."""
        found: dict[int, list[_Use]] = {}
        for column, weight in columns:
            pairs = column.pairs[self._charges.minutes[column.pairs] > 0]
            group = self._charges.group[pairs]
            for number in np.unique(group).tolist():
                if number in self._crews:
                    people = self._person_of[self.problem.pairs.need[pairs[group == number]]]
                    charge = weight * float(self._prefix[number, len(people)])
                    found.setdefault(number, []).append(_Use(column.candidate, weight, tuple(people.tolist()), charge))
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

    def _rows_of(self, number: int, crew: _Crew, uses: list[_Use], opened: dict[int, float]) -> Iterable[LossRow]:
        weeks: dict[int, list[_Part]] = {}
        pieces = [(start, end, use) for use in uses for start, end in self._pieces(crew, use.candidate)]
        for start, end, present in _intervals(pieces):
            part, amount = _part(crew, start, end, present, opened)
            if part.among:
                (candidate,) = part.among
                part = replace(part, among=self._rivals(crew, candidate, start))
            if amount > sum(use.charge for use in present) + TINY:
                weeks.setdefault((start - 1440) // WEEK, []).append(part)
        for week, parts in sorted(weeks.items()):
            yield self._row((number, week), crew, parts)

    def _row(self, key: tuple[int, int], crew: _Crew, parts: list[_Part]) -> LossRow:
        """Return the row of some minutes of a week."""
        minutes = np.zeros(len(crew.rows))
        units, spared, limit = np.zeros(len(crew.rows)), np.zeros(len(crew.rows)), 0.0
        person = self._person_of[self.problem.pairs.need[crew.rows]]
        kinds = itertools.groupby(sorted(parts, key=_kind), key=_kind)
        for (counted, without, among), of_kind in kinds:
            mine = list(of_kind)
            inside = np.isin(crew.candidate, among) if among else ~np.isin(crew.candidate, without)
            position = {who: k for k, who in enumerate(sorted({who for part in mine for who in part.shares}), start=3)}
            table = self._table(crew, mine, position)
            minutes += self._of_seats(crew, table, np.zeros(len(crew.rows), dtype=np.int64))
            who = np.array([position.get(k, 2) for k in person.tolist()], dtype=np.int64)
            units += self._of_seats(crew, table, np.where(inside, who, -1))
            if counted:
                spared += self._of_seats(crew, table, np.where(inside, 1, -1))
            else:
                limit += sum(part.before * (part.end - part.start) for part in mine)
        entries = np.flatnonzero(minutes > 0)
        candidates, first = np.unique(crew.candidate, return_index=True)
        taken = np.flatnonzero(spared[first] > 0)
        losing = crew.rows[entries], units[entries], minutes[entries]
        return LossRow(key, *losing, limit, candidates[taken], spared[first[taken]])

    def _table(self, crew: _Crew, parts: list[_Part], position: dict[int, int]) -> Floats:
        """Return by slot the minutes inside some parts, what is spared in them, and each person's shares."""
        near = np.flatnonzero(
            (crew.low < max(part.end for part in parts)) & (crew.high > min(part.start for part in parts))
        )
        low, high = crew.low[near], crew.high[near]
        table = np.zeros((len(position) + 3, len(crew.slots)))
        for part in parts:
            first = np.clip(low, part.start, part.end)
            last = np.maximum(np.clip(high, part.start, part.end), first)
            minutes = crew.persona.timeline.worked.minutes_within(first, last)
            table[0, near] += minutes
            table[1, near] += part.before * minutes
            table[2, near] += part.each * minutes
            for person, share in part.shares.items():
                table[position[person], near] += share * minutes
        return table

    def _of_seats(self, crew: _Crew, table: Floats, line: Ints) -> Floats:
        """Return the sum over each seat's meetings of one line of a table, which may differ by seat; -1 is none."""
        of_meeting = line[crew.owner]
        there = of_meeting >= 0
        found = np.bincount(crew.owner[there], table[of_meeting[there], crew.slot_at[there]], len(crew.rows))
        return found.astype(float)


def _kind(part: _Part) -> tuple[bool, tuple[int, ...], tuple[int, ...]]:
    return part.counted, tuple(sorted(part.without)), tuple(sorted(part.among))


def _part(crew: _Crew, start: int, end: int, present: list[_Use], opened: dict[int, float]) -> tuple[_Part, float]:
    """Return the row's part for some minutes that is highest at a solution, and its amount a minute.

    Whoever is away together costs at least a concave function of their number (:func:`minorants`). One that is below 0
    for nobody away may count so once a minute, or once for each opened cohort that meets then: less where one cohort
    is opened in part, which is how a relaxed solution gets out of the first.
    """
    by_candidate: dict[int, list[_Use]] = {}
    for use in present:
        by_candidate.setdefault(use.candidate, []).append(use)
    away = _away(present)
    cost = crew.cost
    function, amount = _highest(cost, _sorted(away), 1.0)
    best = _Part(start, end, _shares(function, away), -float(function[0]), False)
    for candidate, uses in by_candidate.items():
        mine = _away(uses)
        function, alone = _highest(cost, _sorted(mine), opened[candidate])
        if function[0] < 0 and alone > 0:
            shares = _shares(function, mine)
            gains = {
                other: float(function[0]) * opened[other]
                + sum(shares.get(person, 0.0) * share for person, share in _away(found).items())
                for other, found in by_candidate.items()
            }
            together = sum(gain for gain in gains.values() if gain > 0)
            if together > amount + TINY:
                amount = together
                without = frozenset(other for other, gain in gains.items() if gain <= 0)
                best = _Part(start, end, shares, -float(function[0]), True, without)
        number = sum(mine.values())
        for before, each in facets(cost[: crew.most[candidate] + 1]):
            of_candidate = each * number - before * opened[candidate]
            if of_candidate > amount + TINY:
                amount = of_candidate
                best = _Part(start, end, {}, before, True, among=frozenset((candidate,)), each=each)
    return best, amount


def _away(uses: Iterable[_Use]) -> dict[int, float]:
    """Return how much each person is away, most first."""
    away: dict[int, float] = {}
    for use in uses:
        for person in use.people:
            away[person] = away.get(person, 0.0) + use.weight
    return dict(sorted(away.items(), key=lambda item: (-item[1], item[0])))


def _sorted(away: dict[int, float]) -> Floats:
    return np.array(list(away.values()))


def _shares(function: Floats, away: dict[int, float]) -> dict[int, float]:
    """Return what each person's being away costs by a function, those first who are away most."""
    return {person: share for person, share in zip(away, np.diff(function).tolist(), strict=False) if share > 0}


def _highest(cost: tuple[int, ...], away: Floats, opened: float) -> tuple[Floats, float]:
    """Return the function that is highest for people away as much as given, most first, and its amount there.

    What it costs when nobody is away counts as often as ``opened`` says.
    """
    functions = minorants(cost)
    if not len(functions):
        return np.zeros(len(cost)), 0.0
    amounts = opened * functions[:, 0] + np.diff(functions, axis=1)[:, : len(away)] @ np.minimum(away, opened)
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
