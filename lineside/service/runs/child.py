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
from typing import Any, TextIO

ORPHANED = 3
"""Exit status when the worker is gone."""


def main() -> None:
    """Solve the task on the standard input."""
    _die_with_parent()
    # Whatever a library prints goes to the log; the worker's line is kept apart.
    worker = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C at a terminal reaches children too; the worker decides
    task = json.loads(sys.stdin.readline())
    stop = threading.Event()
    threading.Thread(target=_listen, args=(stop,), daemon=True).start()
    try:
        _tell(worker, {"kind": "result", **_solved(task, stop, worker)})
    except Exception as error:
        _tell(worker, {"kind": "error", "message": f"{type(error).__name__}: {error}"})
        raise


def _die_with_parent() -> None:
    if sys.platform == "linux":
        set_parent_death_signal = 1
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)


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
    from lineside.models.checker import check
    from lineside.models.plan import plan_json
    from lineside.service.storage.texts import judge, raw_from_json
    from lineside.solver import Progress, SolveOptions, solve

    def tell(progress: Progress) -> None:
        figures = {"objective": _float(progress.objective), "bound": _float(progress.bound)}
        _tell(worker, {"kind": "progress", "stage": progress.stage, **figures, "seconds": progress.seconds})

    judgement = judge(raw_from_json(task["settings"], task["tables"], task["published"]))
    if judgement.scenario is None:
        raise ValueError("The revision has mistakes. Correct them, and start a run of the new revision.")
    options = SolveOptions(seconds=task["seconds"], workers=task["workers"], seed=task["seed"])
    solution = solve(judgement.scenario, options, tell, stop)
    plan = solution.plan
    has_plan = plan.status in ("optimal", "feasible")
    if has_plan and not check(judgement.scenario, plan).is_clean:
        raise AssertionError("The plan does not pass its own check. This is an error in Lineside; report it.")
    return {
        "plan": plan_json(plan) if has_plan else None,
        "outcome": plan.status,
        "objective": _float(plan.objective),
        "bound": _float(plan.bound),
        "seconds": solution.seconds,
        "unmeetable_needs": solution.unmeetable_needs,
        "explanation": solution.explanation,
    }


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


if __name__ == "__main__":
    main()
