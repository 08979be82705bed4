"""What each setting means, taken from the settings' own types, descriptions and rules."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from lineside.models.raw import SECTIONS, setting_type
from lineside.models.rules import RULES
from lineside.models.scenario import Settings

RULE_OF = {
    "modules_at_once": "modules-at-once",
    "class_minutes_per_week": "class-week",
    "week_minutes": "work-week",
    "duty_minutes": "duty",
    "rest_minutes": "duty",
    "keep_day_off": "day-off",
    "adjacent_minutes": "session-kind",
    "frozen_until": "frozen",
    "weeks": "hours",
}
"""The rule that a setting belongs to, by name."""

PRICE_UNIT = "line-minutes"


@dataclass(frozen=True)
class Field:
    """A setting as a planner meets it.

    Parameters
    ----------
    section, key
        Where it stands; the section is None at the top.
    label
        Its name in words, with its unit.
    kind
        ``minutes``, ``count``, ``number``, ``date``, ``text`` or ``yes-or-no``.
    meaning
        What it says, as a sentence without its end.
    rule
        The sentence of its rule, or None.
    default
        What holds if nothing is written; None if it must be written or nothing holds.
    step
        How far one press of plus or minus goes.
    """

    section: str | None
    key: str
    label: str
    kind: str
    meaning: str
    rule: str | None
    default: Any
    step: float

    @property
    def is_price(self) -> bool:
        """Whether it is a price."""
        return self.section == "prices"


def fields(section: str | None) -> list[Field]:
    """Return the settings of a section, or those at the top; the name has its own place."""
    model = Settings if section is None else SECTIONS[section]
    return [_field(section, model, key) for key in model.model_fields if key not in SECTIONS and key != "name"]


def _field(section: str | None, model: type[BaseModel], key: str) -> Field:
    info, cell = model.model_fields[key], setting_type(section, key)
    kind = "yes-or-no" if cell is None else cell.kind
    default = None if info.is_required() else info.get_default()
    words = key.replace("_", " ").capitalize()
    unit = PRICE_UNIT if section == "prices" else kind if kind == "minutes" else ""
    if unit and unit in words.lower():
        unit = ""
    return Field(
        section=section,
        key=key,
        label=f"{words} ({unit})" if unit else words,
        kind=kind,
        meaning=info.description or "",
        rule=RULES[RULE_OF[key]].sentence if key in RULE_OF else None,
        default=float(default) if isinstance(default, Decimal) else default,
        step=step_of(kind, float(default) if isinstance(default, int | Decimal) else 0.0),
    )


def step_of(kind: str, default: float) -> float:
    """Return how far one press of plus or minus goes: about a tenth, in a round figure.

    >>> step_of("minutes", 840), step_of("minutes", 120), step_of("count", 2)
    (60, 15, 1)
    >>> step_of("number", 60), step_of("number", 0.05), step_of("number", 0)
    (5.0, 0.005, 0.1)
    """
    if kind == "count":
        return 1
    if kind == "minutes":
        return next(minutes for minutes in (60, 30, 15, 5) if minutes * 8 <= max(default, 40))
    if default <= 0:
        return 0.1
    ten = 10.0 ** math.floor(math.log10(default / 10) + 1e-9)
    return round(5 * ten if 5 * ten <= default / 10 + 1e-12 else ten, 12)


def in_words(field: Field, value: Any) -> str:
    """Return what a setting says at a value, and its default.

    >>> (dollar,) = [field for field in fields("prices") if field.key == "dollar"]
    >>> in_words(dollar, 0.05)
    '0.05 line-minutes per dollar of delivery cost. Default: 0.05.'
    >>> (modules,) = [field for field in fields("rules") if field.key == "modules_at_once"]
    >>> in_words(modules, 3).partition("Rule ")[2]
    'modules-at-once: At most 3 cohorts of one apprentice meet in a week.'
    """
    default = f" Default: {shown(field.default)}." if field.section or field.default is not None else ""
    if field.is_price:
        return f"{shown(value)} line-minutes {field.meaning}.{default}"
    meaning = field.meaning[:1].upper() + field.meaning[1:]
    hours = f" {value:,} minutes are {_hours(value)}." if field.kind == "minutes" else ""
    rule = f" Rule {RULE_OF[field.key]}: {_rule_at(field, value)}" if field.rule else ""
    return f"{meaning}.{hours}{default}{rule}"


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest} min" if rest else f"{hours} h"


def _rule_at(field: Field, value: Any) -> str:
    """Return the sentence of a setting's rule with the setting's value, and other settings by their names in words."""
    sentence = field.rule or ""
    if value not in (None, ""):
        sentence = sentence.replace(field.key, shown(value))
    for other in RULE_OF:
        sentence = sentence.replace(other, f"“{other.replace('_', ' ')}”")
    return sentence


def shown(value: Any) -> str:
    """Return a setting's value as people read it.

    >>> shown(True), shown(3600), shown(0.02), shown(None)
    ('yes', '3,600', '0.02', 'none')
    """
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.10g}"
    return f"{value:,}" if isinstance(value, int) else str(value)
