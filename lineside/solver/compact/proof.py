"""Rounds of branch and cut: solve the program, add what its best solution breaks, and solve it again."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lineside.solver.bound import ColumnGeneration
from lineside.solver.compact.program import CompactProgram, Solution
from lineside.solver.compact.separation import faults_of
from lineside.solver.conflicts import Conflicts
from lineside.solver.cuts import Separator
from lineside.solver.problem import Problem
from lineside.solver.seating import Ledger

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Round:
    """What a round tells.

    Parameters
    ----------
    bound
        Proven lower bound in the master's unit; the cutoff if no plan is below it.
    solutions
        Whole solutions of the relaxation, the best first: what plans may be made of.
    goes_on
        Whether another round may prove more.
    """

    bound: float
    solutions: tuple[Solution, ...]
    goes_on: bool


class BranchAndCut:
    """Raises the bound of a column generation that has converged.

    Parameters
    ----------
    master
        The column generation, whose rows are taken over.
    conflicts
        Memory of what one person cannot do together.
    ledger
        Memory of what people lose to candidates.
    cutoff
        Only plans that cost less are of interest, in the master's unit.
    """

    def __init__(self, master: ColumnGeneration, conflicts: Conflicts, ledger: Ledger, cutoff: float) -> None:
        self._master = master
        self._relaxation = master.relaxation()
        self._program = CompactProgram(master, ledger, self._within(cutoff))
        # A large master's own looks at some seats of each person only.
        self._separator = Separator(master, conflicts, self._program.rows)

    @property
    def num_pairs(self) -> int:
        """Number of pairs in the program."""
        return len(self._program.rows)

    def _within(self, cutoff: float) -> Ints:
        """Return the pairs that a plan below the cutoff may hold, by their prices."""
        relaxation = self._relaxation
        room = cutoff * self._master.unit - relaxation.bound
        return np.sort(relaxation.pair_rows[relaxation.pair_reduced <= room])

    def round(self, seconds: float, cutoff: float, most_nodes: int | None, stop: threading.Event) -> Round:
        """Solve the program once and add what its solutions break.

        Parameters
        ----------
        seconds
            Time for it.
        cutoff
            Only plans that cost less are of interest, in the master's unit.
        most_nodes
            Nodes after which the search ends; None leaves it to the time.
        stop
            Set to end at once.

        Raises
        ------
        ProgramError
            If SCIP ends abnormally.
        """
        program = self._program
        program.rule_out(np.setdiff1d(program.rows, self._within(cutoff)))
        solved = program.solve(seconds, cutoff, most_nodes, stop)
        broken = False
        for solution in solved.solutions:
            faults = faults_of(program, solution, self._separator)
            for row in faults.rows:
                program.add_row(row)
            for counted in faults.counted:
                program.line_time.add_counted_row(counted)
            for crew, cover in faults.covers:
                if cover not in program.line_time.crews[crew].stated:
                    program.line_time.state(crew, cover)
            broken = broken or bool(faults)
        return Round(solved.bound, solved.solutions, broken or not solved.is_optimal)


def rows_of(problem: Problem, solution: Solution) -> Ints:
    """Return all pair rows of the candidates that a solution opens."""
    candidates = np.unique(problem.pairs.candidate[solution.seats])
    return np.flatnonzero(np.isin(problem.pairs.candidate, candidates))
