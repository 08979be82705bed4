"""The sheet for a plant's board."""

from __future__ import annotations

import datetime as dt

from lineside.models.scenario import Scenario
from lineside.scenarios.plan_trials import Desk
from lineside.service.week_sheet import Sheet, week_sheet_pdf
from tests.build import FIRST_DAY, open_cohort, plan_of, tiny
from tests.service.pdf_text import is_tagged, pages_of

PRINTED = dt.date(2026, 5, 29)


def shared() -> Scenario:
    return tiny(
        companies={"bolt": {"name": "Bolt Works"}},
        sites={"boltplant": {"kind": "plant", "company": "bolt"}},
        lines={"lathe": {"site": "boltplant"}},
        rotas={"late": {"company": "bolt", "hours": "D 20:00-04:00", "meals": "D 23:00-23:30"}},
        crews={"lathe/late": {}},
        apprentices={"b1": {"name": "Zed", "company": "bolt", "line": "lathe", "rota": "late"}},
    )


def sheet_of(scenario: Scenario, companies: tuple[str, ...], monday: dt.date, *seats: str) -> list[str]:
    plan = plan_of(scenario, (open_cohort(scenario), " ".join(seats)))
    pdf = week_sheet_pdf(Sheet(Desk(scenario, plan), companies, monday, "Spring", PRINTED))
    assert is_tagged(pdf)
    return pages_of(pdf)


def test_a_company_has_its_own_people_on_its_page_and_nobody_else() -> None:
    scenario = shared()
    acme, bolt = sheet_of(scenario, ("acme", "bolt"), FIRST_DAY, "a1", "b1")
    assert "Classes at Acme" in acme and "Ann" in acme and "Zed" not in acme
    assert "Classes at Bolt Works" in bolt and "Zed" in bolt and "Ann" not in bolt
    for page in (acme, bolt):
        assert "15:00–17:00" in page and "Spring" in page


def test_a_class_stands_with_its_kind_and_what_it_takes_of_the_shift() -> None:
    (page,) = sheet_of(tiny(rotas={"day": {"hours": "D 06:00-16:00"}}), ("acme",), FIRST_DAY, "a1")
    # Away from 14:40, twenty minutes of way before the class: eighty minutes of a shift that ends at 16:00.
    assert "release, 80 min of shift" in page
    assert "math: A module" in page


def test_a_week_without_classes_says_so() -> None:
    (page,) = sheet_of(tiny(), ("acme",), FIRST_DAY + dt.timedelta(weeks=1), "a1")
    assert "Nobody has a class this week." in page and "Ann" not in page
