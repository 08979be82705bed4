"""From a scenario to a plan with a proven bound, and what a plan does to the lines: the solver's public names."""

from lineside.solver.impact import Absence, Impact, Loss, LowPoint, PersonMeeting, Total, impact_of

__all__ = ["Absence", "Impact", "Loss", "LowPoint", "PersonMeeting", "Total", "impact_of"]
