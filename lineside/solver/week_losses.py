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

import numpy as np
from numpy.typing import NDArray

from lineside.solver.charges import Charges
from lineside.solver.columns import Column
from lineside.solver.crew_seats import EACH, MINUTES, SPARED, CrewSeats, Halls, Part
from lineside.solver.loss_functions import facets, highest
from lineside.solver.personas import Persona
from lineside.solver.problem import Problem
from lineside.solver.week_rows import CountedRow, LossRow

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
WEEK = 7 * 1440
LEAST_USE = 1e-6
TINY = 1e-9


@dataclass(frozen=True)
class _Use:
    """A column in use: its candidate and weight, the people of one crew in it, what they are charged a minute."""

    candidate: int
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

    Attributes
    ----------
    crews
        Those crews, by the number of their persona.

    Notes
    -----
    A crew has rows if all its losing seats are of one persona without frozen meetings, so that its people lose the
    same minutes to a candidate and nobody is away in any case.
    """

    def __init__(self, problem: Problem, charges: Charges, rows: Ints) -> None:
        self.problem, self._charges = problem, charges
        self._person_of = np.array([need.person_idx for need in problem.demand.needs], dtype=np.int64)
        self._prefix = np.concatenate((np.zeros((len(charges.steps), 1)), np.cumsum(charges.steps, axis=1)), axis=1)
        self.crews: dict[int, CrewSeats] = {}
        self._halls = Halls(problem)
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
                self.crews[number] = self._crew(persona, crew_idx, mine)

    def _crew(self, persona: Persona, crew_idx: int, rows: Ints) -> CrewSeats:
        problem = self.problem
        person = self._person_of[problem.pairs.need[rows]]
        cost = problem.crew_losses[crew_idx].cost[: len(np.unique(person)) + 1]
        return CrewSeats(problem, self._halls, persona, cost, rows, problem.pairs.candidate[rows], person)

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
            yield from self._rows_of(number, self.crews[number], mine, opened)

    def _uses(self, columns: Sequence[tuple[Column, float]]) -> dict[int, list[_Use]]:
        """Return for each crew what columns in use have of its people."""
        found: dict[int, list[_Use]] = {}
        for column, weight in columns:
            pairs = column.pairs[self._charges.minutes[column.pairs] > 0]
            group = self._charges.group[pairs]
            for number in np.unique(group).tolist():
                if number in self.crews:
                    people = self._person_of[self.problem.pairs.need[pairs[group == number]]]
                    charge = weight * float(self._prefix[number, len(people)])
                    found.setdefault(number, []).append(_Use(column.candidate, weight, tuple(people.tolist()), charge))
        return found

    def counted(self, columns: Sequence[Column]) -> Iterator[CountedRow]:
        """Yield for each crew and week the row by people counted that asks for what whole cohorts lose.

        Parameters
        ----------
        columns
            The cohorts.

        Notes
        -----
        Of cohorts that meet at the same time a row counts the people of one.
        """
        for number, uses in self._uses([(column, 1.0) for column in columns]).items():
            crew = self.crews[number]
            weeks: dict[int, list[Part]] = {}
            for start, end, present in _intervals(crew, uses):
                largest = max(present, key=lambda use: (len(use.people), use.candidate))
                if crew.cost[len(largest.people)] > sum(use.charge for use in present) + TINY:
                    rivals = crew.rivals(largest.candidate, start, of_any_size=True)
                    weeks.setdefault(_week(start), []).append(Part(start, end, {}, 1.0, 0.0, rivals))
            for week, parts in sorted(weeks.items()):
                minutes, counted, _, _ = _sums(crew, parts)
                entries = np.flatnonzero(minutes > 0)
                charged = crew.rows[entries], minutes[entries]
                yield CountedRow((number, week), *charged, *crew.of_candidates(counted), crew.cost)

    def _rows_of(self, number: int, crew: CrewSeats, uses: list[_Use], opened: dict[int, float]) -> Iterable[LossRow]:
        weeks: dict[int, list[Part]] = {}
        for start, end, present in _intervals(crew, uses):
            part, amount = _part(crew, start, end, present, opened)
            if amount > sum(use.charge for use in present) + TINY:
                weeks.setdefault(_week(start), []).append(part)
        for week, parts in sorted(weeks.items()):
            minutes, units, spared, limit = _sums(crew, parts)
            entries = np.flatnonzero(minutes > 0)
            seats = crew.rows[entries], units[entries], minutes[entries]
            yield LossRow((number, week), *seats, limit, *crew.of_candidates(spared))


def _week(minute: int) -> int:
    """Return the number of a minute's week; weeks begin on Monday."""
    return (minute - 1440) // WEEK


def _part(crew: CrewSeats, start: int, end: int, present: list[_Use], opened: dict[int, float]) -> tuple[Part, float]:
    """Return the row's part for some minutes that is highest at a solution, and its amount a minute.

    Either everybody away counts, or those in one cohort and its rivals: then what is spared is only as much as the
    cohort is opened, and no more people than its room takes are away.
    """
    away = _away(present)
    function, amount = highest(crew.cost, np.array(list(away.values())), 1.0)
    best = Part(start, end, _shares(function, away), 0.0, -float(function[0]), None)
    by_candidate: dict[int, list[_Use]] = {}
    for use in present:
        by_candidate.setdefault(use.candidate, []).append(use)
    for candidate in by_candidate:
        rivals = crew.rivals(candidate, start)
        there = [other for other in by_candidate if other in rivals]
        open_there = sum(opened[other] for other in there)
        mine = _away(use for other in there for use in by_candidate[other])
        cost = crew.cost[: crew.most_of(candidate) + 1]
        function, of_some = highest(cost, np.array(list(mine.values())), open_there)
        if of_some > amount + TINY:
            best, amount = Part(start, end, _shares(function, mine), 0.0, -float(function[0]), rivals), of_some
        for spared, each in facets(cost):
            of_all = each * sum(mine.values()) - spared * open_there
            if of_all > amount + TINY:
                best, amount = Part(start, end, {}, each, spared, rivals), of_all
    return best, amount


def _sums(crew: CrewSeats, parts: list[Part]) -> tuple[Floats, Floats, Floats, float]:
    """Return over some parts the minutes, shares and what is spared of each seat, and what is spared in any case."""
    minutes, units, spared = np.zeros((3, len(crew.rows)))
    limit = 0.0
    by_rivals: dict[tuple[int, ...] | None, list[Part]] = {}
    for part in parts:
        by_rivals.setdefault(part.rivals, []).append(part)
    for rivals, mine in by_rivals.items():
        named = sorted({who for part in mine for who in part.shares})
        line = {who: k for k, who in enumerate(named, start=EACH + 1)}
        table = crew.table(mine, line)
        shares = np.array([line.get(who, EACH) for who in crew.person.tolist()], dtype=np.int64)
        minutes += crew.of_seats(table, np.full(len(shares), MINUTES))
        if rivals is None:
            units += crew.of_seats(table, shares)
            limit += sum(part.spared * (part.end - part.start) for part in mine)
        else:
            inside = np.isin(crew.candidate, rivals)
            units += crew.of_seats(table, np.where(inside, shares, -1))
            spared += crew.of_seats(table, np.where(inside, SPARED, -1))
    return minutes, units, spared, limit


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


def _intervals(crew: CrewSeats, uses: list[_Use]) -> Iterator[tuple[int, int, list[_Use]]]:
    """Yield the intervals between ends of pieces, and of weeks, with the columns whose people are away then.

    A minute must not be in rows of two weeks: each week's rows have a variable of their own, and both would ask for it.
    """
    pieces = [(start, end, use) for use in uses for start, end in crew.pieces(use.candidate)]
    ends = {time for start, end, _ in pieces for time in (start, end)}
    weeks = {(_week(start) + 1, _week(end - 1)) for start, end, _ in pieces}
    times = sorted(ends | {week * WEEK + 1440 for first, last in weeks for week in range(first, last + 1)})
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
