"""The tables of a scenario, one row type each, with every column's unit and default.

The docstring and the field descriptions are what templates, messages and the reference show.
Defaults are the contract's; ``None`` stands for an empty cell that has no value of its own.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from pydantic import BaseModel, ConfigDict, Field

from lineside.models.cells import (
    MODES,
    Assignments,
    CellType,
    Clock,
    ClosureKind,
    Count,
    Cycle,
    Date,
    DateList,
    Days,
    FreeText,
    HoursOfLetters,
    HoursOfWeek,
    Identifier,
    IdList,
    Latitude,
    Longitude,
    Minutes,
    ModeList,
    Number,
    PositiveCount,
    PositiveMinutes,
    PositiveNumber,
    Reference,
    SessionKindList,
    SiteKind,
    Zip,
    accepted_by,
)


class Row(BaseModel):
    """A row of a table: immutable, and refusing columns that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Company(Row):
    """An employer and what its agreement allows."""

    company: Identifier = Field(description="id of the company")
    name: FreeText = Field(description="name shown to people")
    sessions: SessionKindList = Field(description="kinds of session the agreement allows")
    release_minutes: Minutes = Field(description="most working minutes one apprentice may lose to one meeting")
    meal_kept_minutes: Minutes = Field(0, description="minutes of the meal break that a lunch session must leave free")
    class_wage: Number = Field(Decimal(0), description="dollars an hour paid for meeting time outside the shift")
    state: FreeText = Field("", description="state, for information")


class Site(Row):
    """A place where meetings can be held or lines run."""

    site: Identifier = Field(description="id of the site")
    name: FreeText = Field(description="name shown to people")
    kind: SiteKind = Field(description="what the site is; at an online site the mode is online")
    company: Reference | None = Field(None, description="company that owns the plant")
    open_to: IdList = Field(description="all, own, or the companies whose apprentices may come")
    zip: Zip | None = Field(None, description="zip code, where no coordinates are given")
    latitude: Latitude | None = Field(None, description="degrees north")
    longitude: Longitude | None = Field(None, description="degrees east (negative in America)")


class Room(Row):
    """A room of a site; an online site's room stands for a licence."""

    room: Identifier = Field(description="id of the room")
    site: Reference = Field(description="site it is at")
    seats: PositiveCount = Field(description="seats for apprentices")
    features: IdList = Field((), description="what it offers, such as lab or trainer")
    hours: HoursOfWeek = Field(description="when it is open")
    dollars_per_hour: Number = Field(Decimal(0), description="dollars for an hour of meeting")


class Line(Row):
    """A production line at a plant."""

    line: Identifier = Field(description="id of the line")
    site: Reference = Field(description="plant it stands in; its company is the site's")
    name: FreeText = Field(description="name shown to people")
    weight: Number = Field(Decimal(1), description="what a lost minute counts; a bottleneck counts more")


class Rota(Row):
    """A shift cycle. It has no end: shifts before the anchor and after the horizon exist."""

    rota: Identifier = Field(description="id of the rota")
    company: Reference = Field(description="company whose rota it is")
    anchor: Date = Field(description="date of the cycle's first day")
    cycle: Cycle = Field(description="a letter a day, O is off")
    hours: HoursOfLetters = Field(description="clock of each letter's shift")
    meals: HoursOfLetters = Field((), description="meal breaks inside each letter's shift")


class Crew(Row):
    """The people of one rota on one line."""

    line: Reference = Field(description="line")
    rota: Reference = Field(description="rota")
    headcount: PositiveCount = Field(description="operators on the crew")
    minimum: Count = Field(description="operators below which the line stops")
    relief: Count = Field(0, description="operators who can cover an absence")


class Module(Row):
    """A course that a cohort takes together."""

    module: Identifier = Field(description="id of the module")
    name: FreeText = Field(description="name shown to people")
    hours: PositiveNumber = Field(description="hours of meetings; a fraction if it is whole minutes")
    seats_min: PositiveCount = Field(description="fewest people of a cohort")
    seats_max: PositiveCount = Field(description="most people of a cohort")
    session_min: PositiveMinutes = Field(description="shortest session in minutes")
    session_max: PositiveMinutes = Field(description="longest session in minutes")
    day_max: PositiveMinutes | None = Field(None, description="most meeting minutes on a day")
    week_max: PositiveMinutes | None = Field(None, description="most meeting minutes in a week")
    modes: ModeList = Field(MODES, description="modes it can be taught in; empty: any")
    features: IdList = Field((), description="features its room must have")
    after: IdList = Field((), description="modules that come first")
    dollars_per_seat: Number = Field(Decimal(0), description="dollars for each seat")
    self_study_hours: Number = Field(Decimal(0), description="hours outside meetings that count for the program")

    @property
    def minutes(self) -> int:
        """Meeting minutes of the module."""
        return int(Fraction(self.hours) * 60)


class Requirement(Row):
    """One option of one requirement of a program: the modules that meet it."""

    program: Identifier = Field(description="program")
    requirement: Identifier = Field(description="requirement of the program; no = in it")
    option: Identifier = Field(description="option of the requirement; no = in it")
    modules: IdList = Field(description="modules of the option")


class Instructor(Row):
    """Who teaches what, when and how much."""

    instructor: Identifier = Field(description="id of the instructor")
    name: FreeText = Field(description="name shown to people")
    modules: IdList = Field(description="modules the instructor can teach")
    hours: HoursOfWeek = Field(description="when the instructor can teach")
    week_minutes: Minutes = Field(description="most meeting minutes in a week")
    dollars_per_hour: Number = Field(description="dollars for an hour of meeting")


class Pattern(Row):
    """Weekly days, a start and a length that cohorts may use at some sites."""

    pattern: Identifier = Field(description="id of the pattern")
    days: Days = Field(description="days of the week")
    start: Clock = Field(description="start of each meeting")
    minutes: PositiveMinutes = Field(description="length of each meeting in minutes")
    sites: IdList = Field(description="all, or the sites that may use it")


class Apprentice(Row):
    """A production worker in the program, and what this horizon should bring."""

    apprentice: Identifier = Field(description="id of the apprentice")
    name: FreeText = Field(description="name shown to people")
    company: Reference = Field(description="employer; the line's and the rota's company")
    line: Reference = Field(description="line the apprentice works on")
    rota: Reference = Field(description="rota the apprentice works by")
    program: Reference = Field(description="program")
    credits: IdList = Field((), description="modules done")
    options: Assignments = Field((), description="choices already made, as requirement=option")
    wanted: IdList | None = Field(None, description="only these modules in this horizon; empty: all")
    zip: Zip | None = Field(None, description="home zip code; empty: days off count from the plant")
    travel_max: Minutes = Field(description="most minutes of travel one way")
    modes: ModeList = Field(MODES, description="modes the apprentice accepts; empty: any")
    off_dates: DateList = Field((), description="dates without a meeting")
    starts: Date | None = Field(None, description="first date for meetings")
    due: Date | None = Field(None, description="last date for meetings")
    priority: Number = Field(Decimal(1), description="weight of the apprentice's unseated hours")
    party: Identifier | None = Field(None, description="people of a party ride together")


class Closure(Row):
    """Dates on which something is closed, shut down or at peak; first and last are included."""

    scope: FreeText = Field(description="all, site:ID or company:ID")
    first: Date = Field(description="first date")
    last: Date = Field(description="last date")
    kind: ClosureKind = Field(description="closed: no meetings; shutdown: no meetings, no shifts; peak: no release")
    reason: FreeText = Field("", description="why, for information")


class Travel(Row):
    """Minutes between two places, both ways; a site is named by its id, a home by its zip."""

    origin: Reference = Field(description="site or zip")
    destination: Reference = Field(description="site or zip")
    minutes: Minutes = Field(description="minutes one way")


class Pin(Row):
    """A seat of the published plan that must stand, or a module that must not be seated."""

    apprentice: Reference = Field(description="apprentice")
    module: Reference = Field(description="module")
    cohort: FreeText = Field(description="id of a cohort of the published plan, or none")


TABLES: dict[str, type[Row]] = {
    "companies": Company,
    "sites": Site,
    "rooms": Room,
    "lines": Line,
    "rotas": Rota,
    "crews": Crew,
    "modules": Module,
    "requirements": Requirement,
    "instructors": Instructor,
    "patterns": Pattern,
    "apprentices": Apprentice,
    "closures": Closure,
    "travel": Travel,
    "pins": Pin,
}
"""Row type of each table, in the order in which tables are written."""

OPTIONAL_TABLES = frozenset({"patterns", "closures", "travel", "pins"})
"""Tables that may be missing."""

KEYS: dict[str, tuple[str, ...]] = {
    "companies": ("company",),
    "sites": ("site",),
    "rooms": ("room",),
    "lines": ("line",),
    "rotas": ("rota",),
    "crews": ("line", "rota"),
    "modules": ("module",),
    "requirements": ("program", "requirement", "option"),
    "instructors": ("instructor",),
    "patterns": ("pattern",),
    "apprentices": ("apprentice",),
    "pins": ("apprentice", "module"),
}
"""Columns that together may not repeat within a table."""


def cell_type(table: str, column: str) -> CellType:
    """Return what a column accepts.

    Raises
    ------
    KeyError
        If there is no such table or column.
    """
    accepted = accepted_by(TABLES[table], column)
    if accepted is None:
        raise KeyError(column)
    return accepted


def is_required(table: str, column: str) -> bool:
    """Return whether a column must be there and every cell of it filled."""
    return TABLES[table].model_fields[column].is_required()
