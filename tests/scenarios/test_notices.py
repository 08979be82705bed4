"""Notices: who is told of what within the next days, in which words."""

from __future__ import annotations

import datetime as dt

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.scenarios.notices import Notice, notices
from tests.build import open_cohort, plan_of, tiny

PATTERNS = ("Mon | 15:00 | 120 | college", "Tue | 15:00 | 120 | college", "Mon | 23:00 | 120 | college")
SUNDAY = dt.datetime(2026, 6, 7, 18, 0)


def region() -> Scenario:
    return tiny(
        settings={"weeks": 4},
        apprentices={"a1": {}, "a2": {"name": "Bo\nBye"}},
        patterns=PATTERNS,
        modules={"math": {"name": "Mathematics", "hours": 4}},
        sites={"college": {"name": "City College"}},
    )


def told(before: Plan, after: Plan, now: dt.datetime = SUNDAY, days: int = 3) -> tuple[Notice, ...]:
    return notices(region(), before, after, now, days)


def monday(people: str = "a1", **changes: object) -> Plan:
    return plan_of(region(), (open_cohort(region(), week=1, **changes), people))  # type: ignore[arg-type]


def tuesday(people: str = "a1") -> Plan:
    return plan_of(region(), (open_cohort(region(), "Tue 15:00 120", name="K2", week=1), people))


def test_a_class_that_moves_is_told_with_what_was_and_what_is() -> None:
    found = told(monday(), tuesday())
    assert [(row.who, row.id) for row in found] == [("apprentice", "a1"), ("instructor", "ida")]
    assert found[0].subject == "Your next class has moved: Monday 8 June 2026"
    assert found[0].text == (
        "Dear Ann,\n"
        "\n"
        "Your class has moved: Mathematics (math)\n"
        "  it was: Monday 8 June 2026, 15:00 to 17:00, City College, room hall\n"
        "  it is:  Tuesday 9 June 2026, 15:00 to 17:00, City College, room hall\n"
        "\n"
        "1 more of your meeting changes later on: please look into your calendar.\n"
        "\n"
        "All times are local (America/Chicago)."
    )
    assert (len(found[0].meetings), found[0].num_later) == (1, 1)


def test_only_the_next_days_count() -> None:
    assert told(monday(), tuesday(), dt.datetime(2026, 6, 4, 14, 59)) == ()
    assert len(told(monday(), tuesday(), dt.datetime(2026, 6, 5, 15, 1))) == 2  # the 8th at 15:00 is within three days
    assert told(monday(), tuesday(), SUNDAY, days=0) == ()
    assert len(told(monday(), tuesday(), dt.datetime(2026, 6, 4, 14, 59), days=5)) == 2


def test_what_has_begun_is_told_no_more() -> None:
    # On Monday at 16:00 the old class has begun, but the person is expected again on Tuesday.
    found = told(monday(), tuesday(), dt.datetime(2026, 6, 8, 16, 0))
    assert [row.id for row in found] == ["a1", "ida"]
    # Late on Tuesday both are past.
    assert told(monday(), tuesday(), dt.datetime(2026, 6, 9, 15, 1)) == ()


def test_new_and_cancelled_classes_and_other_rooms() -> None:
    empty = plan_of(region())
    assert told(empty, monday())[0].subject == "You have a new class: Monday 8 June 2026"
    cancelled = told(monday(), empty)[0]
    assert cancelled.subject == "A class is cancelled: Monday 8 June 2026"
    assert "it is:" not in cancelled.text
    elsewhere = told(monday(), monday(room="licence", site="online"))[0]
    assert "  it is:  Monday 8 June 2026, 15:00 to 17:00, A site\n" in elsewhere.text  # online: no room to go to


def test_several_changes_are_one_notice_and_names_are_one_line() -> None:
    found = told(monday("a1 a2"), plan_of(region()), days=9)
    assert [row.id for row in found] == ["a1", "a2", "ida"]
    assert found[1].subject == "2 of your next classes have changed"
    assert found[1].text.startswith("Dear Bo Bye,\n")


def test_a_class_past_midnight_names_both_days() -> None:
    late = plan_of(region(), (open_cohort(region(), "Mon 23:00 120", week=1), "a1"))
    found = told(plan_of(region()), late)
    assert "Monday 8 June 2026, 23:00 to Tuesday 9 June 2026, 01:00, City College" in found[0].text


def test_the_same_plan_tells_nothing() -> None:
    assert told(monday(), monday()) == ()


def test_whoever_has_left_is_told_nothing() -> None:
    after = tiny(apprentices={"a1": None, "a2": {}}, instructors={"ida": None, "bob": {}})
    assert notices(after, monday(), plan_of(after), SUNDAY, earlier=region()) == ()
