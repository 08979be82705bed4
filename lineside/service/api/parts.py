"""What requests and answers are built from: strict models, problem details, words that can be stored."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from lineside.models.mistakes import Mistake

PROBLEM_TYPE = "application/problem+json"


class Body(BaseModel):
    """A request's body: numbers are numbers, and unknown keys are refused."""

    model_config = ConfigDict(strict=True, extra="forbid")


class Answer(BaseModel):
    """An answer's body."""

    model_config = ConfigDict(extra="forbid", from_attributes=True)


Words = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A line of text that people write."""
Owner = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""An id of a scenario's table."""
Day = Annotated[dt.date, Field(strict=False)]
"""A date, written as YYYY-MM-DD."""
Identity = Annotated[uuid.UUID, Field(strict=False)]
"""An id that the service gave."""


class MistakeOut(Answer):
    """One mistake, as ``lineside validate`` tells it."""

    table: str = Field(examples=["crews"])
    row: int | None = Field(examples=[4], description="as in a file, where the header is row 1")
    column: str | None = Field(examples=["relief"])
    value: str | None = Field(examples=["q"])
    message: str = Field(examples=["'q' is no number. Write a whole number such as 2."])

    @classmethod
    def of(cls, mistake: Mistake) -> MistakeOut:
        """Return a mistake as an answer."""
        return cls.model_validate(mistake)


class ProblemOut(Answer):
    """Problem details (RFC 9457)."""

    type: str = Field("about:blank", examples=["about:blank"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no run of this id. List the runs and choose one."])
    mistakes: list[MistakeOut] = Field([], description="every mistake, where there are any")


class Page(BaseModel):
    """Which part of a list is wanted."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(100, ge=1, le=1000, description="most rows")
    offset: int = Field(0, ge=0, le=10**9, description="rows left out before")


_WORDS = {
    400: "the request cannot be read",
    401: "no key, or one that is not known",
    403: "the key does not open this",
    404: "nothing there, or nothing of this region's",
    405: "the route has no such method",
    409: "the state does not allow it",
    412: "it was changed in between",
    413: "the request is too large",
    422: "mistakes in the request or the scenario",
    428: "If-Match is missing",
    429: "too many failed keys",
    503: "the issuer of ID tokens does not answer",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of a route's problems; those that every route can have are added."""
    schema = {"schema": {"$ref": "#/components/schemas/ProblemOut"}}
    return {
        status: {"description": _WORDS[status], "content": {PROBLEM_TYPE: schema}}
        for status in sorted({400, 401, 403, 413, 422, 429, 503, *statuses})
    }


Instant = dt.datetime
"""UTC."""
