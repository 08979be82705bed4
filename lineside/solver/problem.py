"""The prepared problem: a scenario as arrays, with every pair of need and candidate that could be a seat.

This is the door between the tables and the search: everything after it works on these arrays alone.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lineside.models.calendar import RegionCalendar
from lineside.models.geography import Geography
from lineside.models.measures import measure
from lineside.models.outages import Outage
from lineside.models.plan import CohortKey, Plan, Seat
from lineside.models.scenario import Scenario
from lineside.solver.candidates import Candidates, enumerate_candidates
from lineside.solver.crew_losses import CrewLoss, losses_of_crews
from lineside.solver.facts import Facts, facts_of
from lineside.solver.money import Money
from lineside.solver.needs import Demand, demand_of
from lineside.solver.personas import Persona
from lineside.solver.prune import viable_pairs
from lineside.solver.resources import OpeningHours, Servers, instructors_of, rooms_of, teachable
from lineside.solver.tariff import Tariff
from lineside.solver.timeline import CrewTimeline

if TYPE_CHECKING:
    from lineside.solver.charges import Charges
    from lineside.solver.limits import Limit
    from lineside.solver.together import Together

FAR = 1_000_000
"""Minutes between places that nobody travels between: their distance need not be known."""
MARGIN_DAYS = 21
"""Days beyond the horizon whose shifts may be part of a stretch of duty with a meeting."""


@dataclass(frozen=True)
class Pairs:
    """Needs and candidates that could be a seat; arrays of one length, sorted by candidate.

    Parameters
    ----------
    need, candidate
        Which need, which candidate.
    cost
        Units of the seat itself: dollars, travel and change; without line loss, room and instructor.
    lost
        Minutes lost over all meetings.
    """

    need: NDArray[np.int64]
    candidate: NDArray[np.int64]
    cost: NDArray[np.int64]
    lost: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.need)

    def row(self, need: int, candidate: int) -> int:
        """Return the row of a need and a candidate, or -1 if they are no pair."""
        if candidate >= len(self.first_of) - 1:
            return -1
        low, high = self.first_of[candidate : candidate + 2].tolist()
        at = low + int(self.need[low:high].searchsorted(need))
        return at if at < high and self.need[at] == need else -1

    @cached_property
    def first_of(self) -> NDArray[np.int64]:
        """First row of each candidate up to the last that has any: ``c`` has ``first_of[c]:first_of[c + 1]``."""
        last = int(self.candidate[-1]) if len(self) else -1
        return np.searchsorted(self.candidate, np.arange(last + 2))


class Problem:
    """A scenario prepared for solving.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    facts
        What the published plan and the pins fix; read from the scenario if not given.
    outages
        Dates on which rooms and instructors cannot be had.
    tariff
        What is charged for each measure; default the scenario's prices.

    Attributes
    ----------
    limits
        Measures that no seating may have more of.
    """

    def __init__(
        self,
        scenario: Scenario,
        facts: Facts | None = None,
        outages: tuple[Outage, ...] = (),
        tariff: Tariff | None = None,
    ) -> None:
        self.scenario, self.outages = scenario, outages
        self.settings = scenario.settings
        self.tariff = tariff or Tariff.of_prices(scenario.settings.prices)
        self.limits: tuple[Limit, ...] = ()
        self.calendar = RegionCalendar(scenario)
        self.geography = Geography(scenario)
        self.money = Money.of(scenario, self.tariff)
        self.facts: Facts = facts_of(scenario) if facts is None else facts
        self.demand: Demand = self._read_demand()
        self.site_idx = {row.site: idx for idx, row in enumerate(scenario.sites)}
        self.person_idx = {row.apprentice: idx for idx, row in enumerate(scenario.apprentices)}
        self.company_idx = {row.company: idx for idx, row in enumerate(scenario.companies)}
        self.crew_idx = {(row.line, row.rota): idx for idx, row in enumerate(scenario.crews)}
        self.crew_of = np.array([self.crew_idx[row.line, row.rota] for row in scenario.apprentices], dtype=np.int64)
        self.frozen_of: dict[int, tuple[int, ...]] = self._frozen_of()
        self.candidates: Candidates = self._list_candidates()
        self.rooms: Servers = rooms_of(
            scenario, self.candidates, self.facts.frozen, self.money, self.tariff, outages, self.opening_hours
        )
        self._module_idx = {row.module: idx for idx, row in enumerate(scenario.modules)}
        self._candidate_of: dict[CohortKey, int] = {}
        self._personas: dict[tuple[int, tuple[int, ...]], Persona] = {}
        self._members: dict[int, frozenset[int]] = {}

    def _read_demand(self) -> Demand:
        return demand_of(self.scenario, self.facts, self.money, self.tariff)

    def _list_candidates(self) -> Candidates:
        needed = frozenset(self.scenario.modules[need.module_idx].module for need in self.demand.needs)
        not_before = max(self.settings.first_day, self.settings.frozen_until or self.settings.first_day)
        return enumerate_candidates(self.scenario, self.calendar, needed, self.facts.kept_keys, not_before.toordinal())

    def candidate_of(self, key: CohortKey) -> int:
        """Return the candidate of an identity, or -1."""
        if key not in self._candidate_of:
            module, found = self._module_idx.get(key[0], -1), self.candidates
            rows = np.flatnonzero((found.module == module) & (found.monday == key[5].toordinal())).tolist()
            self._candidate_of[key] = next((row for row in rows if found.key(row, self.scenario) == key), -1)
        return self._candidate_of[key]

    def under(self, tariff: Tariff) -> Problem:
        """Return the same problem with another tariff and without limits; what has no price is shared."""
        other = copy.copy(self)
        for name in ("crew_losses", "instructors", "pairs", "charges", "constant"):
            other.__dict__.pop(name, None)
        other.tariff, other.limits = tariff, ()
        other.money = Money.of(self.scenario, tariff)
        other.demand = demand_of(self.scenario, self.facts, other.money, tariff)
        facts = self.scenario, self.candidates, self.facts.frozen, other.money, tariff
        other.rooms = rooms_of(*facts, self.outages, self.opening_hours)
        return other

    def _frozen_of(self) -> dict[int, tuple[int, ...]]:
        rows: dict[int, list[int]] = {}
        for idx, frozen in enumerate(self.facts.frozen):
            for apprentice in frozen.apprentices:
                rows.setdefault(self.person_idx[apprentice], []).append(idx)
        return {person: tuple(found) for person, found in rows.items()}

    @cached_property
    def between(self) -> NDArray[np.int64]:
        """Travel minutes between sites, shape (sites, sites); ``FAR`` between two sites without meetings."""
        ids = [row.site for row in self.scenario.sites]
        minutes = np.full((len(ids), len(ids)), FAR, dtype=np.int64)
        for k, destination in enumerate(ids):
            if self.has_meetings[k]:
                minutes[:, k] = minutes[k, :] = [self.geography.between_sites(origin, destination) for origin in ids]
        return minutes

    @cached_property
    def has_meetings(self) -> NDArray[np.bool_]:
        """Whether meetings may be held at each site: it has a room, or a published cohort meets there."""
        published = self.scenario.published
        sites = {row.site for row in self.scenario.rooms}
        sites |= {cohort.site for cohort in published.cohorts} if published else set()
        return np.array([row.site in sites for row in self.scenario.sites])

    @cached_property
    def crew_losses(self) -> tuple[CrewLoss, ...]:
        """Loss per minute of every crew, in the order of the table ``crews``."""
        return losses_of_crews(self.scenario, self.crew_of, self.money, self.tariff)

    def persona(self, person_idx: int) -> Persona:
        """Return the persona of a person, made on first use."""
        key = (int(self.crew_of[person_idx]), self.frozen_of.get(person_idx, ()))
        if key not in self._personas:
            self._personas[key] = self._make_persona(*key)
            crew, frozen = key
            alike = np.flatnonzero(self.crew_of == crew).tolist()
            members = frozenset(person for person in alike if self.frozen_of.get(person, ()) == frozen)
            self._members[id(self._personas[key])] = members
        return self._personas[key]

    def members_of(self, persona: Persona) -> frozenset[int]:
        """Return the people who share a persona."""
        return self._members[id(persona)]

    def personas(self) -> Iterator[tuple[Persona, tuple[int, ...]]]:
        """Yield each persona with its people; each is made when its turn comes."""
        people: dict[tuple[int, tuple[int, ...]], list[int]] = {}
        for person in range(len(self.scenario.apprentices)):
            people.setdefault((int(self.crew_of[person]), self.frozen_of.get(person, ())), []).append(person)
        for members in people.values():
            yield self.persona(members[0]), tuple(members)

    def _make_persona(self, crew_idx: int, frozen: tuple[int, ...]) -> Persona:
        crew = self.scenario.crews[crew_idx]
        site = self.scenario.line_by_id[crew.line].site
        company = self.scenario.company_by_id[self.scenario.rota_by_id[crew.rota].company]
        timeline = self._timeline(crew.rota, site)
        meetings = [
            (start, end, self.site_idx.get(self.facts.frozen[k].cohort.site, -1))
            for k in frozen
            for start, end in self.facts.frozen[k].spans
        ]
        return Persona(self.scenario, company, timeline, self.between[self.site_idx[site]], self.between, meetings)

    @cached_property
    def _dates(self) -> tuple[dt.date, dt.date]:
        """First and last date whose shifts matter, frozen meetings included."""
        first, last = self.settings.first_day, self.settings.last_day
        for row in self.facts.frozen:
            first = min(first, *(meeting.date for meeting in row.cohort.meetings))
            last = max(last, *(meeting.date for meeting in row.cohort.meetings))
        margin = dt.timedelta(days=MARGIN_DAYS)
        return first - margin, last + margin

    def _timeline(self, rota: str, site: str) -> CrewTimeline:
        return CrewTimeline(self.calendar, rota, site, *self._dates)

    @cached_property
    def listed(self) -> NDArray[np.bool_]:
        """Candidates that pairs are listed of: all."""
        return np.ones(len(self.candidates), dtype=bool)

    @cached_property
    def opening_hours(self) -> OpeningHours:
        """Which candidates fit the hours of rooms and instructors."""
        return OpeningHours(self.scenario, self.candidates)

    @cached_property
    def teachable(self) -> NDArray[np.bool_]:
        """Candidates that some instructor could teach."""
        return teachable(self.scenario, self.candidates, self.facts.frozen, self.outages, self.opening_hours)

    @cached_property
    def instructors(self) -> Servers:
        """Who could teach each candidate that enough people could be in; nobody for the others, which never open."""
        least = np.array([row.seats_min for row in self.scenario.modules], dtype=np.int64)
        sizes = np.bincount(self.pairs.candidate, minlength=len(self.candidates))
        wanted = (sizes > 0) & (sizes >= least[self.candidates.module])
        return self.instructors_for(wanted)

    def instructors_for(self, wanted: NDArray[np.bool_]) -> Servers:
        """Return who could teach each of the candidates wanted."""
        facts = self.scenario, self.candidates, self.facts.frozen, self.money, self.tariff
        return instructors_of(*facts, wanted, self.outages, self.opening_hours)

    @cached_property
    def pairs(self) -> Pairs:
        """Every need and candidate that keep the single-cohort rules together."""
        from lineside.solver.pairs import feasible_pairs

        return feasible_pairs(self)

    @cached_property
    def viable_pairs(self) -> NDArray[np.int64]:
        """Rows of the pairs that some allowed plan may hold, as far as is known (:mod:`lineside.solver.prune`)."""
        return viable_pairs(self)

    @cached_property
    def charges(self) -> Charges:
        """What seats of viable pairs cost at least in line time."""
        from lineside.solver.charges import least_charges

        return least_charges(self, self.viable_pairs)

    @cached_property
    def together(self) -> Together:
        """Which needs of one person can be met together."""
        from lineside.solver.together import NeedKinds, Together

        return Together(self, NeedKinds.of(self))

    @cached_property
    def room_seats(self) -> NDArray[np.int64]:
        """Most people of a cohort in each entry of :attr:`rooms`."""
        most = np.array([row.seats_max for row in self.scenario.modules], dtype=np.int64)
        seats = np.array([row.seats for row in self.scenario.rooms], dtype=np.int64)
        owner = np.repeat(np.arange(len(self.candidates)), np.diff(self.rooms.ptr))
        return np.minimum(seats[self.rooms.idx], most[self.candidates.module[owner]])

    @cached_property
    def fits_somewhere(self) -> NDArray[np.bool_]:
        """Whether each candidate has a room that is large enough for the least number of people."""
        least = np.array([row.seats_min for row in self.scenario.modules], dtype=np.int64)
        owner = np.repeat(np.arange(len(self.candidates)), np.diff(self.rooms.ptr))
        fits = self.room_seats >= least[self.candidates.module[owner]]
        return np.bincount(owner[fits], minlength=len(self.candidates)) > 0

    @cached_property
    def pairs_by_need(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Pair rows by need, and where those of each need begin: ``rows[ptr[k]:ptr[k + 1]]``."""
        rows = np.argsort(self.pairs.need, kind="stable")
        return rows, np.searchsorted(self.pairs.need[rows], np.arange(len(self.demand.needs) + 1))

    @cached_property
    def person_of_need(self) -> NDArray[np.int64]:
        """Row of the apprentice of each need."""
        return np.array([need.person_idx for need in self.demand.needs], dtype=np.int64)

    @cached_property
    def needs_of_person(self) -> dict[int, list[int]]:
        """Needs of each person who has any."""
        found: dict[int, list[int]] = {}
        for k, need in enumerate(self.demand.needs):
            found.setdefault(need.person_idx, []).append(k)
        return found

    @cached_property
    def unmeetable(self) -> frozenset[int]:
        """Needs that no single candidate cohort could meet, whoever else is in it."""
        meetable = set(self.pairs.need[self.viable_pairs].tolist())
        return frozenset(k for k in range(len(self.demand.needs)) if k not in meetable)

    @property
    def rounding_slack(self) -> int:
        """Units by which rounding may make a plan look dearer than it is; 0 if amounts are exact."""
        if self.money.exact:
            return 0
        slots = sum(len(loss.members) for loss in self.crew_losses) * len(self.candidates.slots)
        return 2 * (len(self.demand.needs) * 4 + len(self.candidates)) + slots

    @cached_property
    def constant(self) -> int:
        """Units that every allowed plan is charged: what frozen cohorts and their seats cost, and lost seats.

        Frozen cohorts' line loss is not in here: new seats may share its minutes.
        """
        frozen = self.facts.frozen
        seats = tuple(
            Seat(apprentice=apprentice, module=row.cohort.module, cohort=row.cohort.cohort)
            for row in frozen
            for apprentice in row.apprentices
        )
        plan = Plan(first_day=self.settings.first_day, cohorts=tuple(row.cohort for row in frozen), seats=seats)
        measures, tariff = measure(self.scenario, plan), self.tariff
        units = self.money.units(tariff.dollars * Fraction(measures.dollars))
        units += self.money.units(tariff.travel_minutes * Fraction(measures.travel_minutes))
        units += self.money.units(tariff.cohorts * len(frozen))
        changes = self.facts.gone + len(self.facts.published_keys)
        return units + self.money.units(tariff.changes * changes)
