"""The process of one solve: ``python -m lineside.service.runs.child``.

It knows no database and no secret. Its first line of input is the task; after that a line ``stop``
ends the search with its best plan, and the end of the input ends the process at once, because its
worker is gone. What it tells are lines of JSON.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineside.models.plan import Plan
    from lineside.models.scenario import Scenario
    from lineside.solver import Progress, Solution

ORPHANED = 3
"""Exit status when the worker is gone."""
NICENESS = 10
"""How far a solve steps back behind the other processes of the machine; idle processors are its own all the same."""


def main() -> None:
    """Do the task on the standard input: search for a plan, or keep one that was found before."""
    _die_with_parent()
    _give_way()
    # Whatever a library prints goes to the log; the worker's line is kept apart.
    worker = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at a terminal reaches children too; the worker decides
    task = json.loads(sys.stdin.readline())
    stop = threading.Event()
    threading.Thread(target=_listen, args=(stop,), daemon=True).start()
    try:
        found = WAYS[task["do"]](task, stop, worker)
        _tell(worker, {"kind": "result", **found})
    except Exception as error:
        _tell(worker, {"kind": "error", "message": f"{type(error).__name__}: {error}"})
        raise


def _die_with_parent() -> None:
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


def _give_way() -> None:
    """Let web service and database go first: people wait for their answers, a run takes its minutes anyway."""
    if hasattr(os, "nice"):
        os.nice(NICENESS)


def _listen(stop: threading.Event) -> None:
    for line in sys.stdin:
        if line.strip() == "stop":
            stop.set()
    os._exit(ORPHANED)


_telling = threading.Lock()


def _tell(worker: TextIO, message: dict[str, Any]) -> None:
    with _telling:  # progress comes from threads of the search
        worker.write(json.dumps(message) + "\n")
        worker.flush()


def _solved(task: dict[str, Any], stop: threading.Event, worker: TextIO) -> dict[str, Any]:
    from lineside.service.runs.tradeoffs import options_of
    from lineside.solver import solve

    scenario = _scenario(task)
    solution = solve(scenario, options_of(task), _teller(worker), stop, _start(task), _shower(worker))
    found = _solution(scenario, solution)
    if solution.aim is not None and task["ask"].get("limits"):
        found["bound"] = float(solution.aim.bound)  # over the plans within the limits: the plan itself has none
    return found


def _in_order(task: dict[str, Any], stop: threading.Event, worker: TextIO) -> dict[str, Any]:
    """Return the plan that is best by several measures in strict order, and what came of each."""
    from lineside.service.runs.tradeoffs import goals_told, options_of
    from lineside.solver import goals_of, solve_in_order

    scenario, goals = _scenario(task), goals_of(task["ask"]["goals"])
    found = solve_in_order(scenario, goals, options_of(task), _teller(worker), stop, _start(task), _shower(worker))
    return {**_solution(scenario, found.solution), "answer": goals_told(found.reached)}


def _frontier(task: dict[str, Any], stop: threading.Event, worker: TextIO) -> dict[str, Any]:
    """Return plans that trade one measure for another; the first is the plan of the run."""
    from lineside.service.runs.tradeoffs import frontier_told, trace

    scenario = _scenario(task)
    found, seconds = trace(task, scenario, _teller(worker), _shower(worker), stop)
    if not found.points:
        none = {"plan": None, "outcome": "unknown", "objective": None, "bound": None, "unmeetable_needs": None}
        return {**none, "seconds": seconds, "explanation": found.explanation}
    for point in found.points:
        _assert_clean(scenario, point.plan)
    answer = frontier_told(found)
    told = {"unmeetable_needs": None, "explanation": "", "answer": answer}
    return {**_result(found.points[0].plan, answer["points"][0]["plan"], seconds), **told}


def _replanned(task: dict[str, Any], stop: threading.Event, worker: TextIO) -> dict[str, Any]:
    """Return a plan that follows the plan in force, within the limits on changes that were asked for."""
    from lineside.service.runs.replanning import replan_options
    from lineside.service.runs.tradeoffs import options_of
    from lineside.solver import replan

    scenario = _scenario(task)
    options = replan_options(task["ask"], options_of(task))
    return _solution(scenario, replan(scenario, options, _teller(worker), stop, _shower(worker)))


def _teller(worker: TextIO) -> Callable[[Progress], None]:
    def tell(progress: Progress) -> None:
        figures = {"objective": _float(progress.objective), "bound": _float(progress.bound)}
        _tell(worker, {"kind": "progress", "stage": progress.stage, **figures, "seconds": progress.seconds})

    return tell


def _shower(worker: TextIO) -> Callable[[Plan], None]:
    from lineside.models.plan import plan_json

    return lambda plan: _tell(worker, {"kind": "incumbent", "plan": plan_json(plan)})


def _solution(scenario: Scenario, solution: Solution) -> dict[str, Any]:
    from lineside.models.plan import plan_json
    from lineside.service.plan_words import margin_sentence

    plan = solution.plan
    has_plan = plan.status in ("optimal", "feasible")
    if has_plan:
        _assert_clean(scenario, plan)
    text = plan_json(plan) if has_plan else None
    margin = margin_sentence(solution.margin, plan.objective) if solution.margin else ""
    return {
        **_result(plan, text, solution.seconds),
        "unmeetable_needs": solution.unmeetable_needs,
        "explanation": solution.explanation or margin,
    }


def _first_come(task: dict[str, Any], stop: threading.Event, worker: TextIO) -> dict[str, Any]:
    """Return the plan of first come, first served."""
    from lineside.models.plan import plan_json
    from lineside.solver import PinsNotKeptError, first_come_plan

    began, scenario = time.monotonic(), _scenario(task)
    try:
        plan = first_come_plan(scenario)
    except PinsNotKeptError as error:
        found = {"plan": None, "outcome": "unknown", "objective": None, "bound": None, "unmeetable_needs": None}
        return {**found, "seconds": time.monotonic() - began, "explanation": str(error)}
    _assert_clean(scenario, plan)
    return {**_result(plan, plan_json(plan), time.monotonic() - began), "unmeetable_needs": None, "explanation": ""}


def _day_class(task: dict[str, Any], stop: threading.Event, worker: TextIO) -> dict[str, Any]:
    """Return the plan in which everybody goes to the day class, and how many rules that breaks."""
    from lineside.models.checker import check
    from lineside.models.plan import plan_json
    from lineside.scenarios.baselines import day_class_plan

    began, scenario = time.monotonic(), _scenario(task)
    plan = day_class_plan(scenario)
    report = check(scenario, plan)
    found = _result(plan, plan_json(plan), time.monotonic() - began)
    violations = len(report.violations) + len(report.faults)
    return {**found, "unmeetable_needs": None, "explanation": "", "violations": violations}


def _advised(task: dict[str, Any], stop: threading.Event, worker: TextIO) -> dict[str, Any]:
    """Return a report of what would be worth asking for."""
    from lineside.models.plan import Plan
    from lineside.service.api.advice_models import AdviceReport
    from lineside.solver import AdviceOptions, UnusablePlanError, advise

    began, scenario = time.monotonic(), _scenario(task)
    plan = Plan.model_validate_json(task["about"])
    figures = {"objective": _float(plan.objective), "bound": _float(plan.bound)}

    def tell(words: str, number: int, total: int) -> None:
        stage = f"{words}, {number:,} of {total:,}"
        _tell(worker, {"kind": "progress", "stage": stage, **figures, "seconds": time.monotonic() - began})

    options = AdviceOptions(seconds=task["seconds"], workers=task["workers"], seed=task["seed"])
    told: dict[str, Any] = {"plan": None, "outcome": None, "unmeetable_needs": None, **figures}
    try:
        found = advise(scenario, plan, options, tell, stop)
    except UnusablePlanError as error:
        return {**told, "seconds": time.monotonic() - began, "explanation": str(error)}
    report = AdviceReport.of(scenario, found).model_dump(mode="json")
    return {**told, "seconds": found.seconds, "explanation": "", "answer": report}


def _kept(task: dict[str, Any], stop: threading.Event, worker: TextIO) -> dict[str, Any]:
    """Return the plan of the task as the result, if it passes the check like every other."""
    from lineside.models.plan import Plan

    plan = Plan.model_validate_json(task["start"])
    _assert_clean(_scenario(task), plan)
    return {**_result(plan, task["start"], 0.0), "unmeetable_needs": None, "explanation": ""}


def _scenario(task: dict[str, Any]) -> Scenario:
    from lineside.service.storage.texts import judge, raw_from_json

    judgement = judge(raw_from_json(task["settings"], task["tables"], task["published"]))
    if judgement.scenario is None:
        raise ValueError("The revision has mistakes. Correct them, and start a run of the new revision.")
    return judgement.scenario


def _start(task: dict[str, Any]) -> Plan | None:
    """Return the plan to begin from; none if another version of Lineside stored it in another form."""
    from pydantic import ValidationError

    from lineside.models.plan import Plan

    try:
        return None if task["start"] is None else Plan.model_validate_json(task["start"])
    except ValidationError:
        print("The stored incumbent cannot be read; the search begins anew.", file=sys.stderr)
        return None


def _assert_clean(scenario: Scenario, plan: Plan) -> None:
    from lineside.models.checker import check

    if not check(scenario, plan).is_clean:
        raise AssertionError("The plan does not pass its own check. This is an error in Lineside; report it.")


def _result(plan: Plan, text: str | None, seconds: float) -> dict[str, Any]:
    figures = {"objective": _float(plan.objective), "bound": _float(plan.bound)}
    return {"plan": text, "outcome": plan.status, **figures, "seconds": seconds}


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


WAYS = {
    "search": _solved,
    "in_order": _in_order,
    "frontier": _frontier,
    "replan": _replanned,
    "first_come": _first_come,
    "day_class": _day_class,
    "advise": _advised,
    "keep": _kept,
}
"""What a task asks for, and what does it."""


if __name__ == "__main__":
    main()
