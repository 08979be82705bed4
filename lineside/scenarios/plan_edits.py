"""Changes that a planner makes to a plan by hand, and the plan that they give.

An edit never checks a rule: whatever can be written down is written down, and the checker says what it
breaks. Only what cannot be written down at all, such as a seat in a cohort that is not there, is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from lineside.models.calendar import RegionCalendar, date_of
from lineside.models.cells import format_clock, parse_clock, parse_days
from lineside.models.curriculum import Curriculum
from lineside.models.measures import chosen_options, cohort_key, published_first_day
from lineside.models.plan import Cohort, Meeting, Plan, Seat, Unseated
from lineside.models.scenario import Scenario
from lineside.models.tables import Pin

NO_COHORT = "none"
"""What a pin names that forbids a module."""
BY_HAND = "The seat was taken out by hand."
"""Reason behind a seat that an edit took out."""

Id = Annotated[str, Field(min_length=1, max_length=200)]


class EditError(ValueError):
    """An edit that cannot be written down; the text says why and what to do."""


class _Edit(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class MoveSeat(_Edit):
    """Seat somebody in another cohort of the module, or take the seat out."""

    kind: Literal["move-seat"] = "move-seat"
    apprentice: Id
    module: Id
    cohort: Id | None = Field(description="the cohort from now on; none takes the seat out")


class PinSeat(_Edit):
    """Let later runs keep a seat of the plan in force as it is."""

    kind: Literal["pin-seat"] = "pin-seat"
    apprentice: Id
    module: Id


class ForbidModule(_Edit):
    """Take a seat out, and let later runs give no other one in the module."""

    kind: Literal["forbid-module"] = "forbid-module"
    apprentice: Id
    module: Id


class Unpin(_Edit):
    """Take a pin away."""

    kind: Literal["unpin"] = "unpin"
    apprentice: Id
    module: Id


class MoveCohort(_Edit):
    """Give a cohort another room, instructor, pattern or first week; what is left out stays."""

    kind: Literal["move-cohort"] = "move-cohort"
    cohort: Id
    room: Id | None = Field(None, description="the site follows the room")
    instructor: Id | None = None
    days: str | None = Field(None, max_length=100, examples=["Mon Wed"])
    start: str | None = Field(None, max_length=10, examples=["17:30"])
    minutes: int | None = Field(None, ge=1, le=1440)
    first_week: int | None = Field(None, ge=0, le=519)


class PinCohort(_Edit):
    """Let later runs keep every seat of a cohort of the plan in force."""

    kind: Literal["pin-cohort"] = "pin-cohort"
    cohort: Id


class CloseCohort(_Edit):
    """Take a cohort out with its seats."""

    kind: Literal["close-cohort"] = "close-cohort"
    cohort: Id
    forbid: bool = Field(False, description="whether later runs give its people no seat in the module at all")


Edit = Annotated[
    MoveSeat | PinSeat | ForbidModule | Unpin | MoveCohort | PinCohort | CloseCohort, Field(discriminator="kind")
]
"""One change by hand."""


@dataclass(frozen=True)
class Edited:
    """A plan after some edits, and the pins that go with it."""

    plan: Plan
    pins: tuple[Pin, ...]


def apply_edits(scenario: Scenario, plan: Plan, edits: Sequence[Edit]) -> Edited:
    """Return the plan that edits give, one after the other.

    Parameters
    ----------
    scenario
        The tables; its published plan is the one that pins refer to.
    plan
        The plan to change, also one that breaks rules.
    edits
        The changes in their order.

    Returns
    -------
    Edited
        The plan without figures, bound and proof, which the checker recomputes, and all pins.

    Raises
    ------
    EditError
        If an edit names what is not there, or cannot be written down.
    """
    draft = _Draft(scenario, plan)
    for edit in edits:
        draft.apply(edit)
    return draft.edited()


class _Draft:
    """A plan under change: its lists, and the pins by person and module."""

    def __init__(self, scenario: Scenario, plan: Plan) -> None:
        self._scenario = scenario
        self._plan = plan
        self._cohorts = list(plan.cohorts)
        self._seats = list(plan.seats)
        self._pins = {(pin.apprentice, pin.module): pin for pin in scenario.pins}
        self._first_day = plan.first_day or scenario.settings.first_day
        self._calendar = RegionCalendar(scenario)

    def apply(self, edit: Edit) -> None:
        """Make one change."""
        makers: dict[type[BaseModel], Callable[[Any], None]] = {
            MoveSeat: self._move_seat,
            PinSeat: self._pin_seat,
            ForbidModule: self._forbid,
            Unpin: self._unpin,
            MoveCohort: self._move_cohort,
            PinCohort: self._pin_cohort,
            CloseCohort: self._close,
        }
        makers[type(edit)](edit)

    def edited(self) -> Edited:
        """Return what came of it, its list of empty seats in agreement with its seats."""
        cleared = {"objective": None, "bound": None, "measures": None, "status": "unknown"}
        lists = {"cohorts": tuple(self._cohorts), "seats": tuple(self._seats)}
        name = {"scenario": self._scenario.settings.name}
        plan = self._plan.model_copy(update={**cleared, **lists, **name})
        empty = {"unseated": _unseated(self._scenario, plan)}
        return Edited(plan.model_copy(update=empty), tuple(self._pins.values()))

    def _move_seat(self, edit: MoveSeat) -> None:
        self._person(edit.apprentice)
        self._module(edit.module)
        if edit.cohort is not None and self._cohort(edit.cohort).module != edit.module:
            teaches = self._cohort(edit.cohort).module
            raise EditError(
                f"Cohort {edit.cohort} teaches {teaches}, not {edit.module}. Choose a cohort of the module."
            )
        self._reseat(edit.apprentice, edit.module, edit.cohort)

    def _reseat(self, apprentice: str, module: str, cohort: str | None) -> None:
        places = [i for i, seat in enumerate(self._seats) if (seat.apprentice, seat.module) == (apprentice, module)]
        if cohort is None and not places:
            raise EditError(f"{apprentice} has no seat in module {module}. Choose a seat that is there.")
        new = [] if cohort is None else [Seat(apprentice=apprentice, module=module, cohort=cohort)]
        at = places[0] if places else len(self._seats)
        kept = [seat for i, seat in enumerate(self._seats) if i not in places]
        self._seats = [*kept[:at], *new, *kept[at:]]

    def _pin_seat(self, edit: PinSeat) -> None:
        found = next((s for s in self._seats if (s.apprentice, s.module) == (edit.apprentice, edit.module)), None)
        if found is None:
            raise EditError(f"{edit.apprentice} has no seat in module {edit.module}. Pin a seat that is there.")
        self._set_pin(edit.apprentice, edit.module, self._published_like(found.cohort))

    def _published_like(self, cohort: str) -> str:
        """Return the cohort of the plan in force that a cohort goes on from: the same id where it can be."""
        published = self._scenario.published
        key = cohort_key(self._cohort(cohort), self._first_day)
        monday = published_first_day(self._scenario)
        same = [row.cohort for row in (published.cohorts if published else ()) if cohort_key(row, monday) == key]
        if key is None or not same:
            raise EditError(
                f"Cohort {cohort} is not in the plan that these tables have in force, and a pin can name no other. "
                "Publish the plan first, or forbid the module instead."
            )
        return cohort if cohort in same else same[0]

    def _set_pin(self, apprentice: str, module: str, cohort: str) -> None:
        self._pins[apprentice, module] = Pin(apprentice=apprentice, module=module, cohort=cohort)

    def _forbid(self, edit: ForbidModule) -> None:
        self._person(edit.apprentice)
        self._module(edit.module)
        self._set_pin(edit.apprentice, edit.module, NO_COHORT)
        if any((seat.apprentice, seat.module) == (edit.apprentice, edit.module) for seat in self._seats):
            self._reseat(edit.apprentice, edit.module, None)

    def _unpin(self, edit: Unpin) -> None:
        if self._pins.pop((edit.apprentice, edit.module), None) is None:
            raise EditError(f"{edit.apprentice} has no pin in module {edit.module}. Choose a pin that is there.")

    def _pin_cohort(self, edit: PinCohort) -> None:
        published = self._published_like(edit.cohort)
        for seat in self._seats_of(edit.cohort):
            self._set_pin(seat.apprentice, seat.module, published)

    def _close(self, edit: CloseCohort) -> None:
        self._cohort(edit.cohort)
        if edit.forbid:
            for seat in self._seats_of(edit.cohort):
                self._set_pin(seat.apprentice, seat.module, NO_COHORT)
        self._cohorts = [row for row in self._cohorts if row.cohort != edit.cohort]
        self._seats = [seat for seat in self._seats if seat.cohort != edit.cohort]

    def _seats_of(self, cohort: str) -> list[Seat]:
        return [seat for seat in self._seats if seat.cohort == cohort]

    def _move_cohort(self, edit: MoveCohort) -> None:
        row = self._cohort(edit.cohort)
        changes = {
            name: value for name, value in edit.model_dump(exclude={"kind"}).items() if value is not None
        }  # fmt: skip
        if edit.instructor is not None and edit.instructor not in self._scenario.instructor_by_id:
            raise EditError(f"There is no instructor {edit.instructor} in the tables. Choose one who is there.")
        if edit.room is not None:
            if edit.room not in self._scenario.room_by_id:
                raise EditError(f"There is no room {edit.room} in the tables. Choose one that is there.")
            changes["site"] = self._scenario.room_by_id[edit.room].site
        moved = row.model_copy(update=changes)
        timing = ("site", "days", "start", "minutes", "first_week")
        if any(getattr(moved, name) != getattr(row, name) for name in timing):
            moved = moved.model_copy(update={"meetings": self._meetings(moved)})
        self._cohorts = [moved if other.cohort == edit.cohort else other for other in self._cohorts]

    def _meetings(self, row: Cohort) -> tuple[Meeting, ...]:
        """Return the meetings that the contract gives a cohort; none if they do not fit into the horizon.

        A cohort without meetings breaks rule ``hours``, whose violation says what is wrong.
        """
        try:
            days, start = parse_days(row.days), parse_clock(row.start)
        except ValueError as error:
            raise EditError(f"Cohort {row.cohort} cannot meet {row.days} at {row.start}: {error}") from None
        if row.site not in self._scenario.site_by_id:
            raise EditError(f"Cohort {row.cohort} is at {row.site}, no site of the tables. Choose a room for it too.")
        monday = self._first_day + dt.timedelta(weeks=row.first_week)
        total = self._module(row.module)
        spans = self._calendar.meeting_spans(row.site, days, start, row.minutes, monday, total) or ()
        return tuple(
            Meeting(date=date_of(begin), start=format_clock(begin), end=format_clock(end)) for begin, end in spans
        )

    def _person(self, apprentice: str) -> None:
        if apprentice not in self._scenario.apprentice_by_id:
            raise EditError(f"There is no apprentice {apprentice} in the tables. Choose one who is there.")

    def _module(self, module: str) -> int:
        if module not in self._scenario.module_by_id:
            raise EditError(f"There is no module {module} in the tables. Choose one that is there.")
        return self._scenario.module_by_id[module].minutes

    def _cohort(self, cohort: str) -> Cohort:
        found = next((row for row in self._cohorts if row.cohort == cohort), None)
        if found is None:
            raise EditError(f"There is no cohort {cohort} in the plan. Choose one that is there.")
        return found


def _unseated(scenario: Scenario, plan: Plan) -> tuple[Unseated, ...]:
    """Return the needed modules without a seat; what was unseated before keeps its reason."""
    curriculum = Curriculum(scenario)
    chosen = chosen_options(scenario, plan, curriculum)
    reasons = {(row.apprentice, row.module): row.reason for row in plan.unseated}
    seated = {(seat.apprentice, seat.module) for seat in plan.seats}
    return tuple(
        Unseated(apprentice=row.apprentice, module=module, reason=reasons.get((row.apprentice, module), BY_HAND))
        for row in scenario.apprentices
        for module in curriculum.needed(row, chosen[row.apprentice])
        if (row.apprentice, module) not in seated
    )
