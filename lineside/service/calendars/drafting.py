"""What a plan says to each feed: its meetings, as its readers may see them.

Who sees what is decided here and nowhere else:

- an apprentice: the own session, nobody else, not even the instructor;
- an instructor: how many people each company sends, no names;
- a room and a cohort: how many people come;
- a company: its own people by name with their sessions; of other companies the size of each group,
  without a name, an id or anything else that says whose it is.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from lineside.models.calendar import Interval, to_utc
from lineside.models.measures import cohort_spans
from lineside.models.person_days import PersonDays
from lineside.models.plan import Cohort, Plan
from lineside.models.scenario import Scenario
from lineside.models.tables import Apprentice
from lineside.service.calendars.events import EventContent, FeedKey
from lineside.service.calendars.matching import Draft
from lineside.service.calendars.wording import (
    FOR_THEM,
    FOR_YOU,
    company_words,
    geo,
    location,
    module_line,
    module_title,
    others_words,
    people_words,
    person_words,
    session_words,
)
from lineside.service.console import one_line

Drafts = dict[FeedKey, list[Draft]]


def feed_keys(scenario: Scenario, plan: Plan) -> Iterator[FeedKey]:
    """Yield whose feeds there are: everybody and everything in the tables, and the plan's cohorts."""
    yield from (FeedKey("apprentice", row.apprentice) for row in scenario.apprentices)
    yield from (FeedKey("instructor", row.instructor) for row in scenario.instructors)
    yield from (FeedKey("room", row.room) for row in scenario.rooms)
    yield from (FeedKey("company", row.company) for row in scenario.companies)
    yield from (FeedKey("cohort", row.cohort) for row in plan.cohorts)


def drafts_by_feed(scenario: Scenario, plan: Plan, days: PersonDays | None = None) -> Drafts:
    """Return every feed's meetings in a plan, in time order within each cohort.

    Cohorts at a site or of a module that the tables do not have, seats of people who are not in
    them and meetings with unreadable clocks are left out; the checker reports them. ``days`` are views of meetings for
    these tables to use again; they are built if not given.
    """
    people: dict[str, dict[str, Apprentice]] = defaultdict(dict)
    for seat in plan.seats:
        if seat.apprentice in scenario.apprentice_by_id:
            people[seat.cohort][seat.apprentice] = scenario.apprentice_by_id[seat.apprentice]
    drafts: Drafts = {key: [] for key in feed_keys(scenario, plan)}
    days = days or PersonDays(scenario)
    known = {row.cohort: row for row in plan.cohorts}.values()
    for cohort in known:
        if cohort.site in scenario.site_by_id and cohort.module in scenario.module_by_id:
            members = [person for _, person in sorted(people[cohort.cohort].items())]
            _CohortDrafts(scenario, days, cohort, members).add_to(drafts)
    return drafts


def instants(span: Interval, zone: ZoneInfo) -> tuple[dt.datetime, dt.datetime]:
    """Return the UTC instants of a meeting in wall minutes.

    A clock time that daylight saving skips is read after the gap; where that puts the start at or
    after the end, the meeting keeps its length, since an event must not end before it starts.
    """
    start, end = to_utc(span[0], zone), to_utc(span[1], zone)
    return start, end if end > start else start + dt.timedelta(minutes=span[1] - span[0])


class _CohortDrafts:
    """The meetings of one cohort for everybody they concern."""

    def __init__(self, scenario: Scenario, days: PersonDays, cohort: Cohort, members: list[Apprentice]) -> None:
        self._scenario = scenario
        self._days = days
        self._cohort = cohort
        self._members = members
        self._by_company: dict[str, list[Apprentice]] = defaultdict(list)
        for person in members:
            self._by_company[person.company].append(person)
        self._title = module_title(scenario, cohort.module)
        self._module_line = module_line(scenario, cohort.module)
        self._cohort_line = f"Cohort: {one_line(cohort.cohort)}"
        self._location = location(scenario, cohort)
        self._geo = geo(scenario.site_by_id[cohort.site])

    def add_to(self, drafts: Drafts) -> None:
        """Add the meetings to the feeds of everybody they concern; an instructor or room no longer known has none."""
        for span in cohort_spans(self._cohort):
            times = instants(span, self._scenario.settings.zone)
            for key, summary, lines in (*self._apprentices(span), *self._companies(span), *self._providers()):
                if key in drafts:
                    details = "\n".join((self._module_line, *lines))
                    content = EventContent(*times, summary, details, self._location, self._geo)
                    drafts[key].append(Draft(self._cohort.cohort, self._cohort.module, content))

    def _apprentices(self, span: Interval) -> Iterator[tuple[FeedKey, str, tuple[str, ...]]]:
        for person in self._members:
            words = session_words(self._days.view(person, self._cohort.site, span), FOR_YOU)
            yield FeedKey("apprentice", person.apprentice), self._title, (f"For you: {words}.",)

    def _companies(self, span: Interval) -> Iterator[tuple[FeedKey, str, tuple[str, ...]]]:
        sizes = Counter(person.company for person in self._members)
        for company, people in self._by_company.items():
            own = [f"- {self._own(person, span)}" for person in people]
            others = others_words(size for other, size in sizes.items() if other != company)
            lines = (self._cohort_line, f"Your people: {len(people)}", *own, others)
            yield FeedKey("company", company), f"{self._title}: {people_words(len(people))}", lines

    def _own(self, person: Apprentice, span: Interval) -> str:
        words = session_words(self._days.view(person, self._cohort.site, span), FOR_THEM)
        return f"{person_words(self._scenario, person.apprentice)}: {words}"

    def _providers(self) -> Iterator[tuple[FeedKey, str, tuple[str, ...]]]:
        cohort, summary = self._cohort, f"{self._title} ({one_line(self._cohort.cohort)})"
        count = (self._cohort_line, f"Expected: {people_words(len(self._members))}")
        groups = (f"- {company_words(self._scenario, c)}: {len(people)}" for c, people in self._by_company.items())
        yield FeedKey("instructor", cohort.instructor), summary, (*count, *sorted(groups))
        yield FeedKey("room", cohort.room), summary, count
        yield FeedKey("cohort", cohort.cohort), summary, count
