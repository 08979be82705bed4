"""The relaxation over some pairs as one mixed-integer program, and its solution by SCIP's branch and cut.

Its linear relaxation is that of the columns (:mod:`lineside.solver.bound`): what a candidate's people, room and
instructor may be is stated by rows that leave no fractional corners, so that columns would add nothing.
"""

from __future__ import annotations

import itertools
import math
import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import result_pb2, solution_pb2
from ortools.math_opt.python import mathopt

from lineside.solver.bound import ColumnGeneration
from lineside.solver.columns import CutRow
from lineside.solver.compact.line_time import LineTime
from lineside.solver.compact.scip import Limits, solve_apart
from lineside.solver.compact.statements import Statements
from lineside.solver.seating import Ledger

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
        self._stated = Statements(self.unit)
        problem = self.problem
        self._seat = {row: self._stated.binary(problem.pairs.cost[row]) for row in rows.tolist()}
        self._room: dict[int, mathopt.Variable] = {}
        self._instructor: dict[int, mathopt.Variable] = {}
        candidates, first = np.unique(problem.pairs.candidate[rows], return_index=True)
        parts = itertools.pairwise([*first.tolist(), len(rows)])
        for candidate, (start, end) in zip(candidates.tolist(), parts, strict=True):
            self._add_candidate(candidate, rows[start:end].tolist())
        self._constant = self._add_needs() / self.unit
        self.line_time = LineTime(self._stated, master, ledger, self._seat, self._room)
        for row in master.plain_rows():
            self.add_row(row)

    def _add_candidate(self, candidate: int, rows: list[int]) -> None:
        """State what a candidate's people, rooms and instructors may be, and what its people are charged."""
        problem = self.problem
        least = problem.scenario.modules[problem.candidates.module[candidate]].seats_min
        rooms = [k for k in problem.rooms.entries_of(candidate) if problem.room_seats[k] >= least]
        opened = []
        for entry in rooms:
            self._room[entry] = self._stated.binary(problem.rooms.cost[entry])
            opened.append(self._room[entry])
        for entry in problem.instructors.entries_of(candidate):
            self._instructor[entry] = self._stated.binary(problem.instructors.cost[entry])
        taught = [(self._instructor[entry], -1.0) for entry in problem.instructors.entries_of(candidate)]
        self._stated.row([*((room, 1.0) for room in opened), *taught], 0.0, 0.0)
        for row in rows:
            self._stated.at_most([(self._seat[row], 1.0), *((room, -1.0) for room in opened)], 0.0)
        people = [(self._seat[row], 1.0) for row in rows]
        most = [(self._room[k], -float(min(problem.room_seats[k], len(rows)))) for k in rooms]
        self._stated.at_most([*people, *most], 0.0)
        self._stated.at_most([*((seat, -1.0) for seat, _ in people), *((room, float(least)) for room in opened)], 0.0)

    def _add_needs(self) -> int:
        """State that each need has one seat at most where it is met; return the units of needs without conditions."""
        demand, together = self.problem.demand, self.problem.together
        asked: dict[int, list[mathopt.Variable]] = {}
        met: dict[int, list[mathopt.Variable]] = {}
        for choice in together.loose:
            options = {k: self._stated.binary() for k in choice}
            self._stated.row(((option, 1.0) for option in options.values()), 1.0, 1.0)
            for k, need in enumerate(demand.needs):
                asked.setdefault(k, []).extend(options[option] for option in need.options if option in options)
        for ways in together.ways:
            chosen = [(self._stated.binary(), way) for way in ways]
            self._stated.row(((variable, 1.0) for variable, _ in chosen), 1.0, 1.0)
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
            self._stated.at_most([*seats, *((way, -1.0) for way in met)], 0.0)
        if not is_free:
            empty = self._stated.variable(price / self.unit)
            self._stated.row([*seats, *((way, -1.0) for way in asked), (empty, 1.0)], 0.0, 0.0)
            return 0
        for seat, _ in seats:
            self._stated.charged(seat, -price / self.unit)
        if len(seats) > 1 and not met:
            self._stated.at_most(seats, 1.0)
        return price

    def add_row(self, row: CutRow) -> None:
        """Add a row over seats, rooms or instructors."""
        terms: list[tuple[mathopt.Variable, float]] = []
        for part in row.parts():
            found = {"pair": self._seat, "room": self._room, "teacher": self._instructor}[part.part]
            entries = zip(part.entries.tolist(), part.coefficients.tolist(), strict=True)
            terms += [(found[entry], amount) for entry, amount in entries if entry in found]
        self._stated.at_most(terms, row.limit)

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
        model = self._stated.model.export_model()
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

        return Solution(chosen(self._seat), chosen(self._room), chosen(self._instructor), self.line_time.lost(of))
