"""A scenario: everything the contract's tables and settings say about one region."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from lineside.models.cells import Count, Date, FreeText, Minutes, Number, PositiveCount
from lineside.models.plan import Plan
from lineside.models.tables import (
    Apprentice,
    Closure,
    Company,
    Crew,
    Instructor,
    Line,
    Module,
    Pattern,
    Pin,
    Requirement,
    Room,
    Rota,
    Site,
    Travel,
)


class Rules(BaseModel):
    """Limits of the section ``[rules]``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    modules_at_once: Count = Field(2, description="cohorts of one apprentice that may meet in the same week")
    class_minutes_per_week: Minutes = Field(300, description="most meeting minutes of an apprentice in a week")
    week_minutes: Minutes = Field(
        3600, description="most worked minutes plus meeting minutes outside shifts, in a week with a meeting"
    )
    duty_minutes: Minutes = Field(840, description="longest stretch of work and class, travel included")
    rest_minutes: Minutes = Field(480, description="gap that ends a stretch")
    keep_day_off: bool = Field(True, description="one free date of each week stays without a meeting")
    adjacent_minutes: Minutes = Field(120, description="how near a shift makes a session before or after")


class Prices(BaseModel):
    """Line-minutes charged for what is not line time, from the section ``[prices]``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unseated_hour: Number = Field(Decimal(60), description="per wanted hour of instruction not seated")
    dollar: Number = Field(Decimal("0.05"), description="per dollar of delivery cost")
    travel_minute: Number = Field(Decimal("0.02"), description="per minute travelled")
    change: Number = Field(Decimal(30), description="per seat that differs from the published plan")
    worst_company: Number = Field(Decimal(0), description="per line-minute lost at the company that loses most")

    def by_measure(self) -> dict[str, Decimal]:
        """Return what one of each measure of a plan is charged, in line-minutes, in the order of the objective.

        >>> Prices().by_measure()["dollars"]
        Decimal('0.05')
        """
        return {
            "line_time_lost": Decimal(1),
            "unseated_hours": self.unseated_hour,
            "dollars": self.dollar,
            "travel_minutes": self.travel_minute,
            "changes": self.change,
            "worst_company": self.worst_company,
        }


class Settings(BaseModel):
    """The keys of ``scenario.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: FreeText = Field(description="title of the scenario")
    timezone: FreeText = Field(description="IANA time zone")
    first_day: Date = Field(description="first day of the horizon, a Monday")
    weeks: PositiveCount = Field(description="length of the horizon in weeks")
    holidays: FreeText | None = Field(None, description="country or country-subdivision code such as US-WI")
    frozen_until: Date | None = Field(None, description="published cohorts that start before this date stay")
    rules: Rules = Rules()
    prices: Prices = Prices()

    @property
    def last_day(self) -> dt.date:
        """Last date of the horizon, a Sunday."""
        return self.first_day + dt.timedelta(days=7 * self.weeks - 1)

    @property
    def zone(self) -> ZoneInfo:
        """Time zone of every clock time of the scenario."""
        return ZoneInfo(self.timezone)


class Scenario(BaseModel):
    """Settings, tables and the plan in force, as read and found free of mistakes.

    Rows keep the order of their tables. The ``*_by_id`` maps are built on first use.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    settings: Settings
    companies: tuple[Company, ...]
    sites: tuple[Site, ...]
    rooms: tuple[Room, ...]
    lines: tuple[Line, ...]
    rotas: tuple[Rota, ...]
    crews: tuple[Crew, ...]
    modules: tuple[Module, ...]
    requirements: tuple[Requirement, ...]
    instructors: tuple[Instructor, ...]
    patterns: tuple[Pattern, ...] | None = None
    apprentices: tuple[Apprentice, ...]
    closures: tuple[Closure, ...] = ()
    travel: tuple[Travel, ...] = ()
    pins: tuple[Pin, ...] = ()
    published: Plan | None = None

    @cached_property
    def company_by_id(self) -> dict[str, Company]:
        """Companies by id."""
        return {row.company: row for row in self.companies}

    @cached_property
    def site_by_id(self) -> dict[str, Site]:
        """Sites by id."""
        return {row.site: row for row in self.sites}

    @cached_property
    def room_by_id(self) -> dict[str, Room]:
        """Rooms by id."""
        return {row.room: row for row in self.rooms}

    @cached_property
    def line_by_id(self) -> dict[str, Line]:
        """Lines by id."""
        return {row.line: row for row in self.lines}

    @cached_property
    def rota_by_id(self) -> dict[str, Rota]:
        """Rotas by id."""
        return {row.rota: row for row in self.rotas}

    @cached_property
    def crew_by_id(self) -> dict[tuple[str, str], Crew]:
        """Crews by line and rota."""
        return {(row.line, row.rota): row for row in self.crews}

    @cached_property
    def module_by_id(self) -> dict[str, Module]:
        """Modules by id."""
        return {row.module: row for row in self.modules}

    @cached_property
    def instructor_by_id(self) -> dict[str, Instructor]:
        """Instructors by id."""
        return {row.instructor: row for row in self.instructors}

    @cached_property
    def apprentice_by_id(self) -> dict[str, Apprentice]:
        """Apprentices by id."""
        return {row.apprentice: row for row in self.apprentices}

    @cached_property
    def parties(self) -> dict[str, tuple[Apprentice, ...]]:
        """Members of each party, in table order."""
        members: dict[str, list[Apprentice]] = {}
        for row in self.apprentices:
            if row.party is not None:
                members.setdefault(row.party, []).append(row)
        return {party: tuple(rows) for party, rows in members.items()}

    def line_site(self, apprentice: Apprentice) -> str:
        """Return the site of an apprentice's line."""
        return self.line_by_id[apprentice.line].site

    def is_open_to(self, site: Site, company: str) -> bool:
        """Return whether a company's apprentices may come to a site (rule ``access``)."""
        if site.company == company and site.company is not None:
            return True
        if "all" in site.open_to:
            return True
        return company in site.open_to
