"""Rules of the plan in force: ``pin`` and ``frozen``, and frozen seats in every other rule."""

from __future__ import annotations

from typing import Any

from lineside.models.plan import Plan
from tests.build import open_cohort, plan_of, tiny
from tests.cases.case import AllowedCase, RuleCase

RULE_CASES: list[RuleCase] = []
ALLOWED_CASES: list[AllowedCase] = []
NO_CHANGE_PRICE = {"change": 0}
UNTIL = {"frozen_until": "2026-06-08"}
TWO_PATTERNS = ["Mon | 11:00 | 120 | plant", "Mon | 15:00 | 120 | plant"]


def _pin() -> None:
    plain = tiny()
    published = plan_of(plain, (open_cohort(plain), "a1"))
    none = tiny(published=published, pins=["a1 | math | none"], prices=NO_CHANGE_PRICE)
    RULE_CASES.append(RuleCase("a pin to none", "pin", none, published, plan_of(none)))
    # In the shift the class costs 12, after it nothing; the pin holds it in the shift.
    changes: dict[str, Any] = {"settings": {"weeks": 1}, "patterns": TWO_PATTERNS, "prices": NO_CHANGE_PRICE}
    dear = open_cohort(tiny(**changes), "Mon 11:00 120", site="plant")
    pinned = tiny(published=plan_of(tiny(**changes), (dear, "a1")), pins=["a1 | math | K1"], **changes)
    cheap = open_cohort(pinned, "Mon 15:00 120", name="K2", site="plant")
    RULE_CASES.append(
        RuleCase("a cheaper time", "pin", pinned, plan_of(pinned, (cheap, "a1")), plan_of(pinned, (dear, "a1")))
    )
    RULE_CASES.append(
        RuleCase(
            "a seat that costs more than it brings",
            "pin",
            *_lowered(changes, dear),
        )
    )
    _pinned_week()
    _pin_and_party()


def _lowered(changes: dict[str, Any], dear: Any) -> tuple[Any, Plan, Plan]:
    """The class costs 12, the empty seat 2 h x 60 x 0.05 = 6."""
    low = {**changes, "apprentices": {"a1": {"priority": "0.05"}}, "patterns": TWO_PATTERNS[:1]}
    scenario = tiny(published=plan_of(tiny(**low), (dear, "a1")), pins=["a1 | math | K1"], **low)
    return scenario, plan_of(scenario), plan_of(scenario, (dear, "a1"))


def _pinned_week() -> None:
    # In the first week the plant is shut on Monday, and the way to the college takes nothing from a shift.
    changes: dict[str, Any] = {
        "patterns": ["Mon | 14:00 | 120 | college"],
        "prices": NO_CHANGE_PRICE,
        "closures": ["company:acme | 2026-06-01 | 2026-06-01 | shutdown"],
    }
    plain = tiny(**changes)
    second = open_cohort(plain, "Mon 14:00 120", week=1)
    scenario = tiny(published=plan_of(plain, (second, "a1")), pins=["a1 | math | K1"], **changes)
    first = open_cohort(scenario, "Mon 14:00 120", name="K2")
    RULE_CASES.append(
        RuleCase(
            "another first week", "pin", scenario, plan_of(scenario, (first, "a1")), plan_of(scenario, (second, "a1"))
        )
    )
    # The published plan began a week before this horizon, so the same Monday is week 1 there and week 0 here.
    earlier = tiny(settings={"first_day": "2026-05-25"})
    old = plan_of(earlier, (open_cohort(earlier, week=1), "a1"), first_day=earlier.settings.first_day)
    later_closed = tiny(
        published=old,
        pins=["a1 | math | K1"],
        closures=["site:college | 2026-06-01 | 2026-06-01 | closed"],
    )
    moved = plan_of(later_closed, (open_cohort(later_closed), "a1"))
    ALLOWED_CASES.append(AllowedCase("a pin holds when a closure shifts its meetings", "pin", later_closed, moved))


def _pin_and_party() -> None:
    plain = tiny(apprentices={"a1": {"party": "car"}, "a2": {"party": "car"}}, settings={"weeks": 1})
    bound = tiny(
        apprentices={"a1": {"party": "car"}, "a2": {"party": "car"}},
        settings={"weeks": 1},
        pins=["a1 | math | none"],
        published=plan_of(plain),
    )
    RULE_CASES.append(
        RuleCase(
            "a pin to none binds the party",
            "party",
            bound,
            plan_of(bound, (open_cohort(bound), "a2")),
            plan_of(bound),
        )
    )


def _frozen() -> None:
    # In the shift the class costs 12, a week later after the shift nothing.
    changes: dict[str, Any] = {"patterns": TWO_PATTERNS, "prices": NO_CHANGE_PRICE}
    dear = open_cohort(tiny(**changes), "Mon 11:00 120", site="plant")
    scenario = tiny(published=plan_of(tiny(**changes), (dear, "a1")), settings=UNTIL, **changes)
    cheap = open_cohort(scenario, "Mon 15:00 120", name="K2", site="plant", week=1)
    moved = open_cohort(scenario, "Mon 15:00 120", site="plant", week=1)
    stays = plan_of(scenario, (dear, "a1"))
    RULE_CASES.append(RuleCase("left out", "frozen", scenario, plan_of(scenario, (cheap, "a1")), stays))
    RULE_CASES.append(RuleCase("moved", "frozen", scenario, plan_of(scenario, (moved, "a1")), stays))
    early = tiny(settings={**UNTIL, "weeks": 1})
    RULE_CASES.append(
        RuleCase("begins too early", "frozen", early, plan_of(early, (open_cohort(early), "a1")), plan_of(early))
    )
    on_the_day = tiny(settings=UNTIL)
    ALLOWED_CASES.append(
        AllowedCase(
            "begins on frozen_until", "frozen", on_the_day, plan_of(on_the_day, (open_cohort(on_the_day, week=1), "a1"))
        )
    )


def _frozen_seats() -> None:
    two = {"apprentices": {"a2": {}}, "settings": {**UNTIL, "weeks": 1}}
    cohort = open_cohort(tiny(**two))
    joins = tiny(published=plan_of(tiny(**two), (cohort, "a1")), **two)
    RULE_CASES.append(
        RuleCase("a new seat joins", "frozen", joins, plan_of(joins, (cohort, "a1 a2")), plan_of(joins, (cohort, "a1")))
    )
    # The seat of a2 costs 12, the empty seat 2 h x 60 x 0.05 = 6.
    low: dict[str, Any] = {
        "apprentices": {"a2": {"priority": "0.05"}},
        "settings": {**UNTIL, "weeks": 1},
        "patterns": TWO_PATTERNS,
        "prices": NO_CHANGE_PRICE,
    }
    dear = open_cohort(tiny(**low), "Mon 11:00 120", site="plant")
    leaves = tiny(published=plan_of(tiny(**low), (dear, "a1 a2")), **low)
    RULE_CASES.append(
        RuleCase("a seat is left", "frozen", leaves, plan_of(leaves, (dear, "a1")), plan_of(leaves, (dear, "a1 a2")))
    )
    rooms: dict[str, Any] = {"rooms": {"hall": {"dollars_per_hour": 100}, "annex": {}}, "settings": UNTIL}
    costly = open_cohort(tiny(**rooms), room="hall")
    scenario = tiny(published=plan_of(tiny(**rooms), (costly, "a1")), **rooms)
    RULE_CASES.append(
        RuleCase(
            "a cheaper room",
            "frozen",
            scenario,
            plan_of(scenario, (open_cohort(scenario, room="annex"), "a1")),
            plan_of(scenario, (costly, "a1")),
        )
    )


def _exempt() -> None:
    """What has begun breaks rules of its own without a violation."""
    begun = tiny(settings={"first_day": "2026-05-25"}, patterns=["Mon | 15:00 | 60 | college"])
    cohort = open_cohort(begun, "Mon 15:00 60")
    published = plan_of(begun, (cohort, "a1"), first_day=begun.settings.first_day)
    now = tiny(
        published=published,
        settings=UNTIL,
        modules={"math": {"seats_min": 5, "session_max": 30, "modes": "online"}, "art": {}},
        rooms={"hall": None},
        instructors={"ida": {"modules": "art", "week_minutes": 0}},
        companies={"acme": {"sessions": "lunch"}},
        apprentices={"a1": {"off_dates": "2026-06-01", "travel_max": 0, "credits": "math"}},
        pins=["a1 | math | none"],
        rules={"class_minutes_per_week": 10},
        patterns=["Fri | 15:00 | 120 | online"],
    )
    same = cohort.model_copy(update={"first_week": -1})
    ALLOWED_CASES.append(AllowedCase("begun, against every other rule", "frozen", now, plan_of(now, (same, "a1"))))
    # Class on Saturday and Sunday of both weeks leaves no free date; art on a working Monday takes none.
    free: dict[str, Any] = {
        "patterns": ["Sat Sun | 10:00 | 60 | college", "Mon | 15:00 | 60 | plant"],
        "rooms": {"hall": {"features": "boards"}, "shed": {"site": "plant", "features": "kiln"}},
        "modules": {"math": {"hours": 4, "features": "boards"}, "art": {"hours": 1, "features": "kiln"}},
        "requirements": {"tech/art/std": {"modules": "art"}},
        "settings": UNTIL,
    }
    weekend = open_cohort(tiny(**free), "Sat Sun 10:00 60")
    scenario = tiny(published=plan_of(tiny(**free), (weekend, "a1")), **free)
    art = open_cohort(scenario, "Mon 15:00 60", name="K2", module="art", site="plant", week=1)
    ALLOWED_CASES.append(
        AllowedCase("both free dates frozen", "day-off", scenario, plan_of(scenario, (weekend, "a1"), (art, "a1")))
    )


def _around() -> None:
    """New cohorts keep the rules around frozen ones: frozen math on two Mondays, art new in the second week."""
    for name, rule, clock, changes in (
        ("the frozen class counts in the week", "class-week", "Tue 15:00 60", {"class_minutes_per_week": 119}),
        ("the frozen module counts in the week", "modules-at-once", "Tue 15:00 60", {"modules_at_once": 1}),
        ("the frozen class counts in the work", "work-week", "Tue 15:00 60", {"week_minutes": 2369}),
        ("the frozen meeting is in the way", "clash", "Mon 16:00 60", {}),
        ("the frozen class lengthens the stretch", "duty", "Mon 18:00 60", {"duty_minutes": 779}),
        ("the frozen class takes the other free date", "day-off", "Sat 15:00 60", {}),
    ):
        rotas = {"day": {"cycle": "ODDDDOD"}} if rule == "day-off" else {}
        scenario, math, art = _math_begun(clock, changes, rotas=rotas)
        RULE_CASES.append(
            RuleCase(
                name,
                rule,
                scenario,
                plan_of(scenario, (math, "a1"), (art, "a1")),
                plan_of(scenario, (math, "a1")),
            )
        )
    for name, rule, taught in (
        ("the frozen cohort's room", "room", "ivo"),
        ("the frozen instructor", "instructor", "ida"),
    ):
        site = "college" if rule == "room" else "plant"
        scenario, math, art = _math_begun("Mon 15:00 60", {}, site=site, taught=taught, person="a2")
        RULE_CASES.append(
            RuleCase(
                name,
                rule,
                scenario,
                plan_of(scenario, (math, "a1"), (art, "a2")),
                plan_of(scenario, (math, "a1")),
            )
        )
    _order_after_frozen()


def _math_begun(
    clock: str,
    rules: dict[str, Any],
    site: str = "plant",
    taught: str = "ivo",
    person: str = "a1",
    **changes: Any,
) -> tuple[Any, Any, Any]:
    day, start, minutes = clock.split()
    tables: dict[str, Any] = {
        "patterns": ["Mon | 15:00 | 60 | college", f"{day} | {start} | {minutes} | {site}"],
        "modules": {"math": {"features": "boards"}, "art": {"hours": 1, "features": "kiln"}},
        "rooms": {
            "hall": {"features": "boards kiln" if site == "college" else "boards"},
            "shed": {"site": "plant", "features": "" if site == "college" else "kiln"},
        },
        "requirements": {"tech/art/std": {"modules": "art"}},
        "instructors": {"ida": {"modules": "math art" if taught == "ida" else "math"}, "ivo": {"modules": "art"}},
        **changes,
    }
    if taught == "ida":
        tables["instructors"]["ivo"] = None
    if person == "a2":
        tables["apprentices"] = {"a1": {"wanted": "math"}, "a2": {"wanted": "art"}}
    math = open_cohort(tiny(**tables), "Mon 15:00 60")
    published = plan_of(tiny(**tables), (math, "a1"))
    scenario = tiny(published=published, settings=UNTIL, rules=rules, **tables)
    art = open_cohort(scenario, clock, name="K2", module="art", site=site, instructor=taught, week=1)
    return scenario, math, art


def _order_after_frozen() -> None:
    # Math is frozen and ends on Monday of the second week; shop would begin on that day.
    tables: dict[str, Any] = {
        "patterns": ["Mon | 15:00 | 60 | college", "Mon | 18:00 | 60 | plant"],
        "modules": {"math": {"features": "boards"}, "shop": {"hours": 1, "features": "lathe", "after": "math"}},
        "rooms": {"hall": {"features": "boards"}, "shed": {"site": "plant", "features": "lathe"}},
        "requirements": {"tech/shop/std": {"modules": "shop"}},
    }
    math = open_cohort(tiny(**tables), "Mon 15:00 60")
    scenario = tiny(published=plan_of(tiny(**tables), (math, "a1")), settings=UNTIL, **tables)
    shop = open_cohort(scenario, "Mon 18:00 60", name="K2", module="shop", site="plant", week=1)
    RULE_CASES.append(
        RuleCase(
            "the frozen module ends on the same date",
            "order",
            scenario,
            plan_of(scenario, (math, "a1"), (shop, "a1")),
            plan_of(scenario, (math, "a1")),
        )
    )


def _filler() -> None:
    # Math takes two people from now on; a1 has a frozen seat in it and would fill the cohort of a2.
    tables: dict[str, Any] = {"apprentices": {"a2": {}}, "settings": UNTIL}
    begun = open_cohort(tiny(**tables))
    scenario = tiny(published=plan_of(tiny(**tables), (begun, "a1")), modules={"math": {"seats_min": 2}}, **tables)
    again = open_cohort(scenario, name="K2", week=1)
    RULE_CASES.append(
        RuleCase(
            "a second seat beside a frozen one",
            "need",
            scenario,
            plan_of(scenario, (begun, "a1"), (again, "a1 a2")),
            plan_of(scenario, (begun, "a1")),
        )
    )
    party: dict[str, Any] = {"apprentices": {"a1": {"party": "car"}, "a2": {"party": "car"}}, "settings": UNTIL}
    begun = open_cohort(tiny(**party))
    car = tiny(published=plan_of(tiny(**party), (begun, "a1")), **party)
    later = open_cohort(car, name="K2", week=1)
    ALLOWED_CASES.append(
        AllowedCase("a frozen member is left out", "party", car, plan_of(car, (begun, "a1"), (later, "a2")))
    )


for _add in (_pin, _frozen, _frozen_seats, _exempt, _around, _filler):
    _add()
