"""What might seat somebody: for one need, everything that could be looser, step by step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from lineside.models.cells import MODES
from lineside.models.table_edits import cell_edit, row_edit
from lineside.models.tables import Apprentice, Company
from lineside.solver.advice.bench import Bench
from lineside.solver.advice.looser import (
    Ladder,
    Loosening,
    kind_steps,
    longer_hours,
    longer_weeks,
    missing_minutes,
    more_seats,
    named,
    number_ladder,
    open_site,
    release_ladder,
    rule_ladder,
    smaller_cohorts,
)
from lineside.solver.explain import TOGETHER, Explainer

Flags = NDArray[np.bool_]

TRAVEL_STEP, TRAVEL_STEPS = 5, 12
RELEASE_STEP, RELEASE_STEPS = 15, 8
MEAL_STEP = 5
CLASS_STEP, CLASS_STEPS = 30, 8
WORK_STEP, WORK_STEPS = 60, 6
DUTY_STEP, DUTY_STEPS = 30, 6
TEACHING_STEP, TEACHING_STEPS = 60, 6
"""Minutes of one step of each limit, and how many steps are looked at."""
DATE_STEPS = 28
"""Days by which the first or last date of a person may move."""
SEAT_STEPS = 6
"""Further seats of a cohort that are looked at."""


class Ladders:
    """Finds what might seat a need.

    Parameters
    ----------
    bench
        The plan on its tables.
    explainer
        Judges the candidates.
    need
        Row of the need.

    Notes
    -----
    One change of one thing can only help where candidates fail one rule and no other, or none at all; whatever cannot
    help is left out. The order is that of whom it asks: the apprentice, rooms and instructors, companies, rules.
    """

    def __init__(self, bench: Bench, explainer: Explainer, need: int) -> None:
        self._scenario, self._problem = bench.scenario, bench.problem
        self._bench, self._need = bench, need
        row = bench.problem.demand.needs[need]
        self._person = bench.scenario.apprentices[row.person_idx]
        self._module = bench.scenario.modules[row.module_idx]
        self._company = bench.scenario.company_by_id[self._person.company]
        self._candidate, faults = explainer.faults(need)
        number = np.sum(list(faults.values()), axis=0) if len(self._candidate) else np.zeros(0, dtype=np.int64)
        self._only = {rule: fails & (number == 1) for rule, fails in faults.items()}
        self._free: Flags = number == 0
        refusals = explainer.refusals(need, explainer.view(bench.base)) if len(self._candidate) else ()
        self._is_together = any(row.rule == TOGETHER for row in refusals)

    def all(self) -> Iterator[Ladder]:
        """Yield every ladder that has a step."""
        if (self._person.apprentice, self._module.module) in self._problem.facts.forbidden:
            yield self._without_pin()
            return
        for found in (self._own(), self._servers(), self._sizes(), self._companies(), self._rules()):
            yield from (ladder for ladder in found if ladder)

    def _has_only(self, rule: str) -> bool:
        return bool(self._only[rule].any())

    def _without_pin(self) -> Ladder:
        pin = next(
            row
            for row in self._scenario.pins
            if (row.apprentice, row.module) == (self._person.apprentice, self._module.module)
        )
        words = f"no pin against {self._module.module} for {self._who(self._person)}"
        return (Loosening("pin", (row_edit(pin, is_added=False),), 1, words),)

    @staticmethod
    def _who(person: Apprentice) -> str:
        return named(person.name, person.apprentice)

    def _own(self) -> Iterator[Ladder]:
        """Yield what the apprentice could agree to."""
        person, who = self._person, self._who(self._person)
        if self._has_only("travel-limit"):
            values = [person.travel_max + TRAVEL_STEP * k for k in range(1, TRAVEL_STEPS + 1)]
            words = f"a travel limit of {{new}} instead of {{old}} minutes for {who}"
            yield number_ladder(person, "travel_max", "travel-limit", values, words)
        if self._has_only("mode"):
            missing = [mode for mode in MODES if mode not in person.modes]
            edit = cell_edit(person, "modes", MODES)
            yield (Loosening("mode", (edit,), 1, f"{' and '.join(missing)} sessions for {who}"),)
        if self._has_only("off-date"):
            yield from self._dates(person, who)

    def _dates(self, person: Apprentice, who: str) -> Iterator[Ladder]:
        settings = self._scenario.settings
        for date in person.off_dates:
            left = tuple(other for other in person.off_dates if other != date)
            yield (Loosening("off-date", (cell_edit(person, "off_dates", left),), 1, f"a meeting on {date} for {who}"),)
        if person.starts is not None:
            days = range(1, min(DATE_STEPS, (person.starts - settings.first_day).days) + 1)
            dates = [person.starts - dt.timedelta(days=k) for k in days]
            yield self._date_ladder("starts", dates, f"meetings for {who} from {{new}} instead of {{old}} on")
        if person.due is not None:
            days = range(1, min(DATE_STEPS, (settings.last_day - person.due).days) + 1)
            dates = [person.due + dt.timedelta(days=k) for k in days]
            yield self._date_ladder("due", dates, f"meetings for {who} until {{new}} instead of {{old}}")

    def _date_ladder(self, column: str, dates: list[dt.date], words: str) -> Ladder:
        old = getattr(self._person, column)
        return tuple(
            Loosening("off-date", (cell_edit(self._person, column, new),), steps, words.format(new=new, old=old))
            for steps, new in enumerate(dates, 1)
        )

    def _servers(self) -> Iterator[Ladder]:
        """Yield longer hours of rooms and instructors, pattern by pattern, and larger rooms."""
        found, module = self._problem.candidates, self._module
        lanes = dict.fromkeys(found.lane[self._candidate[self._only["room"]]].tolist())
        for lane in (found.lanes[k] for k in lanes):
            site = self._scenario.sites[lane.site_idx].site
            rooms = [
                row for row in self._scenario.rooms if row.site == site and set(module.features) <= set(row.features)
            ]
            large = [row for row in rooms if row.seats >= module.seats_min]
            if large:
                yield (longer_hours(min(large, key=lambda row: missing_minutes(row.hours, lane.slot)), lane.slot),)
            elif rooms:
                room = max(rooms, key=lambda row: row.seats)
                words = f"room {room.room} with {{new}} instead of {{old}} seats"
                step = number_ladder(room, "seats", "room", range(room.seats + 1, module.seats_min + 1), words)
                yield step[-1:]
        lanes = dict.fromkeys(found.lane[self._candidate[self._only["instructor"]]].tolist())
        able = [row for row in self._scenario.instructors if module.module in row.modules]
        for slot in dict.fromkeys(found.lanes[k].slot for k in lanes):
            if able:
                yield (longer_hours(min(able, key=lambda row: missing_minutes(row.hours, slot)), slot),)
        if self._free.any():
            yield from (longer_weeks(row, TEACHING_STEPS, TEACHING_STEP) for row in able)

    def _sizes(self) -> Iterator[Ladder]:
        """Yield more seats in full cohorts, and smaller cohorts."""
        free = set(self._candidate[self._free].tolist())
        for cohort in self._bench.plan.cohorts:
            row = self._bench.open_row(cohort.cohort)
            room = self._scenario.room_by_id.get(cohort.room)
            if row is None or room is None or row.candidate not in free:
                continue
            seats = min(room.seats, self._module.seats_max)
            if len(row.needs) >= seats:
                steps = range(1, SEAT_STEPS + 1)
                yield tuple(more_seats(room, self._module, seats, extra, cohort.cohort) for extra in steps)
        if free:
            yield smaller_cohorts(self._module)

    def _companies(self) -> Iterator[Ladder]:
        """Yield what companies could agree to: the person's own, and those whose people could fill a cohort."""
        if self._has_only("meal"):
            kept = self._company.meal_kept_minutes
            who = named(self._company.name, self._company.company)
            words = f"{{new}} instead of {{old}} minutes of the meal kept at {who}"
            yield number_ladder(
                self._company, "meal_kept_minutes", "meal", range(kept - MEAL_STEP, -1, -MEAL_STEP), words
            )
        for company in self._scenario.companies:
            is_own = company is self._company
            if not is_own and not (self._free.any() and self._has_empty(company)):
                continue
            if not is_own or self._free.any() or self._has_only("session-kind"):
                yield from ((step,) for step in kind_steps(company))
            if not is_own or self._free.any() or self._has_only("release-limit"):
                yield release_ladder(company, RELEASE_STEPS, RELEASE_STEP)
            yield from self._sites(company, is_own)

    def _sites(self, company: Company, is_own: bool) -> Iterator[Ladder]:
        found = self._problem.candidates
        here = self._free | self._only["access"] if is_own else self._free
        lanes = dict.fromkeys(found.lane[self._candidate[here]].tolist())
        for site in dict.fromkeys(found.lanes[k].site_idx for k in lanes):
            row = self._scenario.sites[site]
            if not self._scenario.is_open_to(row, company.company):
                yield (open_site(row, company),)

    def _has_empty(self, company: Company) -> bool:
        """Return whether somebody of a company lacks a seat in the module."""
        return any(
            row.module == self._module.module
            and self._scenario.apprentice_by_id[row.apprentice].company == company.company
            for row in self._bench.plan.unseated
        )

    def _rules(self) -> Iterator[Ladder]:
        """Yield looser rules."""
        scenario, rules = self._scenario, self._scenario.settings.rules
        if self._is_together:
            values = [rules.modules_at_once + 1, rules.modules_at_once + 2]
            words = "{new} instead of {old} modules of one person in a week"
            yield rule_ladder(scenario, "modules_at_once", "modules-at-once", values, words)
        limits = (
            ("class-week", "class_minutes_per_week", CLASS_STEP, CLASS_STEPS, "minutes of class a week"),
            ("work-week", "week_minutes", WORK_STEP, WORK_STEPS, "minutes of work and class a week"),
            ("duty", "duty_minutes", DUTY_STEP, DUTY_STEPS, "minutes of work and class at a stretch"),
        )
        for rule, key, step, steps, what in limits:
            if self._is_together or self._has_only(rule):
                values = [getattr(rules, key) + step * k for k in range(1, steps + 1)]
                yield rule_ladder(scenario, key, rule, values, f"{{new}} instead of {{old}} {what}")
