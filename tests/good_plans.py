"""Solving until a plan is good, so that a busy machine takes longer instead of failing."""

from __future__ import annotations

import threading
from decimal import Decimal

from lineside.models.plan import Plan
from lineside.models.scenario import Scenario
from lineside.solver import Progress, SolveOptions, solve

LEAST_SECONDS = 8.0
"""All stages of the search are seen, however early the plan is good."""
MOST_SECONDS = 60.0


def good_plan(scenario: Scenario, good: Decimal) -> Plan:
    """Return a plan of two workers: of some seconds, or of as many as it takes to cost no more than what is good."""
    stop, is_good = threading.Event(), threading.Event()

    def watch(told: Progress) -> None:
        if told.objective is not None and told.bound is not None and told.objective <= good and not is_good.is_set():
            is_good.set()
            timer = threading.Timer(max(0.0, LEAST_SECONDS - told.seconds), stop.set)
            timer.daemon = True
            timer.start()

    return solve(scenario, SolveOptions(seconds=MOST_SECONDS, workers=2, seed=0), watch, stop=stop).plan
