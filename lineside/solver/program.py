"""A linear program that grows: variables and rows are added between solves, which go on from the last basis.

OR-Tools' own Python model builds an object for every value it returns; column generation solves
hundreds of times, and reading the answers would take longer than finding them. Here changes go to
the solver, and answers come back, as the arrays that OR-Tools exchanges itself.

Large programs of this kind have many optima, and the simplex method takes thousands of degenerate steps to one at
the rim. There HiGHS's interior point method is quicker from nothing, and what it finds is worth more: prices in the
middle of all best ones lead to fewer rounds, and rows that cut off the middle cut off much.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import (
    callback_pb2,
    model_parameters_pb2,
    model_pb2,
    model_update_pb2,
    parameters_pb2,
    result_pb2,
    sparse_containers_pb2,
)
from ortools.math_opt.core.python import solver

Floats = NDArray[np.float64]
INTERIOR_ROWS, INTERIOR_VARIABLES = 1_000, 6_000
"""Size from which on programs are solved by an interior point method."""
_NO_CALLBACK = callback_pb2.CallbackRegistrationProto()
_NO_OPTIONS = parameters_pb2.SolverInitializerProto()


class ProgramError(Exception):
    """The linear program could not be solved: its factorisation went wrong, or it has no optimum."""


@dataclass(frozen=True)
class Optimum:
    """Objective, value of every variable, and dual of every row."""

    objective: float
    values: Floats
    duals: Floats


class LinearProgram:
    """A minimisation over variables that are 0 at least.

    Variables and rows are numbered in the order in which they are added.
    """

    def __init__(self) -> None:
        self._after_columns = parameters_pb2.SolveParametersProto(threads=1)
        self._after_rows = parameters_pb2.SolveParametersProto(
            threads=1, lp_algorithm=parameters_pb2.LP_ALGORITHM_DUAL_SIMPLEX
        )
        nothing = sparse_containers_pb2.SparseVectorFilterProto(filter_by_ids=True)
        self._interior = parameters_pb2.SolveParametersProto(lp_algorithm=parameters_pb2.LP_ALGORITHM_BARRIER)
        # Without crossover the answer stays in the middle, but what presolve took out cannot be given exact duals.
        self._interior.highs.string_options.update({"run_crossover": "off", "presolve": "off"})
        self._simplex = parameters_pb2.SolveParametersProto(lp_algorithm=parameters_pb2.LP_ALGORITHM_DUAL_SIMPLEX)
        self._no_filter = model_parameters_pb2.ModelSolveParametersProto()
        self._answer = model_parameters_pb2.ModelSolveParametersProto(reduced_costs_filter=nothing)
        self._solver: solver.Solver | None = None
        self._costs: list[float] = []
        self._lower: list[float] = []
        self._upper: list[float] = []
        self._rows, self._columns, self._coefficients = array("q"), array("q"), array("d")
        self._sent = (0, 0, 0)

    @property
    def num_variables(self) -> int:
        """Number of variables so far."""
        return len(self._costs)

    @property
    def num_rows(self) -> int:
        """Number of rows so far."""
        return len(self._lower)

    def add_variable(self, cost: float, entries: Iterable[tuple[int, float]] = ()) -> int:
        """Add a variable with its entries as (row, coefficient), at most one a row; return its number."""
        number = len(self._costs)
        self._costs.append(cost)
        for row, coefficient in entries:
            self.enter(row, number, coefficient)
        return number

    def add_row(self, lower: float, upper: float, entries: Iterable[tuple[int, float]] = ()) -> int:
        """Add a row with its entries as (variable, coefficient), at most one a variable; return its number."""
        number = len(self._lower)
        self._lower.append(lower)
        self._upper.append(upper)
        for variable, coefficient in entries:
            self.enter(number, variable, coefficient)
        return number

    def enter(self, row: int, variable: int, coefficient: float) -> None:
        """Set the coefficient of a variable in a row that has none of it yet."""
        self._rows.append(row)
        self._columns.append(variable)
        self._coefficients.append(coefficient)

    def restart(self) -> None:
        """Forget the last basis: the next solve begins from nothing."""
        self._solver = None
        self._sent = (0, 0, 0)

    def solve(self) -> Optimum:
        """Return the optimum.

        Raises
        ------
        ProgramError
            If the simplex does not end with one.
        """
        if self.num_rows >= INTERIOR_ROWS and self.num_variables >= INTERIOR_VARIABLES:
            optimum = self._solve_inside()
            if optimum is not None:
                return optimum
        # New variables leave the last basis primal feasible; new rows leave it dual feasible.
        same_variables = self._solver is not None and self._sent[0] == self.num_variables
        how = self._after_rows if same_variables else self._after_columns
        try:
            result = self._updated().solve(how, self._answer, None, _NO_CALLBACK, None, None)
        except Exception as error:  # OR-Tools 9.15 raises errors of several kinds for an abnormal end of GLOP
            raise ProgramError("GLOP ended abnormally.") from error
        if result.termination.reason != result_pb2.TERMINATION_REASON_OPTIMAL:
            name = result_pb2.TerminationReasonProto.Name(result.termination.reason)
            raise ProgramError(f"GLOP ended as {name}.")
        return self._optimum(result)

    def solve_anew(self) -> Optimum:
        """Return the optimum as HiGHS's simplex finds it from nothing: slower, but sound where GLOP is too imprecise.

        Raises
        ------
        ProgramError
            If it does not end with one.
        """
        optimum = self._solve_by_highs(self._simplex)
        if optimum is None:
            raise ProgramError("Neither GLOP nor HiGHS ended with an optimum.")
        return optimum

    def _solve_inside(self) -> Optimum | None:
        """Return an optimum in the middle of all optima, from nothing; None if the interior point method fails."""
        return self._solve_by_highs(self._interior)

    def _solve_by_highs(self, how: parameters_pb2.SolveParametersProto) -> Optimum | None:
        self.restart()
        try:
            inside = solver.new(parameters_pb2.SOLVER_TYPE_HIGHS, self._whole(), _NO_OPTIONS)
            result = inside.solve(how, self._no_filter, None, _NO_CALLBACK, None, None)
        except Exception:  # OR-Tools 9.15 raises errors of several kinds where HiGHS does not vouch for its answer
            return None
        if result.termination.reason != result_pb2.TERMINATION_REASON_OPTIMAL:
            return None
        return self._optimum(result)

    def _optimum(self, result: result_pb2.SolveResultProto) -> Optimum:
        primal, dual = result.solutions[0].primal_solution, result.solutions[0].dual_solution
        values = _dense(primal.variable_values, self.num_variables)
        duals = _dense(dual.dual_values, self.num_rows)
        # An interior point may be off by its tolerance; no bound may rest on a dual of the wrong sign.
        duals[np.isneginf(self._lower)] = np.minimum(duals[np.isneginf(self._lower)], 0.0)
        return Optimum(primal.objective_value, values, duals)

    def _updated(self) -> solver.Solver:
        """Return the solver, with everything that is new handed to it."""
        if self._solver is not None and not self._solver.update(self._update()):
            self.restart()
        if self._solver is None:
            self._solver = solver.new(parameters_pb2.SOLVER_TYPE_GLOP, self._whole(), _NO_OPTIONS)
        self._sent = (self.num_variables, self.num_rows, len(self._rows))
        return self._solver

    def _whole(self) -> model_pb2.ModelProto:
        return model_pb2.ModelProto(
            variables=self._new_variables(),
            linear_constraints=self._new_rows(),
            objective=model_pb2.ObjectiveProto(linear_coefficients=self._new_costs()),
            linear_constraint_matrix=self._new_entries(),
        )

    def _update(self) -> model_update_pb2.ModelUpdateProto:
        return model_update_pb2.ModelUpdateProto(
            new_variables=self._new_variables(),
            new_linear_constraints=self._new_rows(),
            objective_updates=model_update_pb2.ObjectiveUpdatesProto(linear_coefficients=self._new_costs()),
            linear_constraint_matrix_updates=self._new_entries(),
        )

    def _new_variables(self) -> model_pb2.VariablesProto:
        first, last = self._sent[0], self.num_variables
        count = last - first
        return model_pb2.VariablesProto(
            ids=range(first, last),
            lower_bounds=[0.0] * count,
            upper_bounds=[np.inf] * count,
            integers=[False] * count,
        )

    def _new_rows(self) -> model_pb2.LinearConstraintsProto:
        first = self._sent[1]
        return model_pb2.LinearConstraintsProto(
            ids=range(first, self.num_rows), lower_bounds=self._lower[first:], upper_bounds=self._upper[first:]
        )

    def _new_costs(self) -> sparse_containers_pb2.SparseDoubleVectorProto:
        first = self._sent[0]
        return sparse_containers_pb2.SparseDoubleVectorProto(
            ids=range(first, self.num_variables), values=self._costs[first:]
        )

    def _new_entries(self) -> sparse_containers_pb2.SparseDoubleMatrixProto:
        first = self._sent[2]
        rows, columns = np.array(self._rows[first:]), np.array(self._columns[first:])
        order = np.lexsort((columns, rows))
        return sparse_containers_pb2.SparseDoubleMatrixProto(
            row_ids=rows[order].tolist(),
            column_ids=columns[order].tolist(),
            coefficients=np.array(self._coefficients[first:])[order].tolist(),
        )


def _dense(vector: sparse_containers_pb2.SparseDoubleVectorProto, size: int) -> Floats:
    found = np.zeros(size)
    found[np.array(vector.ids, dtype=np.int64)] = np.array(vector.values)
    return found
