"""Routes for whoever operates the service; they say nothing about any region."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from pydantic import BaseModel
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from lineside.service.api.context import service_of
from lineside.service.api.downloads import binary
from lineside.service.api.kept_answers import KeptAnswers
from lineside.service.api.middleware import Figures
from lineside.service.runs.records import STATUSES
from lineside.service.storage.models import Run

router = APIRouter(tags=["operation"])


class HealthOut(BaseModel):
    """A word about the service."""

    status: Literal["ok", "not ready"]


@router.get("/healthz")
def read_health() -> HealthOut:
    """Tell that the process answers."""
    return HealthOut(status="ok")


@router.get("/readyz", responses={503: {"model": HealthOut, "description": "the database is not ready"}})
def read_readiness(request: Request, response: Response) -> HealthOut:
    """Tell whether the database answers and its tables are up to date."""
    try:
        is_ready = service_of(request).database.is_ready()
    except SQLAlchemyError:
        is_ready = False
    if not is_ready:
        response.status_code = 503
    return HealthOut(status="ok" if is_ready else "not ready")


def add_run_gauge(figures: Figures) -> Gauge:
    """Return the figure of runs by status, which is read from the database when it is asked for."""
    return Gauge("lineside_runs", "Runs by status", ("status",), registry=figures.registry)


def add_answers_gauge(figures: Figures, answers: KeptAnswers) -> None:
    """Add the figure of the memory of kept answers, which is read when it is asked for."""
    words = "Memory that kept answers of calendars' addresses take, about"
    Gauge("lineside_kept_answers_bytes", words, registry=figures.registry).set_function(lambda: answers.num_bytes)


@router.get("/metrics", responses={200: binary("text/plain")}, response_class=Response)
def read_metrics(request: Request) -> Response:
    """Give figures for Prometheus."""
    with service_of(request).database.session() as session:
        counts = {row[0]: row[1] for row in session.execute(select(Run.status, func.count()).group_by(Run.status))}
    for status in STATUSES:
        request.app.state.run_gauge.labels(status).set(counts.get(status, 0))
    return Response(generate_latest(request.app.state.figures.registry), media_type=CONTENT_TYPE_LATEST)
