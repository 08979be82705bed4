"""Whether a plan will hold: seeded simulation of drop-outs, absences and weeks of overtime.

:func:`simulate` plays many futures of a plan at once; :class:`Futures` tells what they come to. ``rates.py`` has what
is drawn, ``crews.py`` what the plan takes from each shift, ``game.py`` the futures of one crew, ``simulate.py``
all crews together, and ``outlook.py`` the figures.
"""

from lineside.solver.futures.outlook import CohortOutlook, CrewOutlook, Futures, PlanOutlook, Spread
from lineside.solver.futures.rates import Rates
from lineside.solver.futures.simulate import simulate

__all__ = ["CohortOutlook", "CrewOutlook", "Futures", "PlanOutlook", "Rates", "Spread", "simulate"]
