"""The contestant HiGHS, second half: it solves the program and notes every better solution and bound.

It runs in the environment of HiGHS, which has neither OR-Tools nor Lineside, so it tells which columns are 1; the judge
makes cohorts of them.
"""

from __future__ import annotations

import math

import highspy
import numpy as np

from benchmarks.rivals.notes import Task

Arrays = dict[str, np.ndarray]
BOUND_EVERY_SECONDS = 0.5
"""Bounds are told at most this often."""


def load(arrays: Arrays, task: Task) -> highspy.Highs:
    """Return HiGHS with the program and its options."""
    program = highspy.HighsLp()
    program.num_col_, program.num_row_ = len(arrays["cost"]), len(arrays["row_lower"])
    program.col_cost_, program.offset_ = arrays["cost"], float(arrays["offset"])
    program.col_lower_, program.col_upper_ = arrays["lower"], arrays["upper"]
    program.row_lower_, program.row_upper_ = arrays["row_lower"], arrays["row_upper"]
    matrix = program.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_, matrix.index_, matrix.value_ = arrays["ptr"], arrays["column"], arrays["value"]
    program.integrality_ = [highspy.HighsVarType.kInteger] * len(arrays["cost"])
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", task.workers)
    solver.setOptionValue("random_seed", task.seed)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.setOptionValue("mip_abs_gap", 4e-4)  # less than the thousandth to which objectives are told
    solver.passModel(program)
    return solver


class Watch:
    """Notes solutions and bounds."""

    def __init__(self, arrays: Arrays, task: Task) -> None:
        self._arrays, self._task = arrays, task
        self._bound, self._told_at = -math.inf, -math.inf

    def solution(self, event: highspy.HighsCallbackEvent) -> None:
        """Note a better solution."""
        self.bound(event)
        self.tell(np.array(event.data_out.mip_solution))

    def tell(self, values: np.ndarray) -> None:
        """Note a solution."""
        rows = {
            name: self._arrays[name][values[self._arrays[name][:, 2]] > 0.5][:, :2].tolist()
            for name in ("seats", "opens", "teaches", "options")
        }
        self._task.notes.write("columns", **rows)

    def bound(self, event: highspy.HighsCallbackEvent) -> None:
        """Note a bound that has risen, not too often."""
        if self._task.notes.seconds >= self._told_at + BOUND_EVERY_SECONDS:
            self.tell_bound(event.data_out.mip_dual_bound)

    def tell_bound(self, line_minutes: float) -> None:
        """Note a bound if it has risen and holds for all allowed plans."""
        if self._arrays["closed"] and math.isfinite(line_minutes) and line_minutes > self._bound:
            self._bound, self._told_at = line_minutes, self._task.notes.seconds
            self._task.notes.bound(line_minutes - float(self._arrays["slack"]))


def main() -> None:
    """Solve until the limit."""
    task = Task()
    with np.load(task.scratch / "program.npz") as file:
        arrays = dict(file)
    solver = load(arrays, task)
    watch = Watch(arrays, task)
    solver.cbMipImprovingSolution.subscribe(watch.solution)
    solver.cbMipLogging.subscribe(watch.bound)
    task.notes.built()
    solver.setOptionValue("time_limit", task.seconds_left)
    solver.run()
    info = solver.getInfo()
    if info.primal_solution_status == 2:  # there is a solution
        watch.tell(np.array(solver.getSolution().col_value))
    watch.tell_bound(info.mip_dual_bound)
    proven = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    task.notes.ended("optimal" if proven else "time used up")


if __name__ == "__main__":
    main()
