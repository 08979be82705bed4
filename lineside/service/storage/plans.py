"""Plans: found by runs or kept by hand, and the one that is in force."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session, defer

from lineside.models.plan import Plan, plan_json
from lineside.service.problems import ChangedProblem, ConflictProblem, NotFoundProblem
from lineside.service.storage.made import is_listed
from lineside.service.storage.models import Publication, Region, Revision, StoredPlan
from lineside.service.storage.scenarios import Saved

BASELINES = ("first_come", "day_class")
"""Methods of runs whose plan is there to be compared with."""
WITHOUT_TEXT = defer(StoredPlan.text)
"""For lists: the text of a large region's plan has megabytes, and is read when somebody looks at it."""


@dataclass(frozen=True)
class Shelved:
    """A plan, and when it last came into force if it ever did."""

    plan: StoredPlan
    published_at: dt.datetime | None
    is_in_force: bool


class Plans:
    """The plans of one region.

    Parameters
    ----------
    session
        An open transaction.
    region
        Id of the region; nothing of other regions is ever seen.
    """

    def __init__(self, session: Session, region: uuid.UUID) -> None:
        self._session = session
        self._region = region

    def keep(self, saved: Saved, name: str, plan: Plan, violations: int) -> Shelved:
        """Keep a plan that was made by hand."""
        stored = StoredPlan(
            id=uuid.uuid4(),
            region_id=self._region,
            scenario_id=saved.scenario.id,
            revision=saved.revision.number,
            name=name,
            text=plan_json(plan),
            violations=violations,
        )
        self._session.add(stored)
        self._session.flush()
        self._session.refresh(stored)
        return Shelved(stored, None, False)

    def get(self, plan: uuid.UUID, *, is_published: bool = False) -> Shelved:
        """Return a plan.

        Parameters
        ----------
        plan
            Its id.
        is_published
            Whether only a plan that came into force may be seen.

        Raises
        ------
        NotFoundProblem
            If this region has no such plan, or none that may be seen.
        """
        query = select(StoredPlan).where(StoredPlan.id == plan, StoredPlan.region_id == self._region)
        found = self._session.scalars(query).one_or_none()
        if found is not None:
            shelved = self._shelved([found])[0]
            if shelved.published_at is not None or not is_published:
                return shelved
        raise NotFoundProblem(f"There is no plan {plan}. List the plans and choose one.")

    def listed(self, scenario: uuid.UUID | None, limit: int, offset: int) -> list[Shelved]:
        """Return plans, the newest first, of one scenario if asked; of all scenarios, as lists have them."""
        query = select(StoredPlan).options(WITHOUT_TEXT).where(StoredPlan.region_id == self._region)
        mine = is_listed(StoredPlan.scenario_id) if scenario is None else StoredPlan.scenario_id == scenario
        query = query.where(mine)
        query = query.order_by(StoredPlan.created_at.desc(), StoredPlan.id).limit(limit).offset(offset)
        return self._shelved(self._session.scalars(query).all())

    def publications(self) -> list[tuple[Publication, StoredPlan]]:
        """Return what came into force, the newest first."""
        query = select(Publication, StoredPlan).options(WITHOUT_TEXT)
        query = query.join(StoredPlan, Publication.plan_id == StoredPlan.id)
        query = query.where(Publication.region_id == self._region).order_by(Publication.number.desc())
        return [(row[0], row[1]) for row in self._session.execute(query)]

    def in_force(self) -> Shelved:
        """Return the plan in force.

        Raises
        ------
        NotFoundProblem
            If no plan was published yet.
        """
        found = self.publications()
        if not found:
            raise NotFoundProblem("No plan of this region is in force. Publish one.")
        return Shelved(found[0][1], found[0][0].published_at, True)

    def baselines(self, shelved: Shelved) -> dict[str, Shelved]:
        """Return the newest baseline of each method for the same tables as a plan's."""
        plan = shelved.plan
        query = select(StoredPlan).where(StoredPlan.region_id == self._region)
        query = query.where(StoredPlan.scenario_id == plan.scenario_id, StoredPlan.revision == plan.revision)
        rows = self._session.scalars(query.where(StoredPlan.method.in_(BASELINES)).order_by(StoredPlan.created_at))
        return {str(found.method): Shelved(found, None, False) for found in rows}

    def edition(self, shelved: Shelved, revision: int) -> tuple[str, str]:
        """Return what changes whenever a plan's row does, and whenever that of a revision of its scenario does.

        Their texts stay the same for good, unless a person was deleted from them. What is read afterwards is as new.
        """
        mine = (Revision.scenario_id == shelved.plan.scenario_id, Revision.number == revision)
        return shelved.plan.edition, str(self._session.scalar(select(Revision.edition).where(*mine)))

    def rename(self, plan: uuid.UUID, name: str, expected: int | None) -> Shelved:
        """Give a plan another name.

        Raises
        ------
        NotFoundProblem
            If this region has no such plan.
        ChangedProblem
            If it was renamed in between.
        """
        shelved = self.get(plan)
        self._session.refresh(shelved.plan, with_for_update=True)
        if expected is not None and shelved.plan.version != expected:
            raise ChangedProblem("Somebody renamed the plan in between. Read it again and decide anew.")
        shelved.plan.name = name
        shelved.plan.version += 1
        self._session.flush()
        return shelved

    def delete(self, plan: uuid.UUID) -> None:
        """Delete a plan that was never published.

        Raises
        ------
        NotFoundProblem
            If this region has no such plan.
        ConflictProblem
            If it was published.
        """
        if self.get(plan).published_at is not None:
            raise ConflictProblem("The plan was published and stays readable. Delete another one.")
        self._session.execute(delete(StoredPlan).where(StoredPlan.id == plan))

    def in_turn(self) -> None:
        """Wait until nobody else publishes a plan of the region or deletes a person, and keep others waiting."""
        self._session.scalars(select(Region).where(Region.id == self._region).with_for_update()).one()

    def publish(self, shelved: Shelved) -> Publication:
        """Put a plan in force; publications follow one another."""
        self.in_turn()
        last = select(func.coalesce(func.max(Publication.number), 0)).where(Publication.region_id == self._region)
        publication = Publication(
            id=uuid.uuid4(),
            region_id=self._region,
            number=self._session.scalars(last).one() + 1,
            plan_id=shelved.plan.id,
        )
        self._session.add(publication)
        self._session.flush()
        self._session.refresh(publication)
        return publication

    def _shelved(self, plans: Sequence[StoredPlan]) -> list[Shelved]:
        query = select(Publication.plan_id, func.max(Publication.published_at), func.max(Publication.number))
        query = query.where(Publication.region_id == self._region).group_by(Publication.plan_id)
        rows = {plan: (at, number) for plan, at, number in self._session.execute(query)}
        newest = max((number for _, number in rows.values()), default=0)
        nothing = (None, 0)
        return [
            Shelved(plan, rows.get(plan.id, nothing)[0], plan.id in rows and rows[plan.id][1] == newest)
            for plan in plans
        ]
