"""SCIP in a process of its own: it can be stopped at any moment, and its end is not that of the search.

OR-Tools 9.15 cannot interrupt SCIP through MathOpt, and its older interface does not tell "no solution yet" from
"no solution". The process (``scip_child.py``) is run by its path: it needs nothing of the project, so it starts sooner.
"""

from __future__ import annotations

import contextlib
import math
import struct
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from ortools.math_opt import model_pb2, parameters_pb2, result_pb2

from lineside.solver.program import ProgramError

LOOK_SECONDS = 0.1
"""How often somebody who asks for a stop is heard."""
GRACE_SECONDS = 20.0
"""Time beyond its limit after which SCIP is ended from outside."""
COMMAND = [sys.executable, "-P", str(Path(__file__).with_name("scip_child.py"))]
_SIZE = struct.Struct("<QQ")


@dataclass(frozen=True)
class Limits:
    """Seconds, the cost above which solutions are of no interest, and most nodes if they are limited."""

    seconds: float
    cutoff: float
    most_nodes: int | None

    def parameters(self) -> parameters_pb2.SolveParametersProto:
        """Return the limits as OR-Tools takes them; little time goes into heuristics."""
        found = parameters_pb2.SolveParametersProto(
            threads=1,
            random_seed=0,
            heuristics=parameters_pb2.EMPHASIS_LOW,
            cutoff_limit=self.cutoff if math.isfinite(self.cutoff) else None,
            relative_gap_tolerance=0.0,
            absolute_gap_tolerance=0.0,
            node_limit=self.most_nodes,
        )
        found.time_limit.FromMicroseconds(max(1, int(1e6 * self.seconds)))
        return found


def solve_apart(
    model: model_pb2.ModelProto, limits: Limits, stop: threading.Event
) -> result_pb2.SolveResultProto | None:
    """Solve a model with SCIP in a process of its own.

    Parameters
    ----------
    model
        The model.
    limits
        When to end.
    stop
        Set to end at once.

    Returns
    -------
    The result, or None if it was stopped.

    Raises
    ------
    ProgramError
        If SCIP ends abnormally, or does not end in time.
    """
    parts = model.SerializeToString(), limits.parameters().SerializeToString()
    child = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    answers: list[bytes] = []
    talking = threading.Thread(target=_talk, args=(child, parts, answers), daemon=True)
    talking.start()
    waited = 0.0
    try:
        while talking.is_alive():
            talking.join(LOOK_SECONDS)
            waited += LOOK_SECONDS
            if stop.is_set():
                return None
            if waited > limits.seconds + GRACE_SECONDS:
                raise ProgramError("SCIP did not end in time.")
    finally:
        child.kill()
        talking.join()
        child.wait()
    if not answers or not answers[0]:
        raise ProgramError("SCIP ended abnormally.")
    return result_pb2.SolveResultProto.FromString(answers[0])


def _talk(child: subprocess.Popen[bytes], parts: tuple[bytes, bytes], answers: list[bytes]) -> None:
    """Give a child its work and take its answer; the pipe to it stays open until then."""
    assert child.stdin is not None and child.stdout is not None  # both are pipes
    try:
        child.stdin.write(_SIZE.pack(*map(len, parts)) + b"".join(parts))
        child.stdin.flush()
        answers.append(child.stdout.read())
    except OSError:
        answers.clear()  # the child is gone: told as an abnormal end
    finally:
        child.stdout.close()
        with contextlib.suppress(BrokenPipeError):  # what a child that is gone did not read is lost with it
            child.stdin.close()
