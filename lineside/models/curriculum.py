"""What an apprentice must learn: requirements, the options that are a choice, and needed modules."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property

from lineside.models.scenario import Scenario
from lineside.models.tables import Apprentice


class Curriculum:
    """The programs of a scenario.

    Parameters
    ----------
    scenario
        A scenario without mistakes.
    """

    def __init__(self, scenario: Scenario) -> None:
        self._scenario = scenario
        self._hours = {row.module: row.hours for row in scenario.modules}

    @cached_property
    def programs(self) -> dict[str, dict[str, dict[str, tuple[str, ...]]]]:
        """Modules by program, requirement and option, in table order."""
        programs: dict[str, dict[str, dict[str, tuple[str, ...]]]] = {}
        for row in self._scenario.requirements:
            programs.setdefault(row.program, {}).setdefault(row.requirement, {})[row.option] = row.modules
        return programs

    def is_wanted(self, apprentice: Apprentice, module: str) -> bool:
        """Return whether this horizon should bring a module (an empty list means all)."""
        return apprentice.wanted is None or module in apprentice.wanted

    def choices(self, apprentice: Apprentice) -> dict[str, tuple[str, ...]]:
        """Return the options that could be chosen for each requirement of an apprentice's program.

        What the table fixes is the choice in any case. An option without a wanted module is no
        choice while another option has one; credits do not matter here.
        """
        fixed = dict(apprentice.options)
        result: dict[str, tuple[str, ...]] = {}
        for requirement, options in self.programs[apprentice.program].items():
            if requirement in fixed:
                result[requirement] = (fixed[requirement],)
                continue
            result[requirement] = tuple(options)
            if apprentice.wanted is not None and len(options) > 1:
                wanted = tuple(o for o, modules in options.items() if not set(modules).isdisjoint(apprentice.wanted))
                result[requirement] = wanted or tuple(options)
        return result

    def open_modules(self, apprentice: Apprentice, modules: tuple[str, ...]) -> tuple[str, ...]:
        """Return those modules that are wanted and not credited."""
        return tuple(m for m in modules if self.is_wanted(apprentice, m) and m not in apprentice.credits)

    def needed(self, apprentice: Apprentice, chosen: Mapping[str, str]) -> tuple[str, ...]:
        """Return the modules an apprentice needs under chosen options, by requirement, in table order."""
        program = self.programs[apprentice.program]
        return tuple(m for req, option in chosen.items() for m in self.open_modules(apprentice, program[req][option]))

    def requirement_of(self, program: str, module: str) -> str | None:
        """Return the requirement of a program in which a module stands, or None."""
        for requirement, options in self.programs[program].items():
            if any(module in modules for modules in options.values()):
                return requirement
        return None

    def in_chosen(self, apprentice: Apprentice, chosen: Mapping[str, str], module: str) -> bool:
        """Return whether a module is in the apprentice's program and in a chosen option."""
        requirement = self.requirement_of(apprentice.program, module)
        if requirement is None:
            return False
        return module in self.programs[apprentice.program][requirement][chosen[requirement]]

    def weighted_hours(self, apprentice: Apprentice, module: str) -> Decimal:
        """Return the module's hours times the apprentice's priority."""
        return self._hours[module] * apprentice.priority
