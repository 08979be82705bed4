"""Failures that are nobody's mistake: a database that is away is told as such, with a time to ask again."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from lineside.service.api.errors import add_error_handlers


@pytest.mark.parametrize(
    "error", [OperationalError("SELECT secret", {}, Exception("no space left")), PoolTimeoutError("pool of 10")]
)
def test_a_database_that_does_not_answer_is_told_and_asked_again_later(error: Exception) -> None:
    app = FastAPI()
    add_error_handlers(app)

    @app.get("/")
    def read() -> None:
        raise error

    with TestClient(app) as client:
        answer = client.get("/")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told["title"] == "The database does not answer"
    assert "Try again in some seconds and look whether a change was stored" in told["detail"]
    assert "secret" not in answer.text and "pool" not in answer.text
