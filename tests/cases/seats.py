"""Rules of seats: ``mode``, ``need``, ``order``, ``access``, ``travel-limit``, ``off-date``, ``party``."""

from __future__ import annotations

from typing import Any

from tests.build import open_cohort, plan_of, tiny
from tests.cases.case import AllowedCase, RuleCase

RULE_CASES: list[RuleCase] = []
ALLOWED_CASES: list[AllowedCase] = []
DAY_CLASS = "Mon 15:00 120"


def _tempt(name: str, rule: str, clock: str = DAY_CLASS, site: str = "college", **changes: Any) -> None:
    """Add a case in which the only seat breaks the rule; no seat is allowed."""
    scenario = _one_pattern(clock, site, changes)
    tempting = plan_of(scenario, (open_cohort(scenario, clock, site=site), "a1"))
    RULE_CASES.append(RuleCase(name, rule, scenario, tempting, plan_of(scenario)))


def _fits(name: str, rule: str, clock: str = DAY_CLASS, site: str = "college", **changes: Any) -> None:
    """Add a case in which the only seat just keeps the rule."""
    scenario = _one_pattern(clock, site, changes)
    allowed = plan_of(scenario, (open_cohort(scenario, clock, site=site), "a1"))
    ALLOWED_CASES.append(AllowedCase(name, rule, scenario, allowed))


def _one_pattern(clock: str, site: str, changes: dict[str, Any]) -> Any:
    *days, start, minutes = clock.split()
    pattern = f"{' '.join(days)} | {start} | {minutes} | {site}"
    return tiny(**{"settings": {"weeks": 1}, "patterns": [pattern], **changes})


def _mode() -> None:
    _tempt("the module is not taught online", "mode", site="online", modules={"math": {"modes": "classroom"}})
    _tempt("the module is taught online only", "mode", modules={"math": {"modes": "online"}})
    _tempt("the apprentice does not go online", "mode", site="online", apprentices={"a1": {"modes": "classroom"}})
    _fits("an online class", "mode", site="online", apprentices={"a1": {"modes": "online"}})


def _need() -> None:
    # a1 needs math, which takes two people; a2 would fill the cohort without needing it.
    alternative = {"requirements": {"tech/math/std": {"modules": "math"}, "tech/math/art": {"modules": "art"}}}
    for name, filler, changes in (
        ("a credited module fills the cohort", {"credits": "math"}, {}),
        ("an unwanted module fills the cohort", {"wanted": "art"}, {"modules": {"art": {}}}),
        ("a module of another option fills the cohort", {"options": "math=art"}, alternative),
        ("a module of another program fills the cohort", {"program": "other"}, {}),
    ):
        tables = {
            "modules": {"math": {"seats_min": 2}, "art": {"features": "kiln"}},
            "requirements": {"tech/math/std": {"modules": "math"}, "other/art/std": {"modules": "art"}},
            "apprentices": {"a1": {"options": "math=std"} if changes is alternative else {}, "a2": filler},
        }
        if changes is alternative:
            tables["requirements"] = alternative["requirements"]
        scenario = tiny(settings={"weeks": 1}, **tables)
        tempting = plan_of(scenario, (open_cohort(scenario), "a1 a2"))
        RULE_CASES.append(RuleCase(name, "need", scenario, tempting, plan_of(scenario)))
    _twice()


def _twice() -> None:
    scenario = tiny(
        settings={"weeks": 1},
        modules={"math": {"seats_min": 2}},
        patterns=["Mon | 15:00 | 120 | college", "Tue | 15:00 | 120 | college"],
        apprentices={"a2": {"off_dates": "2026-06-02"}, "a3": {"off_dates": "2026-06-01"}},
    )
    monday, tuesday = open_cohort(scenario), open_cohort(scenario, "Tue 15:00 120", name="K2")
    RULE_CASES.append(
        RuleCase(
            "one person fills two cohorts",
            "need",
            scenario,
            plan_of(scenario, (monday, "a1 a2"), (tuesday, "a1 a3")),
            plan_of(scenario, (monday, "a1 a2")),
        )
    )


def _order() -> None:
    # Math only at the college (its lab), shop only at the plant (its trainer), each on one pattern.
    for name, shop_clock, fits in (
        ("the later module comes first", "Mon 16:00 120", False),
        ("both on the same date", "Tue 18:00 120", False),
        ("the later module begins the day after", "Wed 15:00 120", True),
    ):
        scenario = _two_modules(shop_clock)
        math = open_cohort(scenario, "Tue 15:00 120")
        shop = open_cohort(scenario, shop_clock, name="K2", module="shop", site="plant")
        both = plan_of(scenario, (math, "a1"), (shop, "a1"))
        if fits:
            ALLOWED_CASES.append(AllowedCase(name, "order", scenario, both))
        else:
            RULE_CASES.append(RuleCase(name, "order", scenario, both, plan_of(scenario, (math, "a1"))))
    alone = _two_modules("Mon 16:00 120", rooms={"hall": {}, "shed": {"site": "plant", "features": "trainer"}})
    shop = open_cohort(alone, "Mon 16:00 120", name="K2", module="shop", site="plant")
    RULE_CASES.append(
        RuleCase("the earlier module is not seated", "order", alone, plan_of(alone, (shop, "a1")), plan_of(alone))
    )
    for name, changes in (
        ("the earlier module is credited", {"apprentices": {"a1": {"credits": "math"}}}),
        ("the earlier module is not in the program", {"requirements": {"tech/math/std": None}}),
        (
            "the earlier module is in an option not chosen",
            {
                "requirements": {"tech/math/std": {"modules": "math"}, "tech/math/art": {"modules": "art"}},
                "modules": {"art": {"features": "kiln"}},
                "apprentices": {"a1": {"options": "math=art"}},
            },
        ),
    ):
        scenario = _two_modules("Mon 16:00 120", **changes)
        shop = open_cohort(scenario, "Mon 16:00 120", name="K2", module="shop", site="plant")
        ALLOWED_CASES.append(AllowedCase(name, "order", scenario, plan_of(scenario, (shop, "a1"))))


def _two_modules(shop_clock: str, **changes: Any) -> Any:
    day, start, minutes = shop_clock.split()
    tables: dict[str, Any] = {
        "settings": {"weeks": 1},
        "rules": {"duty_minutes": 2000},
        "patterns": ["Tue | 15:00 | 120 | college", f"{day} | {start} | {minutes} | plant"],
        "rooms": {"hall": {"features": "lab"}, "shed": {"site": "plant", "features": "trainer"}},
        **{name: rows for name, rows in changes.items() if name not in ("modules", "requirements")},
    }
    tables["modules"] = {
        "math": {"features": "lab"},
        "shop": {"features": "trainer", "after": "math"},
        **changes.get("modules", {}),
    }
    tables["requirements"] = {"tech/shop/std": {"modules": "shop"}, **changes.get("requirements", {})}
    return tiny(**tables)


def _access() -> None:
    other = {
        "companies": {"bolt": {}},
        "sites": {"works": {"kind": "plant", "company": "bolt", "open_to": "own"}},
        "rooms": {"loft": {"site": "works"}},
        "travel": ["plant | college | 20", "plant | works | 10"],
    }
    _tempt("another company's plant is its own", "access", site="works", **other)
    listed = {**other, "sites": {"works": {"kind": "plant", "company": "bolt", "open_to": "bolt"}}}
    _tempt("a list without the company", "access", site="works", **listed)
    guests = {**other, "sites": {"works": {"kind": "plant", "company": "bolt", "open_to": "acme"}}}
    _fits("a list with the company", "access", site="works", **guests)
    _fits(
        "an owner's plant is open to its own",
        "access",
        site="plant",
        **{**other, "sites": {**other["sites"], "plant": {"kind": "plant", "company": "acme", "open_to": "bolt"}}},
    )


def _travel_limit() -> None:
    _tempt("a minute too far", "travel-limit", apprentices={"a1": {"travel_max": 19}})
    _fits("just near enough", "travel-limit", apprentices={"a1": {"travel_max": 20}})
    home = {"travel": ["plant | college | 20", "53202 | college | 70"], "apprentices": {"a1": {"zip": "53202"}}}
    _tempt("from home on a free day", "travel-limit", "Sat 09:00 120", **home)
    _fits("from the plant on a working day", "travel-limit", **home)
    _fits("from the plant on a free day without a home", "travel-limit", "Sat 09:00 120")
    # The night shift of Monday starts at 22:00: a noon class on that Monday counts from the plant.
    night = {
        "rotas": {"day": {"cycle": "NNNNNOO", "hours": "N 22:00-06:00", "meals": "N 02:00-02:30"}},
        "rules": {"duty_minutes": 2000},
        "travel": ["plant | college | 70", "53202 | college | 10"],
        "apprentices": {"a1": {"zip": "53202"}},
    }
    _tempt("on the day before a night shift", "travel-limit", "Mon 12:00 120", **night)
    # On Saturday morning the shift of Friday night has ended and none starts.
    _fits("on the free day after a night shift", "travel-limit", "Sat 12:00 120", **night)


def _off_date() -> None:
    _tempt("on an off date", "off-date", apprentices={"a1": {"off_dates": "2026-06-01"}})
    _tempt("before starts", "off-date", apprentices={"a1": {"starts": "2026-06-02"}})
    _tempt("after due", "off-date", apprentices={"a1": {"due": "2026-05-31"}})
    inside = {"starts": "2026-06-01", "due": "2026-06-01", "off_dates": "2026-05-31 2026-06-02"}
    _fits("on the first and last date", "off-date", apprentices={"a1": inside})


def _party() -> None:
    off = {"off_dates": "2026-06-01"}
    apart = tiny(settings={"weeks": 1}, apprentices={"a1": {"party": "car"}, "a2": {"party": "car", **off}})
    RULE_CASES.append(
        RuleCase(
            "one of them cannot come",
            "party",
            apart,
            plan_of(apart, (open_cohort(apart), "a1")),
            plan_of(apart),
        )
    )
    split = tiny(
        settings={"weeks": 1},
        patterns=["Mon | 15:00 | 120 | college", "Tue | 15:00 | 120 | college"],
        apprentices={"a1": {"party": "car", "off_dates": "2026-06-02"}, "a2": {"party": "car", **off}},
    )
    monday, tuesday = open_cohort(split), open_cohort(split, "Tue 15:00 120", name="K2")
    RULE_CASES.append(
        RuleCase("in two cohorts", "party", split, plan_of(split, (monday, "a1"), (tuesday, "a2")), plan_of(split))
    )
    _party_without_common_need()


def _party_without_common_need() -> None:
    options = {"tech/math/std": {"modules": "math"}, "tech/math/art": {"modules": "art"}}
    for name, second in (
        ("one of them chooses another option", {"options": "math=art"}),
        ("one of them has credit", {"credits": "math", "options": "math=std"}),
        ("one of them does not want it", {"wanted": "art", "options": "math=std"}),
    ):
        scenario = tiny(
            settings={"weeks": 1},
            modules={"art": {"features": "kiln"}},
            requirements=options,
            apprentices={
                "a1": {"party": "car", "options": "math=std"},
                "a2": {"party": "car", "off_dates": "2026-06-01", **second},
            },
        )
        allowed = plan_of(scenario, (open_cohort(scenario), "a1"))
        ALLOWED_CASES.append(AllowedCase(name, "party", scenario, allowed))


for _add in (_mode, _need, _order, _access, _travel_limit, _off_date, _party):
    _add()
