"""What a plan means for single people: their meetings with kind, minutes lost and travel, and their shifts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from lineside.models.calendar import Shift, letter_on
from lineside.models.measures import cohort_spans
from lineside.models.plan import Cohort
from lineside.models.tables import Apprentice
from lineside.scenarios.plan_trials import Desk
from lineside.service.api.plan_trial_models import clock


def session_rows(desk: Desk, cohort: str | None, apprentice: str | None, company: str | None) -> list[dict[str, Any]]:
    """Return the meetings of people as they live them, by person and time.

    Parameters
    ----------
    cohort, apprentice, company
        Only this cohort, this apprentice, this company's people; all if None.
    """
    cohorts = {row.cohort: row for row in desk.plan.cohorts}
    people = desk.scenario.apprentice_by_id
    rows: list[dict[str, Any]] = []
    for seat in dict.fromkeys(desk.plan.seats):
        person, row = people.get(seat.apprentice), cohorts.get(seat.cohort)
        wanted = cohort in (None, seat.cohort) and apprentice in (None, seat.apprentice)
        if wanted and person and row and company in (None, person.company) and row.site in desk.scenario.site_by_id:
            rows.extend(_sessions(desk, person, row))
    return sorted(rows, key=lambda found: (found["apprentice"], found["start"]))


def _sessions(desk: Desk, person: Apprentice, row: Cohort) -> Iterator[dict[str, Any]]:
    module, site = desk.scenario.module_by_id.get(row.module), desk.scenario.site_by_id[row.site]
    for span in cohort_spans(row):
        view = desk.days.view(person, row.site, span)
        yield {
            **{name: getattr(person, name) for name in ("apprentice", "name", "company", "line", "rota")},
            **{name: getattr(row, name) for name in ("cohort", "module", "site", "room")},
            "module_name": module.name if module else row.module,
            "site_name": site.name,
            "start": clock(span[0]),
            "end": clock(span[1]),
            "leaves": clock(view.window[0]),
            "returns": clock(view.window[1]),
            "kind": view.kind,
            "lost_minutes": view.lost_minutes,
            "travel_minutes": desk.days.travel_minutes(person, row.site, view.date),
        }


def shift_rows(desk: Desk, person: Apprentice) -> list[dict[str, Any]]:
    """Return a person's shifts over the horizon, with their meals."""
    settings = desk.scenario.settings
    rota = desk.scenario.rota_by_id[person.rota]
    rows = []
    for day in range(settings.first_day.toordinal(), settings.last_day.toordinal() + 1):
        shift = desk.days.shift(person, day)
        if shift is not None:
            rows.append(_shift(letter_on(rota, dt.date.fromordinal(day)), shift))
    return rows


def _shift(letter: str, shift: Shift) -> dict[str, Any]:
    meals = [{"start": clock(start), "end": clock(end)} for start, end in shift.meals]
    return {
        "date": shift.date,
        "letter": letter,
        "start": clock(shift.start),
        "end": clock(shift.end),
        "meals": meals,
        "worked_minutes": shift.worked_minutes,
    }
