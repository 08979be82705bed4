"""Variables and rows of a mixed-integer program, in few words."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ortools.math_opt.python import mathopt

Terms = Iterable[tuple[mathopt.Variable, float]]


class Statements:
    """A minimisation that is stated variable by variable and row by row.

    Parameters
    ----------
    unit
        Units of the scenario's objective in which it counts.
    """

    def __init__(self, unit: float) -> None:
        self.unit = unit
        self.model = mathopt.Model()

    def variable(self, cost: float = 0.0, most: float = math.inf) -> mathopt.Variable:
        """Return a new variable that is 0 at least."""
        return self.charged(self.model.add_variable(lb=0.0, ub=most), cost)

    def binary(self, units: float = 0.0) -> mathopt.Variable:
        """Return a new variable that is 0 or 1 and costs some units."""
        return self.charged(self.model.add_binary_variable(), float(units) / self.unit)

    def charged(self, variable: mathopt.Variable, cost: float) -> mathopt.Variable:
        """Return a variable that costs so much more."""
        objective = self.model.objective
        objective.set_linear_coefficient(variable, objective.get_linear_coefficient(variable) + cost)
        return variable

    def at_most(self, terms: Terms, limit: float) -> mathopt.LinearConstraint:
        """Return a new row: the sum of some terms, of which several may have one variable, is at most a limit."""
        return self.row(terms, -math.inf, limit)

    def row(self, terms: Terms, least: float, most: float) -> mathopt.LinearConstraint:
        """Return a new row with two limits."""
        row = self.model.add_linear_constraint(lb=least, ub=most)
        for variable, coefficient in terms:
            row.set_coefficient(variable, row.get_coefficient(variable) + coefficient)
        return row
