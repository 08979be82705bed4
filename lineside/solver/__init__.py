"""From a scenario to a plan with a proven bound, its explanation and its impact.

The names below are the public door of this room.
"""

from lineside.solver.advice.bench import UnusablePlanError
from lineside.solver.advice.contradiction import Contradiction, contradiction_of
from lineside.solver.advice.least_change import Way, Ways
from lineside.solver.advice.looser import Loosening
from lineside.solver.advice.why import Inquiry, NextBest, NoSuchNeedError, Why
from lineside.solver.advice.worth import Advice, AdviceOptions, Advised, advise
from lineside.solver.explain import Refusal
from lineside.solver.first_come import PinsNotKeptError, first_come_plan
from lineside.solver.futures import CohortOutlook, CrewOutlook, Futures, PlanOutlook, Rates, Spread, simulate
from lineside.solver.impact import Absence, Impact, Loss, LowPoint, absences_of, impact_of, low_points_of
from lineside.solver.margin import Margin
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
    "Advice",
    "AdviceOptions",
    "Advised",
    "Allotment",
    "ChangeBudget",
    "CohortOutlook",
    "Contradiction",
    "CrewOutlook",
    "Futures",
    "Impact",
    "Inquiry",
    "Leeway",
    "Loosening",
    "Loss",
    "LowPoint",
    "Margin",
    "NextBest",
    "NoSuchNeedError",
    "PinsNotKeptError",
    "PlanOutlook",
    "Progress",
    "Rates",
    "Refusal",
    "RegionMemory",
    "Repair",
    "Repaired",
    "ReplanOptions",
    "SeatArrays",
    "Solution",
    "SolveOptions",
    "Spread",
    "UnusablePlanError",
    "Way",
    "Ways",
    "Why",
    "absences_of",
    "advise",
    "allot",
    "contradiction_of",
    "first_come_plan",
    "impact_of",
    "low_points_of",
    "remember_region",
    "replan",
    "simulate",
    "solve",
    "unmeetable_needs",
]
