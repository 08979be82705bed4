"""Every price and measure with the exact amount, derived in the comment above each case.

In ``tiny`` a minute lost by one of
ten operators costs 1/10, and the college is 20 minutes from the plant.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lineside.models.plan import Cohort, Plan
from lineside.models.scenario import Scenario
from tests.build import open_cohort, plan_of, tiny
from tests.cases.case import PriceCase

PRICE_CASES: list[PriceCase] = []
NIGHT = {"day": {"cycle": "NNNNNOO", "hours": "N 22:00-06:00", "meals": "N 02:00-02:30"}}


def _price(name: str, measure: str, scenario: Scenario, plan: Plan, value: str, objective: str) -> None:
    PRICE_CASES.append(PriceCase(name, measure, scenario, plan, Decimal(value), Decimal(objective)))


def _one(
    clock: str, people: str = "a1", site: str = "plant", module: str = "math", **changes: Any
) -> tuple[Scenario, Plan]:
    """Return a scenario with one pattern and a plan with one cohort on it."""
    *days, start, minutes = clock.split()
    scenario = tiny(**{"patterns": [f"{' '.join(days)} | {start} | {minutes} | {site}"], **changes})
    return scenario, plan_of(scenario, (open_cohort(scenario, clock, site=site, module=module), people))


def _crew(**cells: Any) -> dict[str, Any]:
    return {"crews": {"press/day": cells}}


def _line_time() -> None:
    lost = "line_time_lost"
    two = {"apprentices": {"a2": {}}}
    # 120 minutes, one of ten away.
    _price("one of ten", lost, *_one("Mon 11:00 120"), "12", "12")
    # 120 minutes, two of ten.
    _price("two of ten", lost, *_one("Mon 11:00 120", "a1 a2", **two), "24", "24")
    # 1/16 = 0.0625 is 0.063, halves up: 120 x 0.063.
    _price("a half is rounded up", lost, *_one("Mon 11:00 120", **_crew(headcount=16)), "7.56", "7.56")
    # 1/3 is 0.333, 2/3 is 0.667.
    _price("a third is rounded down", lost, *_one("Mon 11:00 120", **_crew(headcount=3)), "39.96", "39.96")
    thirds = _one("Mon 11:00 120", "a1 a2", **_crew(headcount=3), **two)
    _price("two thirds are rounded up", lost, *thirds, "80.04", "80.04")
    # 09:00-11:00 less the meal 10:00-10:30: 90 minutes.
    _price("the meal costs nothing", lost, *_one("Mon 09:00 120"), "9", "9")
    # 13:00-15:00: the shift ends at 14:00.
    _price("after the shift costs nothing", lost, *_one("Mon 13:00 120"), "6", "6")
    # Tuesday 01:00-03:00 in the night of Monday, less the meal 02:00-02:30.
    night = _one("Tue 01:00 120", rotas=NIGHT, rules={"duty_minutes": 9999})
    _price("a night shift after midnight", lost, *night, "9", "9")
    # College at 11:00: away 10:40-13:20, 160 minutes; one trip 2 x 20 x 0.02 = 0.8.
    _price("the way counts", lost, *_one("Mon 11:00 120", site="college"), "16", "16.8")
    # Online there is no way.
    _price("no way online", lost, *_one("Mon 11:00 120", site="online"), "12", "12")
    # 12 x 2.5.
    _price("the line's weight", lost, *_one("Mon 11:00 120", lines={"press": {"weight": "2.5"}}), "30", "30")
    # Relief covers one: nothing is lost.
    _price("relief covers", lost, *_one("Mon 11:00 120", **_crew(relief=1)), "0", "0")
    # Relief covers one of two: u = 1.
    _price("relief covers one of two", lost, *_one("Mon 11:00 120", "a1 a2", **_crew(relief=1), **two), "12", "12")
    # 10 - 1 = 9 is not below 9: the line slows.
    _price("just the minimum left", lost, *_one("Mon 11:00 120", **_crew(minimum=9)), "12", "12")
    # Headcount 1 and minimum 0: with one away 1/1 a minute, but no stop.
    _price("the only one away", lost, *_one("Mon 11:00 120", **_crew(headcount=1)), "120", "120")
    _two_crews()
    _overlap()


def _two_crews() -> None:
    # a2 works on another line of the same plant: twice 12, not a crew of two.
    tables = {"lines": {"mill": {}}, "crews": {"mill/day": {}}, "apprentices": {"a2": {"line": "mill"}}}
    _price("two lines", "line_time_lost", *_one("Mon 11:00 120", "a1 a2", **tables), "24", "24")
    # Relief 1 covers each crew's one; in a crew of two it would not cover both.
    relief = {**tables, "crews": {"press/day": {"relief": 1}, "mill/day": {"relief": 1}}}
    _price("relief of two lines", "line_time_lost", *_one("Mon 11:00 120", "a1 a2", **relief), "0", "0")


def _overlap() -> None:
    # Windows 10:40-12:20 and 12:10-13:50 overlap in ten minutes: away 190 minutes, not 200. Two trips: 1.6.
    scenario, plan = _two_classes({"a1": {}})
    _price("overlapping windows", "line_time_lost", scenario, plan, "19", "20.6")
    _price("overlapping windows", "release", scenario, plan, "190", "20.6")
    # With two people the minutes 10:40-12:10 and 12:20-13:50 have one away, 12:10-12:20 two, of whom relief takes one.
    scenario, plan = _two_classes({"a1": {"wanted": "math"}, "a2": {"wanted": "art"}}, **_crew(relief=1))
    _price("relief where two windows overlap", "line_time_lost", scenario, plan, "1", "2.6")


def _two_classes(apprentices: dict[str, Any], **changes: Any) -> tuple[Scenario, Plan]:
    scenario = tiny(
        patterns=["Mon | 11:00 | 60 | college", "Mon | 12:30 | 60 | college"],
        modules={"math": {"hours": 1}, "art": {"hours": 1}},
        requirements={"tech/art/std": {"modules": "art"}},
        apprentices=apprentices,
        **changes,
    )
    math = open_cohort(scenario, "Mon 11:00 60")
    art = open_cohort(scenario, "Mon 12:30 60", name="K2", module="art")
    return scenario, plan_of(scenario, (math, "a1"), (art, "a2" if "a2" in apprentices else "a1"))


def _stopped() -> None:
    # 10 - 1 = 9 is below 10: the line stops for 120 minutes.
    _price("below the minimum", "stopped", *_one("Mon 11:00 120", **_crew(minimum=10)), "120", "120")
    # The weight counts in the line time, 240, not in the stopped minutes.
    heavy = _one("Mon 11:00 120", **_crew(minimum=10), lines={"press": {"weight": 2}})
    _price("stopped minutes have no weight", "stopped", *heavy, "120", "240")
    # Two away from a crew of one: stopped, though the minimum is 0.
    two = {"apprentices": {"a2": {}}}
    crowd = _one("Mon 11:00 120", "a1 a2", **_crew(headcount=1), **two)
    _price("more away than the headcount", "stopped", *crowd, "120", "120")
    # Relief 1: u = 1 and 10 - 1 = 9 is not below 9.
    relieved = _one("Mon 11:00 120", "a1 a2", **_crew(minimum=9, relief=1), **two)
    _price("relief keeps the line running", "stopped", *relieved, "0", "12")


def _release() -> None:
    # Two people for 90 minutes (the meal is free); relief changes nothing here.
    two = _one("Mon 09:00 120", "a1 a2", apprentices={"a2": {}}, **_crew(relief=2))
    _price("person-minutes", "release", *two, "180", "0")


def _unseated() -> None:
    hours = "unseated_hours"
    # 2.25 h x priority 1.5 = 3.375, x 60 = 202.5; self-study does not count.
    scenario = tiny(modules={"math": {"hours": "2.25", "self_study_hours": 8}}, apprentices={"a1": {"priority": "1.5"}})
    _price("priority and fractions", hours, scenario, plan_of(scenario), "3.375", "202.5")
    # The price of 45.5 for 2 h.
    cheap = tiny(prices={"unseated_hour": "45.5"})
    _price("another price", hours, cheap, plan_of(cheap), "2", "91")
    # Credited math counts nothing, unwanted shop neither: art is left.
    tables = {
        "modules": {"art": {"hours": 3}, "shop": {}},
        "requirements": {"tech/art/std": {"modules": "art"}, "tech/shop/std": {"modules": "shop"}},
        "apprentices": {"a1": {"credits": "math", "wanted": "math art"}},
    }
    left = tiny(**tables)
    _price("credited and unwanted modules", hours, left, plan_of(left), "3", "180")
    # The shorter option is chosen: 1 h instead of 2 h.
    options = {"tech/math/std": {"modules": "math"}, "tech/math/short": {"modules": "art"}}
    choice = tiny(requirements=options, modules={"art": {"hours": 1}}, patterns=["Mon | 15:00 | 999 | plant"])
    short = plan_of(choice, options={("a1", "math"): "short"})
    _price("the chosen option", hours, choice, short, "1", "60")


def _dollars() -> None:
    rates = {
        "instructors": {"ida": {"dollars_per_hour": "42.5"}},
        "rooms": {"shed": {"site": "plant", "dollars_per_hour": "7.25"}},
    }
    # 2 h x (42.5 + 7.25) = 99.5, x 0.05 = 4.975.
    _price("instructor and room", "dollars", *_one("Mon 15:00 120", **rates), "99.5", "4.975")
    # Two seats at 12.4.
    seats = _one("Mon 15:00 120", "a1 a2", modules={"math": {"dollars_per_seat": "12.4"}}, apprentices={"a2": {}})
    _price("seats", "dollars", *seats, "24.8", "1.24")
    wage = {"companies": {"acme": {"class_wage": 21}}}
    # After the shift: 2 h x 21.
    _price("wage after the shift", "dollars", *_one("Mon 15:00 120", **wage), "42", "2.1")
    # 13:00-15:00: an hour lies outside; the shift's hour costs 6 line-minutes.
    _price("wage of the part outside", "dollars", *_one("Mon 13:00 120", **wage), "21", "7.05")
    # In the meal nothing is outside the shift.
    meal = _one("Mon 10:00 30", modules={"math": {"hours": "0.5"}}, **wage)
    _price("no wage in the meal", "dollars", *meal, "0", "0")
    # The way is not paid: 2 h x 21 = 42, x 0.05 = 2.1, and a trip 0.8.
    _price("no wage for the way", "dollars", *_one("Mon 15:00 120", site="college", **wage), "42", "2.9")
    _rounding()


def _rounding() -> None:
    # Three meetings of 30, 30 and 15 minutes at 0.17 an hour: 1.25 h x 0.17 = 0.2125, to a thousandth 0.213.
    # The objective takes the exact value: 0.2125 x 0.1 = 0.02125, to a thousandth 0.021.
    scenario, plan = _one(
        "Mon Tue Wed 15:00 30",
        modules={"math": {"hours": "1.25"}},
        instructors={"ida": {"dollars_per_hour": "0.17"}},
        prices={"dollar": "0.1"},
    )
    _price("rounded at the end only", "dollars", scenario, plan, "0.213", "0.021")


def _travel() -> None:
    # Two meetings, each 2 x 20 minutes; x 0.02 = 1.6.
    _price("from the plant", "travel_minutes", *_one("Mon Wed 15:00 60", site="college"), "80", "1.6")
    # Friday from the plant 2 x 20, Saturday from home 2 x 35: 110, x 0.02 = 2.2.
    home = {"travel": ["plant | college | 20", "53202 | college | 35"], "apprentices": {"a1": {"zip": "53202"}}}
    _price("from home on a free day", "travel_minutes", *_one("Fri Sat 15:00 60", site="college", **home), "110", "2.2")
    # Online and at the own plant: nothing.
    _price("online", "travel_minutes", *_one("Sat 15:00 120", site="online"), "0", "0")
    # From home to the own plant on Saturday: 2 x 25 x 0.02 = 1.
    plant = {"travel": ["plant | college | 20", "53202 | plant | 25"], "apprentices": {"a1": {"zip": "53202"}}}
    _price("from home to the plant", "travel_minutes", *_one("Sat 15:00 120", **plant), "50", "1")


def _changes() -> None:
    plain = tiny(patterns=["Mon | 15:00 | 120 | plant", "Tue | 15:00 | 120 | plant"])
    monday = open_cohort(plain, site="plant")
    tuesday = open_cohort(plain, "Tue 15:00 120", name="K2", site="plant")
    published = plan_of(plain, (monday, "a1"))
    patterns = ["Mon | 15:00 | 120 | plant", "Tue | 15:00 | 120 | plant"]

    def now(**changes: Any) -> Scenario:
        return tiny(patterns=patterns, published=changes.pop("published", published), **changes)

    def priced(name: str, scenario: Scenario, cohort: Cohort, people: str, value: str, objective: str) -> None:
        _price(name, "changes", scenario, plan_of(scenario, (cohort, people)), value, objective)

    # The seat stays.
    priced("nothing changes", now(), monday, "a1", "0", "0")
    # One seat goes, another comes: 2 x 30.
    priced("a move counts twice", now(), tuesday, "a1", "2", "60")
    # Another room is the same seat.
    annex = {"rooms": {"annex": {"site": "plant"}}}
    other_room = monday.model_copy(update={"room": "annex"})
    priced("another room is no change", now(**annex), other_room, "a1", "0", "0")
    # The price of 45.25 for the new seat of a2.
    priced("a new seat", now(apprentices={"a2": {}}, prices={"change": "45.25"}), monday, "a1 a2", "1", "45.25")
    # a9 has left the tables: the seat is gone for good, a constant.
    gone = published.model_copy(
        update={"seats": (*published.seats, published.seats[0].model_copy(update={"apprentice": "a9"}))}
    )
    priced("somebody has left", now(published=gone), monday, "a1", "1", "30")
    # The published plan began a week earlier: its week 1 is this week 0.
    earlier = tiny(settings={"first_day": "2026-05-25"})
    old = plan_of(earlier, (open_cohort(earlier, site="plant", week=1), "a1"), first_day=earlier.settings.first_day)
    priced("a published plan of an earlier horizon", now(published=old), monday, "a1", "0", "0")


def _worst_company() -> None:
    # Acme loses 12, Bolt 12 x 2 = 24 with its weight: 36 + 0.5 x 24.
    scenario = tiny(
        companies={"bolt": {}},
        sites={"works": {"kind": "plant", "company": "bolt", "open_to": "own"}},
        lines={"mill": {"site": "works", "weight": 2}},
        rotas={"days": {"company": "bolt"}},
        crews={"mill/days": {}},
        apprentices={"a2": {"company": "bolt", "line": "mill", "rota": "days"}},
        travel=["plant | college | 0", "works | college | 0", "plant | works | 0"],
        patterns=["Mon | 11:00 | 120 | college"],
        prices={"worst_company": "0.5"},
    )
    plan = plan_of(scenario, (open_cohort(scenario, "Mon 11:00 120"), "a1 a2"))
    _price("the company that loses most", "worst_company", scenario, plan, "24", "48")


def _from_first_day() -> None:
    # The class of two Mondays began a week before the horizon; one meeting of 60 minutes is left to count:
    # away 10:40-12:20, 10 line-minutes; a trip 0.8; the room has left the tables, ida costs 60 x 0.05 = 3; the
    # seat's 20 dollars count in full, x 0.05 = 1.
    begun = tiny(settings={"first_day": "2026-05-25"}, patterns=["Mon | 11:00 | 60 | college"])
    cohort = open_cohort(begun, "Mon 11:00 60")
    scenario = tiny(
        published=plan_of(begun, (cohort, "a1"), first_day=begun.settings.first_day),
        settings={"frozen_until": "2026-06-01"},
        patterns=["Mon | 11:00 | 60 | college"],
        rooms={"hall": None, "cellar": {"dollars_per_hour": 500}},
        instructors={"ida": {"dollars_per_hour": 60}},
        modules={"math": {"dollars_per_seat": 20}},
    )
    plan = plan_of(scenario, (cohort.model_copy(update={"first_week": -1}), "a1"))
    for measure, value in (("line_time_lost", "10"), ("release", "100"), ("dollars", "80"), ("travel_minutes", "40")):
        _price("begun before the first day", measure, scenario, plan, value, "14.8")
    _price("begun before the first day", "changes", scenario, plan, "0", "14.8")


for _add in (
    _line_time,
    _stopped,
    _release,
    _unseated,
    _dollars,
    _travel,
    _changes,
    _worst_company,
    _from_first_day,
):
    _add()
