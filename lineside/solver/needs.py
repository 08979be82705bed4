"""Needs, options and order: what each apprentice lacks, and under which choices."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from lineside.models.curriculum import Curriculum
from lineside.models.scenario import Scenario
from lineside.models.tables import Apprentice
from lineside.solver.facts import Facts
from lineside.solver.money import Money
from lineside.solver.tariff import Tariff


@dataclass(frozen=True)
class Need:
    """A wanted, uncredited module that a person may have to take, and that no frozen seat gives.

    Parameters
    ----------
    person_idx, module_idx
        Who needs what.
    price
        Units charged if it is needed and has no seat.
    options
        Indices of the options under which it is needed; empty if it is needed in any case.
    """

    person_idx: int
    module_idx: int
    price: int
    options: tuple[int, ...]


@dataclass(frozen=True)
class Option:
    """One of several options that could be chosen for a requirement of a person."""

    person_idx: int
    requirement: str
    option: str


@dataclass(frozen=True)
class Earlier:
    """An earlier module that a need waits for (rule ``order``).

    Parameters
    ----------
    need_idx
        The need that waits.
    need_before
        The need of the earlier module, or -1 if it can have no new seat.
    frozen_last
        Ordinal of the last date of the frozen cohort that gives the earlier module, or None.
    options
        Options under which the earlier module is required; empty if it is required in any case.
    """

    need_idx: int
    need_before: int
    frozen_last: int | None
    options: tuple[int, ...]


@dataclass(frozen=True)
class Demand:
    """Everything that the people of a scenario need.

    Parameters
    ----------
    choices
        Groups of option indices of which exactly one is chosen.
    fixed_choices
        Person, requirement and option wherever only one can be chosen, by person and requirement.
    """

    needs: tuple[Need, ...]
    options: tuple[Option, ...]
    choices: tuple[tuple[int, ...], ...]
    fixed_choices: dict[tuple[int, str], str]
    earlier: tuple[Earlier, ...]

    def required_under(self, need: Need, chosen: frozenset[int]) -> bool:
        """Return whether a need is one under chosen options."""
        return not need.options or any(option in chosen for option in need.options)


class _Collector:
    def __init__(self, scenario: Scenario, facts: Facts, money: Money, tariff: Tariff) -> None:
        self.scenario, self.facts, self.money, self._hour = scenario, facts, money, tariff.unseated_hours
        self.curriculum = Curriculum(scenario)
        self.module_idx = {row.module: idx for idx, row in enumerate(scenario.modules)}
        self.needs: list[Need] = []
        self.options: list[Option] = []
        self.choices: list[tuple[int, ...]] = []
        self.fixed: dict[tuple[int, str], str] = {}
        self.option_idx: dict[tuple[int, str, str], int] = {}
        self.need_idx: dict[tuple[int, int], int] = {}

    def collect(self, person_idx: int, person: Apprentice) -> None:
        program = self.curriculum.programs[person.program]
        for requirement, options in self.curriculum.choices(person).items():
            if len(options) > 1:
                first = len(self.options)
                for option in options:
                    self.option_idx[person_idx, requirement, option] = len(self.options)
                    self.options.append(Option(person_idx, requirement, option))
                self.choices.append(tuple(range(first, len(self.options))))
            else:
                self.fixed[person_idx, requirement] = options[0]
            under: dict[str, list[int]] = {}
            for option in options:
                for module in self.curriculum.open_modules(person, program[requirement][option]):
                    under.setdefault(module, []).extend(self._index(person_idx, requirement, option))
            for module, indices in under.items():
                self._add(person_idx, person, module, self._whole_choice(len(options), indices))

    def _index(self, person_idx: int, requirement: str, option: str) -> list[int]:
        idx = self.option_idx.get((person_idx, requirement, option))
        return [] if idx is None else [idx]

    @staticmethod
    def _whole_choice(num_options: int, indices: list[int]) -> tuple[int, ...]:
        """Return no condition at all for a module that stands in every option of the choice."""
        return () if len(indices) == num_options else tuple(indices)

    def _add(self, person_idx: int, person: Apprentice, module: str, options: tuple[int, ...]) -> None:
        if module in self.facts.frozen_seats.get(person.apprentice, ()):
            return
        hours = Fraction(self.curriculum.weighted_hours(person, module))
        price = self.money.units(self._hour * hours)
        self.need_idx[person_idx, self.module_idx[module]] = len(self.needs)
        self.needs.append(Need(person_idx, self.module_idx[module], price, options))

    def earlier(self) -> list[Earlier]:
        rows: list[Earlier] = []
        for need_idx, need in enumerate(self.needs):
            person = self.scenario.apprentices[need.person_idx]
            for module in self.scenario.modules[need.module_idx].after:
                row = self._earlier(need_idx, need.person_idx, person, module)
                if row is not None:
                    rows.append(row)
        return rows

    def _earlier(self, need_idx: int, person_idx: int, person: Apprentice, module: str) -> Earlier | None:
        requirement = self.curriculum.requirement_of(person.program, module)
        if module in person.credits or requirement is None:
            return None
        choosable = self.curriculum.choices(person)[requirement]
        program = self.curriculum.programs[person.program]
        containing = [option for option in choosable if module in program[requirement][option]]
        if not containing:
            return None
        indices = [k for option in containing for k in self._index(person_idx, requirement, option)]
        options = self._whole_choice(len(choosable), indices)
        before = self.need_idx.get((person_idx, self.module_idx[module]), -1)
        return Earlier(need_idx, before, self._frozen_last(person, module), options)

    def _frozen_last(self, person: Apprentice, module: str) -> int | None:
        lasts = [
            max(meeting.date.toordinal() for meeting in row.cohort.meetings)
            for row in self.facts.frozen
            if row.cohort.module == module and person.apprentice in row.apprentices
        ]
        return min(lasts, default=None)


def demand_of(scenario: Scenario, facts: Facts, money: Money, tariff: Tariff) -> Demand:
    """Return the needs, options and order of a scenario."""
    collector = _Collector(scenario, facts, money, tariff)
    for person_idx, person in enumerate(scenario.apprentices):
        collector.collect(person_idx, person)
    return Demand(
        tuple(collector.needs),
        tuple(collector.options),
        tuple(collector.choices),
        collector.fixed,
        tuple(collector.earlier()),
    )


def pins_without_need(scenario: Scenario, facts: Facts, demand: Demand) -> tuple[tuple[str, str], ...]:
    """Return the apprentices and modules whose pinned seat breaks ``need`` whatever is chosen: no plan is allowed."""
    needed = {
        (scenario.apprentices[need.person_idx].apprentice, scenario.modules[need.module_idx].module)
        for need in demand.needs
    }
    return tuple(seat for seat in facts.pinned if seat not in needed)
