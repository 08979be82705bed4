"""Line time lost, minute by minute, and what frozen cohorts cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from math import floor

from lineside.models.tables import Crew
from tests.exhaustive.bundles import Bundle, counted_meetings
from tests.exhaustive.world import World

CrewKey = tuple[str, str]


def minute_cost(crew: Crew, num_away: int) -> Fraction:
    """Return what one minute costs, in thousandths that are rounded half up, before the line's weight."""
    uncovered = max(0, num_away - crew.relief)
    if uncovered == 0:
        return Fraction(0)
    if crew.headcount - uncovered < crew.minimum:
        return Fraction(1)
    return Fraction(floor(Fraction(uncovered, crew.headcount) * 1000 + Fraction(1, 2)), 1000)


def is_stopped(crew: Crew, num_away: int) -> bool:
    uncovered = max(0, num_away - crew.relief)
    return uncovered > 0 and crew.headcount - uncovered < crew.minimum


class LossBook:
    """Line time lost by crew; the same absences are counted once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[tuple[CrewKey, tuple[frozenset[int], ...]], tuple[Fraction, int]] = {}

    def by_company(self, picked: Iterable[Bundle]) -> dict[str, Fraction]:
        """Return weighted line-minutes lost by company."""
        scenario = self._world.scenario
        losses: dict[str, Fraction] = {}
        for (line, rota), away in absences(picked).items():
            row = scenario.line_by_id[line]
            company = scenario.site_by_id[row.site].company or ""
            lost = self._crew((line, rota), away)[0] * Fraction(row.weight)
            losses[company] = losses.get(company, Fraction(0)) + lost
        return losses

    def stopped(self, picked: Iterable[Bundle]) -> int:
        """Return crew-minutes with the line stopped."""
        return sum(self._crew(key, away)[1] for key, away in absences(picked).items())

    def _crew(self, key: CrewKey, away: tuple[frozenset[int], ...]) -> tuple[Fraction, int]:
        if (key, away) not in self._known:
            crew = self._world.scenario.crew_by_id[key]
            counts = Counter(Counter(m for minutes in away for m in minutes).values())
            lost = sum((minute_cost(crew, n) * k for n, k in counts.items()), Fraction(0))
            self._known[key, away] = lost, sum(k for n, k in counts.items() if is_stopped(crew, n))
        return self._known[key, away]


def absences(picked: Iterable[Bundle]) -> dict[CrewKey, tuple[frozenset[int], ...]]:
    away: dict[CrewKey, tuple[frozenset[int], ...]] = {}
    for bundle in picked:
        row = bundle.person.row
        away[row.line, row.rota] = (*away.get((row.line, row.rota), ()), bundle.away)
    return away


def frozen_dollars(world: World) -> Fraction:
    """Return what frozen cohorts cost from the first day on; one whose room or instructor has left costs nothing."""
    rooms, instructors = world.scenario.room_by_id, world.scenario.instructor_by_id
    total = Fraction(0)
    for frozen in world.frozen:
        room, instructor = rooms.get(frozen.cohort.room), instructors.get(frozen.cohort.instructor)
        if room is not None and instructor is not None:
            minutes = sum(end - start for start, end in counted_meetings(world, frozen.candidate))
            total += (Fraction(room.dollars_per_hour) + Fraction(instructor.dollars_per_hour)) * minutes / 60
    return total


def num_left(world: World) -> int:
    """Return how many published seats belong to people who have left the tables."""
    return sum(apprentice not in world.scenario.apprentice_by_id for apprentice, _ in world.published_seats)
