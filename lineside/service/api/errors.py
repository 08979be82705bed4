"""Every failure becomes problem details; nothing of the inside is told."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException

from lineside.models.mistakes import Mistake
from lineside.service.api.parts import PROBLEM_TYPE, MistakeOut, ProblemOut
from lineside.service.problems import Problem, SlowDownProblem

log = structlog.get_logger("lineside.web")

RETRY_SECONDS = 5
"""When to ask again while the database does not answer."""


def problem_response(
    status: int, title: str, detail: str, mistakes: list[MistakeOut] | None = None, headers: Mapping[str, str] = {}
) -> Response:
    """Return an answer with problem details."""
    body = ProblemOut(type="about:blank", title=title, status=status, detail=detail, mistakes=mistakes or [])
    return Response(body.model_dump_json(), status, headers, PROBLEM_TYPE)


def add_error_handlers(app: FastAPI) -> None:
    """Let an application answer every failure with problem details."""
    app.add_exception_handler(Problem, _known)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    for without_database in (OperationalError, PoolTimeoutError):
        app.add_exception_handler(without_database, _without_database)
    app.add_exception_handler(Exception, _unknown)


async def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    headers = {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, SlowDownProblem):
        headers["Retry-After"] = str(error.wait_seconds)
    return problem_response(error.status, error.title, error.detail, list(map(MistakeOut.of, error.mistakes)), headers)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    mistakes = []
    for found in error.errors():
        place, *rest = [str(part) for part in found["loc"]] or ["body"]
        # The value itself is not repeated: it may be a person's, or a secret.
        mistakes.append(MistakeOut.of(Mistake(place, None, ".".join(rest) or None, None, f"{found['msg']}.")))
    detail = f"The request has {len(mistakes)} mistakes. Correct them; the description is at /api/v1/openapi.json."
    return problem_response(422, "There are mistakes", detail, mistakes)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = f"{error.detail}. Look at /api/v1/openapi.json for what there is."
    return problem_response(error.status_code, str(error.detail), detail, headers=error.headers or {})


async def _without_database(request: Request, error: Exception) -> Response:
    log.error("database does not answer", error=type(error).__name__)
    detail = (
        "The database does not answer, is busy or has no room. Try again in some seconds and look whether a change was "
        "stored; if it comes back, tell whoever runs the service."
    )
    return problem_response(503, "The database does not answer", detail, headers={"Retry-After": str(RETRY_SECONDS)})


async def _unknown(request: Request, error: Exception) -> Response:
    log.error("request failed", error=type(error).__name__, exc_info=error)
    detail = "The service met an error of its own. Try again; if it comes back, tell whoever runs the service."
    return problem_response(500, "An error of the service", detail)
