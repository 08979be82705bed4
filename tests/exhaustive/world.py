"""What a tiny scenario offers: candidates, what is frozen, people, and their choices."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from lineside.models.cells import parse_clock, parse_days
from lineside.models.plan import Cohort, Plan
from lineside.models.scenario import Scenario
from lineside.models.tables import Apprentice
from tests.exhaustive.clock import Shift, Span, date_of, home_travel, meetings_of, shifts_between, site_travel

Key = tuple[str, str, tuple[int, ...], int, int, int]


@dataclass(frozen=True)
class Candidate:
    """A cohort that could be opened: module, site, days, start, minutes, week; and its meetings."""

    key: Key
    meetings: tuple[Span, ...]

    @property
    def module(self) -> str:
        return self.key[0]

    @property
    def site(self) -> str:
        return self.key[1]

    @property
    def hours_in_minutes(self) -> int:
        return sum(end - start for start, end in self.meetings)


@dataclass(frozen=True)
class Frozen:
    """A published cohort that has begun, with its meetings as they were published."""

    cohort: Cohort
    candidate: Candidate


@dataclass(frozen=True, eq=False)
class Person:
    row: Apprentice
    line_site: str
    shifts: tuple[Shift, ...]
    frozen: tuple[Candidate, ...]

    @cached_property
    def working_dates(self) -> frozenset[dt.date]:
        return frozenset(shift.date for shift in self.shifts)

    @cached_property
    def frozen_modules(self) -> frozenset[str]:
        return frozenset(candidate.module for candidate in self.frozen)


class World:
    """One scenario with some rules switched off.

    Parameters
    ----------
    scenario
        A tiny scenario with a table of patterns.
    without
        Names of rules that plans may break here.
    """

    def __init__(self, scenario: Scenario, without: frozenset[str] = frozenset()) -> None:
        assert scenario.patterns is not None, "the brute force needs a table of patterns"
        self.scenario = scenario
        self.without = without
        self.settings = scenario.settings
        self.published = scenario.published if scenario.published is not None else Plan()
        self._travel: dict[tuple[str, str], int] = {}

    def travel(self, a: str, b: str) -> int:
        if (a, b) not in self._travel:
            self._travel[a, b] = site_travel(self.scenario, a, b)
        return self._travel[a, b]

    def origin_travel(self, person: Person, date: dt.date, site: str) -> int:
        """Return the minutes from the plant on a working date or without a home, else from home."""
        if date in person.working_dates or person.row.zip is None:
            return self.travel(person.line_site, site)
        return home_travel(self.scenario, person.row.zip, site)

    def published_key(self, cohort: Cohort) -> Key:
        """Return a published cohort's key with its first week counted from this scenario's first day."""
        first_day = self.published.first_day or self.settings.first_day
        week = cohort.first_week + (first_day - self.settings.first_day).days // 7
        return (cohort.module, cohort.site, parse_days(cohort.days), parse_clock(cohort.start), cohort.minutes, week)

    @cached_property
    def published_seats(self) -> frozenset[tuple[str, Key]]:
        keys = {cohort.cohort: self.published_key(cohort) for cohort in self.published.cohorts}
        return frozenset((seat.apprentice, keys[seat.cohort]) for seat in self.published.seats)

    @cached_property
    def frozen(self) -> tuple[Frozen, ...]:
        until = self.settings.frozen_until
        if until is None or "frozen" in self.without:
            return ()
        begun = [c for c in self.published.cohorts if min(m.date for m in c.meetings) < until]
        return tuple(Frozen(c, Candidate(self.published_key(c), tuple(m.span for m in c.meetings))) for c in begun)

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """List every candidate whose meetings keep `hours`, `session-length` and the frozen date."""
        found: dict[Key, Candidate] = {}
        modules, sites = self.scenario.modules, self.scenario.sites
        for module, site, pattern in product(modules, sites, self.scenario.patterns or ()):
            if not ("all" in pattern.sites or site.site in pattern.sites or "hours" in self.without):
                continue
            for week in range(self.settings.weeks):
                key = (module.module, site.site, pattern.days, pattern.start, pattern.minutes, week)
                meetings = meetings_of(self.scenario, *key, any_end="hours" in self.without)
                if meetings is not None and self._is_allowed(candidate := Candidate(key, meetings)):
                    found[key] = candidate
        return tuple(found.values())

    def _is_allowed(self, candidate: Candidate) -> bool:
        module, minutes = self.scenario.module_by_id[candidate.module], candidate.key[4]
        by_date: dict[object, int] = {}
        by_week: dict[object, int] = {}
        for start, end in candidate.meetings:
            date = date_of(start)
            by_date[date] = by_date.get(date, 0) + end - start
            monday = date - dt.timedelta(days=date.weekday())
            by_week[monday] = by_week.get(monday, 0) + end - start
        fits = module.session_min <= minutes <= module.session_max
        fits = fits and (module.day_max is None or max(by_date.values()) <= module.day_max)
        fits = fits and (module.week_max is None or max(by_week.values()) <= module.week_max)
        until = self.settings.frozen_until
        begins_late = until is None or date_of(candidate.meetings[0][0]) >= until
        return (fits or "session-length" in self.without) and (begins_late or "frozen" in self.without)

    @cached_property
    def people(self) -> tuple[Person, ...]:
        return tuple(self._person(row) for row in self.scenario.apprentices)

    def _person(self, row: Apprentice) -> Person:
        ids = {seat.cohort for seat in self.published.seats if seat.apprentice == row.apprentice}
        frozen = tuple(f.candidate for f in self.frozen if f.cohort.cohort in ids)
        spans = [span for candidate in (*self.candidates, *frozen) for span in candidate.meetings]
        first = min((date_of(start) for start, _ in spans), default=self.settings.first_day)
        last = max((date_of(end) for _, end in spans), default=self.settings.first_day)
        margin = dt.timedelta(days=16)
        shifts = shifts_between(self.scenario, row.line, row.rota, first - margin, last + margin)
        return Person(row, self.scenario.line_by_id[row.line].site, tuple(shifts), frozen)

    def options_of(self, row: Apprentice) -> dict[str, dict[str, tuple[str, ...]]]:
        """Return, by requirement of the apprentice's program, the options that may be chosen and their modules."""
        fixed = dict(row.options)
        result: dict[str, dict[str, tuple[str, ...]]] = {}
        for requirement in self.scenario.requirements:
            if requirement.program == row.program:
                result.setdefault(requirement.requirement, {})[requirement.option] = requirement.modules
        for name, options in result.items():
            asked = {o: ms for o, ms in options.items() if row.wanted is None or set(ms) & set(row.wanted)}
            result[name] = {fixed[name]: options[fixed[name]]} if name in fixed else asked or options
        return result

    def program_modules(self, row: Apprentice) -> set[str]:
        return {m for r in self.scenario.requirements if r.program == row.program for m in r.modules}

    @staticmethod
    def needed(row: Apprentice, modules: set[str]) -> set[str]:
        """Return which modules of the chosen options are wanted and not credited."""
        return {m for m in modules if (row.wanted is None or m in row.wanted) and m not in row.credits}
