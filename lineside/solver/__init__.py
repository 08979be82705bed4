"""From a scenario to a plan with a proven bound, its explanation and its impact.

The names below are the public door of this room.
"""

from lineside.solver.first_come import PinsNotKeptError, first_come_plan
from lineside.solver.frontier import Frontier, FrontierOptions, FrontierPoint, frontier
from lineside.solver.impact import Absence, Impact, Loss, LowPoint, absences_of, impact_of, low_points_of
from lineside.solver.seats import AWAY, Allotment, SeatArrays, allot
from lineside.solver.solve import Aim, Progress, Solution, SolveOptions, solve, unmeetable_needs

__all__ = [
    "AWAY",
    "Absence",
    "Aim",
    "Allotment",
    "Frontier",
    "FrontierOptions",
    "FrontierPoint",
    "Impact",
    "Loss",
    "LowPoint",
    "PinsNotKeptError",
    "Progress",
    "SeatArrays",
    "Solution",
    "SolveOptions",
    "absences_of",
    "allot",
    "first_come_plan",
    "frontier",
    "impact_of",
    "low_points_of",
    "solve",
    "unmeetable_needs",
]
