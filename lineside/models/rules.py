"""The registry of rules: the name, sentence and references of every rule of the contract.

The checker, the model, the explanation, the messages and the tests take rules from here; a test
fails if a rule lacks its builder, its check, its refusal text or its cases.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rule:
    """A hard constraint by name.

    Parameters
    ----------
    name
        The contract's name, used everywhere.
    sentence
        What the rule says, for planners.
    refusal
        How a candidate cohort fails the rule, completing "11 ..."; {company} is the apprentice's company.
    reference
        Where the rule comes from: the contract's section, and law or custom where known.
    """

    name: str
    sentence: str
    refusal: str
    reference: str = "contract §3"


_ALL = (
    Rule(
        "hours",
        "The meetings are exactly the module's hours, on the days of one pattern of the site, inside the horizon.",
        "do not give the module's hours inside the horizon",
        "contract §2, §5",
    ),
    Rule(
        "session-length",
        "Pattern minutes lie within session_min and session_max; day_max and week_max hold.",
        "have sessions of a length that the module does not allow",
        "contract §3; OSHA Outreach program: at most 7.5 hours of class a day",
    ),
    Rule(
        "room",
        "The room is at the site, has the module's features, is open for each whole meeting and holds one cohort at a "
        "time.",
        "have no room that is equipped, large enough, open and free",
    ),
    Rule(
        "instructor",
        "The instructor is qualified, available for each whole meeting, in one place at a time with travel between "
        "consecutive meetings, and within week_minutes.",
        "have no instructor who is qualified, available and free",
    ),
    Rule(
        "cohort-size",
        "A cohort has between seats_min people and the smaller of seats_max and the room's seats.",
        "never reach {seats_min} seats",
    ),
    Rule(
        "mode",
        "An online site means mode online; the module and the apprentice accept the mode.",
        "are in a mode not accepted",
    ),
    Rule(
        "need",
        "A seat is in a module that the chosen option requires, that is wanted and not credited, and at most once.",
        "are in a module that the chosen options do not ask for",
    ),
    Rule(
        "order",
        "Every module in `after` is credited, not required, or seated in a cohort that ends on an earlier date.",
        "begin before an earlier module is done",
    ),
    Rule(
        "access",
        "The site is open to the apprentice's company; an owner's plant is always open to its own.",
        "are at a site that is not open to {company}",
    ),
    Rule(
        "travel-limit",
        "For each meeting, travel from the plant on a working date, else from home, is at most travel_max.",
        "exceed the travel limit",
    ),
    Rule(
        "off-date",
        "No meeting falls on an off date, before `starts` or after `due`.",
        "meet on a date that is barred for this person",
    ),
    Rule(
        "session-kind",
        "Each meeting is of a kind that the company's agreement allows for this person.",
        "need a kind of session that {company}'s agreement does not allow",
        "contract §3; collective agreements",
    ),
    Rule(
        "release-limit",
        "Minutes lost to a meeting are at most the company's release_minutes, and none on a shift that starts in "
        "a peak.",
        "need more release than {company}'s agreement allows",
    ),
    Rule(
        "meal",
        "A lunch session leaves at least meal_kept_minutes of the meal break free.",
        "leave too little of the meal break",
        "contract §3; 29 CFR 785.19 and state meal laws",
    ),
    Rule(
        "clash",
        "Two meetings of one apprentice are at least the travel between their sites apart.",
        "clash with another cohort of this person",
    ),
    Rule(
        "modules-at-once",
        "At most modules_at_once cohorts of one apprentice meet in a week.",
        "would be one module too many in a week",
    ),
    Rule(
        "class-week",
        "An apprentice's meeting minutes in a week are at most class_minutes_per_week.",
        "exceed the class minutes of a week",
    ),
    Rule(
        "work-week",
        "Worked minutes plus meeting minutes outside shifts are at most week_minutes in a week in which "
        "meetings add some.",
        "make a week of work and class too long",
    ),
    Rule(
        "duty",
        "A stretch of shifts and meeting windows joined by gaps under rest_minutes spans at most duty_minutes if it "
        "has a meeting.",
        "make a stretch of work and class too long",
    ),
    Rule(
        "day-off",
        "In a week in which the rota leaves a date free, at least one such date stays without the start of a meeting.",
        "take the last free day of a week",
        "contract §3; one day's rest in seven (Illinois, Wisconsin)",
    ),
    Rule(
        "party",
        "Members of a party who need the same module are in the same cohort for it, or none of them is seated in it.",
        "do not suit everybody of the party",
    ),
    Rule("pin", "A pinned seat stands; a pin to none forbids the module.", "are forbidden by a pin"),
    Rule(
        "frozen",
        "A published cohort that starts before frozen_until stays as it is with its seats; nothing new starts before "
        "that date.",
        "start before the frozen date",
    ),
)

RULES: dict[str, Rule] = {rule.name: rule for rule in _ALL}
"""Every rule by name, in the contract's order."""
