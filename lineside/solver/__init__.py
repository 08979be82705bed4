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
from lineside.solver.fairness import Cap, Fairness, fairness
from lineside.solver.first_come import PinsNotKeptError, first_come_plan
from lineside.solver.frontier import Frontier, FrontierOptions, FrontierPoint, frontier
from lineside.solver.futures import CohortOutlook, CrewOutlook, Futures, PlanOutlook, Rates, Spread, simulate
from lineside.solver.impact import Absence, Impact, Loss, LowPoint, absences_of, impact_of, low_points_of
from lineside.solver.in_order import Goal, GoalReached, OrderedSolution, goals_of, solve_in_order
from lineside.solver.margin import Margin
from lineside.solver.progress import Progress
from lineside.solver.repair.budget import ChangeBudget
from lineside.solver.repair.choices import Leeway
from lineside.solver.repair.local_problem import RegionMemory, remember_region
from lineside.solver.repair.repair import Repair, Repaired
from lineside.solver.repair.replan import ReplanOptions, replan
from lineside.solver.seats import AWAY, Allotment, SeatArrays, allot
from lineside.solver.solve import Aim, Solution, SolveOptions, solve, unmeetable_needs
from lineside.solver.tariff import AMOUNT_WORDS, MEASURES, MeasureError

__all__ = [
    "AMOUNT_WORDS",
    "AWAY",
    "MEASURES",
    "Absence",
    "Advice",
    "AdviceOptions",
    "Advised",
    "Aim",
    "Allotment",
    "Cap",
    "ChangeBudget",
    "CohortOutlook",
    "Contradiction",
    "CrewOutlook",
    "Fairness",
    "Frontier",
    "FrontierOptions",
    "FrontierPoint",
    "Futures",
    "Goal",
    "GoalReached",
    "Impact",
    "Inquiry",
    "Leeway",
    "Loosening",
    "Loss",
    "LowPoint",
    "Margin",
    "MeasureError",
    "NextBest",
    "NoSuchNeedError",
    "OrderedSolution",
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
    "fairness",
    "first_come_plan",
    "frontier",
    "goals_of",
    "impact_of",
    "low_points_of",
    "remember_region",
    "replan",
    "simulate",
    "solve",
    "solve_in_order",
    "unmeetable_needs",
]
