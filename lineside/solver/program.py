"""A linear program that grows: variables and rows are added between solves.

OR-Tools' own Python model builds an object for every value it returns; column generation solves
hundreds of times, and reading the answers would take longer than finding them. Here the program goes to
the solver, and answers come back, as the arrays that OR-Tools exchanges itself.

Programs of this kind have many optima, and the simplex method takes thousands of degenerate steps to one at
the rim, however good the basis that it begins with. HiGHS's interior point method is quicker from nothing, and what it
finds is worth more: prices in the middle of all best ones lead to fewer rounds, and rows that cut off the middle
cut off much.

Where a program is large and an answer that is a little off will do, PDLP (Applegate et al. 2021) takes the last answer
as its start and is several times as quick again.
"""

from __future__ import annotations

import contextlib
import threading
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt import (
    callback_pb2,
    model_parameters_pb2,
    model_pb2,
    parameters_pb2,
    result_pb2,
    sparse_containers_pb2,
)
from ortools.math_opt.core.python import solver
from ortools.util.python.solve_interrupter import SolveInterrupter

Floats = NDArray[np.float64]
_NO_CALLBACK = callback_pb2.CallbackRegistrationProto()
_NO_OPTIONS = parameters_pb2.SolverInitializerProto()
_NO_HINT = model_parameters_pb2.ModelSolveParametersProto()
MOST_STEPS = 100_000
"""Steps after which PDLP is given up; it needs some thousands."""
MOST_FACTORED = 1_000_000
"""Entries of a program above which HiGHS is not tried where PDLP gives up: its factors may take any memory."""
ASK_SECONDS = 0.2
"""How often it is asked whether a rough answer is still wanted."""


class ProgramError(Exception):
    """The linear program could not be solved: its factorisation went wrong, or it has no optimum."""


class ProgramStoppedError(Exception):
    """The answer was not wanted any more before it was there."""


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
        self._interior = parameters_pb2.SolveParametersProto(lp_algorithm=parameters_pb2.LP_ALGORITHM_BARRIER)
        # Without crossover the answer stays in the middle, but what presolve took out cannot be given exact duals.
        self._interior.highs.string_options.update({"run_crossover": "off", "presolve": "off"})
        self._simplex = parameters_pb2.SolveParametersProto(lp_algorithm=parameters_pb2.LP_ALGORITHM_DUAL_SIMPLEX)
        self._last: Optimum | None = None
        self._costs: list[float] = []
        self._lower: list[float] = []
        self._upper: list[float] = []
        self._rows, self._columns, self._coefficients = array("q"), array("q"), array("d")

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

    def set_cost(self, variable: int, cost: float) -> None:
        """Let a variable have another cost from now on."""
        self._costs[variable] = cost

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

    def solve(self, tolerance: float | None = None, goes_on: Callable[[], bool] = lambda: True) -> Optimum:
        """Return an optimum in the middle of all optima, or any where the interior point method fails.

        Parameters
        ----------
        tolerance
            By how much the answer may be off: values and duals miss their limits, and objectives each other, by that
            share of their size at most. If it is given, the answer begins at the last one.
        goes_on
            Whether an answer is still wanted; asked before each method, and in a thread of its own while a rough one
            is looked for, which may take half a minute.

        Raises
        ------
        ProgramStoppedError
            If none is wanted any more.
        ProgramError
            If no method ends with an optimum.
        """
        model = self._model()
        ways = [(parameters_pb2.SOLVER_TYPE_HIGHS, how, _NO_HINT) for how in (self._interior, self._simplex)]
        if tolerance is not None:
            tolerances = (tolerance, 10 * tolerance)
            rough = [(parameters_pb2.SOLVER_TYPE_PDLP, _first_order(most), self._hint()) for most in tolerances]
            ways = rough if len(self._coefficients) > MOST_FACTORED else [rough[0], *ways]
        for kind, how, hint in ways:
            is_rough = kind == parameters_pb2.SOLVER_TYPE_PDLP
            if not goes_on():
                raise ProgramStoppedError
            result = None
            with _interrupter(goes_on) if is_rough else contextlib.nullcontext() as asked:
                line = asked.pybind_interrupter if asked is not None else None
                try:
                    result = solver.new(kind, model, _NO_OPTIONS).solve(how, hint, None, _NO_CALLBACK, None, line)
                except Exception as error:  # OR-Tools 9.15 has several kinds for where HiGHS vouches for nothing
                    failure = ProgramError(f"The linear program ended abnormally: {error}")
            if result is None:
                continue
            if result.termination.reason == result_pb2.TERMINATION_REASON_OPTIMAL:
                self._last = self._optimum(result)
                return self._last
            failure = ProgramError(
                f"The linear program ended as {result_pb2.TerminationReasonProto.Name(result.termination.reason)}."
            )
        raise failure

    def _hint(self) -> model_parameters_pb2.ModelSolveParametersProto:
        """Return the last answer as a start; what was added since begins at 0."""
        hint = model_parameters_pb2.ModelSolveParametersProto()
        if self._last is not None:
            known = hint.solution_hints.add()
            for vector, found in ((known.variable_values, self._last.values), (known.dual_values, self._last.duals)):
                vector.ids.extend(range(len(found)))
                vector.values.extend(found.tolist())
        return hint

    def _optimum(self, result: result_pb2.SolveResultProto) -> Optimum:
        primal, dual = result.solutions[0].primal_solution, result.solutions[0].dual_solution
        values = _dense(primal.variable_values, self.num_variables)
        duals = _dense(dual.dual_values, self.num_rows)
        # An interior point may be off by its tolerance; no bound may rest on a dual of the wrong sign.
        duals[np.isneginf(self._lower)] = np.minimum(duals[np.isneginf(self._lower)], 0.0)
        return Optimum(primal.objective_value, values, duals)

    def _model(self) -> model_pb2.ModelProto:
        count = self.num_variables
        rows, columns = np.array(self._rows), np.array(self._columns)
        order = np.lexsort((columns, rows))
        return model_pb2.ModelProto(
            variables=model_pb2.VariablesProto(
                ids=range(count), lower_bounds=[0.0] * count, upper_bounds=[np.inf] * count, integers=[False] * count
            ),
            linear_constraints=model_pb2.LinearConstraintsProto(
                ids=range(self.num_rows), lower_bounds=self._lower, upper_bounds=self._upper
            ),
            objective=model_pb2.ObjectiveProto(
                linear_coefficients=sparse_containers_pb2.SparseDoubleVectorProto(ids=range(count), values=self._costs)
            ),
            linear_constraint_matrix=sparse_containers_pb2.SparseDoubleMatrixProto(
                row_ids=rows[order].tolist(),
                column_ids=columns[order].tolist(),
                coefficients=np.array(self._coefficients)[order].tolist(),
            ),
        )


@contextlib.contextmanager
def _interrupter(goes_on: Callable[[], bool]) -> Iterator[SolveInterrupter]:
    """Give what ends a solve as soon as it is not wanted any more."""
    interrupter, ended = SolveInterrupter(), threading.Event()
    failures: list[Exception] = []

    def watch() -> None:
        try:
            while goes_on() and not ended.wait(ASK_SECONDS):
                pass
        except Exception as failure:  # raised where the solve is waited for
            failures.append(failure)
        if not ended.is_set():
            interrupter.interrupt()

    watching = threading.Thread(target=watch, name="stopping a linear program", daemon=True)
    watching.start()
    try:
        yield interrupter
    finally:
        ended.set()
        watching.join()
    if failures:
        raise failures[0]


def _first_order(tolerance: float) -> parameters_pb2.SolveParametersProto:
    how = parameters_pb2.SolveParametersProto(threads=1)
    ends = how.pdlp.termination_criteria
    ends.simple_optimality_criteria.eps_optimal_absolute = tolerance
    ends.simple_optimality_criteria.eps_optimal_relative = tolerance
    ends.iteration_limit = MOST_STEPS
    return how


def _dense(vector: sparse_containers_pb2.SparseDoubleVectorProto, size: int) -> Floats:
    found = np.zeros(size)
    found[np.array(vector.ids, dtype=np.int64)] = np.array(vector.values)
    return found
