"""Single people's meetings and shifts over HTTP."""

from __future__ import annotations

from tests.service.api.conftest import World


def test_a_cohorts_meetings_tell_kind_and_minutes_lost(world: World, plan_id: str) -> None:
    whole = world.ask("GET", f"/plans/{plan_id}").json()["plan"]
    cohort = whole["cohorts"][0]["cohort"]
    (row,) = world.ask("GET", f"/plans/{plan_id}/sessions", params={"cohort": cohort}).json()
    # The shift ends at 14:00, the class begins at 15:00, and the way takes 20 minutes.
    assert (row["apprentice"], row["kind"], row["lost_minutes"], row["travel_minutes"]) == ("a1", "after", 0, 20)
    assert (row["start"][11:], row["end"][11:]) == ("15:00", "17:00")
    assert (row["leaves"][11:], row["returns"][11:]) == ("14:40", "17:20")
    assert world.ask("GET", f"/plans/{plan_id}/sessions", params={"cohort": "x"}).json() == []


def test_somebody_must_be_named(world: World, plan_id: str) -> None:
    answer = world.ask("GET", f"/plans/{plan_id}/sessions")
    assert answer.status_code == 422 and "Name one of them" in answer.json()["detail"]


def test_a_term_has_shifts_with_meals_and_meetings(world: World, plan_id: str) -> None:
    term = world.ask("GET", f"/plans/{plan_id}/term", params={"apprentice": "a1"}).json()
    # Two weeks of Monday to Friday.
    assert len(term["shifts"]) == 10 and len(term["sessions"]) == 1
    first = term["shifts"][0]
    assert (first["letter"], first["start"], first["end"]) == ("D", "2026-06-01T06:00", "2026-06-01T14:00")
    assert first["meals"] == [{"start": "2026-06-01T10:00", "end": "2026-06-01T10:30"}]
    assert first["worked_minutes"] == 450
    assert world.ask("GET", f"/plans/{plan_id}/term", params={"apprentice": "x"}).status_code == 404


def test_a_manager_sees_published_plans_of_the_own_company(world: World, plan_id: str) -> None:
    path = f"/plans/{plan_id}/term?apprentice=a1"
    assert world.ask("GET", path, world.manager).status_code == 404
    world.ask("POST", f"/plans/{plan_id}/publish")
    assert world.ask("GET", path, world.manager).json()["name"] == "Ann"
    assert world.ask("GET", f"{path}&company=bolt", world.manager).status_code == 403
