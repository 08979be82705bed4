"""What the README of two_plants says of edits, trade-offs, fair shares and strict orders."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import lineside.scenarios
from lineside.models.checker import check
from lineside.models.mistakes import Findings
from lineside.models.reading import read_scenario, result_of
from lineside.models.scenario import Scenario
from lineside.scenarios.disruptions import Disruption, SickInstructor, SnowDay
from lineside.scenarios.shares import CompanyShare, company_shares
from lineside.scenarios.variant_files import source_of, texts_of
from lineside.service.answers.desk import AnswerDesk
from lineside.solver import Cap, SolveOptions, fairness, solve
from tests.build import open_cohort, plan_of, tiny

TWO_PLANTS = Path(lineside.scenarios.__file__).parent / "bundled" / "two_plants"
QUICK = SolveOptions(seconds=20, workers=1)


@pytest.fixture(scope="module")
def two_plants() -> Scenario:
    return read_scenario(TWO_PLANTS).scenario


def varied(path: Path, *edits: str) -> Scenario:
    findings = Findings()
    _, variant = texts_of(source_of(path, [TWO_PLANTS / "what_if" / edit for edit in edits]), findings)
    assert (variant.conflicts, variant.settled) == ((), ())
    return result_of(variant.raw, findings).scenario


@pytest.mark.parametrize(
    ("path", "edits", "objective"),
    [
        (TWO_PLANTS, ("free_college.toml",), "238.4"),
        (TWO_PLANTS, ("a5_comes_earlier.toml",), "73.578"),
        (TWO_PLANTS / "what_if" / "both.toml", (), "58.4"),
    ],
)
def test_the_edits_of_two_plants(path: Path, edits: tuple[str, ...], objective: str) -> None:
    plan = solve(varied(path, *edits), QUICK).plan
    assert (plan.status, plan.objective) == ("optimal", Decimal(objective))
    assert f"**{float(objective):.3f}**" in (TWO_PLANTS / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("event", "costs"),
    [
        (
            SickInstructor(instructor="DOAN", first=dt.date(2026, 9, 28), last=dt.date(2026, 10, 2)),
            {"Another instructor": "2.000", "Leave it": "738.000"},
        ),
        (SnowDay(date=dt.date(2026, 9, 17)), {"Settle anew near by": "422.822", "Leave it": "738.000"}),
    ],
    ids=["sick", "snow"],
)
def test_what_happens_to_two_plants(two_plants: Scenario, event: Disruption, costs: dict[str, str]) -> None:
    desk = AnswerDesk(two_plants, solve(two_plants, QUICK).plan, dt.date(2026, 9, 14), notice_days=0)
    answers = desk.answers(event)
    assert {answer.title: f"{answer.cost:.3f}" for answer in answers} == costs
    assert all(check(answer.scenario, answer.plan).is_clean for answer in answers)
    assert all(f"**+{cost}**" in (TWO_PLANTS / "README.md").read_text(encoding="utf-8") for cost in costs.values())


def test_what_fairness_costs_two_plants(two_plants: Scenario) -> None:
    found = fairness(two_plants, Cap(Fraction(1, 2), is_share=True), QUICK)
    assert found.most == Fraction("9.99")
    assert found.cost == Fraction("2.822")
    assert found.proven == (Fraction("2.822"), Fraction("2.822"))
    assert [float(row.lost_line_minutes) for row in company_shares(two_plants, found.capped.plan)] == [0, 0, 0]
    nothing = fairness(two_plants, Cap(Fraction(20)), QUICK)
    assert nothing.cost == 0


def test_a_cap_that_nothing_keeps_has_no_cost(two_plants: Scenario) -> None:
    options = SolveOptions(seconds=20, workers=1, limits={"unseated_hours": 3, "dollars": 900})
    found = fairness(two_plants, Cap(Fraction(10)), options)
    assert found.free.aim is not None
    assert (found.capped.aim, found.cost, found.proven) == (None, None, None)
    never = fairness(two_plants, Cap(Fraction(10)), SolveOptions(20, 1, limits={"unseated_hours": 2}))
    assert (never.free, never.cost) == (never.capped, None)


def test_shares_of_two_plants(two_plants: Scenario) -> None:
    aspen, birch, total = company_shares(two_plants, solve(two_plants, QUICK).plan)
    expected = CompanyShare("ASPEN", 5, 7, 1, Decimal(22), Decimal("19.98"), Decimal(1), Decimal("0.908"))
    assert aspen == expected
    assert birch == CompanyShare("BIRCH", 3, 5, 0, Decimal(16), Decimal(0), Decimal(0), Decimal(0))
    # 19.98 / 38 hours
    assert total == CompanyShare("", 8, 12, 1, Decimal(38), Decimal("19.98"), Decimal(1), Decimal("0.526"))


def test_shares_count_meetings_from_the_first_day_on_and_weigh_lines() -> None:
    # One of ten is away from 13:40, 20 minutes before the class at 14:00 and to the shift's end: 20 x 0.1, weight 3.
    scenario = tiny(lines={"press": {"weight": 3}}, patterns=["Mon | 14:00 | 60 | college"])
    plan = plan_of(scenario, (open_cohort(scenario, "Mon 14:00 60", week=-1), "a1"))
    acme, total = company_shares(scenario, plan)
    assert (acme.seated_hours, acme.lost_line_minutes, acme.lost_per_hour) == (1, 6, 6)
    assert (total.seated_hours, total.share) == (1, 1)
    nobody = company_shares(scenario, plan_of(scenario))[0]
    assert (nobody.num_unseated, nobody.share, nobody.lost_per_hour) == (1, 0, None)
