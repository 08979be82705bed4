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
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from lineside.models.calendar import Interval
from lineside.solver.charges import Charges, own_windows
from lineside.solver.columns import Column, CutRow
from lineside.solver.loss_functions import facets, highest
from lineside.solver.personas import Persona
from lineside.solver.problem import Problem

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
WEEK = 7 * 1440
LEAST_USE = 1e-6
TINY = 1e-9
MINUTES, SPARED, EACH = 0, 1, 2
"""Lines of a table of a row's minutes; those of single people come after them."""
NOWHERE = np.zeros(0, dtype=np.int64)


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

    def over(self, problem: Problem, unit: float) -> CutRow:
        """Return the row over seats and opened cohorts, without charges and the loss, in some unit."""
        counts = np.diff(problem.rooms.ptr)[self.candidates]
        rooms = [np.arange(problem.rooms.ptr[c], problem.rooms.ptr[c + 1]) for c in self.candidates.tolist()]
        opened = CutRow("room", np.concatenate([NOWHERE, *rooms]), -np.repeat(self.spared, counts) / unit, 0.0)
        return CutRow("pair", self.entries, self.units / unit, self.limit / unit, (opened,) if len(rooms) else ())


@dataclass(frozen=True)
class CountedRow:
    """A row: what the people in a week's cohorts cost is at most what they are charged, and the loss that nobody is.

    Parameters
    ----------
    key, entries, minutes
        As in a :class:`LossRow`.
    candidates, counted
        Candidates of which a plan opens one at most at a time, and the minutes for which the people of each count.
    cost
        Units a minute for 0, 1, ... people of a candidate.
    """

    key: tuple[int, int]
    entries: Ints
    minutes: Floats
    candidates: Ints
    counted: Floats
    cost: tuple[int, ...]

    @property
    def identity(self) -> tuple[object, ...]:
        """What is the same in the same row alone."""
        arrays = (self.entries, self.minutes, self.candidates, self.counted)
        return (self.key, *(array.tobytes() for array in arrays))


@dataclass
class _Crew:
    """What is known of a crew whose losing seats are of one persona.

    Parameters
    ----------
    persona, cost
        The persona, and what a minute costs by the number of its people away.
    rows, candidate
        Its losing seats, and the candidate of each.
    candidates, most
        Those candidates, sorted, and how many of its people each can have.
    slots, low, high
        Meetings of those candidates, and the own window of each.
    owner, slot_at
        For each meeting of each seat: the seat's position in ``rows``, the meeting's in ``slots``.
    pieces, rivals
        What was worked out of candidates, and of candidates and meetings.
    """

    persona: Persona
    cost: tuple[int, ...]
    rows: Ints
    candidate: Ints
    candidates: Ints
    most: Ints
    slots: Ints
    low: Ints
    high: Ints
    owner: Ints
    slot_at: Ints
    pieces: dict[int, list[Interval]] = field(default_factory=dict)
    rivals: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)

    def most_of(self, candidate: int) -> int:
        """Return how many of the crew's people a candidate can have in all its cohorts."""
        return int(self.most[np.searchsorted(self.candidates, candidate)])


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
    shares, each
        What a minute costs for some people away, and for each other one, in units.
    spared
        Units that a minute may cost before anything is lost; never below 0.
    rivals
        Candidates of which a plan opens one at most. Only their people have shares then, and each opened cohort spares
        its own, so that one opened in part spares a part. None if all people have shares.
    """

    start: int
    end: int
    shares: dict[int, float]
    each: float
    spared: float
    rivals: tuple[int, ...] | None


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
        self._seats, self._only_room = _rooms_of(problem)
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
        most = np.minimum(counts, self._seats[candidates])
        return _Crew(persona, cost, rows, candidate, candidates, most, slots, low, high, owner, slot_at)

    def _rivals(self, crew: _Crew, candidate: int, minute: int) -> tuple[int, ...]:
        """Return candidates of which a plan opens one at most: those that meet when one does, in its only room.

        Those that may have more people of the crew are left out. The minute is one of the candidate's own windows.
        """
        room, slots = self._only_room[candidate], self.problem.candidates.slots
        if room < 0:
            return (candidate,)
        mine = np.searchsorted(crew.slots, self.problem.candidates.slots_of(candidate))
        at = int(mine[(crew.low[mine] <= minute) & (minute < crew.high[mine])][0])
        if (candidate, at) not in crew.rivals:
            instant = (int(slots.start[crew.slots[at]]) + int(slots.end[crew.slots[at]])) // 2
            meets = (slots.start[crew.slots] <= instant) & (instant < slots.end[crew.slots])
            others = np.isin(crew.candidates, crew.candidate[crew.owner[meets[crew.slot_at]]])
            others &= (self._only_room[crew.candidates] == room) & (crew.most <= crew.most_of(candidate))
            crew.rivals[candidate, at] = tuple(crew.candidates[others].tolist())
        return crew.rivals[candidate, at]

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

    def counted(self, columns: Sequence[Column]) -> Iterator[CountedRow]:
        """Yield for each crew and week the row by the people in whole cohorts that asks for what they lose.

        Parameters
        ----------
        columns
            The cohorts.

        Notes
        -----
        Of cohorts that meet at the same time each row counts the people of one.
        """
        for number, uses in self._uses([(column, 1.0) for column in columns]).items():
            crew = self._crews[number]
            weeks: dict[int, list[_Part]] = {}
            pieces = [(start, end, use) for use in uses for start, end in self._pieces(crew, use.candidate)]
            for start, end, present in _intervals(pieces):
                largest = max(present, key=lambda use: (len(use.people), use.candidate))
                if crew.cost[len(largest.people)] > sum(use.charge for use in present) + TINY:
                    rivals = self._rivals(crew, largest.candidate, start)
                    weeks.setdefault((start - 1440) // WEEK, []).append(_Part(start, end, {}, 1.0, 0.0, rivals))
            for week, parts in sorted(weeks.items()):
                row = self._row((number, week), crew, parts)
                candidates, first = np.unique(self.problem.pairs.candidate[row.entries], return_index=True)
                losing = np.flatnonzero(row.units[first] > 0)
                counted = candidates[losing], row.units[first[losing]]
                yield CountedRow(row.key, row.entries, row.minutes, *counted, crew.cost)

    def _rows_of(self, number: int, crew: _Crew, uses: list[_Use], opened: dict[int, float]) -> Iterable[LossRow]:
        weeks: dict[int, list[_Part]] = {}
        pieces = [(start, end, use) for use in uses for start, end in self._pieces(crew, use.candidate)]
        for start, end, present in _intervals(pieces):
            part, amount = self._part(crew, start, end, present, opened)
            if amount > sum(use.charge for use in present) + TINY:
                weeks.setdefault((start - 1440) // WEEK, []).append(part)
        for week, parts in sorted(weeks.items()):
            yield self._row((number, week), crew, parts)

    def _part(
        self, crew: _Crew, start: int, end: int, present: list[_Use], opened: dict[int, float]
    ) -> tuple[_Part, float]:
        """Return the row's part for some minutes that is highest at a solution, and its amount a minute.

        Either everybody away counts, or those in one cohort and its rivals: then what is spared is only as much as the
        cohort is opened, and no more people than its room takes are away.
        """
        away = _away(present)
        function, amount = highest(crew.cost, np.array(list(away.values())), 1.0)
        best = _Part(start, end, _shares(function, away), 0.0, -float(function[0]), None)
        by_candidate: dict[int, list[_Use]] = {}
        for use in present:
            by_candidate.setdefault(use.candidate, []).append(use)
        for candidate in by_candidate:
            rivals = self._rivals(crew, candidate, start)
            there = [other for other in by_candidate if other in rivals]
            open_there = sum(opened[other] for other in there)
            mine = _away(use for other in there for use in by_candidate[other])
            cost = crew.cost[: crew.most_of(candidate) + 1]
            function, of_some = highest(cost, np.array(list(mine.values())), open_there)
            if of_some > amount + TINY:
                best, amount = _Part(start, end, _shares(function, mine), 0.0, -float(function[0]), rivals), of_some
            for spared, each in facets(cost):
                of_all = each * sum(mine.values()) - spared * open_there
                if of_all > amount + TINY:
                    best, amount = _Part(start, end, {}, each, spared, rivals), of_all
        return best, amount

    def _row(self, key: tuple[int, int], crew: _Crew, parts: list[_Part]) -> LossRow:
        """Return the row of some minutes of a week."""
        minutes, units, spared = np.zeros((3, len(crew.rows)))
        person, limit = self._person_of[self.problem.pairs.need[crew.rows]], 0.0
        by_rivals: dict[tuple[int, ...] | None, list[_Part]] = {}
        for part in parts:
            by_rivals.setdefault(part.rivals, []).append(part)
        for rivals, mine in by_rivals.items():
            line = {
                who: k for k, who in enumerate(sorted({who for part in mine for who in part.shares}), start=EACH + 1)
            }
            table = self._table(crew, mine, line)
            shares = np.array([line.get(who, EACH) for who in person.tolist()], dtype=np.int64)
            minutes += _of_seats(crew, table, np.full(len(person), MINUTES))
            if rivals is None:
                units += _of_seats(crew, table, shares)
                limit += sum(part.spared * (part.end - part.start) for part in mine)
            else:
                inside = np.isin(crew.candidate, rivals)
                units += _of_seats(crew, table, np.where(inside, shares, -1))
                spared += _of_seats(crew, table, np.where(inside, SPARED, -1))
        entries = np.flatnonzero(minutes > 0)
        of_candidate = spared[np.searchsorted(crew.candidate, crew.candidates)]
        sparing = np.flatnonzero(of_candidate > 0)
        seats = crew.rows[entries], units[entries], minutes[entries]
        return LossRow(key, *seats, limit, crew.candidates[sparing], of_candidate[sparing])

    def _table(self, crew: _Crew, parts: list[_Part], line: dict[int, int]) -> Floats:
        """Return by line and slot, summed over the minutes of some parts: minutes, what is spared, and shares."""
        near = np.flatnonzero(
            (crew.low < max(part.end for part in parts)) & (crew.high > min(part.start for part in parts))
        )
        low, high = crew.low[near], crew.high[near]
        table = np.zeros((EACH + 1 + len(line), len(crew.slots)))
        for part in parts:
            first = np.clip(low, part.start, part.end)
            last = np.maximum(np.clip(high, part.start, part.end), first)
            minutes = crew.persona.timeline.worked.minutes_within(first, last)
            table[MINUTES, near] += minutes
            table[SPARED, near] += part.spared * minutes
            table[EACH, near] += part.each * minutes
            for person, share in part.shares.items():
                table[line[person], near] += share * minutes
        return table


def _rooms_of(problem: Problem) -> tuple[Ints, Ints]:
    """Return how many people each candidate can have in all its cohorts, and the only room it fits; -1 if not one."""
    rooms, seats = problem.rooms, problem.room_seats
    owner = np.repeat(np.arange(len(problem.candidates)), np.diff(rooms.ptr))
    least = np.array([row.seats_min for row in problem.scenario.modules], dtype=np.int64)
    fits = seats >= least[problem.candidates.module[owner]]
    rank = np.empty(len(owner), dtype=np.int64)
    rank[np.lexsort((-seats, owner))] = np.arange(len(owner)) - rooms.ptr[owner]
    used = fits & (
        rank < np.diff(problem.instructors.ptr)[owner]
    )  # each cohort has a room and an instructor of its own
    total = np.bincount(owner[used], seats[used], len(problem.candidates)).astype(np.int64)
    only = np.full(len(problem.candidates), -1, dtype=np.int64)
    only[owner[fits]] = rooms.idx[fits]
    only[np.bincount(owner[fits], minlength=len(only)) != 1] = -1
    return total, only


def _of_seats(crew: _Crew, table: Floats, line: Ints) -> Floats:
    """Return the sum over each seat's meetings of its line of a table; nothing where the line is -1."""
    of_meeting = line[crew.owner]
    there = of_meeting >= 0
    found = np.bincount(crew.owner[there], table[of_meeting[there], crew.slot_at[there]], len(crew.rows))
    return found.astype(float)


def _away(uses: Iterable[_Use]) -> dict[int, float]:
    """Return how much each person is away, most first."""
    away: dict[int, float] = {}
    for use in uses:
        for person in use.people:
            away[person] = away.get(person, 0.0) + use.weight
    return dict(sorted(away.items(), key=lambda item: (-item[1], item[0])))


def _shares(function: Floats, away: dict[int, float]) -> dict[int, float]:
    """Return what each person's being away costs by a function, those first who are away most."""
    return {person: share for person, share in zip(away, np.diff(function).tolist(), strict=False) if share > 0}


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
