"""What Timefold plans: needs choose a cohort or none; each cohort's staffing chooses a room and an instructor.

Timefold turns these classes and their functions into Java, so they use plain numbers, lists and dictionaries only.
"""

from dataclasses import dataclass, field
from typing import Annotated

from timefold.solver.domain import (
    PlanningEntityCollectionProperty,
    PlanningId,
    PlanningScore,
    PlanningVariable,
    ValueRangeProvider,
    planning_entity,
    planning_solution,
)
from timefold.solver.score import HardSoftScore

NOTHING = []
"""What stands in a list until it is unpacked (:func:`benchmarks.timefold.rules.unpack_cohort`)."""


def nothing() -> list:
    """Return the one empty list that all have."""
    return NOTHING


@dataclass(eq=False)
class Cohort:
    """A candidate that may be opened, or its second copy; its meetings are packed until they are needed."""

    id: Annotated[int, PlanningId]
    candidate: int
    site: int
    seats_min: int
    packed: str
    starts: list = field(default_factory=nothing)
    ends: list = field(default_factory=nothing)
    weeks: list = field(default_factory=nothing)
    days: list = field(default_factory=nothing)
    week_numbers: list = field(default_factory=nothing)
    week_minutes: list = field(default_factory=nothing)


@dataclass(eq=False)
class Server:
    """A room or an instructor of one cohort: the most people or minutes a week (``cap``), and what it costs."""

    id: Annotated[int, PlanningId]
    number: int
    cap: int
    cost: int


@dataclass(eq=False)
class Meant:
    """What a cohort means to the people of one crew: stretches of duty, minutes outside shifts and lost; packed."""

    packed: str
    lows: list = field(default_factory=nothing)
    highs: list = field(default_factory=nothing)
    outs: list = field(default_factory=nothing)
    free: list = field(default_factory=nothing)
    pieces: list = field(default_factory=nothing)


@dataclass(eq=False)
class Person:
    """A person's weeks, with the region's rules."""

    id: Annotated[int, PlanningId]
    worked: dict
    free: dict
    frozen: dict
    gaps: list
    at_once: int
    class_week: int
    work_week: int
    duty: int
    rest: int
    day_off: bool


@dataclass(eq=False)
class Crew:
    """What a minute costs by the number of people away, and who is away through frozen meetings."""

    id: Annotated[int, PlanningId]
    cost: list
    frozen: list


@dataclass(eq=False)
class Choice:
    """Options of which one is chosen."""

    id: Annotated[int, PlanningId]
    options: list


@planning_entity
@dataclass(eq=False)
class Need:
    """A module that a person needs; it has a seat in one of its cohorts, or none."""

    id: Annotated[int, PlanningId]
    price: int
    person: Person
    crew: Crew
    choice: Choice | None
    options: list
    party: str
    pinned: bool
    earlier: list
    costs: dict
    meant: dict
    cohorts: Annotated[list[Cohort], ValueRangeProvider]
    cohort: Annotated[Cohort | None, PlanningVariable(allows_unassigned=True)] = field(default=None)


@planning_entity
@dataclass(eq=False)
class Staffing:
    """The room and the instructor of a cohort, should it open."""

    id: Annotated[int, PlanningId]
    fact: Cohort
    gaps: list
    rooms: Annotated[list[Server], ValueRangeProvider(id="rooms")]
    teachers: Annotated[list[Server], ValueRangeProvider(id="teachers")]
    room: Annotated[Server | None, PlanningVariable(value_range_provider_refs=["rooms"])] = field(default=None)
    teacher: Annotated[Server | None, PlanningVariable(value_range_provider_refs=["teachers"])] = field(default=None)


@planning_solution
@dataclass(eq=False)
class Region:
    """A region with its needs and staffings."""

    staffings: Annotated[list[Staffing], PlanningEntityCollectionProperty]
    needs: Annotated[list[Need], PlanningEntityCollectionProperty]
    score: Annotated[HardSoftScore, PlanningScore] = field(default=None)
