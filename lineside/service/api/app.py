"""The web application: routes under ``/api/v1``, calendars at their secret addresses, health beside them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from lineside.service.access.issuer import Issuer
from lineside.service.access.throttle import Throttle
from lineside.service.api import (
    advice,
    answers,
    calendars,
    changes,
    comparison,
    feed_owners,
    health,
    identities,
    impact,
    impact_parts,
    notices,
    outlook,
    people,
    persons,
    plan_costs,
    plan_trials,
    plans,
    run_events,
    runs,
    scenario_edits,
    scenario_settings,
    scenario_starts,
    scenarios,
    seat_changes,
    sessions,
    shares,
    sweeps,
    tradeoffs,
    variants,
)
from lineside.service.api.context import Service
from lineside.service.api.errors import add_error_handlers
from lineside.service.api.feed_door import FeedDoor, QuickFeeds
from lineside.service.api.impact_views import Views
from lineside.service.api.middleware import Figures, SizeLimit, Watch
from lineside.service.api.parts import ProblemOut
from lineside.service.api.plan_desks import Desks, JudgedTables
from lineside.service.settings import ServiceSettings
from lineside.service.storage.database import Database

PREFIX = "/api/v1"
ROUTERS: tuple[APIRouter, ...] = (
    scenario_starts.router,  # before the scenarios, whose paths take any word
    scenarios.router,
    scenario_edits.router,
    scenario_settings.router,
    changes.router,
    variants.router,
    runs.router,
    tradeoffs.router,
    run_events.router,
    sweeps.router,
    comparison.router,  # before the plans, whose paths take any word
    plans.router,
    plan_costs.router,
    plan_trials.router,
    answers.router,
    seat_changes.router,
    advice.router,
    sessions.router,
    impact_parts.router,
    shares.router,
    impact.router,
    outlook.router,
    people.router,
    notices.router,
    persons.router,
    identities.router,
    feed_owners.router,
)


def create_app(database: Database, settings: ServiceSettings) -> FastAPI:
    """Return the web application on a migrated database."""
    app = FastAPI(
        title="Lineside",
        version=version("lineside"),
        description="Fits classroom training around a factory's clock.",
        openapi_url=None,
        docs_url=None,  # the usual pages fetch their scripts from elsewhere
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
        lifespan=_life,
    )
    app.state.service = Service(database, settings, Throttle(settings.failed_keys_per_minute), _issuer(settings))
    app.state.quick_feeds = QuickFeeds(database)
    app.state.views = Views()
    app.state.desks = Desks()
    app.state.inquiries = advice.Inquiries()
    app.state.judged_tables = JudgedTables()
    app.state.answer_desks = answers.AnswerDesks()
    app.state.figures = Figures()
    app.state.run_gauge = health.add_run_gauge(app.state.figures)
    health.add_answers_gauge(app.state.figures, app.state.quick_feeds.answers)
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX)
    app.include_router(health.router)
    app.include_router(calendars.router)
    app.add_api_route(f"{PREFIX}/openapi.json", _openapi_route(app), name="read_openapi", include_in_schema=False)
    add_error_handlers(app)
    app.add_middleware(SizeLimit, max_bytes=settings.upload_bytes)
    app.add_middleware(Watch, figures=app.state.figures)
    app.add_middleware(
        FeedDoor, quick=app.state.quick_feeds, throttle=app.state.service.throttle, figures=app.state.figures
    )
    return app


def _issuer(settings: ServiceSettings) -> Issuer | None:
    if not settings.oidc_issuer:
        return None
    return Issuer(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_confirmed_claim)


@asynccontextmanager
async def _life(app: FastAPI) -> AsyncIterator[None]:
    """Keep answers of calendars as long as the application runs."""
    quick: QuickFeeds = app.state.quick_feeds
    quick.start()
    try:
        yield
    finally:
        await run_in_threadpool(quick.stop)


def _openapi_route(app: FastAPI) -> Any:
    described = app.openapi

    def described_with_problems() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = described()
            shapes = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
            schema["components"]["schemas"].update(shapes.pop("$defs", {}))
            schema["components"]["schemas"]["ProblemOut"] = shapes
        return app.openapi_schema or {}

    app.openapi = described_with_problems  # type: ignore[method-assign]  # the way that FastAPI documents

    def read_openapi() -> JSONResponse:
        return JSONResponse(app.openapi())

    return read_openapi
