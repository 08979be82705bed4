"""A first full plan: open the cohort that saves most, again and again.

With the relaxation's columns at hand, those it uses most are opened first; what they leave is
filled by saving.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from lineside.solver.columns import Relaxation
from lineside.solver.fits import PersonRules, ServerDiary
from lineside.solver.pricing import Priced, Pricer
from lineside.solver.problem import Problem
from lineside.solver.seating import OpenCohort, Seating

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


DEAD = 1e11
"""Value of a pair that can no longer be a seat: above any price, small enough for sums to stay precise."""


class Constructor:
    """Builds a seating cohort by cohort.

    Parameters
    ----------
    problem
        The prepared problem.
    week_value
        Line-minutes that a cohort is thought to cost for each week that it starts later: people who need
        several modules one after the other lose least time if the first begin early.
    """

    def __init__(self, problem: Problem, week_value: float = 0.0) -> None:
        self.problem = problem
        self._people = PersonRules(problem)
        self._diary = ServerDiary(problem)
        self._pricer = Pricer(problem, problem.viable_pairs, charges=problem.charges)
        needs = problem.demand.needs
        price = np.array([need.price for need in needs], dtype=float)
        self._value = problem.pairs.cost.astype(float) - price[problem.pairs.need]
        weeks = (problem.candidates.monday - problem.settings.first_day.toordinal()) / 7
        late = np.repeat(weeks * week_value * problem.money.scale, np.diff(problem.rooms.ptr))
        self._room_value = problem.rooms.cost.astype(float) + late
        self._teacher_value = problem.instructors.cost.astype(float)
        self._rows_of_need = _ranges(problem.pairs.need, len(needs))
        self._party = self._party_needs()
        self._earlier: dict[int, list[int]] = {}
        self._waiting: dict[int, list[int]] = {}
        for position, row in enumerate(problem.demand.earlier):
            self._earlier.setdefault(row.need_idx, []).append(position)
            self._waiting.setdefault(row.need_before, []).append(row.need_idx)
        self.seated: dict[int, int] = {}
        self._chosen: dict[int, int] = {}
        self._choice_of = {option: k for k, choice in enumerate(problem.demand.choices) for option in choice}
        self.cohorts: list[OpenCohort] = []

    def _party_needs(self) -> dict[int, list[int]]:
        groups: dict[tuple[str, int], list[int]] = {}
        for k, need in enumerate(self.problem.demand.needs):
            party = self.problem.scenario.apprentices[need.person_idx].party
            if party is not None:
                groups.setdefault((party, need.module_idx), []).append(k)
        return {k: members for members in groups.values() if len(members) > 1 for k in members}

    def run(self, stop: threading.Event | None = None) -> Seating:
        """Open cohorts while any saves something; return the seating."""
        while stop is None or not stop.is_set():
            priced = self._pricer.price(self._value[self._pricer.pairs], self._room_value, self._teacher_value)
            if not len(priced.candidate) or priced.reduced_cost.min() >= 0:
                break
            order = np.argsort(priced.reduced_cost, kind="stable")
            self._open_some(priced, order[: max(1, len(order) // 200)].tolist())
        return self.seating()

    def _open_some(self, priced: Priced, positions: list[int]) -> None:
        """Try the best candidates in turn until one is opened; the first is settled in any case."""
        for position in positions:
            if priced.reduced_cost[position] >= 0:
                return
            first = priced.first[position]
            size = np.diff(np.append(priced.first, len(priced.sorted_pairs)))[position]
            rows = priced.sorted_pairs[first : first + size]
            if self._open(int(priced.candidate[position]), rows):
                return

    def open_columns(self, relaxation: Relaxation, least_weight: float, shuffle: np.random.Generator | None) -> None:
        """Open the columns that the relaxation uses most, as far as they go together."""
        weights = relaxation.weights
        order = np.argsort(-weights, kind="stable")
        if shuffle is not None:
            order = np.argsort(-weights * shuffle.uniform(0.6, 1.0, len(weights)), kind="stable")
        for k in order.tolist():
            if weights[k] < least_weight:
                return
            column = relaxation.columns[k]
            self._open(column.candidate, column.pairs)

    def _open(self, candidate: int, rows: Ints) -> bool:
        """Open a candidate with the best people who can come; mark what cannot be and return whether it was opened."""
        problem = self.problem
        room, teacher = self._servers(candidate)
        if room < 0 or teacher < 0:
            self._bury(candidate)
            return False
        module = problem.scenario.modules[problem.candidates.module[candidate]]
        cap = min(module.seats_max, problem.scenario.rooms[int(problem.rooms.idx[room])].seats)
        chosen = self._choose(candidate, rows, module.seats_min, cap)
        saving = sum(self._value[row] for row in chosen) + self._room_value[room] + self._teacher_value[teacher]
        if len(chosen) < module.seats_min or saving >= 0:
            self._bury(candidate, room)
            return False
        self._seat(candidate, room, teacher, chosen)
        return True

    def _servers(self, candidate: int) -> tuple[int, int]:
        problem = self.problem
        rooms = range(int(problem.rooms.ptr[candidate]), int(problem.rooms.ptr[candidate + 1]))
        teachers = range(int(problem.instructors.ptr[candidate]), int(problem.instructors.ptr[candidate + 1]))
        room = self._first_free(
            rooms, self._room_value, lambda k: self._diary.room_free(int(problem.rooms.idx[k]), candidate)
        )
        teacher = self._first_free(
            teachers,
            self._teacher_value,
            lambda k: self._diary.teacher_free(int(problem.instructors.idx[k]), candidate),
        )
        return room, teacher

    @staticmethod
    def _first_free(entries: Iterable[int], value: Floats, is_free: Callable[[int], bool]) -> int:
        for entry in sorted(entries, key=lambda k: value[k]):
            if np.isfinite(value[entry]):
                if is_free(entry):
                    return entry
                value[entry] = np.inf
        return -1

    def _bury(self, candidate: int, room: int = -1) -> None:
        """Mark a candidate, or one room of it, as of no use."""
        low, high = int(self.problem.rooms.ptr[candidate]), int(self.problem.rooms.ptr[candidate + 1])
        if room >= 0:
            self._room_value[room] = np.inf
        else:
            self._room_value[low:high] = np.inf

    def _choose(self, candidate: int, rows: Ints, least: int, cap: int) -> list[int]:
        chosen: list[int] = []
        taken: set[int] = set()
        for row in rows.tolist():
            need = int(self.problem.pairs.need[row])
            if need in taken or self._value[row] >= DEAD:
                continue
            if len(chosen) >= cap or (self._value[row] >= 0 and len(chosen) >= least):
                break
            group = self._group(need, candidate)
            if group is None or len(chosen) + len(group) > cap or not all(self._can_sit(k, candidate) for k in group):
                self._value[row] = DEAD
                continue
            taken.update(group)
            chosen.extend(self._row(k, candidate) for k in group)
        return chosen

    def _group(self, need: int, candidate: int) -> list[int] | None:
        """Return the needs that must be seated together, or None if one of them cannot be here."""
        members = [k for k in self._party.get(need, [need]) if k not in self.seated and self._asked_for(k)]
        if need not in members or any(self._row(k, candidate) < 0 for k in members):
            return None
        party = self._party.get(need, [need])
        return None if any(k in self.seated for k in party) else members

    def _asked_for(self, need: int) -> bool:
        """Return whether the option chosen so far, if any, asks for a need."""
        options = self.problem.demand.needs[need].options
        if not options:
            return True
        chosen = self._chosen.get(self._choice_of[options[0]])
        return chosen is None or chosen in options

    def _row(self, need: int, candidate: int) -> int:
        low, high = np.searchsorted(self.problem.pairs.candidate, [candidate, candidate + 1])
        at = low + int(np.searchsorted(self.problem.pairs.need[low:high], need))
        return at if at < high and self.problem.pairs.need[at] == need else -1

    def _can_sit(self, need: int, candidate: int) -> bool:
        row = self._row(need, candidate)
        if row < 0 or self._value[row] >= DEAD or not self._in_order(need, candidate):
            return False
        person = self.problem.demand.needs[need].person_idx
        mine = [self.seated[k] for k in self.problem.needs_of_person[person] if k in self.seated]
        return self._people.allows(person, mine, candidate)

    def _in_order(self, need: int, candidate: int) -> bool:
        found = self.problem.candidates
        first = found.slots.ordinal[found.slots_of(candidate)[0]]
        for position in self._earlier.get(need, ()):
            row = self.problem.demand.earlier[position]
            if row.frozen_last is not None and row.frozen_last < first:
                continue
            before = self.seated.get(row.need_before)
            if before is not None and found.slots.ordinal[found.slots_of(before)[-1]] < first:
                continue
            if row.options and self._chosen.get(self._choice_of[row.options[0]], row.options[0]) not in row.options:
                continue
            return False
        return True

    def _seat(self, candidate: int, room: int, teacher: int, rows: list[int]) -> None:
        problem = self.problem
        needs = frozenset(int(problem.pairs.need[row]) for row in rows)
        room_idx, teacher_idx = int(problem.rooms.idx[room]), int(problem.instructors.idx[teacher])
        self.cohorts.append(OpenCohort(candidate, room_idx, teacher_idx, needs))
        self._diary.enter(room_idx, teacher_idx, candidate)
        self._room_value[room] = np.inf
        for need in needs:
            self.seated[need] = candidate
            self._value[self._rows_of_need[need]] = DEAD
            self._settle_option(need)
            for waiting in self._waiting.get(need, ()):
                self._revive(waiting)

    def _revive(self, need: int) -> None:
        """Give a need that waited for an earlier module its values back."""
        rows = self._rows_of_need[need]
        price = self.problem.demand.needs[need].price
        if need not in self.seated:
            self._value[rows] = self.problem.pairs.cost[rows].astype(float) - price

    def _settle_option(self, need: int) -> None:
        options = self.problem.demand.needs[need].options
        if not options:
            return
        choice = self._choice_of[options[0]]
        if choice not in self._chosen:
            self._chosen[choice] = self._cheapest(choice, options)
        for other in self.problem.needs_of_person[self.problem.demand.needs[need].person_idx]:
            if not self._asked_for(other):
                self._value[self._rows_of_need[other]] = DEAD

    def _cheapest(self, choice: int, options: tuple[int, ...]) -> int:
        """Return the option of a choice, among some, that leaves least unseated."""
        person = self.problem.demand.options[options[0]].person_idx
        mine = [k for k in self.problem.needs_of_person.get(person, ()) if k not in self.seated]

        def unseated(option: int) -> int:
            needs = self.problem.demand.needs
            return sum(needs[k].price for k in mine if option in needs[k].options)

        return min(options, key=unseated)

    def seating(self) -> Seating:
        """Return the seating built so far, every option chosen so that least is unseated."""
        chosen = [
            self._chosen[k] if k in self._chosen else self._cheapest(k, choice)
            for k, choice in enumerate(self.problem.demand.choices)
        ]
        return Seating(tuple(self.cohorts), tuple(chosen))


def _ranges(owner: Ints, size: int) -> list[Ints]:
    order = np.argsort(owner, kind="stable")
    ptr = np.searchsorted(owner[order], np.arange(size + 1))
    return [order[ptr[k] : ptr[k + 1]] for k in range(size)]
