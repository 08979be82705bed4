"""Sums over a model: the objective, and what limits are set on."""

from __future__ import annotations

from dataclasses import dataclass, field

from ortools.sat.python import cp_model

from lineside.solver.problem import Problem
from lineside.solver.seating import Ledger

Away = int | cp_model.IntVar
"""A literal that says whether somebody is away; a number where that is known."""


@dataclass
class Meter:
    """A sum in the making.

    Parameters
    ----------
    problem
        The problem with the tariff by which it counts.
    ledger
        Memory of what seats cost by that tariff.
    constant
        Units that are counted in any case.
    most
        Most units that a solution may have; None for the objective.
    terms
        Coefficients and literals.
    """

    problem: Problem
    ledger: Ledger
    constant: int
    most: int | None = None
    terms: list[tuple[int, cp_model.IntVar]] = field(default_factory=list)

    def charge(self, units: int, literal: Away) -> None:
        """Add a term; a literal may be the constant 0 or 1."""
        if isinstance(literal, int):
            self.constant += units * literal
        elif units:
            self.terms.append((units, literal))

    def total(self) -> cp_model.LinearExprT:
        """Return the sum."""
        return sum(units * literal for units, literal in self.terms) + self.constant

    def enter(self, model: cp_model.CpModel) -> None:
        """Give the model the row of a limit."""
        most = 0 if self.most is None else self.most
        if self.terms:
            model.add(self.total() <= most)
        elif self.constant > most:
            model.add_bool_or([])
