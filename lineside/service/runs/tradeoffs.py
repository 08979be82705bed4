"""What a child process does for a strict order and for a frontier, and what it tells of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from lineside.models.plan import plan_json

if TYPE_CHECKING:
    import threading

    from lineside.models.plan import Plan
    from lineside.models.scenario import Scenario
    from lineside.solver import Frontier, FrontierOptions, FrontierPoint, GoalReached, Progress, SolveOptions

Tell = Callable[["Progress"], None]


def limits_of(task: dict[str, Any]) -> dict[str, Decimal]:
    """Return the limits that a task asks for."""
    return {name: Decimal(str(most)) for name, most in task.get("ask", {}).get("limits", {}).items()}


def options_of(task: dict[str, Any]) -> SolveOptions:
    """Return how a task is to be searched, with its margin and limits."""
    from lineside.solver import SolveOptions

    asked = {name: task[name] for name in ("seconds", "workers", "seed", "margin")}
    return SolveOptions(**asked, limits=limits_of(task))


def goals_told(reached: tuple[GoalReached, ...]) -> dict[str, Any]:
    """Return what came of goals in strict order, as plain data."""
    goals = [
        {
            "measure": one.goal.measure,
            "share": float(one.goal.share),
            "more": float(one.goal.more),
            "value": float(one.value),
            "bound": float(one.bound),
            "is_optimal": one.is_optimal,
            "final": float(one.final),
        }
        for one in reached
    ]
    return {"goals": goals}


def trace(
    task: dict[str, Any], scenario: Scenario, tell: Tell, show: Callable[[Plan], None], stop: threading.Event
) -> tuple[Frontier, float]:
    """Return the frontier that a task asks for, and the seconds that it took.

    Parameters
    ----------
    show
        Called with the first point's plan: what is left if the process is killed later.
    """
    from lineside.solver import frontier

    began, shown = time.monotonic(), list[bool]()

    def on_point(point: FrontierPoint) -> None:
        if not shown:
            show(point.plan)
        shown.append(True)

    return frontier(scenario, frontier_options(task), tell, on_point, stop), time.monotonic() - began


def frontier_options(task: dict[str, Any]) -> FrontierOptions:
    """Return what a task of a frontier asks for; its seconds are those of all points together."""
    from lineside.solver import FrontierOptions

    ask = task["ask"]
    return FrontierOptions(
        against=ask["against"],
        minimise=ask["minimise"],
        points=ask["points"],
        seconds=task["seconds"] / (ask["points"] + 1),
        workers=task["workers"],
        seed=task["seed"],
        limits=limits_of(task),
        keep=tuple(ask["keep"]),
    )


def frontier_told(found: Frontier) -> dict[str, Any]:
    """Return the points of a frontier as plain data, each with its plan's text."""
    least = found.least_against_bound
    return {
        "points": [
            {
                "plan": plan_json(point.plan),
                "value": float(point.value),
                "against": float(point.against),
                "limit": None if point.limit is None else float(point.limit),
                "bound": float(point.bound),
                "gap": float(point.gap),
                "is_optimal": point.is_optimal,
                "is_efficient": point.is_efficient,
            }
            for point in found.points
        ],
        "least_against_bound": None if least is None else float(least),
        "is_least_against_optimal": found.is_least_against_optimal,
        "is_complete": found.is_complete,
    }
