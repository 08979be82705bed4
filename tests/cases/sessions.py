"""Rules of a meeting and of a person's week, in tiny scenarios with one pattern each."""

from __future__ import annotations

from typing import Any

from lineside.models.scenario import Scenario
from tests.build import open_cohort, plan_of, tiny
from tests.cases.case import AllowedCase, RuleCase

RULE_CASES: list[RuleCase] = []
ALLOWED_CASES: list[AllowedCase] = []
NIGHT = {"day": {"cycle": "NNNNNOO", "hours": "N 22:00-06:00", "meals": "N 02:00-02:30"}}
HALF_HOUR = {"math": {"hours": "0.5"}}
LONG_DUTY = {"duty_minutes": 2000}


def _scenario(clock: str, site: str, changes: dict[str, Any]) -> Scenario:
    *days, start, minutes = clock.split()
    pattern = f"{' '.join(days)} | {start} | {minutes} | {site}"
    return tiny(**{"settings": {"weeks": 1}, "patterns": [pattern], **changes})


def _tempt(name: str, rule: str, clock: str, site: str = "plant", **changes: Any) -> None:
    """Add a case in which the only seat breaks the rule; no seat is allowed."""
    scenario = _scenario(clock, site, changes)
    tempting = plan_of(scenario, (open_cohort(scenario, clock, site=site), "a1"))
    RULE_CASES.append(RuleCase(name, rule, scenario, tempting, plan_of(scenario)))


def _fits(name: str, rule: str, clock: str, site: str = "plant", **changes: Any) -> None:
    """Add a case in which the only seat just keeps the rule."""
    scenario = _scenario(clock, site, changes)
    allowed = plan_of(scenario, (open_cohort(scenario, clock, site=site), "a1"))
    ALLOWED_CASES.append(AllowedCase(name, rule, scenario, allowed))


def _kinds(words: str) -> dict[str, Any]:
    return {"companies": {"acme": {"sessions": words}}}


def _session_kind() -> None:
    rule = "session-kind"
    _tempt("release is not allowed", rule, "Mon 11:00 120", **_kinds("lunch before after off"))
    _tempt("lunch is not allowed", rule, "Mon 09:00 120", **_kinds("before after off release"))
    _fits("a class over the meal is lunch", rule, "Mon 10:29 120", **_kinds("lunch"))
    _fits("a class from the meal's end is release", rule, "Mon 10:30 120", **_kinds("release"))
    _tempt("off is not allowed on a free day", rule, "Sat 10:00 120", **_kinds("lunch before after release"))
    _tempt("a minute too late to be after", rule, "Fri 16:01 120", **_kinds("lunch before after release"))
    _fits("two hours after the shift is still after", rule, "Fri 16:00 120", **_kinds("after"))
    _tempt("a minute too early to be before", rule, "Mon 01:59 120", **_kinds("lunch before after release"))
    _fits("two hours before the shift is still before", rule, "Mon 02:00 120", **_kinds("before"))
    _fits("from the shift's end is after", rule, "Mon 14:00 120", **_kinds("after"))
    # Between the shifts of two neighbouring days both would hold; after comes first.
    long_days = {"day": {"hours": "D 06:00-02:00", "meals": "D 10:00-10:30"}}
    near = {"rotas": long_days, "rules": {"duty_minutes": 9999, "week_minutes": 9999}}
    _fits("between two shifts it is after", rule, "Tue 03:00 120", **near, **_kinds("after"))
    _tempt("between two shifts it is not before", rule, "Tue 03:00 120", **near, **_kinds("before lunch"))
    _fits("the morning after a night shift is after", rule, "Tue 06:00 120", rotas=NIGHT, **_kinds("after"))
    _fits("Saturday morning after Friday's night", rule, "Sat 07:00 120", rotas=NIGHT, **_kinds("after"))
    # The trip takes 20 minutes of work, yet the meeting itself starts after the shift.
    _fits("loss by travel alone keeps the kind", rule, "Mon 14:00 120", "college", **_kinds("after"))
    _tempt(
        "a shutdown leaves no shift to be after",
        rule,
        "Mon 15:00 120",
        "college",
        closures=["company:acme | 2026-06-01 | 2026-06-01 | shutdown"],
        **_kinds("after"),
    )


def _release_limit() -> None:
    rule = "release-limit"
    _tempt("a minute too long", rule, "Mon 11:00 120", companies={"acme": {"release_minutes": 119}})
    _fits("just short enough", rule, "Mon 11:00 120", companies={"acme": {"release_minutes": 120}})
    _fits("the meal does not count", rule, "Mon 09:30 120", companies={"acme": {"release_minutes": 90}})
    _tempt("travel counts", rule, "Mon 14:00 120", "college", companies={"acme": {"release_minutes": 19}})
    peak = ["company:acme | 2026-06-01 | 2026-06-01 | peak"]
    _tempt("a minute in a peak", rule, "Mon 14:19 120", "college", closures=peak)
    _fits("beside the shift of a peak", rule, "Mon 14:20 120", "college", closures=peak)
    _fits("in the meal of a peak", rule, "Mon 10:00 30", closures=peak, modules=HALF_HOUR)
    # The shift of Monday night starts in the peak and runs into Tuesday; Tuesday's own starts after it.
    _tempt("the morning after a peak's night", rule, "Tue 01:00 120", rotas=NIGHT, closures=peak, rules=LONG_DUTY)
    tuesday = ["site:plant | 2026-06-02 | 2026-06-02 | peak"]
    _fits("the morning before a peak's night", rule, "Tue 01:00 120", rotas=NIGHT, closures=tuesday, rules=LONG_DUTY)


def _meal() -> None:
    rule = "meal"
    kept = {"companies": {"acme": {"meal_kept_minutes": 10}}}
    _tempt("a minute too little of the meal", rule, "Mon 09:39 42", modules={"math": {"hours": "0.7"}}, **kept)
    _fits("enough of the meal", rule, "Mon 09:38 42", modules={"math": {"hours": "0.7"}}, **kept)
    # The way back takes 20 minutes of the meal, the meeting one: nine are left.
    far = {"travel": ["plant | college | 20"], "modules": HALF_HOUR, **kept}
    _tempt("travel takes of the meal", rule, "Mon 09:31 30", "college", **far)
    _fits("a release class whose way covers the meal", rule, "Mon 10:30 30", "college", **far)
    _tempt("a meal after midnight", rule, "Tue 02:00 30", rotas=NIGHT, modules=HALF_HOUR, rules=LONG_DUTY, **kept)
    second = {"rotas": {"day": {"meals": "D 10:00-10:30; D 12:00-12:15"}}}
    _tempt("the second of two meals", rule, "Mon 10:30 120", **second, **kept)


def _weekly() -> None:
    _tempt("one minute of class too many", "class-week", "Mon 15:00 120", rules={"class_minutes_per_week": 119})
    _fits("the class minutes of a week", "class-week", "Mon 15:00 120", rules={"class_minutes_per_week": 120})
    # Five shifts of 480 minutes less 30 of meal are 2250; the class adds 120.
    _tempt("one minute of work and class too many", "work-week", "Mon 15:00 120", rules={"week_minutes": 2369})
    _fits("work and class of a week", "work-week", "Mon 15:00 120", rules={"week_minutes": 2370})
    _fits("a class inside a shift adds nothing", "work-week", "Mon 11:00 120", rules={"week_minutes": 2000})
    _fits("a class in the meal adds nothing", "work-week", "Mon 10:00 30", rules={"week_minutes": 0}, modules=HALF_HOUR)
    # One minute of the class lies outside the shift: 2251.
    _tempt("a class that ends after the shift", "work-week", "Mon 12:01 120", rules={"week_minutes": 2250})
    # The night of Sunday belongs to its own week: five nights remain in the week of Monday.
    _fits(
        "a night shift belongs to the week it starts in",
        "work-week",
        "Wed 07:00 120",
        rotas={"day": {"cycle": "NNNNOON", "hours": "N 22:00-06:00", "meals": "N 02:00-02:30"}},
        rules={"week_minutes": 2370},
    )


def _duty() -> None:
    # The shift from 06:00, class until 21:00: 900 minutes; until 20:00: 840.
    _tempt("work and an evening class", "duty", "Fri 19:00 120")
    _fits("work and class of 840 minutes", "duty", "Fri 18:00 120")
    # Friday's shift ends at 14:00; 480 minutes later nothing is joined. Saturday is free.
    _tempt("a gap of 479 minutes", "duty", "Fri 21:59 120", rules={"duty_minutes": 839})
    _fits("a gap of 480 minutes", "duty", "Fri 22:00 120", rules={"duty_minutes": 839})
    # Class Monday 14:00-16:00, shift from 22:00 to 06:00: 16 hours.
    _tempt("a class before a night shift", "duty", "Mon 14:01 120", rotas=NIGHT)
    _tempt("a shift after the horizon", "duty", "Sun 21:00 120")
    # On a free day the way to the college counts: 20 + 120 + 20.
    _tempt("travel on a free day", "duty", "Sat 10:00 120", "college", rules={"duty_minutes": 159})
    _fits("travel on a free day, just enough", "duty", "Sat 10:00 120", "college", rules={"duty_minutes": 160})
    # Four shifts of a day each without a rest between them are no stretch with a class.
    _fits(
        "long work without a class",
        "duty",
        "Sun 10:00 120",
        rotas={"day": {"cycle": "DDDDOOO", "hours": "D 06:00-06:00", "meals": "D 10:00-10:30"}},
        rules={"week_minutes": 9999},
    )
    # The shift from Sunday 18:00, the day before the horizon, and class until Monday 10:00: 960 minutes.
    _tempt(
        "a shift before the horizon",
        "duty",
        "Mon 08:00 120",
        rotas={"day": {"cycle": "NOOOOON", "hours": "N 18:00-06:00", "meals": "N 23:00-23:30"}},
        rules={"duty_minutes": 900, "rest_minutes": 300},
    )


def _day_off() -> None:
    six = {"rotas": {"day": {"cycle": "DDDDDDO"}}}
    _tempt("the only free date", "day-off", "Sun 10:00 120", **six)
    _tempt("both free dates", "day-off", "Sat Sun 10:00 60")
    _fits("one of two free dates", "day-off", "Sun 10:00 120")
    _fits("without the rule", "day-off", "Sun 10:00 120", rules={"keep_day_off": False}, **six)
    seven = {"rotas": {"day": {"cycle": "DDDDDDD"}}}
    _fits("a week without a free date", "day-off", "Sun 15:00 120", **seven)
    shut = ["company:acme | 2026-06-01 | 2026-06-07 | shutdown"]
    _tempt(
        "every date of a shutdown",
        "day-off",
        "Mon-Sun 10:00 30",
        "college",
        modules={"math": {"hours": "3.5"}},
        closures=shut,
    )
    _fits(
        "a free date in a shutdown",
        "day-off",
        "Sun 10:00 120",
        "college",
        closures=["company:acme | 2026-06-03 | 2026-06-03 | shutdown"],
        **six,
    )
    # The night shift of Saturday ends on Sunday morning; Sunday stays free, and a class takes it.
    nights = {"rotas": {"day": {"cycle": "NNNNNNO", "hours": "N 22:00-06:00", "meals": "N 02:00-02:30"}}}
    _tempt("the date after a night shift", "day-off", "Sun 16:00 120", **nights)


for _add in (_session_kind, _release_limit, _meal, _weekly, _duty, _day_off):
    _add()
