"""A growing linear program has the optimum of the same program built at once."""

from __future__ import annotations

import numpy as np
import pytest
from ortools.math_opt import parameters_pb2

from lineside.solver import program as program_module
from lineside.solver.program import LinearProgram, ProgramError


def test_variables_and_rows_count_from_the_next_solve_on() -> None:
    program = LinearProgram()
    sum_of_all = program.add_row(1.0, 1.0)
    first = program.add_variable(2.0, [(sum_of_all, 1.0)])
    second = program.add_variable(3.0, [(sum_of_all, 1.0)])
    optimum = program.solve()
    assert (optimum.objective, optimum.values.tolist(), optimum.duals.tolist()) == (2.0, [1.0, 0.0], [2.0])
    few = program.add_row(-np.inf, 0.25, [(first, 1.0)])
    # A quarter of the first at 2 and the rest at 3.
    assert program.solve().objective == pytest.approx(2.75)
    assert program.solve().duals.tolist() == pytest.approx([3.0, -1.0])
    program.add_variable(2.5, [(sum_of_all, 1.0)])
    # A quarter of the first at 2 and the rest at 2.5.
    assert program.solve().objective == pytest.approx(2.375)
    program.restart()
    assert program.solve().values.tolist() == pytest.approx([0.25, 0.0, 0.75])
    assert (program.num_variables, program.num_rows, few, second) == (3, 2, 1, 1)


def test_a_program_without_an_optimum_is_an_error() -> None:
    program = LinearProgram()
    variable = program.add_variable(1.0)
    program.add_row(1.0, 1.0, [(variable, 1.0)])
    assert program.solve().objective == 1.0
    program.add_row(-np.inf, 0.5, [(variable, 1.0)])
    with pytest.raises(ProgramError, match="INFEASIBLE"):
        program.solve()


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_module, "INTERIOR_ROWS", 1)
    monkeypatch.setattr(program_module, "INTERIOR_VARIABLES", 1)


def split() -> LinearProgram:
    """Return a program in which two equal variables share 1, one of them at most 0.75 of it."""
    program = LinearProgram()
    whole = program.add_row(1.0, 1.0)
    first = program.add_variable(2.0, [(whole, 1.0)])
    program.add_variable(2.0, [(whole, 1.0)])
    program.add_row(-np.inf, 0.75, [(first, 1.0)])
    return program


def test_a_small_program_ends_at_the_rim_of_its_optima() -> None:
    assert sorted(split().solve().values.tolist()) in ([0.0, 1.0], [0.25, 0.75])


def test_a_large_program_ends_in_the_middle_of_its_optima(inside: None) -> None:
    optimum = split().solve()
    assert optimum.objective == pytest.approx(2.0)
    # All from (0, 1) to (0.75, 0.25) are optima; the middle keeps away from both ends.
    assert 0.1 < optimum.values[0] < 0.65
    assert optimum.values.sum() == pytest.approx(1.0)
    assert optimum.duals.tolist() == pytest.approx([2.0, 0.0], abs=1e-5)
    assert optimum.duals[1] <= 0.0


def test_a_large_program_may_grow(inside: None) -> None:
    program = split()
    program.solve()
    program.add_variable(1.0, [(0, 1.0), (1, 2.0)])
    # The new one is at most 0.375: 0.375 + 2 x 0.625.
    assert program.solve().objective == pytest.approx(1.625)


def test_where_the_interior_point_method_fails_the_simplex_method_answers(
    inside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    new, asked = program_module.solver.new, []

    def failing(kind: int, *rest: object) -> object:
        asked.append(kind)
        if kind == parameters_pb2.SOLVER_TYPE_HIGHS:
            raise RuntimeError("HighsModelStatus was Unknown")
        return new(kind, *rest)

    monkeypatch.setattr(program_module.solver, "new", failing)
    assert split().solve().objective == pytest.approx(2.0)
    assert asked == [parameters_pb2.SOLVER_TYPE_HIGHS, parameters_pb2.SOLVER_TYPE_GLOP]


def test_a_large_program_without_an_optimum_is_an_error_too(inside: None) -> None:
    program = LinearProgram()
    variable = program.add_variable(1.0)
    program.add_row(1.0, 1.0, [(variable, 1.0)])
    program.add_row(-np.inf, 0.5, [(variable, 1.0)])
    with pytest.raises(ProgramError, match="INFEASIBLE"):
        program.solve()
