"""A growing linear program has the optimum of the same program built at once."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from ortools.math_opt import parameters_pb2

from lineside.solver import program as program_module
from lineside.solver.program import LinearProgram, ProgramError, ProgramStoppedError


def test_variables_and_rows_count_from_the_next_solve_on() -> None:
    program = LinearProgram()
    sum_of_all = program.add_row(1.0, 1.0)
    first = program.add_variable(2.0, [(sum_of_all, 1.0)])
    second = program.add_variable(3.0, [(sum_of_all, 1.0)])
    optimum = program.solve()
    assert [optimum.objective, *optimum.values, *optimum.duals] == pytest.approx([2.0, 1.0, 0.0, 2.0], abs=1e-5)
    few = program.add_row(-np.inf, 0.25, [(first, 1.0)])
    # A quarter of the first at 2 and the rest at 3.
    assert program.solve().objective == pytest.approx(2.75)
    assert program.solve().duals.tolist() == pytest.approx([3.0, -1.0])
    program.add_variable(2.5, [(sum_of_all, 1.0)])
    # A quarter of the first at 2 and the rest at 2.5.
    assert program.solve().objective == pytest.approx(2.375)
    assert program.solve().values.tolist() == pytest.approx([0.25, 0.0, 0.75])
    assert (program.num_variables, program.num_rows, few, second) == (3, 2, 1, 1)


def test_a_program_without_an_optimum_is_an_error() -> None:
    program = LinearProgram()
    variable = program.add_variable(1.0)
    program.add_row(1.0, 1.0, [(variable, 1.0)])
    assert program.solve().objective == pytest.approx(1.0)
    program.add_row(-np.inf, 0.5, [(variable, 1.0)])
    with pytest.raises(ProgramError, match="INFEASIBLE"):
        program.solve()


def split() -> LinearProgram:
    """Return a program in which two equal variables share 1, one of them at most 0.75 of it."""
    program = LinearProgram()
    whole = program.add_row(1.0, 1.0)
    first = program.add_variable(2.0, [(whole, 1.0)])
    program.add_variable(2.0, [(whole, 1.0)])
    program.add_row(-np.inf, 0.75, [(first, 1.0)])
    return program


def test_a_program_ends_in_the_middle_of_its_optima() -> None:
    optimum = split().solve()
    assert optimum.objective == pytest.approx(2.0)
    # All from (0, 1) to (0.75, 0.25) are optima; the middle keeps away from both ends.
    assert 0.1 < optimum.values[0] < 0.65
    assert optimum.values.sum() == pytest.approx(1.0)
    assert optimum.duals.tolist() == pytest.approx([2.0, 0.0], abs=1e-5)
    assert optimum.duals[1] <= 0.0


def test_a_program_may_grow_after_that() -> None:
    program = split()
    program.solve()
    program.add_variable(1.0, [(0, 1.0), (1, 2.0)])
    # The new one is at most 0.375: 0.375 + 2 x 0.625.
    assert program.solve().objective == pytest.approx(1.625)


def test_where_the_interior_point_method_fails_the_simplex_method_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    new, asked = program_module.solver.new, []

    class Failing:
        """A solver whose interior point method does not end with an optimum."""

        def __init__(self, *parts: object) -> None:
            self._solver = new(*parts)

        def solve(self, how: parameters_pb2.SolveParametersProto, *rest: object) -> object:
            asked.append(how.lp_algorithm)
            if how.lp_algorithm == parameters_pb2.LP_ALGORITHM_BARRIER:
                raise RuntimeError("HighsModelStatus was Unknown")
            return self._solver.solve(how, *rest)

    monkeypatch.setattr(program_module.solver, "new", Failing)
    assert split().solve().objective == pytest.approx(2.0)
    assert asked == [parameters_pb2.LP_ALGORITHM_BARRIER, parameters_pb2.LP_ALGORITHM_DUAL_SIMPLEX]


def test_a_rough_answer_is_as_near_as_asked_for_and_begins_at_the_last_one() -> None:
    rng = np.random.default_rng(0)
    program = LinearProgram()
    rows = [program.add_row(1.0, 1.0) for _ in range(40)]
    for row in rows:
        program.add_variable(5.0, [(row, 1.0)])
    for _ in range(400):
        some = rng.choice(rows, 4, replace=False).tolist()
        program.add_variable(float(rng.uniform(4, 12)), [(row, 1.0) for row in some])
    best = program.solve().objective
    for tolerance in (1e-2, 1e-3, 1e-5):
        assert program.solve(tolerance).objective == pytest.approx(best, rel=3 * tolerance)
    hint = program._hint().solution_hints[0]
    last = program.solve(1e-5)
    assert list(hint.variable_values.values) == pytest.approx(last.values.tolist())
    assert list(hint.dual_values.values) == pytest.approx(last.duals.tolist())


def test_where_a_rough_answer_takes_too_many_steps_another_method_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_module, "MOST_STEPS", 1)
    assert split().solve(1e-6).objective == pytest.approx(2.0)


def test_a_rough_answer_that_is_not_wanted_any_more_ends_at_once() -> None:
    draws = np.random.default_rng(1)
    program = LinearProgram()
    rows = [program.add_row(1.0, 1.0) for _ in range(300)]
    for cost in draws.random(3000):
        program.add_variable(cost, [(row, draws.random()) for row in draws.choice(rows, 40, replace=False).tolist()])
    asked = []

    def goes_on() -> bool:
        asked.append(threading.current_thread() is threading.main_thread())
        return len(asked) < 3

    with pytest.raises(ProgramStoppedError):
        program.solve(tolerance=1e-14, goes_on=goes_on)
    assert asked == [True, False, False, True]  # once before, twice beside the solve, and once before another method

    def fails() -> bool:
        if threading.current_thread() is threading.main_thread():
            return True
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        program.solve(tolerance=1e-14, goes_on=fails)


def test_no_other_method_is_tried_when_no_answer_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_module, "MOST_STEPS", 1)  # PDLP gives up at once
    answers = iter([True, True])  # before it, and beside it
    with pytest.raises(ProgramStoppedError):
        split().solve(tolerance=1e-9, goes_on=lambda: next(answers, False))


def test_a_very_large_program_is_never_factored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_module, "MOST_FACTORED", 1)
    assert split().solve(1e-6).objective == pytest.approx(2.0, abs=1e-4)
    monkeypatch.setattr(program_module, "MOST_STEPS", 1)
    with pytest.raises(ProgramError, match="ended as"):
        split().solve(1e-6)
    assert split().solve().objective == pytest.approx(2.0)  # who asks for an exact answer gets one
