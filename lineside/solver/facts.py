"""What the published plan and the pins fix before anything is chosen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from lineside.models.calendar import Interval
from lineside.models.plan import Cohort, CohortKey, Seat
from lineside.models.scenario import Scenario


@dataclass(frozen=True)
class FrozenCohort:
    """A published cohort that stays as it is, with the seats of people still in the tables."""

    cohort: Cohort
    spans: tuple[Interval, ...]
    apprentices: tuple[str, ...]


@dataclass(frozen=True)
class Facts:
    """Frozen cohorts, pins and the published seats that a plan is compared with.

    Parameters
    ----------
    frozen
        Frozen cohorts in the published order.
    frozen_seats
        Modules in which an apprentice has a frozen seat.
    pinned
        Identity that a pinned module of an apprentice must have.
    forbidden
        Apprentices and modules pinned to none.
    published_keys
        Identity of each published seat that is not frozen, by apprentice and module.
    gone
        Published seats of people no longer in the tables: changes that no plan avoids.
    has_published
        Whether there is a plan in force at all; without one nothing is a change.
    also_kept
        Further identities whose candidates are wanted.
    """

    frozen: tuple[FrozenCohort, ...] = ()
    frozen_seats: dict[str, frozenset[str]] = field(default_factory=dict)
    pinned: dict[tuple[str, str], CohortKey] = field(default_factory=dict)
    forbidden: frozenset[tuple[str, str]] = frozenset()
    published_keys: dict[tuple[str, str], CohortKey] = field(default_factory=dict)
    gone: int = 0
    has_published: bool = False
    also_kept: frozenset[CohortKey] = frozenset()

    @property
    def kept_keys(self) -> frozenset[CohortKey]:
        """Identities whose candidates may not be replaced by a twin with the same meetings."""
        return frozenset(self.published_keys.values()) | frozenset(self.pinned.values()) | self.also_kept


def facts_of(scenario: Scenario) -> Facts:
    """Read what is fixed from the published plan, ``frozen_until`` and the pins of a scenario."""
    published = scenario.published
    forbidden = frozenset((row.apprentice, row.module) for row in scenario.pins if row.cohort == "none")
    if published is None:
        return Facts(forbidden=forbidden)
    first_day = published.first_day or scenario.settings.first_day
    keys = {cohort.cohort: cohort.identity(first_day) for cohort in published.cohorts}
    weeks = (first_day - scenario.settings.first_day).days // 7
    frozen = tuple(
        FrozenCohort(_rebased(cohort, weeks), _spans(cohort), _members(scenario, published.seats, cohort))
        for cohort in published.cohorts
        if _is_frozen(cohort, scenario.settings.frozen_until)
    )
    frozen_ids = {row.cohort.cohort for row in frozen}
    seats: dict[str, set[str]] = {}
    for row in frozen:
        for apprentice in row.apprentices:
            seats.setdefault(apprentice, set()).add(row.cohort.module)
    moving = [seat for seat in published.seats if seat.cohort not in frozen_ids]
    here = scenario.apprentice_by_id
    return Facts(
        frozen=frozen,
        frozen_seats={apprentice: frozenset(modules) for apprentice, modules in seats.items()},
        pinned={
            (row.apprentice, row.module): keys[row.cohort]
            for row in scenario.pins
            if row.cohort != "none" and row.module not in seats.get(row.apprentice, ())
        },
        forbidden=forbidden,
        published_keys={(s.apprentice, s.module): keys[s.cohort] for s in moving if s.apprentice in here},
        gone=sum(seat.apprentice not in here for seat in published.seats),
        has_published=True,
    )


def _is_frozen(cohort: Cohort, until: dt.date | None) -> bool:
    return until is not None and any(meeting.date < until for meeting in cohort.meetings)


def _rebased(cohort: Cohort, weeks: int) -> Cohort:
    """Return a published cohort with its first week counted from the new horizon's first day."""
    return cohort.model_copy(update={"first_week": cohort.first_week + weeks})


def _spans(cohort: Cohort) -> tuple[Interval, ...]:
    return tuple(sorted(meeting.span for meeting in cohort.meetings))


def _members(scenario: Scenario, seats: tuple[Seat, ...], cohort: Cohort) -> tuple[str, ...]:
    here = scenario.apprentice_by_id
    return tuple(seat.apprentice for seat in seats if seat.cohort == cohort.cohort and seat.apprentice in here)
