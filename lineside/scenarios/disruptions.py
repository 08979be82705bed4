"""What happens to a plan in force: a late joiner, a drop-out, a new shift, a sick instructor, a closed room, snow.

Each disruption is a few changes to the tables, or an outage that they have no column for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lineside.models.geography import zip_coordinates
from lineside.models.outages import Outage
from lineside.models.scenario import Scenario
from lineside.models.tables import Apprentice
from lineside.scenarios.table_steps import TableSteps, stepped

Id = Annotated[str, Field(min_length=1, max_length=200)]
Cell = Annotated[str, Field(max_length=2000)]


class DisruptionError(ValueError):
    """A disruption that the tables cannot take; the text says why and what to do."""


class _Disruption(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LateJoiner(_Disruption):
    """Somebody joins the program while the plan is in force."""

    kind: Literal["late-joiner"] = "late-joiner"
    row: Mapping[str, Cell] = Field(
        description="the new row of the table apprentices: text by column",
        examples=[{"apprentice": "A501", "name": "Kim Lee", "company": "C001", "line": "L1", "rota": "D"}],
    )


class DropOut(_Disruption):
    """Somebody leaves the program."""

    kind: Literal["drop-out"] = "drop-out"
    apprentice: Id


class ShiftChange(_Disruption):
    """Somebody works by another rota from now on, perhaps on another line."""

    kind: Literal["shift-change"] = "shift-change"
    apprentice: Id
    rota: Id
    line: Id | None = None


class SickInstructor(_Disruption):
    """An instructor cannot teach on some dates."""

    kind: Literal["sick-instructor"] = "sick-instructor"
    instructor: Id
    first: dt.date
    last: dt.date


class ClosedRoom(_Disruption):
    """A room cannot be used on some dates."""

    kind: Literal["closed-room"] = "closed-room"
    room: Id
    first: dt.date
    last: dt.date


class SnowDay(_Disruption):
    """Nothing meets on a date, at one site or anywhere; shifts run."""

    kind: Literal["snow-day"] = "snow-day"
    date: dt.date
    site: Id | None = None


Disruption = Annotated[
    LateJoiner | DropOut | ShiftChange | SickInstructor | ClosedRoom | SnowDay, Field(discriminator="kind")
]
"""One thing that happens."""


@dataclass(frozen=True)
class Disrupted:
    """A scenario after a disruption.

    Parameters
    ----------
    scenario
        The tables after it, with the same plan in force as before.
    steps
        What changed in the tables.
    outages
        What they cannot say.
    """

    scenario: Scenario
    steps: TableSteps
    outages: tuple[Outage, ...] = ()


def disrupted(scenario: Scenario, event: Disruption) -> Disrupted:
    """Return a scenario after a disruption.

    Raises
    ------
    DisruptionError
        If it names what is not in the tables, or its dates are out of order.
    """
    if isinstance(event, SickInstructor):
        _known("instructor", event.instructor, scenario.instructor_by_id)
        return Disrupted(scenario, TableSteps(), (_outage("instructor", event.instructor, event.first, event.last),))
    if isinstance(event, ClosedRoom):
        _known("room", event.room, scenario.room_by_id)
        return Disrupted(scenario, TableSteps(), (_outage("room", event.room, event.first, event.last),))
    steps = _steps(scenario, event)
    try:
        return Disrupted(stepped(scenario, steps), steps)
    except ValidationError as error:
        raise DisruptionError(_cell_sentence(error)) from None


def _steps(scenario: Scenario, event: LateJoiner | DropOut | ShiftChange | SnowDay) -> TableSteps:
    if isinstance(event, LateJoiner):
        _check_joiner(scenario, event.row)
        return TableSteps(added=(("apprentices", event.row),))
    if isinstance(event, SnowDay):
        if event.site is not None:
            _known("site", event.site, scenario.site_by_id)
        return TableSteps(added=(("closures", _closure(event)),))
    _known("apprentice", event.apprentice, scenario.apprentice_by_id)
    if isinstance(event, DropOut):
        if len(scenario.apprentices) == 1:
            raise DisruptionError(f"{event.apprentice} is the only apprentice. Keep one at least.")
        pins = any(pin.apprentice == event.apprentice for pin in scenario.pins)
        gone = [("apprentices", event.apprentice), *([("pins", event.apprentice)] if pins else [])]
        return TableSteps(removed=tuple(gone))
    row = scenario.apprentice_by_id[event.apprentice]
    line = event.line or row.line
    _known("rota", event.rota, scenario.rota_by_id)
    _check_crew(scenario, row.company, line, event.rota)
    return TableSteps(changed=(("apprentices", event.apprentice, {"rota": event.rota, "line": line}),))


def _closure(event: SnowDay) -> dict[str, str]:
    scope = "all" if event.site is None else f"site:{event.site}"
    date = event.date.isoformat()
    return {"scope": scope, "first": date, "last": date, "kind": "closed", "reason": "snow day"}


def _outage(kind: Literal["room", "instructor"], name: str, first: dt.date, last: dt.date) -> Outage:
    if last < first:
        raise DisruptionError(f"{last} is before {first}. Give the first date and then the last one.")
    return Outage(kind, name, first, last)


def _known(kind: str, name: str, table: Mapping[str, object]) -> None:
    if name not in table:
        raise DisruptionError(f"There is no {kind} {name} in the tables. Choose one that is there.")


def _check_joiner(scenario: Scenario, cells: Mapping[str, str]) -> None:
    """Refuse a row that the table of apprentices could not have, as far as that is quickly told."""
    unknown = next((column for column in cells if column not in Apprentice.model_fields), None)
    if unknown is not None:
        raise DisruptionError(f"{unknown} is no column of apprentices. Use the columns of that table.")
    missing = next(
        (c for c, info in Apprentice.model_fields.items() if info.is_required() and not cells.get(c, "").strip()), None
    )
    if missing is not None:
        raise DisruptionError(f"The new apprentice has no {missing}. Fill in that cell.")
    texts = {column: text.strip() for column, text in cells.items()}
    if texts["apprentice"] in scenario.apprentice_by_id:
        raise DisruptionError(f"There is an apprentice {texts['apprentice']} already. Give the new one another id.")
    if texts["program"] not in {row.program for row in scenario.requirements}:
        raise DisruptionError(f"There is no program {texts['program']} in the tables. Choose one that is there.")
    _known("company", texts["company"], scenario.company_by_id)
    _check_crew(scenario, texts["company"], texts["line"], texts["rota"])
    home = texts.get("zip", "")
    named = {row.origin for row in scenario.travel} | {row.destination for row in scenario.travel}
    if home and home not in named and zip_coordinates(home) is None:
        raise DisruptionError(f"Nobody knows where zip code {home} is. Correct it, or add its rows to travel.")
    modules = [*texts.get("credits", "").split(), *texts.get("wanted", "").split()]
    for module in modules:
        _known("module", module, scenario.module_by_id)


def _check_crew(scenario: Scenario, company: str, line: str, rota: str) -> None:
    _known("line", line, scenario.line_by_id)
    _known("rota", rota, scenario.rota_by_id)
    if (line, rota) not in scenario.crew_by_id:
        crews = ", ".join(crew for other, crew in scenario.crew_by_id if other == line)
        raise DisruptionError(f"Nobody works on line {line} by rota {rota}. Choose one of its rotas: {crews}.")
    if scenario.rota_by_id[rota].company != company:
        raise DisruptionError(f"Rota {rota} is not of company {company}. Choose a rota of the company.")


def _cell_sentence(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(map(str, first["loc"]))
    return f"{first['input']!r} is no valid {place}. {first['msg']}"
