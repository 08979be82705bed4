"""Rows that the relaxation is missing: rooms and instructors taken twice, and what people cannot do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.solver.bound import ROW_VIOLATION, ColumnGeneration
from lineside.solver.columns import Column, CutRow, Part
from lineside.solver.conflicts import Conflicts
from lineside.solver.person_cuts import PersonSeparator
from lineside.solver.resources import Servers

Ints = NDArray[np.int64]
PER_SERVER, PER_SERVER_IF_LARGE = 4, 12
"""Most rows of one room or instructor a round."""
MOST_ROWS, NEEDS_A_ROW = 150, 3
"""Most rows added a round, or one for so many needs; few often settle the rest."""
MANY_BROKEN = 0.2
"""Share of the rows that may be added above which line time waits in a large master: its rows take longest to find."""
WHOLE = 1e-6
"""By how much whole cohorts must break a row."""
LOSS_VIOLATION = 1e-3
"""Master units of line time lost in a week that must be missing for a row: a tenth of a line-minute."""


@dataclass(frozen=True)
class _Use:
    """A column that the relaxation uses, and how much of it."""

    column: Column
    weight: float
    start: Ints
    end: Ints
    week: Ints


class _Served:
    """Which candidates each room or instructor could serve.

    Parameters
    ----------
    servers
        Those of each candidate.
    """

    def __init__(self, servers: Servers) -> None:
        self._idx = servers.idx
        self._entries = np.argsort(servers.idx, kind="stable")
        self._ptr = np.searchsorted(servers.idx[self._entries], np.arange(int(servers.idx.max(initial=-1)) + 2))
        self._owner = np.repeat(np.arange(len(servers.ptr) - 1), np.diff(servers.ptr))

    def server_of(self, entry: int) -> int:
        """Return the room or instructor of an entry."""
        return int(self._idx[entry])

    def of(self, server: int) -> tuple[Ints, Ints]:
        """Return the entries of a room or an instructor, sorted, and the candidate of each."""
        entries = self._entries[self._ptr[server] : self._ptr[server + 1]]
        return entries, self._owner[entries]


class Separator:
    """Finds violated rows of one column generation.

    Parameters
    ----------
    master
        The column generation.
    conflicts
        Shared memory of conflicts; default a new one.
    seats
        Pair rows that rows about people are looked for in; default all of the master's.
    """

    def __init__(self, master: ColumnGeneration, conflicts: Conflicts | None = None, seats: Ints | None = None) -> None:
        self.master, self.problem = master, master.problem
        self._known: set[tuple[str, int, int]] = set()
        self._known_losses: set[tuple[object, ...]] = set()
        self._pool: list[CutRow] = []
        problem = self.problem
        self._rooms, self._teachers = _Served(problem.rooms), _Served(problem.instructors)
        seats = master.pricer.pairs if seats is None else seats
        self._people = PersonSeparator(problem, seats, conflicts or Conflicts(problem))
        self._most_rows = max(MOST_ROWS, len(problem.demand.needs) // NEEDS_A_ROW)

    def add_violated(self) -> int:
        """Add the rows that are violated most to the master and keep the others for later; return their number."""
        uses = [self._use(c, w) for c, w in zip(self.master.columns, self.master.weights, strict=False) if w > 1e-6]
        used = self.master.usage()
        self._fill_pool(uses, used["pair"])
        violated = [
            (float(used[row.part][row.entries] @ row.coefficients) - row.limit, k) for k, row in enumerate(self._pool)
        ]
        worst = sorted(violated, reverse=True)[: self._most_rows]
        chosen = dict.fromkeys(k for violation, k in worst if violation > ROW_VIOLATION)
        for k in chosen:
            self.master.add_rule(self._pool[k])
        self._pool = [row for k, row in enumerate(self._pool) if k not in chosen]
        if self.master.is_large and len(chosen) > self._most_rows * MANY_BROKEN:
            return len(chosen)
        return len(chosen) + self._add_losses(used)

    def broken(self, columns: list[Column], used: dict[Part, NDArray[np.float64]]) -> list[CutRow]:
        """Return the rows that whole cohorts break; the master does not get them.

        Parameters
        ----------
        columns
            The cohorts.
        used
            How much they use of every pair row and of every entry of rooms and instructors.
        """
        self._fill_pool([self._use(column, 1.0) for column in columns], used["pair"])
        over = [float(used[row.part][row.entries] @ row.coefficients) > row.limit + WHOLE for row in self._pool]
        found = [row for row, is_over in zip(self._pool, over, strict=True) if is_over]
        self._pool = [row for row, is_over in zip(self._pool, over, strict=True) if not is_over]
        return found

    def _fill_pool(self, uses: list[_Use], seats: NDArray[np.float64]) -> None:
        self._pool.extend((*self._servers(uses, "room"), *self._servers(uses, "teacher"), *self._teacher_weeks(uses)))
        self._pool.extend(self._people.rows(seats))

    def _add_losses(self, used: dict[Part, NDArray[np.float64]]) -> int:
        """Add the rows of line time lost in a week that the solution pays too little for; return their number."""
        master = self.master
        found = master.week_losses.rows(master.columns, master.weights)
        rows = (row for row in found if row.identity not in self._known_losses)
        violated = ((master.loss_violation(row, used), row) for row in rows)
        broken = sorted(((over, row) for over, row in violated if over > LOSS_VIOLATION), key=lambda item: -item[0])
        for _, row in broken[: self._most_rows]:
            self._known_losses.add(row.identity)
            master.add_loss_row(row)
        return min(len(broken), self._most_rows)

    def _use(self, column: Column, weight: float) -> _Use:
        slots = self.problem.candidates.slots
        idx = self.problem.candidates.slots_of(column.candidate)
        return _Use(column, float(weight), slots.start[idx], slots.end[idx], slots.week[idx])

    def _servers(self, uses: list[_Use], part: Part) -> Iterable[CutRow]:
        """Yield rows ``at most one cohort in a room, or with an instructor, at a minute``."""
        served = self._rooms if part == "room" else self._teachers
        by_server: dict[int, list[_Use]] = {}
        for use in uses:
            by_server.setdefault(served.server_of(getattr(use.column, part)), []).append(use)
        for server, found in by_server.items():
            for time in _crowded(found, PER_SERVER_IF_LARGE if self.master.is_large else PER_SERVER):
                if (part, server, time) not in self._known:
                    self._known.add((part, server, time))
                    entries, candidates = served.of(server)
                    entries = entries[self._meet_at(time, candidates)]
                    yield CutRow(part, entries, np.ones(len(entries)), 1.0)

    def _meet_at(self, time: int, candidates: Ints) -> NDArray[np.bool_]:
        """Return which of some candidates meet at a minute."""
        found = self.problem.candidates
        running = (found.slots.start <= time) & (found.slots.end > time)
        counts = found.slot_ptr[candidates + 1] - found.slot_ptr[candidates]
        ends = np.cumsum(counts)
        owner = np.repeat(np.arange(len(candidates)), counts)
        at = found.slot_idx[found.slot_ptr[candidates][owner] + np.arange(len(owner)) - (ends - counts)[owner]]
        meets: NDArray[np.bool_] = np.bincount(owner[running[at]], minlength=len(candidates)) > 0
        return meets

    def _teacher_weeks(self, uses: list[_Use]) -> Iterable[CutRow]:
        """Yield rows ``meeting minutes of an instructor in a week``."""
        load: dict[tuple[int, int], float] = {}
        for use in uses:
            teacher = self._teachers.server_of(use.column.teacher)
            for week, minutes in zip(use.week.tolist(), (use.end - use.start).tolist(), strict=True):
                load[teacher, week] = load.get((teacher, week), 0.0) + use.weight * minutes
        for (teacher, week), minutes in load.items():
            limit = self.problem.scenario.instructors[teacher].week_minutes
            if minutes > limit * (1 + ROW_VIOLATION) and ("teacher week", teacher, week) not in self._known:
                self._known.add(("teacher week", teacher, week))
                entries, candidates = self._teachers.of(teacher)
                in_week = self._minutes_in(week, candidates)
                keep = in_week > 0
                yield CutRow("teacher", entries[keep], in_week[keep] / limit, 1.0)

    def _minutes_in(self, week: int, candidate: Ints) -> NDArray[np.float64]:
        """Return the meeting minutes of candidates in a week."""
        found = self.problem.candidates
        length = np.where(found.slots.week == week, found.slots.end - found.slots.start, 0)
        before = np.concatenate(([0], np.cumsum(length)))
        minutes = before[found.last[candidate]] - before[found.first[candidate]]
        cut = found.cut[candidate]
        return (minutes + np.where(cut >= 0, length[cut], 0)).astype(float)


def _crowded(uses: list[_Use], most: int) -> list[int]:
    """Return some minutes, so many at most, at which columns of more than one cohort's weight meet, the worst first."""
    start = np.concatenate([use.start for use in uses])
    end = np.concatenate([use.end for use in uses])
    weight = np.concatenate([np.full(len(use.start), use.weight) for use in uses])
    order, by_end = np.argsort(start, kind="stable"), np.argsort(end, kind="stable")
    opened = np.cumsum(weight[order])
    closed = np.concatenate(([0.0], np.cumsum(weight[by_end])))
    load = opened - closed[np.searchsorted(end[by_end], start[order], side="right")]
    last_at_time = np.append(start[order][1:] != start[order][:-1], True)
    worst = np.flatnonzero((load > 1 + ROW_VIOLATION) & last_at_time)
    worst = worst[np.argsort(-load[worst], kind="stable")]
    distinct: list[int] = []
    seen: set[float] = set()
    for k in worst.tolist():
        if round(float(load[k]), 6) not in seen:
            seen.add(round(float(load[k]), 6))
            distinct.append(int(start[order][k]))
    return distinct[:most]
