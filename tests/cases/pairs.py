"""Rules of two seats of one person: ``clash`` and ``modules-at-once``, and weekly caps that add up."""

from __future__ import annotations

from typing import Any

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from tests.build import open_cohort, plan_of, tiny
from tests.cases.case import AllowedCase, RuleCase

RULE_CASES: list[RuleCase] = []
ALLOWED_CASES: list[AllowedCase] = []


def two_lessons(first: str, second: str, site: str = "plant", **changes: Any) -> tuple[Scenario, Plan, Plan]:
    """Return a scenario with math at the college and art elsewhere, a plan of both, and a plan of art alone.

    Each module takes an hour and fits one pattern only, as the rooms' features decide.
    """
    scenario = tiny(
        **{
            "settings": {"weeks": 1},
            "modules": {"math": {"hours": 1, "features": "boards"}, "art": {"hours": 1, "features": "kiln"}},
            "requirements": {"tech/art/std": {"modules": "art"}},
            "rooms": {"hall": {"features": "boards"}, "shed": None, "studio": {"site": site, "features": "kiln"}},
            "instructors": {"ida": {"modules": "math"}, "ivo": {"modules": "art"}},
            "patterns": [_pattern(first, "college"), _pattern(second, site)],
            **changes,
        }
    )
    math = open_cohort(scenario, first, room="hall")
    art = open_cohort(scenario, second, name="K2", module="art", site=site, room="studio", instructor="ivo")
    return scenario, plan_of(scenario, (math, "a1"), (art, "a1")), plan_of(scenario, (art, "a1"))


def _pattern(clock: str, site: str) -> str:
    day, start, minutes = clock.split()
    return f"{day} | {start} | {minutes} | {site}"


def _tempt(name: str, rule: str, first: str, second: str, **changes: Any) -> None:
    scenario, both, one = two_lessons(first, second, **changes)
    RULE_CASES.append(RuleCase(name, rule, scenario, both, one))


def _fits(name: str, rule: str, first: str, second: str, **changes: Any) -> None:
    scenario, both, _ = two_lessons(first, second, **changes)
    ALLOWED_CASES.append(AllowedCase(name, rule, scenario, both))


def _clash() -> None:
    _tempt("at the same time", "clash", "Mon 15:00 60", "Mon 15:00 60")
    _tempt("a minute short of the way", "clash", "Mon 15:00 60", "Mon 16:19 60")
    _fits("just enough for the way", "clash", "Mon 15:00 60", "Mon 16:20 60")
    _fits("one after the other at one site", "clash", "Mon 15:00 60", "Mon 16:00 60", site="college")
    _tempt("an overlap of a minute online", "clash", "Mon 15:00 60", "Mon 15:59 60", site="online")
    _fits("online takes no way", "clash", "Mon 15:00 60", "Mon 16:00 60", site="online")
    # Midnight is no border: Monday 23:30-00:30 and Tuesday 00:00-01:00.
    _tempt("across midnight", "clash", "Mon 23:30 60", "Tue 00:00 60", rules={"duty_minutes": 9999})
    _detour()


def _detour() -> None:
    # College to union takes 75 minutes and 70 are left, though each half of the way by the plant takes 5.
    scenario = tiny(
        settings={"weeks": 1},
        rules={"modules_at_once": 3},
        sites={"union": {}},
        rooms={
            "hall": {"features": "boards"},
            "shed": {"site": "plant", "features": "kiln"},
            "attic": {"site": "union", "features": "lathe"},
        },
        travel=["plant | college | 5", "plant | union | 5", "college | union | 75"],
        patterns=["Mon | 15:00 | 60 | college", "Mon | 16:05 | 60 | plant", "Mon | 17:10 | 60 | union"],
        modules={
            "math": {"hours": 1, "features": "boards"},
            "art": {"hours": 1, "features": "kiln"},
            "shop": {"hours": 1, "features": "lathe"},
        },
        requirements={"tech/art/std": {"modules": "art"}, "tech/shop/std": {"modules": "shop"}},
    )
    math = open_cohort(scenario, "Mon 15:00 60")
    art = open_cohort(scenario, "Mon 16:05 60", name="K2", module="art", site="plant")
    shop = open_cohort(scenario, "Mon 17:10 60", name="K3", module="shop", site="union")
    RULE_CASES.append(
        RuleCase(
            "a detour between two meetings that are not neighbours",
            "clash",
            scenario,
            plan_of(scenario, (math, "a1"), (art, "a1"), (shop, "a1")),
            plan_of(scenario, (math, "a1"), (art, "a1")),
        )
    )


def _caps() -> None:
    one = {"rules": {"modules_at_once": 1}}
    _tempt("two modules in a week", "modules-at-once", "Mon 15:00 60", "Sun 15:00 60", **one)
    _fits("two modules at once are the limit", "modules-at-once", "Mon 15:00 60", "Sun 15:00 60")
    _tempt(
        "class minutes of two modules",
        "class-week",
        "Mon 15:00 60",
        "Tue 15:00 60",
        rules={"class_minutes_per_week": 119},
    )
    # Five shifts of 450 worked minutes and two classes of 60 outside them: 2370.
    _tempt("work and two classes", "work-week", "Mon 15:00 60", "Tue 15:00 60", rules={"week_minutes": 2369})
    _tempt("two free dates by two modules", "day-off", "Sat 15:00 60", "Sun 15:00 60")
    # Friday's shift from 06:00 and classes until 22:00 with gaps under four hours; the last alone is no part of it.
    _tempt("two classes in a stretch", "duty", "Fri 17:00 60", "Fri 21:00 60", rules={"rest_minutes": 240})
    weeks, both, _ = two_lessons("Sun 15:00 60", "Mon 15:00 60", settings={"weeks": 2}, **one)
    later = both.cohorts[1].model_copy(
        update={"first_week": 1, "meetings": tuple(_a_week_later(row) for row in both.cohorts[1].meetings)}
    )
    allowed = both.model_copy(update={"cohorts": (both.cohorts[0], later)})
    ALLOWED_CASES.append(AllowedCase("Sunday and Monday are two weeks", "modules-at-once", weeks, allowed))


def _a_week_later(row: Any) -> Any:
    return row.model_copy(update={"date": row.date.fromordinal(row.date.toordinal() + 7)})


for _add in (_clash, _caps):
    _add()
