"""A growing linear program has the optimum of the same program built at once."""

from __future__ import annotations

import numpy as np
import pytest

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
