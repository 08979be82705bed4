"""The relaxation over some pairs as one mixed-integer program, and its solution by SCIP's branch and cut.

Its linear relaxation is that of the columns (:mod:`lineside.solver.bound`): what a candidate's people, room and
instructor may be is stated by rows that leave no fractional corners, so that columns would add nothing.
"""

from __future__ import annotations

import itertools
import math
import threading
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import result_pb2, solution_pb2
from ortools.math_opt.python import mathopt

from lineside.solver.bound import ColumnGeneration
from lineside.solver.columns import Column, CutRow
from lineside.solver.compact.crews import Cover, crews_of, people_of
from lineside.solver.compact.scip import Limits, solve_apart
from lineside.solver.seating import Ledger
from lineside.solver.week_losses import CountedRow, LossRow

Ints = NDArray[np.int64]
SLACK = 1e-6
"""Share of a bound that is given up for the tolerances of SCIP."""
MOST_SOLUTIONS = 5


@dataclass(frozen=True)
class Solution:
    """A whole solution of the program.

    Parameters
    ----------
    seats, rooms, instructors
        Pair rows, and entries of ``problem.rooms`` and ``problem.instructors``, in order.
    lost
        Line time lost that each crew is charged, in the master's unit.
    """

    seats: Ints
    rooms: Ints
    instructors: Ints
    lost: dict[int, float]


@dataclass(frozen=True)
class _CrewRows:
    """What a crew loses: at least what candidates are charged, and at least what is stated exactly."""

    lost: mathopt.Variable
    charged: mathopt.LinearConstraint
    exact: mathopt.LinearConstraint


@dataclass(frozen=True)
class Solved:
    """What a solve of the program tells.

    Parameters
    ----------
    bound
        No solution below the cutoff costs less, in the master's unit; the cutoff if there is none.
    is_optimal
        Whether the first solution is the best one.
    solutions
        Solutions, the best first; none if none is below the cutoff.
    """

    bound: float
    is_optimal: bool
    solutions: tuple[Solution, ...]


class CompactProgram:
    """The program, which grows row by row.

    Parameters
    ----------
    master
        A column generation; its rows are taken over.
    ledger
        Memory of what people lose to candidates.
    rows
        Pair rows that may be seats, sorted.
    """

    def __init__(self, master: ColumnGeneration, ledger: Ledger, rows: Ints) -> None:
        self.problem, self.unit, self.rows = master.problem, master.unit, rows
        self._charges = master.pricer.charges
        self._week_losses = master.week_losses
        self._counted: set[tuple[object, ...]] = set()
        self._steps_of: dict[tuple[int, int], list[tuple[mathopt.Variable, float]]] = {}
        self._model = mathopt.Model()
        problem = self.problem
        self._seat = {row: self._binary(problem.pairs.cost[row]) for row in rows.tolist()}
        self._room: dict[int, mathopt.Variable] = {}
        self._instructor: dict[int, mathopt.Variable] = {}
        self._charge: dict[tuple[int, int], tuple[mathopt.Variable, float]] = {}
        self._beyond: dict[tuple[int, int], mathopt.Variable] = {}
        candidates, first = np.unique(problem.pairs.candidate[rows], return_index=True)
        parts = itertools.pairwise([*first.tolist(), len(rows)])
        for candidate, (start, end) in zip(candidates.tolist(), parts, strict=True):
            self._add_candidate(candidate, rows[start:end].tolist())
        self._constant = self._add_needs() / self.unit
        self.crews = crews_of(problem, ledger, rows)
        self._crew_of = [int(problem.crew_of[people[0]]) for _, people in problem.personas()]
        self._lost = {crew: self._add_crew(crew) for crew in self.crews}
        for row in master.plain_rows():
            self.add_row(row)
        for loss_row in master.loss_rows():
            self.add_loss_row(loss_row)
        self._add_worst_company()

    def _variable(self, cost: float = 0.0, most: float = math.inf) -> mathopt.Variable:
        return self._charged(self._model.add_variable(lb=0.0, ub=most), cost)

    def _binary(self, units: float = 0.0) -> mathopt.Variable:
        return self._charged(self._model.add_binary_variable(), float(units) / self.unit)

    def _charged(self, variable: mathopt.Variable, cost: float) -> mathopt.Variable:
        objective = self._model.objective
        objective.set_linear_coefficient(variable, objective.get_linear_coefficient(variable) + cost)
        return variable

    def _at_most(self, terms: Iterable[tuple[mathopt.Variable, float]], limit: float) -> mathopt.LinearConstraint:
        return self._row(terms, -math.inf, limit)

    def _row(
        self, terms: Iterable[tuple[mathopt.Variable, float]], least: float, most: float
    ) -> mathopt.LinearConstraint:
        row = self._model.add_linear_constraint(lb=least, ub=most)
        for variable, coefficient in terms:
            row.set_coefficient(variable, row.get_coefficient(variable) + coefficient)
        return row

    def _add_candidate(self, candidate: int, rows: list[int]) -> None:
        """State what a candidate's people, rooms and instructors may be, and what its people are charged."""
        problem = self.problem
        least = problem.scenario.modules[problem.candidates.module[candidate]].seats_min
        rooms = [k for k in problem.rooms.entries_of(candidate) if problem.room_seats[k] >= least]
        opened = []
        for entry in rooms:
            self._room[entry] = self._binary(problem.rooms.cost[entry])
            opened.append(self._room[entry])
        for entry in problem.instructors.entries_of(candidate):
            self._instructor[entry] = self._binary(problem.instructors.cost[entry])
        taught = [(self._instructor[entry], -1.0) for entry in problem.instructors.entries_of(candidate)]
        self._row([*((room, 1.0) for room in opened), *taught], 0.0, 0.0)
        for row in rows:
            self._at_most([(self._seat[row], 1.0), *((room, -1.0) for room in opened)], 0.0)
        people = [(self._seat[row], 1.0) for row in rows]
        most = [(self._room[k], -float(min(problem.room_seats[k], len(rows)))) for k in rooms]
        self._at_most([*people, *most], 0.0)
        self._at_most([*((seat, -1.0) for seat, _ in people), *((room, float(least)) for room in opened)], 0.0)
        self._add_charges(candidate, rows, opened)

    def _add_charges(self, candidate: int, rows: list[int], opened: list[mathopt.Variable]) -> None:
        """Charge the people of each persona in a candidate the convex share of the line time they cost."""
        by_persona: dict[int, list[int]] = {}
        for row in rows:
            if self._charges.minutes[row] > 0:
                by_persona.setdefault(int(self._charges.group[row]), []).append(row)
        for persona, mine in sorted(by_persona.items()):
            minutes = float(self._charges.minutes[mine[0]])
            steps = self._charges.steps[persona, : len(mine)]
            charge = self._variable()
            self._charge[candidate, persona] = charge, minutes
            before = np.concatenate(([0.0], np.cumsum(steps)))
            for k in np.flatnonzero(np.diff(steps, prepend=0.0) > 0).tolist():
                step, rate = float(steps[k]), minutes / self.unit
                people = [(self._seat[row], step * rate) for row in mine]
                spared = [(room, -rate * (k * step - float(before[k]))) for room in opened]
                self._at_most([*people, *spared, (charge, -1.0)], 0.0)

    def _add_needs(self) -> int:
        """State that each need has one seat at most where it is met; return the units of needs without conditions."""
        demand, together = self.problem.demand, self.problem.together
        asked: dict[int, list[mathopt.Variable]] = {}
        met: dict[int, list[mathopt.Variable]] = {}
        for choice in together.loose:
            options = {k: self._binary() for k in choice}
            self._row(((option, 1.0) for option in options.values()), 1.0, 1.0)
            for k, need in enumerate(demand.needs):
                asked.setdefault(k, []).extend(options[option] for option in need.options if option in options)
        for ways in together.ways:
            chosen = [(self._binary(), way) for way in ways]
            self._row(((variable, 1.0) for variable, _ in chosen), 1.0, 1.0)
            for variable, way in chosen:
                for k in way.asked:
                    asked.setdefault(k, []).append(variable)
                for k in way.met:
                    met.setdefault(k, []).append(variable)
        seats: dict[int, list[tuple[mathopt.Variable, float]]] = {}
        for row, seat in self._seat.items():
            seats.setdefault(int(self.problem.pairs.need[row]), []).append((seat, 1.0))
        return sum(
            self._add_need(k, seats.get(k, []), asked.get(k, []), met.get(k, [])) for k in range(len(demand.needs))
        )

    def _add_need(
        self,
        need: int,
        seats: list[tuple[mathopt.Variable, float]],
        asked: list[mathopt.Variable],
        met: list[mathopt.Variable],
    ) -> int:
        """State when a need is asked for and met; return its units if it is asked for in any case."""
        price, is_free = self.problem.demand.needs[need].price, not self.problem.demand.needs[need].options
        if met and seats:
            self._at_most([*seats, *((way, -1.0) for way in met)], 0.0)
        if not is_free:
            empty = self._variable(price / self.unit)
            self._row([*seats, *((way, -1.0) for way in asked), (empty, 1.0)], 0.0, 0.0)
            return 0
        for seat, _ in seats:
            self._charged(seat, -price / self.unit)
        if len(seats) > 1 and not met:
            self._at_most(seats, 1.0)
        return price

    def _add_crew(self, crew: int) -> _CrewRows:
        """Hold a crew's line time up by what candidates are charged; what is stated exactly comes later."""
        lost = self._variable(1.0)
        rows = _CrewRows(lost, self._at_most([(lost, -1.0)], 0.0), self._at_most([(lost, -1.0)], 0.0))
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
            worst = self._variable(1.0)
            for lost in by_company.values():
                self._at_most([*lost, (worst, -1.0)], 0.0)

    def add_row(self, row: CutRow) -> None:
        """Add a row over seats, rooms or instructors."""
        terms: list[tuple[mathopt.Variable, float]] = []
        for part in row.parts():
            found = {"pair": self._seat, "room": self._room, "teacher": self._instructor}[part.part]
            entries = zip(part.entries.tolist(), part.coefficients.tolist(), strict=True)
            terms += [(found[entry], amount) for entry, amount in entries if entry in found]
        self._at_most(terms, row.limit)

    def add_loss_row(self, row: LossRow) -> None:
        """Add a row of line time in a week, beyond what candidates are charged."""
        persona = row.key[0]
        if self._crew_of[persona] not in self.crews:
            return
        entries = zip(row.entries.tolist(), row.units.tolist(), strict=True)
        terms = [(self._seat[entry], units / self.unit) for entry, units in entries if entry in self._seat]
        for candidate, units in zip(row.candidates.tolist(), row.spared.tolist(), strict=True):
            terms += [(room, -units / self.unit) for room in self._rooms_of(candidate)]
        self._at_most([*terms, *self._paid(row)], row.limit / self.unit)

    def new_counted_rows(self, columns: list[Column]) -> dict[int, list[CountedRow]]:
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
        self._at_most([*terms, *self._paid(row)], 0.0)

    def _rooms_of(self, candidate: int) -> list[mathopt.Variable]:
        return [self._room[k] for k in self.problem.rooms.entries_of(candidate) if k in self._room]

    def _paid(self, row: LossRow | CountedRow) -> list[tuple[mathopt.Variable, float]]:
        """Return what takes off a row of line time in a week: what candidates are charged, and what comes beyond."""
        persona = row.key[0]
        if row.key not in self._beyond:
            self._beyond[row.key] = self._variable()
            self._lost[self._crew_of[persona]].charged.set_coefficient(self._beyond[row.key], 1.0)
        minutes = {
            int(self.problem.pairs.candidate[entry]): own
            for entry, own in zip(row.entries.tolist(), row.minutes.tolist(), strict=True)
            if entry in self._seat
        }
        charges = ((self._charge[candidate, persona], own) for candidate, own in minutes.items())
        return [(self._beyond[row.key], -1.0), *((charge, -own / whole) for (charge, whole), own in charges)]

    def _steps(self, persona: int, candidate: int, row: CountedRow) -> list[tuple[mathopt.Variable, float]]:
        """Return variables that are 1 from some number of people in a candidate on, and the units of each."""
        key = candidate, persona
        if key not in self._steps_of:
            entries = row.entries[self.problem.pairs.candidate[row.entries] == candidate]
            seats = [self._seat[entry] for entry in entries.tolist() if entry in self._seat]
            levels = [k for k in range(1, len(seats) + 1) if row.cost[k] > row.cost[k - 1]]
            self._steps_of[key] = self._add_steps(seats, levels, row.cost, self._rooms_of(candidate))
        return self._steps_of[key]

    def _add_steps(
        self, seats: list[mathopt.Variable], levels: list[int], cost: tuple[int, ...], rooms: list[mathopt.Variable]
    ) -> list[tuple[mathopt.Variable, float]]:
        if not levels:
            return []
        reached = [self._binary() for _ in levels]
        widths = np.diff([*levels, len(seats) + 1]).tolist()
        spared = [(room, -(levels[0] - 1.0)) for room in rooms]
        self._at_most(
            [
                *((seat, 1.0) for seat in seats),
                *((s, -float(w)) for s, w in zip(reached, widths, strict=True)),
                *spared,
            ],
            0.0,
        )
        for var, earlier in zip(reached[1:], reached, strict=False):
            self._at_most([(var, 1.0), (earlier, -1.0)], 0.0)
        self._at_most([(reached[0], 1.0), *((room, -1.0) for room in rooms)], 0.0)
        if levels[0] == 1:
            for seat in seats:
                self._at_most([(seat, 1.0), (reached[0], -1.0)], 0.0)
        return [(var, float(cost[level] - cost[level - 1])) for var, level in zip(reached, levels, strict=True)]

    def state(self, crew: int, cover: Cover) -> None:
        """State exactly what the minutes cost at which some set of seats can be away.

        ``t[k] = 1`` if so many are away that the cost has risen for the ``k``-th time; the rows are those of the
        exact model (:mod:`lineside.solver.model.loss`).
        """
        found = self.crews[crew]
        found.stated.add(cover)
        cost, people = found.loss.cost, people_of(self.problem, cover)
        fixed = sum(not rows for rows in people.values())
        away = [self._any_of(rows) for rows in people.values() if rows]
        levels = [k for k in range(1, len(away) + 1) if cost[fixed + k] > cost[fixed + k - 1]]
        exact, rate = self._lost[crew].exact, found.minutes[cover] / self.unit
        if cost[fixed]:
            exact.upper_bound -= cost[fixed] * rate
        if not levels:
            return
        reached = [self._binary() for _ in levels]
        widths = np.diff([*levels, len(away) + 1]).tolist()
        steps = [(var, -float(width)) for var, width in zip(reached, widths, strict=True)]
        self._at_most([*((person, 1.0) for person in away), *steps], levels[0] - 1.0)
        for var, earlier in zip(reached[1:], reached, strict=False):
            self._at_most([(var, 1.0), (earlier, -1.0)], 0.0)
        if levels[0] == 1:
            for person in away:
                self._at_most([(person, 1.0), (reached[0], -1.0)], 0.0)
        for var, level in zip(reached, levels, strict=True):
            exact.set_coefficient(var, (cost[fixed + level] - cost[fixed + level - 1]) * rate)

    def _any_of(self, rows: list[int]) -> mathopt.Variable:
        """Return a variable that is 1 if a person has any of some seats."""
        if len(rows) == 1:
            return self._seat[rows[0]]
        away = self._variable(most=1.0)
        for row in rows:
            self._at_most([(self._seat[row], 1.0), (away, -1.0)], 0.0)
        return away

    def rule_out(self, rows: Ints) -> None:
        """Take seats out that no better plan has."""
        for row in rows.tolist():
            if row in self._seat:
                self._seat[row].upper_bound = 0.0

    def solve(self, seconds: float, cutoff: float, most_nodes: int | None, stop: threading.Event) -> Solved:
        """Solve the program.

        Parameters
        ----------
        seconds
            Time for it.
        cutoff
            Only solutions that cost less are of interest, in the master's unit.
        most_nodes
            Nodes after which the search ends; None leaves it to the time.
        stop
            Set to end at once, with nothing.

        Raises
        ------
        ProgramError
            If SCIP ends abnormally.
        """
        model = self._model.export_model()
        result = solve_apart(model, Limits(seconds, cutoff - self._constant, most_nodes), stop)
        if result is None:
            return Solved(-math.inf, False, ())
        ended = result.termination
        none_below = ended.reason == result_pb2.TERMINATION_REASON_INFEASIBLE or (
            ended.reason == result_pb2.TERMINATION_REASON_NO_SOLUTION_FOUND and ended.limit == result_pb2.LIMIT_CUTOFF
        )
        if none_below:
            return Solved(cutoff, True, ())
        bound = min(ended.objective_bounds.dual_bound + self._constant, cutoff)
        if math.isfinite(bound):
            bound -= SLACK * abs(bound)
        solutions = tuple(self._read(found) for found in result.solutions[:MOST_SOLUTIONS])
        return Solved(bound, ended.reason == result_pb2.TERMINATION_REASON_OPTIMAL, solutions)

    def _read(self, found: solution_pb2.SolutionProto) -> Solution:
        values = found.primal_solution.variable_values
        of = dict(zip(values.ids, values.values, strict=True))

        def chosen(variables: dict[int, mathopt.Variable]) -> Ints:
            keys = [key for key, variable in variables.items() if of.get(variable.id, 0.0) > 0.5]
            return np.array(keys, dtype=np.int64)

        lost = {crew: float(of.get(rows.lost.id, 0.0)) for crew, rows in self._lost.items()}
        return Solution(chosen(self._seat), chosen(self._room), chosen(self._instructor), lost)
