"""The audit of the store and of the calendars against what the service acknowledged."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from typing import Any

from sqlalchemy import select, text

from benchmarks.faults_clients import Acknowledged, Clients, Events
from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.service.calendars.drafting import drafts_by_feed
from lineside.service.calendars.events import FeedKey
from lineside.service.runs.records import ACTIVE
from lineside.service.storage.database import Database
from lineside.service.storage.models import Publication, Revision, Run, StoredPlan, StoredScenario

SETTLE_SECONDS = 600.0
"""How long runs at the end may tell nothing before that is called a loss: solves have the lowest priority of all."""
AGREE_SECONDS = 10.0
"""How long a calendar may take to follow a publication that nobody was answered about."""


class Audit:
    """Audits of one store, each of everything since the first round.

    Parameters
    ----------
    database, clients
        The store, and who used it.
    scenario
        What the published plans are of.
    """

    def __init__(self, database: Database, clients: Clients, scenario: Scenario) -> None:
        self._database = database
        self._clients = clients
        self._scenario = scenario

    def losses(self) -> list[str]:
        """Return what was acknowledged and is not there, or is there twice, in sentences; empty if all is well."""
        done = self._clients.done
        losses, done.losses = done.losses, []
        with self._database.session() as session:
            scenario = session.get_one(StoredScenario, uuid.UUID(self._clients.scenario))
            losses += _save_losses(session, scenario, done) + _plan_losses(session, done)
            losses += _run_losses(session, done)
        return losses + self._feed_losses()

    def settle(self) -> None:
        """Wait until all runs are over, as long as one of them tells something now and then."""
        deadline, before = time.monotonic() + SETTLE_SECONDS, -1
        while time.monotonic() < deadline:
            with self._database.session() as session:
                events = session.scalars(text("SELECT count(*) FROM run_events")).one()
                if session.scalars(select(Run.id).where(Run.status.in_(ACTIVE)).limit(1)).one_or_none() is None:
                    return
            if events != before:
                deadline, before = time.monotonic() + SETTLE_SECONDS, events
            time.sleep(0.3)

    def last_losses(self) -> list[str]:
        """Return losses when all runs should be over."""
        self.settle()
        with self._database.session() as session:
            active = session.scalars(select(Run.id).where(Run.status.in_(ACTIVE))).all()
        return [*self.losses(), *(f"run {run} does not end" for run in active)]

    def _feed_losses(self) -> list[str]:
        """Return what is wrong with the calendars now that nobody changes anything."""
        deadline = time.monotonic() + AGREE_SECONDS
        while True:
            wanted, losses = self._wanted(), []
            for owner, path in self._clients.feeds.items():
                found = self._clients.fetched(path)
                if found is None:
                    losses.append(f"the calendar of {owner} is not answered")
                elif taking_place(found) != wanted[owner]:
                    losses.append(f"the calendar of {owner} is not that of the plan in force")
            if not losses or time.monotonic() > deadline:
                return losses
            time.sleep(0.5)

    def _wanted(self) -> dict[str, Counter[tuple[Any, Any]]]:
        with self._database.session() as session:
            newest = select(StoredPlan.text).join(Publication, Publication.plan_id == StoredPlan.id)
            told = session.scalars(newest.order_by(Publication.number.desc()).limit(1)).one()
        drafts = drafts_by_feed(self._scenario, Plan.model_validate_json(told))
        return {
            owner: Counter((draft.content.start, draft.content.end) for draft in drafts[FeedKey("company", owner)])
            for owner in self._clients.feeds
        }


def taking_place(events: Events) -> Counter[tuple[Any, Any]]:
    """Return start and end of the events that are not cancelled."""
    return Counter((event["DTSTART"].dt, event["DTEND"].dt) for event in events if event["STATUS"] == "CONFIRMED")


def _save_losses(session: Any, scenario: StoredScenario, done: Acknowledged) -> list[str]:
    rows = select(Revision.number, Revision.settings["name"].astext).where(Revision.scenario_id == scenario.id)
    names = {row[0]: row[1] for row in session.execute(rows)}
    losses = [f"save {number} is lost" for number, name in done.saves.items() if names.get(number) != name]
    if sorted(names) != list(range(1, scenario.head + 1)):
        losses.append("revisions are not numbered 1 to the newest")
    return losses


def _plan_losses(session: Any, done: Acknowledged) -> list[str]:
    kept = {row[0]: row[1] for row in session.execute(select(StoredPlan.id, StoredPlan.name))}
    losses = [f"plan {plan} is lost" for plan, name in done.plans.items() if kept.get(plan) != name]
    published = list(session.execute(select(Publication.number, Publication.plan_id).order_by(Publication.number)))
    if [row[0] for row in published] != list(range(1, len(published) + 1)):
        losses.append("publications are not numbered without gaps")
    counts = Counter(row[1] for row in published)
    return losses + [f"publication of {plan} is lost" for plan, n in done.publications.items() if counts[plan] < n]


def _run_losses(session: Any, done: Acknowledged) -> list[str]:
    losses, known = [], set()
    query = text(
        "SELECT r.id, r.status, count(e.id) FILTER (WHERE e.status IN ('finished', 'stopped', 'failed')), "
        "(SELECT count(*) FROM plans p WHERE p.run_id = r.id) "
        "FROM runs r LEFT JOIN run_events e ON e.run_id = r.id GROUP BY r.id"
    )
    for run, state, outcomes, plans in session.execute(query):
        known.add(run)
        is_over = state not in ACTIVE
        wanted_plans = (1,) if state == "finished" else (0, 1) if is_over else (0,)
        if outcomes != int(is_over) or plans not in wanted_plans:
            losses.append(f"run {run} is {state} with {outcomes} outcomes and {plans} plans")
    return losses + [f"run {run} is lost" for run in done.runs - known]
