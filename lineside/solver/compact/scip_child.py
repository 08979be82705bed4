"""Solves the model on its standard input with SCIP and writes the result; ends when that input is closed.

The input is two sizes of eight bytes, a model and its parameters, and stays open until the result is read: so this
process never outlives whoever started it.
"""

from __future__ import annotations

import os
import struct
import sys
import threading
from typing import BinaryIO

from ortools.math_opt import (
    callback_pb2,
    model_parameters_pb2,
    model_pb2,
    parameters_pb2,
    result_pb2,
)
from ortools.math_opt.core.python import solver

SIZE = struct.Struct("<QQ")


def solved(model: model_pb2.ModelProto, parameters: parameters_pb2.SolveParametersProto) -> result_pb2.SolveResultProto:
    """Return what SCIP finds."""
    scip = solver.new(parameters_pb2.SOLVER_TYPE_GSCIP, model, parameters_pb2.SolverInitializerProto())
    nothing = model_parameters_pb2.ModelSolveParametersProto(), None, callback_pb2.CallbackRegistrationProto()
    return scip.solve(parameters, *nothing, None, None)


def main(source: BinaryIO, target: BinaryIO) -> None:
    """Solve the model that a stream gives and write the result to another."""
    sizes = SIZE.unpack(source.read(SIZE.size))
    model = model_pb2.ModelProto.FromString(source.read(sizes[0]))
    parameters = parameters_pb2.SolveParametersProto.FromString(source.read(sizes[1]))
    threading.Thread(target=_end_with, args=(source,), daemon=True).start()
    target.write(solved(model, parameters).SerializeToString())
    target.flush()


def _end_with(source: BinaryIO) -> None:
    """End this process when a stream does."""
    source.read()
    os._exit(1)


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
    os._exit(0)  # the thread that waits for the end of the input must not keep the process
