"""Plans on planners' desks: read and judged once, then at hand for every question about them."""

from __future__ import annotations

import threading
import uuid
from collections import OrderedDict

from fastapi import Request
from sqlalchemy.orm import Session

from lineside.models.plan import Plan
from lineside.scenarios.plan_trials import Desk
from lineside.service.access.keys import Actor
from lineside.service.storage.plans import Plans, Shelved
from lineside.service.storage.scenarios import Scenarios


class Desks:
    """Remembers the plans that were looked at last; neither a plan's text nor a revision ever changes."""

    SIZE = 6

    def __init__(self) -> None:
        self._desks: OrderedDict[tuple[uuid.UUID, int], Desk] = OrderedDict()
        self._lock = threading.Lock()

    def find(self, key: tuple[uuid.UUID, int]) -> Desk | None:
        """Return what is remembered of a plan and a revision."""
        with self._lock:
            if key in self._desks:
                self._desks.move_to_end(key)
            return self._desks.get(key)

    def keep(self, key: tuple[uuid.UUID, int], desk: Desk) -> Desk:
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
    key = (shelved.plan.id, number)
    found = desks.find(key)
    if found is not None:
        return found
    scenario = Scenarios(session, actor.region).good(shelved.plan.scenario_id, number)[1]
    plan = Plan.model_validate_json(shelved.plan.text)
    return desks.keep(key, Desk(scenario, plan, is_own_tables=number == shelved.plan.revision))


def visible_desk(plan: uuid.UUID, request: Request, session: Session, actor: Actor) -> Desk:
    """Return a plan with its own tables; a manager sees only what was published.

    Raises
    ------
    NotFoundProblem
        If there is no plan that may be seen.
    """
    shelved = Plans(session, actor.region).get(plan, is_published=actor.role == "manager")
    return desk_of(shelved, None, request, session, actor)
