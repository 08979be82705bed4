"""The bound: column generation over cohorts together with the people that sit in them.

The master problem (Dantzig and Wolfe 1960; Barnhart et al. 1998) chooses columns, each a candidate
with people, a room and an instructor. It keeps rule ``need`` exactly and, as rows that are added
when a solution breaks them, rooms, instructors and weekly caps; everything else of the contract is
left out, which only lowers the optimum. ``FORMULATION.md`` proves that the bound is valid.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from lineside.solver.breakable import Breakable
from lineside.solver.charges import least_charges
from lineside.solver.columns import PARTS, UNIT_SCALE, Column, CutRow, Part, Relaxation
from lineside.solver.least_paid import LeastPaid
from lineside.solver.loss_rows import LossRows
from lineside.solver.need_rows import add_needs
from lineside.solver.openings import Openings
from lineside.solver.pricing import Priced, Pricer
from lineside.solver.problem import Problem
from lineside.solver.program import LinearProgram
from lineside.solver.scaling import Scaling
from lineside.solver.terms import Terms
from lineside.solver.week_losses import WeekLosses
from lineside.solver.week_rows import LossRow

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Values = tuple[Floats, Floats, Floats, Floats]

TOLERANCE = 1e-6
ROW_VIOLATION = 0.02
PROMISING = 1.0
"""Reduced cost in hundreds of line-minutes below which a column is worth having when prices come from elsewhere."""
LARGE_PAIRS = 60_000
"""Pairs above which the master is solved roughly, as long as its bound is far away."""
ROUGHEST, FINEST, ROUGHNESS = 1e-2, 1e-5, 0.1
"""Limits of the tolerance of a rough answer, and its share of the gap between the master and its bound."""
SETTLED = 3e-3
"""Share by which the master still falls when prices have settled so far that scaling them proves something."""
NOT_SOLVED = "The relaxation has not been solved yet. Run a round first."
SMOOTHING = 0.5
"""How much of the best bound's prices is kept when new prices are tried."""


class ColumnGeneration:
    """The master problem and its loop.

    Parameters
    ----------
    problem
        The prepared problem.
    pairs
        Pair rows that may be used; default all.

    Attributes
    ----------
    away, least_paid
        What it costs to leave each need empty, in master units, and the least that all needs cost at given prices.
    """

    def __init__(self, problem: Problem, pairs: Ints | None = None) -> None:
        self.problem = problem
        rows = np.arange(len(problem.pairs)) if pairs is None else pairs
        self.unit = UNIT_SCALE * problem.money.scale
        charges = problem.charges if pairs is problem.viable_pairs else least_charges(problem, rows)
        self.week_losses = WeekLosses(problem, charges, np.sort(rows))
        self.pricer = Pricer(problem, rows, self.unit, charges)
        self._losses = LossRows(charges, self.unit)
        self._pair_cost = problem.pairs.cost / self.unit
        self._need_of = problem.pairs.need
        self._room_cost = problem.rooms.cost / self.unit
        self._teacher_cost = problem.instructors.cost / self.unit
        self._scaling = Scaling(self.pricer)
        self.columns: list[Column] = []
        self._seen: set[tuple[int, int, int, bytes]] = set()
        self._holders: dict[tuple[Part, int], list[int]] = {}
        self._rows_with: dict[tuple[Part, int], list[tuple[int, float]]] = {}
        self.rows: list[CutRow] = []
        self.limits: list[float] = []
        self._variable_of: list[int] = []
        self._program = LinearProgram()
        self._first_row = add_needs(self._program, problem, self.unit)
        self.away = np.array([need.price for need in problem.demand.needs], dtype=float) / self.unit
        self.least_paid = LeastPaid(problem.demand, problem.together.ways, problem.together.loose, self.away)
        self.weights, self._values = np.zeros(0), np.zeros(0)
        self.best = -np.inf
        self.is_large = len(self.pricer.pairs) > LARGE_PAIRS
        self._tolerance, self._roughness = ROUGHEST if self.is_large else None, ROUGHNESS
        self._openings = Openings(problem, self.pricer.pairs, self.is_large)
        self._breakable = Breakable(self._program, float(self.away.max())) if self.is_large else None
        self._last_duals: tuple[Floats, Floats] | None = None
        self._best_priced: tuple[Floats, Floats, Priced] | None = None
        self._last_objective = np.inf
        self.converged = False

    def add_column(self, column: Column) -> bool:
        """Add a column unless it is there already; return whether it was new."""
        key = (column.candidate, column.room, column.teacher, np.sort(column.pairs).tobytes())
        if key in self._seen:
            return False
        self._seen.add(key)
        cost = float(self._pair_cost[column.pairs].sum()) + self.pricer.charges.of_people(column.pairs) / self.unit
        cost += float(self._room_cost[column.room] + self._teacher_cost[column.teacher])
        load: dict[int, float] = dict.fromkeys(self._need_of[column.pairs].tolist(), 1.0)
        for part in PARTS:
            for entry in column.entries(part):
                self._holders.setdefault((part, entry), []).append(len(self.columns))
                for row, coefficient in self._rows_with.get((part, entry), ()):
                    load[row] = load.get(row, 0.0) + coefficient
        for position, charge in self._losses.charges_of(column.pairs).items():
            load[self._first_row + position] = load.get(self._first_row + position, 0.0) - charge
        self._variable_of.append(self._program.add_variable(cost, load.items()))
        self.columns.append(column)
        return True

    def add_row(self, row: CutRow, excess: float | None = None, paid: dict[int, float] | None = None) -> int:
        """Add a row to the master; return its position.

        Parameters
        ----------
        row
            The row.
        excess
            What exceeding the limit by 1 costs, in master units; None forbids it.
        paid
            What variables take off the row, if anything.
        """
        number = self._program.num_rows
        load: dict[int, float] = {variable: -amount for variable, amount in (paid or {}).items()}
        for part in row.parts():
            for entry, coefficient in zip(part.entries.tolist(), part.coefficients.tolist(), strict=True):
                self._rows_with.setdefault((part.part, entry), []).append((number, coefficient))
                for k in self._holders.get((part.part, entry), ()):
                    variable = self._variable_of[k]
                    load[variable] = load.get(variable, 0.0) + coefficient
        self._program.add_row(-np.inf, row.limit, load.items())
        if excess is not None:
            self._program.add_variable(excess, [(number, -1.0)])
        self.rows.append(row)
        self.limits.append(row.limit)
        return len(self.rows) - 1

    def add_rule(self, row: CutRow) -> None:
        """Add a row of somebody's rules, which a large master may break for a price."""
        position = self.add_row(row)
        if self._breakable is not None:
            self._breakable.add(self._first_row + position)

    def tighten(self) -> bool:
        """Let breaking rows cost more, those that the last solution breaks; return whether there are any."""
        return self._breakable is not None and self._breakable.raise_costs(self._values)

    def add_loss_row(self, row: LossRow) -> None:
        """Add a row that holds up the line time lost in a crew's week; rows of one key share that variable."""
        linear = row.over(self.problem, self.unit)
        holders = {k for entry in row.entries.tolist() for k in self._holders.get(("pair", entry), ())}
        paid = {self._variable_of[k]: self._losses.charge(row, self.columns[k].pairs) for k in sorted(holders)}
        variable = self._losses.variable.get(row.key)
        if variable is None:
            position = self.add_row(linear, 1.0, paid)
            variable = self._program.num_variables - 1
        else:
            position = self.add_row(linear, None, {**paid, variable: 1.0})
        self._losses.add(position, row, variable)

    def loss_violation(self, row: LossRow, used: dict[Part, Floats]) -> float:
        """Return by how many master units the shares of the last solution's seats exceed what is paid for them.

        Parameters
        ----------
        row
            The row.
        used
            How much the solution uses of everything (:meth:`usage`).
        """
        variable = self._losses.variable.get(row.key, -1)
        paid = float(self._values[variable]) if 0 <= variable < len(self._values) else 0.0
        holders = {k for entry in row.entries.tolist() for k in self._holders.get(("pair", entry), ())}
        in_use = (k for k in holders if k < len(self.weights) and self.weights[k] > TOLERANCE)
        paid += sum(float(self.weights[k]) * self._losses.charge(row, self.columns[k].pairs) for k in in_use)
        linear = row.over(self.problem, self.unit)
        return (
            sum(float(used[part.part][part.entries] @ part.coefficients) for part in linear.parts())
            - linear.limit
            - paid
        )

    def plain_rows(self) -> list[CutRow]:
        """Return the rows that are not about line time."""
        about_losses = self._losses.positions
        return [row for position, row in enumerate(self.rows) if position not in about_losses]

    def loss_rows(self) -> list[LossRow]:
        """Return the rows about line time."""
        return self._losses.rows

    def usage(self) -> dict[Part, Floats]:
        """Return how much the last solution uses of every pair row and of every entry of rooms and instructors."""
        problem = self.problem
        sizes = len(problem.pairs), len(problem.rooms.idx), len(problem.instructors.idx)
        used = {part: np.zeros(size) for part, size in zip(PARTS, sizes, strict=True)}
        for k in np.flatnonzero(self.weights > TOLERANCE).tolist():
            for part in PARTS:
                used[part][self.columns[k].entries(part)] += self.weights[k]
        return used

    def solve_master(self, goes_on: Callable[[], bool] = lambda: True) -> tuple[float, Floats, Floats]:
        """Solve the master; return its objective and the duals of needs and rows.

        Raises
        ------
        ProgramError
            If HiGHS does not end with an optimum.
        ProgramStoppedError
            If ``goes_on`` says no while a large master is solved.
        """
        optimum = self._program.solve(self._tolerance, goes_on)
        self._values = optimum.values
        self.weights = optimum.values[self._variable_of]
        return optimum.objective, optimum.duals[: len(self.away)], optimum.duals[self._first_row :]

    def column_values(self, duals: Floats, cut_duals: Floats) -> Values:
        """Return the reduced cost of every pair row, room and instructor entry, and the minutes charged by column."""
        pair_value = self._pair_cost - duals[self._need_of]
        room_value, teacher_value = self._room_cost.copy(), self._teacher_cost.copy()
        for row, dual in zip(self.rows, cut_duals, strict=True):
            if dual:
                for part in row.parts():
                    target = {"pair": pair_value, "room": room_value, "teacher": teacher_value}[part.part]
                    target[part.entries] -= dual * part.coefficients
        return pair_value, room_value, teacher_value, self._losses.minutes(cut_duals)

    def terms(self, cut_duals: Floats) -> Terms:
        """Return what cohorts cost at some duals of rows, counted from each need's cheapest seat."""
        return Terms.of(self.pricer, *self.column_values(np.zeros(len(self.away)), cut_duals))

    def price(self, duals: Floats, cut_duals: Floats) -> Priced:
        """Return every candidate's best cohort at these duals."""
        pair_value, room_value, teacher_value, minutes = self.column_values(duals, cut_duals)
        return self.pricer.price(pair_value[self.pricer.pairs], room_value, teacher_value, minutes)

    def lagrangian(self, duals: Floats, cut_duals: Floats, priced: Priced) -> float:
        """Return a valid bound, in master units, from any duals whose row duals are at most 0.

        Each need is charged its dual, or its price where the dual is above it. Each module opens at most as many
        cohorts as its people can fill, none better than the best reduced cost. In a large master each candidate opens
        at most as many as it has rooms, too; in others that would only let prices stand that are not the last ones.
        """
        total, _ = self.least_paid.of(duals)
        total += float(cut_duals @ np.array(self.limits))
        return float(total + self._openings.charged(priced))

    def round(self, goes_on: Callable[[], bool] = lambda: True) -> float:
        """Solve the master, price, and add the best column of each module and lane; return the master's objective.

        Raises
        ------
        ProgramError, ProgramStoppedError
            As :meth:`solve_master` has them.

        Notes
        -----
        Prices are smoothed towards those of the best bound (Wentges 1997); what improves the master is added of the
        columns that they ask for, and of those that the master's own prices ask for.
        """
        self.converged = False
        objective, duals, cut_duals = self.solve_master(goes_on)
        cut_duals = self._losses.within_prices(cut_duals)
        self._last_duals = duals, cut_duals
        is_settled = self._last_objective - objective < SETTLED * abs(objective)
        self._last_objective = objective
        added = 0
        if self._best_priced is not None:
            anchor, anchor_cuts, _ = self._best_priced
            anchor_cuts = np.concatenate([anchor_cuts, np.zeros(len(cut_duals) - len(anchor_cuts))])
            smooth = SMOOTHING * anchor + (1 - SMOOTHING) * duals
            smooth_cuts = self._losses.within_prices(SMOOTHING * anchor_cuts + (1 - SMOOTHING) * cut_duals)
            added = self._add_best(self._try(smooth, smooth_cuts, is_settled), self.column_values(duals, cut_duals))
        added += self._add_best(self._try(duals, cut_duals, is_settled), None)
        self.converged = not added and self._tolerance in (None, FINEST)
        if self._tolerance is not None:
            gap = (objective - self.best) / max(1.0, abs(objective))
            # Where no column is found, the answer may have been too rough to tell which are lacking.
            self._roughness = ROUGHNESS if added else self._roughness / 10
            self._tolerance = min(ROUGHEST, max(FINEST, self._roughness * gap))
        return objective

    def _try(self, duals: Floats, cut_duals: Floats, is_settled: bool = True) -> Priced:
        """Price at some duals; keep the bound that they prove if it is the best.

        Where prices are not far off any more, what they prove with the needs' scaled down is kept if it is better.
        Duals of rows must be within their prices (:meth:`LossRows.within_prices`): validity rests on that.
        """
        priced = self.price(duals, cut_duals)
        self._keep(duals, cut_duals, priced)
        if is_settled:
            self.prove_scaled(self.terms(cut_duals), duals, cut_duals)
        return priced

    def prove_scaled(self, terms: Terms, duals: Floats, cut_duals: Floats) -> None:
        """Keep what duals of needs prove, scaled down until no cohort is worth more than it costs, if it is the best.

        One below its need's cheapest seat is lifted to it first: that proved more than to leave it.
        """
        fair = terms.base + self._scaling.affordable(np.maximum(duals - terms.base, 0.0), terms)
        self._keep(fair, cut_duals, self.price(fair, cut_duals))

    def _keep(self, duals: Floats, cut_duals: Floats, priced: Priced) -> None:
        bound = self.lagrangian(duals, cut_duals, priced)
        if bound > self.best:
            self.best = bound
            self._best_priced = (duals, cut_duals, priced)

    def _add_best(self, priced: Priced, values: Values | None, below: float = -TOLERANCE) -> int:
        """Add the best column of each module and lane below a cost; with values, only what they too find below 0."""
        return self.add_priced(priced, self.pricer.best_of_lanes(priced, below), values)

    def add_priced(self, priced: Priced, positions: Ints, values: Values | None = None) -> int:
        """Add best columns by their candidates' positions; with values, those that they find below 0; return number."""
        added = 0
        for k in positions.tolist():
            column = self._column(priced, k)
            if values is None or self._value(column, values) < -TOLERANCE:
                added += self.add_column(column)
        return added

    def _value(self, column: Column, values: Values) -> float:
        pair_value, room_value, teacher_value, minutes = values
        loss = self.pricer.charges.of_people(column.pairs, minutes)
        return float(pair_value[column.pairs].sum() + loss + room_value[column.room] + teacher_value[column.teacher])

    def _column(self, priced: Priced, position: int) -> Column:
        return Column(
            int(priced.candidate[position]),
            int(priced.room[position]),
            int(priced.instructor[position]),
            priced.people(position).copy(),  # a part of an array would keep all of it, once for each pricing
        )

    def start_from(self, need_price: Floats, columns: Sequence[Column] = ()) -> None:
        """Begin with prices from elsewhere: their bound, and the columns that they ask for.

        Parameters
        ----------
        need_price
            Price of each need in units.
        columns
            Columns that are worth having besides.
        """
        for column in columns:
            self.add_column(column)
        duals, cut_duals = need_price / self.unit, np.zeros(len(self.rows))
        self._add_best(self._try(duals, cut_duals), None, PROMISING)

    @property
    def last_duals(self) -> tuple[Floats, Floats]:
        """Duals of needs and rows in the last master.

        Raises
        ------
        RuntimeError
            If no round has been run.
        """
        if self._last_duals is None:
            raise RuntimeError(NOT_SOLVED)
        return self._last_duals

    @property
    def has_bound(self) -> bool:
        """Whether a round has been run."""
        return self._best_priced is not None

    @property
    def _proven(self) -> tuple[Floats, Floats, Priced]:
        if self._best_priced is None:
            raise RuntimeError(NOT_SOLVED)
        return self._best_priced

    def row_prices(self) -> list[tuple[CutRow, float]]:
        """Return the rows that count at the prices of the bound, and the price of each: its dual without the sign."""
        duals = self._proven[1].tolist()
        return [(row, -dual) for row, dual in zip(self.rows, duals, strict=False) if dual < 0]

    def relaxation(self) -> Relaxation:
        """Return the bound and what it says of columns, candidates and pairs.

        Raises
        ------
        RuntimeError
            If no round has been run.
        """
        duals, _, priced = self._proven
        return Relaxation.proven_by(self.best, duals, priced, self.unit, self.columns, self.weights, self.converged)
