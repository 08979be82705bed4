"""The bound: column generation over cohorts together with the people that sit in them.

The master problem (Dantzig and Wolfe 1960; Barnhart et al. 1998) chooses columns, each a candidate
with people, a room and an instructor. It keeps rule ``need`` exactly and, as rows that are added
when a solution breaks them, rooms, instructors and weekly caps; everything else of the contract is
left out, which only lowers the optimum. ``FORMULATION.md`` proves that the bound is valid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from lineside.solver.pricing import Priced, Pricer
from lineside.solver.problem import Problem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNIT_SCALE = 100.0
"""The master counts in hundreds of line-minutes: prices of thousands make the simplex imprecise."""
TOLERANCE = 1e-6
ROW_VIOLATION = 0.02
SMOOTHING = 0.5
"""How much of the best bound's prices is kept when new prices are tried."""


@dataclass(frozen=True)
class CutRow:
    """A row ``sum of coefficients <= limit`` over columns, by what a column contains.

    Parameters
    ----------
    part
        ``pair``, ``room`` or ``teacher``: what the coefficients belong to.
    entries, coefficients
        Pair rows, or entries of ``problem.rooms`` or ``problem.instructors``, sorted, and their coefficients.
    limit
        Right-hand side.
    """

    part: str
    entries: Ints
    coefficients: Floats
    limit: float

    def of(self, column: Column) -> float:
        """Return the coefficient of a column."""
        wanted = column.pairs if self.part == "pair" else np.array([getattr(column, self.part)])
        at = np.searchsorted(self.entries, wanted)
        at = np.minimum(at, len(self.entries) - 1)
        return float(self.coefficients[at][self.entries[at] == wanted].sum())


@dataclass(frozen=True)
class Column:
    """A cohort with its people: entries of rooms and instructors, and pair rows."""

    candidate: int
    room: int
    teacher: int
    pairs: Ints


@dataclass
class Relaxation:
    """What column generation found.

    Parameters
    ----------
    bound
        Proven lower bound in units.
    columns, weights
        The last master's columns and how much of each it uses.
    option_weights
        How much of each option it chooses.
    candidate, reduced_cost
        Candidates that can have a cohort, and what opening one adds to the bound at least, in units.
    pair_reduced
        For every pair row of the pricer, what a seat there adds to the bound at least, in units.
    pair_rows
        Those pair rows.
    need_price
        Dual price of each need in units: what a seat for it is worth.
    converged
        Whether no column could improve the master when it ended.
    """

    bound: float
    columns: list[Column]
    weights: Floats
    option_weights: Floats
    candidate: Ints
    reduced_cost: Floats
    pair_rows: Ints
    pair_reduced: Floats
    need_price: Floats
    converged: bool


class MasterError(Exception):
    """The master problem could not be solved; the bound found so far still holds."""


class ColumnGeneration:
    """The master problem and its loop.

    Parameters
    ----------
    problem
        The prepared problem.
    pairs
        Pair rows that may be used; default all.
    """

    def __init__(self, problem: Problem, pairs: Ints | None = None) -> None:
        self.problem = problem
        rows = np.arange(len(problem.pairs)) if pairs is None else pairs
        self.unit = UNIT_SCALE * problem.money.scale
        self.pricer = Pricer(problem, rows, self.unit)
        self._pair_cost = problem.pairs.cost[self.pricer.pairs] / self.unit
        self._need_of = problem.pairs.need[self.pricer.pairs]
        self._position = {int(row): k for k, row in enumerate(self.pricer.pairs)}
        self._room_cost = problem.rooms.cost / self.unit
        self._teacher_cost = problem.instructors.cost / self.unit
        self.columns: list[Column] = []
        self._seen: set[tuple[int, int, int, bytes]] = set()
        self._holders: dict[tuple[str, int], list[int]] = {}
        self.rows: list[CutRow] = []
        self._model = mathopt.Model()
        self._model.objective.is_maximize = False
        self._variables: list[mathopt.Variable] = []
        self._cut_rows: list[mathopt.LinearConstraint] = []
        self._build_needs()
        self._solver = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)
        self._most_cohorts = self._count_cohorts()
        self._price = np.array([need.price for need in problem.demand.needs], dtype=float) / self.unit
        self._always = np.array([not need.options for need in problem.demand.needs], dtype=bool)
        self._conditional: dict[int, list[int]] = {}
        for k, need in enumerate(problem.demand.needs):
            for option in need.options:
                self._conditional.setdefault(option, []).append(k)
        self.best = -np.inf
        self._best_priced: tuple[Floats, Floats, Priced] | None = None
        self.converged = False

    def _build_needs(self) -> None:
        model, demand = self._model, self.problem.demand
        self._options = [model.add_variable(lb=0.0) for _ in demand.options]
        for choice in demand.choices:
            row = model.add_linear_constraint(lb=1.0, ub=1.0)
            for k in choice:
                row.set_coefficient(self._options[k], 1.0)
        self._need_rows = []
        for need in demand.needs:
            required = 0.0 if need.options else 1.0
            row = model.add_linear_constraint(lb=required, ub=required)
            empty = model.add_variable(lb=0.0)
            model.objective.set_linear_coefficient(empty, need.price / self.unit)
            row.set_coefficient(empty, 1.0)
            for k in need.options:
                row.set_coefficient(self._options[k], -1.0)
            self._need_rows.append(row)

    def _count_cohorts(self) -> Ints:
        """Return the most cohorts of each module that any plan can have."""
        modules = self.problem.scenario.modules
        needs = np.unique(self._need_of)
        module = np.array([need.module_idx for need in self.problem.demand.needs], dtype=np.int64)
        people = np.bincount(module[needs], minlength=len(modules))
        most: Ints = people // np.array([row.seats_min for row in modules])
        return most

    def add_column(self, column: Column) -> bool:
        """Add a column unless it is there already; return whether it was new."""
        key = (column.candidate, column.room, column.teacher, np.sort(column.pairs).tobytes())
        if key in self._seen:
            return False
        self._seen.add(key)
        variable = self._model.add_variable(lb=0.0)
        positions = [self._position[int(row)] for row in column.pairs]
        cost = float(self._pair_cost[positions].sum()) + self.pricer.charges.of_people(column.pairs) / self.unit
        cost += self._room_cost[column.room] + self._teacher_cost[column.teacher]
        self._model.objective.set_linear_coefficient(variable, cost)
        for k in positions:
            self._need_rows[self._need_of[k]].set_coefficient(variable, 1.0)
        for row, constraint in zip(self.rows, self._cut_rows, strict=True):
            coefficient = row.of(column)
            if coefficient:
                constraint.set_coefficient(variable, coefficient)
        for part, entries in (("pair", column.pairs.tolist()), ("room", [column.room]), ("teacher", [column.teacher])):
            for entry in entries:
                self._holders.setdefault((part, entry), []).append(len(self.columns))
        self.columns.append(column)
        self._variables.append(variable)
        return True

    def add_row(self, row: CutRow) -> None:
        """Add a row to the master."""
        constraint = self._model.add_linear_constraint(lb=-np.inf, ub=row.limit)
        for k, coefficient in self._load(row).items():
            constraint.set_coefficient(self._variables[k], coefficient)
        self.rows.append(row)
        self._cut_rows.append(constraint)

    def _load(self, row: CutRow) -> dict[int, float]:
        """Return the columns that a row binds, with their coefficients."""
        load: dict[int, float] = {}
        for entry, coefficient in zip(row.entries.tolist(), row.coefficients.tolist(), strict=True):
            for k in self._holders.get((row.part, entry), ()):
                load[k] = load.get(k, 0.0) + coefficient
        return load

    def violation(self, row: CutRow) -> float:
        """Return by how much the last master's solution exceeds a row's limit."""
        used = len(self.weights)
        return sum(c * float(self.weights[k]) for k, c in self._load(row).items() if k < used) - row.limit

    def solve_master(self) -> tuple[float, Floats, Floats]:
        """Solve the master; return its objective and the duals of needs and rows.

        Raises
        ------
        MasterError
            If GLOP does not end with an optimum, not even from a fresh start.
        """
        try:
            result = self._optimum()
        except MasterError:
            # After many columns and rows the factorisation may go wrong; a solver without its past is sound again.
            self._solver = mathopt.IncrementalSolver(self._model, mathopt.SolverType.GLOP)
            result = self._optimum()
        duals = np.array(result.dual_values(self._need_rows), dtype=float)
        cut_duals = np.array(result.dual_values(self._cut_rows), dtype=float) if self._cut_rows else np.zeros(0)
        self.weights = np.array(result.variable_values(self._variables)) if self._variables else np.zeros(0)
        self.option_weights = np.array(result.variable_values(self._options)) if self._options else np.zeros(0)
        return result.objective_value(), duals, cut_duals

    def _optimum(self) -> mathopt.SolveResult:
        try:
            result = self._solver.solve(params=mathopt.SolveParameters(threads=1))
        except Exception as error:  # OR-Tools 9.15 raises errors of several kinds for an abnormal end of GLOP
            raise MasterError("GLOP ended abnormally.") from error
        if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
            raise MasterError(f"GLOP ended as {result.termination.reason}.")
        return result

    def column_values(self, duals: Floats, cut_duals: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the reduced cost of every pair row, room entry and instructor entry."""
        pair_value = np.zeros(len(self.problem.pairs))
        pair_value[self.pricer.pairs] = self._pair_cost - duals[self._need_of]
        room_value, teacher_value = self._room_cost.copy(), self._teacher_cost.copy()
        for row, dual in zip(self.rows, cut_duals, strict=True):
            if dual:
                target = {"pair": pair_value, "room": room_value, "teacher": teacher_value}[row.part]
                target[row.entries] -= dual * row.coefficients
        return pair_value, room_value, teacher_value

    def price(self, duals: Floats, cut_duals: Floats) -> Priced:
        """Return every candidate's best cohort at these duals."""
        pair_value, room_value, teacher_value = self.column_values(duals, cut_duals)
        return self.pricer.price(pair_value[self.pricer.pairs], room_value, teacher_value)

    def lagrangian(self, duals: Floats, cut_duals: Floats, priced: Priced) -> float:
        """Return a valid bound, in master units, from any duals whose row duals are at most 0.

        Each need is charged its dual, or its price where the dual is above it; each module opens at
        most as many cohorts as its people can fill, none better than the best reduced cost.
        """
        worth = np.minimum(duals, self._price)
        total = float(worth[self._always].sum())
        for choice in self.problem.demand.choices:
            total += min(float(worth[self._conditional.get(option, [])].sum()) for option in choice)
        total += sum(dual * row.limit for row, dual in zip(self.rows, cut_duals, strict=True))
        if len(priced.candidate):
            module = self.problem.candidates.module[priced.candidate]
            best = np.zeros(len(self.problem.scenario.modules))
            np.minimum.at(best, module, priced.reduced_cost)
            total += float((best * self._most_cohorts).sum())
        return float(total)

    def round(self) -> float:
        """Solve the master, price, and add the best column of each module and lane; return the master's objective.

        Notes
        -----
        Prices are smoothed towards those of the best bound (Wentges 1997); if that finds no column
        that improves the master, its own prices decide.
        """
        self.converged = False
        objective, duals, cut_duals = self.solve_master()
        cut_duals = np.minimum(cut_duals, 0.0)
        if self._best_priced is not None:
            anchor, anchor_cuts, _ = self._best_priced
            anchor_cuts = np.concatenate([anchor_cuts, np.zeros(len(cut_duals) - len(anchor_cuts))])
            smooth = SMOOTHING * anchor + (1 - SMOOTHING) * duals
            smooth_cuts = SMOOTHING * anchor_cuts + (1 - SMOOTHING) * cut_duals
            priced = self._try(smooth, smooth_cuts)
            if self._add_best(priced, self.column_values(duals, cut_duals)):
                return objective
        priced = self._try(duals, cut_duals)
        self.converged = not self._add_best(priced, None)
        return objective

    def _try(self, duals: Floats, cut_duals: Floats) -> Priced:
        """Price at some duals and keep the bound if it is the best so far."""
        priced = self.price(duals, cut_duals)
        bound = self.lagrangian(duals, cut_duals, priced)
        if bound > self.best:
            self.best = bound
            self._best_priced = (duals, cut_duals, priced)
        return priced

    def _add_best(self, priced: Priced, values: tuple[Floats, Floats, Floats] | None) -> int:
        """Add the best column of each module and lane; with values, only what they too find below 0."""
        found = self.problem.candidates
        good = np.flatnonzero(priced.reduced_cost < -TOLERANCE)
        group = found.lane[priced.candidate[good]] * len(self.problem.scenario.modules)
        group += found.module[priced.candidate[good]]
        order = np.lexsort((priced.reduced_cost[good], group))
        first = np.concatenate(([True], np.diff(group[order]) != 0)) if len(good) else np.zeros(0, dtype=bool)
        added = 0
        for k in good[order[first]].tolist():
            column = self._column(priced, k)
            if values is None or self._value(column, values) < -TOLERANCE:
                added += self.add_column(column)
        return added

    def _value(self, column: Column, values: tuple[Floats, Floats, Floats]) -> float:
        pair_value, room_value, teacher_value = values
        loss = self.pricer.charges.of_people(column.pairs) / self.unit
        return float(pair_value[column.pairs].sum() + loss + room_value[column.room] + teacher_value[column.teacher])

    def _column(self, priced: Priced, position: int) -> Column:
        return Column(
            int(priced.candidate[position]),
            int(priced.room[position]),
            int(priced.instructor[position]),
            priced.people(position),
        )

    @property
    def has_bound(self) -> bool:
        """Whether a round has been run."""
        return self._best_priced is not None

    def relaxation(self) -> Relaxation:
        """Return the bound and what it says of columns, candidates and pairs.

        Raises
        ------
        RuntimeError
            If no round has been run.
        """
        if self._best_priced is None:
            raise RuntimeError("The relaxation has not been solved yet. Run a round first.")
        duals, _, priced = self._best_priced
        return Relaxation(
            bound=self.best * self.unit,
            columns=self.columns,
            weights=self.weights,
            option_weights=self.option_weights,
            candidate=priced.candidate,
            reduced_cost=priced.reduced_cost * self.unit,
            pair_rows=priced.sorted_pairs,
            pair_reduced=_forced_pairs(priced) * self.unit,
            need_price=duals * self.unit,
            converged=self.converged,
        )


def _forced_pairs(priced: Priced) -> Floats:
    """Return what a cohort that holds each pair costs at least, at the prices of the bound.

    A pair among the best people costs nothing extra; another takes the place of the last of the
    least number, or comes on top where the cohort is above it.
    """
    sizes = np.diff(np.append(priced.first, len(priced.pair_value)))
    owner = np.repeat(np.arange(len(priced.first)), sizes)
    rank = np.arange(len(priced.pair_value)) - priced.first[owner]
    inside = rank < priced.count[owner]
    last = priced.pair_value[priced.first + priced.count - 1]
    swapped = priced.pair_value - np.maximum(last[owner], 0.0)
    return priced.reduced_cost[owner] + np.where(inside, 0.0, np.maximum(0.0, swapped))
