"""Warnings: what is legal in a scenario, but hardly meant."""

from __future__ import annotations

from collections.abc import Iterator

from lineside.models.curriculum import Curriculum
from lineside.models.mistakes import name_some
from lineside.models.scenario import Scenario
from lineside.models.tables import OPTIONAL_TABLES, TABLES, Apprentice, Module, Room


def scenario_warnings(scenario: Scenario) -> Iterator[str]:
    """Yield a sentence for everything that a planner should look at, with the ids that are meant."""
    yield from _empty_tables(scenario)
    yield from _blocked_modules(scenario)
    yield from _useless_wishes(scenario)
    yield from _useless_pins(scenario)
    yield from _dates(scenario)
    yield from _teaching(scenario)
    yield from _closed_plants(scenario)


def _empty_tables(scenario: Scenario) -> Iterator[str]:
    tables = [table for table in TABLES if table not in OPTIONAL_TABLES and not getattr(scenario, table)]
    if tables:
        yield f"No rows in {name_some(tables, len(TABLES))}, so nothing can be planned. Fill in the tables."


def _blocked_modules(scenario: Scenario) -> Iterator[str]:
    """Wanted modules whose earlier module no plan can bring (the last line of the contract's fine print)."""
    curriculum = Curriculum(scenario)
    after = {row.module: row.after for row in scenario.modules if row.after}
    seated = {(seat.apprentice, seat.module) for seat in scenario.published.seats} if scenario.published else set()
    blocked: dict[tuple[str, str], list[str]] = {}
    for person in scenario.apprentices:
        for module in person.wanted or ():
            if module not in after or module in person.credits:
                continue
            for earlier in after[module]:
                is_met = curriculum.is_wanted(person, earlier) or earlier in person.credits
                is_met = is_met or (person.apprentice, earlier) in seated
                if not is_met and _must_precede(curriculum, person, module, earlier):
                    blocked.setdefault((module, earlier), []).append(person.apprentice)
    for (module, earlier), people in blocked.items():
        yield (
            f"{module} is wanted by {name_some(people)}, but {earlier}, which comes before it, is neither credited nor "
            f"wanted, so it can never be seated. Add {earlier} to credits or wanted, or remove {module} from wanted."
        )


def _must_precede(curriculum: Curriculum, person: Apprentice, module: str, earlier: str) -> bool:
    """Return whether every choice of options that asks for a module also asks for the earlier one."""
    home, earlier_home = (curriculum.requirement_of(person.program, name) for name in (module, earlier))
    if home is None or earlier_home is None:
        return False
    options, choices = curriculum.programs[person.program], curriculum.choices(person)
    asking = [option for option in choices[home] if module in options[home][option]]
    if home == earlier_home:
        return bool(asking) and all(earlier in options[home][option] for option in asking)
    return bool(asking) and all(earlier in options[earlier_home][option] for option in choices[earlier_home])


def _useless_wishes(scenario: Scenario) -> Iterator[str]:
    curriculum = Curriculum(scenario)
    outside: dict[tuple[str, str], list[str]] = {}
    for person in scenario.apprentices:
        for module in person.wanted or ():
            if curriculum.requirement_of(person.program, module) is None:
                outside.setdefault((module, person.program), []).append(person.apprentice)
    for (module, program), people in outside.items():
        yield (
            f"{module} is wanted by {name_some(people)}, but is not in program {program}, so it is never seated. "
            "Remove it from wanted, or add it to the program."
        )


def _useless_pins(scenario: Scenario) -> Iterator[str]:
    curriculum = Curriculum(scenario)
    for pin in scenario.pins:
        person = scenario.apprentice_by_id[pin.apprentice]
        is_open = curriculum.is_wanted(person, pin.module) and pin.module not in person.credits
        if pin.cohort != "none" and not (is_open and curriculum.requirement_of(person.program, pin.module)):
            yield (
                f"{pin.apprentice} is pinned to {pin.cohort}, but does not need {pin.module}, so no plan can keep the "
                "pin unless the cohort is frozen. Remove the pin, or correct wanted and credits."
            )


def _dates(scenario: Scenario) -> Iterator[str]:
    first, last = scenario.settings.first_day, scenario.settings.last_day
    late = [a.apprentice for a in scenario.apprentices if a.starts is not None and a.starts > last]
    early = [a.apprentice for a in scenario.apprentices if a.due is not None and a.due < first]
    if late:
        yield f"The column starts is after the last day {last} for {name_some(late)}, so they get no seat. Check it."
    if early:
        yield f"The column due is before the first day {first} for {name_some(early)}, so they get no seat. Check it."
    frozen = scenario.settings.frozen_until
    if frozen is not None and frozen > last:
        yield f"frozen_until {frozen} is after the last day {last}, so no new cohort can start. Choose an earlier date."


def _teaching(scenario: Scenario) -> Iterator[str]:
    needed = _needed(scenario)
    taught = {m for row in scenario.instructors for m in row.modules}
    for module in scenario.modules:
        if module.module not in needed:
            continue
        if module.module not in taught:
            yield f"No instructor teaches {module.module}, which somebody needs. Add it to the modules of one."
        yield from _short_caps(module)
        if not any(_suits(room, module, scenario) for room in scenario.rooms):
            features = f" and features {' '.join(module.features)}" if module.features else ""
            needs = f"{module.seats_min} seats, mode {' or '.join(module.modes)}{features}"
            yield f"No room suits {module.module}, which needs {needs}. Add a room, or correct the module."


def _needed(scenario: Scenario) -> set[str]:
    """Return the modules that somebody may need in this horizon."""
    curriculum = Curriculum(scenario)
    return {
        module
        for person in scenario.apprentices
        for requirement, options in curriculum.choices(person).items()
        for option in options
        for module in curriculum.open_modules(person, curriculum.programs[person.program][requirement][option])
    }


def _short_caps(module: Module) -> Iterator[str]:
    # The last meeting is cut, so a short module may stay below its shortest session.
    shortest = min(module.session_min, module.minutes)
    for cap, limit in (("day_max", module.day_max), ("week_max", module.week_max)):
        if limit is not None and limit < shortest:
            fact = f"{cap} {limit} of {module.module} is below its shortest session of {shortest} minutes"
            yield f"{fact}, so no cohort can meet. Raise it, or shorten the session."


def _suits(room: Room, module: Module, scenario: Scenario) -> bool:
    mode = "online" if scenario.site_by_id[room.site].kind == "online" else "classroom"
    return mode in module.modes and room.seats >= module.seats_min and set(module.features) <= set(room.features)


def _closed_plants(scenario: Scenario) -> Iterator[str]:
    for site in scenario.sites:
        if site.company is None and site.open_to == ("own",):
            yield f"Site {site.site} is open to its own company only, but has none. Give its company, or open it."
