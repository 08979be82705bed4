"""The route of fair shares: what a plan takes from each company's lines, and gives in class time."""

from __future__ import annotations

import uuid

from fastapi import APIRouter, Request
from pydantic import Field

from lineside.scenarios.shares import company_shares
from lineside.service.api.context import Admitted, InSession
from lineside.service.api.impact import Company, company_in, view_of
from lineside.service.api.parts import Answer, problems

router = APIRouter(prefix="/plans/{plan}/impact", tags=["impact"])


class ShareOut(Answer):
    """What one company has of a plan; the last row of a planner is of all together, without a company."""

    company: str
    num_apprentices: int
    num_seats: int
    num_unseated: int = Field(description="needed modules without a seat")
    seated_hours: float = Field(description="apprentice-hours of instruction, meetings from the first day on")
    lost_line_minutes: float
    share: float | None = Field(description="its part of all line time lost; nothing of other companies is told")
    lost_per_hour: float | None = Field(description="line-minutes lost for each of these hours; null without a seat")


@router.get("/shares", responses=problems(404, 409))
def read_shares(
    plan: uuid.UUID, request: Request, session: InSession, actor: Admitted, company: Company = None
) -> list[ShareOut]:
    """Tell what the plan takes from each company's lines for the class time that it gives its people."""
    view = view_of(plan, request, session, actor)
    wanted = company_in(view, actor, company)
    rows = [ShareOut.model_validate(row) for row in company_shares(view.scenario, view.plan, view.losses)]
    if wanted is None:
        return rows
    return [row.model_copy(update={"share": None}) for row in rows if row.company == wanted]
