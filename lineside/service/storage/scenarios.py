"""Scenarios and their revisions: every save is a new revision, and a save on top of an old one is refused."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Sequence

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from lineside.models.raw import RawScenario
from lineside.models.scenario import Scenario
from lineside.service.problems import ChangedProblem, ConflictProblem, MistakesProblem, NotFoundProblem
from lineside.service.storage.following import follow, note_edit
from lineside.service.storage.made import is_listed
from lineside.service.storage.models import (
    Publication,
    Revision,
    Run,
    StoredPlan,
    StoredScenario,
    StoredVariant,
)
from lineside.service.storage.texts import (
    judge,
    raw_from_json,
    refuse_odd_text,
    refuse_odd_texts,
    settings_json,
    table_json,
)

UNNAMED = "unnamed"
"""Name of a draft whose settings have none yet."""


@dataclasses.dataclass(frozen=True)
class Saved:
    """A scenario and one of its revisions."""

    scenario: StoredScenario
    revision: Revision

    @property
    def raw(self) -> RawScenario:
        """The revision's texts."""
        return raw_from_json(self.revision.settings, self.revision.tables, self.revision.published)


class Scenarios:
    """The scenarios of one region.

    Parameters
    ----------
    session
        An open transaction.
    region
        Id of the region; nothing of other regions is ever seen.
    author
        Who saves, in words.
    """

    def __init__(self, session: Session, region: uuid.UUID, author: str = "") -> None:
        self._session = session
        self._region = region
        self._author = author

    def create(self, raw: RawScenario, note: str, *, is_draft: bool = False) -> Saved:
        """Store a new scenario as its revision 1.

        Raises
        ------
        MistakesProblem
            If it has mistakes and is not meant as a draft, or holds what cannot be stored.
        """
        revision = _revision(raw, note, is_draft)
        revision.author = self._author
        scenario = StoredScenario(id=uuid.uuid4(), region_id=self._region, name=_name(revision), head=1)
        self._session.add(scenario)
        self._session.flush()
        revision.scenario_id, revision.number = scenario.id, 1
        self._session.add(revision)
        self._flush(scenario, revision)
        return Saved(scenario, revision)

    def listed(self, limit: int, offset: int) -> Sequence[StoredScenario]:
        """Return scenarios, the last saved first; those that were made for points of sweeps are left out."""
        order = (StoredScenario.saved_at.desc(), StoredScenario.id)
        return self._session.scalars(self._own().order_by(*order).limit(limit).offset(offset)).all()

    def named(self, name: str) -> Sequence[StoredScenario]:
        """Return the scenarios of a name; those that were made for points of sweeps are left out."""
        return self._session.scalars(self._own().where(StoredScenario.name == name)).all()

    def _own(self) -> Select[StoredScenario]:
        return select(StoredScenario).where(StoredScenario.region_id == self._region, is_listed(StoredScenario.id))

    def get(self, scenario: uuid.UUID, number: int | None = None) -> Saved:
        """Return a scenario with a revision, the newest one if none is named.

        Raises
        ------
        NotFoundProblem
            If this region has no such scenario or revision.
        """
        return self._with_revision(self._scenario(scenario, lock=False), number)

    def revisions(self, scenario: uuid.UUID) -> Sequence[Revision]:
        """Return all revisions, the newest first.

        Raises
        ------
        NotFoundProblem
            If this region has no such scenario.
        """
        self._scenario(scenario, lock=False)
        query = select(Revision).where(Revision.scenario_id == scenario).order_by(Revision.number.desc())
        return self._session.scalars(query).all()

    def locked(self, scenario: uuid.UUID, expected: int | None) -> Saved:
        """Return the newest revision for a change; nobody else can save until the transaction ends.

        Parameters
        ----------
        scenario
            Its id.
        expected
            Number of the revision that the change was made on; None for whatever is newest.

        Raises
        ------
        NotFoundProblem
            If this region has no such scenario.
        ChangedProblem
            If another revision is the newest.
        """
        stored = self._scenario(scenario, lock=True)
        if expected is not None and stored.head != expected:
            raise ChangedProblem(
                f"You changed revision {expected}, and revision {stored.head} is the newest. "
                "Read the scenario again and make your change on top of it."
            )
        return self._with_revision(stored, None)

    def save(self, saved: Saved, raw: RawScenario, note: str, *, is_draft: bool = False) -> Saved:
        """Store texts as the next revision of a scenario that :meth:`locked` returned, and let its variants follow.

        What changes in a variant is kept as one more edit of it.

        Raises
        ------
        MistakesProblem
            If it has mistakes and is not meant as a draft, or holds what cannot be stored.
        ConflictProblem
            If it is a variant and the change cannot be kept as an edit.
        """
        fresh = self.store(saved, raw, note, is_draft=is_draft)
        variant = self._session.get(StoredVariant, saved.scenario.id)
        if variant is not None:
            note_edit(self._session, variant, saved, fresh, note)
        follow(self, self._session, fresh)
        return fresh

    def store(self, saved: Saved, raw: RawScenario, note: str, *, is_draft: bool = False) -> Saved:
        """Store texts as the next revision of a scenario that :meth:`locked` returned, and nothing else.

        Raises
        ------
        MistakesProblem
            If it has mistakes and is not meant as a draft, or holds what cannot be stored.
        """
        revision = _revision(raw, note, is_draft)
        revision.author = self._author
        scenario = saved.scenario
        revision.scenario_id, revision.number = scenario.id, scenario.head + 1
        self._session.add(revision)
        scenario.head, scenario.name = revision.number, _name(revision)
        scenario.saved_at = func.now()
        self._flush(scenario, revision)
        return Saved(scenario, revision)

    def delete(self, saved: Saved) -> None:
        """Delete a scenario with its revisions, runs and plans.

        Raises
        ------
        ConflictProblem
            If one of its plans was published, a run is not finished, or it has variants.
        """
        identity = saved.scenario.id
        based = select(StoredVariant.scenario_id).where(StoredVariant.base_id == identity)
        if self._session.scalars(based.limit(1)).first() is not None:
            raise ConflictProblem("This scenario has variants. Delete or detach them first.")
        published = select(Publication.id).join(StoredPlan).where(StoredPlan.scenario_id == identity)
        if self._session.scalars(published.limit(1)).first() is not None:
            raise ConflictProblem("A plan of this scenario was published and stays readable. Keep the scenario.")
        active = select(Run.id).where(Run.scenario_id == identity, Run.status.in_(("queued", "running")))
        if self._session.scalars(active.limit(1)).first() is not None:
            raise ConflictProblem("A run of this scenario is not finished. Stop it first, or wait for it.")
        self._session.execute(delete(StoredScenario).where(StoredScenario.id == identity))

    def good(self, scenario: uuid.UUID, number: int | None = None) -> tuple[Saved, Scenario]:
        """Return a revision that can be solved and checked, as a scenario.

        Raises
        ------
        NotFoundProblem
            If there is none.
        ConflictProblem
            If the revision is a draft with mistakes, or the newest one of a variant with changes that do not fit.
        """
        saved = self.get(scenario, number)
        self._refuse_conflicts(saved)
        judgement = judge(saved.raw)
        if judgement.scenario is None:
            raise ConflictProblem(
                f"Revision {saved.revision.number} has {len(judgement.mistakes)} mistakes. Correct them and save.",
                judgement.mistakes,
            )
        return saved, judgement.scenario

    def _refuse_conflicts(self, saved: Saved) -> None:
        variant = self._session.get(StoredVariant, saved.scenario.id)
        if variant is not None and variant.conflicts and saved.revision.number == saved.scenario.head:
            count = len(variant.conflicts)
            words = "change does" if count == 1 else "changes do"
            raise ConflictProblem(
                f"{count} {words} not fit the base of this variant any more. Look at its edits and correct them."
            )

    def _scenario(self, scenario: uuid.UUID, *, lock: bool) -> StoredScenario:
        query = select(StoredScenario).where(StoredScenario.id == scenario, StoredScenario.region_id == self._region)
        found = self._session.scalars(query.with_for_update() if lock else query).one_or_none()
        if found is None:
            raise NotFoundProblem(f"There is no scenario {scenario}. List the scenarios and choose one.")
        return found

    def _with_revision(self, scenario: StoredScenario, number: int | None) -> Saved:
        wanted = scenario.head if number is None else number
        # Revision numbers are small; what does not fit the column was never stored.
        found = self._session.get(Revision, (scenario.id, wanted)) if 0 < wanted < 2**31 else None
        if found is None:
            raise NotFoundProblem(
                f"The scenario has no revision {wanted}; the newest is {scenario.head}. Choose one of those."
            )
        return Saved(scenario, found)

    def _flush(self, scenario: StoredScenario, revision: Revision) -> None:
        self._session.flush()
        self._session.refresh(scenario)
        self._session.refresh(revision, ["saved_at"])


def _name(revision: Revision) -> str:
    return str(revision.settings.get("name") or UNNAMED)


def _revision(raw: RawScenario, note: str, is_draft: bool) -> Revision:
    refuse_odd_texts(raw)
    refuse_odd_text("note", note)
    settings = settings_json(raw.settings)
    judgement = judge(dataclasses.replace(raw, settings=settings))
    if judgement.mistakes and not is_draft:
        count = len(judgement.mistakes)
        raise MistakesProblem(
            f"The scenario has {count} mistake{'s' if count > 1 else ''}. Correct the tables, or save it as a draft.",
            judgement.mistakes,
        )
    return Revision(
        settings=settings,
        tables={name: table_json(table) for name, table in raw.tables.items()},
        published=raw.published,
        mistakes=[dataclasses.asdict(mistake) for mistake in judgement.mistakes],
        warnings=list(judgement.warnings),
        note=note,
    )
