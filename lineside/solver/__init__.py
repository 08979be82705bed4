"""From a scenario to a plan with a proven bound, its explanation and its impact.

The names below are the public door of this room.
"""

from lineside.solver.first_come import PinsNotKeptError, first_come_plan
from lineside.solver.impact import Absence, Impact, Loss, LowPoint, absences_of, impact_of, low_points_of
from lineside.solver.repair.budget import ChangeBudget
from lineside.solver.repair.choices import Leeway
from lineside.solver.repair.local_problem import RegionMemory, remember_region
from lineside.solver.repair.repair import Repair, Repaired
from lineside.solver.repair.replan import ReplanOptions, replan
from lineside.solver.seats import AWAY, Allotment, SeatArrays, allot
from lineside.solver.solve import Progress, Solution, SolveOptions, solve, unmeetable_needs

__all__ = [
    "AWAY",
    "Absence",
    "Allotment",
    "ChangeBudget",
    "Impact",
    "Leeway",
    "Loss",
    "LowPoint",
    "PinsNotKeptError",
    "Progress",
    "RegionMemory",
    "Repair",
    "Repaired",
    "ReplanOptions",
    "SeatArrays",
    "Solution",
    "SolveOptions",
    "absences_of",
    "allot",
    "first_come_plan",
    "impact_of",
    "low_points_of",
    "remember_region",
    "replan",
    "solve",
    "unmeetable_needs",
]
