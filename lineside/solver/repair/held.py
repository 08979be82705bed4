"""A scope in which cohorts keep the rooms and instructors that they have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

from lineside.solver.model.scope import Scope
from lineside.solver.model.servers import FewServers, ServerChoice
from lineside.solver.restart import NOBODY
from lineside.solver.seating import OpenCohort


@dataclass(frozen=True)
class RepairScope(Scope):
    """A scope in which cohorts keep the rooms and instructors that they have, as far as these can still be had.

    Parameters
    ----------
    held
        Cohorts of the plan in force, ``NOBODY`` for a room or instructor that is lost. Others have a free choice.
    knows_all
        Whether the others may choose from all rooms and instructors, as a proof must; a few that are free if not.

    Notes
    -----
    A model that may choose gives every cohort the cheapest room, and people would be sent to another one for
    a few dollars: changes of rooms and instructors have no price.
    """

    held: tuple[OpenCohort, ...] = ()
    knows_all: bool = False

    @cached_property
    def servers(self) -> ServerChoice:
        """Rooms and instructors to choose from."""
        if self.knows_all:
            return HeldServers(ServerChoice(self.problem), self.held)
        if self.occupancy is None:
            raise ValueError("A repair needs to know when candidates meet. Give its scope an occupancy.")
        return HeldServers(FewServers(self.occupancy, self.kept, ()), self.held)


class HeldServers(ServerChoice):
    """The rooms and instructors that cohorts have; a choice for those that have none.

    Parameters
    ----------
    others
        Chooses for those.
    held
        The cohorts.
    """

    def __init__(self, others: ServerChoice, held: Iterable[OpenCohort]) -> None:
        super().__init__(others.problem)
        self._others = others
        self._rooms: dict[int, list[int]] = {}
        self._instructors: dict[int, list[int]] = {}
        for row in held:
            self._rooms.setdefault(row.candidate, []).append(row.room)
            self._instructors.setdefault(row.candidate, []).append(row.instructor)

    def rooms(self, candidate: int) -> list[int]:
        """Return rows of rooms."""
        return self._held(self._rooms.get(candidate, [NOBODY]), lambda: self._others.rooms(candidate))

    def instructors(self, candidate: int) -> list[int]:
        """Return rows of instructors."""
        return self._held(self._instructors.get(candidate, [NOBODY]), lambda: self._others.instructors(candidate))

    @staticmethod
    def _held(rows: list[int], others: Callable[[], list[int]]) -> list[int]:
        found = [row for row in rows if row != NOBODY]
        return found if len(found) == len(rows) else list(dict.fromkeys([*found, *others()]))
