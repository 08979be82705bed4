"""From a scenario to a plan with a proven bound, its explanation and its impact.

The names below are the public door of this room.
"""

from lineside.solver.first_come import PinsNotKeptError, first_come_plan
from lineside.solver.futures import CohortOutlook, CrewOutlook, Futures, PlanOutlook, Rates, Spread, simulate
from lineside.solver.impact import Absence, Impact, Loss, LowPoint, absences_of, impact_of, low_points_of
from lineside.solver.margin import Margin
from lineside.solver.seats import AWAY, Allotment, SeatArrays, allot
from lineside.solver.solve import Progress, Solution, SolveOptions, solve, unmeetable_needs

__all__ = [
    "AWAY",
    "Absence",
    "Allotment",
    "CohortOutlook",
    "CrewOutlook",
    "Futures",
    "Impact",
    "Loss",
    "LowPoint",
    "Margin",
    "PinsNotKeptError",
    "PlanOutlook",
    "Progress",
    "Rates",
    "SeatArrays",
    "Solution",
    "SolveOptions",
    "Spread",
    "absences_of",
    "allot",
    "first_come_plan",
    "impact_of",
    "low_points_of",
    "simulate",
    "solve",
    "unmeetable_needs",
]
