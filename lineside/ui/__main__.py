"""``python -m lineside.ui``: the pages as a process of their own, beside the service that they speak to."""

from __future__ import annotations

import argparse
import os
import signal
import threading

import uvicorn

API = "LINESIDE_API"
"""Environment variable with the address of the service."""
FOLLOW = "LINESIDE_FOLLOW_INPUT"
"""Set by ``lineside serve``: the end of the input tells that the service is gone."""


def main() -> None:
    """Serve the pages until a signal says to end."""
    parser = argparse.ArgumentParser(prog="python -m lineside.ui", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8501, help="port to listen on")
    parser.add_argument("--api", default=os.environ.get(API, "http://127.0.0.1:8000"), help="the service's address")
    given = parser.parse_args()
    os.environ[API] = given.api
    if os.environ.get(FOLLOW):
        threading.Thread(target=_end_with_input, daemon=True).start()
    uvicorn.run(
        "lineside.ui.asgi:app", host=given.host, port=given.port, log_level="warning", access_log=False,
        timeout_graceful_shutdown=3,
    )  # fmt: skip


def _end_with_input() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
