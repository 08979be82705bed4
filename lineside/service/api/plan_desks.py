"""Plans on planners' desks: read and judged once, then at hand for every question about them."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict
from collections.abc import Callable
from weakref import WeakValueDictionary

from fastapi import Request
from sqlalchemy.orm import Session

from lineside.models.person_days import PersonDays
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.plan_trials import Desk
from lineside.service.access.keys import Actor
from lineside.service.storage.plans import Plans, Shelved
from lineside.service.storage.scenarios import Scenarios

TablesKey = tuple[uuid.UUID, int, str]
"""A scenario, the number of a revision, and the edition of its row."""
DeskKey = tuple[uuid.UUID, int, tuple[str, str]]
"""A plan, the number of a revision, and the editions of both rows."""


class JudgedTables:
    """Revisions that were read and judged, as long as a plan that is remembered refers to them.

    A region of thousands of people takes seconds to judge, and the plans that are looked at one after another are
    mostly for the same revision.
    """

    def __init__(self) -> None:
        self._scenarios: WeakValueDictionary[TablesKey, Scenario] = WeakValueDictionary()
        self._days: WeakValueDictionary[TablesKey, PersonDays] = WeakValueDictionary()

    def of(self, key: TablesKey, load: Callable[[], Scenario]) -> tuple[Scenario, PersonDays]:
        """Return a revision of a scenario with its views of meetings; ``load`` judges it if it is not at hand."""
        scenario, days = self._scenarios.get(key), self._days.get(key)
        if scenario is None or days is None:
            scenario = load()
            days = PersonDays(scenario)
            self._scenarios[key], self._days[key] = scenario, days
        return scenario, days


class Desks:
    """Remembers the plans that were looked at last, by the editions of what was read."""

    SIZE = 8

    def __init__(self) -> None:
        self._desks: OrderedDict[DeskKey, Desk] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: DeskKey) -> Desk | None:
        """Return what is remembered of a plan and a revision."""
        with self._lock:
            if key in self._desks:
                self._desks.move_to_end(key)
            return self._desks.get(key)

    def keep(self, key: DeskKey, desk: Desk) -> Desk:
        """Remember a plan's desk; if another request was quicker, its desk is returned."""
        with self._lock:
            kept = self._desks.setdefault(key, desk)
            if len(self._desks) > self.SIZE:
                self._desks.popitem(last=False)
            return kept


def desk_of(shelved: Shelved, revision: int | None, request: Request, session: Session, actor: Actor) -> Desk:
    """Return a plan with the tables of a revision, its own if none is named.

    Parameters
    ----------
    shelved
        A plan that may be seen.
    revision
        A revision of the plan's scenario.

    Raises
    ------
    NotFoundProblem
        If there is no such revision.
    ConflictProblem
        If the revision has mistakes.
    """
    number = shelved.plan.revision if revision is None else revision
    desks: Desks = request.app.state.desks
    key = (shelved.plan.id, number, Plans(session, actor.region).edition(shelved, number))
    found = desks.find(key)
    if found is not None:
        return found
    scenario, days = judged_tables(shelved, number, request, session, actor)
    plan = Plan.model_validate_json(shelved.plan.text)
    return desks.keep(key, Desk(scenario, plan, is_own_tables=number == shelved.plan.revision, days=days))


def judged_tables(
    shelved: Shelved, revision: int, request: Request, session: Session, actor: Actor
) -> tuple[Scenario, PersonDays]:
    """Return a revision of a plan's scenario with its views of meetings.

    Raises
    ------
    NotFoundProblem
        If there is no such revision.
    ConflictProblem
        If the revision has mistakes.
    """
    tables: JudgedTables = request.app.state.judged_tables
    identity = shelved.plan.scenario_id
    edition = Plans(session, actor.region).edition(shelved, revision)[1]
    return tables.of(
        (identity, revision, edition), lambda: Scenarios(session, actor.region).good(identity, revision)[1]
    )


def visible_desk(plan: uuid.UUID, request: Request, session: Session, actor: Actor) -> Desk:
    """Return a plan with its own tables; a manager sees only what was published.

    Raises
    ------
    NotFoundProblem
        If there is no plan that may be seen.
    """
    shelved = Plans(session, actor.region).get(plan, is_published=actor.role == "manager")
    return desk_of(shelved, None, request, session, actor)
