"""The line time of crews in the compact program: what candidates are charged, what comes beyond, what is exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from lineside.solver.bound import ColumnGeneration
from lineside.solver.columns import Column
from lineside.solver.compact.crews import Cover, crews_of, people_of
from lineside.solver.compact.statements import Statements
from lineside.solver.seating import Ledger
from lineside.solver.week_rows import CountedRow, LossRow

Ints = NDArray[np.int64]
Variables = Mapping[int, mathopt.Variable]
Steps = list[tuple[mathopt.Variable, float]]


@dataclass(frozen=True)
class _CrewRows:
    """What a crew loses: at least what candidates are charged, and at least what is stated exactly."""

    lost: mathopt.Variable
    charged: mathopt.LinearConstraint
    exact: mathopt.LinearConstraint


class LineTime:
    """What crews lose in a compact program.

    Parameters
    ----------
    stated
        The program.
    master
        The column generation that it is made from; its rows of line time are taken over.
    ledger
        Memory of what people lose to candidates.
    seats, rooms
        The program's variables, by pair row and by entry of ``problem.rooms``.
    """

    def __init__(
        self, stated: Statements, master: ColumnGeneration, ledger: Ledger, seats: Variables, rooms: Variables
    ) -> None:
        self._stated, self.problem, self.unit = stated, master.problem, master.unit
        self._charges, self._week_losses = master.pricer.charges, master.week_losses
        self._seat, self._room = seats, rooms
        self._charge: dict[tuple[int, int], tuple[mathopt.Variable, float]] = {}
        self._beyond: dict[tuple[int, int], mathopt.Variable] = {}
        self._counted: set[tuple[object, ...]] = set()
        self._steps_of: dict[tuple[int, int], Steps] = {}
        rows = np.array(sorted(seats), dtype=np.int64)
        candidates, first = np.unique(self.problem.pairs.candidate[rows], return_index=True)
        for candidate, mine in zip(candidates.tolist(), np.split(rows, first)[1:], strict=True):
            self._add_charges(candidate, mine.tolist(), self._rooms_of(candidate))
        self.crews = crews_of(self.problem, ledger, rows)
        self._crew_of = [int(self.problem.crew_of[people[0]]) for _, people in self.problem.personas()]
        self._lost = {crew: self._add_crew(crew) for crew in self.crews}
        for row in master.loss_rows():
            self.add_loss_row(row)
        self._add_worst_company()

    def lost(self, values: Mapping[int, float]) -> dict[int, float]:
        """Return what each crew is charged in a solution, in the master's unit, from values by variable id."""
        return {crew: float(values.get(rows.lost.id, 0.0)) for crew, rows in self._lost.items()}

    def _add_charges(self, candidate: int, rows: list[int], opened: list[mathopt.Variable]) -> None:
        """Charge the people of each persona in a candidate the convex share of the line time they cost."""
        by_persona: dict[int, list[int]] = {}
        for row in rows:
            if self._charges.minutes[row] > 0:
                by_persona.setdefault(int(self._charges.group[row]), []).append(row)
        for persona, mine in sorted(by_persona.items()):
            minutes = float(self._charges.minutes[mine[0]])
            steps = self._charges.steps[persona, : len(mine)]
            charge = self._stated.variable()
            self._charge[candidate, persona] = charge, minutes
            before = np.concatenate(([0.0], np.cumsum(steps)))
            for k in np.flatnonzero(np.diff(steps, prepend=0.0) > 0).tolist():
                step, rate = float(steps[k]), minutes / self.unit
                people = [(self._seat[row], step * rate) for row in mine]
                spared = [(room, -rate * (k * step - float(before[k]))) for room in opened]
                self._stated.at_most([*people, *spared, (charge, -1.0)], 0.0)

    def _add_crew(self, crew: int) -> _CrewRows:
        """Hold a crew's line time up by what candidates are charged; what is stated exactly comes later."""
        lost = self._stated.variable(1.0)
        rows = _CrewRows(lost, self._stated.at_most([(lost, -1.0)], 0.0), self._stated.at_most([(lost, -1.0)], 0.0))
        for (_, persona), (charge, _) in self._charge.items():
            if self._crew_of[persona] == crew:
                rows.charged.set_coefficient(charge, 1.0)
        return rows

    def _add_worst_company(self) -> None:
        """Charge the line time lost at the company that loses most, at the least share of its crews' charges."""
        by_company: dict[int, list[tuple[mathopt.Variable, float]]] = {}
        for crew, rows in self._lost.items():
            loss = self.problem.crew_losses[crew]
            share = min(
                of_company / units for units, of_company in zip(loss.cost, loss.company_cost, strict=True) if units
            )
            if share:
                by_company.setdefault(loss.company_idx, []).append((rows.lost, share))
        if by_company:
            worst = self._stated.variable(1.0)
            for lost in by_company.values():
                self._stated.at_most([*lost, (worst, -1.0)], 0.0)

    def add_loss_row(self, row: LossRow) -> None:
        """Add a row of line time in a week, beyond what candidates are charged."""
        persona = row.key[0]
        if self._crew_of[persona] not in self.crews:
            return
        entries = zip(row.entries.tolist(), row.units.tolist(), strict=True)
        terms = [(self._seat[entry], units / self.unit) for entry, units in entries if entry in self._seat]
        for candidate, units in zip(row.candidates.tolist(), row.spared.tolist(), strict=True):
            terms += [(room, -units / self.unit) for room in self._rooms_of(candidate)]
        self._stated.at_most([*terms, *self._paid(row)], row.limit / self.unit)

    def new_rows(self, columns: list[Column]) -> dict[int, list[CountedRow]]:
        """Return the rows by people counted that some cohorts ask for and that the program has not, by crew."""
        found: dict[int, list[CountedRow]] = {}
        for row in self._week_losses.counted(columns):
            crew = self._crew_of[row.key[0]]
            if crew in self.crews and row.identity not in self._counted:
                found.setdefault(crew, []).append(row)
        return found

    def add_counted_row(self, row: CountedRow) -> None:
        """Add a row of line time in a week by the people counted in each candidate."""
        self._counted.add(row.identity)
        terms: list[tuple[mathopt.Variable, float]] = []
        for candidate, minutes in zip(row.candidates.tolist(), row.counted.tolist(), strict=True):
            steps = self._steps(row.key[0], candidate, row)
            terms += [(reached, units * minutes / self.unit) for reached, units in steps]
        self._stated.at_most([*terms, *self._paid(row)], 0.0)

    def _rooms_of(self, candidate: int) -> list[mathopt.Variable]:
        return [self._room[k] for k in self.problem.rooms.entries_of(candidate) if k in self._room]

    def _paid(self, row: LossRow | CountedRow) -> list[tuple[mathopt.Variable, float]]:
        """Return what takes off a row of line time in a week: what candidates are charged, and what comes beyond."""
        persona = row.key[0]
        if row.key not in self._beyond:
            self._beyond[row.key] = self._stated.variable()
            self._lost[self._crew_of[persona]].charged.set_coefficient(self._beyond[row.key], 1.0)
        minutes = {
            int(self.problem.pairs.candidate[entry]): own
            for entry, own in zip(row.entries.tolist(), row.minutes.tolist(), strict=True)
            if entry in self._seat
        }
        charges = ((self._charge[candidate, persona], own) for candidate, own in minutes.items())
        return [(self._beyond[row.key], -1.0), *((charge, -own / whole) for (charge, whole), own in charges)]

    def _steps(self, persona: int, candidate: int, row: CountedRow) -> Steps:
        """Return the steps of a persona's people in a candidate, which are the same in every row."""
        key = candidate, persona
        if key not in self._steps_of:
            entries = row.entries[self.problem.pairs.candidate[row.entries] == candidate]
            seats = [self._seat[entry] for entry in entries.tolist() if entry in self._seat]
            self._steps_of[key] = self._add_steps(seats, row.cost, self._rooms_of(candidate))
        return self._steps_of[key]

    def _add_steps(
        self, away: list[mathopt.Variable], cost: tuple[int, ...], rooms: list[mathopt.Variable] | None = None
    ) -> Steps:
        """Return variables that are 1 if so many are away that the cost has risen once more, and by how many units.

        The rows are those of the exact model (:mod:`lineside.solver.model.loss`). If people are away only where a
        cohort is opened, in one of some rooms, nothing is reached without it, nor spared.
        """
        levels = [k for k in range(1, len(away) + 1) if cost[k] > cost[k - 1]]
        if not levels:
            return []
        at_most, below = self._stated.at_most, levels[0] - 1.0
        reached = [self._stated.binary() for _ in levels]
        widths = np.diff([*levels, len(away) + 1]).tolist()
        steps = [(var, -float(width)) for var, width in zip(reached, widths, strict=True)]
        people = [(person, 1.0) for person in away]
        if rooms is None:
            at_most([*people, *steps], below)
        else:
            at_most([*people, *steps, *((room, -below) for room in rooms)], 0.0)
            at_most([(reached[0], 1.0), *((room, -1.0) for room in rooms)], 0.0)
        for var, earlier in zip(reached[1:], reached, strict=False):
            at_most([(var, 1.0), (earlier, -1.0)], 0.0)
        if levels[0] == 1:
            for person in away:
                at_most([(person, 1.0), (reached[0], -1.0)], 0.0)
        return [(var, float(cost[level] - cost[level - 1])) for var, level in zip(reached, levels, strict=True)]

    def state(self, crew: int, cover: Cover) -> None:
        """State exactly what the minutes cost at which some set of seats can be away."""
        found = self.crews[crew]
        found.stated.add(cover)
        cost, people = found.loss.cost, people_of(self.problem, cover)
        fixed = sum(not rows for rows in people.values())
        away = [self._any_of(rows) for rows in people.values() if rows]
        exact, rate = self._lost[crew].exact, found.minutes[cover] / self.unit
        if cost[fixed]:
            exact.upper_bound -= cost[fixed] * rate
        for reached, units in self._add_steps(away, cost[fixed:]):
            exact.set_coefficient(reached, units * rate)

    def _any_of(self, rows: list[int]) -> mathopt.Variable:
        """Return a variable that is 1 if a person has any of some seats."""
        if len(rows) == 1:
            return self._seat[rows[0]]
        away = self._stated.variable(most=1.0)
        for row in rows:
            self._stated.at_most([(self._seat[row], 1.0), (away, -1.0)], 0.0)
        return away
