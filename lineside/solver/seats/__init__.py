"""The arrays that the search works on, as a door of their own: parties, cohorts that could be opened, and seats.

Problems that have nothing to do with training but the same shape can be posed here, such as capacitated
facility location with single sourcing: customers are parties, facilities are cohorts.
"""

from lineside.solver.seats.allot import allot
from lineside.solver.seats.shape import AWAY, Allotment, SeatArrays

__all__ = ["AWAY", "Allotment", "SeatArrays", "allot"]
