"""From a scenario to a plan with a proven bound, its explanation and its impact.

The names below are the public door of this room.
"""

from lineside.solver.fairness import Cap, Fairness, fairness
from lineside.solver.first_come import PinsNotKeptError, first_come_plan
from lineside.solver.frontier import Frontier, FrontierOptions, FrontierPoint, frontier
from lineside.solver.impact import Absence, Impact, Loss, LowPoint, absences_of, impact_of, low_points_of
from lineside.solver.in_order import Goal, GoalReached, OrderedSolution, goals_of, solve_in_order
from lineside.solver.seats import AWAY, Allotment, SeatArrays, allot
from lineside.solver.solve import Aim, Progress, Solution, SolveOptions, solve, unmeetable_needs
from lineside.solver.tariff import AMOUNT_WORDS, MEASURES, MeasureError

__all__ = [
    "AMOUNT_WORDS",
    "AWAY",
    "MEASURES",
    "Absence",
    "Aim",
    "Allotment",
    "Cap",
    "Fairness",
    "Frontier",
    "FrontierOptions",
    "FrontierPoint",
    "Goal",
    "GoalReached",
    "Impact",
    "Loss",
    "LowPoint",
    "MeasureError",
    "OrderedSolution",
    "PinsNotKeptError",
    "Progress",
    "SeatArrays",
    "Solution",
    "SolveOptions",
    "absences_of",
    "allot",
    "fairness",
    "first_come_plan",
    "frontier",
    "goals_of",
    "impact_of",
    "low_points_of",
    "solve",
    "solve_in_order",
    "unmeetable_needs",
]
