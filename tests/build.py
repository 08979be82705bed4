"""Tiny scenarios and plans for tests, from short rows with defaults.

The base scenario: two weeks from Monday 2026-06-01; Acme's plant with one line ``press`` and one
rota ``day`` (Mon-Fri 06:00-14:00, meal 10:00-10:30) of ten operators, none of whom is needed to
keep the line running; a college 20 minutes away and an online classroom, a room each; module
``math`` of two hours; instructor ``ida``, always free; apprentice ``a1`` without a home zip; one
pattern, Mondays 15:00-17:00 at the college. All sites share a zip code, so that any two without a
row in ``travel`` are 3 minutes apart. An unseated seat in math costs 2 h x 60 = 120, a trip
to the college 2 x 20 x 0.02 = 0.8, a working minute lost by one person 1/10.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lineside.models.calendar import RegionCalendar, date_of
from lineside.models.cells import format_clock, parse_clock, parse_days
from lineside.models.curriculum import Curriculum
from lineside.models.measures import chosen_options
from lineside.models.plan import Cohort, Meeting, OptionChoice, Plan, Seat, Unseated
from lineside.models.scenario import Scenario, Settings
from lineside.models.tables import KEYS, TABLES

FIRST_DAY = dt.date(2026, 6, 1)
ALWAYS = "Mon-Sun 00:00-00:00"

Cells = Mapping[str, Any]

DEFAULTS: dict[str, Cells] = {
    "companies": {"name": "Acme", "sessions": "lunch before after off release", "release_minutes": 600},
    "sites": {"name": "A site", "kind": "college", "open_to": "all", "zip": "53202"},
    "rooms": {"site": "college", "seats": 10, "hours": ALWAYS},
    "lines": {"site": "plant", "name": "A line"},
    "rotas": {
        "company": "acme",
        "anchor": FIRST_DAY,
        "cycle": "DDDDDOO",
        "hours": "D 06:00-14:00",
        "meals": "D 10:00-10:30",
    },
    "crews": {"headcount": 10, "minimum": 0},
    "modules": {
        "name": "A module",
        "hours": 2,
        "seats_min": 1,
        "seats_max": 10,
        "session_min": 30,
        "session_max": 480,
    },
    "requirements": {},
    "instructors": {"name": "Ida", "hours": ALWAYS, "week_minutes": 9999, "dollars_per_hour": 0},
    "patterns": {},
    "apprentices": {
        "name": "Ann",
        "company": "acme",
        "line": "press",
        "rota": "day",
        "program": "tech",
        "travel_max": 60,
    },
    "closures": {},
    "travel": {},
    "pins": {},
}

BASE: dict[str, Mapping[str, Cells]] = {
    "companies": {"acme": {}},
    "sites": {
        "plant": {"kind": "plant", "company": "acme", "open_to": "own"},
        "college": {},
        "online": {"kind": "online"},
    },
    "rooms": {"shed": {"site": "plant"}, "hall": {}, "licence": {"site": "online"}},
    "lines": {"press": {}},
    "rotas": {"day": {}},
    "crews": {"press/day": {}},
    "modules": {"math": {}},
    "requirements": {"tech/math/std": {"modules": "math"}},
    "instructors": {"ida": {}},
    "apprentices": {"a1": {}},
}

SHORT_ROWS: dict[str, tuple[str, ...]] = {
    "patterns": ("days", "start", "minutes", "sites"),
    "closures": ("scope", "first", "last", "kind"),
    "travel": ("origin", "destination", "minutes"),
    "pins": ("apprentice", "module", "cohort"),
}
"""Columns of the tables that are given as texts such as ``Mon Wed | 15:00 | 60 | college``."""

BASE_SHORT: dict[str, tuple[str, ...]] = {
    "patterns": ("Mon | 15:00 | 120 | college",),
    "travel": ("plant | college | 20",),
    "closures": (),
    "pins": (),
}


def tiny(
    *,
    settings: Cells | None = None,
    rules: Cells | None = None,
    prices: Cells | None = None,
    published: Plan | None = None,
    **tables: Any,
) -> Scenario:
    """Return the base scenario with changes.

    Parameters
    ----------
    settings, rules, prices
        Keys of ``scenario.toml`` that differ.
    published
        The plan in force.
    tables
        For a table with ids: changed cells by id (``{"a1": {"due": "2026-06-05"}, "a2": {}}``; ids
        of several columns are joined by a slash; None takes the row out). For patterns, closures,
        travel and pins: the list of all rows as short texts; ``patterns=None`` leaves the table out.
    """
    rows = {name: _keyed_rows(name, tables.pop(name, {})) for name in BASE}
    rows |= {name: _short_rows(name, tables.pop(name, BASE_SHORT[name])) for name in SHORT_ROWS}
    assert not tables, f"no such tables: {sorted(tables)}"
    modules = " ".join(row["module"] for row in rows["modules"])
    rows["instructors"] = [{"modules": modules, **row} for row in rows["instructors"]]
    head = {"name": "tiny", "timezone": "America/Chicago", "first_day": FIRST_DAY, "weeks": 2, **(settings or {})}
    return Scenario(
        settings=Settings.model_validate({**head, "rules": rules or {}, "prices": _texts(prices or {})}),
        published=published,
        **{
            name: None if cells is None else tuple(TABLES[name].model_validate(_texts(row)) for row in cells)
            for name, cells in rows.items()
        },
    )


def _keyed_rows(table: str, changes: Mapping[str, Cells | None]) -> list[dict[str, Any]]:
    merged: dict[str, Cells | None] = dict(BASE[table])
    for key, cells in changes.items():
        merged[key] = None if cells is None else {**(merged.get(key) or {}), **cells}
    return [
        {**DEFAULTS[table], **dict(zip(KEYS[table], key.split("/"), strict=True)), **cells}
        for key, cells in merged.items()
        if cells is not None
    ]


def _short_rows(table: str, texts: tuple[str, ...] | list[str] | None) -> Any:
    if texts is None:
        return None
    columns = SHORT_ROWS[table]
    rows = [dict(zip(columns, (cell.strip() for cell in text.split("|")), strict=True)) for text in texts]
    if table == "patterns":
        return [{"pattern": f"p{number}", **row} for number, row in enumerate(rows, 1)]
    return rows


def _texts(cells: Cells) -> dict[str, Any]:
    """Return cells as a table file would give them: numbers as text, dates as they are."""
    return {name: str(value) if isinstance(value, int | float) else value for name, value in cells.items()}


def open_cohort(
    scenario: Scenario,
    clock: str = "Mon 15:00 120",
    *,
    name: str = "K1",
    module: str = "math",
    site: str = "college",
    room: str | None = None,
    instructor: str = "ida",
    week: int = 0,
    first_day: dt.date | None = None,
    **changes: Any,
) -> Cohort:
    """Return a cohort with the meetings that the contract gives it, even beyond the horizon.

    Parameters
    ----------
    clock
        Days, start and minutes of its pattern.
    name
        Its id.
    room
        Its room; the first of the site if not given.
    week
        First week, counted from ``first_day``.
    first_day
        Monday from which the weeks count; the scenario's if not given.
    changes
        Fields of the cohort that are given another value in the end.
    """
    *days, start, minutes = clock.split()
    monday = (first_day or scenario.settings.first_day) + dt.timedelta(weeks=week)
    wide = scenario.model_copy(update={"settings": scenario.settings.model_copy(update={"weeks": 60})})
    total = scenario.module_by_id[module].minutes
    spans = RegionCalendar(wide).meeting_spans(
        site, parse_days(" ".join(days)), parse_clock(start), int(minutes), monday, total
    )
    assert spans is not None
    return Cohort(
        cohort=name,
        module=module,
        site=site,
        room=room or next(row.room for row in scenario.rooms if row.site == site),
        instructor=instructor,
        days=" ".join(days),
        start=start,
        minutes=int(minutes),
        first_week=week,
        meetings=tuple(meeting(start, end) for start, end in spans),
    ).model_copy(update=changes)


def meeting(start: int, end: int) -> Meeting:
    """Return a meeting from wall minutes."""
    return Meeting(date=date_of(start), start=format_clock(start), end=format_clock(end))


def plan_of(
    scenario: Scenario,
    *rosters: tuple[Cohort, str],
    options: Mapping[tuple[str, str], str] | None = None,
    **fields: Any,
) -> Plan:
    """Return a plan whose lists agree with its seats.

    Parameters
    ----------
    rosters
        Cohorts, each with the ids of its people as a text.
    options
        Option by apprentice and requirement where several could be chosen; else the first.
    fields
        Other fields of the plan.
    """
    seats = tuple(
        Seat(apprentice=person, module=cohort.module, cohort=cohort.cohort)
        for cohort, people in rosters
        for person in people.split()
    )
    curriculum = Curriculum(scenario)
    picks = {
        (row.apprentice, req): (options or {}).get((row.apprentice, req), choices[0])
        for row in scenario.apprentices
        for req, choices in curriculum.choices(row).items()
        if len(choices) > 1
    }
    listed = tuple(OptionChoice(apprentice=a, requirement=r, option=o) for (a, r), o in picks.items())
    draft = Plan(cohorts=tuple(cohort for cohort, _ in rosters), seats=seats, options=listed)
    chosen = chosen_options(scenario, draft, curriculum)
    seated = {(seat.apprentice, seat.module) for seat in seats}
    unseated = tuple(
        Unseated(apprentice=row.apprentice, module=module, reason="test")
        for row in scenario.apprentices
        for module in curriculum.needed(row, chosen[row.apprentice])
        if (row.apprentice, module) not in seated
    )
    return draft.model_copy(update={"unseated": unseated, **fields})
