"""The straight model as a mixed-integer program: every constraint of the CP-SAT model as exact linear rows."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from ortools.sat.python import cp_model

INFINITE = 1 << 62
"""CP-SAT writes larger numbers for "no limit"."""
Term = tuple[int, float]
"""A column and its coefficient."""


class NotLinearError(Exception):
    """The model has a constraint that no linear row states."""


@dataclass
class Rows:
    """Rows of a linear program in the making, sparse and row by row; arrays, since lists take four times the memory."""

    ptr: array[int] = field(default_factory=lambda: array("q", [0]))
    column: array[int] = field(default_factory=lambda: array("q"))
    value: array[float] = field(default_factory=lambda: array("d"))
    lower: array[float] = field(default_factory=lambda: array("d"))
    upper: array[float] = field(default_factory=lambda: array("d"))

    def add(self, terms: list[Term], lower: float, upper: float) -> None:
        """Add ``lower <= sum of terms <= upper``; terms of one column are summed."""
        sums: dict[int, float] = {}
        for column, value in terms:
            sums[column] = sums.get(column, 0.0) + value
        self.column.extend(sums)
        self.value.extend(sums.values())
        self.ptr.append(len(self.column))
        self.lower.append(lower)
        self.upper.append(upper)

    def add_literals(self, literals: list[int], lower: float, upper: float) -> None:
        """Add ``lower <= sum of literals <= upper``; a literal below 0 is the negation of column ``-1 - literal``."""
        terms = [(k, 1.0) if k >= 0 else (-1 - k, -1.0) for k in literals]
        negated = sum(k < 0 for k in literals)
        self.add(terms, lower - negated, upper - negated)


def rows_of(model: cp_model.CpModel) -> Rows:
    """Return the rows of a model's constraints.

    Raises
    ------
    NotLinearError
        If a constraint is of another kind than those that the straight model has.

    Notes
    -----
    ``e1, e2 => a or b`` becomes ``a + b + (1 - e1) + (1 - e2) >= 1``; ``e => a and b`` a row for each of the two.
    Linear rows with a literal that switches them do not occur. Over whole numbers rows and constraints say the same.
    """
    rows = Rows()
    for constraint in model.proto.constraints:
        unless = [-1 - k for k in constraint.enforcement_literal]
        if constraint.has_bool_or():
            rows.add_literals([*constraint.bool_or.literals, *unless], 1, np.inf)
        elif constraint.has_bool_and():
            for literal in constraint.bool_and.literals:
                rows.add_literals([literal, *unless], 1, np.inf)
        elif constraint.has_at_most_one() and not unless:
            rows.add_literals(list(constraint.at_most_one.literals), -np.inf, 1)
        elif constraint.has_exactly_one() and not unless:
            rows.add_literals(list(constraint.exactly_one.literals), 1, 1)
        elif constraint.has_linear() and not unless and len(constraint.linear.domain) == 2:
            lower, upper = constraint.linear.domain
            terms = list(zip(constraint.linear.vars, map(float, constraint.linear.coeffs), strict=True))
            rows.add(terms, -np.inf if lower < -INFINITE else lower, np.inf if upper > INFINITE else upper)
        else:
            raise NotLinearError(
                f"No linear row states this constraint here: {constraint}. State it in benchmarks/highs/translate.py."
            )
    return rows


def write_program(model: cp_model.CpModel, scale: int, path: Path, **meaning: np.ndarray) -> None:
    """Write a model's rows, limits of columns and objective as arrays.

    Parameters
    ----------
    model
        The CP-SAT model.
    scale
        Units of a line-minute: the program's objective is in line-minutes.
    path
        File to write.
    meaning
        Arrays that say what columns stand for; they are written beside the program.
    """
    proto = model.proto
    rows = rows_of(model)
    domains = np.array([(v.domain[0], v.domain[1]) for v in proto.variables], dtype=float).reshape(-1, 2)
    cost = np.zeros(len(proto.variables))
    np.add.at(cost, list(proto.objective.vars), np.array(proto.objective.coeffs, dtype=float) / scale)
    np.savez(
        path,
        ptr=np.array(rows.ptr, dtype=np.int32),
        column=np.array(rows.column, dtype=np.int32),
        value=np.array(rows.value),
        row_lower=np.array(rows.lower, dtype=float),
        row_upper=np.array(rows.upper, dtype=float),
        lower=domains[:, 0],
        upper=domains[:, 1],
        cost=cost,
        offset=np.array(proto.objective.offset / scale),
        **meaning,
    )
