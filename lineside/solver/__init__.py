"""From a scenario to a plan with a proven bound, its explanation and its impact.

The names below are the public door of this room.
"""

from lineside.solver.impact import Absence, Impact, Loss, LowPoint, impact_of
from lineside.solver.solve import Progress, Solution, SolveOptions, solve, unmeetable_needs

__all__ = [
    "Absence",
    "Impact",
    "Loss",
    "LowPoint",
    "Progress",
    "Solution",
    "SolveOptions",
    "impact_of",
    "solve",
    "unmeetable_needs",
]
