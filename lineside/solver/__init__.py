"""From a scenario to a plan with a proven bound, its explanation and its impact.

The names below are the public door of this room.
"""

from lineside.solver.first_come import PinsNotKeptError, first_come_plan
from lineside.solver.impact import Absence, Impact, Loss, LowPoint, impact_of
from lineside.solver.solve import Progress, Solution, SolveOptions, solve, unmeetable_needs

__all__ = [
    "Absence",
    "Impact",
    "Loss",
    "LowPoint",
    "PinsNotKeptError",
    "Progress",
    "Solution",
    "SolveOptions",
    "first_come_plan",
    "impact_of",
    "solve",
    "unmeetable_needs",
]
