"""What the region would lose if nobody planned around the shifts: everybody goes to the college's day class."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict

from lineside.models.calendar import RegionCalendar, date_of
from lineside.models.cells import format_clock
from lineside.models.curriculum import Curriculum
from lineside.models.geography import Geography
from lineside.models.measures import chosen_options, measure, objective_of, rounded
from lineside.models.plan import Cohort, Meeting, OptionChoice, Plan, Seat, Unseated
from lineside.models.scenario import Scenario
from lineside.models.tables import Apprentice, Site

DAYS = (1, 3)
DAY_NAMES = "Tue Thu"
START = 9 * 60
LONGEST_MINUTES = 240
"""The day class meets twice a week from nine, for at most a morning."""

REASON = "The college's day classes before it last until the horizon ends."
NO_COLLEGE = "There is no site outside the plants that is open to the company."


def day_class_plan(scenario: Scenario) -> Plan:
    """Return the plan in which everybody goes to the college's day class.

    Parameters
    ----------
    scenario
        A scenario without mistakes.

    Returns
    -------
    Plan
        Cohorts on Tuesdays and Thursdays from nine at the nearest college (else at the nearest other site
        that is no plant, not online and open to the company), each person's modules one after the other.
        Its figures are measured like any plan's, but it asks nobody: agreements, rooms, instructors and
        crews' minimums are not looked at, so the checker finds violations and it cannot be published.
        Empty seats are those that do not fit into the horizon.
    """
    return _DayClasses(scenario).plan()


class _DayClasses:
    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._calendar = RegionCalendar(scenario)
        self._geography = Geography(scenario)
        self._curriculum = Curriculum(scenario)
        self._spans: dict[tuple[str, str, int], tuple[tuple[int, int], ...] | None] = {}
        self._people: dict[tuple[str, str, int], list[str]] = defaultdict(list)
        self._unseated: list[Unseated] = []

    def plan(self) -> Plan:
        settings = self._scenario.settings
        chosen = chosen_options(self._scenario, Plan(), self._curriculum)
        for person in self._scenario.apprentices:
            self._send(person, self._curriculum.needed(person, chosen[person.apprentice]))
        cohorts, seats = self._cohorts()
        options = tuple(
            OptionChoice(apprentice=person, requirement=requirement, option=option)
            for person, options in chosen.items()
            for requirement, option in options.items()
        )
        plan = Plan(
            scenario=settings.name,
            first_day=settings.first_day,
            status="feasible",
            cohorts=cohorts,
            seats=seats,
            options=options,
            unseated=tuple(self._unseated),
        )
        measures = rounded(measure(self._scenario, plan))
        return plan.model_copy(update={"measures": measures, "objective": objective_of(self._scenario, measures)})

    def _send(self, person: Apprentice, modules: tuple[str, ...]) -> None:
        """Send a person to one day class after the other."""
        site, week = self._college(person), 0
        for module in modules:
            spans = None if site is None else self._class(module, site.site, week)
            if site is None or spans is None:
                reason = NO_COLLEGE if site is None else REASON
                self._unseated.append(Unseated(apprentice=person.apprentice, module=module, reason=reason))
                continue
            self._people[module, site.site, week].append(person.apprentice)
            last = date_of(spans[-1][0]) - self._scenario.settings.first_day
            week = last.days // 7 + 1

    def _college(self, person: Apprentice) -> Site | None:
        company = person.company
        outside = [
            site
            for site in self._scenario.sites
            if site.kind not in ("plant", "online") and self._scenario.is_open_to(site, company)
        ]
        colleges = [site for site in outside if site.kind == "college"] or outside
        plant = self._scenario.line_site(person)
        return min(colleges, key=lambda site: self._geography.between_sites(plant, site.site), default=None)

    def _class(self, module: str, site: str, week: int) -> tuple[tuple[int, int], ...] | None:
        key = (module, site, week)
        if key not in self._spans:
            row = self._scenario.module_by_id[module]
            monday = self._scenario.settings.first_day + dt.timedelta(weeks=week)
            self._spans[key] = self._calendar.meeting_spans(
                site, DAYS, START, self._minutes(module), monday, row.minutes
            )
        return self._spans[key]

    def _minutes(self, module: str) -> int:
        row = self._scenario.module_by_id[module]
        return min(row.session_max, LONGEST_MINUTES, row.minutes, (row.week_max or 2 * LONGEST_MINUTES) // len(DAYS))

    def _cohorts(self) -> tuple[tuple[Cohort, ...], tuple[Seat, ...]]:
        cohorts: list[Cohort] = []
        seats: list[Seat] = []
        counts: dict[str, int] = defaultdict(int)
        for (module, site, week), people in self._people.items():
            most = self._scenario.module_by_id[module].seats_max
            for first in range(0, len(people), most):
                counts[module] += 1
                name = f"{module}-DAY-{counts[module]}"
                cohorts.append(self._cohort(name, module, site, week))
                seats += [Seat(apprentice=one, module=module, cohort=name) for one in people[first : first + most]]
        return tuple(cohorts), tuple(seats)

    def _cohort(self, name: str, module: str, site: str, week: int) -> Cohort:
        spans = self._spans[module, site, week] or ()
        rooms = [room for room in self._scenario.rooms if room.site == site]
        teachers = [row for row in self._scenario.instructors if module in row.modules]
        return Cohort(
            cohort=name,
            module=module,
            site=site,
            room=max(rooms, key=lambda room: room.seats).room if rooms else "",
            instructor=teachers[0].instructor if teachers else "",
            days=DAY_NAMES,
            start=format_clock(START),
            minutes=self._minutes(module),
            first_week=week,
            meetings=tuple(
                Meeting(date=date_of(start), start=format_clock(start), end=format_clock(end)) for start, end in spans
            ),
        )
