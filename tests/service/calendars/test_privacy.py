"""Nobody reads of others what is not theirs to read."""

from __future__ import annotations

import re
from pathlib import Path

from lineside.models.plan import read_plan
from lineside.models.reading import read_scenario
from lineside.models.scenario import Scenario
from lineside.service.calendars import EventHistory, FeedKey, PageLinks, publish, render, render_page
from tests.service.calendars.parts import JUNE, first, plan_with, region, text

SHARED_REGIONS = Path(__file__).parents[3] / "../shared/regions"


def test_a_company_reads_its_own_people_and_the_size_of_other_groups() -> None:
    history = first(region(), plan_with(region()))
    found = text(history, "company", "acme").replace("\\,", ",")
    assert "SUMMARY:Mathematics: 2 people" in found
    assert "- Ann Lee (a1): after the shift, no release\\n- Bo Ek (a2): after the shift, no release" in found
    assert "With a group of another company: 1 person." in found
    other = text(history, "company", "bolt").replace("\\,", ",")
    assert "- Zed Quist (b1): during the shift, 126 minutes of release" in other  # 14:57-17:03 with the way
    assert "With a group of another company: 2 people." in other


def test_a_company_without_a_seat_in_a_cohort_does_not_see_it() -> None:
    history = first(region(), plan_with(region(), people="b1"))
    assert history.feeds[FeedKey("company", "acme")].events == ()


def test_an_apprentice_reads_of_nobody_else_and_no_other_feed_names_apprentices() -> None:
    history = first(region(), plan_with(region()))
    assert not re.search("Bo Ek|Zed|Ida|Bolt|53211", text(history))
    for key in (FeedKey("instructor", "ida"), FeedKey("room", "hall"), FeedKey("cohort", "K1")):
        found = text(history, key.kind, key.owner)
        assert "Expected: 3 people" in found
        assert not re.search("Ann|Bo Ek|Zed|53211|a1|b1", re.sub("UID:.*", "", found)), key
    assert "- Acme: 2\\n- Bolt Works: 1" in text(history, "instructor", "ida")
    assert not re.search("Acme|Bolt", text(history, "room", "hall") + text(history, "cohort", "K1"))


def foreign_words(scenario: Scenario, company: str) -> set[str]:
    """Return ids, names, lines and homes of all other companies that are none of this one's and long enough."""
    mine: set[str] = set()
    others: set[str] = set()
    for row in scenario.apprentices:
        (mine if row.company == company else others).update(
            {row.apprentice, row.name, row.line, row.rota, row.zip or ""}
        )
    for line in scenario.lines:
        owner = scenario.site_by_id[line.site].company
        (mine if owner == company else others).update({line.line, line.name})
    for other in scenario.companies:
        (mine if other.company == company else others).update({other.company, other.name})
    # A plant's name and zip code stand in the location of a meeting held there: whoever goes must find it.
    places = {word for site in scenario.sites for word in (site.zip or "", site.name)}
    return {word for word in others - mine - places if len(word) > 3}


def test_no_feed_or_page_of_a_company_holds_a_word_of_another() -> None:
    folder = SHARED_REGIONS / "s-nasty-5"
    scenario = read_scenario(folder).scenario
    history = publish(scenario, read_plan(folder / "published.json"), EventHistory("nasty"), JUNE)
    company_of = {FeedKey("apprentice", row.apprentice): row.company for row in scenario.apprentices}
    company_of |= {FeedKey("company", row.company): row.company for row in scenario.companies}
    shared = 0
    for key, company in company_of.items():
        body = render(history.feeds[key], JUNE).body.decode().replace("\r\n ", "")
        lines = [line for line in body.split("\r\n") if not line.startswith(("UID:", "LOCATION:"))]
        said = (
            re.sub(r"Where: .*?\\n", "", "\n".join(lines))
            + render_page(history.feeds[key], JUNE, PageLinks("feed.ics")).partition("<main>")[2]
        )
        shared += "of other compan" in said or "of another company" in said
        words = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in foreign_words(scenario, company)))
        assert (key, words.findall(re.sub("<td>Room.*?</td>", "", said))) == (key, [])
    assert shared  # the region has cohorts of several companies
