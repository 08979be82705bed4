"""Requirements, choices and needs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lineside.models.curriculum import Curriculum
from lineside.models.tables import Apprentice
from tests.build import tiny

REQUIREMENTS = {
    "tech/math/std": {"modules": "math"},
    "tech/craft/short": {"modules": "weld"},
    "tech/craft/long": {"modules": "turn mill"},
    "tech/craft/both": {"modules": "weld mill"},
    "other/art/std": {"modules": "art"},
}
MODULES: dict[str, dict[str, Any]] = {name: {} for name in ("weld", "turn", "mill", "art")}


def case(**cells: str) -> tuple[Curriculum, Apprentice]:
    scenario = tiny(modules=MODULES, requirements=REQUIREMENTS, apprentices={"a1": cells})
    return Curriculum(scenario), scenario.apprentices[0]


def test_everything_is_wanted_by_default() -> None:
    curriculum, ann = case()
    assert curriculum.choices(ann) == {"math": ("std",), "craft": ("short", "long", "both")}


def test_an_option_without_a_wanted_module_is_no_choice() -> None:
    curriculum, ann = case(wanted="math turn")
    assert curriculum.choices(ann) == {"math": ("std",), "craft": ("long",)}
    curriculum, ann = case(wanted="mill")
    assert curriculum.choices(ann)["craft"] == ("long", "both")


def test_if_no_option_has_a_wanted_module_all_are_choices() -> None:
    curriculum, ann = case(wanted="math")
    assert curriculum.choices(ann)["craft"] == ("short", "long", "both")


def test_credits_do_not_decide_choices() -> None:
    curriculum, ann = case(credits="weld turn mill")
    assert curriculum.choices(ann)["craft"] == ("short", "long", "both")


def test_a_fixed_option_is_the_choice_in_any_case() -> None:
    curriculum, ann = case(options="craft=short", wanted="turn")
    assert curriculum.choices(ann)["craft"] == ("short",)
    assert curriculum.needed(ann, {"math": "std", "craft": "short"}) == ()


def test_needs_are_wanted_and_not_credited() -> None:
    curriculum, ann = case(credits="mill", wanted="math turn mill")
    assert curriculum.needed(ann, {"math": "std", "craft": "long"}) == ("math", "turn")
    assert curriculum.needed(ann, {"math": "std", "craft": "both"}) == ("math",)


def test_modules_of_a_program() -> None:
    curriculum, ann = case()
    assert curriculum.requirement_of("tech", "mill") == "craft"
    assert curriculum.requirement_of("tech", "art") is None
    assert curriculum.requirement_of("other", "art") == "art"
    assert curriculum.in_chosen(ann, {"math": "std", "craft": "both"}, "mill")
    assert not curriculum.in_chosen(ann, {"math": "std", "craft": "short"}, "mill")
    assert not curriculum.in_chosen(ann, {"math": "std", "craft": "short"}, "art")


def test_weighted_hours() -> None:
    scenario = tiny(modules={"math": {"hours": "20.1"}}, apprentices={"a1": {"priority": "1.5"}})
    assert Curriculum(scenario).weighted_hours(scenario.apprentices[0], "math") == Decimal("30.15")
