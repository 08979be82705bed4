"""Where the solver keeps each rule: the functions that settle or state it, in the order of the way.

``FORMULATION.md`` and the registry's test take them from here. A rule that one candidate or one seat
alone can break is settled before there is a model: what breaks it becomes no candidate or no pair.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lineside.solver.candidates import enumerate_candidates
from lineside.solver.conflicts import duty_faults
from lineside.solver.facts import facts_of
from lineside.solver.model.build import BUILDERS
from lineside.solver.needs import demand_of
from lineside.solver.pairs import PairFinder, feasible_pairs
from lineside.solver.personas import FAULTS, Persona
from lineside.solver.prune import viable_pairs
from lineside.solver.resources import instructors_of, rooms_of

Home = Callable[..., Any]

_SETTLED: dict[str, tuple[Home, ...]] = {
    "hours": (enumerate_candidates,),
    "session-length": (enumerate_candidates,),
    "room": (rooms_of,),
    "instructor": (instructors_of,),
    "cohort-size": (rooms_of, viable_pairs),
    "mode": (enumerate_candidates, PairFinder.accepted),
    "need": (demand_of,),
    "order": (viable_pairs,),
    "access": (PairFinder.site_open,),
    "travel-limit": (PairFinder.too_far,),
    "off-date": (PairFinder.barred_dates,),
    "class-week": (PairFinder.fits_week,),
    "duty": (duty_faults,),
    "party": (viable_pairs,),
    "pin": (feasible_pairs,),
    "frozen": (facts_of, enumerate_candidates),
}


def homes_of(rule: str) -> tuple[Home, ...]:
    """Return the functions that make the solver keep a rule: first what settles it, last what models it.

    Parameters
    ----------
    rule
        A key of :data:`lineside.models.rules.RULES`.

    Examples
    --------
    >>> [home.__name__ for home in homes_of("day-off")]
    ['slot_facts', 'add_days_off']
    """
    judged = (Persona.slot_facts,) if rule in FAULTS else ()
    modelled = (BUILDERS[rule],) if rule in BUILDERS else ()
    return (*_SETTLED.get(rule, ()), *judged, *modelled)
